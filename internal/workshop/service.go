package workshop

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"
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
	// Expected lists who takes part now: enrolled as participants, not left.
	Expected(tx *db.Tx, c id.Cohort) ([]id.Person, error)
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
		expected, err := s.cohorts.Expected(tx, c)
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

// OneSession returns a session with its half-day, and the rooms it could be in,
// for whoever may change it.
func (s *Service) OneSession(ctx context.Context, session id.WorkshopSession) (Session, HalfDay, []Room, error) {
	var x Session
	var h HalfDay
	var rooms []Room
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if h, err = halfDayOf(tx, session); err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Change, access.Session, h, ""); err != nil {
			return err
		}
		t, err := timetable(tx, h.Cohort, h.Stage)
		x, _, _ = t.Session(session)
		rooms = t.Rooms
		return err
	})
	return x, h, rooms, err
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
		if out.People, err = s.cohorts.Expected(tx, c); err != nil {
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

// Agreed is what people are told of a session and hold on to: what an
// announced change is about.
type Agreed struct {
	Starts    civil.DateTime `json:"starts"`
	Ends      civil.DateTime `json:"ends"`
	Room      id.Room        `json:"room,omitempty"`
	Modes     []Mode         `json:"modes"`
	Cancelled bool           `json:"cancelled,omitempty"`
}

func agreed(s Session) Agreed {
	return Agreed{Starts: s.Starts, Ends: s.Ends, Room: s.Room, Modes: s.Modes, Cancelled: s.Cancelled}
}

func (a Agreed) equal(b Agreed) bool {
	return a.Starts == b.Starts && a.Ends == b.Ends && a.Room == b.Room && a.Cancelled == b.Cancelled && slices.Equal(a.Modes, b.Modes)
}

// Change is an announced change of a session.
type Change struct {
	ID      id.Change
	Session id.WorkshopSession
	Cohort  id.Cohort
	Stage   string
	Was     Agreed
	Became  Agreed
	Actor   string
	At      time.Time
}

// Announced is a change and how far word of it has come.
type Announced struct {
	Change
	Seen    int // how many of those expected have seen it
	Of      int
	NotSeen []id.Person
}

func seenBy(tx *db.Tx, c id.Cohort, stage string) (map[id.Change][]id.Person, error) {
	out := map[id.Change][]id.Person{}
	_, err := db.Collect(tx, func(r *db.Rows) (id.Change, error) {
		var ch id.Change
		var p id.Person
		err := r.Scan(&ch, &p)
		out[ch] = append(out[ch], p)
		return ch, err
	}, `SELECT s.change_id, s.person FROM workshop_seen s JOIN workshop_changes c ON c.id = s.change_id WHERE c.cohort = ?1 AND c.stage = ?2`, c, stage)
	return out, err
}

// ChangeSession is a session as it is to be from now on.
type ChangeSession struct {
	Session  id.WorkshopSession
	Revision int // the one that was read
	// Starts and Ends are times of the half-day's own day, such as 09:00.
	Starts, Ends string
	Room         id.Room
	Modes        []Mode
	Trainer      id.Person
	Link         string
	Cancelled    bool
}

// ChangeSession changes a session and returns it. What people hold on to (time,
// room, mode, whether it takes place) is announced to them; trainer and link
// are not. An edit of an older revision is refused as Stale.
func (s *Service) ChangeSession(ctx context.Context, op id.Operation, in ChangeSession) (Session, error) {
	var out Session
	err := do(ctx, s, op, "workshop.change-session", &out, func(tx *db.Tx) error {
		h, err := halfDayOf(tx, in.Session)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Change, access.Session, h, ""); err != nil {
			return err
		}
		t, err := timetable(tx, h.Cohort, h.Stage)
		if err != nil {
			return err
		}
		was, _, _ := t.Session(in.Session)
		if was.Revision != in.Revision {
			return fault.New(fault.Stale, "workshop.session-stale", fault.Args{
				"yours": in.Starts + "–" + in.Ends, "theirs": was.Starts.Clock() + "–" + was.Ends.Clock(),
			})
		}
		if out, err = changed(t, h, was, in); err != nil {
			return err
		}
		if err := updateSession(tx, out); err != nil {
			return err
		}
		rows := []journal.Row{journal.RowOf(sessionsTable, out.ID)}
		if !agreed(was).equal(agreed(out)) {
			ch := Change{
				ID: id.New[id.Change](), Session: out.ID, Cohort: h.Cohort, Stage: h.Stage, Was: agreed(was), Became: agreed(out),
				Actor: tx.Actor().ID(), At: tx.Now(),
			}
			if err := insertChange(tx, ch); err != nil {
				return err
			}
			rows = append(rows, journal.RowOf(changesTable, ch.ID))
		}
		return s.note(tx, "workshop.session-changed", h.Cohort, string(out.ID), sessionChanged{out.Revision, len(rows) > 1}, rows...)
	})
	return out, err
}

