package coaching

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/seal"
)

const (
	she    = id.Person("0192f0c1-0000-7000-8000-000000000001")
	other  = id.Person("0192f0c1-0000-7000-8000-000000000002")
	rabia  = id.Person("0192f0c1-0000-7000-8000-000000000011")
	edith  = id.Person("0192f0c1-0000-7000-8000-000000000012")
	office = id.Person("0192f0c1-0000-7000-8000-000000000021")
	intake = id.Cohort("0192f0c1-0000-7000-8000-0000000000c1")
	stage  = "coaching"
)

func rules() *programme.Coaching {
	return &programme.Coaching{
		Entitlement: 3, Individual: true, Group: true, PartCounts: true, Minutes: 60,
		GroupDays: &programme.GroupDays{Days: 1, Counts: 1},
		Window:    programme.Window{From: "2020-03-01", Until: "2022-06-30"},
		Rounds: []programme.Round{
			{Key: "round-1", Kind: "group", Days: []programme.Date{"2021-03-25", "2021-03-26"}},
			{Key: "round-2", Kind: "individual"},
		},
		Guide: []programme.GuideQuestion{{Key: "goal"}, {Key: "will"}},
	}
}

// town is a cohort with two participants, in which every place is the same.
type town struct{}

func (town) Coaching(_ *db.Tx, _ id.Cohort, key string) (Terms, error) {
	if key != stage {
		return Terms{}, fault.New(fault.NotFound, "coaching.stage-unknown", nil)
	}
	return Terms{Stage: &programme.Stage{Key: stage, Coaching: rules()}, Zone: "Asia/Karachi"}, nil
}

func (t town) Participant(tx *db.Tx, c id.Cohort, p id.Person) (access.Place, error) {
	if p != she && p != other {
		return access.Place{}, fault.New(fault.NotFound, "coaching.not-a-participant", nil)
	}
	return t.Cohort(tx, c)
}

func (town) Cohort(tx *db.Tx, c id.Cohort) (access.Place, error) {
	return access.Place{Country: "PK", Agency: "a", Programme: "p", Cohort: c, Since: tx.Now()}, nil
}

type readers struct{ who []id.Person }

func (r *readers) RecordRead(ctx context.Context, _ access.Kind, _ ...id.Person) error {
	r.who = append(r.who, actor.From(ctx).Person)
	return nil
}

type world struct {
	*Service
	d     *db.DB
	facts []pathway.Fact
	read  readers
	t     *testing.T
}

func run(t *testing.T, f func(w *world)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{d: d, t: t}
		w.Service = New(Deps{DB: d, Cohorts: town{}, Reads: &w.read, Keys: seal.New(), Record: func(_ *db.Tx, f pathway.Fact) error {
			w.facts = append(w.facts, f)
			return nil
		}})
		f(w)
	})
}

func as(p id.Person, role actor.Role) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{Role: role, Scope: actor.Scope{Cohort: intake}}})
}

var (
	herself   = as(she, actor.Participant)
	coach     = as(rabia, actor.Coach)
	newCoach  = as(edith, actor.Coach)
	officer   = as(office, actor.ProgrammeOfficer)
	hers      = Of{intake, stage, she}
	wednesday = civil.DateTime{Date: civil.Date{Year: 2021, Month: 9, Day: 15}, Hour: 10, Zone: "Asia/Karachi"}
)

func op() id.Operation { return id.New[id.Operation]() }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, k fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, k) {
		w.t.Fatalf("got %v, want a fault of kind %v", err, k)
	}
}

// paired gives her a coach who declared.
func (w *world) paired(who context.Context) {
	w.t.Helper()
	_, err := w.Assign(officer, op(), AssignInput{intake, stage, actor.From(who).Person, []id.Person{she}})
	w.must(err)
	w.must(w.Declare(who, op(), DeclareInput{hers, true, true}))
}

// agreed is a session at a time that both said yes to.
func (w *world) agreed() id.CoachingSession {
	w.t.Helper()
	s, err := w.Propose(coach, op(), ProposeInput{Of: hers, Round: "round-2", Starts: wednesday})
	w.must(err)
	w.must(w.Agree(herself, op(), s))
	return s
}

