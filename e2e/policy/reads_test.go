package policy_test

import (
	"net/http"
	"slices"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
)

// unread are what pages show of others without its being recorded, and why.
var unread = map[kind]string{
	kindStaff:   "who works for the programme is known to its people",
	kindPackage: "nobody's",
	kindCall:    "nobody's",
	kindLetter:  "an agency's",
	kindCount:   "an agency's",
	kindAnswer:  "nobody's",
}

// recorded fails unless the reads of a page are kept: whoever is shown what identifies
// somebody else, what she needs or what was noted of her, is in the record of reads by
// that route, which the person herself can look at. It looks once for each route and role.
func (m *matrix) recorded(f *fixture, s *site, v *visitor, x target, a *webtest.Answer, said []canary) {
	m.Helper()
	if m.reads == nil || x.method != http.MethodGet || a.Path != x.path || a.Status != http.StatusOK || v.person == "" || m.reads[x.pattern+" "+v.role] {
		return
	}
	said = slices.DeleteFunc(slices.Clone(said), func(c canary) bool {
		return c.person == "" || c.person == v.person || unread[c.kind] != "" || f.staff[string(c.person)]
	})
	if len(said) == 0 {
		return
	}
	m.reads[x.pattern+" "+v.role] = true
	var kept []id.Person
	if err := s.app.DB.View(m.Context(), func(tx *db.Tx) (err error) {
		kept, err = db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
			`SELECT DISTINCT whom FROM access_reads WHERE reader = ?1 AND route = ?2`, v.person, x.pattern)
		return err
	}); err != nil {
		m.Fatal(err)
	}
	for _, c := range said {
		if !slices.Contains(kept, c.person) {
			m.fail("%s reads a %s (%s) of somebody on %s, and it is not recorded", v.name, c.kind, c.where, x.key())
			return
		}
	}
	m.withheld(f, s, v, x)
}

// withheld fails if a page shows what cannot be recorded: it is asked for once more
// while the record takes nothing.
func (m *matrix) withheld(f *fixture, s *site, v *visitor, x target) {
	m.Helper()
	do := func(statements ...string) {
		if err := s.app.DB.Update(m.Context(), db.Reads, func(tx *db.Tx) error {
			for _, statement := range statements {
				if _, err := tx.Exec(statement); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			m.Fatal(err)
		}
	}
	do(`DELETE FROM access_reads`, `CREATE TRIGGER full BEFORE INSERT ON access_reads BEGIN SELECT RAISE(ABORT, 'the record is full'); END`)
	defer do(`DROP TRIGGER full`)
	a := webtest.Visit(m.T, s.url, v.token).Get(x.path)
	text, err := legible(a)
	if err != nil {
		m.fail("%s: %s: %v", v.name, x.key(), err)
	}
	for _, c := range f.sung(text) {
		if c.person != "" && c.person != v.person && unread[c.kind] == "" && !f.staff[string(c.person)] && !echoed(x, c.text) {
			m.fail("%s reads a %s (%s) on %s although it cannot be recorded: %d", v.name, c.kind, c.where, x.key(), a.Status)
			return
		}
	}
}
