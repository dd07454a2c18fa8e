package player

import (
	"cadre/internal/content"
	"cadre/internal/item"
)

// Outcome is what an attempt has come to, whatever kind of material it is at.
type Outcome struct {
	// Percent is how far she is, by the time that the pages take.
	Percent int
	// Points of Max, over the questions that count for her.
	Points, Max int
	// Open counts the questions that count and are not answered.
	Open int
	// Skipped counts the pages that she skipped after their content warning.
	Skipped int
	// PagesDone is set once no page is left.
	PagesDone bool
	// Passed says whether the pass mark is reached; it means something once the
	// attempt is over.
	Passed bool
	// SelfReported says that the material judged itself: what a package made
	// elsewhere reports, anybody who knows how can make it report.
	SelfReported bool
}

// pageState says how a page was done.
type pageState string

const (
	pageRead    pageState = "read"
	pageSkipped pageState = "skipped"
)

// given is an answer as marked.
type given struct {
	response item.Response
	right    bool
	points   int
}

// judge is the one rule from which progress and results follow.
func judge(m *content.Module, done map[string]pageState, answers map[string]given) Outcome {
	var o Outcome
	o.PagesDone = true
	seconds, all := 0, 0
	for i := range m.Pages {
		p := &m.Pages[i]
		all += p.Seconds
		switch done[p.Key] {
		case pageRead:
			seconds += p.Seconds
		case pageSkipped:
			seconds += p.Seconds
			o.Skipped++
		default:
			o.PagesDone = false
		}
		for _, it := range p.Items {
			a, answered := answers[it.Key]
			if !answered && p.MaySkip() {
				continue
			}
			o.Max += it.Points
			o.Points += a.points
			if !answered {
				o.Open++
			}
		}
	}
	if all > 0 {
		o.Percent = 100 * seconds / all
	}
	o.Passed = o.Points*100 >= m.PassMark*o.Max
	return o
}
