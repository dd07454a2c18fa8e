package report

import "slices"

// Audience is who reads a figure.
type Audience string

// The audiences. Staff see the people anyway; partners are the agencies that
// send officers; outside is everybody else, the donor's observer included.
const (
	ForStaff    Audience = "staff"
	ForPartners Audience = "partners"
	ForOutside  Audience = "outside"
)

// Floor is the least number of people on whom a protected number may rest.
func (a Audience) Floor() int {
	switch a {
	case ForStaff:
		return 0
	case ForPartners:
		return 5
	}
	return 10
}

// Withheld says why a number is not shown.
type Withheld string

// The reasons.
const (
	// Shown: it is not withheld.
	Shown Withheld = ""
	// Few people: it could identify someone.
	Few Withheld = "few"
	// Complement: with it, one that is withheld for being small could be computed.
	Complement Withheld = "complement"
	// Difference: those who are not in it are few. An officer may sign for it.
	Difference Withheld = "difference"
)

// slot is one published number, and what it rests on.
type slot struct {
	n, of    int // people in it, and of how many; of is 0 where nothing is said of the others
	withheld Withheld
	signed   bool
	none     bool // that it is zero tells something: which reasons nobody gave
}

// sum says that the parts add up to the whole, in the numbers of people.
type sum struct {
	whole int
	parts []int
}

// holds reports whether a slot stands in the sum.
func (e sum) holds(i int) bool { return e.whole == i || slices.Contains(e.parts, i) }

// same finds numbers that are one and the same: where all but one part of a sum
// is empty, that part is the whole. It returns for each slot the first that is the
// same.
func same(slots []slot, sums []sum) []int {
	one := make([]int, len(slots))
	for i := range one {
		one[i] = i
	}
	for changed := true; changed; {
		changed = false
		for _, e := range sums {
			only := -1
			for _, p := range e.parts {
				if slots[p].n > 0 || slots[p].of > 0 {
					if only >= 0 {
						only = -2
						break
					}
					only = p
				}
			}
			if only < 0 || one[only] == one[e.whole] {
				continue
			}
			least := min(one[only], one[e.whole])
			one[only], one[e.whole], changed = least, least, true
		}
	}
	return one
}

// withhold decides which slots are shown, under a floor. First those that are
// small themselves; then, as long as one of the withheld could be computed from
// the rest, the smallest of those that it would be computed from.
func withhold(slots []slot, sums []sum, floor int) {
	if floor == 0 {
		return
	}
	small := func(n int) bool { return n > 0 && n < floor }
	one := same(slots, sums)
	for i := range slots { // who signs for a number signs for it wherever it stands
		for j := range slots {
			slots[i].signed = slots[i].signed || one[i] == one[j] && slots[j].signed
		}
	}
	for i := range slots {
		s := &slots[i]
		switch {
		case small(s.n), s.of > 0 && small(s.of), s.none && s.n == 0:
			s.withheld = Few
		case s.of > 0 && small(s.of-s.n) && !s.signed:
			s.withheld = Difference
		}
	}
	for {
		known := derivable(slots, sums)
		if known < 0 {
			return
		}
		// Another number goes as well: best one that stands in a sum with it, that is
		// no whole, and the smallest. A zero goes only if nothing else is left.
		best, bestRank := -1, 0
		for j := range slots {
			s := &slots[j]
			if s.withheld != Shown {
				continue
			}
			rank := 1
			if s.n > 0 || s.of > 0 {
				rank += 4
			}
			if slices.ContainsFunc(sums, func(e sum) bool { return e.holds(known) && e.holds(j) }) {
				rank += 2
			}
			if !slices.ContainsFunc(sums, func(e sum) bool { return e.whole == j }) {
				rank++
			}
			if rank > bestRank || rank == bestRank && s.n < slots[best].n {
				best, bestRank = j, rank
			}
		}
		if best < 0 {
			return // nothing is shown any more
		}
		slots[best].withheld = Complement
	}
}

// derivable returns a withheld slot whose number follows from those that are
// shown, by any combination of the sums; -1 if there is none. It solves the
// sums for the withheld numbers: one that stands alone in a row is known.
func derivable(slots []slot, sums []sum) int {
	var unknown []int
	column := map[int]int{}
	for i, s := range slots {
		if s.withheld != Shown {
			column[i] = len(unknown)
			unknown = append(unknown, i)
		}
	}
	if len(unknown) == 0 {
		return -1
	}
	var rows [][]float64
	for _, e := range sums {
		row := make([]float64, len(unknown))
		some := false
		add := func(i int, sign float64) {
			if c, ok := column[i]; ok {
				row[c] += sign
				some = true
			}
		}
		add(e.whole, -1)
		for _, p := range e.parts {
			add(p, 1)
		}
		if some {
			rows = append(rows, row)
		}
	}
	at := 0
	for c := 0; c < len(unknown) && at < len(rows); c++ {
		pivot := -1
		for r := at; r < len(rows); r++ {
			if abs(rows[r][c]) > 1e-9 {
				pivot = r
				break
			}
		}
		if pivot < 0 {
			continue
		}
		rows[at], rows[pivot] = rows[pivot], rows[at]
		f := rows[at][c]
		for k := range rows[at] {
			rows[at][k] /= f
		}
		for r := range rows {
			if r != at && abs(rows[r][c]) > 1e-9 {
				g := rows[r][c]
				for k := range rows[r] {
					rows[r][k] -= g * rows[at][k]
				}
			}
		}
		at++
	}
	for _, row := range rows {
		alone := -1
		for c, v := range row {
			if abs(v) > 1e-9 {
				if alone >= 0 {
					alone = -2
					break
				}
				alone = c
			}
		}
		if alone >= 0 {
			return unknown[alone]
		}
	}
	return -1
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
