package evaluation

import (
	"errors"
	"regexp"

	"cadre/internal/i18n"
	"cadre/internal/item"
	"cadre/internal/yamlread"
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

// Problem is one thing to mend in a form's file.
type Problem = yamlread.Problem

// maxForm bounds a form's file, in bytes, and maxQuestions what it asks.
const (
	maxForm      = 256 << 10
	maxQuestions = 60
)

// Form is a survey's questions, as read from a file.
type Form struct {
	Key       string
	Title     wording
	Intro     wording
	Questions []Question
}

// Question is one question of a form.
type Question struct {
	Key     string
	Kind    QuestionKind
	Text    wording
	Options []Option
}

// Option is one answer that may be chosen.
type Option struct {
	Key  string
	Text wording
}

// wording is a text by language. The first language of the file stands in for
// one that is missing.
type wording struct{ i18n.Text }

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// ReadForm reads a form's file. It returns everything that is wrong with it, in
// the order of the file; the form is nil if there is anything.
func ReadForm(file string, src []byte) (*Form, []Problem) {
	var report yamlread.Report
	if len(src) > maxForm {
		report.Add(file, 1, 1, "survey.too-large", yamlread.Args{"kilobytes": maxForm >> 10})
		return nil, report.Problems
	}
	f := readForm(yamlread.Parse(file, 0, src, &report))
	if f == nil || len(report.Problems) > 0 {
		yamlread.Sort(report.Problems)
		return nil, report.Problems
	}
	return f, nil
}

// keptForm reads a form that was checked when it was kept.
func keptForm(src []byte) (*Form, error) {
	f, problems := ReadForm("form", src)
	if len(problems) > 0 {
		return nil, Problems(problems)
	}
	if f == nil {
		return nil, errors.New("evaluation: a form that was kept is empty")
	}
	return f, nil
}

func readForm(v yamlread.Value) *Form {
	if !v.Present() {
		return nil
	}
	o := v.Object("key", "title", "intro", "questions")
	f := &Form{Key: readKey(o.Need("key")), Title: readWording(o.Need("title")), Intro: readWording(o.Get("intro"))}
	list := o.Need("questions")
	lines := map[string]int{}
	for _, e := range list.List() {
		q := readQuestion(e)
		if first, twice := lines[q.Key]; twice && q.Key != "" {
			e.Problem("item.twice", yamlread.Args{"item": q.Key, "line": first})
		} else {
			lines[q.Key] = e.Line()
		}
		f.Questions = append(f.Questions, q)
	}
	if n := len(f.Questions); list.Present() && (n < 1 || n > maxQuestions) {
		list.Problem("item.count", yamlread.Args{"got": n, "low": 1, "high": maxQuestions})
	}
	return f
}

func readQuestion(v yamlread.Value) Question {
	o := v.Object("key", "kind", "text", "options")
	q := Question{Key: readKey(o.Need("key")), Kind: QuestionKind(o.Need("kind").Scalar()), Text: readWording(o.Need("text"))}
	given := o.Get("options")
	seen := map[string]int{}
	for _, e := range given.List() {
		x := e.Object("key", "text")
		opt := Option{Key: readKey(x.Need("key")), Text: readWording(x.Need("text"))}
		if first, twice := seen[opt.Key]; twice && opt.Key != "" {
			e.Problem("item.option-twice", yamlread.Args{"first": first})
		}
		q.Options = append(q.Options, opt)
		seen[opt.Key] = len(q.Options)
	}
	switch q.Kind {
	case Grade, Words:
		if given.Present() {
			given.Problem("item.does-not-belong", yamlread.Args{"key": "options", "kind": string(q.Kind)})
		}
	case Choice:
		if len(q.Options) < 2 {
			at := given
			if !given.Present() {
				at = v
			}
			at.Problem("survey.two-options", yamlread.Args{"got": len(q.Options)})
		}
	default:
		if o.Get("kind").Present() {
			o.Get("kind").Problem("item.kind", yamlread.Args{"got": string(q.Kind), "kinds": []string{string(Grade), string(Choice), string(Words)}})
		}
	}
	return q
}

func readKey(v yamlread.Value) string {
	k := v.Scalar()
	if v.Present() && !keyForm.MatchString(k) {
		v.Problem("survey.key", yamlread.Args{"got": k})
	}
	return k
}

// readWording reads a text by language, in the order of the file.
func readWording(v yamlread.Value) (w wording) {
	texts := item.ReadText(v, "")
	if v.Present() && v.IsMapping() && len(texts) == 0 {
		v.Problem("item.text-by-language", nil)
	}
	keys, _ := v.Entries()
	for _, k := range keys {
		switch s, ok := texts[k.Scalar()]; {
		case !ok || s == "":
		case w.IsZero():
			w.Text = i18n.NewText(k.Scalar(), s)
		default:
			w.Text = w.And(k.Scalar(), s)
		}
	}
	return w
}
