package coachingweb

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/coaching"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/seal"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

const (
	she    = id.Person("0192f0c1-0000-7000-8000-000000000001")
	rabia  = id.Person("0192f0c1-0000-7000-8000-000000000011")
	sabina = id.Person("0192f0c1-0000-7000-8000-000000000021")
	cohort = id.Cohort("0192f0c1-0000-7000-8000-0000000000c1")
)

// town is a cohort with one participant.
type town struct{}

func (town) Coaching(_ *db.Tx, _ id.Cohort, key string) (coaching.Terms, error) {
	text := func(en, ur string) programme.Text { return programme.Text{"en": en, "ur": ur} }
	return coaching.Terms{Zone: "Asia/Karachi", Stage: &programme.Stage{Key: programme.Key(key), Coaching: &programme.Coaching{
		Entitlement: 3, Individual: true, Group: true, PartCounts: true, Minutes: 60,
		Window: programme.Window{From: "2020-03-01", Until: "2022-06-30"},
		Rounds: []programme.Round{
			{Key: "round-1", Kind: "group", Title: text("First round", "پہلا مرحلہ"), Days: []programme.Date{"2021-03-25", "2021-03-26"}},
			{Key: "round-2", Kind: "individual", Title: text("Second round", "دوسرا مرحلہ")},
		},
		Guide: []programme.GuideQuestion{{Key: "will", Text: text("What will you do, by when?", "آپ کیا کریں گی، کب تک؟")}},
	}}}, nil
}

func (t town) Participant(tx *db.Tx, c id.Cohort, p id.Person) (access.Place, error) {
	if p != she {
		return access.Place{}, fault.New(fault.NotFound, "fault.not-found", nil)
	}
	return t.Cohort(tx, c)
}

func (town) Cohort(tx *db.Tx, c id.Cohort) (access.Place, error) {
	return access.Place{Country: "PK", Cohort: c, Since: tx.Now()}, nil
}

func (town) RecordRead(context.Context, access.Kind, ...id.Person) error { return nil }

func (town) names(_ context.Context, ps ...id.Person) (map[id.Person]people.Display, error) {
	all := map[id.Person]people.Display{
		she:   {Person: she, Text: "عائشہ", Lang: "und-Arab", Dir: "rtl"},
		rabia: {Person: rabia, Text: "Rabia", Lang: "und-Latn", Dir: "ltr"},
	}
	out := map[id.Person]people.Display{}
	for _, p := range ps {
		if d, ok := all[p]; ok {
			out[p] = d
		}
	}
	return out, nil
}

func list(ps ...id.Person) func(context.Context, id.Cohort) ([]id.Person, error) {
	return func(context.Context, id.Cohort) ([]id.Person, error) { return ps, nil }
}

func who(p id.Person, role actor.Role) actor.Actor {
	return actor.Actor{Person: p, Grant: actor.Grant{ID: id.New[id.Grant](), Role: role, Scope: actor.Scope{Cohort: cohort}}}
}

