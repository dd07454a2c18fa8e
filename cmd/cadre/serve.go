package main

import (
	"errors"
	"fmt"
	"log/slog"

	"cadre/internal/app"
	"cadre/internal/config"
)

// logger writes to standard error as the configuration says.
func (env *environment) logger(c config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo // config.Check has refused anything else
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(env.err, options))
	}
	return slog.New(slog.NewTextHandler(env.err, options))
}

type serveCommand struct{}

// Help adds an example to the command's help.
func (serveCommand) Help() string {
	return `Serves until it is interrupted, and does what is due meanwhile: reminders, erasures, checkpoints. Brings the database's schema up to date first. Makes good an erasure that a crash has cut off. Serves a database that is behind its witness to read alone, not at all while somebody who was erased is in it again, and never one that the demo made.

Example:

	cadre serve --config /etc/cadre.yaml`
}

// Run serves.
func (serveCommand) Run(env *environment) error {
	cfg, err := env.config()
	if err != nil {
		return err
	}
	a, err := app.Open(env.ctx, cfg, app.Options{Log: env.logger(cfg)})
	if err != nil {
		return err
	}
	err = a.Serve(env.ctx, func(url string) { fmt.Fprintf(env.err, "Cadre %s serves on %s\n", version, url) })
	return errors.Join(err, a.Close())
}
