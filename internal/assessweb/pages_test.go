package assessweb

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/web/webtest"
)

const (
	programme = id.Programme("01900000-0000-7000-8000-00000000000a")
	cohort    = id.Cohort("01900000-0000-7000-8000-00000000000c")
)

func person(n int) id.Person { return id.Person(fmt.Sprintf("01900000-0000-7000-8000-%012d", n)) }

// course is a cohort of 25 with a timed pre-test and a post-test, both also on
// paper.
type course struct{}

func (course) Place(_ *db.Tx, p id.Person, _ id.Cohort) (access.Place, error) {
	if p > person(25) {
		return access.Place{}, fault.New(fault.NotFound, "access.not-found", nil)
	}
	return course{}.CohortPlace(nil, cohort)
}

func (course) CohortPlace(*db.Tx, id.Cohort) (access.Place, error) {
	return access.Place{Country: "PK", Programme: programme, Cohort: cohort, Since: time.Unix(0, 0)}, nil
}

func (course) Participants(*db.Tx, id.Cohort) ([]id.Person, error) {
	var out []id.Person
	for n := 1; n <= 25; n++ {
		out = append(out, person(n))
	}
	return out, nil
}

func (course) Assessments(*db.Tx, id.Cohort) ([]assess.Stage, error) {
	return []assess.Stage{
		{Key: "before", Form: "pre", Test: "foundation", Minutes: 40, Paper: true},
		{Key: "after", Form: "post", Test: "foundation", Paper: true},
		{Key: "later", Form: "delayed", Test: "foundation"},
	}, nil
}

func (c course) Assessment(_ *db.Tx, k id.Cohort, stage string) (assess.Stage, error) {
	all, _ := c.Assessments(nil, k)
	for _, s := range all {
		if s.Key == stage {
			return s, nil
		}
	}
	return assess.Stage{}, fault.New(fault.NotFound, "access.not-found", nil)
}

func (course) Record(*db.Tx, pathway.Fact) error                    { return nil }
func (course) StageOpen(*db.Tx, id.Person, id.Cohort, string) error { return nil }

func as(n int, role actor.Role, scope actor.Scope) actor.Actor {
	return actor.Actor{Person: person(n), Grant: actor.Grant{ID: id.New[id.Grant](), Role: role, Scope: scope}}
}

