package derive_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/lrs/derive"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

const home = "https://training.example.org"

// world is a cohort of the first programme, a record store, and a follower.
type world struct {
	*testing.T
	d      *db.DB
	ctx    context.Context
	lrs    *lrs.Service
	f      *derive.Follower
	cohort id.Cohort

	modules, tests map[id.Attempt]derive.Work
	erased         map[id.Person]bool
}

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) { f(begin(t, d)) })
}

func begin(t *testing.T, d *db.DB) *world {
	t.Helper()
	data, err := os.ReadFile("../../../examples/pakistan-2020/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		T: t, d: d, ctx: actor.With(t.Context(), actor.Actor{Operator: true}), cohort: id.New[id.Cohort](),
		modules: map[id.Attempt]derive.Work{}, tests: map[id.Attempt]derive.Work{}, erased: map[id.Person]bool{},
	}
	imported, err := programme.New(programme.Deps{DB: d}).Import(w.ctx, id.New[id.Operation](), programme.ImportInput{File: "programme.yaml", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.Open(t.TempDir(), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	w.lrs = lrs.New(lrs.Deps{DB: d, Files: files, Home: home})
	w.f = w.follower()
	w.update(func(tx *db.Tx) error {
		return pathway.Begin(tx, pathway.Following{Cohort: w.cohort, Programme: imported.Programme, Version: imported.Version, Country: "PK"})
	})
	return w
}

func (w *world) follower() *derive.Follower {
	return derive.New(derive.Deps{
		DB: w.d, LRS: w.lrs, Log: slog.New(slog.DiscardHandler),
		Module: func(_ *db.Tx, a id.Attempt) (derive.Work, bool, error) { x, ok := w.modules[a]; return x, ok, nil },
		Test:   func(_ *db.Tx, a id.Attempt) (derive.Work, bool, error) { x, ok := w.tests[a]; return x, ok, nil },
		Erased: func(_ *db.Tx, p id.Person) (bool, error) { return w.erased[p], nil },
	})
}

func (w *world) update(f func(tx *db.Tx) error) {
	w.Helper()
	if err := w.d.Update(w.ctx, db.Main, f); err != nil {
		w.Fatal(err)
	}
}

func (w *world) record(f pathway.Fact) id.Fact {
	w.Helper()
	f.Cohort, f.ID = w.cohort, id.New[id.Fact]()
	if f.Basis == "" {
		f.Basis = pathway.OwnAct
	}
	w.update(func(tx *db.Tx) error { return pathway.Record(tx, f) })
	return f.ID
}

func (w *world) catchUp() {
	w.Helper()
	if _, err := w.f.CatchUp(w.ctx); err != nil {
		w.Fatal(err)
	}
}

// told is a derived statement, as far as the mapping says it.
type told struct {
	ID    string
	Actor struct {
		Account struct{ HomePage, Name string }
	}
	Verb   struct{ ID string }
	Object struct {
		ID         string
		ObjectType string
		Definition struct {
			Name map[string]string
			Type string
		}
	}
	Result struct {
		Score      map[string]float64
		Success    *bool
		Completion *bool
		Duration   string
	}
	Context struct {
		Registration      string
		ContextActivities map[string][]struct{ ID string }
	}
	Timestamp time.Time

	text string
}

// statements are those of the store that are not voided, the oldest first.
func (w *world) statements() (out []told) {
	w.Helper()
	k := lrs.Key{Scopes: []lrs.Scope{lrs.ScopeAll}}
	q := lrs.Query{Ascending: true}
	for {
		p, err := w.lrs.Find(w.ctx, k, q)
		if err != nil {
			w.Fatal(err)
		}
		for _, b := range p.Statements {
			var x told
			if err := json.Unmarshal(b, &x); err != nil {
				w.Fatal(err)
			}
			x.text = string(b)
			out = append(out, x)
		}
		if q.After = p.More; p.More == 0 {
			return out
		}
	}
}

// lines are the statements in short: who (a number in the order of appearance),
// did what, with what, and how well.
func (w *world) lines() []string {
	w.Helper()
	var out, who []string
	for _, s := range w.statements() {
		verb := s.Verb.ID[strings.LastIndex(s.Verb.ID, "/")+1:]
		if verb == "voided" {
			continue
		}
		if !slices.Contains(who, s.Actor.Account.Name) {
			who = append(who, s.Actor.Account.Name)
		}
		line := string(rune('A'+slices.Index(who, s.Actor.Account.Name))) + " " + verb + " " + strings.TrimPrefix(s.Object.ID, home+lrs.ProgrammePath)
		b, err := json.Marshal(struct {
			Score      map[string]float64 `json:",omitempty"`
			Success    *bool              `json:",omitempty"`
			Completion *bool              `json:",omitempty"`
			Duration   string             `json:",omitempty"`
		}(s.Result))
		if err != nil {
			w.Fatal(err)
		}
		if string(b) != "{}" {
			line += " " + string(b)
		}
		out = append(out, line)
	}
	return out
}

func (w *world) want(lines ...string) {
	w.Helper()
	got := w.lines()
	for i := range max(len(got), len(lines)) {
		a, b := "", ""
		if i < len(got) {
			a = got[i]
		}
		if i < len(lines) {
			b = lines[i]
		}
		if a != b {
			w.Errorf("statement %d: %q, want %q", i, a, b)
		}
	}
}

var (
	at   = time.Date(2020, 10, 20, 9, 30, 0, 0, time.UTC)
	key  = "pakistan-2020"
	full = pathway.ModuleCompleted{Score: 9, Max: 10, Passed: true}
)

// play records what happens in a programme: with one of everything that is told,
// and of much that is not.
func play(w *world) (a, b id.Person) {
	w.Helper()
	a, b = id.New[id.Person](), id.New[id.Person]()
	hour := func(n int) time.Time { return at.Add(time.Duration(n) * time.Hour) }
	attempt, sitting := id.New[id.Attempt](), id.New[id.Attempt]()
	dbtest.Clock(w.d).Set(at.AddDate(1, 0, 0))

	w.record(pathway.Fact{Person: a, Value: pathway.Nominated{Agency: "fia", Quota: "fia"}, Basis: pathway.Paper, OccurredAt: hour(0)})
	w.record(pathway.Fact{Person: a, Value: pathway.SeatConfirmed{}, Basis: pathway.ByStaff, OccurredAt: hour(1)})
	w.record(pathway.Fact{Person: b, Value: pathway.Declined{}, OccurredAt: hour(1)})
	w.modules[attempt] = derive.Work{Person: a, Cohort: w.cohort, Of: "tip-basics", Pages: []derive.Page{{Key: "elements", At: hour(2)}}}
	w.record(pathway.Fact{Person: a, Subject: "tip-basics", Value: pathway.ModuleProgress{Percent: 50}, Source: "attempt:" + string(attempt), OccurredAt: hour(2)})
	x := w.modules[attempt]
	x.Pages = append(x.Pages, derive.Page{Key: "end", At: hour(3)})
	x.Answers = []derive.Answer{{Item: "elements-1", Right: true, Points: 2, At: hour(3)}}
	w.modules[attempt] = x
	w.record(pathway.Fact{Person: a, Subject: "tip-basics", Value: full, Source: "attempt:" + string(attempt), OccurredAt: hour(3)})
	w.record(pathway.Fact{Person: b, Subject: "tip-basics", Value: pathway.ModuleCompleted{Score: 3, Max: 10}, OccurredAt: hour(3)})
	w.record(pathway.Fact{Person: b, Subject: "gender", Value: pathway.ModuleCompleted{Score: 4, Max: 10, Passed: true}, Basis: pathway.ByStaff, OccurredAt: hour(3)})
	w.tests[sitting] = derive.Work{Person: a, Cohort: w.cohort, Of: "pre-test", Answers: []derive.Answer{{Item: "f01", At: hour(4)}}}
	w.record(pathway.Fact{
		Person: a, Subject: "pre-test", Value: pathway.AssessmentSubmitted{Form: "pre", Raw: 14, Max: 20}, Source: "attempt:" + string(sitting), OccurredAt: hour(4),
	})
	w.record(pathway.Fact{Person: a, Subject: "mon-am", Value: pathway.AttendanceVerdict{Verdict: pathway.Present, Mode: "online"}, Basis: pathway.ByTrainer, OccurredAt: hour(5)})
	w.record(pathway.Fact{Person: a, Subject: "mon-pm", Value: pathway.AttendanceVerdict{Verdict: pathway.Part, Minutes: 90}, Basis: pathway.ByTrainer, OccurredAt: hour(6)})
	w.record(pathway.Fact{Person: a, Subject: "tue-am", Value: pathway.AttendanceVerdict{Verdict: pathway.Absent}, Basis: pathway.ByTrainer, OccurredAt: hour(7)})
	w.record(pathway.Fact{Person: a, Subject: "tue-pm", Value: pathway.AttendanceVerdict{Verdict: pathway.Excused}, Basis: pathway.ByTrainer, OccurredAt: hour(7)})
	w.record(pathway.Fact{
		Person: a, Subject: "coaching", Value: pathway.CoachingSession{Format: "group", Outcome: pathway.Held, Round: "round-1", Day: "2021-03-25"}, Basis: pathway.ByCoach, OccurredAt: hour(8),
	})
	w.record(pathway.Fact{Person: a, Subject: "coaching", Value: pathway.CoachingSession{Number: 2, Format: "individual", Outcome: pathway.HeldInPart, Minutes: 45}, Basis: pathway.ByCoach, OccurredAt: hour(9)})
	w.record(pathway.Fact{Person: a, Subject: "coaching", Value: pathway.CoachingSession{Number: 3, Format: "individual", Outcome: pathway.SheCouldNot}, Basis: pathway.ByCoach, OccurredAt: hour(10)})
	w.record(pathway.Fact{Person: a, Value: pathway.Left{Cause: "transfer"}, Basis: pathway.ByStaff, OccurredAt: hour(11)})
	return a, b
}

// played is what follows from play, by the table of docs/connect-an-lrs.md.
func played() []string {
	return []string{
		`A registered ` + key,
		`A completed ` + key + `/module/tip-basics/page/elements {"Completion":true}`,
		`A completed ` + key + `/module/tip-basics/page/end {"Completion":true}`,
		`A answered ` + key + `/module/tip-basics/item/elements-1 {"Score":{"raw":2},"Success":true}`,
		`A passed ` + key + `/module/tip-basics {"Score":{"max":10,"min":0,"raw":9,"scaled":0.9},"Success":true,"Completion":true}`,
		`B completed ` + key + `/module/tip-basics {"Score":{"max":10,"min":0,"raw":3,"scaled":0.3},"Success":false,"Completion":true}`,
		`B completed ` + key + `/module/gender {"Completion":true}`,
		`A completed ` + key + `/stage/pre-test {"Score":{"max":20,"min":0,"raw":14,"scaled":0.7},"Completion":true}`,
		`A answered ` + key + `/stage/pre-test/item/f01 {"Score":{"raw":0},"Success":false}`,
		`A attended ` + key + `/half-day/mon-am`,
		`A attended ` + key + `/half-day/mon-pm {"Duration":"PT90M"}`,
		`A attended ` + key + `/stage/coaching/session/round-1%2F2021-03-25`,
		`A attended ` + key + `/stage/coaching/session/2 {"Duration":"PT45M"}`,
	}
}

// What happened before the follower began is told like what happens after, each
// once, whoever follows how often.
func TestFactsAreTold(t *testing.T) {
	each(t, func(w *world) {
		a, b := play(w)
		w.catchUp()
		want := played()
		got := w.lines()
		slices.Sort(got) // of a module's facts and pages, either may be read first
		slices.Sort(want)
		if !slices.Equal(got, want) {
			w.Errorf("statements:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for range 2 {
			if _, err := w.follower().CatchUp(w.ctx); err != nil {
				w.Fatal(err)
			}
		}
		w.update(func(tx *db.Tx) error { return lrs.SetDerivedUpTo(tx, 0) }) // somebody put an old backup back
		w.catchUp()
		if n := len(w.statements()); n != len(want) {
			w.Errorf("%d statements after the journal was read again, want %d", n, len(want))
		}
		for _, s := range w.statements() {
			if s.Context.Registration != "" || strings.Contains(s.text, string(a)) || strings.Contains(s.text, string(b)) ||
				strings.Contains(s.text, "transfer") || strings.Contains(s.text, `"fia"`) {
				w.Errorf("a statement says too much: %s", s.text)
			}
			if s.Actor.Account.HomePage != home || s.Timestamp.Before(at) || s.Timestamp.After(at.Add(24*time.Hour)) ||
				!slices.ContainsFunc(s.Context.ContextActivities["category"], func(c struct{ ID string }) bool { return c.ID == home+"/id/derived" }) {
				w.Errorf("actor, time or category: %s", s.text)
			}
			if strings.HasSuffix(s.Object.ID, "/module/tip-basics") && s.Object.Definition.Name["ur"] == "" {
				w.Errorf("a module without its name: %s", s.text)
			}
		}
		if r, err := w.lrs.Verify(w.ctx); err != nil || !r.OK() {
			w.Errorf("verified: %+v, %v", r, err)
		}
	})
}

// What is corrected or taken back is voided; what counts again is told again.
func TestCorrectionsVoid(t *testing.T) {
	each(t, func(w *world) {
		p := id.New[id.Person]()
		dbtest.Clock(w.d).Set(at.AddDate(1, 0, 0))
		verdict := func(v pathway.Verdict, corrects id.Fact) id.Fact {
			return w.record(pathway.Fact{Person: p, Subject: "mon-am", Value: pathway.AttendanceVerdict{Verdict: v, Minutes: len(v)}, Basis: pathway.ByTrainer, OccurredAt: at, Corrects: corrects})
		}
		present := `A attended ` + key + `/half-day/mon-am {"Duration":"PT7M"}`
		first := verdict(pathway.Present, "")
		w.catchUp()
		w.want(present)
		second := verdict(pathway.Part, first)
		w.catchUp()
		w.want(`A attended ` + key + `/half-day/mon-am {"Duration":"PT4M"}`)
		third := verdict(pathway.Absent, second)
		w.catchUp()
		w.want()
		withdraw := func(f id.Fact) {
			w.record(pathway.Fact{Person: p, Value: pathway.Withdrawn{Cause: "mistake"}, Basis: pathway.ByTrainer, OccurredAt: at, Corrects: f})
		}
		withdraw(third) // her second verdict counts again
		w.catchUp()
		w.want(`A attended ` + key + `/half-day/mon-am {"Duration":"PT4M"}`)
		withdraw(second) // and now the first
		w.catchUp()
		w.want(present)
		withdraw(first)
		w.catchUp()
		w.want()
		// All of it at once, on a store that saw nothing of it, comes to the same.
		again := verdict(pathway.Present, "")
		verdict(pathway.Part, again)
		w.catchUp()
		w.want(`A attended ` + key + `/half-day/mon-am {"Duration":"PT4M"}`)
	})
}

// A page that is turned once more was read when it was read first; a test whose
// marks were mended is told anew.
func TestWhatIsToldAnew(t *testing.T) {
	each(t, func(w *world) {
		p, attempt, sitting := id.New[id.Person](), id.New[id.Attempt](), id.New[id.Attempt]()
		dbtest.Clock(w.d).Set(at.AddDate(1, 0, 0))
		for n := range 2 {
			w.modules[attempt] = derive.Work{Person: p, Cohort: w.cohort, Of: "gender", Pages: []derive.Page{{Key: "one", At: at.Add(time.Duration(n) * time.Hour)}}}
			w.record(pathway.Fact{Person: p, Subject: "gender", Value: pathway.ModuleProgress{Percent: 40 + n}, Source: "attempt:" + string(attempt), OccurredAt: at})
			w.catchUp()
		}
		if s := w.statements(); len(s) != 1 || !s[0].Timestamp.Equal(at) {
			w.Errorf("a page read once: %+v", s)
		}
		var last id.Fact
		for n := range 2 {
			w.tests[sitting] = derive.Work{Person: p, Cohort: w.cohort, Of: "pre-test", Answers: []derive.Answer{{Item: "f01", Points: n, Right: n == 1, At: at}}}
			last = w.record(pathway.Fact{
				Person: p, Subject: "pre-test", Value: pathway.AssessmentSubmitted{Form: "pre", Raw: float64(n), Max: 20}, Source: "attempt:" + string(sitting),
				Basis: pathway.Paper, OccurredAt: at, Corrects: last,
			})
			w.catchUp()
		}
		got := w.lines()
		slices.Sort(got)
		want := []string{
			`A answered ` + key + `/stage/pre-test/item/f01 {"Score":{"raw":1},"Success":true}`,
			`A completed ` + key + `/module/gender/page/one {"Completion":true}`,
			`A completed ` + key + `/stage/pre-test {"Score":{"max":20,"min":0,"raw":1,"scaled":0.05},"Completion":true}`,
		}
		if !slices.Equal(got, want) {
			w.Errorf("%q, want %q", got, want)
		}
	})
}

// Of somebody who was erased nothing is left, and nothing is told any more.
func TestNobodyErasedIsTold(t *testing.T) {
	each(t, func(w *world) {
		a, b := play(w)
		w.catchUp()
		// As retention does it.
		w.update(func(tx *db.Tx) error {
			if err := lrs.Forget(tx, a, home); err != nil {
				return err
			}
			for _, t := range lrs.Tables() {
				if t.Person == "" {
					continue
				}
				if _, err := tx.Exec(`DELETE FROM `+t.Name+` WHERE `+t.Person+` = ?1`, a); err != nil {
					return err
				}
			}
			return nil
		})
		w.erased[a] = true
		w.record(pathway.Fact{Person: a, Subject: "gender", Value: full, OccurredAt: at})
		w.record(pathway.Fact{Person: b, Subject: "gender", Value: full, OccurredAt: at.Add(time.Minute)})
		w.catchUp()
		w.want(
			`A completed `+key+`/module/tip-basics {"Score":{"max":10,"min":0,"raw":3,"scaled":0.3},"Success":false,"Completion":true}`,
			`A completed `+key+`/module/gender {"Completion":true}`,
			`A passed `+key+`/module/gender {"Score":{"max":10,"min":0,"raw":9,"scaled":0.9},"Success":true,"Completion":true}`,
		)
		for table, column := range map[string]string{"lrs_statements": "person", "lrs_accounts": "person", "lrs_documents": "person"} {
			var n int64
			if err := w.d.View(w.ctx, func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT COUNT(*) FROM `+table+` WHERE `+column+` = ?1`, a).Scan(&n)
			}); err != nil {
				w.Fatal(err)
			}
			if n > 0 {
				w.Errorf("%d rows of hers are left in %s", n, table)
			}
		}
		// Every row of the index finds a statement that is there.
		var stray int64
		if err := w.d.View(w.ctx, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM lrs_index i WHERE NOT EXISTS (SELECT 1 FROM lrs_statements s WHERE s.stored = i.stored)`).Scan(&stray)
		}); err != nil {
			w.Fatal(err)
		}
		if stray > 0 {
			w.Errorf("%d rows of the index find nothing", stray)
		}
		if r, err := w.lrs.Verify(w.ctx); err != nil || !r.OK() || r.Gone != int64(len(played())-2) {
			w.Errorf("verified: %+v, %v", r, err)
		}
	})
}

// The documentation has the mapping, line by line.
func TestTheDocumentedMapping(t *testing.T) {
	text, err := os.ReadFile("../../../docs/connect-an-lrs.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range derive.Mapped() {
		cells := []string{r.What, "`" + r.Verb + "`", "", r.Result}
		if r.Object != "" {
			cells[2] = "`" + r.Object + "`"
		}
		line := ""
		for _, c := range cells {
			line += strings.TrimRight("| "+c, " ") + " "
		}
		if !strings.Contains(string(text), line+"|\n") {
			t.Errorf("docs/connect-an-lrs.md lacks the line %q", line+"|")
		}
	}
}
