package workshop

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cadre/internal/civil"
	"cadre/internal/id"
)

// tuesday is the morning of the second day: four hours from nine in Islamabad.
func tuesday() HalfDay {
	d := civil.NewDate(2020, time.November, 3)
	return HalfDay{
		ID: "tue", Key: "tue-am", Starts: d.At(9, 0, "Asia/Karachi"), Ends: d.At(13, 0, "Asia/Karachi"),
		Sessions: []Session{{ID: "s", Modes: []Mode{InPerson, Online}}},
	}
}

// at is a time of that Tuesday in Islamabad.
func at(hour, minute int) time.Time {
	return time.Date(2020, time.November, 3, hour-5, minute, 0, 0, time.UTC)
}

func sign(s Source, says Verdict, when time.Time) Evidence {
	return Evidence{ID: id.Evidence(string(s) + when.Format("1504")), Source: s, Says: says, At: when, RecordedAt: when}
}

func TestTheVerdictFollowsTheStatedRule(t *testing.T) {
	t.Parallel()
	online := func(e Evidence) Evidence { e.Mode = Online; return e }
	minutes := func(n int, e Evidence) Evidence { e.Minutes = n; return e }
	for name, c := range map[string]struct {
		declared Mode
		evidence []Evidence
		verdict  Verdict
		minutes  int
		mode     Mode
		by       Source
		against  []Source
	}{
		"nothing is not absence": {verdict: NotRecorded},
		"the trainer's mark": {
			evidence: []Evidence{sign(Register, Present, at(9, 5))},
			verdict:  Present, minutes: 240, by: Register,
		},
		"her mark, and what she declared that morning": {
			declared: Online, evidence: []Evidence{sign(Register, Present, at(9, 5))},
			verdict: Present, minutes: 240, mode: Online, by: Register,
		},
		"present, and the link says how": {
			evidence: []Evidence{sign(Link, NotRecorded, at(9, 2)), sign(Register, Present, at(9, 5))},
			verdict:  Present, minutes: 240, mode: Online, by: Register,
		},
		"a link alone proves nothing": {
			evidence: []Evidence{sign(Link, NotRecorded, at(9, 2))},
			verdict:  NotRecorded,
		},
		"a PIN on time": {
			evidence: []Evidence{sign(PIN, Present, at(9, 15))},
			verdict:  Present, minutes: 240, mode: InPerson, by: PIN,
		},
		"a PIN that came late is a part": {
			evidence: []Evidence{sign(PIN, Present, at(10, 20))},
			verdict:  Part, minutes: 160, mode: InPerson, by: PIN,
		},
		"the sheet weighs more than the PIN": {
			evidence: []Evidence{sign(PIN, Present, at(10, 20)), sign(Signature, Present, at(17, 0))},
			verdict:  Present, minutes: 240, mode: InPerson, by: Signature,
		},
		"the trainer says part, with its minutes": {
			evidence: []Evidence{minutes(90, sign(Register, Part, at(9, 40)))},
			verdict:  Part, minutes: 90, by: Register,
		},
		"a part is never longer than the whole": {
			evidence: []Evidence{minutes(900, sign(Register, Part, at(9, 40)))},
			verdict:  Part, minutes: 240, by: Register,
		},
		"her later mark counts": {
			evidence: []Evidence{sign(Register, Absent, at(9, 5)), sign(Register, Present, at(9, 30))},
			verdict:  Present, minutes: 240, by: Register,
		},
		"a mark taken back": {
			evidence: []Evidence{sign(Register, Present, at(9, 5)), sign(Register, NotRecorded, at(9, 6))},
			verdict:  NotRecorded,
		},
		"a mark taken back leaves the PIN": {
			evidence: []Evidence{sign(PIN, Present, at(9, 1)), sign(Register, Absent, at(9, 5)), sign(Register, NotRecorded, at(9, 6))},
			verdict:  Present, minutes: 240, mode: InPerson, by: PIN,
		},
		"absent by the register, there by her PIN: shown, not settled": {
			evidence: []Evidence{sign(PIN, Present, at(9, 1)), sign(Register, Absent, at(9, 5))},
			verdict:  Absent, by: Register, against: []Source{PIN},
		},
		"absent by the register, and the link was opened": {
			evidence: []Evidence{sign(Link, NotRecorded, at(9, 2)), sign(Register, Absent, at(9, 5))},
			verdict:  Absent, by: Register, against: []Source{Link},
		},
		"online by the register, signed in the room": {
			evidence: []Evidence{online(sign(Register, Present, at(9, 5))), sign(Signature, Present, at(17, 0))},
			verdict:  Present, minutes: 240, mode: Online, by: Register, against: []Source{Signature},
		},
		"a correction settles what was known": {
			evidence: []Evidence{sign(PIN, Present, at(9, 1)), sign(Register, Absent, at(9, 5)), sign(Correction, Excused, at(18, 0))},
			verdict:  Excused, by: Correction,
		},
		"and not what comes after it": {
			evidence: []Evidence{sign(Register, Present, at(9, 5)), sign(Correction, Excused, at(18, 0)), sign(Signature, Present, at(19, 0))},
			verdict:  Excused, by: Correction, against: []Source{Signature},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(tuesday(), c.declared, c.evidence)
			if j.Verdict != c.verdict || j.Minutes != c.minutes || j.Mode != c.mode || j.By != c.by {
				t.Errorf("got %q, %d minutes, %q, by %q; want %q, %d, %q, by %q",
					j.Verdict, j.Minutes, j.Mode, j.By, c.verdict, c.minutes, c.mode, c.by)
			}
			var against []Source
			for _, x := range j.Conflicts {
				against = append(against, x.Source)
			}
			if d := cmp.Diff(c.against, against); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestVerdictProperties(t *testing.T) {
	t.Parallel()
	piece := rapid.Custom(func(t *rapid.T) Evidence {
		e := Evidence{
			ID:         id.Evidence(rapid.StringMatching(`[a-f]{4}`).Draw(t, "id")),
			Source:     rapid.SampledFrom(sources()).Draw(t, "source"),
			Says:       rapid.SampledFrom([]Verdict{NotRecorded, Present, Part, Excused, Absent}).Draw(t, "says"),
			Minutes:    rapid.IntRange(0, 1000).Draw(t, "minutes"),
			Mode:       rapid.SampledFrom([]Mode{"", InPerson, Online}).Draw(t, "mode"),
			At:         at(9, 0).Add(time.Duration(rapid.IntRange(-60, 600).Draw(t, "at")) * time.Minute),
			RecordedAt: at(9, 0).Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "recorded")) * time.Hour),
		}
		if e.Source == Link {
			e.Says = NotRecorded
		}
		return e
	})
	rapid.Check(t, func(t *rapid.T) {
		evidence := rapid.SliceOfNDistinct(piece, 0, 8, func(e Evidence) id.Evidence { return e.ID }).Draw(t, "evidence")
		h := tuesday()
		j := Judge(h, "", evidence)
		shuffled := rapid.Permutation(evidence).Draw(t, "order")
		if d := cmp.Diff(j.Verdict, Judge(h, "", shuffled).Verdict); d != "" {
			t.Fatalf("the order of arrival matters: %s", d)
		}
		if j.Minutes < 0 || j.Minutes > h.Minutes() || j.Verdict.there() != (j.Minutes > 0) && j.Verdict != Part {
			t.Fatalf("%s of %d minutes", j.Verdict, j.Minutes)
		}
		if j.Verdict == Absent && !slices.ContainsFunc(evidence, func(e Evidence) bool { return e.Says == Absent }) {
			t.Fatal("nobody said absent")
		}
		if j.By == Link || j.Verdict == NotRecorded != (j.By == "") {
			t.Fatalf("%q by %q", j.Verdict, j.By)
		}
		if !j.Verdict.there() && j.Mode != "" {
			t.Fatalf("%s and yet %s", j.Verdict, j.Mode)
		}
	})
}

