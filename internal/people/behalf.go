package people

import (
	"context"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Basis is on whose word something about a person was entered.
type Basis string

// The bases. What staff enter for her is never her own act.
const (
	OwnAct    Basis = ""
	Paper     Basis = "paper"
	Telephone Basis = "telephone"
)

// Behalf is a person's own word that staff entered for her, as it stands: it was
// not changed since.
type Behalf struct {
	// Name is the name that she confirmed; empty if it is about how she reads.
	Name  id.Name
	Basis Basis
	// By is who entered it, as the reader may know them.
	By Display
	At time.Time
}

// The things that staff enter of her own word.
const (
	whatName        = "name"
	whatPreferences = "preferences"
)

// basisOf is on whose word an act about a person stands: her own act, or what
// staff say of how they know.
func basisOf(tx *db.Tx, p id.Person, given Basis) (Basis, error) {
	if tx.Actor().Person == p {
		return OwnAct, nil
	}
	if given != Paper && given != Telephone {
		return "", fault.Bad("people.mend", fault.Field{Name: "basis", Key: "people.basis-missing"})
	}
	return given, nil
}

// enteredFor writes down that staff entered a person's word, at a revision of what
// it is about, and returns the rows that the journal entry vouches for.
func enteredFor(tx *db.Tx, p id.Person, what, ref string, revision int, b Basis) ([]journal.Row, error) {
	if b == OwnAct {
		return nil, nil
	}
	row := id.New[id.Entry]()
	_, err := tx.Exec(`INSERT INTO people_entered (id, person, what, ref, revision, basis, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		row, p, what, ref, revision, b, tx.Actor().ID(), db.Micros(tx.Now()))
	return []journal.Row{journal.RowOf(entered, row)}, err
}

// EnteredFor lists what staff entered of a person's own word and still stands as
// they entered it: which names she confirmed, and how she wants to read. Whoever
// may read her names may read it; the read is recorded.
func (s *Service) EnteredFor(ctx context.Context, p id.Person) ([]Behalf, error) {
	return readOf(ctx, s, access.Names, p, func(tx *db.Tx, p id.Person) ([]Behalf, error) {
		var who []id.Person
		out, err := db.Collect(tx, func(r *db.Rows) (Behalf, error) {
			var b Behalf
			var at int64
			err := r.Scan(&b.Name, &b.Basis, &b.By.Person, &at)
			b.At = db.Time(at)
			who = append(who, b.By.Person)
			return b, err
		}, `SELECT e.ref, e.basis, e.actor, e.at FROM people_entered e
			LEFT JOIN people_names n ON e.what = ?2 AND n.id = e.ref
			LEFT JOIN people_preferences q ON e.what = ?3 AND q.person = e.person
			WHERE e.person = ?1 AND e.revision = COALESCE(n.revision, q.revision)
			ORDER BY e.at DESC, e.id DESC`, p, whatName, whatPreferences)
		if err != nil || len(out) == 0 {
			return nil, err
		}
		names, err := Displays(tx, tx.Actor(), i18n.From(ctx).Lang(), who...)
		for i := range out {
			if d, ok := names[out[i].By.Person]; ok {
				out[i].By = d
			}
		}
		return out, err
	})
}
