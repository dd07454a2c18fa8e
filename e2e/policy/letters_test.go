package policy_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"

	"cadre/internal/db"
	"cadre/internal/id"
)

// unsung fails where a letter holds a word of anybody but her whom it is to.
func (f *fixture) unsung(to id.Person, text, what string) {
	f.t.Helper()
	for _, c := range f.sung(text) {
		if c.person == "" || c.person != to {
			f.t.Errorf("%s holds a %s of %s/%s (%s): %s", what, c.kind, c.country, c.agency, c.where, around(text, c.text))
		}
	}
}

// letters looks through what a change has queued to be sent.
func (f *fixture) letters(s *site) {
	f.t.Helper()
	err := s.app.DB.View(context.Background(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT id, person, subject, paragraphs FROM mail_messages WHERE state = 'queued'`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var i, to, subject, paragraphs string
			if err := rows.Scan(&i, &to, &subject, &paragraphs); err != nil {
				return errors.Join(err, rows.Close())
			}
			f.queued++
			f.unsung(id.Person(to), subject+"\n"+paragraphs, "a letter that is queued")
		}
		return rows.Close()
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// spool looks through the letters that have gone out by now, and returns how many.
func (f *fixture) spool(dir string) int {
	f.t.Helper()
	to := map[string]id.Person{}
	s := f.open()
	f.rows(s.app, func(table string, row map[string]string) {
		if table == "mail_messages" {
			to[row["id"]] = id.Person(row["person"])
		}
	})
	s.end()
	found, err := filepath.Glob(filepath.Join(dir, "spool", "*.eml"))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err != nil {
			f.t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(b))
		if err != nil {
			f.t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			f.t.Fatal(err)
		}
		text, err := bodies(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
		if err != nil {
			f.t.Fatalf("%s: %v", name, err)
		}
		f.unsung(to[strings.TrimSuffix(filepath.Base(name), ".eml")], subject+"\n"+text, "a letter of the spool")
	}
	return len(found)
}

// bodies is the text of every part of a letter.
func bodies(kind, encoding string, r io.Reader) (string, error) {
	of, parameters, err := mime.ParseMediaType(kind)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(of, "multipart/") {
		switch strings.ToLower(encoding) {
		case "quoted-printable":
			r = quotedprintable.NewReader(r)
		case "", "7bit", "8bit":
		default:
			return "", errors.New("an encoding that cannot be read: " + encoding)
		}
		b, err := io.ReadAll(r)
		return string(b), err
	}
	var out strings.Builder
	// NextRawPart leaves the encoding as it is.
	for parts := multipart.NewReader(r, parameters["boundary"]); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		text, err := bodies(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
		if err != nil {
			return "", err
		}
		out.WriteString(text + "\n")
	}
}
