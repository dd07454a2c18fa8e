package lrs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"cadre/internal/db"
	"cadre/internal/journal"
	"cadre/internal/lrs/statement"
)

// Report is what verifying the statements found.
type Report struct {
	// Statements is how many there are, Gone how many there were and are no more:
	// those of people who were erased, as the journal says.
	Statements, Gone int64
	// Damaged are the ids of statements that are not what came.
	Damaged []string
	// Missing are the ids of statements that are no more although no erasure took
	// them.
	Missing []string
	// Broken says that the chain does not end in its head: a statement was slipped
	// in, or its id or place was changed or taken away.
	Broken bool
}

// OK reports whether nothing is damaged.
func (r Report) OK() bool { return len(r.Damaged) == 0 && len(r.Missing) == 0 && !r.Broken }

// Verify follows the chain from its beginning to its head, compares every
// statement with the digest in its link, and what is no more with the erasures
// that the journal holds.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		v := verifier{tx: tx, hash: make([]byte, sha256.Size), erasures: map[string][]taken{}}
		err := v.verify()
		r = v.Report
		return err
	})
	return r, err
}

// taken is a statement that an erasure took.
type taken struct {
	id     statement.UUID
	digest [32]byte
	there  bool // it lies there none the less
}

type verifier struct {
	Report
	tx       *db.Tx
	hash     []byte
	erasures map[string][]taken
}

func (v *verifier) verify() error {
	var head []byte
	var count int64
	err := v.tx.QueryRow(`SELECT hash, statements FROM lrs_heads WHERE lane = ?1`, db.XAPI.String()).Scan(&head, &count)
	if errors.Is(err, sql.ErrNoRows) {
		head, err = make([]byte, sha256.Size), nil
	}
	if err != nil {
		return err
	}
	links, err := v.chain()
	if err != nil {
		return err
	}
	v.Broken = v.Broken || links != count || !bytes.Equal(v.hash, head)
	for erasure, all := range v.erasures {
		ok, err := erased(v.tx, erasure, all)
		if err != nil {
			return err
		}
		for _, t := range all {
			switch {
			case t.there:
				v.Damaged = append(v.Damaged, t.id.String())
			case ok:
				v.Gone++
			default:
				v.Missing = append(v.Missing, t.id.String())
			}
		}
	}
	slices.Sort(v.Missing)
	return nil
}

// chain follows the chain and returns its length.
func (v *verifier) chain() (links int64, err error) {
	rows, err := v.tx.Query(`SELECT i.id, i.stored, i.digest, i.erasure, s.version, s.body FROM lrs_ids i
		LEFT JOIN lrs_statements s ON s.stored = i.stored AND s.id = i.id ORDER BY i.stored`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, digest, body []byte
		var erasure string
		var stored int64
		var version sql.NullInt64
		if err := rows.Scan(&id, &stored, &digest, &erasure, &version, &body); err != nil {
			return links, err
		}
		if len(id) != 16 || len(digest) != sha256.Size {
			v.Broken = true
			continue
		}
		t := taken{statement.UUID(id), [32]byte(digest), version.Valid}
		v.hash = link(v.hash, stored, t.id, t.digest)
		links++
		switch {
		case erasure != "":
			v.erasures[erasure] = append(v.erasures[erasure], t)
		case !version.Valid:
			v.Missing = append(v.Missing, t.id.String())
		}
		if !version.Valid {
			continue
		}
		v.Statements++
		st, err := row{id: t.id, version: statement.Version(version.Int64), body: body}.read()
		if err != nil || st.Digest() != t.digest {
			v.Damaged = append(v.Damaged, t.id.String())
		}
	}
	return links, rows.Err()
}

// erased reports whether the journal says that an erasure took just these.
func erased(tx *db.Tx, erasure string, all []taken) (bool, error) {
	entries, err := journal.About(tx, erasure, 0, 1)
	if err != nil || len(entries) == 0 || entries[0].Kind != KindErased {
		return false, err
	}
	var body statementsErased
	if json.Unmarshal(entries[0].Body, &body) != nil {
		return false, nil //nolint:nilerr // an entry that cannot be read vouches for nothing
	}
	slices.SortFunc(all, func(a, b taken) int { return bytes.Compare(a.id[:], b.id[:]) })
	sum := sha256.New()
	for _, t := range all {
		sum.Write(t.id[:])
		sum.Write(t.digest[:])
	}
	return body.Statements == int64(len(all)) && body.Digest == hex.EncodeToString(sum.Sum(nil)), nil
}
