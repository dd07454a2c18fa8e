package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/id"
	"cadre/internal/workshop"
)

// week is what the play keeps about workshops, which share no key.
type week struct {
	registers map[string]id.Register // by key of the half-day
	rooms     map[string]workshop.Room
}

// from adds the registers and the rooms of one workshop's plan.
func (w *week) from(plan workshop.Plan) {
	if w.registers == nil {
		w.registers, w.rooms = map[string]id.Register{}, map[string]workshop.Room{}
	}
	for _, h := range plan.HalfDays {
		w.registers[h.Key] = h.ID
	}
	for _, r := range plan.Rooms {
		w.rooms[r.Key] = r
	}
}

// teach names a new trainer for the sessions whose part she plays.
func (p *Play) teach(ctx context.Context, s Person) error {
	if s.Role != string(actor.Trainer) {
		return nil
	}
	for i := range p.blueprint.Stages {
		st := &p.blueprint.Stages[i]
		if st.Workshop == nil {
			continue
		}
		if err := p.teachAt(ctx, s, string(st.Key)); err != nil {
			return err
		}
	}
	return nil
}

func (p *Play) teachAt(ctx context.Context, s Person, stage string) error {
	plan, err := p.Workshop.Plan(ctx, p.cohort, stage)
	if err != nil {
		return err
	}
	title := strings.ToLower(s.Title.In("en"))
	for _, h := range plan.HalfDays {
		for _, x := range h.Sessions {
			if x.Part == "" || !strings.HasPrefix(title, x.Part) {
				continue
			}
			if _, err := p.Workshop.ChangeSession(ctx, op(), workshop.ChangeSession{
				Session: x.ID, Revision: x.Revision, Starts: clockTime(x.Starts), Ends: clockTime(x.Ends),
				Room: x.Room, Modes: x.Modes, Trainer: p.people[s.Key], Language: x.Language, Link: x.Link,
			}); err != nil {
				return fmt.Errorf("%s: %w", x.Key, err)
			}
		}
	}
	return nil
}

func clockTime(t civil.DateTime) string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

// meetingLink says where a room on the net is entered.
func (p *Play) meetingLink(ctx context.Context, e Event) error {
	var in struct {
		Room string `yaml:"room"`
		Link string `yaml:"link"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	return p.changeRoom(ctx, e, in.Room, func(c *workshop.ChangeRoom) { c.Link = in.Link })
}

// changeRoom changes a room as the officer, from what it is at that moment.
func (p *Play) changeRoom(ctx context.Context, e Event, key string, change func(*workshop.ChangeRoom)) error {
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	room, ok := p.week.rooms[key]
	if !ok {
		return fmt.Errorf("the blueprint has no room %q", key)
	}
	in := workshop.ChangeRoom{Room: room.ID, Revision: room.Revision, Safe: room.Safe, Link: room.Link}
	change(&in)
	p.week.rooms[key], err = p.Workshop.ChangeRoom(ctx, op(), in)
	return err
}

// safety lowers how many people a room may hold.
func (p *Play) safety(ctx context.Context, e Event) error {
	var in struct {
		Room     string `yaml:"room"`
		Capacity int    `yaml:"capacity"`
		Rule     string `yaml:"rule"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	return p.changeRoom(ctx, e, in.Room, func(c *workshop.ChangeRoom) { c.Safe = in.Capacity })
}

func (p *Play) declare(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Day    string `yaml:"day"`
		Says   string `yaml:"says"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	day, err := civil.ParseDate(in.Day)
	if err != nil {
		return err
	}
	return p.Workshop.Declare(ctx, op(), workshop.Declare{Cohort: p.cohort, Day: day, Mode: workshop.Mode(in.Says)})
}

func (p *Play) door(ctx context.Context, e Event) error {
	var in struct {
		Person    string `yaml:"person"`
		HalfDay   string `yaml:"half-day"`
		Capacity  string `yaml:"capacity"`
		InPlaceOf string `yaml:"in-place-of"`
		Until     string `yaml:"until"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, p.roleOf(e.By))
	if err != nil {
		return err
	}
	a := workshop.Admit{Register: p.week.registers[in.HalfDay], Capacity: workshop.Capacity(in.Capacity), Person: p.people[in.Person], InPlaceOf: p.people[in.InPlaceOf]}
	if a.Person == "" {
		who, ok := p.script.person(in.Person)
		if !ok {
			return fmt.Errorf("people.yaml has no %q", in.Person)
		}
		a.Name = who.Names.Printed.Latin
	}
	if in.Until != "" {
		day, _, _ := strings.Cut(in.Until, "T")
		if a.Until, err = civil.ParseDate(day); err != nil {
			return err
		}
	}
	_, err = p.Workshop.Admit(ctx, op(), a)
	return err
}

// register marks everyone present, then the exceptions, and files the sheet.
func (p *Play) register(ctx context.Context, e Event) error {
	var in struct {
		HalfDay  string   `yaml:"half-day"`
		Expected int      `yaml:"expected"`
		Online   []string `yaml:"online"`
		Except   map[string]struct {
			Mark    string `yaml:"mark"`
			Minutes int    `yaml:"minutes"`
			From    string `yaml:"from"`
			Reason  string `yaml:"reason"`
		} `yaml:"except"`
		Sheet string `yaml:"sheet"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Trainer)
	if err != nil {
		return err
	}
	r, ok := p.week.registers[in.HalfDay]
	if !ok {
		return fmt.Errorf("the timetable has no half-day %q", in.HalfDay)
	}
	roll, err := p.Workshop.Roll(ctx, r)
	if err != nil {
		return err
	}
	expected := 0
	for _, l := range roll.Lines {
		key := p.keys[l.Person]
		x, excepted := in.Except[key]
		m := workshop.Mark{Register: r, Person: l.Person, Verdict: workshop.Present, Mode: workshop.InPerson}
		if slices.Contains(in.Online, key) {
			m.Mode = workshop.Online
		}
		expected++
		switch {
		case excepted:
			m.Verdict, m.Minutes = workshop.Verdict(x.Mark), x.Minutes
			if m.Verdict != workshop.Part {
				m.Mode = ""
			}
		case m.Mode == workshop.InPerson:
			continue // MarkAll does it
		}
		if _, err := p.Workshop.Mark(ctx, op(), m); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if in.Expected != 0 && expected != in.Expected {
		return fmt.Errorf("%d were expected, the script says %d", expected, in.Expected)
	}
	if _, err := p.Workshop.MarkAll(ctx, op(), r); err != nil {
		return err
	}
	stored, err := p.Files.PutUpload(scan(), 1<<20)
	if err != nil {
		return err
	}
	_, err = p.Workshop.FileSheet(ctx, op(), workshop.FileSheet{Register: r, Scan: stored})
	return err
}
