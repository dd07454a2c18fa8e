package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"cadre/internal/app"
	"cadre/internal/i18n"
	"cadre/internal/lrs"
	"cadre/internal/lrs/forward"
)

type lrsForwardCommands struct {
	Add    lrsForwardAdd    `cmd:"" help:"Send statements on to another record store from now on."`
	List   lrsForwardList   `cmd:"" help:"List the record stores that statements go on to."`
	Status lrsForwardStatus `cmd:"" help:"Say how far each has them, and what went wrong."`
	Pause  lrsForwardPause  `cmd:"" help:"Stop sending for a while."`
	Resume lrsForwardResume `cmd:"" help:"Go on sending, at once."`
	Remove lrsForwardRemove `cmd:"" help:"Stop sending for good."`
}

type lrsForwardAdd struct {
	Endpoint   string    `arg:"" help:"The other record store's endpoint, such as https://lrs.example.org/xapi."`
	Title      string    `help:"What it is for." placeholder:"TEXT"`
	Account    string    `help:"The key or user name that it gave you." required:"" placeholder:"NAME"`
	SecretFile string    `help:"The file with the secret or password in its first line." required:"" placeholder:"FILE"`
	Verb       []string  `help:"Only statements with this verb. May be given several times." placeholder:"IRI"`
	Activity   []string  `help:"Only statements about this activity, or with it in their context. May be given several times." placeholder:"IRI"`
	Programme  string    `help:"Only what was written within one programme, by its key." placeholder:"KEY"`
	Agency     string    `help:"Only what was written within one agency, by its id." placeholder:"ID"`
	Since      time.Time `help:"Only what was stored since then; from the beginning if left out." placeholder:"2020-10-01T00:00:00Z"`
	JSON       bool      `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (lrsForwardAdd) Help() string {
	return `Its host has to stand in the configuration (lrs.forward_to). Sending is done by "cadre serve", in order, again and again until the other side has everything.

Example:

	cadre lrs forward add https://lrs.example.org/xapi --title "Ministry" --account a7b0 --secret-file secret.txt`
}

// Run names the target.
func (c lrsForwardAdd) Run(env *environment) error {
	text, err := os.ReadFile(c.SecretFile)
	if err != nil {
		return err
	}
	secret, _, _ := strings.Cut(strings.ReplaceAll(string(text), "\r", ""), "\n")
	if secret == "" {
		return usageError{fmt.Errorf("--secret-file: the first line of %s is empty", c.SecretFile)}
	}
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		t, err := a.Forward.Add(app.AsOperator(env.ctx), forward.NewTarget{
			Title: c.Title, Endpoint: c.Endpoint, Account: c.Account, Secret: secret, Since: c.Since,
			Filter: lrs.Filter{Verbs: c.Verb, Activities: c.Activity, Programme: c.Programme, Agency: c.Agency},
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(t)
		}
		fmt.Fprintf(env.out, "%s  %s\nStatements go there from now on, while \"cadre serve\" runs.\n", t.ID, t.Endpoint)
		return nil
	})
}

type lrsForwardList struct {
	JSON bool `help:"Print one JSON list."`
}

// Help adds an example to the command's help.
func (lrsForwardList) Help() string {
	return `Secrets are never shown.

Example:

	cadre lrs forward list`
}

// Run lists the targets.
func (c lrsForwardList) Run(env *environment) error {
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		all, err := a.Forward.Targets(app.AsOperator(env.ctx))
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(append([]forward.Target{}, all...))
		}
		for _, t := range all {
			state := "sending"
			if t.Paused {
				state = "paused"
			}
			fmt.Fprintf(env.out, "%s  %s  %s  %s\n", t.ID, state, t.Endpoint, t.Title)
		}
		return nil
	})
}

type lrsForwardStatus struct {
	ID   string `arg:"" optional:"" help:"One of them; all if left out."`
	JSON bool   `help:"Print one JSON list."`
}

// Help adds an example to the command's help.
func (lrsForwardStatus) Help() string {
	return `Says how many statements each has, how many wait, which it refused and with which answer, and when it is tried again.

Example:

	cadre lrs forward status --json`
}

// Run says how targets stand.
func (c lrsForwardStatus) Run(env *environment) error {
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		all, err := a.Forward.Status(app.AsOperator(env.ctx), c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(append([]forward.Status{}, all...))
		}
		for _, s := range all {
			waiting := fmt.Sprint(s.Waiting)
			if s.Waiting > forward.WaitingMax {
				waiting = fmt.Sprintf("more than %d", forward.WaitingMax)
			}
			fmt.Fprintf(env.out, "%s  %s\n  sent %d, waiting %s, refused %d\n", s.ID, s.Endpoint, s.Sent, waiting, s.Refused)
			if s.Paused {
				fmt.Fprintln(env.out, "  paused")
			}
			if s.Error != "" {
				fmt.Fprintf(env.out, "  failed %d times: %s\n  tried again %s\n", s.Tries, s.Error, l.Instant(s.NextAt))
			}
			for _, r := range s.Refusals {
				fmt.Fprintf(env.out, "  refused with %d: %s\n", r.Status, r.Statement)
			}
		}
		return nil
	})
}

type lrsForwardPause struct {
	ID   string `arg:"" help:"The forwarding, as \"list\" shows it."`
	JSON bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (lrsForwardPause) Help() string {
	return `What is stored meanwhile waits.

Example:

	cadre lrs forward pause 01890a5d-ac96-774b-bcce-b302099a8057`
}

// Run pauses.
func (c lrsForwardPause) Run(env *environment) error {
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		return env.forwarded(c.ID, "paused", c.JSON, a.Forward.Pause(app.AsOperator(env.ctx), c.ID))
	})
}

type lrsForwardResume struct {
	ID   string    `arg:"" help:"The forwarding, as \"list\" shows it."`
	From time.Time `help:"Go back, and send again what was stored since then." placeholder:"2020-10-01T00:00:00Z"`
	JSON bool      `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (lrsForwardResume) Help() string {
	return `Also ends a pause after a failure. A record store keeps once what it is sent twice, so going back does no harm.

Example:

	cadre lrs forward resume 01890a5d-ac96-774b-bcce-b302099a8057`
}

// Run resumes.
func (c lrsForwardResume) Run(env *environment) error {
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		return env.forwarded(c.ID, "sending", c.JSON, a.Forward.Resume(app.AsOperator(env.ctx), c.ID, c.From))
	})
}

type lrsForwardRemove struct {
	ID   string `arg:"" help:"The forwarding, as \"list\" shows it."`
	JSON bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (lrsForwardRemove) Help() string {
	return `What the other record store has, it keeps: ask whoever runs it to delete that.

Example:

	cadre lrs forward remove 01890a5d-ac96-774b-bcce-b302099a8057`
}

// Run removes.
func (c lrsForwardRemove) Run(env *environment) error {
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		return env.forwarded(c.ID, "removed", c.JSON, a.Forward.Remove(app.AsOperator(env.ctx), c.ID))
	})
}

// forwarded says what became of a forwarding.
func (env *environment) forwarded(target, state string, asJSON bool, err error) error {
	if err != nil {
		return err
	}
	if asJSON {
		return env.printJSON(struct {
			ID    string `json:"id"`
			State string `json:"state"`
		}{target, state})
	}
	fmt.Fprintf(env.out, "%s  %s\n", target, state)
	return nil
}
