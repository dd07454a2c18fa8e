package lrs

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
)

// DocumentMax is the largest document, in bytes.
const DocumentMax = 10 << 20

// Place says which documents are meant: states of an agent in an activity,
// profiles of an activity, or profiles of an agent.
type Place struct {
	// Kind is "state", "activity" or "agent".
	Kind         string
	Activity     string
	Agent        *statement.Agent
	Registration *statement.UUID // of states; nil is any, or none for one document
	// Keep are names of documents that [Service.DeleteAll] leaves.
	Keep []string
}

// scope is what a key has to have for documents of the kind.
func (p Place) scope() Scope {
	if p.Kind == "state" {
		return ScopeState
	}
	return ScopeProfile
}

func hashed(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		var n [8]byte
		for i := range n {
			n[i] = byte(len(p) >> (8 * i))
		}
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// owner names the whole of the documents of a place, whatever their
// registration.
func (p Place) owner(k Key) string {
	agent := ""
	if p.Agent != nil {
		agent = p.Agent.Key()
	}
	return hashed(k.area(), p.Kind, p.Activity, agent)
}

func (p Place) registration() string {
	if p.Registration == nil {
		return ""
	}
	return p.Registration.String()
}

func (p Place) document(k Key, name string) string { return hashed(p.owner(k), p.registration(), name) }

// Document is a document as it was put.
type Document struct {
	ContentType string
	Body        []byte
	ETag        string // in quotes
	Updated     time.Time
	// Person is whom it is about, as far as we know her.
	Person id.Person
}

// Precondition is what a request demands of the document that is there.
type Precondition struct {
	// Match and NoneMatch are the values of If-Match and If-None-Match.
	Match, NoneMatch string
	// Required refuses to overwrite a document without either.
	Required bool
	// Demanded refuses to make one without either, too, as 1.0.3 has it for
	// profiles.
	Demanded bool
}

// check judges a precondition; etag is empty if there is no document.
func (c Precondition) check(etag string) error {
	if c.Match != "" && !matches(c.Match, etag) {
		return refuse(fault.Stale, "the document is not the one that If-Match names: get it again")
	}
	if c.NoneMatch != "" && matches(c.NoneMatch, etag) {
		return refuse(fault.Stale, "there is a document that If-None-Match excludes")
	}
	if c.Required && c.Match == "" && c.NoneMatch == "" && etag != "" {
		return refuse(fault.Conflict, "there is such a document already: to replace it, name its ETag in If-Match; to make a new one only, send If-None-Match: *")
	}
	if c.Demanded && c.Match == "" && c.NoneMatch == "" {
		return refuse(fault.Invalid, "a profile is put with If-Match or If-None-Match: for a new one, send If-None-Match: *")
	}
	return nil
}

func matches(header, etag string) bool {
	if etag == "" {
		return false
	}
	for t := range strings.SplitSeq(header, ",") {
		t = strings.TrimSpace(t)
		t = strings.TrimPrefix(t, "W/")
		if t == "*" || t == etag || `"`+t+`"` == etag {
			return true
		}
	}
	return false
}

const errNoDocument = reason("there is no such document")

func may(k Key, p Place, write bool) error {
	if k.May(p.scope()) || !write && k.May(ScopeAllRead) {
		return nil
	}
	return refuse(fault.Denied, "this key may not do that with "+p.Kind+" documents")
}

func load(tx *db.Tx, key string) (Document, error) {
	var d Document
	var updated int64
	err := tx.QueryRow(`SELECT content_type, body, etag, updated_at, person FROM lrs_documents WHERE id = ?1`, key).
		Scan(&d.ContentType, &d.Body, &d.ETag, &updated, &d.Person)
	d.Updated = db.Time(updated)
	return d, err
}

// Document returns one document.
func (s *Service) Document(ctx context.Context, k Key, p Place, name string) (Document, error) {
	if err := may(k, p, false); err != nil {
		return Document{}, err
	}
	var d Document
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		d, err = load(tx, p.document(k, name))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return d, refuse(fault.NotFound, errNoDocument.Error())
	}
	return d, err
}

// Documents lists the names of the documents of a place that have changed since
// an instant, the zero Time being any, and when the last of them did.
func (s *Service) Documents(ctx context.Context, k Key, p Place, since time.Time) ([]string, time.Time, error) {
	if err := may(k, p, false); err != nil {
		return nil, time.Time{}, err
	}
	names, last := []string{}, int64(0)
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		after := int64(-1)
		if !since.IsZero() {
			after = db.Micros(since)
		}
		args := []any{p.owner(k), after}
		where := ""
		if p.Registration != nil {
			where, args = " AND registration = ?3", append(args, p.registration())
		}
		seen := map[string]bool{}
		_, err := db.Collect(tx, func(r *db.Rows) (struct{}, error) {
			var n string
			var at int64
			err := r.Scan(&n, &at)
			if !seen[n] { // one name may stand under several registrations
				seen[n] = true
				names = append(names, n)
			}
			last = max(last, at)
			return struct{}{}, err
		}, `SELECT name, updated_at FROM lrs_documents WHERE owner = ?1 AND updated_at > ?2`+where+` ORDER BY updated_at, name`, args...)
		return err
	})
	return names, db.Time(last), err
}

