package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/assess"
	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/cohort"
	"cadre/internal/content"
	"cadre/internal/evaluation"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/report"
	"cadre/internal/retention"
	"cadre/internal/workshop"
)

// A scene is an instance at which one act after the other is tried, each with
// somebody new.
type scene struct {
	testing.TB
	app.Services
	app *app.App
	w   world
	n   int
}

// next is a number that nobody had.
func (s *scene) next() int { s.n++; return s.n }

func (s *scene) must(err error) {
	s.Helper()
	must(s, err)
}

func (s *scene) done(d deed) got {
	s.Helper()
	d.Op = op()
	g, err := s.w.do(s.app, d)
	s.must(err)
	return g
}

func (s *scene) proposed() cohort.Proposed { return s.done(deed{Do: "propose"}).Proposed }

func (s *scene) willing() cohort.Proposed {
	p := s.proposed()
	s.done(deed{Do: "accept", Of: p})
	return p
}

func (s *scene) seated() cohort.Proposed {
	p := s.willing()
	s.done(deed{Do: "confirm", Of: p})
	return p
}

// coached is a participant who has a coach.
func (s *scene) coached() cohort.Proposed {
	p := s.seated()
	_, err := s.Coaching.Assign(officer(), op(), coaching.AssignInput{Cohort: s.w.Cohort, Stage: "coaching", Coach: s.w.Coach, Persons: []id.Person{p.Person}})
	s.must(err)
	s.must(s.Coaching.Declare(s.coach(), op(), coaching.DeclareInput{Of: s.w.coachingOf(p), NotSuperior: true, NotInCases: true}))
	return p
}

func (s *scene) coach() context.Context { return as(s.w.Coach, actor.Coach) }

func (s *scene) booked() (cohort.Proposed, id.CoachingSession) {
	p := s.coached()
	return p, s.done(deed{Do: "book", Of: p}).Session
}

func (s *scene) agreed() (cohort.Proposed, id.CoachingSession) {
	p, ses := s.booked()
	s.done(deed{Do: "agree", Of: p, Session: ses})
	return p, ses
}

func (s *scene) closed() (cohort.Proposed, id.CoachingSession) {
	p, ses := s.agreed()
	s.done(deed{Do: "close", Of: p, Session: ses})
	return p, ses
}

func (s *scene) sitting() (cohort.Proposed, id.Attempt) {
	p := s.seated()
	return p, s.done(deed{Do: "sit", Of: p}).Attempt
}

func (s *scene) person() id.Person {
	p, err := s.People.Add(operator(), op(), people.NewPerson{Names: []people.NewName{{Written: fmt.Sprintf("Person %d", s.next())}}})
	s.must(err)
	return p
}

func operator() context.Context { return app.AsOperator(context.Background()) }

func her(p cohort.Proposed) context.Context { return as(p.Person, actor.Participant) }

// try is an act, which may be sent again with the same operation id.
type try func(o id.Operation) error

// value drops what came of an act.
func value[T any](_ T, err error) error { return err }

// A flow is one thing that people do: its lead makes what it needs, and returns it.
type flow struct {
	name string
	lead func(s *scene) try
	// bare says that it carries no operation id: it is an act of the machine, or may
	// be repeated by its nature.
	bare bool
	// files says that it writes files beside the database.
	files bool
	// long says that it makes hundreds of calls: fewer of them fail in one run.
	long bool
}

// simple is a flow of a deed.
func simple(do string, lead func(s *scene) deed) flow {
	return flow{name: do, lead: func(s *scene) try {
		d := lead(s)
		d.Do = do
		return func(o id.Operation) error {
			d.Op = o
			return value(s.w.do(s.app, d))
		}
	}}
}

