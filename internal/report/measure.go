package report

import (
	"slices"
	"time"

	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// person is one person, with all that figures ask of her.
type person struct {
	id          id.Person
	sex         string
	agency      string
	later       bool
	participant bool // not an observer, interpreter, member of staff or guest
	standing    pathway.Standing
	facts       []*pathway.Fact // those that count
	goals, met  int
	needs       int
	use         map[programme.Key]use
}

type use struct {
	used      string
	confirmed string
	inPost    bool
}

// material is what the figures of a cohort are made of.
type material struct {
	blueprint *programme.Blueprint
	plan      *pathway.Plan
	at        time.Time
	people    []person
	places    map[string]int // of quotas, by agency
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

// protectedMeasures tell of scores, reasons, needs or coaching, whatever a
// blueprint says of them.
func protectedMeasures() []string {
	return []string{
		"satisfaction-mean", "satisfaction-top-two", "matched-pairs", "mean-gain", "share-improved", "share-at-standard",
		"needs-assessed", "sessions-held", "one-session-held", "two-sessions-held", "three-sessions-held", "days-to-first-session",
		"goals-set", "goals-met", "use-at-work", "use-confirmed", "in-relevant-post",
	}
}

// stageOf finds the stage that a measure is about: the indicator's, or the first
// one that can be meant.
func (m *material) stageOf(measure string, k programme.Key) *programme.Stage {
	if s, ok := m.blueprint.Stage(k); ok {
		return s
	}
	var want func(s *programme.Stage) bool
	switch measure {
	case "prerequisites-on-time":
		want = func(s *programme.Stage) bool { return s.ELearning != nil }
	case "attendance-rule-met", "satisfaction-mean", "satisfaction-top-two", "feedback-response-rate":
		want = func(s *programme.Stage) bool { return s.Workshop != nil }
	case "matched-pairs", "mean-gain", "share-improved", "share-at-standard":
		want = func(s *programme.Stage) bool { return s.Assessment != nil && s.Assessment.Form == programme.Post }
	case "sessions-held", "one-session-held", "two-sessions-held", "three-sessions-held", "days-to-first-session", "goals-set", "goals-met", "needs-assessed":
		want = func(s *programme.Stage) bool { return s.Coaching != nil }
	case "use-at-work", "use-confirmed", "in-relevant-post":
		want = func(s *programme.Stage) bool { return s.FollowUp != nil }
	default:
		return nil
	}
	for i := range m.blueprint.Stages {
		if want(&m.blueprint.Stages[i]) {
			return &m.blueprint.Stages[i]
		}
	}
	return nil
}

// figures answers every indicator of the blueprint, and then each measure that
// no indicator asks for.
func (m *material) figures() []Figure {
	var out []Figure
	asked := map[string]bool{}
	for i := range m.blueprint.Indicators {
		x := &m.blueprint.Indicators[i]
		asked[x.Measure] = true
		f := m.figure(x.Measure, x.Stage)
		f.Key, f.Indicator, f.Unit = string(x.Key), x, x.Unit
		f.Protected = f.Protected || x.Disclosure == programme.Protected
		out = append(out, f)
	}
	for _, measure := range programme.Measures() {
		if !asked[measure] {
			out = append(out, m.figure(measure, ""))
		}
	}
	return out
}

// pick says of a person whether she is in a figure, whether she counts in it, and
// how much she adds.
type pick func(p *person) (in, counts bool, amount float64)

func (m *material) figure(measure string, stage programme.Key) Figure {
	f := Figure{Key: measure, Measure: measure, Protected: slices.Contains(protectedMeasures(), measure)}
	s := m.stageOf(measure, stage)
	if s != nil {
		f.Stage = s.Key
	}
	from := func(shape Shape, unit programme.Unit, finish finisher, p pick) {
		f.Shape, f.Unit = shape, unit
		for i := range m.people {
			x := &m.people[i]
			if in, counts, amount := p(x); in {
				f.rows = append(f.rows, Row{Person: x.id, Sex: x.sex, Agency: x.agency, Later: x.later, Counts: counts, Amount: amount})
			}
		}
		f.breakDown(finish)
	}
	nobodyKnows := func(shape Shape, unit programme.Unit, why string) {
		f.Shape, f.Unit, f.Note = shape, unit, why
	}
	of := func(k programme.Key, p *person) *pathway.StageStanding { return p.standing.Stage(k) }
	trained := func(p *person) bool {
		n, _ := m.attended(p, stage)
		return p.participant && n > 0
	}
	switch measure {
	case "nominated":
		f.Letters = true
		from(CountOf, "persons", count, func(p *person) (bool, bool, float64) { in := p.has(pathway.KindNominated); return in, in, 0 })
	case "eligible":
		want := ""
		if e := m.blueprint.Eligibility; e != nil {
			want = string(e.Sex)
		}
		f.Note = "eligible-by-sex"
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			return p.has(pathway.KindNominated), want == "" || p.sex == want, 0
		})
	case "selected":
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			chosen := slices.ContainsFunc(p.facts, func(f *pathway.Fact) bool {
				v, ok := f.Value.(pathway.Selected)
				return ok && f.Subject == "" && v.Chosen && v.Group == "" // naming her group is no choice
			})
			return p.has(pathway.KindNominated) || chosen, chosen, 0
		})
	case "confirmed":
		f.Letters = true
		from(CountOf, "persons", count, func(p *person) (bool, bool, float64) {
			in := p.participant && p.has(pathway.KindSeatConfirmed) && p.standing.Seat.Confirmed
			return in, in, 0
		})
	case "declined":
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			return p.has(pathway.KindNominated), p.standing.Participation == pathway.SaidNo, 0
		})
	case "quota-use":
		m.quotaUse(&f)
	case "women-share":
		women, all := 0, 0
		for i := range m.people {
			if p := &m.people[i]; trained(p) {
				all++
				if p.sex == string(people.Female) {
					women++
				}
			}
		}
		nobodyKnows(ShareOf, "per-cent", "eligible-staff-unknown")
		f.NoteN, f.NoteOf = women, all
	case "unique-persons-trained":
		f.Sheets, f.Letters = true, true
		from(CountOf, "persons", count, func(p *person) (bool, bool, float64) { in := trained(p); return in, in, 0 })
	case "participations":
		f.Sheets = true
		from(SumOf, "participations", total, func(p *person) (bool, bool, float64) {
			n := 0.0
			for i := range m.blueprint.Stages {
				if w := &m.blueprint.Stages[i]; w.Workshop != nil {
					if h, _ := m.attended(p, w.Key); h > 0 {
						n++
					}
				} else if w.Coaching != nil {
					n += float64(of(w.Key, p).Have)
				}
			}
			return p.participant && n > 0, true, n
		})
		f.Protected = slices.ContainsFunc(m.blueprint.Stages, func(s programme.Stage) bool { return s.Coaching != nil })
	case "person-hours":
		f.Sheets = true
		modes := map[string]Number{}
		from(SumOf, "hours", total, func(p *person) (bool, bool, float64) {
			n, minutes := m.attended(p, stage)
			if !p.participant || n == 0 {
				return false, false, 0
			}
			sum := 0
			for mode, x := range minutes {
				sum += x
				y := modes[mode]
				y.Known, y.N, y.Value = true, y.N+1, y.Value+float64(x)/60
				modes[mode] = y
			}
			return true, true, float64(sum) / 60
		})
		for _, mode := range []string{"in-person", "online", "unknown"} {
			if x, ok := modes[mode]; ok {
				f.ByMode = append(f.ByMode, Part{Mode: mode, Number: x})
			}
		}
	case "prerequisites-on-time":
		if s == nil || s.ELearning == nil {
			nobodyKnows(CountOf, "persons", "no-stage")
			break
		}
		f.Note = "equivalents-apart"
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			o := of(s.Key, p)
			if !p.takesPart() || o.State == pathway.NotAsked {
				return false, false, 0
			}
			on := o.Passed && !o.Late && o.State != pathway.Excepted
			if on && slices.ContainsFunc(o.Modules, func(x pathway.ModuleStanding) bool { return x.By == pathway.ByEquivalence }) {
				f.NoteN++
			}
			return true, on, 0
		})
	case "waivers":
		f.Letters = true
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			return p.takesPart(), p.has(pathway.KindWaiverSigned), 0
		})
	case "attendance-rule-met":
		f.Sheets = true
		if s == nil || s.Workshop == nil {
			nobodyKnows(CountOf, "persons", "no-stage")
			break
		}
		f.Note, f.NoteN, f.NoteOf = "half-days-needed", s.Workshop.Attendance.HalfDays, len(s.Workshop.HalfDays())
		stage = s.Key
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			o := of(s.Key, p)
			return trained(p), o.Have >= o.Need, 0
		})
	case "left":
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			in := p.participant && (p.has(pathway.KindSeatConfirmed) || p.has(pathway.KindJoined))
			return in, p.standing.Participation == pathway.HasLeft, 0
		})
	case "satisfaction-mean", "satisfaction-top-two", "feedback-response-rate":
		m.satisfaction(&f, s)
	case "matched-pairs", "mean-gain", "share-improved":
		if s == nil || s.Assessment == nil {
			nobodyKnows(MeanOf, "points", "no-stage")
			break
		}
		f.Note, f.NoteN = "points-of", s.Assessment.Max
		switch measure {
		case "matched-pairs":
			from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
				_, ok := m.pairOf(p, s)
				return p.takesPart(), ok, 0
			})
		case "mean-gain":
			from(MeanOf, "points", mean, func(p *person) (bool, bool, float64) {
				x, ok := m.pairOf(p, s)
				return ok && p.participant, true, x.post - x.pre
			})
		default:
			from(ShareOf, "per-cent", share, func(p *person) (bool, bool, float64) {
				x, ok := m.pairOf(p, s)
				return ok && p.participant, x.post > x.pre, 0
			})
		}
	case "share-at-standard":
		if s == nil || s.Assessment == nil || s.Assessment.Pass == 0 {
			nobodyKnows(ShareOf, "per-cent", "no-standard")
			break
		}
		f.Note, f.NoteN = "standard", s.Assessment.Pass
		from(ShareOf, "per-cent", share, func(p *person) (bool, bool, float64) {
			o := of(s.Key, p)
			return p.participant && o.Best >= 0, o.Best >= s.Assessment.Pass, 0
		})
	case "needs-assessed":
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) { return p.takesPart(), p.needs > 0, 0 })
	case "goals-set":
		from(SumOf, "participations", total, func(p *person) (bool, bool, float64) {
			return p.takesPart(), p.goals > 0, float64(p.goals)
		})
	case "goals-met":
		from(SumOf, "participations", total, func(p *person) (bool, bool, float64) {
			return p.takesPart(), p.met > 0, float64(p.met)
		})
	case "sessions-held", "one-session-held", "two-sessions-held", "three-sessions-held", "days-to-first-session":
		m.coaching(&f, measure, s, from, nobodyKnows)
	case "use-at-work", "use-confirmed", "in-relevant-post":
		if s == nil || s.FollowUp == nil {
			nobodyKnows(ShareOf, "per-cent", "no-stage")
			break
		}
		f.Note = "answered-of"
		from(ShareOf, "per-cent", share, func(p *person) (bool, bool, float64) {
			u, answered := p.use[s.Key]
			if p.takesPart() {
				f.NoteOf++
			}
			if !answered {
				return false, false, 0
			}
			f.NoteN++
			switch measure {
			case "use-at-work":
				return true, used(u.used), 0
			case "use-confirmed":
				return true, used(u.confirmed), 0
			}
			return true, u.inPost, 0
		})
	case "certificates-issued":
		from(CountOf, "persons", count, func(p *person) (bool, bool, float64) {
			in := p.standing.Certificate.Issued
			return in, in, 0
		})
	case "certificates-revoked":
		from(CountOf, "persons", count, func(p *person) (bool, bool, float64) {
			in := p.standing.Certificate.Revoked
			return in, in, 0
		})
	default: // cost-per-completer: money is not kept here
		nobodyKnows(MeanOf, "money", "not-kept")
	}
	return f
}

