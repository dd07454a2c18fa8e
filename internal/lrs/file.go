package lrs

import (
	"database/sql"
	"errors"
	"io"
	"strings"

	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
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
		if err := s.file(tx, p, r.stored, a); err != nil {
			return err
		}
	}
	return nil
}

// file adds the file of an attachment to a page. There is none where it did not come
// with the statement, but lies where its fileUrl says, and where it was erased.
func (s *Service) file(tx *db.Tx, p *Page, stored int64, a statement.Attachment) error {
	for _, f := range p.Attachments {
		if f.SHA2 == a.SHA2 {
			return nil
		}
	}
	orAt := stored
	if a.FileURL == "" {
		orAt = unwritten // without an address, it must have come along
	}
	var file string
	err := tx.QueryRow(`SELECT file FROM lrs_attachments WHERE sha2 = ?1 AND stored IN (?2, ?3) ORDER BY stored DESC LIMIT 1`,
		a.SHA2, stored, orAt).Scan(&file)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	f, there, err := readable(tx, id.File(file))
	if err != nil || !there {
		return err
	}
	kind := a.ContentType
	if !oneHeader(kind) {
		kind = "application/octet-stream" // it was stored before that was refused
	}
	p.Attachments = append(p.Attachments, File{
		SHA2: a.SHA2, ContentType: kind, Size: f.Size,
		Open: func() (io.ReadCloser, error) { return s.Files.Open(f) },
	})
	return nil
}

// oneHeader reports whether a text can be the value of a header, and nothing more than
// that (RFC 9110 5.5).
func oneHeader(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// unwritten is where files stand of which nobody wrote down which statements they came
// with.
const unwritten = 0

// readable looks a file up; false if it was erased.
func readable(tx *db.Tx, file id.File) (blob.File, bool, error) {
	f, err := blob.Lookup(tx, file)
	if fault.Is(err, fault.NotFound) {
		return f, false, nil
	}
	return f, err == nil && !f.Erased, err
}

// attach keeps the files that came with the batch, for the statements that name them.
// Somebody's file is kept once, however often she sends it; nobody shares one with
// somebody else but in a batch that brought it for both.
func (w *writer) attach() error {
	type of struct{ sha2, person string }
	chosen := map[of]id.File{}
	came := map[id.File]blob.Stored{} // those that are to be kept
	whose := map[id.File]string{}     // nobody's alone: ""
	for _, n := range w.fresh {
		for _, a := range n.Attachments {
			f, ok := n.from.files[a.SHA2]
			if _, met := chosen[of{a.SHA2, n.person}]; !ok || met {
				continue
			}
			file, there, err := w.sent(a.SHA2, n.person)
			if err != nil {
				return err
			}
			if !there {
				file, came[f.ID] = f.ID, f
				if p, met := whose[f.ID]; met && p != n.person {
					whose[f.ID] = ""
				} else {
					whose[f.ID] = n.person
				}
			}
			chosen[of{a.SHA2, n.person}] = file
		}
	}
	for _, n := range w.fresh {
		for _, a := range n.Attachments {
			f, ok := n.from.files[a.SHA2]
			if !ok {
				continue
			}
			file := chosen[of{a.SHA2, n.person}]
			if kept, now := came[file]; now {
				if err := blob.Keep(w.tx, kept, blob.Reference{Owner: fileOwner(a.SHA2), Purpose: filePurpose, Person: id.Person(whose[file])}); err != nil {
					return err
				}
				delete(came, file)
			}
			if _, err := w.tx.Exec(`INSERT INTO lrs_attachments (sha2, stored, person, file, size, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
				ON CONFLICT (sha2, stored) DO NOTHING`, a.SHA2, n.stored, n.person, file, f.Size, w.now); err != nil {
				return err
			}
		}
	}
	return nil
}

// What files are referred to by.
const filePurpose = "attachment"

func fileOwner(sha2 string) string { return "lrs:" + sha2 }

// sent finds a file that came with an earlier statement of the same person.
func (w *writer) sent(sha2, person string) (id.File, bool, error) {
	var file string
	err := w.tx.QueryRow(`SELECT file FROM lrs_attachments WHERE person = ?1 AND sha2 = ?2 AND stored > 0 ORDER BY stored DESC LIMIT 1`, person, sha2).Scan(&file)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	_, there, err := readable(w.tx, id.File(file))
	return id.File(file), there, err
}

// forgetFiles takes a person's statements from the files that came with them. What came
// with nobody else's is about her, and goes with all that is ([blob.EraseAbout]); what
// came with those of one other person as well is about that one from now on.
func forgetFiles(tx *db.Tx, p id.Person) error {
	type held struct{ sha2, file string }
	hers, err := db.Collect(tx, func(r *db.Rows) (h held, err error) { return h, r.Scan(&h.sha2, &h.file) },
		`SELECT DISTINCT sha2, file FROM lrs_attachments WHERE person = ?1 AND person <> ''`, p)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM lrs_attachments WHERE person = ?1 AND person <> ''`, p); err != nil {
		return err
	}
	for _, h := range hers {
		about, err := db.Collect(tx, func(r *db.Rows) (q id.Person, err error) { return q, r.Scan(&q) },
			`SELECT DISTINCT person FROM lrs_attachments WHERE file = ?1 LIMIT 2`, h.file)
		if err != nil {
			return err
		}
		switch len(about) {
		case 0:
			about = []id.Person{p}
		case 2:
			continue
		}
		err = blob.Refer(tx, id.File(h.file), blob.Reference{Owner: fileOwner(h.sha2), Purpose: filePurpose, Person: about[0]})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}
