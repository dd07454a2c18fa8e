package journal

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"cadre/internal/db"
)

// Row names one row of a state table that an entry vouches for.
type Row struct {
	Table db.Table
	ID    string
	// values are those of the journalled columns, where they were told.
	values []any
}

// RowOf names the row of t whose key is id. [Append] reads it, so it is named
// after it has been written; a row that is not there is vouched for as absent.
func RowOf[T ~string](t db.Table, id T) Row { return Row{Table: t, ID: string(id)} }

// RowWritten is [RowOf] for a row that has just been written with these values in the
// columns that t journals, in their order: strings and numbers, as the database gives
// them back. It is not read again; what was told wrongly is damage to [Verify].
func RowWritten[T ~string](t db.Table, id T, values ...any) Row {
	return Row{Table: t, ID: string(id), values: values}
}

// vouched is a row with its digest, as kept in journal_rows.
type vouched struct {
	name    string
	id      string
	columns int // how many of the journalled columns were digested; 0 if the row was absent
	digest  Hash
}

func keyColumn(t db.Table) string {
	if t.Key == "" {
		return "id"
	}
	return t.Key
}

// stateRows are rows as they stand, by their table's name and their key: the values
// of the journalled columns. A row that is not there is missing.
type stateRows map[string]map[string][]any

// readRows reads what entries vouch for, but for what was told.
func readRows(tx *db.Tx, all []Entry) (stateRows, error) {
	var tables []db.Table
	ids := map[string][]any{}
	for _, e := range all {
		for _, r := range e.Rows {
			if r.values != nil {
				continue
			}
			of, some := ids[r.Table.Name]
			if !some {
				tables = append(tables, r.Table)
			}
			if !slices.Contains(of, any(r.ID)) {
				ids[r.Table.Name] = append(of, r.ID)
			}
		}
	}
	out := stateRows{}
	for _, t := range tables {
		cols, key := t.Journalled, keyColumn(t)
		if len(cols) == 0 {
			return nil, fmt.Errorf("journal: table %s declares no journalled columns", t.Name)
		}
		found := map[string][]any{}
		if _, err := db.QueryEach(tx, func(r *db.Rows) (struct{}, error) {
			var none struct{}
			var id string
			values := make([]any, len(cols))
			if err := r.Scan(append([]any{&id}, pointers(values)...)...); err != nil {
				return none, err
			}
			if found[id] != nil {
				return none, fmt.Errorf("journal: %s is not a key of table %s", key, t.Name)
			}
			found[id] = values
			return none, nil
		}, "SELECT "+key+", "+strings.Join(cols, ", ")+" FROM "+t.Name+" WHERE "+key+" =", ids[t.Name]); err != nil {
			return nil, err
		}
		out[t.Name] = found
	}
	return out, nil
}

// digest digests a row that was read.
func (s stateRows) digest(salt []byte, r Row) (vouched, error) {
	v := vouched{name: r.Table.Name, id: r.ID}
	values := r.values
	if values == nil {
		values = s[r.Table.Name][r.ID]
	}
	if values == nil {
		v.digest = digestAbsent(salt, r.Table, r.ID)
		return v, nil
	}
	cols := r.Table.Journalled
	if len(values) != len(cols) {
		return v, fmt.Errorf("journal: %d values for the %d journalled columns of %s", len(values), len(cols), r.Table.Name)
	}
	v.columns = len(cols)
	var err error
	v.digest, err = digestRow(salt, r.Table, r.ID, cols, values)
	return v, err
}

// vouch reads the row and digests its first n journalled columns, or all of
// them if n is 0.
func vouch(tx *db.Tx, salt []byte, r Row, n int) (vouched, error) {
	cols := r.Table.Journalled
	if len(cols) == 0 {
		return vouched{}, fmt.Errorf("journal: table %s declares no journalled columns", r.Table.Name)
	}
	if n > 0 && n < len(cols) {
		cols = cols[:n]
	}
	v := vouched{name: r.Table.Name, id: r.ID}
	rows, err := tx.Query("SELECT "+strings.Join(cols, ", ")+" FROM "+r.Table.Name+
		" WHERE "+keyColumn(r.Table)+" = ?1", r.ID)
	if err != nil {
		return v, err
	}
	defer rows.Close()
	if !rows.Next() {
		v.digest = digestAbsent(salt, r.Table, r.ID)
		return v, rows.Err()
	}
	values := make([]any, len(cols))
	if err := rows.Scan(pointers(values)...); err != nil {
		return v, err
	}
	if rows.Next() {
		return v, fmt.Errorf("journal: %s is not a key of table %s", keyColumn(r.Table), r.Table.Name)
	}
	v.columns = len(cols)
	v.digest, err = digestRow(salt, r.Table, r.ID, cols, values)
	if err != nil {
		return v, err
	}
	return v, rows.Err()
}

func pointers(values []any) []any {
	p := make([]any, len(values))
	for i := range values {
		p[i] = &values[i]
	}
	return p
}

func digestAbsent(salt []byte, t db.Table, id string) Hash {
	s := newSum("cadre journal absent row 1")
	s.bytes(salt)
	s.text(t.Name)
	s.text(id)
	return s.hash()
}

// digestRow digests a row's values in a form that both engines yield alike.
// Column names are part of it, so that a column cannot be taken for another;
// later columns are appended to a declaration and leave older digests valid.
func digestRow(salt []byte, t db.Table, id string, cols []string, values []any) (Hash, error) {
	s := newSum("cadre journal row 1")
	s.bytes(salt)
	s.text(t.Name)
	s.text(id)
	for i, v := range values {
		s.text(cols[i])
		switch v := v.(type) {
		case nil:
			s.text("null")
		case int64:
			s.text("number")
			s.number(v)
		case float64:
			s.text("real")
			s.number(int64(math.Float64bits(v)))
		case string:
			s.text("text")
			s.text(v)
		case []byte:
			s.text("bytes")
			s.bytes(v)
		default:
			return Hash{}, fmt.Errorf("journal: column %s.%s holds a %T", t.Name, cols[i], v)
		}
	}
	return s.hash(), nil
}
