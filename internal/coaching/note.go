package coaching

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/programme"
	"cadre/internal/seal"
)

// NoteKind says what was written down.
type NoteKind string

// The kinds of notes.
const (
	KindNote NoteKind = "note" // of a session, or between two
	KindNeed NoteKind = "need" // what she wants to work on
)

// Text is what a note holds: answers to questions of the guide, and a free part.
type Text struct {
	Answers map[string]string `json:"answers,omitempty"` // by key of the guide's question
	Free    string            `json:"free,omitempty"`
}

func (t Text) empty() bool {
	for _, a := range t.Answers {
		if strings.TrimSpace(a) != "" {
			return false
		}
	}
	return strings.TrimSpace(t.Free) == ""
}

// The longest text of one field, in signs.
const longestText = 4000

// Note is a note as its readers see it.
type Note struct {
	ID        id.Note
	Of        Of
	Kind      NoteKind
	Session   id.CoachingSession // empty between sessions
	Author    id.Person
	Text      Text
	WrittenAt time.Time
	ChangedAt time.Time
	Revision  int
	// Locked says that the note is there and does not open: the key is missing, or
	// the box was changed. Text is empty then.
	Locked error
}

func noteBinding(n id.Note, revision int, author id.Person) seal.Binding {
	return seal.Binding{Purpose: "coaching.note", ID: string(n), Version: revision, Author: string(author)}
}

// noteWritten is the body of coaching.note-*, version 1. It names the note, never
// what it says or how long it is.
type noteWritten struct {
	Note     id.Note   `json:"note"`
	Cohort   id.Cohort `json:"cohort"`
	Stage    string    `json:"stage"`
	Person   id.Person `json:"person"`
	Kind     NoteKind  `json:"kind"`
	Revision int       `json:"revision"`
}

// WriteInput is a note between sessions, or a need.
type WriteInput struct {
	Of   Of
	Kind NoteKind
	// Session is the session that a note belongs to, if it belongs to one.
	Session id.CoachingSession
	Text    Text
}

// Write writes a shared note, or a need. The participant and her coach may. It
// returns fault.Invalid for an empty text, one longer than 4,000 signs a field, or an
// answer to a question that the guide does not ask.
func (s *Service) Write(ctx context.Context, op id.Operation, in WriteInput) (id.Note, error) {
	return do(ctx, s, op, "coaching.write", func(tx *db.Tx, out *id.Note) error {
		kind := access.Note
		if in.Kind == KindNeed {
			kind = access.Need
		}
		obj, err := s.object(tx, kind, in.Of, false)
		if err != nil {
			return err
		}
		if kind == access.Note {
			obj.State = access.Shared
		}
		if err := access.Allow(tx.Actor(), access.Create, obj); err != nil {
			return err
		}
		if in.Session != "" {
			ses, err := sessionByID(tx, in.Session)
			if err != nil {
				return err
			}
			if ses.of() != in.Of {
				return fault.New(fault.NotFound, "coaching.session-unknown", nil)
			}
		}
		*out, err = s.write(tx, in.Of, in.Kind, in.Session, in.Text)
		return err
	})
}

// checkText sees that a text is one, and that every answer in it is to a question of
// the guide, or to one that the note answered before the guide was changed.
func checkText(t *Text, guide []programme.GuideQuestion, before map[string]string) error {
	clean := map[string]string{}
	var bad []fault.Field
	for k, a := range t.Answers {
		_, old := before[k]
		if !old && !slices.ContainsFunc(guide, func(q programme.GuideQuestion) bool { return string(q.Key) == k }) {
			bad = append(bad, fault.Field{Name: "answer-" + k, Key: "coaching.answer-unknown"})
			continue
		}
		if a = strings.TrimSpace(a); a != "" {
			clean[k] = a
		}
		if utf8.RuneCountInString(a) > longestText {
			bad = append(bad, fault.Field{Name: "answer-" + k, Key: "coaching.text-long", Args: fault.Args{"most": longestText}})
		}
	}
	t.Answers, t.Free = clean, strings.TrimSpace(t.Free)
	if utf8.RuneCountInString(t.Free) > longestText {
		bad = append(bad, fault.Field{Name: "free", Key: "coaching.text-long", Args: fault.Args{"most": longestText}})
	}
	if t.empty() {
		bad = append(bad, fault.Field{Name: "free", Key: "coaching.text-empty"})
	}
	if bad != nil {
		return fault.Bad("coaching.text", bad...)
	}
	return nil
}

