package policy_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/examples"
	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/cohort"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/demo"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// The fixture of the policy's tests over HTTP: the first programme as it stood
// at an instant, and beside it another country's programme, of which nobody in
// the first may ever read a word.
type fixture struct {
	t   *testing.T
	dir string // the data folder as it was filled; every case works on a copy
	at  time.Time
	// visitors are who tries everything: one per role and agency.
	visitors []*visitor
	// facts about the rows, read from the tables by hand
	country map[string]string // id of anything -> PK or IQ
	agency  map[string]string // id of anything that is one agency's -> its code
	staff   map[string]bool   // people whom no agency proposed, and what is theirs
	person  map[string]id.Person
	// canaries are words that stand in one agency's or country's data alone.
	canaries []canary
	// rowsOf are the ids of each table, for routes that no page leads to.
	rowsOf map[string][]string
}

type canary struct {
	text    string
	country string
	agency  string    // empty for what is the country's
	person  id.Person // whose it is
	contact bool
}

// A visitor is somebody at a browser.
type visitor struct {
	name    string // officer, focal, …; nobody
	role    string // as the expectations call her
	country string
	agency  string // of focal points
	person  id.Person
	grant   id.Grant
	coached []id.Person
	linked  []id.Person
	token   string
}

// folder is a folder of the test's own, in memory where the machine has one:
// the fixture is restored hundreds of times.
func folder(t *testing.T) string {
	t.Helper()
	const memory = "/dev/shm"
	if _, err := os.Stat(memory); err != nil {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "cadre-policy-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		// Uploads and packages are never written twice: the copy may share them.
		if strings.HasPrefix(rel, "files"+string(filepath.Separator)) {
			return os.Link(p, target)
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(target, b, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func configOf(t *testing.T, dir string) config.Config {
	t.Helper()
	c, err := config.Load("", []string{"CADRE_DATA=" + dir})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// first is the folder of the first programme's example.
const first = "pakistan-2020"

// raise opens a database of the demo, with a play that has not begun.
func raise(t *testing.T, dir string) (*app.App, *demo.Play) {
	t.Helper()
	files, err := fs.Sub(examples.Files, first)
	if err != nil {
		t.Fatal(err)
	}
	script, err := demo.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewFake(script.Events[0].At.Add(-time.Hour))
	cfg := configOf(t, dir)
	cfg.Zone = script.Zone.String()
	a, err := app.Open(context.Background(), cfg, app.Options{Clock: c, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	return a, demo.New(script, a.Demo(), c, a.Jobs)
}

// build plays the first programme until at, adds the other country, and signs
// everybody in.
func build(t *testing.T, at time.Time) *fixture {
	t.Helper()
	ctx := context.Background()
	f := &fixture{t: t, dir: filepath.Join(folder(t), "data"), at: at, country: map[string]string{}, agency: map[string]string{}, staff: map[string]bool{}, rowsOf: map[string][]string{}, person: map[string]id.Person{}}
	a, play := raise(t, f.dir)
	closed := false
	defer func() {
		if !closed {
			_ = a.Close()
		}
	}()
	if _, err := play.Until(ctx, at, nil); err != nil {
		t.Fatal(err)
	}
	f.more(ctx, a)
	for _, x := range f.ids(a) {
		f.country[x] = "PK"
	}
	f.other(ctx, a)
	for _, x := range f.ids(a) {
		if f.country[x] == "" {
			f.country[x] = "IQ"
		}
	}
	f.owners(a)
	f.arrive(ctx, a)
	closed = true
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return f
}

// start opens a fresh copy of the fixture.
func (f *fixture) start() *app.App {
	f.t.Helper()
	dir := filepath.Join(folder(f.t), "case")
	copyFolder(f.t, f.dir, dir)
	a, err := app.Open(context.Background(), configOf(f.t, dir), app.Options{Clock: clock.NewFake(f.at), Demo: true})
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func operator() context.Context {
	return actor.With(context.Background(), actor.Actor{Operator: true})
}

func newOp() id.Operation { return id.New[id.Operation]() }

// other is another country's programme: an officer, a focal point, an officer
// who was proposed, all with words of their own.
func (f *fixture) other(ctx context.Context, a *app.App) {
	f.t.Helper()
	must := func(err error) {
		f.t.Helper()
		if err != nil {
			f.t.Fatal(err)
		}
	}
	src, err := fs.ReadFile(examples.Files, first+"/programme.yaml")
	must(err)
	src = []byte(strings.ReplaceAll(string(src), first, "iraq-2020"))
	agency, err := a.People.AddAgency(operator(), newOp(), people.Agency{
		Code: "baghdad", Name: i18n.NewText("en", "Canary directorate of Baghdad"), Country: "IQ", Kind: "police",
	})
	must(err)
	other, err := a.People.AddAgency(operator(), newOp(), people.Agency{
		Code: "basra", Name: i18n.NewText("en", "Canary directorate of Basra"), Country: "IQ", Kind: "police",
	})
	must(err)
	enter := func(name string, role actor.Role, scope actor.Scope) actor.Actor {
		p, err := a.People.Add(operator(), newOp(), people.NewPerson{Sex: people.Female, Names: []people.NewName{{Form: people.Called, Written: name}}})
		must(err)
		g, err := a.Access.GiveGrant(operator(), newOp(), access.Giving{Person: p, Role: role, Scope: scope})
		must(err)
		return actor.Actor{Person: p, Grant: actor.Grant{ID: g, Role: role, Scope: scope, From: a.Clock.Now()}}
	}
	// An officer of the whole instance brings the programme in and hands it over.
	everywhere := enter("Canary Headquarters", actor.ProgrammeOfficer, actor.Scope{})
	hq := actor.With(ctx, everywhere)
	got, err := a.Programme.Import(hq, newOp(), programme.ImportInput{File: "iraq-2020.yaml", Data: src})
	must(err)
	c, err := a.Cohort.Open(hq, newOp(), cohort.Opening{
		Programme: got.Programme, Version: got.Version, Country: "IQ",
		Agencies: map[string]id.Agency{"fia": agency, "punjab-police": other},
	})
	must(err)
	enter("Canary Officer of Baghdad", actor.ProgrammeOfficer, actor.Scope{Country: "IQ", Programme: got.Programme})
	focal := enter("Canary Focal of Baghdad", actor.FocalPoint, actor.Scope{Agency: agency, Programme: got.Programme})
	over, err := a.Cohort.Overview(hq, c)
	must(err)
	i := slices.IndexFunc(over.Quotas, func(q cohort.QuotaView) bool { return q.Quota.Agency == agency })
	made, err := a.Cohort.Propose(actor.With(ctx, focal), newOp(), cohort.Proposal{Cohort: c, Quota: over.Quotas[i].Quota.ID, New: &people.NewPerson{
		Sex: people.Female, Names: []people.NewName{{Form: people.Letter, Written: "Canary Zubaida al-Basri"}, {Form: people.Called, Written: "زبيدة الكناري"}},
		Contacts:    []people.Contact{{Kind: people.Phone, Value: "+964 770 0001112"}},
		Affiliation: &people.Affiliation{Agency: agency, Rank: "Canary rank of Baghdad", Station: "Canary station of Baghdad"},
	}})
	must(err)
	_, err = a.Access.GiveGrant(operator(), newOp(), access.Giving{Person: made.Person, Role: actor.Participant, Scope: actor.Scope{Programme: got.Programme, Cohort: c}})
	must(err)
	must(a.Access.EndGrant(operator(), newOp(), everywhere.Grant.ID))
}

// more adds to the first programme an officer of that programme alone, since the
// play's own acts everywhere, and somebody without a role.
func (f *fixture) more(ctx context.Context, a *app.App) {
	f.t.Helper()
	var pk id.Programme
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT programme FROM cohort_cohorts WHERE country = 'PK'`).Scan(&pk)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	enter := func(name string) id.Person {
		p, err := a.People.Add(operator(), newOp(), people.NewPerson{Names: []people.NewName{{Form: people.Called, Written: name}}})
		if err != nil {
			f.t.Fatal(err)
		}
		return p
	}
	_, err = a.Access.GiveGrant(operator(), newOp(), access.Giving{
		Person: enter("Officer of the programme"), Role: actor.ProgrammeOfficer,
		Scope: actor.Scope{Country: "PK", Programme: pk},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	enter("Somebody without a role")
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// ids lists every identifier that stands in any declared table.
func (f *fixture) ids(a *app.App) []string {
	f.t.Helper()
	seen := map[string]bool{}
	f.rows(a, func(_ string, row map[string]string) {
		for _, v := range row {
			if uuid.MatchString(v) {
				seen[v] = true
			}
		}
	})
	out := make([]string, 0, len(seen))
	for x := range seen {
		out = append(out, x)
	}
	return out
}

// rows calls each with every row of every declared table.
func (f *fixture) rows(a *app.App, each func(table string, row map[string]string)) {
	f.t.Helper()
	err := a.DB.View(context.Background(), func(tx *db.Tx) error {
		for _, t := range app.Tables() {
			if t.Owner == "journal" || t.Owner == "job" {
				continue
			}
			rows, err := tx.Query("SELECT * FROM " + t.Name)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				raw := make([]any, len(columns))
				for i := range raw {
					raw[i] = new([]byte)
				}
				if err := rows.Scan(raw...); err != nil {
					return err
				}
				row := map[string]string{}
				for i, c := range columns {
					row[c] = string(*raw[i].(*[]byte))
				}
				each(t.Name, row)
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// owners reads whose each row is, from its own columns.
func (f *fixture) owners(a *app.App) {
	f.t.Helper()
	codes := map[string]string{}
	f.rows(a, func(table string, row map[string]string) {
		if table == "people_agencies" {
			codes[row["id"]] = row["code"]
		}
	})
	officers := map[string]bool{}
	f.rows(a, func(table string, row map[string]string) {
		switch table {
		case "people_affiliations":
			if row["until"] == "" {
				f.agency[row["person"]] = codes[row["agency"]]
			}
		case "people_persons":
			if row["officer"] == "1" {
				officers[row["id"]] = true
			}
			f.person[row["id"]] = id.Person(row["id"])
		}
		if uuid.MatchString(row["id"]) {
			f.rowsOf[table] = append(f.rowsOf[table], row["id"])
		}
		if row["id"] != "" && uuid.MatchString(row["person"]) {
			f.person[row["id"]] = id.Person(row["person"])
		}
		if row["id"] != "" && codes[row["agency"]] != "" && table != "access_grants" {
			f.agency[row["id"]] = codes[row["agency"]]
		}
		if table == "people_agencies" {
			// An agency is no person: officers of any country may name it.
			f.agency[row["id"]] = row["code"]
			delete(f.country, row["id"])
		}
	})
	for i, p := range f.person {
		f.staff[i] = !officers[string(p)]
	}
	f.rows(a, func(table string, row map[string]string) {
		switch table {
		case "people_names":
			if officers[row["person"]] && strings.Contains(row["written"], " ") {
				f.canaries = append(f.canaries, canary{text: row["written"], country: f.country[row["person"]], agency: f.agency[row["person"]], person: id.Person(row["person"])})
			}
		case "people_contacts":
			if officers[row["person"]] && row["kind"] == "email" || strings.HasPrefix(row["value"], "+964") {
				f.canaries = append(f.canaries, canary{text: row["value"], country: f.country[row["person"]], agency: f.agency[row["person"]], person: id.Person(row["person"]), contact: true})
			}
		}
	})
	if len(f.canaries) < 40 {
		f.t.Fatalf("only %d canaries", len(f.canaries))
	}
}

// arrive signs one person of each role in: the first holder, by country and,
// for focal points and participants, by agency.
func (f *fixture) arrive(ctx context.Context, a *app.App) {
	f.t.Helper()
	f.visitors = append(f.visitors, &visitor{name: "nobody", role: "nobody"})
	var held []access.Held
	names := map[id.Person]string{}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		all, err := db.Collect(tx, func(r *db.Rows) (id.Person, error) {
			var p id.Person
			return p, r.Scan(&p)
		}, `SELECT id FROM people_persons ORDER BY created_at, id`)
		if err != nil {
			return err
		}
		for _, p := range all {
			gs, err := access.GrantsOf(tx, p)
			if err != nil {
				return err
			}
			held = append(held, gs...)
			ns, err := people.NamesOf(tx, p)
			if err != nil {
				return err
			}
			if len(ns) > 0 {
				names[p] = ns[0].Written
			}
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	taken := map[string]bool{}
	add := func(role string, p id.Person, g id.Grant) {
		v := &visitor{role: role, person: p, grant: g, country: f.country[string(p)], agency: f.agency[string(p)]}
		v.name = role + " " + v.country
		if role == "focal" || role == "participant" {
			v.name += " " + v.agency
		}
		if taken[v.name] {
			return
		}
		taken[v.name] = true
		code, err := a.Access.Replace(operator(), newOp(), p)
		if err != nil {
			f.t.Fatal(err)
		}
		e, err := a.Access.SignIn(ctx, access.Try{Code: code.Code, Own: true})
		if err != nil {
			f.t.Fatal(err)
		}
		s, ok, err := a.Access.Visit(ctx, e.Token)
		if err != nil || !ok {
			f.t.Fatal(ok, err)
		}
		if g != "" {
			if err := a.Access.ActIn(actor.With(ctx, s.Actor), newOp(), g); err != nil {
				f.t.Fatal(err)
			}
		}
		v.token = e.Token
		f.visitors = append(f.visitors, v)
	}
	words := map[actor.Role]string{
		actor.ProgrammeOfficer: "officer", actor.FocalPoint: "focal", actor.Participant: "participant", actor.Trainer: "trainer",
		actor.Coach: "coach", actor.Supervisor: "supervisor", actor.Observer: "observer", actor.Administrator: "admin",
	}
	for _, h := range held {
		if !h.Now(a.Clock.Now()) {
			continue
		}
		if h.Role == actor.ProgrammeOfficer && h.Scope == (actor.Scope{}) {
			continue // acts everywhere: nothing is foreign to her
		}
		if h.Role == actor.FocalPoint {
			f.agency[string(h.Person)] = f.agencyCode(a, h.Scope.Agency)
		}
		if h.Role == actor.Administrator {
			f.country[string(h.Person)] = ""
		}
		add(words[h.Role], h.Person, h.ID)
	}
	for p, n := range names {
		if n == "Somebody without a role" {
			add("none", p, "")
		}
	}
	// Who is coached by, and linked to, whom: read from the tables.
	f.rows(a, func(table string, row map[string]string) {
		for _, v := range f.visitors {
			if v.role == "coach" && table == "coaching_pairs" && row["coach"] == string(v.person) && (row["until"] == "0" || row["until"] == "") {
				v.coached = append(v.coached, id.Person(row["person"]))
			}
			if v.role == "supervisor" && table == "people_links" && row["supervisor"] == string(v.person) && row["until"] == "0" {
				v.linked = append(v.linked, id.Person(row["person"]))
			}
		}
	})
}

func (f *fixture) agencyCode(a *app.App, agency id.Agency) string {
	code := ""
	f.rows(a, func(table string, row map[string]string) {
		if table == "people_agencies" && row["id"] == string(agency) {
			code = row["code"]
		}
	})
	return code
}
