package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"cadre/internal/db"
	"cadre/internal/fault"
)

// Severity is how bad a finding is.
type Severity string

// Severities.
const (
	// Damage is what no lawful act of Cadre can have left.
	Damage Severity = "damage"
	// Notice is lawful, and somebody should know.
	Notice Severity = "notice"
)

// Finding is one thing that [Journal.Verify] found.
type Finding struct {
	Severity Severity `json:"severity"`
	// Key names the sentence that says it; Args fill it and name the place.
	Key  string     `json:"key"`
	Args fault.Args `json:"args"`
}

// String is the finding for logs.
func (f Finding) String() string {
	names := make([]string, 0, len(f.Args))
	for n := range f.Args {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString(string(f.Severity) + " " + f.Key)
	for _, n := range names {
		fmt.Fprintf(&b, " %s=%v", n, f.Args[n])
	}
	return b.String()
}

// Report is the outcome of a verification.
type Report struct {
	Head     Head      `json:"head"`
	Entries  int64     `json:"entries"`
	Bodies   int64     `json:"bodies"`
	Redacted int64     `json:"redacted"` // bodies lawfully gone
	Rows     int64     `json:"rows"`     // state rows compared
	Root     string    `json:"root"`     // of the log, base64
	Findings []Finding `json:"findings"`
	// More counts findings beyond [FindingsMax], which are not listed.
	More int64 `json:"more"`
}

// OK reports whether there is no damage.
func (r Report) OK() bool {
	return r.More == 0 && !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Damage })
}

// FindingsMax bounds the findings that are listed.
const FindingsMax = 1000

// VerifyOptions say what to verify against. The zero value verifies the journal
// in itself.
type VerifyOptions struct {
	// Tables are the declarations of all tables: every row of those that are
	// journalled must equal its latest entry.
	Tables []db.Table
	// Checkpoints are opened ones (see [OpenCheckpoint]).
	Checkpoints []Checkpoint
	// Witness is the last head seen outside the database.
	Witness Head
	// Progress, if set, is called now and then: entries or rows read so far, of
	// about how many in that stage (0 if unknown).
	Progress func(stage string, done, total int64)
}

// The stages that are told to Progress.
const (
	StageEntries = "entries"
	StageRows    = "rows"
)

// Verify reads the whole journal and every journalled row, in one snapshot, and
// says what does not fit. An error means that it could not read.
func (j *Journal) Verify(ctx context.Context, o VerifyOptions) (Report, error) {
	var rep Report
	err := j.d.View(ctx, func(tx *db.Tx) (err error) {
		rep, err = Verify(tx, o)
		return err
	})
	return rep, err
}

// Verify is [Journal.Verify] on the snapshot of tx.
func Verify(tx *db.Tx, o VerifyOptions) (Report, error) {
	v := &verifier{
		tx: tx, o: o, lane: db.Main.String(), rep: Report{Findings: []Finding{}},
		latest: map[rowName]*voucher{}, missing: map[int64]bool{}, redacted: map[int64]bool{}, ended: map[string]int64{},
		roots: map[int64]tlog.Hash{},
	}
	for _, step := range []func() error{v.entries, v.head, v.strays, v.checkpoints, v.rows} {
		if err := step(); err != nil {
			return v.rep, err
		}
	}
	return v.rep, nil
}

type rowName struct{ table, id string }

// voucher is what the latest entry says about a row.
type voucher struct {
	sequence int64
	columns  int
	digest   Hash
	salt     []byte
	seen     bool
}

type verifier struct {
	tx   *db.Tx
	o    VerifyOptions
	lane string
	rep  Report

	log      tree
	broken   bool // a gap: the log beyond it cannot be computed
	last     *Record
	first    string // origin
	latest   map[rowName]*voucher
	missing  map[int64]bool
	redacted map[int64]bool
	ended    map[string]int64 // incarnation → its last sequence, as the next one announces
	roots    map[int64]tlog.Hash
}

func (v *verifier) find(s Severity, key string, args fault.Args) {
	if len(v.rep.Findings) < FindingsMax {
		v.rep.Findings = append(v.rep.Findings, Finding{s, key, args})
	} else if s == Damage {
		v.rep.More++
	}
}

func (v *verifier) damage(key string, sequence int64) {
	v.find(Damage, key, fault.Args{"entry": sequence})
}

