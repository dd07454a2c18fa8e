package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cadre/internal/app"
	"cadre/internal/i18n"
	"cadre/internal/lrs"
)

type lrsCommands struct {
	Key     lrsKeyCommands     `cmd:"" help:"Make, list and revoke keys."`
	Forward lrsForwardCommands `cmd:"" help:"Send statements on to other record stores."`
}

type lrsKeyCommands struct {
	Create lrsKeyCreate `cmd:"" help:"Make a key and print it with its secret, which is shown only now."`
	List   lrsKeyList   `cmd:"" help:"List the keys."`
	Revoke lrsKeyRevoke `cmd:"" help:"End a key for good."`
}

type lrsKeyCreate struct {
	Title     string   `help:"What the key is for; statements written with it carry this as the name of their authority." placeholder:"TEXT"`
	Scope     []string `help:"What it may do: statements/write, statements/read/mine, statements/read, state, profile, all/read, all. May be given several times; statements/write and statements/read/mine if left out." placeholder:"SCOPE"`
	Programme string   `help:"Limit the key to one programme, by its key." placeholder:"KEY"`
	Agency    string   `help:"Limit the key to one agency, by its id." placeholder:"ID"`
	PerMinute string   `help:"How many requests a minute it may send, or none for no bound. 60000 if left out; none for the scope all." placeholder:"N"`
	JSON      bool     `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (lrsKeyCreate) Help() string {
	return `The endpoint is the instance's address followed by /xapi/; key and secret go into HTTP Basic authentication as user and password.

Example:

	cadre lrs key create --title "Authoring tool" --scope statements/write --scope state`
}

// Run makes the key.
func (c lrsKeyCreate) Run(env *environment) error {
	perMinute := 0
	switch n, err := strconv.Atoi(c.PerMinute); {
	case c.PerMinute == "":
	case c.PerMinute == "none":
		perMinute = lrs.Unlimited
	case err != nil || n < 1:
		return errors.New("--per-minute is a number from 1, or none")
	default:
		perMinute = n
	}
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		n := lrs.NewKey{Title: c.Title, Programme: c.Programme, Agency: c.Agency, PerMinute: perMinute}
		for _, s := range c.Scope {
			n.Scopes = append(n.Scopes, lrs.Scope(s))
		}
		k, secret, err := a.LRS.CreateKey(app.AsOperator(env.ctx), n)
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(struct {
				Key    string `json:"key"`
				Secret string `json:"secret"`
			}{k.ID, secret})
		}
		fmt.Fprintf(env.out, "Endpoint  %s%s/\nKey       %s\nSecret    %s\n", a.Config.URL, lrs.Prefix, k.ID, secret)
		return nil
	})
}

type lrsKeyList struct {
	JSON bool `help:"Print one JSON list."`
}

// Help adds an example to the command's help.
func (lrsKeyList) Help() string {
	return `Secrets are shown once, when a key is made, and never again.

Example:

	cadre lrs key list`
}

// Run lists the keys.
func (c lrsKeyList) Run(env *environment) error {
	type line struct {
		Key       string      `json:"key"`
		Title     string      `json:"title"`
		Scopes    []lrs.Scope `json:"scopes"`
		Programme string      `json:"programme,omitempty"`
		Agency    string      `json:"agency,omitempty"`
		Created   time.Time   `json:"created_at"`
		Revoked   *time.Time  `json:"revoked_at,omitempty"`
	}
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		keys, err := a.LRS.Keys(app.AsOperator(env.ctx))
		if err != nil {
			return err
		}
		lines := make([]line, 0, len(keys))
		for _, k := range keys {
			x := line{k.ID, k.Title, k.Scopes, k.Programme, k.Agency, k.Created, nil}
			if !k.Revoked.IsZero() {
				x.Revoked = &k.Revoked
			}
			lines = append(lines, x)
		}
		if c.JSON {
			return env.printJSON(lines)
		}
		for _, x := range lines {
			scopes := make([]string, len(x.Scopes))
			for i, s := range x.Scopes {
				scopes[i] = string(s)
			}
			state := "in use"
			if x.Revoked != nil {
				state = "revoked " + l.Instant(*x.Revoked)
			}
			fmt.Fprintf(env.out, "%s  %s  %s  %s\n", x.Key, strings.Join(scopes, ","), state, x.Title)
		}
		return nil
	})
}

type lrsKeyRevoke struct {
	Key string `arg:"" help:"The key."`
}

// Help adds an example to the command's help.
func (lrsKeyRevoke) Help() string {
	return `Whoever holds it is refused from now on. What it brought stays.

Example:

	cadre lrs key revoke 4f2a9c1e7b6d`
}

// Run revokes the key.
func (c lrsKeyRevoke) Run(env *environment) error {
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		if err := a.LRS.RevokeKey(app.AsOperator(env.ctx), c.Key); err != nil {
			return err
		}
		fmt.Fprintf(env.out, "%s is revoked; what was written with it stays\n", c.Key)
		return nil
	})
}
