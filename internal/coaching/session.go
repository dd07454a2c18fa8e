package coaching

import (
	"context"
	"slices"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

func (s Session) of() Of { return Of{s.Cohort, s.Stage, s.Person} }

// instant is when the session starts, in microseconds; 0 for a day of a group event.
func (s Session) instant() (int64, error) {
	if s.Starts.IsZero() {
		return 0, nil
	}
	t, err := s.Starts.Instant()
	return db.Micros(t), err
}

// sessionChanged is the body of the coaching.session-* entries, version 1.
type sessionChanged struct {
	Session  id.CoachingSession `json:"session"`
	Cohort   id.Cohort          `json:"cohort"`
	Stage    string             `json:"stage"`
	Person   id.Person          `json:"person"`
	State    State              `json:"state"`
	Outcome  pathway.Outcome    `json:"outcome,omitempty"`
	Fact     id.Fact            `json:"fact,omitempty"`
	Revision int                `json:"revision"`
}

func recordSession(tx *db.Tx, kind string, s Session) error {
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Scope: s.of().scope(), Subject: string(s.ID),
		Body: sessionChanged{s.ID, s.Cohort, s.Stage, s.Person, s.State, s.Outcome, s.Fact, s.Revision},
		Rows: []journal.Row{journal.RowOf(sessionsTable(), s.ID)},
	})
}

// saved writes a session's change with its journal entry.
func (s *Service) saved(tx *db.Tx, kind string, ses *Session) error {
	if err := saveSession(tx, ses); err != nil {
		return err
	}
	return recordSession(tx, kind, *ses)
}

// Bounds of one session, in minutes.
const (
	shortest = 5
	longest  = 8 * 60
)

// ProposeInput is a time for an individual session.
type ProposeInput struct {
	Of Of
	// Round is the key of the round it belongs to; empty outside rounds.
	Round string
	// Starts is the time on the wall clock of its zone.
	Starts civil.DateTime
	// Minutes is how long it shall take; 0 means as long as the blueprint says.
	Minutes int
	// Basis is pathway.Paper or pathway.Telephone where a programme officer proposes
	// what the participant told her; an own act needs none.
	Basis pathway.Basis
}

// spokenFor is on what word an act on a time stands: empty for the participant's and
// her coach's own, paper or telephone where staff act for the participant.
func spokenFor(tx *db.Tx, person id.Person, given pathway.Basis) (pathway.Basis, error) {
	if a := tx.Actor(); a.Person == person || a.Grant.Role != actor.ProgrammeOfficer {
		return "", nil
	}
	if given != pathway.Paper && given != pathway.Telephone {
		return "", fault.Bad("coaching.time", fault.Field{Name: "basis", Key: "coaching.basis-missing"})
	}
	return given, nil
}

// Propose proposes a time. The coach and the participant may, and a programme
// officer for the participant, on her word: then it is her proposal, and it says who
// entered it. Whoever proposed waits for the other's yes. It returns fault.Invalid
// for a time outside the coaching window, fault.NotFound if she has no coach who
// declared, and fault.Conflict if her account has no session left.
func (s *Service) Propose(ctx context.Context, op id.Operation, in ProposeInput) (id.CoachingSession, error) {
	return do(ctx, s, op, "coaching.propose", func(tx *db.Tx, out *id.CoachingSession) error {
		v := access.Create
		if tx.Actor().Person == in.Of.Person {
			v = access.Book
		}
		if err := s.allowed(tx, v, access.Booking, in.Of); err != nil {
			return err
		}
		on, err := spokenFor(tx, in.Of.Person, in.Basis)
		if err != nil {
			return err
		}
		terms, err := s.cohorts.Coaching(tx, in.Of.Cohort, in.Of.Stage)
		if err != nil {
			return err
		}
		if err := checkTime(terms, &in); err != nil {
			return err
		}
		pair, ok, err := livePairing(tx, in.Of)
		if err != nil {
			return err
		}
		if !ok || pair.State != Active {
			return fault.New(fault.NotFound, "coaching.no-coach", nil)
		}
		all, err := sessionsOf(tx, in.Of)
		if err != nil {
			return err
		}
		if a := Count(terms.rules(), all); a.Left() == 0 {
			return conflict("coaching.none-left")
		}
		ses := Session{
			ID: id.New[id.CoachingSession](), Cohort: in.Of.Cohort, Stage: in.Of.Stage, Person: in.Of.Person, Coach: pair.Coach,
			Format: Individual, Round: in.Round, Starts: in.Starts, Day: in.Starts.Date, Minutes: in.Minutes, State: Proposed,
			ProposedBy: tx.Actor().Person, ProposedAt: tx.Now(), ProposedOn: on, Revision: 1,
		}
		if on != "" {
			ses.ProposedBy, ses.EnteredBy = in.Of.Person, tx.Actor().Person
		}
		if err := insertSession(tx, ses); err != nil {
			return err
		}
		*out = ses.ID
		return recordSession(tx, "coaching.session-proposed", ses)
	})
}

