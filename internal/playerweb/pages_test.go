package playerweb

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

const (
	programme = id.Programme("01900000-0000-7000-8000-00000000000a")
	cohort    = id.Cohort("01900000-0000-7000-8000-00000000000c")
	ayesha    = id.Person("01900000-0000-7000-8000-0000000000a1")
)

type course struct{}

func (course) Place(_ *db.Tx, p id.Person, _ id.Cohort) (access.Place, error) {
	if p != ayesha {
		return access.Place{}, fault.New(fault.NotFound, "access.not-found", nil)
	}
	return course{}.CohortPlace(nil, cohort)
}

func (course) CohortPlace(*db.Tx, id.Cohort) (access.Place, error) {
	return access.Place{Country: "PK", Programme: programme, Cohort: cohort, Since: time.Unix(0, 0)}, nil
}

func (course) Record(*db.Tx, pathway.Fact) error                     { return nil }
func (course) ModuleOpen(*db.Tx, id.Person, id.Cohort, string) error { return nil }

func learner() actor.Actor {
	return actor.Actor{Person: ayesha, Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.Participant, Scope: actor.Scope{Cohort: cohort}}}
}

func officer() actor.Actor {
	return actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: programme}}}
}

const small = `---
title: Words
minutes: 10
pass_mark: 60
competencies: []
warning: Plain words about violence.
sources: [{id: s, title: A source, year: 2000, url: "https://www.unodc.org/"}]
---
# One

Text[^s].

## Smaller

| a | b |
| - | - |
| c | d |

` + "```question" + `
id: single
kind: single
text: Which?
options: [{text: Wrong one, feedback: Because of this.}, {text: Right one, correct: true}]
feedback: So it is.
` + "```" + `

` + "```question" + `
id: order
kind: order
text: Sort them.
items: [first, second, third]
` + "```" + `

# Two

` + "```warning" + `
A page on violence.
` + "```" + `

` + "```question" + `
id: number
kind: number
text: How many?
answer: 5
` + "```" + `

# Three

` + "```question" + `
id: match
kind: match
text: Match them.
pairs: [{left: l1, right: r1}, {left: l2, right: r2}]
` + "```" + `

` + "```question" + `
id: many
kind: multiple
text: Which two?
options: [{text: A, correct: true}, {text: B}, {text: C, correct: true}]
` + "```" + `
`

func site(t *testing.T, d *db.DB, files map[string][]byte, key string) (*webtest.Site, content.Version) {
	t.Helper()
	return siteShut(t, d, files, key, nil)
}

// siteShut is site where some modules cannot be begun, as is said of them.
func siteShut(t *testing.T, d *db.DB, files map[string][]byte, key string, shut map[string]Shut) (*webtest.Site, content.Version) {
	t.Helper()
	store, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	modules := content.New(content.Deps{DB: d, Files: store})
	ctx := actor.With(context.Background(), officer())
	out, err := modules.Import(ctx, id.New[id.Operation](), content.Import{Programme: programme, Key: key, Files: files, Publish: true})
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := modules.Preview(ctx, out.Version)
	if err != nil {
		t.Fatal(err)
	}
	players := player.New(player.Deps{DB: d, Files: store, Content: modules, Cohorts: course{}, Ledger: course{}})
	return webtest.Start(t, nil, Routes(Deps{
		Player: players, Content: modules,
		Modules:      func(context.Context, id.Cohort) ([]string, error) { return []string{key}, nil },
		Shut:         func(context.Context, id.Cohort) (map[string]Shut, error) { return shut, nil },
		Participants: func(context.Context, id.Cohort) ([]id.Person, error) { return []id.Person{ayesha}, nil },
		Asked: func(_ context.Context, _ id.Cohort, _ string, after id.Person, _ int) ([]id.Person, error) {
			return slices.DeleteFunc([]id.Person{ayesha}, func(p id.Person) bool { return p <= after }), nil
		},
		Names: func(_ context.Context, people []id.Person) (map[id.Person]string, error) {
			out := map[id.Person]string{}
			for _, p := range people {
				out[p] = "Ayesha K."
			}
			return out, nil
		},
	})...), v
}

func english() i18n.Prefs { return i18n.Prefs{Lang: "en"} }