// write seals a text and stores it.
func (s *Service) write(tx *db.Tx, of Of, kind NoteKind, session id.CoachingSession, t Text) (id.Note, error) {
	if kind != KindNote && kind != KindNeed {
		return "", fmt.Errorf("coaching: no kind of note: %q", kind)
	}
	terms, err := s.cohorts.Coaching(tx, of.Cohort, of.Stage)
	if err != nil {
		return "", err
	}
	if err := checkText(&t, terms.rules().Guide, nil); err != nil {
		return "", err
	}
	n := id.New[id.Note]()
	plain, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	box := s.keys.Seal(noteBinding(n, 1, tx.Actor().Person), plain)
	var ses any
	if session != "" {
		ses = session
	}
	if _, err := tx.Exec(`INSERT INTO coaching_notes (id, cohort, stage, person, kind, session, author, seal_key, box, written_at, changed_at, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 1)`,
		n, of.Cohort, of.Stage, of.Person, kind, ses, tx.Actor().Person, box.Key, box.Box, db.Micros(tx.Now())); err != nil {
		return "", err
	}
	return n, journal.Append(tx, journal.Entry{
		Kind: "coaching.note-written", Version: 1, Scope: of.scope(), Subject: string(n),
		Body: noteWritten{n, of.Cohort, of.Stage, of.Person, kind, 1},
	})
}

// RewriteInput changes a note of one's own.
type RewriteInput struct {
	Note     id.Note
	Revision int // as it was read
	Text     Text
}

// Rewrite changes a note; its author alone may. An older revision is fault.Stale.
// What stood there before is gone.
func (s *Service) Rewrite(ctx context.Context, op id.Operation, in RewriteInput) error {
	_, err := do(ctx, s, op, "coaching.rewrite", func(tx *db.Tx, _ *struct{}) error {
		n, err := s.noteFor(tx, in.Note, access.Change)
		if err != nil {
			return err
		}
		if n.Revision != in.Revision {
			return fault.New(fault.Stale, "coaching.note-changed", nil)
		}
		terms, err := s.cohorts.Coaching(tx, n.Of.Cohort, n.Of.Stage)
		if err != nil {
			return err
		}
		if err := checkText(&in.Text, terms.rules().Guide, n.Text.Answers); err != nil {
			return err
		}
		plain, err := json.Marshal(in.Text)
		if err != nil {
			return err
		}
		n.Revision++
		box := s.keys.Seal(noteBinding(n.ID, n.Revision, n.Author), plain)
		if _, err := tx.Exec(`UPDATE coaching_notes SET seal_key = ?2, box = ?3, changed_at = ?4, revision = ?5 WHERE id = ?1`,
			n.ID, box.Key, box.Box, db.Micros(tx.Now()), n.Revision); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Kind: "coaching.note-changed", Version: 1, Scope: n.Of.scope(), Subject: string(n.ID),
			Body: noteWritten{n.ID, n.Of.Cohort, n.Of.Stage, n.Of.Person, n.Kind, n.Revision},
		})
	})
	return err
}

