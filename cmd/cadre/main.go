// Command cadre runs specialist training programmes, from nomination to proof
// that the training is used. Each of its commands calls one function of
// internal/app; flags and help are all that lives here.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"cadre/internal/config"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// version is set when a release is built: see the Makefile.
var version = "unversioned"

// The exit codes. They are part of what scripts may rely on; help lists them.
const (
	exitDone        = 0
	exitFailed      = 1  // something went wrong that nobody expected
	exitUsage       = 2  // the command line or the configuration was not understood
	exitWanting     = 3  // what was to be checked or taken in has faults, listed above
	exitNotFound    = 4  // there is no such thing
	exitRefused     = 5  // a rule forbids it
	exitUnavailable = 75 // not now; the same command may be given again
)

const description = `Runs specialist training programmes, from nomination to proof that the training is used.

Exit codes: 0 done; 1 failed; 2 command line or configuration not understood; 3 what was checked or taken in has faults; 4 not found; 5 refused by a rule; 75 not now, try again.`

// commands is the command line; kong reads it.
type commands struct {
	Config string `help:"The file with this instance's settings (docs/cadre.sample.yaml). CADRE_ variables win over it." type:"path" placeholder:"FILE"`

	Serve serveCommand `cmd:"" help:"Serve the pages, and do what is due."`
	Demo  demoCommand  `cmd:"" help:"Play the programme of November 2020 with invented officers."`

	Programme programmeCommands `cmd:"" help:"Check, import and export programme files."`
	Pathway   pathwayCommands   `cmd:"" help:"Explain where people stand, and look ahead."`

	Content contentCommands `cmd:"" help:"Check and bring in e-learning packages."`

	Token tokenCommands `cmd:"" help:"Let other programs call."`

	User        userCommands        `cmd:"" help:"Let people in."`
	Nominations nominationsCommands `cmd:"" help:"Bring in nominations from a sheet."`

	LRS lrsCommands `cmd:"" name:"lrs" help:"Give programs keys to the learning record store, and send statements on to others."`

	Cohorts cohortsCommand `cmd:"" help:"List the cohorts with their ids."`

	Report reportCommand `cmd:"" help:"Write a cohort's figures, as CSV or a spreadsheet."`

	Verify  verifyCommand  `cmd:"" help:"Find whatever was changed, added or taken away behind Cadre's back."`
	Backup  backupCommand  `cmd:"" help:"Make a proven backup while serving, or test one."`
	Restore restoreCommand `cmd:"" help:"Restore a backup into an empty place."`
	Person  personCommands `cmd:"" help:"Erase persons."`
	Doctor  doctorCommand  `cmd:"" help:"Look at everything that nobody sees fail."`
	Version versionCommand `cmd:"" help:"Say which Cadre this is."`
}

// An environment is what commands act on, so that tests can give another.
type environment struct {
	ctx context.Context // ended by an interrupt
	out io.Writer       // results
	err io.Writer       // progress and complaints
	// config reads the configuration; more has further CADRE_ settings, which win.
	config func(more ...string) (config.Config, error)
}

func main() { os.Exit(untilInterrupted()) }

// untilInterrupted runs the program's own command line; an interrupt ends it in
// order.
func untilInterrupted() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// run executes one command line, until ctx ends, and returns the exit code.
func run(ctx context.Context, args []string, out, complaints io.Writer) int {
	var c commands
	code := -1
	parser, err := kong.New(&c,
		kong.Name("cadre"),
		kong.Description(description),
		kong.Writers(out, complaints),
		kong.Exit(func(status int) { code = status }),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, WrapUpperBound: 100}),
	)
	if err != nil {
		fmt.Fprintln(complaints, "cadre:", err)
		return exitFailed
	}
	chosen, err := parser.Parse(args)
	if code >= 0 { // help was asked for and has been given
		return code
	}
	if err != nil {
		fmt.Fprintln(complaints, "cadre:", err)
		fmt.Fprintf(complaints, "Try: %s --help\n", reached(err))
		return exitUsage
	}
	env := &environment{ctx: ctx, out: out, err: complaints, config: func(more ...string) (config.Config, error) {
		settings, err := config.Load(c.Config, append(os.Environ(), more...))
		if err != nil {
			return settings, usageError{err}
		}
		return settings, nil
	}}
	if err := chosen.Run(env); err != nil {
		fmt.Fprintln(complaints, "cadre:", sentence(err))
		return exitCode(err)
	}
	return exitDone
}

// reached is the command that a command line came to before it went wrong.
func reached(err error) string {
	words := []string{"cadre"}
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil {
		for _, p := range wrong.Context.Path {
			if p.Command != nil {
				words = append(words, p.Command.Name)
			}
		}
	}
	return strings.Join(words, " ")
}

// sentence is what an operator reads of an error: the sentence that people
// would read, where it is a fault of theirs, what is to be mended of each thing that
// was asked for, and the cause.
func sentence(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	l := i18n.For(i18n.Prefs{})
	s := l.Error(f)
	for _, x := range f.Fields {
		s += "\n  " + x.Name + ": " + l.T(x.Key, x.Args)
	}
	if f.Cause != nil {
		s += " (" + f.Cause.Error() + ")"
	}
	return s
}

// A usageError is a mistake in what the operator wrote.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// A wantingError says that what was checked has faults, which have been listed.
type wantingError struct{ summary string }

func (e wantingError) Error() string { return e.summary }

func exitCode(err error) int {
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	var wanting wantingError
	if errors.As(err, &wanting) {
		return exitWanting
	}
	if errors.Is(err, fs.ErrNotExist) {
		return exitNotFound
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return exitWanting
	case fault.NotFound:
		return exitNotFound
	case fault.Unauthenticated, fault.Denied, fault.Conflict, fault.Stale, fault.Closed:
		return exitRefused
	case fault.Limited, fault.Unavailable:
		return exitUnavailable
	default:
		return exitFailed
	}
}

// printJSON writes one result for programs to read.
func (env *environment) printJSON(v any) error {
	enc := json.NewEncoder(env.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

type versionCommand struct {
	JSON bool `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (versionCommand) Help() string { return "Example:\n\n\tcadre version --json" }

// Run prints the version.
func (c versionCommand) Run(env *environment) error {
	if c.JSON {
		return env.printJSON(map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
	}
	_, err := fmt.Fprintf(env.out, "cadre %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
