package i18n

import (
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/text/language"
)

// Text is what a person wrote, in one or more languages: a title, an
// instruction. It is kept in the database as JSON (see [Text.Encode]).
type Text struct {
	// Fallback is the language shown to whoever reads none of the others. It is
	// one of the languages of Values.
	Fallback string `json:"fallback"`
	// Values are the wordings by BCP 47 tag.
	Values map[string]string `json:"values"`
}

// Chosen is a wording picked for a reader, with what an element needs to show it.
type Chosen struct{ Text, Lang, Dir string }

// NewText returns a text in one language, which is its fallback.
func NewText(lang, s string) Text { return Text{lang, map[string]string{lang: s}} }

// And returns the text with another wording added.
func (t Text) And(lang, s string) Text {
	out := Text{t.Fallback, make(map[string]string, len(t.Values)+1)}
	for k, v := range t.Values {
		out.Values[k] = v
	}
	out.Values[lang] = s
	return out
}

// IsZero reports whether nothing was written.
func (t Text) IsZero() bool { return len(t.Values) == 0 }

// Check returns an error if a tag is no language or the fallback has no wording.
func (t Text) Check() error {
	for tag := range t.Values {
		if _, err := language.Parse(tag); err != nil {
			return fmt.Errorf("i18n: not a language: %.20q", tag)
		}
	}
	if _, ok := t.Values[t.Fallback]; !ok && !t.IsZero() {
		return fmt.Errorf("i18n: text without its fallback %.20q", t.Fallback)
	}
	return nil
}

// Langs lists the languages of the text, sorted.
func (t Text) Langs() []string {
	out := make([]string, 0, len(t.Values))
	for k := range t.Values {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// In picks the wording for a language: its own, that of its base language, or
// the fallback.
func (t Text) In(lang string) Chosen {
	for {
		if s, ok := t.Values[lang]; ok {
			return Chosen{s, lang, DirOf(lang)}
		}
		tag, err := language.Parse(lang)
		if err != nil {
			break
		}
		base, _ := tag.Base()
		if base.String() == lang {
			break
		}
		lang = base.String()
	}
	if s, ok := t.Values[t.Fallback]; ok {
		return Chosen{s, t.Fallback, DirOf(t.Fallback)}
	}
	return Chosen{}
}

// Text picks the wording for the person.
func (l *Localizer) Text(t Text) Chosen { return t.In(l.lang) }

// Encode returns the text as JSON for the database: "" for nothing.
func (t Text) Encode() string {
	if t.IsZero() {
		return ""
	}
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(b)
}

// DecodeText reads what [Text.Encode] wrote.
func DecodeText(s string) (Text, error) {
	var t Text
	if s == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(s), &t); err != nil {
		return Text{}, fmt.Errorf("i18n: text: %w", err)
	}
	return t, nil
}

// DirOf returns the direction in which a language is written: ltr or rtl.
func DirOf(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return "ltr"
	}
	s, _ := tag.Script()
	switch s.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Rohg", "Adlm":
		return "rtl"
	}
	return "ltr"
}
