package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "cadre"

// A layer is a floor of the house: packages import from their own floor, where
// that is allowed, and from those below.
type layer int

const (
	kernel layer = iota
	platform
	edge // the platform's own face: web, api
	capability
	face // a capability's pages and API
	play // what drives the services as people would: the demo
	app
	cmd
	outside // tests of the whole, which nothing imports
)

// layers names every package of internal by its first path element. A name that
// is not here, or a capability's followed by web or api, has no place yet.
var layers = map[string]layer{
	"fault": kernel, "id": kernel, "clock": kernel, "actor": kernel, "civil": kernel,

	"config": platform, "durable": platform, "archive": platform, "db": platform, "journal": platform, "job": platform,
	"blob": platform, "mail": platform, "i18n": platform, "yamlread": platform, "seal": platform,

	"web": edge, "api": edge,

	"people": capability, "access": capability, "programme": capability,
	"pathway": capability, "cohort": capability, "item": capability, "content": capability,
	"player": capability, "lrs": capability, "assess": capability,
	"workshop": capability, "exercise": capability, "coaching": capability,
	"evaluation": capability, "credential": capability, "report": capability,
	"notify": capability, "site": capability, "retention": capability,

	"demo": play, "demoweb": face,

	"examples": kernel, // files alone

	"app": app,

	"archtest": outside, "e2e": outside,
}

// atTheEdge are the capabilities that speak HTTP themselves, because a protocol
// of that name demands it.
var atTheEdge = []string{"player", "lrs"}

// area returns the first path element below internal, "cmd" for commands, and
// "" for what is not ours.
func area(importPath string) string {
	rest, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	first, rest, _ := strings.Cut(rest, "/")
	if first != "internal" {
		return first
	}
	first, _, _ = strings.Cut(rest, "/")
	return first
}

// place returns the layer of an area of ours.
func place(area string) (layer, bool) {
	if area == "cmd" {
		return cmd, true
	}
	if l, ok := layers[area]; ok {
		return l, true
	}
	for _, suffix := range []string{"web", "api"} {
		if base, ok := strings.CutSuffix(area, suffix); ok && layers[base] == capability && base != "" {
			return face, true
		}
	}
	return 0, false
}

// speaksHTTP reports whether an area may import net/http and templates.
func speaksHTTP(area string) bool {
	l, _ := place(area)
	return l == edge || l == face || slices.Contains(atTheEdge, area)
}

// forTests reports whether a package is a fixture, imported by tests alone.
func forTests(importPath string) bool {
	base := path.Base(importPath)
	return strings.HasSuffix(base, "test") && base != "archtest"
}

// A pkg is what the go tool says of a package; only what is used here.
type pkg struct {
	ImportPath string
	Name       string
	Imports    []string // of the package itself, not of its tests
}

func packages(t *testing.T) []pkg {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Name,Imports", "./...")
	list.Dir = root(t)
	out, err := list.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	list.Stderr = &complaint
	if err := list.Start(); err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(out); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := list.Wait(); err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.String())
	}
	return all
}

// importBreaches applies rules 1, 2 and 4 and the rule of names to packages.
func importBreaches(all []pkg, allowed map[pair]string) []string {
	var out []string
	breach := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, p := range all {
		mine := area(p.ImportPath)
		own, ok := place(mine)
		if !ok {
			breach("%s has no place in the house: name it in layers_test.go, or find the package that it belongs to", p.ImportPath)
			continue
		}
		if slices.Contains(drawers, path.Base(p.ImportPath)) {
			breach("%s is named after no subject", p.ImportPath)
		}
		for _, dep := range p.Imports {
			theirs := area(dep)
			if theirs == "" {
				if why := foreignBreach(own, mine, dep); why != "" {
					breach("%s imports %s: %s", p.ImportPath, dep, why)
				}
				continue
			}
			if theirs == mine {
				if forTests(dep) && !forTests(p.ImportPath) {
					breach("%s imports %s, which is for tests", p.ImportPath, dep)
				}
				continue
			}
			other, ok := place(theirs)
			switch {
			case !ok:
				// Reported at the package itself.
			case forTests(dep) && !forTests(p.ImportPath):
				breach("%s imports %s, which is for tests", p.ImportPath, dep)
			case other > own || other == outside:
				breach("%s imports %s: never backwards (rule 1)", p.ImportPath, dep)
			case own == capability && other == edge && !slices.Contains(atTheEdge, mine):
				breach("%s imports %s: a capability does not know its pages (rule 4)", p.ImportPath, dep)
			case own == capability && other == capability:
				if _, ok := allowed[pair{mine, theirs}]; !ok {
					breach("%s imports %s: the pair is not in pairs_test.go (rule 2)", p.ImportPath, dep)
				}
				if strings.Count(strings.TrimPrefix(dep, module+"/internal/"), "/") > 0 {
					breach("%s imports %s: only another capability's root package (rule 2)", p.ImportPath, dep)
				}
			case own == face && other == face:
				breach("%s imports %s: pages share components of web/ui, not each other (rule 1)", p.ImportPath, dep)
			}
		}
	}
	return out
}

