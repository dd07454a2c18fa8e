package lrs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
)

// PageMax is the largest page of statements, and what a reader gets who names no
// limit.
const PageMax = 500

// pageBytes bounds the bytes of one page: of the statements as they are stored and as
// they are written, with the definitions that are read for them. The first statement
// always goes.
const pageBytes = 16 << 20

// definitionsMax bounds what canonical definitions may add to one statement: eight of
// the largest, and some hundreds as they usually are. Beyond it activities are as they
// were sent ([statement.Canon.Room]).
const definitionsMax = 8 * definitionMax

// row is a stored statement.
type row struct {
	stored    int64
	id        statement.UUID
	authority int64
	version   statement.Version
	voided    bool
	person    id.Person // whose it is, if it is anybody's whom we know
	body      []byte
}

const rowColumns = `s.stored, s.id, s.authority, s.version, s.voided, s.person, s.body`

func scanRow(r interface{ Scan(dest ...any) error }) (row, error) {
	var x row
	var id []byte
	var version, voided int64
	if err := r.Scan(&x.stored, &id, &x.authority, &version, &voided, &x.person, &x.body); err != nil {
		return x, err
	}
	if len(id) != len(x.id) {
		return x, fmt.Errorf("lrs: the statement stored at %d has an id of %d bytes", x.stored, len(id))
	}
	copy(x.id[:], id)
	x.version, x.voided = statement.Version(version), voided != 0
	return x, nil
}

// read reads the statement again: it kept every rule when it came.
func (r row) read() (*statement.Statement, error) {
	v, err := statement.ParseJSON(r.body)
	if err == nil {
		var st *statement.Statement
		if st, err = statement.Read(v, r.version); err == nil {
			return st, nil
		}
	}
	return nil, fmt.Errorf("lrs: the statement %s is damaged: %w", r.id, err)
}

func one(tx *db.Tx, stored int64) (row, error) {
	return scanRow(tx.QueryRow(`SELECT `+rowColumns+` FROM lrs_statements s WHERE s.stored = ?1`, stored))
}

func byID(tx *db.Tx, id statement.UUID) (row, error) {
	var stored int64
	if err := tx.QueryRow(`SELECT stored FROM lrs_ids WHERE id = ?1`, id[:]).Scan(&stored); err != nil {
		return row{}, err
	}
	return one(tx, stored)
}

// Query says which statements are wanted, and in which form.
type Query struct {
	Agent                            *statement.Agent
	Verb, Activity                   string
	Registration                     *statement.UUID
	RelatedAgents, RelatedActivities bool
	Since                            time.Time  // exclusive; zero is none
	Until                            *time.Time // inclusive
	Ascending                        bool
	Limit                            int   // 0 is as many as there may be
	After                            int64 // where the page before ended; 0 is the beginning
	Form

	voided bool  // those that are voided, too
	most   int64 // how far the index is counted at first; 0 is countMin
}

// Form is the form in which statements are written.
type Form struct {
	// Format is "exact" (or empty), "ids" or "canonical". Canonical definitions add at
	// most 2 MiB to a statement: those beyond are as they were sent.
	Format string
	// Languages are what the reader wants, best first, for "canonical".
	Languages []string
	// Attachments asks for the files, too.
	Attachments bool
}

// Page is an answer to a [Query].
type Page struct {
	// Statements are JSON texts.
	Statements [][]byte
	// Attachments are the files of these statements.
	Attachments []File
	// More is where the next page goes on; 0 if there is none.
	More int64
	// Through is the instant up to which every statement could be seen.
	Through time.Time
	// Stored is when the last of these statements was stored.
	Stored time.Time
	// People are those whom these statements are about, as far as we know them.
	People []id.Person
}

// condition is a set of keys of which a statement has to have one.
type condition []int64