func checkTime(terms Terms, in *ProposeInput) error {
	c := terms.rules()
	var bad []fault.Field
	field := func(name, key string, args fault.Args) {
		bad = append(bad, fault.Field{Name: name, Key: key, Args: args})
	}
	if !c.Individual {
		return conflict("coaching.group-only")
	}
	if _, err := in.Starts.Instant(); err != nil || !in.Starts.Date.Valid() {
		field("starts", "coaching.when", nil)
	} else if day := in.Starts.Date.String(); day < string(c.Window.From) || day > string(c.Window.Until) {
		field("starts", "coaching.window", fault.Args{"from": string(c.Window.From), "until": string(c.Window.Until)})
	}
	if in.Round != "" {
		if r, ok := terms.round(in.Round); !ok || r.Kind != programme.SessionKind(Individual) {
			field("round", "coaching.round", nil)
		}
	}
	if in.Minutes == 0 {
		in.Minutes = c.Minutes
	}
	if in.Minutes == 0 {
		in.Minutes = 60
	}
	if in.Minutes < shortest || in.Minutes > longest {
		field("minutes", "coaching.minutes", fault.Args{"from": shortest, "until": longest})
	}
	if bad != nil {
		return fault.Bad("coaching.time", bad...)
	}
	return nil
}

// Agree is the other's yes to a proposed time. Agreeing twice changes nothing. It
// returns fault.Denied to whoever proposed the time.
func (s *Service) Agree(ctx context.Context, op id.Operation, session id.CoachingSession) error {
	return s.AgreeFor(ctx, op, session, "")
}

// AgreeFor is [Service.Agree], also by a programme officer for the participant, who
// said it on paper or by telephone. The coach's yes is her own: for a time that the
// participant proposed it returns fault.Denied.
func (s *Service) AgreeFor(ctx context.Context, op id.Operation, session id.CoachingSession, basis pathway.Basis) error {
	_, err := do(ctx, s, op, "coaching.agree", func(tx *db.Tx, _ *struct{}) error {
		ses, err := s.openFor(tx, session, access.Book)
		if err != nil {
			return err
		}
		on, err := spokenFor(tx, ses.Person, basis)
		if err != nil {
			return err
		}
		switch {
		case ses.State == Agreed:
			return nil
		case ses.State != Proposed:
			return conflict("coaching.not-open")
		case ses.ProposedBy == tx.Actor().Person:
			return fault.New(fault.Denied, "coaching.other-agrees", nil)
		case on != "" && ses.ProposedBy == ses.Person:
			return fault.New(fault.Denied, "coaching.coach-agrees", nil)
		}
		ses.State, ses.AgreedAt, ses.AgreedBy, ses.AgreedOn = Agreed, tx.Now(), tx.Actor().Person, on
		return s.saved(tx, "coaching.session-agreed", &ses)
	})
	return err
}

// Refuse takes a proposed time back, or says no to it. No reason is asked.
func (s *Service) Refuse(ctx context.Context, op id.Operation, session id.CoachingSession) error {
	_, err := do(ctx, s, op, "coaching.refuse", func(tx *db.Tx, _ *struct{}) error {
		ses, err := s.openFor(tx, session, access.Withdraw)
		if err != nil {
			return err
		}
		switch ses.State {
		case Withdrawn:
			return nil
		case Proposed:
			ses.State = Withdrawn
			return s.saved(tx, "coaching.session-withdrawn", &ses)
		}
		return conflict("coaching.not-open")
	})
	return err
}

