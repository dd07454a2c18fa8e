package retention

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/mail"
	"cadre/internal/people"
)

// KindErased is the kind of the entry that says that a person was erased.
const KindErased = "retention.person-erased"

// personErased is the body of an entry of [KindErased], version 1.
type personErased struct {
	Why       string `json:"why"`
	Authority string `json:"authority"`
	Rows      int64  `json:"rows"`
	Files     int64  `json:"files"`
	Entries   int    `json:"entries"`
}

// Deps is what the service works with.
type Deps struct {
	DB       *db.DB
	Register *Register
	// Tables are the declarations of all packages.
	Tables []db.Table
	// Spool is the folder that mail is spooled into; its zero value is none.
	Spool mail.Spool
	// Before is called in the transaction before a person's rows go, for what only
	// they tell how to find. It may be nil.
	Before func(tx *db.Tx, p id.Person) error
}

// Service erases persons.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

// Effect says what erasing a person does, or did.
type Effect struct {
	Person id.Person     `json:"person"`
	Tables []TableEffect `json:"tables"` // those with rows about her
	Rows   int64         `json:"rows"`   // deleted or emptied
	Files  int64         `json:"files"`  // uploads that lost their key
	// Entries is the number of journal entries whose bodies went.
	Entries int `json:"entries"`
	// Outcomes is the number of remembered answers that were forgotten.
	Outcomes int64 `json:"outcomes"`
	// Mentions are places in which people wrote one of her names and which are
	// not hers: a person has to look at them.
	Mentions []Mention `json:"mentions"`
	// Before says that she had been erased before; what came since went now.
	Before bool `json:"before"`
}

// TableEffect is the effect on one table.
type TableEffect struct {
	Table string     `json:"table"`
	Act   db.Erasure `json:"act"`
	Rows  int64      `json:"rows"`
}

// Mention is a text in which one of her names stands.
type Mention struct {
	Table  string `json:"table"`
	Row    string `json:"row"`
	Column string `json:"column"`
}

// Erase is the input of [Service.Erase].
type Erase struct {
	Person id.Person
	// Why is a code: "asked", "law", "mistake".
	Why string
	// Authority is the id of the letter or person that ordered it, or a code.
	Authority string
	// Progress, if not nil, is told how far a stage of it is.
	Progress func(stage string, done, total int64)
}

func (in Erase) tell(stage string, done, total int) {
	if in.Progress != nil {
		in.Progress(stage, int64(done), int64(total))
	}
}

var errRehearsed = errors.New("retention: rehearsed")

// Preview says what erasing a person would do. Nothing is changed.
func (s *Service) Preview(ctx context.Context, in Erase) (Effect, error) {
	if err := s.allow(ctx, in.Person); err != nil {
		return Effect{}, err
	}
	return s.rehearse(ctx, in)
}

func (s *Service) allow(ctx context.Context, p id.Person) error {
	return s.DB.View(ctx, func(tx *db.Tx) error {
		return access.Allow(tx.Actor(), access.Erase, access.Object{Kind: access.Person, ID: string(p), Subject: p})
	})
}

// rehearse does everything in a transaction that is rolled back, so that what
// cannot be done is known before the register says that it was. Of whom nothing is
// here and never was is NotFound: her id was mistyped.
func (s *Service) rehearse(ctx context.Context, in Erase) (Effect, error) {
	known, err := s.know(ctx, in)
	if err != nil {
		return Effect{}, err
	}
	var e Effect
	err = s.DB.Update(ctx, db.Main, func(tx *db.Tx) (err error) {
		if e, err = s.erase(tx, in, known); err != nil {
			return err
		}
		return errRehearsed
	})
	if !errors.Is(err, errRehearsed) {
		return Effect{}, err
	}
	if !e.Before && len(e.Tables) == 0 && e.Files == 0 && e.Entries == 0 {
		return Effect{}, fault.New(fault.NotFound, "people.person-unknown", nil)
	}
	return e, nil
}

