package derive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// Kinds of the journal's entries that statements are derived from.
const (
	kindFact     = "pathway.fact-recorded"
	kindAnswered = "player.answered"
)

// Work is what was done in an attempt at a module or in a sitting of a test.
type Work struct {
	Person id.Person
	Cohort id.Cohort
	// Of is the key of the module or of the stage.
	Of      string
	Pages   []Page
	Answers []Answer
}

// Page is a page that was read.
type Page struct {
	Key string
	At  time.Time
}

// Answer is that an item was answered.
type Answer struct {
	Item   string
	Right  bool
	Points int
	At     time.Time
}

// Deps is what a follower works with.
type Deps struct {
	DB      *db.DB
	Journal *journal.Journal
	LRS     *lrs.Service
	// Module and Test tell what was done in an attempt at a module and in a
	// sitting of a test; false if there is no such one.
	Module, Test func(tx *db.Tx, attempt id.Attempt) (Work, bool, error)
	// Erased reports whether a person was erased.
	Erased func(tx *db.Tx, p id.Person) (bool, error)
	Log    *slog.Logger
}

// Follower derives statements. It is safe for use by several goroutines.
type Follower struct{ Deps }

// New returns a follower.
func New(d Deps) *Follower { return &Follower{d} }

// The pauses of [Follower.Run]: how often it looks for what other instances have
// recorded, and how long it waits after a failure.
const (
	poll  = 5 * time.Second
	pause = 10 * time.Second
)

// Run derives until ctx ends, and returns nil then. A failure is logged, and
// tried again after a pause.
func (f *Follower) Run(ctx context.Context) error {
	for {
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to stop, and did
		}
		f.Log.ErrorContext(ctx, "derive: statements could not be derived; they will be", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

func (f *Follower) follow(ctx context.Context) error {
	done, err := f.CatchUp(ctx)
	if err != nil {
		return err
	}
	return f.Journal.Follow(ctx, done, poll, func(r journal.Record) error {
		if r.Sequence <= done {
			return nil
		}
		done, err = f.CatchUp(ctx)
		return err
	})
}

// The journal is looked through in pages; of a page at most so many entries are
// told in one transaction.
const (
	pageSize  = 500
	taskCount = 40
)

// task is an entry that statements are derived from.
type task struct {
	sequence int64
	kind     string
	subject  string
	fact     factBody
}

// factBody is what is used of the body of pathway.fact-recorded, version 1.
type factBody struct {
	ID     id.Fact   `json:"id"`
	Person id.Person `json:"person"`
	Cohort id.Cohort `json:"cohort"`
}

// CatchUp derives from every entry that the journal holds, and returns the
// sequence of the last.
func (f *Follower) CatchUp(ctx context.Context) (int64, error) {
	if err := f.LRS.Ready(ctx); err != nil {
		return 0, err
	}
	for {
		var after, end int64
		var tasks []task
		var more bool
		if err := f.DB.View(ctx, func(tx *db.Tx) (err error) {
			if after, err = lrs.DerivedUpTo(tx); err != nil {
				return err
			}
			tasks, end, more, err = look(tx, after)
			return err
		}); err != nil {
			return after, err
		}
		if end == after {
			return after, nil
		}
		if err := f.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
			now, err := lrs.DerivedUpTo(tx)
			if err != nil || now != after {
				return err // another instance was faster
			}
			t := teller{f: f, tx: tx}
			for _, k := range tasks {
				if err := t.tell(k); err != nil {
					return fmt.Errorf("derive: entry %d: %w", k.sequence, err)
				}
			}
			return lrs.SetDerivedUpTo(tx, end)
		}); err != nil {
			return after, err
		}
		if !more {
			return end, nil
		}
	}
}

// look reads on from a sequence: the tasks, and up to where they reach.
func look(tx *db.Tx, after int64) (tasks []task, end int64, more bool, err error) {
	page, err := journal.Tail(tx, after, pageSize)
	end = after
	for _, r := range page {
		k := task{sequence: r.Sequence, kind: r.Kind, subject: r.Subject}
		wanted := false
		switch r.Kind {
		case kindFact:
			if wanted = r.Body != nil; wanted {
				if err := json.Unmarshal(r.Body, &k.fact); err != nil {
					return nil, after, false, fmt.Errorf("derive: the body of entry %d: %w", r.Sequence, err)
				}
			}
		case kindAnswered:
			wanted = r.Body != nil
		}
		end = r.Sequence
		if wanted {
			if tasks = append(tasks, k); len(tasks) == taskCount {
				return tasks, end, true, nil
			}
		}
	}
	return tasks, end, len(page) == pageSize, err
}

// teller tells entries in one transaction.
type teller struct {
	f     *Follower
	tx    *db.Tx
	facts map[[2]string]ledger
}

// ledger is what is known of a person in a cohort.
type ledger struct {
	all    map[id.Fact]*pathway.Fact
	counts map[id.Fact]bool
	place  place
}

func (t *teller) tell(k task) error {
	switch k.kind {
	case kindFact:
		if k.fact.Cohort == "" {
			return nil // of no programme
		}
		return t.fact(k.fact)
	case kindAnswered:
		return t.module(id.Attempt(k.subject))
	}
	return nil
}

