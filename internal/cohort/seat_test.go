package cohort

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cadre/internal/id"
)

func TestWhatASeatCanDo(t *testing.T) {
	for _, c := range []struct {
		from State
		act  Act
		to   State // "" where it is refused
	}{
		{"", Added, Free},
		{Free, Keep, Reserved},
		{Reserved, GiveUp, Free},
		{Free, Offer, Offered},
		{Reserved, Offer, Offered},
		{Free, Promote, Offered},
		{Offered, Hold, Held},
		{Offered, Confirm, Confirmed},
		{Held, Confirm, Confirmed},
		{Confirmed, Release, Free},
		{Held, Forfeit, Free},
		{Confirmed, Substitute, Reserved},
		{Free, Removed, Withdrawn},
		{Confirmed, Offer, ""},
		{Free, Confirm, ""},
		{Free, Hold, ""},
		{Held, Removed, ""},
		{Withdrawn, Offer, ""},
		{Free, Release, ""},
		{Confirmed, Confirm, ""},
	} {
		to, ok := c.from.Next(c.act)
		if ok != (c.to != "") || ok && to != c.to {
			t.Errorf("%q %s: %q, %v; want %q", c.from, c.act, to, ok, c.to)
		}
	}
	for _, a := range Acts() {
		if _, ok := Withdrawn.Next(a); ok {
			t.Errorf("a withdrawn seat can still be %s", a)
		}
	}
}

func TestSeatsThatAreSetAsideAreGivenFirst(t *testing.T) {
	seats := []Seat{
		{ID: "open", Number: 1, State: Free},
		{ID: "women", Number: 2, Lane: Lane{Sex: "f"}, State: Free},
		{ID: "multan", Number: 3, Lane: Lane{Station: "multan"}, State: Free},
		{ID: "taken", Number: 4, Lane: Lane{Station: "multan", Sex: "f"}, State: Held},
		{ID: "kept", Number: 5, State: Reserved},
	}
	for _, c := range []struct {
		sex, station string
		want         id.Seat
	}{
		{"f", "multan", "multan"},
		{"f", "lahore", "women"},
		{"m", "lahore", "kept"}, // a reserved one before a free one
	} {
		if s, ok := Pick(seats, c.sex, c.station); !ok || s.ID != c.want {
			t.Errorf("%s of %s is given %q, want %q", c.sex, c.station, s.ID, c.want)
		}
	}
	if _, ok := Pick(seats[3:4], "f", "multan"); ok {
		t.Error("a seat that is somebody's was given again")
	}
}

// However people are taken in and let go, a seat fits whoever is given it, and
// nobody is refused while a seat that fits is left.
func TestPickNeverMisplaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lane := rapid.Custom(func(t *rapid.T) Lane {
			return Lane{rapid.SampledFrom([]string{"", "f", "m"}).Draw(t, "sex"), rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "station")}
		})
		lanes := rapid.SliceOfN(lane, 1, 8).Draw(t, "lanes")
		var seats []Seat
		for i, l := range lanes {
			seats = append(seats, Seat{ID: id.Seat(rune('A' + i)), Number: i + 1, Lane: l, State: rapid.SampledFrom(States()).Draw(t, "state")})
		}
		sex, station := rapid.SampledFrom([]string{"f", "m"}).Draw(t, "hers"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "where")
		s, ok := Pick(seats, sex, station)
		any := slices.ContainsFunc(seats, func(s Seat) bool {
			return (s.State == Free || s.State == Reserved) && s.Lane.Fits(sex, station)
		})
		if ok != any {
			t.Fatalf("picked %v although a seat that fits is left: %v", ok, any)
		}
		if ok && (!s.Lane.Fits(sex, station) || s.State.Taken() || s.State == Withdrawn) {
			t.Fatalf("picked %+v for %s of %s", s, sex, station)
		}
	})
}

func TestNextInLineComesFromTheSameQuota(t *testing.T) {
	at := time.Date(2020, 10, 1, 9, 0, 0, 0, time.UTC)
	all := []Nomination{
		{ID: "c", Quota: "fia", Decision: InLine, Line: 3, Sex: "f", Proposed: at},
		{ID: "a", Quota: "fia", Decision: InLine, Line: 2, Sex: "f", Answer: Yes, Proposed: at},
		{ID: "no", Quota: "fia", Decision: InLine, Line: 1, Sex: "f", Answer: No, Proposed: at},
		{ID: "gone", Quota: "fia", Decision: InLine, Line: 1, Sex: "f", Ending: EndWithdrawn, Proposed: at},
		{ID: "other", Quota: "punjab", Decision: InLine, Line: 1, Sex: "f", Proposed: at},
		{ID: "man", Quota: "fia", Decision: InLine, Line: 1, Sex: "m", Proposed: at},
		{ID: "seated", Quota: "fia", Decision: Chosen, Sex: "f", Seat: "s", Proposed: at},
	}
	var got []id.Nomination
	for _, n := range NextInLine(all, "fia", Lane{Sex: "f"}) {
		got = append(got, n.ID)
	}
	if !slices.Equal(got, []id.Nomination{"a", "c"}) {
		t.Errorf("next in line for a woman's seat of fia: %v", got)
	}
}

func TestStatusIsOneWord(t *testing.T) {
	for _, c := range []struct {
		n    Nomination
		want Status
	}{
		{Nomination{}, StatusProposed},
		{Nomination{Answer: Yes}, StatusSaidYes},
		{Nomination{Decision: Chosen, Seat: "s", SeatState: Offered}, StatusOffered},
		{Nomination{Decision: Chosen, Seat: "s", SeatState: Held, Answer: Yes}, StatusHeld},
		{Nomination{Decision: Chosen, Seat: "s", SeatState: Confirmed, Answer: Yes}, StatusConfirmed},
		{Nomination{Decision: InLine, Answer: Yes}, StatusInLine},
		{Nomination{Answer: No, Ending: EndDeclined}, StatusDeclined},
		{Nomination{Decision: Chosen, Ending: EndReleased}, StatusReleased},
	} {
		if got := c.n.Status(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.n, got, c.want)
		}
	}
}
