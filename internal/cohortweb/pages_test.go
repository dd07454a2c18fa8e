package cohortweb_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/cohortweb"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web/webtest"
)

type reads struct{}

func (reads) RecordRead(context.Context, access.Kind, ...id.Person) error { return nil }

// place is the first programme's cohort, served.
type place struct {
	t           *testing.T
	d           *db.DB
	s           *cohort.Service
	site        *webtest.Site
	cohort      id.Cohort
	quota       map[string]id.Quota
	fia, punjab id.Agency
	programmes  *programme.Service
	text        []byte // of the programme
	officer     actor.Actor
	focal       actor.Actor
}

func op() id.Operation { return id.New[id.Operation]() }

func person(r actor.Role, s actor.Scope) actor.Actor {
	return actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: r, Scope: s}}
}

func (p *place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func serve(t *testing.T) *place {
	t.Helper()
	text, err := os.ReadFile("../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return serveText(t, text)
}

// serveText serves a cohort of the programme that text is.
func serveText(t *testing.T, text []byte) *place {
	t.Helper()
	d := dbtest.SQLite(t)
	p := &place{t: t, d: d, s: cohort.New(cohort.Deps{DB: d, Reads: reads{}}), quota: map[string]id.Quota{}}
	programmes := programme.New(programme.Deps{DB: d})
	p.officer = person(actor.ProgrammeOfficer, actor.Scope{})
	ctx := actor.With(t.Context(), p.officer)
	p.must(d.Update(ctx, db.Main, func(tx *db.Tx) error {
		var err error
		if p.fia, err = people.EnterAgency(tx, people.Agency{Code: "fia", Name: i18n.NewText("en", "Federal Investigation Agency").And("ur", "وفاقی تحقیقاتی ادارہ"), Country: "PK"}); err != nil {
			return err
		}
		p.punjab, err = people.EnterAgency(tx, people.Agency{Code: "punjab-police", Name: i18n.NewText("en", "Punjab Police").And("ur", "پنجاب پولیس"), Country: "PK"})
		return err
	}))
	p.programmes, p.text = programmes, text
	im, err := programmes.Import(ctx, op(), programme.ImportInput{File: "programme.yaml", Data: text})
	p.must(err)
	p.cohort, err = p.s.Open(ctx, op(), cohort.Opening{Programme: im.Programme, Version: im.Version, Country: "PK"})
	p.must(err)
	p.quotas()
	p.focal = person(actor.FocalPoint, actor.Scope{Agency: p.fia})
	files, err := blob.Open(t.TempDir(), d.Clock())
	p.must(err)
	p.site = webtest.Start(t, nil, cohortweb.Routes(cohortweb.Deps{Cohort: p.s, Programmes: programmes, Pathway: pathway.New(pathway.Deps{DB: d}), People: people.New(people.Deps{DB: d, Reads: reads{}}), Files: files, Clock: d.Clock()})...)
	return p
}

func (p *place) quotas() {
	p.t.Helper()
	p.must(p.d.View(p.t.Context(), func(tx *db.Tx) error {
		qs, err := cohort.Quotas(tx, p.cohort)
		for _, q := range qs {
			p.quota[q.Key] = q.ID
		}
		return err
	}))
}

func (p *place) propose(quota, name string) cohort.Proposed {
	p.t.Helper()
	x, err := p.s.Propose(actor.With(p.t.Context(), p.officer), op(), cohort.Proposal{
		Cohort: p.cohort, Quota: p.quota[quota], Basis: cohort.Paper, New: &people.NewPerson{
			Sex: people.Female, Names: []people.NewName{{Written: name}}, Contacts: []people.Contact{{Kind: people.Phone, Value: "+92 300 1234567"}},
		},
	})
	p.must(err)
	return x
}

func herself(x cohort.Proposed) actor.Actor { return actor.Actor{Person: x.Person} }

// filled is what a cohort holds in the middle of its preparation.
type filled struct {
	saima, nasreen, uzma cohort.Proposed
	letter               id.Letter
	sheet                id.Import
}

func (p *place) fill() (f filled) {
	p.t.Helper()
	ctx := actor.With(p.t.Context(), p.officer)
	f.saima, f.nasreen, f.uzma = p.propose("fia", "Saima Iqbal"), p.propose("fia", "Nasreen Bibi"), p.propose("punjab-police", "صائمہ اقبال")
	_, err := p.s.Accept(ctx, op(), cohort.Said{Nomination: f.saima.Nomination, Basis: cohort.Telephone})
	p.must(err)
	_, err = p.s.Decide(ctx, op(), cohort.Deciding{Nomination: f.saima.Nomination, Decision: cohort.Chosen})
	p.must(err)
	_, err = p.s.Decide(ctx, op(), cohort.Deciding{Nomination: f.nasreen.Nomination, Decision: cohort.InLine})
	p.must(err)
	_, err = p.s.Reached(ctx, op(), cohort.Reach{Nomination: f.saima.Nomination, Channel: "telephone", Outcome: cohort.SpokenTo, Note: "will finish on Sunday"})
	p.must(err)
	f.letter, err = p.s.FileLetter(ctx, op(), cohort.Filing{
		Cohort: p.cohort, Agency: p.fia, Kind: cohort.ReleaseLetter, Number: "FIA/2020/12", Date: civil.NewDate(2020, 9, 30), Signatory: "Director",
		Covers: []cohort.Cover{{Nomination: f.saima.Nomination}},
	})
	p.must(err)
	_, err = p.s.MakeCall(ctx, op(), cohort.Calling{Cohort: p.cohort, Agency: p.fia, Deadline: civil.NewDate(2020, 10, 9).At(17, 0, "Asia/Karachi")})
	p.must(err)
	_, err = p.s.Except(ctx, op(), cohort.Exception{Nomination: f.saima.Nomination, Subject: "foundation", Cause: "duty", Later: true, Until: civil.NewDate(2020, 10, 30).At(12, 0, "Asia/Karachi")})
	p.must(err)
	_, err = p.s.Decline(actor.With(p.t.Context(), herself(f.uzma)), op(), cohort.Said{Nomination: f.uzma.Nomination, Reason: "childcare", Note: "CANARY-REASON"})
	p.must(err)
	f.sheet, err = p.s.ImportSheet(actor.With(p.t.Context(), p.focal), op(), cohort.Importing{Cohort: p.cohort, Quota: p.quota["fia"], Data: []byte("name,sex\nSaima Iqbal,f\nRubina,robot\nAyesha,f\n")})
	p.must(err)
	return f
}

func TestEveryPageInBothLanguages(t *testing.T) {
	p := serve(t)
	f := p.fill()
	saima, nasreen, uzma, letter, im := f.saima, f.nasreen, f.uzma, f.letter, f.sheet

	base := "/cohorts/" + string(p.cohort)
	officers := []string{
		"/cohorts", "/cohorts/new", base, base + "/seats", base + "/doubts", base + "/nominations", base + "/nominations?status=held", base + "/people", base + "/join", base + "/join?q=Saima",
		base + "/propose", base + "/sheet", base + "/letters", base + "/letters?agency=" + string(p.fia), "/letters/" + string(letter),
		base + "/call/" + string(p.fia), "/nominations/" + string(saima.Nomination), "/nominations/" + string(nasreen.Nomination), "/nominations/" + string(uzma.Nomination),
	}
	focals := []string{
		"/cohorts", base, base + "/seats", base + "/doubts", base + "/nominations", base + "/people", base + "/propose", base + "/sheet", "/sheets/" + string(im),
		base + "/letters", base + "/call/" + string(p.fia), "/nominations/" + string(saima.Nomination),
	}
	own := []string{"/answer", "/answer/" + string(saima.Nomination)}
	taking := actor.Actor{Person: saima.Person, Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.Participant, Scope: actor.Scope{Cohort: p.cohort}}}
	for _, prefs := range []i18n.Prefs{{Lang: "en", Zone: "Asia/Karachi"}, {Lang: "ur", Zone: "Asia/Karachi", Calendar: civil.Lunar, Digits: "arabext"}} {
		for _, c := range []struct {
			who   actor.Actor
			paths []string
		}{{p.officer, officers}, {p.focal, focals}, {herself(saima), own}, {taking, []string{"/more-time?stage=foundation"}}} {
			b := p.site.As(t, c.who, prefs)
			for _, path := range c.paths {
				a := b.Get(path)
				if a.Status != 200 {
					t.Errorf("%s %s as %s: %d\n%s", prefs.Lang, path, c.who.Grant.Role, a.Status, p.site.Log)
					continue
				}
				a.CheckPage(t)
				if c.who.Grant.Role != actor.ProgrammeOfficer && strings.Contains(a.Body, "CANARY") {
					t.Errorf("%s shows a reason that is not theirs", path)
				}
				if strings.Contains(a.Text(), "cohort.") {
					t.Errorf("%s %s shows a key: %s", prefs.Lang, path, a.Text()[strings.Index(a.Text(), "cohort."):][:40])
				}
			}
		}
	}
	// Her agency learns that an officer of Punjab police could not come only if
	// it is Punjab police, and never why.
	punjab := p.site.As(t, person(actor.FocalPoint, actor.Scope{Agency: p.punjab}), i18n.Prefs{})
	if a := punjab.Get("/nominations/" + string(uzma.Nomination)); a.Status != 200 || strings.Contains(a.Body, "CANARY") || strings.Contains(a.Text(), "Childcare was not arranged") {
		t.Errorf("%d: her agency reads why", a.Status)
	}
	if a := punjab.Get("/nominations/" + string(saima.Nomination)); a.Status != 404 {
		t.Errorf("another agency's nomination: %d", a.Status)
	}
	if a := punjab.Get("/letters/" + string(letter)); a.Status == 200 {
		t.Error("another agency's letter is shown")
	}
}

func TestSheSaysYesAndStaffSettleHerPlace(t *testing.T) {
	p := serve(t)
	focal := p.site.As(t, p.focal, i18n.Prefs{})
	base := "/cohorts/" + string(p.cohort)

	// The focal point proposes on the form; a form with a mistake keeps what was
	// typed.
	a := focal.Submit(focal.Get(base+"/propose"), "propose", url.Values{"name": {""}, "phone": {"12 34"}, "post": {"Investigator"}})
	if a.Status != 400 && a.Status != 422 || !strings.Contains(a.Body, "Investigator") {
		t.Fatalf("a proposal without a name: %d", a.Status)
	}
	a.CheckPage(t)
	a = focal.Submit(a, "propose", url.Values{"name": {"Saima Iqbal"}, "phone": {"+92 300 1234567"}, "need": {"escort"}})
	if a.Status != 200 || !strings.HasPrefix(a.Path, "/nominations/") {
		t.Fatalf("proposed: %d %s %s\n%s", a.Status, a.Path, a.Text(), p.site.Log)
	}
	n := id.Nomination(strings.TrimPrefix(strings.SplitN(a.Path, "?", 2)[0], "/nominations/"))
	var who id.Person
	p.must(p.d.View(t.Context(), func(tx *db.Tx) error {
		x, err := cohort.NominationByID(tx, n)
		who = x.Person
		return err
	}))

	// Whoever is called like somebody here is asked about before anything is kept;
	// she may be the same, who is then not entered twice, or another.
	twin := focal.Submit(focal.Get(base+"/propose"), "propose", url.Values{"name": {"Saima Iqbaal"}, "post": {"Inspector, crime unit"}})
	if twin.Status != 409 || !strings.Contains(twin.Text(), "Is it one of these?") || !strings.Contains(twin.Body, "Inspector, crime unit") {
		t.Fatalf("somebody called like her: %d %s", twin.Status, twin.Text())
	}
	twin.CheckPage(t)
	if same := focal.Submit(twin, "propose", url.Values{"known": {string(who)}}); same.Status != 409 || strings.Contains(same.Path, "/nominations/") {
		t.Errorf("she was proposed twice: %d %s", same.Status, same.Text())
	}
	if other := focal.Submit(twin, "propose", url.Values{"known": {"new"}}); other.Status != 200 || !strings.HasPrefix(other.Path, "/nominations/") {
		t.Errorf("somebody else of that name: %d %s", other.Status, other.Text())
	}
	officer := p.site.As(t, p.officer, i18n.Prefs{})
	a = officer.Submit(officer.Get("/nominations/"+string(n)), "decide", url.Values{"decision": {"chosen"}})
	if a.Status != 200 || !strings.Contains(a.Text(), "offered, answer awaited") {
		t.Fatalf("chosen: %d %s", a.Status, a.Text())
	}
	// Confirming before her yes is not offered, and is refused if sent.
	if _, _, err := a.Form("/nominations/" + string(n) + "/confirm"); err == nil {
		t.Error("staff are offered to confirm before she said yes")
	}
	she := p.site.As(t, actor.Actor{Person: who}, i18n.Prefs{})
	page := she.Get("/answer")
	if text := page.Text(); !strings.Contains(text, "Your agency never sees this.") || strings.Contains(text, "Her agency") {
		t.Errorf("she is told of what her agency sees: %s", text)
	}
	if !strings.Contains(page.Text(), "Federal Investigation Agency proposed you") || !strings.Contains(page.Text(), "Nothing is settled until you say yes") {
		t.Errorf("she reads: %s", page.Text())
	}
	a = she.Submit(page, "/answer/"+string(n)+"/yes", nil)
	if a.Status != 200 || !strings.Contains(a.Text(), "your place is kept for you") {
		t.Fatalf("her yes: %d %s", a.Status, a.Text())
	}
	// The modules are still missing: the page says so, and nothing is confirmed.
	a = she.Submit(a, "/answer/"+string(n)+"/confirm", nil)
	if a.Status != 409 || !strings.Contains(a.Text(), "still missing") {
		t.Errorf("confirming before the modules: %d %s", a.Status, a.Text())
	}
	a.CheckPage(t)
	doubts := officer.Get(base + "/doubts")
	if !strings.Contains(doubts.Text(), "5 modules") || !strings.Contains(doubts.Text(), "Nobody has tried yet") {
		t.Errorf("who is in doubt: %s", doubts.Text())
	}
	a = officer.Submit(officer.Get("/nominations/"+string(n)), "release", url.Values{"act": {"forfeited"}, "cause": {"deadline-missed"}})
	if a.Status != 409 || !strings.Contains(a.Text(), "Nobody is known to have reached this officer") {
		t.Errorf("forfeiting before a call: %d %s", a.Status, a.Text())
	}
	a.CheckPage(t)
	a = officer.Submit(a, "reach", url.Values{"channel": {"telephone"}, "outcome": {"spoken-to"}})
	if a.Status != 200 || !strings.Contains(a.Text(), "spoken to") {
		t.Errorf("a call: %d", a.Status)
	}
	// She may still decline; her place is free, and her agency sees no reason.
	a = she.Submit(she.Get("/answer/"+string(n)), "no", url.Values{"reason": {"childcare"}, "note": {"CANARY"}})
	if a.Status != 200 || !strings.Contains(a.Text(), "You may still change your mind") {
		t.Errorf("her no: %d %s", a.Status, a.Text())
	}
	if a := focal.Get("/nominations/" + string(n)); strings.Contains(a.Body, "CANARY") || !strings.Contains(a.Text(), "could not come") {
		t.Errorf("her agency reads: %s", a.Text())
	}
	if a := officer.Get("/nominations/" + string(n)); !strings.Contains(a.Body, "CANARY") {
		t.Error("the programme office does not see why")
	}
}

// Two change a call, and how many places are kept, at once: who is second sees both,
// loses nothing of what was typed, and can still have it so.
func TestTwoChangeTheSameAtOnce(t *testing.T) {
	p := serve(t)
	p.fill()
	officer, focal := p.site.As(t, p.officer, i18n.Prefs{}), p.site.As(t, p.focal, i18n.Prefs{})

	at := "/cohorts/" + string(p.cohort) + "/call/" + string(p.fia)
	other := officer.Get(at)
	officer.Submit(officer.Get(at), "call", url.Values{"note": {"By courier."}, "time": {"16:00"}}).Must(t, 200, "By courier.")
	stale := officer.Submit(other, "call", url.Values{"note": {"By hand."}, "date": {"2020-10-12"}})
	stale.CheckPage(t).Must(t, 409, "Somebody changed this call", "By courier.", "By hand.", "16:00")
	if !strings.Contains(stale.Body, `value="2020-10-12"`) {
		t.Error("the date that was typed is gone")
	}
	officer.Submit(stale, "call", nil).CheckPage(t).Must(t, 200, "By hand.", "12 October")

	at = "/cohorts/" + string(p.cohort) + "/seats"
	form := "reserve-" + string(p.quota["fia"])
	other = officer.Get(at)
	focal.Submit(focal.Get(at), form, url.Values{"places": {"3"}}).Must(t, 200)
	stale = officer.Submit(other, form, url.Values{"places": {"2"}})
	stale.CheckPage(t).Must(t, 409, "Somebody kept or gave up places of this agency")
	if !strings.Contains(stale.Text(), "3") || !strings.Contains(stale.Body, `value="2"`) {
		t.Errorf("both numbers are to be seen: %s", stale.Text())
	}
	officer.Submit(stale, form, nil).CheckPage(t).Must(t, 200)
	by := map[cohort.State]int{}
	p.must(p.d.View(t.Context(), func(tx *db.Tx) error {
		all, err := cohort.Counts(tx, p.cohort)
		for _, c := range all {
			if c.Quota == p.quota["fia"] {
				by[cohort.Reserved] += c.By[cohort.Reserved]
			}
		}
		return err
	}))
	if by[cohort.Reserved] != 2 {
		t.Errorf("%d places are kept", by[cohort.Reserved])
	}
}

func TestThePagesInARealBrowser(t *testing.T) {
	p := serve(t)
	f := p.fill()
	base := "/cohorts/" + string(p.cohort)
	chromium := webtest.Launch(t)
	for _, prefs := range []i18n.Prefs{{Lang: "en", Zone: "Asia/Karachi"}, {Lang: "ur", Zone: "Asia/Karachi"}} {
		for _, width := range []int{360, 1280} {
			if prefs.Lang == "ur" && width == 1280 {
				continue // what is wide in English is wide in Urdu: the narrow page finds more
			}
			for _, c := range []struct {
				who   actor.Actor
				pages map[string]string
			}{
				{p.officer, map[string]string{
					"overview": base, "seats": base + "/seats", "doubts": base + "/doubts", "nominations": base + "/nominations", "people": base + "/people", "join": base + "/join?q=Saima",
					"officer": "/nominations/" + string(f.saima.Nomination), "letters": base + "/letters?agency=" + string(p.fia), "call": base + "/call/" + string(p.fia),
				}},
				{p.focal, map[string]string{"sheet": "/sheets/" + string(f.sheet), "propose": base + "/propose"}},
				{herself(f.nasreen), map[string]string{"answer": "/answer/" + string(f.nasreen.Nomination)}},
			} {
				tab := chromium.Tab(t, p.site.URL, webtest.Look{Width: width, Token: p.site.Sessions.Add(c.who, prefs)})
				for name, path := range c.pages {
					tab.Open(path).CheckAxe().Shot(name + "-" + prefs.Lang + map[int]string{360: "-narrow", 1280: "-wide"}[width])
					if n := tab.Overflow(); n > 0 {
						t.Errorf("%s in %s at %d px: %d px wider than its window", name, prefs.Lang, width, n)
					}
				}
			}
		}
	}
}

func TestMovingACohortShowsFirstWhoseWayChanges(t *testing.T) {
	p := serve(t)
	p.fill()
	// Another version asks for no e-learning deadline and calls the stage otherwise.
	other := strings.ReplaceAll(string(p.text), "at: 2020-10-28T23:59", "at: 2020-09-28T23:59")
	if other == string(p.text) {
		t.Fatal("the programme no longer has the deadline that this test moves")
	}
	im, err := p.programmes.Import(actor.With(t.Context(), p.officer), op(), programme.ImportInput{File: "programme.yaml", Data: []byte(other)})
	p.must(err)
	b := p.site.As(t, p.officer, i18n.Prefs{})
	path := "/cohorts/" + string(p.cohort) + "/version"
	b.Get(path).CheckPage(t)
	a := b.Get(path + "?to=" + string(im.Version)).CheckPage(t)
	if !strings.Contains(a.Text(), "Nasreen Bibi") || !strings.Contains(a.Text(), "E-learning: was") {
		t.Errorf("what would change: %s", a.Text())
	}
	a = b.Submit(a, "move", nil)
	if a.Status != 200 || !strings.Contains(a.Text(), "follows the other version now") {
		t.Fatalf("moved: %d %s\n%s", a.Status, a.Text(), p.site.Log)
	}
	p.must(p.d.View(t.Context(), func(tx *db.Tx) error {
		c, err := cohort.ByID(tx, p.cohort)
		if c.Version != im.Version {
			t.Errorf("the cohort follows %s", c.Version)
		}
		return err
	}))
	if a := p.site.As(t, p.focal, i18n.Prefs{}).Get(path); a.Status == 200 {
		t.Error("a focal point looks at versions")
	}
}

// Whoever enters an answer that came on paper attaches its scan; the programme and
// she herself fetch it from her page, her agency is not led to it.
func TestAnAnswerOnPaperIsAttachedAndOpened(t *testing.T) {
	p := serve(t)
	saima := p.propose("fia", "Saima Iqbal")
	page := "/nominations/" + string(saima.Nomination)
	office := p.site.As(t, p.officer, i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	said := url.Values{"said": {"yes"}, "basis": {"paper"}}

	a := office.SubmitFiles(office.Get(page).Must(t, 200), "answer", said, map[string][]byte{"scan": []byte("<svg onload=alert(1)>")})
	if a.Status != 422 || !strings.Contains(a.Text(), "PDF, JPEG, PNG") {
		t.Errorf("a scan that is none: %d %s", a.Status, a.Text())
	}
	phone := url.Values{"said": {"yes"}, "basis": {"telephone"}}
	a = office.SubmitFiles(office.Get(page), "answer", phone, map[string][]byte{"scan": []byte("%PDF-1.4")})
	if a.Status != 422 || !strings.Contains(a.Text(), "A scan goes with an answer on paper") {
		t.Errorf("the scan of a telephone call: %d %s", a.Status, a.Text())
	}
	for when, words := range map[string]string{"2031-01-01T09:30": "lies ahead", "yesterday": "Write the day and the time"} {
		a = office.Submit(office.Get(page), "answer", url.Values{"said": {"yes"}, "basis": {"paper"}, "when": {when}})
		if a.Status != 422 || !strings.Contains(a.Text(), words) {
			t.Errorf("she said so %s: %d %s", when, a.Status, a.Text())
		}
	}
	// What stands on the paper is when she said so, on the clock of whoever enters it.
	l := i18n.Shipped().For(i18n.Prefs{Lang: "en", Zone: "Asia/Karachi"})
	when := dbtest.Clock(p.d).Now().Add(-30 * time.Hour)
	said.Set("when", when.In(l.Location()).Format("2006-01-02T15:04"))
	a = office.SubmitFiles(office.Get(page), "answer", said, map[string][]byte{"scan": []byte("%PDF-1.4 yes")}).Must(t, 200, l.Instant(when))

	link := func(body string) string {
		_, rest, ok := strings.Cut(body, `href="/answer-papers/`)
		if !ok {
			return ""
		}
		at, _, _ := strings.Cut(rest, `"`)
		return "/answer-papers/" + at
	}
	at := link(a.Body)
	if at == "" {
		t.Fatalf("her page leads to no paper: %s", a.Text())
	}
	hers := p.site.As(t, herself(saima), i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"})
	own := hers.Get("/answer/"+string(saima.Nomination)).Must(t, 200)
	own.CheckPage(t)
	if link(own.Body) != at {
		t.Errorf("she is led to %q", link(own.Body))
	}
	for name, b := range map[string]*webtest.Browser{"the office": office, "she": hers} {
		if got := b.Get(at); got.Status != 200 || got.Body != "%PDF-1.4 yes" || got.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %d %s %q", name, got.Status, got.Header.Get("Content-Type"), got.Body)
		}
	}
	agency := p.site.As(t, p.focal, i18n.Prefs{})
	if got := agency.Get(page).Must(t, 200); link(got.Body) != "" {
		t.Error("her agency is led to the paper")
	}
	if got := agency.Get(at); got.Status != 404 && got.Status != 403 {
		t.Errorf("her agency opens the paper: %d", got.Status)
	}
}