// ledger reads what is known of a person in a cohort, once for all entries.
func (t *teller) ledger(p id.Person, c id.Cohort) (ledger, error) {
	key := [2]string{string(p), string(c)}
	if l, ok := t.facts[key]; ok {
		return l, nil
	}
	in, err := pathway.FollowingOf(t.tx, c)
	if err != nil {
		return ledger{}, err
	}
	b, err := programme.Load(t.tx, in.Version)
	if err != nil {
		return ledger{}, err
	}
	l := ledger{all: map[id.Fact]*pathway.Fact{}, counts: map[id.Fact]bool{}, place: place{t.f.LRS.Home, string(c), b}}
	facts, err := pathway.FactsOf(t.tx, p, c)
	if err != nil {
		return ledger{}, err
	}
	for i := range facts {
		l.all[facts[i].ID] = &facts[i]
	}
	counting, _ := pathway.Effective(facts, time.UnixMicro(1<<62)) // a clock that was set back hides nothing
	for _, x := range counting {
		l.counts[x.ID] = true
	}
	if t.facts == nil {
		t.facts = map[[2]string]ledger{}
	}
	t.facts[key] = l
	return l, nil
}

// fact tells a fact, and anew what it corrects, and what that corrected.
func (t *teller) fact(b factBody) error {
	if gone, err := t.f.Erased(t.tx, b.Person); err != nil || gone {
		return err
	}
	l, err := t.ledger(b.Person, b.Cohort)
	if err != nil {
		return err
	}
	var seen []id.Fact
	for at := l.all[b.ID]; at != nil && !slices.Contains(seen, at.ID); at = l.all[at.Corrects] {
		seen = append(seen, at.ID)
		var s *said
		if l.counts[at.ID] {
			s = l.place.fact(at)
		}
		if err := t.settle(l.place, b.Person, "fact/"+string(at.ID), s, false); err != nil {
			return err
		}
	}
	first := l.all[b.ID]
	if first == nil {
		return nil
	}
	attempt, ok := strings.CutPrefix(first.Source, "attempt:")
	if !ok {
		return nil
	}
	switch first.Kind() {
	case pathway.KindModuleProgress, pathway.KindModuleCompleted:
		return t.module(id.Attempt(attempt))
	case pathway.KindAssessmentSubmitted:
		return t.test(id.Attempt(attempt))
	}
	return nil
}

// module tells the pages and items of an attempt at a module.
func (t *teller) module(attempt id.Attempt) error {
	w, found, err := t.f.Module(t.tx, attempt)
	if err != nil || !found || w.Cohort == "" {
		return err
	}
	if gone, err := t.f.Erased(t.tx, w.Person); err != nil || gone {
		return err
	}
	l, err := t.ledger(w.Person, w.Cohort)
	if err != nil {
		return err
	}
	for _, p := range w.Pages {
		if err := t.settle(l.place, w.Person, "page/"+string(attempt)+"/"+p.Key, l.place.page(w.Of, p.Key, p.At), true); err != nil {
			return err
		}
	}
	for _, a := range w.Answers {
		s := l.place.answer(l.place.module(w.Of), "module", w.Of, a.Item, a.Right, a.Points, a.At)
		if err := t.settle(l.place, w.Person, "item/"+string(attempt)+"/"+a.Item, s, true); err != nil {
			return err
		}
	}
	return nil
}

// test tells the items of a sitting that was handed in.
func (t *teller) test(sitting id.Attempt) error {
	w, found, err := t.f.Test(t.tx, sitting)
	if err != nil || !found || w.Cohort == "" {
		return err
	}
	l, err := t.ledger(w.Person, w.Cohort)
	if err != nil {
		return err
	}
	for _, a := range w.Answers {
		s := l.place.answer(l.place.stage(w.Of, typeAssessment), "stage", w.Of, a.Item, a.Right, a.Points, a.At)
		if err := t.settle(l.place, w.Person, "item/"+string(sitting)+"/"+a.Item, s, false); err != nil {
			return err
		}
	}
	return nil
}

// settle brings the statement of a source in line with what is to be said: nil
// is nothing. firstStands leaves a statement as it is, whatever would be said
// now: a page that is turned once more was read when it was read first.
func (t *teller) settle(in place, p id.Person, source string, s *said, firstStands bool) error {
	generation, live, digest, err := t.latest(source)
	if err != nil || s == nil && !live || live && s != nil && firstStands {
		return err
	}
	var batch []*statement.Statement
	var next *statement.Statement
	if s != nil {
		actor, err := t.f.LRS.Account(t.tx, p)
		if err != nil {
			return err
		}
		if next, err = in.write(identify(source, generation, false), actor, s); err != nil {
			return err
		}
		if live {
			if next.Digest() == digest {
				return nil
			}
			if next, err = in.write(identify(source, generation+1, false), actor, s); err != nil {
				return err
			}
		}
	}
	if live {
		v, err := void(t.f.LRS.Home, identify(source, generation, true), identify(source, generation, false), t.tx.Now())
		if err != nil {
			return err
		}
		batch = append(batch, v)
	}
	if next != nil {
		batch = append(batch, next)
	}
	return t.f.LRS.StoreOwn(t.tx, string(in.blueprint.Key), batch)
}

// generationsMax bounds the corrections of one fact that are followed.
const generationsMax = 1000

var errGenerations = errors.New("derive: corrected more often than is followed")

// latest returns the live generation of a source with its digest, or the one to
// be stored next.
func (t *teller) latest(source string) (generation int, live bool, digest [32]byte, err error) {
	for g := range generationsMax {
		digest, there, err := lrs.DigestOf(t.tx, identify(source, g, false))
		if err != nil || !there {
			return g, false, digest, err
		}
		_, voided, err := lrs.DigestOf(t.tx, identify(source, g, true))
		if err != nil || !voided {
			return g, true, digest, err
		}
	}
	return 0, false, digest, errGenerations
}
