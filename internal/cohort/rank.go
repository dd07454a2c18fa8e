package cohort

import (
	"cmp"
	"slices"

	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
)

// Suggestion is what follows from ranking, places and quotas alone for one
// candidate. A person decides.
type Suggestion string

// The suggestions.
const (
	Take       Suggestion = "take"
	TieToSolve Suggestion = "tie" // level with others, and not all of them fit
	QuotaFull  Suggestion = "quota-full"
	NoPlace    Suggestion = "no-place"
)

// Candidate is somebody whom a selection can choose.
type Candidate struct {
	Person  id.Person
	Who     people.Display
	Code    string // her agency's
	Quota   string // key of the quota that she was proposed in; empty for none
	Results []pathway.Result
	// Rank is from 1; those who are level share it.
	Rank  int
	Level bool
	// Suggested is by the rule alone.
	Suggested Suggestion
	// Before tells that an earlier selection did not choose her.
	Before bool
	// Facts is the digest of the facts that she was ranked by.
	Facts string
}

// rank orders candidates by their results, the first measure first, and numbers
// them. Who is level in all of them shares a rank, and is listed by id.
func rank(cs []Candidate) {
	order := func(a, b Candidate) int {
		return slices.CompareFunc(a.Results, b.Results, pathway.Result.Compare)
	}
	slices.SortFunc(cs, func(a, b Candidate) int { return cmp.Or(order(a, b), cmp.Compare(a.Person, b.Person)) })
	for i := range cs {
		cs[i].Rank = i + 1
		if i > 0 && order(cs[i-1], cs[i]) == 0 {
			cs[i].Rank = cs[i-1].Rank
			cs[i-1].Level, cs[i].Level = true, true
		}
	}
}

// suggest says what ranking, places and quotas alone come to. Candidates are
// ranked; limits are what each bounded quota has left.
func suggest(cs []Candidate, places int, limits map[string]int) {
	left := map[string]int{}
	for k, n := range limits {
		left[k] = n
	}
	for from := 0; from < len(cs); {
		to := from + 1
		for to < len(cs) && cs[to].Rank == cs[from].Rank {
			to++
		}
		level := cs[from:to]
		want := map[string]int{}
		for _, c := range level {
			want[c.Quota]++
		}
		fit := 0
		for q, n := range want {
			if most, bounded := left[q]; bounded {
				n = min(n, most)
			}
			fit += n
		}
		for i, c := range level {
			most, bounded := left[c.Quota]
			switch {
			case places == 0:
				level[i].Suggested = NoPlace
			case bounded && most == 0:
				level[i].Suggested = QuotaFull
			case fit > places, bounded && want[c.Quota] > most:
				level[i].Suggested = TieToSolve
			default:
				level[i].Suggested = Take
			}
		}
		places -= min(fit, places)
		for q, n := range want {
			if most, bounded := left[q]; bounded {
				left[q] = most - min(n, most)
			}
		}
		from = to
	}
}

// departs reports whether a choice is more than the ranking alone says: somebody
// else was taken or left out, or a tie was settled.
func departs(cs []Candidate, chosen map[id.Person]bool) bool {
	for _, c := range cs {
		in := chosen[c.Person]
		switch c.Suggested {
		case Take:
			if !in {
				return true
			}
		case TieToSolve:
			return true
		default:
			if in {
				return true
			}
		}
	}
	return false
}
