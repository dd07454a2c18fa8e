package journal

import (
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/id"
)

// KindIncarnation is the kind of the entry that announces an incarnation.
const KindIncarnation = "journal.incarnation-begun"

// Begun is the body of an entry of [KindIncarnation].
type Begun struct {
	// Cause is "new", "restored" or "accepted".
	Cause string `json:"cause"`
	// Before is the incarnation that it follows; empty for the first.
	Before string `json:"before"`
}

// pending is an entry on its way to the flusher.
type pending struct {
	record Record // all but lane, origin, incarnation, sequence, previous, hash
	salt   []byte
	body   []byte
	rows   []vouched
	begins string // for KindIncarnation: the cause
}

// Append adds an entry to the transaction. It is written, in its place in the
// chain, just before the commit. The rows that it vouches for are read now.
func Append(tx *db.Tx, e Entry) error { return AppendAll(tx, e) }

// AppendAll is [Append] for several entries, in their order: rows that they vouch for
// are read together, table by table.
func AppendAll(tx *db.Tx, all ...Entry) error {
	for _, e := range all {
		if !kindForm.MatchString(e.Kind) || e.Version < 1 {
			return fmt.Errorf("journal: kind %q version %d", e.Kind, e.Version)
		}
	}
	rows, err := readRows(tx, all)
	if err != nil {
		return err
	}
	for _, e := range all {
		p, err := prepare(tx, e, rows)
		if err != nil {
			return err
		}
		tx.Buffer(p)
	}
	return nil
}

func prepare(tx *db.Tx, e Entry, rows stateRows) (*pending, error) {
	who := e.Actor
	if who == (actor.Actor{}) {
		who = tx.Actor()
	}
	if e.Body == nil {
		e.Body = struct{}{}
	}
	body, err := json.Marshal(e.Body)
	if err != nil {
		return nil, fmt.Errorf("journal: body of %s: %w", e.Kind, err)
	}
	p := &pending{salt: make([]byte, 32), body: body}
	if _, err := rand.Read(p.salt); err != nil {
		return nil, err
	}
	for _, r := range e.Rows {
		v, err := rows.digest(p.salt, r)
		if err != nil {
			return nil, fmt.Errorf("journal: %s vouches for %s: %w", e.Kind, r.Table.Name, err)
		}
		p.rows = append(p.rows, v)
	}
	p.record = Record{
		At: tx.Now(), Actor: who.ID(), Kind: e.Kind, Version: e.Version, Scope: e.Scope, Subject: e.Subject,
		BodyHash: hashBody(p.salt, p.body, p.rows),
	}
	return p, nil
}

// BeginIncarnation starts a new incarnation in the place where the transaction
// is committed. Restoring a backup and accepting a database that is behind its
// witness do it. Cause is "restored" or "accepted".
func BeginIncarnation(tx *db.Tx, cause string) error {
	if cause == "" {
		return errors.New("journal: an incarnation begins without a cause")
	}
	tx.Buffer(&pending{
		record: Record{At: tx.Now(), Actor: tx.Actor().ID(), Kind: KindIncarnation, Version: 1},
		begins: cause,
	})
	return nil
}

// announce completes an incarnation's entry with the body that names the one
// before it.
func (p *pending) announce(before string) error {
	body, err := json.Marshal(Begun{Cause: p.begins, Before: before})
	if err != nil {
		return err
	}
	p.body, p.salt = body, make([]byte, 32)
	if _, err := rand.Read(p.salt); err != nil {
		return err
	}
	p.record.BodyHash = hashBody(p.salt, p.body, nil)
	return nil
}

// Head is the end of the chain.
type Head struct {
	Origin      string `json:"origin"`
	Incarnation string `json:"incarnation"`
	Sequence    int64  `json:"sequence"`
	Hash        string `json:"hash"`
}

// HeadOf returns the head as tx sees it: the zero Head for an empty journal.
func HeadOf(tx *db.Tx) (Head, error) {
	var h Head
	var hash []byte
	err := tx.QueryRow(`SELECT origin, incarnation, sequence, hash FROM journal_heads WHERE lane = ?1`,
		db.Main.String()).Scan(&h.Origin, &h.Incarnation, &h.Sequence, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, nil
	}
	if err != nil {
		return h, err
	}
	hh, err := hashOf(hash)
	h.Hash = hh.String()
	return h, err
}

