package player

import (
	"cmp"
	"context"
	"slices"
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
	mine := slices.DeleteFunc(slices.Clone(attempts), func(a Attempt) bool { return a.Module != key })
	h, err := s.takingOf(tx, key, mine)
	if err != nil {
		return Left{}, err
	}
	return s.leftOf(tx, h, key, lang)
}

// taking is where a person stands in a module.
type taking struct {
	all     []held    // the last chosen first
	at      *held     // the one that counts; nil if she has not begun
	offered []*Course // where it is a package
	// gone is the language of her open attempt at a package that was taken out of
	// use, where she goes on in another; empty otherwise.
	gone string
}

// takingOf says where a person stands in a module: the attempt that she chose last
// counts, unless one is passed.
func (s *Service) takingOf(tx *db.Tx, key string, attempts []Attempt) (h taking, err error) {
	if h.offered, err = s.offered(tx, key); err != nil {
		return h, err
	}
	if h.all, err = s.held(tx, attempts, h.offered); err != nil {
		return h, err
	}
	if len(attempts) > 0 && (len(h.all) == 0 || h.all[0].ID != attempts[0].ID) {
		h.gone = attempts[0].Language
	}
	if len(h.all) == 0 {
		return h, nil
	}
	at := max(0, slices.IndexFunc(h.all, func(x held) bool { return x.State == Passed }))
	h.at = &h.all[at]
	return h, nil
}

// chosen is the package that she would open: that of the attempt that counts, or, where
// she begins, the one in the language wished for. It is nil where it is no package.
func (h taking) chosen(before []Attempt, lang string) *Course {
	if h.at != nil && (h.at.State != NotYet || len(h.offered) == 0) {
		return h.at.course
	}
	return wanted(h.offered, before, lang)
}

func (s *Service) leftOf(tx *db.Tx, h taking, key, lang string) (Left, error) {
	l := Left{Module: key}
	if h.at != nil {
		l.State, l.Percent = h.at.State, h.at.Percent
	}
	switch {
	case h.at != nil && h.at.course != nil:
		l.Title, l.Bytes = h.at.course.title(), int(h.at.course.Bytes)
		return l, nil
	case h.at == nil && len(h.offered) > 0:
		c := nearest(h.offered, lang)
		l.Title, l.Bytes = c.title(), int(c.Bytes)
		return l, nil
	}
	var version id.ModuleVersion
	pages := map[string]pageState{}
	if h.at != nil {
		version = h.at.Version
		var err error
		if pages, err = pagesOf(tx, h.at.ID); err != nil {
			return l, err
		}
	} else {
		v, err := s.content.Published(tx, key)
		if err != nil {
			return l, err
		}
		version = v.ID
	}
	m, err := s.content.Material(tx, version)
	if err != nil {
		return l, err
	}
	l.Title = m.Title
	l.Seconds, l.Bytes = m.Left(lang, func(p string) bool { return pages[p] != "" })
	return l, nil
}

// At is where one person is in a module, for staff.
type At struct {
	Person    id.Person
	Attempt   id.Attempt // empty if she has not begun
	Number    int
	State     State // empty if she has not begun
	Percent   int
	Page      string
	TouchedAt time.Time
	// Exempt says that staff decided that she need not take it.
	Exempt bool
}

// WhoIsWhere lists who is where in a module, by person, after the person after,
// for the staff of the cohort: at most limit rows. asked are those of whom the
// module is asked, by person, from the first after after, at least limit of them if
// there are as many; who has not begun stands among those who have.
func (s *Service) WhoIsWhere(ctx context.Context, c id.Cohort, module string, asked []id.Person, after id.Person, limit int) ([]At, error) {
	out := []At{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Progress, Place: place}); err != nil {
			return err
		}
		begun, err := latestOf(tx, c, module, after, limit)
		if err != nil {
			return err
		}
		exempt, err := exemptAfter(tx, c, module, after, limit)
		if err != nil {
			return err
		}
		for _, a := range begun {
			out = append(out, At{Person: a.Person, Attempt: a.ID, Number: a.Number, State: a.State, Percent: a.Percent, Page: a.Page, TouchedAt: a.TouchedAt})
		}
		for _, p := range slices.Concat(asked, exempt) {
			at, there := slices.BinarySearchFunc(out, p, func(a At, p id.Person) int { return cmp.Compare(a.Person, p) })
			if !there {
				out = slices.Insert(out, at, At{Person: p})
			}
			out[at].Exempt = out[at].Exempt || slices.Contains(exempt, p)
		}
		out = out[:min(len(out), limit)]
		return nil
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
	// Languages are those of a module that is one package per language; empty where
	// there is nothing to choose.
	Languages []InLanguage
	// Gone is the language in which she had begun and that was taken out of use since;
	// empty otherwise.
	Gone string
	// NotOpen says why she cannot begin, or begin again, or open a package any more; nil
	// if she can, or has no need to.
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
		h, err := s.takingOf(tx, module, attempts)
		if err != nil {
			return err
		}
		if out.Left, err = s.leftOf(tx, h, module, lang); err != nil {
			return err
		}
		out.Gone = h.gone
		if h.at != nil {
			out.Attempt, out.Number, out.Points, out.Max = h.at.ID, h.at.Number, h.at.Points, h.at.Max
			if out.Course = h.at.course; out.Course == nil {
				if out.Module, err = s.content.Material(tx, h.at.Version); err != nil {
					return err
				}
			}
		} else if out.Course = nearest(h.offered, lang); out.Course == nil {
			v, err := s.content.Published(tx, module)
			if err != nil {
				return err
			}
			if out.Module, err = s.content.Material(tx, v.ID); err != nil {
				return err
			}
		}
		if out.Course != nil && out.State != Passed {
			out.Languages = languages(h.offered, h.all, out.Course)
		}
		if c := h.chosen(attempts, lang); c != nil {
			out.NotOpen = c.open()
		}
		if begins := h.at == nil || h.at.State == NotYet; begins && out.NotOpen == nil {
			err := s.ledger.ModuleOpen(tx, who, c, module)
			if err != nil && !fault.Is(err, fault.Closed) {
				return err
			}
			out.NotOpen = err
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
