package pathway

import (
	"slices"

	"cadre/internal/programme"
)

// unmet lists why a gate is not met, for the group in which least is missing.
func (e *evaluation) unmet(c *programme.Condition) []Reason {
	var best []Reason
	for i, g := range e.alternatives() {
		if r := e.lacking(c, g); i == 0 || len(r) < len(best) {
			best = r
		}
	}
	return best
}

// lacking lists what is missing for a condition that is not met.
func (e *evaluation) lacking(c *programme.Condition, g programme.Key) []Reason {
	if a, _ := e.ask(c, g); a != unmet {
		return nil
	}
	choice := func(key string, cs []programme.Condition, need int) []Reason {
		var of []Reason
		have := 0
		for i := range cs {
			switch a, _ := e.ask(&cs[i], g); a {
			case met:
				have++
			case unmet:
				r := e.lacking(&cs[i], g)
				if len(r) == 1 {
					of = append(of, r[0])
				} else {
					of = append(of, Reason{Key: "all-of", Of: r})
				}
			}
		}
		if need = min(need-have, len(of)); need >= len(of) {
			return flat(of)
		}
		return []Reason{{Key: key, Need: need, Of: of}}
	}
	switch {
	case len(c.All) > 0:
		var out []Reason
		for i := range c.All {
			for _, r := range e.lacking(&c.All[i], g) {
				if !slices.ContainsFunc(out, func(o Reason) bool { return same(o, r) }) {
					out = append(out, r)
				}
			}
		}
		return out
	case len(c.Any) > 0:
		return choice("any-of", c.Any, 1)
	case len(c.Of) > 0:
		return choice("at-least-of", c.Of, c.AtLeast)
	case c.Module != "":
		m, ok := e.plan.module[string(c.Module)]
		if !ok {
			return nil
		}
		return []Reason{e.lackingModule(e.plan.stages[m.stage].Key, e.moduleStanding(m.slot, c.Module))}
	case c.Stage != "":
		if i, ok := e.plan.stage[string(c.Stage)]; ok {
			r := e.missing(i)
			if len(r) > 1 { // one module is named; of several their number is enough
				return []Reason{{Key: "needs-modules", Stage: c.Stage, Have: e.out[i].Have, Need: e.out[i].Need}}
			}
			return r
		}
	case c.Selected != "":
		return []Reason{{Key: "needs-selection", Stage: c.Selected}}
	case c.Score != nil:
		return []Reason{{Key: "needs-score", Stage: c.Score.Stage, Need: c.Score.AtLeast}}
	case c.HalfDays != nil:
		return []Reason{{Key: "needs-half-days", Stage: c.HalfDays.Stage, Have: e.have(c.HalfDays.Stage), Need: c.HalfDays.AtLeast}}
	case c.Sessions != nil:
		return []Reason{{Key: "needs-sessions", Stage: c.Sessions.Stage, Have: e.have(c.Sessions.Stage), Need: c.Sessions.AtLeast}}
	case c.Seat != "":
		return []Reason{{Key: "needs-seat"}}
	case c.From != "":
		return []Reason{{Key: "needs-date", At: e.plan.blueprint.Instant(c.From)}}
	}
	return nil
}

func flat(of []Reason) []Reason {
	var out []Reason
	for _, r := range of {
		if r.Key == "all-of" {
			out = append(out, r.Of...)
		} else {
			out = append(out, r)
		}
	}
	return out
}

func same(a, b Reason) bool {
	return a.Key == b.Key && a.Stage == b.Stage && a.Module == b.Module && a.Need == b.Need && a.At.Equal(b.At) && len(a.Of) == 0 && len(b.Of) == 0
}

func (e *evaluation) have(k programme.Key) int {
	if i, ok := e.plan.stage[string(k)]; ok {
		return e.out[i].Have
	}
	return 0
}

func (e *evaluation) lackingModule(stage programme.Key, m ModuleStanding) Reason {
	r := Reason{Key: "needs-module", Stage: stage, Module: m.Key, Percent: m.Percent}
	switch {
	case m.Tried:
		r.Key = "needs-module-again"
	case m.Percent == 0:
		r.Key = "needs-module-begun"
	}
	return r
}

