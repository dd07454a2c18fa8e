package lrs_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/lrs"
)

// A statement is given back as it came, with what the store owns.
func TestAStatementComesBackAsItCame(t *testing.T) {
	each(t, func(w *world) {
		const came = `{"id":"00000000-0000-4000-8000-000000000001","verb":{"id":"urn:v:1"},"actor":{"mbox":"mailto:a@example.org"}, "object":{"id":"urn:a:1"},"result":{"response":"\u0000 \u0041","score":{"raw":1.50}},"authority":{"mbox":"mailto:forged@example.org"}}`
		rec := w.want(http.StatusNoContent, call{method: "PUT", target: "/xapi/statements?statementId=" + sid(1), body: came})
		if rec.Header().Get("X-Experience-API-Consistent-Through") == "" || rec.Header().Get("X-Experience-API-Version") != "2.0.0" {
			t := rec.Header()
			w.Errorf("headers %v", t)
		}
		got := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(1)})
		if !strings.HasPrefix(got.Body.String(), `{"id":"00000000-0000-4000-8000-000000000001","verb":{"id":"urn:v:1"},"actor":{"mbox":"mailto:a@example.org"}, "object":{"id":"urn:a:1"},"result":{"response":"\u0000 \u0041","score":{"raw":1.50}},`) {
			w.Errorf("came back as %s", got.Body)
		}
		var st map[string]any
		w.json(got.Body.Bytes(), &st)
		if st["stored"] != st["timestamp"] || st["version"] != "2.0.0" {
			w.Errorf("stored %v, timestamp %v, version %v", st["stored"], st["timestamp"], st["version"])
		}
		if at, err := time.Parse(time.RFC3339Nano, st["stored"].(string)); err != nil || at.Sub(w.d.Clock().Now()).Abs() > time.Second {
			w.Errorf("stored at %v by a clock that shows %v (%v)", at, w.d.Clock().Now(), err)
		}
		if n := strings.Count(got.Body.String(), `"authority"`); n != 1 {
			w.Errorf("it has %d authorities", n)
		}
		if a := fmt.Sprint(st["authority"]); strings.Contains(a, "forged") || !strings.Contains(a, home) {
			w.Errorf("its authority is %s", a)
		}
		if got.Header().Get("Last-Modified") == "" || got.Header().Get("Content-Type") != "application/json" {
			w.Errorf("headers %v", got.Header())
		}
	})
}

// A batch is all or nothing, and its ids come back in its order.
func TestABatchIsAllOrNothing(t *testing.T) {
	each(t, func(w *world) {
		ids := w.post(simple(2, "a", "1", "1"), simple(1, "a", "1", "1"), `{"actor":`+mbox("a")+`,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`)
		if len(ids) != 3 || ids[0] != sid(2) || ids[1] != sid(1) || len(ids[2]) != 36 {
			w.Errorf("ids %v", ids)
		}
		for what, batch := range map[string][]string{
			"one breaks a rule":      {simple(3, "a", "1", "1"), simple(4, "a", " 1", "1")},
			"one collides":           {simple(3, "a", "1", "1"), simple(1, "b", "1", "1")},
			"two have the same id":   {simple(3, "a", "1", "1"), simple(3, "a", "1", "1")},
			"one is no object":       {simple(3, "a", "1", "1"), `7`},
			"one lacks its attached": {simple(3, "a", "1", "1"), simple(5, "a", "1", "1", `,"attachments":[{"usageType":"urn:u:1","display":{"en":"x"},"contentType":"text/plain","length":1,"sha2":"`+strings.Repeat("ab", 32)+`"}]`)},
		} {
			rec := w.do(call{method: "POST", target: "/xapi/statements", body: "[" + strings.Join(batch, ",") + "]"})
			if rec.Code != http.StatusBadRequest && rec.Code != http.StatusConflict {
				w.Errorf("%s: %d", what, rec.Code)
			}
			w.want(http.StatusNotFound, call{method: "GET", target: "/xapi/statements?statementId=" + sid(3)})
		}
		if got := w.find(); len(got.Statements) != 3 {
			w.Errorf("there are %d statements", len(got.Statements))
		}
	})
}

