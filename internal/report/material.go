package report

import (
	"slices"
	"time"

	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// person is one person, with all that figures ask of her.
type person struct {
	id          id.Person
	sex         string
	agency      string
	rank        string
	later       bool
	participant bool // not an observer, interpreter, member of staff or guest
	standing    pathway.Standing
	facts       []*pathway.Fact // those that count
	goals, met  int
	needs       int
	reason      string // why she said no, if she said so
	use         map[programme.Key]use
}

type use struct {
	used      string
	confirmed string
	inPost    bool
	obstacles []string
}

// material is what the figures of a cohort are made of.
type material struct {
	blueprint *programme.Blueprint
	plan      *pathway.Plan
	at        time.Time
	people    []person
	places    map[string]int // of quotas, by agency
	staff     map[string]Staff
	answers   map[programme.Key]answers
}

// answers are the grades that a stage's survey was given, once it is closed.
type answers struct {
	asked, answered int
	grades          []int
	closed          bool
}

func (p *person) has(k pathway.Kind) bool {
	return slices.ContainsFunc(p.facts, func(f *pathway.Fact) bool { return f.Kind() == k })
}

// last is the last fact of a kind that counts; nil if there is none.
func (p *person) last(k pathway.Kind) *pathway.Fact {
	for _, f := range slices.Backward(p.facts) {
		if f.Kind() == k {
			return f
		}
	}
	return nil
}

// takesPart: a seat was hers, or she joined, whatever became of it.
func (p *person) takesPart() bool {
	return p.participant && (p.standing.Seat.Confirmed || p.standing.Participation == pathway.TakingPart || p.has(pathway.KindJoined))
}

// attended counts half-days of a stage, or of all workshops if it is empty, that
// she was there for, in full or in part, and the minutes by mode.
func (m *material) attended(p *person, stage programme.Key) (halves int, minutes map[string]int) {
	minutes = map[string]int{}
	best := map[string]*pathway.Fact{}
	for _, f := range p.facts {
		v, ok := f.Value.(pathway.AttendanceVerdict)
		if !ok || v.Verdict != pathway.Present && v.Verdict != pathway.Part {
			continue
		}
		h, _, s, ok := m.blueprint.HalfDay(programme.Key(f.Subject))
		if !ok || stage != "" && s.Key != stage {
			continue
		}
		if o := best[f.Subject]; o == nil || m.minutes(o, h) < m.minutes(f, h) {
			best[f.Subject] = f
		}
	}
	for k, f := range best {
		h, _, _, _ := m.blueprint.HalfDay(programme.Key(k))
		if n := m.minutes(f, h); n > 0 {
			halves++
			mode := f.Value.(pathway.AttendanceVerdict).Mode
			if mode == "" {
				mode = "unknown"
			}
			minutes[mode] += n
		}
	}
	return halves, minutes
}

// minutes of a half-day that a verdict stands for: its full length if present,
// what was noted if in part.
func (m *material) minutes(f *pathway.Fact, h *programme.HalfDay) int {
	v := f.Value.(pathway.AttendanceVerdict)
	if v.Verdict == pathway.Present {
		return h.Minutes()
	}
	return min(max(v.Minutes, 0), h.Minutes())
}

// pair is a result before and one after, in points.
type pair struct{ pre, post, top float64 }

// pairOf matches her first result of an assessment with that of the pre-test of
// the same items.
func (m *material) pairOf(p *person, post *programme.Stage) (pair, bool) {
	first := func(k programme.Key) (pathway.AssessmentSubmitted, bool) {
		for _, f := range p.facts {
			if v, ok := f.Value.(pathway.AssessmentSubmitted); ok && f.Subject == string(k) {
				return v, true
			}
		}
		return pathway.AssessmentSubmitted{}, false
	}
	after, ok := first(post.Key)
	if !ok {
		return pair{}, false
	}
	for i := range m.blueprint.Stages {
		s := &m.blueprint.Stages[i]
		if s.Assessment == nil || s.Assessment.Form != programme.Pre || s.Assessment.Test != post.Assessment.Test {
			continue
		}
		if before, ok := first(s.Key); ok && before.Max > 0 && after.Max > 0 {
			top := float64(post.Assessment.Max)
			return pair{before.Percent() / 100 * top, after.Percent() / 100 * top, top}, true
		}
	}
	return pair{}, false
}

// moment is when what a measure counts of a person happened; zero where that is
// no one moment.
func (m *material) moment(p *person, measure string, s *programme.Stage) time.Time {
	of := func(k pathway.Kind) time.Time {
		if f := p.last(k); f != nil {
			return f.At()
		}
		return time.Time{}
	}
	switch measure {
	case "nominated":
		return of(pathway.KindNominated)
	case "confirmed":
		return of(pathway.KindSeatConfirmed)
	case "declined", "decline-reasons":
		return of(pathway.KindDeclined)
	case "waivers":
		return of(pathway.KindWaiverSigned)
	case "left", "leaving-causes":
		return of(pathway.KindLeft)
	case "certificates-issued":
		return of(pathway.KindCertificateIssued)
	case "certificates-revoked":
		return of(pathway.KindCertificateRevoked)
	case "unique-persons-trained", "attendance-rule-met":
		for _, f := range p.facts {
			if v, ok := f.Value.(pathway.AttendanceVerdict); ok && (v.Verdict == pathway.Present || v.Verdict == pathway.Part) {
				return f.At()
			}
		}
	case "one-session-held", "two-sessions-held", "three-sessions-held":
		return m.held(p, s, map[string]int{"one-session-held": 1, "two-sessions-held": 2, "three-sessions-held": 3}[measure])
	}
	return time.Time{}
}

// held is when she came to have so many sessions held, by the blueprint's rule.
func (m *material) held(p *person, s *programme.Stage, n int) time.Time {
	var known []pathway.Fact
	for _, f := range p.facts {
		known = append(known, *f)
		if f.Kind() != pathway.KindCoachingSession || f.Subject != string(s.Key) {
			continue
		}
		if o := m.plan.Evaluate(known, f.At()); o.Stage(s.Key).Have >= n {
			return f.At()
		}
	}
	return time.Time{}
}

// leftIn is the stage that she was in when she left: of those asked of her, and not
// optional, the last that was open to her; if none was, the first that she waited
// for.
func (m *material) leftIn(p *person) programme.Key {
	left := p.last(pathway.KindLeft)
	if left == nil {
		return ""
	}
	var before []pathway.Fact
	for _, f := range p.facts {
		if f != left && !f.At().After(left.At()) {
			before = append(before, *f)
		}
	}
	st := m.plan.Evaluate(before, left.At())
	var in, waits programme.Key
	for i := range m.blueprint.Stages {
		o := st.Stage(m.blueprint.Stages[i].Key)
		if m.blueprint.Stages[i].Optional || o.Passed {
			continue
		}
		switch o.State {
		case pathway.Open, pathway.UnderWay, pathway.AwaitingDecision:
			in = o.Key
		case pathway.Locked:
			if waits == "" {
				waits = o.Key
			}
		}
	}
	if in == "" {
		return waits
	}
	return in
}
