package pathway

import (
	"time"

	"cadre/internal/programme"
)

// answer is what a condition comes to.
type answer uint8

const (
	unmet answer = iota
	// neutral: about what is not asked of her. It is left out of the count.
	neutral
	met
)

// met tries a condition in each of her groups. Without a condition, or where it
// asks nothing of her, it is met.
func (e *evaluation) met(c *programme.Condition) (bool, time.Time) {
	a, at := e.answer(c)
	return a != unmet, at
}

func (e *evaluation) answer(c *programme.Condition) (answer, time.Time) {
	if c == nil {
		return neutral, time.Time{}
	}
	best, first := unmet, time.Time{}
	for _, g := range e.alternatives() {
		if a, at := e.ask(c, g); a > best || a == met && best == met && at.Before(first) {
			best, first = a, at
		}
	}
	return best, first
}

// ask answers a condition for one group, and says since when it is met.
func (e *evaluation) ask(c *programme.Condition, g programme.Key) (answer, time.Time) {
	switch {
	case len(c.All) > 0:
		return e.several(c.All, len(c.All), g)
	case len(c.Any) > 0:
		return e.several(c.Any, 1, g)
	case len(c.Of) > 0:
		return e.several(c.Of, c.AtLeast, g)
	case c.Stage != "":
		return e.askStage(c.Stage, g)
	case c.Selected != "":
		return e.askStage(c.Selected, g)
	case c.Module != "":
		m, ok := e.plan.module[string(c.Module)]
		if !ok {
			return unmet, time.Time{}
		}
		if s := e.moduleStanding(m.slot, c.Module); s.Done {
			return met, s.DoneAt
		}
		if x := e.stages[m.stage].exception; e.inForce(x) {
			return met, x.at
		}
		return e.unless(m.stage, g)
	case c.Score != nil:
		return e.askPart(c.Score.Stage, g, func(i int) (bool, time.Time) {
			for _, s := range e.stages[i].scores {
				if s.percent >= float64(c.Score.AtLeast) {
					return true, s.at
				}
			}
			return false, time.Time{}
		})
	case c.HalfDays != nil:
		return e.askPart(c.HalfDays.Stage, g, func(i int) (bool, time.Time) {
			var times [16]time.Time
			attended := times[:0]
			for _, h := range e.plan.stages[i].halves {
				if e.halves[h.slot].attended {
					attended = append(attended, e.halves[h.slot].at)
				}
			}
			return len(attended) >= c.HalfDays.AtLeast, nth(attended, c.HalfDays.AtLeast)
		})
	case c.Sessions != nil:
		return e.askPart(c.Sessions.Stage, g, func(i int) (bool, time.Time) {
			if e.plan.stages[i].kind != programme.KindCoaching {
				return false, time.Time{}
			}
			held := e.held(i)
			return len(held) >= c.Sessions.AtLeast, nth(held, c.Sessions.AtLeast)
		})
	case c.Seat != "":
		if e.confirmed {
			return met, time.Time{}
		}
		return unmet, time.Time{}
	case c.From != "":
		if t := e.plan.blueprint.Instant(c.From); e.reached(t) {
			return met, t
		}
		return unmet, time.Time{}
	}
	return neutral, time.Time{}
}

// askStage asks whether a stage is passed.
func (e *evaluation) askStage(k, g programme.Key) (answer, time.Time) {
	i, ok := e.plan.stage[string(k)]
	if !ok {
		return unmet, time.Time{}
	}
	if e.out[i].Passed {
		return met, e.out[i].PassedAt
	}
	return e.unless(i, g)
}

// askPart asks for a part of a stage. An exception for the stage covers it.
func (e *evaluation) askPart(k programme.Key, g programme.Key, part func(int) (bool, time.Time)) (answer, time.Time) {
	i, ok := e.plan.stage[string(k)]
	if !ok {
		return unmet, time.Time{}
	}
	if ok, at := part(i); ok {
		return met, at
	}
	if x := e.stages[i].exception; e.inForce(x) {
		return met, x.at
	}
	return e.unless(i, g)
}

// unless answers for what is not there: unmet, unless it is not asked of her.
func (e *evaluation) unless(stage int, g programme.Key) (answer, time.Time) {
	if !e.applies(stage, g) {
		return neutral, time.Time{}
	}
	return unmet, time.Time{}
}

// several counts conditions. What is not asked of her is left out, and no more
// is needed than what is left.
func (e *evaluation) several(cs []programme.Condition, need int, g programme.Key) (answer, time.Time) {
	var buf [12]time.Time
	times := buf[:0]
	left := 0
	for i := range cs {
		switch a, at := e.ask(&cs[i], g); a {
		case met:
			times = append(times, at)
			left++
		case unmet:
			left++
		}
	}
	if left == 0 {
		return neutral, time.Time{}
	}
	need = min(need, left)
	if len(times) < need {
		return unmet, time.Time{}
	}
	return met, nth(times, need)
}
