package pathway

import (
	"fmt"
	"testing"
	"time"

	"cadre/internal/id"
)

// An officer who says no gives her seat back at that moment. Whichever of the two
// facts has the lower id, it is she who said no; what she says later counts, and
// does not bring the seat back.
func TestHerOwnNoAndHerSeat(t *testing.T) {
	plan := Compile(blueprint(t, "testdata/gates.yaml"))
	at := karachi(10, 5, 9)
	fact := func(n int, v Value, minute int) Fact {
		return Fact{ID: id.Fact(fmt.Sprint("f", n)), Value: v, OccurredAt: karachi(10, 5, 8).Add(time.Duration(minute) * time.Minute)}
	}
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		facts := []Fact{fact(0, Nominated{}, 0), fact(3, Accepted{}, 1), fact(order[0], Declined{}, 5), fact(order[1], SeatReleased{Cause: "declined"}, 5)}
		if got := plan.Evaluate(facts, at).Participation; got != SaidNo {
			t.Errorf("ids %v: she is %s", order, got)
		}
		again := append(facts, fact(4, Accepted{}, 6))
		if got := plan.Evaluate(again, at).Participation; got != Released {
			t.Errorf("ids %v: after another yes, without a seat, she is %s", order, got)
		}
		back := append(again, fact(5, SeatConfirmed{}, 7))
		if got := plan.Evaluate(back, at).Participation; got != Confirmed {
			t.Errorf("ids %v: with a seat again she is %s", order, got)
		}
	}
}

// Of two answers of one moment that contradict each other the one with the higher id
// counts, whichever arrived first.
func TestTiesBreakByID(t *testing.T) {
	plan := Compile(blueprint(t, "testdata/gates.yaml"))
	at := karachi(10, 5, 8)
	asked := Fact{ID: "0", Value: Nominated{}, OccurredAt: at.Add(-time.Hour)}
	for _, c := range []struct {
		yes, no id.Fact
		said    Participation
	}{{"1", "2", SaidNo}, {"2", "1", SaidYes}} {
		yes := Fact{ID: c.yes, Value: Accepted{}, OccurredAt: at}
		no := Fact{ID: c.no, Value: Declined{}, OccurredAt: at}
		for _, facts := range [][]Fact{{asked, yes, no}, {no, yes, asked}} {
			if got := plan.Evaluate(facts, at.Add(time.Hour)).Participation; got != c.said {
				t.Errorf("yes is %s and no is %s: she is %s", c.yes, c.no, got)
			}
		}
	}
}
