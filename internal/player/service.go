package player

import (
	"context"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/pathway"
)

// Cohorts is what player has to know of cohorts; package cohort answers it.
type Cohorts interface {
	// Place says where a person's part in a cohort lies, for the policy. It is a
	// fault of kind NotFound if she has no part in it.
	Place(tx *db.Tx, p id.Person, c id.Cohort) (access.Place, error)
	// CohortPlace says where a cohort lies.
	CohortPlace(tx *db.Tx, c id.Cohort) (access.Place, error)
}

// Ledger is where facts go and where it is said what is open; package pathway
// answers it.
type Ledger interface {
	// Record adds a fact and refreshes the standing.
	Record(tx *db.Tx, f pathway.Fact) error
	// ModuleOpen returns nil if a person may take the module now, else
	// [ErrNotOpen] or another fault of kind Closed that says why not.
	ModuleOpen(tx *db.Tx, p id.Person, c id.Cohort, module string) error
}

// ErrNotOpen is the answer to who may not begin a module yet.
var ErrNotOpen = fault.New(fault.Closed, "player.not-open", nil)

// Deps are what the service stands on.
type Deps struct {
	DB      *db.DB
	Files   *blob.Store
	Content *content.Service
	Cohorts Cohorts
	Ledger  Ledger
	// Shelf holds packages made elsewhere; nil where there are none.
	Shelf Shelf
	// LRS is the record store that packages speak to; nil where there is none.
	LRS *lrs.Service
	// Programme tells the key of a cohort's programme, by which programs that are
	// limited to it find what was said there; nil where there is no record store.
	Programme func(tx *db.Tx, c id.Cohort) (string, error)
	// Addresses says where they find it; nil where there is none.
	Addresses Addresses
	// Persons says who there is, for programs that launch packages.
	Persons Persons
	// ReturnTo are the origins to which those may have learners sent back.
	ReturnTo []string
	// Key makes names that mean nothing to others: of paths and of learners. All
	// instances on one database share it. At least 32 bytes.
	Key []byte
	// Active notes that a session is in use, in which somebody works in a package that
	// speaks xAPI; nil where there are none.
	Active func(ctx context.Context, s id.Session) error
}

// Service leads people through material. It is safe for use by several
// goroutines.
type Service struct {
	db      *db.DB
	files   *blob.Store
	content *content.Service
	cohorts Cohorts
	ledger  Ledger
	shelf   Shelf
	key     []byte
	lrs     *lrs.Service

	programme func(tx *db.Tx, c id.Cohort) (string, error)

	arrivals db.Gathering[*arrival] // in the log
	recall   recall                 // what they have left

	rehearsals rehearsals

	addresses Addresses
	persons   Persons
	returns   []string
	active    func(ctx context.Context, s id.Session) error
}

// New returns a service.
func New(d Deps) *Service {
	if d.Shelf == nil {
		d.Shelf = bare{}
	}
	return &Service{
		db: d.DB, files: d.Files, content: d.Content, cohorts: d.Cohorts, ledger: d.Ledger, shelf: d.Shelf, key: d.Key, lrs: d.LRS, addresses: d.Addresses,
		persons: d.Persons, returns: d.ReturnTo, programme: d.Programme, active: d.Active,
	}
}

// Start asks for a module.
type Start struct {
	Cohort   id.Cohort
	Module   string // key
	Language string // wished for; the nearest that the module has is taken where she begins
}

// Launch is an attempt, ready to be taken up.
type Launch struct {
	Attempt id.Attempt
	// Review is set where the module is passed and opens to be read again.
	Review bool
	// Page is where she is.
	Page string
	// Package says that the module is a package made elsewhere, which the player's
	// frame opens ([Service.Open]).
	Package bool
}

