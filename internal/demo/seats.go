package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/workshop"
)

func (p *Play) openCohort(ctx context.Context, e Event) error {
	var in struct {
		Key     string `yaml:"key"`
		Title   string `yaml:"title"`
		Country string `yaml:"country"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	if p.cohort, err = p.Cohort.Open(ctx, op(), cohort.Opening{Programme: p.programme, Version: p.version, Country: in.Country}); err != nil {
		return err
	}
	for i := range p.blueprint.Stages {
		st := &p.blueprint.Stages[i]
		if st.Workshop == nil {
			continue
		}
		if _, err := p.Workshop.Lay(ctx, op(), workshop.Lay{Cohort: p.cohort, Stage: string(st.Key)}); err != nil {
			return err
		}
		plan, err := p.Workshop.Plan(ctx, p.cohort, string(st.Key))
		if err != nil {
			return err
		}
		p.week.from(plan)
	}
	return nil
}

// invite enters somebody of the staff, with what her roles need.
func (p *Play) invite(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	s, ok := p.script.person(in.Person)
	if !ok {
		return fmt.Errorf("people.yaml has no %q", in.Person)
	}
	ctx, err := p.as(ctx, e.By, p.roleOf(e.By))
	if err != nil {
		return err
	}
	if err := p.enter(ctx, s, actor.Scope{Programme: p.programme}); err != nil {
		return err
	}
	if _, err := p.Access.Invite(ctx, op(), access.Invitee{Person: p.people[in.Person]}); err != nil {
		return err
	}
	return p.teach(ctx, s)
}

// letter files a letter. Nominations are tied to theirs when they are made.
func (p *Play) letter(ctx context.Context, e Event) error {
	var in struct {
		Key       string   `yaml:"key"`
		Kind      string   `yaml:"kind"`
		Number    string   `yaml:"number"`
		Dated     string   `yaml:"dated"`
		Signatory string   `yaml:"signatory"`
		Agency    string   `yaml:"agency"`
		Covers    []string `yaml:"covers"`
		Days      string   `yaml:"days"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, p.roleOf(e.By))
	if err != nil {
		return err
	}
	dated, err := civil.ParseDate(in.Dated)
	if err != nil {
		return err
	}
	f := cohort.Filing{
		Cohort: p.cohort, Agency: p.agencies[in.Agency], Kind: cohort.LetterKind(in.Kind), Number: in.Number, Date: dated, Signatory: in.Signatory,
	}
	var days civil.Range
	if in.Days != "" {
		from, until, _ := strings.Cut(in.Days, "/")
		if days.From, err = civil.ParseDate(from); err != nil {
			return err
		}
		if days.To, err = civil.ParseDate(until); err != nil {
			return err
		}
	}
	for _, key := range in.Covers {
		if n, ok := p.nominations[key]; ok {
			f.Covers = append(f.Covers, cohort.Cover{Nomination: n, Days: days})
		}
	}
	stored, err := p.Files.PutUpload(scan(), 1<<20)
	if err != nil {
		return err
	}
	f.Scan = &stored
	if p.letters[in.Key], err = p.Cohort.FileLetter(ctx, op(), f); err != nil {
		return err
	}
	if in.Kind != "call" {
		return nil
	}
	deadline := dated.Plus(14).At(17, 0, p.script.Zone.String())
	_, err = p.Cohort.MakeCall(ctx, op(), cohort.Calling{Cohort: p.cohort, Agency: f.Agency, Deadline: deadline, Letter: p.letters[in.Key]})
	return err
}

