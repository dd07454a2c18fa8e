package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"cadre/examples"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/demo"
)

// firstProgramme is the folder of the example that the demo plays.
const firstProgramme = "pakistan-2020"

// Progress is told how many events of all have been played.
type Progress func(done, all int)

// openDemo opens a database of the demo with a clock that can be set, and a play
// that has not begun.
func openDemo(ctx context.Context, cfg config.Config, log *slog.Logger) (*App, *demo.Play, *clock.Fake, error) {
	files, err := fs.Sub(examples.Files, firstProgramme)
	if err != nil {
		return nil, nil, nil, err
	}
	script, err := demo.Read(files)
	if err != nil {
		return nil, nil, nil, err
	}
	c := clock.NewFake(script.Events[0].At.Add(-time.Hour))
	cfg.Zone = script.Zone.String()
	a, err := Open(ctx, cfg, Options{Clock: c, Log: log, Demo: true})
	if err != nil {
		return nil, nil, nil, err
	}
	return a, demo.New(script, a.Demo(), c, a.Jobs), c, nil
}

// DemoOnce plays the whole first programme into an empty database, each act as
// the person whose task it was, and returns what came of it. It is an error if
// that is not what the script expects.
func DemoOnce(ctx context.Context, cfg config.Config, log *slog.Logger, progress Progress) (s demo.Summary, err error) {
	a, play, _, err := openDemo(ctx, cfg, log)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	play.Strict = true
	_, last := play.Ends()
	if _, err := play.Until(ctx, last.Add(24*time.Hour), progress); err != nil {
		return s, err
	}
	if s, err = play.Summary(ctx, a.DB); err != nil {
		return s, err
	}
	return s, play.Check(s)
}
