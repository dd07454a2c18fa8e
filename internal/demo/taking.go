package demo

import (
	"context"
	"fmt"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// group puts officers into a group of the cohort.
func (p *Play) group(ctx context.Context, e Event) error {
	var in struct {
		Group   string   `yaml:"group"`
		Persons []string `yaml:"persons"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	g := cohort.Grouping{Cohort: p.cohort, Group: in.Group}
	for _, key := range in.Persons {
		g.People = append(g.People, p.people[key])
	}
	_, err = p.Cohort.Group(ctx, op(), g)
	return err
}

// join enrols somebody at a later stage, without a seat.
func (p *Play) join(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Stage  string `yaml:"stage"`
		Basis  string `yaml:"basis"`
		Letter string `yaml:"letter"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	who, ok := p.script.person(in.Person)
	if !ok {
		return fmt.Errorf("people.yaml has no %q", in.Person)
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	n := p.newPerson(who)
	enrolment, err := p.Cohort.Join(ctx, op(), cohort.Joining{
		Cohort: p.cohort, New: &n, Agency: p.agencies[who.Agency], Capacity: cohort.Participant, Stage: in.Stage,
		Basis: pathway.Basis(in.Basis), Letter: p.letters[in.Letter],
	})
	if err != nil {
		return err
	}
	roll, err := p.Cohort.People(ctx, p.cohort, "", "en")
	if err != nil {
		return err
	}
	for _, x := range roll.Parts {
		if x.ID == enrolment {
			return p.isPart(ctx, in.Person, x.Person)
		}
	}
	return fmt.Errorf("%s joined, and the cohort does not list her", in.Person)
}

// isPart notes the part that the service gave to somebody who joined.
func (p *Play) isPart(ctx context.Context, key string, who id.Person) error {
	held, err := p.Access.Grants(ctx, who)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Role == actor.Participant {
			p.met(key, who, actor.Grant{ID: h.ID, Role: h.Role, Scope: h.Scope, From: h.From})
			_, err := p.Access.Invite(ctx, op(), access.Invitee{Person: who})
			return err
		}
	}
	return fmt.Errorf("%s joined, and was made no participant", key)
}

// choose signs a selection: the persons named, out of the ranking as it stands.
func (p *Play) choose(ctx context.Context, e Event) error {
	var in struct {
		Stage   string   `yaml:"stage"`
		Persons []string `yaml:"persons"`
		Reason  Words    `yaml:"reason"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	l, err := p.Cohort.Shortlist(ctx, p.cohort, in.Stage, "en")
	if err != nil {
		return err
	}
	s := cohort.Signing{Cohort: p.cohort, Stage: in.Stage, Digest: l.Digest, Reason: in.Reason.In("en"), Agreed: true}
	for _, key := range in.Persons {
		s.Chosen = append(s.Chosen, p.people[key])
	}
	_, err = p.Cohort.Sign(ctx, op(), s)
	return err
}
