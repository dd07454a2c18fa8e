package pathwayweb_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/pathway"
	"cadre/internal/pathwayweb"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// someone stands in for the services: where she stands follows from facts, by
// the true rules over the true blueprint.
type someone struct {
	blueprint *programme.Blueprint
	facts     []pathway.Fact
	now       time.Time
	prefers   people.Preferences
	entered   []people.Behalf
}

func (s *someone) Standing(context.Context, id.Person, id.Cohort) (pathway.Standing, *programme.Blueprint, error) {
	return pathway.Evaluate(s.blueprint, s.facts, s.now), s.blueprint, nil
}

func (s *someone) Entries(_ context.Context, in pathway.EntriesInput) ([]pathway.Entry, *programme.Blueprint, error) {
	var out []pathway.Entry
	for _, f := range slices.Backward(s.facts) {
		if in.ID == "" || f.RecordedAt.Before(in.Before) {
			out = append(out, pathway.Entry{Fact: f, Counts: true})
		}
	}
	return out[:min(in.Limit, len(out))], s.blueprint, nil
}

func (s *someone) LeftOf(_ context.Context, _ id.Person, _ id.Cohort, _ string, modules []string) ([]player.Left, error) {
	return []player.Left{{Module: modules[0], Title: item.Text{}, State: "open", Percent: 40, Seconds: 12 * 60, Bytes: 90_000}}, nil
}

func (s *someone) See(_ context.Context, p id.Person) (people.Record, error) {
	return people.Record{Person: people.Person{ID: p}, Affiliations: []people.Affiliation{{Rank: "Inspector", Station: "Multan"}}}, nil
}

func (s *someone) Names(context.Context, id.Person) ([]people.Name, error) {
	return []people.Name{{Form: people.Letter, Written: "صائمہ اقبال"}, {Form: people.Printed, Written: "Saima Iqbal"}}, nil
}

func (s *someone) Contacts(context.Context, id.Person) ([]people.Contact, error) {
	return []people.Contact{{Kind: people.Phone, Value: "+92 300 0000000"}}, nil
}

func (s *someone) Preferences(context.Context, id.Person) (people.Preferences, error) {
	return s.prefers, nil
}

func (s *someone) Prefer(_ context.Context, _ id.Operation, _ id.Person, in people.Preferences) error {
	if in.Zone == "" {
		return fault.Bad("people.mend", fault.Field{Name: "zone", Key: "people.zone-unknown"})
	}
	if in.Revision != s.prefers.Revision {
		return fault.New(fault.Stale, "people.preferences-stale", nil)
	}
	in.Revision++
	s.prefers = in
	return nil
}

func (s *someone) PreferFor(ctx context.Context, o id.Operation, p id.Person, basis people.Basis, in people.Preferences) error {
	if err := s.Prefer(ctx, o, p, in); err != nil {
		return err
	}
	s.entered = []people.Behalf{{Basis: basis, By: people.Display{Text: "Sabina Qureshi", Lang: "und-Latn", Dir: "ltr"}, At: s.now}}
	return nil
}

func (s *someone) EnteredFor(context.Context, id.Person) ([]people.Behalf, error) {
	return s.entered, nil
}

// reader is an officer whose name may be known; who else read is known by role.
const reader = id.Person("0192f0c0-0000-7000-8000-0000000000bb")

func (s *someone) ReadsOf(context.Context, id.Person) ([]access.Reading, error) {
	return []access.Reading{
		{Day: "2020-10-20", Reader: string(reader), Role: actor.ProgrammeOfficer, Kind: access.Contacts},
		{Day: "2020-10-19", Role: actor.FocalPoint, Kind: access.Standing},
		{Day: "2020-10-18", Reader: "token:0192f0c0-0000-7000-8000-0000000000cc", Role: access.ReaderProgram, Kind: access.Standing},
	}, nil
}

const cohort = id.Cohort("019a0000-0000-7000-8000-000000000001")

