package lrs

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs/statement"
)

// KindErased is the kind of the entry that says which statements an erasure took.
// By it [Service.Verify] tells what was erased from what was deleted behind
// Cadre's back.
const KindErased = "lrs.statements-erased"

// statementsErased is the body of an entry of [KindErased], version 1.
type statementsErased struct {
	Statements int64 `json:"statements"`
	// Digest is the hash of their ids and digests, by id, in hexadecimal.
	Digest string `json:"digest"`
}

// Forget removes what finds a person's statements, and writes down, for
// [Service.Verify], that they were erased. It is called in the transaction that
// erases her, before the rows about her are deleted as [Tables] declares, and
// makes it serial with whoever writes statements: none is left behind by somebody
// who still knew her pseudonym. The ids and digests of her statements stay, so
// that nobody stores them again: they are random, or hashes of texts that hold
// her pseudonym, which goes.
//
// A statement of somebody else that names her as well, as one of a group, as an
// instructor or as what it is about, stays as it came, since nothing ever rewrites
// one. It is no longer found by her, and nobody can tell any more whose the pseudonym
// in it was.
//
// home is the home page of the accounts of this instance. programmes are the keys of
// those in which something may have been written about her by a key that is not limited
// to it ([Key.Within]).
func Forget(tx *db.Tx, p id.Person, home string, programmes ...string) error {
	if err := tx.Join(db.XAPI); err != nil {
		return err
	}
	var salt []byte
	err := tx.QueryRow(`SELECT salt FROM lrs_heads WHERE lane = ?1`, db.XAPI.String()).Scan(&salt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // no statement was ever stored
	}
	if err != nil {
		return err
	}
	hers, err := db.Collect(tx, func(r *db.Rows) (row, error) { return scanRow(r) },
		`SELECT `+rowColumns+` FROM lrs_statements s WHERE s.person = ?1 AND s.person <> '' ORDER BY s.stored`, p)
	if err != nil {
		return err
	}
	f := forgetter{w: writer{tx: tx, salt: salt}}
	for _, key := range programmes {
		f.within = append(f.within, indexKey(salt, facetProgramme, key))
	}
	names, err := db.Collect(tx, func(r *db.Rows) (name string, err error) { return name, r.Scan(&name) },
		`SELECT name FROM lrs_accounts WHERE person = ?1`, p)
	if err != nil {
		return err
	}
	for _, name := range names {
		f.accounts = append(f.accounts, statement.Account{HomePage: home, Name: name})
	}
	for _, r := range hers {
		if err := f.statement(r); err != nil {
			return err
		}
	}
	more, err := f.others(p, hers)
	if err != nil {
		return err
	}
	if hers = append(hers, more...); len(hers) > 0 {
		if err := forgetFiles(tx, p); err != nil {
			return err
		}
	}
	if err := f.remove(); err != nil || len(hers) == 0 {
		return err
	}
	return mark(tx, hers)
}

// forgetter gathers the postings of statements that go.
type forgetter struct {
	w        writer
	within   []int64 // the keys of programmes that any of them may be found by
	accounts []statement.Account
	gone     []posting
}

// others forgets a person in the statements that are found by her accounts and are not
// among hers. It returns those that are hers none the less, since an earlier version
// did not see whose they are, and makes them so.
func (f *forgetter) others(p id.Person, hers []row) (more []row, err error) {
	met := make(map[int64]bool, len(hers))
	for _, r := range hers {
		met[r.stored] = true
	}
	for _, a := range f.accounts {
		agent := agentOf(a).Key()
		places, err := db.Collect(f.w.tx, func(r *db.Rows) (at int64, err error) { return at, r.Scan(&at) },
			`SELECT stored FROM lrs_index WHERE key IN (?1, ?2) ORDER BY stored`,
			indexKey(f.w.salt, facetAgent, agent), indexKey(f.w.salt, facetRelatedAgent, agent))
		if err != nil {
			return nil, err
		}
		for _, at := range places {
			if met[at] {
				continue
			}
			met[at] = true
			r, err := one(f.w.tx, at)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return nil, err
			}
			st, err := r.read()
			if err != nil {
				return nil, err
			}
			if !slices.Contains(f.accounts, st.Account) {
				if err := f.unname(r, st); err != nil {
					return nil, err
				}
				continue
			}
			for _, q := range []string{`UPDATE lrs_statements SET person = ?2 WHERE stored = ?1`, `UPDATE lrs_attachments SET person = ?2 WHERE stored = ?1`} {
				if _, err := f.w.tx.Exec(q, r.stored, p); err != nil {
					return nil, err
				}
			}
			if err := f.statement(r); err != nil {
				return nil, err
			}
			more = append(more, r)
		}
	}
	return more, nil
}