// Sent again, a statement is there once; another one under its id is refused and
// changes nothing.
func TestSentAgain(t *testing.T) {
	each(t, func(w *world) {
		w.post(simple(1, "a", "1", "1"))
		w.later(time.Hour)
		w.post(simple(1, "a", "1", "1"))
		w.want(http.StatusNoContent, call{method: "PUT", target: "/xapi/statements?statementId=" + sid(1), body: simple(1, "a", "1", "1", `,"version":"1.0.0"`)})
		back := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(1)}).Body.String()
		w.post(back) // as it was given, with the timestamp that it got
		w.want(http.StatusConflict, call{method: "POST", target: "/xapi/statements", body: simple(1, "a", "2", "1")})
		w.want(http.StatusConflict, call{method: "PUT", target: "/xapi/statements?statementId=" + sid(1), body: simple(1, "a", "1", "1", `,"timestamp":"2019-01-01T00:00:00Z"`)})
		got := w.find()
		if len(got.Statements) != 1 || got.Statements[0]["verb"].(map[string]any)["id"] != "urn:v:1" {
			w.Errorf("there is %v", got)
		}
	})
}

// Every filter finds what it says, alone and together.
func TestFilters(t *testing.T) {
	each(t, func(w *world) {
		const reg = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
		w.post(
			simple(1, "a", "1", "1"),
			simple(2, "a", "2", "1", `,"context":{"registration":"`+reg+`","instructor":`+mbox("i")+`,"contextActivities":{"parent":{"id":"urn:a:9"}}}`),
			simple(3, "b", "1", "2", `,"context":{"registration":"`+reg+`","contextAgents":[{"objectType":"contextAgent","agent":`+mbox("c")+`}]}`),
			`{"id":"`+sid(4)+`","actor":{"objectType":"Group","member":[`+mbox("a")+`,`+mbox("m")+`]},"verb":{"id":"urn:v:1"},"object":{"objectType":"Agent","mbox":"mailto:o@example.org"}}`,
			`{"id":"`+sid(5)+`","actor":`+mbox("z")+`,"verb":{"id":"urn:v:3"},"object":{"objectType":"SubStatement","actor":`+mbox("a")+`,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}}`,
		)
		for _, c := range []struct {
			params string
			want   string
		}{
			{"", "05 04 03 02 01"},
			{query("ascending", "true"), "01 02 03 04 05"},
			{query("agent", mbox("a")), "04 02 01"},
			{query("agent", `{"objectType":"Agent","mbox":"mailto:a@example.org","name":"unlike"}`), "04 02 01"},
			{query("agent", mbox("m")), "04"},
			{query("agent", mbox("o")), "04"},
			{query("agent", mbox("i")), ""},
			{query("agent", mbox("i"), "related_agents", "true"), "02"},
			{query("agent", mbox("c"), "related_agents", "true"), "03"},
			{query("agent", mbox("a"), "related_agents", "true"), "05 04 02 01"},
			{query("agent", mbox("a"), "related_agents", "false"), "04 02 01"},
			{query("verb", "urn:v:1"), "04 03 01"},
			{query("activity", "urn:a:1"), "02 01"},
			{query("activity", "urn:a:1", "related_activities", "true"), "05 02 01"},
			{query("activity", "urn:a:9"), ""},
			{query("activity", "urn:a:9", "related_activities", "true"), "02"},
			{query("registration", reg), "03 02"},
			{query("registration", reg, "verb", "urn:v:1"), "03"},
			{query("registration", reg, "agent", mbox("a")), "02"},
			{query("agent", mbox("a"), "verb", "urn:v:1"), "04 01"},
			{query("agent", mbox("a"), "activity", "urn:a:1"), "02 01"},
			{query("activity", "urn:a:1", "verb", "urn:v:2"), "02"},
			{query("agent", mbox("a"), "verb", "urn:v:1", "activity", "urn:a:1"), "01"},
			{query("agent", mbox("a"), "verb", "urn:v:1", "activity", "urn:a:1", "registration", reg), ""},
			{query("agent", mbox("a"), "verb", "urn:v:2", "activity", "urn:a:9", "related_activities", "true"), "02"},
			{query("agent", mbox("b"), "limit", "1"), "03"},
			{query("verb", "urn:v:none"), ""},
		} {
			if got := w.page("/xapi/statements?" + c.params).ids(); got != c.want {
				w.Errorf("%s: %q, want %q", c.params, got, c.want)
			}
		}
	})
}

