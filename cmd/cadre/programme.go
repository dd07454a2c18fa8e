package main

import (
	"bytes"
	"fmt"

	"cadre/internal/app"
	"cadre/internal/programme"
)

type programmeCommands struct {
	Check  programmeCheckCommand  `cmd:"" help:"List everything that is wrong with programme files."`
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
	for _, file := range c.Files {
		found, err := app.CheckProgramme(file)
		if err != nil {
			return err
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
		return wantingError{fmt.Sprintf("%d to mend", n)}
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