// conditions returns what a query asks of the index, pairs in place of the
// single keys that they imply.
func (q Query) conditions(salt []byte) []condition {
	key := func(facet byte, values ...string) int64 { return indexKey(salt, facet, values...) }
	var out []condition
	agent, registration := "", ""
	plainAgent, plainActivity := q.Agent != nil && !q.RelatedAgents, q.Activity != "" && !q.RelatedActivities
	if q.Agent != nil {
		agent = q.Agent.Key()
	}
	if q.Registration != nil {
		registration = q.Registration.String()
	}
	var paired [4]bool // agent, verb, activity, registration
	pair := func(there bool, a, b int, c condition) {
		if there {
			paired[a], paired[b] = true, true
			out = append(out, c)
		}
	}
	pair(plainAgent && q.Verb != "", 0, 1, condition{key(facetAgentVerb, agent, q.Verb)})
	pair(plainAgent && plainActivity, 0, 2, condition{key(facetAgentActivity, agent, q.Activity)})
	pair(plainActivity && q.Verb != "", 2, 1, condition{key(facetActivityVerb, q.Activity, q.Verb)})
	pair(registration != "" && q.Verb != "", 3, 1, condition{key(facetRegVerb, registration, q.Verb)})
	single := func(there bool, i int, c condition) {
		if there && !paired[i] {
			out = append(out, c)
		}
	}
	single(plainAgent, 0, condition{key(facetAgent, agent)})
	single(q.Agent != nil && q.RelatedAgents, 0,
		condition{key(facetAgent, agent), key(facetRelatedAgent, agent), key(facetAuthority, agent)})
	single(q.Verb != "", 1, condition{key(facetVerb, q.Verb)})
	single(plainActivity, 2, condition{key(facetActivity, q.Activity)})
	single(q.Activity != "" && q.RelatedActivities, 2,
		condition{key(facetActivity, q.Activity), key(facetRelatedActivity, q.Activity)})
	single(registration != "", 3, condition{key(facetRegistration, registration)})
	return out
}

// limits returns what a key may see: nothing but its own, or its programme's,
// agency's or registration's.
func (k Key) limits(salt []byte) []condition {
	var out []condition
	if !k.May(ScopeRead) {
		out = append(out, condition{indexKey(salt, facetAuthority, k.agent)})
	}
	if k.Programme != "" {
		out = append(out, condition{indexKey(salt, facetProgramme, k.Programme)})
	}
	if k.Agency != "" {
		out = append(out, condition{indexKey(salt, facetAgency, k.Agency)})
	}
	if k.Registration != nil {
		out = append(out, condition{indexKey(salt, facetRegistration, k.Registration.String())})
	}
	return out
}

// registered reports whether a statement is of the registration that the key is
// limited to. One that only refers to a statement of it is found by it, and is not.
func (k Key) registered(r row) (bool, error) {
	if k.Registration == nil {
		return true, nil
	}
	st, err := r.read()
	if err != nil {
		return false, err
	}
	return st.HasRegistration && st.Registration == *k.Registration, nil
}

const (
	errMayNotRead  = reason("this key may not read statements")
	errNoStatement = reason("there is no such statement")
)

// Find returns a page of statements that are not voided, newest first or oldest
// first.
func (s *Service) Find(ctx context.Context, k Key, q Query) (Page, error) {
	if !k.May(ScopeReadMine) {
		return Page{}, refuse(fault.Denied, errMayNotRead.Error())
	}
	salt, err := s.salt(ctx)
	if err != nil {
		return Page{}, err
	}
	if err := s.tick(ctx); err != nil {
		return Page{}, err
	}
	var p Page
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		if p.Through, err = s.through(tx); err != nil {
			return err
		}
		rows, more, err := q.rows(tx, append(q.conditions(salt), k.limits(salt)...))
		if err != nil {
			return err
		}
		if more {
			p.More = rows[len(rows)-1].stored
		}
		w := s.pageWriter(tx, &p, k, q.Form)
		for i, r := range rows {
			own, err := k.registered(r)
			if err != nil {
				return err
			}
			if !own {
				continue
			}
			full, err := w.write(r)
			if err != nil {
				return err
			}
			if full {
				p.More = rows[i-1].stored
				break
			}
			p.Stored = later(p.Stored, instant(r.stored))
		}
		return nil
	})
	return p, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// through is the instant up to which every statement is there: the head of the
