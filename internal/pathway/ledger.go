package pathway

import (
	"cmp"
	"slices"
	"time"

	"cadre/internal/id"
)

// Effective returns the facts that count at a moment, in their order: what was
// corrected or withdrawn is left out, and so is what has not happened yet.
// future is the first moment at which another fact begins to count; zero if none
// does. The order of facts does not matter, and a fact that is there twice counts
// once.
func Effective(facts []Fact, now time.Time) (counting []*Fact, future time.Time) {
	out := make([]*Fact, 0, len(facts))
	corrections := false
	for i := range facts {
		f := &facts[i]
		if at := f.At(); at.After(now) {
			if future.IsZero() || at.Before(future) {
				future = at
			}
			continue
		}
		if f.Corrects != "" {
			corrections = true
		} else if _, withdrawn := f.Value.(Withdrawn); withdrawn {
			continue // it takes back nothing
		}
		out = append(out, f)
	}
	if !slices.IsSortedFunc(out, order) {
		slices.SortFunc(out, order)
	}
	out = slices.CompactFunc(out, func(a, b *Fact) bool { return a.ID == b.ID && a.ID != "" })
	if corrections {
		out = correct(out)
	}
	return out, future
}

// order sorts by when facts occurred; ties break by id.
func order(a, b *Fact) int {
	if c := a.At().Compare(b.At()); c != 0 {
		return c
	}
	if c := cmp.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Kind(), b.Kind()); c != 0 {
		return c
	}
	return cmp.Compare(a.Subject, b.Subject)
}

// correct leaves out what other facts correct, and the withdrawals themselves.
//
// A fact is silenced by every correction of it that is not withdrawn. A
// correction that was replaced by a better one goes on silencing what it
// corrected; one that was withdrawn does not. A ring of corrections, which no
// honest ledger holds, corrects nothing.
func correct(facts []*Fact) []*Fact {
	byID := make(map[id.Fact]int, len(facts))
	for i, f := range facts {
		byID[f.ID] = i
	}
	target := make([]int, len(facts)) // what each corrects, or -1
	for i, f := range facts {
		target[i] = -1
		if f.Corrects != "" {
			if j, ok := byID[f.Corrects]; ok {
				target[i] = j
			}
		}
	}
	ring := make([]bool, len(facts))
	seen := make([]int, len(facts)) // walk that met it, plus 1
	for i := range facts {
		for j := i; j >= 0 && seen[j] == 0; j = target[j] {
			seen[j] = i + 1
			if t := target[j]; t >= 0 && seen[t] == i+1 {
				for k := t; !ring[k]; k = target[k] {
					ring[k] = true
				}
			}
		}
	}
	by := make([][]int, len(facts)) // who corrects each
	for i, t := range target {
		if t >= 0 && !ring[i] {
			by[t] = append(by[t], i)
		}
	}
	// withdrawn: some withdrawal of it stands. Rings are cut, so this ends; a memo
	// keeps long chains linear, and the walk is from the newest link inwards.
	const unknown, no, yes = 0, 1, 2
	memo := make([]uint8, len(facts))
	withdrawn := func(i int) bool {
		stack := []int{i}
		for len(stack) > 0 {
			k := stack[len(stack)-1]
			if memo[k] != unknown {
				stack = stack[:len(stack)-1]
				continue
			}
			wait := false
			answer := uint8(no)
			for _, w := range by[k] {
				if facts[w].Kind() != KindWithdrawn {
					continue
				}
				if memo[w] == unknown {
					stack = append(stack, w)
					wait = true
				} else if memo[w] == no {
					answer = yes
				}
			}
			if !wait {
				memo[k] = answer
				stack = stack[:len(stack)-1]
			}
		}
		return memo[i] == yes
	}
	out := facts[:0:0]
	for i, f := range facts {
		if f.Kind() == KindWithdrawn {
			continue
		}
		silenced := false
		for _, c := range by[i] {
			if !withdrawn(c) {
				silenced = true
				break
			}
		}
		if !silenced {
			out = append(out, f)
		}
	}
	return out
}