// missing lists what is still missing in a stage. Modules are named where all
// that are left are needed; otherwise their number is said.
func (e *evaluation) missing(i int) []Reason {
	ps, o := &e.plan.stages[i], &e.out[i]
	switch ps.kind {
	case programme.KindELearning:
		if o.Need < len(o.Modules) {
			return []Reason{{Key: "needs-modules", Stage: ps.Key, Have: o.Have, Need: o.Need}}
		}
		var out []Reason
		for _, m := range o.Modules {
			if !m.Done {
				out = append(out, e.lackingModule(ps.Key, m))
			}
		}
		if len(out) == 0 { // done, but after a deadline that closes
			return []Reason{{Key: "needs-stage", Stage: ps.Key}}
		}
		return out
	case programme.KindWorkshop:
		return []Reason{{Key: "needs-half-days", Stage: ps.Key, Have: o.Have, Need: o.Need}}
	case programme.KindAssessment:
		if ps.Assessment.Pass > 0 {
			return []Reason{{Key: "needs-score", Stage: ps.Key, Need: ps.Assessment.Pass}}
		}
		return []Reason{{Key: "needs-test", Stage: ps.Key}}
	case programme.KindCoaching:
		return []Reason{{Key: "needs-sessions", Stage: ps.Key, Have: o.Have, Need: o.Need}}
	case programme.KindSelection:
		return []Reason{{Key: "needs-selection", Stage: ps.Key}}
	case programme.KindFollowUp:
		return []Reason{{Key: "needs-follow-up", Stage: ps.Key}}
	}
	return nil
}

// seat says whether she did what keeps her seat.
func (e *evaluation) seat() SeatStanding {
	s := SeatStanding{State: SeatNotAsked, Confirmed: e.confirmed}
	rule := e.plan.blueprint.Seat
	if rule == nil {
		if e.gone {
			s.State = SeatGone
		}
		return s
	}
	s.Due = e.plan.seatDue
	for _, i := range e.plan.seatWaits {
		if x := e.stages[i].extension; x.After(s.Due) {
			s.Due = x
		}
	}
	a, at := e.answer(&rule.Requires)
	switch {
	case e.gone:
		s.State = SeatGone
	case a == neutral || e.status == Unknown || e.isOut():
		s.State = SeatNotAsked
	case a == met:
		s.State, s.At, s.Late = SeatEarned, at, at.After(s.Due)
	case e.missed(s.Due):
		s.State, s.Reasons = SeatAwaiting, e.unmet(&rule.Requires)
	default:
		s.State, s.Reasons = SeatNotYet, e.unmet(&rule.Requires)
	}
	return s
}

func (e *evaluation) certificate() CertificateStanding {
	c := CertificateStanding{Issued: e.issued && !e.revoked, Revoked: e.revoked}
	rule := e.plan.blueprint.Certificate
	if rule == nil {
		return c
	}
	a, at := e.answer(&rule.Requires)
	switch {
	case a == met:
		c.Earned, c.EarnedAt = true, at
	case a == unmet:
		c.Reasons = e.unmet(&rule.Requires)
	}
	return c
}

// next chooses what she does next: what is due first, then what comes first in
// the file. Where nothing is hers to do it says what she waits for. Optional modules
// without a date are neither: they stand among her stages, and are open.
func (e *evaluation) next() *Action {
	if e.isOut() || e.status == Unknown {
		return nil
	}
	// She may be chosen before she has said yes; nothing comes before that.
	if e.status == Proposed || e.status == Chosen && !e.accepted {
		return &Action{Key: "answer"}
	}
	var best, wait *Action
	better := func(a, b *Action) bool { // both not nil
		return !a.At.IsZero() && (b.At.IsZero() || a.At.Before(b.At))
	}
	for i := range e.out {
		o, ps := &e.out[i], &e.plan.stages[i]
		if ps.Optional && ps.kind == programme.KindELearning && o.Due.IsZero() {
			continue // modules for whoever likes: nothing to do before the rest, or to wait for
		}
		var a Action
		switch o.State {
		case Open, UnderWay, AwaitingDecision:
			if o.Passed && ps.kind != programme.KindWorkshop {
				continue
			}
			a = e.act(i)
		case Locked:
			if w := e.waitFor(i); w != nil && (wait == nil || better(w, wait)) {
				wait = w
			}
			continue
		}
		if a.Key == "" {
			continue
		}
		if a.Key == "selection-awaited" {
			if wait == nil && e.stages[i].waitedAt.IsZero() && e.concerns(ps.Key) {
				w := a
				wait = &w
			}
			continue
		}
		if c := a; best == nil || better(&c, best) {
			best = &c
		}
	}
	if best != nil {
		return best
	}
	return wait
}

