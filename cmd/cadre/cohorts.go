package main

import (
	"fmt"

	"cadre/internal/app"
	"cadre/internal/i18n"
)

type cohortsCommand struct {
	JSON bool `help:"Print one JSON array."`
}

// Help adds an example to the command's help.
func (cohortsCommand) Help() string {
	return `Other commands ask for a cohort by its id.

Example:

	cadre cohorts`
}

// Run lists the cohorts.
func (c cohortsCommand) Run(env *environment) error {
	type line struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		From  string `json:"from"`
		Until string `json:"until"`
		State string `json:"state"`
	}
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		all, err := a.Cohort.Cohorts(app.AsOperator(env.ctx))
		if err != nil {
			return err
		}
		lines := []line{}
		for _, x := range all {
			state := "open"
			if x.Closed {
				state = "closed"
			}
			lines = append(lines, line{string(x.ID), l.Text(x.Title).Text, x.Days.From.String(), x.Days.To.String(), state})
		}
		if c.JSON {
			return env.printJSON(lines)
		}
		for _, x := range lines {
			fmt.Fprintf(env.out, "%s  %-6s  %10s to %10s  %s\n", x.ID, x.State, x.From, x.Until, x.Title)
		}
		if len(lines) == 0 {
			fmt.Fprintln(env.err, "there is no cohort yet: a programme officer opens one in the browser, for a programme that was imported")
		}
		return nil
	})
}
