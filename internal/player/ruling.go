package player

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// Step is what staff decide about somebody's way through a module.
type Step string

// The steps that staff may take for her.
const (
	Restart  Step = "restart"  // she begins anew, with nothing carried over, at the version that is out
	Move     Step = "move"     // she goes on at the version that is out, with what can be carried over
	Reopen   Step = "reopen"   // an attempt that is over goes on
	Close    Step = "close"    // an attempt ends as it stands
	Complete Step = "complete" // the module counts as passed
	Exempt   Step = "exempt"   // she need not take it
)

// Ruling is a decision of staff about somebody's way through a module. She sees it.
type Ruling struct {
	ID      id.Ruling
	Person  id.Person
	Cohort  id.Cohort
	Module  string
	Attempt id.Attempt // whose way it is about; empty if she has not begun
	Step    Step
	Reason  string
	By      string
	At      time.Time
	// BackAt is when it was taken back; zero while it stands.
	BackAt time.Time

	ended       []id.Attempt // by it
	fact        id.Fact
	wasState    State
	wasPercent  int
	wasFinished time.Time
	backBy      string
}

// MayBack reports whether it can be taken back: what counts for her does not count
// any more, and her attempt is as it was. The other steps are answered by another.
func (r Ruling) MayBack() bool {
	return (r.Step == Complete || r.Step == Exempt) && r.BackAt.IsZero()
}

// Way is one person's way through a module.
type Way struct {
	Attempts []Attempt // the latest first
	Rulings  []Ruling  // the latest first
	// May are the steps that can be taken now.
	May []Step
	// Newer says that another version is out than that of the open attempt. Anew says
	// that it begins at its beginning: what speaks to the record store itself remembers
	// nothing with us.
	Newer, Anew bool
}

// WayOf returns somebody's way through a module, for staff of her cohort.
func (s *Service) WayOf(ctx context.Context, p id.Person, c id.Cohort, module string) (out Way, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.Place(tx, p, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Record, progress("", p, place)); err != nil {
			return err
		}
		out, err = s.way(tx, p, c, module)
		return err
	})
	return out, err
}

func (s *Service) way(tx *db.Tx, p id.Person, c id.Cohort, module string) (w Way, err error) {
	if w.Attempts, err = attemptsOf(tx, p, c, module); err != nil {
		return w, err
	}
	if w.Rulings, err = rulingsOf(tx, p, c, module); err != nil {
		return w, err
	}
	out, err := s.out(tx, module, w.openAttempt())
	none := errors.Is(err, content.ErrNotOut) // as of what was taken out of use
	if err != nil && !none {
		return w, err
	}
	open, passed := w.openAttempt(), slices.ContainsFunc(w.Attempts, func(a Attempt) bool { return a.State == Passed })
	exempt := slices.ContainsFunc(w.Rulings, func(r Ruling) bool { return r.Step == Exempt && r.BackAt.IsZero() })
	if open != nil {
		w.Newer = !none && open.Version != out.version
		w.May = append(w.May, Close)
		if w.Newer {
			w.May, w.Anew = append(w.May, Move), out.course != nil && out.course.Kind.Speaks()
		}
	}
	if len(w.Attempts) > 0 {
		if !none {
			w.May = append(w.May, Restart)
		}
		if open == nil && !passed {
			goesOn, err := s.mayGoOn(tx, w.Attempts[0])
			if err != nil {
				return w, err
			}
			if goesOn {
				w.May = append(w.May, Reopen)
			}
		}
		if !passed {
			w.May = append(w.May, Complete)
		}
	}
	if !passed && !exempt {
		w.May = append(w.May, Exempt)
	}
	return w, nil
}

// mayGoOn reports whether anything is left to do in an attempt that is over: of
// material a page or a question, each of which is done once; of a package always, which
// may be worked through again.
func (s *Service) mayGoOn(tx *db.Tx, a Attempt) (bool, error) {
	if a.Page == "" {
		return true, nil
	}
	o, err := s.stands(tx, a)
	return !o.PagesDone || o.Open > 0, err
}

func (w *Way) openAttempt() *Attempt {
	if i := slices.IndexFunc(w.Attempts, func(a Attempt) bool { return a.State == Open }); i >= 0 {
		return &w.Attempts[i]
	}
	return nil
}

// outNow is the version of a module that is out: a package, or material.
type outNow struct {
	version id.ModuleVersion
	course  *Course
}

