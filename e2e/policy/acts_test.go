package policy_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/assess"
	"cadre/internal/coaching"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
	"cadre/internal/workshop"
)

// An instant is a moment at which the matrix looks at the programmes, with what
// happens just before it that the script does not tell.
type instant struct {
	name string
	at   time.Time
	acts []func(e *extra, ctx context.Context)
}

// instants are a morning on which all learn; the last afternoon of the week, with
// a register open and a survey asked; and the time of coaching.
var instants = []instant{
	{
		"learning", time.Date(2020, time.October, 19, 5, 0, 0, 0, time.UTC),
		[]func(*extra, context.Context){(*extra).sheet, (*extra).proposes, (*extra).asksForTime, (*extra).reads, (*extra).waitsForStaff, (*extra).redesigns, (*extra).sendsLinks},
	},
	{
		"Friday afternoon", time.Date(2020, time.November, 6, 10, 5, 0, 0, time.UTC),
		[]func(*extra, context.Context){(*extra).sits, (*extra).contests, (*extra).comesToTheDoor, (*extra).chooses, (*extra).movesASession, (*extra).isAsked},
	},
	{
		"coaching", time.Date(2021, time.September, 13, 14, 0, 0, 0, time.UTC),
		[]func(*extra, context.Context){(*extra).launchesElsewhere, (*extra).practises, (*extra).correctsWhatCertificatesRestOn, (*extra).asksACoach, (*extra).coaches, (*extra).revokesOne, (*extra).showsAPicture, (*extra).uploads},
	},
}

// extra does in one land what its script does not tell.
type extra struct {
	*fixture
	app  *app.App
	land *land
}

// withoutRole is the name of somebody whom no role was given.
const withoutRole = "Somebody without a role"

func (e *extra) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatalf("%s: %v", e.land.country, err)
	}
}

// as is somebody of the cast, in her first grant of a role.
func (e *extra) as(ctx context.Context, key string, role actor.Role) context.Context {
	e.t.Helper()
	who := e.land.person(e.t, key)
	var out context.Context
	e.must(e.app.DB.View(ctx, func(tx *db.Tx) error {
		gs, err := access.GrantsOf(tx, who)
		for _, g := range gs {
			if g.Role == role && g.Now(e.app.Clock.Now()) {
				out = actor.With(ctx, actor.Actor{Person: who, Grant: g.Grant})
			}
		}
		return err
	}))
	if out == nil {
		e.t.Fatalf("%s is no %s", key, role)
	}
	return out
}

// nobody enters somebody without a role.
func (e *extra) nobody() {
	if e.land.country == foreign {
		return
	}
	p, err := e.app.People.Add(operator(), newOp(), people.NewPerson{Names: []people.NewName{{Form: people.Called, Written: withoutRole}}})
	e.must(err)
	e.country[string(p)] = e.land.country
}

// random draws words that differ by land and instant.
func (e *extra) random() *rand.Rand {
	return rand.New(rand.NewPCG(uint64(e.at.Unix()), uint64(len(e.land.planted))<<8|uint64(e.land.country[0])))
}

// sheet: the focal point has sent a sheet, and has not taken it yet.
func (e *extra) sheet(ctx context.Context) {
	focal := e.as(ctx, "focal-fia", actor.FocalPoint)
	over, err := e.app.Cohort.Overview(focal, e.land.play.Opened())
	e.must(err)
	var lines strings.Builder
	lines.WriteString("name,sex,phone\n")
	name, _ := e.land.plant(words{e.random()}, kindSheet, "focal-fia", "")
	lines.WriteString("Nida " + name + ",female,03001112223\n")
	_, err = e.app.Cohort.ImportSheet(focal, newOp(), cohort.Importing{Cohort: e.land.play.Opened(), Quota: over.Quotas[0].Quota.ID, Data: []byte(lines.String())})
	e.must(err)
}

