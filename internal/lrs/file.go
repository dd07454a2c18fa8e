package lrs

import (
	"database/sql"
	"errors"
	"io"

	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
)

// File is an attachment's content.
type File struct {
	SHA2, ContentType string
	Size              int64
	// Open opens it; the caller closes it.
	Open func() (io.ReadCloser, error)
}

// files adds to a page the files of a statement, each once.
func (s *Service) files(tx *db.Tx, p *Page, r row) error {
	st, err := r.read()
	if err != nil {
		return err
	}
	for _, a := range st.Attachments {
		if err := s.file(tx, p, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) file(tx *db.Tx, p *Page, a statement.Attachment) error {
	for _, f := range p.Attachments {
		if f.SHA2 == a.SHA2 {
			return nil
		}
	}
	var file string
	err := tx.QueryRow(`SELECT file FROM lrs_attachments WHERE sha2 = ?1`, a.SHA2).Scan(&file)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it lies where its fileUrl says
	}
	if err != nil {
		return err
	}
	f, err := blob.Lookup(tx, id.File(file))
	if err != nil {
		return err
	}
	if f.Erased {
		return nil
	}
	p.Attachments = append(p.Attachments, File{
		SHA2: a.SHA2, ContentType: a.ContentType, Size: f.Size,
		Open: func() (io.ReadCloser, error) { return s.Files.Open(f) },
	})
	return nil
}