// foreignBreach says what is wrong with an import from the standard library or
// from somebody else's module; empty if nothing.
func foreignBreach(own layer, area, dep string) string {
	standard := !strings.Contains(strings.SplitN(dep, "/", 2)[0], ".")
	switch {
	case own == kernel && !standard:
		return "the kernel stands on the standard library alone"
	case slices.Contains([]string{"net/http", "html/template", "github.com/a-h/templ"}, dep) && !speaksHTTP(area):
		return "HTTP and templates stay at the edge (rule 4)"
	case isDriver(dep) && area != "db":
		return "database drivers stay in db (rule 4)"
	case dep == "math/rand" || dep == "math/rand/v2":
		return "chance that can be guessed; id.Secret and crypto/rand are for secrets, a seeded source is given by the caller"
	case dep == "log":
		return "logs are written with log/slog"
	}
	return ""
}

func isDriver(dep string) bool {
	for _, d := range []string{"github.com/ncruces/go-sqlite3", "github.com/jackc/pgx", "github.com/lib/pq", "modernc.org/sqlite", "github.com/mattn/go-sqlite3", "github.com/pressly/goose"} {
		if strings.HasPrefix(dep, d) {
			return true
		}
	}
	return false
}

// drawers are names under which anything could be put.
var drawers = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "misc", "base", "shared", "lib", "core", "types"}

// A pair is a capability and another whose root package it imports.
type pair struct{ From, To string }

// cycle returns a cycle among pairs, or nil.
func cycle(pairs map[pair]string) []string {
	next := map[string][]string{}
	for p := range pairs {
		next[p.From] = append(next[p.From], p.To)
	}
	const visiting, visited = 1, 2
	state := map[string]int{}
	var trail []string
	var walk func(string) []string
	walk = func(n string) []string {
		switch state[n] {
		case visiting:
			return append(trail[slices.Index(trail, n):], n)
		case visited:
			return nil
		}
		state[n] = visiting
		trail = append(trail, n)
		for _, m := range next[n] {
			if c := walk(m); c != nil {
				return c
			}
		}
		trail = trail[:len(trail)-1]
		state[n] = visited
		return nil
	}
	for n := range next {
		if c := walk(n); c != nil {
			return c
		}
	}
	return nil
}

// usedPairs returns the pairs of areas of which one imports the other.
func usedPairs(all []pkg) map[pair]bool {
	out := map[pair]bool{}
	for _, p := range all {
		for _, dep := range p.Imports {
			out[pair{area(p.ImportPath), area(dep)}] = true
		}
	}
	return out
}

func TestImports(t *testing.T) {
	t.Parallel()
	all := packages(t)
	for _, b := range importBreaches(all, pairs) {
		t.Error(b)
	}
	if c := cycle(pairs); c != nil {
		t.Errorf("the pairs go round in a circle: %s", strings.Join(c, " → "))
	}
	used := usedPairs(all)
	for p, why := range pairs {
		if !used[p] {
			t.Errorf("%s → %s is allowed and nothing needs it any more", p.From, p.To)
		}
		if strings.TrimSpace(why) == "" {
			t.Errorf("%s → %s is allowed without a reason", p.From, p.To)
		}
	}
}
