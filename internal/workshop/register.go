package workshop

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// Line is one person's line of a register.
type Line struct {
	Person id.Person
	// Listed tells that she was expected; others came to the door.
	Listed   bool
	Declared Mode // where she said to take part that day; empty if she did not
	Judgement
}

// Sheet is a scan attached to a register.
type Sheet struct {
	ID     string
	File   id.File
	Signed int // how many signatures were read from it
	At     time.Time
}

// Roll is a register as its keeper sees it.
type Roll struct {
	HalfDay
	Lines      []Line      // those expected, then the others
	Admissions []Admission // who came to the door
	Sheets     []Sheet
	InRoom     int // how many are in the room, or expected there
	Holds      int // how many may be; 0 is no bound
	// Marks tells that the reader may mark it, Mends that she may correct it, and
	// Lists that she may see who was in the room with whom.
	Marks, Mends, Lists bool
	Names               Names
}

// Count returns how many lines have a verdict.
func (r Roll) Count(v Verdict) int {
	n := 0
	for _, l := range r.Lines {
		if l.Verdict == v {
			n++
		}
	}
	return n
}

// Roll returns the register of a half-day.
func (s *Service) Roll(ctx context.Context, r id.Register) (Roll, error) {
	var out Roll
	err := s.db.View(ctx, func(tx *db.Tx) error {
		h, err := halfDay(tx, r)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Read, access.Register, h, ""); err != nil {
			return err
		}
		if out, err = s.roll(tx, h); err != nil {
			return err
		}
		o, err := s.object(tx, access.Register, h.Cohort, string(h.ID))
		if err != nil {
			return err
		}
		o.Trainers = h.Trainers()
		a := tx.Actor()
		out.Marks, out.Mends = access.Allows(a, access.Record, o), access.Allows(a, access.Correct, o)
		o.Kind = access.ContactList
		out.Lists = access.Allows(a, access.Read, o)
		var named []id.Person
		for _, l := range out.Lines {
			named = append(named, l.Person)
		}
		for _, x := range out.Admissions {
			if x.Person != "" {
				named = append(named, x.Person)
			}
		}
		out.Names, err = names(ctx, tx, named...)
		return err
	})
	if err == nil {
		err = s.shown(ctx, out.Names)
	}
	if err != nil {
		return Roll{}, err
	}
	return out, nil
}

func (s *Service) roll(tx *db.Tx, h HalfDay) (Roll, error) {
	out := Roll{HalfDay: h}
	expected, err := s.cohorts.Expected(tx, h.Cohort, h.Stage)
	if err != nil {
		return out, err
	}
	signs, err := evidence(tx, h.ID)
	if err != nil {
		return out, err
	}
	said, err := declared(tx, h.Cohort, h.Starts.Date)
	if err != nil {
		return out, err
	}
	add := func(p id.Person, listed bool) {
		out.Lines = append(out.Lines, Line{Person: p, Listed: listed, Declared: said[p], Judgement: Judge(h, said[p], signs[p])})
	}
	for _, p := range expected {
		add(p, true)
	}
	var others []id.Person
	for p := range signs {
		if !slices.Contains(expected, p) {
			others = append(others, p)
		}
	}
	slices.Sort(others)
	for _, p := range others {
		add(p, false)
	}
	if out.Admissions, err = admissions(tx, h.ID); err != nil {
		return out, err
	}
	if out.Sheets, err = db.Collect(tx, func(r *db.Rows) (Sheet, error) {
		var x Sheet
		var at int64
		err := r.Scan(&x.ID, &x.File, &x.Signed, &at)
		x.At = db.Time(at)
		return x, err
	}, `SELECT id, file, signed, at FROM workshop_sheets WHERE register = ?1 ORDER BY at, id`, h.ID); err != nil {
		return out, err
	}
	out.InRoom = occupancy(out.Lines, out.Admissions)
	if rid := h.roomInPerson(); rid != "" {
		r, _, _, err := room(tx, rid)
		if err != nil {
			return out, err
		}
		out.Holds = r.Holds()
	}
	return out, nil
}