// Each act of coaching as its person does it, in a browser without scripts.
func TestCoachingFromTheQuestionToTheClosedSession(t *testing.T) {
	d := dbtest.SQLite(t)
	var facts []pathway.Fact
	svc := coaching.New(coaching.Deps{DB: d, Cohorts: town{}, Reads: town{}, Keys: seal.New(), Record: func(_ *db.Tx, f pathway.Fact) error {
		facts = append(facts, f)
		return nil
	}})
	site := webtest.Start(t, nil, Routes(Deps{Coaching: svc, Names: town{}.names, Participants: list(she), Coaches: list(rabia)})...)
	urdu := i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}
	officer := site.As(t, who(sabina, actor.ProgrammeOfficer), i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	coach := site.As(t, who(rabia, actor.Coach), i18n.Prefs{Lang: "en", Zone: "Europe/Vienna"})
	her := site.As(t, who(she, actor.Participant), urdu)

	desk := "/cohorts/" + string(cohort) + "/coaching/coaching"
	hers := "/coaching/" + string(cohort) + "/coaching/" + string(she)

	p := officer.Get(desk).CheckPage(t).Must(t, 200, "1 participant without a coach")
	officer.Submit(p, formAssign, url.Values{"persons": {string(she)}, "coach": {string(rabia)}}).CheckPage(t).Must(t, 200, "The coach is asked")

	p = coach.Get("/coaching").CheckPage(t).Must(t, 200, "You are asked to coach", "عائشہ")
	bad := coach.Submit(p, "declare-"+string(she), url.Values{"not-superior": {"yes"}}).CheckPage(t).Must(t, 422, "Both have to be true")
	coach.Submit(bad, "declare-"+string(she), url.Values{"not-superior": {"yes"}, "not-in-cases": {"yes"}}).CheckPage(t).Must(t, 200, "You can prepare now")

	p = coach.Get(hers)
	coach.Submit(p, formTime, url.Values{"day": {"2021-09-15"}, "clock": {"10:00"}, "zone": {"Asia/Karachi"}}).
		CheckPage(t).Must(t, 200, "The time is proposed", "7:00")
	// The office sees that it waits for her, and that she has accepted her coach.
	officer.Get(desk).CheckPage(t).Must(t, 200, "1 time waits for a yes", "Waits for the participant", "She says yes", "Rabia")
	p = her.Get("/coaching/"+string(cohort)+"/coaching/me").CheckPage(t).Must(t, 200, "جی، یہی وقت", "آپ کیا کریں گی، کب تک؟")
	if !strings.Contains(p.Body, `dir="rtl"`) {
		t.Error("her page does not run from right to left")
	}
	// An answer to a question that the guide does not ask is refused, and nothing is lost.
	coach.Submit(coach.Get(hers), formNote, url.Values{"free": {"kept in the form"}, answerPrefix + "smuggled": {"not asked"}}).
		CheckPage(t).Must(t, 422, "The guide does not ask this question", "kept in the form")
	p = her.Submit(p, formNeed, url.Values{"free": {"انٹرویو کا آغاز"}}).CheckPage(t).Must(t, 200, "انٹرویو کا آغاز")
	// She changes her words in two windows: the second sees both.
	at := strings.Index(p.Body, `id="note-`) + 4
	mine := p.Body[at : at+strings.IndexByte(p.Body[at:], '"')]
	other := her.Get(hers)
	her.Submit(p, mine, url.Values{"free": {"انٹرویو کا انجام"}}).CheckPage(t).Must(t, 200, "آپ کے الفاظ بدل دیے گئے۔", "انٹرویو کا انجام")
	stale := her.Submit(other, mine, url.Values{"free": {"دونوں"}}).CheckPage(t).Must(t, 409, "اس وقت یہ درج ہے:", "انٹرویو کا انجام", "دونوں")
	her.Submit(stale, mine, url.Values{"free": {"انٹرویو کا آغاز"}}).CheckPage(t).Must(t, 200, "انٹرویو کا آغاز")
	all, err := svc.Account(actor.With(context.Background(), who(she, actor.Participant)), coaching.Of{Cohort: cohort, Stage: "coaching", Person: she})
	if err != nil {
		t.Fatal(err)
	}
	ses := string(all.Sessions[0].ID)
	action, values, err := formTo(p, hers+"/sessions/"+ses+"/agree")
	if err != nil {
		t.Fatal(err)
	}
	her.Post(action, values).CheckPage(t).Must(t, 200, "وقت طے ہو گیا")

	// What the coach reads aloud or pastes names neither the subject nor anybody.
	p = coach.Get(hers).CheckPage(t).Must(t, 200, "You have an appointment: ")
	_, aloud, _ := strings.Cut(p.Body, "<blockquote>")
	aloud, _, ok := strings.Cut(aloud, "</blockquote>")
	if !ok || !strings.Contains(aloud, "2021") || !strings.Contains(aloud, "minutes free") {
		t.Errorf("to read aloud: %s", aloud)
	}
	if !strings.Contains(aloud, "10:00 in Karachi") || strings.Contains(aloud, "for you") {
		t.Errorf("what is read aloud speaks of the coach's own zone: %s", aloud)
	}
	for _, word := range []string{"oach", "raffick", "muggl", "session", "UNODC", "FIA"} {
		if strings.Contains(aloud, word) {
			t.Errorf("what is read aloud says %q: %s", word, aloud)
		}
	}
	if strings.Contains(her.Get(hers).Body, "<blockquote>") {
		t.Error("she is given words to read aloud to herself")
	}

	p = coach.Get(hers+"/sessions/"+ses+"/close").CheckPage(t).Must(t, 200, "Name no case")
	bad = coach.Submit(p, formClose, url.Values{"outcome": {"part"}, "minutes": {""}, "free": {"she led an interview"}, answerPrefix + "will": {"five things to ask first"}}).
		CheckPage(t).Must(t, 422, "How many minutes", "she led an interview", "five things to ask first")
	coach.Submit(bad, formClose, url.Values{"outcome": {"she-could-not"}, "minutes": {""}, "goal": {"plan each interview"}}).
		CheckPage(t).Must(t, 200, "Closed. Thank you.", "plan each interview", "she led an interview", "five things to ask first")
	her.Get(hers).Must(t, 200, "five things to ask first")

	// Both put the goal otherwise at once: who sends it second sees both, and loses
	// nothing of what she typed.
	p = her.Get(hers)
	words := regexp.MustCompile(`/coaching/[^"]+/words`)
	mine = words.FindString(p.Body)
	before := coach.Get(hers)
	her.Submit(p, mine, url.Values{"goal": {"plan two interviews"}, "due": {"2021-12-01"}}).CheckPage(t).Must(t, 200, "ہدف بدل دیا گیا۔", "plan two interviews")
	typed := url.Values{"goal": {"plan three interviews"}, "evidence": {"three pages"}, "due": {"2021-11-01"}}
	stale = coach.Submit(before, mine, typed).CheckPage(t).Must(t, 409, "The goal was changed meanwhile.", "plan two interviews", "plan three interviews")
	for _, kept := range []string{`value="three pages"`, `value="2021-11-01"`, `2021-12-01`} {
		if !strings.Contains(stale.Body, kept) {
			t.Errorf("the form does not hold %s", kept)
		}
	}
	coach.Submit(stale, mine, nil).CheckPage(t).Must(t, 200, "The goal was changed.", "plan three interviews", "three pages")
	her.Submit(her.Get(hers), formGoal, url.Values{"goal": {"سوال پہلے سے لکھنا"}}).Must(t, 200)
	if len(words.FindAllString(coach.Get(hers).Body, -1)) != 1 {
		t.Error("the coach is offered to change words that are not hers")
	}

	p = her.Get(hers)
	her.Submit(p, "contest-"+ses, url.Values{"says": {"line-failed"}}).CheckPage(t).Must(t, 200, "اب دونوں باتیں درج ہیں")
	p = officer.Get(desk).CheckPage(t).Must(t, 200, "the other says")
	officer.Submit(p, "settle-"+ses, url.Values{"outcome": {"line-failed"}}).CheckPage(t).Must(t, 200, "Settled.")
	if len(facts) != 2 || facts[1].Corrects != facts[0].ID {
		t.Errorf("facts: %+v", facts)
	}
	p = officer.Get(desk)
	officer.Submit(p, formDay, url.Values{"day": {"round-1/2021-03-25"}, "persons": {string(she)}}).CheckPage(t).Must(t, 200, "The register is kept")
	if body := officer.Get(desk).Body; strings.Contains(body, "interview") {
		t.Error("the office reads what was said")
	}
	officer.Get(hers).Must(t, 404)

	action, values, err = formTo(her.Get(hers), hers+"/change-coach")
	if err != nil {
		t.Fatal(err)
	}
	her.Post(action, values).CheckPage(t).Must(t, 200, "پروگرام کا دفتر دوسری کوچ تلاش کر رہا ہے")
	coach.Get(hers).Must(t, 404)
}