// Start takes up the open attempt of who acts, in whatever language she began it, or
// opens her passed one in review, or begins a new one at the version that is out. It
// returns a fault of kind Closed if the pathway does not let her begin.
func (s *Service) Start(ctx context.Context, op id.Operation, in Start) (Launch, error) {
	var out Launch
	if err := s.ready(ctx); err != nil {
		return out, err
	}
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Launch{}
		_, err := journal.Once(tx, op, "player.start", &out, func() error {
			who := tx.Actor().Person
			place, err := s.cohorts.Place(tx, who, in.Cohort)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Create, progress("", who, place)); err != nil {
				return err
			}
			before, err := attemptsOf(tx, who, in.Cohort, in.Module)
			if err != nil {
				return err
			}
			offered, err := s.offered(tx, in.Module)
			if err != nil {
				return err
			}
			if a, err := s.goesOn(tx, before, offered, in.Language); err != nil {
				return err
			} else if a != nil {
				out = Launch{Attempt: a.ID, Review: a.State == Passed, Page: a.Page, Package: a.Page == ""}
				return nil
			}
			if err := s.ledger.ModuleOpen(tx, who, in.Cohort, in.Module); err != nil {
				return err
			}
			if len(offered) > 0 {
				a, err := s.beginRun(tx, who, in, wanted(offered, before, in.Language), len(before)+1)
				out = Launch{Attempt: a.ID, Package: true}
				return err
			}
			var last *Attempt
			if len(before) > 0 {
				last = &before[0]
			}
			a, err := s.begin(tx, who, in, len(before)+1, last)
			out = Launch{Attempt: a.ID, Page: a.Page}
			return err
		})
		return err
	})
	return out, err
}

// startedBody is the body of player.attempt-started, version 1.
type startedBody struct {
	Module  string           `json:"module"`
	Version id.ModuleVersion `json:"version"`
	Number  int              `json:"number"`
}

// begin begins an attempt at the version that is out, with what can be carried over
// from another; from nothing if last is nil.
func (s *Service) begin(tx *db.Tx, who id.Person, in Start, number int, last *Attempt) (Attempt, error) {
	v, err := s.content.Published(tx, in.Module)
	if err != nil {
		return Attempt{}, err
	}
	m, err := s.content.Material(tx, v.ID)
	if err != nil {
		return Attempt{}, err
	}
	a := Attempt{
		ID: id.New[id.Attempt](), Person: who, Cohort: in.Cohort, Module: in.Module, Version: v.ID, Number: number,
		Language: m.Language(in.Language), Page: m.Pages[0].Key, State: Open, StartedAt: tx.Now(), TouchedAt: tx.Now(),
	}
	var pages map[string]pageState
	var answers map[string]given
	if last != nil {
		if pages, answers, err = s.carry(tx, m, *last); err != nil {
			return a, err
		}
		if i := slices.IndexFunc(m.Pages, func(p content.Page) bool { return pages[p.Key] == "" }); i >= 0 {
			a.Page = m.Pages[i].Key
		}
	}
	o := judge(m, pages, answers)
	a.Percent, a.Points, a.Max = o.Percent, o.Points, o.Max
	if err := insertAttempt(tx, a); err != nil {
		return a, err
	}
	rows := []journal.Row{journal.RowOf(attemptsTable(), a.ID)}
	for _, p := range m.Pages {
		if _, ok := pages[p.Key]; ok {
			if err := carryPage(tx, a, p.Key, last.ID); err != nil {
				return a, err
			}
		}
		for _, it := range p.Items {
			g, ok := answers[it.Key]
			if !ok {
				continue
			}
			row, err := insertAnswer(tx, a, p.Key, it.Key, g.response, g.right, g.points, true)
			if err != nil {
				return a, err
			}
			rows = append(rows, journal.RowOf(answersTable(), row))
		}
	}
	return a, journal.Append(tx, journal.Entry{
		Kind: "player.attempt-started", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
		Body: startedBody{Module: a.Module, Version: a.Version, Number: a.Number}, Rows: rows,
	})
}