func site(t *testing.T) (*webtest.Site, *assess.Test) {
	t.Helper()
	d := dbtest.SQLite(t)
	tests := assess.New(assess.Deps{DB: d, Cohorts: course{}, Ledger: course{}})
	data, err := os.ReadFile("../../examples/pakistan-2020/tests/foundation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ctx := actor.With(context.Background(), as(99, actor.ProgrammeOfficer, actor.Scope{Programme: programme}))
	if _, err := tests.Import(ctx, id.New[id.Operation](), assess.Import{Programme: programme, File: "foundation.yaml", Data: data}); err != nil {
		t.Fatal(err)
	}
	test, _ := assess.Read("foundation.yaml", data)
	return webtest.Start(t, nil, Routes(Deps{
		Tests: tests,
		Names: func(_ context.Context, people []id.Person) (map[id.Person]string, error) {
			out := map[id.Person]string{}
			for i, p := range people {
				out[p] = fmt.Sprintf("Officer %d", i+1)
			}
			return out, nil
		},
		Competencies: func(context.Context, id.Cohort) (map[string]string, error) {
			return map[string]string{"recognise-tip": "Recognising trafficking"}, nil
		},
		Cohorts: func(context.Context) ([]CohortLink, error) { return []CohortLink{{cohort, "November 2020"}}, nil },
	})...), test
}

func TestEveryRouteHasItsPolicy(t *testing.T) {
	for _, r := range Routes(Deps{}) {
		if !access.Known(access.Verb(r.Need.Verb), access.Kind(r.Need.Kind)) {
			t.Errorf("%s %s needs %s, of which no rule speaks", r.Method, r.Pattern, r.Need)
		}
	}
}

// She takes the whole test, in Urdu, without scripts, leaving on the way.
func TestATestIsTakenInParts(t *testing.T) {
	s, test := site(t)
	b := s.As(t, as(1, actor.Participant, actor.Scope{Cohort: cohort}), i18n.Prefs{Lang: "ur"})
	cover := b.Get("/tests/before").Must(t, http.StatusOK).CheckPage(t)
	part := b.Submit(cover, "sit", url.Values{"language": {"ur"}}).Must(t, http.StatusOK).CheckPage(t)
	if part.Bytes > 50_000 || !strings.HasSuffix(part.Path, "/1") {
		t.Errorf("%s weighs %d bytes", part.Path, part.Bytes)
	}
	key := test.Items[0].Key
	part = b.Submit(part, "part", url.Values{key: {"1"}}).Must(t, http.StatusOK).CheckPage(t)
	base := strings.TrimSuffix(part.Path, "/2")
	b.Get(base).Must(t, http.StatusOK).CheckPage(t)
	again := b.Get(base+"/1").Must(t, http.StatusOK)
	if _, values, err := again.Form("part"); err != nil || values.Get(key) != "1" {
		t.Errorf("what was saved is not shown: %v, %v", values, err)
	}
	for n := 2; n <= 4; n++ {
		part = b.Submit(part, "part", nil).Must(t, http.StatusOK).CheckPage(t)
	}
	result := b.Submit(part, base+"/hand-in", nil).Must(t, http.StatusOK).CheckPage(t)
	if !strings.Contains(result.Text(), "Recognising trafficking") {
		t.Error("the result does not name the topic")
	}
	b.Get("/tests/before").Must(t, http.StatusOK).CheckPage(t)
	b.Get(base+"/1").Must(t, http.StatusOK).CheckPage(t)
}

// Twenty-five papers are entered on one page, a mistake is said with its place,
// and the gain says who is missing.
func TestPapersAreEnteredInAGrid(t *testing.T) {
	s, test := site(t)
	b := s.As(t, as(90, actor.Trainer, actor.Scope{Cohort: cohort}), i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	b.Get("/tests").Must(t, http.StatusOK, "Before the course", "Some months later").CheckPage(t)
	enter := func(stage, taken string, people int, points string) *webtest.Answer {
		page := b.Get("/cohorts/"+string(cohort)+"/tests/"+stage).Must(t, http.StatusOK, "Officer 25").CheckPage(t)
		fill := url.Values{"taken": {taken}}
		for n := 1; n <= people; n++ {
			for _, it := range test.Items {
				fill.Set(string(person(n))+"."+it.Key, points)
			}
		}
		return b.Submit(page, "grid", fill)
	}
	enter("before", "", 25, "0").Must(t, http.StatusUnprocessableEntity, "Write the day and time").CheckPage(t)
	enter("before", "2020-10-01T09:00", 1, "9").Must(t, http.StatusUnprocessableEntity, "Officer 1, question 3", "from 0 to").CheckPage(t)
	enter("before", "2020-10-01T09:00", 25, "0").Must(t, http.StatusOK, "The sheet was saved.").CheckPage(t)
	enter("before", "2020-10-01T09:00", 25, "0").Must(t, http.StatusOK, "Nothing was new")
	enter("after", "2020-10-01T09:30", 24, "1").Must(t, http.StatusOK, "The sheet was saved.")
	base := "/cohorts/" + string(cohort)
	b.Get(base+"/gain/before/after").Must(t, http.StatusOK, "24 people took both tests", "only before 1", "24 of 24").CheckPage(t)
	b.Get(base+"/gain/before/later").Must(t, http.StatusOK, "No pairs yet").CheckPage(t)
	b.Get(base+"/tests/after/items").Must(t, http.StatusOK, "24 of 24").CheckPage(t)
	b.Get(base+"/tests/later").Must(t, http.StatusOK, "Not recorded yet").CheckPage(t)
	for _, lang := range test.Languages {
		blank := b.Get(base+"/tests/after/paper?lang="+lang).Must(t, http.StatusOK, "a)", "Name:").CheckPage(t)
		if strings.Contains(blank.Body, "right</span>") {
			t.Error("the paper shows what is right")
		}
		b.Get(base+"/tests/after/paper?key=1&lang="+lang).Must(t, http.StatusOK, "What is right").CheckPage(t)
	}
	if a := s.As(t, as(1, actor.Participant, actor.Scope{Cohort: cohort}), i18n.Prefs{}).Get(base + "/tests/after/paper?key=1"); a.Status == http.StatusOK {
		t.Error("a participant reads the key")
	}
	if a := s.As(t, as(1, actor.Participant, actor.Scope{Cohort: cohort}), i18n.Prefs{}).Get(base + "/tests/before"); a.Status == http.StatusOK {
		t.Error("a participant sees everybody's scores")
	}
}
