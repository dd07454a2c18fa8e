package retention

import (
	"slices"
	"strings"
	"testing"

	"cadre/internal/db"
)

func TestABadDeclarationIsToldInItsPlace(t *testing.T) {
	text := func(names ...string) (out []db.Column) {
		for _, n := range names {
			out = append(out, db.Column{Name: n, Type: "text"})
		}
		return out
	}
	columns := map[string][]db.Column{
		"a_good": text("id", "person", "note"), "a_lost": text("id"), "a_kept": text("id", "person", "parent", "note"),
	}
	good := db.Table{
		Name: "a_good", Owner: "a", Purpose: "p", Keep: "k", Person: "person", Journalled: []string{"person"},
		Erase: db.EraseDelete, FreeText: []string{"note"},
	}
	with := func(f func(t *db.Table)) []db.Table {
		g := good
		f(&g)
		return []db.Table{g, {Name: "a_lost", Owner: "a", Purpose: "p", Keep: "k"}, {
			Name: "a_kept", Owner: "a", Purpose: "p", Keep: "k", Person: "person", Erase: db.EraseKeep,
		}}
	}
	if got := problems(with(func(*db.Table) {}), columns, nil); len(got) > 0 {
		t.Errorf("a good one: %v", got)
	}
	for want, f := range map[string]func(t *db.Table){
		"lacks an owner":         func(t *db.Table) { t.Purpose = "" },
		"begin with its owner":   func(t *db.Table) { t.Owner = "b" },
		"no column nobody":       func(t *db.Table) { t.Person = "nobody" },
		"no column gone":         func(t *db.Table) { t.Journalled = []string{"gone"} },
		"names no person column": func(t *db.Table) { t.Person = "" },
		"does not say what":      func(t *db.Table) { t.Erase = db.EraseNothing },
		"emptied, but of no":     func(t *db.Table) { t.Erase = db.EraseBlank; t.FreeText = nil },
		"but is not emptied":     func(t *db.Table) { t.Blank = []string{"note"} },
		"but not note":           func(t *db.Table) { t.Erase = db.EraseBlank; t.Blank = []string{"id"} },
		"by which her rows":      func(t *db.Table) { t.Erase = db.EraseBlank; t.Blank = []string{"note", "person"} },
		"although people write":  func(t *db.Table) { t.Erase = db.EraseKeep },
		"not in the database":    func(t *db.Table) { t.Name = "a_none" },
		"is declared twice":      func(t *db.Table) { t.Name = "a_kept"; t.FreeText = nil },
		"is declared by nobody":  func(t *db.Table) { t.Name = "a_none" },
	} {
		if got := problems(with(f), columns, nil); !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("want %q among %q", want, got)
		}
	}
	through := func(column, table, person string) []string {
		return problems(with(func(t *db.Table) { t.Through = db.Through{Column: column, Table: table, Person: person} }), columns, map[string][]string{"a_good": {"a_kept"}})
	}
	if got := through("note", "a_kept", "person"); len(got) > 0 {
		t.Errorf("one whose rows are found through another's: %v", got)
	}
	for _, got := range [][]string{through("gone", "a_kept", "person"), through("note", "a_lost", ""), through("note", "a_kept", "parent"), through("note", "a_good", "person")} {
		if !strings.Contains(strings.Join(got, "\n"), "does not lead to her rows") {
			t.Errorf("her rows are said to be found by what does not lead there: %v", got)
		}
	}
	got := problems(with(func(*db.Table) {}), columns, map[string][]string{"a_kept": {"a_good"}})
	if len(got) != 1 || !strings.Contains(got[0], "refers to a_good") {
		t.Errorf("a kept row that refers to a deleted one: %v", got)
	}
}

func TestRowsGoBeforeWhatTheyReferTo(t *testing.T) {
	names := func(ts []db.Table) (out []string) {
		for _, t := range ts {
			out = append(out, t.Name)
		}
		return out
	}
	in := []db.Table{{Name: "child"}, {Name: "parent"}, {Name: "grandchild"}, {Name: "alone"}}
	got := names(childrenFirst(in, map[string][]string{"child": {"parent"}, "grandchild": {"child", "grandchild"}}))
	if len(got) != 4 || slices.Index(got, "grandchild") > slices.Index(got, "child") || slices.Index(got, "child") > slices.Index(got, "parent") {
		t.Errorf("order %v", got)
	}
}
