package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"cadre/internal/app"
	"cadre/internal/cohort"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

type nominationsCommands struct {
	Import   nominationsImportCommand   `cmd:"" help:"Propose everybody on a sheet, or nobody."`
	Template nominationsTemplateCommand `cmd:"" help:"Write the empty sheet for an agency to fill in."`
}

type nominationsImportCommand struct {
	File   string `arg:"" help:"The sheet: XLSX, or CSV in UTF-8."`
	Cohort string `required:"" help:"The cohort's id, as its address shows it." placeholder:"ID"`
	Quota  string `help:"Whose places: the quota's key in the programme. Not needed where there is only one." placeholder:"KEY"`
	Agency string `help:"Which agency proposes them, by its code. Needed where the programme's places are not divided among agencies." placeholder:"CODE"`
	Check  bool   `help:"List what is wrong, and take nothing."`
	JSON   bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (nominationsImportCommand) Help() string {
	return `Each problem stands on a line of its own: file:row: column: what would be right. While there is any, nothing is taken; exit code 3.

Example:

	cadre nominations import --cohort 019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b --quota fia nominees.xlsx`
}

// Run imports the sheet.
func (c nominationsImportCommand) Run(env *environment) error {
	in, err := parsed[id.Cohort](c.Cohort)
	if err != nil {
		return err
	}
	return env.enter(func(a *app.App, l *i18n.Localizer) error {
		tell, end := env.progressUnless(c.JSON)
		out, err := a.ImportNominations(env.ctx, app.NominationsFrom{Cohort: in, Quota: c.Quota, Agency: c.Agency, File: c.File, OnlyCheck: c.Check, Progress: tell})
		end()
		if err != nil {
			return err
		}
		wrong := 0
		for _, r := range out.Rows {
			if !r.Ready() {
				wrong++
			}
		}
		if c.JSON {
			if err := env.printJSON(map[string]any{"rows": out.Rows, "proposed": out.Proposed}); err != nil {
				return err
			}
		} else {
			for _, r := range out.Rows {
				for _, f := range r.Problems {
					fmt.Fprintf(env.out, "%s:%d: %s: %s\n", c.File, r.Number, f.Name, l.T(f.Key, f.Args))
				}
			}
		}
		switch {
		case wrong > 0:
			return wantingError{fmt.Sprintf("%d to mend of %d; nothing was taken", wrong, len(out.Rows))}
		case c.JSON:
		case c.Check:
			fmt.Fprintf(env.out, "%d ready, nothing to mend\n", len(out.Rows))
		default:
			fmt.Fprintf(env.out, "%d proposed\n", len(out.Proposed))
		}
		return nil
	})
}

type nominationsTemplateCommand struct {
	File     string `arg:"" help:"Where to write it."`
	Language string `help:"The language of its headings." default:"en" placeholder:"TAG"`
}

// Help adds an example to the command's help.
func (nominationsTemplateCommand) Help() string {
	return `Example:

	cadre nominations template --language ur nominees.xlsx`
}

// Run writes the sheet.
func (c nominationsTemplateCommand) Run(*environment) error {
	var tags []string
	for _, l := range i18n.Shipped().Languages() {
		tags = append(tags, l.Tag)
	}
	if !slices.Contains(tags, c.Language) {
		return usageError{fmt.Errorf("--language: there are no words in %q: one of %s", c.Language, strings.Join(tags, ", "))}
	}
	data, err := cohort.Template(i18n.For(i18n.Prefs{Lang: c.Language}))
	if err != nil {
		return err
	}
	return os.WriteFile(c.File, data, 0o644)
}
