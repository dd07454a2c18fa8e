package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"cadre/internal/i18n"
)

// Words is a text by language, as the script writes it.
type Words map[string]string

// Text returns the words as i18n shows them, English standing in.
func (w Words) Text() i18n.Text {
	var t i18n.Text
	for lang, s := range w {
		if t.IsZero() {
			t = i18n.NewText(lang, s)
		} else {
			t = t.And(lang, s)
		}
	}
	if _, ok := w["en"]; ok {
		t.Fallback = "en"
	}
	return t
}

// In returns the words in a language, or in English.
func (w Words) In(lang string) string {
	if s, ok := w[lang]; ok {
		return s
	}
	return w["en"]
}

// Name is one name in two scripts.
type Name struct {
	Latin string `yaml:"latin"`
	Urdu  string `yaml:"ur"`
}

// Person is somebody of the cast.
type Person struct {
	Key       string   `yaml:"key"`
	As        string   `yaml:"as"`   // seat or next-in-line, of a nominee
	Role      string   `yaml:"role"` // of staff
	Also      []string `yaml:"also"` // further roles
	Of        string   `yaml:"of"`   // whose supervisor
	Agency    string   `yaml:"agency"`
	Unit      string   `yaml:"unit"`
	Station   string   `yaml:"station"`
	Rank      Words    `yaml:"rank"`
	RankGroup string   `yaml:"rank-group"`
	Title     Words    `yaml:"title"`
	Sex       string   `yaml:"sex"`
	Names     struct {
		Letter  Name `yaml:"letter"`
		Called  Name `yaml:"called"`
		Printed Name `yaml:"printed"`
	} `yaml:"names"`
	Language string `yaml:"language"`
	Calendar string `yaml:"calendar"`
	Numerals string `yaml:"numerals"`
	Zone     string `yaml:"zone"`
	Mode     string `yaml:"mode"`
	Contact  struct {
		Route     string `yaml:"route"`
		Person    string `yaml:"person"`
		Telephone string `yaml:"telephone"`
		SafeHours string `yaml:"safe-hours"`
		Note      string `yaml:"note"`
	} `yaml:"contact"`
	Email   string `yaml:"email"`
	Support []Need `yaml:"support"`
	Note    string `yaml:"note"`
}

// Need is something that she asked for.
type Need struct {
	Need        string `yaml:"need"`
	Told        Words  `yaml:"told"`
	Audience    string `yaml:"audience"`
	Arrangement Words  `yaml:"arrangement"`
}

// Place is a town, or a unit of an agency.
type Place struct {
	Key    string `yaml:"key"`
	Agency string `yaml:"agency"`
	Place  string `yaml:"place"`
	Title  Words  `yaml:"title"`
}

// Agency is one that sends officers.
type Agency struct {
	Key     string `yaml:"key"`
	Country string `yaml:"country"`
	Kind    string `yaml:"kind"`
	Title   Words  `yaml:"title"`
}

// Cast is people.yaml.
type Cast struct {
	Invented bool     `yaml:"invented"`
	Agencies []Agency `yaml:"agencies"`
	Units    []Place  `yaml:"units"`
	Places   []Place  `yaml:"places"`
	Nominees []Person `yaml:"nominees"`
	Staff    []Person `yaml:"staff"`
}

// Event is something that happens at a moment.
type Event struct {
	At   time.Time
	By   string // key of the person who acts
	Do   string // verb
	Line int

	node *yaml.Node
}

// decode reads the verb's own fields into v, strictly. A note that is one string
// is a remark about the event; one in several languages is what somebody writes.
func (e Event) decode(v any) error {
	rest := yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: e.Line}
	for i := 0; i+1 < len(e.node.Content); i += 2 {
		key, value := e.node.Content[i], e.node.Content[i+1]
		switch {
		case slices.Contains([]string{"at", "by", "do", "sourced", "invented"}, key.Value):
		case key.Value == "note" && value.Kind == yaml.ScalarNode:
		default:
			rest.Content = append(rest.Content, key, value)
		}
	}
	text, err := yaml.Marshal(&rest)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("timeline.yaml:%d: %s: %w", e.Line, e.Do, err)
	}
	return nil
}

// Expected is a figure that the play must come to.
type Expected struct {
	Value    int    `yaml:"value"`
	Sourced  string `yaml:"sourced"`
	Invented bool   `yaml:"invented"`
}

