package report

import (
	"maps"
	"slices"
	"time"

	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// protectedMeasures tell of scores, reasons, needs or coaching, whatever a
// blueprint says of them.
func protectedMeasures() []string {
	return []string{
		"decline-reasons", "leaving-causes", "satisfaction-mean", "satisfaction-top-two", "matched-pairs", "mean-gain", "share-improved", "share-at-standard",
		"needs-assessed", "sessions-held", "one-session-held", "two-sessions-held", "three-sessions-held", "days-to-first-session",
		"goals-set", "goals-met", "use-at-work", "use-confirmed", "obstacles", "in-relevant-post",
	}
}

// about says of which stages a measure can be; nil for one that is of none.
func about(measure string) func(s *programme.Stage) bool {
	switch measure {
	case "prerequisites-on-time":
		return func(s *programme.Stage) bool { return s.ELearning != nil }
	case "attendance-rule-met", "satisfaction-mean", "satisfaction-top-two", "feedback-response-rate":
		return func(s *programme.Stage) bool { return s.Workshop != nil }
	case "matched-pairs", "mean-gain", "share-improved", "share-at-standard":
		return func(s *programme.Stage) bool {
			return s.Assessment != nil && (s.Assessment.Form == programme.Post || s.Assessment.Form == programme.Delayed)
		}
	case "sessions-held", "one-session-held", "two-sessions-held", "three-sessions-held", "days-to-first-session":
		return func(s *programme.Stage) bool { return s.Coaching != nil }
	case "use-at-work", "use-confirmed", "obstacles", "in-relevant-post", "follow-up-response-rate":
		return func(s *programme.Stage) bool { return s.FollowUp != nil }
	}
	return nil
}

// stages lists those that a measure can be of.
func (m *material) stages(measure string) []programme.Key {
	var out []programme.Key
	if can := about(measure); can != nil {
		for i := range m.blueprint.Stages {
			if s := &m.blueprint.Stages[i]; can(s) {
				out = append(out, s.Key)
			}
		}
	}
	return out
}

// stageOf finds the stage that a measure is about: the indicator's, or the first
// one that can be meant.
func (m *material) stageOf(measure string, k programme.Key) *programme.Stage {
	if s, ok := m.blueprint.Stage(k); ok {
		return s
	}
	if all := m.stages(measure); len(all) > 0 {
		s, _ := m.blueprint.Stage(all[0])
		return s
	}
	return nil
}

// figures answers every indicator of the blueprint, and then each measure that
// no indicator asks for, of each stage that it can be of.
func (m *material) figures() []Figure {
	var out []Figure
	type what struct {
		measure string
		stage   programme.Key
	}
	asked := map[what]bool{}
	for i := range m.blueprint.Indicators {
		x := &m.blueprint.Indicators[i]
		f := m.figure(x.Measure, x.Stage)
		asked[what{x.Measure, ""}], asked[what{x.Measure, f.Stage}] = true, true
		f.Key, f.Indicator, f.Unit = string(x.Key), x, x.Unit
		f.Protected = f.Protected || x.Disclosure == programme.Protected
		out = append(out, f)
	}
	for _, measure := range programme.Measures() {
		all := m.stages(measure)
		if len(all) == 0 && !asked[what{measure, ""}] {
			out = append(out, m.figure(measure, ""))
		}
		for _, k := range all {
			if asked[what{measure, k}] {
				continue
			}
			f := m.figure(measure, k)
			if len(all) > 1 {
				f.Key = measure + "." + string(k)
			}
			out = append(out, f)
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
				row := Row{Person: x.id, Sex: x.sex, Agency: x.agency, Rank: x.rank, Later: x.later, Counts: counts, Amount: amount}
				if counts {
					m.tell(&row, x, measure, s)
				}
				f.rows = append(f.rows, row)
			}
		}
		f.breakDown(finish)
		f.breakFurther(finish, m.blueprint)
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
	case "decline-reasons":
		from(CountOf, "persons", count, func(p *person) (bool, bool, float64) {
			in := p.has(pathway.KindNominated) && p.standing.Participation == pathway.SaidNo
			return in, in, 0
		})
	case "declined":
		from(CountOf, "persons", countOf, func(p *person) (bool, bool, float64) {
			return p.has(pathway.KindNominated), p.standing.Participation == pathway.SaidNo, 0
		})
	case "quota-use":
		m.quotaUse(&f)
	case "women-share":
		for i := range m.people {
			if p := &m.people[i]; trained(p) {
				f.NoteOf++
				if p.sex == string(people.Female) {
					f.NoteN++
				}
			}
		}
		m.womenShare(&f)
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
			if on && slices.ContainsFunc(o.Modules, func(x pathway.ModuleStanding) bool {
				return x.By == pathway.ByEquivalence || x.By == pathway.ByDecision
			}) {
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
	case "leaving-causes":
		from(CountOf, "persons", count, func(p *person) (bool, bool, float64) {
			in := p.participant && p.standing.Participation == pathway.HasLeft
			return in, in, 0
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
	case "follow-up-response-rate":
		if s == nil || s.FollowUp == nil {
			nobodyKnows(ShareOf, "per-cent", "no-stage")
			break
		}
		from(ShareOf, "per-cent", share, func(p *person) (bool, bool, float64) {
			o := of(s.Key, p)
			_, answered := p.use[s.Key]
			return p.takesPart() && (answered || o.State != pathway.NotAsked && o.State != pathway.Locked), answered, 0
		})
		if !f.Total.Known {
			f.Note = "not-asked-yet"
		}
	case "use-at-work", "use-confirmed", "obstacles", "in-relevant-post":
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
			case "obstacles":
				return true, len(u.obstacles) > 0, 0
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
	case "cost-per-completer":
		m.cost(&f)
	}
	return f
}

// tell notes of a row that counts when that happened, and why.
func (m *material) tell(r *Row, p *person, measure string, s *programme.Stage) {
	if at := m.moment(p, measure, s); !at.IsZero() {
		r.Year = at.In(m.blueprint.Location("")).Year()
	}
	switch measure {
	case "left":
		r.Stage = m.leftIn(p)
	case "leaving-causes":
		r.Reasons = []string{"not-known"}
		if f := p.last(pathway.KindLeft); f != nil {
			if c := f.Value.(pathway.Left).Cause; c != "" {
				r.Reasons = []string{c}
			}
		}
	case "decline-reasons":
		r.Reasons = []string{p.reason}
	case "obstacles":
		r.Reasons = p.use[s.Key].obstacles
	}
}

// cost divides what the blueprint says that a cohort costs by those who completed:
// who was given the certificate, or, in a programme without one, did all that
// was asked.
func (m *material) cost(f *Figure) {
	f.Shape, f.Unit = MeanOf, "money"
	if m.blueprint.Cost == nil {
		f.Note = "no-cost"
		return
	}
	done := 0
	for i := range m.people {
		p := &m.people[i]
		if m.blueprint.Certificate != nil && p.standing.Certificate.Issued || m.blueprint.Certificate == nil && p.participant && p.standing.Complete {
			done++
		}
	}
	if done == 0 {
		f.Note = "nobody-completed"
		return
	}
	f.Note, f.NoteN = "cost", m.blueprint.Cost.Amount
	f.Total = Number{Known: true, Value: float64(m.blueprint.Cost.Amount) / float64(done), N: done}
	f.First = f.Total
}

// womenShare is the share of women in the staff that could have been proposed. In
// a cohort of women alone their share in it would say nothing.
func (m *material) womenShare(f *Figure) {
	f.Shape, f.Unit = ShareOf, "per-cent"
	all := Number{Known: len(m.places) > 0}
	for _, a := range slices.Sorted(maps.Keys(m.places)) {
		x := Number{}
		if st, ok := m.staff[a]; ok {
			x = Number{Known: true, Value: float64(st.Women) / float64(st.Everyone), N: st.Women, Of: st.Everyone}
		}
		all.Known = all.Known && x.Known
		all.N, all.Of = all.N+x.N, all.Of+x.Of
		f.ByAgency = append(f.ByAgency, Part{Agency: a, Number: x})
	}
	f.Note = "eligible-staff-unknown"
	if all.Known {
		all.Value = float64(all.N) / float64(all.Of)
		f.Note, f.Total, f.First = "eligible-staff", all, all
	}
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
