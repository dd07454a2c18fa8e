package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/fault"
)

// WitnessPause is the least time between two writes of the witness file: a sync
// of the disk that the database would otherwise wait for.
const WitnessPause = time.Second

// Witness is the file outside the database that remembers the last head.
//
// It is written after commits, in the background, at most once a second, and
// when it is closed. So it may lag behind the database, by about a second or by
// what a crash left unwritten, and never runs ahead of it. It follows that a
// database which is behind its witness has lost committed entries or is an
// older copy; one that is rolled back to within the last second before a crash
// is not noticed.
type Witness struct {
	j    *Journal
	path string
	log  *slog.Logger

	stop    context.CancelFunc
	stopped chan struct{}

	mu      sync.Mutex
	written Head
}

// Doubt says how the database and its witness disagree.
type Doubt struct {
	// Key names the sentence: "journal.behind-witness", when committed entries
	// are gone; "journal.forked-witness", when the entry that the witness saw is
	// another one now; "journal.foreign-witness", when it belongs to another
	// database.
	Key     string
	Witness Head
	Head    Head
}

// Fault is the doubt as the error that updates are refused with.
func (d *Doubt) Fault() *fault.Error {
	return fault.New(fault.Unavailable, "journal.read-only", nil)
}

// ReadWitness reads a witness file. A file that is not there is the zero Head.
func ReadWitness(path string) (Head, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("journal: witness: %w", err)
	}
	var h Head
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil {
		return Head{}, fmt.Errorf("journal: the witness %s is not readable: %w", path, err)
	}
	return h, nil
}

// Compare sets the database that tx sees against a witness. It returns nil if
// the database has everything that the witness saw.
func Compare(tx *db.Tx, w Head) (*Doubt, error) {
	if w == (Head{}) {
		return nil, nil
	}
	head, err := HeadOf(tx)
	if err != nil {
		return nil, err
	}
	doubt := &Doubt{Witness: w, Head: head}
	switch {
	case head.Sequence < w.Sequence:
		doubt.Key = "journal.behind-witness"
		if head.Origin != "" && head.Origin != w.Origin {
			doubt.Key = "journal.foreign-witness"
		}
		return doubt, nil
	case head.Origin != w.Origin:
		doubt.Key = "journal.foreign-witness"
		return doubt, nil
	}
	at, err := Tail(tx, w.Sequence-1, 1)
	if err != nil {
		return nil, err
	}
	if len(at) == 0 || at[0].Sequence != w.Sequence || at[0].Hash.String() != w.Hash {
		doubt.Key = "journal.forked-witness"
		return doubt, nil
	}
	return nil, nil
}

// Guard compares the database with the witness file at path and keeps the file
// up to date until the witness is closed. If they disagree, every update of the
// database is refused until [Witness.Accept]; the doubt says why.
func (j *Journal) Guard(ctx context.Context, path string, log *slog.Logger) (*Witness, *Doubt, error) {
	seen, err := ReadWitness(path)
	if err != nil {
		return nil, nil, err
	}
	var doubt *Doubt
	var head Head
	err = j.d.View(ctx, func(tx *db.Tx) (err error) {
		if doubt, err = Compare(tx, seen); err == nil {
			head, err = HeadOf(tx)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	w := &Witness{j: j, path: path, log: log, written: seen, stopped: make(chan struct{})}
	if doubt != nil {
		j.d.Refuse(doubt.Fault())
	} else if err := w.write(head); err != nil {
		return nil, nil, err
	}
	var run context.Context
	run, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	go w.keep(run)
	return w, doubt, nil
}

// keep writes the file after commits.
func (w *Witness) keep(ctx context.Context) {
	defer close(w.stopped)
	for {
		head, changed := w.j.watch()
		if err := w.write(head); err != nil {
			w.log.Error("journal: the witness could not be written", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		select {
		case <-ctx.Done():
		case <-time.After(WitnessPause):
		}
	}
}

func (w *Witness) write(h Head) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h == (Head{}) || h == w.written {
		return nil
	}
	if err := writeWitness(w.j.d.Files(), w.path, h); err != nil {
		return err
	}
	w.written = h
	return nil
}

// WriteWitness makes the file at path say h. A restore does it, whose new head
// is behind what the witness has seen.
func WriteWitness(path string, h Head) error { return writeWitness(durable.Files{}, path, h) }

func writeWitness(files durable.Files, path string, h Head) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return files.WriteFile(path, append(b, '\n'), 0o600)
}

// Accept ends a doubt: the database is taken as it is, begins a new incarnation,
// so that nobody mistakes what follows for what was lost, and may be written
// again.
func (w *Witness) Accept(ctx context.Context) error {
	before := w.j.d.Refusal()
	w.j.d.Refuse(nil)
	err := w.j.d.Update(ctx, db.Main, func(tx *db.Tx) error { return BeginIncarnation(tx, "accepted") })
	if err != nil {
		w.j.d.Refuse(before)
		return err
	}
	head, _ := w.j.watch()
	return w.write(head)
}

// Close writes the last head and stops.
func (w *Witness) Close() error {
	w.stop()
	<-w.stopped
	head, _ := w.j.watch()
	return w.write(head)
}
