package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/archive"
	"cadre/internal/assess"
	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/pathway"
	"cadre/internal/people"
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
minutes: 30
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

func digestOf(path string) (string, error) {
	b, err := os.ReadFile(path)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// A diary is what was asked for, and what came of it, in the eyes of those who
// asked.
type diary struct {
	w     world
	lines []*line
}

// line is a deed in a diary.
type line struct {
	deed
	got
	begun, done int  // moments of the disk
	answered    bool // it came back without an error
}

func (d *diary) begin(x deed, moment int) *line {
	l := &line{deed: x, begun: moment}
	d.lines = append(d.lines, l)
	return l
}

// at is the diary as it was at a moment: what was answered later was not yet.
// Moments count from the last start of the machine; lines from before it have the
// moment 0.
func (d *diary) at(moment int) *diary {
	out := &diary{w: d.w}
	for _, l := range d.lines {
		if l.begun > moment {
			continue
		}
		c := *l
		if c.answered && c.done > moment {
			c.answered, c.got = false, got{}
		}
		out.lines = append(out.lines, &c)
	}
	return out
}

// restart forgets the moments, as a machine that starts again does.
func (d *diary) restart() {
	for _, l := range d.lines {
		l.begun, l.done = 0, 0
	}
}

// open lists what was never answered.
func (d *diary) open() (out []*line) {
	for _, l := range d.lines {
		if !l.answered {
			out = append(out, l)
		}
	}
	return out
}

// of lists what was asked about a person, by what was asked.
func (d *diary) of(p cohort.Proposed, do string) (out []*line) {
	for _, l := range d.lines {
		if l.Of == p && l.Do == do {
			out = append(out, l)
		}
	}
	return out
}

// officers are all whom the diary knows.
func (d *diary) officers() []cohort.Proposed {
	out := slices.Clone(d.w.Officers)
	for _, l := range d.lines {
		if l.Do == "propose" && l.answered {
			out = append(out, l.Proposed)
		}
	}
	return out
}

// amiss is a deed that is not there, or there twice.
type amiss struct {
	error
	twice bool
}

// check looks, in an instance, for everything that the diary says was answered,
// and that nothing is there in part or twice.
func (d *diary) check(a *app.App) error {
	var errs []error
	bad := func(l *line, twice bool, format string, args ...any) {
		errs = append(errs, amiss{fmt.Errorf("%s %s (answered: %v): %s", l.Do, l.Op, l.answered, fmt.Sprintf(format, args...)), twice})
	}
	err := a.DB.View(context.Background(), func(tx *db.Tx) error {
		known := map[id.Operation]bool{}
		ops, err := db.Collect(tx, func(r *db.Rows) (o id.Operation, err error) { return o, r.Scan(&o) }, `SELECT id FROM journal_operations`)
		if err != nil {
			return err
		}
		for _, o := range ops {
			known[o] = true
		}
		for _, l := range d.lines {
			if l.Do == "backup" {
				continue
			}
			if l.answered && !known[l.Op] {
				bad(l, false, "its outcome is lost")
			}
			want := 0
			if known[l.Op] {
				want = 1
			}
			q, args := l.effect(d.w)
			if q == "" {
				continue
			}
			var n int
			if err := tx.QueryRow(q, args...).Scan(&n); err != nil {
				return err
			}
			if n != want {
				bad(l, n > want, "it is there %d times, want %d", n, want)
			}
		}
		// No more seats than places, and nobody has two of them.
		var seats, sitters int
		if err := tx.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT nomination) FROM cohort_seats WHERE state = 'confirmed'`).Scan(&seats, &sitters); err != nil {
			return err
		}
		if seats > d.w.Places || seats != sitters {
			errs = append(errs, fmt.Errorf("%d seats are confirmed to %d officers", seats, sitters))
		}
		return nil
	})
	errs = append(errs, err)
	for _, l := range d.lines {
		if !l.answered {
			continue
		}
		switch l.Do {
		case "letter":
			b, err := a.Cohort.Scan(officer(), a.Files, l.Letter)
			if err != nil || !bytes.Equal(b, scanOf(l.Op)) {
				bad(l, false, "its scan reads %d bytes, %v", len(b), err)
			}
		case "backup":
			if sum, err := digestOf(filepath.Join(filepath.Dir(a.Config.Data), "backups", filepath.Base(l.Path))); err != nil || sum != l.Digest {
				bad(l, false, "the backup is another one now: %v", err)
			}
		}
	}
	return errors.Join(errs...)
}

// effect is a query that counts what a deed did: once, or not at all.
func (l *line) effect(w world) (string, []any) {
	switch l.Do {
	case "propose":
		return `SELECT COUNT(*) FROM cohort_nominations n JOIN people_names m ON m.person = n.person WHERE m.written = ?1`, []any{"Officer " + string(l.Op)}
	case "accept":
		return `SELECT COUNT(*) FROM pathway_facts WHERE kind = 'accepted' AND person = ?1`, []any{l.Of.Person}
	case "mark":
		return `SELECT COUNT(*) FROM pathway_facts WHERE kind = 'attendance.verdict' AND person = ?1 AND subject = ?2`, []any{l.Of.Person, []string{"mon-am", "mon-pm"}[l.Half]}
	case "sit":
		return `SELECT COUNT(*) FROM assess_attempts WHERE person = ?1`, []any{l.Of.Person}
	case "hand-in":
		return `SELECT COUNT(*) FROM pathway_facts WHERE kind = 'assessment.submitted' AND person = ?1`, []any{l.Of.Person}
	case "close":
		return `SELECT COUNT(*) FROM coaching_sessions WHERE id = ?1 AND state = 'closed'`, []any{l.deed.Session}
	case "letter":
		return `SELECT COUNT(*) FROM cohort_letters WHERE number = ?1`, []any{"1/" + string(l.Op)}
	}
	return "", nil
}
