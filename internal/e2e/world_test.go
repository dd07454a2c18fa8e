package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/archive"
	"cadre/internal/assess"
	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/cohort"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
	"cadre/internal/retention"
	"cadre/internal/workshop"
)

// monday is when the people of a world act: the first morning of its week.
var monday = time.Date(2020, time.November, 2, 9, 0, 0, 0, time.UTC)

// everything is a programme with a stage of every kind that deeds need.
const everything = `cadre: 1
key: whole
languages: [en]
title: {en: A whole programme}
zone: Asia/Karachi
owner: {name: {en: The office}}
agencies:
  - {key: fia, title: {en: FIA}, country: PK}
places: 12
quotas:
  - {key: fia, agency: fia, places: 12}
competencies:
  - {key: see, title: {en: To see it}}
stages:
  - key: learning
    title: {en: E-learning}
    e-learning: {modules: [{key: tip, title: {en: Trafficking in persons}, minutes: 15}]}
  - key: before
    title: {en: Test}
    assessment: {form: pre, test: first, max: 2, competencies: [see]}
  - key: week
    title: {en: The week}
    workshop:
      modes: [in-person]
      days:
        - date: 2020-11-02
          half-days:
            - {key: mon-am, title: {en: Morning}, from: "09:00", until: "12:30"}
            - {key: mon-pm, title: {en: Afternoon}, from: "13:30", until: "17:00"}
      attendance: {half-days: 1}
  - key: coaching
    title: {en: Coaching}
    coaching: {entitlement: 3, enough: 3, individual: true, minutes: 60, window: {from: 2020-11-01, until: 2021-06-30}}
`

const firstTest = `key: first
title: {en: First}
minutes: 180
items:
  - id: a
    kind: single
    competency: see
    text: {en: "Is it so?"}
    options: [{text: {en: "Yes"}, correct: true}, {text: {en: "No"}, correct: false}]
  - id: b
    kind: single
    competency: see
    text: {en: "Is it not?"}
    options: [{text: {en: "Yes"}, correct: false}, {text: {en: "No"}, correct: true}]
`

// A world is one cohort of a programme, with people in it who can act.
type world struct {
	Cohort    id.Cohort
	Quota     id.Quota
	Agency    id.Agency
	Registers []id.Register
	Coach     id.Person
	Source    lrs.Key // of a program that reports what is learned
	Places    int
	Officers  []cohort.Proposed // with a seat and a coach of their own
}

// must is for what a test cannot do without.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is the context of somebody who holds a role in the whole instance.
func as(p id.Person, r actor.Role) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: id.Grant(p), Role: r}})
}

// newWorld makes a world with participants.
func newWorld(t testing.TB, a *app.App, participants int) world {
	t.Helper()
	return newWorldOf(t, a, participants, everything)
}

func newWorldOf(t testing.TB, a *app.App, participants int, blueprint string) world {
	t.Helper()
	var w world
	var err error
	operator := app.AsOperator(context.Background())
	w.Agency, err = a.People.AddAgency(operator, op(), people.Agency{Code: "fia", Name: i18n.NewText("en", "FIA"), Country: "PK", Kind: "investigation"})
	must(t, err)
	_, err = a.Assess.Import(officer(), op(), assess.Import{File: "first.yaml", Data: []byte(firstTest)})
	must(t, err)
	in, err := a.Programme.Import(officer(), op(), programme.ImportInput{File: "whole.yaml", Data: []byte(blueprint)})
	must(t, err)
	w.Cohort, err = a.Cohort.Open(officer(), op(), cohort.Opening{Programme: in.Programme, Version: in.Version, Country: "PK"})
	must(t, err)
	must(t, a.DB.View(context.Background(), func(tx *db.Tx) error {
		qs, err := cohort.Quotas(tx, w.Cohort)
		if err == nil {
			w.Quota, w.Places = qs[0].ID, qs[0].Places
		}
		return err
	}))
	laid, err := a.Workshop.Lay(officer(), op(), workshop.Lay{Cohort: w.Cohort, Stage: "week"})
	must(t, err)
	w.Registers = laid.HalfDays
	w.Coach, err = a.People.Add(operator, op(), people.NewPerson{Names: []people.NewName{{Written: "The coach"}}})
	must(t, err)
	w.Source, _, err = a.LRS.CreateKey(operator, lrs.NewKey{Title: "A program"})
	must(t, err)
	zip := bundletest.Zip("imsmanifest.xml", twoUnits, "one.html", "<html><body>One</body></html>", "two.html", "<html><body>Two</body></html>")
	_, err = a.Content.ImportPackage(operator, op(), content.ImportPackage{Key: "tip", File: bytes.NewReader(zip), Size: int64(len(zip)), Publish: true})
	must(t, err)
	_, err = w.do(a, deed{Op: op(), Do: "statements"}) // the first one makes the chain
	must(t, err)
	for range participants {
		d := deed{Op: op(), Do: "propose"}
		got, err := w.do(a, d)
		must(t, err)
		n := got.Proposed
		_, err = w.do(a, deed{Op: op(), Do: "accept", Of: n})
		must(t, err)
		_, err = w.do(a, deed{Op: op(), Do: "confirm", Of: n})
		must(t, err)
		w.Officers = append(w.Officers, n)
		_, err = a.Coaching.Assign(officer(), op(), coaching.AssignInput{Cohort: w.Cohort, Stage: "coaching", Coach: w.Coach, Persons: []id.Person{n.Person}})
		must(t, err)
		must(t, a.Coaching.Declare(as(w.Coach, actor.Coach), op(), coaching.DeclareInput{Of: w.coachingOf(n), NotSuperior: true, NotInCases: true}))
	}
	return w
}

