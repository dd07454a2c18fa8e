package workshop_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/workshop"
)

// week is the workshop of November 2020, laid for a cohort of invented people.
type week struct {
	*workshop.Service
	t       *testing.T
	d       *db.DB
	cohort  id.Cohort
	place   access.Place
	people  []id.Person // 28 who are expected
	trainer id.Person
	staff   id.Person
	plan    workshop.Plan
	book    *programme.Blueprint

	mu    sync.Mutex
	facts []pathway.Fact
	shown map[id.Person]int
}

// RecordRead counts whose names were shown.
func (w *week) RecordRead(_ context.Context, _ access.Kind, ps ...id.Person) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range ps {
		w.shown[p]++
	}
	return nil
}

const stage = "week"

func (w *week) Blueprint(*db.Tx, id.Cohort) (*programme.Blueprint, error) { return w.book, nil }

func (w *week) Place(_ *db.Tx, c id.Cohort) (access.Place, error) {
	at := w.place
	at.Cohort = c
	return at, nil
}

func (w *week) Expected(_ *db.Tx, c id.Cohort) ([]id.Person, error) {
	if c != w.cohort {
		return nil, nil
	}
	return w.people, nil
}

// as returns a context in which somebody acts, in the scope of the cohort.
func (w *week) as(p id.Person, role actor.Role) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{
		ID: id.New[id.Grant](), Role: role, Scope: actor.Scope{Cohort: w.cohort},
	}})
}

func (w *week) officer() context.Context         { return w.as(w.staff, actor.ProgrammeOfficer) }
func (w *week) trains() context.Context          { return w.as(w.trainer, actor.Trainer) }
func (w *week) her(i int) context.Context        { return w.as(w.people[i], actor.Participant) }
func (w *week) clock() *clock.Fake               { return dbtest.Clock(w.d) }
func (w *week) half(key string) workshop.HalfDay { return find(w.t, w.plan.HalfDays, key) }

func find(t *testing.T, hs []workshop.HalfDay, key string) workshop.HalfDay {
	t.Helper()
	i := slices.IndexFunc(hs, func(h workshop.HalfDay) bool { return h.Key == key })
	if i < 0 {
		t.Fatalf("no half-day %s", key)
	}
	return hs[i]
}

// at sets the clock to a time of the week in Islamabad.
func (w *week) at(day, hour, minute int) {
	w.clock().Set(time.Date(2020, time.November, day, hour-5, minute, 0, 0, time.UTC))
}

func (w *week) roll(key string) workshop.Roll {
	w.t.Helper()
	r, err := w.Roll(w.trains(), w.half(key).ID)
	must(w.t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err error, k fault.Kind, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != k || f.Key != key && (len(f.Fields) == 0 || f.Fields[0].Key != key) {
		t.Fatalf("got %v, want %s: %s", err, k, key)
	}
}

func op() id.Operation { return id.New[id.Operation]() }

// inTheWeek runs a test on both engines, with the timetable laid and trainers named.
func inTheWeek(t *testing.T, f func(t *testing.T, w *week)) {
	t.Helper()
	t.Parallel()
	const file = "../../examples/pakistan-2020/programme.yaml"
	text, err := os.ReadFile(file)
	must(t, err)
	book, err := programme.Read(file, text)
	must(t, err)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &week{
			t: t, d: d, cohort: id.New[id.Cohort](), trainer: id.New[id.Person](), staff: id.New[id.Person](), book: book,
			place: access.Place{Country: "PK", Programme: id.New[id.Programme](), Since: time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC)},
		}
		w.shown = map[id.Person]int{}
		must(t, d.Update(w.officer(), db.Main, func(tx *db.Tx) error {
			w.people = nil
			for i := range 28 {
				p, err := people.Enter(tx, people.NewPerson{
					Officer: true, Sex: people.Female, Names: []people.NewName{{Form: people.Called, Written: fmt.Sprintf("Officer %c", 'A'+i)}},
					Place: access.Place{Cohort: w.cohort, Since: tx.Now()},
				})
				if err != nil {
					return err
				}
				w.people = append(w.people, p)
			}
			return nil
		}))
		w.Service = workshop.New(workshop.Deps{DB: d, Cohorts: w, Reads: w, Record: func(_ *db.Tx, f pathway.Fact) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.facts = append(w.facts, f)
			return nil
		}})
		_, err := w.Lay(w.officer(), op(), workshop.Lay{Cohort: w.cohort, Stage: stage})
		must(t, err)
		w.read()
		for _, h := range w.plan.HalfDays {
			for _, s := range h.Sessions {
				in := as(s)
				in.Trainer = w.trainer
				_, err := w.ChangeSession(w.officer(), op(), in)
				must(t, err)
			}
		}
		i := slices.IndexFunc(w.plan.Rooms, func(r workshop.Room) bool { return r.Mode == workshop.Online })
		_, err = w.ChangeRoom(w.officer(), op(), workshop.ChangeRoom{Room: w.plan.Rooms[i].ID, Revision: 1, Link: "https://meet.example.org/week"})
		must(t, err)
		w.read()
		f(t, w)
	})
}

