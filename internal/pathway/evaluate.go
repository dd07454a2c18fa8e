package pathway

import (
	"slices"
	"time"

	"cadre/internal/id"
	"cadre/internal/programme"
)

// clockTolerance is how far a fact's own clock may run ahead of ours before a
// person should look: phones are off by a minute or two.
const clockTolerance = 5 * time.Minute

// Evaluate says where a person stands in a programme at a moment. It is pure and
// total: it depends on nothing but its arguments and never fails. facts are those
// of one person: of the cohort, and person-wide ones.
func Evaluate(b *programme.Blueprint, facts []Fact, now time.Time) Standing {
	return Compile(b).Evaluate(facts, now)
}

// Evaluate is the package's Evaluate, for a blueprint that was compiled before.
func (p *Plan) Evaluate(facts []Fact, now time.Time) Standing {
	e := evaluation{plan: p, now: now, status: Unknown}
	counting, future := Effective(facts, now)
	e.change = future
	e.stages = make([]stageFacts, len(p.stages))
	e.modules = make([]moduleFacts, p.modules)
	e.halves = make([]halfFacts, p.halves)
	for _, f := range counting {
		e.take(f)
	}
	return e.standing()
}

// evaluation is one run of Evaluate.
type evaluation struct {
	plan   *Plan
	now    time.Time
	change time.Time // the earliest moment ahead at which an answer changes

	status    Participation
	accepted  bool // she herself said yes
	confirmed bool
	gone      bool // the seat was released or offered on
	goneAs    Participation
	declined  bool
	left      bool
	passed    bool // a person did not choose her for the cohort
	outAt     time.Time
	join      int // stages before this one are not asked of her
	later     bool
	groups    []programme.Key
	stages    []stageFacts
	modules   []moduleFacts
	halves    []halfFacts
	sessions  []heldSession
	issued    bool
	revoked   bool
	doubts    []Doubt

	out []StageStanding
}

type stageFacts struct {
	started     bool
	exception   exception
	extension   time.Time
	submitted   bool
	submittedAt time.Time
	scores      []scored
	chosen      bool
	notChosen   bool
	chosenAt    time.Time
	waitedAt    time.Time // when others were chosen, and she could not be yet
	answered    bool
	answeredAt  time.Time
}

type scored struct {
	at      time.Time
	percent float64
}

// exception is an agreed exception or a provisional acceptance; the one that
// lasts longest counts.
type exception struct {
	at, until time.Time
	there     bool
	cause     string
}

func (x *exception) add(at, until time.Time, cause string) {
	switch {
	case !x.there:
		*x = exception{at, until, true, cause}
	case x.until.IsZero():
	case until.IsZero() || until.After(x.until):
		x.until, x.cause = until, cause
	}
}

type moduleFacts struct {
	passed, tried bool
	passedAt      time.Time
	byStaff       bool // what it was passed by first
	percent       int
	skipped       int
	equivalence   exception
	waiver        exception
}

type halfFacts struct {
	recorded bool
	verdict  Verdict
	attended bool
	at       time.Time
	first    id.Fact
	doubted  bool
}

type heldSession struct {
	stage int
	key   string
	day   string
	at    time.Time
	group bool
}

// reached reports whether t has come. If not, something may change then.
func (e *evaluation) reached(t time.Time) bool {
	if !e.now.Before(t) {
		return true
	}
	if e.change.IsZero() || t.Before(e.change) {
		e.change = t
	}
	return false
}

// inForce reports whether an exception holds now.
func (e *evaluation) inForce(x exception) bool {
	return x.there && (x.until.IsZero() || !e.reached(x.until))
}

// missed reports whether a deadline has gone by. What occurs at the deadline is
// in time.
func (e *evaluation) missed(due time.Time) bool {
	return !due.IsZero() && e.reached(due.Add(time.Microsecond))
}

func (e *evaluation) isOut() bool { return e.declined || e.gone || e.left || e.passed }

// settle lets her own no stand above what became of her seat: it is released at the
// same moment, and the two facts come in any order. A yes after it does not bring
// the seat back.
func (e *evaluation) settle() {
	switch e.status {
	case SaidYes, SaidNo, Released, OfferedOn:
	default:
		return
	}
	switch {
	case e.declined:
		e.status = SaidNo
	case e.gone:
		e.status = e.goneAs
	}
}