// TakeBack deletes a note of one's own, for good.
func (s *Service) TakeBack(ctx context.Context, op id.Operation, note id.Note) error {
	_, err := do(ctx, s, op, "coaching.take-back", func(tx *db.Tx, _ *struct{}) error {
		n, err := s.noteFor(tx, note, access.Delete)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM coaching_notes WHERE id = ?1`, n.ID); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Kind: "coaching.note-taken-back", Version: 1, Scope: n.Of.scope(), Subject: string(n.ID),
			Body: noteWritten{n.ID, n.Of.Cohort, n.Of.Stage, n.Of.Person, n.Kind, n.Revision},
		})
	})
	return err
}

// noteFor loads a note for something that its author does; one that does not open
// comes locked.
func (s *Service) noteFor(tx *db.Tx, note id.Note, v access.Verb) (Note, error) {
	ns, err := db.Collect(tx, func(r *db.Rows) (sealedNote, error) { return scanNote(r) },
		`SELECT `+noteColumns+` FROM coaching_notes WHERE id = ?1`, note)
	if err != nil {
		return Note{}, err
	}
	if len(ns) == 0 {
		return Note{}, fault.New(fault.NotFound, "coaching.note-unknown", nil)
	}
	n := s.opened(ns[0])
	obj, err := s.object(tx, access.Note, n.Of, false)
	if err != nil {
		return n, err
	}
	obj.ID, obj.Author, obj.State = string(n.ID), n.Author, access.Shared
	return n, access.Allow(tx.Actor(), v, obj)
}

const noteColumns = `id, cohort, stage, person, kind, COALESCE(session, ''), author, seal_key, box, written_at, changed_at, revision`

type sealedNote struct {
	Note
	seal.Sealed
}

func scanNote(r scanner) (sealedNote, error) {
	var n sealedNote
	var written, changed int64
	err := r.Scan(&n.ID, &n.Of.Cohort, &n.Of.Stage, &n.Of.Person, &n.Note.Kind, &n.Session, &n.Author,
		&n.Sealed.Key, &n.Sealed.Box, &written, &changed, &n.Revision)
	n.WrittenAt, n.ChangedAt = db.Time(written), db.Time(changed)
	return n, err
}

// notes reads and opens the notes and needs about a participant, the latest first.
// One that does not open is shown as locked: it is not left out as if it had never
// been.
func (s *Service) notes(tx *db.Tx, of Of) ([]Note, error) {
	rows, err := db.Collect(tx, func(r *db.Rows) (sealedNote, error) { return scanNote(r) },
		`SELECT `+noteColumns+` FROM coaching_notes WHERE person = ?1 AND cohort = ?2 AND stage = ?3
		ORDER BY written_at DESC, id DESC LIMIT 200`, of.Person, of.Cohort, of.Stage)
	if err != nil {
		return nil, err
	}
	var out []Note
	for _, r := range rows {
		out = append(out, s.opened(r))
	}
	return out, nil
}

// opened is a note with what its box holds, or with why it does not open.
func (s *Service) opened(r sealedNote) Note {
	n := r.Note
	plain, err := s.keys.Open(noteBinding(n.ID, n.Revision, n.Author), r.Sealed)
	if err == nil {
		err = json.Unmarshal(plain, &n.Text)
	}
	n.Locked = err
	return n
}

// Page is what participant and coach have before them: the one page to prepare
// by, and the same page after.
type Page struct {
	Of      Of
	Terms   Terms
	Account Account
	Pairing Pairing
	// Next is the session to come, agreed or proposed; nil if there is none.
	Next  *Session
	Needs []Note
	Notes []Note
	Goals []Goal
}

// Prepare returns the page of a participant's coaching, for her and her coach, and
// records that it was read. The last promise, her open goals, comes first on it.
func (s *Service) Prepare(ctx context.Context, of Of) (Page, error) {
	if a := actor.From(ctx); a.Person != of.Person {
		if err := s.reads.RecordRead(ctx, access.Note, of.Person); err != nil {
			return Page{}, err
		}
	}
	var out Page
	err := s.db.View(ctx, func(tx *db.Tx) error {
		out = Page{Of: of}
		obj, err := s.object(tx, access.Note, of, false)
		if err != nil {
			return err
		}
		obj.State = access.Shared
		if err := access.Allow(tx.Actor(), access.Read, obj); err != nil {
			return err
		}
		if out.Terms, err = s.cohorts.Coaching(tx, of.Cohort, of.Stage); err != nil {
			return err
		}
		if out.Account, err = s.account(tx, of); err != nil {
			return err
		}
		if out.Pairing, _, err = livePairing(tx, of); err != nil {
			return err
		}
		for _, ses := range out.Account.Sessions {
			if ses.State == Agreed || ses.State == Proposed && (out.Next == nil || out.Next.State == Proposed) {
				if out.Next == nil || out.Next.State == Proposed {
					out.Next = &ses
				}
			}
		}
		all, err := s.notes(tx, of)
		if err != nil {
			return err
		}
		for _, n := range all {
			if n.Kind == KindNeed {
				out.Needs = append(out.Needs, n)
			} else {
				out.Notes = append(out.Notes, n)
			}
		}
		out.Goals, err = s.goals(tx, of)
		return err
	})
	return out, err
}