// carry takes over, from an attempt that did not reach the pass mark, the right
// answers to questions that the module still asks, and the pages that need no
// second look.
func (s *Service) carry(tx *db.Tx, m *content.Module, last Attempt) (map[string]pageState, map[string]given, error) {
	pages, err := pagesOf(tx, last.ID)
	if err != nil {
		return nil, nil, err
	}
	answers, err := answersOf(tx, last.ID)
	if err != nil {
		return nil, nil, err
	}
	keepPages, keepAnswers := map[string]pageState{}, map[string]given{}
	for _, p := range m.Pages {
		again := false
		for i := range p.Items {
			it := &p.Items[i]
			g, answered := answers[it.Key]
			right, points := false, 0
			if answered {
				right, points = it.Mark(g.response)
			}
			switch {
			case right:
				keepAnswers[it.Key] = given{response: g.response, right: true, points: points}
			case answered || !p.MaySkip():
				again = true
			}
		}
		if st, done := pages[p.Key]; done && !again {
			keepPages[p.Key] = st
		}
	}
	return keepPages, keepAnswers, nil
}

// own loads an open attempt for a change by its owner.
func (s *Service) own(tx *db.Tx, verb access.Verb, attempt id.Attempt) (Attempt, *content.Module, error) {
	a, m, err := s.load(tx, verb, attempt)
	if err == nil && a.State != Open {
		err = fault.New(fault.Closed, "player.attempt-over", nil)
	}
	return a, m, err
}

func (s *Service) load(tx *db.Tx, verb access.Verb, attempt id.Attempt) (Attempt, *content.Module, error) {
	a, err := attemptByID(tx, attempt)
	if err != nil {
		return a, nil, err
	}
	place, err := s.cohorts.Place(tx, a.Person, a.Cohort)
	if err != nil {
		return a, nil, err
	}
	if err := access.Allow(tx.Actor(), verb, progress(a.ID, a.Person, place)); err != nil {
		return a, nil, err
	}
	m, err := s.content.Material(tx, a.Version)
	return a, m, err
}

func progress(a id.Attempt, p id.Person, place access.Place) access.Object {
	return access.Object{Kind: access.Progress, ID: string(a), Subject: p, Place: place}
}

// Answer is an answer to a question of a module.
type Answer struct {
	Attempt  id.Attempt
	Item     string
	Response item.Response
}

// Marked says how an answer was taken.
type Marked struct {
	Page   string
	Right  bool
	Points int
}

// answeredBody is the body of player.answered, version 1.
type answeredBody struct {
	Module string `json:"module"`
	Item   string `json:"item"`
	Right  bool   `json:"right"`
	Points int    `json:"points"`
}

// Answer marks an answer and keeps it. Each question is answered once in an
// attempt: a second answer is a fault of kind Conflict, since the first one has
// shown what is right. An empty answer is Invalid.
func (s *Service) Answer(ctx context.Context, op id.Operation, in Answer) (Marked, error) {
	var out Marked
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Marked{}
		_, err := journal.Once(tx, op, "player.answer", &out, func() error {
			a, m, err := s.own(tx, access.Answer, in.Attempt)
			if err != nil {
				return err
			}
			page, it := find(m, in.Item)
			if it == nil {
				return fault.New(fault.NotFound, "player.no-question", nil)
			}
			if in.Response.Empty() {
				return fault.Bad("player.answer-first", fault.Field{Name: in.Item, Key: "player.answer-first"})
			}
			pages, err := pagesOf(tx, a.ID)
			if err != nil {
				return err
			}
			answers, err := answersOf(tx, a.ID)
			if err != nil {
				return err
			}
			if _, twice := answers[in.Item]; twice {
				return fault.New(fault.Conflict, "player.answered-before", nil)
			}
			right, points := it.Mark(in.Response)
			row, err := insertAnswer(tx, a, page, in.Item, in.Response, right, points, false)
			if err != nil {
				return err
			}
			answers[in.Item] = given{response: in.Response, right: right, points: points}
			o := judge(m, pages, answers)
			a.Page, a.TouchedAt, a.Points, a.Max = page, tx.Now(), o.Points, o.Max
			if err := updateAttempt(tx, a); err != nil {
				return err
			}
			out = Marked{Page: page, Right: right, Points: points}
			return journal.Append(tx, journal.Entry{
				Kind: "player.answered", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
				Body: answeredBody{Module: a.Module, Item: in.Item, Right: right, Points: points},
				Rows: []journal.Row{journal.RowOf(attemptsTable(), a.ID), journal.RowOf(answersTable(), row)},
			})
		})
		return err
	})
	return out, err
}

