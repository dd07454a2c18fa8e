package app

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"cadre/internal/web"
)

// jobGrace is how long running jobs may take to end when the program stops; a
// job that takes longer is done again by whoever starts next.
const jobGrace = 10 * time.Second

// Serve answers until ctx ends, and runs the jobs meanwhile. ready is told the
// address once it is open. It begins with making good an erasure that a crash has
// cut off, and refuses while somebody who was erased is in the database again; a
// database that is behind its witness is served read-only, without jobs.
func (a *App) Serve(ctx context.Context, ready func(url string)) error {
	if err := a.FinishErasures(ctx); err != nil {
		return err
	}
	if err := a.Retention.Ready(ctx); err != nil {
		return err
	}
	ln, courses, err := listen(&a.Config)
	if err != nil {
		return err
	}
	server, err := a.Web(nil)
	if err != nil {
		return err
	}
	by, err := a.handlers(server)
	if err != nil {
		return err
	}
	if ready != nil {
		scheme := "http"
		if a.Config.TLS.Certificate != "" {
			scheme = "https"
		}
		ready(scheme + "://" + ln.Addr().String())
	}
	told := ctx
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, ln, by.Pages, a.Log) })
	if courses != nil {
		g.Go(func() error { return web.Serve(ctx, courses, by.Packages, a.Log) })
	}
	if a.Doubt == nil {
		g.Go(func() error { return a.Jobs.Run(ctx, jobGrace) })
		g.Go(func() error { return a.Derive.Run(ctx) })
		g.Go(func() error { return a.Forward.Run(ctx) })
	} else {
		a.Log.Error("app: the database is served read-only: it does not agree with its witness (see cadre doctor)",
			"finding", a.Doubt.Key, "seen", a.Doubt.Witness.Sequence, "have", a.Doubt.Head.Sequence)
	}
	// Whatever was in the middle of a read when it was told to stop says so; that is
	// an end as any other.
	if err := g.Wait(); err != nil && (told.Err() == nil || !errors.Is(err, context.Canceled)) {
		return err
	}
	return nil
}