func (e *evaluation) act(i int) Action {
	o, ps := &e.out[i], &e.plan.stages[i]
	a := Action{Stage: ps.Key, At: o.Due}
	switch ps.kind {
	case programme.KindELearning:
		a.Key = "module"
		for j, m := range o.Modules {
			if m.Done {
				continue
			}
			if a.Module == "" || m.Percent > 0 && e.modules[ps.modules[j]].percent > 0 && a.Minutes == 0 {
				a.Module = m.Key
				a.Minutes = max(1, ps.ELearning.Modules[j].Minutes*(100-m.Percent)/100)
			}
		}
		if a.Module == "" {
			return Action{}
		}
	case programme.KindWorkshop:
		if e.reached(ps.ends) {
			return Action{}
		}
		a.Key, a.At = "workshop", ps.starts
		if e.reached(ps.starts) {
			for _, h := range ps.halves {
				if !e.reached(h.until) {
					a.At, _ = e.plan.blueprint.HalfDaySpan(h.key)
					a.Begun = e.reached(a.At)
					break
				}
			}
		}
	case programme.KindAssessment:
		a.Key, a.Minutes = "test", ps.Assessment.Minutes
		if ps.Assessment.Form == programme.Pre && e.stages[i].submitted && ps.Assessment.Pass == 0 {
			return Action{}
		}
	case programme.KindCoaching:
		a.Key, a.At = "coaching", ps.ends
	case programme.KindSelection:
		a.Key = "selection-awaited"
	case programme.KindFollowUp:
		a.Key, a.At = "follow-up", ps.ends
	}
	return a
}

func (e *evaluation) waitFor(i int) *Action {
	for _, r := range e.out[i].Reasons {
		switch r.Key {
		case "opens-on", "needs-date":
			return &Action{Key: "wait", Stage: e.plan.stages[i].Key, At: r.At}
		case "needs-seat":
			return &Action{Key: "seat-awaited"}
		case "needs-selection":
			return e.waitForChoice(r.Stage)
		case "group-not-named":
			return &Action{Key: "group-awaited"}
		}
	}
	return nil
}

// waitForChoice says what she waits for where she has to be chosen: the choice, if
// she is in the running; otherwise what that waits for, or that it is among those who
// have done what comes before it. Once it was made without her there is nothing to
// wait for: her stage says so.
func (e *evaluation) waitForChoice(stage programme.Key) *Action {
	i, ok := e.plan.stage[string(stage)]
	if ok && !e.stages[i].waitedAt.IsZero() {
		return nil
	}
	if !ok || e.out[i].State == Open || e.out[i].State == UnderWay {
		return &Action{Key: "selection-awaited", Stage: stage}
	}
	if e.out[i].State == Locked {
		if w := e.waitFor(i); w != nil {
			return w
		}
	}
	return &Action{Key: "selection-ahead", Stage: stage}
}

// concerns reports whether a choice leads to something that is asked of her. A choice
// that no stage asks for concerns all.
func (e *evaluation) concerns(choice programme.Key) bool {
	leads := false
	for j := range e.plan.stages {
		if !choosing(e.plan.stages[j].Gate, choice) {
			continue
		}
		if e.asked(j) {
			return true
		}
		leads = true
	}
	return !leads
}

// choosing reports whether a condition asks for a choice anywhere.
func choosing(c *programme.Condition, choice programme.Key) bool {
	if c == nil {
		return false
	}
	within := func(x programme.Condition) bool { return choosing(&x, choice) }
	return c.Selected == choice || slices.ContainsFunc(c.All, within) || slices.ContainsFunc(c.Any, within) || slices.ContainsFunc(c.Of, within)
}
