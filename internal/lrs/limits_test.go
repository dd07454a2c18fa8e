package lrs_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/db"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
)

// refers is a statement about another; voiding is one that voids it.
func refers(n int, verb string, target int) string {
	return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":%q},"object":{"objectType":"StatementRef","id":%q}}`, sid(n), mbox("x"), verb, sid(target))
}

func voiding(n, target int) string { return refers(n, lrs.VerbVoided, target) }

// A key that is limited voids what was written within its limits and nothing else,
// whichever comes first: the statement, or the one that voids it.
func TestALimitedKeyVoidsWithinItsLimits(t *testing.T) {
	each(t, func(w *world) {
		limited := func(n lrs.NewKey) map[string]string {
			n.Scopes = []lrs.Scope{lrs.ScopeAll}
			return map[string]string{"Authorization": w.key(n)}
		}
		one, two, both := limited(lrs.NewKey{Programme: "one"}), limited(lrs.NewKey{Programme: "two"}), limited(lrs.NewKey{Programme: "one", Agency: "fia"})
		post := func(h map[string]string, want int, statement string) {
			w.Helper()
			w.want(want, call{method: "POST", target: "/xapi/statements", body: statement, header: h})
		}
		post(one, http.StatusOK, simple(1, "a", "1", "1"))
		post(two, http.StatusForbidden, voiding(11, 1))
		post(both, http.StatusForbidden, voiding(12, 1)) // of the programme, and of no agency
		post(two, http.StatusOK, voiding(13, 2))         // nobody knows yet whose that will be
		post(one, http.StatusOK, simple(2, "a", "1", "1"))
		equal(w, "what another wanted voided", w.find("agent", mbox("a"), "ascending", "true").ids(), "01 02")
		post(one, http.StatusOK, voiding(14, 1))
		post(one, http.StatusOK, voiding(15, 3))
		post(one, http.StatusOK, simple(3, "a", "1", "1"))
		post(both, http.StatusOK, simple(4, "a", "1", "1"))
		post(one, http.StatusOK, voiding(16, 4)) // narrower than the key
		post(nil, http.StatusOK, voiding(17, 2)) // the whole instance's
		// Those that void are found by what they are about.
		equal(w, "what is left", w.find("agent", mbox("a"), "ascending", "true").ids(), "14 15 16 17")
	})
}

// A key that reads what it wrote voids nothing else, whichever comes first.
func TestAKeyVoidsWhatItMayRead(t *testing.T) {
	each(t, func(w *world) {
		scoped := func(scopes ...lrs.Scope) map[string]string {
			return map[string]string{"Authorization": w.key(lrs.NewKey{Scopes: scopes})}
		}
		mine, reads := scoped(lrs.DefaultScopes()...), scoped(lrs.ScopeWrite, lrs.ScopeRead)
		post := func(h map[string]string, want int, statement string) {
			w.Helper()
			w.want(want, call{method: "POST", target: "/xapi/statements", body: statement, header: h})
		}
		post(nil, http.StatusOK, simple(1, "a", "1", "1"))
		post(mine, http.StatusForbidden, voiding(11, 1))
		post(mine, http.StatusOK, voiding(12, 2)) // nobody knows yet whose that will be
		post(nil, http.StatusOK, simple(2, "a", "1", "1"))
		post(mine, http.StatusOK, voiding(13, 3))
		post(mine, http.StatusOK, simple(3, "a", "1", "1"))
		post(mine, http.StatusOK, simple(4, "a", "1", "1"))
		post(mine, http.StatusOK, voiding(14, 4))
		post(nil, http.StatusOK, simple(5, "a", "1", "1"))
		post(reads, http.StatusOK, voiding(15, 5))
		equal(w, "what is left", w.find("agent", mbox("a"), "ascending", "true").ids(), "01 12 02 13 14 15")
	})
}

