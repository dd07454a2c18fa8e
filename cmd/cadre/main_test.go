package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"cadre/examples"
	"cadre/internal/db"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cadre": func() { os.Exit(untilInterrupted()) },
	})
}

// TestScripts plays the command lines in testdata/script as an operator would.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: os.Getenv("UPDATE_GOLDEN") != "",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"capture": capture, "tamper": tamper, "explain": explain,
		},
	})
}

// Every example is played to its end by a script of its own, the first programme
// by demo-once.
func TestEveryExampleIsPlayed(t *testing.T) {
	t.Parallel()
	dirs, err := filepath.Glob("../../examples/*/programme.yaml")
	if err != nil || len(dirs) != len(examples.Names()) {
		t.Fatalf("%d examples, of which %v can be played; %v", len(dirs), examples.Names(), err)
	}
	for _, name := range examples.Names() {
		script := "play-" + name
		if name == examples.First {
			script = "demo-once"
		}
		if _, err := os.Stat(filepath.Join("testdata/script", script+".txtar")); err != nil {
			t.Errorf("the example %s is played by no script", name)
		}
	}
}

// explain PERSON TIME prints what cadre pathway explain says of somebody at a
// time, without the facts that it rests on: those have ids, which differ from
// run to run. PERSON names a variable with her id; COHORT has the cohort's.
func explain(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: explain PERSON TIME")
	}
	who := ts.Getenv(args[0])
	if who == "" {
		ts.Fatalf("%s was not captured", args[0])
	}
	ts.Check(ts.Exec("cadre", "pathway", "explain", ts.Getenv("COHORT"), who, "--at", args[1]))
	said, grounds, ok := strings.Cut(ts.ReadFile("stdout"), "\n\n")
	if !ok || !strings.Contains(grounds, "of the rules, from") {
		ts.Fatalf("it does not say on what that rests")
	}
	fmt.Fprintln(ts.Stdout(), said)
}

// capture NAME PATTERN sets a variable to what the first group of a pattern
// matches in the last command's output.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATTERN")
	}
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if m == nil {
		ts.Fatalf("nothing matches %s", args[1])
	}
	ts.Setenv(args[0], m[1])
}

// tamper SQL changes the database in CADRE_DATA behind the program's back, as
// somebody does who holds the file. It has to change something.
func tamper(ts *testscript.TestScript, _ bool, args []string) {
	d, err := db.Open(context.Background(), db.Options{URL: filepath.Join(ts.Getenv("CADRE_DATA"), "cadre.db")})
	ts.Check(err)
	ts.Check(d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
		n, err := tx.Exec(strings.Join(args, " "))
		if err == nil && n == 0 {
			err = errors.New("no row was changed")
		}
		return err
	}))
	ts.Check(d.Close())
}

// TestEveryCommandHasHelpWithAnExample walks the command line as declared.
func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	t.Parallel()
	var walk func(v reflect.Type, words []string)
	walk = func(v reflect.Type, words []string) {
		leaf := true
		for i := range v.NumField() {
			f := v.Field(i)
			if _, ok := f.Tag.Lookup("cmd"); ok {
				leaf = false
				name := f.Tag.Get("name")
				if name == "" {
					name = strings.ToLower(f.Name)
				}
				walk(f.Type, append(words[:len(words):len(words)], name))
			}
		}
		if !leaf || len(words) == 0 {
			return
		}
		var out, complaints bytes.Buffer
		if code := run(t.Context(), append(words, "--help"), &out, &complaints); code != exitDone {
			t.Errorf("%v --help exits with %d: %s", words, code, complaints.String())
		}
		if !strings.Contains(out.String(), "Example") || !strings.Contains(out.String(), "cadre "+strings.Join(words, " ")) {
			t.Errorf("the help of %v has no example of it:\n%s", words, out.String())
		}
	}
	walk(reflect.TypeFor[commands](), nil)
}

// TestServeAnswersUntilItIsInterrupted starts the server as an operator does.
func TestServeAnswersUntilItIsInterrupted(t *testing.T) {
	t.Setenv("CADRE_DATA", filepath.Join(t.TempDir(), "data"))
	t.Setenv("CADRE_LISTEN", "127.0.0.1:0")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	log, told := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"serve"}, io.Discard, told)
		_ = told.Close()
	}()
	lines := bufio.NewScanner(log)
	url := ""
	for url == "" && lines.Scan() {
		_, url, _ = strings.Cut(lines.Text(), "serves on ")
	}
	if url == "" {
		t.Fatalf("it does not serve: exit code %d", <-code)
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/sign-in", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if policy := answer.Header.Get("Content-Security-Policy"); policy == "" || strings.Contains(policy, "unsafe") {
		t.Errorf("the content policy is %q", policy)
	}
	interrupt()
	if c := <-code; c != exitDone {
		t.Errorf("exit code %d", c)
	}
}
