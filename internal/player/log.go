package player

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
	"unicode/utf8"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// LateFor is how long after a launch was last heard of its work may still arrive.
const LateFor = 30 * 24 * time.Hour

// Limits of the log. What a unit may remember in SCORM 2004 is far below them.
const (
	maxEntry   = 2 << 20   // bytes of one entry
	maxLaunch  = 256 << 20 // bytes of all entries of a launch
	maxName    = 400       // bytes of a name of an element or a unit
	maxEntries = 500       // entries of one batch
)

// Batch is part of a log, as a frame hands it in.
type Batch struct {
	// Credential is the launch's.
	Credential string `json:"credential"`
	// Now is what the device's clock showed when the batch was sent, in
	// milliseconds: times of entries are taken relative to it, so that a clock that
	// is wrong does no harm.
	Now int64 `json:"now"`
	// Entries are in order of their numbers.
	Entries []Numbered `json:"entries"`
	// End says that the frame is closed after these.
	End bool `json:"end,omitempty"`
}

// Numbered is an entry with its number in the launch, from 1.
type Numbered struct {
	Number int64           `json:"number"`
	Entry  json.RawMessage `json:"entry"`
}

// logEntry is an entry as courseware/src/words.ts has it.
type logEntry struct {
	Activity string                     `json:"activity"`
	At       int64                      `json:"at"`
	Set      map[string]json.RawMessage `json:"set"`
	Gone     []string                   `json:"gone"`
	Fresh    bool                       `json:"fresh"`
	End      bool                       `json:"end"`
	State    json.RawMessage            `json:"state"`
}

// Kept says what is durable of a log, and what came of it.
type Kept struct {
	// Number is that of the last entry that is kept: what follows it has yet to come.
	Number int64 `json:"number"`
	// Replaced says that another tab or device has gone on with the package since:
	// what arrives is kept, but it is not what she resumes from.
	Replaced bool                 `json:"replaced,omitempty"`
	State    State                `json:"state"`
	Percent  int                  `json:"percent"`
	Units    map[string]UnitState `json:"units"`
}

// loggedBody is the body of player.logged, version 1: entries lie apart.
type loggedBody struct {
	Launch id.Launch `json:"launch"`
	From   int64     `json:"from"`
	To     int64     `json:"to"`
}

// Accept keeps part of a log and derives from it how far she is. It needs no
// session: who hands it in is known by the launch's credential, which outlives
// the session. Entries that are there already are passed over, and those that
// follow a gap wait for it to be filled: nothing is lost and nothing doubled,
// however often and in whatever order batches come.
//
// An unknown credential is a fault of kind Unauthenticated; one that was last
// heard of more than [LateFor] ago is Closed.
func (s *Service) Accept(ctx context.Context, b Batch) (Kept, error) {
	var out Kept
	if len(b.Entries) > maxEntries {
		return out, fault.New(fault.Invalid, "player.log-form", nil)
	}
	// What can be done before its turn is, so that nobody waits for it.
	batch := readBatch(b)
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Kept{Units: map[string]UnitState{}}
		l, a, err := launchByCredential(tx, batch.credential)
		if err != nil {
			return err
		}
		if tx.Now().Sub(l.TouchedAt) > LateFor {
			return fault.New(fault.Closed, "player.too-late", nil)
		}
		units, err := s.take(tx, &a, &l, batch)
		if err != nil {
			return err
		}
		out.Number, out.Replaced, out.State, out.Percent = l.Number, !l.ReplacedAt.IsZero(), a.State, a.Percent
		for k, u := range units {
			out.Units[k] = u.state()
		}
		return nil
	})
	return out, err
}

// readyBatch is a batch as it is applied.
type readyBatch struct {
	credential string // its hash
	now        int64
	end        bool
	entries    []readyEntry
}

// readyEntry is an entry that was read; err is what is wrong with it, which matters
// only where it is new.
type readyEntry struct {
	Numbered
	logEntry
	digest string
	err    error
}

func readBatch(b Batch) readyBatch {
	out := readyBatch{credential: hashed(b.Credential), now: b.Now, end: b.End}
	for _, n := range b.Entries {
		e := readyEntry{Numbered: n, digest: digestOf(n.Entry)}
		e.logEntry, e.err = readEntry(n.Entry)
		out.entries = append(out.entries, e)
	}
	return out
}

// played returns the course of a version as far as judging goes: what an officer
// allows and withdraws of it is not looked at.
func (s *Service) played(tx *db.Tx, v id.ModuleVersion) (*Course, error) {
	return db.Memo(tx, "player.course "+string(v), func() (*Course, error) { return s.shelf.Course(tx, v) })
}

