package workshop

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"cadre/internal/access"
	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Scan returns the scan of a signed sheet of a register that the actor may read.
func (s *Service) Scan(ctx context.Context, files *blob.Store, r id.Register, sheet id.Evidence) (_ []byte, err error) {
	var f blob.File
	err = s.db.View(ctx, func(tx *db.Tx) error {
		h, err := halfDay(tx, r)
		if err != nil {
			return err
		}
		if err := s.allowHalf(tx, access.Read, access.Register, h, ""); err != nil {
			return err
		}
		var file id.File
		err = tx.QueryRow(`SELECT file FROM workshop_sheets WHERE id = ?1 AND register = ?2`, sheet, h.ID).Scan(&file)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "workshop.sheet-unknown", nil)
		}
		if err != nil {
			return err
		}
		f, err = blob.Lookup(tx, file)
		return err
	})
	if err != nil {
		return nil, err
	}
	open, err := files.Open(f)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, open.Close()) }()
	return io.ReadAll(open)
}
