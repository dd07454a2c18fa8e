package access_test

import (
	"context"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
)

func TestATokenIsMadeShownOnceAndEnded(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, operator := furnish(t, d), operator()
		op := id.New[id.Operation]()
		in := access.NewToken{Name: "the catalogue", Scopes: []string{access.ScopePackages, access.ScopeAttempts, access.ScopePackages}}
		made, err := s.CreateToken(operator, op, in)
		if err != nil || !strings.HasPrefix(made.Token, access.TokenPrefix) || len(made.Token) < 32 {
			t.Fatalf("%+v, %v", made, err)
		}
		if again, err := s.CreateToken(operator, op, in); err != nil || again.ID != made.ID || again.Token != made.Token {
			t.Errorf("a resend made %+v, %v", again, err)
		}
		a, ok, err := s.Bearer(context.Background(), made.Token)
		if err != nil || !ok || a.Nobody() || a.Person != "" || a.Scopes != "attempts packages" || a.ID() != "token:"+string(made.ID) {
			t.Errorf("the token shows %+v, %v, %v", a, ok, err)
		}
		if !access.Allows(a, access.Import, access.Object{Kind: access.Module}) || access.Could(a, access.Read, access.Person) {
			t.Error("the token may do something else than its scope says")
		}
		for _, wrong := range []string{"", "cadre_", made.Token + "x", strings.TrimPrefix(made.Token, access.TokenPrefix)} {
			if _, ok, err := s.Bearer(context.Background(), wrong); ok || err != nil {
				t.Errorf("%q is taken: %v", wrong, err)
			}
		}
		if _, err := s.CreateToken(operator, id.New[id.Operation](), access.NewToken{Scopes: []string{"everything"}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown scope: %v", err)
		}
		admin := actor.With(context.Background(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{Role: actor.Administrator}})
		if _, err := s.CreateToken(admin, id.New[id.Operation](), in); !fault.Is(err, fault.Denied) {
			t.Errorf("an administrator made one: %v", err)
		}
		if err := s.EndToken(operator, id.New[id.Operation](), made.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.Bearer(context.Background(), made.Token); ok || err != nil {
			t.Errorf("an ended token is taken: %v", err)
		}
		all, err := s.ListTokens(operator)
		if err != nil || len(all) != 1 || !all[0].Ended {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