func setting(t *testing.T) (*someone, *webtest.Site) {
	t.Helper()
	data, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := programme.Read("programme.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	s := &someone{blueprint: b, now: time.Date(2020, 10, 21, 15, 0, 0, 0, time.UTC)}
	day := func(d int) time.Time { return time.Date(2020, 10, d, 6, 0, 0, 0, time.UTC) }
	fact := func(d int, subject string, v pathway.Value) {
		s.facts = append(s.facts, pathway.Fact{
			ID: id.New[id.Fact](), Cohort: cohort, Subject: subject, Value: v, OccurredAt: day(d), RecordedAt: day(d),
		})
	}
	fact(5, "", pathway.Nominated{})
	fact(14, "", pathway.Accepted{})
	fact(15, "", pathway.Selected{Chosen: true})
	for i, m := range []string{"tip-basics", "victim-centred-interviewing", "gender"} {
		fact(16+i, m, pathway.ModuleCompleted{Score: 9, Max: 10, Passed: true})
	}
	fact(20, "som-basics", pathway.ModuleProgress{Percent: 40})
	site := webtest.Start(t, func(d *web.Deps) { d.Policy = access.Routing{} }, pathwayweb.Routes(pathwayweb.Deps{
		Standings: s, Lefts: s, Persons: s, Readings: s,
		Known: func(context.Context, []id.Person) (map[id.Person]string, error) {
			return map[id.Person]string{reader: "Sabina Qureshi"}, nil
		},
		Kept: func(context.Context, id.Person) ([]pathwayweb.Kept, error) {
			return []pathwayweb.Kept{{Area: "people", Rows: 4}, {Area: "pathway", Rows: 7}}, nil
		},
	})...)
	return s, site
}

func saima() actor.Actor {
	return actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{
		ID: id.New[id.Grant](), Role: actor.Participant, Scope: actor.Scope{Cohort: cohort},
	}}
}

func TestSheSeesWhatIsNextAndWhyTheRestIsLocked(t *testing.T) {
	s, site := setting(t)
	b := site.As(t, saima(), i18n.Prefs{Zone: "Asia/Karachi"})
	b.Get("/").CheckPage(t).Must(t, 200,
		"Next for you", "Smuggling of migrants: the basics", "12 minutes left", "90 kB", "by Wednesday 28 October", "Continue", "Need more time?",
		"E-learning", "3 of 5 done", "The week, 2–6 November", "Not open yet", "Opens when your place is confirmed.",
		"Opens when you finish 2 more modules.", "What opens it?",
		"Your place is kept until Wednesday 28 October.", "Why?", "Say how your name is printed on your certificate")
	ur := site.As(t, saima(), i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}).Get("/").CheckPage(t).
		Must(t, 200, "آپ کا اگلا قدم", "تارکینِ وطن کی سمگلنگ: بنیادی باتیں", "جاری رکھیں")
	if strings.Contains(ur.Text(), "pathway.") || strings.Contains(ur.Text(), "home.") {
		t.Errorf("a key stands on the page: %s", ur.Text())
	}

	// After her yes the page where she gave it is still to be found: there she says what
	// she needs, confirms, or says that she cannot come after all. Who joined later was
	// not proposed, and has none.
	home := b.Get("/").Must(t, 200, "Your place: who proposed you, what you need, or if you cannot come")
	if n := strings.Count(home.Body, `href="/answer"`); n != 2 {
		t.Errorf("%d links lead to her place, want one from her way and one below", n)
	}
	given := s.facts
	s.facts = append(given[:len(given):len(given)], pathway.Fact{ID: id.New[id.Fact](), Cohort: cohort, Value: pathway.Joined{Later: true}, OccurredAt: s.now, RecordedAt: s.now})
	if a := b.Get("/").Must(t, 200); strings.Contains(a.Body, `href="/answer"`) {
		t.Error("who joined later is led to what was never asked of her")
	}
	s.facts = given

	// After the deadline nobody's place is gone by a machine, and nothing is red.
	s.now = time.Date(2020, 10, 29, 6, 0, 0, 0, time.UTC)
	b.Get("/").CheckPage(t).Must(t, 200, "It is still yours until someone has spoken with you.", "Nothing is decided before someone has spoken with you.")
}

func TestTheFirstPageIsSmall(t *testing.T) {
	_, site := setting(t)
	for _, lang := range []string{"en", "ur"} {
		b := site.As(t, saima(), i18n.Prefs{Lang: lang})
		a := b.Get("/").Must(t, 200)
		total := a.Bytes
		for _, address := range a.Assets() {
			if strings.HasSuffix(address, ".woff2") {
				continue
			}
			x := b.Get(address)
			total += x.Bytes
		}
		t.Logf("%s: %d bytes for the page, %d with its style sheets and scripts", lang, a.Bytes, total)
		if total > 50_000 {
			t.Errorf("%s: %d bytes over the wire, cold", lang, total)
		}
	}
}

