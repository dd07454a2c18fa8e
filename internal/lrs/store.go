package lrs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
)

// BatchMax bounds the statements of one request.
const BatchMax = 5000

// Files are the attachments that came with a batch, by their SHA-2 hash.
type Files map[string]blob.Stored

// incoming is a statement on its way into the store.
type incoming struct {
	*statement.Statement
	id     statement.UUID
	digest [32]byte
	keys   []int64 // of its content
	from   *source
	stored int64
	person string
	known  bool // it was there already
}

// source is who sent statements, and what came with them.
type source struct {
	key       Key
	version   statement.Version
	files     Files
	authority int64   // of the key, in lrs_authorities
	keys      []int64 // of lrs_index, that say whose a statement is
	within    []int64 // those of them that the key is limited by
	voids     []int64 // those of them that what it voids has too
}

func newSource(salt []byte, k Key, v statement.Version, files Files) *source {
	f := &source{key: k, version: v, files: files, authority: indexKey(salt, facetAuthority, string(k.Authority))}
	f.within = within(salt, k.Programme, k.Agency)
	mine := indexKey(salt, facetAuthority, k.agent)
	f.keys = append([]int64{mine}, within(salt, k.programme(), k.Agency)...)
	f.voids = k.voids(f.within, mine)
	return f
}

// voids returns the keys of what the key may void: it voids nothing that it may not read.
func (k Key) voids(within []int64, mine int64) []int64 {
	if k.May(ScopeRead) {
		return within
	}
	return append([]int64{mine}, within...)
}

// within returns the keys of what was written within a programme and an agency, as
// far as they are named.
func within(salt []byte, programme, agency string) (keys []int64) {
	if programme != "" {
		keys = append(keys, indexKey(salt, facetProgramme, programme))
	}
	if agency != "" {
		keys = append(keys, indexKey(salt, facetAgency, agency))
	}
	return keys
}

// whose is where statements of an authority belong.
type whose struct{ keys, within, voids []int64 }

// belongs returns the keys by which statements of an authority are its key's, its
// programme's and its agency's, those of them that the key is limited by, and those of
// what it voids.
func (w *writer) belongs(authority int64) (whose, error) {
	if known, ok := w.whose[authority]; ok {
		return known, nil
	}
	var body []byte
	if err := w.tx.QueryRow(`SELECT body FROM lrs_authorities WHERE id = ?1`, authority).Scan(&body); err != nil {
		return whose{}, err
	}
	v, err := statement.ParseJSON(body)
	if err != nil {
		return whose{}, err
	}
	a, err := statement.ReadAgent(v, statement.V2)
	if err != nil {
		return whose{}, err
	}
	k, err := scanKey(w.tx.QueryRow(`SELECT `+keyColumns+` FROM lrs_keys WHERE id = ?1`, strings.TrimPrefix(a.Value, "key:")))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		k = Key{Scopes: []Scope{ScopeAll}} // the instance's own
	case err != nil:
		return whose{}, err
	}
	mine := indexKey(w.salt, facetAuthority, a.Key())
	of := whose{within: within(w.salt, k.Programme, k.Agency)}
	of.keys, of.voids = append([]int64{mine}, of.within...), k.voids(of.within, mine)
	if w.whose == nil {
		w.whose = map[int64]whose{}
	}
	w.whose[authority] = of
	return of, nil
}

// Store keeps a batch of statements, all or none, in the order given, and
// returns their ids. A statement that is there already, and is the same, is
// passed over; another one under the same id is a [fault.Conflict].
func (s *Service) Store(ctx context.Context, k Key, v statement.Version, batch []*statement.Statement, files Files) ([]statement.UUID, error) {
	if !k.May(ScopeWrite) {
		return nil, refuse(fault.Denied, "this key may not write statements")
	}
	p, err := s.Prepare(ctx, batch)
	if err != nil || len(p.in) == 0 {
		return p.IDs, err
	}
	if err := s.together(ctx, &request{p: p, from: newSource(p.salt, k, v, files)}); err != nil {
		return nil, err
	}
	return p.IDs, nil
}

// Prepared is a batch of statements ready to be stored.
type Prepared struct {
	IDs  []statement.UUID
	in   []incoming
	salt []byte
}

// Prepare makes a batch ready for [Service.StoreIn]. Before its first call the
// database may have to be written, so that one is made outside of a transaction.
func (s *Service) Prepare(ctx context.Context, batch []*statement.Statement) (p Prepared, err error) {
	if len(batch) > BatchMax {
		return p, refuse(fault.Invalid, fmt.Sprintf("a batch holds at most %d statements", BatchMax))
	}
	if p.salt, err = s.salt(ctx); err != nil {
		return p, err
	}
	p.in, p.IDs, err = prepare(p.salt, batch)
	return p, err
}