// proposes: the focal point has proposed one more, on whom nothing is decided.
func (e *extra) proposes(ctx context.Context) {
	for _, key := range []string{"focal-fia", "focal-pp"} {
		focal := e.as(ctx, key, actor.FocalPoint)
		over, err := e.app.Cohort.Overview(focal, e.land.play.Opened())
		e.must(err)
		for _, q := range over.Quotas {
			if q.Quota.Agency == actor.From(focal).Grant.Scope.Agency {
				_, err = e.app.Cohort.Propose(focal, newOp(), cohort.Proposal{Cohort: e.land.play.Opened(), Quota: q.Quota.ID, New: &people.NewPerson{
					Sex: people.Female, Names: []people.NewName{{Form: people.Letter, Written: "Nigar " + words{e.random()}.latin()}},
					Affiliation: &people.Affiliation{Agency: q.Quota.Agency},
				}})
				e.must(err)
			}
		}
	}
}

// asksForTime: a participant has asked for more time for her modules.
func (e *extra) asksForTime(ctx context.Context) {
	_, err := e.app.Cohort.AskMoreTime(e.as(ctx, "fia-01", actor.Participant), newOp(), cohort.Asking{Cohort: e.land.play.Opened(), Stage: "foundation", Words: "A night raid."})
	e.must(err)
}

// reads: one participant of each agency has begun her next module.
func (e *extra) reads(ctx context.Context) {
	for key, module := range map[string]string{"fia-01": "victim-centred-interviewing", "pp-01": "special-techniques"} {
		_, err := e.app.Player.Start(e.as(ctx, key, actor.Participant), newOp(), player.Start{Cohort: e.land.play.Opened(), Module: module, Language: "en"})
		e.must(err)
	}
}

func (e *extra) halfDay(ctx context.Context, key string) workshop.HalfDay {
	e.t.Helper()
	plan, err := e.app.Workshop.Plan(ctx, e.land.play.Opened(), "week")
	e.must(err)
	for _, h := range plan.HalfDays {
		if h.Key == key {
			return h
		}
	}
	e.t.Fatalf("no half-day %s", key)
	return workshop.HalfDay{}
}

// contests: one participant of each agency says that her attendance of the
// morning is recorded wrongly.
func (e *extra) contests(ctx context.Context) {
	for _, key := range []string{"fia-02", "pp-02"} {
		her := e.as(ctx, key, actor.Participant)
		_, err := e.app.Workshop.Contest(her, newOp(), workshop.Contesting{
			Mark:  workshop.Mark{Register: e.halfDay(her, "fri-am").ID, Verdict: workshop.Part, Minutes: 100, Mode: workshop.InPerson},
			Words: "I left with the bus.",
		})
		e.must(err)
	}
}

// sits: one participant has begun the test, the other has not.
func (e *extra) sits(ctx context.Context) {
	_, err := e.app.Assess.Sit(e.as(ctx, "pp-01", actor.Participant), newOp(), assess.Sit{Cohort: e.land.play.Opened(), Stage: "post-test", Language: "en"})
	e.must(err)
}

// comesToTheDoor: somebody is let in whom Cadre does not know.
func (e *extra) comesToTheDoor(ctx context.Context) {
	staff := e.as(ctx, "assistant", actor.ProgrammeOfficer)
	_, err := e.app.Workshop.Admit(staff, newOp(), workshop.Admit{
		Register: e.halfDay(staff, "fri-pm").ID, Name: "A guest from the gate", Capacity: workshop.Guest,
	})
	e.must(err)
}