// Who refers to a statement beyond her limits is not found by what it says.
func TestALimitedKeyLearnsNothingByReferring(t *testing.T) {
	each(t, func(w *world) {
		one := map[string]string{"Authorization": w.key(lrs.NewKey{Scopes: []lrs.Scope{lrs.ScopeAll}, Programme: "one"})}
		post := func(h map[string]string, statement string) {
			w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: statement, header: h})
		}
		post(nil, simple(1, "secret", "1", "1"))
		post(one, refers(2, "urn:v:told", 1))
		post(one, refers(3, "urn:v:told", 4))
		post(nil, simple(4, "secret", "1", "1"))
		post(one, simple(5, "own", "1", "1"))
		post(one, refers(6, "urn:v:told", 5))
		for agent, want := range map[string]string{"secret": "", "own": "05 06"} {
			var r result
			w.json(w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?" + query("agent", mbox(agent), "ascending", "true"), header: one}).Body.Bytes(), &r)
			equal(w, agent, r.ids(), want)
		}
		equal(w, "of the whole instance", w.find("agent", mbox("secret"), "ascending", "true").ids(), "01 04")
	})
}

// What a limited key is told of an activity was said by whom it may read, in an
// activity's own address and in canonical statements.
func TestALimitedKeyIsToldOfActivitiesWithinItsLimits(t *testing.T) {
	each(t, func(w *world) {
		defines := func(n int, word string) string {
			return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:x","definition":{"name":{"x-%s":"%s"}}}}`, sid(n), mbox("a"), word, word)
		}
		keys := map[string]lrs.NewKey{"one": {Programme: "one"}, "two": {Programme: "two"}, "fia": {Agency: "fia"}, "both": {Programme: "one", Agency: "fia"}, "whole": {}}
		header := map[string]map[string]string{}
		n := 0
		for word, k := range keys {
			k.Scopes = []lrs.Scope{lrs.ScopeAll}
			header[word] = map[string]string{"Authorization": w.key(k)}
			n++
			w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: defines(n, word), header: header[word]})
		}
		for reader, want := range map[string]string{"one": "one both", "two": "two", "fia": "fia both", "both": "both", "whole": "one two fia both whole"} {
			got := w.want(http.StatusOK, call{method: "GET", target: "/xapi/activities?activityId=urn:a:x", header: header[reader]}).Body.String()
			canonical := ""
			for word := range keys {
				header[reader]["Accept-Language"] = "x-" + word
				canonical += w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?format=canonical", header: header[reader]}).Body.String()
			}
			for word := range keys {
				told := strings.Contains(" "+want+" ", " "+word+" ")
				if strings.Contains(got, `"`+word+`"`) != told {
					t.Errorf("%s is told %s", reader, got)
				}
				if strings.Contains(canonical, `"x-`+word+`"`) != told {
					t.Errorf("%s reads of %s in canonical statements: %v", reader, word, !told)
				}
			}
		}
	})
}