func (w *week) read() {
	w.t.Helper()
	var err error
	w.plan, err = w.Plan(w.officer(), w.cohort, stage)
	must(w.t, err)
}

// as is a session's own form, as a page would fill it in.
func as(s workshop.Session) workshop.ChangeSession {
	return workshop.ChangeSession{
		Session: s.ID, Revision: s.Revision, Starts: s.Starts.Clock(), Ends: s.Ends.Clock(), Room: s.Room, Modes: s.Modes,
		Trainer: s.Trainer, Link: s.Link, Cancelled: s.Cancelled,
	}
}

// verdicts returns the facts of attendance that stand, by person.
func (w *week) verdicts(half string) map[id.Person]pathway.AttendanceVerdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	corrected := map[id.Fact]bool{}
	for _, f := range w.facts {
		corrected[f.Corrects] = true
	}
	out := map[id.Person]pathway.AttendanceVerdict{}
	for _, f := range w.facts {
		if v, ok := f.Value.(pathway.AttendanceVerdict); ok && f.Subject == half && !corrected[f.ID] {
			out[f.Person] = v
		}
	}
	return out
}

func TestTheTimetableIsTheBlueprints(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		if n := len(w.plan.HalfDays); n != 10 {
			t.Errorf("%d half-days", n)
		}
		mon := w.half("mon-am")
		if mon.Starts.String() != "2020-11-02T09:00 Asia/Karachi" || mon.Minutes() != 210 || len(mon.PIN) != 4 {
			t.Errorf("Monday morning is %+v", mon)
		}
		if s := mon.Sessions[0]; s.Title.In("ur").Lang != "ur" || len(s.Modes) != 2 || s.Trainer != w.trainer {
			t.Errorf("the first session is %+v", s)
		}
		if len(w.plan.Clashes) != 0 {
			t.Errorf("the example's timetable clashes: %+v", w.plan.Clashes)
		}
		_, err := w.Lay(w.officer(), op(), workshop.Lay{Cohort: w.cohort, Stage: stage})
		wants(t, err, fault.Conflict, "workshop.already-laid")
		_, err = w.Lay(w.officer(), op(), workshop.Lay{Cohort: w.cohort, Stage: "coaching"})
		wants(t, err, fault.NotFound, "workshop.stage-unknown")

		hers, err := w.Plan(w.her(0), w.cohort, stage)
		must(t, err)
		if hers.HalfDays[0].PIN != "" || len(hers.Clashes) != 0 {
			t.Error("a participant is shown PINs or clashes")
		}
		if hers.LinkOf(hers.HalfDays[0].Sessions[0]) == "" {
			t.Error("a participant is not shown where to join")
		}
	})
}