// Staff enter how she reads, as she told them; she reads on her page who entered it,
// and on what word.
func TestHowSheReadsIsEnteredForHer(t *testing.T) {
	s, site := setting(t)
	she := saima()
	at := "/people/" + string(she.Person) + "/preferences"
	office := site.As(t, actor.Actor{Person: reader, Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.ProgrammeOfficer}}, i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	a := office.Get(at).CheckPage(t).Must(t, 200, "How she wants to read", "Only what she herself has said")
	if _, sends, err := a.Form("preferences"); err != nil || sends.Has("basis") {
		t.Errorf("it is chosen beforehand how the office knows: %v %v", sends, err)
	}
	a = office.Submit(a, "preferences", map[string][]string{"language": {"ur"}, "calendar": {string(civil.Solar)}, "zone": {"Asia/Kabul"}}).CheckPage(t).Must(t, 422, "Please look at this again")
	if _, kept, err := a.Form("preferences"); err != nil || !strings.Contains(a.Body, `id="preferences-basis-error"`) || s.entered != nil ||
		kept.Get("language") != "ur" || kept.Get("calendar") != string(civil.Solar) || kept.Get("zone") != "Asia/Kabul" || kept.Has("basis") {
		t.Errorf("no basis: entered %+v, not said beside the field, or %v is not what was chosen: %v", s.entered, kept, err)
	}
	a = office.Submit(a, "preferences", map[string][]string{"zone": {""}}).CheckPage(t).Must(t, 422, "Please look at this again")
	office.Submit(a, "preferences", map[string][]string{"zone": {"Asia/Karachi"}, "basis": {"paper"}}).CheckPage(t).Must(t, 200, "It is entered")
	if s.prefers.Language != "ur" || len(s.entered) != 1 || s.entered[0].Basis != people.Paper {
		t.Errorf("entered %+v on %+v", s.prefers, s.entered)
	}
	her := site.As(t, she, i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	own := her.Get("/preferences").CheckPage(t).Must(t, 200, "Entered for you on paper", "Sabina Qureshi")
	if got := her.Get(at); got.Path != "/preferences" || !strings.Contains(own.Body, "How you want to read") {
		t.Errorf("her own page as staff see it leads to %s", got.Path)
	}
	for _, role := range []actor.Role{actor.FocalPoint, actor.Trainer, actor.Coach, actor.Administrator} {
		b := site.As(t, actor.Actor{Person: reader, Grant: actor.Grant{ID: id.New[id.Grant](), Role: role}}, i18n.Prefs{})
		if got := b.Post(at, nil); got.Status == 200 {
			t.Errorf("%s enters how she reads", role)
		}
	}
}

func TestHowSheReads(t *testing.T) {
	s, site := setting(t)
	b := site.As(t, saima(), i18n.Prefs{Lang: "en", Zone: "Asia/Kabul"})
	a := b.Get("/preferences").CheckPage(t).Must(t, 200, "How you want to read", "Kabul")
	a = b.Submit(a, "preferences", map[string][]string{"language": {"ur"}, "zone": {""}}).CheckPage(t).Must(t, 422, "Please look at this again")
	b.Submit(a, "preferences", map[string][]string{"zone": {"Asia/Karachi"}}).CheckPage(t).Must(t, 200, "Saved.")
	// In another window it says what was chosen meanwhile, and keeps what she chose there.
	late := b.Submit(a, "preferences", map[string][]string{"zone": {"Europe/Vienna"}}).CheckPage(t).Must(t, 409, "while you were choosing")
	b.Submit(late, "preferences", nil).CheckPage(t).Must(t, 200, "Saved.")
	if s.prefers.Language != "ur" || s.prefers.Zone != "Europe/Vienna" {
		t.Errorf("saved %+v", s.prefers)
	}
	// Whoever changed the language on this device finds that one chosen: saving the
	// rest does not bring the other back.
	here := b.Submit(b.Get("/preferences"), "/language", map[string][]string{"language": {"ur"}})
	if _, v, err := here.Form("preferences"); err != nil || v.Get("language") != "ur" {
		t.Errorf("she reads Urdu, and finds %q chosen, %v", v.Get("language"), err)
	}
}

func TestSheSeesWhatIsKeptAndWhoSawIt(t *testing.T) {
	_, site := setting(t)
	for _, lang := range []string{"en", "ur"} {
		a := site.As(t, saima(), i18n.Prefs{Lang: lang}).Get("/my-data").CheckPage(t).Must(t, 200, "صائمہ اقبال", "Saima Iqbal", "Inspector")
		if strings.Contains(a.Text(), "home.") {
			t.Errorf("a key stands on the page: %s", a.Text())
		}
		if lang == "en" {
			a.Must(t, 200, "Sabina Qureshi, Programme officer", "To run the programme", "A program with a key of the office", "To exchange what was learnt", "To look after those whom your agency proposed", "How to reach you", "Tuesday 20 October 2020", "Your names, how to reach you, your post")
		}
	}
}

func TestEveryRoleLandsOnItsTasks(t *testing.T) {
	_, site := setting(t)
	for _, role := range actor.Roles() {
		if role == actor.Participant {
			continue
		}
		for _, lang := range []string{"en", "ur"} {
			a := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: role}}
			got := site.As(t, a, i18n.Prefs{Lang: lang}).Get("/").CheckPage(t).Must(t, 200)
			if strings.Contains(got.Text(), "home.") || !strings.Contains(got.Body, `class="card"`) {
				t.Errorf("%s: %s", role, got.Text())
			}
		}
	}
}