// verifyPage is how many entries are read at once.
const verifyPage = 500

func (v *verifier) entries() error {
	total, err := HeadOf(v.tx)
	if err != nil {
		v.find(Damage, "journal.verify-head", nil)
	}
	v.rep.Head = total
	sizes := map[int64]bool{}
	for _, c := range v.o.Checkpoints {
		sizes[c.Size] = true
	}
	v.roots[0] = v.log.root()
	for after := int64(-1 << 62); ; {
		page, err := Tail(v.tx, after, verifyPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		from, to := page[0].Sequence, page[len(page)-1].Sequence
		salts, err := db.Collect(v.tx, scanSalt,
			`SELECT sequence, salt FROM journal_bodies WHERE lane = ?1 AND sequence BETWEEN ?2 AND ?3`, v.lane, from, to)
		if err != nil {
			return err
		}
		vouched, err := v.vouchedBetween(from, to)
		if err != nil {
			return err
		}
		nodes, err := v.storedBetween(from, to)
		if err != nil {
			return err
		}
		bySeq := map[int64][]byte{}
		for _, s := range salts {
			bySeq[s.sequence] = s.salt
		}
		for i := range page {
			r := &page[i]
			after = r.Sequence
			v.entry(r, nodes)
			v.body(r, bySeq[r.Sequence], vouched[r.Sequence])
			v.last = r
			v.rep.Entries++
			if sizes[v.log.size] && !v.broken {
				v.roots[v.log.size] = v.log.root()
			}
		}
		if v.o.Progress != nil {
			v.o.Progress(StageEntries, v.rep.Entries, total.Sequence)
		}
	}
	v.rep.Root = v.log.root().String()
	return nil
}

type saltOf struct {
	sequence int64
	salt     []byte
}

func scanSalt(r *db.Rows) (s saltOf, err error) { return s, r.Scan(&s.sequence, &s.salt) }

func (v *verifier) vouchedBetween(from, to int64) (map[int64][]vouched, error) {
	out := map[int64][]vouched{}
	_, err := db.Collect(v.tx, func(rows *db.Rows) (struct{}, error) {
		var seq, position int64
		var w vouched
		var digest []byte
		if err := rows.Scan(&seq, &position, &w.name, &w.id, &w.columns, &digest); err != nil {
			return struct{}{}, err
		}
		w.digest = stored(digest)
		if position != int64(len(out[seq])) {
			w.digest = Hash{} // moved or doubled: the body's hash will differ
		}
		out[seq] = append(out[seq], w)
		return struct{}{}, nil
	}, `SELECT sequence, position, name, row_id, columns, digest FROM journal_rows
		WHERE lane = ?1 AND sequence BETWEEN ?2 AND ?3 ORDER BY sequence, position`, v.lane, from, to)
	return out, err
}

// storedBetween reads the nodes that the leaves of entries from … to completed.
func (v *verifier) storedBetween(from, to int64) (map[int64]tlog.Hash, error) {
	out := map[int64]tlog.Hash{}
	if from < 1 {
		return out, nil // a sequence that cannot be; it is named elsewhere
	}
	nodes, err := db.Collect(v.tx, func(rows *db.Rows) (node, error) {
		var n node
		var b []byte
		err := rows.Scan(&n.position, &b)
		n.hash = tlog.Hash(stored(b))
		return n, err
	}, `SELECT position, hash FROM journal_hashes WHERE lane = ?1 AND position >= ?2 AND position < ?3`,
		v.lane, highestNode(from-1), highestNode(to))
	for _, n := range nodes {
		out[n.position] = n.hash
	}
	return out, err
}

// entry checks one entry against the one before it and against the log.
func (v *verifier) entry(r *Record, nodes map[int64]tlog.Hash) {
	want := int64(1)
	var previous Hash
	if v.last != nil {
		want, previous = v.last.Sequence+1, v.last.Hash
	}
	if r.Sequence != want {
		v.find(Damage, "journal.verify-entries-missing", fault.Args{"from": want, "to": r.Sequence - 1})
		v.broken = true
	} else if r.Previous != previous {
		v.damage("journal.verify-chain", r.Sequence)
	}
	if r.hash() != r.Hash {
		v.damage("journal.verify-entry", r.Sequence)
	}
	if v.last == nil {
		v.first = r.Origin
	}
	if r.Origin != v.first {
		v.damage("journal.verify-origin", r.Sequence)
	}
	begins := r.Kind == KindIncarnation
	if v.last == nil && !begins || v.last != nil && (r.Incarnation != v.last.Incarnation) != begins {
		v.damage("journal.verify-incarnation", r.Sequence)
	}
	if begins && v.last != nil {
		var b Begun
		if err := json.Unmarshal(r.Body, &b); err != nil || b.Before != v.last.Incarnation {
			v.damage("journal.verify-incarnation", r.Sequence)
		}
		v.ended[v.last.Incarnation] = v.last.Sequence
	}
	if v.broken {
		return
	}
	for _, n := range v.log.add(r.Hash) {
		if nodes[n.position] != n.hash {
			v.damage("journal.verify-log", r.Sequence)
			return
		}
	}
}

// body checks an entry's body and notes what it vouches for.
func (v *verifier) body(r *Record, salt []byte, rows []vouched) {
	if salt == nil {
		v.missing[r.Sequence] = true
		if len(rows) > 0 {
			v.damage("journal.verify-body", r.Sequence)
		}
		return
	}
	v.rep.Bodies++
	if hashBody(salt, r.Body, rows) != r.BodyHash {
		v.damage("journal.verify-body", r.Sequence)
		return
	}
	for _, w := range rows {
		v.latest[rowName{w.name, w.id}] = &voucher{sequence: r.Sequence, columns: w.columns, digest: w.digest, salt: salt}
	}
	if r.Kind == KindRedaction {
		red, err := redactedBy(r.Body)
		if err != nil {
			v.damage("journal.verify-body", r.Sequence)
			return
		}
		for _, seq := range red.Entries {
			v.redacted[seq] = true
		}
	}
}

// head checks the end of the chain, and that every missing body was redacted.
func (v *verifier) head() error {
	if v.last == nil {
		if v.rep.Head.Sequence != 0 {
			v.find(Damage, "journal.verify-entries-missing", fault.Args{"from": 1, "to": v.rep.Head.Sequence})
		}
	} else {
		h := v.rep.Head
		switch {
		case h.Sequence > v.last.Sequence:
			v.find(Damage, "journal.verify-entries-missing", fault.Args{"from": v.last.Sequence + 1, "to": h.Sequence})
		case h.Sequence != v.last.Sequence || h.Hash != v.last.Hash.String() || h.Origin != v.last.Origin || h.Incarnation != v.last.Incarnation:
			v.find(Damage, "journal.verify-head", nil)
		}
	}
	for _, seq := range sorted(v.missing) {
		if v.redacted[seq] {
			v.rep.Redacted++
		} else {
			v.damage("journal.verify-body-missing", seq)
		}
	}
	for _, seq := range sorted(v.redacted) {
		if !v.missing[seq] {
			v.damage("journal.verify-redacted-body", seq)
		}
	}
	doubt, err := Compare(v.tx, v.o.Witness)
	if err != nil {
		return err
	}
	if doubt != nil {
		v.find(Damage, doubt.Key, fault.Args{"seen": doubt.Witness.Sequence, "have": doubt.Head.Sequence})
	}
	return nil
}

func sorted(m map[int64]bool) []int64 {
	out := make([]int64, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// strays looks for what belongs to no entry.
func (v *verifier) strays() error {
	for _, table := range []string{"journal_bodies", "journal_rows"} {
		seqs, err := db.Collect(v.tx, func(r *db.Rows) (seq int64, err error) { return seq, r.Scan(&seq) },
			`SELECT DISTINCT b.sequence FROM `+table+` b WHERE NOT EXISTS (SELECT 1 FROM journal_entries e
				WHERE e.lane = b.lane AND e.sequence = b.sequence) ORDER BY b.sequence LIMIT 100`)
		if err != nil {
			return err
		}
		for _, seq := range seqs {
			v.damage("journal.verify-stray", seq)
		}
	}
	for _, q := range []string{
		`SELECT COUNT(*) FROM journal_heads WHERE lane <> ?1 AND 0 <= ?2`,
		`SELECT COUNT(*) FROM journal_entries WHERE lane <> ?1 AND 0 <= ?2`,
		`SELECT COUNT(*) FROM journal_hashes WHERE lane <> ?1 OR position >= ?2 OR position < 0`,
	} {
		var n int64
		if err := v.tx.QueryRow(q, v.lane, highestNode(v.log.size)).Scan(&n); err != nil {
			return err
		}
		if n > 0 && !v.broken {
			v.find(Damage, "journal.verify-extra", fault.Args{"n": n})
		}
	}
	return nil
}

// checkpoints compares the log with what was signed.
func (v *verifier) checkpoints() error {
	for _, c := range v.o.Checkpoints {
		if c.Size == 0 {
			continue // taken of an instance before its first entry, which has no origin yet: it vouches for nothing
		}
		args := fault.Args{"size": c.Size, "taken": c.At}
		root, have := v.roots[c.Size]
		end, over := v.ended[c.Incarnation]
		switch {
		case c.Origin != v.first && v.last != nil:
			v.find(Damage, "journal.verify-checkpoint-foreign", args)
		case over && c.Size > end:
			// A restored database says so in its chain; what the lost part of the
			// old incarnation held, only that checkpoint remembers.
			v.find(Notice, "journal.verify-checkpoint-lost", fault.Args{"size": c.Size, "taken": c.At, "from": end + 1})
		case !have:
			v.find(Damage, "journal.verify-checkpoint-ahead", args)
		case root != c.Root:
			v.find(Damage, "journal.verify-checkpoint", args)
		}
	}
	return nil
}

// rows compares every row of every journalled table with its latest entry.
func (v *verifier) rows() error {
	if v.o.Tables == nil {
		return nil
	}
	declared := map[string]bool{}
	for _, t := range v.o.Tables {
		if len(t.Journalled) == 0 {
			continue
		}
		declared[t.Name] = true
		if err := v.table(t); err != nil {
			return fmt.Errorf("journal: rows of %s: %w", t.Name, err)
		}
	}
	var gone []rowName
	for name, w := range v.latest {
		if !w.seen && (!declared[name.table] || w.columns > 0) {
			gone = append(gone, name)
		}
	}
	slices.SortFunc(gone, func(a, b rowName) int {
		return strings.Compare(a.table+"\x00"+a.id, b.table+"\x00"+b.id)
	})
	for _, name := range gone {
		key := "journal.verify-row-deleted"
		if !declared[name.table] {
			key = "journal.verify-table"
		}
		v.find(Damage, key, fault.Args{"table": name.table, "row": name.id, "entry": v.latest[name].sequence})
	}
	return nil
}

func (v *verifier) table(t db.Table) error {
	key := keyColumn(t)
	query := `SELECT ` + key + `, ` + strings.Join(t.Journalled, ", ") + ` FROM ` + t.Name + ` WHERE ` + key + ` %s ?1 ORDER BY ` + key + ` LIMIT ?2`
	from := ">=" // an empty key is a row too
	for after := ""; ; from = ">" {
		n := 0
		_, err := db.Collect(v.tx, func(rows *db.Rows) (struct{}, error) {
			values := make([]any, len(t.Journalled))
			var rid string
			if err := rows.Scan(append([]any{&rid}, pointers(values)...)...); err != nil {
				return struct{}{}, err
			}
			n++
			after = rid
			v.row(t, rid, values)
			return struct{}{}, nil
		}, fmt.Sprintf(query, from), after, verifyPage)
		if err != nil {
			return err
		}
		v.rep.Rows += int64(n)
		if v.o.Progress != nil && n > 0 {
			v.o.Progress(StageRows, v.rep.Rows, int64(len(v.latest)))
		}
		if n < verifyPage {
			return nil
		}
	}
}

func (v *verifier) row(t db.Table, rid string, values []any) {
	args := fault.Args{"table": t.Name, "row": rid}
	w := v.latest[rowName{t.Name, rid}]
	if w == nil || w.columns == 0 {
		v.find(Damage, "journal.verify-row-extra", args)
		if w != nil {
			w.seen = true
		}
		return
	}
	w.seen = true
	n := min(w.columns, len(values))
	digest, err := digestRow(w.salt, t, rid, t.Journalled[:n], values[:n])
	if err != nil || digest != w.digest || n != w.columns {
		args["entry"] = w.sequence
		v.find(Damage, "journal.verify-row", args)
	}
}
