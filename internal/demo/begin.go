package demo

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/people"
)

// begin does what an operator does on a new machine: the agencies, the first
// administrator and the first programme officer.
func (p *Play) begin(ctx context.Context) error {
	ctx = actor.With(ctx, actor.Actor{Operator: true})
	for _, a := range p.script.Cast.Agencies {
		got, err := p.People.AddAgency(ctx, op(), people.Agency{Code: a.Key, Name: a.Title.Text(), Country: a.Country, Kind: a.Kind})
		if err != nil {
			return err
		}
		p.agencies[a.Key] = got
	}
	for _, u := range p.script.Cast.Units {
		got, err := p.People.AddUnit(ctx, op(), people.Unit{Agency: p.agencies[u.Agency], Name: u.Title.Text(), Station: p.place(u.Place)})
		if err != nil {
			return err
		}
		p.units[u.Key] = got
	}
	for _, s := range p.script.Cast.Staff {
		switch s.Key {
		case "officer", "administrator":
			if err := p.enter(ctx, s, actor.Scope{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// enter makes somebody of the staff and gives her what her roles need, in scope.
func (p *Play) enter(ctx context.Context, s Person, scope actor.Scope) error {
	who, err := p.People.Add(ctx, op(), p.newPerson(s))
	if err != nil {
		return fmt.Errorf("%s: %w", s.Key, err)
	}
	p.met(s.Key, who, actor.Grant{})
	for _, role := range append([]string{s.Role}, s.Also...) {
		r := actor.Role(role)
		if !slices.Contains(actor.Roles(), r) {
			continue // a guest holds no role; the door admits her
		}
		sc := scope
		switch r {
		case actor.FocalPoint, actor.Supervisor:
			sc = actor.Scope{Agency: p.agencies[s.Agency], Programme: p.programme}
		case actor.Administrator:
			sc = actor.Scope{}
		}
		if err := p.give(ctx, s.Key, r, sc); err != nil {
			return err
		}
	}
	return nil
}

func (p *Play) give(ctx context.Context, key string, r actor.Role, scope actor.Scope) error {
	g, err := p.Access.GiveGrant(ctx, op(), access.Giving{Person: p.people[key], Role: r, Scope: scope})
	if err != nil {
		return fmt.Errorf("%s as %s: %w", key, r, err)
	}
	p.met(key, p.people[key], actor.Grant{ID: g, Role: r, Scope: scope, From: p.clock.Now()})
	return nil
}

func (p *Play) newPerson(s Person) people.NewPerson {
	n := people.NewPerson{Sex: sex(s.Sex), Preferences: people.Preferences{Language: s.Language, Zone: or(s.Zone, p.script.Zone.String())}}
	add := func(form people.Form, name Name) {
		for _, w := range []string{name.Latin, name.Urdu} {
			if w != "" {
				n.Names = append(n.Names, people.NewName{Form: form, Written: w})
			}
		}
	}
	add(people.Letter, s.Names.Letter)
	add(people.Called, s.Names.Called)
	add(people.Printed, s.Names.Printed)
	if s.Contact.Telephone != "" {
		n.Contacts = append(n.Contacts, people.Contact{
			Kind: people.Phone, Value: s.Contact.Telephone, Holder: people.Holder(s.Contact.Route),
			Through: or(s.Contact.Person, through(s.Contact.Route)), Safe: s.Contact.SafeHours,
		})
	}
	if s.Email != "" {
		n.Contacts = append(n.Contacts, people.Contact{Kind: people.Email, Value: s.Email, Holder: people.Own})
	}
	if s.Agency != "" {
		n.Affiliation = &people.Affiliation{
			Agency: p.agencies[s.Agency], Unit: p.units[s.Unit], Rank: s.Rank.In("en"), RankGroup: rankGroup(s.RankGroup), Station: p.place(s.Station),
		}
	}
	return n
}

func sex(s string) people.Sex {
	switch s {
	case "female":
		return people.Female
	case "male":
		return people.Male
	}
	return people.NotSaid
}

// rankGroup is a group of the cast as package people has them.
func rankGroup(g string) string {
	switch g {
	case "junior":
		return "assistant"
	case "middle":
		return "inspector"
	case "senior":
		return "senior"
	}
	return ""
}

func (p *Play) place(key string) string {
	for _, t := range p.script.Cast.Places {
		if t.Key == key {
			return t.Title.In("en")
		}
	}
	return key
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// folder reads a folder of the script's files by name.
func (p *Play) folder(dir string) (map[string][]byte, error) {
	entries, err := fs.ReadDir(p.script.Files, dir)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if out[e.Name()], err = fs.ReadFile(p.script.Files, dir+"/"+e.Name()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// through says who passes word on, where the cast only says that somebody does.
func through(route string) string {
	if people.Holder(route) == people.Through {
		return "family"
	}
	return ""
}
