package cohort

import (
	"testing"

	"cadre/internal/id"
	"cadre/internal/pathway"
)

func TestWhatTheRankingAloneSays(t *testing.T) {
	at := func(vs ...float64) []pathway.Result {
		out := make([]pathway.Result, len(vs))
		for i, v := range vs {
			out[i] = pathway.Result{Known: v >= 0, Value: v}
		}
		return out
	}
	for _, c := range []struct {
		name   string
		in     []Candidate
		places int
		limits map[string]int
		want   map[id.Person]Suggestion
		ranks  map[id.Person]int
	}{
		{
			"the second measure breaks ties, nothing known comes last",
			[]Candidate{{Person: "a", Results: at(10, 50)}, {Person: "b", Results: at(10, 60)}, {Person: "c", Results: at(-1, 90)}, {Person: "d", Results: at(0, 10)}},
			2, nil,
			map[id.Person]Suggestion{"b": Take, "a": Take, "d": NoPlace, "c": NoPlace},
			map[id.Person]int{"b": 1, "a": 2, "d": 3, "c": 4},
		},
		{
			"level where the places end: a person decides, and nobody below is taken",
			[]Candidate{{Person: "a", Results: at(9)}, {Person: "b", Results: at(5)}, {Person: "c", Results: at(5)}, {Person: "d", Results: at(1)}},
			2, nil,
			map[id.Person]Suggestion{"a": Take, "b": TieToSolve, "c": TieToSolve, "d": NoPlace},
			map[id.Person]int{"a": 1, "b": 2, "c": 2, "d": 4},
		},
		{
			"level, and all fit",
			[]Candidate{{Person: "a", Results: at(5)}, {Person: "b", Results: at(5)}},
			2, nil,
			map[id.Person]Suggestion{"a": Take, "b": Take},
			map[id.Person]int{"a": 1, "b": 1},
		},
		{
			"a full quota passes its place on",
			[]Candidate{{Person: "a", Quota: "x", Results: at(9)}, {Person: "b", Quota: "x", Results: at(8)}, {Person: "c", Quota: "y", Results: at(1)}},
			2,
			map[string]int{"x": 1, "y": 1},
			map[id.Person]Suggestion{"a": Take, "b": QuotaFull, "c": Take},
			nil,
		},
		{
			"level within one quota, while the other quota's has her place",
			[]Candidate{{Person: "a", Quota: "x", Results: at(5)}, {Person: "b", Quota: "x", Results: at(5)}, {Person: "c", Quota: "y", Results: at(5)}},
			3,
			map[string]int{"x": 1, "y": 1},
			map[id.Person]Suggestion{"a": TieToSolve, "b": TieToSolve, "c": Take},
			nil,
		},
	} {
		rank(c.in)
		suggest(c.in, c.places, c.limits)
		for _, x := range c.in {
			if x.Suggested != c.want[x.Person] {
				t.Errorf("%s: %s is %s, want %s", c.name, x.Person, x.Suggested, c.want[x.Person])
			}
			if want, ok := c.ranks[x.Person]; ok && x.Rank != want {
				t.Errorf("%s: %s has rank %d, want %d", c.name, x.Person, x.Rank, want)
			}
		}
	}
}