// chooses: in a course beside the first programme three take part, two of them
// in a group, and one is chosen for what follows.
func (e *extra) chooses(ctx context.Context) {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	src, err := os.ReadFile("testdata/side.yaml")
	e.must(err)
	got, err := e.app.Programme.Import(officer, newOp(), programme.ImportInput{
		File: "side.yaml", Data: []byte(strings.ReplaceAll(string(src), "COUNTRY", strings.ToLower(e.land.country))),
	})
	e.must(err)
	c, err := e.app.Cohort.Open(officer, newOp(), cohort.Opening{Programme: got.Programme, Version: got.Version, Country: e.land.country})
	e.must(err)
	if e.land.country != foreign {
		its, err := e.app.People.Add(operator(), newOp(), people.NewPerson{Names: []people.NewName{{Form: people.Called, Written: "Officer of the course"}}})
		e.must(err)
		_, err = e.app.Access.GiveGrant(operator(), newOp(), access.Giving{
			Person: its, Role: actor.ProgrammeOfficer, Scope: actor.Scope{Country: e.land.country, Programme: got.Programme},
		})
		e.must(err)
		e.bound[its] = c
	}
	// Not those who are tried: they act in the first programme.
	who := []id.Person{e.land.person(e.t, "fia-03"), e.land.person(e.t, "fia-04"), e.land.person(e.t, "pp-04")}
	for _, p := range who {
		_, err := e.app.Cohort.Join(officer, newOp(), cohort.Joining{Cohort: c, Person: p, Capacity: cohort.Participant, Stage: "days", Basis: pathway.ByStaff})
		e.must(err)
	}
	_, err = e.app.Cohort.Group(officer, newOp(), cohort.Grouping{Cohort: c, Group: "north", People: who[:2]})
	e.must(err)
	list, err := e.app.Cohort.Shortlist(officer, c, "choice", "en")
	e.must(err)
	reason, _ := e.land.plant(words{e.random()}, kindProgramme, "", "")
	for i := range 2 {
		e.land.planted[len(e.land.planted)-1-i].course = string(c)
	}
	_, err = e.app.Cohort.Sign(officer, newOp(), cohort.Signing{
		Cohort: c, Stage: "choice", Chosen: who[:1], Digest: list.Digest, Reason: "Drawn by two witnesses. " + reason, Agreed: true,
	})
	e.must(err)
}

// practises: one participant of each agency has begun a package made elsewhere.
func (e *extra) practises(ctx context.Context) {
	for _, key := range []string{"fia-01", "pp-01"} {
		_, err := e.app.Player.Start(e.as(ctx, key, actor.Participant), newOp(), player.Start{Cohort: e.land.play.Opened(), Module: "first-hour"})
		e.must(err)
	}
}

// correctsWhatCertificatesRestOn: half-days turn out not to have been attended,
// after certificates were issued on them: a person has to decide.
func (e *extra) correctsWhatCertificatesRestOn(ctx context.Context) {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	for _, half := range []string{"mon-am", "mon-pm", "tue-am", "tue-pm"} {
		for _, key := range []string{"fia-01", "pp-02"} {
			_, err := e.app.Workshop.Correct(officer, newOp(), workshop.Correct{
				Mark:  workshop.Mark{Register: e.halfDay(officer, half).ID, Person: e.land.person(e.t, key), Verdict: workshop.Absent},
				Cause: "mistaken",
			})
			e.must(err)
		}
	}
}

// waitsForStaff: something is to be arranged for an officer, of whom a module is
// taken as done, and another has handed in a certificate.
func (e *extra) waitsForStaff(ctx context.Context) {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	c := e.land.play.Opened()
	for _, key := range []string{"fia-02", "pp-02"} {
		p := e.land.person(e.t, key)
		_, err := e.app.Cohort.Arrange(officer, newOp(), cohort.Arrangement{Nomination: e.nomination(ctx, p), Maker: cohort.ForAgency, Kind: "transport"})
		e.must(err)
		_, err = e.app.Player.Rule(officer, newOp(), player.Rule{Person: p, Cohort: c, Module: "gender", Step: player.Exempt, Reason: "She teaches it."})
		e.must(err)
	}
	for _, key := range []string{"fia-01", "pp-01"} {
		_, err := e.app.Player.ShowOutside(officer, newOp(), player.ShowOutside{Person: e.land.person(e.t, key), Cohort: c, Module: "gender", Issuer: "An academy", Paper: true})
		e.must(err)
	}
}

