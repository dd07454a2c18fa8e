package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/job"
	"cadre/internal/journal"
)

// Options are what a command or a test decides beside the configuration.
type Options struct {
	// Clock tells domain time: the system's if nil. The demo sets its own.
	Clock clock.Clock
	// Log is where operators are told things; discarded if nil.
	Log *slog.Logger
	// Demo opens a database of the demo: every other use refuses one, and the
	// demo refuses every other.
	Demo bool
}

// App is an opened instance.
type App struct {
	Config config.Config
	Clock  clock.Clock
	Log    *slog.Logger

	DB      *db.DB
	Journal *journal.Journal
	Files   *blob.Store
	Jobs    *job.Pool
}

// Open opens the instance that cfg describes, bringing its schema up to date.
func Open(ctx context.Context, cfg config.Config, opt Options) (*App, error) {
	a := &App{Config: cfg, Clock: opt.Clock, Log: opt.Log}
	if a.Clock == nil {
		a.Clock = clock.System()
	}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	if err := durable.MakeDir(cfg.Data); err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	var err error
	if a.DB, err = db.Open(ctx, db.Options{URL: cfg.Database, Clock: a.Clock}); err != nil {
		return nil, err
	}
	if err := a.assemble(ctx, opt); err != nil {
		return nil, errors.Join(err, a.DB.Close())
	}
	return a, nil
}

func (a *App) assemble(ctx context.Context, opt Options) error {
	if err := a.claim(ctx, opt.Demo); err != nil {
		return err
	}
	a.Journal = journal.Attach(a.DB)
	var err error
	if a.Files, err = blob.Open(filepath.Join(a.Config.Data, "files"), clock.System()); err != nil {
		return err
	}
	a.Jobs = job.NewPool(a.DB, job.Options{Log: a.Log})
	return nil
}

// Close ends the instance; what was begun is finished.
func (a *App) Close() error { return a.DB.Close() }
