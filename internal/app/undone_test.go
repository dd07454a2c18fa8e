package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// filling is a form on a page, and what is typed into it.
type filling struct {
	page, form string
	fill       url.Values
	files      map[string][]byte
}

// undoing is an act that another one takes back, on the first programme or on
// the course beside it.
type undoing struct {
	at string // the moment
	by string // of the cast
	// form is where she finds the act; what has to happen before it, form does.
	form func(v *visit) filling
	// did and undid are what the journal says of the act and of its undoing.
	did, undid string
	// seat tells that the act moves a seat.
	seat bool
}

// undoings are one case of every act that is undone by another.
func undoings() map[string]undoing {
	of := func(key, form string, fill url.Values) func(v *visit) filling {
		return func(v *visit) filling {
			page := "/nominations/" + string(v.nomination(key))
			if form == "confirm" {
				form = page + "/confirm" // a button alone
			}
			return filling{page: page, form: form, fill: fill}
		}
	}
	const back = "cohort.taken-back"
	return map[string]undoing{
		"POST /nominations/{nomination}/decide": {
			proposing, "officer", of("fia-01", "decide", url.Values{"decision": {"chosen"}}), "cohort.decided", back, true,
		},
		"POST /nominations/{nomination}/withdraw": {
			proposing, "focal-fia", of("fia-02", "withdraw", url.Values{"cause": {"duty"}}), "cohort.withdrawn", back, false,
		},
		"POST /nominations/{nomination}/substitute": {
			learning, "focal-fia", of("fia-08", "substitute", url.Values{"cause": {"transfer"}, "name": {"Ms. Nighat Parveen"}, "sex": {"f"}}), "cohort.substituted", back, true,
		},
		"POST /nominations/{nomination}/confirm": {
			learning, "officer", of("fia-13", "confirm", nil), "cohort.confirmed", back, true,
		},
		"POST /nominations/{nomination}/release": {
			learning, "officer", of("fia-05", "release", url.Values{"act": {"released"}, "cause": {"transfer"}}), "cohort.released", back, true,
		},
		"POST /nominations/{nomination}/leave": {
			learning, "officer", of("fia-07", "leave", url.Values{"cause": {"transfer"}}), "cohort.left-programme", back, true,
		},
		"POST /cohorts/{cohort}/promote": {
			learning, "officer", func(v *visit) filling {
				// A place has to be free first: this one stays released.
				before := "/nominations/" + string(v.nomination("fia-09"))
				v.Submit(v.Get(before), "release", url.Values{"act": {"released"}, "cause": {"transfer"}}).Must(v, 200)
				seats := "/cohorts/" + string(v.theatre.cohort)
				return filling{page: seats + "/seats", form: seats + "/promote"}
			}, "cohort.decided", back, true,
		},
		"POST /cohorts/{cohort}/join": {
			learning, "officer", func(v *visit) filling {
				return filling{
					page: "/cohorts/" + string(v.beside()) + "/join?q=Saima", form: "join",
					fill: url.Values{"person": {string(v.person("fia-03"))}, "stage": {"days"}, "capacity": {"participant"}, "basis": {"telephone"}},
				}
			}, "cohort.enrolled", "cohort.left", false,
		},
		"POST /cohorts/{cohort}/people/group": {
			learning, "officer", func(v *visit) filling {
				return filling{
					page: "/cohorts/" + string(v.beside()) + "/people", form: "group",
					fill: url.Values{"group": {"south"}, "people": {string(v.person("fia-01")), string(v.person("fia-02"))}},
				}
			}, "pathway.fact-recorded", "pathway.fact-recorded", false,
		},
		"POST /cohorts/{cohort}/selection/{stage}": {
			learning, "officer", func(v *visit) filling {
				return filling{
					page: "/cohorts/" + string(v.beside()) + "/selection/choice", form: "sign",
					fill: url.Values{"chosen": {string(v.person("fia-01"))}, "reason": {"Drawn by two witnesses."}, "agreed": {"yes"}},
				}
			}, "cohort.selection-signed", "cohort.selection-taken-back", false,
		},
		"POST /learn/{module}/certificate": {
			learning, "fia-14", func(*visit) filling {
				return filling{
					page: "/learn/gender/certificate", form: "certificate", fill: url.Values{"issuer": {"An academy"}, "on": {"2019-05-01"}},
					files: map[string][]byte{"scan": []byte("%PDF-1.4 of a certificate")},
				}
			}, "player.outside-shown", "player.outside-withdrawn", false,
		},
		"POST /my-supervisor": {
			learning, "fia-10", func(v *visit) filling {
				return filling{page: "/my-supervisor", form: "link", fill: url.Values{"supervisor": {string(v.person("supervisor"))}, "agree": {"yes"}}}
			}, "people.link-agreed", "people.link-ended", false,
		},
		"POST /registers/{register}/people/{person}": {
			monday, "prosecutor", func(v *visit) filling {
				register := ""
				for _, l := range v.Get("/registers").Must(v, 200).Links() {
					if register == "" && strings.HasPrefix(l, "/registers/") {
						register = l
					}
				}
				return filling{page: register + "/people/" + string(v.person("fia-05")), form: "mark", fill: url.Values{"verdict": {"present"}, "mode": {"in-person"}}}
			}, "workshop.register-marked", "workshop.register-marked", false,
		},
	}
}

