package pathwayweb_test

import (
	"context"
	"net/http"
	"os"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/pathwayweb"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// The home page asks the database the same number of questions, and reads the
// same number of rows, however many others are in the cohort.
func TestHerPageCostsTheSameInAnyCohort(t *testing.T) {
	data, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := actor.With(t.Context(), actor.Actor{Operator: true})
		in, err := programme.New(programme.Deps{DB: d}).Import(ctx, id.New[id.Operation](), programme.ImportInput{File: "programme.yaml", Data: data})
		if err != nil {
			t.Fatal(err)
		}
		c := id.New[id.Cohort]()
		enter := func(n int, begin bool) (last id.Person) {
			t.Helper()
			err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
				if begin {
					if err := pathway.Begin(tx, pathway.Following{Cohort: c, Programme: in.Programme, Version: in.Version, Country: "PK"}); err != nil {
						return err
					}
				}
				for range n {
					last = id.New[id.Person]()
					for subject, v := range map[string]pathway.Value{
						"": pathway.Accepted{}, "tip-basics": pathway.ModuleCompleted{Score: 9, Max: 10, Passed: true}, "gender": pathway.ModuleProgress{Percent: 40},
					} {
						if err := pathway.Record(tx, pathway.Fact{Person: last, Cohort: c, Subject: subject, Value: v, Basis: pathway.OwnAct}); err != nil {
							return err
						}
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return last
		}
		// Lefts is a stand-in here: player has a test of its own cost.
		routes := pathwayweb.Routes(pathwayweb.Deps{Standings: pathway.New(pathway.Deps{DB: d}), Lefts: &someone{}, Persons: &someone{}})
		var meter *db.Meter
		home := routes[0].Handler
		routes[0].Handler = func(w http.ResponseWriter, r *http.Request) error {
			var metered context.Context
			metered, meter = db.WithMeter(r.Context())
			return home(w, r.WithContext(metered))
		}
		site := webtest.Start(t, func(d *web.Deps) { d.Policy = access.Routing{} }, routes...)
		cost := func(p id.Person) (statements, rows int64) {
			t.Helper()
			a := actor.Actor{Person: p, Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.Participant, Scope: actor.Scope{Programme: in.Programme, Cohort: c}}}
			site.As(t, a, i18n.Prefs{}).Get("/").CheckPage(t).Must(t, 200, "Your way")
			return meter.Statements.Load(), meter.Rows.Load()
		}
		cost(enter(1, true)) // programs and plans are kept after their first use
		s1, r1 := cost(enter(1, false))
		s2, r2 := cost(enter(40, false))
		t.Logf("%d statements, %d rows", s1, r1)
		if s1 != s2 || r1 != r2 {
			t.Errorf("2 in the cohort: %d statements, %d rows; 42: %d, %d", s1, r1, s2, r2)
		}
		if s1 > 12 {
			t.Errorf("%d statements for one page", s1)
		}
	})
}
