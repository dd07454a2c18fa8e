package main

import (
	"fmt"

	"cadre/internal/app"
)

type demoCommand struct {
	Once bool   `help:"Play the whole programme and print what came of it." required:""`
	Data string `help:"The folder of the demo's data; it must be empty or the demo's own." default:"demo-data" placeholder:"DIR"`
	JSON bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (demoCommand) Help() string {
	return `Plays the programme of November 2020 with invented officers, through the same services as the pages call, each act as the person whose task it was. CADRE_DATABASE names another database than a file in the folder. A database that the demo did not make is refused.

Example:

	cadre demo --once --json --data /tmp/cadre-demo`
}

// Run plays the programme.
func (c demoCommand) Run(env *environment) error {
	cfg, err := env.config("CADRE_DATA=" + c.Data)
	if err != nil {
		return err
	}
	tell, end := env.progress()
	s, err := app.DemoOnce(env.ctx, cfg, env.logger(cfg), func(done, all int) { tell("playing", int64(done), int64(all)) })
	end()
	if err != nil {
		return err
	}
	if c.JSON {
		return env.printJSON(s)
	}
	fmt.Fprintf(env.out, "%d women of %d nominated took part; %d of them attended at least %d of %d half-days\n",
		s.UniqueWomen, s.Nominated, s.AttendanceRuleMet, s.HalfDays, s.OfHalfDays)
	fmt.Fprintf(env.out, "%d took both tests, %d were coached three times, %d certificates\n", s.MatchedPairs, s.ThreeSessions, s.Certificates)
	fmt.Fprintf(env.out, "%d facts; quota breaches: %d\n", s.Facts, s.QuotaBreaches)
	return nil
}