func TestAnyoneMayReadWhatIsKeptAndHowToUseThis(t *testing.T) {
	_, site := setting(t)
	for _, lang := range []string{"en", "ur"} {
		b := site.Nobody(t)
		b.Language = lang
		b.Get("/privacy").CheckPage(t).Must(t, 200)
		b.Get("/accessibility").CheckPage(t).Must(t, 200)
	}
}

func TestThePagesInARealBrowser(t *testing.T) {
	_, site := setting(t)
	chromium := webtest.Launch(t)
	officer := actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.ProgrammeOfficer}}
	for _, lang := range []string{"en", "ur"} {
		for _, width := range []int{360, 1280} {
			look := webtest.Look{Width: width, Token: site.Sessions.Add(saima(), i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"})}
			tab := chromium.Tab(t, site.URL, look)
			name := lang + map[int]string{360: "-narrow", 1280: "-wide"}[width]
			for path, shot := range map[string]string{"/": "home", "/preferences": "preferences", "/my-data": "own", "/privacy": "privacy"} {
				tab.Open(path).CheckAxe().Shot(shot + "-" + name)
				if n := tab.Overflow(); n > 0 {
					t.Errorf("%s %s: %d px wider than its window", path, name, n)
				}
			}
			look.Token = site.Sessions.Add(officer, i18n.Prefs{Lang: lang})
			chromium.Tab(t, site.URL, look).Open("/").CheckAxe().Shot("tasks-" + name)
		}
	}
}

// She reads every entry about her: on whose word, by whom, and that it was not
// herself where it was not.
func TestSheReadsWhatWasEnteredAboutHer(t *testing.T) {
	s, site := setting(t)
	her := saima()
	for i := range s.facts {
		s.facts[i].Actor, s.facts[i].Basis = string(her.Person), pathway.OwnAct
	}
	s.facts[1].Actor, s.facts[1].Basis = string(id.New[id.Person]()), pathway.Telephone
	for _, lang := range []string{"en", "ur"} {
		a := site.As(t, her, i18n.Prefs{Lang: lang, Zone: "Asia/Karachi"}).Get("/my-data/entered")
		if a.Status != 200 {
			t.Fatalf("%d: %s", a.Status, a.Text())
		}
		a.CheckPage(t)
		if lang != "en" {
			continue
		}
		for _, want := range []string{"Said yes", "by telephone", "Programme staff For you", "Finished a module", "Gender and these crimes", "You", "Wednesday 14 October 2020"} {
			if !strings.Contains(a.Text(), want) {
				t.Errorf("it does not say %q: %s", want, a.Text())
			}
		}
	}
}