// The office says yes for a participant who is reached by telephone only, and ends
// what cannot go on; it is led back to its own page, for hers is closed to it.
func TestTheOfficeActsForHerByTelephone(t *testing.T) {
	d := dbtest.SQLite(t)
	svc := coaching.New(coaching.Deps{DB: d, Cohorts: town{}, Reads: town{}, Keys: seal.New(), Record: func(*db.Tx, pathway.Fact) error { return nil }})
	site := webtest.Start(t, nil, Routes(Deps{Coaching: svc, Names: town{}.names, Participants: list(she), Coaches: list(rabia)})...)
	officer := site.As(t, who(sabina, actor.ProgrammeOfficer), i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	coach := site.As(t, who(rabia, actor.Coach), i18n.Prefs{Lang: "en", Zone: "Europe/Vienna"})
	desk := "/cohorts/" + string(cohort) + "/coaching/coaching"
	hers := "/coaching/" + string(cohort) + "/coaching/" + string(she)

	p := officer.Get(desk).Must(t, 200, "No coach yet")
	officer.Submit(p, formAssign, url.Values{"persons": {string(she)}, "coach": {string(rabia)}}).Must(t, 200, "Rabia", "has not accepted yet")
	coach.Submit(coach.Get("/coaching"), "declare-"+string(she), url.Values{"not-superior": {"yes"}, "not-in-cases": {"yes"}}).Must(t, 200)
	coach.Submit(coach.Get(hers), formTime, url.Values{"day": {"2021-09-15"}, "clock": {"10:00"}, "zone": {"Asia/Karachi"}}).Must(t, 200)

	all, err := svc.Account(actor.With(context.Background(), who(she, actor.Participant)), coaching.Of{Cohort: cohort, Stage: "coaching", Person: she})
	if err != nil {
		t.Fatal(err)
	}
	// Her yes says how the office knows; she reads it, and who entered it.
	agree := hers + "/sessions/" + string(all.Sessions[0].ID) + "/agree"
	action, values, err := formTo(officer.Get(desk), agree)
	if err != nil {
		t.Fatal(err)
	}
	values.Set("basis", "")
	officer.Post(action, values).Must(t, 422)
	if action, values, err = formTo(officer.Get(desk), agree); err != nil {
		t.Fatal(err)
	}
	values.Set("basis", "telephone")
	officer.Post(action, values).CheckPage(t).Must(t, 200, "The time is agreed.", "Sessions held")
	her := site.As(t, who(she, actor.Participant), i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	her.Get(hers).CheckPage(t).Must(t, 200, "Your yes by telephone; entered by the programme office")
	coach.Get(hers).CheckPage(t).Must(t, 200, "She said yes by telephone")

	// She rings about another time: the office proposes it for her, and her coach says yes.
	action, values, err = formTo(coach.Get(hers), hers+"/sessions/"+string(all.Sessions[0].ID)+"/move")
	if err != nil {
		t.Fatal(err)
	}
	coach.Post(action, values).Must(t, 200)
	asked := url.Values{"person": {string(she)}, "day": {"2021-09-22"}, "clock": {"25:00"}, "zone": {"Asia/Karachi"}, "minutes": {"45"}, "basis": {"paper"}}
	p = officer.Get(desk)
	if _, sends, err := p.Form(formFor); err != nil || sends.Has("basis") {
		t.Errorf("it is chosen beforehand how the office knows: %v %v", sends, err)
	}
	unsaid := url.Values{"person": {string(she)}, "day": {"2021-09-22"}, "clock": {"11:00"}, "zone": {"Asia/Karachi"}, "minutes": {"50"}}
	bad := officer.Submit(p, formFor, unsaid).CheckPage(t).Must(t, 422)
	_, kept, err := bad.Form(formFor)
	if err != nil || !strings.Contains(bad.Body, `id="time-for-basis-error"`) || kept.Has("basis") {
		t.Errorf("no basis: it is not said beside the field: %v %v\n%s", kept, err, bad.Text())
	}
	for field := range unsaid {
		if kept.Get(field) != unsaid.Get(field) {
			t.Errorf("no basis: %s was %q and is %q", field, unsaid.Get(field), kept.Get(field))
		}
	}
	bad = officer.Submit(officer.Get(desk), formFor, asked).CheckPage(t).Must(t, 422, "A date and a time")
	officer.Submit(bad, formFor, url.Values{"clock": {"11:00"}}).CheckPage(t).Must(t, 200, "The time is proposed for her", "Waits for the coach")
	if p := her.Get(hers).CheckPage(t).Must(t, 200, "Proposed for you on paper; entered by the programme office"); strings.Contains(p.Body, "/agree") {
		t.Error("she is asked for a yes to her own proposal")
	}
	p = coach.Get(hers).CheckPage(t).Must(t, 200, "She proposed it on paper", "Yes, this time")
	all, err = svc.Account(actor.With(context.Background(), who(she, actor.Participant)), coaching.Of{Cohort: cohort, Stage: "coaching", Person: she})
	if err != nil {
		t.Fatal(err)
	}
	next := hers + "/sessions/" + string(all.Sessions[len(all.Sessions)-1].ID) + "/agree"
	if _, _, err := formTo(officer.Get(desk), next); err == nil {
		t.Error("the office is offered her coach's yes")
	}
	if action, values, err = formTo(p, next); err != nil {
		t.Fatal(err)
	}
	coach.Post(action, values).Must(t, 200, "The time is agreed.")

	for _, step := range []struct{ action, said string }{
		{hers + "/change-coach", "The programme office looks for another coach."},
	} {
		action, values, err := formTo(officer.Get(desk), step.action)
		if err != nil {
			t.Fatalf("the office is not offered %s", step.action)
		}
		officer.Post(action, values).CheckPage(t).Must(t, 200, step.said, "Sessions held")
	}
	if got := officer.Get(desk).Must(t, 200, "No coach yet"); strings.Contains(got.Text(), "Rabia has") {
		t.Error("whose coaching is over still stands there")
	}
}

// formTo finds the form of a page that is sent to an address.
func formTo(a *webtest.Answer, action string) (string, url.Values, error) {
	body := a.Body
	i := strings.Index(body, `action="`+action+`"`)
	if i < 0 {
		return "", nil, fault.New(fault.NotFound, "fault.not-found", nil)
	}
	out := url.Values{}
	end := i + strings.Index(body[i:], "</form>")
	for _, name := range []string{"token", "op"} {
		j := i + strings.Index(body[i:end], `name="`+name+`" value="`)
		v := body[j+len(`name="`+name+`" value="`):]
		out.Set(name, v[:strings.IndexByte(v, '"')])
	}
	return action, out, nil
}

func TestEveryRouteIsKnownToThePolicy(t *testing.T) {
	for _, r := range Routes(Deps{}) {
		if r.Need != web.SignedIn && !access.Known(access.Verb(r.Need.Verb), access.Kind(r.Need.Kind)) {
			t.Errorf("%s %s needs %s, of which the policy knows nothing", r.Method, r.Pattern, r.Need)
		}
	}
}
