package workshop

import (
	"context"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
)

// Capacity is what somebody is at a session.
type Capacity string

// The capacities.
const (
	Participant Capacity = "participant"
	Observer    Capacity = "observer"
	Interpreter Capacity = "interpreter"
	Staff       Capacity = "staff"
	Guest       Capacity = "guest"
)

// Capacities lists them, in the order in which the door offers them.
func Capacities() []Capacity { return []Capacity{Participant, Observer, Interpreter, Staff, Guest} }

// Admission is somebody let in at the door for one half-day.
type Admission struct {
	ID       id.Admission
	Register id.Register
	// Person is who it is, if Cadre knows her. Else Name is what she said at the
	// door, until somebody settles who she is.
	// It is no part of the outcome that is kept for a resend.
	Person   id.Person
	Name     string `json:"-"`
	Capacity Capacity
	Mode     Mode
	// InPlaceOf is the colleague in whose place she came; empty if in nobody's.
	InPlaceOf id.Person
	// Until is the end of a conditional entry: she came without the modules, and
	// has until then. Zero if nothing is missing.
	Until      time.Time
	AdmittedAt time.Time
	Actor      string
	SettledAt  time.Time
	Revision   int
}

// Admit is somebody who stands at the door: a person whom Cadre knows, or a name.
type Admit struct {
	Register  id.Register
	Person    id.Person
	Name      string
	Capacity  Capacity
	Mode      Mode // in person if empty
	InPlaceOf id.Person
	// Until is the last day by which a participant without the modules finishes
	// them; zero if nothing is missing.
	Until civil.Date
}

// maxName bounds what is typed at the door, in bytes.
const maxName = 200

// Admit lets somebody in. It asks for two things at most, a name and a capacity,
// and refuses only what cannot be: a full room.
func (s *Service) Admit(ctx context.Context, op id.Operation, in Admit) (Admission, error) {
	var out Admission
	err := do(ctx, s, op, "workshop.admit", &out, func(tx *db.Tx) error {
		h, err := halfDay(tx, in.Register)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Record, access.Door, h, ""); err != nil {
			return err
		}
		if err := s.running(tx, h); err != nil {
			return err
		}
		if out, err = in.admission(tx, h); err != nil {
			return err
		}
		if err := known(tx, out.Person); err != nil {
			return err
		}
		roll, err := s.roll(tx, h)
		if err != nil {
			return err
		}
		if err := fits(roll, out); err != nil {
			return err
		}
		rows, err := s.enter(tx, h, out, roll)
		if err != nil {
			return err
		}
		return s.note(tx, "workshop.admitted", h.Cohort, string(out.ID), admitted{h.Key, out.Person, out.Capacity, out.Mode, !out.Until.IsZero()}, rows...)
	})
	return out, err
}

// known refuses a person whom the actor may not see: the door lets anybody in by
// name, but must not be a way to see a stranger whom Cadre knows.
func known(tx *db.Tx, p id.Person) error {
	if p == "" {
		return nil
	}
	o, err := people.Object(tx, access.Person, p)
	if fault.Is(err, fault.NotFound) {
		return nil // nothing is known of her that could be seen
	}
	if err != nil {
		return err
	}
	return access.Allow(tx.Actor(), access.Read, o)
}