// since is exclusive, until inclusive, whatever the offset they are written in.
func TestSinceAndUntil(t *testing.T) {
	each(t, func(w *world) {
		var at []string
		for n := 1; n <= 4; n++ {
			w.post(simple(n, "a", "1", "1"))
			w.later(time.Minute)
		}
		for _, st := range w.find("ascending", "true").Statements {
			at = append(at, st["stored"].(string))
		}
		equal(w, "since", w.find("since", at[1]).ids(), "04 03")
		equal(w, "until", w.find("until", at[1]).ids(), "02 01")
		equal(w, "until the first of all instants", w.find("until", "0001-01-01T00:00:00Z").ids(), "")
		equal(w, "since the first of all instants", w.find("since", "0001-01-01T00:00:00Z", "ascending", "true", "limit", "2").ids(), "01 02")
		equal(w, "between", w.find("since", at[0], "until", at[2], "ascending", "true").ids(), "02 03")
		second, err := time.Parse(time.RFC3339Nano, at[1])
		if err != nil {
			w.Fatal(err)
		}
		equal(w, "since in another zone", w.find("since", second.In(time.FixedZone("", 5*3600)).Format(time.RFC3339Nano), "agent", mbox("a")).ids(), "04 03")
	})
}

// Pages follow one another without gap or double, in both directions, and what
// is stored on the way does not disturb them.
func TestPages(t *testing.T) {
	each(t, func(w *world) {
		for n := 1; n <= 7; n++ {
			w.post(simple(n, "a", "1", "1"))
		}
		for _, filter := range []string{"", "&" + query("agent", mbox("a")), "&" + query("agent", mbox("a"), "related_agents", "true"), "&" + query("agent", mbox("a"), "activity", "urn:a:1", "verb", "urn:v:1")} {
			r := w.page("/xapi/statements?limit=3" + filter)
			equal(w, "first"+filter, r.ids(), "07 06 05")
			r = w.page(r.More)
			equal(w, "second"+filter, r.ids(), "04 03 02")
			r = w.page(r.More)
			equal(w, "third"+filter, r.ids(), "01")
			equal(w, "the end"+filter, r.More, "")
		}
		r := w.page("/xapi/statements?limit=5&ascending=true")
		equal(w, "ascending", r.ids(), "01 02 03 04 05")
		w.post(simple(8, "a", "1", "1"))
		r = w.page(r.More)
		equal(w, "ascending, second", r.ids()+r.More, "06 07 08")
		r = w.page("/xapi/statements?limit=8")
		equal(w, "exactly all", r.ids()+r.More, "08 07 06 05 04 03 02 01")
	})
}

// Who follows the store by its pages while others write misses nothing.
func TestAFollowerMissesNothing(t *testing.T) {
	each(t, func(w *world) {
		const writers, rounds = 4, 20
		var wg sync.WaitGroup
		for i := range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := range rounds {
					w.do(call{method: "POST", target: "/xapi/statements", body: fmt.Sprintf(`[{"actor":%s,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:%d-%d"}},{"actor":%[1]s,"verb":{"id":"urn:v:2"},"object":{"id":"urn:a:%d-%d"}}]`, mbox("a"), i, n, i, n)})
				}
			}()
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		seen := map[string]bool{}
		last := "2000-01-01T00:00:00Z"
		follow := func() {
			for {
				r := w.find("ascending", "true", "limit", "7", "since", last)
				for _, st := range r.Statements {
					id := st["id"].(string)
					if seen[id] {
						w.Errorf("%s came twice", id)
					}
					seen[id] = true
					last = st["stored"].(string)
				}
				if r.More == "" {
					return
				}
			}
		}
		for over := false; !over; {
			select {
			case <-done:
				over = true
			default:
			}
			follow()
		}
		follow()
		if len(seen) != writers*rounds*2 {
			w.Errorf("%d of %d statements were seen", len(seen), writers*rounds*2)
		}
		if r, err := w.s.Verify(context.Background()); err != nil || !r.OK() || r.Statements != writers*rounds*2 {
			w.Errorf("verified: %+v, %v", r, err)
		}
	})
}

