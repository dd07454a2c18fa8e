package app

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cadre/internal/demoweb"
	"cadre/internal/i18n"
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

// unoffered are the acts whose forms the first programme does not show at the
// moments walked through, with the reason. Each package's own tests fill them in.
func unoffered() map[string]string {
	return map[string]string{
		"POST /answer/{nomination}/confirm":                                   "everybody here has answered and is decided about",
		"POST /answer/{nomination}/need":                                      "everybody here has answered and is decided about",
		"POST /answer/{nomination}/no":                                        "everybody here has answered and is decided about",
		"POST /answer/{nomination}/yes":                                       "everybody here has answered and is decided about",
		"POST /surveys/{survey}/handed-in":                                    "no survey is open at these moments",
		"POST /surveys/{survey}/paper":                                        "no survey is open at these moments",
		"POST /attempts/{attempt}/finish":                                     "only once something has happened that has not at these moments",
		"POST /certificates/{outside}/decide":                                 "no certificate waits at these moments",
		"POST /certificates/{outside}/withdraw":                               "no certificate waits at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/declare":                    "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/decline":                    "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/goals/{goal}":               "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/notes/{note}/take-back":     "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/sessions/{session}/agree":   "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/sessions/{session}/close":   "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/sessions/{session}/contest": "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/sessions/{session}/move":    "no session is proposed, agreed or contested at these moments",
		"POST /coaching/{cohort}/{stage}/{person}/sessions/{session}/refuse":  "no session is proposed, agreed or contested at these moments",
		"POST /cohorts/{cohort}/coaching/{stage}/sessions/{session}/settle":   "no session is proposed, agreed or contested at these moments",
		"POST /cohorts/{cohort}/credentials":                                  "only once something has happened that has not at these moments",
		"POST /cohorts/{cohort}/follow-up/{stage}":                            "only once something has happened that has not at these moments",
		"POST /cohorts/{cohort}/join":                                         "the first programme has no groups, and nobody joins on a page reached without a search",
		"POST /cohorts/{cohort}/people/group":                                 "the first programme has no groups, and nobody joins on a page reached without a search",
		"POST /cohorts/{cohort}/people/group/{operation}/back":                "the first programme has no groups, and nobody joins on a page reached without a search",
		"POST /cohorts/{cohort}/report/staff/{agency}":                        "only once something has happened that has not at these moments",
		"POST /cohorts/{cohort}/reviews/{review}":                             "only once something has happened that has not at these moments",
		"POST /cohorts/{cohort}/selection/{stage}":                            "the first programme has no groups, and nobody joins on a page reached without a search",
		"POST /cohorts/{cohort}/version":                                      "only once something has happened that has not at these moments",
		"POST /cohorts/{cohort}/workshops/{stage}/lay":                        "only once something has happened that has not at these moments",
		"POST /contests/{contest}":                                            "only once something has happened that has not at these moments",
		"POST /enrolments/{enrolment}/back":                                   "the first programme has no groups, and nobody joins on a page reached without a search",
		"POST /modules/{version}/publish":                                     "only once something has happened that has not at these moments",
		"POST /my-supervisor":                                                 "only once something has happened that has not at these moments",
		"POST /my-supervisor/end":                                             "only once something has happened that has not at these moments",
		"POST /nominations/{nomination}/answer":                               "everybody here has answered and is decided about",
		"POST /nominations/{nomination}/arranged":                             "only once something has happened that has not at these moments",
		"POST /nominations/{nomination}/decide":                               "everybody here has answered and is decided about",
		"POST /packages/{version}/allow":                                      "the first programme has no package made elsewhere",
		"POST /packages/{version}/publish":                                    "the first programme has no package made elsewhere",
		"POST /packages/{version}/withdraw":                                   "the first programme has no package made elsewhere",
		"POST /people/{person}/supervisor/end":                                "only once something has happened that has not at these moments",
		"POST /registers/{register}/admissions/{admission}":                   "only once something has happened that has not at these moments",
		"POST /selections/{selection}/back":                                   "the first programme has no groups, and nobody joins on a page reached without a search",
		"POST /sheets/{sheet}":                                                "only once something has happened that has not at these moments",
		"POST /sittings/{attempt}/hand-in":                                    "only once something has happened that has not at these moments",
		"POST /surveys/{survey}/answer":                                       "only once something has happened that has not at these moments",
		"POST /welcome":                                                       "only once something has happened that has not at these moments",
	}
}

// judgeOffers fails for an act that no page offers and that is not listed, and for
// a line that is no longer true.
func judgeOffers(t *testing.T, offered map[string]bool) {
	t.Helper()
	listed := unoffered()
	for _, act := range slices.Sorted(maps.Keys(reversals())) {
		_, ok := listed[act]
		switch {
		case reversals()[act].Key() == "":
		case offered[act] && ok:
			t.Errorf("%s is offered, and listed as one that is not", act)
		case !offered[act] && !ok:
			t.Errorf("no page offers %s", act)
		}
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