func (w world) coachingOf(p cohort.Proposed) coaching.Of {
	return coaching.Of{Cohort: w.Cohort, Stage: "coaching", Person: p.Person}
}

// A deed is one thing that a person asks for, once.
type deed struct {
	Op      id.Operation
	Do      string
	Of      cohort.Proposed
	Half    int // of a mark
	Session id.CoachingSession
	Attempt id.Attempt
	Path    string // of a backup
	Launch  string // the credential of a package's launch
	Number  int64  // of an entry in its log
}

// got is what came of a deed.
type got struct {
	Proposed cohort.Proposed
	Status   cohort.Status
	Letter   id.Letter
	Session  id.CoachingSession
	Attempt  id.Attempt
	Points   int
	Digest   string // of a backup
	Launch   string // the credential of a package's launch
}

// scanOf is the scan that a deed uploads: another one each, of more than a chunk.
func scanOf(o id.Operation) []byte { return bytes.Repeat([]byte("%PDF-1.4 "+string(o)+"\n"), 1600) }

// do does a deed, as the person whom it is up to.
func (w world) do(a *app.App, d deed) (g got, err error) {
	her := as(d.Of.Person, actor.Participant)
	switch d.Do {
	case "propose":
		g.Proposed, err = a.Cohort.Propose(officer(), d.Op, cohort.Proposal{
			Cohort: w.Cohort, Quota: w.Quota, Basis: cohort.Paper,
			New: &people.NewPerson{
				Sex: people.Female, Names: []people.NewName{{Written: "Officer " + string(d.Op)}},
				Affiliation: &people.Affiliation{Rank: "Inspector", RankGroup: "inspector", Station: "Lahore"},
			},
		})
	case "accept":
		g.Status, err = a.Cohort.Accept(her, d.Op, cohort.Said{Nomination: d.Of.Nomination})
	case "decline":
		g.Status, err = a.Cohort.Decline(her, d.Op, cohort.Said{Nomination: d.Of.Nomination})
	case "confirm":
		g.Status, err = a.Cohort.Confirm(officer(), d.Op, d.Of.Nomination)
	case "release":
		g.Status, err = a.Cohort.Release(officer(), d.Op, cohort.Releasing{Nomination: d.Of.Nomination, Act: cohort.Release, Cause: "transfer"})
	case "take-back":
		_, err = a.Workshop.TakeBack(officer(), d.Op, workshop.TakeBack{Register: w.Registers[d.Half], Person: d.Of.Person})
	case "save":
		err = a.Assess.Save(her, d.Op, assess.Save{Attempt: d.Attempt, Answers: map[string]item.Response{"a": {Chosen: []int{0}}}})
	case "coach":
		if _, err = a.Coaching.Assign(officer(), d.Op, coaching.AssignInput{Cohort: w.Cohort, Stage: "coaching", Coach: w.Coach, Persons: []id.Person{d.Of.Person}}); err == nil {
			err = a.Coaching.Declare(as(w.Coach, actor.Coach), op(), coaching.DeclareInput{Of: w.coachingOf(d.Of), NotSuperior: true, NotInCases: true})
		}
	case "erase":
		_, err = a.Retention.Erase(app.AsOperator(context.Background()), d.Op, retention.Erase{Person: d.Of.Person, Why: "asked", Authority: "letter"})
	case "mark":
		_, err = a.Workshop.Mark(officer(), d.Op, workshop.Mark{Register: w.Registers[d.Half], Person: d.Of.Person, Verdict: workshop.Present, Mode: workshop.InPerson})
	case "sit":
		var s assess.Sitting
		s, err = a.Assess.Sit(her, d.Op, assess.Sit{Cohort: w.Cohort, Stage: "before", Language: "en"})
		g.Attempt = s.Attempt
	case "hand-in":
		var r assess.Result
		r, err = a.Assess.HandIn(her, d.Op, d.Attempt)
		g.Points = r.Attempt.Points
	case "book":
		g.Session, err = a.Coaching.Propose(as(w.Coach, actor.Coach), d.Op, coaching.ProposeInput{
			Of: w.coachingOf(d.Of), Starts: civil.NewDate(2020, 11, 10).At(10, 0, "Asia/Karachi"), Minutes: 60,
		})
	case "agree":
		err = a.Coaching.Agree(her, d.Op, d.Session)
	case "close":
		err = a.Coaching.Close(as(w.Coach, actor.Coach), d.Op, coaching.CloseInput{
			Session: d.Session, Outcome: pathway.Held, Minutes: 50, Note: coaching.Text{Free: "What we agreed: " + string(d.Op)},
		})
	case "letter":
		f, perr := a.Files.PutUpload(bytes.NewReader(scanOf(d.Op)), 1<<20)
		if perr != nil {
			return got{}, perr
		}
		g.Letter, err = a.Cohort.FileLetter(officer(), d.Op, cohort.Filing{
			Cohort: w.Cohort, Agency: w.Agency, Kind: cohort.ReleaseLetter, Number: "1/" + string(d.Op), Date: civil.NewDate(2020, 10, 20),
			Signatory: "The director", Scan: &f, Covers: []cohort.Cover{{Nomination: d.Of.Nomination}},
		})
	case "launch":
		p := actor.With(context.Background(), actor.Actor{Person: d.Of.Person, Grant: actor.Grant{ID: id.Grant(d.Of.Person), Role: actor.Participant, Scope: actor.Scope{Cohort: w.Cohort}}})
		l, serr := a.Player.Start(p, op(), player.Start{Cohort: w.Cohort, Module: "tip"})
		if serr != nil {
			return got{}, serr
		}
		var o player.Opened
		if o, err = a.Player.Open(p, d.Op, player.OpenRun{Attempt: l.Attempt}); err == nil {
			g.Attempt, g.Launch = l.Attempt, o.Credential
		}
	case "commit":
		_, err = a.Player.Accept(context.Background(), player.Batch{Credential: d.Launch, Entries: []player.Numbered{{Number: d.Number, Entry: entryOf(d.Op)}}})
	case "statements":
		var batch []*statement.Statement
		for n := range statementsOf {
			top, perr := statement.ParseJSON(statementOf(d.Op, n))
			if perr != nil {
				return got{}, perr
			}
			s, perr := statement.Read(top, statement.V2)
			if perr != nil {
				return got{}, perr
			}
			batch = append(batch, s)
		}
		_, err = a.LRS.Store(context.Background(), w.Source, statement.V2, batch, nil)
	case "backup":
		var m archive.Made
		if m, err = a.Backup(context.Background(), d.Path, "test", nil); err == nil {
			g.Digest, err = digestOf(m.Path)
		}
	default:
		err = fmt.Errorf("nobody can %q", d.Do)
	}
	return g, err
}

// entryOf is what a package keeps: another word each.
func entryOf(o id.Operation) json.RawMessage {
	return fmt.Appendf(nil, `{"activity":"ONE","at":0,"set":{"cmi.suspend_data":"%s"}}`, o)
}

// statementsOf is how many statements are posted at once.
const statementsOf = 3

// statementID is the id of the n-th statement of a batch: the operation's, but for
// its first sign.
func statementID(o id.Operation, n int) string { return strconv.Itoa(n) + string(o)[1:] }

func statementOf(o id.Operation, n int) []byte {
	return fmt.Appendf(nil, `{"id":%q,"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:%d"},"object":{"id":"urn:a:1"},"timestamp":"2020-11-02T09:00:00Z"}`, statementID(o, n), n)
}

func digestOf(path string) (string, error) {
	b, err := os.ReadFile(path)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}
