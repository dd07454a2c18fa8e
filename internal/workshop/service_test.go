package workshop_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/pathway"
	"cadre/internal/workshop"
	"cadre/internal/workshop/workshoptest"
)

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

const stage = workshoptest.Stage

// inTheWeek runs a test on both engines, with the timetable laid and trainers named.
func inTheWeek(t *testing.T, f func(t *testing.T, w *workshoptest.Week)) {
	t.Helper()
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) { f(t, workshoptest.Lay(t, d)) })
}

func TestTheTimetableIsTheBlueprints(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		if n := len(w.Now.HalfDays); n != 10 {
			t.Errorf("%d half-days", n)
		}
		mon := w.Half("mon-am")
		if mon.Starts.String() != "2020-11-02T09:00 Asia/Karachi" || mon.Minutes() != 210 || len(mon.PIN) != 4 {
			t.Errorf("Monday morning is %+v", mon)
		}
		if s := mon.Sessions[0]; s.Title.In("ur").Lang != "ur" || len(s.Modes) != 2 || s.Trainer != w.Trainer {
			t.Errorf("the first session is %+v", s)
		}
		if len(w.Now.Clashes) != 0 {
			t.Errorf("the example's timetable clashes: %+v", w.Now.Clashes)
		}
		_, err := w.Lay(w.Organises(), op(), workshop.Lay{Cohort: w.Cohort, Stage: stage})
		wants(t, err, fault.Conflict, "workshop.already-laid")
		_, err = w.Lay(w.Organises(), op(), workshop.Lay{Cohort: w.Cohort, Stage: "coaching"})
		wants(t, err, fault.NotFound, "workshop.stage-unknown")

		hers, err := w.Plan(w.Her(0), w.Cohort, stage)
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
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		steps := 0
		step := func(err error) { steps++; must(t, err) }
		for i := 25; i < 28; i++ {
			must(t, w.Declare(w.Her(i), op(), workshop.Declare{Cohort: w.Cohort, Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}))
		}
		w.At(2, 9, 10)
		if r := w.RollOf("mon-am"); r.Count(workshop.NotRecorded) != 28 || r.InRoom != 25 || r.Names[w.People[0]].Text != "Officer A" || w.Shown(w.People[0]) == 0 {
			t.Fatalf("before: %d not recorded, %d expected in the room", r.Count(workshop.NotRecorded), r.InRoom)
		}
		reg := w.Half("mon-am").ID

		// All present, in one tap; then two exceptions.
		marked, err := w.MarkAll(w.Trains(), op(), reg)
		step(err)
		if marked != (workshop.Marked{Marked: 28, InRoom: 25, Online: 3}) {
			t.Errorf("marked %+v", marked)
		}
		_, err = w.Mark(w.Trains(), op(), workshop.Mark{Register: reg, Person: w.People[3], Verdict: workshop.Part, From: "10:20", Mode: workshop.InPerson})
		step(err)
		_, err = w.Mark(w.Trains(), op(), workshop.Mark{Register: reg, Person: w.People[7], Verdict: workshop.Excused})
		step(err)
		if steps != 3 {
			t.Errorf("a register took %d steps", steps)
		}

		got := map[pathway.AttendanceVerdict]int{}
		for _, v := range w.Verdicts("mon-am") {
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
		if len(w.Verdicts("mon-pm")) != 0 {
			t.Error("the afternoon was recorded as well")
		}
	})
}

func TestATapThatIsSentTwiceCountsOnce(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 10)
		tap := op()
		for range 2 {
			marked, err := w.MarkAll(w.Trains(), tap, w.Half("mon-am").ID)
			must(t, err)
			if marked.Marked != 28 {
				t.Errorf("%+v", marked)
			}
		}
		if n := len(w.Facts()); n != 28 {
			t.Errorf("%d facts", n)
		}
	})
}