// changed applies an edit to a session and checks it.
func changed(t Timetable, h HalfDay, was Session, in ChangeSession) (Session, error) {
	out := was
	var fields []fault.Field
	bad := func(name, key string) { fields = append(fields, fault.Field{Name: name, Key: key}) }
	clock := func(name, s string, into *civil.DateTime) {
		dt, err := civil.ParseDateTime(h.Starts.Date.String() + "T" + i18n.Plain(strings.TrimSpace(s)) + " " + h.Starts.Zone)
		if err != nil {
			bad(name, "workshop.time-form")
			return
		}
		*into = dt
	}
	clock("starts", in.Starts, &out.Starts)
	clock("ends", in.Ends, &out.Ends)
	if fields == nil && minutesBetween(out.Starts, out.Ends) <= 0 {
		bad("ends", "workshop.time-order")
	}
	if _, ok := t.Room(in.Room); in.Room != "" && !ok {
		bad("room", "workshop.room-unknown")
	}
	if len(in.Modes) == 0 {
		bad("modes", "workshop.mode-missing")
	}
	for _, m := range in.Modes {
		if m != InPerson && m != Online {
			bad("modes", "workshop.mode-missing")
		}
	}
	if in.Link != "" && !validLink(in.Link) {
		bad("link", "workshop.link-form")
	}
	if fields != nil {
		return out, fault.Bad("workshop.mend", fields...)
	}
	out.Room, out.Modes, out.Trainer, out.Link, out.Cancelled = in.Room, in.Modes, in.Trainer, in.Link, in.Cancelled
	out.Revision++
	return out, nil
}

// ChangeRoom is a room as it is to be from now on.
type ChangeRoom struct {
	Room     id.Room
	Revision int // the one that was read
	// Safe is how many people a safety rule admits; 0 lifts the bound.
	Safe int
	// Link is where a room on the net is entered.
	Link string
}

// ChangeRoom sets how many people a room may hold for safety's sake, and where
// one on the net is entered.
func (s *Service) ChangeRoom(ctx context.Context, op id.Operation, in ChangeRoom) (Room, error) {
	var out Room
	err := do(ctx, s, op, "workshop.change-room", &out, func(tx *db.Tx) error {
		r, c, _, err := room(tx, in.Room)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.Change, access.Room, c, string(in.Room)); err != nil {
			return err
		}
		switch {
		case r.Revision != in.Revision:
			return fault.New(fault.Stale, "workshop.room-stale", fault.Args{"yours": in.Safe, "theirs": r.Safe})
		case in.Safe < 0 || r.Capacity > 0 && in.Safe > r.Capacity:
			return fault.Bad("workshop.mend", fault.Field{Name: "safe", Key: "workshop.safe-bound", Args: fault.Args{"n": r.Capacity}})
		case in.Link != "" && (r.Mode != Online || !validLink(in.Link)):
			return fault.Bad("workshop.mend", fault.Field{Name: "link", Key: "workshop.link-form"})
		}
		r.Safe, r.Link, r.Revision = in.Safe, in.Link, r.Revision+1
		out = r
		if _, err := tx.Exec(`UPDATE workshop_rooms SET safe = ?2, link = ?3, revision = ?4 WHERE id = ?1`, r.ID, r.Safe, r.Link, r.Revision); err != nil {
			return err
		}
		return s.note(tx, "workshop.room-changed", c, string(r.ID), roomChanged{r.Revision, r.Safe}, journal.RowOf(roomsTable, r.ID))
	})
	return out, err
}

func validLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != ""
}

// Seen is a participant's word that she has seen what was changed.
type Seen struct {
	Cohort id.Cohort
	Stage  string
}

// Seen notes that the actor has seen every change announced so far, and returns
// how many were new to her.
func (s *Service) Seen(ctx context.Context, op id.Operation, in Seen) (int, error) {
	var out int
	err := do(ctx, s, op, "workshop.see", &out, func(tx *db.Tx) error {
		p := tx.Actor().Person
		if err := s.allow(tx, access.Confirm, access.Timetable, in.Cohort, ""); err != nil {
			return err
		}
		fresh, err := db.Collect(tx, func(r *db.Rows) (id.Change, error) {
			var c id.Change
			return c, r.Scan(&c)
		}, `SELECT c.id FROM workshop_changes c WHERE c.cohort = ?1 AND c.stage = ?2
			AND NOT EXISTS (SELECT 1 FROM workshop_seen s WHERE s.change_id = c.id AND s.person = ?3) ORDER BY c.id`, in.Cohort, in.Stage, p)
		if err != nil {
			return err
		}
		for _, c := range fresh {
			if _, err := tx.Exec(`INSERT INTO workshop_seen (id, change_id, person, at) VALUES (?1, ?2, ?3, ?4)`,
				id.New[id.Evidence](), c, p, db.Micros(tx.Now())); err != nil {
				return err
			}
		}
		out = len(fresh)
		if out == 0 {
			return nil
		}
		return s.note(tx, "workshop.changes-seen", in.Cohort, string(p), changesSeen{in.Stage, fresh})
	})
	return out, err
}
