package app

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"cadre/internal/web"
)

// jobGrace is how long running jobs may take to end when the program stops; a
// job that takes longer is done again by whoever starts next.
const jobGrace = 10 * time.Second

// serve answers by h and runs the jobs until ctx ends. ready is told the address
// once it is open. It refuses while somebody who was erased is in the database
// again; a database that is behind its witness is served read-only, without jobs.
func (a *App) serve(ctx context.Context, h *web.Server, ready func(url string)) error {
	if err := a.Retention.Ready(ctx); err != nil {
		return err
	}
	c := a.Config
	ln, err := web.Listen(web.Listening{Address: c.Listen, Certificate: c.TLS.Certificate, Key: c.TLS.Key, TLSProxy: c.TLS.Proxy})
	if err != nil {
		return err
	}
	if ready != nil {
		scheme := "http"
		if c.TLS.Certificate != "" {
			scheme = "https"
		}
		ready(scheme + "://" + ln.Addr().String())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, ln, h, a.Log) })
	if a.Doubt == nil {
		g.Go(func() error { return a.Jobs.Run(ctx, jobGrace) })
	} else {
		a.Log.Error("app: the database is served read-only: it does not agree with its witness (see cadre doctor)",
			"finding", a.Doubt.Key, "seen", a.Doubt.Witness.Sequence, "have", a.Doubt.Head.Sequence)
	}
	return g.Wait()
}
