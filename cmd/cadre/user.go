package main

import (
	"fmt"
	"slices"
	"strings"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
)

type userCommands struct {
	Invite userInviteCommand `cmd:"" help:"Let somebody in for the first time, with a role."`
}

type userInviteCommand struct {
	Name      string `help:"Her name, as it is written." required:""`
	Role      string `help:"One of programme-officer, focal-point, trainer, coach, supervisor, observer, administrator." required:""`
	Email     string `help:"Her address, if she has one."`
	Country   string `help:"Only for this country (ISO 3166-1, two letters)." placeholder:"XX"`
	Agency    string `help:"Only for this agency and those below it, by its code." placeholder:"CODE"`
	Programme string `help:"Only for this programme, by its key." placeholder:"KEY"`
	Cohort    string `help:"Only for this cohort, by its id." placeholder:"ID"`
	Link      bool   `help:"Make a link to be sent instead of a code to be printed."`
	JSON      bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (userInviteCommand) Help() string {
	return `Prints a sign-in name and a code of eight signs, or a link, once: hand them over yourself. Whoever comes in with them chooses a passphrase. The first person of an instance is invited like this.

Example:

	cadre user invite --name "Amina Khan" --role programme-officer --country PK`
}

// Run invites.
func (c userInviteCommand) Run(env *environment) error {
	role := actor.Role(c.Role)
	if !slices.Contains(actor.Roles(), role) || role == actor.Participant {
		// Participants come by nomination, with their own yes.
		return usageError{fmt.Errorf("%q is not a role that can be given here: see cadre user invite --help", c.Role)}
	}
	country := strings.ToUpper(c.Country)
	if country != "" && !people.IsCountry(country) {
		return usageError{fmt.Errorf("--country: %q is the code of no country: two letters, as ISO 3166-1 has them, such as PK or GB", c.Country)}
	}
	in := app.Invitee{Name: c.Name, Email: c.Email, Role: role, Country: country, Agency: c.Agency, Programme: c.Programme, ByLink: c.Link}
	if c.Cohort != "" {
		var err error
		if in.Cohort, err = parsed[id.Cohort](c.Cohort); err != nil {
			return err
		}
	}
	return env.enter(func(a *app.App, _ *i18n.Localizer) error {
		t, err := a.Invite(env.ctx, in)
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(t)
		}
		fmt.Fprintf(env.out, "sign-in name  %s\n", t.SignInName)
		if t.Code != "" {
			fmt.Fprintf(env.out, "code          %s\n", t.Code)
		}
		if t.Link != "" {
			fmt.Fprintf(env.out, "link          %s\n", t.Link)
		}
		fmt.Fprintf(env.out, "until         %s\n", t.Expires)
		return nil
	})
}
