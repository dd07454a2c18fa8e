package e2e_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cadre/internal/app"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/crashtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/workshop"
)

// historyPlaces are so few that they run out.
const historyPlaces = 3

// A past is what an officer did, as a plain program would keep it.
type past struct {
	of      cohort.Proposed
	answer  string // yes, no or nothing
	seat    bool
	ended   bool
	said    [2][]bool // of each half-day: whether she was there, as it was said
	attempt id.Attempt
	right   bool // of two questions, the first
	handed  bool
	session id.CoachingSession
	agreed  bool
	held    bool
	erased  bool
}

// A history is one cohort, from its first proposal on, at one or more instances,
// beside a model of it.
type history struct {
	t     *rapid.T
	outer *testing.T
	in    instance
	apps  []*app.App // the caller's, too: one that crashed is replaced there
	w     world
	all   []*past
	sent  []deed
	gave  []got
}

// Histories, random but lawful, and some that are not: the services agree with a
// model of a hundred lines about who has which seat, what counts, and what is gone.
// What is sent again changes nothing and is answered the same.
func TestRandomHistoriesAgreeWithAModel(t *testing.T) {
	const checks = 40 // and rapid divides them by five in a short run
	must(t, flag.Set("rapid.checks", fmt.Sprint(checks)))
	engines(t, func(t *testing.T, database string) {
		turns := 1
		if database == "" { // SQLite takes little time
			turns = 4
		}
		for range turns {
			if n := histories(t, database); n < checks/5 {
				t.Errorf("%d acts in all: they say little", n)
			}
		}
	})
}

// histories checks as many histories as rapid is told to, and returns how many acts
// were answered in them.
func histories(t *testing.T, database string) (answered int) {
	t.Helper()
	in := newInstance(t, database)
	apps := []*app.App{in.openAt(t, monday)}
	if database != "" { // PostgreSQL serves several instances
		apps = append(apps, in.openAt(t, monday))
	}
	defer func() {
		for _, a := range apps {
			closed(t, a)
		}
	}()
	w := newWorldOf(t, apps[0], 0, strings.ReplaceAll(everything, "places: 12", fmt.Sprintf("places: %d", historyPlaces)))
	var version id.Version
	var programmeID id.Programme
	must(t, apps[0].DB.View(context.Background(), func(tx *db.Tx) error {
		c, err := cohort.ByID(tx, w.Cohort)
		version, programmeID = c.Version, c.Programme
		return err
	}))
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		h := &history{t: t, outer: outer, in: in, apps: apps, w: w}
		h.begin(programmeID, version)
		t.Repeat(map[string]func(*rapid.T){
			"propose": h.propose, "answer": h.answer, "confirm": h.confirm, "release": h.release,
			"mark": h.mark, "take back": h.takeBack, "test": h.test, "coach": h.coach, "erase": h.erase,
			"again": h.again, "crash": h.crash, "": func(*rapid.T) {},
		})
		h.compare()
		answered += len(h.sent)
	})
	for _, a := range apps[:1] {
		verified(t, a)
	}
	return answered
}

func (h *history) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// app is the instance that somebody happens to be served by.
func (h *history) app() *app.App {
	return h.apps[rapid.IntRange(0, len(h.apps)-1).Draw(h.t, "instance")]
}

func (h *history) begin(p id.Programme, v id.Version) {
	a := h.apps[0]
	var err error
	h.w.Cohort, err = a.Cohort.Open(officer(), op(), cohort.Opening{Programme: p, Version: v, Country: "PK"})
	h.must(err)
	h.must(a.DB.View(context.Background(), func(tx *db.Tx) error {
		qs, err := cohort.Quotas(tx, h.w.Cohort)
		if err == nil {
			h.w.Quota = qs[0].ID
		}
		return err
	}))
	laid, err := a.Workshop.Lay(officer(), op(), workshop.Lay{Cohort: h.w.Cohort, Stage: "week"})
	h.must(err)
	h.w.Registers = laid.HalfDays
}

// send does a deed at some instance. It may, or may not, be lawful.
func (h *history) send(do string, d deed, lawful bool) (got, bool) {
	h.t.Helper()
	d.Do, d.Op = do, op()
	g, err := h.w.do(h.app(), d)
	if lawful != (err == nil) {
		h.t.Fatalf("%s of %s: lawful is %v, and it says %v", do, d.Of.Nomination, lawful, err)
	}
	if err != nil {
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
			h.t.Fatalf("%s that is not lawful is told as %v", do, err)
		}
		return g, false
	}
	h.sent, h.gave = append(h.sent, d), append(h.gave, g)
	return g, true
}

// some draws one of those for whom ok holds, or skips.
func (h *history) some(t *rapid.T, ok func(p *past) bool) *past {
	able := slices.DeleteFunc(slices.Clone(h.all), func(p *past) bool { return p.erased || !ok(p) })
	if len(able) == 0 {
		t.Skip("nobody")
	}
	return able[rapid.IntRange(0, len(able)-1).Draw(t, "who")]
}

