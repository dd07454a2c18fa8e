package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"cadre/internal/archive"
	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/mail"
)

// State is how a part of the instance is.
type State string

// The states, from good to bad.
const (
	Well   State = "well"
	Look   State = "look"   // somebody should look into it
	Broken State = "broken" // it does not work, or something is at risk now
)

// Finding is what the doctor found out about one part of the instance.
type Finding struct {
	// Part is the part's stable name.
	Part  string `json:"part"`
	State State  `json:"state"`
	// Key names the sentence that says it; Args fill it.
	Key  i18n.Key   `json:"key"`
	Args fault.Args `json:"args,omitempty"`
}

// When the doctor begins to worry.
const (
	backupAge     = 7 * 24 * time.Hour
	testAge       = 90 * 24 * time.Hour
	checkpointAge = 48 * time.Hour
	certificateIn = 30 * 24 * time.Hour
	diskLow       = 2 << 30
	diskEmpty     = 200 << 20
)

// Doctor looks at every part of the instance on which people rely and that
// nobody sees fail. It changes nothing.
func (a *App) Doctor(ctx context.Context) ([]Finding, error) {
	var out []Finding
	add := func(part string, s State, key i18n.Key, args fault.Args) {
		out = append(out, Finding{part, s, key, args})
	}
	for _, look := range []func(ctx context.Context, add found) error{
		a.lookAtDisk, a.lookAtDatabase, a.lookAtKeep, a.lookAtBackups, a.lookAtWork, a.lookAtCertificate,
		func(_ context.Context, add found) error { return a.lookAtCourseware(add) }, a.lookAtMedia,
	} {
		if err := look(ctx, add); err != nil {
			return out, err
		}
	}
	return out, nil
}

type found func(part string, s State, key i18n.Key, args fault.Args)

func (a *App) lookAtDisk(_ context.Context, add found) error {
	probe := filepath.Join(a.Config.Data, durable.TempPrefix+"doctor")
	if err := errors.Join(durable.WriteFile(probe, []byte("x"), 0o600), os.Remove(probe)); err != nil {
		a.Log.Error("app: the data folder cannot be written", "error", err)
		add("disk", Broken, "app.disk-readonly", fault.Args{"folder": a.Config.Data})
		return nil
	}
	free, _, err := a.disk()
	if err != nil {
		return err
	}
	args := fault.Args{"mb": free / 1_000_000}
	switch {
	case free < diskEmpty:
		add("disk", Broken, "app.disk-full", args)
	case free < diskLow:
		add("disk", Look, "app.disk-low", args)
	default:
		add("disk", Well, "app.disk-free", args)
	}
	return nil
}

// disk measures, in bytes, the disk that the data folder is on.
func (a *App) disk() (free, whole int64, err error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(a.Config.Data, &fs); err != nil {
		return 0, 0, fmt.Errorf("app: the data folder's disk: %w", err)
	}
	size := int64(fs.Bsize) //nolint:unconvert // narrower on other machines
	return int64(fs.Bavail) * size, int64(fs.Blocks) * size, nil
}

func (a *App) lookAtDatabase(ctx context.Context, add found) error {
	version, err := a.DB.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	add("database", Well, "app.database-open", fault.Args{"engine": a.DB.Dialect().Name(), "version": version})
	var last []journal.Record
	var head journal.Head
	if err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		if head, err = journal.HeadOf(tx); err != nil {
			return err
		}
		last, err = journal.Tail(tx, head.Sequence-1, 1)
		return err
	}); err != nil {
		return err
	}
	if a.Doubt != nil {
		add("journal", Broken, i18n.Key(a.Doubt.Key), fault.Args{"seen": a.Doubt.Witness.Sequence, "have": a.Doubt.Head.Sequence})
	} else {
		add("journal", Well, "app.journal-whole", fault.Args{"n": head.Sequence})
	}
	if len(last) == 1 && last[0].At.After(a.Clock.Now().Add(time.Minute)) {
		add("clock", Broken, "app.clock-behind", fault.Args{"last": last[0].At})
	}
	waiting, err := a.Retention.Outstanding(ctx)
	if err != nil {
		return err
	}
	lost, err := a.Retention.Unlisted(ctx)
	if err != nil {
		return err
	}
	switch {
	case len(waiting) > 0:
		add("erased", Broken, "retention.not-replayed", fault.Args{"n": len(waiting)})
	case len(lost) > 0:
		add("erased", Broken, "app.register-lost", fault.Args{"n": len(lost)})
	default:
		add("erased", Well, "app.register-replayed", nil)
	}
	return nil
}

