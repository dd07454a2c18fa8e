package evaluation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"cadre/internal/i18n"
)

// QuestionKind says how a question is answered.
type QuestionKind string

// The kinds of questions.
const (
	Grade  QuestionKind = "grade"  // 1 (not at all) to 5 (very much)
	Choice QuestionKind = "choice" // one of Options
	Words  QuestionKind = "words"  // her own words, at most WordsMax bytes
)

// WordsMax bounds an answer in words, in bytes: about 300 words of Urdu.
const WordsMax = 4000

// Form is a survey's questions, as read from a file.
type Form struct {
	Key       string     `yaml:"key"`
	Title     wording    `yaml:"title"`
	Intro     wording    `yaml:"intro"`
	Questions []Question `yaml:"questions"`
}

// Question is one question of a form.
type Question struct {
	Key     string       `yaml:"key"`
	Kind    QuestionKind `yaml:"kind"`
	Text    wording      `yaml:"text"`
	Options []Option     `yaml:"options"`
}

// Option is one answer that may be chosen.
type Option struct {
	Key  string  `yaml:"key"`
	Text wording `yaml:"text"`
}

// wording is a text by language. The first language of the file stands in for
// one that is missing.
type wording struct{ i18n.Text }

// UnmarshalYAML reads a mapping of languages to sentences.
func (w *wording) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a text is given by language, such as {en: …, ur: …}", n.Line)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		lang, s := n.Content[i].Value, strings.TrimSpace(n.Content[i+1].Value)
		if s == "" {
			return fmt.Errorf("line %d: the text in %s is empty", n.Content[i+1].Line, lang)
		}
		if w.IsZero() {
			w.Text = i18n.NewText(lang, s)
		} else {
			w.Text = w.And(lang, s)
		}
	}
	return w.Check()
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// ReadForm reads a form's file and reports everything that is wrong with it.
func ReadForm(src []byte) (*Form, error) {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	dec.KnownFields(true)
	var f Form
	if err := dec.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("evaluation: the form's file is empty")
		}
		return nil, fmt.Errorf("evaluation: form: %w", err)
	}
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("evaluation: form: "+format, args...))
	}
	if !keyForm.MatchString(f.Key) {
		bad("key %q: small letters, digits and hyphens, a letter first", f.Key)
	}
	if f.Title.IsZero() {
		bad("title is missing")
	}
	if len(f.Questions) == 0 {
		bad("questions: there are none")
	}
	seen := map[string]bool{}
	for i, q := range f.Questions {
		where := fmt.Sprintf("question %d (%s)", i+1, q.Key)
		if !keyForm.MatchString(q.Key) {
			bad("%s: the key is small letters, digits and hyphens, a letter first", where)
		}
		if seen[q.Key] {
			bad("%s: the key is used twice", where)
		}
		seen[q.Key] = true
		if q.Text.IsZero() {
			bad("%s: text is missing", where)
		}
		switch q.Kind {
		case Grade, Words:
			if len(q.Options) > 0 {
				bad("%s: only a choice has options", where)
			}
		case Choice:
			if len(q.Options) < 2 {
				bad("%s: a choice has at least two options", where)
			}
			for j, o := range q.Options {
				if !keyForm.MatchString(o.Key) || o.Text.IsZero() {
					bad("%s: option %d needs a key and a text", where, j+1)
				}
				if slices.ContainsFunc(q.Options[:j], func(p Option) bool { return p.Key == o.Key }) {
					bad("%s: option key %q is used twice", where, o.Key)
				}
			}
		default:
			bad("%s: kind %q: grade, choice or words would be right", where, q.Kind)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &f, nil
}
