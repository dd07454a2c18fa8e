package app

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"cadre/internal/access"
	"cadre/internal/accessweb"
	"cadre/internal/api"
	"cadre/internal/contentapi"
	"cadre/internal/lrs"
	"cadre/internal/playerapi"
	"cadre/internal/web"
	"cadre/internal/web/assets"
)

// Web returns the server of every page. bars are drawn above each; they may be
// nil.
func (a *App) Web(bars web.Bars, more ...web.Route) (*web.Server, error) {
	set, err := assets.Load()
	if err != nil {
		return nil, err
	}
	key, err := a.derive("web")
	if err != nil {
		return nil, err
	}
	programs := api.New(api.Deps{
		Sessions: bearers{accessweb.Sessions{Service: a.Access}}, Policy: access.Routing{}, Catalogues: a.catalogues, Log: a.Log, Ready: a.Ready,
	})
	contentapi.Add(programs, contentapi.Deps{DB: a.DB, Content: a.Content, Arriving: a.arriving()})
	playerapi.Add(programs, playerapi.Deps{Player: a.Player, Where: a.courseware()})
	if err := programs.Check(); err != nil {
		return nil, err
	}
	return web.New(web.Deps{
		Sessions: accessweb.Sessions{Service: a.Access}, Policy: access.Routing{}, Catalogues: a.catalogues,
		Language: a.Config.Language, Zone: a.Config.Zone, Assets: set, Log: a.Log, Key: key, Bars: bars, API: programs, Frames: a.courseware().Frames(),
		Reversals: reversals(),
		Apart:     a.apart(),
		XAPI:      lrs.NewHandler(a.LRS, a.Log),
	}, append(a.Routes(), more...)...)
}

// derive makes a key for one use out of the instance's key, which lies outside
// the database and its backups and is shared by all instances.
func (a *App) derive(use string) ([]byte, error) {
	if len(a.secret) == 0 {
		return nil, fmt.Errorf("app: no instance key")
	}
	return hkdf.Key(sha256.New, a.secret, nil, "cadre "+use, 32)
}
