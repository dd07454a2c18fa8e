package db_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
)

// A reference of a table's columns to another table.
type reference struct{ table, columns string }

// covered reports whether some index of the table begins with the columns, in any
// order among themselves.
func (r reference) covered(indexes map[string][]string) bool {
	want := strings.Split(r.columns, ",")
	slices.Sort(want)
	return slices.ContainsFunc(indexes[r.table], func(columns string) bool {
		have := strings.Split(columns, ",")
		if len(have) < len(want) {
			return false
		}
		have = slices.Sorted(slices.Values(have[:len(want)]))
		return slices.Equal(have, want)
	})
}

func pairs(t *testing.T, d *db.DB, query string) (out [][2]string) {
	t.Helper()
	if err := d.View(context.Background(), func(tx *db.Tx) (err error) {
		out, err = db.Collect(tx, func(r *db.Rows) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) }, query)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// What is referred to is found by an index: erasing, and whatever asks from the other
// side, does not read a table from end to end.
func TestEveryReferenceIsIndexed(t *testing.T) {
	queries := map[string][2]string{
		"sqlite": {
			`SELECT t.name, group_concat(f."from") FROM pragma_table_list t, pragma_foreign_key_list(t.name) f
				WHERE t.schema = 'main' AND t.type = 'table' GROUP BY t.name, f.id`,
			`SELECT tbl, group_concat(name) FROM (
				SELECT t.name AS tbl, i.name AS idx, c.name FROM pragma_table_list t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
				WHERE t.schema = 'main' AND t.type = 'table' AND i.partial = 0 ORDER BY t.name, i.name, c.seqno) GROUP BY tbl, idx`,
		},
		"postgres": {
			`SELECT conrelid::regclass::text, (SELECT string_agg(a.attname, ',' ORDER BY k.n)
				FROM unnest(conkey) WITH ORDINALITY k(num, n) JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.num)
				FROM pg_constraint WHERE contype = 'f' AND conparentid = 0`,
			`SELECT indrelid::regclass::text, (SELECT string_agg(a.attname, ',' ORDER BY k.n)
				FROM unnest(indkey::int2[]) WITH ORDINALITY k(num, n) JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = k.num)
				FROM pg_index WHERE indpred IS NULL AND NOT 0 = ANY (indkey::int2[])`,
		},
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		q := queries[d.Dialect().Name()]
		indexes := map[string][]string{}
		for _, x := range pairs(t, d, q[1]) {
			indexes[x[0]] = append(indexes[x[0]], x[1])
		}
		found := 0
		for _, x := range pairs(t, d, q[0]) {
			found++
			if r := (reference{x[0], x[1]}); !r.covered(indexes) {
				t.Errorf("no index of %s begins with %s, which refers to another table; it has %v", r.table, r.columns, indexes[r.table])
			}
		}
		if found < 50 {
			t.Errorf("%d references were found", found)
		}
	})
	if (reference{"t", "b,a"}).covered(map[string][]string{"t": {"a", "c,a,b"}}) {
		t.Error("an index that only holds the columns somewhere is taken for one that begins with them")
	}
	if !(reference{"t", "b,a"}).covered(map[string][]string{"t": {"a,b,c"}}) {
		t.Error("an index that begins with the columns is not found")
	}
}

var (
	constraint = regexp.MustCompile(`(CONSTRAINT \w+\s+)?\b(PRIMARY KEY|UNIQUE|CHECK|REFERENCES|FOREIGN KEY)\b`)
	named      = regexp.MustCompile(`\bCONSTRAINT (\w+)`)
	ofOthers   = regexp.MustCompile(`(FOREIGN KEY \([^)]*\)) REFERENCES`)
)

// tablesOf returns the statements of a schema of SQLite that make tables.
func tablesOf(schema string) []string {
	return slices.DeleteFunc(strings.Split(schema, ";\n"), func(s string) bool { return !strings.HasPrefix(strings.TrimSpace(s), "CREATE TABLE ") })
}

// misshapen says what is wrong with the form of the tables in a schema of SQLite: a
// constraint without a name could not be told from another where it is broken, and a
// table that is not STRICT takes a word for a number.
func misshapen(schema string) (out []string) {
	for _, table := range tablesOf(schema) {
		name := strings.Fields(table)[2]
		if _, end, _ := strings.Cut(table[strings.LastIndex(table, ")"):], ")"); !strings.Contains(end, "STRICT") {
			out = append(out, name+" is not STRICT")
		}
		for _, c := range constraint.FindAllStringSubmatch(ofOthers.ReplaceAllString(table, "$1"), -1) {
			if c[1] == "" {
				out = append(out, fmt.Sprintf("%s has a constraint without a name: %s", name, c[2]))
			}
		}
	}
	return out
}

// versions is the table in which the migrations that ran are kept; it is not ours.
const versions = "goose_db_version"

func TestTablesAreStrictAndConstraintsNamed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		if d.Dialect().Name() == "postgres" {
			other, err := os.ReadFile("schema/sqlite.sql")
			if err != nil {
				t.Fatal(err)
			}
			given := map[string]bool{}
			for _, m := range named.FindAllStringSubmatch(string(other), -1) {
				given[m[1]] = true
			}
			for _, x := range pairs(t, d, `SELECT conrelid::regclass::text, conname FROM pg_constraint
				WHERE contype IN ('p', 'u', 'f', 'c') AND conrelid <> 0 AND conparentid = 0 AND connamespace = current_schema()::regnamespace`) {
				if x[0] != versions && !given[x[1]] {
					t.Errorf("%s has a constraint that SQLite's table has not by that name: %s", x[0], x[1])
				}
			}
			for _, x := range pairs(t, d, `SELECT table_name, column_name FROM information_schema.columns
				WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'
				AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = current_schema())`) {
				t.Errorf("%s.%s is ordered as the server's language has it, and differs from SQLite: COLLATE \"C\"", x[0], x[1])
			}
			for _, x := range pairs(t, d, `SELECT table_name, column_name FROM information_schema.columns
				WHERE table_schema = current_schema() AND table_name <> '`+versions+`' AND (data_type LIKE 'timestamp%' OR data_type IN ('date', 'boolean', 'json', 'jsonb', 'uuid', 'integer', 'smallint'))`) {
				t.Errorf("%s.%s has a type of one engine alone: text, bigint, double precision and bytea are those of both", x[0], x[1])
			}
			return
		}
		schema, err := d.Schema(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(tablesOf(schema)); n < 100 || n != strings.Count(schema, "CREATE TABLE ") {
			t.Errorf("%d tables were looked at, of %d", n, strings.Count(schema, "CREATE TABLE "))
		}
		for _, wrong := range misshapen(schema) {
			t.Error(wrong)
		}
	})
	planted := "CREATE TABLE a (\n  id TEXT NOT NULL PRIMARY KEY,\n  b TEXT CONSTRAINT a_b_fk REFERENCES b (id),\n  CONSTRAINT a_c_fk FOREIGN KEY (c) REFERENCES c (id)\n);\n"
	if got := misshapen(planted); len(got) != 2 {
		t.Errorf("of a table that is not strict and has a key without a name it is said %q", got)
	}
}
