package main

import (
	"bytes"
	"errors"
	"fmt"

	"cadre/internal/app"
	"cadre/internal/i18n"
	"cadre/internal/programme"
)

type programmeCommands struct {
	Check  programmeCheckCommand  `cmd:"" help:"List everything that is wrong with programme files."`
	Import programmeImportCommand `cmd:"" help:"Keep a programme file as the next version of its programme."`
	Export programmeExportCommand `cmd:"" help:"Print a version of a programme that was imported."`
	Schema programmeSchemaCommand `cmd:"" help:"Print the JSON Schema of programme files, for editors."`
}

type programmeCheckCommand struct {
	Files []string `arg:"" name:"file" help:"The programme file."`
	JSON  bool     `help:"Print one JSON array of problems."`
}

// Help adds an example to the command's help.
func (programmeCheckCommand) Help() string {
	return `Each problem stands on a line of its own: file:line:column: what is wrong: what would be right. Exit code 3 if there is any.

Example:

	cadre programme check examples/pakistan-2020/programme.yaml`
}

// Run checks the files.
func (c programmeCheckCommand) Run(env *environment) error {
	problems := programme.Problems{}
	var unread error
	for _, file := range c.Files {
		found, err := app.CheckProgramme(file)
		if err != nil { // the others are checked all the same
			unread = errors.Join(unread, err)
		}
		problems = append(problems, found...)
	}
	if c.JSON {
		if err := env.printJSON(problems); err != nil {
			return err
		}
	} else {
		for _, p := range problems {
			fmt.Fprintln(env.out, p)
		}
	}
	if n := len(problems); n > 0 {
		return errors.Join(unread, wantingError{fmt.Sprintf("%d to mend", n)})
	}
	if unread != nil {
		return unread
	}
	if !c.JSON {
		fmt.Fprintln(env.out, "nothing to mend")
	}
	return nil
}

type programmeSchemaCommand struct{}

// Help adds an example to the command's help.
func (programmeSchemaCommand) Help() string {
	return `An editor that knows the schema completes keys and marks mistakes while you write.

Example:

	cadre programme schema > programme.schema.json

and as the first line of a programme file:

	# yaml-language-server: $schema=programme.schema.json`
}

// Run prints the schema.
func (programmeSchemaCommand) Run(env *environment) error {
	schema, err := app.ProgrammeSchema()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.out, "%s\n", bytes.TrimSpace(schema))
	return err
}

type programmeImportCommand struct {
	File string `arg:"" help:"The programme file."`
	JSON bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (programmeImportCommand) Help() string {
	return `A version is never changed: cohorts keep the one they started with. A file with faults is not imported; exit code 3 and the faults, as "programme check" lists them.

Example:

	cadre programme import examples/pakistan-2020/programme.yaml`
}

// Run imports the file.
func (c programmeImportCommand) Run(env *environment) error {
	return env.enter(func(a *app.App, _ *i18n.Localizer) error {
		out, problems, err := a.ImportProgramme(env.ctx, c.File)
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			if c.JSON {
				if err := env.printJSON(map[string]any{"problems": problems}); err != nil {
					return err
				}
			} else {
				for _, p := range problems {
					fmt.Fprintln(env.err, p)
				}
			}
			return wantingError{fmt.Sprintf("%d to mend; nothing was imported", len(problems))}
		}
		if c.JSON {
			return env.printJSON(map[string]any{"programme": out.Programme, "version": out.Version, "number": out.Number, "fresh": out.Fresh})
		}
		if !out.Fresh {
			fmt.Fprintf(env.out, "version %d is this file already\n", out.Number)
			return nil
		}
		fmt.Fprintf(env.out, "imported as version %d of programme %s\n", out.Number, out.Programme)
		return nil
	})
}

type programmeExportCommand struct {
	Key     string `arg:"" help:"The programme's key, as its file gives it."`
	Version int    `help:"Which version; the latest if left out." placeholder:"NUMBER"`
	Normal  bool   `help:"In the normal form, without the comments of the file."`
}

// Help adds an example to the command's help.
func (programmeExportCommand) Help() string {
	return `Prints the file as it was imported.

Example:

	cadre programme export sit-week --version 2 > programme.yaml`
}

// Run prints the version.
func (c programmeExportCommand) Run(env *environment) error {
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		data, err := a.ExportProgramme(env.ctx, c.Key, c.Version, c.Normal)
		if err != nil {
			return err
		}
		_, err = env.out.Write(data)
		return err
	})
}
