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
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
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
			"capture": capture, "tamper": tamper, "explain": explain, "exits": exits,
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

// exits CODE COMMAND... runs a command, which has to exit with that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	code := exitDone
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		code = ended.ExitCode()
	}
	if args[0] != strconv.Itoa(code) {
		ts.Fatalf("it exits with %d, not %s", code, args[0])
	}
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

// eachCommand calls f for every command, as declared, with the words that lead to it.
func eachCommand(f func(v reflect.Type, words []string)) {
	var walk func(v reflect.Type, words []string)
	walk = func(v reflect.Type, words []string) {
		leaf := true
		for i := range v.NumField() {
			field := v.Field(i)
			if _, ok := field.Tag.Lookup("cmd"); ok {
				leaf = false
				name := field.Tag.Get("name")
				if name == "" {
					name = strings.ToLower(field.Name)
				}
				walk(field.Type, append(words[:len(words):len(words)], name))
			}
		}
		if leaf && len(words) > 0 {
			f(v, words)
		}
	}
	walk(reflect.TypeFor[commands](), nil)
}

// TestEveryCommandHasHelpWithAnExample walks the command line as declared. What its
// help gives as an example is understood.
func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	t.Parallel()
	eachCommand(func(_ reflect.Type, words []string) {
		var out, complaints bytes.Buffer
		if code := run(t.Context(), append(words, "--help"), &out, &complaints); code != exitDone {
			t.Errorf("%v --help exits with %d: %s", words, code, complaints.String())
		}
		name := "cadre " + strings.Join(words, " ")
		shown := 0
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, name) {
				shown++
				if err := understood(t, line); err != nil {
					t.Errorf("the help of %v shows %s: %v", words, line, err)
				}
			}
		}
		if !strings.Contains(out.String(), "Example") || shown == 0 {
			t.Errorf("the help of %v has no example of it:\n%s", words, out.String())
		}
	})
}

// wordless are the commands whose result is not for a program to read as JSON, and
// why.
var wordless = map[string]string{
	"serve":                "serves",
	"programme export":     "prints the file as it was imported",
	"programme schema":     "prints JSON already",
	"nominations template": "writes a spreadsheet",
	"token end":            "prints nothing",
	"lrs key revoke":       "prints nothing",
}

func TestEveryCommandPrintsItsResultsAsJSONToo(t *testing.T) {
	t.Parallel()
	eachCommand(func(v reflect.Type, words []string) {
		name := strings.Join(words, " ")
		f, ok := v.FieldByName("JSON")
		switch why := wordless[name]; {
		case ok && f.Tag.Get("help") == "":
			t.Errorf("%s: its --json is not explained", name)
		case ok && why != "":
			t.Errorf("%s has --json, and it is said that it %s", name, why)
		case !ok && why == "":
			t.Errorf("%s has no --json", name)
		}
	})
}

// understood parses a line of a shell that calls cadre, and returns what is wrong
// with it. Files need not be there, and ids not be anybody's.
func understood(t *testing.T, line string) error {
	t.Helper()
	line, _, _ = strings.Cut(line, " #")
	line, _, _ = strings.Cut(line, " > ")
	line = regexp.MustCompile(`\$\([^)]*\)`).ReplaceAllString(line, "X")
	var args []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		args = append(args, m[1]+m[2])
	}
	var c commands
	parser, err := kong.New(&c, kong.Name("cadre"), kong.Exit(func(int) {}), kong.Writers(io.Discard, io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = parser.Parse(args[1:]); err != nil && strings.Contains(err.Error(), "no such file") {
		err = nil
	}
	return err
}

// What the manual tells operators to type is understood: in lines that stand alone as a
// whole, and within sentences as far as it is written out.
func TestTheManualSpeaksThisCommandLine(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	alone := regexp.MustCompile(`(?m)^\s*(?:\$ )?(?:bin/)?(cadre [a-z].*)$`)
	within := regexp.MustCompile("`(?:bin/)?(cadre [a-z][^`]*)`")
	lines, mentions := 0, 0
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		fenced := false
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if m := alone.FindStringSubmatch(line); m != nil && (fenced || strings.HasPrefix(line, "    ")) {
				lines++
				if err := understood(t, m[1]); err != nil {
					t.Errorf("%s: %s: %v", page, m[1], err)
				}
			}
			for _, m := range within.FindAllStringSubmatch(line, -1) {
				mentions++
				err := understood(t, strings.NewReplacer("[", "", "]", "").Replace(m[1]))
				if err != nil && !strings.HasPrefix(err.Error(), "expected ") && !strings.HasPrefix(err.Error(), "missing flags") {
					t.Errorf("%s: %s: %v", page, m[1], err)
				}
			}
		}
	}
	if lines < 10 || mentions < 10 {
		t.Errorf("%d lines and %d mentions were found", lines, mentions)
	}
}