// take applies the entries of a batch that are new.
func (s *Service) take(tx *db.Tx, a *Attempt, l *launchRow, b readyBatch) (map[string]unitReport, error) {
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.played(tx, a.Version)
	if err != nil {
		return nil, err
	}
	first := l.Number + 1
	var rows []journal.Row
	var state json.RawMessage
	var at time.Time
	for _, e := range b.entries {
		if e.Number <= l.Number || l.Mode != Normal {
			continue
		}
		if e.Number > l.Number+1 {
			break
		}
		if e.err != nil {
			return nil, e.err
		}
		if l.Bytes += int64(len(e.Entry)); l.Bytes > maxLaunch {
			return nil, fault.New(fault.Limited, "player.log-full", nil)
		}
		at = occurred(tx.Now(), l.StartedAt, e.At, b.now)
		row := entryRow{
			ID: id.New[string](), Launch: l.ID, Number: e.Number, Attempt: a.ID, Person: a.Person, OccurredAt: at,
			Applied: l.ReplacedAt.IsZero(), Digest: e.digest, Body: e.Entry,
		}
		if err := insertEntry(tx, row); err != nil {
			return nil, err
		}
		rows = append(rows, journal.RowOf(entriesTable(), row.ID))
		if err := s.apply(tx, a, c, e.logEntry, row, units); err != nil {
			return nil, err
		}
		if e.State != nil && row.Applied {
			state = e.State
		}
		l.Number = e.Number
	}
	l.TouchedAt = tx.Now()
	if b.end && l.EndedAt.IsZero() {
		l.EndedAt = tx.Now()
	}
	if err := touchLaunch(tx, *l); err != nil || len(rows) == 0 {
		return units, err
	}
	if state != nil {
		if err := s.keepState(tx, a, c, state); err != nil {
			return nil, err
		}
	}
	return units, s.judgeRun(tx, a, c, l.ID, units, at, func(changed ...journal.Row) error {
		return journal.Append(tx, journal.Entry{
			Kind: "player.logged", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
			Body: loggedBody{Launch: l.ID, From: first, To: l.Number}, Rows: append(rows, changed...), Actor: actor.Actor{Person: a.Person},
		})
	})
}

// readEntry reads an entry as a frame wrote it, and refuses what no run time
// writes.
func readEntry(raw json.RawMessage) (e logEntry, err error) {
	wrong := fault.New(fault.Invalid, "player.log-form", nil)
	if len(raw) > maxEntry || !utf8.Valid(raw) || json.Unmarshal(raw, &e) != nil || len(e.Activity) > maxName {
		return e, wrong
	}
	for name, v := range e.Set {
		if name == "" || len(name) > maxName || len(v) == 0 || v[0] != '"' {
			return e, wrong
		}
	}
	if len(e.State) > 0 && e.State[0] != '"' {
		return e, wrong
	}
	return e, nil
}

func digestOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// occurred is when an entry was written, by the server's clock: as long before
// now as the device says that it was before the batch was sent.
func occurred(now, started time.Time, at, sent int64) time.Time {
	t := now.Add(-time.Duration(min(max(sent-at, 0), int64(LateFor/time.Millisecond))) * time.Millisecond)
	if t.Before(started) {
		return started
	}
	return t.Truncate(time.Microsecond)
}

// apply lets an entry change what a unit remembers and how far it has come. What
// an entry reports counts even if another device has taken over; what it
// remembers then does not.
func (s *Service) apply(tx *db.Tx, a *Attempt, c *Course, e logEntry, row entryRow, units map[string]unitReport) error {
	if e.Activity == "" {
		return nil
	}
	if row.Applied {
		if e.Fresh {
			if err := clearData(tx, a.ID, e.Activity); err != nil {
				return err
			}
		}
		// How the conversation before was left says nothing of this one.
		if units[e.Activity].leaving != "open" {
			if err := clearDatum(tx, a.ID, e.Activity, exitName(c.Kind)); err != nil {
				return err
			}
		}
		if err := setData(tx, a.ID, a.Person, e.Activity, e.Set); err != nil {
			return err
		}
		for _, name := range e.Gone {
			if err := clearDatum(tx, a.ID, e.Activity, name); err != nil {
				return err
			}
		}
	}
	if c.Unit(e.Activity) == nil {
		return nil
	}
	u := units[e.Activity]
	u.activity = e.Activity
	u.take(c.Kind, e.Set)
	if row.Applied && (len(e.Set) > 0 || e.End || e.State == nil) {
		u.touched = row.OccurredAt
		switch {
		case e.End:
			exit, err := s.exitOf(tx, a, c, e)
			if err != nil {
				return err
			}
			u.leaving = exit
		default:
			u.leaving = "open"
		}
	}
	units[e.Activity] = u
	return setUnit(tx, a.ID, a.Person, u)
}

func exitName(k Kind) string {
	if k == Scorm12 {
		return "cmi.core.exit"
	}
	return "cmi.exit"
}