func (e *extra) nomination(ctx context.Context, p id.Person) (out id.Nomination) {
	e.t.Helper()
	e.must(e.app.DB.View(ctx, func(tx *db.Tx) error {
		all, err := cohort.NominationsOf(tx, p)
		for _, n := range all {
			out = n.ID
		}
		return err
	}))
	return out
}

// movesASession: a session begins later than it was announced, and nobody has been
// told yet.
func (e *extra) movesASession(ctx context.Context) {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	s := e.halfDay(officer, "fri-pm").Sessions[1]
	_, err := e.app.Workshop.ChangeSession(officer, newOp(), workshop.ChangeSession{
		Session: s.ID, Revision: s.Revision, Starts: "15:30", Ends: s.Ends.Clock(), Room: s.Room, Modes: s.Modes, Trainer: s.Trainer,
	})
	e.must(err)
}

// redesigns: the programme has another version than the one that its cohort
// follows.
func (e *extra) redesigns(ctx context.Context) {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	all, err := e.app.Programme.List(officer)
	e.must(err)
	for _, x := range all {
		if x.Programme.ID != e.programme(ctx) {
			continue
		}
		text, err := e.app.Programme.Export(officer, x.Programme.Latest, false)
		e.must(err)
		other := bytes.ReplaceAll(text, []byte("minutes: 40"), []byte("minutes: 45"))
		if bytes.Equal(other, text) {
			e.t.Fatal("the blueprint no longer says how long its tests take")
		}
		_, err = e.app.Programme.Import(officer, newOp(), programme.ImportInput{File: "programme.yaml", Data: other})
		e.must(err)
	}
}

// asksACoach: one participant has changed her coach, and another is asked to take
// her on.
func (e *extra) asksACoach(ctx context.Context) {
	officer := e.as(ctx, "officer", actor.ProgrammeOfficer)
	her := coaching.Of{Cohort: e.land.play.Opened(), Stage: "coaching", Person: e.land.person(e.t, "fia-13")}
	e.must(e.app.Coaching.ChangeCoach(e.as(ctx, "fia-13", actor.Participant), newOp(), her))
	_, err := e.app.Coaching.Assign(officer, newOp(), coaching.AssignInput{
		Cohort: her.Cohort, Stage: her.Stage, Coach: e.land.person(e.t, "adviser"), Persons: []id.Person{her.Person},
	})
	e.must(err)
}

// coaches: each coach has written a note and a goal for one of those she coaches;
// in the other country one of these says that their session went otherwise.
func (e *extra) coaches(ctx context.Context) {
	for coach, key := range map[string]string{"adviser": "fia-01", "prosecutor": "fia-02", "investigator": "fia-03", "coach-4": "fia-04"} {
		of := coaching.Of{Cohort: e.land.play.Opened(), Stage: "coaching", Person: e.land.person(e.t, key)}
		its := e.as(ctx, coach, actor.Coach)
		note, _ := e.land.plant(words{e.random()}, kindCoaching, key, "")
		_, err := e.app.Coaching.Write(its, newOp(), coaching.WriteInput{Of: of, Kind: coaching.KindNote, Text: coaching.Text{Free: note}})
		e.must(err)
		goal, _ := e.land.plant(words{e.random()}, kindCoaching, key, "")
		_, err = e.app.Coaching.SetGoal(its, newOp(), coaching.GoalInput{Of: of, Text: coaching.GoalText{What: goal}})
		e.must(err)
	}
	if e.land.country != foreign {
		return // where it can still be said
	}
	her := e.as(ctx, "fia-01", actor.Participant)
	account, err := e.app.Coaching.Account(her, coaching.Of{Cohort: e.land.play.Opened(), Stage: "coaching", Person: e.land.person(e.t, "fia-01")})
	e.must(err)
	for _, x := range account.Sessions {
		if x.State == coaching.Closed && x.Format == coaching.Individual {
			e.must(e.app.Coaching.Contest(her, newOp(), coaching.ContestInput{Session: x.ID, Says: pathway.LineFailed}))
			return
		}
	}
	e.t.Fatal("no session of hers was closed yet")
}