// serving starts the server as an operator does, on the data folder, and returns its
// address and what ends it. It has to end in order.
func serving(t *testing.T, data string) (url string, end func()) {
	t.Helper()
	t.Setenv("CADRE_DATA", data)
	t.Setenv("CADRE_LISTEN", "127.0.0.1:0")
	ctx, interrupt := context.WithCancel(t.Context())
	log, told := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"serve"}, io.Discard, told)
		_ = told.Close()
	}()
	lines := bufio.NewScanner(log)
	var said []string
	for url == "" && lines.Scan() {
		said = append(said, lines.Text())
		_, url, _ = strings.Cut(lines.Text(), "serves on ")
	}
	if url == "" {
		interrupt()
		t.Fatalf("it does not serve: exit code %d: %s", <-code, said)
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	return url, func() {
		t.Helper()
		interrupt()
		if c := <-code; c != exitDone {
			t.Errorf("exit code %d", c)
		}
	}
}

// visit gets a page.
func visit(t *testing.T, url string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestServeAnswersUntilItIsInterrupted starts the server as an operator does.
func TestServeAnswersUntilItIsInterrupted(t *testing.T) {
	url, end := serving(t, filepath.Join(t.TempDir(), "data"))
	answer := visit(t, url+"/sign-in")
	defer answer.Body.Close()
	if policy := answer.Header.Get("Content-Security-Policy"); policy == "" || strings.Contains(policy, "unsafe") {
		t.Errorf("the content policy is %q", policy)
	}
	end()
}

// invited lets somebody in, and returns her id.
func invited(t *testing.T, name string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	if code := run(t.Context(), []string{"user", "invite", "--name", name, "--role", "administrator", "--json"}, &out, &complaints); code != exitDone {
		t.Fatalf("exit code %d: %s", code, complaints.String())
	}
	m := regexp.MustCompile(`"person": "([^"]+)"`).FindStringSubmatch(out.String())
	if m == nil {
		t.Fatal(out.String())
	}
	return m[1]
}

// A crash between the register and the commit of an erasure is made good by the next
// start, which serves: nobody has to know. A register that was lost is written anew.
func TestServeMakesGoodAnErasureThatWasCutOff(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	register := filepath.Join(data+".keep", "erased")
	t.Setenv("CADRE_DATA", data)
	her := invited(t, "Meena-the-canary")
	if err := os.WriteFile(register, []byte(her+" 2020-11-02T05:00:00Z\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, end := serving(t, data)
	end()
	held, err := os.ReadFile(filepath.Join(data, "cadre.db"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(held, []byte("Meena-the-canary")) {
		t.Error("she is still in the database")
	}
	if err := os.Remove(register); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"doctor"}, &out, io.Discard); code != exitWanting || !strings.Contains(out.String(), "broken  erased") {
		t.Errorf("the doctor, exit code %d, says:\n%s", code, out.String())
	}
	_, end = serving(t, data)
	end()
	if again, err := os.ReadFile(register); err != nil || !strings.HasPrefix(string(again), her+" ") {
		t.Errorf("the register is %q, %v", again, err)
	}
}

// A database that was put back by hand can be read and not changed, until a person
// accepts it; and nobody is served while somebody who was erased is in it again.
func TestServeReadsAloneWhatIsBehindItsWitness(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("CADRE_DATA", data)
	her := invited(t, "Meena-the-canary")
	file := filepath.Join(data, "cadre.db")
	yesterday, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	invited(t, "Lost")
	if err := os.WriteFile(file, yesterday, 0o600); err != nil {
		t.Fatal(err)
	}
	url, end := serving(t, data)
	answer := visit(t, url+"/sign-in")
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("its pages answer %s", answer.Status)
	}
	var complaints bytes.Buffer
	if code := run(t.Context(), []string{"user", "invite", "--name", "X", "--role", "administrator"}, io.Discard, &complaints); code != exitUnavailable {
		t.Errorf("it is changed: exit code %d, %s", code, complaints.String())
	}
	end()
	if err := os.WriteFile(filepath.Join(data+".keep", "erased"), []byte(her+" 2020-11-02T05:00:00Z\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	complaints.Reset()
	if code := run(t.Context(), []string{"serve"}, io.Discard, &complaints); code != exitUnavailable || !strings.Contains(complaints.String(), "erased") {
		t.Errorf("it serves while she is in it: exit code %d, %s", code, complaints.String())
	}
}
