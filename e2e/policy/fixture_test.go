package policy_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/people"
)

// The fixture of the policy's tests over HTTP: the first programme as it stood
// at an instant, and beside it another country's telling of it, of which nobody
// in the first may ever read a word.
type fixture struct {
	t   *testing.T
	dir string // the data folder as it was filled; every case works on a copy
	at  time.Time
	// visitors are who tries everything: one per role and agency.
	visitors []*visitor
	// facts about the rows, read from the tables by hand
	country map[string]string       // id of anything -> PK or IQ
	agency  map[string]string       // id of anything that is one agency's -> its code
	course  map[string]string       // id of anything but a person -> its cohort
	bound   map[id.Person]id.Cohort // officers of one cohort's programme alone
	staff   map[string]bool         // people whom no agency proposed, and what is theirs
	person  map[string]id.Person
	// canaries are words that stand in one agency's or country's data alone.
	canaries map[string]canary
	// rowsOf are the ids of each table, for routes that no page leads to.
	rowsOf map[string][]string
	log    bytes.Buffer // errors since the last one that was shown
	// queued counts the letters that changes have queued.
	queued int
	// brought are the packages of each country that another program is tried on.
	brought map[string]brought
	// handed are requests to which no page leads.
	handed []target
	// keyed are participants, by their country and their key in the script.
	keyed map[string]id.Person
	// rowFor are those rows by their ids.
	rowFor map[string]map[string]string
}