// visit is somebody at a browser, in a moment.
type visit struct {
	*testing.T
	*scene
	*webtest.Browser
}

func (v *visit) person(key string) id.Person { return v.member(v.T, key) }

// nomination is somebody's in the first programme.
func (v *visit) nomination(key string) (out id.Nomination) {
	v.Helper()
	v.look(v.T, func(tx *db.Tx) error {
		all, err := cohort.NominationsOf(tx, v.person(key))
		for _, n := range all {
			if n.Cohort == v.theatre.cohort {
				out = n.ID
			}
		}
		return err
	})
	if out == "" {
		v.Fatalf("%s is not proposed", key)
	}
	return out
}

// beside is a course beside the first programme in which three take part, two of
// them in a group; it is opened once in a scene.
func (v *visit) beside() (out id.Cohort) {
	v.Helper()
	v.look(v.T, func(tx *db.Tx) error {
		all, err := cohort.OfProgramme(tx, "")
		for _, c := range all {
			if c.ID != v.theatre.cohort {
				out = c.ID
			}
		}
		return err
	})
	if out != "" {
		return out
	}
	must := func(err error) {
		v.Helper()
		if err != nil {
			v.Fatal(err)
		}
	}
	newOp := id.New[id.Operation]
	officer := v.as(v.T, "officer", actor.ProgrammeOfficer)
	text, err := os.ReadFile("testdata/beside.yaml")
	must(err)
	im, err := v.app.Programme.Import(officer, newOp(), programme.ImportInput{File: "beside.yaml", Data: text})
	must(err)
	out, err = v.app.Cohort.Open(officer, newOp(), cohort.Opening{Programme: im.Programme, Version: im.Version, Country: "PK"})
	must(err)
	who := []id.Person{v.person("fia-01"), v.person("fia-02"), v.person("pp-01")}
	for _, p := range who {
		_, err := v.app.Cohort.Join(officer, newOp(), cohort.Joining{Cohort: out, Person: p, Capacity: cohort.Participant, Stage: "days", Basis: pathway.ByStaff})
		must(err)
	}
	_, err = v.app.Cohort.Group(officer, newOp(), cohort.Grouping{Cohort: out, Group: "north", People: who[:1]})
	must(err)
	return out
}

// member is somebody of the cast.
func (s *scene) member(t testing.TB, key string) id.Person {
	t.Helper()
	p, ok := s.theatre.play.Person(key)
	if !ok {
		t.Fatalf("the cast has no %s", key)
	}
	return p
}

// as is somebody of the cast, in her first grant of a role.
func (s *scene) as(t testing.TB, key string, role actor.Role) context.Context {
	t.Helper()
	who := s.member(t, key)
	var out context.Context
	s.look(t, func(tx *db.Tx) error {
		held, err := access.GrantsOf(tx, who)
		for _, g := range held {
			if out == nil && g.Role == role && g.Now(s.clock.Now()) {
				out = actor.With(context.Background(), actor.Actor{Person: who, Grant: g.Grant})
			}
		}
		return err
	})
	if out == nil {
		t.Fatalf("%s is no %s", key, role)
	}
	return out
}

