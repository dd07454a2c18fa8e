package retention

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/db"
)

// Check compares the declarations with the database and returns what is wrong,
// in sentences for developers: a table that nobody declared, a declaration of
// nothing, a column that is not there, and erasures that cannot work.
func Check(ctx context.Context, d *db.DB, tables []db.Table) ([]string, error) {
	var out []string
	err := d.View(ctx, func(tx *db.Tx) error {
		columns, err := db.Columns(tx)
		if err != nil {
			return err
		}
		references, err := db.References(tx)
		if err != nil {
			return err
		}
		out = problems(tables, columns, references)
		return nil
	})
	return out, err
}

func problems(tables []db.Table, columns map[string][]db.Column, references map[string][]string) []string {
	var out []string
	bad := func(t db.Table, format string, args ...any) {
		out = append(out, t.Name+" "+fmt.Sprintf(format, args...))
	}
	declared := map[string]db.Table{}
	for _, t := range tables {
		if _, twice := declared[t.Name]; twice {
			bad(t, "is declared twice")
		}
		declared[t.Name] = t
	}
	for name := range columns {
		if _, ok := declared[name]; !ok {
			out = append(out, name+" is declared by nobody: whose data does it hold, why and how long?")
		}
	}
	for _, t := range tables {
		if columns[t.Name] == nil {
			bad(t, "is declared but not in the database")
			continue
		}
		if t.Owner == "" || t.Purpose == "" || t.Keep == "" {
			bad(t, "lacks an owner, a purpose or how long it is kept")
		}
		if t.Owner != "" && !strings.HasPrefix(t.Name, t.Owner+"_") {
			bad(t, "does not begin with its owner's name, %s", t.Owner)
		}
		has := func(column string) bool {
			return slices.ContainsFunc(columns[t.Name], func(c db.Column) bool { return c.Name == column })
		}
		for _, c := range slices.Concat([]string{keyOf(t)}, t.Journalled, t.Blank, t.FreeText) {
			if c == "id" && t.Key == "" && len(t.Journalled) == 0 {
				continue // a table without journalled rows needs no key
			}
			if !has(c) {
				bad(t, "has no column %s", c)
			}
		}
		switch {
		case t.Person == "" && t.Erase != db.EraseNothing:
			bad(t, "is erased from (%s) but names no person column", t.Erase)
		case t.Person != "" && !has(t.Person):
			bad(t, "has no column %s", t.Person)
		case t.Person != "" && t.Erase == db.EraseNothing:
			bad(t, "holds rows about persons but does not say what erasing one does")
		case t.Erase == db.EraseBlank && len(t.Blank) == 0:
			bad(t, "is emptied, but of no column")
		case t.Erase != db.EraseBlank && len(t.Blank) > 0:
			bad(t, "names columns to empty but is not emptied")
		}
		if w := t.Through; w != (db.Through{}) {
			if p := declared[w.Table]; !has(w.Column) || p.Person != w.Person || p.Person == "" || keyOf(p) != "id" || !slices.Contains(references[t.Name], w.Table) {
				bad(t, "does not lead to her rows through %s and %s of %s", w.Column, w.Person, w.Table)
			}
		}
		if slices.Contains(t.Blank, t.Person) && t.Person != "" {
			bad(t, "would empty the column by which her rows are found")
		}
		if t.Erase == db.EraseKeep && len(t.FreeText) > 0 {
			bad(t, "keeps her rows although people write in them: %s", strings.Join(t.FreeText, ", "))
		}
		if t.Erase == db.EraseBlank {
			for _, c := range t.FreeText {
				if !slices.Contains(t.Blank, c) {
					bad(t, "empties her rows but not %s, in which people write", c)
				}
			}
		}
		for _, parent := range references[t.Name] {
			if p := declared[parent]; p.Erase == db.EraseDelete && t.Erase != db.EraseDelete && parent != t.Name {
				bad(t, "refers to %s, whose rows are deleted with a person; its own have to be as well", parent)
			}
		}
	}
	slices.Sort(out)
	return out
}

func keyOf(t db.Table) string {
	if t.Key == "" {
		return "id"
	}
	return t.Key
}

// childrenFirst orders tables so that a row goes before what it refers to.
func childrenFirst(tables []db.Table, references map[string][]string) []db.Table {
	out := make([]db.Table, 0, len(tables))
	byName := map[string]db.Table{}
	for _, t := range tables {
		byName[t.Name] = t
	}
	done := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if done[name] {
			return
		}
		done[name] = true
		for _, parent := range references[name] {
			visit(parent)
		}
		if t, ok := byName[name]; ok {
			out = append(out, t)
		}
	}
	for _, t := range tables {
		visit(t.Name)
	}
	slices.Reverse(out)
	return out
}