func TestAnOfficerWhoMovesOnlineOnTuesday(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 5)
		_, err := w.MarkAll(w.Trains(), op(), w.Half("mon-am").ID)
		must(t, err)
		w.At(3, 7, 30)
		must(t, w.Declare(w.Her(5), op(), workshop.Declare{Cohort: w.Cohort, Day: civil.NewDate(2020, 11, 3), Mode: workshop.Online}))
		w.At(3, 9, 2)
		link, err := w.Join(w.Her(5), op(), w.Half("tue-am").Sessions[0].ID)
		must(t, err)
		if link != "https://meet.example.org/week" {
			t.Errorf("sent to %q", link)
		}
		w.At(3, 9, 10)
		_, err = w.MarkAll(w.Trains(), op(), w.Half("tue-am").ID)
		must(t, err)
		w.At(4, 9, 10)
		_, err = w.MarkAll(w.Trains(), op(), w.Half("wed-am").ID)
		must(t, err)
		for half, mode := range map[string]string{"mon-am": "in-person", "tue-am": "online", "wed-am": "in-person"} {
			if v := w.Verdicts(half)[w.People[5]]; v.Mode != mode || v.Verdict != pathway.Present {
				t.Errorf("%s: %+v, want %s", half, v, mode)
			}
		}
		for _, l := range w.RollOf("tue-am").Lines {
			if l.Person == w.People[5] && l.Opened.IsZero() {
				t.Error("nobody can see that she opened the link")
			}
		}
	})
}

func TestASubstituteAtTheDoorOfAFullRoom(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		main := w.Room("main")
		_, err := w.ChangeRoom(w.Organises(), op(), workshop.ChangeRoom{Room: main.ID, Revision: main.Revision, Safe: 28})
		must(t, err)
		w.At(2, 8, 50)
		reg := w.Half("mon-am").ID

		// A guest finds 28 of 28 places taken.
		_, err = w.Admit(w.Trains(), op(), workshop.Admit{Register: reg, Name: "Guest of the academy", Capacity: workshop.Guest})
		wants(t, err, fault.Conflict, "workshop.room-full")

		// The substitute takes the place of a colleague: one step, known by her id,
		// without the modules until Wednesday.
		substitute := id.New[id.Person]()
		a, err := w.Admit(w.Trains(), op(), workshop.Admit{
			Register: reg, Person: substitute, Capacity: workshop.Participant, InPlaceOf: w.People[2], Until: civil.NewDate(2020, 11, 4),
		})
		must(t, err)
		if a.Until.IsZero() {
			t.Error("the condition was lost")
		}
		w.At(2, 9, 10)
		marked, err := w.MarkAll(w.Trains(), op(), reg)
		must(t, err)
		if marked.Marked != 27 {
			t.Errorf("%d marked: the colleague who stayed away is not present", marked.Marked)
		}
		v := w.Verdicts("mon-am")
		if v[substitute].Verdict != pathway.Present || v[substitute].Mode != "in-person" {
			t.Errorf("the substitute: %+v", v[substitute])
		}
		if _, recorded := v[w.People[2]]; recorded {
			t.Error("the colleague was recorded; nobody said anything about her")
		}
		var kinds []string
		for _, f := range w.Facts() {
			if f.Person == substitute {
				kinds = append(kinds, string(f.Kind()))
			}
		}
		if d := cmp.Diff([]string{"joined", "waiver.signed", "attendance.verdict"}, kinds); d != "" {
			t.Error(d)
		}
		if r := w.RollOf("mon-am"); r.InRoom != 28 || r.Holds != 28 {
			t.Errorf("%d of %d in the room", r.InRoom, r.Holds)
		}
		_, err = w.Admit(w.Trains(), op(), workshop.Admit{Register: reg, Person: substitute, Capacity: workshop.Participant})
		wants(t, err, fault.Conflict, "workshop.already-in")
	})
}

