package lrs_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
)

// A key sends as many requests a minute as it may, and is told when to come
// again; nobody else waits with it.
func TestAKeyHasItsRate(t *testing.T) {
	each(t, func(w *world) {
		slow := map[string]string{"Authorization": w.key(lrs.NewKey{PerMinute: 3})}
		free := map[string]string{"Authorization": w.key(lrs.NewKey{PerMinute: lrs.Unlimited})}
		ask := func(header map[string]string) call {
			return call{method: "GET", target: "/xapi/statements", header: header}
		}
		for range 3 {
			w.want(http.StatusOK, ask(slow))
		}
		for range 2 {
			rec := w.want(http.StatusTooManyRequests, ask(slow))
			if after := rec.Header().Get("Retry-After"); after != "20" {
				w.Errorf("told to come again after %q s", after)
			}
		}
		for range 10 {
			w.want(http.StatusOK, ask(free))
			w.want(http.StatusOK, ask(nil)) // may do all, and is not limited
		}
		w.later(20 * time.Second)
		w.want(http.StatusOK, ask(slow))
		w.want(http.StatusTooManyRequests, ask(slow))
		w.later(time.Hour) // no more than a minute's is saved up
		for range 3 {
			w.want(http.StatusOK, ask(slow))
		}
		w.want(http.StatusTooManyRequests, ask(slow))
	})
}

// readings remembers what it is told, or refuses.
type readings struct {
	fail error
	of   []id.Person
	by   []string
}

// RecordRead remembers.
func (r *readings) RecordRead(ctx context.Context, _ access.Kind, ps ...id.Person) error {
	if r.fail == nil {
		r.of, r.by = append(r.of, ps...), append(r.by, actor.From(ctx).ID())
	}
	return r.fail
}

// What a program reads about somebody whom we know is recorded; what cannot be
// recorded is not shown.
func TestReadsAreRecorded(t *testing.T) {
	const officer = id.Person("01890a5d-ac96-774b-bcce-b302099a8057")
	each(t, func(w *world) {
		r := &readings{}
		w.s.Reads = r
		var a statement.Account
		if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) (err error) { a, err = w.s.Account(tx, officer); return err }); err != nil {
			w.Fatal(err)
		}
		account := `{"account":{"homePage":"` + a.HomePage + `","name":"` + a.Name + `"}}`
		w.post(`{"id":"`+sid(1)+`","actor":`+account+`,"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"}}`, simple(2, "stranger", "1", "1"))
		state := "/xapi/activities/state?" + query("activityId", "urn:a:1", "stateId", "s", "agent", account)
		w.want(http.StatusNoContent, call{method: "PUT", target: state, body: `{}`})
		w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?statementId=" + sid(2)})
		if len(r.of) > 0 {
			w.Errorf("recorded of nobody: %v", r.of)
		}
		targets := []string{"/xapi/statements", "/xapi/statements?statementId=" + sid(1), state}
		for _, target := range targets {
			w.want(http.StatusOK, call{method: "GET", target: target})
		}
		if !slices.Equal(r.of, []id.Person{officer, officer, officer}) || len(r.by) != 3 || r.by[0] == "" || r.by[0][:6] != "token:" {
			w.Errorf("recorded: %v by %v", r.of, r.by)
		}
		r.fail = context.DeadlineExceeded
		for _, target := range targets {
			w.want(http.StatusInternalServerError, call{method: "GET", target: target})
		}
	})
}