// nominate is a focal point's proposal, or a letter that the office typed in.
func (p *Play) nominate(ctx context.Context, e Event) error {
	var in struct {
		Letter  string   `yaml:"letter"`
		Persons []string `yaml:"persons"`
		Place   string   `yaml:"place"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	role := p.roleOf(e.By)
	ctx, err := p.as(ctx, e.By, role)
	if err != nil {
		return err
	}
	basis := cohort.OwnAct
	if role == actor.ProgrammeOfficer {
		basis = cohort.Paper
	}
	over, err := p.Cohort.Overview(ctx, p.cohort)
	if err != nil {
		return err
	}
	for _, key := range in.Persons {
		who, ok := p.script.person(key)
		if !ok {
			return fmt.Errorf("people.yaml has no %q", key)
		}
		i := slices.IndexFunc(over.Quotas, func(q cohort.QuotaView) bool { return p.quotaOf(q.Quota, who) })
		if i < 0 {
			return fmt.Errorf("%s has no quota", who.Agency)
		}
		n := p.newPerson(who)
		got, err := p.Cohort.Propose(ctx, op(), cohort.Proposal{
			Cohort: p.cohort, Quota: over.Quotas[i].Quota.ID, Agency: p.agencies[who.Agency], New: &n, Letter: p.letters[in.Letter], Basis: basis,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		p.nominations[key] = got.Nomination
		p.met(key, got.Person, actor.Grant{})
	}
	return nil
}

// quotaOf reports whether somebody is proposed within a quota: that of her agency,
// or the one that is open to all.
func (p *Play) quotaOf(q cohort.Quota, who Person) bool {
	return q.Agency == "" || q.Agency == p.agencies[who.Agency]
}

// offer chooses officers, puts the other ones of the agency next in line, and
// gives everybody who was proposed a way to answer.
func (p *Play) offer(ctx context.Context, e Event) error {
	var in struct {
		Agency  string   `yaml:"agency"`
		Persons []string `yaml:"persons"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	for _, n := range p.script.Cast.Nominees {
		if n.Agency != in.Agency || p.nominations[n.Key] == "" {
			continue
		}
		d := cohort.Chosen
		if !slices.Contains(in.Persons, n.Key) {
			d = cohort.InLine
		}
		if _, err := p.Cohort.Decide(ctx, op(), cohort.Deciding{Nomination: p.nominations[n.Key], Decision: d}); err != nil {
			return fmt.Errorf("%s: %w", n.Key, err)
		}
		if err := p.give(ctx, n.Key, actor.Participant, actor.Scope{Programme: p.programme, Cohort: p.cohort}); err != nil {
			return err
		}
		if err := p.needs(ctx, n); err != nil {
			return fmt.Errorf("%s: %w", n.Key, err)
		}
	}
	return nil
}

// needs enters what an officer told the programme that she needs.
func (p *Play) needs(ctx context.Context, n Person) error {
	for _, need := range n.Support {
		own, err := p.as(ctx, n.Key, actor.Participant)
		if err != nil {
			return err
		}
		if _, err := p.Cohort.AddNeed(own, op(), cohort.NeedInput{
			Nomination: p.nominations[n.Key], Audience: cohort.ForProgramme, Kind: needKind(need.Need), Note: need.Told.In(n.Language),
		}); err != nil {
			return err
		}
	}
	return nil
}

func needKind(k string) string {
	if slices.Contains(cohort.NeedKinds(), k) {
		return k
	}
	return "other"
}

// answer is an officer's own yes or no.
func (p *Play) answer(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Basis  string `yaml:"basis"`
		Reason string `yaml:"reason"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	role := actor.Participant
	if in.Basis != "own" {
		role = actor.ProgrammeOfficer
	}
	ctx, err := p.as(ctx, e.By, role)
	if err != nil {
		return err
	}
	said := cohort.Said{Nomination: p.nominations[in.Person]}
	if in.Basis != "own" {
		said.Basis = in.Basis
	}
	if in.Basis == cohort.Paper {
		stored, err := p.Files.PutUpload(scan(), 1<<20)
		if err != nil {
			return err
		}
		said.Scan = &stored
	}
	if e.Do == "accept" {
		if _, err = p.Cohort.Accept(ctx, op(), said); err != nil || in.Basis != "own" {
			return err
		}
		return p.confirmNames(ctx, p.people[in.Person])
	}
	said.Reason = map[string]string{"childcare-not-arranged": "childcare", "not-said": "rather-not-say"}[in.Reason]
	_, err = p.Cohort.Decline(ctx, op(), said)
	return err
}

// confirmNames is an officer's word that her names are written as the certificate
// shall print them.
func (p *Play) confirmNames(ctx context.Context, who id.Person) error {
	all, err := p.People.Names(ctx, who)
	if err != nil {
		return err
	}
	for _, n := range all {
		if n.Form == people.Printed && !n.Confirmed {
			if err := p.People.ConfirmName(ctx, op(), people.Confirmation{Name: n.ID, Revision: n.Revision}); err != nil {
				return err
			}
		}
	}
	return nil
}

// takenBack is an agency's no: it does not release her, or needs her elsewhere.
func (p *Play) takenBack(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Reason string `yaml:"reason"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.FocalPoint)
	if err != nil {
		return err
	}
	_, err = p.Cohort.Withdraw(ctx, op(), cohort.Taking{Nomination: p.nominations[in.Person], Cause: "duty"})
	return err
}