func TestSomebodyTakenByNameIsSettledLater(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 30)
		reg := w.Half("mon-am").ID
		a, err := w.Admit(w.Trains(), op(), workshop.Admit{Register: reg, Name: "  Nasreen  Bibi ", Capacity: workshop.Participant})
		must(t, err)
		if a.Name != "Nasreen Bibi" || len(w.Facts()) != 0 {
			t.Fatalf("%+v, %d facts", a, len(w.Facts()))
		}
		w.At(3, 18, 0)
		p := id.New[id.Person]()
		_, err = w.Settle(w.Organises(), op(), workshop.Settle{Admission: a.ID, Revision: 1, Person: p})
		must(t, err)
		if v := w.Verdicts("mon-am")[p]; v.Verdict != pathway.Part || v.Minutes != 180 {
			t.Errorf("she came at half past nine: %+v", v)
		}
		r := w.RollOf("mon-am")
		if r.Admissions[0].Name != "" || r.Admissions[0].Person != p {
			t.Errorf("%+v", r.Admissions[0])
		}
		_, err = w.Settle(w.Organises(), op(), workshop.Settle{Admission: a.ID, Revision: 2, Person: p})
		wants(t, err, fault.Conflict, "workshop.admission-settled")
	})
}

func TestObserversCountForTheRoomAndForNoFigure(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 0)
		reg := w.Half("mon-am").ID
		before := w.RollOf("mon-am").InRoom
		for _, c := range []workshop.Capacity{workshop.Observer, workshop.Interpreter, workshop.Staff, workshop.Guest} {
			_, err := w.Admit(w.Trains(), op(), workshop.Admit{Register: reg, Name: string(c), Capacity: c})
			must(t, err)
		}
		if r := w.RollOf("mon-am"); r.InRoom != before+4 || len(w.Facts()) != 0 {
			t.Errorf("%d more in the room, %d facts", r.InRoom-before, len(w.Facts()))
		}
		_, err := w.Admit(w.Trains(), op(), workshop.Admit{Register: reg, Capacity: "spy"})
		wants(t, err, fault.Invalid, "workshop.name-missing")
	})
}

func TestConflictsAreShownAndSettledByAPerson(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 5)
		mon := w.Half("mon-am")
		for range 2 {
			_, err := w.TypePIN(w.Her(4), op(), workshop.PINTyped{Register: mon.ID, PIN: wrong(mon.PIN)})
			wants(t, err, fault.Invalid, "workshop.pin-wrong")
		}
		j, err := w.TypePIN(w.Her(4), op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})
		must(t, err)
		if j.Verdict != workshop.Present || j.By != workshop.PIN {
			t.Fatalf("%+v", j)
		}
		j, err = w.Mark(w.Trains(), op(), workshop.Mark{Register: mon.ID, Person: w.People[4], Verdict: workshop.Absent})
		must(t, err)
		if j.Verdict != workshop.Absent || len(j.Conflicts) != 1 || j.Conflicts[0].Source != workshop.PIN {
			t.Fatalf("%+v", j)
		}
		w.At(2, 18, 0)
		must(t, w.CloseRegister(w.Trains(), op(), workshop.CloseRegister{Register: mon.ID, Revision: 1}))
		_, err = w.Mark(w.Trains(), op(), workshop.Mark{Register: mon.ID, Person: w.People[4], Verdict: workshop.Present})
		wants(t, err, fault.Closed, "workshop.register-closed")
		j, err = w.Correct(w.Organises(), op(), workshop.Correct{
			Mark: workshop.Mark{Register: mon.ID, Person: w.People[4], Verdict: workshop.Present}, Cause: "her-word",
		})
		must(t, err)
		if j.Verdict != workshop.Present || len(j.Conflicts) != 0 {
			t.Errorf("%+v", j)
		}
		var chain []string
		var last id.Fact
		for _, f := range w.Facts() {
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
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		mon := w.Half("mon-am")
		w.At(1, 20, 0)
		_, err := w.TypePIN(w.Her(0), op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})
		wants(t, err, fault.Closed, "workshop.not-running")
		w.At(2, 9, 0)
		for range 6 {
			_, err := w.TypePIN(w.Her(0), op(), workshop.PINTyped{Register: mon.ID, PIN: wrong(mon.PIN)})
			wants(t, err, fault.Invalid, "workshop.pin-wrong")
		}
		_, err = w.TypePIN(w.Her(0), op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})
		wants(t, err, fault.Limited, "workshop.pin-tries")
		// In Urdu digits it is the same number.
		urdu := strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹")
		_, err = w.TypePIN(w.Her(1), op(), workshop.PINTyped{Register: mon.ID, PIN: urdu.Replace(mon.PIN)})
		must(t, err)
	})
}