// Move says that an agreed session will not take place at its time and is to be
// agreed anew. It costs her nothing.
func (s *Service) Move(ctx context.Context, op id.Operation, session id.CoachingSession) error {
	_, err := do(ctx, s, op, "coaching.move", func(tx *db.Tx, _ *struct{}) error {
		ses, err := s.openFor(tx, session, access.Withdraw)
		if err != nil {
			return err
		}
		if ses.State == Closed && ses.Outcome == pathway.Moved {
			return nil
		}
		if ses.State != Agreed {
			return conflict("coaching.not-open")
		}
		return s.close(tx, &ses, pathway.Moved, 0)
	})
	return err
}

func (s *Service) openFor(tx *db.Tx, session id.CoachingSession, v access.Verb) (Session, error) {
	ses, err := sessionByID(tx, session)
	if err != nil {
		return ses, err
	}
	return ses, s.allowed(tx, v, access.Booking, ses.of())
}

// CloseInput closes a session: one form of five fields.
type CloseInput struct {
	Session id.CoachingSession
	Outcome pathway.Outcome
	// Minutes is how long it took, where it took place.
	Minutes int
	// Note is what both want to remember; nothing is kept if it is empty.
	Note Text
	// Goal and Due are the next goal, if one was agreed.
	Goal GoalText
	Due  civil.Date
}

// Close says how a session went. The coach closes it, or a programme officer for
// one who cannot. The note and the goal are written with it. It records a fact. A
// session that is closed is a fault.Conflict: whoever sees it otherwise contests.
func (s *Service) Close(ctx context.Context, op id.Operation, in CloseInput) error {
	_, err := do(ctx, s, op, "coaching.close", func(tx *db.Tx, _ *struct{}) error {
		ses, err := sessionByID(tx, in.Session)
		if err != nil {
			return err
		}
		if err := s.allowed(tx, access.Close, access.CoachingSession, ses.of()); err != nil {
			return err
		}
		if ses.State != Agreed {
			return conflict("coaching.not-open")
		}
		if err := checkOutcome(in.Outcome, &in.Minutes, ses.Minutes); err != nil {
			return err
		}
		if err := s.close(tx, &ses, in.Outcome, in.Minutes); err != nil {
			return err
		}
		if !in.Note.empty() {
			if _, err := s.write(tx, ses.of(), KindNote, ses.ID, in.Note); err != nil {
				return err
			}
		}
		if in.Goal.What != "" {
			_, err = s.setGoal(tx, ses.of(), in.Goal, in.Due)
		}
		return err
	})
	return err
}

// checkOutcome sees that an outcome is one, and that what took place took time.
func checkOutcome(o pathway.Outcome, minutes *int, planned int) error {
	if !slices.Contains(Outcomes(), o) {
		return fault.Bad("coaching.outcome", fault.Field{Name: "outcome", Key: "coaching.outcome"})
	}
	if o == pathway.Held && *minutes == 0 {
		*minutes = planned
	}
	if *minutes < 0 || *minutes > longest || o == pathway.HeldInPart && *minutes == 0 {
		return fault.Bad("coaching.how-long", fault.Field{Name: "minutes", Key: "coaching.how-long"})
	}
	return nil
}

// close settles an agreed session and records its fact.
func (s *Service) close(tx *db.Tx, ses *Session, o pathway.Outcome, minutes int) error {
	ses.State, ses.Outcome, ses.HeldMinutes = Closed, o, minutes
	ses.ClosedBy, ses.ClosedAt, ses.Fact = tx.Actor().Person, tx.Now(), id.New[id.Fact]()
	if err := s.saved(tx, "coaching.session-closed", ses); err != nil {
		return err
	}
	return s.tell(tx, *ses, ses.Fact, "")
}

// tell records the fact that a session went as it was closed.
func (s *Service) tell(tx *db.Tx, ses Session, fact, corrects id.Fact) error {
	v := pathway.CoachingSession{
		Format: string(ses.Format), Outcome: ses.Outcome, Round: ses.Round, Minutes: ses.HeldMinutes,
	}
	if ses.Format == Group {
		v.Day = ses.Day.String()
	} else {
		all, err := sessionsOf(tx, ses.of())
		if err != nil {
			return err
		}
		v.Number = number(all, ses.ID)
	}
	at := tx.Now()
	if t, err := ses.Starts.Instant(); err == nil && t.Before(at) && !ses.Starts.IsZero() {
		at = t
	}
	return s.record(tx, pathway.Fact{
		ID: fact, Person: ses.Person, Cohort: ses.Cohort, Subject: ses.Stage, Value: v, OccurredAt: at,
		Basis: by(tx, ses.Person), Source: "coaching-session:" + string(ses.ID), Actor: tx.Actor().ID(), Corrects: corrects,
	})
}