// occupancy counts who is in the room or still expected there: whoever has
// neither declared to be online, nor been recorded elsewhere or absent, nor had
// her place taken by somebody at the door; and everyone admitted in person.
func occupancy(lines []Line, admitted []Admission) int {
	replaced := map[id.Person]bool{}
	n := 0
	for _, a := range admitted {
		replaced[a.InPlaceOf] = true
		if a.Mode == InPerson && !slices.ContainsFunc(lines, func(l Line) bool { return a.Person != "" && l.Person == a.Person }) {
			n++
		}
	}
	for _, l := range lines {
		switch {
		case l.Verdict.there():
			if l.Mode != Online {
				n++
			}
		case l.Verdict == NotRecorded && l.Listed && l.Declared != Online && !replaced[l.Person]:
			n++
		}
	}
	return n
}

// inRoom counts who is in the room of a half-day, or expected there.
func (s *Service) inRoom(tx *db.Tx, h HalfDay, expected []id.Person) (int, error) {
	signs, err := evidence(tx, h.ID)
	if err != nil {
		return 0, err
	}
	said, err := declared(tx, h.Cohort, h.Starts.Date)
	if err != nil {
		return 0, err
	}
	admitted, err := admissions(tx, h.ID)
	if err != nil {
		return 0, err
	}
	var lines []Line
	for _, p := range expected {
		lines = append(lines, Line{Person: p, Listed: true, Declared: said[p], Judgement: Judge(h, said[p], signs[p])})
	}
	for p, e := range signs {
		if !slices.Contains(expected, p) {
			lines = append(lines, Line{Person: p, Declared: said[p], Judgement: Judge(h, said[p], e)})
		}
	}
	return occupancy(lines, admitted), nil
}

// open refuses what comes after a register was closed.
func open(h HalfDay) error {
	if !h.ClosedAt.IsZero() {
		return fault.New(fault.Closed, "workshop.register-closed", nil)
	}
	return nil
}

// begun refuses marks of a half-day that is not near: the register opens an
// hour before the start.
func begun(tx *db.Tx, h HalfDay) error {
	starts, err := h.Starts.Instant()
	if err != nil {
		return err
	}
	if tx.Now().Before(starts.Add(-time.Hour)) {
		return fault.New(fault.Closed, "workshop.register-early", fault.Args{"starts": h.Starts})
	}
	return nil
}

// Marked says what marking a register did.
type Marked struct {
	Marked int `json:"marked"` // how many lines were marked
	InRoom int `json:"in_room"`
	Online int `json:"online"`
}

// MarkAll records everyone who is expected and has no mark yet as present: who
// declared to be online today, online; the others as the evidence says, else in
// the room where the half-day has one.
func (s *Service) MarkAll(ctx context.Context, op id.Operation, r id.Register) (Marked, error) {
	var out Marked
	err := do(ctx, s, op, "workshop.mark-all", &out, func(tx *db.Tx) error {
		h, err := halfDay(tx, r)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Record, access.Register, h, ""); err != nil {
			return err
		}
		if err := errors.Join(open(h), begun(tx, h)); err != nil {
			return err
		}
		roll, err := s.roll(tx, h)
		if err != nil {
			return err
		}
		replaced := map[id.Person]bool{}
		for _, a := range roll.Admissions {
			replaced[a.InPlaceOf] = true
		}
		var rows []journal.Row
		for _, l := range roll.Lines {
			if l.Verdict != NotRecorded || !l.Listed || replaced[l.Person] {
				continue
			}
			mode := l.Declared
			switch {
			case mode != "":
			case !l.Opened.IsZero():
				mode = Online
			case slices.Contains(h.Modes(), InPerson):
				mode = InPerson
			default:
				mode = Online
			}
			made, err := s.sign(tx, h, Evidence{Person: l.Person, Source: Register, Says: Present, Mode: mode, At: tx.Now()})
			if err != nil {
				return err
			}
			rows = append(rows, made...)
			out.Marked++
			if mode == Online {
				out.Online++
			} else {
				out.InRoom++
			}
		}
		return s.note(tx, "workshop.register-marked", h.Cohort, string(h.ID), registerMarked{HalfDay: h.Key, Marked: out.Marked}, rows...)
	})
	return out, err
}

// Mark is an exception in a register: what one person's line says.
type Mark struct {
	Register id.Register
	Person   id.Person
	Verdict  Verdict // NotRecorded for a line that is to say nothing
	// From is when she came, such as 10:20, for Part; or else Minutes says how long
	// she was there.
	From    string
	Minutes int
	Mode    Mode
}

