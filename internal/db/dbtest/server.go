package dbtest

import (
	"bytes"
	"database/sql"
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
	base := "postgres://cadre@/postgres?host=" + url.QueryEscape(dir)
	if alive(base) {
		return base, nil
	}
	data := filepath.Join(dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		if err := os.RemoveAll(data); err != nil {
			return "", err
		}
		if os.Getuid() == 0 {
			u, err := serverUser()
			if err != nil {
				return "", err
			}
			if err := os.Chown(dir, int(u.Uid), int(u.Gid)); err != nil {
				return "", err
			}
		}
		if err := execute("initdb", "-D", data, "-U", "cadre", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
			return "", err
		}
	}
	// A server that was killed leaves its pid file; pg_ctl sees through it. The
	// data are worth nothing, so nothing waits for the disk.
	opts := []string{
		"-k " + dir, "-c listen_addresses=''", "-c fsync=off", "-c full_page_writes=off", "-c synchronous_commit=off",
		"-c max_connections=400", "-c shared_buffers=64MB", "-c autovacuum=off", "-c max_wal_size=256MB",
	}
	if err := execute("pg_ctl", "-D", data, "-l", filepath.Join(dir, "log"), "-w", "-t", "60", "-o", strings.Join(opts, " "), "start"); err != nil {
		return "", err
	}
	return base, nil
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