// Write is a document on its way into the store.
type Write struct {
	ContentType string
	Body        []byte
	// Merge joins a JSON object with the one that is there, as POST does.
	Merge bool
	If    Precondition
}

// JSON reports whether the document is sent as JSON.
func (w Write) JSON() bool { return isJSON(w.ContentType) }

func isJSON(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(t), "application/json")
}

// Put writes a document.
func (s *Service) Put(ctx context.Context, k Key, p Place, name string, w Write) error {
	return s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error { return s.PutIn(tx, k, p, name, w) })
}

// PutIn is [Service.Put] within a transaction of lane [db.XAPI], or of
// [db.Main], which it makes join that.
func (s *Service) PutIn(tx *db.Tx, k Key, p Place, name string, w Write) error {
	if err := may(k, p, true); err != nil {
		return err
	}
	parsed, err := w.parsed()
	if err != nil {
		return err
	}
	if err := tx.Join(db.XAPI); err != nil {
		return err
	}
	key := p.document(k, name)
	old, err := load(tx, key)
	there := err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	body, etag, err := w.onto(old, there, parsed)
	if err != nil {
		return err
	}
	person := ""
	if p.Agent != nil && p.Agent.Kind == "account" {
		if person, err = s.personOf(tx, statement.Account{HomePage: p.Agent.HomePage, Name: p.Agent.Value}); err != nil {
			return err
		}
	}
	// Each change is later than the one before it, so that "since" tells them
	// apart.
	now := max(db.Micros(tx.Now()), db.Micros(old.Updated)+1)
	_, err = tx.Exec(`INSERT INTO lrs_documents (id, owner, registration, name, content_type, etag, person, updated_at, body)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET
			content_type = excluded.content_type, etag = excluded.etag, person = excluded.person, updated_at = excluded.updated_at, body = excluded.body`,
		key, p.owner(k), p.registration(), name, w.ContentType, etag, person, now, body)
	return err
}

// parsed reads a document that is sent as JSON; of others it is nothing.
func (w Write) parsed() (parsed statement.Value, err error) {
	if !isJSON(w.ContentType) {
		return parsed, nil
	}
	if parsed, err = statement.ParseJSON(w.Body); err != nil {
		return parsed, invalid(err)
	}
	if w.Merge && parsed.Kind() != statement.Object {
		return parsed, refuse(fault.Invalid, "a JSON document that is to be merged has to be an object")
	}
	return parsed, nil
}

// onto returns what the document becomes that was old, if there was one, and its ETag.
func (w Write) onto(old Document, there bool, parsed statement.Value) (body []byte, etag string, err error) {
	if err := w.If.check(old.ETag); err != nil {
		return nil, "", err
	}
	body = w.Body
	if w.Merge && there {
		if !isJSON(old.ContentType) || !parsed.OK() {
			return nil, "", refuse(fault.Invalid, "only JSON can be merged into JSON: to replace the document, PUT it")
		}
		before, err := statement.ParseJSON(old.Body)
		if err != nil || before.Kind() != statement.Object {
			return nil, "", refuse(fault.Invalid, "the document that is there is no JSON object, so nothing can be merged into it")
		}
		if body = statement.MergeDocuments(before, parsed); len(body) > DocumentMax {
			return nil, "", refuse(fault.Invalid, "the merged document would be too large")
		}
	}
	sum := sha256.Sum256(append([]byte(w.ContentType+"\x00"), body...))
	return body, `"` + hex.EncodeToString(sum[:20]) + `"`, nil
}

// Delete deletes one document. One that is not there is deleted already.
func (s *Service) Delete(ctx context.Context, k Key, p Place, name string, c Precondition) error {
	if err := may(k, p, true); err != nil {
		return err
	}
	return s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		key := p.document(k, name)
		old, err := load(tx, key)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := c.check(old.ETag); err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM lrs_documents WHERE id = ?1`, key)
		return err
	})
}

// DeleteAll deletes the states of a place: of its registration, or of all.
func (s *Service) DeleteAll(ctx context.Context, k Key, p Place) error {
	if err := may(k, p, true); err != nil {
		return err
	}
	return s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		args := []any{p.owner(k)}
		where := ""
		if p.Registration != nil {
			where, args = " AND registration = ?2", append(args, p.registration())
		}
		for _, name := range p.Keep {
			args = append(args, name)
			where += fmt.Sprintf(" AND name <> ?%d", len(args))
		}
		_, err := tx.Exec(`DELETE FROM lrs_documents WHERE owner = ?1`+where, args...)
		return err
	})
}
