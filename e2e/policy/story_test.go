package policy_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"cadre/examples"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/demo"
	"cadre/internal/id"
)

// first is the folder of the first programme's example.
const first = "pakistan-2020"

// A land is one country's telling of the first programme: the same events, with
// people, agencies and words of its own.
type land struct {
	country string
	play    *demo.Play
	// planted are the words that its script was given, by whose they are.
	planted []canary
	keys    []string // of the cast, as planted names them; "" for a whole agency or country
}

// The two lands: what is the one's is never the other's.
var lands = []struct {
	country string
	// renames tell the script anew.
	renames [][2]string
}{
	{country: "PK"},
	{country: "IQ", renames: [][2]string{
		{`pakistan-2020`, `iraq-2020`},
		{`([\s{\[])punjab-police([,}\]\s:])`, `${1}basra$2`},
		{`([\s{\[])fia([,}\]\s:])`, `${1}baghdad$2`},
		{`country: PK`, `country: IQ`},
		{`\+92-`, `+964-`},
		{`@example\.org`, `@iraq.example.org`},
		{`Federal Investigation Agency`, `Directorate of Baghdad`},
		{`Punjab Police`, `Directorate of Basra`},
	}},
}

// Words makes words that stand nowhere else.
type words struct{ r *rand.Rand }

func (w words) latin() string {
	b := []byte("Q")
	for range 5 {
		b = append(b, "bdfgjklmnprstvz"[w.r.IntN(15)], "aeiou"[w.r.IntN(5)])
	}
	return string(b)
}

func (w words) urdu() string {
	letters := []rune("بپتجدرسفقلمنوہ")
	out := []rune("ژ")
	for range 7 {
		out = append(out, letters[w.r.IntN(len(letters))])
	}
	return string(out)
}

var (
	keyOf     = regexp.MustCompile(`\bkey: ([a-z0-9-]+)`)
	personOf  = regexp.MustCompile(`\bperson: ([a-z0-9-]+)`)
	agencyOf  = regexp.MustCompile(`\bagency: ([a-z0-9-]+)`)
	latinName = regexp.MustCompile(`(latin: )("[^"]*"|[^,}]+)`)
	urduName  = regexp.MustCompile(`(ur: )("[^"]*")`)
	inEnglish = regexp.MustCompile(`(en: )("[^"]*")`)
	quotedOf  = func(field string) *regexp.Regexp { return regexp.MustCompile(`(\b` + field + `: )("[^"]+")`) }
)

// also appends a word to what re's second group matches.
func also(line string, re *regexp.Regexp, word string) string {
	return re.ReplaceAllStringFunc(line, func(s string) string {
		m := re.FindStringSubmatch(s)
		return fmt.Sprintf("%s\"%s %s\"", m[1], strings.Trim(m[2], `"`), word)
	})
}