func TestClashesAreNamed(t *testing.T) {
	t.Parallel()
	friday := civil.NewDate(2020, time.November, 6)
	const zone = "Asia/Karachi"
	session := func(sid id.WorkshopSession, from, until int, change func(*Session)) Session {
		s := Session{
			ID: sid, Starts: friday.At(from/100, from%100, zone), Ends: friday.At(until/100, until%100, zone),
			Room: "hall", Modes: []Mode{InPerson}, Trainer: "t1",
		}
		if change != nil {
			change(&s)
		}
		return s
	}
	table := func(sessions ...Session) Timetable {
		return Timetable{
			Rooms:    []Room{{ID: "hall", Capacity: 40, Safe: 25}, {ID: "small", Capacity: 10}},
			HalfDays: []HalfDay{{ID: "fri", Starts: friday.At(9, 0, zone), Ends: friday.At(17, 0, zone), Sessions: sessions}},
		}
	}
	for name, c := range map[string]struct {
		table  Timetable
		inRoom int
		want   []ClashKind
	}{
		"one after the other": {table: table(session("a", 900, 1030, nil), session("b", 1030, 1200, nil))},
		"one room twice": {
			table: table(session("a", 900, 1100, nil), session("b", 1030, 1200, func(s *Session) { s.Trainer = "t2" })),
			want:  []ClashKind{RoomTwice},
		},
		"one trainer twice": {
			table: table(session("a", 900, 1100, nil), session("b", 1030, 1200, func(s *Session) { s.Room = "small" })),
			want:  []ClashKind{TrainerTwice},
		},
		"a cancelled one is no trouble": {
			table: table(session("a", 900, 1100, func(s *Session) { s.Cancelled = true }), session("b", 1030, 1200, nil)),
		},
		"a safety rule made the room small": {table: table(session("a", 900, 1030, nil)), inRoom: 26, want: []ClashKind{TooSmall}},
		"just enough":                       {table: table(session("a", 900, 1030, nil)), inRoom: 25},
		"too early":                         {table: table(session("a", 830, 1030, nil)), want: []ClashKind{OutsideHalfDay}},
		"backwards":                         {table: table(session("a", 1030, 930, nil)), want: []ClashKind{OutsideHalfDay}},
		"Friday at midday":                  {table: table(session("a", 1130, 1300, nil)), want: []ClashKind{FridayMidday}},
		"Friday around midday":              {table: table(session("a", 1100, 1230, nil), session("b", 1400, 1530, nil))},
		"nobody knows where": {
			table: table(session("a", 900, 1030, func(s *Session) { s.Room = ""; s.Modes = []Mode{InPerson, Online} })),
			want:  []ClashKind{NoRoom, NoLink},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []ClashKind
			for _, x := range Clashes(c.table, func(id.Register) int { return c.inRoom }) {
				got = append(got, x.Kind)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
