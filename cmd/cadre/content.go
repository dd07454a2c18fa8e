package main

import (
	"fmt"
	"slices"

	"cadre/internal/app"
	"cadre/internal/content"
	"cadre/internal/content/manifest"
	"cadre/internal/i18n"
)

type contentCommands struct {
	Check  contentCheckCommand  `cmd:"" help:"List everything that is wrong with a package."`
	Import contentImportCommand `cmd:"" help:"Bring a package in, as a package of its own or a new version of one."`
	Export contentExportCommand `cmd:"" help:"Write a module as a package for other systems, or a package as it came."`
}

type contentCheckCommand struct {
	Source string `arg:"" help:"The package: a file, or an address that begins with https://."`
	JSON   bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (contentCheckCommand) Help() string {
	return `SCORM 1.2 and 2004, cmi5 (ZIP, or cmi5.xml alone), xAPI (tincan.xml) and H5P. Each problem stands on a line of its own: file:line: level: what is wrong or what was repaired. Exit code 3 if there is an error. Nothing is kept.

Example:

	cadre content check course.zip`
}

// Run checks the package.
func (c contentCheckCommand) Run(env *environment) error {
	cfg, err := env.config()
	if err != nil {
		return err
	}
	l := i18n.For(i18n.Prefs{Lang: cfg.Language, Zone: cfg.Zone})
	tell, end := env.progress()
	out, err := app.CheckPackage(env.ctx, cfg, app.PackageFrom{Source: c.Source, Progress: tell})
	end()
	if err != nil {
		return err
	}
	if c.JSON {
		if err := env.printJSON(map[string]any{"manifest": out.Manifest, "problems": told(l, out.Problems)}); err != nil {
			return err
		}
	} else {
		env.tell(l, out.Problems)
	}
	if n := errorsIn(out.Problems); n > 0 {
		return wantingError{fmt.Sprintf("%d to mend by its maker", n)}
	}
	if !c.JSON {
		fmt.Fprintf(env.out, "%s, %d to open: %s\n", out.Manifest.Kind, len(out.Manifest.Units), l.Text(out.Manifest.Title).Text)
	}
	return nil
}

type contentImportCommand struct {
	Source   string `arg:"" help:"The package: a file, or an address that begins with https://, of a host that the configuration names (content.import_from)."`
	Replaces string `help:"The key of the package that this is a new version of." placeholder:"KEY"`
	Module   string `help:"The key of the module that this is in another language: people find one module, in their language." placeholder:"KEY"`
	Language string `help:"The language that it is in, as a tag: en, ur, ps, fa-AF. The one that it states itself if left out." placeholder:"TAG"`
	Key      string `help:"The new package's key, by which programme files name it; made from its title, or from the module's key and the language, if left out." placeholder:"KEY"`
	Publish  bool   `help:"Put it out at once."`
	Smaller  bool   `help:"Send pictures, and sound and video where the configuration names an ffmpeg (content.ffmpeg), in fewer bytes, where they lose nothing that is seen or heard on a telephone. The archive stays as it came."`
	JSON     bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (contentImportCommand) Help() string {
	return `A version is never changed: attempts stay on the one they began with. A package with an error is not brought in; exit code 3 and the problems, as "content check" lists them.

Example:

	cadre content import --publish tip-basics.zip
	cadre content import --publish --module tip-basics --language ur tip-basics-urdu.zip`
}

// Run brings the package in.
func (c contentImportCommand) Run(env *environment) error {
	return env.enter(func(a *app.App, l *i18n.Localizer) error {
		tell, end := env.progress()
		out, problems, err := a.ImportPackage(env.ctx, app.PackageFrom{Source: c.Source, Replaces: c.Replaces, Translates: c.Module, Language: c.Language, Key: c.Key, Publish: c.Publish, Smaller: c.Smaller, Progress: tell})
		end()
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			if c.JSON {
				if err := env.printJSON(map[string]any{"problems": told(l, problems)}); err != nil {
					return err
				}
			} else {
				env.tell(l, problems)
			}
			return wantingError{fmt.Sprintf("%d to mend by its maker; nothing was brought in", errorsIn(problems))}
		}
		warnings, err := a.PackageWarnings(env.ctx, out.Version)
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(map[string]any{
				"package": out.Package, "version": out.Version, "number": out.Number, "key": out.Key, "unchanged": out.Unchanged, "warnings": told(l, warnings),
			})
		}
		env.tell(l, warnings)
		if out.Unchanged {
			fmt.Fprintf(env.out, "version %d of %s is this archive already\n", out.Number, out.Key)
			return nil
		}
		fmt.Fprintf(env.out, "brought in as version %d of %s\n", out.Number, out.Key)
		return nil
	})
}

type contentExportCommand struct {
	Key    string `arg:"" help:"The key of the module or package."`
	As     string `help:"What a Markdown module is made into: cmi5, scorm12 or scorm2004 (4th edition)." enum:"cmi5,scorm12,scorm2004," default:"" placeholder:"KIND"`
	Out    string `short:"o" required:"" help:"The file to write. One that is there is replaced." placeholder:"FILE"`
	Number int    `help:"The version's number; left out, the one that is out, or the latest if none is." placeholder:"N"`
	JSON   bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (contentExportCommand) Help() string {
	return `A Markdown module becomes one unit with all its languages, its questions and its pass mark. The same version gives the same bytes. A package that was brought in is written as it came, byte for byte; --as is left out for it.

Example:

	cadre content export tip-basics --as scorm2004 -o tip-basics.zip`
}

// Run writes the package.
func (c contentExportCommand) Run(env *environment) error {
	return env.enter(func(a *app.App, l *i18n.Localizer) error {
		tell, end := env.progress()
		out, err := a.TakeOut(env.ctx, app.TakeOut{Key: c.Key, Number: c.Number, As: manifest.Kind(c.As), To: c.Out, Progress: tell})
		end()
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(out)
		}
		how := "made into " + string(out.Kind)
		if out.AsItCame {
			how = string(out.Kind) + ", as it came"
		}
		fmt.Fprintf(env.out, "%s, version %d, %s: %s (%s)\n", out.Key, out.Number, how, out.File, l.Bytes(out.Bytes))
		return nil
	})
}

// tell prints problems, each on a line of its own.
func (env *environment) tell(l *i18n.Localizer, problems []content.PackageProblem) {
	for _, p := range problems {
		if at := p.Place(); at != "" {
			fmt.Fprintf(env.out, "%s: ", at)
		}
		fmt.Fprintf(env.out, "%s: %s\n", p.Level, l.T(p.Key, p.Args))
	}
}

// toldProblem is a problem with its sentence, as JSON.
type toldProblem struct {
	content.PackageProblem
	Says string `json:"says"`
}

func told(l *i18n.Localizer, problems []content.PackageProblem) []toldProblem {
	out := []toldProblem{}
	for _, p := range problems {
		out = append(out, toldProblem{p, l.T(p.Key, p.Args)})
	}
	return out
}

func errorsIn(problems []content.PackageProblem) int {
	return len(slices.DeleteFunc(slices.Clone(problems), func(p content.PackageProblem) bool { return p.Level != manifest.Error }))
}