// Round is what a round of coaching must come to.
type Round struct {
	Key      string         `yaml:"key"`
	Present  int            `yaml:"present"`
	Held     int            `yaml:"held"`
	Sourced  string         `yaml:"sourced"`
	Invented bool           `yaml:"invented"`
	Dates    map[string]any `yaml:"dates"`
}

// Expect is what the whole play must come to.
type Expect struct {
	UniqueWomen       Expected            `yaml:"unique-women"`
	ByAgency          map[string]Expected `yaml:"by-agency"`
	Nominated         Expected            `yaml:"nominated"`
	AttendanceRuleMet Expected            `yaml:"attendance-rule-met"`
	MatchedPairs      Expected            `yaml:"matched-pairs"`
	Certificates      Expected            `yaml:"certificates"`
	SurveyAnswers     Expected            `yaml:"survey-answers"`
	Rounds            []Round             `yaml:"rounds"`
	ThreeSessions     Expected            `yaml:"three-sessions"`
	QuotaBreaches     Expected            `yaml:"quota-breaches"`
}

// Source is where a sourced figure is from.
type Source struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
	Says  string `yaml:"says"`
}

// Script is a programme told as files.
type Script struct {
	// Files is the folder that the script, the blueprint and the modules lie in.
	Files fs.FS
	Cast  Cast
	Zone  *time.Location
	// Opens is the moment that shows a newcomer most.
	Opens  time.Time
	Expect Expect
	// Sources are the reports that figures are from, by key.
	Sources map[string]Source
	// Answers are the anonymous answers to surveys, by key.
	Answers map[string][]map[string]any
	Events  []Event
}

type timeline struct {
	Zone       string                      `yaml:"zone"`
	Opens      string                      `yaml:"opens"`
	Provenance string                      `yaml:"provenance"`
	Sources    map[string]Source           `yaml:"sources"`
	Expect     Expect                      `yaml:"expect"`
	Answers    map[string][]map[string]any `yaml:"answers"`
	Events     []yaml.Node                 `yaml:"events"`
}

// momentForm is how the script writes a moment, in its zone.
const momentForm = "2006-01-02T15:04"

// Read reads people.yaml and timeline.yaml in files. Every mistake is named.
func Read(files fs.FS) (*Script, error) {
	s := &Script{Files: files}
	if err := strict(files, "people.yaml", &s.Cast); err != nil {
		return nil, err
	}
	var t timeline
	if err := strict(files, "timeline.yaml", &t); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		return nil, fmt.Errorf("timeline.yaml: zone: %w", err)
	}
	s.Zone, s.Sources, s.Expect, s.Answers = zone, t.Sources, t.Expect, t.Answers
	if s.Opens, err = time.ParseInLocation(momentForm, t.Opens, zone); err != nil {
		return nil, fmt.Errorf("timeline.yaml: opens: %w", err)
	}
	known := map[string]bool{}
	for _, p := range slices.Concat(s.Cast.Nominees, s.Cast.Staff) {
		if known[p.Key] {
			return nil, fmt.Errorf("people.yaml: %s is there twice", p.Key)
		}
		known[p.Key] = true
	}
	errs := s.untagged()
	for i := range t.Events {
		n := &t.Events[i]
		var head struct {
			At string `yaml:"at"`
			By string `yaml:"by"`
			Do string `yaml:"do"`
		}
		if err := n.Decode(&head); err != nil {
			errs = append(errs, fmt.Errorf("timeline.yaml:%d: %w", n.Line, err))
			continue
		}
		at, err := time.ParseInLocation(momentForm, head.At, zone)
		if err != nil {
			errs = append(errs, fmt.Errorf("timeline.yaml:%d: at: %w", n.Line, err))
		}
		if !known[head.By] {
			errs = append(errs, fmt.Errorf("timeline.yaml:%d: by: people.yaml has no %q", n.Line, head.By))
		}
		s.Events = append(s.Events, Event{At: at.UTC(), By: head.By, Do: head.Do, Line: n.Line, node: n})
	}
	slices.SortStableFunc(s.Events, func(a, b Event) int { return a.At.Compare(b.At) })
	return s, errors.Join(errs...)
}

func strict(files fs.FS, name string, v any) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// person finds somebody of the cast.
func (s *Script) person(key string) (Person, bool) {
	for _, list := range [][]Person{s.Cast.Nominees, s.Cast.Staff} {
		for _, p := range list {
			if p.Key == key {
				return p, true
			}
		}
	}
	return Person{}, false
}
