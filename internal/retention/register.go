package retention

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"cadre/internal/durable"
	"cadre/internal/id"
)

// Register is the file of erased persons: a line with an id and the time for
// each. It is only ever added to. It is safe for use by several goroutines and
// processes.
type Register struct {
	path  string
	files durable.Files
	mu    sync.Mutex
}

// OpenRegister returns the register at path, which need not exist yet.
func OpenRegister(path string) *Register { return &Register{path: path} }

// On returns the register as files writes it.
func (r *Register) On(files durable.Files) *Register { return &Register{path: r.path, files: files} }

// Erasure is one line of the register.
type Erasure struct {
	Person id.Person
	At     time.Time
}

// List returns every erasure, in order, each person once. A line that cannot be
// read is an error: it may be somebody whom a restore would bring back.
func (r *Register) List() ([]Erasure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("retention: the register of erased persons: %w", err)
	}
	var out []Erasure
	seen := map[id.Person]bool{}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		person, at, _ := strings.Cut(line, " ")
		when, terr := time.Parse(time.RFC3339, at)
		p, perr := id.Parse[id.Person](person)
		if err := errors.Join(perr, terr); err != nil {
			return nil, fmt.Errorf("retention: line %d of the register %s cannot be read; mend it by hand: %w", n, r.path, err)
		}
		if !seen[p] {
			seen[p] = true
			out = append(out, Erasure{p, when.UTC()})
		}
	}
	return out, lines.Err()
}

// Add writes a person down, for good, before it returns. The file is replaced as a
// whole: a line that a power cut or a full disk had torn would make the register
// unreadable, and with it every restore and every start.
func (r *Register) Add(e Erasure) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dir := filepath.Dir(r.path)
	if err := r.files.MakeDir(dir); err != nil {
		return err
	}
	// A command and a server may erase at the same time.
	lock, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("retention: the register of erased persons: %w", err)
	}
	defer func() { _ = lock.Close() }() // which unlocks it; nothing was written
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("retention: lock %s: %w", dir, err)
	}
	b, err := os.ReadFile(r.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("retention: the register of erased persons: %w", err)
	}
	if len(b) > 0 && !bytes.HasSuffix(b, []byte("\n")) { // somebody mended it by hand
		b = append(b, '\n')
	}
	b = fmt.Appendf(b, "%s %s\n", e.Person, e.At.UTC().Format(time.RFC3339))
	if err := r.files.WriteFile(r.path, b, 0o600); err != nil {
		return fmt.Errorf("retention: the register of erased persons: %w", err)
	}
	return nil
}
