package dbtest

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// serverURL returns the URL of a PostgreSQL server on which databases may be
// made, starting a private one if none is given.
var serverURL = sync.OnceValues(func() (string, error) {
	if u := os.Getenv("CADRE_TEST_POSTGRES"); u != "" {
		_, err := url.Parse(u)
		return u, err
	}
	return startServer(filepath.Join(os.TempDir(), fmt.Sprintf("cadre-test-postgres-%d", os.Getuid())))
})

// Binary returns the path of one of PostgreSQL's server programs, as Debian
// installs them, or from the path.
func Binary(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return slices.Max(found), nil
	}
	return exec.LookPath(name)
}

// Command returns a command that runs one of PostgreSQL's server programs.
// PostgreSQL refuses to run as root, so root runs it as the user postgres.
func Command(name string, args ...string) (*exec.Cmd, error) {
	bin, err := Binary(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir = "/"
	if os.Getuid() == 0 {
		u, err := serverUser()
		if err != nil {
			return nil, err
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: u}
	}
	return cmd, nil
}

func serverUser() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// startServer starts the shared private server below dir, unless it runs.
func startServer(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	base := baseURL(dir)
	if alive(base) {
		return base, nil
	}
	// The data are worth nothing, so nothing waits for the disk.
	return base, initAndStart(dir, "-c fsync=off", "-c full_page_writes=off", "-c synchronous_commit=off",
		"-c max_connections=400", "-c shared_buffers=64MB", "-c autovacuum=off", "-c max_wal_size=256MB")
}

func baseURL(dir string) string { return "postgres://cadre@/postgres?host=" + url.QueryEscape(dir) }

// initAndStart makes a cluster below dir, if there is none, and starts it.
func initAndStart(dir string, settings ...string) error {
	data := filepath.Join(dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		if err := os.RemoveAll(data); err != nil {
			return err
		}
		if os.Getuid() == 0 {
			u, err := serverUser()
			if err != nil {
				return err
			}
			if err := os.Chown(dir, int(u.Uid), int(u.Gid)); err != nil {
				return err
			}
		}
		if err := execute("initdb", "-D", data, "-U", "cadre", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
			return err
		}
	}
	// A server that was killed leaves its pid file; pg_ctl sees through it.
	opts := append([]string{"-k " + dir, "-c listen_addresses=''"}, settings...)
	return execute("pg_ctl", "-D", data, "-l", filepath.Join(dir, "log"), "-w", "-t", "60", "-o", strings.Join(opts, " "), "start")
}

// Cluster is a PostgreSQL server of one test's own, which it may break.
type Cluster struct {
	// URL is that of its database.
	URL      string
	dir      string
	settings []string
}

// NewCluster starts a server that keeps what it has acknowledged through the
// death of its processes, and stops it with the test.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	return newCluster(t, "-c fsync=off", "-c max_connections=60", "-c shared_buffers=16MB")
}

// Durable starts a server that acknowledges nothing before the disk has it, as one
// in use does, and returns the address of its database. It stops with the test.
func Durable(t testing.TB) string {
	t.Helper()
	return newCluster(t, "-c max_connections=60", "-c shared_buffers=128MB").URL
}

func newCluster(t testing.TB, settings ...string) *Cluster {
	t.Helper()
	// Socket paths are short, and the folders of tests are not.
	dir, err := os.MkdirTemp("", "cadre-pg")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), initAndStart(dir, settings...)); err != nil {
		t.Fatal(errors.Join(err, os.RemoveAll(dir)))
	}
	t.Cleanup(func() {
		if err := errors.Join(execute("pg_ctl", "-D", filepath.Join(dir, "data"), "-m", "immediate", "-w", "stop"), os.RemoveAll(dir)); err != nil {
			t.Errorf("stop the private server: %v", err)
		}
	})
	return &Cluster{URL: baseURL(dir), dir: dir, settings: settings}
}

// KillBackend kills a process that serves Cadre, with SIGKILL: the server
// restarts and recovers. It reports whether it found one.
func (c *Cluster) KillBackend() (bool, error) {
	d, err := sql.Open("pgx", c.URL)
	if err != nil {
		return false, err
	}
	defer d.Close()
	var pid int
	err = d.QueryRow(`SELECT pid FROM pg_stat_activity WHERE application_name = 'cadre' AND state <> 'idle' ORDER BY random() LIMIT 1`).Scan(&pid)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, syscall.Kill(pid, syscall.SIGKILL)
}

// KillServer kills the server's first process with SIGKILL, which ends all of
// them, and starts it again. It reports whether it did.
func (c *Cluster) KillServer() (bool, error) {
	data := filepath.Join(c.dir, "data")
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return false, err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return false, err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return false, err
	}
	// The other processes notice, and go; until then the server does not start.
	for range 100 {
		if err = initAndStart(c.dir, c.settings...); err == nil {
			return true, nil
		}
		time.Sleep(50 * time.Millisecond) // they go in machine time
	}
	return true, fmt.Errorf("the server does not start again: %w", err)
}

func alive(base string) bool {
	d, err := sql.Open("pgx", base)
	if err != nil {
		return false
	}
	defer d.Close()
	return d.Ping() == nil
}

func execute(name string, args ...string) error {
	cmd, err := Command(name, args...)
	if err != nil {
		return err
	}
	// The server inherits these: a pipe would never close.
	out, err := os.CreateTemp("", "cadre-dbtest")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(said))
	}
	return nil
}
