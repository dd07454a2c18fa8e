package evaluation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/evaluation"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/seal"
)

const (
	cohort = id.Cohort("0192f0c0-0000-7000-8000-00000000c001")
	prog   = id.Programme("0192f0c0-0000-7000-8000-00000000a001")
	agency = id.Agency("0192f0c0-0000-7000-8000-00000000b001")
	boss   = id.Person("0192f0c0-0000-7000-8000-0000000000bb")
)

func woman(n int) id.Person {
	return id.Person(fmt.Sprintf("0192f0c0-0000-7000-8000-0000000001%02d", n))
}

// roll is a cohort of n women, the first of whom has linked her supervisor.
type roll struct {
	n  int
	bp *programme.Blueprint
}

func (r roll) place() access.Place {
	return access.Place{Country: "PK", Agency: agency, Branch: []id.Agency{agency}, Programme: prog, Cohort: cohort, Since: dbtest.Start}
}

func (r roll) Place(_ *db.Tx, c id.Cohort, p id.Person) (access.Place, error) {
	for i := range r.n {
		if c == cohort && p == woman(i) {
			return r.place(), nil
		}
	}
	return access.Place{}, fault.New(fault.NotFound, "", nil)
}

func (r roll) Cohort(_ *db.Tx, c id.Cohort) (access.Place, error) {
	if c != cohort {
		return access.Place{}, fault.New(fault.NotFound, "", nil)
	}
	return access.Place{Country: "PK", Programme: prog, Cohort: cohort, Since: dbtest.Start}, nil
}

func (r roll) Participants(*db.Tx, id.Cohort) (out []id.Person, err error) {
	for i := range r.n {
		out = append(out, woman(i))
	}
	return out, nil
}

// reading keeps whose data was read.
type reading struct{ who []id.Person }

func (r *reading) RecordRead(_ context.Context, _ access.Kind, ps ...id.Person) error {
	r.who = append(r.who, ps...)
	return nil
}

func (r roll) Supervisor(_ *db.Tx, p id.Person) (id.Person, error) {
	if p == woman(0) {
		return boss, nil
	}
	return "", nil
}

func (r roll) Supervised(_ *db.Tx, s id.Person) ([]evaluation.Enrolled, error) {
	if s == boss {
		return []evaluation.Enrolled{{Cohort: cohort, Person: woman(0)}}, nil
	}
	return nil, nil
}

func (r roll) Blueprint(*db.Tx, id.Cohort) (*programme.Blueprint, error) { return r.bp, nil }

func as(p id.Person, role actor.Role, s actor.Scope) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{Role: role, Scope: s}})
}

func participant(n int) context.Context {
	return as(woman(n), actor.Participant, actor.Scope{Cohort: cohort})
}

func officer() context.Context {
	return as("0192f0c0-0000-7000-8000-0000000000aa", actor.ProgrammeOfficer, actor.Scope{Programme: prog})
}

func op() id.Operation { return id.New[id.Operation]() }

// asked returns a service whose cohort of 6 has been asked about the week.
func asked(t *testing.T, d *db.DB) (*evaluation.Service, id.Survey) {
	t.Helper()
	return askedBy(t, d, &reading{}, func(f pathway.Fact) {
		if f.Person == "" || f.Cohort == "" || f.Subject == "" {
			t.Errorf("a fact about nobody: %+v", f)
		}
	})
}