// tell rewrites the first programme's script as one land's, with canaries in
// every name, need, reason, goal, note, letter and answer.
func (l *land) tell(t *testing.T, renames [][2]string, w words) fs.FS {
	t.Helper()
	files, err := fs.Sub(examples.Files, first)
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	err = fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		if path := filepath.Base(p); path == "people.yaml" || path == "timeline.yaml" || path == "programme.yaml" {
			for _, r := range renames {
				b = regexp.MustCompile(r[0]).ReplaceAll(b, []byte(r[1]))
			}
			switch path {
			case "people.yaml":
				b = l.people(b, w)
			case "timeline.yaml":
				b = l.timeline(b, w)
			}
		}
		out[p] = &fstest.MapFile{Data: b}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// plant makes a word of somebody's, in two scripts.
func (l *land) plant(w words, k kind, key, agency string) (latin, urdu string) {
	latin, urdu = w.latin(), w.urdu()
	for _, text := range []string{latin, urdu} {
		l.planted = append(l.planted, canary{text: text, country: l.country, agency: agency, kind: k, where: "the script"})
		l.keys = append(l.keys, key)
	}
	return latin, urdu
}

func (l *land) people(src []byte, w words) []byte {
	var out bytes.Buffer
	var key, agency, latin, urdu string
	for line := range bytes.Lines(src) {
		s := string(line)
		if m := keyOf.FindStringSubmatch(s); m != nil && (strings.HasPrefix(s, "  - key:") || strings.Contains(s, "role:")) {
			key, agency = m[1], ""
			latin, urdu = l.plant(w, kindName, key, "")
		}
		if m := agencyOf.FindStringSubmatch(s); m != nil && key != "" {
			agency = m[1]
		}
		switch {
		case strings.Contains(s, "latin:"):
			head, title, _ := strings.Cut(s, "title:")
			head = also(also(head, latinName, latin), urduName, urdu)
			s = head
			if title != "" {
				s += "title:" + title
			}
		case strings.Contains(s, "told:"):
			a, b := l.plant(w, kindNeed, key, agency)
			s = also(also(s, inEnglish, a), urduName, b)
		}
		out.WriteString(s)
	}
	return out.Bytes()
}

func (l *land) timeline(src []byte, w words) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(src) {
		s := string(line)
		person, agency := "", ""
		if m := personOf.FindStringSubmatch(s); m != nil {
			person = m[1]
		}
		if m := agencyOf.FindStringSubmatch(s); m != nil {
			agency = m[1]
		}
		both := func(k kind) {
			a, b := l.plant(w, k, person, "")
			s = also(also(s, inEnglish, a), urduName, b)
		}
		one := func(k kind, field string) {
			a, _ := l.plant(w, k, person, agency)
			s = also(s, quotedOf(field), a)
		}
		switch {
		case strings.Contains(s, "do: goal,"), strings.Contains(s, "do: close-session") && strings.Contains(s, "note:"):
			both(kindCoaching)
		case strings.Contains(s, "do: testimonial,"):
			both(kindQuote)
		case strings.Contains(s, "do: exception"):
			one(kindProgramme, "cause")
		case strings.Contains(s, "do: letter"):
			one(kindLetter, "number")
		case strings.Contains(s, "helped:"):
			one(kindAnswer, "helped")
			one(kindAnswer, "change")
		}
		out.WriteString(s)
	}
	return out.Bytes()
}

// unfold plays both lands, moment by moment, and calls at with the data folder as
// it stands at each of the instants.
func unfold(t *testing.T, dir string, instants []time.Time, at func(i int, ls []*land)) {
	t.Helper()
	ctx := context.Background()
	w := words{rand.New(rand.NewPCG(2020, 11))}
	var a *app.App
	var c *clock.Fake
	var ls []*land
	var moments []time.Time
	for _, told := range lands {
		l := &land{country: told.country}
		script, err := demo.Read(l.tell(t, told.renames, w))
		if err != nil {
			t.Fatal(err)
		}
		if a == nil {
			c = clock.NewFake(script.Events[0].At.Add(-time.Hour))
			cfg := configOf(t, dir)
			cfg.Zone = script.Zone.String()
			if a, err = app.Open(ctx, cfg, app.Options{Clock: c, Demo: true}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := a.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		l.play = demo.New(script, a.Demo(), c, a.Jobs)
		l.play.Strict = true
		ls = append(ls, l)
		for _, e := range script.Events {
			moments = append(moments, e.At)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	moments = slices.Compact(moments)
	until := func(m time.Time) {
		for _, l := range ls {
			if _, err := l.play.Until(ctx, m, nil); err != nil {
				t.Fatalf("%s: %v", l.country, err)
			}
		}
	}
	for i, instant := range instants {
		for _, m := range moments {
			if m.After(c.Now()) && !m.After(instant) {
				until(m)
			}
		}
		until(instant)
		at(i, ls)
	}
}

// person is somebody of the land's cast.
func (l *land) person(t *testing.T, key string) id.Person {
	t.Helper()
	p, ok := l.play.Person(key)
	if !ok {
		t.Fatalf("%s has no %s yet", l.country, key)
	}
	return p
}
