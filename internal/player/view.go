package player

import (
	"context"
	"time"

	"cadre/internal/access"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
)

// Where is an attempt as its learner sees it.
type Where struct {
	Attempt Attempt
	Module  *content.Module
	Version content.Version
	Outcome Outcome
	// Review is set once the attempt is over: everything to read, nothing to change.
	Review bool
	// Pages are the module's pages, in order.
	Pages []PageView
	// Seconds and Bytes are what is left to do.
	Seconds, Bytes int
}

// PageView is one page of an attempt.
type PageView struct {
	*content.Page
	Done    bool
	Skipped bool
	// Right and Asked count the page's questions that are answered right, and all.
	Right, Asked int
	Questions    map[string]Question // by the item's key
}

// Question is an item as laid before the learner.
type Question struct {
	*item.Item
	Shown item.Shown
	// Response is what she answered; Answered is false if she has not.
	Response item.Response
	Answered bool
	Right    bool
	Points   int
}

// Where returns an attempt for its learner, her coach or her programme's staff.
func (s *Service) Where(ctx context.Context, attempt id.Attempt) (*Where, error) {
	var w *Where
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a, m, err := s.load(tx, access.Read, attempt)
		if err != nil {
			return err
		}
		w, err = s.where(tx, a, m)
		return err
	})
	return w, err
}

func (s *Service) where(tx *db.Tx, a Attempt, m *content.Module) (*Where, error) {
	pages, err := pagesOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	answers, err := answersOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	w := &Where{Attempt: a, Module: m, Outcome: judge(m, pages, answers), Review: a.State != Open}
	if w.Version, err = s.content.VersionOf(tx, a.Version); err != nil {
		return nil, err
	}
	w.Seconds, w.Bytes = m.Left(a.Language, func(p string) bool { return pages[p] != "" })
	for i := range m.Pages {
		p := &m.Pages[i]
		v := PageView{Page: p, Done: pages[p.Key] != "", Skipped: pages[p.Key] == pageSkipped, Asked: len(p.Items), Questions: map[string]Question{}}
		for j := range p.Items {
			it := &p.Items[j]
			g, answered := answers[it.Key]
			if g.right {
				v.Right++
			}
			v.Questions[it.Key] = Question{
				Item: it, Shown: it.Present(string(a.ID)), Response: g.response, Answered: answered, Right: g.right, Points: g.points,
			}
		}
		w.Pages = append(w.Pages, v)
	}
	return w, nil
}

// Page returns the page of that key and its place; nil and -1 if there is none.
func (w *Where) Page(key string) (*PageView, int) {
	for i := range w.Pages {
		if w.Pages[i].Key == key {
			return &w.Pages[i], i
		}
	}
	return nil, -1
}

// Left is what lies before a person in one module.
type Left struct {
	Module  string
	Title   item.Text
	State   State // empty if she has not begun
	Percent int
	Seconds int
	Bytes   int
}