// flush writes the head and the entries of one group, last before its commit.
func (j *Journal) flush(tx *db.Tx, items []any) error {
	group := make([]*pending, 0, len(items)+1)
	for _, it := range items {
		p, ok := it.(*pending)
		if !ok {
			return fmt.Errorf("journal: a %T was buffered", it)
		}
		group = append(group, p)
	}
	// Most often nobody else has written since this instance did.
	e, known := j.left()
	for {
		var err error
		if !known {
			if e, err = readEnd(tx); err != nil {
				return err
			}
		}
		if e.log == nil {
			first := &pending{record: Record{At: tx.Now(), Actor: "nobody", Kind: KindIncarnation, Version: 1}, begins: "new"}
			group = append([]*pending{first}, group...)
			if e, err = begin(tx); err != nil {
				return err
			}
		}
		w, err := e.grow(tx, group)
		if err != nil {
			return err
		}
		there, err := e.advance(tx)
		switch {
		case err != nil:
			return err
		case there:
			tx.AfterCommit(func() { j.committed(e) })
			return w.write(tx)
		case !known:
			return errors.New("journal: the head has moved in a serial transaction")
		}
		known = false
	}
}

// end is the end of the chain, and of the log over it.
type end struct {
	head Record // origin, incarnation, sequence and hash
	log  *tree
	// before is where it was found.
	before struct {
		sequence int64
		hash     Hash
	}
}

// readEnd reads the end as it stands; without a log where there is none.
func readEnd(tx *db.Tx) (e end, err error) {
	h, err := HeadOf(tx)
	if err != nil || h == (Head{}) {
		return e, err
	}
	e.head = Record{Origin: h.Origin, Incarnation: h.Incarnation, Sequence: h.Sequence}
	if e.head.Hash, err = ParseHash(h.Hash); err != nil {
		return e, err
	}
	e.log, err = loadTree(tx, db.Main.String(), h.Sequence)
	return e, err
}

// begin makes the head of a database that has none.
func begin(tx *db.Tx) (end, error) {
	e := end{head: Record{Origin: id.New[string]()}, log: &tree{}}
	_, err := tx.Exec(`INSERT INTO journal_heads (lane, origin, incarnation, sequence, hash) VALUES (?1, ?2, '', 0, ?3)`,
		db.Main.String(), e.head.Origin, e.head.Hash[:])
	return e, err
}

// grow puts a group of entries behind the end, and returns the rows to write.
func (e *end) grow(tx *db.Tx, group []*pending) (writer, error) {
	e.before.sequence, e.before.hash = e.head.Sequence, e.head.Hash
	w := writer{lane: db.Main.String()}
	for _, p := range group {
		if p.begins != "" {
			if err := p.announce(e.head.Incarnation); err != nil {
				return w, err
			}
			e.head.Incarnation = id.New[string]()
		}
		e.head.Sequence++
		r := &p.record
		r.Lane, r.Origin, r.Incarnation, r.Sequence = w.lane, e.head.Origin, e.head.Incarnation, e.head.Sequence
		r.Previous = e.head.Hash
		r.Hash = r.hash()
		e.head.Hash = r.Hash
		w.add(p, e.log.add(r.Hash))
	}
	return w, nil
}

// advance writes the head, and reports whether it was where the end was found: its
// hash follows from all entries before, so no other chain ends like it.
func (e *end) advance(tx *db.Tx) (bool, error) {
	n, err := tx.Exec(`UPDATE journal_heads SET incarnation = ?2, sequence = ?3, hash = ?4 WHERE lane = ?1 AND sequence = ?5 AND hash = ?6`,
		db.Main.String(), e.head.Incarnation, e.head.Sequence, e.head.Hash[:], e.before.sequence, e.before.hash[:])
	return n == 1, err
}

// writer gathers the rows of one group and writes them table by table.
type writer struct {
	lane                          string
	entries, bodies, rows, hashes []any
}

func (w *writer) add(p *pending, nodes []node) {
	r := &p.record
	w.entries = append(w.entries, w.lane, r.Sequence, r.Origin, r.Incarnation, db.Micros(r.At), r.Actor, r.Kind, int64(r.Version),
		r.Scope.Country, string(r.Scope.Agency), string(r.Scope.Programme), string(r.Scope.Cohort), r.Subject, r.Previous[:], r.BodyHash[:], r.Hash[:])
	w.bodies = append(w.bodies, w.lane, r.Sequence, p.salt, p.body)
	for i, v := range p.rows {
		w.rows = append(w.rows, w.lane, r.Sequence, int64(i), v.name, v.id, int64(v.columns), v.digest[:])
	}
	for _, n := range nodes {
		w.hashes = append(w.hashes, w.lane, n.position, n.hash[:])
	}
}

func (w *writer) write(tx *db.Tx) error {
	return errors.Join(
		tx.ExecRows("INSERT INTO journal_entries (lane, sequence, origin, incarnation, at, actor, kind, version, country, agency, programme, cohort, subject, previous, body_hash, hash)", 16, w.entries, ""),
		tx.ExecRows("INSERT INTO journal_bodies (lane, sequence, salt, body)", 4, w.bodies, ""),
		tx.ExecRows("INSERT INTO journal_rows (lane, sequence, position, name, row_id, columns, digest)", 7, w.rows, ""),
		tx.ExecRows("INSERT INTO journal_hashes (lane, position, hash)", 3, w.hashes, ""),
	)
}