// Erase erases a person, for good; see the package comment. It may be sent again
// with the same op until it returns without an error: [fault.Unavailable] means
// that she is erased, or not yet, and that something is left to do.
func (s *Service) Erase(ctx context.Context, op id.Operation, in Erase) (Effect, error) {
	if err := s.allow(ctx, in.Person); err != nil {
		return Effect{}, err
	}
	done, err := s.done(ctx, in.Person)
	if err != nil {
		return Effect{}, err
	}
	if !done {
		if _, err := s.rehearse(ctx, in); err != nil {
			return Effect{}, err
		}
		if err := s.Register.Add(Erasure{Person: in.Person, At: s.DB.Clock().Now()}); err != nil {
			return Effect{}, err
		}
	}
	known, err := s.know(ctx, in)
	if err != nil {
		return Effect{}, err
	}
	var e Effect
	if err := s.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "retention.erase", &e, func() (err error) {
			e, err = s.erase(tx, in, known)
			return err
		})
		return err
	}); err != nil {
		return Effect{}, err
	}
	return e, s.clean(ctx, in.Person)
}

// Outstanding returns the persons of the register whom this database has not
// erased: it was restored from a backup that is older than their erasure.
func (s *Service) Outstanding(ctx context.Context) ([]Erasure, error) {
	listed, err := s.Register.List()
	if err != nil {
		return nil, err
	}
	var out []Erasure
	for _, e := range listed {
		done, err := s.done(ctx, e.Person)
		if err != nil {
			return nil, err
		}
		if !done {
			out = append(out, e)
		}
	}
	return out, nil
}

// Ready returns an error while the register is not replayed. An instance that is
// not ready must not serve.
func (s *Service) Ready(ctx context.Context) error {
	out, err := s.Outstanding(ctx)
	if err == nil && len(out) > 0 {
		err = fault.New(fault.Unavailable, "retention.not-replayed", fault.Args{"n": len(out)})
	}
	return err
}

// Replay erases everybody in the register whom this database has not erased, and
// returns their number. Their erasure was allowed when it was first done.
func (s *Service) Replay(ctx context.Context) (int, error) {
	out, err := s.Outstanding(ctx)
	if err != nil {
		return 0, err
	}
	for i, e := range out {
		in := Erase{Person: e.Person, Why: "replayed", Authority: "register"}
		known, err := s.know(ctx, in)
		if err != nil {
			return i, err
		}
		if err := s.DB.Update(ctx, db.Main, func(tx *db.Tx) error { _, err := s.erase(tx, in, known); return err }); err != nil {
			return i, err
		}
		if err := s.removeSpooled(ctx, e.Person); err != nil {
			return i, err
		}
	}
	if len(out) == 0 {
		return 0, nil
	}
	return len(out), s.DB.Scrub(ctx)
}

// Unlisted returns the persons whom this database has erased and who are not in the
// register: it was lost, or another place's was put there. A restore of an older
// backup would bring them back.
func (s *Service) Unlisted(ctx context.Context) ([]Erasure, error) {
	listed, err := s.Register.List()
	if err != nil {
		return nil, err
	}
	known := map[id.Person]bool{}
	for _, e := range listed {
		known[e.Person] = true
	}
	var out []Erasure
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		all, err := db.Collect(tx, func(r *db.Rows) (e Erasure, err error) {
			var at int64
			err = r.Scan(&e.Person, &at)
			e.At = db.Time(at)
			return e, err
		}, `SELECT person, at FROM retention_erasures ORDER BY at, person`)
		for _, e := range all {
			if !known[e.Person] {
				out = append(out, e)
			}
		}
		return err
	})
	return out, err
}

// Relist writes into the register whoever is [Service.Unlisted], and returns their
// number.
func (s *Service) Relist(ctx context.Context) (int, error) {
	lost, err := s.Unlisted(ctx)
	if err != nil {
		return 0, err
	}
	for i, e := range lost {
		if err := s.Register.Add(e); err != nil {
			return i, err
		}
	}
	return len(lost), nil
}

// clean removes what the transaction cannot: spooled mail, and what deleted rows
// have left in the database's files.
func (s *Service) clean(ctx context.Context, p id.Person) error {
	return errors.Join(s.removeSpooled(ctx, p), s.DB.Scrub(ctx))
}

func (s *Service) removeSpooled(ctx context.Context, p id.Person) error {
	if s.Spool.Dir == "" {
		return nil
	}
	var letters []id.Message
	if err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		letters, err = mail.MessagesTo(tx, p)
		return err
	}); err != nil {
		return err
	}
	return s.Spool.Remove(letters)
}

