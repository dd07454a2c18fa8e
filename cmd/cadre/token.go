package main

import (
	"fmt"
	"strings"

	"cadre/internal/access"
	"cadre/internal/app"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

type tokenCommands struct {
	Create tokenCreateCommand `cmd:"" help:"Make a token with which another program may call /api/v1."`
	List   tokenListCommand   `cmd:"" help:"List the tokens that were made."`
	End    tokenEndCommand    `cmd:"" help:"Make a token useless at once."`
}

type tokenCreateCommand struct {
	Scope []string `required:"" help:"What it may do: packages, launch:any, attempts; parted by commas." placeholder:"SCOPE"`
	Name  string   `help:"What it is for, for your own list."`
	JSON  bool     `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (tokenCreateCommand) Help() string {
	return `Prints the token, once: only its hash is kept. Programs send it as "Authorization: Bearer TOKEN".

Example:

	cadre token create --scope packages,launch:any,attempts --name catalogue`
}

// Run makes a token.
func (c tokenCreateCommand) Run(env *environment) error {
	return env.enter(func(a *app.App, _ *i18n.Localizer) error {
		made, err := a.CreateToken(env.ctx, access.NewToken{Name: c.Name, Scopes: c.Scope})
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(made)
		}
		_, err = fmt.Fprintln(env.out, made.Token)
		return err
	})
}

type tokenListCommand struct {
	JSON bool `help:"Print one JSON array."`
}

// Help adds an example to the command's help.
func (tokenListCommand) Help() string {
	return `Secrets are never shown again.

Example:

	cadre token list`
}

// Run lists tokens.
func (c tokenListCommand) Run(env *environment) error {
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		all, err := a.Tokens(env.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(all)
		}
		for _, t := range all {
			state := ""
			if t.Ended {
				state = " (ended)"
			}
			fmt.Fprintf(env.out, "%s %s %s %s%s\n", t.ID, l.Instant(t.MadeAt), strings.Join(t.Scopes, ","), t.Name, state)
		}
		return nil
	})
}

type tokenEndCommand struct {
	ID string `arg:"" help:"The token's id, as the list shows it."`
}

// Help adds an example to the command's help.
func (tokenEndCommand) Help() string {
	return `Ending a token twice does nothing.

Example:

	cadre token end 019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b`
}

// Run ends a token.
func (c tokenEndCommand) Run(env *environment) error {
	t, err := parsed[id.Token](c.ID)
	if err != nil {
		return err
	}
	return env.enter(func(a *app.App, _ *i18n.Localizer) error { return a.EndToken(env.ctx, t) })
}
