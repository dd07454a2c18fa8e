package web_test

import (
	"net/http"
	"strings"
	"testing"

	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// reversible are the routes of [confirmRoutes], and one that undoes.
func reversible(undone *[]string) []web.Route {
	var got []id.Operation
	all := confirmRoutes(&got)
	post := &all[len(all)-1]
	post.Handler = func(w http.ResponseWriter, r *http.Request) error {
		return web.Done(w, r, "/confirm", "ui.skip")
	}
	return append(all, web.Route{
		Method: http.MethodPost, Pattern: "/confirm/{operation}/undo", Need: web.SignedIn,
		Handler: func(w http.ResponseWriter, r *http.Request) error {
			*undone = append(*undone, r.PathValue("operation"))
			return web.Done(w, r, "/confirm", "ui.skip")
		},
	})
}

func TestAFormSaysWhatBecomesOfAMistakeAndTheNextPageUndoesIt(t *testing.T) {
	var undone []string
	site := webtest.Start(t, func(d *web.Deps) {
		d.Reversals = map[string]web.Reversal{
			"POST /language":                 web.Harmless(),
			"POST /confirm":                  web.UndoneBy("POST /confirm/{operation}/undo"),
			"POST /confirm/{operation}/undo": web.Final("ui.footer"),
		}
	}, reversible(&undone)...)
	b := site.As(t, ayesha, i18n.Prefs{})
	page := b.Get("/confirm").Must(t, 200, "You can undo it on the next page.")
	_, before, err := page.Form("confirm")
	if err != nil {
		t.Fatal(err)
	}
	a := b.Submit(page, "confirm", nil).CheckPage(t).Must(t, 200, "Undo")
	undo := "/confirm/" + before.Get("op") + "/undo"
	b.Submit(a, undo, nil).Must(t, 200)
	if len(undone) != 1 || undone[0] != before.Get("op") {
		t.Errorf("undone was %v, not %s", undone, before.Get("op"))
	}
}

func TestAnActThatSaysNothingStopsTheProgram(t *testing.T) {
	for want, said := range map[string]map[string]web.Reversal{
		"POST /confirm does not say":     {"POST /language": web.Harmless()},
		"undone by POST /nothing, which": {"POST /language": web.Harmless(), "POST /confirm": web.UndoneBy("POST /nothing")},
	} {
		var got []id.Operation
		_, err := web.New(web.Deps{
			Sessions: &webtest.Sessions{}, Policy: webtest.Open{}, Catalogues: i18n.Shipped(), Assets: loaded(t), Log: quietLog(), Reversals: said,
		}, confirmRoutes(&got)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
