package app

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cadre/internal/demoweb"
	"cadre/internal/i18n"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// unsaid lists the forms of a page that do not say, in its language, what becomes
// of a mistake, and notes which acts were offered.
func unsaid(a *webtest.Answer, match func(method, path string) string, offered map[string]bool) (out []string) {
	_, lang, _ := strings.Cut(a.Body, `<html lang="`) // sending her preferences may have changed it
	lang, _, _ = strings.Cut(lang, `"`)
	l := i18n.Shipped().For(i18n.Prefs{Lang: lang})
	for _, f := range a.Offers() {
		act := match(http.MethodPost, f.Action)
		v, ok := reversals()[act]
		offered[act] = true
		if v.Key() == web.Changeable().Key() && unrevised()[act] == "" && !slices.Contains(f.Fields, "revision") {
			out = append(out, fmt.Sprintf("the form of %s, which changes a row, does not say which revision", act))
		}
		switch {
		case !ok:
			out = append(out, fmt.Sprintf("a form is sent to %s, of which nothing is said", f.Action))
		case v.Key() == "", f.Single && !v.Beforehand():
		case !strings.Contains(f.Words, strings.Join(strings.Fields(l.T(v.Key())), " ")):
			out = append(out, fmt.Sprintf("the form of %s does not say: %s", act, l.T(v.Key())))
		}
	}
	return out
}

// unrevised are the forms that say "change it again" and edit no row that two could
// change at once, each with the reason.
func unrevised() map[string]string {
	return map[string]string{
		"POST /welcome":                                    "a passphrase, which no form shows",
		"POST /account/passphrase":                         "a passphrase, which no form shows; the one that stands is asked for",
		"POST /people/{person}/names":                      "enters one name more; each is then changed with its revision",
		"POST /more-time":                                  "asks anew, and fills in nothing of what was asked before",
		"POST /use-at-work":                                "one choice, of the one supervisor whom she has linked",
		"POST /packages/{version}/language":                "one word beside what it replaces; each that was said stands in the journal",
		"POST /cohorts/{cohort}/workshops/{stage}/declare": "a button that says what it does, whatever was said before",
	}
}

// Every line of the table is of a route, and every act has a line; web.New refuses
// the program otherwise.
func TestEveryActSaysWhatBecomesOfAMistake(t *testing.T) {
	s := play(t, moments[0].at)
	acts := map[string]bool{}
	for _, rt := range append(s.server.Routes(), demoweb.Routes(nil)...) {
		if rt.Method != http.MethodGet {
			acts[rt.Method+" "+rt.Pattern] = true
		}
	}
	said := reversals()
	for act := range said {
		if !acts[act] {
			t.Errorf("%s is no act", act)
		}
	}
	for act := range acts {
		if _, ok := said[act]; !ok {
			t.Errorf("%s says nothing", act)
		}
	}
	words := i18n.Shipped()
	for _, lang := range words.Languages() {
		l := words.For(i18n.Prefs{Lang: lang.Tag})
		for act, v := range said {
			if v.Key() != "" && !l.Has(v.Key()) {
				t.Errorf("%s: %s has no %s", act, lang.Tag, v.Key())
			}
		}
	}
	t.Logf("%d acts", len(acts))
}