// out is what is out of a module, in the language of an attempt if that is not nil.
func (s *Service) out(tx *db.Tx, module string, at *Attempt) (o outNow, err error) {
	all, err := s.offered(tx, module)
	if err != nil {
		return o, err
	}
	if at != nil && at.Page == "" && len(all) > 0 {
		c, err := s.shelf.Course(tx, at.Version)
		if err != nil {
			return o, err
		}
		if o.course = among(all, c.Module); o.course == nil {
			o.course = nearest(all, at.Language)
		}
	} else {
		o.course = nearest(all, "")
	}
	if o.course != nil {
		o.version = o.course.Version
		return o, nil
	}
	v, err := s.content.Published(tx, module)
	o.version = v.ID
	return o, err
}

// Rule is a step to be taken for somebody.
type Rule struct {
	Person id.Person
	Cohort id.Cohort
	Module string
	Step   Step
	// Reason is needed; she reads it.
	Reason string
}

// ruledBody is the body of player.ruled and player.ruling-taken-back, version 1:
// the reason lies apart.
type ruledBody struct {
	Module string `json:"module"`
	Step   Step   `json:"step"`
}

// Rule takes a step for somebody, by staff of her cohort. The attempt that it is
// about stays readable, and what she has reached stays reached. A step that cannot
// be taken as things stand is a fault of kind Closed.
func (s *Service) Rule(ctx context.Context, op id.Operation, in Rule) (id.Ruling, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	switch {
	case in.Reason == "":
		return "", fault.Bad("fault.invalid", fault.Field{Name: "reason", Key: "fault.required"})
	case len([]rune(in.Reason)) > maxReason:
		return "", fault.Bad("fault.invalid", fault.Field{Name: "reason", Key: "fault.too-long", Args: fault.Args{"n": maxReason}})
	}
	if err := s.ready(ctx); err != nil {
		return "", err
	}
	var out id.Ruling
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "player.rule", &out, func() error {
			place, err := s.cohorts.Place(tx, in.Person, in.Cohort)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Record, progress("", in.Person, place)); err != nil {
				return err
			}
			w, err := s.way(tx, in.Person, in.Cohort, in.Module)
			if err != nil {
				return err
			}
			if !slices.Contains(w.May, in.Step) {
				return fault.New(fault.Closed, "player.step-closed", nil)
			}
			r := Ruling{
				ID: id.New[id.Ruling](), Person: in.Person, Cohort: in.Cohort, Module: in.Module, Step: in.Step, Reason: in.Reason,
				By: tx.Actor().ID(), At: tx.Now(),
			}
			out = r.ID
			if len(w.Attempts) > 0 {
				r.about(w.Attempts[0])
			}
			if a := w.openAttempt(); a != nil {
				r.about(*a)
			}
			if err := s.ruleOn(tx, &r, w); err != nil {
				return err
			}
			if err := insertRuling(tx, r); err != nil {
				return err
			}
			rows := []journal.Row{journal.RowOf(rulingsTable(), r.ID)}
			if r.Attempt != "" {
				rows = append(rows, journal.RowOf(attemptsTable(), r.Attempt))
			}
			for _, a := range r.ended {
				if a != r.Attempt {
					rows = append(rows, journal.RowOf(attemptsTable(), a))
				}
			}
			return journal.Append(tx, journal.Entry{
				Kind: "player.ruled", Version: 1, Scope: actor.Scope{Cohort: r.Cohort}, Subject: string(r.ID),
				Body: ruledBody{Module: r.Module, Step: r.Step}, Rows: rows,
			})
		})
		return err
	})
	return out, err
}

// about says which attempt a ruling is about, and how it stood.
func (r *Ruling) about(a Attempt) {
	r.Attempt, r.wasState, r.wasPercent, r.wasFinished = a.ID, a.State, a.Percent, a.FinishedAt
}