// admission checks what was typed at the door.
func (in Admit) admission(tx *db.Tx, h HalfDay) (Admission, error) {
	out := Admission{
		ID: id.New[id.Admission](), Register: h.ID, Person: in.Person, Name: strings.Join(strings.Fields(in.Name), " "), Capacity: in.Capacity,
		Mode: in.Mode, InPlaceOf: in.InPlaceOf, AdmittedAt: tx.Now(), Actor: tx.Actor().ID(), Revision: 1,
	}
	var fields []fault.Field
	bad := func(name, key string) { fields = append(fields, fault.Field{Name: name, Key: key}) }
	if out.Mode == "" {
		out.Mode = InPerson
	}
	if out.Person != "" {
		out.Name = ""
	} else if out.Name == "" || len(out.Name) > maxName {
		bad("name", "workshop.name-missing")
	}
	if !slices.Contains(Capacities(), out.Capacity) {
		bad("capacity", "workshop.capacity-missing")
	}
	if out.Capacity != Participant && (!in.Until.IsZero() || in.InPlaceOf != "") {
		bad("capacity", "workshop.participants-alone")
	}
	if !in.Until.IsZero() {
		loc, err := civil.Zone(h.Starts.Zone)
		if err != nil {
			return out, err
		}
		out.Until = in.Until.End(loc).Add(-time.Microsecond)
		if !out.Until.After(tx.Now()) {
			bad("until", "workshop.until-past")
		}
	}
	if fields != nil {
		return out, fault.Bad("workshop.mend", fields...)
	}
	return out, nil
}

// fits refuses a room that is full. A colleague in whose place she came leaves
// room for her, and who is expected anyway has hers.
func fits(roll Roll, a Admission) error {
	for _, x := range roll.Admissions {
		if a.Person != "" && x.Person == a.Person {
			return fault.New(fault.Conflict, "workshop.already-in", nil)
		}
	}
	if a.Mode == Online || roll.Holds == 0 {
		return nil
	}
	before := roll.InRoom
	if slices.ContainsFunc(roll.Lines, func(l Line) bool { return l.Person == a.Person && a.Person != "" && (l.Listed || l.Verdict.there()) }) {
		return nil
	}
	if occupancy(roll.Lines, append(slices.Clone(roll.Admissions), a)) > max(roll.Holds, before) {
		return fault.New(fault.Conflict, "workshop.room-full", fault.Args{"n": roll.Holds})
	}
	return nil
}

// enter writes an admission and what follows from it.
func (s *Service) enter(tx *db.Tx, h HalfDay, a Admission, roll Roll) ([]journal.Row, error) {
	if err := insertAdmission(tx, a); err != nil {
		return nil, err
	}
	rows := []journal.Row{journal.RowOf(admissionsTable, a.ID)}
	if a.Capacity != Participant || a.Person == "" {
		return rows, putContact(tx, h, a.Person, a.ID, a.Mode == InPerson)
	}
	made, err := s.attend(tx, h, a, slices.ContainsFunc(roll.Lines, func(l Line) bool { return l.Person == a.Person && l.Listed }))
	return append(rows, made...), err
}

// attend records that a participant whom Cadre knows was admitted: that she
// joined, if she was not expected; the exception under which she entered, if any;
// and the sign of her attendance.
func (s *Service) attend(tx *db.Tx, h HalfDay, a Admission, listed bool) ([]journal.Row, error) {
	fact := pathway.Fact{
		Person: a.Person, Cohort: h.Cohort, OccurredAt: a.AdmittedAt, Basis: basis(tx.Actor(), h, AtDoor),
		Source: "admission:" + string(a.ID), Actor: tx.Actor().ID(),
	}
	// Who enters on a condition still has the modules before her: she joins from
	// the beginning. Anyone else joins here, and what came before is not asked.
	stage := h.Stage
	if !a.Until.IsZero() {
		stage = ""
	}
	switch {
	case listed:
	case s.enrol != nil:
		if err := s.enrol(tx, h.Cohort, a.Person, stage); err != nil {
			return nil, err
		}
	default:
		f := fact
		f.ID, f.Value = id.New[id.Fact](), pathway.Joined{Stage: stage, Later: true}
		if err := s.record(tx, f); err != nil {
			return nil, err
		}
	}
	if !a.Until.IsZero() {
		f := fact
		f.ID, f.Subject, f.Value = id.New[id.Fact](), h.Stage, pathway.WaiverSigned{Cause: "at-the-door", Until: a.Until}
		if err := s.record(tx, f); err != nil {
			return nil, err
		}
	}
	return s.sign(tx, h, Evidence{Person: a.Person, Source: AtDoor, Says: Present, Mode: a.Mode, At: a.AdmittedAt})
}

