package courseware_test

import (
	"context"
	"slices"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/lrs"
)

// What a launched unit says, and what Cadre says of it, is part of the learner's
// programme: a program whose key is limited to that one finds it, another's does
// not, and neither is left in an index once she is erased.
func TestWhatAUnitSaysIsPartOfItsProgramme(t *testing.T) {
	inCmi5(t, func(m *lms) {
		reads := func(programme string) []string {
			m.Helper()
			k, _, err := m.lrs.CreateKey(actor.With(context.Background(), actor.Actor{Operator: true}),
				lrs.NewKey{Title: "x", Scopes: []lrs.Scope{lrs.ScopeAllRead}, Programme: programme})
			if err != nil {
				m.Fatal(err)
			}
			p, err := m.lrs.Find(context.Background(), k, lrs.Query{Ascending: true})
			if err != nil {
				m.Fatal(err)
			}
			out := make([]string, len(p.Statements))
			for i, b := range p.Statements {
				out[i] = string(b)
			}
			return out
		}
		r := m.register("interviewing")
		r.launch("two").does("initialized", "completed", "terminated")
		if all := r.verbs(); !slices.Contains(all, "launched") || !slices.Contains(all, "satisfied") || len(reads(programme)) != len(all) {
			m.Errorf("of %v the programme's own key finds %d", all, len(reads(programme)))
		}
		if found := reads("another"); len(found) > 0 {
			m.Errorf("another programme's key finds %v", found)
		}
		// As retention does it.
		var stray int64
		if err := m.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			if err := lrs.Forget(tx, r.person, home, programme); err != nil {
				return err
			}
			if _, err := tx.Exec(`DELETE FROM lrs_statements WHERE person = ?1`, r.person); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT COUNT(*) FROM lrs_index i WHERE NOT EXISTS (SELECT 1 FROM lrs_statements s WHERE s.stored = i.stored)`).Scan(&stray)
		}); err != nil || stray > 0 || len(reads(programme)) > 0 {
			m.Errorf("after she was erased %d rows of the index find nothing, %v; %v", stray, err, reads(programme))
		}
	})
}