// A learner goes through a module without scripts: wrong and right answers, a
// page left out, an end, a second look.
func TestALearnerGoesThroughAModule(t *testing.T) {
	s, _ := site(t, dbtest.SQLite(t), map[string][]byte{"en.md": []byte(small)}, "words")
	b := s.As(t, learner(), english())
	cover := b.Get("/learn/words").Must(t, http.StatusOK, "Words", "10 minutes left", "Plain words about violence").CheckPage(t)
	one := b.Submit(cover, "start", nil).Must(t, http.StatusOK, "One", "Page 1 of 3", "A source", "Which?").CheckPage(t)
	base := strings.TrimSuffix(one.Path, "/pages/one")

	one = b.Submit(one, "q-single", nil).Must(t, http.StatusUnprocessableEntity, "Choose or write an answer first").CheckPage(t)
	one = b.Submit(one, "q-single", url.Values{"answer": {"0"}}).Must(t, http.StatusOK, "Not quite", "Because of this.", "So it is.", "right answer").CheckPage(t)
	if strings.Contains(one.Body, `id="q-order"`) == false {
		t.Error("the other question is gone")
	}
	two := b.Submit(one, base+"/pages/one/turn", nil).Must(t, http.StatusOK, "A page on violence", "Leave it out").CheckPage(t)
	if strings.Contains(two.Text(), "How many?") {
		t.Error("the page was shown before its warning was read")
	}
	three := b.Submit(two, base+"/pages/two/turn", nil).Must(t, http.StatusOK, "Match them.").CheckPage(t)
	three = b.Submit(three, "q-many", url.Values{"answer": {"0", "2"}}).Must(t, http.StatusOK, "Right").CheckPage(t)
	three = b.Submit(three, "q-match", url.Values{"answer.0": {"0"}, "answer.1": {"1"}}).Must(t, http.StatusOK, "l1").CheckPage(t)
	end := b.Submit(three, base+"/pages/three/turn", nil).Must(t, http.StatusOK, "1 question is not answered yet", "left out").CheckPage(t)
	end = b.Submit(end, base+"/finish", nil).CheckPage(t)
	end.Must(t, http.StatusOK, "Not yet:", "topics to revisit", "of 4 points")

	again := b.Submit(end, "/learn/words/start", nil).Must(t, http.StatusOK, "Page 1 of 3", "Which?").CheckPage(t)
	b.Submit(again, "q-single", url.Values{"answer": {"1"}}).Must(t, http.StatusOK, "Right").CheckPage(t)
	b.Get("/learn/words").Must(t, http.StatusOK, "Continue").CheckPage(t)
	b.Get("/learn").Must(t, http.StatusOK, "Words", "Under way").CheckPage(t)
}

// What cannot be begun is listed as locked, with why, and leads nowhere.
func TestModulesThatAreNotOpenAreListedAsLocked(t *testing.T) {
	shut := map[string]Shut{"words": {Word: "Not open yet", Why: []string{"Finish the basics first."}}}
	s, _ := siteShut(t, dbtest.SQLite(t), map[string][]byte{"en.md": []byte(small)}, "words", shut)
	b := s.As(t, learner(), english())
	page := b.Get("/learn").Must(t, http.StatusOK, "Words", "Not open yet", "Finish the basics first.").CheckPage(t)
	if strings.Contains(page.Body, `href="/learn/words"`) {
		t.Error("a module that cannot be begun is led to")
	}
	delete(shut, "words")
	if page := b.Get("/learn").Must(t, http.StatusOK, "10 minutes left"); !strings.Contains(page.Body, `href="/learn/words"`) {
		t.Error("a module that can be begun is not led to")
	}
}

// The policy has heard of everything that a route needs. Open to anybody is a launch,
// whose ticket lets in once, and the page that says that it is over.
func TestEveryRouteHasItsPolicy(t *testing.T) {
	for _, r := range Routes(Deps{}) {
		if r.Need == web.Public {
			if r.Method != http.MethodGet || r.Pattern != "/launch/{ticket}" && r.Pattern != courseware.LeftPath {
				t.Errorf("%s %s is open to anybody", r.Method, r.Pattern)
			}
			continue
		}
		if !access.Known(access.Verb(r.Need.Verb), access.Kind(r.Need.Kind)) {
			t.Errorf("%s %s needs %s, of which no rule speaks", r.Method, r.Pattern, r.Need)
		}
	}
}