// Mark records one line of a register and returns what it now comes to.
func (s *Service) Mark(ctx context.Context, op id.Operation, in Mark) (Judgement, error) {
	var out Judgement
	err := do(ctx, s, op, "workshop.mark", &out, func(tx *db.Tx) error {
		h, err := halfDay(tx, in.Register)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Record, access.Register, h, in.Person); err != nil {
			return err
		}
		if err := errors.Join(open(h), begun(tx, h)); err != nil {
			return err
		}
		e, err := in.evidence(tx, h, Register)
		if err != nil {
			return err
		}
		if err := s.known(tx, h, in.Person); err != nil {
			return err
		}
		rows, err := s.sign(tx, h, e)
		if err != nil {
			return err
		}
		if out, err = s.judge(tx, h, in.Person); err != nil {
			return err
		}
		return s.note(tx, "workshop.register-marked", h.Cohort, string(h.ID), registerMarked{h.Key, 1, in.Person, out.Verdict}, rows...)
	})
	return out, err
}

// TakeBack names the line whose last mark is taken back.
type TakeBack struct {
	Register id.Register
	Person   id.Person
}

// TakeBack undoes the last mark of a line: the register says again what it said
// before, or nothing if it had said nothing.
func (s *Service) TakeBack(ctx context.Context, op id.Operation, in TakeBack) (Judgement, error) {
	var out Judgement
	err := do(ctx, s, op, "workshop.take-back", &out, func(tx *db.Tx) error {
		h, err := halfDay(tx, in.Register)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Record, access.Register, h, in.Person); err != nil {
			return err
		}
		if err := open(h); err != nil {
			return err
		}
		signs, err := evidenceOf(tx, h.ID, in.Person)
		if err != nil {
			return err
		}
		signs = slices.DeleteFunc(signs, func(e Evidence) bool { return e.Source != Register })
		if len(signs) == 0 {
			return fault.New(fault.NotFound, "workshop.nothing-to-take-back", nil)
		}
		e := Evidence{Person: in.Person, Source: Register, At: tx.Now()}
		if n := len(signs); n > 1 {
			e.Says, e.Minutes, e.Mode = signs[n-2].Says, signs[n-2].Minutes, signs[n-2].Mode
		}
		rows, err := s.sign(tx, h, e)
		if err != nil {
			return err
		}
		if out, err = s.judge(tx, h, in.Person); err != nil {
			return err
		}
		return s.note(tx, "workshop.register-marked", h.Cohort, string(h.ID), registerMarked{h.Key, 1, in.Person, out.Verdict}, rows...)
	})
	return out, err
}

// evidence checks a mark and turns it into evidence.
func (in Mark) evidence(tx *db.Tx, h HalfDay, source Source) (Evidence, error) {
	e := Evidence{Person: in.Person, Source: source, Says: in.Verdict, Mode: in.Mode, At: tx.Now()}
	bad := func(name, key string) error { return fault.Bad("workshop.mend", fault.Field{Name: name, Key: key}) }
	switch in.Verdict {
	case NotRecorded, Present, Excused, Absent:
	case Part:
		e.Minutes = in.Minutes
		if in.From != "" {
			from, err := civil.ParseDateTime(h.Starts.Date.String() + "T" + i18n.Plain(strings.TrimSpace(in.From)) + " " + h.Starts.Zone)
			if err != nil {
				return e, bad("from", "workshop.time-form")
			}
			e.Minutes = minutesBetween(from, h.Ends)
		}
		if e.Minutes < 1 || e.Minutes > h.Minutes() {
			return e, fault.Bad("workshop.mend", fault.Field{Name: "minutes", Key: "workshop.minutes-bound", Args: fault.Args{"n": h.Minutes()}})
		}
	default:
		return e, bad("verdict", "workshop.verdict-unknown")
	}
	if in.Mode != "" && in.Mode != InPerson && in.Mode != Online {
		return e, bad("mode", "workshop.mode-missing")
	}
	if !in.Verdict.there() {
		e.Mode = ""
	}
	return e, nil
}

// known refuses marks about somebody who is neither expected nor was admitted.
func (s *Service) known(tx *db.Tx, h HalfDay, p id.Person) error {
	expected, err := s.cohorts.Expected(tx, h.Cohort, h.Stage)
	if err != nil {
		return err
	}
	if slices.Contains(expected, p) {
		return nil
	}
	signs, err := evidenceOf(tx, h.ID, p)
	if err != nil {
		return err
	}
	if p == "" || len(signs) == 0 {
		return fault.New(fault.NotFound, "workshop.person-unexpected", nil)
	}
	return nil
}

