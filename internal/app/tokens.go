package app

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/accessweb"
	"cadre/internal/id"
	"cadre/internal/web"
)

// CreateToken makes a token for another program.
func (a *App) CreateToken(ctx context.Context, in access.NewToken) (access.MadeToken, error) {
	return a.Access.CreateToken(AsOperator(ctx), id.New[id.Operation](), in)
}

// Tokens lists the tokens that were made.
func (a *App) Tokens(ctx context.Context) ([]access.ListedToken, error) {
	return a.Access.ListTokens(AsOperator(ctx))
}

// EndToken makes a token useless.
func (a *App) EndToken(ctx context.Context, t id.Token) error {
	return a.Access.EndToken(AsOperator(ctx), id.New[id.Operation](), t)
}

// bearers answers the API: who shows a session's token, or a program's.
type bearers struct{ accessweb.Sessions }

func (b bearers) Lookup(ctx context.Context, token string) (web.Session, bool, error) {
	a, ok, err := b.Bearer(ctx, token)
	if err != nil || ok {
		return web.Session{Actor: a}, ok, err
	}
	return b.Sessions.Lookup(ctx, token)
}
