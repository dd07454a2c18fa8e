package cohort

import (
	"fmt"
	"strings"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// InDoubt is a place in the list of those who are in doubt. The list is in this
// order, however long it is: whose deadline passed, so that a person has to decide
// (for the programme alone); then whose yes is awaited, then the others, and of both
// first those to whom word never came; in the order of their proposals. The zero
// InDoubt is before the first.
type InDoubt struct {
	Group int
	// Key is the person's id in the first group, the nomination's in the others.
	Key string
}

// The groups of the list.
const (
	ringOverdue = iota
	ringAskedUnreached
	ringAskedReached
	ringHeldUnreached
	ringHeldReached
	ringEnd
)

// ringReads bounds how often a page reads on where it only finds officers whom it
// shows in the first group.
const ringReads = 4

// unsettled reads officers to whom a seat is offered or held.
type unsettled struct {
	tx       *db.Tx
	cohort   id.Cohort
	agencies []id.Agency // nil for all
	staff    bool
}

// after returns a page of them after a place in the list, and the place to go on
// from, zero if there are no more.
func (u unsettled) after(at InDoubt) ([]Nomination, InDoubt, error) {
	var out []Nomination
	var places []InDoubt
	scanned := at
	reads := 0
	for group := at.Group; group < ringEnd && len(out) <= PageSize; group++ {
		key := ""
		if group == at.Group {
			key = at.Key
		}
		if group == ringOverdue && !u.staff {
			continue
		}
		for len(out) <= PageSize {
			if reads++; reads > ringReads+ringEnd {
				return out, scanned, nil
			}
			found, last, more, err := u.chunk(group, key)
			if err != nil {
				return nil, InDoubt{}, err
			}
			for _, n := range found {
				out = append(out, n)
				places = append(places, InDoubt{group, keyIn(group, n)})
			}
			if !more {
				scanned = InDoubt{Group: group + 1}
				break
			}
			key = last
			scanned = InDoubt{group, last}
		}
	}
	if len(out) <= PageSize {
		return out, InDoubt{}, nil
	}
	return out[:PageSize], places[PageSize-1], nil
}

func keyIn(group int, n Nomination) string {
	if group == ringOverdue {
		return string(n.Person)
	}
	return string(n.ID)
}

// chunk reads one page of a group after a key: those of it who are to be shown, the
// last key that it read, and whether there may be more.
func (u unsettled) chunk(group int, key string) (found []Nomination, last string, more bool, err error) {
	if group == ringOverdue {
		who, err := pathway.SeatsAwaiting(u.tx, u.cohort, id.Person(key), PageSize+1)
		if err != nil || len(who) == 0 {
			return nil, key, false, err
		}
		args := []any{u.cohort}
		of, err := u.read(`s.state IN ('offered', 'held')`+among("n.person", who, &args)+` ORDER BY n.person`, args)
		return of, string(who[len(who)-1]), len(who) > PageSize, err
	}
	state, reached := Offered, group == ringAskedReached || group == ringHeldReached
	if group == ringHeldUnreached || group == ringHeldReached {
		state = Held
	}
	args := []any{u.cohort, state, db.Flag(reached), key, PageSize + 1}
	where := `s.state = ?2 AND s.reached = ?3 AND s.nomination > ?4`
	if u.agencies != nil {
		where += among("n.agency", u.agencies, &args)
	}
	all, err := u.read(where+` ORDER BY s.nomination LIMIT ?5`, args)
	if err != nil || len(all) == 0 {
		return nil, key, false, err
	}
	last, more = string(all[len(all)-1].ID), len(all) > PageSize
	if !u.staff {
		return all, last, more, nil
	}
	who := make([]id.Person, len(all))
	for i, n := range all {
		who[i] = n.Person
	}
	overdue, err := pathway.SeatsAwaitingOf(u.tx, u.cohort, who...)
	for _, n := range all {
		if !overdue[n.Person] {
			found = append(found, n)
		}
	}
	return found, last, more, err
}

func (u unsettled) read(where string, args []any) ([]Nomination, error) {
	return db.Collect(u.tx, rowNomination, `SELECT `+nominationColumns+` FROM cohort_seats s JOIN cohort_nominations n ON n.id = s.nomination
		WHERE s.cohort = ?1 AND `+where, args...)
}

// among is the condition that a column is one of some ids, whose arguments it adds.
func among[T ~string](column string, ids []T, args *[]any) string {
	marks := make([]string, len(ids))
	for i, x := range ids {
		*args = append(*args, x)
		marks[i] = fmt.Sprintf("?%d", len(*args))
	}
	return ` AND ` + column + ` IN (` + strings.Join(marks, ", ") + `)`
}