// outAs says how she is out of the cohort.
func (e *evaluation) outAs() Participation {
	switch {
	case e.left:
		return HasLeft
	case e.declined:
		return SaidNo
	case e.gone:
		return e.goneAs
	}
	return NotChosen
}

// applies reports whether a stage is asked of her, were she in group g alone. A
// person whose group nobody has named yet is asked everything.
func (e *evaluation) applies(i int, g programme.Key) bool {
	if i < e.join {
		return false
	}
	s := e.plan.stages[i].Stage
	return len(s.For) == 0 || len(e.groups) == 0 || slices.Contains(s.For, g)
}

// asked reports whether a stage is asked of her in any of her groups.
func (e *evaluation) asked(i int) bool {
	if len(e.groups) == 0 {
		return e.applies(i, "")
	}
	for _, g := range e.groups {
		if e.applies(i, g) {
			return true
		}
	}
	return false
}

// alternatives are the groups in which a condition is tried: where two were
// named for her, the more favourable one counts.
func (e *evaluation) alternatives() []programme.Key {
	if len(e.groups) == 0 {
		return []programme.Key{""}
	}
	return e.groups
}

func (e *evaluation) standing() Standing {
	e.settle()
	p := e.plan
	if len(e.groups) > 1 {
		e.doubt("groups", "")
	}
	e.out = make([]StageStanding, len(p.stages))
	for _, i := range p.turn {
		e.stage(i)
	}
	s := Standing{
		Participation: e.status, Later: e.later, Groups: e.groups, Stages: e.out, Doubts: e.doubts, Complete: true,
	}
	if e.join > 0 {
		s.JoinedAt = p.stages[e.join].Key
	}
	asked := false
	for i := range e.out {
		o := &e.out[i]
		if o.State == NotAsked {
			continue
		}
		if !p.stages[i].Optional && !(o.State == Closed && o.Reasons[0].Key == "not-chosen") {
			asked = true
			s.Complete = s.Complete && o.Passed
		}
		if !o.Passed && o.State != Closed && !o.Due.IsZero() && !e.missed(o.Due) && (s.Due.IsZero() || o.Due.Before(s.Due)) {
			s.Due = o.Due
		}
	}
	s.Complete = s.Complete && asked && e.status != Unknown
	s.Seat = e.seat()
	s.Certificate = e.certificate()
	s.Next = e.next()
	s.NextChangeAt = e.change
	return s
}

// moduleStanding says how a module stands.
func (e *evaluation) moduleStanding(slot int, key programme.Key) ModuleStanding {
	m := &e.modules[slot]
	o := ModuleStanding{Key: key, Percent: m.percent, Skipped: m.skipped}
	switch {
	case m.passed:
		o.Done, o.DoneAt, o.By, o.Percent = true, m.passedAt, ByHerself, 100
		if m.byStaff {
			o.By = ByDecision
		}
	case e.inForce(m.equivalence):
		o.Done, o.DoneAt, o.By, o.Until, o.Percent = true, m.equivalence.at, ByEquivalence, m.equivalence.until, 100
	case e.inForce(m.waiver):
		o.Done, o.DoneAt, o.By, o.Until, o.Percent = true, m.waiver.at, ByException, m.waiver.until, 100
	case m.tried:
		o.Tried = true
	}
	return o
}