// Settle says who somebody was whom the door took by name.
type Settle struct {
	Admission id.Admission
	Revision  int
	Person    id.Person
}

// Settle ties an admission to a person. What the door recorded of her counts
// from then on, at the time at which it happened.
func (s *Service) Settle(ctx context.Context, op id.Operation, in Settle) (Admission, error) {
	var out Admission
	err := do(ctx, s, op, "workshop.settle", &out, func(tx *db.Tx) error {
		a, err := scanAdmission(tx.QueryRow(`SELECT `+admissionColumns+` FROM workshop_admissions WHERE id = ?1`, in.Admission))
		if err != nil {
			return unknown(err, "workshop.admission-unknown")
		}
		h, err := halfDay(tx, a.Register)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Correct, access.Door, h, ""); err != nil {
			return err
		}
		switch {
		case a.Revision != in.Revision:
			return fault.New(fault.Stale, "workshop.admission-stale", nil)
		case a.Person != "":
			return fault.New(fault.Conflict, "workshop.admission-settled", nil)
		case in.Person == "":
			return fault.Bad("workshop.mend", fault.Field{Name: "person", Key: "workshop.name-missing"})
		}
		if err := known(tx, in.Person); err != nil {
			return err
		}
		roll, err := s.roll(tx, h)
		if err != nil {
			return err
		}
		a.Person, a.Name, a.SettledAt, a.Revision = in.Person, "", tx.Now(), a.Revision+1
		if _, err := tx.Exec(`UPDATE workshop_admissions SET person = ?2, name = '', settled_at = ?3, revision = ?4 WHERE id = ?1`,
			a.ID, a.Person, db.Micros(a.SettledAt), a.Revision); err != nil {
			return err
		}
		if err := putContact(tx, h, "", a.ID, false); err != nil {
			return err
		}
		rows := []journal.Row{journal.RowOf(admissionsTable, a.ID)}
		if a.Capacity == Participant {
			made, err := s.attend(tx, h, a, slices.ContainsFunc(roll.Lines, func(l Line) bool { return l.Person == a.Person && l.Listed }))
			if err != nil {
				return err
			}
			rows = append(rows, made...)
		} else if err := putContact(tx, h, a.Person, a.ID, a.Mode == InPerson); err != nil {
			return err
		}
		out = a
		return s.note(tx, "workshop.admission-settled", h.Cohort, string(a.ID), admissionSettled{a.Person}, rows...)
	})
	return out, err
}

// Declare says where somebody takes part on one day.
type Declare struct {
	Cohort id.Cohort
	Day    civil.Date
	// Person is who it is about; the actor herself if empty.
	Person id.Person
	Mode   Mode
}

// Declare notes that somebody takes part in the room or online on a day, and
// nothing of why. It is erased when the day is over.
func (s *Service) Declare(ctx context.Context, op id.Operation, in Declare) error {
	var out struct{}
	return do(ctx, s, op, "workshop.declare", &out, func(tx *db.Tx) error {
		if in.Person == "" {
			in.Person = tx.Actor().Person
		}
		o, err := s.object(tx, access.Declaration, in.Cohort, "")
		if err != nil {
			return err
		}
		o.Subject = in.Person
		if err := access.Allow(tx.Actor(), access.Record, o); err != nil {
			return err
		}
		if in.Mode != InPerson && in.Mode != Online {
			return fault.Bad("workshop.mend", fault.Field{Name: "mode", Key: "workshop.mode-missing"})
		}
		expected, err := s.cohorts.Expected(tx, in.Cohort, "")
		if err != nil {
			return err
		}
		if !slices.Contains(expected, in.Person) {
			return fault.New(fault.NotFound, "workshop.person-unexpected", nil)
		}
		var zone string
		rows, err := db.Collect(tx, func(r *db.Rows) (HalfDay, error) { return scanHalfDay(r) },
			`SELECT `+halfDayColumns+` FROM workshop_half_days WHERE cohort = ?1 ORDER BY starts_at`, in.Cohort)
		if err != nil {
			return err
		}
		for _, h := range rows {
			if h.Starts.Date == in.Day {
				zone = h.Starts.Zone
			}
		}
		if zone == "" {
			return fault.Bad("workshop.mend", fault.Field{Name: "day", Key: "workshop.day-unknown"})
		}
		loc, err := civil.Zone(zone)
		if err != nil {
			return err
		}
		if !in.Day.End(loc).After(tx.Now()) {
			return fault.New(fault.Closed, "workshop.day-over", nil)
		}
		// The journal would keep for ever what is to be gone tomorrow, so it is
		// told nothing.
		return putDeclaration(tx, in.Cohort, in.Person, in.Day, in.Mode, zone)
	})
}