func (s *Service) done(ctx context.Context, p id.Person) (done bool, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) (err error) {
		done, err = erasedBefore(tx, p)
		return err
	})
	return done, err
}

// Erased reports whether a person was erased from this database: what others
// derived about her is gone then, and is not missing.
func Erased(tx *db.Tx, p id.Person) (bool, error) { return erasedBefore(tx, p) }

func erasedBefore(tx *db.Tx, p id.Person) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT COUNT(*) FROM retention_erasures WHERE person = ?1`, p).Scan(&n)
	return n > 0, err
}

// known is what is found out in a snapshot, before the writers wait.
type known struct {
	texts    []string // her names
	mentions []Mention
	entries  []int64 // of the journal, up to upTo
	upTo     int64
}

func (s *Service) know(ctx context.Context, in Erase) (known, error) {
	var k known
	p := in.Person
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		k = known{mentions: []Mention{}}
		names, err := people.NamesOf(tx, p)
		if err != nil {
			return err
		}
		for _, n := range names {
			if !slices.Contains(k.texts, n.Written) {
				k.texts = append(k.texts, n.Written)
			}
		}
		if err := s.findTexts(tx, in, &k); err != nil {
			return err
		}
		head, err := journal.HeadOf(tx)
		if err != nil {
			return err
		}
		rows, err := s.journalled(tx, p)
		if err != nil {
			return err
		}
		k.upTo = head.Sequence
		k.entries, err = journal.Mentions(tx, string(p), rows, 0, KindErased)
		return err
	})
	return k, err
}

// journalled returns her rows in journalled tables.
func (s *Service) journalled(tx *db.Tx, p id.Person) ([]journal.Row, error) {
	var out []journal.Row
	for _, t := range s.Tables {
		if t.Person == "" || len(t.Journalled) == 0 || t.Name == erasures.Name {
			continue
		}
		keys, err := keysOf(tx, t, p)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			out = append(out, journal.RowOf(t, k))
		}
	}
	return out, nil
}

func keysOf(tx *db.Tx, t db.Table, p id.Person) ([]string, error) {
	return db.Collect(tx, func(r *db.Rows) (k string, err error) { return k, r.Scan(&k) },
		"SELECT "+keyOf(t)+" FROM "+t.Name+" WHERE "+t.Hers()+" ORDER BY "+keyOf(t), p)
}

// namesOfOthers are tables in which her name, in another person's row, is that
// person's own.
const namesOfOthers = "people_names people_words"

// findTexts looks for her names where people write, except in rows that go.
func (s *Service) findTexts(tx *db.Tx, in Erase, k *known) error {
	if len(k.texts) == 0 {
		return nil
	}
	for i, t := range s.Tables {
		in.tell("texts", i+1, len(s.Tables))
		if slices.Contains(strings.Fields(namesOfOthers), t.Name) {
			continue
		}
		for _, column := range t.FreeText {
			query := "SELECT " + keyOf(t) + ", " + column + " FROM " + t.Name
			args := []any{}
			if t.Person != "" {
				query += " WHERE " + t.Person + " <> ?1"
				args = append(args, in.Person)
			}
			if _, err := db.Collect(tx, func(r *db.Rows) (struct{}, error) {
				var key any
				var text []byte
				if err := r.Scan(&key, &text); err != nil {
					return struct{}{}, err
				}
				low := bytes.ToLower(text)
				if slices.ContainsFunc(k.texts, func(n string) bool { return bytes.Contains(low, bytes.ToLower([]byte(n))) }) {
					k.mentions = append(k.mentions, Mention{t.Name, fmt.Sprint(key), column})
				}
				return struct{}{}, nil
			}, query, args...); err != nil {
				return fmt.Errorf("retention: texts of %s: %w", t.Name, err)
			}
		}
	}
	return nil
}

// erase does all of it in tx.
func (s *Service) erase(tx *db.Tx, in Erase, k known) (Effect, error) {
	e := Effect{Person: in.Person, Tables: []TableEffect{}, Mentions: k.mentions}
	var err error
	if e.Before, err = erasedBefore(tx, in.Person); err != nil {
		return e, err
	}
	columns, err := db.Columns(tx)
	if err != nil {
		return e, err
	}
	references, err := db.References(tx)
	if err != nil {
		return e, err
	}
	if s.Before != nil {
		if err := s.Before(tx, in.Person); err != nil {
			return e, err
		}
	}
	// Before its references go with the other rows.
	if e.Files, err = blob.EraseAbout(tx, in.Person); err != nil {
		return e, err
	}
	var hers, changed []journal.Row
	ordered := childrenFirst(s.Tables, references)
	for i, t := range ordered {
		in.tell("tables", i+1, len(ordered))
		if t.Person == "" || t.Name == erasures.Name {
			continue
		}
		var rows []journal.Row
		if len(t.Journalled) > 0 {
			keys, err := keysOf(tx, t, in.Person)
			if err != nil {
				return e, err
			}
			for _, key := range keys {
				rows = append(rows, journal.RowOf(t, key))
			}
		}
		n, err := s.eraseFrom(tx, t, in.Person, columns[t.Name])
		if err != nil {
			return e, fmt.Errorf("retention: %s: %w", t.Name, err)
		}
		hers = append(hers, rows...)
		if t.Erase != db.EraseKeep {
			changed = append(changed, rows...)
			e.Rows += n
		}
		if n > 0 {
			e.Tables = append(e.Tables, TableEffect{t.Name, t.Erase, n})
		}
	}
	slices.SortFunc(e.Tables, func(a, b TableEffect) int { return strings.Compare(a.Table, b.Table) })

	later, err := journal.Mentions(tx, string(in.Person), hers, k.upTo, KindErased)
	if err != nil {
		return e, err
	}
	entries := slices.Concat(k.entries, later)
	e.Entries = len(entries)
	if err := journal.Redact(tx, journal.Redaction{
		Entries: entries, Why: "person-erased", Authority: in.Authority, Tables: s.Tables, Rows: changed,
	}); err != nil {
		return e, err
	}
	needles := make([][]byte, len(k.texts))
	for i, t := range k.texts {
		needles[i] = []byte(t)
	}
	if e.Outcomes, err = journal.ForgetOutcomesWith(tx, needles); err != nil {
		return e, err
	}
	if _, err := tx.Exec(`INSERT INTO retention_erasures (person, at, why, authority) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (person) DO NOTHING`, in.Person, db.Micros(tx.Now()), in.Why, in.Authority); err != nil {
		return e, err
	}
	return e, journal.Append(tx, journal.Entry{
		Kind: KindErased, Version: 1, Subject: string(in.Person),
		Body: personErased{Why: in.Why, Authority: in.Authority, Rows: e.Rows, Files: e.Files, Entries: e.Entries},
		Rows: []journal.Row{journal.RowOf(erasures, in.Person)},
	})
}

// eraseFrom applies a table's declaration and returns the number of her rows.
func (s *Service) eraseFrom(tx *db.Tx, t db.Table, p id.Person, columns []db.Column) (int64, error) {
	where := " WHERE " + t.Hers()
	switch t.Erase {
	case db.EraseDelete:
		return tx.Exec("DELETE FROM "+t.Name+where, p)
	case db.EraseBlank:
		var sets []string
		args := []any{p}
		for _, name := range t.Blank {
			i := slices.IndexFunc(columns, func(c db.Column) bool { return c.Name == name })
			if i < 0 {
				return 0, fmt.Errorf("no column %s", name)
			}
			args = append(args, blank(columns[i]))
			sets = append(sets, fmt.Sprintf("%s = ?%d", name, len(args)))
		}
		return tx.Exec("UPDATE "+t.Name+" SET "+strings.Join(sets, ", ")+where, args...)
	case db.EraseKeep:
		var n int64
		return n, tx.QueryRow("SELECT COUNT(*) FROM "+t.Name+where, p).Scan(&n)
	}
	return 0, fmt.Errorf("the declaration does not say what to do")
}

// blank is what an emptied column holds.
func blank(c db.Column) any {
	switch {
	case c.Nullable:
		return nil
	case c.Type == "number":
		return int64(0)
	case c.Type == "real":
		return float64(0)
	case c.Type == "bytes":
		return []byte{}
	}
	return ""
}