// stage works out one stage; those it waits for have been worked out.
func (e *evaluation) stage(i int) {
	ps := &e.plan.stages[i]
	f := &e.stages[i]
	o := &e.out[i]
	*o = StageStanding{Key: ps.Key, Kind: ps.kind, Need: ps.need, Best: -1, Due: ps.due}
	if !ps.due.IsZero() && f.extension.After(o.Due) {
		o.Due = f.extension
	}
	equivalent := e.achieve(i, o)
	closes := ps.ifMissed == programme.Close
	if o.Passed && closes && !o.Due.IsZero() && o.PassedAt.After(o.Due) {
		o.Passed = false
	}
	own := o.Passed
	if !o.Passed && e.inForce(f.exception) {
		o.Passed, o.PassedAt, o.Until = true, f.exception.at, f.exception.until
	}
	if own && !o.Due.IsZero() {
		o.Late = o.PassedAt.After(o.Due)
	}
	asked := e.asked(i)
	over := !ps.ends.IsZero() && e.reached(ps.ends)
	switch {
	case own && ps.kind == programme.KindWorkshop && !over && !e.isOut():
		o.State = UnderWay
		return
	case own && equivalent:
		o.State = Equivalent
		o.Reasons = []Reason{{Key: "equivalence", Stage: ps.Key, At: o.Until}}
		return
	case own:
		o.State = Done
		if o.Late {
			o.Reasons = []Reason{{Key: "late", Stage: ps.Key, At: o.Due}}
		}
		return
	case o.Passed && asked:
		o.State = Excepted
		o.Reasons = []Reason{{Key: "exception", Stage: ps.Key, At: o.Until, Cause: f.exception.cause}}
		return
	case !asked:
		o.State = NotAsked
		key := "other-group"
		if i < e.join {
			key = "before-joining"
		}
		o.Reasons = []Reason{{Key: key, Stage: ps.Key}}
		return
	case e.isOut():
		o.State = Closed
		o.Reasons = []Reason{{Key: "out-" + string(e.outAs()), Stage: ps.Key, At: e.outAt}}
		return
	case ps.kind == programme.KindSelection && f.notChosen, e.forOthers(ps.Gate):
		o.State = Closed
		o.Reasons = []Reason{{Key: "not-chosen", Stage: ps.Key}}
		return
	}
	var ended []Reason
	if f.exception.there {
		ended = []Reason{{Key: "exception-ended", Stage: ps.Key, At: f.exception.until}}
	}
	if over {
		if ps.kind == programme.KindWorkshop && o.Have+o.Unrecorded >= o.Need {
			o.State = UnderWay
			o.Reasons = append(ended, Reason{Key: "not-recorded", Stage: ps.Key, Have: o.Unrecorded, Need: o.Need})
			return
		}
		o.State = Closed
		last := ps.ends.Add(-time.Microsecond) // its last day, where it ends at midnight
		o.Reasons = append(ended, Reason{Key: "over-" + string(ps.kind), Stage: ps.Key, Have: o.Have, Need: o.Need, At: last})
		return
	}
	met, _ := e.met(ps.Gate)
	due := e.missed(o.Due)
	o.Late = due
	var noted []Reason
	if !f.waitedAt.IsZero() && !f.chosen {
		ended = append(ended, Reason{Key: "chosen-before", Stage: ps.Key, At: f.waitedAt})
	}
	if due {
		noted = []Reason{{Key: "deadline-noted", Stage: ps.Key, At: o.Due}}
	}
	switch {
	case due && closes:
		o.State = Closed
		o.Reasons = append(ended, Reason{Key: "deadline-closed", Stage: ps.Key, At: o.Due})
	case due && ps.ifMissed == programme.Decide:
		o.State = AwaitingDecision
		o.Reasons = append(append(ended, Reason{Key: "deadline-missed", Stage: ps.Key, At: o.Due}), e.missing(i)...)
	case f.started:
		o.State = UnderWay
		o.Reasons = append(append(ended, noted...), e.missing(i)...)
	case len(ps.For) > 0 && len(e.groups) == 0:
		o.State = Locked
		o.Reasons = []Reason{{Key: "group-not-named", Stage: ps.Key}}
	case !met:
		o.State = Locked
		o.Reasons = append(ended, e.unmet(ps.Gate)...)
	case !ps.opens.IsZero() && !e.reached(ps.opens):
		o.State = Locked
		o.Reasons = []Reason{{Key: "opens-on", Stage: ps.Key, At: ps.opens}}
	default:
		o.State = Open
		o.Reasons = append(ended, noted...)
	}
}

// forOthers reports whether a gate asks for a selection in which others were chosen.
func (e *evaluation) forOthers(c *programme.Condition) bool {
	if c == nil {
		return false
	}
	if i, ok := e.plan.stage[string(c.Selected)]; ok && c.Selected != "" {
		f := &e.stages[i]
		return f.notChosen && !f.chosen && !e.out[i].Passed
	}
	return slices.ContainsFunc(c.All, func(x programme.Condition) bool { return e.forOthers(&x) })
}