func find(m *content.Module, key string) (page string, it *item.Item) {
	for i := range m.Pages {
		if it := m.Pages[i].Item(key); it != nil {
			return m.Pages[i].Key, it
		}
	}
	return "", nil
}

// Turn leaves a page.
type Turn struct {
	Attempt id.Attempt
	Page    string
	// Skip leaves it unread, which only a page with a content warning allows.
	Skip bool
}

// Turned says where she is now.
type Turned struct {
	// Page is the next page that is not done; empty if none is left.
	Page string
	// Open counts the questions that are still to be answered.
	Open int
	// Finished is set once the attempt is over, and Passed says how.
	Finished, Passed bool
}

// Turn marks a page as done and moves on to the next one that is not. When no
// page is left and every question is answered, the attempt is over.
func (s *Service) Turn(ctx context.Context, op id.Operation, in Turn) (Turned, error) {
	var out Turned
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Turned{}
		_, err := journal.Once(tx, op, "player.turn", &out, func() error {
			a, m, err := s.own(tx, access.Change, in.Attempt)
			if err != nil {
				return err
			}
			page, at := m.Page(in.Page)
			if page == nil {
				return fault.New(fault.NotFound, "player.no-page", nil)
			}
			state := pageRead
			if in.Skip {
				if !page.MaySkip() {
					return fault.New(fault.Denied, "player.no-skip", nil)
				}
				state = pageSkipped
			}
			if err := setPage(tx, a, in.Page, state); err != nil {
				return err
			}
			pages, err := pagesOf(tx, a.ID)
			if err != nil {
				return err
			}
			answers, err := answersOf(tx, a.ID)
			if err != nil {
				return err
			}
			out.Page = following(m, pages, at)
			if out.Page != "" {
				a.Page = out.Page
			}
			o := judge(m, pages, answers)
			out.Open = o.Open
			if o.PagesDone && o.Open == 0 {
				out.Finished, out.Passed = true, o.Passed
				return s.finish(tx, a, o, tx.Now())
			}
			return s.advance(tx, a, o, tx.Now())
		})
		return err
	})
	return out, err
}

// following returns the page after place at that is not done, else the first
// one that is not done, else nothing.
func following(m *content.Module, pages map[string]pageState, at int) string {
	for i := range m.Pages {
		if p := m.Pages[(at+1+i)%len(m.Pages)]; pages[p.Key] == "" {
			return p.Key
		}
	}
	return ""
}

// advance keeps where she is, and records her progress if it changed. at is when
// it happened, which for what was done offline is not now.
func (s *Service) advance(tx *db.Tx, a Attempt, o Outcome, at time.Time) error {
	further := o.Percent != a.Percent
	a.Percent, a.Points, a.Max, a.TouchedAt = o.Percent, o.Points, o.Max, tx.Now()
	if err := updateAttempt(tx, a); err != nil || !further || a.Cohort == "" {
		return err
	}
	return s.ledger.Record(tx, pathway.Fact{
		Person: a.Person, Cohort: a.Cohort, Subject: a.Module, Value: pathway.ModuleProgress{Percent: min(o.Percent, 99)},
		OccurredAt: at, Basis: pathway.OwnAct, Source: "attempt:" + string(a.ID), Actor: string(a.Person),
	})
}

