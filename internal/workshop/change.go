package workshop

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

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
	Language     string // BCP 47; empty if nobody said
	Link         string
	Cancelled    bool
}

// ChangeSession changes a session and returns it. What people hold on to (time,
// room, mode, whether it takes place) is announced to them; trainer, language and
// link are not. An edit of an older revision is refused as Stale.
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
		trainers, err := s.cohorts.Trainers(tx, h.Cohort)
		if err != nil {
			return err
		}
		b, err := s.cohorts.Blueprint(tx, h.Cohort)
		if err != nil {
			return err
		}
		if out, err = changed(t, h, was, in, append(trainers, was.Trainer), languages(b, was.Language)); err != nil {
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

// changed applies an edit to a session and checks it, against those who may hold
// it and the languages that it may be held in.
func changed(t Timetable, h HalfDay, was Session, in ChangeSession, trainers []id.Person, languages []string) (Session, error) {
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
	if in.Trainer != "" && !slices.Contains(trainers, in.Trainer) {
		bad("trainer", "workshop.trainer-unknown")
	}
	if in.Language != "" && !slices.Contains(languages, in.Language) {
		bad("language", "workshop.language-unknown")
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
	out.Room, out.Modes, out.Trainer, out.Language, out.Link, out.Cancelled = in.Room, in.Modes, in.Trainer, in.Language, in.Link, in.Cancelled
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
	// Person was told by the actor, by telephone or face to face; empty if the
	// actor has seen it herself.
	Person id.Person
}

// Seen notes that somebody has seen, or was told, every change announced so far,
// and returns how many were new to her. Staff may say so of a participant.
func (s *Service) Seen(ctx context.Context, op id.Operation, in Seen) (int, error) {
	var out int
	err := do(ctx, s, op, "workshop.see", &out, func(tx *db.Tx) error {
		p, verb := tx.Actor().Person, access.Confirm
		if in.Person != "" && in.Person != p {
			p, verb = in.Person, access.Record
		}
		if err := s.allow(tx, verb, access.Timetable, in.Cohort, ""); err != nil {
			return err
		}
		if verb == access.Record {
			expected, err := s.cohorts.Expected(tx, in.Cohort, "")
			if err != nil {
				return err
			}
			if !slices.Contains(expected, p) {
				return fault.New(fault.NotFound, "workshop.person-unknown", nil)
			}
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