func TestAMarkTakenBackIsNotRecorded(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 5)
		reg := w.Half("mon-am").ID
		_, err := w.Mark(w.Trains(), op(), workshop.Mark{Register: reg, Person: w.People[0], Verdict: workshop.Absent})
		must(t, err)
		j, err := w.Mark(w.Trains(), op(), workshop.Mark{Register: reg, Person: w.People[0], Verdict: workshop.NotRecorded})
		must(t, err)
		if j.Verdict != workshop.NotRecorded {
			t.Errorf("%+v", j)
		}
		last := w.Facts()[len(w.Facts())-1]
		if last.Kind() != pathway.KindWithdrawn || last.Corrects != w.Facts()[0].ID {
			t.Errorf("the fact was not withdrawn: %+v", last)
		}
	})
}

// A laptop's clock stands still, or is set back in the middle of the morning.
func TestTheLastMarkCountsWhateverTheClockSays(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 45)
		reg := w.Half("mon-am").ID
		for i, back := range []int{0, 30} {
			_, err := w.Mark(w.Trains(), op(), workshop.Mark{Register: reg, Person: w.People[i], Verdict: workshop.Absent})
			must(t, err)
			w.At(2, 9, 45-back)
			j, err := w.TakeBack(w.Trains(), op(), workshop.TakeBack{Register: reg, Person: w.People[i]})
			must(t, err)
			if j.Verdict != workshop.NotRecorded {
				t.Errorf("%d minutes back: a mark that was taken back says %s", back, j.Verdict)
			}
			j, err = w.Mark(w.Trains(), op(), workshop.Mark{Register: reg, Person: w.People[i], Verdict: workshop.Present, Mode: workshop.InPerson})
			must(t, err)
			if j.Verdict != workshop.Present {
				t.Errorf("%d minutes back: a new mark says %s", back, j.Verdict)
			}
		}
	})
}

func TestASheetComesDaysLater(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 5)
		mon := w.Half("mon-am")
		_, err := w.Mark(w.Trains(), op(), workshop.Mark{Register: mon.ID, Person: w.People[1], Verdict: workshop.Present, Mode: workshop.Online})
		must(t, err)
		w.At(2, 13, 0)
		must(t, w.CloseRegister(w.Trains(), op(), workshop.CloseRegister{Register: mon.ID, Revision: 1}))
		w.At(7, 11, 0)
		store, err := blob.Open(t.TempDir(), w.Clock())
		must(t, err)
		scan, err := store.PutUpload(bytes.NewReader([]byte("a photograph of a sheet")), 1000)
		must(t, err)
		sheet, err := w.FileSheet(w.Organises(), op(), workshop.FileSheet{Register: mon.ID, Scan: scan, Signed: []id.Person{w.People[0], w.People[1]}})
		must(t, err)
		r := w.RollOf("mon-am")
		if len(r.Sheets) != 1 || r.Sheets[0].File != sheet.File || r.Sheets[0].Signed != 2 {
			t.Errorf("%+v", r.Sheets)
		}
		for _, l := range r.Lines[:3] {
			switch l.Person {
			case w.People[0]: // only the sheet speaks of her
				if l.Verdict != workshop.Present || l.By != workshop.Signature || l.Mode != workshop.InPerson {
					t.Errorf("%+v", l)
				}
			case w.People[1]: // the register said online, the sheet was signed in the room
				if l.Mode != workshop.Online || len(l.Conflicts) != 1 {
					t.Errorf("%+v", l)
				}
			case w.People[2]:
				if l.Verdict != workshop.NotRecorded {
					t.Errorf("%+v", l)
				}
			}
		}
		for _, f := range w.Facts() {
			if f.Person == w.People[0] && (f.Basis != pathway.Paper || !f.OccurredAt.Equal(time.Date(2020, 11, 2, 7, 30, 0, 0, time.UTC))) {
				t.Errorf("the fact stands on %s at %s", f.Basis, f.OccurredAt)
			}
		}
	})
}