// number is the place of an individual session among those that were closed, from 1.
func number(all []Session, ses id.CoachingSession) int {
	n := 0
	for _, o := range all {
		if o.Format == Individual && o.State == Closed {
			n++
		}
		if o.ID == ses {
			break
		}
	}
	return n
}

// ContestInput says that a session went otherwise than it was closed.
type ContestInput struct {
	Session id.CoachingSession
	Says    pathway.Outcome
}

// Contest is the word of the participant or of her coach against how a session was
// closed. Nothing changes but that both words stand there, until a programme
// officer has settled it. It returns fault.Conflict for a session that is not
// closed, and fault.Invalid if she says the same.
func (s *Service) Contest(ctx context.Context, op id.Operation, in ContestInput) error {
	_, err := do(ctx, s, op, "coaching.contest", func(tx *db.Tx, _ *struct{}) error {
		ses, err := sessionByID(tx, in.Session)
		if err != nil {
			return err
		}
		if err := s.allowed(tx, access.Contest, access.CoachingSession, ses.of()); err != nil {
			return err
		}
		if ses.State != Closed {
			return conflict("coaching.not-closed")
		}
		if !slices.Contains(Outcomes(), in.Says) || in.Says == ses.Outcome {
			return fault.Bad("coaching.outcome", fault.Field{Name: "says", Key: "coaching.outcome"})
		}
		ses.Contested, ses.ContestedBy = in.Says, tx.Actor().Person
		return s.saved(tx, "coaching.session-contested", &ses)
	})
	return err
}

// SettleInput settles a contested session.
type SettleInput struct {
	Session id.CoachingSession
	Outcome pathway.Outcome
	Minutes int
}

// Settle is a programme officer's decision between two words. If the outcome
// changes, a fact corrects the first one. It returns fault.Conflict for a session
// that nobody contests.
func (s *Service) Settle(ctx context.Context, op id.Operation, in SettleInput) error {
	_, err := do(ctx, s, op, "coaching.settle", func(tx *db.Tx, _ *struct{}) error {
		ses, err := sessionByID(tx, in.Session)
		if err != nil {
			return err
		}
		obj, err := s.object(tx, access.CoachingSession, ses.of(), false)
		if err != nil {
			return err
		}
		if me := tx.Actor().Person; me == ses.Person || slices.Contains(obj.Coaches, me) {
			return fault.New(fault.Denied, "coaching.not-ones-own", nil)
		}
		if err := access.Allow(tx.Actor(), access.Close, obj); err != nil {
			return err
		}
		if ses.Contested == "" {
			return conflict("coaching.not-contested")
		}
		if err := checkOutcome(in.Outcome, &in.Minutes, ses.Minutes); err != nil {
			return err
		}
		before, changed := ses.Fact, in.Outcome != ses.Outcome
		ses.Contested, ses.ContestedBy, ses.SettledAt = "", "", tx.Now()
		ses.Outcome, ses.HeldMinutes = in.Outcome, in.Minutes
		if changed {
			ses.Fact = id.New[id.Fact]()
		}
		if err := s.saved(tx, "coaching.session-settled", &ses); err != nil || !changed {
			return err
		}
		return s.tell(tx, ses, ses.Fact, before)
	})
	return err
}

// GroupDayInput is the register of one day of a group event.
type GroupDayInput struct {
	Cohort  id.Cohort
	Stage   string
	Round   string
	Day     civil.Date
	Present []id.Person
}

