package main

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cadre": func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts plays the command lines in testdata/script as an operator would.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
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
		if code := run(append(words, "--help"), &out, &complaints); code != exitDone {
			t.Errorf("%v --help exits with %d: %s", words, code, complaints.String())
		}
		if !strings.Contains(out.String(), "Example") || !strings.Contains(out.String(), "cadre "+strings.Join(words, " ")) {
			t.Errorf("the help of %v has no example of it:\n%s", words, out.String())
		}
	}
	walk(reflect.TypeFor[commands](), nil)
}