// flows are what people do. Each is one entry in the journal at least, but for
// those that leave none.
func flows() []flow {
	at := civil.NewDate(2020, 11, 20).At(17, 0, "Asia/Karachi")
	session := func(s *scene, make func() (cohort.Proposed, id.CoachingSession), f func(p cohort.Proposed, ses id.CoachingSession, o id.Operation) error) try {
		p, ses := make()
		return func(o id.Operation) error { return f(p, ses, o) }
	}
	return []flow{
		// seats
		simple("propose", func(*scene) deed { return deed{} }),
		simple("accept", func(s *scene) deed { return deed{Of: s.proposed()} }),
		simple("decline", func(s *scene) deed { return deed{Of: s.proposed()} }),
		simple("confirm", func(s *scene) deed { return deed{Of: s.willing()} }),
		{name: "file a letter", files: true, lead: func(s *scene) try {
			d := deed{Do: "letter", Of: s.proposed()}
			return func(o id.Operation) error {
				d.Op = o
				return value(s.w.do(s.app, d))
			}
		}},
		{name: "choose", lead: func(s *scene) try {
			p := s.proposed()
			return func(o id.Operation) error {
				return value(s.Cohort.Decide(officer(), o, cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen}))
			}
		}},
		{name: "put in line", lead: func(s *scene) try {
			p := s.proposed()
			return func(o id.Operation) error {
				return value(s.Cohort.Decide(officer(), o, cohort.Deciding{Nomination: p.Nomination, Decision: cohort.InLine}))
			}
		}},
		{name: "release a seat", lead: func(s *scene) try {
			p := s.seated()
			return func(o id.Operation) error {
				return value(s.Cohort.Release(officer(), o, cohort.Releasing{Nomination: p.Nomination, Act: cohort.Release, Cause: "transfer"}))
			}
		}},
		{name: "withdraw", lead: func(s *scene) try {
			p := s.proposed()
			return func(o id.Operation) error {
				return value(s.Cohort.Withdraw(officer(), o, cohort.Taking{Nomination: p.Nomination, Cause: "other"}))
			}
		}},
		{name: "leave", lead: func(s *scene) try {
			p := s.seated()
			return func(o id.Operation) error {
				return value(s.Cohort.Leave(officer(), o, cohort.Leaving{Nomination: p.Nomination, Cause: "health"}))
			}
		}},
		{name: "say a need", lead: func(s *scene) try {
			p := s.proposed()
			return func(o id.Operation) error {
				return value(s.Cohort.AddNeed(officer(), o, cohort.NeedInput{Nomination: p.Nomination, Kind: "childcare", Note: "two children"}))
			}
		}},
		{name: "ask for more time", lead: func(s *scene) try {
			p := s.seated()
			return func(o id.Operation) error {
				return value(s.Cohort.AskMoreTime(her(p), o, cohort.Asking{Cohort: s.w.Cohort, Stage: "before", Words: "the line is down"}))
			}
		}},
		{name: "reach her", lead: func(s *scene) try {
			p := s.proposed()
			return func(o id.Operation) error {
				return value(s.Cohort.Reached(officer(), o, cohort.Reach{Nomination: p.Nomination, Channel: "telephone", Outcome: cohort.SpokenTo}))
			}
		}},
		{name: "arrange", lead: func(s *scene) try {
			p := s.proposed()
			return func(o id.Operation) error {
				return value(s.Cohort.Arrange(officer(), o, cohort.Arrangement{Nomination: p.Nomination, Maker: cohort.ForProgramme, Kind: "lodging"}))
			}
		}},
		{name: "agree an exception", lead: func(s *scene) try {
			p := s.seated()
			return func(o id.Operation) error {
				return value(s.Cohort.Except(officer(), o, cohort.Exception{Nomination: p.Nomination, Subject: "before", Cause: "duty", Later: true, Until: at}))
			}
		}},
		{name: "call an agency", lead: func(s *scene) try {
			agency, err := s.People.AddAgency(operator(), op(), people.Agency{Code: fmt.Sprintf("called-%d", s.next()), Name: i18n.NewText("en", "Called"), Country: "PK", Kind: "police"})
			s.must(err)
			return func(o id.Operation) error {
				return value(s.Cohort.MakeCall(officer(), o, cohort.Calling{Cohort: s.w.Cohort, Agency: agency, Deadline: at, Note: string(o)}))
			}
		}},
		// people
		{name: "add a person", lead: func(s *scene) try {
			return func(o id.Operation) error {
				return value(s.People.Add(operator(), o, people.NewPerson{Names: []people.NewName{{Written: "A " + string(o)}}}))
			}
		}},
		{name: "add a name", lead: func(s *scene) try {
			p := s.person()
			return func(o id.Operation) error {
				return value(s.People.AddName(as(p, actor.Participant), o, p, people.NewName{Form: people.Called, Written: "B " + string(o)}))
			}
		}},
		{name: "add a contact", lead: func(s *scene) try {
			p := s.person()
			return func(o id.Operation) error {
				return value(s.People.AddContact(as(p, actor.Participant), o, people.Contact{Person: p, Kind: people.Email, Value: "b@example.org", Holder: people.Own}))
			}
		}},
		{name: "take an alias", lead: func(s *scene) try {
			p := s.person()
			return func(o id.Operation) error {
				return s.People.SetAlias(as(p, actor.Participant), o, people.EditAlias{Person: p, Revision: 1, Alias: "Lark"})
			}
		}},
		{name: "prefer a language", lead: func(s *scene) try {
			p := s.person()
			return func(o id.Operation) error {
				return s.People.Prefer(as(p, actor.Participant), o, p, people.Preferences{Language: "ur", Calendar: civil.Gregorian, Zone: "Asia/Karachi"})
			}
		}},
		{name: "add an agency", lead: func(s *scene) try {
			n := s.next()
			return func(o id.Operation) error {
				return value(s.People.AddAgency(operator(), o, people.Agency{Code: fmt.Sprintf("agency-%d", n), Name: i18n.NewText("en", "Another"), Country: "PK", Kind: "police"}))
			}
		}},
		{name: "add a unit", lead: func(s *scene) try {
			n := s.next()
			return func(o id.Operation) error {
				return value(s.People.AddUnit(operator(), o, people.Unit{Agency: s.w.Agency, Name: i18n.NewText("en", fmt.Sprintf("Unit %d", n)), Station: "Lahore"}))
			}
		}},
		{name: "agree a link", lead: func(s *scene) try {
			p, boss := s.person(), s.person()
			return func(o id.Operation) error { return s.People.AgreeLink(as(p, actor.Participant), o, boss) }
		}},
		{name: "erase", long: true, lead: func(s *scene) try {
			p := s.willing()
			return func(o id.Operation) error {
				return value(s.Retention.Erase(operator(), o, retention.Erase{Person: p.Person, Why: "asked", Authority: "letter"}))
			}
		}},
		// access
		{name: "give a grant", lead: func(s *scene) try {
			p := s.person()
			return func(o id.Operation) error {
				return value(s.Access.GiveGrant(operator(), o, access.Giving{Person: p, Role: actor.Trainer}))
			}
		}},
		{name: "invite", lead: func(s *scene) try {
			p := s.person()
			return func(o id.Operation) error {
				return value(s.Access.Invite(operator(), o, access.Invitee{Person: p, ByLink: true}))
			}
		}},
		// programmes and material
		{name: "import a programme", lead: func(s *scene) try {
			text := strings.Replace(everything, "key: whole", fmt.Sprintf("key: whole-%d", s.next()), 1)
			return func(o id.Operation) error {
				return value(s.Programme.Import(officer(), o, programme.ImportInput{File: "whole.yaml", Data: []byte(text)}))
			}
		}},
		{name: "import a test", lead: func(s *scene) try {
			text := strings.Replace(firstTest, "key: first", fmt.Sprintf("key: first-%d", s.next()), 1)
			return func(o id.Operation) error {
				return value(s.Assess.Import(officer(), o, assess.Import{File: "first.yaml", Data: []byte(text)}))
			}
		}},
		{name: "import a module", files: true, lead: func(s *scene) try {
			in := content.Import{Key: fmt.Sprintf("module-%d", s.next()), Publish: true, Files: map[string][]byte{"en.md": []byte(moduleText)}}
			return func(o id.Operation) error { return value(s.Content.Import(officer(), o, in)) }
		}},
		// the week
		simple("mark", func(s *scene) deed { return deed{Of: s.seated()} }),
		{name: "mark all", lead: func(s *scene) try {
			s.seated()
			return func(o id.Operation) error { return value(s.Workshop.MarkAll(officer(), o, s.w.Registers[1])) }
		}},
		{name: "take a mark back", lead: func(s *scene) try {
			p := s.seated()
			s.done(deed{Do: "mark", Of: p})
			return func(o id.Operation) error {
				return value(s.Workshop.TakeBack(officer(), o, workshop.TakeBack{Register: s.w.Registers[0], Person: p.Person}))
			}
		}},
		{name: "correct a mark", lead: func(s *scene) try {
			p := s.seated()
			s.done(deed{Do: "mark", Of: p})
			return func(o id.Operation) error {
				return value(s.Workshop.Correct(officer(), o, workshop.Correct{
					Mark: workshop.Mark{Register: s.w.Registers[0], Person: p.Person, Verdict: workshop.Excused}, Cause: "mistaken",
				}))
			}
		}},
		{name: "file a sheet", files: true, lead: func(s *scene) try {
			return func(o id.Operation) error {
				f, err := s.app.Files.PutUpload(bytes.NewReader(scanOf(o)), 1<<20)
				if err != nil {
					return err
				}
				return value(s.Workshop.FileSheet(officer(), o, workshop.FileSheet{Register: s.w.Registers[0], Scan: f}))
			}
		}},
		{name: "say how she takes part", lead: func(s *scene) try {
			p := s.seated()
			return func(o id.Operation) error {
				return s.Workshop.Declare(her(p), o, workshop.Declare{Cohort: s.w.Cohort, Day: civil.NewDate(2020, 11, 2), Mode: workshop.InPerson})
			}
		}},
		{name: "let a guest in", lead: func(s *scene) try {
			return func(o id.Operation) error {
				return value(s.Workshop.Admit(officer(), o, workshop.Admit{Register: s.w.Registers[1], Name: "A guest", Capacity: workshop.Guest}))
			}
		}},
		// tests
		simple("sit", func(s *scene) deed { return deed{Of: s.seated()} }),
		{name: "save an answer", lead: func(s *scene) try {
			p, a := s.sitting()
			return func(o id.Operation) error {
				return s.Assess.Save(her(p), o, assess.Save{Attempt: a, Answers: map[string]item.Response{"a": {Chosen: []int{0}}}})
			}
		}},
		simple("hand-in", func(s *scene) deed { p, a := s.sitting(); return deed{Of: p, Attempt: a} }),
		// coaching
		{name: "assign a coach", lead: func(s *scene) try {
			p := s.seated()
			return func(o id.Operation) error {
				return value(s.Coaching.Assign(officer(), o, coaching.AssignInput{Cohort: s.w.Cohort, Stage: "coaching", Coach: s.w.Coach, Persons: []id.Person{p.Person}}))
			}
		}},
		simple("book", func(s *scene) deed { return deed{Of: s.coached()} }),
		simple("agree", func(s *scene) deed { p, ses := s.booked(); return deed{Of: p, Session: ses} }),
		simple("close", func(s *scene) deed { p, ses := s.agreed(); return deed{Of: p, Session: ses} }),
		{name: "refuse a time", lead: func(s *scene) try {
			return session(s, s.booked, func(p cohort.Proposed, ses id.CoachingSession, o id.Operation) error {
				return s.Coaching.Refuse(her(p), o, ses)
			})
		}},
		{name: "move a session", lead: func(s *scene) try {
			return session(s, s.agreed, func(p cohort.Proposed, ses id.CoachingSession, o id.Operation) error {
				return s.Coaching.Move(her(p), o, ses)
			})
		}},
		{name: "contest a session", lead: func(s *scene) try {
			return session(s, s.closed, func(p cohort.Proposed, ses id.CoachingSession, o id.Operation) error {
				return s.Coaching.Contest(her(p), o, coaching.ContestInput{Session: ses, Says: pathway.Moved})
			})
		}},
		{name: "change the coach", lead: func(s *scene) try {
			p := s.coached()
			return func(o id.Operation) error { return s.Coaching.ChangeCoach(her(p), o, s.w.coachingOf(p)) }
		}},
		{name: "set a goal", lead: func(s *scene) try {
			p := s.coached()
			return func(o id.Operation) error {
				return value(s.Coaching.SetGoal(her(p), o, coaching.GoalInput{Of: s.w.coachingOf(p), Text: coaching.GoalText{What: "Ask first"}, Due: civil.NewDate(2020, 12, 1)}))
			}
		}},
		{name: "write a note", lead: func(s *scene) try {
			p := s.coached()
			return func(o id.Operation) error {
				return value(s.Coaching.Write(s.coach(), o, coaching.WriteInput{Of: s.w.coachingOf(p), Kind: coaching.KindNote, Text: coaching.Text{Free: "A note"}}))
			}
		}},
		// proof
		{name: "give a testimonial", lead: func(s *scene) try {
			p := s.seated()
			return func(o id.Operation) error {
				return value(s.Evaluation.GiveTestimonial(her(p), o, evaluation.TestimonialInput{Cohort: s.w.Cohort, Words: "I use it.", Lang: "en", Scope: "programme", Until: monday.AddDate(1, 0, 0)}))
			}
		}},
		{name: "sign the figures", lead: func(s *scene) try {
			return func(o id.Operation) error {
				return value(s.Report.Sign(officer(), o, report.SignInput{Cohort: s.w.Cohort}))
			}
		}},
		// the machine
		{name: "collect files", bare: true, lead: func(s *scene) try {
			return func(id.Operation) error { return value(s.app.Files.Collect(context.Background(), s.app.DB)) }
		}},
		{name: "refresh standings", bare: true, lead: func(s *scene) try {
			return func(id.Operation) error { return value(s.app.Jobs.Drain(context.Background())) }
		}},
		{name: "forget sessions", bare: true, lead: func(s *scene) try {
			return func(id.Operation) error { return s.Access.Tidy(context.Background()) }
		}},
	}
}

const moduleText = `---
title: A module
minutes: 10
pass_mark: 50
competencies: [see]
---

# One

Read this.
`
