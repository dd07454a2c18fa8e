package pathway

import (
	"cmp"
	"context"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Assumption is something that a simulation takes for granted. Each names a
// sentence, "pathway.assume." + itself.
type Assumption string

// The assumptions of a simulation.
const (
	// AssumeNobodyDoesMore is scenario (a).
	AssumeNobodyDoesMore Assumption = "nobody-does-more"
	// AssumeOwnPace: scenario (b), she learns on as she has since she began.
	AssumeOwnPace Assumption = "own-pace"
	// AssumePasses: what she finishes she passes.
	AssumePasses Assumption = "passes"
	// AssumeNoPace: who has not begun has no pace, and is taken to do nothing.
	AssumeNoPace Assumption = "no-pace"
	// AssumeNoDecision: nobody grants, releases or chooses anything meanwhile.
	AssumeNoDecision Assumption = "no-decision"
	// AssumeConfirmed: the office confirms the place of whoever said yes or was
	// chosen. It is the office's act and usually the last one, so that without it
	// a forecast would say of everybody that she is not ready.
	AssumeConfirmed Assumption = "confirmed"
	// AssumeNoTests: nobody takes a test, attends or is coached meanwhile.
	AssumeNoTests Assumption = "no-tests"
)

// Assumptions lists what each scenario takes for granted.
func Assumptions(pace bool) []Assumption {
	if pace {
		return []Assumption{AssumeOwnPace, AssumePasses, AssumeNoPace, AssumeNoTests, AssumeConfirmed, AssumeNoDecision}
	}
	return []Assumption{AssumeNobodyDoesMore, AssumeConfirmed, AssumeNoDecision}
}

// Forecast is what a simulation says of one person.
type Forecast struct {
	Person id.Person
	// Ready: on the day the stage is open to her, begun or passed.
	Ready   bool
	AtPace  bool // the same at her own pace
	Reasons []Reason
	// PaceReasons are what would still be missing at her own pace.
	PaceReasons []Reason
	// MinutesADay is her pace: minutes of modules finished a day since she began;
	// 0 if she has not.
	MinutesADay float64
	// Done is when the modules would be finished at that pace; zero if never.
	Done time.Time
}

// Simulate says whether a person will be ready for a stage on a day: if she does
// nothing more, and at her own pace. facts are those that are known now.
func (p *Plan) Simulate(facts []Fact, now, day time.Time, stage programme.Key) Forecast {
	var f Forecast
	ready := func(s Standing) (bool, []Reason) {
		o := s.Stage(stage)
		if o == nil || s.Participation.Out() || s.Participation == Unknown {
			return false, nil
		}
		switch o.State {
		case Open, UnderWay, Done, Excepted, Equivalent:
			return true, nil
		}
		return false, o.Reasons
	}
	facts = p.withConfirmation(facts, now)
	f.Ready, f.Reasons = ready(p.Evaluate(facts, day))
	ahead, pace, done := p.atOwnPace(facts, now)
	f.MinutesADay, f.Done = pace, done
	f.AtPace, f.PaceReasons = ready(p.Evaluate(append(slices.Clone(facts), ahead...), day))
	return f
}

// withConfirmation adds the confirmation of a place that is held for her
// ([AssumeConfirmed]), if there is none.
func (p *Plan) withConfirmation(facts []Fact, now time.Time) []Fact {
	switch s := p.Evaluate(facts, now); s.Participation {
	case SaidYes, Chosen:
		return append(slices.Clone(facts), Fact{ID: "ahead-seat", Value: SeatConfirmed{}, OccurredAt: now, RecordedAt: now})
	}
	return facts
}

// atOwnPace makes up the facts that would follow if she went on as she has: the
// modules that are left, in order, each after as long as its minutes take her.
func (p *Plan) atOwnPace(facts []Fact, now time.Time) (ahead []Fact, minutesADay float64, done time.Time) {
	s := p.Evaluate(facts, now)
	var began time.Time
	counting, _ := Effective(facts, now)
	for _, f := range counting {
		switch f.Value.(type) {
		case ModuleProgress, ModuleCompleted:
			if began.IsZero() || f.At().Before(began) {
				began = f.At()
			}
		}
	}
	if began.IsZero() {
		return nil, 0, time.Time{}
	}
	learnt := 0.0
	type left struct {
		key     programme.Key
		minutes float64
		due     time.Time
	}
	var todo []left
	for i := range s.Stages {
		o, ps := &s.Stages[i], &p.stages[i]
		if ps.kind != programme.KindELearning {
			continue
		}
		missing := o.Need - o.Have
		for j, m := range o.Modules {
			minutes := float64(ps.ELearning.Modules[j].Minutes)
			if !m.Done || m.By == ByHerself {
				learnt += minutes * float64(m.Percent) / 100
			}
			if !m.Done && missing > 0 && !ps.Optional && o.State != Closed && o.State != NotAsked && o.State != Locked {
				missing--
				todo = append(todo, left{m.Key, minutes * float64(100-m.Percent) / 100, o.Due})
			}
		}
	}
	days := max(now.Sub(began).Hours()/24, 1)
	minutesADay = learnt / days
	if minutesADay <= 0 {
		return nil, 0, time.Time{}
	}
	slices.SortStableFunc(todo, func(a, b left) int { return cmp.Compare(dueOrder(a.due), dueOrder(b.due)) })
	at := now
	for _, m := range todo {
		d := m.minutes / minutesADay * 24
		if d > 24*365*10 { // in ten years: never
			return ahead, minutesADay, time.Time{}
		}
		at = at.Add(time.Duration(d * float64(time.Hour))).Truncate(time.Microsecond)
		ahead = append(ahead, Fact{ID: id.Fact("ahead-" + string(m.key)), Subject: string(m.key), Value: ModuleCompleted{Passed: true}, OccurredAt: at, RecordedAt: at})
		done = at
	}
	return ahead, minutesADay, done
}

func dueOrder(t time.Time) int64 {
	if t.IsZero() {
		return 1<<63 - 1
	}
	return t.UnixMicro()
}

// Simulation is a forecast for a whole cohort.
type Simulation struct {
	Stage programme.Key
	Now   time.Time
	Day   time.Time
	// Forecasts of those who are part of the cohort, by person id.
	Forecasts []Forecast
	Plan      *Plan
}

// SimulateInput asks who will be ready.
type SimulateInput struct {
	Cohort id.Cohort
	// Day is the moment to look at; Now is from when (zero: now). What was recorded
	// after Now is not used, so that a forecast can be held against what came.
	Day, Now time.Time
	// Stage is the stage to be ready for; empty: the first workshop that ends after
	// the day.
	Stage programme.Key
	// Progress, if not nil, is told how many people of all have been looked at.
	Progress func(done, all int)
}

// Simulate says who will not be ready on a day.
func (s *Service) Simulate(ctx context.Context, in SimulateInput) (Simulation, error) {
	var out Simulation
	err := s.db.View(ctx, func(tx *db.Tx) error {
		f, err := FollowingOf(tx, in.Cohort)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.List, access.Standing, f, ""); err != nil {
			return err
		}
		if out.Plan, err = PlanOf(tx, f.Version); err != nil {
			return err
		}
		out.Stage, out.Day, out.Now = in.Stage, in.Day, in.Now
		if out.Now.IsZero() {
			out.Now = tx.Now()
		}
		if out.Stage == "" {
			for i := range out.Plan.stages {
				if ps := &out.Plan.stages[i]; ps.kind == programme.KindWorkshop && ps.ends.After(in.Day) {
					out.Stage = ps.Key
					break
				}
			}
		}
		if _, ok := out.Plan.blueprint.Stage(out.Stage); !ok {
			return fault.Bad("pathway.simulate-refused", fault.Field{Name: "stage", Key: "pathway.stage-missing"})
		}
		people, err := peopleOf(tx, in.Cohort)
		if err != nil {
			return err
		}
		for i, p := range people {
			if in.Progress != nil {
				in.Progress(i+1, len(people))
			}
			all, err := FactsOf(tx, p, in.Cohort)
			if err != nil {
				return err
			}
			facts := KnownBy(all, out.Now)
			at := out.Plan.Evaluate(facts, out.Now)
			if at.Participation.Out() || at.Participation == Unknown {
				continue
			}
			c := out.Plan.Simulate(facts, out.Now, in.Day, out.Stage)
			c.Person = p
			out.Forecasts = append(out.Forecasts, c)
		}
		return nil
	})
	return out, err
}
