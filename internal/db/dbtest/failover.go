package dbtest

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Pair is a PostgreSQL server with a synchronous standby, of one test's own.
type Pair struct {
	// URL leads to whichever of them takes writes.
	URL   string
	dirs  [2]string
	first int // the primary
}

// NewPair starts both, and stops them with the test.
func NewPair(t testing.TB) *Pair {
	t.Helper()
	p := &Pair{}
	for i := range p.dirs {
		dir, err := os.MkdirTemp("", "cadre-pg")
		if err == nil {
			err = os.Chmod(dir, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		p.dirs[i] = dir
	}
	t.Cleanup(func() {
		for _, dir := range p.dirs {
			_ = execute("pg_ctl", "-D", filepath.Join(dir, "data"), "-m", "immediate", "-w", "stop") // it may be dead already
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		}
	})
	p.URL = "postgres://cadre@/postgres?target_session_attrs=read-write&host=" + url.QueryEscape(p.dirs[0]+","+p.dirs[1])
	if err := errors.Join(initAndStart(p.dirs[0], pairSettings()...), p.follow()); err != nil {
		t.Fatal(err)
	}
	return p
}

func pairSettings() []string {
	return []string{"-c fsync=off", "-c max_connections=80", "-c shared_buffers=16MB", "-c wal_keep_size=64MB"}
}

// Primary is the URL of the server that takes writes now, and of no other.
func (p *Pair) Primary() string { return baseURL(p.dirs[p.first]) }

// follow makes the other server anew as the standby of the primary, and waits until
// commits wait for it.
func (p *Pair) follow() error {
	from, to := p.dirs[p.first], p.dirs[1-p.first]
	if err := os.RemoveAll(filepath.Join(to, "data")); err != nil {
		return err
	}
	if os.Getuid() == 0 {
		u, err := serverUser()
		if err != nil {
			return err
		}
		if err := os.Chown(to, int(u.Uid), int(u.Gid)); err != nil {
			return err
		}
	}
	if err := execute("pg_basebackup", "-D", filepath.Join(to, "data"), "-h", from, "-U", "cadre", "-R", "-X", "stream", "-c", "fast", "--no-sync"); err != nil {
		return err
	}
	if err := initAndStart(to, pairSettings()...); err != nil {
		return err
	}
	d, err := sql.Open("pgx", p.Primary())
	if err != nil {
		return err
	}
	defer d.Close()
	for _, q := range []string{"ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"} {
		if _, err := d.Exec(q); err != nil {
			return err
		}
	}
	var state string
	for range 600 {
		err = d.QueryRow(`SELECT sync_state FROM pg_stat_replication`).Scan(&state)
		if err == nil && state == "sync" {
			return nil
		}
		time.Sleep(50 * time.Millisecond) // it catches up in machine time
	}
	return fmt.Errorf("the standby does not follow: %q, %w", state, err)
}

// FailOver kills the primary, lets the standby take writes, and then calls between,
// while the old primary is down; after that the old one follows the new one.
func (p *Pair) FailOver(between func(stale string) error) error {
	old := filepath.Join(p.dirs[p.first], "data")
	if err := execute("pg_ctl", "-D", old, "-m", "immediate", "-w", "stop"); err != nil {
		return err
	}
	stale := p.Primary()
	p.first = 1 - p.first
	// What the standby copied from the primary would make it wait for a standby.
	if err := os.WriteFile(filepath.Join(p.dirs[p.first], "data", "postgresql.auto.conf"), nil, 0o600); err != nil {
		return err
	}
	if err := execute("pg_ctl", "-D", filepath.Join(p.dirs[p.first], "data"), "reload"); err != nil {
		return err
	}
	if err := execute("pg_ctl", "-D", filepath.Join(p.dirs[p.first], "data"), "-w", "promote"); err != nil {
		return err
	}
	if between != nil {
		if err := between(stale); err != nil {
			return err
		}
	}
	return p.follow()
}

// Revive starts the old primary alone, with what it last had, for as long as f runs.
func (p *Pair) Revive(f func() error) error {
	dir := p.dirs[1-p.first]
	// Alone, it waits for nobody.
	if err := initAndStart(dir, append(pairSettings(), "-c synchronous_standby_names=''")...); err != nil {
		return err
	}
	return errors.Join(f(), execute("pg_ctl", "-D", filepath.Join(dir, "data"), "-m", "immediate", "-w", "stop"))
}