func (s *scene) look(t testing.TB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := s.app.DB.View(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// standingIn are the columns in which people see where places, people and papers
// stand, by table. What was ended as a mistake stands no more.
var standingIn = map[string]string{
	"cohort_seats":        `SELECT id, quota, number, sex, station, state, COALESCE(nomination, '') FROM cohort_seats`,
	"cohort_counts":       `SELECT quota, sex, station, what, n FROM cohort_counts WHERE n <> 0 AND what NOT LIKE 'act:%'`,
	"cohort_nominations":  `SELECT id, decision, decided_at, line, answer, answered_at, released_at, seat, ending, ended_at, cause FROM cohort_nominations WHERE cause <> 'by-mistake'`,
	"cohort_enrolments":   `SELECT id, person, nomination, capacity, later, confirmed_at, left_at, left_cause FROM cohort_enrolments WHERE left_cause <> 'by-mistake'`,
	"cohort_selections":   `SELECT id, stage, signed_by FROM cohort_selections WHERE state = 'signed'`,
	"people_links":        `SELECT person, supervisor FROM people_links WHERE until = 0`,
	"player_outside":      `SELECT id, person, module, state, until, cause FROM player_outside WHERE state <> 'withdrawn'`,
	"workshop_attendance": `SELECT register, person, verdict, minutes, mode, decided_by, conflicts FROM workshop_attendance WHERE verdict <> ''`,
	"pathway_stages": `SELECT x.cohort, x.person, stage, state, passed, passed_at, late, have, need, percent, x.due, until, reason FROM pathway_stages x
		JOIN pathway_standings s ON s.cohort = x.cohort AND s.person = x.person WHERE s.participation <> 'unknown'`,
	"pathway_standings": `SELECT cohort, person, participation, joined_at, later, next_key, next_stage, next_module, next_at, due, seat_state, seat_confirmed,
		certificate, complete, doubts FROM pathway_standings WHERE participation <> 'unknown'`,
}

// stands lists where everything stands, a line for each row.
func (s *scene) stands(t testing.TB) (out []string) {
	t.Helper()
	s.look(t, func(tx *db.Tx) error {
		for _, table := range slices.Sorted(maps.Keys(standingIn)) {
			lines, err := linesOf(tx, table, standingIn[table])
			if err != nil {
				return err
			}
			out = append(out, lines...)
		}
		groups, err := groupsAnywhere(tx)
		out = append(out, groups...)
		return err
	})
	slices.Sort(out)
	return out
}

// groupsAnywhere lists which group is named for whom, which is derived from the
// ledger and kept nowhere. It fails if a count of places is not what the places
// come to.
func groupsAnywhere(tx *db.Tx) (out []string, err error) {
	all, err := cohort.OfProgramme(tx, "")
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		enrolled, err := cohort.Enrolled(tx, c.ID, "", 500)
		if err != nil {
			return nil, err
		}
		for _, e := range enrolled {
			group, _, err := pathway.GroupOf(tx, e.Person, c.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, fmt.Sprintf("group of %s in %s: %s", e.Person, c.ID, group))
		}
		wrong, err := cohort.Miscounted(tx, c.ID)
		if err != nil {
			return nil, err
		}
		if len(wrong) > 0 {
			return nil, fmt.Errorf("miscounted: %v", wrong)
		}
	}
	return out, nil
}

func linesOf(tx *db.Tx, table, query string) (out []string, err error) {
	rows, err := tx.Query(query)
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values := make([]any, len(columns))
	for rows.Next() {
		for i := range values {
			values[i] = new([]byte)
		}
		if err := rows.Scan(values...); err != nil {
			return nil, err
		}
		line := table
		for i, c := range columns {
			line += fmt.Sprintf(" %s=%s", c, *values[i].(*[]byte))
		}
		out = append(out, line)
	}
	return out, rows.Close()
}

// apart lists what stands in one list and not in the other.
func apart(before, after []string) (out []string) {
	for _, x := range before {
		if !slices.Contains(after, x) {
			out = append(out, "- "+x)
		}
	}
	for _, x := range after {
		if !slices.Contains(before, x) {
			out = append(out, "+ "+x)
		}
	}
	return out
}

// told is what the history says: the journal's entries, the ledger's facts, each
// with the fact that it corrects, and the movements of seats.
type told struct {
	kinds  []string
	facts  map[string]string
	places []string
}

func (s *scene) tells(t testing.TB) (out told) {
	t.Helper()
	out.facts = map[string]string{}
	s.look(t, func(tx *db.Tx) error {
		for after := int64(0); ; {
			some, err := journal.Tail(tx, after, 1000)
			if err != nil {
				return err
			}
			for _, x := range some {
				out.kinds = append(out.kinds, x.Kind)
				after = x.Sequence
			}
			if len(some) == 0 {
				break
			}
		}
		facts, err := db.Collect(tx, func(r *db.Rows) (f [2]string, err error) { return f, r.Scan(&f[0], &f[1]) }, `SELECT id, corrects FROM pathway_facts`)
		for _, f := range facts {
			out.facts[f[0]] = f[1]
		}
		if err != nil {
			return err
		}
		out.places, err = db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT act FROM cohort_movements ORDER BY position, id`)
		return err
	})
	return out
}

// since is what came after before; it fails if anything that was told is gone.
func (h told) since(t testing.TB, before told) told {
	t.Helper()
	out := told{facts: map[string]string{}}
	if len(h.kinds) < len(before.kinds) || len(h.places) < len(before.places) {
		t.Fatal("the history is shorter than it was")
	}
	if !slices.Equal(h.kinds[:len(before.kinds)], before.kinds) {
		t.Error("the journal says something else of what was before")
	}
	for f, corrects := range before.facts {
		if now, there := h.facts[f]; !there || now != corrects {
			t.Errorf("the fact %s is no longer what it was", f)
		}
	}
	out.kinds = h.kinds[len(before.kinds):]
	for f, corrects := range h.facts {
		if _, there := before.facts[f]; !there {
			out.facts[f] = corrects
		}
	}
	count := map[string]int{}
	for _, m := range before.places {
		count[m]++
	}
	for _, m := range h.places {
		if count[m]--; count[m] < 0 {
			out.places = append(out.places, m)
		}
	}
	return out
}

// Every act that the table says another one undoes is done on its own form, and
// undone by what the page after it offers. Then everything stands as it stood,
// and the history keeps both.
func TestWhatIsUndoneStandsAsItStood(t *testing.T) {
	th := rehearse(t)
	cases, said := undoings(), reversals()
	for act, v := range said {
		if _, ok := cases[act]; v.By() != "" && !ok {
			t.Errorf("%s is undone by %s, and nobody tries it here", act, v.By())
		}
	}
	scenes := map[string]*scene{}
	for _, act := range slices.Sorted(maps.Keys(cases)) {
		c := cases[act]
		if said[act].By() == "" {
			t.Errorf("%s is tried here, and nothing undoes it", act)
			continue
		}
		if scenes[c.at] == nil {
			scenes[c.at] = th.open(t, c.at)
			if c.at == monday {
				scenes[c.at].clock.Set(th.kept[monday].Add(10 * time.Minute)) // the door opens
			}
		}
		t.Run(act, func(t *testing.T) { scenes[c.at].undoes(t, act, c) })
	}
}

func (s *scene) undoes(t *testing.T, act string, c undoing) {
	match := web.Matcher(s.server.Routes())
	v := &visit{t, s, webtest.Visit(t, s.url, "")}
	v.Language = "en"
	link := s.link(t, c.by)
	v.Submit(v.Get(link).Must(t, 200), link, nil)
	x := c.form(v)
	page := v.Get(x.page).Must(t, 200)
	action, _, err := page.Form(x.form)
	if err != nil {
		t.Fatalf("%s: %v\n%s", x.page, err, page.Text())
	}
	if got := match(http.MethodPost, action); got != act {
		t.Fatalf("the form is sent to %s", got)
	}

	stood, before := s.stands(t), s.tells(t)
	var after *webtest.Answer
	if x.files != nil {
		after = v.SubmitFiles(page, x.form, x.fill, x.files)
	} else {
		after = v.Submit(page, x.form, x.fill)
	}
	after.Must(t, 200)
	changed, done := s.stands(t), s.tells(t)
	if len(apart(stood, changed)) == 0 {
		t.Fatalf("nothing has changed: %s", after.Text())
	}

	at, err := url.Parse(after.Path)
	if err != nil {
		t.Fatal(err)
	}
	undo := at.Query().Get("undo")
	if undo == "" {
		t.Fatalf("the page after it does not offer to undo it: %s", after.Path)
	}
	if got, want := match(http.MethodPost, undo), reversals()[act].By(); got != want {
		t.Errorf("the page after it offers %s, not %s", got, want)
	}
	v.Submit(after, undo, nil).Must(t, 200)

	if diff := apart(stood, s.stands(t)); len(diff) > 0 {
		t.Errorf("it does not stand as it stood:\n%s", strings.Join(diff, "\n"))
	}
	did := done.since(t, before)
	undid := s.tells(t).since(t, done)
	if !slices.Contains(did.kinds, c.did) {
		t.Errorf("of the act, the journal says %v", did.kinds)
	}
	if !slices.Contains(undid.kinds, c.undid) {
		t.Errorf("of its undoing, the journal says %v", undid.kinds)
	}
	for f := range did.facts {
		if !slices.Contains(slices.Collect(maps.Values(undid.facts)), f) {
			t.Errorf("a fact of the act still counts: %s", f)
		}
	}
	if c.seat != (len(did.places) > 0) || c.seat != slices.Contains(undid.places, string(cohort.Back)) {
		t.Errorf("seats move by %v, and back by %v", did.places, undid.places)
	}
}