func TestAChangeIsAnnouncedUntilItIsSeen(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		s := w.Half("tue-pm").Sessions[0]
		in := workshoptest.Form(s)
		in.Starts, in.Room = "14:00", w.Room("small").ID
		changed, err := w.ChangeSession(w.Organises(), op(), in)
		must(t, err)
		_, err = w.ChangeSession(w.Organises(), op(), in)
		wants(t, err, fault.Stale, "workshop.session-stale")

		hers, err := w.Plan(w.Her(0), w.Cohort, stage)
		must(t, err)
		if len(hers.Unseen) != 1 || hers.Unseen[0].Was.Starts != s.Starts || hers.Unseen[0].Became.Starts != changed.Starts {
			t.Fatalf("she is told %+v", hers.Unseen)
		}
		n, err := w.Seen(w.Her(0), op(), workshop.Seen{Cohort: w.Cohort, Stage: stage})
		must(t, err)
		hers, err = w.Plan(w.Her(0), w.Cohort, stage)
		must(t, err)
		if n != 1 || len(hers.Unseen) != 0 {
			t.Errorf("seen %d, still told %+v", n, hers.Unseen)
		}
		w.Read()
		if c := w.Now.Changes; len(c) != 1 || c[0].Seen != 1 || c[0].Of != 28 || len(c[0].NotSeen) != 27 {
			t.Errorf("%+v", c)
		}
		// Whoever has not looked is told by telephone; only staff say so, of somebody
		// who takes part.
		told := workshop.Seen{Cohort: w.Cohort, Stage: stage, Person: w.People[1]}
		if _, err := w.Seen(w.Her(2), op(), told); err == nil {
			t.Error("a colleague says that she was told")
		}
		_, err = w.Seen(w.Organises(), op(), workshop.Seen{Cohort: w.Cohort, Stage: stage, Person: id.New[id.Person]()})
		wants(t, err, fault.NotFound, "workshop.person-unknown")
		n, err = w.Seen(w.Organises(), op(), told)
		must(t, err)
		w.Read()
		if c := w.Now.Changes; n != 1 || c[0].Seen != 2 || len(c[0].NotSeen) != 26 {
			t.Errorf("told %d: %+v", n, c)
		}
		// 28 are expected in a room for 12: shown, and nobody is stopped.
		if len(w.Now.Clashes) != 1 || w.Now.Clashes[0].Kind != workshop.TooSmall || w.Now.Clashes[0].Holds != 12 {
			t.Errorf("%+v", w.Now.Clashes)
		}
		in = workshoptest.Form(changed)
		in.Starts, in.Ends, in.Modes = "half past two", "13:00", nil
		_, err = w.ChangeSession(w.Organises(), op(), in)
		wants(t, err, fault.Invalid, "workshop.time-form")
	})
}