func TestStaffPreviewAndSeeWhoIsWhere(t *testing.T) {
	s, v := site(t, dbtest.SQLite(t), map[string][]byte{"en.md": []byte(small)}, "words")
	o := s.As(t, officer(), english())
	o.Get("/modules/"+string(v.ID)+"/pages/one").Must(t, http.StatusOK, "Preview of version 1", "right answer").CheckPage(t)
	o.Get("/cohorts/"+string(cohort)+"/modules/words").Must(t, http.StatusOK, "Ayesha K.", "Not begun yet").CheckPage(t)
	l := s.As(t, learner(), english())
	l.Submit(l.Get("/learn/words"), "start", nil)
	o.Get("/cohorts/"+string(cohort)+"/modules/words").Must(t, http.StatusOK, "Ayesha K.", "Under way").CheckPage(t)
	o.Get("/cohorts/"+string(cohort)+"/modules").Must(t, http.StatusOK, "words", "Certificates from elsewhere").CheckPage(t)
	if a := l.Get("/cohorts/" + string(cohort) + "/modules/words"); a.Status == http.StatusOK {
		t.Error("a participant sees who is where")
	}
}

// Staff decide about her way through a module, with a reason that she reads; what
// counts by that can be taken back.
func TestStaffDecideAboutHerWay(t *testing.T) {
	s, _ := site(t, dbtest.SQLite(t), map[string][]byte{"en.md": []byte(small)}, "words")
	o, l := s.As(t, officer(), english()), s.As(t, learner(), english())
	list := o.Get("/cohorts/"+string(cohort)+"/modules/words").Must(t, http.StatusOK, "Ayesha K.", "Not begun yet").CheckPage(t)
	way := wayPath(cohort, "words", ayesha)
	if !slices.Contains(list.Links(), way) {
		t.Errorf("no link leads to %s: %v", way, list.Links())
	}
	page := o.Get(way).Must(t, http.StatusOK, "She has not begun this module.", "She need not take it").CheckPage(t)
	if strings.Contains(page.Text(), "Her attempt ends here") {
		t.Error("an attempt that nobody began can be ended")
	}

	l.Submit(l.Get("/learn/words"), "start", nil)
	page = o.Get(way).Must(t, http.StatusOK, "Under way", "Her attempt ends here", "She begins anew").CheckPage(t)
	page = o.Submit(page, "rule", url.Values{"step": {"complete"}}).Must(t, http.StatusUnprocessableEntity, "Please fill this in").CheckPage(t)
	page = o.Submit(page, "rule", url.Values{"step": {"complete"}, "reason": {"She taught it herself."}}).
		Must(t, http.StatusOK, "Decided.", "Counts as passed", "She taught it herself.", "Take back").CheckPage(t)
	l.Get("/learn/words").Must(t, http.StatusOK, "Read it again", "What the programme's staff decided", "She taught it herself.").CheckPage(t)

	at := strings.Index(page.Body, "/rulings/")
	ruling, _, _ := strings.Cut(page.Body[at+len("/rulings/"):], "/")
	page = o.Submit(page, "/rulings/"+ruling+"/back", nil).Must(t, http.StatusOK, "Taken back", "Under way").CheckPage(t)
	l.Get("/learn/words").Must(t, http.StatusOK, "Continue", "Taken back").CheckPage(t)
	o.Submit(page, "rule", url.Values{"step": {"restart"}, "reason": {"She asked for it."}}).Must(t, http.StatusOK, "Begun anew").CheckPage(t)
	for _, x := range []*webtest.Answer{l.Get(way), l.Post("/rulings/"+ruling+"/back", nil)} {
		if x.Status == http.StatusOK {
			t.Errorf("a participant decides for herself: %s", x.Path)
		}
	}
}

func TestACertificateIsDecided(t *testing.T) {
	s, _ := site(t, dbtest.SQLite(t), map[string][]byte{"en.md": []byte(small)}, "words")
	l := s.As(t, learner(), english())
	form := l.Get("/learn/words/certificate").Must(t, http.StatusOK).CheckPage(t)
	l.Submit(form, "certificate", url.Values{"issuer": {"An academy"}}).Must(t, http.StatusUnprocessableEntity, "Please choose a file").CheckPage(t)
	o := s.As(t, officer(), english())
	decide := "/cohorts/" + string(cohort) + "/certificates"
	o.Get(decide).Must(t, http.StatusOK, "Nothing waits for you").CheckPage(t)

	scan := map[string][]byte{"scan": []byte("%PDF-1.4 of a certificate")}
	l.SubmitFiles(form, "certificate", url.Values{"issuer": {"An academy"}, "on": {"2019-05-01"}}, scan).
		Must(t, http.StatusOK, "Your certificate was received", "An academy", "Waits for a decision").CheckPage(t)
	list := o.Get(decide).Must(t, http.StatusOK, "Ayesha K.", "An academy", "1 May 2019").CheckPage(t)
	at := strings.Index(list.Body, "/certificates/")
	outside, _, _ := strings.Cut(list.Body[at+len("/certificates/"):], "/")
	file := o.Get("/certificates/"+outside+"/scan").Must(t, http.StatusOK)
	if file.Body != string(scan["scan"]) || !strings.Contains(file.Header.Get("Content-Disposition"), "certificate.pdf") {
		t.Errorf("the scan is %q, %v", file.Body, file.Header)
	}
	list = o.Submit(list, "decide-"+outside, url.Values{"decision": {"refuse"}, "cause": {"too-old"}}).
		Must(t, http.StatusUnprocessableEntity, "Please fill this in").CheckPage(t)
	o.Submit(list, "decide-"+outside, url.Values{"decision": {"until"}, "until": {"2021-03-31"}}).
		Must(t, http.StatusOK, "The decision was recorded.", "Nothing waits for you").CheckPage(t)
	l.Get("/learn/words/certificate").Must(t, http.StatusOK, "Accepted until", "31 March").CheckPage(t)
}