func (p *Play) promote(ctx context.Context, e Event) error {
	var in struct {
		Person    string `yaml:"person"`
		InPlaceOf string `yaml:"in-place-of"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	seat, err := p.freeSeat(ctx, in.Person)
	if err != nil {
		return err
	}
	_, err = p.Cohort.Promote(ctx, op(), cohort.Promotion{Seat: seat, Nomination: p.nominations[in.Person], Note: "The first who could be reached."})
	return err
}

// freeSeat is a seat of the officer's quota that nobody has.
func (p *Play) freeSeat(ctx context.Context, key string) (id.Seat, error) {
	who, _ := p.script.person(key)
	l, err := p.Cohort.Ledger(ctx, p.cohort, "", 0, "en")
	if err != nil {
		return "", err
	}
	for _, q := range l.Quotas {
		if !p.quotaOf(q.Quota, who) {
			continue
		}
		for _, s := range l.Seats[q.Quota.ID] {
			if s.State == cohort.Free || s.State == cohort.Reserved {
				return s.ID, nil
			}
		}
	}
	return "", fmt.Errorf("no seat of %s is free", who.Agency)
}

// held checks that an offered seat is held, as it is from her yes on.
func (p *Play) held(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	d, err := p.Cohort.Nomination(ctx, p.nominations[in.Person], "en")
	if err == nil && d.SeatState != cohort.Held && d.SeatState != cohort.Confirmed {
		return fmt.Errorf("her seat is %q", d.SeatState)
	}
	return err
}

func (p *Play) confirm(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		// Until is the end of a conditional confirmation: what is missing is done
		// by then.
		Until string `yaml:"conditional-until"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	if in.Until != "" {
		until, err := civil.ParseDateTime(in.Until + " " + p.script.Zone.String())
		if err != nil {
			return err
		}
		if _, err := p.Cohort.Except(ctx, op(), cohort.Exception{
			Nomination: p.nominations[in.Person], Subject: p.stageOf(programme.KindELearning), Cause: "late-nomination", Until: until,
		}); err != nil {
			return err
		}
	}
	if _, err = p.Cohort.Confirm(ctx, op(), p.nominations[in.Person]); err != nil {
		st, _, serr := p.Pathway.Standing(ctx, p.people[in.Person], p.cohort)
		return errors.Join(fmt.Errorf("%s, whose seat stands at %+v (%+v): %w", in.Person, st.Seat, st.Stages[0], err), serr)
	}
	return nil
}

func (p *Play) releaseSeat(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Letter string `yaml:"letter"`
		Reason string `yaml:"reason"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	_, err = p.Cohort.Release(ctx, op(), cohort.Releasing{
		Nomination: p.nominations[in.Person], Act: cohort.Release, Cause: "transfer", Letter: p.letters[in.Letter],
	})
	return err
}

// message is an attempt to reach somebody, and what came of it.
func (p *Play) message(ctx context.Context, e Event) error {
	var in struct {
		Person  string `yaml:"person"`
		Route   string `yaml:"route"`
		Outcome string `yaml:"outcome"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	_, err = p.Cohort.Reached(ctx, op(), cohort.Reach{Nomination: p.nominations[in.Person], Channel: in.Route, Outcome: cohort.Outcome(in.Outcome)})
	return err
}

func (p *Play) askMoreTime(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Stage  string `yaml:"stage"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	_, err = p.Cohort.AskMoreTime(ctx, op(), cohort.Asking{Cohort: p.cohort, Stage: in.Stage})
	return err
}

// exception signs more time for a stage, or that it is not asked of her.
func (p *Play) exception(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Stage  string `yaml:"stage"`
		Until  string `yaml:"until"`
		Cause  string `yaml:"cause"`
		Waived bool   `yaml:"waived"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	until, err := civil.ParseDateTime(in.Until + " " + p.script.Zone.String())
	if err != nil {
		return err
	}
	_, err = p.Cohort.Except(ctx, op(), cohort.Exception{
		Nomination: p.nominations[in.Person], Subject: in.Stage, Cause: "duty", Note: in.Cause, Until: until, Later: !in.Waived,
	})
	return err
}

func (p *Play) leftProgramme(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Reason string `yaml:"reason"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	_, err = p.Cohort.Leave(ctx, op(), cohort.Leaving{Nomination: p.nominations[in.Person], Cause: in.Reason})
	return err
}
