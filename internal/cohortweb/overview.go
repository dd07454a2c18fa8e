package cohortweb

import (
	"net/http"

	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

func (p pages) overview(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	o, err := p.Cohort.Overview(r.Context(), c)
	if err != nil {
		return err
	}
	var more []ui.Link
	if p.More != nil {
		if more, err = p.More(r.Context(), o.Cohort.ID); err != nil {
			return err
		}
	}
	return web.Render(w, r, overviewPage(o, more))
}