func (h *history) seats() (n int) {
	for _, p := range h.all {
		if p.seat {
			n++
		}
	}
	return n
}

func (h *history) propose(*rapid.T) {
	g, _ := h.send("propose", deed{}, true)
	h.all = append(h.all, &past{of: g.Proposed})
}

func (h *history) answer(t *rapid.T) {
	p := h.some(t, func(*past) bool { return true })
	if rapid.Bool().Draw(t, "yes") {
		// She may think again after a no, but not once her place was given back.
		lawful := !p.ended || p.answer == "no"
		if _, ok := h.send("accept", deed{Of: p.of}, lawful); ok {
			p.answer, p.ended = "yes", false
		}
		return
	}
	if _, ok := h.send("decline", deed{Of: p.of}, !p.ended); ok {
		p.answer, p.ended, p.seat = "no", true, false
	}
}

func (h *history) confirm(t *rapid.T) {
	p := h.some(t, func(*past) bool { return true })
	lawful := p.seat || !p.ended && p.answer == "yes" && h.seats() < historyPlaces
	if _, ok := h.send("confirm", deed{Of: p.of}, lawful); ok {
		p.seat = true
	}
}

func (h *history) release(t *rapid.T) {
	p := h.some(t, func(p *past) bool { return p.seat })
	h.send("release", deed{Of: p.of}, true)
	p.seat, p.ended, p.answer = false, true, "released"
}

func (h *history) mark(t *rapid.T) {
	p := h.some(t, func(p *past) bool { return p.seat })
	half := rapid.IntRange(0, 1).Draw(t, "half-day")
	h.send("mark", deed{Of: p.of, Half: half}, true)
	p.said[half] = append(p.said[half], true)
}

func (h *history) takeBack(t *rapid.T) {
	half := rapid.IntRange(0, 1).Draw(t, "half-day")
	p := h.some(t, func(p *past) bool { return p.seat })
	n := len(p.said[half])
	if _, ok := h.send("take-back", deed{Of: p.of, Half: half}, n > 0); ok {
		p.said[half] = append(p.said[half], n > 1 && p.said[half][n-2]) // what it said before the last word
	}
}

// there reports whether the last word of a register is that she was there.
func (p *past) there(half int) bool {
	n := len(p.said[half])
	return n > 0 && p.said[half][n-1]
}

func (h *history) test(t *rapid.T) {
	p := h.some(t, func(p *past) bool { return p.seat })
	switch {
	case p.attempt == "":
		g, _ := h.send("sit", deed{Of: p.of}, true)
		p.attempt = g.Attempt
	case rapid.Bool().Draw(t, "save"):
		_, ok := h.send("save", deed{Of: p.of, Attempt: p.attempt}, !p.handed)
		p.right = p.right || ok
	default:
		g, ok := h.send("hand-in", deed{Of: p.of, Attempt: p.attempt}, !p.handed)
		want := 0
		if p.right {
			want = 1
		}
		if ok && g.Points != want {
			h.t.Fatalf("%d points, want %d", g.Points, want)
		}
		p.handed = true
	}
}

func (h *history) coach(t *rapid.T) {
	p := h.some(t, func(p *past) bool { return p.seat && !p.held })
	switch {
	case p.session == "":
		h.send("coach", deed{Of: p.of}, true)
		g, _ := h.send("book", deed{Of: p.of}, true)
		p.session = g.Session
	case !p.agreed:
		h.send("agree", deed{Of: p.of, Session: p.session}, true)
		p.agreed = true
	default:
		h.send("close", deed{Of: p.of, Session: p.session}, true)
		p.held = true
	}
}

func (h *history) erase(t *rapid.T) {
	p := h.some(t, func(p *past) bool { return p.ended })
	if rapid.IntRange(0, 5).Draw(t, "rarely") != 0 { // PostgreSQL writes every table anew
		t.Skip("not now")
	}
	h.send("erase", deed{Of: p.of}, true)
	p.erased = true
}

// again sends something that was answered, at whatever instance: the answer is the
// same, and nothing is done twice.
func (h *history) again(t *rapid.T) {
	if len(h.sent) == 0 {
		t.Skip("nothing")
	}
	n := rapid.IntRange(0, len(h.sent)-1).Draw(t, "which")
	d := h.sent[n]
	for _, p := range h.all {
		if p.erased && (p.of == d.Of || p.of == h.gave[n].Proposed) {
			t.Skip("the outcome is erased with her")
		}
	}
	a := h.app()
	before := total(h, a)
	g, err := h.w.do(a, d)
	if err != nil || g != h.gave[n] {
		h.t.Fatalf("%s was answered with %+v, and when sent again with %+v, %v", d.Do, h.gave[n], g, err)
	}
	if after := total(h, a); after != before {
		h.t.Fatalf("%s, sent again, wrote %d entries", d.Do, after-before)
	}
}