// achieve fills in what she has done in a stage, by herself or by equivalents.
// It reports whether equivalents alone did it.
func (e *evaluation) achieve(i int, o *StageStanding) (equivalent bool) {
	ps := &e.plan.stages[i]
	f := &e.stages[i]
	switch ps.kind {
	case programme.KindELearning:
		o.Modules = make([]ModuleStanding, len(ps.modules))
		var times [12]time.Time
		done := times[:0]
		sum, herself := 0, 0
		for j, slot := range ps.modules {
			o.Modules[j] = e.moduleStanding(slot, ps.ELearning.Modules[j].Key)
			m := &o.Modules[j]
			sum += m.Percent
			if m.Done {
				done = append(done, m.DoneAt)
				if m.By != ByEquivalence {
					herself++
				}
				if !m.Until.IsZero() && (o.Until.IsZero() || m.Until.Before(o.Until)) {
					o.Until = m.Until
				}
			}
		}
		o.Have = len(done)
		if o.Need > 0 {
			o.Percent = min(100, sum/o.Need)
		}
		if o.Have >= o.Need {
			o.Passed, o.PassedAt, o.Percent = true, nth(done, o.Need), 100
			return herself == 0 && o.Need > 0
		}
		o.Percent = min(o.Percent, 99)
	case programme.KindWorkshop:
		var times [16]time.Time
		attended := times[:0]
		for _, h := range ps.halves {
			x := &e.halves[h.slot]
			switch {
			case x.attended:
				attended = append(attended, x.at)
			case !x.recorded && (e.isOut() || e.reached(h.until)):
				o.Unrecorded++
			}
		}
		e.count(o, attended)
	case programme.KindAssessment:
		pass := float64(ps.Assessment.Pass)
		for _, s := range f.scores {
			o.Best = max(o.Best, int(s.percent))
			if s.percent >= pass && !o.Passed {
				o.Passed, o.PassedAt = true, s.at
			}
		}
		if o.Passed {
			o.Have, o.Percent = 1, 100
		}
	case programme.KindCoaching:
		e.count(o, e.held(i))
	case programme.KindSelection:
		if f.chosen {
			o.Passed, o.PassedAt, o.Have, o.Percent = true, f.chosenAt, 1, 100
		}
	case programme.KindFollowUp:
		if f.answered {
			o.Passed, o.PassedAt, o.Have, o.Percent = true, f.answeredAt, 1, 100
		}
	}
	return false
}

// count fills in a standing that is so many of so many.
func (e *evaluation) count(o *StageStanding, times []time.Time) {
	o.Have = len(times)
	if o.Need > 0 {
		o.Percent = min(100, o.Have*100/o.Need)
	}
	if o.Have >= o.Need {
		o.Passed, o.PassedAt = true, nth(times, o.Need)
	}
}

// nth returns the n-th of the given moments in time; the zero time for n < 1.
func nth(times []time.Time, n int) time.Time {
	if n < 1 || n > len(times) {
		return time.Time{}
	}
	if !slices.IsSortedFunc(times, time.Time.Compare) {
		times = slices.Clone(times)
		slices.SortFunc(times, time.Time.Compare)
	}
	return times[n-1]
}

// held lists when each session that counts as held was held. Individual sessions
// count once each; a group event by the counting rule for its days.
func (e *evaluation) held(i int) []time.Time {
	var out []time.Time
	rule := e.plan.stages[i].Coaching.GroupDays
	for j, s := range e.sessions {
		if s.stage != i || slices.ContainsFunc(e.sessions[:j], func(o heldSession) bool {
			return o.stage == i && o.group == s.group && o.key == s.key && (!s.group || o.day == s.day)
		}) {
			continue
		}
		if !s.group {
			out = append(out, s.at)
			continue
		}
		days, need, counts := 0, 1, 1
		if rule != nil {
			need, counts = rule.Days, rule.Counts
		}
		var seen []string
		for _, o := range e.sessions[:j+1] {
			if o.stage == i && o.group && o.key == s.key && !slices.Contains(seen, o.day) {
				seen = append(seen, o.day)
				days++
			}
		}
		if days == need {
			for range counts {
				out = append(out, s.at)
			}
		}
	}
	return out
}
