package people

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Search is what to look for.
type Search struct {
	// Text is part of a name, in any script; empty for everyone.
	Text string
	// Agency narrows to those who belong at or below it; empty for all.
	Agency id.Agency
	// After is the cursor of the page before; empty for the first.
	After string
	// Limit is at most 100; 50 if 0.
	Limit int
}

// Page is one page of people.
type Page struct {
	People []Record
	// Next is the cursor of the next page; empty on the last.
	Next string
}

// Search finds people whom the actor may see, by name in either script, ordered
// by name, and records that they were shown.
func (s *Service) Search(ctx context.Context, in Search) (Page, error) {
	var out Page
	if in.Limit <= 0 {
		in.Limit = 50
	}
	in.Limit = min(in.Limit, 100)
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if a.Nobody() {
			return fault.New(fault.Unauthenticated, "access.sign-in-first", nil)
		}
		if !access.Could(a, access.List, access.Person) {
			return fault.New(fault.Denied, "access.denied", nil)
		}
		ids, next, err := find(tx, a, in)
		if err != nil {
			return err
		}
		objects, err := Objects(tx, access.Person, ids...)
		if err != nil {
			return err
		}
		for _, o := range objects {
			if !access.Allows(a, access.List, o) {
				continue // the query is wider than the policy at the edge of a period
			}
			r, err := seen(ctx, tx, o)
			if err != nil {
				return err
			}
			out.People = append(out.People, r)
		}
		out.Next = next
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	shown := make([]id.Person, len(out.People))
	for i, r := range out.People {
		shown[i] = r.ID
	}
	if err := s.reads.RecordRead(ctx, access.Person, shown...); err != nil {
		return Page{}, err
	}
	return out, nil
}

// query builds a statement whose placeholders number themselves.
type query struct {
	b    strings.Builder
	args []any
}

func mark(n int) string { return "?" + strconv.Itoa(n) }

func (q *query) add(text string, args ...any) {
	for _, a := range args {
		q.args = append(q.args, a)
		text = strings.Replace(text, "?", "\x00"+strconv.Itoa(len(q.args)), 1)
	}
	q.b.WriteString(strings.ReplaceAll(text, "\x00", "?"))
}

// find returns the ids of one page and the cursor of the next.
func find(tx *db.Tx, a actor.Actor, in Search) ([]id.Person, string, error) {
	var q query
	q.add(`SELECT p.id, p.sort FROM people_persons p WHERE 1 = 1`)
	scope(&q, a)
	if in.Agency != "" {
		q.add(` AND EXISTS (SELECT 1 FROM people_places l JOIN people_branches b ON b.agency = l.agency
			WHERE l.person = p.id AND b.ancestor = ?)`, in.Agency)
	}
	for _, w := range strings.Fields(Normal(in.Text)) {
		q.add(` AND EXISTS (SELECT 1 FROM people_words w WHERE w.person = p.id AND (w.word >= ? AND w.word < ?`, w, w+"\U0010ffff")
		if k := sound(w); len([]rune(k)) >= 2 {
			q.add(` OR w.sound = ?`, k)
		}
		q.add(`))`)
	}
	if in.After != "" {
		sort, last, err := readCursor(in.After)
		if err != nil {
			return nil, "", err
		}
		q.add(` AND (p.sort > ? OR (p.sort = ? AND p.id > ?))`, sort, sort, last)
	}
	q.add(` ORDER BY p.sort, p.id LIMIT ?`, in.Limit+1)
	type row struct {
		id   id.Person
		sort string
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (row, error) {
		var x row
		return x, r.Scan(&x.id, &x.sort)
	}, q.b.String(), q.args...)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		last := rows[len(rows)-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(string(last.id) + last.sort))
	}
	ids := make([]id.Person, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	return ids, next, nil
}

func readCursor(s string) (sort string, last id.Person, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil && len(b) >= 36 && id.Valid(string(b[:36])) {
		return string(b[36:]), id.Person(b[:36]), nil
	}
	return "", "", fault.New(fault.Invalid, "people.cursor-unknown", nil)
}

// scope bounds a query over people_persons p to the scope that a acts in.
func scope(q *query, a actor.Actor) {
	if a.Operator && a.Person == "" {
		return
	}
	if a.Grant.Role == actor.Administrator {
		q.add(` AND p.officer = 0`)
	}
	s := a.Grant.Scope
	if s == (actor.Scope{}) {
		return
	}
	q.add(` AND EXISTS (SELECT 1 FROM people_places l WHERE l.person = p.id`)
	if s.Country != "" {
		q.add(` AND l.country = ?`, s.Country)
	}
	if s.Agency != "" {
		q.add(` AND l.agency IN (SELECT b.agency FROM people_branches b WHERE b.ancestor = ?)`, s.Agency)
	}
	if s.Programme != "" {
		q.add(` AND l.programme = ?`, s.Programme)
	}
	if s.Cohort != "" {
		q.add(` AND l.cohort = ?`, s.Cohort)
	}
	if a.Grant.Role == actor.FocalPoint {
		if !a.Grant.From.IsZero() {
			q.add(` AND (l.until = 0 OR l.until > ?)`, db.Micros(a.Grant.From))
		}
		if !a.Grant.Until.IsZero() {
			q.add(` AND l.since < ?`, db.Micros(a.Grant.Until))
		}
	}
	q.add(`)`)
}

// Likeness is somebody who may be the person whose name was typed.
type Likeness struct {
	Record
	// Same tells that a name is the same but for letter variants; otherwise it
	// only sounds alike.
	Same bool
}

// Likely returns people, whom the actor may see, with a name that is or sounds
// like one of written, at most twenty. Nothing is ever merged: a person decides.
func (s *Service) Likely(ctx context.Context, written ...string) ([]Likeness, error) {
	var out []Likeness
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		out, err = LikelyIn(ctx, tx, written...)
		return err
	})
	if err != nil {
		return nil, err
	}
	shown := make([]id.Person, len(out))
	for i, l := range out {
		shown[i] = l.ID
	}
	if err := s.reads.RecordRead(ctx, access.Person, shown...); err != nil {
		return nil, err
	}
	return out, nil
}

// LikelyIn is [Service.Likely] inside a transaction; the caller records the read.
func LikelyIn(ctx context.Context, tx *db.Tx, written ...string) ([]Likeness, error) {
	a := tx.Actor()
	same := map[id.Person]bool{}
	var order []id.Person
	for _, w := range written {
		normal, key := Normal(w), Sound(w)
		if key == "" {
			continue
		}
		found, err := db.Collect(tx, func(r *db.Rows) (Name, error) {
			var n Name
			return n, r.Scan(&n.Person, &n.Written)
		}, `SELECT person, normal FROM people_names WHERE sound = ?1 ORDER BY person LIMIT 200`, key)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			if _, ok := same[n.Person]; !ok {
				order = append(order, n.Person)
			}
			same[n.Person] = same[n.Person] || n.Written == normal
		}
	}
	objects, err := Objects(tx, access.Person, order...)
	if err != nil {
		return nil, err
	}
	var out []Likeness
	for _, o := range objects {
		if !access.Allows(a, access.Read, o) {
			continue
		}
		r, err := seen(ctx, tx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, Likeness{Record: r, Same: same[o.Subject]})
		if len(out) == 20 {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b Likeness) int {
		switch {
		case a.Same == b.Same:
			return 0
		case a.Same:
			return -1
		}
		return 1
	})
	return out, nil
}
