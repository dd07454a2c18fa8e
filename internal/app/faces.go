package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"cadre/internal/access"
	"cadre/internal/accessweb"
	"cadre/internal/archive"
	"cadre/internal/assessweb"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/mail"
	"cadre/internal/programme"
	"cadre/internal/web/ui"
)

// scopes names what grants are bounded by, for accessweb: each list holds only
// what the actor may see.
type scopes struct{ *App }

func (s scopes) Programmes(ctx context.Context) ([]ui.Option, error) {
	all, err := s.Programme.List(ctx)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return nil, nil // whoever sees no programmes cannot give grants in one
	}
	if err != nil {
		return nil, err
	}
	out := make([]ui.Option, 0, len(all))
	for _, p := range all {
		b, err := s.Programme.Blueprint(ctx, p.Programme.Latest)
		if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		title, in := b.Say(b.Title, programme.Language(i18n.From(ctx).Lang()))
		out = append(out, ui.Option{Value: string(p.Programme.ID), Label: title, Lang: string(in)})
	}
	return out, nil
}

func (s scopes) Cohorts(ctx context.Context) ([]ui.Option, error) {
	all, err := s.Cohort.Cohorts(ctx)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l := i18n.From(ctx)
	out := make([]ui.Option, 0, len(all))
	for _, c := range all {
		// A cohort often has its programme's title: the month tells it apart.
		out = append(out, ui.Option{Value: string(c.ID), Label: l.T("access.cohort-of", "title", l.Text(c.Title).Text, "month", l.Month(c.Days.From))})
	}
	return out, nil
}

// cohortLinks lists the cohorts in the scope that the actor acts in.
func (a *App) cohortLinks(ctx context.Context) ([]assessweb.CohortLink, error) {
	all, err := a.Cohort.Cohorts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]assessweb.CohortLink, 0, len(all))
	for _, c := range all {
		out = append(out, assessweb.CohortLink{ID: c.ID, Title: i18n.From(ctx).Text(c.Title).Text})
	}
	return out, nil
}

// competencies says what the competencies of a cohort's blueprint are called.
func (a *App) competencies(ctx context.Context, c id.Cohort) (out map[string]string, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		b, err := blueprintOf(tx, c)
		if err != nil {
			return err
		}
		out = make(map[string]string, len(b.Competencies))
		for _, x := range b.Competencies {
			out[string(x.Key)], _ = b.Say(x.Title, programme.Language(i18n.From(ctx).Lang()))
		}
		return nil
	})
	return out, err
}

// modules lists the modules of a cohort's blueprint, by key, in its order.
func (a *App) modules(ctx context.Context, c id.Cohort) (out []string, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		b, err := blueprintOf(tx, c)
		if err != nil {
			return err
		}
		for _, st := range b.Stages {
			if st.ELearning == nil {
				continue
			}
			for _, m := range st.ELearning.Modules {
				out = append(out, string(m.Key))
			}
		}
		return nil
	})
	return out, err
}

// condition tells the administrator's page how the installation is.
type condition struct{ *App }

func (a condition) State(ctx context.Context) (accessweb.State, error) {
	s := accessweb.State{Engine: "SQLite"}
	if info, ok := debug.ReadBuildInfo(); ok {
		s.Version = info.Main.Version
	}
	if a.DB.Dialect().Name() == "postgres" {
		s.Engine = "PostgreSQL"
	}
	var failed, dead int64
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		// The page is about the instance and nobody in it.
		if err := access.Allow(tx.Actor(), access.Read, access.Object{Kind: access.Instance}); err != nil {
			return err
		}
		head, err := journal.HeadOf(tx)
		if err != nil {
			return err
		}
		s.Sequence = head.Sequence
		last, err := journal.Tail(tx, head.Sequence-1, 1)
		if err != nil {
			return err
		}
		if len(last) == 1 {
			s.LastEntry = last[0].At
		}
		runs, err := archive.Last(tx)
		if err != nil {
			return err
		}
		s.LastBackup, s.LastRestore = runs[archive.RunMade].At, runs[archive.RunTested].At
		if failed, err = mail.CountFailed(tx); err != nil {
			return err
		}
		dead, err = job.CountDead(tx)
		return err
	})
	if err != nil {
		return s, err
	}
	for kind, n := range map[string]int64{"mail": failed, "job": dead} {
		if n > 0 {
			s.Failed = append(s.Failed, accessweb.Failed{Kind: kind, Count: int(n)})
		}
	}
	if s.DiskFree, s.DiskTotal, err = a.disk(); err != nil {
		return s, err
	}
	if s.Checkpoint, err = a.newestCheckpoint(); err != nil {
		return s, err
	}
	if a.Config.TLS.Certificate != "" {
		if s.Certificate, err = expiry(a.Config.TLS.Certificate, a.Config.TLS.Key); err != nil {
			return s, err
		}
	}
	if a.Doubt != nil {
		s.ReadOnly = i18n.From(ctx).T(a.Doubt.Key, fault.Args{"seen": a.Doubt.Witness.Sequence, "have": a.Doubt.Head.Sequence})
	}
	return s, nil
}

// newestCheckpoint is the time of the newest checkpoint that can be read; zero if
// there is none.
func (a *App) newestCheckpoint() (newest time.Time, err error) {
	files, err := checkpointsIn(a.Config.Keep.Checkpoints)
	if err != nil {
		return newest, err
	}
	for _, f := range files {
		signed, err := os.ReadFile(f)
		if err != nil {
			return newest, fmt.Errorf("app: a checkpoint: %w", err)
		}
		if c, err := journal.OpenCheckpoint(signed, a.signer.Public()); err == nil && c.At.After(newest) {
			newest = c.At
		}
	}
	return newest, nil
}

func expiry(certificate, key string) (time.Time, error) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return time.Time{}, fmt.Errorf("app: the certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return time.Time{}, fmt.Errorf("app: the certificate: %w", err)
	}
	return leaf.NotAfter, nil
}
