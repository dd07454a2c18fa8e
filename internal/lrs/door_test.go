package lrs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
)

// guest may write statements of one registration, and read them; of states she
// may have all but "seed".
type guest struct {
	w    *world
	key  lrs.Key
	kept *int // how often something was written
}

func (g guest) Key() lrs.Key { return g.key }

func (g guest) Store(ctx context.Context, v statement.Version, batch []*statement.Statement, files lrs.Files) ([]statement.UUID, error) {
	p, err := g.w.s.Prepare(ctx, batch)
	if err != nil {
		return nil, err
	}
	return p.IDs, g.w.d.Update(ctx, db.Main, func(tx *db.Tx) error {
		return g.w.s.StoreIn(tx, g.key, v, p, files, func(fresh []*statement.Statement) error {
			for _, s := range fresh {
				if !s.HasRegistration || s.Registration != *g.key.Registration {
					return fault.New(fault.Denied, "fault.denied", nil)
				}
			}
			return nil
		})
	})
}

func (g guest) Document(_ context.Context, p *lrs.Place, name string, write *lrs.Write) error {
	if write != nil && name == "seed" {
		return fault.New(fault.Denied, "fault.denied", nil)
	}
	p.Keep = []string{"seed"}
	return nil
}

func (g guest) Kept(context.Context) error {
	*g.kept++
	return errors.New("what comes of it is nobody's answer")
}

func (guest) Knows(activity string) bool { return activity == "https://example.org/known" }

func TestWhoComesInByADoorReachesWhatIsHers(t *testing.T) {
	const mine, other = "0193b7a4-0000-7000-8000-000000000001", "0193b7a4-0000-7000-8000-000000000002"
	of := func(registration, id string) string {
		return `{"id":"` + id + `","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"https://example.org/did"},
			"object":{"id":"https://example.org/known","definition":{"name":{"en":"Known"}}},"context":{"registration":"` + registration + `"}}`
	}
	each(t, func(w *world) {
		w.post(of(other, "0193b7a4-0000-7000-8000-00000000000a"))
		r, _ := statement.ParseUUID(mine)
		g := guest{w, w.s.Local("guests", "Guests", lrs.ScopeWrite, lrs.ScopeRead, lrs.ScopeState), new(int)}
		g.key.Registration = &r
		keys := w.h
		behind := lrs.NewHandler(w.s, slog.New(slog.NewTextHandler(io.Discard, nil))).Behind(func(r *http.Request) (lrs.Visit, error) {
			if r.Header.Get("Authorization") != "Basic Z3Vlc3Q6" {
				return nil, fault.Wrap(fault.Unauthenticated, "fault.unauthenticated", errors.New("nobody"))
			}
			return g, nil
		})
		w.h = behind
		w.want(http.StatusUnauthorized, call{method: "GET", target: "/x/xapi/statements"})
		w.auth = "Basic Z3Vlc3Q6"
		post := func(status int, text string) {
			w.want(status, call{method: "POST", target: "/x/xapi/statements", body: text})
		}
		post(http.StatusOK, of(mine, "0193b7a4-0000-7000-8000-00000000000b"))
		post(http.StatusOK, of(mine, "0193b7a4-0000-7000-8000-00000000000b"))
		post(http.StatusForbidden, of(other, "0193b7a4-0000-7000-8000-00000000000c"))
		post(http.StatusForbidden, "["+of(mine, "0193b7a4-0000-7000-8000-00000000000d")+","+of(other, "0193b7a4-0000-7000-8000-00000000000e")+"]")

		wrote := func(times int) {
			t.Helper()
			if *g.kept != times {
				t.Errorf("she is told %d times that something is kept, want %d", *g.kept, times)
			}
		}
		wrote(2)

		rec := w.want(http.StatusOK, call{method: "GET", target: "/x/xapi/statements?limit=1"})
		if got := rec.Body.String(); !strings.Contains(got, mine) || strings.Contains(got, other) {
			t.Errorf("she reads %s", got)
		}
		if rec.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Error("any origin may read what a guest is answered")
		}
		w.want(http.StatusNotFound, call{method: "GET", target: "/x/xapi/statements?statementId=0193b7a4-0000-7000-8000-00000000000a"})
		w.want(http.StatusNotFound, call{method: "GET", target: "/x/xapi/statements?statementId=0193b7a4-0000-7000-8000-00000000000d"})

		const state = "/x/xapi/activities/state?activityId=https%3A%2F%2Fexample.org%2Fknown&agent=%7B%22mbox%22%3A%22mailto%3Aa%40example.org%22%7D"
		w.want(http.StatusForbidden, call{method: "PUT", target: state + "&stateId=seed", body: `{}`})
		wrote(2)
		w.want(http.StatusNoContent, call{method: "PUT", target: state + "&stateId=mine", body: `{}`})
		wrote(3)
		w.want(http.StatusOK, call{method: "GET", target: state + "&stateId=mine"})
		w.h, w.auth = keys, w.key(lrs.NewKey{Title: "Everything", Scopes: []lrs.Scope{lrs.ScopeAll}})
		w.want(http.StatusNoContent, call{method: "PUT", target: strings.TrimPrefix(state, "/x") + "&stateId=seed", body: `{}`})
		w.h, w.auth = behind, "Basic Z3Vlc3Q6"
		w.want(http.StatusNoContent, call{method: "DELETE", target: state})
		var names []string
		w.json(w.want(http.StatusOK, call{method: "GET", target: state}).Body.Bytes(), &names)
		wrote(4)
		if !slices.Equal(names, []string{"seed"}) {
			t.Errorf("after all were deleted there are %v", names)
		}

		known := func(id string) string {
			return w.want(http.StatusOK, call{method: "GET", target: "/x/xapi/activities?activityId=" + id}).Body.String()
		}
		if got := known("https%3A%2F%2Fexample.org%2Fknown"); !strings.Contains(got, "Known") {
			t.Errorf("she is told %s", got)
		}
		if got := known("https%3A%2F%2Fexample.org%2Fother"); strings.Contains(got, "definition") {
			t.Errorf("she is told %s", got)
		}
	})
}