// ruleOn does what a ruling says.
func (s *Service) ruleOn(tx *db.Tx, r *Ruling, w Way) error {
	if r.Step == Exempt {
		return s.counts(tx, r, pathway.EquivalenceAccepted{})
	}
	a, err := attemptByID(tx, r.Attempt)
	if err != nil {
		return err
	}
	switch r.Step {
	case Restart, Move:
		if err := s.leave(tx, a); err != nil {
			return err
		}
		for _, other := range w.Attempts {
			// What is open in another language is no longer hers to come back to either.
			if other.State != Open || other.ID != a.ID && r.Step == Move {
				continue
			}
			if err := s.leave(tx, other); err != nil {
				return err
			}
			if err := s.end(tx, other, NotYet); err != nil {
				return err
			}
			r.ended = append(r.ended, other.ID)
		}
		return s.again(tx, a, len(w.Attempts)+1, r.Step == Move)
	case Reopen:
		if err := s.reopen(tx, a); err != nil {
			return err
		}
		a.State, a.FinishedAt = Open, time.Time{}
		a.TouchedAt = tx.Now()
		return updateAttempt(tx, a)
	case Close:
		if err := s.leave(tx, a); err != nil {
			return err
		}
		o, err := s.stands(tx, a)
		if err != nil {
			return err
		}
		state := NotYet
		if o.PagesDone && o.Passed {
			state = Passed
		}
		a.Points, a.Max = o.Points, o.Max
		if err := s.end(tx, a, state); err != nil {
			return err
		}
		return s.counts(tx, r, pathway.ModuleCompleted{
			Score: float64(o.Points), Max: float64(o.Max), Passed: state == Passed, Skipped: o.Skipped, SelfReported: o.SelfReported,
		})
	case Complete:
		if err := s.end(tx, a, Passed); err != nil {
			return err
		}
		v := pathway.ModuleCompleted{Passed: true}
		if a.Page != "" { // what a package said of itself says nothing of a decision
			v.Score, v.Max = float64(a.Points), float64(a.Max)
		}
		return s.counts(tx, r, v)
	}
	return fault.New(fault.Closed, "player.step-closed", nil)
}

// counts records what counts for her by a ruling.
func (s *Service) counts(tx *db.Tx, r *Ruling, v pathway.Value) error {
	r.fact = id.New[id.Fact]()
	return s.ledger.Record(tx, pathway.Fact{
		ID: r.fact, Person: r.Person, Cohort: r.Cohort, Subject: r.Module, Value: v,
		OccurredAt: tx.Now(), Basis: pathway.ByStaff, Source: "ruling:" + string(r.ID), Actor: tx.Actor().ID(),
	})
}

// end ends an attempt where it stands. What is still on its way from her device is
// taken all the same.
func (s *Service) end(tx *db.Tx, a Attempt, state State) error {
	a.State, a.FinishedAt, a.TouchedAt = state, tx.Now(), tx.Now()
	return updateAttempt(tx, a)
}

// leave ends what is open of an attempt that she does not go on with, as another
// device does that takes over: what still comes from hers is taken for what it
// reached, and her frame is told.
func (s *Service) leave(tx *db.Tx, a Attempt) error {
	if a.Page != "" {
		return nil
	}
	if err := replaceLaunches(tx, a.ID); err != nil {
		return err
	}
	open, err := activeSessions(tx, a.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	c, err := s.shelf.Course(tx, a.Version)
	if err != nil {
		return err
	}
	for i := range open {
		if err := s.abandon(tx, a, c, &open[i]); err != nil {
			return err
		}
	}
	return nil
}

// left returns why an attempt cannot be opened any more; nil if it can. Staff may have
// closed it, or had her begin another, or she went on to another herself.
func left(tx *db.Tx, a Attempt) error {
	if a.State != NotYet {
		return nil
	}
	attempts, err := attemptsOf(tx, a.Person, a.Cohort, a.Module)
	if err != nil {
		return err
	}
	rulings, err := rulingsOf(tx, a.Person, a.Cohort, a.Module)
	if err != nil {
		return err
	}
	later := slices.ContainsFunc(attempts, func(x Attempt) bool { return x.Number > a.Number })
	about := slices.IndexFunc(rulings, func(r Ruling) bool { return r.Attempt == a.ID })
	if later || about >= 0 && rulings[about].Step == Close {
		return fault.New(fault.Closed, "player.attempt-left", nil)
	}
	return nil
}

// reopen lets a package that has ended by itself go on: what it failed, and where its
// sequencing has come to, no longer stand, so that what she does next does not end it
// again. What was reached stays.
func (s *Service) reopen(tx *db.Tx, a Attempt) error {
	if a.Page != "" {
		return nil
	}
	o, err := s.stands(tx, a)
	if err != nil || !o.PagesDone {
		return err
	}
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, u := range units {
		if u.success != failedIt {
			continue
		}
		u.completion, u.success, u.percent = incomplete, "", 0
		if err := setUnit(tx, a.ID, a.Person, u); err != nil {
			return err
		}
	}
	return clearDatum(tx, a.ID, "", stateElement)
}

// stands judges an attempt as it stands, whatever it is at.
func (s *Service) stands(tx *db.Tx, a Attempt) (Outcome, error) {
	if a.Page != "" {
		m, err := s.content.Material(tx, a.Version)
		if err != nil {
			return Outcome{}, err
		}
		return s.judged(tx, a, m)
	}
	c, err := s.shelf.Course(tx, a.Version)
	if err != nil {
		return Outcome{}, err
	}
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return Outcome{}, err
	}
	r, err := reportOf(tx, a, c, units)
	return r.outcome(), err
}