// A filter reads as many rows as its page, however many statements there are.
func TestAFilterReadsAsMuchAsItsPage(t *testing.T) {
	each(t, func(w *world) {
		const reg = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
		grow := func(n int) {
			for n > 0 {
				var batch []string
				for range min(n, 250) {
					batch = append(batch, `{"actor":`+mbox("a")+`,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"context":{"registration":"`+reg+`"}}`)
				}
				w.post(batch...)
				n -= len(batch)
			}
		}
		filters := map[string]string{
			"none": "", "agent": query("agent", mbox("a")), "verb": query("verb", "urn:v:1"), "activity": query("activity", "urn:a:1"),
			"registration": query("registration", reg), "agent and verb": query("agent", mbox("a"), "verb", "urn:v:1"),
			"agent and activity": query("agent", mbox("a"), "activity", "urn:a:1"), "activity and verb": query("activity", "urn:a:1", "verb", "urn:v:1"),
			"registration and verb": query("registration", reg, "verb", "urn:v:1"),
		}
		for _, n := range []int{250, 750} {
			grow(n)
			for name, f := range filters {
				ctx, meter := db.WithMeter(context.Background())
				rec := w.in(ctx, call{method: "GET", target: "/xapi/statements?limit=50&" + f})
				if rec.Code != http.StatusOK {
					w.Fatalf("%s: %s", name, rec.Body)
				}
				if rows, statements := meter.Rows.Load(), meter.Statements.Load(); rows > 55 || statements > 6 {
					w.Errorf("%s: %d rows by %d statements for a page of 50", name, rows, statements)
				}
			}
		}
		// A combination costs at most its rarest filter.
		w.post(simple(1, "rare", "1", "1", `,"context":{"registration":"`+reg+`"}`))
		ctx, meter := db.WithMeter(context.Background())
		rec := w.in(ctx, call{method: "GET", target: "/xapi/statements?limit=50&" + query("agent", mbox("rare"), "registration", reg)})
		if !strings.Contains(rec.Body.String(), sid(1)) || meter.Rows.Load() > 10 {
			w.Errorf("%d rows for one statement", meter.Rows.Load())
		}
	})
}

// Statements that refer to others are found by what finds these, whichever came
// first (1.0.3, part 3, 2.1.3).
func TestReferringStatements(t *testing.T) {
	ref := func(n, to int, agent string) string {
		return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:ref"},"object":{"objectType":"StatementRef","id":%q}}`, sid(n), mbox(agent), sid(to))
	}
	each(t, func(w *world) {
		for what, order := range map[string][]string{
			"the target first":          {simple(1, "t", "1", "1"), ref(2, 1, "r"), ref(3, 2, "s")},
			"the target last":           {ref(3, 2, "s"), ref(2, 1, "r"), simple(1, "t", "1", "1")},
			"the middle last":           {simple(1, "t", "1", "1"), ref(3, 2, "s"), ref(2, 1, "r")},
			"a ring beside, in a batch": {ref(3, 2, "s") + "," + simple(1, "t", "1", "1") + "," + ref(2, 1, "r") + "," + ref(8, 9, "x") + "," + ref(9, 8, "x")},
		} {
			v := newWorld(w.T, again(w))
			for _, st := range order {
				v.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: "[" + st + "]"})
				v.later(time.Second)
			}
			got := map[string]bool{}
			for _, id := range strings.Fields(v.find("agent", mbox("t")).ids()) {
				got[id] = true
			}
			if len(got) != 3 || !got["01"] || !got["02"] || !got["03"] {
				w.Errorf("%s: found %v", what, got)
			}
			if r := v.find("agent", mbox("s")).ids(); r != "03" {
				w.Errorf("%s: the last is found with %q", what, r)
			}
		}
	})
}