// LeftOf says for each module, by key, what lies before a person, in her
// language: what her home page shows. A module that is not out is left away.
func (s *Service) LeftOf(ctx context.Context, p id.Person, c id.Cohort, lang string, modules []string) ([]Left, error) {
	out := []Left{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.Place(tx, p, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, progress("", p, place)); err != nil {
			return err
		}
		attempts, err := attemptsOfPerson(tx, p, c)
		if err != nil {
			return err
		}
		for _, key := range modules {
			l, err := s.left(tx, key, lang, attempts)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	return out, err
}

func (s *Service) left(tx *db.Tx, key, lang string, attempts []Attempt) (Left, error) {
	l := Left{Module: key}
	for _, a := range attempts {
		if a.Module != key || (l.State != "" && a.State != Passed) {
			continue // the latest attempt counts, unless one is passed
		}
		if a.Page == "" {
			c, err := s.shelf.Course(tx, a.Version)
			if err != nil {
				return l, err
			}
			l.Title, l.State, l.Percent, l.Bytes = c.title(), a.State, a.Percent, int(c.Bytes)
			continue
		}
		m, err := s.content.Material(tx, a.Version)
		if err != nil {
			return l, err
		}
		pages, err := pagesOf(tx, a.ID)
		if err != nil {
			return l, err
		}
		l.Title, l.State, l.Percent = m.Title, a.State, a.Percent
		l.Seconds, l.Bytes = m.Left(lang, func(p string) bool { return pages[p] != "" })
	}
	if l.State != "" {
		return l, nil
	}
	c, err := s.current(tx, key)
	if err != nil {
		return l, err
	}
	if c != nil {
		l.Title, l.Bytes = c.title(), int(c.Bytes)
		return l, nil
	}
	v, err := s.content.Published(tx, key)
	if err != nil {
		return l, err
	}
	m, err := s.content.Material(tx, v.ID)
	if err != nil {
		return l, err
	}
	l.Title = m.Title
	l.Seconds, l.Bytes = m.Left(lang, func(string) bool { return false })
	return l, nil
}

// At is where one person is in a module, for staff.
type At struct {
	Person    id.Person
	Attempt   id.Attempt
	Number    int
	State     State
	Percent   int
	Page      string
	TouchedAt time.Time
}

// WhoIsWhere lists who is where in a module, by person, after the person after,
// for the staff of the cohort: at most limit rows. Only people who have begun are
// in it.
func (s *Service) WhoIsWhere(ctx context.Context, c id.Cohort, module string, after id.Person, limit int) ([]At, error) {
	out := []At{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Progress, Place: place}); err != nil {
			return err
		}
		rows, err := latestOf(tx, c, module, after, limit)
		for _, a := range rows {
			out = append(out, At{Person: a.Person, Attempt: a.ID, Number: a.Number, State: a.State, Percent: a.Percent, Page: a.Page, TouchedAt: a.TouchedAt})
		}
		return err
	})
	return out, err
}

// Cover is a module as a learner finds it before she opens it.
type Cover struct {
	Left
	// Module is the material; nil where it is a package, which is then Course.
	Module  *content.Module
	Course  *Course
	Attempt id.Attempt // the one that counts; empty if she has not begun
	Number  int
	Points  int
	Max     int
	// NotOpen says why she cannot begin yet; nil if she can, or has.
	NotOpen error
	// Rulings is what staff decided about her way, the latest first.
	Rulings []Ruling
}

// Cover returns what the actor finds before she opens a module.
func (s *Service) Cover(ctx context.Context, c id.Cohort, module, lang string) (*Cover, error) {
	out := &Cover{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		who := tx.Actor().Person
		place, err := s.cohorts.Place(tx, who, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, progress("", who, place)); err != nil {
			return err
		}
		attempts, err := attemptsOf(tx, who, c, module)
		if err != nil {
			return err
		}
		if out.Rulings, err = rulingsOf(tx, who, c, module); err != nil {
			return err
		}
		if out.Left, err = s.left(tx, module, lang, attempts); err != nil {
			return err
		}
		for _, a := range attempts {
			if a.State == out.State {
				out.Attempt, out.Number, out.Points, out.Max = a.ID, a.Number, a.Points, a.Max
				if a.Page == "" {
					out.Course, err = s.shelf.Course(tx, a.Version)
				} else {
					out.Module, err = s.content.Material(tx, a.Version)
				}
				break
			}
		}
		if out.Module != nil || out.Course != nil || err != nil {
			return err
		}
		if out.Course, err = s.current(tx, module); err != nil {
			return err
		}
		if out.Course == nil {
			v, err := s.content.Published(tx, module)
			if err != nil {
				return err
			}
			if out.Module, err = s.content.Material(tx, v.ID); err != nil {
				return err
			}
		}
		if err := s.ledger.ModuleOpen(tx, who, c, module); fault.Is(err, fault.Closed) {
			out.NotOpen = err
		} else if err != nil {
			return err
		}
		return nil
	})
	return out, err
}

// Tally counts the people at one module of a cohort.
type Tally struct {
	Module        string
	Begun, Passed int
}

// Tallies counts who has begun and who has passed each module of a cohort, by
// module, for its staff. Modules that nobody has begun are not in it.
func (s *Service) Tallies(ctx context.Context, c id.Cohort) ([]Tally, error) {
	out := []Tally{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Progress, Place: place}); err != nil {
			return err
		}
		out, err = db.Collect(tx, func(r *db.Rows) (t Tally, err error) { return t, r.Scan(&t.Module, &t.Begun, &t.Passed) },
			`SELECT module, COUNT(DISTINCT person), COUNT(DISTINCT CASE WHEN state = 'passed' THEN person END)
			FROM player_attempts WHERE cohort = ?1 GROUP BY module ORDER BY module`, c)
		return err
	})
	return out, err
}