// unname gathers the postings by which a statement is found by her accounts, through
// itself and through what it refers to.
func (f *forgetter) unname(r row, st *statement.Statement) (err error) {
	for range chainMax + 2 {
		for _, a := range f.accounts {
			agent := agentOf(a).Key()
			for _, k := range []int64{
				indexKey(f.w.salt, facetAgent, agent), indexKey(f.w.salt, facetRelatedAgent, agent),
				indexKey(f.w.salt, facetAgentVerb, agent, st.Verb), indexKey(f.w.salt, facetAgentActivity, agent, st.Activity),
			} {
				f.gone = append(f.gone, posting{k, r.stored})
			}
		}
		if !st.HasTarget {
			break
		}
		if st, err = f.w.find(st.Target); err != nil || st == nil {
			return err
		}
	}
	return nil
}

func agentOf(a statement.Account) statement.Agent {
	return statement.Agent{Kind: "account", HomePage: a.HomePage, Value: a.Name}
}

func (f *forgetter) statement(r row) error {
	st, err := r.read()
	if err != nil {
		return err
	}
	for _, a := range f.accounts {
		if a.Name == st.Account.Name && !slices.Contains(f.accounts, st.Account) { // from before the instance had another address
			f.accounts = append(f.accounts, st.Account)
		}
	}
	own := contentKeys(f.w.salt, st)
	area, err := f.w.belongs(r.authority)
	if err != nil {
		return err
	}
	keys := slices.Concat(own, area.keys, f.within, f.programmes(st))
	var beyond []int64
	if st.HasTarget {
		if beyond, err = f.w.beyond(nil, st.Target, []statement.UUID{r.id}); err != nil {
			return err
		}
		if _, err := f.w.tx.Exec(`DELETE FROM lrs_targets WHERE target = ?1 AND stored = ?2`, st.Target[:], r.stored); err != nil {
			return err
		}
	}
	for _, k := range slices.Concat(keys, beyond) {
		f.gone = append(f.gone, posting{k, r.stored})
	}
	// What refers to her statement is no longer found by what it said.
	return f.w.referrers(r.id, func(in row, from *statement.Statement) error {
		keep := contentKeys(f.w.salt, from)
		for at := from.Target; at != r.id; {
			between, err := f.w.find(at)
			if err != nil {
				return err
			}
			if between == nil || !between.HasTarget {
				break
			}
			keep = append(keep, contentKeys(f.w.salt, between)...)
			at = between.Target
		}
		for _, k := range slices.Concat(own, beyond) {
			if !slices.Contains(keep, k) {
				f.gone = append(f.gone, posting{k, in.stored})
			}
		}
		return nil
	}, nil)
}

// programmes are the keys of the programmes that a statement names, by which the
// instance's own are found.
func (f *forgetter) programmes(st *statement.Statement) (keys []int64) {
	for _, a := range append(slices.Clone(st.RelatedActivities), st.Activity) {
		_, rest, ok := strings.Cut(a, ProgrammePath)
		if !ok {
			continue
		}
		rest, _, _ = strings.Cut(rest, "/")
		if key, err := url.PathUnescape(rest); err == nil {
			keys = append(keys, indexKey(f.w.salt, facetProgramme, key))
		}
	}
	return keys
}

// ProgrammePath is what follows the instance's address in the id of a programme,
// before its key, in the instance's own statements.
const ProgrammePath = "/id/programme/"

// pairsMax bounds the rows that one statement of SQL deletes.
const pairsMax = 25

func (f *forgetter) remove() error {
	slices.SortFunc(f.gone, func(a, b posting) int {
		switch {
		case a == b:
			return 0
		case a.key < b.key || a.key == b.key && a.stored < b.stored:
			return -1
		}
		return 1
	})
	for part := range slices.Chunk(slices.Compact(f.gone), pairsMax) {
		var where strings.Builder
		args := make([]any, 0, 2*len(part))
		for i, p := range part {
			if i > 0 {
				where.WriteString(" OR ")
			}
			where.WriteString("key = " + places(2*i+1, 1) + " AND stored = " + places(2*i+2, 1))
			args = append(args, p.key, p.stored)
		}
		if _, err := f.w.tx.Exec(`DELETE FROM lrs_index WHERE `+where.String(), args...); err != nil {
			return err
		}
	}
	return nil
}

// mark writes down that statements were erased, where their ids are and in the
// journal.
func mark(tx *db.Tx, hers []row) error {
	erasure := id.New[string]()
	slices.SortFunc(hers, func(a, b row) int { return bytes.Compare(a.id[:], b.id[:]) })
	sum := sha256.New()
	for part := range slices.Chunk(hers, pairsMax) {
		args := []any{erasure}
		for _, r := range part {
			digest, _, err := DigestOf(tx, r.id)
			if err != nil {
				return err
			}
			sum.Write(r.id[:])
			sum.Write(digest[:])
			args = append(args, r.id[:])
		}
		if _, err := tx.Exec(`UPDATE lrs_ids SET erasure = ?1 WHERE id IN (`+places(2, len(part))+`)`, args...); err != nil {
			return err
		}
	}
	return journal.Append(tx, journal.Entry{
		Kind: KindErased, Version: 1, Subject: erasure,
		Body: statementsErased{int64(len(hers)), hex.EncodeToString(sum.Sum(nil))},
	})
}