// chain as this snapshot sees it. Instants are given out in the order in which
// transactions commit, so none can come before it any more.
func (s *Service) through(tx *db.Tx) (time.Time, error) {
	var stored int64
	err := tx.QueryRow(`SELECT stored FROM lrs_heads WHERE lane = ?1`, db.XAPI.String()).Scan(&stored)
	s.head.note(stored)
	return instant(stored), err
}

// headAge is how far the head may stay behind the clock while somebody reads.
const headAge = time.Second

// tick moves the head of the chain to the present if it has stayed behind: a
// reader who waits for a moment to have passed would otherwise wait for the next
// statement. It is a write like any other, so what it promises holds for every
// instance; it happens at most once in [headAge], and only if somebody reads.
func (s *Service) tick(ctx context.Context) error {
	if s.DB.Refusal() != nil || !s.head.behind(db.Micros(s.DB.Clock().Now())) {
		return nil //nolint:nilerr // a database that refuses writes is read as it lies
	}
	return s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE lrs_heads SET stored = ?2 WHERE lane = ?1 AND stored < ?2`, db.XAPI.String(), db.Micros(tx.Now()))
		return err
	})
}

// lastHead is the last head that this instance has seen.
type lastHead struct{ seen, ticked atomic.Int64 }

func (h *lastHead) note(stored int64) {
	for {
		old := h.seen.Load()
		if stored <= old || h.seen.CompareAndSwap(old, stored) {
			return
		}
	}
}

// known returns the last head, and whether it has stayed behind the clock.
func (h *lastHead) known(now int64) (t time.Time, late bool) {
	seen := h.seen.Load()
	return instant(seen), now-seen >= headAge.Microseconds()
}

// behind reports whether the caller should move the head to now. Of several
// callers one is told so.
func (h *lastHead) behind(now int64) bool {
	age := headAge.Microseconds()
	if now-h.seen.Load() < age {
		return false
	}
	last := h.ticked.Load()
	return now-last >= age && h.ticked.CompareAndSwap(last, now)
}

// Get returns one statement: one that is voided if voided is set, and otherwise
// one that is not.
func (s *Service) Get(ctx context.Context, k Key, id statement.UUID, voided bool, f Form) (Page, error) {
	if !k.May(ScopeReadMine) {
		return Page{}, refuse(fault.Denied, errMayNotRead.Error())
	}
	salt, err := s.salt(ctx)
	if err != nil {
		return Page{}, err
	}
	if err := s.tick(ctx); err != nil {
		return Page{}, err
	}
	var p Page
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		if p.Through, err = s.through(tx); err != nil {
			return err
		}
		r, err := byID(tx, id)
		if err == nil {
			for _, c := range k.limits(salt) {
				var n int64
				if err := tx.QueryRow(`SELECT COUNT(*) FROM lrs_index WHERE key = ?1 AND stored = ?2`, c[0], r.stored).Scan(&n); err != nil {
					return err
				}
				if n == 0 {
					err = sql.ErrNoRows
				}
			}
			if r.voided != voided {
				err = sql.ErrNoRows
			}
		}
		if errors.Is(err, sql.ErrNoRows) {
			return refuse(fault.NotFound, errNoStatement.Error())
		}
		if err != nil {
			return err
		}
		p.Stored = instant(r.stored)
		own, err := k.registered(r)
		if err != nil {
			return err
		}
		if !own {
			return refuse(fault.NotFound, errNoStatement.Error())
		}
		_, err = s.pageWriter(tx, &p, k, f).write(r)
		return err
	})
	return p, err
}

// Through returns the instant up to which every statement can be seen.
func (s *Service) Through(ctx context.Context) (t time.Time, err error) {
	if _, err = s.salt(ctx); err != nil {
		return t, err
	}
	if err = s.tick(ctx); err != nil {
		return t, err
	}
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		t, err = s.through(tx)
		return err
	})
	return t, err
}

// pageWriter writes statements, in the form that was asked for, to a page that a key is
// shown.
type pageWriter struct {
	s     *Service
	tx    *db.Tx
	page  *Page
	form  Form
	canon statement.Canon
	size  int   // of what was written, and of the definitions that were read for it
	err   error // of reading a definition
}

func (s *Service) pageWriter(tx *db.Tx, p *Page, k Key, f Form) *pageWriter {
	w := &pageWriter{s: s, tx: tx, page: p, form: f}
	w.canon = statement.Canon{Languages: f.Languages, Room: definitionsMax, Definition: func(activity string) []byte {
		b, err := s.definition(tx, k, activity)
		if err != nil {
			w.err = err
		}
		w.size += len(b)
		return b
	}}
	return w
}

// write appends a statement, unless the page is full without it.
func (w *pageWriter) write(r row) (full bool, err error) {
	v, err := statement.ParseJSON(r.body)
	if err != nil {
		return false, fmt.Errorf("lrs: the statement %s is damaged: %w", r.id, err)
	}
	o := statement.Owned{ID: r.id, Stored: instant(r.stored), Version: r.version}
	if o.Authority, err = w.s.authority(w.tx, r.authority); err != nil {
		return false, err
	}
	dst := make([]byte, 0, len(r.body)+384)
	switch w.form.Format {
	case "ids":
		dst = statement.AppendIDs(dst, v, o)
	case "canonical":
		if dst = statement.AppendCanonical(dst, v, o, &w.canon); w.err != nil {
			return false, w.err
		}
	default:
		dst = statement.AppendExact(dst, v, o)
	}
	if w.size += len(dst); w.size > pageBytes && len(w.page.Statements) > 0 {
		return true, nil
	}
	w.page.Statements = append(w.page.Statements, dst)
	if r.person != "" && !slices.Contains(w.page.People, r.person) {
		w.page.People = append(w.page.People, r.person)
	}
	if w.form.Attachments {
		return false, w.s.files(w.tx, w.page, r)
	}
	return false, nil
}

func (s *Service) authority(tx *db.Tx, id int64) ([]byte, error) {
	if b := s.vouchers.get(id); b != nil {
		return b, nil
	}
	var b []byte
	if err := tx.QueryRow(`SELECT body FROM lrs_authorities WHERE id = ?1`, id).Scan(&b); err != nil {
		return nil, fmt.Errorf("lrs: an authority: %w", err)
	}
	s.vouchers.put(id, b)
	return b, nil
}

// definition returns the canonical definition of an activity as far as a key is told
// of it, nil if there is none.
func (s *Service) definition(tx *db.Tx, k Key, activity string) ([]byte, error) {
	salt, err := s.salt(context.Background()) // it is known by now: someone has read or written
	if err != nil {
		return nil, err
	}
	var b []byte
	err = tx.QueryRow(`SELECT definition FROM lrs_activities WHERE id = ?1`, k.definition(salt, activity)).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return b, err
}

// Activity returns the Activity of an id with all that is known of it, as JSON.
func (s *Service) Activity(ctx context.Context, k Key, id string) ([]byte, error) {
	if !k.May(ScopeReadMine) && !k.May(ScopeProfile) && !k.May(ScopeState) {
		return nil, refuse(fault.Denied, "this key may not read activities")
	}
	if _, err := s.salt(ctx); err != nil {
		return nil, err
	}
	var out []byte
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		d, err := s.definition(tx, k, id)
		out = statement.AppendActivity(nil, id, d)
		return err
	})
	return out, err
}
