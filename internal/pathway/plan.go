package pathway

import (
	"time"

	"cadre/internal/programme"
)

// Plan is a blueprint prepared for evaluation: keys resolved, moments computed.
// It never changes and may be used by several goroutines.
type Plan struct {
	blueprint *programme.Blueprint
	stages    []planStage
	turn      []int // the order in which stages are evaluated: what is waited for first
	stage     map[string]int
	module    map[string]moduleRef
	half      map[string]halfRef
	modules   int // how many modules there are
	halves    int // how many half-days there are
	seatDue   time.Time
	seatWaits []int // stages that the seat rule refers to
}

type moduleRef struct{ stage, module, slot int }

type halfRef struct{ stage, slot, minutes int }

type planStage struct {
	*programme.Stage
	kind     programme.Kind
	opens    time.Time // from the file, or the follow-up's opening; zero for none
	due      time.Time
	ifMissed programme.IfMissed
	starts   time.Time // workshop, coaching: first moment
	ends     time.Time // workshop, coaching, follow-up: last moment
	modules  []int     // slots
	halves   []planHalf
	need     int
}

type planHalf struct {
	key   programme.Key
	slot  int
	until time.Time
}

// Compile prepares a blueprint.
func Compile(b *programme.Blueprint) *Plan {
	p := &Plan{
		blueprint: b,
		stages:    make([]planStage, len(b.Stages)),
		stage:     map[string]int{}, module: map[string]moduleRef{}, half: map[string]halfRef{},
	}
	for i := range b.Stages {
		s := &b.Stages[i]
		ps := planStage{Stage: s, kind: s.Kind(), need: 1}
		p.stage[string(s.Key)] = i
		if s.Opens != "" {
			ps.opens = b.Instant(s.Opens)
		}
		if s.Deadline != nil {
			ps.due = b.DeadlineAt(s.Deadline)
			ps.ifMissed = s.Deadline.IfMissed
			if ps.ifMissed == "" {
				ps.ifMissed = programme.Decide
			}
		}
		switch ps.kind {
		case programme.KindELearning:
			for j := range s.ELearning.Modules {
				p.module[string(s.ELearning.Modules[j].Key)] = moduleRef{i, j, p.modules}
				ps.modules = append(ps.modules, p.modules)
				p.modules++
			}
			ps.need = len(ps.modules)
			if s.ELearning.Enough > 0 {
				ps.need = s.ELearning.Enough
			}
		case programme.KindWorkshop:
			for _, h := range s.Workshop.HalfDays() {
				from, until := b.HalfDaySpan(h.Key)
				p.half[string(h.Key)] = halfRef{i, p.halves, h.Minutes()}
				ps.halves = append(ps.halves, planHalf{h.Key, p.halves, until})
				p.halves++
				if ps.starts.IsZero() {
					ps.starts = from
				}
				ps.ends = until
			}
			ps.need = s.Workshop.Attendance.HalfDays
		case programme.KindCoaching:
			loc := b.Location("")
			ps.starts = s.Coaching.Window.From.Start(loc)
			ps.ends = s.Coaching.Window.Until.End(loc)
			ps.need = s.Coaching.Needed()
		case programme.KindFollowUp:
			if after, ok := b.Stage(s.FollowUp.After); ok {
				day, loc := b.LastDay(after)
				from := day.Add(s.FollowUp.Months, 0)
				if t := from.Start(loc); t.After(ps.opens) {
					ps.opens = t
				}
				ps.ends = from.Add(0, s.FollowUp.OpenDays-1).End(loc)
			}
		}
		p.stages[i] = ps
	}
	p.sort()
	if b.Seat != nil {
		p.seatDue = b.DeadlineAt(&b.Seat.Deadline)
		p.seatWaits = p.waits(&b.Seat.Requires)
	}
	return p
}

// Blueprint is what the plan was made of.
func (p *Plan) Blueprint() *programme.Blueprint { return p.blueprint }

// waits lists the stages that a condition refers to.
func (p *Plan) waits(c *programme.Condition) []int {
	var out []int
	add := func(k programme.Key) {
		if i, ok := p.stage[string(k)]; ok && k != "" {
			out = append(out, i)
		}
	}
	add(c.Stage)
	add(c.Selected)
	if m, ok := p.module[string(c.Module)]; ok {
		out = append(out, m.stage)
	}
	if c.Score != nil {
		add(c.Score.Stage)
	}
	if c.HalfDays != nil {
		add(c.HalfDays.Stage)
	}
	if c.Sessions != nil {
		add(c.Sessions.Stage)
	}
	for _, cs := range [][]programme.Condition{c.All, c.Any, c.Of} {
		for i := range cs {
			out = append(out, p.waits(&cs[i])...)
		}
	}
	return out
}

// sort finds an order in which each stage comes after those it waits for. A
// blueprint that was read has no rings; were there one, it is cut somewhere.
func (p *Plan) sort() {
	seen := make([]bool, len(p.stages))
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		if g := p.stages[i].Gate; g != nil {
			for _, j := range p.waits(g) {
				visit(j)
			}
		}
		p.turn = append(p.turn, i)
	}
	for i := range p.stages {
		visit(i)
	}
}
