package workshop

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Cohorts says what the workshop has to know of a cohort.
type Cohorts interface {
	// Blueprint returns the version that the cohort follows.
	Blueprint(tx *db.Tx, c id.Cohort) (*programme.Blueprint, error)
	// Place says where the cohort lies, for the policy.
	Place(tx *db.Tx, c id.Cohort) (access.Place, error)
	// Expected lists who takes part in a stage now: enrolled as participants, not
	// left, and of whom the stage is asked, so neither those of another group nor
	// those who joined after it. An empty stage is the whole cohort.
	Expected(tx *db.Tx, c id.Cohort, stage string) ([]id.Person, error)
	// Trainers lists who may be named to hold a session of the cohort.
	Trainers(tx *db.Tx, c id.Cohort) ([]id.Person, error)
}

// Deps are what the service needs of others.
type Deps struct {
	DB      *db.DB
	Cohorts Cohorts
	// Record writes a fact into the ledger: [pathway.Record], but in tests.
	Record func(tx *db.Tx, f pathway.Fact) error
	// Reads records whose names were shown to whom.
	Reads people.Reads
	// Enrol makes somebody a participant of the cohort who came to the door and was
	// not expected, from a stage on, so that she is expected from then on; it records
	// that she joined. If it is nil the ledger alone is told.
	Enrol func(tx *db.Tx, c id.Cohort, p id.Person, stage string) error
}

// Service is the operations of this package as people carry them out.
type Service struct {
	db      *db.DB
	cohorts Cohorts
	record  func(tx *db.Tx, f pathway.Fact) error
	reads   people.Reads
	enrol   func(tx *db.Tx, c id.Cohort, p id.Person, stage string) error
}

// New returns a service.
func New(d Deps) *Service {
	return &Service{db: d.DB, cohorts: d.Cohorts, record: d.Record, reads: d.Reads, enrol: d.Enrol}
}

// Names are how people are shown to whoever asked, by person.
type Names map[id.Person]people.Display

// names reads how people are shown to the actor.
func names(ctx context.Context, tx *db.Tx, ps ...id.Person) (Names, error) {
	return people.Displays(tx, tx.Actor(), i18n.From(ctx).Lang(), ps...)
}

// shown records that the actor was shown these people; what cannot be recorded
// is not shown.
func (s *Service) shown(ctx context.Context, n Names) error {
	if len(n) == 0 {
		return nil
	}
	return s.reads.RecordRead(ctx, access.Person, slices.Sorted(maps.Keys(n))...)
}

// object is something of a cohort as the policy sees it.
func (s *Service) object(tx *db.Tx, kind access.Kind, c id.Cohort, ref string) (access.Object, error) {
	at, err := s.cohorts.Place(tx, c)
	return access.Object{Kind: kind, ID: ref, Place: at}, err
}

// allow asks the policy about something of a cohort.
func (s *Service) allow(tx *db.Tx, v access.Verb, kind access.Kind, c id.Cohort, ref string) error {
	o, err := s.object(tx, kind, c, ref)
	if err != nil {
		return err
	}
	return access.Allow(tx.Actor(), v, o)
}

// allowHalf asks the policy about something of a half-day.
func (s *Service) allowHalf(tx *db.Tx, v access.Verb, kind access.Kind, h HalfDay, subject id.Person) error {
	o, err := s.object(tx, kind, h.Cohort, string(h.ID))
	if err != nil {
		return err
	}
	o.Trainers, o.Subject = h.Trainers(), subject
	return access.Allow(tx.Actor(), v, o)
}

// do runs one operation: once, in one transaction.
func do[T any](ctx context.Context, s *Service, op id.Operation, kind string, out *T, f func(tx *db.Tx) error) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, kind, out, func() error { return f(tx) })
		return err
	})
}

// Lay names the workshop stage of a cohort whose timetable is to be laid.
type Lay struct {
	Cohort id.Cohort
	Stage  string // key of the blueprint's stage
}

// Laid says what was made.
type Laid struct {
	HalfDays []id.Register `json:"half_days"`
	Sessions int           `json:"sessions"`
}

