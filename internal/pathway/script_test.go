package pathway

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Every example is played to completion by a script in testdata/scripts. Its
// facts stand in files of lines
//
//	2020-10-05T10:00  person  kind  subject|-  {value}  [corrects=LINE]
//
// in the programme's zone, and "explain BLUEPRINT FACTS PERSON TIME" prints where
// a person stood at a time.
func TestExamplesPlayedToCompletion(t *testing.T) {
	root, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/scripts",
		UpdateScripts: os.Getenv("UPDATE_GOLDEN") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", root)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"explain": explain},
	})
}

func explain(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: explain BLUEPRINT FACTS PERSON TIME")
	}
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := programme.Read(args[0], data)
	ts.Check(err)
	facts, err := readFacts(b, ts.ReadFile(args[1]), args[2])
	ts.Check(err)
	now := programme.LocalTime(args[3]).In(b.Location(""))
	if now.IsZero() {
		ts.Fatalf("not a time: %s", args[3])
	}
	s := Evaluate(b, facts, now)
	l := i18n.For(i18n.Prefs{Lang: "en", Zone: string(b.Zone)})
	fmt.Fprintln(ts.Stdout(), strings.Join(Speak(l, b).Lines(&s), "\n"))
}

func readFacts(b *programme.Blueprint, text, person string) ([]Fact, error) {
	var out []Fact
	plan := Compile(b)
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		w := strings.Fields(lines.Text())
		if len(w) == 0 || strings.HasPrefix(w[0], "#") {
			continue
		}
		if len(w) < 4 {
			return nil, fmt.Errorf("line %d: want time, person, kind, subject", n)
		}
		f := Fact{ID: id.Fact(fmt.Sprintf("line-%03d", n)), Person: id.Person(w[1]), Cohort: "c", OccurredAt: programme.LocalTime(w[0]).In(b.Location("")), Basis: OwnAct}
		f.RecordedAt = f.OccurredAt
		if f.OccurredAt.IsZero() {
			return nil, fmt.Errorf("line %d: not a time: %s", n, w[0])
		}
		if w[3] != "-" {
			f.Subject = w[3]
		}
		value := "{}"
		if len(w) > 4 {
			value = w[4]
		}
		if len(w) > 5 {
			f.Corrects = id.Fact("line-" + strings.TrimPrefix(w[5], "corrects="))
		}
		var err error
		if f.Value, err = DecodeValue(Kind(w[2]), 1, value); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if !plan.fits(f.Kind(), f.Subject) {
			return nil, fmt.Errorf("line %d: the programme has no %q for %s", n, f.Subject, w[2])
		}
		if w[1] == person {
			out = append(out, f)
		}
	}
	return out, lines.Err()
}

// TestEveryExampleIsPlayed keeps an example from being forgotten.
func TestEveryExampleIsPlayed(t *testing.T) {
	dirs, err := filepath.Glob("../../examples/*/programme.yaml")
	if err != nil || len(dirs) < 4 {
		t.Fatalf("%d examples, %v", len(dirs), err)
	}
	for _, d := range dirs {
		name := filepath.Base(filepath.Dir(d))
		if _, err := os.Stat(filepath.Join("testdata/scripts", name+".txtar")); err != nil {
			t.Errorf("the example %s is played by no script", name)
		}
	}
}