// finishedBody is the body of player.attempt-finished, version 1.
type finishedBody struct {
	Module  string `json:"module"`
	State   State  `json:"state"`
	Points  int    `json:"points"`
	Max     int    `json:"max"`
	Skipped int    `json:"skipped,omitempty"`
}

func (s *Service) finish(tx *db.Tx, a Attempt, o Outcome, at time.Time) error {
	a.Percent, a.Points, a.Max, a.TouchedAt, a.FinishedAt = 100, o.Points, o.Max, tx.Now(), tx.Now()
	a.State = NotYet
	if o.Passed {
		a.State = Passed
	}
	if err := updateAttempt(tx, a); err != nil {
		return err
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "player.attempt-finished", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
		Body: finishedBody{Module: a.Module, State: a.State, Points: a.Points, Max: a.Max, Skipped: o.Skipped},
		Rows: []journal.Row{journal.RowOf(attemptsTable(), a.ID)}, Actor: actor.Actor{Person: a.Person},
	}); err != nil || a.Cohort == "" {
		return err
	}
	return s.ledger.Record(tx, pathway.Fact{
		Person: a.Person, Cohort: a.Cohort, Subject: a.Module,
		Value:      pathway.ModuleCompleted{Score: float64(o.Points), Max: float64(o.Max), Passed: o.Passed, Skipped: o.Skipped, SelfReported: o.SelfReported},
		OccurredAt: at, Basis: pathway.OwnAct, Source: "attempt:" + string(a.ID), Actor: string(a.Person),
	})
}

// Finish ends an attempt whose pages are all done, also with questions left
// open; those count as not right. It is Closed while a page is left.
func (s *Service) Finish(ctx context.Context, op id.Operation, attempt id.Attempt) (Turned, error) {
	var out Turned
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Turned{}
		_, err := journal.Once(tx, op, "player.finish", &out, func() error {
			a, m, err := s.own(tx, access.Change, attempt)
			if err != nil {
				return err
			}
			o, err := s.judged(tx, a, m)
			if err != nil {
				return err
			}
			if !o.PagesDone {
				return fault.New(fault.Closed, "player.pages-left", nil)
			}
			out = Turned{Open: o.Open, Finished: true, Passed: o.Passed}
			return s.finish(tx, a, o, tx.Now())
		})
		return err
	})
	return out, err
}

func (s *Service) judged(tx *db.Tx, a Attempt, m *content.Module) (Outcome, error) {
	pages, err := pagesOf(tx, a.ID)
	if err != nil {
		return Outcome{}, err
	}
	answers, err := answersOf(tx, a.ID)
	if err != nil {
		return Outcome{}, err
	}
	return judge(m, pages, answers), nil
}

// Speak chooses the language of an attempt.
type Speak struct {
	Attempt  id.Attempt
	Language string
}

// Speak changes the language in which an attempt is shown; progress is kept. It
// works in review as well. Of a module that is one package per language, it takes up
// her attempt in that language, or begins one: nothing is carried over, and what she
// did before stays for her to come back to. What she has passed is a fault of kind
// Closed there.
func (s *Service) Speak(ctx context.Context, op id.Operation, in Speak) (Launch, error) {
	var out Launch
	if err := s.ready(ctx); err != nil {
		return out, err
	}
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Launch{}
		_, err := journal.Once(tx, op, "player.speak", &out, func() error {
			a, _, err := s.ownRun(tx, access.Change, in.Attempt)
			if err == nil {
				out, err = s.changeLanguage(tx, a, in.Language)
				return err
			}
			if !fault.Is(err, fault.NotFound) {
				return err
			}
			a, m, err := s.load(tx, access.Change, in.Attempt)
			if err != nil {
				return err
			}
			a.Language = m.Language(in.Language)
			out = Launch{Attempt: a.ID, Review: a.State == Passed, Page: a.Page}
			return updateAttempt(tx, a)
		})
		return err
	})
	return out, err
}
