package programme_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
)

func TestImportKeepsVersions(t *testing.T) {
	first := examples(t)["pakistan-2020"]
	second := append(bytes.Clone(first), []byte("# read again, nothing changed\n")...)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := programme.New(programme.Deps{DB: d})
		ctx := actor.With(t.Context(), actor.Actor{Operator: true})
		imp := func(data []byte, op id.Operation) programme.Imported {
			t.Helper()
			out, err := s.Import(ctx, op, programme.ImportInput{File: "programme.yaml", Data: data})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		op := id.New[id.Operation]()
		a := imp(first, op)
		if a.Number != 1 || !a.Fresh {
			t.Errorf("the first import gave %+v", a)
		}
		if again := imp(first, op); again != a {
			t.Errorf("the resend gave %+v, not %+v", again, a)
		}
		if same := imp(first, id.New[id.Operation]()); same.Version != a.Version || same.Fresh {
			t.Errorf("the same bytes gave %+v", same)
		}
		b := imp(second, id.New[id.Operation]())
		if b.Number != 2 || b.Programme != a.Programme || b.Version == a.Version {
			t.Errorf("other bytes gave %+v after %+v", b, a)
		}
		got, err := s.Export(ctx, a.Version, false)
		if err != nil || !bytes.Equal(got, first) {
			t.Errorf("the first version does not come back as it was: %v", err)
		}
		history, err := s.History(ctx, a.Programme)
		if err != nil || len(history) != 2 || history[0].Number != 2 {
			t.Errorf("history: %v, %v", history, err)
		}
		list, err := s.List(ctx)
		if err != nil || len(list) != 1 || list[0].Latest != b.Version || list[0].Country != "PK" {
			t.Errorf("list: %+v, %v", list, err)
		}
	})
}

func TestImportRefusesWithEveryProblem(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := programme.New(programme.Deps{DB: d})
		ctx := actor.With(t.Context(), actor.Actor{Operator: true})
		_, err := s.Import(ctx, id.New[id.Operation](), programme.ImportInput{File: "p.yaml", Data: []byte("cadre: 1\nkey: x\n")})
		var ps programme.Problems
		if !fault.Is(err, fault.Invalid) || !errors.As(err, &ps) || len(ps) < 4 {
			t.Errorf("got %v", err)
		}
	})
}

func TestStrangersImportNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := programme.New(programme.Deps{DB: d})
		in := programme.ImportInput{File: "p.yaml", Data: examples(t)["pakistan-2020"]}
		for _, a := range []actor.Actor{
			{},
			{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.Participant}},
			{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer, Scope: actor.Scope{Country: "IQ"}}},
		} {
			if _, err := s.Import(actor.With(t.Context(), a), id.New[id.Operation](), in); err == nil {
				t.Errorf("%+v imported", a)
			}
		}
		if _, err := s.Import(actor.With(t.Context(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.ProgrammeOfficer, Scope: actor.Scope{Country: "PK"}}}), id.New[id.Operation](), in); err != nil {
			t.Errorf("an officer of the country could not: %v", err)
		}
	})
}

func TestNormalFormReadsAsTheSame(t *testing.T) {
	for name, data := range examples(t) {
		b, err := programme.Read(name, data)
		if err != nil {
			t.Fatal(err)
		}
		normal, err := programme.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		back, err := programme.Read(name+" (normal)", normal)
		if err != nil {
			t.Fatalf("the normal form has problems:\n%s", err)
		}
		if d := cmp.Diff(b, back, cmpopts.IgnoreUnexported(programme.Blueprint{})); d != "" {
			t.Errorf("%s: the normal form says something else: %s", name, d)
		}
		again, err := programme.Marshal(back)
		if err != nil || !bytes.Equal(normal, again) {
			t.Errorf("%s: the normal form of the normal form differs", name)
		}
	}
}
