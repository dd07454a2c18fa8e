package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"cadre/internal/app"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/report"
)

type reportCommand struct {
	Cohort  string `arg:"" help:"The cohort's id: cadre cohorts lists them."`
	Release int    `help:"The number of a signed release; the figures of now if left out." placeholder:"N"`
	Out     string `help:"The file to write, ending in .csv, .xlsx or .xml (results of IATI); CSV on standard output if left out." type:"path" placeholder:"FILE"`
	JSON    bool   `help:"Print the figures as one JSON array."`
}

// Help adds an example to the command's help.
func (reportCommand) Help() string {
	return `Writes a cohort's figures, each with its definition and target. Figures of now are for the programme; what leaves it is a signed release, in which small protected figures are withheld.

Example:

	cadre report 019a2f00-0000-7000-8000-000000000001 --release 1 --out figures.xlsx`
}

// Run writes the report.
func (c reportCommand) Run(env *environment) error {
	cohort, err := parsed[id.Cohort](c.Cohort)
	if err != nil {
		return err
	}
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		r, err := a.Report.Export(app.AsOperator(env.ctx), cohort, c.Release)
		if err != nil {
			return err
		}
		switch {
		case c.JSON:
			return env.printJSON(r.Figures)
		case c.Out == "":
			return report.WriteCSV(env.out, l, &r)
		}
		var write func(io.Writer, *i18n.Localizer, *report.Report) error
		switch ext := strings.ToLower(filepath.Ext(c.Out)); ext {
		case ".csv":
			write = report.WriteCSV
		case ".xlsx":
			write = report.WriteXLSX
		case ".xml":
			write = func(w io.Writer, _ *i18n.Localizer, r *report.Report) error { return report.WriteIATI(w, r) }
		default:
			return usageError{fmt.Errorf("--out: a file ending in %q cannot be written; .csv, .xlsx and .xml can", ext)}
		}
		var file bytes.Buffer // so that nothing is written if it cannot be written whole
		if err := write(&file, l, &r); err != nil {
			return err
		}
		return os.WriteFile(c.Out, file.Bytes(), 0o644)
	})
}