// Lay makes a cohort's timetable out of its blueprint: rooms, half-days with
// their registers and PINs, sessions. It is made once; from then on it is
// changed session by session.
func (s *Service) Lay(ctx context.Context, op id.Operation, in Lay) (Laid, error) {
	var out Laid
	err := do(ctx, s, op, "workshop.lay", &out, func(tx *db.Tx) error {
		if err := s.allow(tx, access.Create, access.Timetable, in.Cohort, ""); err != nil {
			return err
		}
		b, err := s.cohorts.Blueprint(tx, in.Cohort)
		if err != nil {
			return err
		}
		stage, ok := b.Stage(programme.Key(in.Stage))
		if !ok || stage.Workshop == nil {
			return fault.New(fault.NotFound, "workshop.stage-unknown", nil)
		}
		if old, err := timetable(tx, in.Cohort, in.Stage); err != nil {
			return err
		} else if len(old.HalfDays) > 0 {
			return fault.New(fault.Conflict, "workshop.already-laid", nil)
		}
		t, err := laid(b, stage, in.Cohort)
		if err != nil {
			return err
		}
		var rows []journal.Row
		for _, r := range t.Rooms {
			if err := insertRoom(tx, in.Cohort, in.Stage, r); err != nil {
				return err
			}
			rows = append(rows, journal.RowOf(roomsTable, r.ID))
		}
		for _, h := range t.HalfDays {
			if err := insertHalfDay(tx, h); err != nil {
				return err
			}
			out.HalfDays = append(out.HalfDays, h.ID)
			rows = append(rows, journal.RowOf(halfDaysTable, h.ID))
			for _, x := range h.Sessions {
				if err := insertSession(tx, x); err != nil {
					return err
				}
				out.Sessions++
				rows = append(rows, journal.RowOf(sessionsTable, x.ID))
			}
		}
		return s.note(tx, "workshop.timetable-laid", in.Cohort, string(in.Cohort), timetableLaid{in.Stage, len(t.HalfDays), out.Sessions}, rows...)
	})
	return out, err
}

// laid is the timetable that a blueprint's workshop stage describes.
func laid(b *programme.Blueprint, stage *programme.Stage, c id.Cohort) (Timetable, error) {
	w := stage.Workshop
	zone := string(w.Zone)
	if zone == "" {
		zone = string(b.Zone)
	}
	text := func(t programme.Text) i18n.Text {
		out := i18n.Text{Fallback: string(b.Fallback()), Values: map[string]string{}}
		for lang, s := range t {
			out.Values[string(lang)] = s
		}
		return out
	}
	modes := func(m []programme.Mode) []Mode {
		if len(m) == 0 {
			m = w.Modes
		}
		out := make([]Mode, len(m))
		for i, x := range m {
			out[i] = Mode(x)
		}
		return out
	}
	t := Timetable{Cohort: c, Stage: string(stage.Key)}
	rooms := map[programme.Key]id.Room{}
	for _, r := range w.Rooms {
		x := Room{ID: id.New[id.Room](), Key: string(r.Key), Title: text(r.Title), Mode: Mode(r.Mode), Capacity: r.Capacity, Revision: 1}
		if x.Mode == "" {
			x.Mode = InPerson
		}
		rooms[r.Key] = x.ID
		t.Rooms = append(t.Rooms, x)
	}
	for _, d := range w.Days {
		at := func(c programme.ClockTime) (civil.DateTime, error) {
			return civil.ParseDateTime(string(d.Date) + "T" + string(c) + " " + zone)
		}
		for _, h := range d.HalfDays {
			starts, err := at(h.From)
			if err != nil {
				return t, err
			}
			ends, err := at(h.Until)
			if err != nil {
				return t, err
			}
			pin, err := newPIN()
			if err != nil {
				return t, err
			}
			half := HalfDay{
				ID: id.New[id.Register](), Cohort: c, Stage: t.Stage, Key: string(h.Key), Title: text(h.Title),
				Starts: starts, Ends: ends, PIN: pin, Revision: 1,
			}
			for _, x := range h.Sessions {
				from, err := at(x.From)
				if err != nil {
					return t, err
				}
				until, err := at(x.Until)
				if err != nil {
					return t, err
				}
				half.Sessions = append(half.Sessions, Session{
					ID: id.New[id.WorkshopSession](), HalfDay: half.ID, Key: string(x.Key), Title: text(x.Title), Starts: from, Ends: until,
					Room: rooms[x.Room], Modes: modes(x.Modes), Part: x.Trainer, Language: string(x.Language), Revision: 1,
				})
			}
			t.HalfDays = append(t.HalfDays, half)
		}
	}
	return t, nil
}

