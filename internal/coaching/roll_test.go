package coaching

import (
	"context"
	"os"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/seal"
)

// The first programme's own blueprint, a real cohort and the real ledger: what is
// closed here is what her standing says.
func TestThreeSessionsInTheFirstProgrammePassTheStage(t *testing.T) {
	file, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		var reads readers
		karachi, err := civil.Zone("Asia/Karachi")
		must(err)
		whole := actor.With(context.Background(), actor.Actor{Person: office, Grant: actor.Grant{Role: actor.ProgrammeOfficer}})
		var fia id.Agency
		must(d.Update(whole, db.Main, func(tx *db.Tx) (err error) {
			for _, code := range []string{"fia", "punjab-police"} {
				if fia, err = people.EnterAgency(tx, people.Agency{Code: code, Name: i18n.NewText("en", code), Country: "PK", Kind: "police"}); err != nil {
					return err
				}
			}
			return nil
		}))
		imported, err := programme.New(programme.Deps{DB: d}).Import(whole, op(), programme.ImportInput{File: "programme.yaml", Data: file})
		must(err)
		cohorts := cohort.New(cohort.Deps{DB: d, Reads: &reads})
		c, err := cohorts.Open(whole, op(), cohort.Opening{Programme: imported.Programme, Version: imported.Version, Country: "PK"})
		must(err)
		var who, rabia id.Person
		must(d.Update(whole, db.Main, func(tx *db.Tx) (err error) {
			if who, err = people.Enter(tx, people.NewPerson{Sex: people.Female, Officer: true, Names: []people.NewName{{Written: "Ayesha Kanwal"}}}); err != nil {
				return err
			}
			rabia, err = people.Enter(tx, people.NewPerson{Sex: people.Female, Names: []people.NewName{{Written: "Rabia Malik"}}})
			return err
		}))
		_, err = cohorts.Join(whole, op(), cohort.Joining{Cohort: c, Person: who, Agency: fia, Capacity: cohort.Participant, Stage: "coaching"})
		must(err)

		s := New(Deps{DB: d, Cohorts: Roll{}, Reads: &reads, Keys: seal.New(), Record: pathway.Record})
		coach := actor.With(context.Background(), actor.Actor{Person: rabia, Grant: actor.Grant{Role: actor.Coach, Scope: actor.Scope{Cohort: c}}})
		her := actor.With(context.Background(), actor.Actor{Person: who, Grant: actor.Grant{Role: actor.Participant, Scope: actor.Scope{Cohort: c}}})
		of := Of{c, "coaching", who}
		_, err = s.Assign(whole, op(), AssignInput{c, "week", rabia, []id.Person{who}})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("the week is no coaching: %v", err)
		}
		_, err = s.Assign(whole, op(), AssignInput{c, "coaching", rabia, []id.Person{who}})
		must(err)
		must(s.Declare(coach, op(), DeclareInput{of, true, true}))

		day := func(y int, m time.Month, d int) civil.Date { return civil.NewDate(y, m, d) }
		dbtest.Clock(d).Set(day(2021, 3, 25).Start(karachi))
		_, err = s.GroupDay(whole, op(), GroupDayInput{c, "coaching", "round-1", day(2021, 3, 25), []id.Person{who}})
		must(err)
		dbtest.Clock(d).Set(day(2021, 9, 10).Start(karachi))
		ses, err := s.Propose(coach, op(), ProposeInput{Of: of, Round: "round-2", Starts: day(2021, 9, 15).At(10, 0, "Asia/Karachi")})
		must(err)
		must(s.Agree(her, op(), ses))
		dbtest.Clock(d).Set(day(2021, 9, 16).Start(karachi))
		must(s.Close(coach, op(), CloseInput{Session: ses, Outcome: pathway.LineFailed}))
		must(s.Contest(her, op(), ContestInput{ses, pathway.HeldInPart}))
		must(s.Settle(whole, op(), SettleInput{Session: ses, Outcome: pathway.HeldInPart, Minutes: 40}))
		dbtest.Clock(d).Set(day(2022, 5, 11).Start(karachi))
		_, err = s.GroupDay(whole, op(), GroupDayInput{c, "coaching", "round-3", day(2022, 5, 9), []id.Person{who}})
		must(err)

		for who, ctx := range map[string]context.Context{"she": her, "the office": whole} {
			at, err := map[string]func(context.Context) ([]Where, error){"she": s.Hers, "the office": s.Overseen}[who](ctx)
			must(err)
			if len(at) != 1 || at[0].Cohort != c || at[0].Stage != "coaching" {
				t.Errorf("%s finds %+v", who, at)
			}
		}
		a, err := s.Account(her, of)
		must(err)
		if a.Held != 3 || a.Left() != 0 {
			t.Errorf("account: held %d, left %d", a.Held, a.Left())
		}
		must(d.View(whole, func(tx *db.Tx) error {
			facts, err := pathway.FactsOf(tx, who, c)
			if err != nil {
				return err
			}
			plan, err := pathway.PlanOf(tx, imported.Version)
			if err != nil {
				return err
			}
			st := plan.Evaluate(facts, tx.Now())
			for _, stage := range st.Stages {
				if string(stage.Key) == "coaching" && stage.Have != a.Held {
					t.Errorf("the account says %d, the standing %d: %+v", a.Held, stage.Have, stage)
				}
			}
			return nil
		}))
	})
}