func TestRegisterOf25InTheRoomAnd3Online(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		steps := 0
		step := func(err error) { steps++; must(t, err) }
		for i := 25; i < 28; i++ {
			must(t, w.Declare(w.her(i), op(), workshop.Declare{Cohort: w.cohort, Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}))
		}
		w.at(2, 9, 10)
		if r := w.roll("mon-am"); r.Count(workshop.NotRecorded) != 28 || r.InRoom != 25 || r.Names[w.people[0]].Text != "Officer A" || w.shown[w.people[0]] == 0 {
			t.Fatalf("before: %d not recorded, %d expected in the room", r.Count(workshop.NotRecorded), r.InRoom)
		}
		reg := w.half("mon-am").ID

		// All present, in one tap; then two exceptions.
		marked, err := w.MarkAll(w.trains(), op(), reg)
		step(err)
		if marked != (workshop.Marked{Marked: 28, InRoom: 25, Online: 3}) {
			t.Errorf("marked %+v", marked)
		}
		_, err = w.Mark(w.trains(), op(), workshop.Mark{Register: reg, Person: w.people[3], Verdict: workshop.Part, From: "10:20", Mode: workshop.InPerson})
		step(err)
		_, err = w.Mark(w.trains(), op(), workshop.Mark{Register: reg, Person: w.people[7], Verdict: workshop.Excused})
		step(err)
		if steps != 3 {
			t.Errorf("a register took %d steps", steps)
		}

		got := map[pathway.AttendanceVerdict]int{}
		for _, v := range w.verdicts("mon-am") {
			got[v]++
		}
		want := map[pathway.AttendanceVerdict]int{
			{Verdict: pathway.Present, Minutes: 210, Mode: "in-person"}: 23,
			{Verdict: pathway.Present, Minutes: 210, Mode: "online"}:    3,
			{Verdict: pathway.Part, Minutes: 130, Mode: "in-person"}:    1,
			{Verdict: pathway.Excused}:                                  1,
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if len(w.verdicts("mon-pm")) != 0 {
			t.Error("the afternoon was recorded as well")
		}
	})
}

func TestATapThatIsSentTwiceCountsOnce(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 10)
		tap := op()
		for range 2 {
			marked, err := w.MarkAll(w.trains(), tap, w.half("mon-am").ID)
			must(t, err)
			if marked.Marked != 28 {
				t.Errorf("%+v", marked)
			}
		}
		if n := len(w.facts); n != 28 {
			t.Errorf("%d facts", n)
		}
	})
}

func TestAnOfficerWhoMovesOnlineOnTuesday(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 5)
		_, err := w.MarkAll(w.trains(), op(), w.half("mon-am").ID)
		must(t, err)
		w.at(3, 7, 30)
		must(t, w.Declare(w.her(5), op(), workshop.Declare{Cohort: w.cohort, Day: civil.NewDate(2020, 11, 3), Mode: workshop.Online}))
		w.at(3, 9, 2)
		link, err := w.Join(w.her(5), op(), w.half("tue-am").Sessions[0].ID)
		must(t, err)
		if link != "https://meet.example.org/week" {
			t.Errorf("sent to %q", link)
		}
		w.at(3, 9, 10)
		_, err = w.MarkAll(w.trains(), op(), w.half("tue-am").ID)
		must(t, err)
		w.at(4, 9, 10)
		_, err = w.MarkAll(w.trains(), op(), w.half("wed-am").ID)
		must(t, err)
		for half, mode := range map[string]string{"mon-am": "in-person", "tue-am": "online", "wed-am": "in-person"} {
			if v := w.verdicts(half)[w.people[5]]; v.Mode != mode || v.Verdict != pathway.Present {
				t.Errorf("%s: %+v, want %s", half, v, mode)
			}
		}
		for _, l := range w.roll("tue-am").Lines {
			if l.Person == w.people[5] && l.Opened.IsZero() {
				t.Error("nobody can see that she opened the link")
			}
		}
	})
}

