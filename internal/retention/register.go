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
	"time"

	"cadre/internal/durable"
	"cadre/internal/id"
)

// Register is the file of erased persons: a line with an id and the time for
// each. It is only ever added to. It is safe for use by several goroutines.
type Register struct {
	path string
	mu   sync.Mutex
}

// OpenRegister returns the register at path, which need not exist yet.
func OpenRegister(path string) *Register { return &Register{path: path} }

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

// Add writes a person down, for good, before it returns.
func (r *Register) Add(e Erasure) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := durable.MakeDir(filepath.Dir(r.path)); err != nil {
		return err
	}
	f, err := os.OpenFile(r.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("retention: the register of erased persons: %w", err)
	}
	_, werr := fmt.Fprintf(f, "%s %s\n", e.Person, e.At.UTC().Format(time.RFC3339))
	if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("retention: the register of erased persons: %w", err)
	}
	return durable.SyncDir(filepath.Dir(r.path))
}