// again begins a further attempt after another, for its person.
func (s *Service) again(tx *db.Tx, before Attempt, number int, carry bool) error {
	in := Start{Cohort: before.Cohort, Module: before.Module, Language: before.Language}
	out, err := s.out(tx, before.Module, &before)
	if err != nil {
		return err
	}
	if out.course == nil {
		last := &before
		if !carry || before.Page == "" {
			last = nil
		}
		_, err := s.begin(tx, before.Person, in, number, last)
		return err
	}
	a, err := s.beginRun(tx, before.Person, in, out.course, number)
	if err != nil || !carry || before.Page != "" {
		return err
	}
	if c, err := s.shelf.Course(tx, before.Version); err != nil || c.Module != out.course.Module {
		return err // another language's units are others, whatever their ids
	}
	return s.carryRun(tx, before, a, out.course)
}

// carryRun takes over what the units of a package remember and have reached, where
// the other version has a unit of the same id. What speaks to the record store
// itself keeps nothing with us.
func (s *Service) carryRun(tx *db.Tx, from, to Attempt, c *Course) error {
	if c.Kind.Speaks() {
		return nil
	}
	there := map[string]bool{}
	for _, u := range c.Leaves() {
		there[u.ID] = true
	}
	data, err := dataOf(tx, from.ID)
	if err != nil {
		return err
	}
	for _, d := range data {
		if there[d.activity] {
			if err := setDatum(tx, to.ID, to.Person, d); err != nil {
				return err
			}
		}
	}
	units, err := unitsOf(tx, from.ID)
	if err != nil {
		return err
	}
	for key, u := range units {
		if !there[key] {
			delete(units, key)
		} else if err := setUnit(tx, to.ID, to.Person, u); err != nil {
			return err
		}
	}
	return s.judgeRun(tx, &to, c, "", units, tx.Now(), func(changed ...journal.Row) error {
		return journal.Append(tx, journal.Entry{
			Kind: "player.run-carried", Version: 1, Scope: actor.Scope{Cohort: to.Cohort}, Subject: string(to.ID), Body: carriedBody{From: from.ID}, Rows: changed,
		})
	})
}

// carriedBody is the body of player.run-carried, version 1.
type carriedBody struct {
	From id.Attempt `json:"from"`
}

// TakeBackRuling takes back what counts by a ruling: the fact is withdrawn, and her
// attempt is as it was. What relied on it is for a person to decide. It is a fault of
// kind Closed for the other steps, and where she has begun anew since.
func (s *Service) TakeBackRuling(ctx context.Context, op id.Operation, ruling id.Ruling) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var done struct{}
		_, err := journal.Once(tx, op, "player.take-back-ruling", &done, func() error {
			r, err := rulingByID(tx, ruling)
			if err != nil {
				return err
			}
			place, err := s.cohorts.Place(tx, r.Person, r.Cohort)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Record, progress("", r.Person, place)); err != nil {
				return err
			}
			if !r.MayBack() {
				return fault.New(fault.Closed, "player.step-closed", nil)
			}
			r.BackAt, r.backBy = tx.Now(), tx.Actor().ID()
			rows := []journal.Row{journal.RowOf(rulingsTable(), r.ID)}
			entry := func(...journal.Row) error {
				return journal.Append(tx, journal.Entry{
					Kind: "player.ruling-taken-back", Version: 1, Scope: actor.Scope{Cohort: r.Cohort}, Subject: string(r.ID),
					Body: ruledBody{Module: r.Module, Step: r.Step}, Rows: rows,
				})
			}
			if err := backRuling(tx, r); err != nil {
				return err
			}
			if err := s.ledger.Record(tx, pathway.Fact{
				Person: r.Person, Cohort: r.Cohort, Subject: r.Module, Value: pathway.Withdrawn{}, Corrects: r.fact,
				OccurredAt: tx.Now(), Basis: pathway.ByStaff, Source: "ruling:" + string(r.ID), Actor: tx.Actor().ID(),
			}); err != nil {
				return err
			}
			if r.Step != Complete {
				return entry()
			}
			attempts, err := attemptsOf(tx, r.Person, r.Cohort, r.Module)
			if err != nil {
				return err
			}
			if attempts[0].ID != r.Attempt {
				return fault.New(fault.Closed, "player.step-closed", nil)
			}
			a := attempts[0]
			a.State, a.Percent, a.FinishedAt, a.TouchedAt = r.wasState, r.wasPercent, r.wasFinished, tx.Now()
			if err := updateAttempt(tx, a); err != nil {
				return err
			}
			rows = append(rows, journal.RowOf(attemptsTable(), a.ID))
			return s.reachedMeanwhile(tx, a, entry)
		})
		return err
	})
}

