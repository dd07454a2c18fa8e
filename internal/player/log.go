package player

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
	"unicode/utf8"

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
	Done     bool                       `json:"done"`
	State    json.RawMessage            `json:"state"`
}

// Kept says what is durable of a log, and what came of it.
type Kept struct {
	// Number is that of the last entry that is kept: what follows it has yet to come.
	Number int64 `json:"number"`
	// Replaced says that another tab or device has gone on with the package since:
	// what arrives is kept, but it is not what she resumes from.
	Replaced bool `json:"replaced,omitempty"`
	// Over says that the launch was ended from outside, "ended", or that its package was
	// taken out of use, "withdrawn"; empty otherwise. What arrives is kept as before.
	Over    string               `json:"over,omitempty"`
	State   State                `json:"state"`
	Percent int                  `json:"percent"`
	Units   map[string]UnitState `json:"units"`
}

// Accept keeps part of a log and derives from it how far she is. It needs no
// session: who hands it in is known by the launch's credential, which outlives
// the session. Entries that are there already are passed over, and those that
// follow a gap wait for it to be filled: nothing is lost and nothing doubled,
// however often and in whatever order batches come. Batches that come while others
// are written are written together, and answered each for itself.
//
// An unknown credential is a fault of kind Unauthenticated; one that was last
// heard of more than [LateFor] ago is Closed, and so is one whose log is full.
func (s *Service) Accept(ctx context.Context, b Batch) (Kept, error) {
	if len(b.Entries) > maxEntries {
		return Kept{}, fault.New(fault.Invalid, "player.log-form", nil)
	}
	// What can be done before its turn is, so that nobody waits for it.
	x := &arrival{batch: readBatch(b)}
	if err := s.arrivals.Write(ctx, x, max(1, len(b.Entries)), gatherMax, s.acceptAll); err != nil {
		return Kept{}, err
	}
	return x.kept, x.err
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
	id     string // of its row
	digest string
	err    error
}

func readBatch(b Batch) readyBatch {
	out := readyBatch{credential: hashed(b.Credential), now: b.Now, end: b.End, entries: make([]readyEntry, 0, len(b.Entries))}
	for _, n := range b.Entries {
		e := readyEntry{Numbered: n, id: id.New[string](), digest: digestOf(n.Entry)}
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

// keepObjectives keeps the objectives that packages share, out of the sequencing's
// state.
func (s *Service) keepObjectives(tx *db.Tx, a *Attempt, c *Course, state json.RawMessage) error {
	if !c.Shared {
		return nil
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
	return s.settle(tx, a, r.outcome(), at, entry)
}

// settle is judgeRun once the outcome is known.
func (s *Service) settle(tx *db.Tx, a *Attempt, o Outcome, at time.Time, entry func(changed ...journal.Row) error) error {
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
