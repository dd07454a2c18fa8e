package access

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// The scopes of a token: what a program may do that shows it.
const (
	// ScopePackages lets it bring packages in, list them and take them out of use.
	ScopePackages = "packages"
	// ScopeLaunch lets it launch packages for anybody, and make persons for that.
	ScopeLaunch = "launch:any"
	// ScopeAttempts lets it read and settle attempts at packages.
	ScopeAttempts = "attempts"
)

// Scopes lists every scope.
func Scopes() []string { return []string{ScopePackages, ScopeLaunch, ScopeAttempts} }

// TokenPrefix begins every token, so that a leaked one is known for what it is.
const TokenPrefix = "cadre_"

// NewToken asks for a token.
type NewToken struct {
	// Name says what it is for.
	Name   string
	Scopes []string
}

// MadeToken is a token as it is shown once.
type MadeToken struct {
	ID     id.Token `json:"id"`
	Name   string   `json:"name"`
	Scopes []string `json:"scopes"`
	// Token is the secret. Only its hash is kept.
	Token string `json:"token"`
}

type tokenBody struct {
	Token  id.Token `json:"token"`
	Scopes string   `json:"scopes"`
}

// CreateToken makes a token. The same operation sent again gives the same one.
func (s *Service) CreateToken(ctx context.Context, op id.Operation, in NewToken) (MadeToken, error) {
	var out MadeToken
	if err := Allow(actor.From(ctx), Create, Object{Kind: Token}); err != nil {
		return out, err
	}
	scopes := slices.Compact(slices.Sorted(slices.Values(in.Scopes)))
	if len(scopes) == 0 {
		return out, fault.Bad("fault.invalid", fault.Field{Name: "scope", Key: "fault.required"})
	}
	for _, x := range scopes {
		if !slices.Contains(Scopes(), x) {
			return out, fault.Bad("fault.invalid", fault.Field{Name: "scope", Key: "access.scope-unknown", Args: fault.Args{"scope": x, "known": strings.Join(Scopes(), ", ")}})
		}
	}
	secret := TokenPrefix + s.derive("token "+string(op), linkSigns)
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var made struct {
			ID id.Token `json:"id"`
		}
		_, err := journal.Once(tx, op, "access.create-token", &made, func() error {
			made.ID = id.New[id.Token]()
			text := strings.Join(scopes, " ")
			if _, err := tx.Exec(`INSERT INTO access_tokens (id, name, hash, scopes, made_by, made_at, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)`,
				made.ID, in.Name, hashToken(secret), text, tx.Actor().ID(), db.Micros(tx.Now())); err != nil {
				return err
			}
			return journal.Append(tx, journal.Entry{
				Kind: "access.token-made", Version: 1, Subject: string(made.ID), Body: tokenBody{made.ID, text},
				Rows: []journal.Row{journal.RowOf(tokens(), made.ID)},
			})
		})
		out = MadeToken{ID: made.ID, Name: in.Name, Scopes: scopes, Token: secret}
		return err
	})
	return out, err
}

// ListedToken is a token without its secret.
type ListedToken struct {
	ID     id.Token  `json:"id"`
	Name   string    `json:"name"`
	Scopes []string  `json:"scopes"`
	MadeAt time.Time `json:"made_at"`
	Ended  bool      `json:"ended"`
}

// ListTokens returns every token, the latest first.
func (s *Service) ListTokens(ctx context.Context) (out []ListedToken, err error) {
	if err := Allow(actor.From(ctx), List, Object{Kind: Token}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.Collect(tx, func(r *db.Rows) (t ListedToken, err error) {
			var scopes string
			var made, ended int64
			err = r.Scan(&t.ID, &t.Name, &scopes, &made, &ended)
			t.Scopes, t.MadeAt, t.Ended = strings.Fields(scopes), db.Time(made), ended != 0
			return t, err
		}, `SELECT id, name, scopes, made_at, ended_at FROM access_tokens ORDER BY made_at DESC, id`)
		return err
	})
	return out, err
}

// EndToken makes a token useless at once. Ending it twice does nothing.
func (s *Service) EndToken(ctx context.Context, op id.Operation, t id.Token) error {
	if err := Allow(actor.From(ctx), Delete, Object{Kind: Token}); err != nil {
		return err
	}
	var out struct{}
	return update(ctx, s, op, "access.end-token", &out, func(tx *db.Tx) error {
		var scopes string
		err := tx.QueryRow(`SELECT scopes FROM access_tokens WHERE id = ?1`, t).Scan(&scopes)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "access.no-token", nil)
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE access_tokens SET ended_at = ?2 WHERE id = ?1 AND ended_at = 0`, t, db.Micros(tx.Now()))
		if err != nil || n == 0 {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Kind: "access.token-ended", Version: 1, Subject: string(t), Body: tokenBody{t, scopes}, Rows: []journal.Row{journal.RowOf(tokens(), t)},
		})
	})
}

// Bearer returns the program that shows a token as the one who acts; false if
// the token is unknown or was ended.
func (s *Service) Bearer(ctx context.Context, token string) (a actor.Actor, ok bool, err error) {
	if !strings.HasPrefix(token, TokenPrefix) {
		return a, false, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`SELECT id, scopes FROM access_tokens WHERE hash = ?1 AND ended_at = 0`, hashToken(token)).Scan(&a.Token, &a.Scopes)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		ok = err == nil
		return err
	})
	return a, ok, err
}

func tokens() db.Table {
	return db.Table{
		Name: "access_tokens", Owner: "access", Journalled: []string{"hash", "scopes", "made_by", "made_at", "ended_at"},
		Purpose: "What other programs call Cadre with, by its hash.", Keep: "as long as the database",
	}
}