// ContactsKept is how long it can be looked up who was in which room.
const ContactsKept = 14 * 24 * time.Hour

// Contact is one person who was in a room.
type Contact struct {
	Person    id.Person
	Admission id.Admission
	// Name is how she is shown, or what somebody unknown said at the door.
	Name people.Display
	Room id.Room
	At   time.Time
}

// Contacts returns who was in the room with others in a half-day, while that is
// kept.
func (s *Service) Contacts(ctx context.Context, r id.Register) ([]Contact, error) {
	var out []Contact
	var all Names
	err := s.db.View(ctx, func(tx *db.Tx) error {
		h, err := halfDay(tx, r)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Read, access.ContactList, h, ""); err != nil {
			return err
		}
		out, err = db.Collect(tx, func(r *db.Rows) (Contact, error) {
			var c Contact
			var at int64
			err := r.Scan(&c.Person, &c.Admission, &c.Name.Text, &c.Room, &at)
			c.Name.Dir, c.At = "auto", db.Time(at)
			return c, err
		}, `SELECT c.person, c.admission, COALESCE(a.name, ''), c.room, c.at FROM workshop_contacts c
			LEFT JOIN workshop_admissions a ON a.id = c.admission WHERE c.register = ?1 ORDER BY c.at, c.id`, h.ID)
		if err != nil {
			return err
		}
		var named []id.Person
		for _, c := range out {
			if c.Person != "" {
				named = append(named, c.Person)
			}
		}
		if all, err = names(ctx, tx, named...); err != nil {
			return err
		}
		for i, c := range out {
			if n, ok := all[c.Person]; ok {
				out[i].Name = n
			}
		}
		return nil
	})
	if err == nil {
		err = s.shown(ctx, all)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// EraseJob is the kind of the job that [Service.Erase] handles.
const EraseJob = "workshop.erase"

// EraseEvery is how often it is done.
const EraseEvery = time.Hour

// Erase is the handler of [EraseJob]: it erases declarations of days that are
// over, contact lists that are older than [ContactsKept], and with them the
// names of people who came to the door as something other than participants.
func (s *Service) Erase(ctx context.Context, j *job.Job) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		for _, kind := range []access.Kind{access.Declaration, access.ContactList} {
			if err := access.Allow(tx.Actor(), access.Erase, access.Object{Kind: kind}); err != nil {
				return err
			}
		}
		now := db.Micros(tx.Now())
		for _, q := range []string{
			`DELETE FROM workshop_declarations WHERE erase_at <= ?1`,
			`DELETE FROM workshop_contacts WHERE erase_at <= ?1`,
		} {
			if _, err := tx.Exec(q, now); err != nil {
				return err
			}
		}
		over := db.Micros(tx.Now().Add(-ContactsKept))
		if _, err := tx.Exec(`UPDATE workshop_admissions SET name = '' WHERE capacity <> 'participant' AND name <> ''
			AND register IN (SELECT id FROM workshop_half_days WHERE ends_at <= ?1)`, over); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM workshop_tries WHERE register IN (SELECT id FROM workshop_half_days WHERE ends_at <= ?1)`, over); err != nil {
			return err
		}
		return j.Complete(tx)
	})
}