func TestASubstituteAtTheDoorOfAFullRoom(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		i := slices.IndexFunc(w.plan.Rooms, func(r workshop.Room) bool { return r.Key == "main" })
		main := w.plan.Rooms[i]
		_, err := w.ChangeRoom(w.officer(), op(), workshop.ChangeRoom{Room: main.ID, Revision: main.Revision, Safe: 28})
		must(t, err)
		w.at(2, 8, 50)
		reg := w.half("mon-am").ID

		// A guest finds 28 of 28 places taken.
		_, err = w.Admit(w.trains(), op(), workshop.Admit{Register: reg, Name: "Guest of the academy", Capacity: workshop.Guest})
		wants(t, err, fault.Conflict, "workshop.room-full")

		// The substitute takes the place of a colleague: one step, known by her id,
		// without the modules until Wednesday.
		substitute := id.New[id.Person]()
		a, err := w.Admit(w.trains(), op(), workshop.Admit{
			Register: reg, Person: substitute, Capacity: workshop.Participant, InPlaceOf: w.people[2], Until: civil.NewDate(2020, 11, 4),
		})
		must(t, err)
		if a.Until.IsZero() {
			t.Error("the condition was lost")
		}
		w.at(2, 9, 10)
		marked, err := w.MarkAll(w.trains(), op(), reg)
		must(t, err)
		if marked.Marked != 27 {
			t.Errorf("%d marked: the colleague who stayed away is not present", marked.Marked)
		}
		v := w.verdicts("mon-am")
		if v[substitute].Verdict != pathway.Present || v[substitute].Mode != "in-person" {
			t.Errorf("the substitute: %+v", v[substitute])
		}
		if _, recorded := v[w.people[2]]; recorded {
			t.Error("the colleague was recorded; nobody said anything about her")
		}
		var kinds []string
		for _, f := range w.facts {
			if f.Person == substitute {
				kinds = append(kinds, string(f.Kind()))
			}
		}
		if d := cmp.Diff([]string{"joined", "waiver.signed", "attendance.verdict"}, kinds); d != "" {
			t.Error(d)
		}
		if r := w.roll("mon-am"); r.InRoom != 28 || r.Holds != 28 {
			t.Errorf("%d of %d in the room", r.InRoom, r.Holds)
		}
		_, err = w.Admit(w.trains(), op(), workshop.Admit{Register: reg, Person: substitute, Capacity: workshop.Participant})
		wants(t, err, fault.Conflict, "workshop.already-in")
	})
}

func TestSomebodyTakenByNameIsSettledLater(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 30)
		reg := w.half("mon-am").ID
		a, err := w.Admit(w.trains(), op(), workshop.Admit{Register: reg, Name: "  Nasreen  Bibi ", Capacity: workshop.Participant})
		must(t, err)
		if a.Name != "Nasreen Bibi" || len(w.facts) != 0 {
			t.Fatalf("%+v, %d facts", a, len(w.facts))
		}
		w.at(3, 18, 0)
		p := id.New[id.Person]()
		_, err = w.Settle(w.officer(), op(), workshop.Settle{Admission: a.ID, Revision: 1, Person: p})
		must(t, err)
		if v := w.verdicts("mon-am")[p]; v.Verdict != pathway.Part || v.Minutes != 180 {
			t.Errorf("she came at half past nine: %+v", v)
		}
		r := w.roll("mon-am")
		if r.Admissions[0].Name != "" || r.Admissions[0].Person != p {
			t.Errorf("%+v", r.Admissions[0])
		}
		_, err = w.Settle(w.officer(), op(), workshop.Settle{Admission: a.ID, Revision: 2, Person: p})
		wants(t, err, fault.Conflict, "workshop.admission-settled")
	})
}

func TestObserversCountForTheRoomAndForNoFigure(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 0)
		reg := w.half("mon-am").ID
		before := w.roll("mon-am").InRoom
		for _, c := range []workshop.Capacity{workshop.Observer, workshop.Interpreter, workshop.Staff, workshop.Guest} {
			_, err := w.Admit(w.trains(), op(), workshop.Admit{Register: reg, Name: string(c), Capacity: c})
			must(t, err)
		}
		if r := w.roll("mon-am"); r.InRoom != before+4 || len(w.facts) != 0 {
			t.Errorf("%d more in the room, %d facts", r.InRoom-before, len(w.facts))
		}
		_, err := w.Admit(w.trains(), op(), workshop.Admit{Register: reg, Capacity: "spy"})
		wants(t, err, fault.Invalid, "workshop.name-missing")
	})
}