// newPIN makes a number of four digits. It is shown to a whole room, and
// guessing it is bounded by [maxTries].
func newPIN() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(10000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%04d", n), nil
}

// note appends a journal entry about something of a cohort.
func (s *Service) note(tx *db.Tx, kind string, c id.Cohort, subject string, body any, rows ...journal.Row) error {
	at, err := s.cohorts.Place(tx, c)
	if err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Subject: subject, Body: body, Rows: rows,
		Scope: actor.Scope{Country: at.Country, Programme: at.Programme, Cohort: c},
	})
}

// Plan is a timetable as somebody reads it.
type Plan struct {
	Timetable
	// Clashes are what staff have to mend; nobody else is shown them.
	Clashes []Clash
	// Unseen are the changes that the reader has not confirmed seeing, the oldest
	// first. Staff see every change, with who has seen it, in Changes.
	Unseen  []Change
	Changes []Announced
	// Declared is where the reader said to take part, by day.
	Declared map[civil.Date]Mode
	// Mine is what the reader's own half-days come to, by half-day.
	Mine map[id.Register]Judgement
	// Staff tells that the reader works with registers; Mends, that she may change
	// sessions and rooms.
	Staff, Mends bool
	// Now is when it was read.
	Now time.Time
	// Names are those of trainers, and for staff of those who have not seen a change.
	Names Names
}

// Plan returns a cohort's timetable. A stage that was never laid has no
// half-days. PINs are shown to staff alone, links to whoever may join.
func (s *Service) Plan(ctx context.Context, c id.Cohort, stage string) (Plan, error) {
	var out Plan
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		o, err := s.object(tx, access.Timetable, c, "")
		if err != nil {
			return err
		}
		a := tx.Actor()
		if err := access.Allow(a, access.Read, o); err != nil {
			return err
		}
		if out.Timetable, err = timetable(tx, c, stage); err != nil {
			return err
		}
		out.Mends, out.Now = access.Allows(a, access.Change, o), tx.Now()
		var named []id.Person
		for _, h := range out.HalfDays {
			named = append(named, h.Trainers()...)
		}
		defer func() {
			if err == nil {
				out.Names, err = names(ctx, tx, named...)
			}
		}()
		changes, err := db.Collect(tx, scanChange, `SELECT `+changeColumns+` FROM workshop_changes WHERE cohort = ?1 AND stage = ?2 ORDER BY at, id`, c, stage)
		if err != nil {
			return err
		}
		seen, err := seenBy(tx, c, stage)
		if err != nil {
			return err
		}
		o.Kind = access.Register
		out.Staff = access.Allows(a, access.List, o)
		if !out.Staff {
			for i := range out.HalfDays {
				out.HalfDays[i].PIN = ""
			}
			o.Kind = access.Session
			if !access.Allows(a, access.Read, o) {
				hideLinks(out.Timetable)
			}
			for _, ch := range changes {
				if !slices.Contains(seen[ch.ID], a.Person) {
					out.Unseen = append(out.Unseen, ch)
				}
			}
			if out.Declared, err = declaredBy(tx, c, a.Person); err != nil {
				return err
			}
			out.Mine = map[id.Register]Judgement{}
			for _, h := range out.HalfDays {
				if out.Mine[h.ID], err = s.judge(tx, h, a.Person); err != nil {
					return err
				}
			}
			return nil
		}
		expected, err := s.cohorts.Expected(tx, c, stage)
		if err != nil {
			return err
		}
		for _, ch := range changes {
			n := Announced{Change: ch, Of: len(expected)}
			for _, p := range expected {
				if slices.Contains(seen[ch.ID], p) {
					n.Seen++
				} else {
					n.NotSeen = append(n.NotSeen, p)
					named = append(named, p)
				}
			}
			out.Changes = append(out.Changes, n)
		}
		inRoom := map[id.Register]int{}
		for _, h := range out.HalfDays {
			if inRoom[h.ID], err = s.inRoom(tx, h, expected); err != nil {
				return err
			}
		}
		out.Clashes = Clashes(out.Timetable, func(r id.Register) int { return inRoom[r] })
		return nil
	})
	if err == nil {
		err = s.shown(ctx, out.Names)
	}
	if err != nil {
		return Plan{}, err
	}
	return out, nil
}