// A voided statement is gone from every list and from its address, but not from
// voidedStatementId; what refers to it stays (1.0.3, part 2, 2.3.2).
func TestVoiding(t *testing.T) {
	void := func(n, to int) string {
		return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},"object":{"objectType":"StatementRef","id":%q}}`, sid(n), mbox("v"), sid(to))
	}
	each(t, func(w *world) {
		for what, order := range map[string][]string{
			"after":       {simple(1, "a", "1", "1"), void(2, 1)},
			"before":      {void(2, 1), simple(1, "a", "1", "1")},
			"in a batch":  {void(2, 1) + "," + simple(1, "a", "1", "1")},
			"not voided":  {simple(1, "a", "1", "1"), void(2, 1), void(3, 2)},
			"voided void": {void(3, 2), void(2, 1), simple(1, "a", "1", "1")},
		} {
			v := newWorld(w.T, again(w))
			for _, st := range order {
				v.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: "[" + st + "]"})
			}
			v.want(http.StatusNotFound, call{method: "GET", target: "/xapi/statements?statementId=" + sid(1)})
			v.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?voidedStatementId=" + sid(1)})
			v.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(2)})
			v.want(http.StatusNotFound, call{method: "GET", target: "/xapi/statements?voidedStatementId=" + sid(2)})
			if got := v.find("activity", "urn:a:1").ids(); strings.Contains(got, "01") || !strings.Contains(got, "02") {
				w.Errorf("%s: the activity finds %q", what, got)
			}
		}
	})
}

// again opens a fresh database of the same engine.
func again(w *world) *db.DB {
	if w.d.Dialect().Name() == "sqlite" {
		return dbtest.SQLite(w)
	}
	return dbtest.Postgres(w)
}

// What a request for statements may not say is refused, with 400.
func TestRefusedRequestsForStatements(t *testing.T) {
	each(t, func(w *world) {
		w.post(simple(1, "a", "1", "1"))
		for _, q := range []string{
			"Agent=x", "agent=x", "agent=%7B%7D", "agent=" + strconv.Quote("x"), "verb=x", "activity=x", "registration=x", "since=x", "until=2020",
			"limit=-1", "limit=x", "format=full", "format=", "ascending=yes", "attachments=1", "related_agents=", "related_activities=TRUE", "surprise=1",
			"statementId=x", "voidedStatementId=1", "limit=1&limit=2", "cursor=***", "statementId=" + sid(1) + "&voidedStatementId=" + sid(1),
			"statementId=" + sid(1) + "&" + query("agent", mbox("a")), "statementId=" + sid(1) + "&verb=urn:v:1", "statementId=" + sid(1) + "&limit=1",
			"voidedStatementId=" + sid(1) + "&since=2020-01-01T00:00:00Z", "%zz",
		} {
			rec := w.want(http.StatusBadRequest, call{method: "GET", target: "/xapi/statements?" + q})
			if rec.Header().Get("X-Experience-API-Consistent-Through") == "" {
				w.Errorf("%s: no X-Experience-API-Consistent-Through", q)
			}
		}
		for _, c := range []call{
			{method: "PUT", target: "/xapi/statements", body: simple(2, "a", "1", "1")},
			{method: "PUT", target: "/xapi/statements?statementId=x", body: simple(2, "a", "1", "1")},
			{method: "PUT", target: "/xapi/statements?statementId=" + sid(3), body: simple(2, "a", "1", "1")},
			{method: "PUT", target: "/xapi/statements?statementId=" + sid(2), body: "[" + simple(2, "a", "1", "1") + "]"},
			{method: "PUT", target: "/xapi/statements?statementId=" + sid(2) + "&x=1", body: simple(2, "a", "1", "1")},
			{method: "POST", target: "/xapi/statements?statementId=" + sid(2), body: simple(2, "a", "1", "1")},
			{method: "POST", target: "/xapi/statements", body: `{"actor":`},
			{method: "POST", target: "/xapi/statements", body: ``},
			{method: "POST", target: "/xapi/statements", body: simple(2, "a", "1", "1"), header: map[string]string{"Content-Type": "text/plain"}},
			{method: "POST", target: "/xapi/statements", body: simple(2, "a", "1", "1"), header: map[string]string{"Content-Type": ""}},
		} {
			w.want(http.StatusBadRequest, c)
		}
		var p struct{ Path, Detail string }
		w.json(w.want(http.StatusBadRequest, call{method: "POST", target: "/xapi/statements", body: "[" + simple(2, "a", "1", "1") + `,{"actor":{"mbox":"x"}}]`}).Body.Bytes(), &p)
		if p.Path != "$[1]" && !strings.HasPrefix(p.Path, "$[1].") {
			w.Errorf("the fault is said to be at %q", p.Path)
		}
		if w.find().ids() != "01" {
			w.Errorf("a refused statement is there")
		}
	})
}

// The header of consistency is as late as what was just stored, and comes up to
// the present for those who wait.
func TestConsistentThrough(t *testing.T) {
	each(t, func(w *world) {
		at := func(rec interface{ Header() http.Header }) time.Time {
			v, err := time.Parse(time.RFC3339Nano, rec.Header().Get("X-Experience-API-Consistent-Through"))
			if err != nil {
				w.Fatal(err)
			}
			return v
		}
		one := call{method: "POST", target: "/xapi/statements", body: simple(1, "a", "1", "1")}
		kept := w.want(http.StatusOK, one)
		rec := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements"})
		var r result
		w.json(rec.Body.Bytes(), &r)
		stored, err := time.Parse(time.RFC3339Nano, r.Statements[0]["stored"].(string))
		if err != nil || at(rec).Before(stored) {
			w.Errorf("through %v, stored %v, %v", at(rec), stored, err)
		}
		if at(kept).Before(stored) {
			w.Errorf("its own answer was through %v, stored %v", at(kept), stored)
		}
		// Another instance has seen nothing yet when it is sent again.
		w.h = lrs.NewHandler(lrs.New(lrs.Deps{DB: w.d, Files: w.s.Files, Home: home}), slog.New(slog.DiscardHandler))
		if again := w.want(http.StatusOK, one); at(again).Before(stored) {
			w.Errorf("sent again to another instance: through %v, stored %v", at(again), stored)
		}
		w.later(10 * time.Minute)
		rec = w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements"})
		if now := w.d.Clock().Now(); now.Sub(at(rec)) > 2*time.Second {
			w.Errorf("through %v at %v", at(rec), now)
		}
		w.post(simple(2, "a", "1", "1"))
		got := w.find("since", at(rec).Format(time.RFC3339Nano)).ids()
		if got != "02" {
			w.Errorf("after what was said to be through came %q", got)
		}
	})
}

// A page of statements with one language each, and canonical definitions that
// gather what several statements say.
func TestFormats(t *testing.T) {
	each(t, func(w *world) {
		object := func(d string) string { return `"object":{"id":"urn:a:1","definition":` + d + `}}` }
		actor := `{"actor":{"name":"A","mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1","display":{"en":"did","ur":"کیا"}},`
		w.post(actor + object(`{"name":{"en":"One"}}`))
		w.post(actor + object(`{"name":{"ur":"ایک"},"type":"urn:t:1"}`))
		var one struct{ Statements []map[string]any }
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?format=canonical&limit=1&ascending=true", header: map[string]string{"Accept-Language": "ur, en;q=0.5"}}).Body.Bytes(), &one)
		equal(w, "canonical", one.Statements[0]["object"], map[string]any{"objectType": "Activity", "id": "urn:a:1", "definition": map[string]any{"name": map[string]string{"ur": "ایک"}, "type": "urn:t:1"}})
		equal(w, "its verb", one.Statements[0]["verb"], map[string]any{"id": "urn:v:1", "display": map[string]string{"ur": "کیا"}})
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?format=ids&limit=1"}).Body.Bytes(), &one)
		equal(w, "ids", one.Statements[0]["actor"], map[string]any{"mbox": "mailto:a@example.org"})
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?format=exact&limit=1"}).Body.Bytes(), &one)
		equal(w, "exact", one.Statements[0]["object"], map[string]any{"id": "urn:a:1", "definition": map[string]any{"name": map[string]string{"ur": "ایک"}, "type": "urn:t:1"}})
		var activity map[string]any
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/activities?activityId=urn:a:1"}).Body.Bytes(), &activity)
		equal(w, "activity", activity["definition"], map[string]any{"name": map[string]string{"en": "One", "ur": "ایک"}, "type": "urn:t:1"})
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/activities?activityId=urn:a:unknown"}).Body.Bytes(), &activity)
		w.want(http.StatusBadRequest, call{method: "GET", target: "/xapi/activities"})
		w.want(http.StatusBadRequest, call{method: "GET", target: "/xapi/activities?activityId=x"})
	})
}

// What a statement says of an activity beyond all measure stays in that statement: it
// becomes no definition that others are told, and takes none away.
func TestADefinitionBeyondMeasureStaysInItsStatement(t *testing.T) {
	each(t, func(w *world) {
		defined := func(n int, activity, name string) string {
			return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:1"},"object":{"id":%q,"definition":{"name":{"en":%q}}}}`, sid(n), mbox("a"), activity, name)
		}
		large := strings.Repeat("x", 300<<10)
		w.post(defined(1, "urn:a:1", "One"))
		w.post(defined(2, "urn:a:1", large), defined(3, "urn:a:2", large))
		for activity, want := range map[string]any{"urn:a:1": map[string]any{"name": map[string]string{"en": "One"}}, "urn:a:2": nil} {
			var got map[string]any
			w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/activities?activityId=" + activity}).Body.Bytes(), &got)
			equal(w, activity, got["definition"], want)
		}
		for _, n := range []int{2, 3} {
			if got := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(n)}).Body.String(); !strings.Contains(got, large) {
				t.Errorf("statement %d lost what it said", n)
			}
		}
	})
}