func TestConflictsAreShownAndSettledByAPerson(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 5)
		mon := w.half("mon-am")
		for range 2 {
			_, err := w.TypePIN(w.her(4), op(), workshop.PINTyped{Register: mon.ID, PIN: wrong(mon.PIN)})
			wants(t, err, fault.Invalid, "workshop.pin-wrong")
		}
		j, err := w.TypePIN(w.her(4), op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})
		must(t, err)
		if j.Verdict != workshop.Present || j.By != workshop.PIN {
			t.Fatalf("%+v", j)
		}
		j, err = w.Mark(w.trains(), op(), workshop.Mark{Register: mon.ID, Person: w.people[4], Verdict: workshop.Absent})
		must(t, err)
		if j.Verdict != workshop.Absent || len(j.Conflicts) != 1 || j.Conflicts[0].Source != workshop.PIN {
			t.Fatalf("%+v", j)
		}
		w.at(2, 18, 0)
		must(t, w.CloseRegister(w.trains(), op(), workshop.CloseRegister{Register: mon.ID, Revision: 1}))
		_, err = w.Mark(w.trains(), op(), workshop.Mark{Register: mon.ID, Person: w.people[4], Verdict: workshop.Present})
		wants(t, err, fault.Closed, "workshop.register-closed")
		j, err = w.Correct(w.officer(), op(), workshop.Correct{
			Mark: workshop.Mark{Register: mon.ID, Person: w.people[4], Verdict: workshop.Present}, Cause: "her-word",
		})
		must(t, err)
		if j.Verdict != workshop.Present || len(j.Conflicts) != 0 {
			t.Errorf("%+v", j)
		}
		var chain []string
		var last id.Fact
		for _, f := range w.facts {
			v, ok := f.Value.(pathway.AttendanceVerdict)
			if !ok || f.Corrects != last {
				t.Fatalf("fact %+v does not correct %s", f, last)
			}
			last = f.ID
			chain = append(chain, string(v.Verdict))
		}
		if d := cmp.Diff([]string{"present", "absent", "present"}, chain); d != "" {
			t.Error(d)
		}
	})
}

// wrong is a PIN that is not the right one.
func wrong(pin string) string {
	if pin == "0000" {
		return "1111"
	}
	return "0000"
}

func TestAPINIsNotGuessed(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		mon := w.half("mon-am")
		w.at(1, 20, 0)
		_, err := w.TypePIN(w.her(0), op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})
		wants(t, err, fault.Closed, "workshop.not-running")
		w.at(2, 9, 0)
		for range 6 {
			_, err := w.TypePIN(w.her(0), op(), workshop.PINTyped{Register: mon.ID, PIN: wrong(mon.PIN)})
			wants(t, err, fault.Invalid, "workshop.pin-wrong")
		}
		_, err = w.TypePIN(w.her(0), op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})
		wants(t, err, fault.Limited, "workshop.pin-tries")
		// In Urdu digits it is the same number.
		urdu := strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹")
		_, err = w.TypePIN(w.her(1), op(), workshop.PINTyped{Register: mon.ID, PIN: urdu.Replace(mon.PIN)})
		must(t, err)
	})
}

func TestAMarkTakenBackIsNotRecorded(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 5)
		reg := w.half("mon-am").ID
		_, err := w.Mark(w.trains(), op(), workshop.Mark{Register: reg, Person: w.people[0], Verdict: workshop.Absent})
		must(t, err)
		j, err := w.Mark(w.trains(), op(), workshop.Mark{Register: reg, Person: w.people[0], Verdict: workshop.NotRecorded})
		must(t, err)
		if j.Verdict != workshop.NotRecorded {
			t.Errorf("%+v", j)
		}
		last := w.facts[len(w.facts)-1]
		if last.Kind() != pathway.KindWithdrawn || last.Corrects != w.facts[0].ID {
			t.Errorf("the fact was not withdrawn: %+v", last)
		}
	})
}