func TestWhoWasWhereIsForgotten(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 8, 55)
		reg := w.Half("mon-am").ID
		must(t, w.Declare(w.Her(0), op(), workshop.Declare{Cohort: w.Cohort, Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}))
		_, err := w.MarkAll(w.Trains(), op(), reg)
		must(t, err)
		_, err = w.Admit(w.Trains(), op(), workshop.Admit{Register: reg, Name: "Visiting adviser", Capacity: workshop.Observer})
		must(t, err)

		pool := job.NewPool(w.DB, job.Options{})
		pool.Every(workshop.EraseJob, workshop.EraseEvery, w.Erase)
		drain := func() {
			t.Helper()
			_, err := pool.Drain(context.Background())
			must(t, err)
		}
		contacts := func() []workshop.Contact {
			t.Helper()
			c, err := w.Contacts(w.Organises(), reg)
			must(t, err)
			return c
		}
		declared := func() int {
			t.Helper()
			p, err := w.Plan(w.Her(0), w.Cohort, stage)
			must(t, err)
			return len(p.Declared)
		}
		drain()
		if n := len(contacts()); n != 28 || declared() != 1 { // 27 in the room, and the observer
			t.Fatalf("%d contacts, %d declarations on the day itself", n, declared())
		}
		w.At(3, 0, 30)
		drain()
		if declared() != 0 {
			t.Error("a declaration outlived its day")
		}
		w.At(16, 8, 0)
		drain()
		if len(contacts()) != 28 {
			t.Error("the contact list went too early")
		}
		w.At(16, 14, 0)
		drain()
		if n := len(contacts()); n != 0 {
			t.Errorf("%d contacts after two weeks", n)
		}
		if r := w.RollOf("mon-am"); r.Admissions[0].Name != "" || r.Admissions[0].Capacity != workshop.Observer || r.Count(workshop.Present) != 28 {
			t.Errorf("what figures rest on is gone, or a name is still there: %+v", r.Admissions[0])
		}
	})
}

func TestStrangersDoNothing(t *testing.T) {
	inTheWeek(t, func(t *testing.T, w *workshoptest.Week) {
		w.At(2, 9, 5)
		mon := w.Half("mon-am")
		elsewhere := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.Participant, Scope: actor.Scope{Cohort: id.New[id.Cohort]()}}}
		stranger := actor.With(context.Background(), elsewhere)
		other := elsewhere
		other.Grant.Role = actor.Trainer
		foreign := actor.With(context.Background(), other)
		for name, err := range map[string]error{
			"a participant reads the register":   errOf(w.Roll(w.Her(0), mon.ID)),
			"a participant marks herself":        errOf(w.Mark(w.Her(0), op(), workshop.Mark{Register: mon.ID, Person: w.People[0], Verdict: workshop.Present})),
			"a participant marks all":            errOf(w.MarkAll(w.Her(0), op(), mon.ID)),
			"another cohort's types the PIN":     errOf(w.TypePIN(stranger, op(), workshop.PINTyped{Register: mon.ID, PIN: mon.PIN})),
			"another cohort's opens the link":    errOf(w.Join(stranger, op(), mon.Sessions[0].ID)),
			"another cohort's reads the plan":    errOf(w.Plan(stranger, w.Cohort, stage)),
			"another cohort's declares":          w.Declare(stranger, op(), workshop.Declare{Cohort: w.Cohort, Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}),
			"another cohort's trainer marks":     errOf(w.MarkAll(foreign, op(), mon.ID)),
			"another cohort's trainer admits":    errOf(w.Admit(foreign, op(), workshop.Admit{Register: mon.ID, Name: "x", Capacity: workshop.Guest})),
			"a trainer reads the contact list":   errOf(w.Contacts(w.Trains(), mon.ID)),
			"a trainer lays a timetable":         errOf(w.Lay(w.Trains(), op(), workshop.Lay{Cohort: w.Cohort, Stage: stage})),
			"a participant declares for another": w.Declare(w.Her(0), op(), workshop.Declare{Cohort: w.Cohort, Person: w.People[1], Day: civil.NewDate(2020, 11, 2), Mode: workshop.Online}),
			"somebody who is not expected is marked": errOf(w.Mark(w.Trains(), op(), workshop.Mark{
				Register: mon.ID, Person: id.New[id.Person](), Verdict: workshop.Present,
			})),
		} {
			if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(w.Facts()) != 0 {
			t.Errorf("%d facts were recorded", len(w.Facts()))
		}
	})
}

func errOf[T any](_ T, err error) error { return err }