// StoreIn is [Service.Store] within a transaction of lane [db.XAPI], or of
// [db.Main], which it makes join that. Before anything is written, judge is given
// the statements that are not there yet; its error refuses the batch. judge may
// be nil.
func (s *Service) StoreIn(tx *db.Tx, k Key, v statement.Version, p Prepared, files Files, judge func(fresh []*statement.Statement) error) error {
	if err := tx.Join(db.XAPI); err != nil {
		return err
	}
	w := writer{s: s, tx: tx, salt: p.salt, now: db.Micros(tx.Now()), judge: judge}
	return w.write(p.by(newSource(p.salt, k, v, files)))
}

// by returns the statements of a batch as somebody's, for one try to write them.
func (p Prepared) by(from *source) []incoming {
	in := slices.Clone(p.in)
	for i := range in {
		in[i].from = from
	}
	return in
}

// prepare does before the transaction what needs no database.
func prepare(salt []byte, batch []*statement.Statement) ([]incoming, []statement.UUID, error) {
	in := make([]incoming, len(batch))
	ids := make([]statement.UUID, len(batch))
	there := make(map[statement.UUID]bool, len(batch))
	for i, st := range batch {
		in[i] = incoming{Statement: st, id: st.ID, digest: st.Digest(), keys: contentKeys(salt, st)}
		if !st.HasID {
			in[i].id, _ = statement.ParseUUID(id.New[string]())
		}
		if there[in[i].id] {
			return nil, nil, invalid(&statement.Error{Path: st.Value().Path() + ".id", Reason: "is the id of an earlier statement of this batch, too"})
		}
		there[in[i].id] = true
		ids[i] = in[i].id
		for _, a := range st.Attachments {
			if !oneHeader(a.ContentType) {
				return nil, nil, invalid(&statement.Error{Path: st.Value().Path() + ".attachments", Reason: "holds a contentType that is no media type"})
			}
		}
	}
	return in, ids, nil
}

// contentKeys returns the keys of lrs_index that a statement's content is found
// by, without doubles.
func contentKeys(salt []byte, st *statement.Statement) []int64 {
	keys := make([]int64, 0, 12)
	add := func(facet byte, values ...string) { keys = append(keys, indexKey(salt, facet, values...)) }
	add(facetVerb, st.Verb)
	agents := distinct(st.Agents)
	for _, a := range agents {
		add(facetAgent, a)
		add(facetAgentVerb, a, st.Verb)
		if st.Activity != "" {
			add(facetAgentActivity, a, st.Activity)
		}
	}
	if st.Activity != "" {
		add(facetActivity, st.Activity)
		add(facetActivityVerb, st.Activity, st.Verb)
	}
	if st.HasRegistration {
		r := st.Registration.String()
		add(facetRegistration, r)
		add(facetRegVerb, r, st.Verb)
	}
	for _, a := range distinct(st.Related) {
		if _, there := slices.BinarySearch(agents, a); !there { // a group may have very many members
			add(facetRelatedAgent, a)
		}
	}
	for _, a := range distinct(st.RelatedActivities) {
		if a != st.Activity {
			add(facetRelatedActivity, a)
		}
	}
	return keys
}