// GroupDay enters who was there on a day of a group event. A programme officer
// keeps this register; each person gets a fact of her own. Whoever is entered
// already stays as she is, so that a second list adds to the first. It returns how
// many were new, and fault.Invalid for a day that is not one of the round's.
func (s *Service) GroupDay(ctx context.Context, op id.Operation, in GroupDayInput) (int, error) {
	return do(ctx, s, op, "coaching.group-day", func(tx *db.Tx, out *int) error {
		terms, err := s.cohorts.Coaching(tx, in.Cohort, in.Stage)
		if err != nil {
			return err
		}
		r, ok := terms.round(in.Round)
		if !ok || r.Kind != programme.SessionKind(Group) || !slices.Contains(r.Days, programme.Date(in.Day.String())) {
			return fault.Bad("coaching.round", fault.Field{Name: "round", Key: "coaching.round"})
		}
		for _, p := range in.Present {
			of := Of{in.Cohort, in.Stage, p}
			if err := s.allowed(tx, access.Record, access.CoachingSession, of); err != nil {
				return err
			}
			all, err := sessionsOf(tx, of)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(all, func(o Session) bool { return o.Format == Group && o.Day == in.Day }) {
				continue
			}
			ses := Session{
				ID: id.New[id.CoachingSession](), Cohort: in.Cohort, Stage: in.Stage, Person: p, Format: Group, Round: in.Round,
				Day: in.Day, State: Closed, Outcome: pathway.Held, ProposedBy: tx.Actor().Person, ProposedAt: tx.Now(),
				ClosedBy: tx.Actor().Person, ClosedAt: tx.Now(), Fact: id.New[id.Fact](), Revision: 1,
			}
			if err := insertSession(tx, ses); err != nil {
				return err
			}
			if err := recordSession(tx, "coaching.session-closed", ses); err != nil {
				return err
			}
			if err := s.tell(tx, ses, ses.Fact, ""); err != nil {
				return err
			}
			*out++
		}
		return nil
	})
}

// Account returns a participant's account. She, her coach and programme officers
// may see it: that sessions were held, never what was said.
func (s *Service) Account(ctx context.Context, of Of) (Account, error) {
	var out Account
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if err := s.allowed(tx, access.Read, access.Account, of); err != nil {
			return err
		}
		var err error
		out, err = s.account(tx, of)
		return err
	})
	return out, err
}

func (s *Service) account(tx *db.Tx, of Of) (Account, error) {
	terms, err := s.cohorts.Coaching(tx, of.Cohort, of.Stage)
	if err != nil {
		return Account{}, err
	}
	all, err := sessionsOf(tx, of)
	if err != nil {
		return Account{}, err
	}
	a := Count(terms.rules(), all)
	a.Cohort, a.Stage, a.Person = of.Cohort, of.Stage, of.Person
	return a, nil
}

// Calendar lists the sessions that the coach who asks has proposed or agreed, the
// next one first.
func (s *Service) Calendar(ctx context.Context) ([]Session, error) {
	var out []Session
	err := s.db.View(ctx, func(tx *db.Tx) error {
		me := tx.Actor().Person
		obj := access.Here(tx.Actor(), access.Booking)
		obj.Coaches = []id.Person{me}
		if err := access.Allow(tx.Actor(), access.List, obj); err != nil {
			return err
		}
		var err error
		out, err = openOfCoach(tx, me)
		return err
	})
	return out, err
}

// Overview is a cohort's coaching as a programme officer sees it.
type Overview struct {
	Terms     Terms
	Accounts  []Account // of whoever has a session agreed or closed, by person
	Contested []Session // waiting for a decision
}

// Overview returns the accounts of a cohort and the sessions that wait for a
// decision. It is for programme officers.
func (s *Service) Overview(ctx context.Context, cohort id.Cohort, stage string) (Overview, error) {
	var out Overview
	err := s.db.View(ctx, func(tx *db.Tx) error {
		out = Overview{}
		place, err := s.cohorts.Cohort(tx, cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Account, Place: place}); err != nil {
			return err
		}
		terms, err := s.cohorts.Coaching(tx, cohort, stage)
		if err != nil {
			return err
		}
		out.Terms = terms
		all, err := closedIn(tx, cohort, stage)
		if err != nil {
			return err
		}
		for len(all) > 0 {
			n := slices.IndexFunc(all, func(o Session) bool { return o.Person != all[0].Person })
			if n < 0 {
				n = len(all)
			}
			a := Count(terms.rules(), all[:n])
			a.Cohort, a.Stage, a.Person = cohort, stage, all[0].Person
			out.Accounts = append(out.Accounts, a)
			for _, ses := range all[:n] {
				if ses.Contested != "" {
					out.Contested = append(out.Contested, ses)
				}
			}
			all = all[n:]
		}
		return nil
	})
	return out, err
}