// crash ends an instance in the middle of a transaction. What it had answered is
// there after the next start, and what it was about is not. On SQLite the files go on
// as a killed process leaves them: with their log, and without a proper end.
// PostgreSQL has undone the rest by itself, and another instance may go on at once.
func (h *history) crash(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "rarely") != 0 {
		t.Skip("not now")
	}
	n := rapid.IntRange(0, len(h.apps)-1).Draw(t, "which instance")
	a := h.apps[n]
	d := deed{Do: "propose", Op: op()}
	first, err := h.w.do(a, d)
	h.must(err)
	var left crashtest.Image
	killed := errors.New("killed")
	err = a.DB.Update(context.Background(), db.Main, func(tx *db.Tx) error {
		if _, err := tx.Exec(`UPDATE people_names SET written = 'begun' WHERE written LIKE 'Officer %'`); err != nil {
			return err
		}
		if a.Config.SQLite() {
			if left, err = crashtest.Read(filepath.Dir(a.Config.Data)); err != nil {
				return err
			}
		}
		return killed
	})
	if !errors.Is(err, killed) {
		h.must(err)
	}
	h.must(a.Close())
	if left != nil {
		dir := h.outer.TempDir()
		h.must(left.Write(dir))
		h.in[0] = "CADRE_DATA=" + filepath.Join(dir, filepath.Base(a.Config.Data))
	}
	a = h.in.openAt(h.outer, monday)
	h.apps[n] = a
	if begun := count(h.outer, a, `SELECT COUNT(*) FROM people_names WHERE written = 'begun'`); begun != 0 {
		h.t.Fatalf("%d names of a transaction that was never committed", begun)
	}
	if g, err := h.w.do(a, d); err != nil || g != first {
		h.t.Fatalf("answered with %+v, and after a crash with %+v, %v", first, g, err)
	}
	h.sent, h.gave = append(h.sent, d), append(h.gave, first)
	h.all = append(h.all, &past{of: first.Proposed})
}

func total(h *history, a *app.App) (n int) {
	h.must(a.DB.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM journal_entries WHERE kind NOT LIKE 'retention.%'`).Scan(&n)
	}))
	return n
}

// compare sets what the instances say against the model.
func (h *history) compare() {
	a := h.app()
	over, err := a.Cohort.Overview(officer(), h.w.Cohort)
	h.must(err)
	if n := over.Quotas[0].Total.By[cohort.Confirmed]; n != h.seats() || n > historyPlaces {
		h.t.Fatalf("%d seats are confirmed, want %d of %d", n, h.seats(), historyPlaces)
	}
	for half, r := range h.w.Registers {
		roll, err := a.Workshop.Roll(officer(), r)
		h.must(err)
		present := map[id.Person]bool{}
		for _, l := range roll.Lines {
			present[l.Person] = l.Verdict == workshop.Present
		}
		for _, p := range h.all {
			if !p.erased && p.seat && present[p.of.Person] != p.there(half) {
				h.t.Fatalf("half-day %d of %s: present is %v, want %v", half, p.of.Person, present[p.of.Person], p.there(half))
			}
		}
	}
	for _, p := range h.all {
		if p.erased {
			h.gone(a, p)
			continue
		}
		if p.session != "" && p.seat {
			acc, err := a.Coaching.Account(officer(), h.w.coachingOf(p.of))
			h.must(err)
			held, planned := 0, 0
			if p.held {
				held = 1
			} else if p.agreed {
				planned = 1
			}
			if acc.Held != held || acc.Planned != planned {
				h.t.Fatalf("%d sessions held and %d planned, want %d and %d", acc.Held, acc.Planned, held, planned)
			}
		}
		h.standing(a, p)
	}
}

// standing looks at what the projection says of her, against the model.
func (h *history) standing(a *app.App, p *past) {
	if !p.seat {
		return
	}
	st, _, err := a.Pathway.Standing(officer(), p.of.Person, h.w.Cohort)
	h.must(err)
	for _, s := range st.Stages {
		if s.Kind == programme.KindAssessment && s.Passed != p.handed {
			h.t.Fatalf("the test's stage is passed: %v, want %v", s.Passed, p.handed)
		}
		if s.Kind == programme.KindWorkshop && s.Passed != (p.there(0) || p.there(1)) {
			h.t.Fatalf("the week is passed: %v, and it was said that she was there: %v", s.Passed, p.said)
		}
	}
}

// gone looks for what erasing should have left nothing of.
func (h *history) gone(a *app.App, p *past) {
	h.must(a.DB.View(context.Background(), func(tx *db.Tx) error {
		var names int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM people_names WHERE person = ?1`, p.of.Person).Scan(&names); err != nil {
			return err
		}
		if names != 0 {
			h.t.Fatalf("%d names of an erased person", names)
		}
		return nil
	}))
}

// Verifying goes on finding nothing after somebody who did things is erased.
func TestErasingLeavesNothingToFind(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		a := newInstance(t, database).openAt(t, monday)
		w := newWorld(t, a, 1)
		for _, d := range []deed{{Do: "mark", Of: w.Officers[0]}, {Do: "erase", Of: w.Officers[0]}} {
			d.Op = op()
			_, err := w.do(a, d)
			must(t, err)
		}
		verified(t, a)
		closed(t, a)
	})
}