// distinct returns each text once, in order.
func distinct(in []string) []string {
	if len(in) < 2 {
		return in
	}
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

// writer writes statements inside their transaction.
type writer struct {
	s     *Service
	tx    *db.Tx
	salt  []byte
	now   int64
	judge func(fresh []*statement.Statement) error
	// own says that the statements are this instance's: one whose id is there is
	// passed over, whatever it says.
	own bool

	fresh []*incoming
	whose map[int64]whose // by authority, as far as it was asked for
}

func (w *writer) write(in []incoming) error {
	if err := w.sift(in); err != nil {
		return err
	}
	if len(w.fresh) == 0 {
		return nil
	}
	if w.judge != nil {
		fresh := make([]*statement.Statement, len(w.fresh))
		for i, n := range w.fresh {
			fresh[i] = n.Statement
		}
		if err := w.judge(fresh); err != nil {
			return err
		}
	}
	if err := w.advance(); err != nil {
		return err
	}
	if err := w.vouch(); err != nil {
		return err
	}
	for _, n := range w.fresh {
		var err error
		if n.person, err = w.s.personOf(w.tx, n.Account); err != nil {
			return err
		}
	}
	if err := w.insert(); err != nil {
		return err
	}
	if err := w.follow(); err != nil {
		return err
	}
	if err := w.define(); err != nil {
		return err
	}
	return w.attach()
}

// sift finds out which statements are there already.
func (w *writer) sift(in []incoming) error {
	byID := map[statement.UUID]*incoming{}
	var args []any
	for i := range in {
		n := &in[i]
		if n.HasID {
			byID[n.id] = n
			args = append(args, n.id[:])
		}
	}
	type row struct {
		id, digest []byte
		stored     int64
	}
	rows, err := db.QueryIn(w.tx, func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.id, &x.digest, &x.stored) },
		`SELECT id, digest, stored FROM lrs_ids WHERE id IN `, args)
	if err != nil {
		return err
	}
	for _, x := range rows {
		n := byID[statement.UUID(x.id)]
		if !w.own && !bytes.Equal(x.digest, n.digest[:]) {
			if err := w.same(n, x.stored); err != nil {
				return err
			}
		}
		n.known = true
	}
	for i := range in {
		if !in[i].known {
			w.fresh = append(w.fresh, &in[i])
		}
	}
	return nil
}

// same decides about a statement whose digest is not that of the one that is
// there: somebody may send back what she was given, with the timestamp that the
// record store added.
func (w *writer) same(n *incoming, stored int64) error {
	conflict := refuse(fault.Conflict, "another statement has the id "+n.id.String())
	r, err := one(w.tx, stored)
	if errors.Is(err, sql.ErrNoRows) {
		return conflict // it was erased
	}
	if err != nil {
		return err
	}
	old, err := r.read()
	if err != nil {
		return err
	}
	if !old.HasTime && n.HasTime && db.Micros(n.Time) == stored && old.Digest() == n.DigestWithoutTime() {
		return nil
	}
	return conflict
}

// advance moves the head of the chain by the fresh statements, and gives each
// its instant, which is its place in the order as well: no two have the same.
func (w *writer) advance() error {
	var last, count int64
	var hash []byte
	if err := w.tx.QueryRow(`SELECT stored, statements, hash FROM lrs_heads WHERE lane = ?1`, db.XAPI.String()).
		Scan(&last, &count, &hash); err != nil {
		return err
	}
	next := max(w.now, last+1)
	for _, n := range w.fresh {
		n.stored = next
		hash = link(hash, n.stored, n.id, n.digest)
		next++
	}
	w.tx.AfterCommit(func() { w.s.head.note(next - 1) })
	return w.tx.Later(`UPDATE lrs_heads SET stored = ?2, statements = ?3, hash = ?4 WHERE lane = ?1`,
		db.XAPI.String(), next-1, count+int64(len(w.fresh)), hash)
}

// link is one link of the chain.
func link(before []byte, stored int64, id statement.UUID, digest [32]byte) []byte {
	b := make([]byte, 0, 96)
	b = append(b, before...)
	b = binary.BigEndian.AppendUint64(b, uint64(stored))
	b = append(b, id[:]...)
	b = append(b, digest[:]...)
	sum := sha256.Sum256(b)
	return sum[:]
}

// vouch makes sure that each key's authority has a row.
func (w *writer) vouch() error {
	for i, n := range w.fresh {
		if i > 0 && n.from == w.fresh[i-1].from || w.s.vouchers.get(n.from.authority) != nil {
			continue
		}
		id, body := n.from.authority, n.from.key.Authority
		if _, err := w.tx.Exec(`INSERT INTO lrs_authorities (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING`, id, body); err != nil {
			return err
		}
		w.tx.AfterCommit(func() { w.s.vouchers.put(id, body) })
	}
	return nil
}

func (w *writer) insert() error {
	statements := make([]any, 0, 7*len(w.fresh))
	ids := make([]any, 0, 3*len(w.fresh))
	var targets []any
	index := make([]posting, 0, 10*len(w.fresh))
	for _, n := range w.fresh {
		statements = append(statements, n.stored, n.id[:], n.from.authority, int64(n.from.version), int64(0), n.person, n.Bytes())
		ids = append(ids, n.id[:], n.stored, n.digest[:])
		if n.HasTarget {
			targets = append(targets, n.Target[:], n.stored)
		}
		for _, k := range n.keys {
			index = append(index, posting{k, n.stored})
		}
		for _, k := range n.from.keys {
			index = append(index, posting{k, n.stored})
		}
	}
	return errors.Join(
		w.tx.ExecRows("INSERT INTO lrs_statements (stored, id, authority, version, voided, person, body)", 7, statements, ""),
		w.tx.ExecRows("INSERT INTO lrs_ids (id, stored, digest)", 3, ids, ""),
		w.tx.ExecRows("INSERT INTO lrs_targets (target, stored)", 2, targets, ""),
		w.post(index, ""),
	)
}