// lookAtKeep looks at what lies outside the database and its backups.
func (a *App) lookAtKeep(_ context.Context, add found) error {
	for _, key := range []string{a.Config.Keep.Key, signerOf(a.Config)} {
		st, err := os.Stat(key)
		if err != nil {
			return err
		}
		if st.Mode().Perm()&0o077 != 0 {
			add("keys", Broken, "app.key-open", fault.Args{"file": key})
			continue
		}
		if rel, err := filepath.Rel(a.Config.Data, key); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			add("keys", Look, "app.key-inside", fault.Args{"file": key})
		} else {
			add("keys", Well, "app.key-apart", fault.Args{"file": key})
		}
	}
	files, err := checkpointsIn(a.Config.Keep.Checkpoints)
	if err != nil {
		return err
	}
	var newest time.Time
	for _, f := range files {
		signed, err := os.ReadFile(f)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		c, err := journal.OpenCheckpoint(signed, a.signer.Public())
		if err != nil {
			add("checkpoints", Broken, "app.checkpoint-unreadable", fault.Args{"file": filepath.Base(f)})
			continue
		}
		if c.At.After(newest) {
			newest = c.At
		}
	}
	switch {
	case newest.IsZero():
		add("checkpoints", Look, "app.checkpoint-none", nil)
	case a.Clock.Now().Sub(newest) > checkpointAge:
		add("checkpoints", Look, "app.checkpoint-old", fault.Args{"at": newest})
	default:
		add("checkpoints", Well, "app.checkpoint-new", fault.Args{"at": newest})
	}
	return nil
}

func (a *App) lookAtBackups(ctx context.Context, add found) error {
	var runs map[archive.Kind]archive.Run
	if err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		runs, err = archive.Last(tx)
		return err
	}); err != nil {
		return err
	}
	say := func(part string, k archive.Kind, most time.Duration, none, old, good i18n.Key) {
		r, have := runs[k]
		args := fault.Args{"at": r.At}
		switch {
		case !have:
			add(part, Look, none, nil)
		case !r.Sound:
			add(part, Broken, "app.backup-damaged", args)
		case a.Clock.Now().Sub(r.At) > most:
			add(part, Look, old, args)
		default:
			add(part, Well, good, args)
		}
	}
	say("backup", archive.RunMade, backupAge, "app.backup-none", "app.backup-old", "app.backup-new")
	say("restore", archive.RunTested, testAge, "app.restore-untested", "app.restore-tested-long-ago", "app.restore-tested")
	return nil
}

func (a *App) lookAtWork(ctx context.Context, add found) error {
	var failed, dead int64
	if err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		if failed, err = mail.CountFailed(tx); err != nil {
			return err
		}
		dead, err = job.CountDead(tx)
		return err
	}); err != nil {
		return err
	}
	if failed > 0 {
		add("messages", Look, "app.messages-failed", fault.Args{"n": failed})
	} else {
		add("messages", Well, "app.messages-fine", nil)
	}
	if dead > 0 {
		add("work", Look, "app.work-dead", fault.Args{"n": dead})
	} else {
		add("work", Well, "app.work-fine", nil)
	}
	return nil
}

func (a *App) lookAtCertificate(_ context.Context, add found) error {
	c := a.Config.TLS
	if c.Certificate == "" {
		key := i18n.Key("app.certificate-none")
		if c.Proxy {
			key = "app.certificate-proxy"
		}
		add("certificate", Well, key, nil)
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		a.Log.Error("app: the certificate cannot be read", "error", err)
		add("certificate", Broken, "app.certificate-unreadable", fault.Args{"file": c.Certificate})
		return nil
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return err
	}
	// Browsers judge a certificate by the machine's time, not by the demo's; the
	// two are one wherever there is a certificate.
	left := leaf.NotAfter.Sub(a.Clock.Now())
	args := fault.Args{"at": leaf.NotAfter}
	switch {
	case left <= 0:
		add("certificate", Broken, "app.certificate-expired", args)
	case left < certificateIn:
		add("certificate", Look, "app.certificate-expires", args)
	default:
		add("certificate", Well, "app.certificate-good", args)
	}
	return nil
}