// exitOf says how a unit that ended wants to be opened again.
func (s *Service) exitOf(tx *db.Tx, a *Attempt, c *Course, e logEntry) (string, error) {
	name := exitName(c.Kind)
	raw, ok := e.Set[name]
	if !ok {
		rows, err := dataOf(tx, a.ID)
		if err != nil {
			return "", err
		}
		for _, r := range rows {
			if r.activity == e.Activity && r.element == name {
				raw = r.value
			}
		}
	}
	var exit string
	if raw == nil || json.Unmarshal(raw, &exit) == nil {
		switch exit {
		case "suspend", "time-out", "logout":
			return exit, nil
		}
	}
	return "normal", nil
}

// keepState keeps the sequencing's state, and the objectives that packages share.
func (s *Service) keepState(tx *db.Tx, a *Attempt, c *Course, state json.RawMessage) error {
	if err := setDatum(tx, a.ID, a.Person, datum{element: stateElement, value: state}); err != nil || !c.Shared {
		return err
	}
	var text string
	var in struct {
		Map map[string]json.RawMessage `json:"globalObjectiveMap"`
	}
	if readable := json.Unmarshal(state, &text) == nil && json.Unmarshal([]byte(text), &in) == nil; !readable {
		return nil // a package may say what it likes; nothing is to be had from this
	}
	for _, target := range sharedTargets(c.Sequencing) {
		if v, ok := in.Map[target]; ok {
			if err := setObjective(tx, a.Person, target, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// sharedTargets lists the global objectives that a tree maps its own to.
func sharedTargets(sequencing json.RawMessage) []string {
	type objective struct {
		Maps []struct {
			Target string `json:"targetObjectiveID"`
		} `json:"mapInfo"`
	}
	type node struct {
		Primary    *objective        `json:"primaryObjective"`
		Objectives []objective       `json:"objectives"`
		Children   []json.RawMessage `json:"children"`
	}
	var out []string
	seen := map[string]bool{}
	var settings struct {
		Tree json.RawMessage `json:"activityTree"`
	}
	if json.Unmarshal(sequencing, &settings) != nil {
		return nil
	}
	var walk func(raw json.RawMessage)
	walk = func(raw json.RawMessage) {
		var n node
		if json.Unmarshal(raw, &n) != nil {
			return
		}
		all := n.Objectives
		if n.Primary != nil {
			all = append(all, *n.Primary)
		}
		for _, o := range all {
			for _, m := range o.Maps {
				if m.Target != "" && len(m.Target) <= maxName && !seen[m.Target] {
					seen[m.Target] = true
					out = append(out, m.Target)
				}
			}
		}
		for _, ch := range n.Children {
			walk(ch)
		}
	}
	walk(settings.Tree)
	return out
}

// judgeRun derives how far the whole package has come, and records what is new
// of it as facts, by the rules for all material. entry writes the journal's entry of
// what it is judged from: it vouches for the rows that it is given, which changed.
func (s *Service) judgeRun(
	tx *db.Tx, a *Attempt, c *Course, launch id.Launch, units map[string]unitReport, at time.Time, entry func(changed ...journal.Row) error,
) error {
	r, err := reportOf(tx, *a, c, units)
	if err != nil {
		return err
	}
	if err := updateRun(tx, a.ID, launch, r); err != nil {
		return err
	}
	o := r.outcome()
	if a.State == Passed || a.State == NotYet && !(o.PagesDone && o.Passed) {
		return entry()
	}
	before := *a
	if o.PagesDone {
		if err := entry(); err != nil {
			return err
		}
		a.State, a.Percent = NotYet, 100
		if o.Passed {
			a.State = Passed
		}
		return s.finish(tx, *a, o, at)
	}
	a.Percent = max(a.Percent, o.Percent)
	o.Percent = a.Percent
	if err := s.advance(tx, before, o, at); err != nil {
		return err
	}
	if o.Points == before.Points && o.Max == before.Max {
		return entry()
	}
	return entry(journal.RowOf(attemptsTable(), a.ID))
}

// reportOf makes the report of an attempt at a package as it stands.
func reportOf(tx *db.Tx, a Attempt, c *Course, units map[string]unitReport) (report, error) {
	var up rolledUp
	if c.Kind == Cmi5 {
		m, err := marksOf(tx, a.ID)
		if err != nil {
			return report{}, err
		}
		up = m.whole(units)
	}
	if c.Sequencing != nil {
		state, err := stateOf(tx, a.ID)
		if err != nil {
			return report{}, err
		}
		var text string
		if state != nil && json.Unmarshal(state, &text) == nil {
			up = rollupIn(c.Sequencing, json.RawMessage(text))
		}
	}
	return gather(c, units, up), nil
}
