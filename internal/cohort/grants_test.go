package cohort_test

import (
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/people"
)

// given remembers the grants that were given.
type given []access.Giving

func (g *given) Give(_ *db.Tx, in access.Giving) (id.Grant, error) {
	*g = append(*g, in)
	return id.New[id.Grant](), nil
}

// Whoever is chosen can come in: she is a participant of that cohort, and
// whoever is not chosen is not.
func TestWhoeverIsChosenMayComeIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		var g given
		s := cohort.New(cohort.Deps{DB: d, Reads: reads{}, Grants: &g})
		for name, decision := range map[string]cohort.Decision{"Saima": cohort.Chosen, "Nasreen": cohort.InLine, "Rubina": cohort.NotChosen} {
			p, err := s.Propose(w.focal, op(), cohort.Proposal{
				Cohort: w.cohort, Quota: w.quota["fia"],
				New: &people.NewPerson{Sex: people.Female, Names: []people.NewName{{Written: name}}},
			})
			w.must(err)
			before := len(g)
			_, err = s.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: decision})
			w.must(err)
			if decision == cohort.NotChosen {
				if len(g) != before {
					t.Errorf("%s was not chosen and may come in", name)
				}
				continue
			}
			if len(g) != before+1 || g[before].Person != p.Person || g[before].Role != actor.Participant || g[before].Scope.Cohort != w.cohort || g[before].Scope.Programme == "" {
				t.Errorf("%s: %+v", name, g[before:])
			}
		}
	})
}
