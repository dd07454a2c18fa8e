package programme

import (
	"fmt"
	"reflect"
	"slices"
)

// condition checks one condition and those inside it. own is the stage whose
// gate it is, if any.
func (r *reader) condition(b *Blueprint, path string, c *Condition, own Key) {
	stages := r.stageKeys
	var forms []string
	v := reflect.ValueOf(c).Elem()
	for _, f := range fields(v.Type()) {
		if r.read(join(path, f.name)) && f.name != "of" {
			forms = append(forms, f.name)
		}
	}
	hasOf := r.read(path + ".of")
	switch {
	case len(forms) == 0 && hasOf:
		r.bad(path+".of", "condition", "of without at-least", "at-least: 2 beside of, or all or any instead")
	case len(forms) == 0 && r.read(path):
		r.bad(path, "condition", "this asks nothing", "one of all, any, at-least with of, stage, module, score, half-days, sessions, selected, seat or from")
	case len(forms) > 1:
		r.bad(join(path, forms[1]), "condition", fmt.Sprintf("%s and %s in one condition", forms[0], forms[1]), "one question each, listed under all, any or at-least")
	}
	nested := func(name string, cs []Condition) {
		if len(cs) == 0 && r.read(join(path, name)) {
			r.bad(join(path, name), "empty", name+" is empty", "at least one condition")
		}
		for i := range cs {
			r.condition(b, fmt.Sprintf("%s[%d]", join(path, name), i), &cs[i], own)
		}
	}
	nested("all", c.All)
	nested("any", c.Any)
	if hasOf {
		nested("of", c.Of)
	}
	if r.read(path+".at-least") && len(forms) == 1 {
		switch {
		case !hasOf:
			r.bad(path+".at-least", "condition", "at-least without of", "of: with the conditions that it counts")
		case c.AtLeast < 1 || c.AtLeast > len(c.Of):
			r.bad(path+".at-least", "condition", fmt.Sprintf("at least %d of %d", c.AtLeast, len(c.Of)), fmt.Sprintf("from 1 to %d", len(c.Of)))
		}
	}
	stage := func(name string, k Key, want Kind) *Stage {
		at := join(path, name)
		if !r.refer(at, k, stages, "stage") || !r.kind(b, at, k, want) {
			return nil
		}
		if k == own {
			r.bad(at, "cycle", fmt.Sprintf("%q waits for itself", k), "another stage")
			return nil
		}
		s := &b.Stages[b.index.stages[k]]
		if own != "" {
			o := b.Stages[b.index.stages[own]]
			if len(o.For) > 0 && len(s.For) > 0 && !slices.ContainsFunc(o.For, func(g Key) bool { return slices.Contains(s.For, g) }) {
				r.bad(at, "other-group", fmt.Sprintf("%q is for other groups than %q", k, own), "a stage that the same people take")
			}
		}
		return s
	}
	stage("stage", c.Stage, "")
	stage("selected", c.Selected, KindSelection)
	if r.refer(path+".module", c.Module, r.moduleKeys, "module") && own != "" && b.Stages[b.index.modules[c.Module].stage].Key == own {
		r.bad(path+".module", "cycle", fmt.Sprintf("the module %q is part of the stage that waits for it", c.Module), "a module of another stage")
	}
	if c.Score != nil {
		stage("score.stage", c.Score.Stage, KindAssessment)
	}
	if c.HalfDays != nil {
		if s := stage("half-days.stage", c.HalfDays.Stage, KindWorkshop); s != nil && s.Workshop != nil && c.HalfDays.AtLeast > len(s.Workshop.HalfDays()) {
			r.bad(path+".half-days.at-least", "condition", fmt.Sprintf("at least %d half-days, where there are %d", c.HalfDays.AtLeast, len(s.Workshop.HalfDays())), "at most that many")
		}
	}
	if c.Sessions != nil {
		if s := stage("sessions.stage", c.Sessions.Stage, KindCoaching); s != nil && s.Coaching != nil && c.Sessions.AtLeast > s.Coaching.Entitlement {
			r.bad(path+".sessions.at-least", "condition", fmt.Sprintf("at least %d sessions, where each has %d", c.Sessions.AtLeast, s.Coaching.Entitlement), "at most that many")
		}
	}
}

// order reports deadlines that come after the workshop that waits for them.
func (r *reader) order(b *Blueprint, path string, c *Condition, s *Stage) {
	if s.Workshop == nil || len(s.Workshop.Days) == 0 || len(s.Workshop.Days[0].HalfDays) == 0 {
		return
	}
	start := s.Workshop.Days[0].HalfDays[0].From.On(s.Workshop.Days[0].Date, b.location(s.Workshop.Zone))
	for i := range c.All {
		r.order(b, fmt.Sprintf("%s.all[%d]", path, i), &c.All[i], s)
	}
	i, ok := b.index.stages[c.Stage]
	if !ok || start.IsZero() || b.Stages[i].Deadline == nil {
		return
	}
	d := b.Stages[i].Deadline
	if at := d.At.In(b.location(d.Zone)); at.After(start) {
		r.bad(path+".stage", "dates", fmt.Sprintf("%q may be finished until %s, after this workshop has begun", c.Stage, d.At), "a deadline before "+string(s.Workshop.Days[0].Date))
	}
}

// waits lists the stages that c refers to.
func (b *Blueprint) waits(c *Condition) []int {
	var out []int
	add := func(k Key) {
		if i, ok := b.index.stages[k]; ok {
			out = append(out, i)
		}
	}
	add(c.Stage)
	add(c.Selected)
	if m, ok := b.index.modules[c.Module]; ok {
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
	for _, cs := range [][]Condition{c.All, c.Any, c.Of} {
		for i := range cs {
			out = append(out, b.waits(&cs[i])...)
		}
	}
	return out
}

// cycles reports each ring of stages that wait for each other, once.
func (r *reader) cycles(b *Blueprint) {
	const fresh, open, closed = 0, 1, 2
	state := make([]int, len(b.Stages))
	var trail []int
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		trail = append(trail, i)
		if g := b.Stages[i].Gate; g != nil {
			for _, j := range b.waits(g) {
				switch {
				case j == i: // reported by condition
				case state[j] == fresh:
					visit(j)
				case state[j] == open:
					var ring []string
					for _, k := range trail[slices.Index(trail, j):] {
						ring = append(ring, string(b.Stages[k].Key))
					}
					way := ""
					for _, k := range ring {
						way += k + " waits for "
					}
					r.bad(fmt.Sprintf("stages[%d].gate", i), "cycle", way+ring[0]+": none of them ever opens", "take one of these gates away")
				}
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = closed
	}
	for i := range b.Stages {
		if state[i] == fresh {
			visit(i)
		}
	}
}
