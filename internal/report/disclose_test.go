package report

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A table of counts by sex and agency, with its margins and its total.
func drawTable(t *rapid.T) ([]slot, []sum) {
	a, s := rapid.IntRange(1, 3).Draw(t, "agencies"), rapid.IntRange(1, 2).Draw(t, "sexes")
	slots := []slot{{}} // total
	var sums []sum
	agency := make([]int, a)
	for i := range agency {
		agency[i] = len(slots)
		slots = append(slots, slot{})
	}
	sex := make([]int, s)
	for i := range sex {
		sex[i] = len(slots)
		slots = append(slots, slot{})
	}
	bySex := make([]sum, s)
	for j := range bySex {
		bySex[j].whole = sex[j]
	}
	for i := range a {
		e := sum{whole: agency[i]}
		for j := range s {
			n := rapid.IntRange(0, 7).Draw(t, "n")
			k := len(slots)
			slots = append(slots, slot{n: n})
			slots[0].n += n
			slots[agency[i]].n += n
			slots[sex[j]].n += n
			e.parts = append(e.parts, k)
			bySex[j].parts = append(bySex[j].parts, k)
		}
		sums = append(sums, e)
	}
	sums = append(sums, bySex...)
	return slots, append(sums, sum{0, agency}, sum{0, sex})
}

// consistent reports whether values fit all the sums.
func consistent(v []int, sums []sum) bool {
	for _, e := range sums {
		n := 0
		for _, p := range e.parts {
			n += v[p]
		}
		if n != v[e.whole] {
			return false
		}
	}
	return true
}

// No number that is withheld for being small can be computed from what is shown:
// another table with other numbers there would look the same. Tables of
// non-negative whole numbers are searched by hand, not by the code that withholds.
func TestWithheldCannotBeComputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots, sums := drawTable(t)
		floor := rapid.IntRange(2, 5).Draw(t, "floor")
		truth := make([]int, len(slots))
		for i := range slots {
			truth[i] = slots[i].n
		}
		withhold(slots, sums, floor)
		var hidden []int
		for i, s := range slots {
			if s.withheld == Shown {
				if truth[i] > 0 && truth[i] < floor {
					t.Fatalf("a number of %d is shown under a floor of %d", truth[i], floor)
				}
				continue
			}
			hidden = append(hidden, i)
		}
		// Moving one person along a ring of hidden numbers must be possible for each.
		for _, h := range hidden {
			if determined(h, hidden, sums, len(slots)) {
				t.Fatalf("slot %d of %v is %d and can be computed; hidden %v", h, truth, truth[h], hidden)
			}
		}
	})
}

// determined reports whether every integer change of hidden numbers, each
// between -1 and 1, that keeps all sums leaves number h as it is.
func determined(h int, hidden []int, sums []sum, n int) bool {
	if len(hidden) > 10 {
		return false // too many to search; smaller tables are enough
	}
	d := make([]int, n)
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(hidden) {
			return d[h] != 0 && consistent(d, sums)
		}
		for _, x := range []int{0, 1, -1} {
			d[hidden[i]] = x
			if try(i + 1) {
				return true
			}
		}
		d[hidden[i]] = 0
		return false
	}
	return !try(0)
}

func TestOneSmallAgencyHidesTheOther(t *testing.T) {
	f := Figure{Protected: true, Shape: ShareOf, Total: Number{Known: true, N: 21, Of: 32}, First: Number{Known: true, N: 21, Of: 32}, ByAgency: []Part{
		{Agency: "fia", Number: Number{Known: true, N: 13, Of: 24}},
		{Agency: "punjab-police", Number: Number{Known: true, N: 8, Of: 8}},
	}}
	out := Protect(f, ForOutside, nil)
	if out.Total.Withheld != Shown || out.Total.N != 21 {
		t.Errorf("the whole: %+v", out.Total)
	}
	if w := out.ByAgency[1].Number.Withheld; w != Few {
		t.Errorf("eight people are shown to outside: %q", w)
	}
	if w := out.ByAgency[0].Number.Withheld; w != Complement {
		t.Errorf("with 13 of 24 shown, 8 of 8 follow: %q", w)
	}
	if in := Protect(f, ForPartners, nil); in.ByAgency[1].Number.N != 8 {
		t.Errorf("partners see eight: %+v", in.ByAgency[1])
	}
	if f.ByAgency[1].Number.N != 8 {
		t.Error("protecting changed the figure itself")
	}
}

// 22 of 25: that three were not there is shown only when somebody signs for it.
func TestASmallDifferenceNeedsASignature(t *testing.T) {
	f := Figure{Protected: true, Shape: CountOf, Total: Number{Known: true, Value: 22, N: 22, Of: 25}, First: Number{Known: true, Value: 22, N: 22, Of: 25}, Later: Number{Known: true}}
	if out := Protect(f, ForOutside, nil); out.Total.Withheld != Difference || out.Total.N != 0 {
		t.Errorf("unsigned: %+v", out.Total)
	}
	if out := Protect(f, ForOutside, map[string]bool{"total": true, "first": true}); out.Total.N != 22 {
		t.Errorf("signed: %+v", out.Total)
	}
	f.Protected = false
	if out := Protect(f, ForOutside, nil); out.Total.N != 22 {
		t.Errorf("a count is shown as it is: %+v", out.Total)
	}
	if names := f.Places(); !slices.ContainsFunc(names, func(p Placed) bool { return p.Name == "total" }) {
		t.Errorf("places: %v", names)
	}
}

// The line of those who joined later is one person's attendance where one did:
// it is withheld in every figure, and so is the line from which it follows.
func TestFewWhoJoinedLaterAreNotReadOffACount(t *testing.T) {
	for name, finish := range map[string]finisher{"count": count, "of how many": countOf, "share": share, "hours": total, "mean": mean} {
		for _, protected := range []bool{false, true} {
			for _, there := range []bool{true, false} {
				for _, later := range []int{1, 4, 5, 9, 10, 12} {
					f := Figure{Key: "k", Protected: protected}
					for i := range 25 + later {
						late := i >= 25
						f.rows = append(f.rows, Row{Sex: "f", Agency: "fia", Later: late, Counts: !late || there, Amount: 3.5 + float64(i)})
					}
					f.breakDown(finish)
					for to, floor := range map[Audience]int{ForStaff: 0, ForPartners: 5, ForOutside: 10} {
						out := Protect(f, to, nil)
						hidden := out.Later.Withheld != Shown && out.First.Withheld != Shown &&
							out.Later.Value == 0 && out.First.Value == 0 && out.Later.N == 0 && out.First.N == 0 && out.First.Of == 0
						if few := later < floor; few && !hidden {
							t.Errorf("%s, protected %v, %d later, there %v, for %s: first %+v, later %+v of %+v", name, protected, later, there, to, out.First, out.Later, out.Total)
						} else if !few && !protected && (out.Later.Withheld != Shown || out.First.Withheld != Shown) {
							t.Errorf("%s: %d later are withheld for %s", name, later, to)
						}
						if !protected && out.Total != f.Total {
							t.Errorf("%s: the total is not an output any more: %+v", name, out.Total)
						}
					}
				}
			}
		}
	}
}