func TestASheetComesDaysLater(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 5)
		mon := w.half("mon-am")
		_, err := w.Mark(w.trains(), op(), workshop.Mark{Register: mon.ID, Person: w.people[1], Verdict: workshop.Present, Mode: workshop.Online})
		must(t, err)
		w.at(2, 13, 0)
		must(t, w.CloseRegister(w.trains(), op(), workshop.CloseRegister{Register: mon.ID, Revision: 1}))
		w.at(7, 11, 0)
		store, err := blob.Open(t.TempDir(), w.clock())
		must(t, err)
		scan, err := store.PutUpload(bytes.NewReader([]byte("a photograph of a sheet")), 1000)
		must(t, err)
		sheet, err := w.FileSheet(w.officer(), op(), workshop.FileSheet{Register: mon.ID, Scan: scan, Signed: []id.Person{w.people[0], w.people[1]}})
		must(t, err)
		r := w.roll("mon-am")
		if len(r.Sheets) != 1 || r.Sheets[0].File != sheet.File || r.Sheets[0].Signed != 2 {
			t.Errorf("%+v", r.Sheets)
		}
		for _, l := range r.Lines[:3] {
			switch l.Person {
			case w.people[0]: // only the sheet speaks of her
				if l.Verdict != workshop.Present || l.By != workshop.Signature || l.Mode != workshop.InPerson {
					t.Errorf("%+v", l)
				}
			case w.people[1]: // the register said online, the sheet was signed in the room
				if l.Mode != workshop.Online || len(l.Conflicts) != 1 {
					t.Errorf("%+v", l)
				}
			case w.people[2]:
				if l.Verdict != workshop.NotRecorded {
					t.Errorf("%+v", l)
				}
			}
		}
		for _, f := range w.facts {
			if f.Person == w.people[0] && (f.Basis != pathway.Paper || !f.OccurredAt.Equal(time.Date(2020, 11, 2, 7, 30, 0, 0, time.UTC))) {
				t.Errorf("the fact stands on %s at %s", f.Basis, f.OccurredAt)
			}
		}
	})
}

func TestAChangeIsAnnouncedUntilItIsSeen(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		s := w.half("tue-pm").Sessions[0]
		in := as(s)
		in.Starts, in.Room = "14:00", w.plan.Rooms[slices.IndexFunc(w.plan.Rooms, func(r workshop.Room) bool { return r.Key == "small" })].ID
		changed, err := w.ChangeSession(w.officer(), op(), in)
		must(t, err)
		_, err = w.ChangeSession(w.officer(), op(), in)
		wants(t, err, fault.Stale, "workshop.session-stale")

		hers, err := w.Plan(w.her(0), w.cohort, stage)
		must(t, err)
		if len(hers.Unseen) != 1 || hers.Unseen[0].Was.Starts != s.Starts || hers.Unseen[0].Became.Starts != changed.Starts {
			t.Fatalf("she is told %+v", hers.Unseen)
		}
		n, err := w.Seen(w.her(0), op(), workshop.Seen{Cohort: w.cohort, Stage: stage})
		must(t, err)
		hers, err = w.Plan(w.her(0), w.cohort, stage)
		must(t, err)
		if n != 1 || len(hers.Unseen) != 0 {
			t.Errorf("seen %d, still told %+v", n, hers.Unseen)
		}
		w.read()
		if c := w.plan.Changes; len(c) != 1 || c[0].Seen != 1 || c[0].Of != 28 || len(c[0].NotSeen) != 27 {
			t.Errorf("%+v", c)
		}
		// 28 are expected in a room for 12: shown, and nobody is stopped.
		if len(w.plan.Clashes) != 1 || w.plan.Clashes[0].Kind != workshop.TooSmall || w.plan.Clashes[0].Holds != 12 {
			t.Errorf("%+v", w.plan.Clashes)
		}
		in = as(changed)
		in.Starts, in.Ends, in.Modes = "half past two", "13:00", nil
		_, err = w.ChangeSession(w.officer(), op(), in)
		wants(t, err, fault.Invalid, "workshop.time-form")
	})
}