// used reports whether something learnt was used at least once.
func used(s string) bool { return s == "once" || s == "sometimes" || s == "often" }

func (m *material) coaching(f *Figure, measure string, s *programme.Stage, from func(Shape, programme.Unit, finisher, pick), nobodyKnows func(Shape, programme.Unit, string)) {
	if s == nil || s.Coaching == nil {
		nobodyKnows(CountOf, "persons", "no-stage")
		return
	}
	need := map[string]int{"one-session-held": 1, "two-sessions-held": 2, "three-sessions-held": 3}[measure]
	switch {
	case measure == "sessions-held":
		from(SumOf, "sessions", total, func(p *person) (bool, bool, float64) {
			n := p.standing.Stage(s.Key).Have
			return p.takesPart(), n > 0, float64(n)
		})
	case need > 0:
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			o := p.standing.Stage(s.Key)
			return p.takesPart() && o.State != pathway.NotAsked, o.Have >= need, 0
		})
	default:
		var end time.Time
		for i := range m.blueprint.Stages {
			if w := &m.blueprint.Stages[i]; w.Workshop != nil {
				day, loc := m.blueprint.LastDay(w)
				end = day.End(loc)
				break
			}
		}
		if end.IsZero() {
			nobodyKnows(MeanOf, "days", "no-stage")
			return
		}
		from(MeanOf, "days", mean, func(p *person) (bool, bool, float64) {
			for _, x := range p.facts {
				v, ok := x.Value.(pathway.CoachingSession)
				if ok && x.Subject == string(s.Key) && (v.Outcome == pathway.Held || v.Outcome == pathway.HeldInPart) {
					return p.takesPart(), true, max(0, x.At().Sub(end).Hours()/24)
				}
			}
			return false, false, 0
		})
	}
}