// Every page of the first programme's module in two languages, in the person's
// other language as well.
func TestTheFirstModuleReadsWellInBothDirections(t *testing.T) {
	root := filepath.Join("..", "..", "examples", "pakistan-2020", "modules", "tip-basics")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(root, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	m, problems := content.Compile("tip-basics", files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s, v := site(t, dbtest.SQLite(t), files, "tip-basics")
	for _, ui := range []string{"en", "ur"} {
		o := s.As(t, officer(), i18n.Prefs{Lang: ui})
		for _, lang := range m.Languages {
			for _, p := range m.Pages {
				a := o.Get(previewPath(v.ID, p.Key, lang)).Must(t, http.StatusOK).CheckPage(t)
				if a.Bytes > 50_000 {
					t.Errorf("page %s in %s weighs %d bytes", p.Key, lang, a.Bytes)
				}
			}
		}
	}
	b := s.As(t, learner(), i18n.Prefs{Lang: "ur"})
	cover := b.Get("/learn/tip-basics").Must(t, http.StatusOK).CheckPage(t)
	page := b.Submit(cover, "start", url.Values{"language": {"ur"}}).Must(t, http.StatusOK).CheckPage(t)
	if !strings.Contains(page.Body, `<article lang="ur" dir="rtl"`) {
		t.Error("the material does not stand in Urdu")
	}
	base := strings.TrimSuffix(page.Path, m.Pages[0].Key)
	for _, p := range m.Pages {
		sent := b.Get(base+p.Key+"?read=1").Must(t, http.StatusOK).Bytes * (1 + len(p.Items))
		if said := p.Bytes["ur"]; said < sent*3/4 || said > sent*5/4 {
			t.Errorf("page %s takes %d bytes, and says %d", p.Key, sent, said)
		}
	}
	if a := b.Get(strings.TrimSuffix(page.Path, page.Path[strings.LastIndex(page.Path, "/pages/"):])).Must(t, http.StatusOK).CheckPage(t); a.Bytes > 50_000 {
		t.Errorf("the overview weighs %d bytes", a.Bytes)
	}
}

// The pictures of a module are kept by a device that is her own, and by no borrowed
// one: neither they nor its pages.
func TestABorrowedDeviceKeepsNoPicture(t *testing.T) {
	shade := image.NewGray(image.Rect(0, 0, 8, 8))
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, shade); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(small, "Text[^s].", "Text[^s].\n\n![A grey square](shade.png)", 1)
	s, _ := site(t, dbtest.SQLite(t), map[string][]byte{"en.md": []byte(text), "shade.png": drawn.Bytes()}, "words")
	for _, own := range []bool{false, true} {
		her := learner()
		her.Grant.Scope.Programme = programme
		b := s.As(t, her, english())
		if own {
			s.Sessions.Own(b.Token())
		}
		page := b.Submit(b.Get("/learn/words"), "start", nil).Must(t, http.StatusOK, "One")
		address := regexp.MustCompile(`/module-files/[^"]+`).FindString(page.Body)
		picture := b.Get(address).Must(t, http.StatusOK)
		if page.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("own %t: the page is kept: %s", own, page.Header.Get("Cache-Control"))
		}
		if kept := picture.Header.Get("Cache-Control") != "no-store"; kept != own {
			t.Errorf("own %t: the picture comes with %s", own, picture.Header.Get("Cache-Control"))
		}
	}
}