func TestACoachSeesNothingBeforeSheDeclares(t *testing.T) {
	run(t, func(w *world) {
		_, err := w.Write(herself, op(), WriteInput{Of: hers, Kind: KindNeed, Text: Text{Free: "leading an interview"}})
		w.must(err)
		_, err = w.Assign(officer, op(), AssignInput{intake, stage, rabia, []id.Person{she}})
		w.must(err)
		_, err = w.Prepare(coach, hers)
		w.refused(err, fault.NotFound)
		w.refused(w.Declare(coach, op(), DeclareInput{hers, true, false}), fault.Invalid)
		w.refused(w.Declare(newCoach, op(), DeclareInput{hers, true, true}), fault.NotFound)
		w.must(w.Declare(coach, op(), DeclareInput{hers, true, true}))
		p, err := w.Prepare(coach, hers)
		w.must(err)
		if len(p.Needs) != 1 || p.Needs[0].Text.Free != "leading an interview" {
			t.Errorf("needs: %+v", p.Needs)
		}
		_, err = w.Assign(officer, op(), AssignInput{intake, stage, edith, []id.Person{she}})
		w.refused(err, fault.Conflict)
	})
}

func TestSheChangesHerCoachWithoutAReason(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		s := w.agreed()
		w.must(w.ChangeCoach(herself, op(), hers))
		_, err := w.Prepare(coach, hers)
		w.refused(err, fault.NotFound)
		if mine, err := w.Mine(coach); err != nil || len(mine) != 0 {
			t.Errorf("the old coach still has %d, %v", len(mine), err)
		}
		w.refused(w.Close(coach, op(), CloseInput{Session: s, Outcome: pathway.Held}), fault.NotFound)
		left, err := w.Without(officer, intake, stage, []id.Person{she})
		w.must(err)
		if len(left) != 1 {
			t.Error("the office does not learn that she needs a coach")
		}
		w.paired(newCoach)
		_, err = w.Prepare(newCoach, hers)
		w.must(err)
	})
}

func TestASessionIsAgreedByTheOtherAndClosedOnce(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		s, err := w.Propose(coach, op(), ProposeInput{Of: hers, Round: "round-2", Starts: wednesday})
		w.must(err)
		w.refused(w.Agree(coach, op(), s), fault.Denied)
		w.must(w.Agree(herself, op(), s))
		w.must(w.Agree(herself, op(), s))
		w.refused(w.Close(herself, op(), CloseInput{Session: s, Outcome: pathway.Held}), fault.Denied)
		w.refused(w.Close(coach, op(), CloseInput{Session: s, Outcome: pathway.HeldInPart}), fault.Invalid)
		once := op()
		in := CloseInput{Session: s, Outcome: pathway.Held, Note: Text{Answers: map[string]string{"goal": "plan first"}, Free: "went well"}, Goal: GoalText{What: "plan each interview"}}
		w.must(w.Close(coach, once, in))
		w.must(w.Close(coach, once, in)) // the form was sent twice
		w.refused(w.Close(coach, op(), in), fault.Conflict)
		if len(w.facts) != 1 {
			t.Fatalf("%d facts", len(w.facts))
		}
		f := w.facts[0]
		want := pathway.CoachingSession{Number: 1, Format: "individual", Outcome: pathway.Held, Round: "round-2", Minutes: 60}
		if f.Value != want || f.Basis != pathway.ByCoach || f.Person != she || f.Subject != stage {
			t.Errorf("fact: %+v", f)
		}
		p, err := w.Prepare(herself, hers)
		w.must(err)
		if p.Account.Held != 1 || p.Account.Left() != 2 || len(p.Notes) != 1 || p.Notes[0].Text.Free != "went well" || len(p.Goals) != 1 {
			t.Errorf("page: %+v", p)
		}
	})
}

func TestEitherMayContestAndAnOfficerSettles(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		s := w.agreed()
		w.must(w.Close(coach, op(), CloseInput{Session: s, Outcome: pathway.SheCouldNot}))
		w.must(w.Contest(herself, op(), ContestInput{s, pathway.LineFailed}))
		o, err := w.Overview(officer, intake, stage)
		w.must(err)
		if len(o.Contested) != 1 || o.Contested[0].Contested != pathway.LineFailed || o.Contested[0].Outcome != pathway.SheCouldNot {
			t.Fatalf("overview: %+v", o)
		}
		w.refused(w.Settle(coach, op(), SettleInput{Session: s, Outcome: pathway.LineFailed}), fault.Denied)
		w.must(w.Settle(officer, op(), SettleInput{Session: s, Outcome: pathway.LineFailed}))
		if len(w.facts) != 2 || w.facts[1].Corrects != w.facts[0].ID {
			t.Errorf("facts: %+v", w.facts)
		}
		w.refused(w.Settle(officer, op(), SettleInput{Session: s, Outcome: pathway.Held}), fault.Conflict)
	})
}

