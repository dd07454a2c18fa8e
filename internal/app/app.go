package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/mail"
	"cadre/internal/seal"
)

// Options are what a command or a test decides beside the configuration.
type Options struct {
	// Clock tells domain time: the system's if nil. The demo sets its own.
	Clock clock.Clock
	// Log is where operators are told things; discarded if nil.
	Log *slog.Logger
	// Catalogues are what pages and answers say: those that are shipped if nil.
	Catalogues *i18n.Bundle
	// Database is what a test wants otherwise of it. Its URL and Clock are those of
	// the configuration and of these options.
	Database db.Options
	// Demo opens a database of the demo: every other use refuses one, and the
	// demo refuses every other.
	Demo bool
	// Either opens both: for what reads and keeps, and enters nobody.
	Either bool
}

// App is an opened instance.
type App struct {
	Config config.Config
	Clock  clock.Clock
	Log    *slog.Logger

	DB      *db.DB
	Journal *journal.Journal
	Files   *blob.Store
	Keys    *seal.Keys
	Jobs    *job.Pool
	// Doubt says how the database and its witness disagree; nil if they do not.
	// While they do, nothing can be changed.
	Doubt *journal.Doubt

	Services

	catalogues *i18n.Bundle
	witness    *journal.Witness
	signer     *journal.Key
	secret     []byte
}

// Open opens the instance that cfg describes, bringing its schema up to date.
func Open(ctx context.Context, cfg config.Config, opt Options) (*App, error) {
	a := &App{Config: cfg, Clock: opt.Clock, Log: opt.Log, catalogues: opt.Catalogues}
	if a.catalogues == nil {
		a.catalogues = i18n.Shipped()
	}
	if a.Clock == nil {
		a.Clock = clock.System()
	}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	o := opt.Database
	o.URL, o.Clock = cfg.Database, a.Clock
	if err := o.Files.MakeDir(cfg.Data); err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	var err error
	if a.DB, err = db.Open(ctx, o); err != nil {
		return nil, err
	}
	if err := a.assemble(ctx, opt); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) assemble(ctx context.Context, opt Options) error {
	a.Journal = journal.Attach(a.DB)
	if err := a.claim(ctx, opt); err != nil {
		return err
	}
	var err error
	if a.Files, err = blob.OpenOn(a.DB.Files(), filesIn(a.Config), clock.System()); err != nil {
		return err
	}
	if a.Keys, err = seal.Open(a.Config.Keep.Key); err != nil {
		return err
	}
	if a.secret, err = loadSecret(a.Config.Keep.Key + ".secret"); err != nil {
		return err
	}
	if a.signer, err = journal.LoadKey(signerOf(a.Config)); err != nil {
		return err
	}
	if a.witness, a.Doubt, err = a.Journal.Guard(ctx, a.Config.Keep.Witness, a.Log); err != nil {
		return err
	}
	a.Jobs = job.NewPool(a.DB, job.Options{Log: a.Log})
	transport, err := a.transport()
	if err != nil {
		return err
	}
	from := a.Config.Mail.From
	if from == "" {
		from = "cadre@localhost" // a spool folder's: with a mail server, one has to be given
	}
	mail.Register(a.Jobs, a.DB, from, transport)
	a.housekeeping()
	if err := a.connect(); err != nil || a.Doubt != nil {
		return err
	}
	return a.retime(ctx)
}

// Close ends the instance; what was begun is finished.
func (a *App) Close() error {
	var err error
	if a.witness != nil {
		err = a.witness.Close()
	}
	return errors.Join(err, a.DB.Close())
}

// transport is how mail leaves.
func (a *App) transport() (mail.Transport, error) {
	m := a.Config.Mail
	if m.Host == "" {
		return mail.Spool{Dir: m.Spool, Files: a.DB.Files()}, nil
	}
	t := mail.SMTP{Host: m.Host, Port: m.Port, Security: mail.Security(m.Security), Username: m.User}
	if m.PasswordFile != "" {
		text, err := os.ReadFile(m.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("mail.password_file: %w", err)
		}
		t.Password, _, _ = strings.Cut(string(text), "\n")
	}
	return t, nil
}

// housekeeping registers the daily work of the platform.
func (a *App) housekeeping() {
	const day = 24 * time.Hour
	daily := func(kind string, f func(ctx context.Context) error) {
		a.Jobs.Every(kind, day, func(ctx context.Context, j *job.Job) error {
			if err := f(ctx); err != nil {
				return err
			}
			return a.DB.Update(ctx, db.Main, j.Complete)
		})
	}
	daily("app.checkpoint", func(ctx context.Context) error {
		_, err := a.Journal.TakeCheckpoint(ctx, a.signer, a.Config.Keep.Checkpoints)
		return err
	})
	daily("app.collect-files", func(ctx context.Context) error {
		if err := a.Content.SweepUploads(ctx); err != nil {
			return err
		}
		_, err := a.Files.Collect(ctx, a.DB)
		return err
	})
	daily("app.forget-sessions", func(ctx context.Context) error { return a.Access.Tidy(ctx) })
	daily("app.forget-outcomes", func(ctx context.Context) error {
		return a.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
			_, err := journal.ForgetOutcomes(tx)
			return err
		})
	})
}