// A visitor is somebody at a browser.
type visitor struct {
	name    string // officer, focal, …; nobody
	role    string // as the expectations call her
	country string
	agency  string // of focal points
	person  id.Person
	grant   id.Grant
	course  id.Cohort // of an officer of that course alone
	coached []id.Person
	linked  []id.Person
	token   string // of her session
	form    string // that her forms carry
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

// beside is where an instance keeps what lies outside its data folder: the key that
// opens what is sealed, among others.
const beside = ".keep"

// in is the fixture for a part of the test: what fails in opening it is that part's.
func (f *fixture) in(t *testing.T) *fixture {
	f.t = t
	return f
}

// start opens a fresh copy of the fixture, in dir.
func (f *fixture) start(dir string) *app.App {
	f.t.Helper()
	copyFolder(f.t, f.dir, dir)
	copyFolder(f.t, f.dir+beside, dir+beside)
	a, err := app.Open(context.Background(), configOf(f.t, dir), app.Options{Clock: clock.NewFake(f.at), Demo: true, Log: slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func operator() context.Context {
	return actor.With(context.Background(), actor.Actor{Operator: true})
}

func newOp() id.Operation { return id.New[id.Operation]() }

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

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

// newFixture is the fixture of an instant, out of the data folder as it stood
// then: canaries are planted, a few acts that the script does not know are done,
// and everybody is signed in.
func newFixture(t *testing.T, from string, i instant, ls []*land) *fixture {
	t.Helper()
	ctx := context.Background()
	f := &fixture{
		t: t, dir: filepath.Join(t.TempDir(), "data"), at: i.at, country: map[string]string{}, agency: map[string]string{}, staff: map[string]bool{},
		rowsOf: map[string][]string{}, rowFor: map[string]map[string]string{}, course: map[string]string{}, bound: map[id.Person]id.Cohort{}, person: map[string]id.Person{}, canaries: map[string]canary{}, brought: map[string]brought{}, keyed: map[string]id.Person{},
	}
	copyFolder(t, from, f.dir)
	copyFolder(t, from+beside, f.dir+beside)
	a, err := app.Open(ctx, configOf(t, f.dir), app.Options{Clock: clock.NewFake(f.at), Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, l := range ls {
		e := &extra{fixture: f, app: a, land: l}
		e.nobody()
		for _, do := range i.acts {
			do(e, ctx)
		}
	}
	f.owners(a, ls)
	f.plant(a, words{rand.New(rand.NewPCG(uint64(i.at.Unix()), 0))})
	f.told(ls)
	f.arrive(ctx, a)
	return f
}

// belongs are the columns by which a row is somebody's or some country's, the
// nearest first. Who entered or decided it is none of them.
var belongs = []string{
	"person", "nomination", "enrolment", "cohort", "programme", "agency", "quota", "letter", "register", "half_day", "session", "attempt", "module",
	"version", "survey", "selection", "test", "request", "certificate", "launch", "pairing", "whom", "message", "file", "owner", "name",
}

// owners reads whose each row is, from its own columns: what leads to an agency,
// a programme, a cohort or a person of one land is that land's.
func (f *fixture) owners(a *app.App, ls []*land) {
	f.t.Helper()
	codes := map[string]string{}
	officers := map[string]bool{}
	for _, l := range ls {
		f.country[string(l.play.Opened())] = l.country
		for _, m := range l.play.Cast() {
			if m.Role != actor.Administrator && m.Key != "officer" {
				f.country[string(l.person(f.t, m.Key))] = l.country
			}
		}
	}
	f.rows(a, func(table string, row map[string]string) {
		switch table {
		case "people_agencies":
			codes[row["id"]] = row["code"]
			f.country[row["id"]] = row["country"]
		case "cohort_cohorts":
			f.country[row["id"]], f.country[row["programme"]] = row["country"], row["country"]
		case "people_persons":
			officers[row["id"]] = row["officer"] == "1"
			f.person[row["id"]] = id.Person(row["id"])
		case "people_affiliations":
			if row["until"] == "" {
				f.agency[row["person"]] = codes[row["agency"]]
			}
		case "access_grants":
			// What a grant is bound to is where its holder belongs.
			for _, at := range []string{"cohort", "programme", "agency"} {
				if c := f.country[row[at]]; c != "" && f.country[row["person"]] == "" {
					f.country[row["person"]] = c
				}
			}
		}
	})
	for again := true; again; {
		again = false
		f.rows(a, func(_ string, row map[string]string) {
			if !uuid.MatchString(row["id"]) || f.country[row["id"]] != "" {
				return
			}
			for _, at := range belongs {
				if c := f.country[row[at]]; c != "" {
					f.country[row["id"]], again = c, true
					return
				}
			}
		})
	}
	for again := true; again; {
		again = false
		f.rows(a, func(table string, row map[string]string) {
			if !uuid.MatchString(row["id"]) || f.course[row["id"]] != "" || table == "people_persons" || table == "people_agencies" {
				return
			}
			if table == "cohort_cohorts" {
				f.course[row["id"]], f.course[row["programme"]], again = row["id"], row["id"], true
			}
			for _, at := range belongs {
				if c := f.course[row[at]]; c != "" {
					f.course[row["id"]], again = c, true
					return
				}
			}
		})
	}
	f.rows(a, func(table string, row map[string]string) {
		if uuid.MatchString(row["id"]) {
			f.rowsOf[table] = append(f.rowsOf[table], row["id"])
			f.rowFor[row["id"]] = row
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
}

// told adds the canaries that the scripts were given, of those who have come by
// now.
func (f *fixture) told(ls []*land) {
	for _, l := range ls {
		for i, c := range l.planted {
			if key := l.keys[i]; key != "" {
				p, ok := l.play.Person(key)
				if !ok || f.country[string(p)] == "" {
					continue
				}
				c.person = p
				if c.agency == "" {
					c.agency = f.agency[string(p)]
				}
				if c.kind == kindName && f.staff[string(p)] {
					c.kind = kindStaff
				}
			}
			if c.kind != kindName && c.kind != kindStaff && c.course == "" {
				c.course = string(l.play.Opened())
			}
			f.canaries[c.text] = c
		}
	}
	if len(f.canaries) < 500 {
		f.t.Fatalf("only %d canaries", len(f.canaries))
	}
}

// foreign is the other country: of its people an officer, a focal point and a
// participant are tried.
const foreign = "IQ"

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
		if c, ok := f.bound[p]; ok {
			v.name, v.course, v.country = "officer of the course", c, f.country[string(c)]
		}
		if taken[v.name] || v.country == foreign && (!slices.Contains([]string{"officer", "focal", "participant"}, role) || taken[role+" "+foreign]) {
			return
		}
		taken[v.name], taken[role+" "+v.country] = true, true
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
	called := map[actor.Role]string{
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
		add(called[h.Role], h.Person, h.ID)
	}
	for p, n := range names {
		if n == withoutRole {
			add("none", p, "")
		}
	}
	// Who is coached by, and linked to, whom: read from the tables.
	f.rows(a, func(table string, row map[string]string) {
		for _, v := range f.visitors {
			if v.role == "coach" && table == "coaching_pairings" && row["coach"] == string(v.person) && row["ended_at"] == "0" {
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