func TestDaysOfAGroupEventCountByTheRule(t *testing.T) {
	run(t, func(w *world) {
		day := func(d int) civil.Date { return civil.Date{Year: 2021, Month: 3, Day: d} }
		for _, d := range []int{25, 26, 26} {
			_, err := w.GroupDay(officer, op(), GroupDayInput{intake, stage, "round-1", day(d), []id.Person{she, other}})
			w.must(err)
		}
		_, err := w.GroupDay(officer, op(), GroupDayInput{intake, stage, "round-1", day(27), []id.Person{she}})
		w.refused(err, fault.Invalid)
		_, err = w.GroupDay(herself, op(), GroupDayInput{intake, stage, "round-1", day(25), []id.Person{she}})
		w.refused(err, fault.Denied)
		a, err := w.Account(herself, hers)
		w.must(err)
		if a.Held != 1 || len(a.Sessions) != 2 || len(w.facts) != 4 {
			t.Errorf("held %d by %d days, %d facts", a.Held, len(a.Sessions), len(w.facts))
		}
		c := rules()
		c.GroupDays = &programme.GroupDays{Days: 2, Counts: 1}
		if got := Count(c, a.Sessions[:1]).Held; got != 0 {
			t.Errorf("one of two days counts as %d", got)
		}
	})
}

func TestTheAccountIsNotOverdrawn(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		for range 3 {
			w.agreed()
		}
		_, err := w.Propose(coach, op(), ProposeInput{Of: hers, Starts: wednesday})
		w.refused(err, fault.Conflict)
		p, err := w.Prepare(herself, hers)
		w.must(err)
		w.must(w.Move(herself, op(), p.Account.Sessions[0].ID)) // costs her nothing
		_, err = w.Propose(herself, op(), ProposeInput{Of: hers, Starts: wednesday})
		w.must(err)
		late := wednesday
		late.Date.Year = 2023
		_, err = w.Propose(coach, op(), ProposeInput{Of: hers, Starts: late})
		w.refused(err, fault.Invalid)
	})
}

func TestWhatIsWrittenIsSealedAndSharedByTwo(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		n, err := w.Write(coach, op(), WriteInput{Of: hers, Kind: KindNote, Text: Text{Free: "canary-of-a-note"}})
		w.must(err)
		_, err = w.SetGoal(herself, op(), GoalInput{Of: hers, Text: GoalText{What: "canary-of-a-goal"}})
		w.must(err)
		for _, who := range []context.Context{
			officer, newCoach, as(other, actor.Participant), as(office, actor.Administrator), as(office, actor.FocalPoint),
		} {
			_, err := w.Prepare(who, hers)
			w.refused(err, fault.NotFound)
		}
		w.must(w.d.View(context.Background(), func(tx *db.Tx) error {
			for _, q := range []string{`SELECT box FROM coaching_notes`, `SELECT box FROM coaching_goals`} {
				boxes, err := db.Collect(tx, func(r *db.Rows) ([]byte, error) { var b []byte; return b, r.Scan(&b) }, q)
				if err != nil {
					return err
				}
				for _, b := range boxes {
					if bytes.Contains(b, []byte("canary")) {
						t.Error("a text lies open in the database")
					}
				}
			}
			bodies, err := db.Collect(tx, func(r *db.Rows) ([]byte, error) { var b []byte; return b, r.Scan(&b) }, `SELECT body FROM journal_bodies`)
			for _, b := range bodies {
				if bytes.Contains(b, []byte("canary")) {
					t.Error("a text lies in the journal")
				}
			}
			return err
		}))
		w.refused(w.Rewrite(herself, op(), RewriteInput{n, 1, Text{Free: "x"}}), fault.Denied)
		w.must(w.Rewrite(coach, op(), RewriteInput{n, 1, Text{Free: "second"}}))
		w.refused(w.Rewrite(coach, op(), RewriteInput{n, 1, Text{Free: "third"}}), fault.Stale)
		p, err := w.Prepare(herself, hers)
		w.must(err)
		if p.Notes[0].Text.Free != "second" {
			t.Errorf("she reads %+v", p.Notes[0])
		}
		if slices.Contains(w.read.who, she) {
			t.Error("that she read her own page was recorded")
		}
		// without the key the note is there, and locked
		w.keys = seal.New()
		p, err = w.Prepare(coach, hers)
		w.must(err)
		if len(p.Notes) != 1 || !fault.Is(p.Notes[0].Locked, fault.Unavailable) || p.Notes[0].Text.Free != "" {
			t.Errorf("without the key: %+v", p.Notes)
		}
		if !slices.Contains(w.read.who, rabia) {
			t.Error("that the coach read was not recorded")
		}
		w.must(w.TakeBack(coach, op(), n))
		p, err = w.Prepare(herself, hers)
		w.must(err)
		if len(p.Notes) != 0 {
			t.Error("the note is still there")
		}
	})
}

