package main

import (
	"fmt"
	"time"

	"cadre/internal/app"
	"cadre/internal/civil"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

type pathwayCommands struct {
	Explain  pathwayExplainCommand  `cmd:"" help:"Say where a person stands, why, and on which facts that rests."`
	Simulate pathwaySimulateCommand `cmd:"" help:"Say who will not be ready on a day, if nobody does more and at each person's pace."`
}

// parsed reads an id of the command line.
func parsed[T ~string](s string) (T, error) {
	v, err := id.Parse[T](s)
	if err != nil {
		return v, usageError{fmt.Errorf("%.40q is no id: those of cohorts are listed by cadre cohorts; a person's stands in the address of her page", s)}
	}
	return v, nil
}

// moment reads 2020-11-03T10:00+05:00, or a day of the zone: its first moment.
func moment(s string, zone string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC(), nil
		}
	}
	d, err := civil.ParseDate(s)
	if err != nil {
		return time.Time{}, usageError{fmt.Errorf("%q is neither a day, such as 2020-11-03, nor a moment, such as 2020-11-03T10:00+05:00", s)}
	}
	loc, err := civil.Zone(zone)
	if err != nil {
		return time.Time{}, usageError{err}
	}
	return d.Start(loc), nil
}

type pathwayExplainCommand struct {
	Cohort string `arg:"" help:"The cohort's id: cadre cohorts lists them."`
	Person string `arg:"" help:"The person's id."`
	At     string `help:"A day or a moment to look back to: what was known by then." placeholder:"TIME"`
	JSON   bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (pathwayExplainCommand) Help() string {
	return `People are named by their ids, which their pages and lists in the browser show in the address.

Example:

	cadre pathway explain 019a2f00-0000-7000-8000-000000000001 019a2f00-0000-7000-8000-000000000002 --at 2020-11-03T10:00+05:00`
}

// Run explains.
func (c pathwayExplainCommand) Run(env *environment) error {
	cohort, err := parsed[id.Cohort](c.Cohort)
	if err != nil {
		return err
	}
	person, err := parsed[id.Person](c.Person)
	if err != nil {
		return err
	}
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		at, err := moment(c.At, a.Config.Zone)
		if err != nil {
			return err
		}
		x, err := a.Explain(env.ctx, l, person, cohort, at)
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(x)
		}
		for _, line := range x.Lines {
			fmt.Fprintln(env.out, line)
		}
		fmt.Fprintf(env.out, "\n%s, by version %d of the rules, from %d facts (%s):\n", l.Instant(x.At), x.Evaluator, len(x.Facts), x.Digest)
		for _, f := range x.Facts {
			mark := " "
			if !f.Counts {
				mark = "×" // corrected or withdrawn
			}
			fmt.Fprintf(env.out, "%s %s  %-22s %-16s %s\n", mark, f.OccurredAt.Format(time.RFC3339), f.Kind, f.Subject, f.Basis)
		}
		return nil
	})
}

type pathwaySimulateCommand struct {
	Cohort string `arg:"" help:"The cohort's id: cadre cohorts lists them."`
	On     string `help:"The day or moment to look at." required:"" placeholder:"TIME"`
	From   string `help:"From when to look ahead, with what was known then; now if left out." placeholder:"TIME"`
	Stage  string `help:"The stage to be ready for; the first workshop after the day if left out." placeholder:"KEY"`
	JSON   bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (pathwaySimulateCommand) Help() string {
	return `Prints its assumptions first.

Example:

	cadre pathway simulate 019a2f00-0000-7000-8000-000000000001 --on 2020-11-02`
}

// Run simulates.
func (c pathwaySimulateCommand) Run(env *environment) error {
	cohort, err := parsed[id.Cohort](c.Cohort)
	if err != nil {
		return err
	}
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		in := pathway.SimulateInput{Cohort: cohort, Stage: programme.Key(c.Stage)}
		if in.Day, err = moment(c.On, a.Config.Zone); err != nil {
			return err
		}
		if in.Now, err = moment(c.From, a.Config.Zone); err != nil {
			return err
		}
		tell, end := env.progressUnless(c.JSON)
		in.Progress = func(done, all int) { tell("people", int64(done), int64(all)) }
		f, err := a.Forecast(env.ctx, l, in)
		end()
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(f)
		}
		fmt.Fprintf(env.out, "%s on %s, seen from %s\n\n(a) if nobody does more:\n", f.Stage, l.Instant(f.Day), l.Instant(f.Now))
		for _, s := range f.IfNothing {
			fmt.Fprintln(env.out, "    "+s)
		}
		fmt.Fprintln(env.out, "(b) at each person's pace so far:")
		for _, s := range f.AtPace {
			fmt.Fprintln(env.out, "    "+s)
		}
		fmt.Fprintln(env.out)
		ready, pace := 0, 0
		for _, p := range f.People {
			if p.Ready {
				ready++
			}
			if p.AtPace {
				pace++
			}
			if p.Ready && p.AtPace {
				continue
			}
			fmt.Fprintf(env.out, "%s  (a) %-9s  (b) %-9s  %3.0f min a day  %s: %s\n", p.Person, readyWord(p.Ready), readyWord(p.AtPace), p.MinutesADay, p.Name, p.Missing)
		}
		fmt.Fprintf(env.out, "\nready: (a) %d, (b) %d, of %d\n", ready, pace, len(f.People))
		return nil
	})
}

func readyWord(ready bool) string {
	if ready {
		return "ready"
	}
	return "not ready"
}
