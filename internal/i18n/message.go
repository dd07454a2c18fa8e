package i18n

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
)

// template is a sentence in parts: text, or the name of what is inserted.
type template []part

type part struct {
	text string
	arg  string
}

// message is one key: a plain sentence, or one per plural form.
type message struct {
	plain template
	byNum map[int64]template
	form  [len(formNames)]template
	count bool // has plural forms
}

var (
	formNames = [...]string{"zero", "one", "two", "few", "many", "other"}
	formOrder = [...]plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other}
)

const other = len(formNames) - 1

func formIndex(f plural.Form) int {
	for i, o := range formOrder {
		if o == f {
			return i
		}
	}
	return other
}

func (m *message) set(form string, t template) error {
	dup := fmt.Errorf("given twice")
	if form == "" {
		if m.plain != nil || m.count {
			return dup
		}
		m.plain = t
		return nil
	}
	if m.plain != nil {
		return fmt.Errorf("given both with and without a plural form")
	}
	m.count = true
	if num, ok := strings.CutPrefix(form, "="); ok {
		n, err := strconv.ParseInt(num, 10, 64)
		if err != nil {
			return fmt.Errorf("not a number in [%s]", form)
		}
		if m.byNum == nil {
			m.byNum = map[int64]template{}
		}
		if m.byNum[n] != nil {
			return dup
		}
		m.byNum[n] = t
		return nil
	}
	for i, name := range formNames {
		if name == form {
			if m.form[i] != nil {
				return dup
			}
			m.form[i] = t
			return nil
		}
	}
	return fmt.Errorf("no plural form [%s]; there are %s", form, strings.Join(formNames[:], ", "))
}

// compile cuts a value at its placeholders.
func compile(s string) (template, error) {
	t := template{}
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			t = append(t, part{text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			if s[i] == 'n' {
				text.WriteByte('\n')
			} else {
				text.WriteByte(s[i])
			}
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return nil, fmt.Errorf("a { without its }")
			}
			name := s[i+1 : i+end]
			if !isName(name) {
				return nil, fmt.Errorf("{%s} is no placeholder: lower-case letters and digits, beginning with a letter", name)
			}
			flush()
			t = append(t, part{arg: name})
			i += end
		case c == '}':
			return nil, fmt.Errorf("a } without its {")
		default:
			text.WriteByte(c)
		}
	}
	flush()
	return t, nil
}

func isName(s string) bool {
	for i, r := range s {
		if (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