// Whose goal it is changes its words whoever set it; her coach changes what she set
// herself. Of two who change it at once, the second is told so.
func TestAGoalIsPutOtherwise(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		set := func(who context.Context, what string) id.Goal {
			g, err := w.SetGoal(who, op(), GoalInput{Of: hers, Text: GoalText{What: what, Evidence: "one page"}, Due: civil.NewDate(2021, 12, 31)})
			w.must(err)
			return g
		}
		theirs, own := set(coach, "plan each interview"), set(herself, "ask the prosecutor")
		change := func(who context.Context, g id.Goal, revision int, what string) error {
			return w.RewriteGoal(who, op(), RewriteGoalInput{Goal: g, Revision: revision, Text: GoalText{What: what}, Due: civil.NewDate(2022, 1, 31)})
		}
		w.must(change(herself, theirs, 1, "canary: plan two interviews"))
		w.refused(change(coach, theirs, 1, "plan three"), fault.Stale)
		w.must(change(coach, theirs, 2, "plan three"))
		w.refused(change(coach, own, 1, "ask him daily"), fault.Denied)
		w.refused(change(officer, own, 1, "ask him daily"), fault.NotFound)
		w.refused(change(herself, own, 1, " "), fault.Invalid)
		w.refused(change(herself, id.New[id.Goal](), 1, "x"), fault.NotFound)

		p, err := w.Prepare(herself, hers)
		w.must(err)
		for _, g := range p.Goals {
			switch {
			case g.Locked != nil:
				t.Errorf("it does not open: %v", g.Locked)
			case g.ID == theirs && (g.Text != GoalText{What: "plan three"} || g.Due != civil.NewDate(2022, 1, 31) || g.Revision != 3):
				t.Errorf("%+v", g)
			case g.ID == own && (g.Text != GoalText{What: "ask the prosecutor", Evidence: "one page"} || g.Revision != 1):
				t.Errorf("%+v", g)
			}
		}
		// What it said before does not open in its place.
		w.must(w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE coaching_goals SET words = words - 1 WHERE id = ?1`, theirs)
			return err
		}))
		p, err = w.Prepare(herself, hers)
		w.must(err)
		for _, g := range p.Goals {
			if g.ID == theirs && g.Locked == nil {
				t.Error("the box opens for words that it does not hold")
			}
		}
		w.must(w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE coaching_goals SET words = words + 1 WHERE id = ?1`, theirs)
			return err
		}))
		// Closing it leaves its words; then they stay.
		w.must(w.CloseGoal(coach, op(), theirs, GoalMet))
		w.refused(change(herself, theirs, 4, "plan four"), fault.Closed)
		p, err = w.Prepare(herself, hers)
		w.must(err)
		for _, g := range p.Goals {
			if g.ID == theirs && (g.Locked != nil || g.Text.What != "plan three" || g.State != GoalMet) {
				t.Errorf("closed: %+v", g)
			}
		}
	})
}

func TestAGoalEndsEitherWay(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		g, err := w.SetGoal(coach, op(), GoalInput{Of: hers, Text: GoalText{What: "ask the prosecutor weekly"}, Due: civil.Date{Year: 2021, Month: 12, Day: 31}})
		w.must(err)
		w.refused(w.CloseGoal(officer, op(), g, GoalMet), fault.NotFound)
		w.must(w.CloseGoal(herself, op(), g, GoalMet))
		w.must(w.CloseGoal(coach, op(), g, GoalMet))
		p, err := w.Prepare(herself, hers)
		w.must(err)
		if p.Goals[0].State != GoalMet || p.Goals[0].Due.Month != 12 {
			t.Errorf("%+v", p.Goals[0])
		}
		_, err = w.SetGoal(herself, op(), GoalInput{Of: hers})
		w.refused(err, fault.Invalid)
	})
}
