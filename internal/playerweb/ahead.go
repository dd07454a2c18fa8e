package playerweb

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/player"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// fetches reports whether a package can be fetched before it is opened: not where
// browsers keep nothing of it, nor where nothing of it is here.
func (h handler) fetches(cover *player.Cover) bool {
	return cover.NotOpen == nil && cover.Course.Bytes > 0 && cover.Course.Outside() < len(cover.Course.Leaves()) && h.Where.Ahead("") != ""
}

// ahead tells the cover's script what to fetch before the package is opened, and
// where. It can be asked again and begins nothing.
func (h handler) ahead(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Language string `form:"language,optional,max=35"`
	}](r)
	if err != nil {
		return err
	}
	a, err := h.Player.Ahead(r.Context(), player.Start{Cohort: c, Module: r.PathValue("module"), Language: in.Language})
	if err != nil {
		return err
	}
	page := h.Where.Ahead(a.Path)
	if page == "" {
		return fault.New(fault.NotFound, "fault.not-found", nil)
	}
	return answer(w, struct {
		Page   string             `json:"page"`
		Origin string             `json:"origin"`
		Bytes  int64              `json:"bytes"`
		Files  []player.AheadFile `json:"files"`
	}{page, h.Where.Origin(a.Path), a.Bytes, a.Files})
}

// slowLine is the connection that costs are told for, in bits per second.
const slowLine = 400_000

// aheadCost says what fetching a package costs.
func aheadCost(ctx context.Context, bytes int64) string {
	takes := max(time.Minute, time.Duration(bytes)*8*time.Second/slowLine)
	return ui.T(ctx, "player.ahead-fetch", "size", i18n.From(ctx).Bytes(bytes), "time", i18n.From(ctx).Duration(takes))
}

// aheadCosts says it of each language that she can choose.
func aheadCosts(ctx context.Context, cover *player.Cover) (string, error) {
	costs := map[string]string{cover.Course.Language: aheadCost(ctx, cover.Course.Bytes)}
	for _, x := range cover.Languages {
		costs[x.Language] = aheadCost(ctx, x.Bytes)
	}
	b, err := json.Marshal(costs)
	return string(b), err
}