func TestWhoWasWhereIsForgotten(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 8, 55)
		reg := w.half("mon-am").ID
		must(t, w.Declare(w.her(0), op(), workshop.Declare{Cohort: w.cohort, Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}))
		_, err := w.MarkAll(w.trains(), op(), reg)
		must(t, err)
		_, err = w.Admit(w.trains(), op(), workshop.Admit{Register: reg, Name: "Visiting adviser", Capacity: workshop.Observer})
		must(t, err)

		pool := job.NewPool(w.d, job.Options{})
		pool.Every(workshop.EraseJob, workshop.EraseEvery, w.Erase)
		drain := func() {
			t.Helper()
			_, err := pool.Drain(context.Background())
			must(t, err)
		}
		contacts := func() []workshop.Contact {
			t.Helper()
			c, err := w.Contacts(w.officer(), reg)
			must(t, err)
			return c
		}
		declared := func() int {
			t.Helper()
			p, err := w.Plan(w.her(0), w.cohort, stage)
			must(t, err)
			return len(p.Declared)
		}
		drain()
		if n := len(contacts()); n != 28 || declared() != 1 { // 27 in the room, and the observer
			t.Fatalf("%d contacts, %d declarations on the day itself", n, declared())
		}
		w.at(3, 0, 30)
		drain()
		if declared() != 0 {
			t.Error("a declaration outlived its day")
		}
		w.at(16, 8, 0)
		drain()
		if len(contacts()) != 28 {
			t.Error("the contact list went too early")
		}
		w.at(16, 14, 0)
		drain()
		if n := len(contacts()); n != 0 {
			t.Errorf("%d contacts after two weeks", n)
		}
		if r := w.roll("mon-am"); r.Admissions[0].Name != "" || r.Admissions[0].Capacity != workshop.Observer || r.Count(workshop.Present) != 28 {
			t.Errorf("what figures rest on is gone, or a name is still there: %+v", r.Admissions[0])
		}
	})
}

func TestStrangersDoNothing(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *week) {
		w.at(2, 9, 5)
		mon := w.half("mon-am")
		elsewhere := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.Participant, Scope: actor.Scope{Cohort: id.New[id.Cohort]()}}}
		stranger := actor.With(context.Background(), elsewhere)
		other := elsewhere
		other.Grant.Role = actor.Trainer
		foreign := actor.With(context.Background(), other)
		for name, err := range map[string]error{
			"a participant reads the register":   errOf(w.Roll(w.her(0), mon.ID)),
			"a participant marks herself":        errOf(w.Mark(w.her(0), op(), workshop.Mark{Register: mon.ID, Person: w.people[0], Verdict: workshop.Present})),
			"a participant marks all":            errOf(w.MarkAll(w.her(0), op(), mon.ID)),
			"another cohort's types the PIN":     errOf(w.TypePIN(stranger, op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})),
			"another cohort's opens the link":    errOf(w.Join(stranger, op(), mon.Sessions[0].ID)),
			"another cohort's reads the plan":    errOf(w.Plan(stranger, w.cohort, stage)),
			"another cohort's declares":          w.Declare(stranger, op(), workshop.Declare{Cohort: w.cohort, Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}),
			"another cohort's trainer marks":     errOf(w.MarkAll(foreign, op(), mon.ID)),
			"another cohort's trainer admits":    errOf(w.Admit(foreign, op(), workshop.Admit{Register: mon.ID, Name: "x", Capacity: workshop.Guest})),
			"a trainer reads the contact list":   errOf(w.Contacts(w.trains(), mon.ID)),
			"a trainer lays a timetable":         errOf(w.Lay(w.trains(), op(), workshop.Lay{Cohort: w.cohort, Stage: stage})),
			"a participant declares for another": w.Declare(w.her(0), op(), workshop.Declare{Cohort: w.cohort, Person: w.people[1], Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}),
			"somebody who is not expected is marked": errOf(w.Mark(w.trains(), op(), workshop.Mark{
				Register: mon.ID, Person: id.New[id.Person](), Verdict: workshop.Present,
			})),
		} {
			if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(w.facts) != 0 {
			t.Errorf("%d facts were recorded", len(w.facts))
		}
	})
}

func errOf[T any](_ T, err error) error { return err }
