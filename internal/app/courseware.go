package app

import (
	"errors"
	"net"
	"strings"

	"cadre/internal/config"
	"cadre/internal/lrs"
	"cadre/internal/player/courseware"
	"cadre/internal/playerweb"
	"cadre/internal/web"
)

// courseware says where packages are played, as the configuration has it.
func (a *App) courseware() courseware.Where {
	w := courseware.Where{Mode: courseware.Mode(a.Config.Content.Mode), App: a.Config.URL, Content: a.Config.Content.URL}
	if w.Mode == courseware.Strict {
		w.Content = w.App
	}
	return w
}

// places says where packages are served, by the ports as they were taken.
type places struct{ *App }

func (p places) Files(token string) string       { return p.courseware().Files(token) }
func (p places) Records(token string) string     { return p.courseware().Records(token) }
func (p places) Fetch(token, code string) string { return p.courseware().Fetch(token, code) }
func (p places) Done(token string) string        { return p.courseware().Done(token) }
func (p places) Left() string                    { return p.courseware().Left() }
func (p places) Own(token, ticket string) string { return p.courseware().Own(token, ticket) }

// apart is what answers beside the pages by a right of its own: no session, no
// form.
func (a *App) apart() playerweb.Handlers {
	return playerweb.Apart(playerweb.Arrivals{
		Logs: a.Player, Log: a.Log, Touch: a.Access.Touch,
	})
}

// handlers returns what answers on the application's listener and, where
// packages have one of their own, on that.
func (a *App) handlers(server *web.Server) (courseware.Serving, error) {
	run, err := courseware.LoadRuntime()
	if err != nil {
		return courseware.Serving{}, err
	}
	return courseware.New(courseware.Deps{
		Where: a.courseware(), Files: a.Player, Runtime: run, Sessions: a.Player, Records: lrs.NewHandler(a.LRS, a.Log), Launches: a.Player, Log: a.Log,
	}).Beside(server, a.Config.Content.Listen != ""), nil
}

// listen opens the application's listener and, where there is one, that of
// packages, and puts the ports that were taken where the configuration leaves
// them to chance.
func listen(c *config.Config) (pages, packages net.Listener, err error) {
	open := func(address string, at *string) (net.Listener, error) {
		ln, err := web.Listen(web.Listening{Address: address, Certificate: c.TLS.Certificate, Key: c.TLS.Key, TLSProxy: c.TLS.Proxy})
		if err != nil {
			return nil, err
		}
		if rest, ok := strings.CutSuffix(*at, ":0"); ok {
			_, port, err := net.SplitHostPort(ln.Addr().String())
			if err != nil {
				return nil, errors.Join(err, ln.Close())
			}
			*at = rest + ":" + port
		}
		return ln, nil
	}
	if pages, err = open(c.Listen, &c.URL); err != nil {
		return nil, nil, err
	}
	if c.Content.Listen != "" {
		if packages, err = open(c.Content.Listen, &c.Content.URL); err != nil {
			return nil, nil, errors.Join(err, pages.Close())
		}
	}
	return pages, packages, nil
}

// lookAtCourseware says in which mode packages are played, and what that
// protects.
func (a *App) lookAtCourseware(add found) error {
	run, err := courseware.LoadRuntime()
	if err != nil {
		return err
	}
	w := a.courseware()
	switch w.Mode {
	case courseware.SeparateHost:
		add("packages", Well, "app.packages-separate-host", map[string]any{"url": w.Content})
	case courseware.SecondListener:
		add("packages", Well, "app.packages-second-listener", map[string]any{"url": w.Content})
	case courseware.Strict:
		add("packages", Well, "app.packages-strict", nil)
	}
	if !run.Complete() {
		add("packages", Look, "app.packages-no-runtime", nil)
	}
	return nil
}