// quotaUse is confirmed seats of places, by agency. Its parts are not people of
// people, but people of places.
func (m *material) quotaUse(f *Figure) {
	f.Shape, f.Unit, f.Letters = ShareOf, "per-cent", true
	seats, places := map[string]int{}, 0
	sum := 0
	for i := range m.people {
		if p := &m.people[i]; p.participant && p.standing.Seat.Confirmed && p.has(pathway.KindSeatConfirmed) {
			seats[p.agency]++
			sum++
			f.rows = append(f.rows, Row{Person: p.id, Sex: p.sex, Agency: p.agency, Later: p.later, Counts: true})
		}
	}
	var agencies []string
	for a, n := range m.places {
		agencies = append(agencies, a)
		places += n
	}
	slices.Sort(agencies)
	of := func(n, places int) Number {
		if places == 0 {
			return Number{}
		}
		return Number{Known: true, Value: float64(n) / float64(places), N: n, Of: places}
	}
	f.Total = of(sum, places)
	f.First = f.Total
	for _, a := range agencies {
		f.ByAgency = append(f.ByAgency, Part{Agency: a, Number: of(seats[a], m.places[a])})
	}
}

// satisfaction has no rows: answers belong to nobody.
func (m *material) satisfaction(f *Figure, s *programme.Stage) {
	f.Shape, f.Unit = ShareOf, "per-cent"
	if f.Measure == "satisfaction-mean" {
		f.Shape, f.Unit = MeanOf, "points"
	}
	if s == nil {
		f.Note = "no-stage"
		return
	}
	a, ok := m.answers[s.Key]
	switch {
	case !ok:
		f.Note = "not-asked"
		return
	case f.Measure == "feedback-response-rate":
		if a.asked > 0 {
			f.Total = Number{Known: true, Value: float64(a.answered) / float64(a.asked), N: a.answered, Of: a.asked}
			f.First = f.Total
		}
		return
	case !a.closed:
		f.Note = "still-open"
		return
	case len(a.grades) < ForPartners.Floor():
		f.Note = "few-answers" // shown to nobody, staff included
		return
	}
	f.Note, f.NoteN, f.NoteOf = "answered-of", a.answered, a.asked
	n := 0
	var xs []float64
	for _, g := range a.grades {
		xs = append(xs, float64(g))
		if g >= 4 {
			n++
		}
	}
	if f.Measure == "satisfaction-mean" {
		f.Total = meanOf(xs)
	} else {
		f.Total = Number{Known: true, Value: float64(n) / float64(len(xs)), N: n, Of: len(xs)}
	}
	f.First = f.Total
}