// askedBy is asked, and tells what is recorded and read.
func askedBy(t *testing.T, d *db.DB, reads *reading, record func(pathway.Fact)) (*evaluation.Service, id.Survey) {
	t.Helper()
	journal.Attach(d)
	src, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bp, problems := programme.Read("programme.yaml", src)
	if problems != nil {
		t.Fatal(problems)
	}
	s := evaluation.New(evaluation.Deps{DB: d, Roll: roll{6, bp}, Keys: seal.New(), Reads: reads, Record: func(_ *db.Tx, f pathway.Fact) error {
		record(f)
		return nil
	}})
	form := `
key: week
title: {en: "How was the week?"}
intro: {en: Without your name.}
questions:
  - {key: useful, kind: grade, text: {en: "Can you use it?"}}
  - {key: mode, kind: choice, text: {en: "Where were you?"}, options: [{key: room, text: {en: In the room}}, {key: online, text: {en: Online}}]}
  - {key: better, kind: words, text: {en: "What should be different?"}}
`
	if _, err := s.ImportForm(officer(), op(), prog, []byte(form)); err != nil {
		t.Fatal(err)
	}
	sid, err := s.OpenSurvey(officer(), op(), evaluation.OpenInput{
		Cohort: cohort, Stage: "week", Form: "week", Closes: dbtest.Start.Add(7 * 24 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, sid
}

func give(t *testing.T, s *evaluation.Service, sid id.Survey, n int, a evaluation.Answers) {
	t.Helper()
	token, _, err := s.Begin(participant(n), sid)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Answer(context.Background(), op(), token, a); err != nil {
		t.Fatal(err)
	}
}

// closes lets the survey's time pass, and the job that opens the answers run.
func closes(t *testing.T, d *db.DB, s *evaluation.Service) {
	t.Helper()
	dbtest.Clock(d).Advance(8 * 24 * time.Hour)
	pool := job.NewPool(d, job.Options{})
	pool.Every(evaluation.OpenJob, evaluation.OpenEvery, s.Open)
	if _, err := pool.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestAnAnswerIsNobodys(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, sid := asked(t, d)
		for n := range 5 {
			give(t, s, sid, n, evaluation.Answers{"useful": "4", "better": fmt.Sprintf("canary %d", n)})
		}
		closes(t, d, s)
		err := d.View(context.Background(), func(tx *db.Tx) error {
			rows, err := db.Collect(tx, func(r *db.Rows) (string, error) {
				var survey, nonce, text string
				err := r.Scan(&survey, &nonce, &text)
				return nonce + " " + text, err
			}, `SELECT survey, nonce, answers FROM evaluation_answers`)
			if err != nil {
				return err
			}
			if len(rows) != 5 {
				t.Errorf("%d answers are kept, want 5", len(rows))
			}
			for _, r := range rows {
				for n := range 6 {
					if strings.Contains(r, string(woman(n))) {
						t.Errorf("an answer names a person: %s", r)
					}
				}
			}
			// What was said stands nowhere else: not in the journal, not in outcomes.
			for _, q := range []string{`SELECT body FROM journal_bodies`, `SELECT outcome FROM journal_operations`} {
				bodies, err := db.Collect(tx, func(r *db.Rows) ([]byte, error) { var b []byte; return b, r.Scan(&b) }, q)
				if err != nil {
					return err
				}
				for _, b := range bodies {
					if strings.Contains(string(b), "canary") {
						t.Errorf("an answer leaked: %s", b)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// While the survey is open, what is written in the commit that uses a turn up is
// a sealed box of one length, and nothing that grows with time.
func TestAnAnswerLiesSealedUntilTheClose(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, sid := asked(t, d)
		give(t, s, sid, 0, evaluation.Answers{"useful": "1"})
		give(t, s, sid, 1, evaluation.Answers{"useful": "2", "better": strings.Repeat("canary ", 100)})
		read := func(q string) (out []string) {
			t.Helper()
			if err := d.View(context.Background(), func(tx *db.Tx) (err error) {
				out, err = db.Collect(tx, func(r *db.Rows) (string, error) { var b []byte; err := r.Scan(&b); return string(b), err }, q)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		boxes := read(`SELECT box FROM evaluation_boxes`)
		if len(boxes) != 2 || len(boxes[0]) != len(boxes[1]) || strings.Contains(boxes[0]+boxes[1], "canary") {
			t.Errorf("%d boxes tell one from another", len(boxes))
		}
		if n := read(`SELECT answers FROM evaluation_answers`); len(n) != 0 {
			t.Errorf("answers lie open: %q", n)
		}
		for _, x := range append(read(`SELECT id FROM evaluation_turns`), read(`SELECT nonce FROM evaluation_boxes`)...) {
			if id.Valid(x) {
				t.Errorf("%s says when it was made", x)
			}
		}
		if n := read(`SELECT kind FROM journal_operations WHERE kind LIKE 'evaluation.answer%'`); len(n) != 0 {
			t.Error("an outcome says who answered when")
		}
		closes(t, d, s)
		if n := read(`SELECT box FROM evaluation_boxes`); len(n) != 0 {
			t.Errorf("%d boxes are left", len(n))
		}
		if n := read(`SELECT answers FROM evaluation_answers`); len(n) != 2 {
			t.Errorf("%d answers are kept, want 2", len(n))
		}
	})
}

func TestATokenIsUsedOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, sid := asked(t, d)
		first, _, err := s.Begin(participant(0), sid)
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := s.Begin(participant(0), sid) // she opened it again elsewhere
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Answer(context.Background(), op(), first, evaluation.Answers{"useful": "5"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a token that was replaced gave %v", err)
		}
		again := op()
		for range 2 { // the line failed and the form is sent twice
			if err := s.Answer(context.Background(), again, token, evaluation.Answers{"useful": "5"}); err != nil {
				t.Errorf("a resend gave %v", err)
			}
		}
		if err := s.Answer(context.Background(), op(), token, evaluation.Answers{"useful": "5"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a used token gave %v", err)
		}
		if _, _, err := s.Begin(participant(0), sid); !fault.Is(err, fault.Conflict) {
			t.Errorf("answering twice gave %v", err)
		}
		turns, err := s.Mine(participant(0), cohort)
		if err != nil || len(turns) != 1 || !turns[0].Answered {
			t.Errorf("she sees %+v, %v", turns, err)
		}
	})
}

func TestARefusedAnswerKeepsTheTurn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, sid := asked(t, d)
		token, _, err := s.Begin(participant(0), sid)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Answer(context.Background(), op(), token, evaluation.Answers{"useful": "9", "mode": "flying", "better": strings.Repeat("x", 5000), "shoe-size": "38"})
		if !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		for _, field := range []string{"useful", "mode", "better", "shoe-size"} {
			if !strings.Contains(err.Error(), field) {
				t.Errorf("nothing is said of %s: %v", field, err)
			}
		}
		if err := s.Answer(context.Background(), op(), token, evaluation.Answers{"useful": "5"}); err != nil {
			t.Errorf("after mending: %v", err)
		}
	})
}

func TestResultsAreShownWhenClosedAndFromFive(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, sid := asked(t, d)
		for n := range 4 {
			give(t, s, sid, n, evaluation.Answers{"useful": "4", "better": "more time"})
		}
		see := func() evaluation.Results {
			t.Helper()
			r, err := s.Results(officer(), sid)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if r := see(); r.Withheld != evaluation.StillOpen || r.Questions != nil || r.Answered != 4 || r.Asked != 6 {
			t.Errorf("while it is open: %+v", r)
		}
		give(t, s, sid, 4, evaluation.Answers{"useful": "2"})
		dbtest.Clock(d).Advance(8 * 24 * time.Hour)
		if r := see(); r.Withheld != evaluation.StillOpen || r.Questions != nil {
			t.Errorf("closed, and not opened yet: %+v", r)
		}
		closes(t, d, s)
		r := see()
		if r.Withheld != "" || r.Questions[0].Counts["4"] != 4 || r.Questions[0].Mean != 3.6 || r.Questions[0].TopTwo != 0.8 {
			t.Errorf("closed with five answers: %+v", r)
		}
		for _, q := range r.Questions {
			if q.Question.Key == "better" && (!q.Withheld || q.Words != nil) {
				t.Errorf("four answers in words are shown: %+v", q)
			}
		}
		if _, _, err := s.Begin(participant(5), sid); !fault.Is(err, fault.Closed) {
			t.Errorf("beginning after the close gave %v", err)
		}
		if _, err := s.Results(participant(0), sid); err == nil {
			t.Error("a participant read the results")
		}
	})
}

func TestAConsentGoesAsFarAsItSaysAndNoFurther(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := asked(t, d)
		until := dbtest.Start.Add(30 * 24 * time.Hour)
		in := evaluation.TestimonialInput{Cohort: cohort, Words: "It changed how I ask.", Lang: "en", Scope: evaluation.ToDonor, Until: until}
		if _, err := s.GiveTestimonial(participant(1), op(), in); err != nil {
			t.Fatal(err)
		}
		if _, err := s.GiveTestimonial(participant(1), op(), in); !fault.Is(err, fault.Stale) {
			t.Errorf("an edit of what had changed gave %v", err)
		}
		list := func(sc evaluation.Scope) []*evaluation.Testimonial {
			t.Helper()
			all, err := s.Testimonials(officer(), cohort, sc)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if got := list(evaluation.ToDonor); len(got) != 1 || got[0].Person != "" {
			t.Errorf("for the donor, without a name: %+v", got)
		}
		if got := list(evaluation.Public); len(got) != 0 {
			t.Errorf("in public: %+v", got)
		}
		if err := s.WithdrawTestimonial(participant(2), op(), cohort, woman(1)); err == nil {
			t.Error("somebody else took her words back")
		}
		dbtest.Clock(d).Set(until)
		if got := list(evaluation.ToDonor); len(got) != 0 {
			t.Error("the consent had ended")
		}
		dbtest.Clock(d).Set(dbtest.Start)
		if err := s.WithdrawTestimonial(officer(), op(), cohort, woman(1)); err != nil {
			t.Fatal(err)
		}
		if got := list(evaluation.WithinProgramme); len(got) != 0 {
			t.Error("withdrawn words are still listed")
		}
		mine, err := s.MyTestimonial(participant(1), cohort)
		if err != nil || mine.Words != "" {
			t.Errorf("withdrawn words are still kept: %+v, %v", mine, err)
		}
	})
}

func TestSupervisorAndParticipantDoNotReadEachOther(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := asked(t, d)
		if _, err := s.AnswerFollowUp(participant(0), op(), evaluation.FollowUpInput{
			Cohort: cohort, Stage: "use-3-months", Use: evaluation.UseOften, InPost: true, Basis: pathway.OwnAct,
		}); err != nil {
			t.Fatal(err)
		}
		sup := as(boss, actor.Supervisor, actor.Scope{Agency: agency})
		if err := s.ConfirmUse(sup, op(), cohort, "use-3-months", woman(0), evaluation.UseSome); err != nil {
			t.Fatal(err)
		}
		if err := s.ConfirmUse(sup, op(), cohort, "use-3-months", woman(1), evaluation.UseSome); err == nil {
			t.Error("he confirmed for someone who has not linked him")
		}
		due, err := s.ToConfirm(sup)
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := json.Marshal(due); strings.Contains(string(text), string(evaluation.UseOften)) {
			t.Errorf("the supervisor sees her answer: %s", text)
		}
		_, f, err := s.MyFollowUp(participant(0), cohort, "use-3-months")
		if err != nil || f.Use != evaluation.UseOften {
			t.Errorf("her own answer: %+v, %v", f, err)
		}
		if _, _, err := s.MyFollowUp(participant(0), cohort, "week"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stage that is no follow-up gave %v", err)
		}
	})
}