// Correct is a statement about a half-day after its register.
type Correct struct {
	Mark
	// Cause is one of [Causes].
	Cause string
}

// Causes lists why a verdict is corrected.
func Causes() []string { return []string{"mistaken", "sheet", "her-word", "letter", "other"} }

// Correct settles a verdict, also in a closed register. The fact that it
// replaces stays in the ledger, corrected.
func (s *Service) Correct(ctx context.Context, op id.Operation, in Correct) (Judgement, error) {
	var out Judgement
	err := do(ctx, s, op, "workshop.correct", &out, func(tx *db.Tx) error {
		h, err := halfDay(tx, in.Register)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Correct, access.Register, h, in.Person); err != nil {
			return err
		}
		if err := begun(tx, h); err != nil {
			return err
		}
		if !slices.Contains(Causes(), in.Cause) {
			return fault.Bad("workshop.mend", fault.Field{Name: "cause", Key: "workshop.cause-missing"})
		}
		e, err := in.evidence(tx, h, Correction)
		if err != nil {
			return err
		}
		e.Cause = in.Cause
		if err := s.known(tx, h, in.Person); err != nil {
			return err
		}
		rows, err := s.sign(tx, h, e)
		if err != nil {
			return err
		}
		if out, err = s.judge(tx, h, in.Person); err != nil {
			return err
		}
		return s.note(tx, "workshop.attendance-corrected", h.Cohort, string(h.ID), attendanceCorrected{h.Key, in.Person, out.Verdict, in.Cause}, rows...)
	})
	return out, err
}

// FileSheet is a signed sheet, scanned, and whose signatures it holds.
type FileSheet struct {
	Register id.Register
	Scan     blob.Stored
	Signed   []id.Person
}

// FileSheet attaches a scan to a register and records each signature that was
// read from it. It may come days later, also after the register was closed.
func (s *Service) FileSheet(ctx context.Context, op id.Operation, in FileSheet) (Sheet, error) {
	var out Sheet
	err := do(ctx, s, op, "workshop.file-sheet", &out, func(tx *db.Tx) error {
		h, err := halfDay(tx, in.Register)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Attach, access.Register, h, ""); err != nil {
			return err
		}
		if err := begun(tx, h); err != nil {
			return err
		}
		out = Sheet{ID: string(id.New[id.Evidence]()), File: in.Scan.ID, Signed: len(in.Signed), At: tx.Now()}
		if err := blob.Keep(tx, in.Scan, blob.Reference{Owner: "workshop:" + string(h.ID), Purpose: "attendance-sheet"}); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO workshop_sheets (id, register, file, signed, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
			out.ID, h.ID, out.File, out.Signed, tx.Actor().ID(), db.Micros(out.At)); err != nil {
			return err
		}
		starts, err := h.Starts.Instant()
		if err != nil {
			return err
		}
		rows := []journal.Row{journal.RowOf(sheetsTable, out.ID)}
		for _, p := range in.Signed {
			if err := s.known(tx, h, p); err != nil {
				return err
			}
			made, err := s.sign(tx, h, Evidence{Person: p, Source: Signature, Says: Present, Mode: InPerson, At: starts, Sheet: out.File})
			if err != nil {
				return err
			}
			rows = append(rows, made...)
		}
		return s.note(tx, "workshop.sheet-filed", h.Cohort, string(h.ID), sheetFiled{h.Key, len(in.Signed)}, rows...)
	})
	return out, err
}

// CloseRegister closes a register that was read at a revision.
type CloseRegister struct {
	Register id.Register
	Revision int
}

// CloseRegister ends the marking of a half-day. What is not recorded stays so;
// corrections and sheets still come in.
func (s *Service) CloseRegister(ctx context.Context, op id.Operation, in CloseRegister) error {
	var out struct{}
	return do(ctx, s, op, "workshop.close-register", &out, func(tx *db.Tx) error {
		h, err := halfDay(tx, in.Register)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Close, access.Register, h, ""); err != nil {
			return err
		}
		if err := errors.Join(open(h), begun(tx, h)); err != nil {
			return err
		}
		if h.Revision != in.Revision {
			return fault.New(fault.Stale, "workshop.register-stale", nil)
		}
		if _, err := tx.Exec(`UPDATE workshop_half_days SET closed_at = ?2, closed_by = ?3, revision = revision + 1 WHERE id = ?1`,
			h.ID, db.Micros(tx.Now()), tx.Actor().ID()); err != nil {
			return err
		}
		return s.note(tx, "workshop.register-closed", h.Cohort, string(h.ID), registerClosed{h.Key}, journal.RowOf(halfDaysTable, h.ID))
	})
}