// posting is a row of lrs_index.
type posting struct{ key, stored int64 }

// post writes postings, ordered so that each page of the index is met once. tail says
// what is done where one is there already, as of [db.Tx.ExecRows]: of statements that are
// new there is none, and PostgreSQL writes faster what it need not look for.
func (w *writer) post(ps []posting, tail string) error {
	slices.SortFunc(ps, func(a, b posting) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return int(a.stored - b.stored)
	})
	ps = slices.Compact(ps)
	args := make([]any, 0, 2*len(ps))
	for _, p := range ps {
		args = append(args, p.key, p.stored)
	}
	return w.tx.ExecRows("INSERT INTO lrs_index (key, stored)", 2, args, tail)
}

// places writes n placeholders, of which the first is ?from.
func places(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "?%d", from+i)
	}
	return b.String()
}

// define merges the definitions that came into the canonical ones: what came for one
// first, so that a large one is read and written once, however often it is mentioned.
func (w *writer) define() error {
	type said struct {
		activity string
		raw      [][]byte // in the order in which it came
	}
	of := map[int64]*said{}
	var keys []int64
	for _, n := range w.fresh {
		for _, d := range n.Definitions {
			if len(d.Raw) > definitionMax {
				continue // it is kept in its statement, and there alone
			}
			for _, key := range n.from.key.definitions(w.salt, d.Activity) {
				s := of[key]
				if s == nil {
					s = &said{activity: d.Activity}
					of[key], keys = s, append(keys, key)
				}
				if len(s.raw) == 0 || !bytes.Equal(s.raw[len(s.raw)-1], d.Raw) {
					s.raw = append(s.raw, d.Raw)
				}
			}
		}
	}
	for _, key := range keys {
		s := of[key]
		sum := sha256.Sum256(s.raw[len(s.raw)-1])
		if len(s.raw) == 1 && w.s.defined.has(key, sum, w.now) {
			continue
		}
		raw, err := mergeAll(s.raw)
		if err != nil {
			return err
		}
		if err := w.defineAt(key, s.activity, raw); err != nil {
			return err
		}
		w.tx.AfterCommit(w.s.defined.begin(key, sum))
	}
	return nil
}

// mergeAll merges definitions, the oldest first, by pairs of neighbours: each is read a
// few times, and not once for every one behind it.
func mergeAll(all [][]byte) ([]byte, error) {
	for len(all) > 1 {
		half := make([][]byte, 0, (len(all)+1)/2)
		for pair := range slices.Chunk(all, 2) {
			both := pair[0]
			if len(pair) > 1 {
				var err error
				if both, err = merge(pair[0], pair[1]); err != nil {
					return nil, err
				}
			}
			half = append(half, both)
		}
		all = half
	}
	return all[0], nil
}

// merge merges two definitions. Where they are too much together, the newer stands.
func merge(older, newer []byte) ([]byte, error) {
	merged, err := statement.MergeDefinitions(older, newer)
	if err != nil {
		return nil, fmt.Errorf("lrs: the definition of an activity: %w", err)
	}
	if len(merged) > definitionMax {
		return newer, nil
	}
	return merged, nil
}

func (w *writer) defineAt(key int64, activity string, raw []byte) error {
	var have []byte
	err := w.tx.QueryRow(`SELECT definition FROM lrs_activities WHERE id = ?1`, key).Scan(&have)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	merged, err := merge(have, raw)
	if err != nil {
		return err
	}
	if bytes.Equal(merged, have) {
		return nil
	}
	_, err = w.tx.Exec(`INSERT INTO lrs_activities (id, activity, definition, updated_at) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, updated_at = excluded.updated_at`, key, activity, merged, w.now)
	return err
}

// definitionMax bounds what statements may gather in one activity's definition.
const definitionMax = 256 << 10

// agentJSON writes an account as an Agent.
func agentJSON(home, account, name string) []byte {
	type acc struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	}
	b, err := json.Marshal(struct {
		ObjectType string `json:"objectType"`
		Name       string `json:"name,omitempty"`
		Account    acc    `json:"account"`
	}{"Agent", name, acc{home, account}})
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// instant is a statement's place in the order as an instant.
func instant(stored int64) time.Time { return time.UnixMicro(stored).UTC() }