// A key that is limited to a registration reads what was said in it, and not what
// was only said of that.
func TestARegistrationIsReadByItself(t *testing.T) {
	each(t, func(w *world) {
		one, ok := lrs.ParseUUID(sid(81))
		if !ok {
			t.Fatal("no UUID")
		}
		in := func(n int, registration string) string {
			return fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"context":{"registration":%q}}`, sid(n), mbox("a"), registration)
		}
		w.post(in(1, sid(81)), in(2, sid(82)))
		w.post(refers(3, "urn:v:told", 1))
		k := w.s.Local("courseware", "Courseware", lrs.ScopeRead)
		k.Registration = &one
		page, err := w.s.Find(context.Background(), k, lrs.Query{})
		if err != nil || len(page.Statements) != 1 || !strings.Contains(string(page.Statements[0]), sid(1)) {
			t.Errorf("%s, %v", page.Statements, err)
		}
		for n, want := range map[int]bool{1: true, 2: false, 3: false} {
			u, _ := lrs.ParseUUID(sid(n))
			_, err := w.s.Get(context.Background(), k, u, false, lrs.Form{})
			if (err == nil) != want {
				t.Errorf("statement %d: %v", n, err)
			}
		}
	})
}

// A statement that fills a page alone hides none of those behind it.
func TestALargeStatementHidesNoOthers(t *testing.T) {
	each(t, func(w *world) {
		large := simple(2, "a", "1", "1", `,"result":{"response":"`+strings.Repeat("x", 17<<20)+`"}`)
		w.post(simple(1, "a", "1", "1"))
		w.post(large)
		w.post(simple(3, "a", "1", "1"))
		for order, want := range map[string]string{"": "03 02 01", "ascending=true": "01 02 03"} {
			var ids []string
			for r := w.page("/xapi/statements?" + order); ; r = w.page(r.More) {
				ids = append(ids, r.ids())
				if r.More == "" {
					break
				}
			}
			equal(w, "in pages", strings.Join(ids, " "), want)
		}
	})
}

// A form that shows no key in a header is read as far as a stranger's may be.
func TestAStrangersFormIsShort(t *testing.T) {
	each(t, func(w *world) {
		form := url.Values{"Authorization": {w.auth}, "X-Experience-API-Version": {"1.0.3"}, "content": {simple(1, "a", "1", "1", `,"result":{"response":"`+strings.Repeat("x", 2<<20)+`"}`)}}.Encode()
		send := func(want int, auth string) {
			w.Helper()
			w.want(want, call{method: "POST", target: "/xapi/statements?method=POST", body: form, header: map[string]string{
				"Content-Type": "application/x-www-form-urlencoded", "Authorization": auth, "X-Experience-API-Version": "1.0.3",
			}})
		}
		send(http.StatusRequestEntityTooLarge, "")
		send(http.StatusUnauthorized, "Basic eDp5")
		send(http.StatusOK, w.auth)
	})
}

// What is rare is found to be so among much that is common.
func TestTheRarestFilterLeads(t *testing.T) {
	each(t, func(w *world) {
		err := w.d.Update(context.Background(), db.XAPI, func(tx *db.Tx) error {
			for key, n := range map[int64]int{1: 9000, 2: 2200, 3: 1500, 4: 1500, 5: 30} {
				rows := make([]any, 0, 2*n)
				for i := range n {
					rows = append(rows, key, int64(i))
				}
				if err := tx.ExecRows("INSERT INTO lrs_index (key, stored)", 2, rows, ""); err != nil {
					return err
				}
			}
			for name, c := range map[string]struct {
				all  [][]int64
				want int64
			}{
				"few":                {[][]int64{{1}, {2}, {5}}, 5},
				"many":               {[][]int64{{1}, {2}}, 2},
				"many, of two kinds": {[][]int64{{3, 4}, {2}, {1}}, 2},
			} {
				for _, most := range []int64{5000, 10_000} {
					got, err := lrs.Rarest(tx, c.all, most)
					if err != nil {
						return err
					}
					equal(w, fmt.Sprintf("%s, counted as far as %d", name, most), got, c.want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// However far the index is counted before it is read, and however those that meet several
// filters lie among those that do not, pages hold them all, once and in their order.
func TestCombinationsFindAll(t *testing.T) {
	const n, here, there = 300, "01900000-0000-4000-8000-0000000000b1", "01900000-0000-4000-8000-0000000000b2"
	who := func(i int) string {
		switch {
		case i%97 == 5:
			return "rare"
		case i > 120 && i < 200:
			return "b"
		}
		return []string{"a", "b"}[i*i%3%2]
	}
	where := func(i int) string { return []string{here, there}[i/40%2] }
	each(t, func(w *world) {
		batch := make([]string, n)
		for i := range batch {
			batch[i] = fmt.Sprintf(`{"actor":%s,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"context":{"registration":%q}}`, mbox(who(i)), where(i))
		}
		ids := w.post(batch...)
		reg, _ := statement.ParseUUID(here)
		for _, agent := range []string{"a", "b", "rare", "nobody"} {
			var want []string
			for i := range n {
				if who(i) == agent && where(i) == here {
					want = append(want, ids[i])
				}
			}
			for _, ascending := range []bool{true, false} {
				for _, most := range []int64{1, 3, 20, 2000} {
					var got []string
					q := lrs.Query{Registration: &reg, Ascending: ascending, Limit: 7}
					q.CountFirst(most)
					v, err := statement.ParseJSON([]byte(mbox(agent)))
					if err != nil {
						t.Fatal(err)
					}
					a, err := statement.ReadAgent(v, statement.V2)
					if err != nil {
						t.Fatal(err)
					}
					q.Agent = &a
					for {
						p, err := w.s.Find(context.Background(), w.s.Local("x", "X", lrs.ScopeAll), q)
						if err != nil {
							t.Fatal(err)
						}
						for _, b := range p.Statements {
							var st struct{ ID string }
							w.json(b, &st)
							got = append(got, st.ID)
						}
						if q.After = p.More; q.After == 0 {
							break
						}
					}
					if !ascending {
						slices.Reverse(got)
					}
					equal(w, fmt.Sprintf("of %s, ascending %t, counted as far as %d at first", agent, ascending, most), got, want)
				}
			}
		}
	})
}

// told reads a statement that names an activity.
func (w *world) told(n int, name string) *statement.Statement {
	w.Helper()
	text := fmt.Sprintf(`{"id":%q,"actor":%s,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:x","definition":{"name":{"en":%q}}}}`, sid(n), mbox("a"), name)
	v, err := statement.ParseJSON([]byte(text))
	if err != nil {
		w.Fatal(err)
	}
	st, err := statement.Read(v, statement.V2)
	if err != nil {
		w.Fatal(err)
	}
	return st
}

// called wants the activity to have a name.
func (w *world) called(name string) {
	w.Helper()
	if got := w.want(http.StatusOK, call{method: "GET", target: "/xapi/activities?activityId=urn:a:x"}).Body.String(); !strings.Contains(got, `"`+name+`"`) {
		w.Errorf("the activity is %s, want %s", got, name)
	}
}

// Of several instances, whichever was told last has the last word on an activity.
func TestInstancesAgreeOnAnActivity(t *testing.T) {
	each(t, func(w *world) {
		other := lrs.New(lrs.Deps{DB: w.d, Files: w.s.Files, Home: w.s.Home})
		say := func(s *lrs.Service, n int, name string) {
			w.Helper()
			if _, err := s.Store(context.Background(), s.Local("x", "X", lrs.ScopeAll), statement.V2, []*statement.Statement{w.told(n, name)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		say(w.s, 1, "first")
		say(other, 2, "second")
		w.later(2 * time.Second)
		say(w.s, 3, "first")
		w.called("first")
	})
}

// Of what is written together, too, whoever comes last has the last word on an activity,
// also where the first says anew what was just said.
func TestTheLastWordOnAnActivity(t *testing.T) {
	each(t, func(w *world) {
		ctx, k := context.Background(), w.s.Local("x", "X", lrs.ScopeAll)
		together := func(first int, names ...string) error {
			var all []lrs.Prepared
			for i, name := range names {
				p, err := w.s.Prepare(ctx, []*statement.Statement{w.told(first+i, name)})
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, p)
			}
			return w.d.Update(ctx, db.XAPI, func(tx *db.Tx) error {
				for _, p := range all {
					if err := w.s.StoreIn(tx, k, statement.V2, p, nil, nil); err != nil {
						return err
					}
				}
				if names[len(names)-1] == "undone" {
					return context.Canceled
				}
				return nil
			})
		}
		for i, names := range [][]string{{"one"}, {"two", "one"}, {"three", "two", "one", "two"}, {"three", "undone"}, {"two"}, {"four"}} {
			if err := together(10*(i+1), names...); (err != nil) != (names[len(names)-1] == "undone") {
				t.Fatal(err)
			}
			last := names[len(names)-1]
			if last == "undone" {
				last = "two"
			}
			w.called(last)
		}
	})
}