// sign writes a piece of evidence and what follows from it: the verdict, its
// fact, the contact list. It returns the rows that the journal vouches for.
func (s *Service) sign(tx *db.Tx, h HalfDay, e Evidence) ([]journal.Row, error) {
	e.ID, e.Register, e.RecordedAt, e.Actor = id.New[id.Evidence](), h.ID, tx.Now(), tx.Actor().ID()
	before, err := evidenceOf(tx, h.ID, e.Person)
	if err != nil {
		return nil, err
	}
	// The last word counts, also where the clock stands still or was set back: a
	// mark that is taken back would otherwise still stand.
	if n := len(before); n > 0 && !e.RecordedAt.After(before[n-1].RecordedAt) {
		e.RecordedAt = before[n-1].RecordedAt.Add(time.Microsecond)
	}
	if err := insertEvidence(tx, e); err != nil {
		return nil, err
	}
	rows := []journal.Row{journal.RowOf(evidenceTable, e.ID)}
	j, err := s.judge(tx, h, e.Person)
	if err != nil {
		return nil, err
	}
	a, err := attendanceOf(tx, h.ID, e.Person)
	if err != nil {
		return nil, err
	}
	changed := a.Verdict != j.Verdict || a.Minutes != j.Minutes || a.Mode != j.Mode
	if !changed && a.By == j.By && a.Conflicts == len(j.Conflicts) {
		return rows, nil
	}
	if changed {
		if a.Fact, err = s.fact(tx, h, a, j); err != nil {
			return nil, err
		}
	}
	a.Verdict, a.Minutes, a.Mode, a.By, a.Conflicts = j.Verdict, j.Minutes, j.Mode, j.By, len(j.Conflicts)
	a.Revision++
	if err := putAttendance(tx, a); err != nil {
		return nil, err
	}
	if err := putContact(tx, h, e.Person, "", j.Verdict.there() && j.Mode != Online); err != nil {
		return nil, err
	}
	return append(rows, journal.RowOf(attendanceTable, a.ID)), nil
}

// judge derives one person's verdict from what is in the database.
func (s *Service) judge(tx *db.Tx, h HalfDay, p id.Person) (Judgement, error) {
	signs, err := evidenceOf(tx, h.ID, p)
	if err != nil {
		return Judgement{}, err
	}
	said, err := declared(tx, h.Cohort, h.Starts.Date)
	if err != nil {
		return Judgement{}, err
	}
	return Judge(h, said[p], signs), nil
}

// fact records a new verdict in the ledger: a correction of the fact before, if
// there was one. It returns the fact that now says what the verdict is.
func (s *Service) fact(tx *db.Tx, h HalfDay, was attendance, j Judgement) (id.Fact, error) {
	ends, err := h.Ends.Instant()
	if err != nil {
		return "", err
	}
	f := pathway.Fact{
		ID: id.New[id.Fact](), Person: was.Person, Cohort: h.Cohort, Subject: h.Key,
		OccurredAt: ends, Basis: basis(tx.Actor(), h, j.By), Source: "evidence:" + string(j.Decided.ID), Actor: tx.Actor().ID(), Corrects: was.Fact,
	}
	if tx.Now().Before(ends) {
		f.OccurredAt = tx.Now()
	}
	if j.Verdict == NotRecorded {
		if was.Fact == "" {
			return "", nil
		}
		f.Value, f.Source = pathway.Withdrawn{Cause: "taken-back"}, ""
		f.Basis = basis(tx.Actor(), h, Register)
		return "", s.record(tx, f)
	}
	f.Value = pathway.AttendanceVerdict{Verdict: pathway.Verdict(j.Verdict), Minutes: j.Minutes, Mode: string(j.Mode)}
	return f.ID, s.record(tx, f)
}

// basis says on whose word a verdict stands.
func basis(a actor.Actor, h HalfDay, by Source) pathway.Basis {
	switch {
	case by == Signature:
		return pathway.Paper
	case by == PIN:
		return pathway.OwnAct
	case slices.Contains(h.Trainers(), a.Person) || a.Grant.Role == actor.Trainer:
		return pathway.ByTrainer
	}
	return pathway.ByStaff
}
