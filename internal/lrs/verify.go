package lrs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"

	"cadre/internal/db"
	"cadre/internal/lrs/statement"
)

// Report is what verifying the statements found.
type Report struct {
	// Statements is how many there are, Gone how many there were and are no more:
	// those of people who were erased.
	Statements, Gone int64
	// Damaged are the ids of statements that are not what came.
	Damaged []string
	// Broken says that the chain does not end in its head: a statement was slipped
	// in, or its id or place was changed or taken away.
	Broken bool
}

// OK reports whether nothing is damaged.
func (r Report) OK() bool { return len(r.Damaged) == 0 && !r.Broken }

// Verify follows the chain from its beginning to its head, and compares every
// statement with the digest in its link.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		r = Report{}
		var head []byte
		var count int64
		err := tx.QueryRow(`SELECT hash, statements FROM lrs_heads WHERE lane = ?1`, db.XAPI.String()).Scan(&head, &count)
		if errors.Is(err, sql.ErrNoRows) {
			head, err = make([]byte, sha256.Size), nil
		}
		if err != nil {
			return err
		}
		rows, err := tx.Query(`SELECT i.id, i.stored, i.digest, s.version, s.body FROM lrs_ids i
			LEFT JOIN lrs_statements s ON s.stored = i.stored AND s.id = i.id ORDER BY i.stored`)
		if err != nil {
			return err
		}
		defer rows.Close()
		hash := make([]byte, sha256.Size)
		for rows.Next() {
			var id, digest, body []byte
			var stored int64
			var version sql.NullInt64
			if err := rows.Scan(&id, &stored, &digest, &version, &body); err != nil {
				return err
			}
			if len(id) != 16 || len(digest) != sha256.Size {
				r.Broken = true
				continue
			}
			hash = link(hash, stored, statement.UUID(id), [32]byte(digest))
			count--
			if !version.Valid {
				r.Gone++
				continue
			}
			r.Statements++
			st, err := row{id: statement.UUID(id), version: statement.Version(version.Int64), body: body}.read()
			if err != nil || st.Digest() != [32]byte(digest) {
				r.Damaged = append(r.Damaged, statement.UUID(id).String())
			}
		}
		r.Broken = r.Broken || count != 0 || !bytes.Equal(hash, head)
		return rows.Err()
	})
	return r, err
}