// A short statement that mentions one large activity a thousand times does not become an
// answer that takes all memory, and many of them come in pages, each once.
func TestCanonicalAnswersAreBounded(t *testing.T) {
	each(t, func(w *world) {
		name := strings.Repeat("x", 200<<10)
		mention := `{"id":"urn:a:1"}`
		more := func(n int) string {
			return `,"context":{"contextActivities":{"other":[` + mention + strings.Repeat(","+mention, n-1) + `]}}`
		}
		w.post(fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1","definition":{"name":{"en":%q}}}}`, sid(1), mbox("a"), name))
		w.post(simple(2, "b", "1", "2", more(1000)))
		got := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?format=canonical&statementId=" + sid(2)}).Body.String()
		if n := strings.Count(got, name); n < 5 || len(got) > 3<<20 {
			t.Errorf("%d bytes, %d times with the definition", len(got), n)
		}
		var want []string
		for n := 11; n <= 30; n++ {
			w.post(simple(n, "c", "1", "2", more(9)))
			want = append(want, strconv.Itoa(n))
		}
		var ids []string
		pages := 0
		for at := "/xapi/statements?" + query("format", "canonical", "ascending", "true", "agent", mbox("c")); at != ""; pages++ {
			rec := w.want(http.StatusOK, call{method: "GET", target: at})
			if rec.Body.Len() > 17<<20 || strings.Count(rec.Body.String(), name)%9 != 0 {
				t.Errorf("a page of %d bytes", rec.Body.Len())
			}
			var r result
			w.json(rec.Body.Bytes(), &r)
			ids, at = append(ids, r.ids()), r.More
		}
		equal(w, "in pages", strings.Join(ids, " "), strings.Join(want, " "))
		if pages < 3 {
			t.Errorf("%d pages", pages)
		}
	})
}

// Of the languages that a reader names, the first count: each is looked for in every text.
func TestFewLanguagesAreLookedFor(t *testing.T) {
	each(t, func(w *world) {
		w.post(fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:1","display":{"en":"did","ur":"کیا"}},"object":{"id":"urn:a:1"}}`, sid(1), mbox("a")))
		for others, want := range map[int]string{3: "ur", 100_000: "en"} {
			var one struct {
				Statements []struct {
					Verb struct{ Display map[string]string }
				}
			}
			w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?format=canonical", header: map[string]string{
				"Accept-Language": strings.Repeat("x-other, ", others) + "ur",
			}}).Body.Bytes(), &one)
			if display := one.Statements[0].Verb.Display; len(display) != 1 || display[want] == "" {
				t.Errorf("behind %d others: %v", others, display)
			}
		}
	})
}

// However often one statement says something else of an activity of which much is known,
// what is known is read and written once: others wait meanwhile.
func TestAnActivityIsDefinedOnceInAWrite(t *testing.T) {
	each(t, func(w *world) {
		const many = 200_000
		name := strings.Repeat("x", 200<<10)
		defined := func(name string) string {
			return `{"id":"urn:a:1","definition":{"name":{` + name + `}}}`
		}
		w.post(fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:1"},"object":%s}`, sid(1), mbox("a"), defined(`"fr":"`+name+`"`)))
		var list strings.Builder
		for i := range many {
			list.WriteString("," + defined(fmt.Sprintf(`"en":"%d"`, i)))
		}
		w.post(simple(2, "a", "1", "2", `,"context":{"contextActivities":{"other":[`+list.String()[1:]+`]}}`))
		var got struct {
			Definition struct{ Name map[string]string }
		}
		w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/activities?activityId=urn:a:1"}).Body.Bytes(), &got)
		equal(w, "its name", got.Definition.Name, map[string]string{"fr": name, "en": strconv.Itoa(many - 1)})
	})
}