// Near lists the half-days whose register the actor may read and that are not
// over for half a day, or begin within a day and a half.
func (s *Service) Near(ctx context.Context) ([]HalfDay, error) {
	out := []HalfDay{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		near, err := db.Collect(tx, func(r *db.Rows) (HalfDay, error) { return scanHalfDay(r) },
			`SELECT `+halfDayColumns+` FROM workshop_half_days WHERE ends_at > ?1 AND starts_at < ?2 ORDER BY starts_at, id`,
			db.Micros(tx.Now().Add(-12*time.Hour)), db.Micros(tx.Now().Add(36*time.Hour)))
		if err != nil {
			return err
		}
		for _, h := range near {
			if err := s.allowHalf(tx, access.Read, access.Register, h, ""); err == nil {
				out = append(out, h)
			} else if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		return nil
	})
	return out, err
}

// OneRoom returns a room, its cohort and its stage, for whoever may change it.
func (s *Service) OneRoom(ctx context.Context, r id.Room) (Room, id.Cohort, string, error) {
	var x Room
	var c id.Cohort
	var stage string
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if x, c, stage, err = room(tx, r); err != nil {
			return err
		}
		return s.allow(tx, access.Change, access.Room, c, string(r))
	})
	return x, c, stage, err
}

// Overview is who attended which half-day.
type Overview struct {
	Timetable
	People []id.Person // those expected, then others who were recorded
	// Cells are the verdicts by half-day and person; what is missing was not recorded.
	Cells map[id.Register]map[id.Person]Judgement
	Names Names
}

// Attended returns the attendance of a whole workshop.
func (s *Service) Attended(ctx context.Context, c id.Cohort, stage string) (Overview, error) {
	var out Overview
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if err := s.allow(tx, access.List, access.Attendance, c, ""); err != nil {
			return err
		}
		var err error
		if out.Timetable, err = timetable(tx, c, stage); err != nil {
			return err
		}
		if out.People, err = s.cohorts.Expected(tx, c, stage); err != nil {
			return err
		}
		rows, err := db.Collect(tx, func(r *db.Rows) (attendance, error) { return scanAttendance(r) },
			`SELECT a.id, a.register, a.person, a.verdict, a.minutes, a.mode, a.decided_by, a.conflicts, a.fact, a.revision
			FROM workshop_attendance a JOIN workshop_half_days h ON h.id = a.register WHERE h.cohort = ?1 AND h.stage = ?2 ORDER BY a.person`, c, stage)
		if err != nil {
			return err
		}
		out.Cells = map[id.Register]map[id.Person]Judgement{}
		for _, a := range rows {
			if out.Cells[a.Register] == nil {
				out.Cells[a.Register] = map[id.Person]Judgement{}
			}
			out.Cells[a.Register][a.Person] = Judgement{Verdict: a.Verdict, Minutes: a.Minutes, Mode: a.Mode, By: a.By, Conflicts: make([]Conflict, a.Conflicts)}
			if !slices.Contains(out.People, a.Person) {
				out.People = append(out.People, a.Person)
			}
		}
		out.Names, err = names(ctx, tx, out.People...)
		return err
	})
	if err == nil {
		err = s.shown(ctx, out.Names)
	}
	if err != nil {
		return Overview{}, err
	}
	return out, nil
}

func hideLinks(t Timetable) {
	for i := range t.Rooms {
		t.Rooms[i].Link = ""
	}
	for i := range t.HalfDays {
		for j := range t.HalfDays[i].Sessions {
			t.HalfDays[i].Sessions[j].Link = ""
		}
	}
}

func declaredBy(tx *db.Tx, c id.Cohort, p id.Person) (map[civil.Date]Mode, error) {
	out := map[civil.Date]Mode{}
	_, err := db.Collect(tx, func(r *db.Rows) (Mode, error) {
		var day string
		var m Mode
		if err := r.Scan(&day, &m); err != nil {
			return m, err
		}
		d, err := civil.ParseDate(day)
		out[d] = m
		return m, err
	}, `SELECT day, mode FROM workshop_declarations WHERE cohort = ?1 AND person = ?2`, c, p)
	return out, err
}