// reachedMeanwhile judges an attempt at a package by all that has come of it, also
// while it counted as passed by a ruling, and nobody looked; entry is as judgeRun has
// it. Material takes no answers in that time.
func (s *Service) reachedMeanwhile(tx *db.Tx, a Attempt, entry func(...journal.Row) error) error {
	if a.Page != "" {
		return entry()
	}
	c, err := s.shelf.Course(tx, a.Version)
	if err != nil {
		return err
	}
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return err
	}
	l, at, err := lastHeard(tx, a.ID)
	if err != nil {
		return err
	}
	for _, u := range units { // of packages that speak xAPI there are no entries
		if u.touched.After(at) {
			at = u.touched
		}
	}
	if at.IsZero() { // she has done nothing in it
		return entry()
	}
	return s.judgeRun(tx, &a, c, l, units, at, entry)
}

const rulingColumns = `id, person, cohort, module, attempt, step, reason, fact, was_state, was_percent, was_finished, ruled_by, ruled_at, back_by, back_at`

func scanRuling(scan func(...any) error) (r Ruling, err error) {
	var finished, at, back int64
	err = scan(&r.ID, &r.Person, &r.Cohort, &r.Module, &r.Attempt, &r.Step, &r.Reason, &r.fact, &r.wasState, &r.wasPercent, &finished, &r.By, &at, &r.backBy, &back)
	r.wasFinished, r.At, r.BackAt = db.Time(finished), db.Time(at), db.Time(back)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "player.no-ruling", nil)
	}
	return r, err
}

func rulingByID(tx *db.Tx, r id.Ruling) (Ruling, error) {
	return scanRuling(tx.QueryRow(`SELECT `+rulingColumns+` FROM player_rulings WHERE id = ?1`, r).Scan)
}

// rulingsOf returns what was ruled about somebody's way through a module, the
// latest first.
func rulingsOf(tx *db.Tx, p id.Person, c id.Cohort, module string) ([]Ruling, error) {
	return db.Collect(tx, func(r *db.Rows) (Ruling, error) { return scanRuling(r.Scan) },
		`SELECT `+rulingColumns+` FROM player_rulings WHERE person = ?1 AND cohort = ?2 AND module = ?3 ORDER BY ruled_at DESC, id DESC`, p, c, module)
}

// exemptAfter returns who need not take a module, by person, after the person
// after: at most limit.
func exemptAfter(tx *db.Tx, c id.Cohort, module string, after id.Person, limit int) ([]id.Person, error) {
	return db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) },
		`SELECT DISTINCT person FROM player_rulings WHERE cohort = ?1 AND module = ?2 AND step = ?3 AND back_at = 0 AND person > ?4 ORDER BY person LIMIT ?5`,
		c, module, string(Exempt), after, limit)
}

func insertRuling(tx *db.Tx, r Ruling) error {
	_, err := tx.Exec(`INSERT INTO player_rulings (`+rulingColumns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '', 0)`,
		r.ID, r.Person, r.Cohort, r.Module, r.Attempt, string(r.Step), r.Reason, r.fact, string(r.wasState), r.wasPercent, db.Micros(r.wasFinished), r.By, db.Micros(r.At))
	return err
}

func backRuling(tx *db.Tx, r Ruling) error {
	_, err := tx.Exec(`UPDATE player_rulings SET back_by = ?2, back_at = ?3 WHERE id = ?1`, r.ID, r.backBy, db.Micros(r.BackAt))
	return err
}
