package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"cadre/internal/app"
)

type demoCommand struct {
	Example string `help:"The example that is played: pakistan-2020, e-learning-only, regional-workshops or train-the-trainers." default:"pakistan-2020" placeholder:"NAME"`

	At   string `help:"The moment at which the demo opens, such as 2020-11-03T10:00+05:00." placeholder:"TIME"`
	Once bool   `help:"Play the whole programme, print what came of it, and end."`
	JSON bool   `help:"Print one JSON object."`
	Data string `help:"An empty folder for the demo's data; a temporary one that goes with the demo if left out." type:"path" placeholder:"DIR"`
}

// Help adds an example to the command's help.
func (demoCommand) Help() string {
	return `Runs the first programme, Pakistan 2020 to 2022, or one of the smaller examples, with invented people: served with a clock that can be moved, or played once from beginning to end. It touches no database that it did not make; CADRE_DATABASE may name an empty PostgreSQL database.

Examples:

	cadre demo --at 2020-11-03T10:00+05:00
	cadre demo --once --json --data /tmp/first-programme
	cadre demo --example train-the-trainers`
}

// Run plays the example.
func (c demoCommand) Run(env *environment) (err error) {
	at, err := moment(c.At, "UTC")
	if err != nil {
		return err
	}
	if c.Data == "" {
		dir, e := os.MkdirTemp("", "cadre-demo")
		if e != nil {
			return e
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		c.Data = filepath.Join(dir, "data")
	}
	cfg, err := env.config("CADRE_DATA=" + c.Data)
	if err != nil {
		return err
	}
	log := env.logger(cfg)
	tell, end := env.progress()
	progress := func(done, all int) { tell("events", int64(done), int64(all)) }
	if c.Once {
		s, err := app.DemoOnce(env.ctx, cfg, c.Example, log, progress)
		end()
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(s)
		}
		fmt.Fprintf(env.out, "%d women attended; %d certificates; %d facts\n", s.UniqueWomen, s.Certificates, s.Facts)
		for _, a := range slices.Sorted(maps.Keys(s.ByAgency)) {
			fmt.Fprintf(env.out, "Attended, of %s: %d\n", a, s.ByAgency[a])
		}
		for _, r := range s.Rounds {
			fmt.Fprintf(env.out, "Coaching, %s: %d\n", r.Key, r.Present)
		}
		fmt.Fprintf(env.out, "Quota breaches: %d\n", s.QuotaBreaches)
		return nil
	}
	return app.ServeDemo(env.ctx, cfg, app.DemoOptions{Example: c.Example, At: at, Log: log, Progress: progress}, func(r app.DemoReady) {
		end()
		if c.JSON {
			if err := env.printJSON(r); err != nil {
				fmt.Fprintln(env.err, "cadre:", err)
			}
			return
		}
		fmt.Fprintf(env.out, "The demo is open at %s/demo\n\nSign in as:\n", r.URL)
		for _, p := range r.People {
			fmt.Fprintf(env.out, "  %-18s %-22s %s\n", p.Role, p.Name, p.SignInURL)
		}
		fmt.Fprintln(env.out, "\nEveryone here is invented. Press Ctrl-C to end.")
	})
}
