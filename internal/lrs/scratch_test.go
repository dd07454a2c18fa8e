package lrs_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/lrs"
)

// documents is what the store and a scratch have in common.
type documents interface {
	Document(ctx context.Context, k lrs.Key, p lrs.Place, name string) (lrs.Document, error)
	Documents(ctx context.Context, k lrs.Key, p lrs.Place, since time.Time) ([]string, time.Time, error)
	Put(ctx context.Context, k lrs.Key, p lrs.Place, name string, w lrs.Write) error
	Delete(ctx context.Context, k lrs.Key, p lrs.Place, name string, c lrs.Precondition) error
	DeleteAll(ctx context.Context, k lrs.Key, p lrs.Place) error
}

// script puts, reads and deletes documents, and returns all that was answered.
func (w *world) script(s documents) string {
	ctx, k := context.Background(), w.s.Local("courseware", "Courseware", lrs.ScopeState, lrs.ScopeProfile)
	one, _ := lrs.ParseUUID("01900000-0000-7000-8000-000000000001")
	two, _ := lrs.ParseUUID("01900000-0000-7000-8000-000000000002")
	agent := &lrs.Agent{Kind: "account", HomePage: home, Value: "nobody"}
	state := lrs.Place{Kind: "state", Activity: "https://example.org/a", Agent: agent, Registration: &one}
	other, all := state, state
	other.Registration, all.Registration = &two, nil
	json := func(text string) lrs.Write { return lrs.Write{ContentType: "application/json", Body: []byte(text)} }
	merge := func(text string) lrs.Write { w := json(text); w.Merge = true; return w }
	var out strings.Builder
	say := func(err error, more ...any) { fmt.Fprintln(&out, fault.KindOf(err), err == nil, more) }
	read := func(p lrs.Place, name string) string {
		d, err := s.Document(ctx, k, p, name)
		say(err, d.ContentType, string(d.Body), d.ETag)
		return d.ETag
	}
	list := func(p lrs.Place, since time.Time) time.Time {
		names, last, err := s.Documents(ctx, k, p, since)
		say(err, names)
		return last
	}
	put := func(p lrs.Place, name string, w lrs.Write) { say(s.Put(ctx, k, p, name, w)) }

	read(state, "place")
	put(state, "place", json(`{"page":1,"deep":{"a":1}}`))
	put(state, "place", merge(`{"deep":{"b":2}}`))
	tag := read(state, "place")
	put(state, "place", merge(`[1]`))
	put(state, "place", json(`{"page":`))
	put(state, "text", lrs.Write{ContentType: "text/plain", Body: []byte("some")})
	put(state, "text", merge(`{"x":1}`))
	put(other, "place", json(`{}`))
	read(other, "place")
	list(state, time.Time{})
	last := list(all, time.Time{})
	list(all, last)
	put(state, "later", json(`1`))
	list(all, last)
	for _, c := range []lrs.Precondition{{NoneMatch: "*"}, {Match: `"another"`}, {Required: true}, {Match: tag, Required: true}} {
		w := json(`{"page":2}`)
		w.If = c
		put(state, "place", w)
	}
	say(s.Delete(ctx, k, state, "place", lrs.Precondition{Match: tag}))
	say(s.Delete(ctx, k, state, "place", lrs.Precondition{}))
	say(s.Delete(ctx, k, state, "place", lrs.Precondition{}))
	state.Keep = []string{"text"}
	say(s.DeleteAll(ctx, k, state))
	list(state, time.Time{})
	list(all, time.Time{})
	profile := lrs.Place{Kind: "agent", Agent: agent}
	demanded := json(`{}`)
	demanded.If.Demanded = true
	put(profile, "wishes", demanded)
	put(profile, "wishes", json(`{}`))
	list(profile, time.Time{})
	list(lrs.Place{Kind: "activity", Activity: "https://example.org/a"}, time.Time{})
	k = w.s.Local("other", "Other", lrs.ScopeState)
	read(profile, "wishes")
	put(profile, "wishes", json(`{}`))
	say(s.Delete(ctx, k, profile, "wishes", lrs.Precondition{}))
	say(s.DeleteAll(ctx, k, profile))
	list(profile, time.Time{})
	return out.String()
}

// What is kept in memory for a while is answered as the store answers, and the store has
// nothing of it.
func TestAScratchAnswersAsTheStoreDoes(t *testing.T) {
	each(t, func(w *world) {
		scratch := w.s.NewScratch(1 << 20)
		got, want := w.script(scratch), w.script(w.s)
		if got != want {
			w.Errorf("a scratch answers\n%s\nand the store\n%s", got, want)
		}
		if n := strings.Count(want, "true"); n < 20 {
			w.Errorf("only %d steps went well:\n%s", n, want)
		}
	})
}

// passing is a guest of whom nothing is kept.
type passing struct {
	guest
	documents *lrs.Scratch
}

func (p passing) Documents() *lrs.Scratch { return p.documents }

func (p passing) Store(_ context.Context, _ lrs.Version, batch []*lrs.Statement, _ lrs.Files) ([]lrs.UUID, error) {
	return make([]lrs.UUID, len(batch)), nil
}

// Of a visit of which nothing is kept, documents are found again and attachments are
// judged as ever. Neither is in the database, nor any file on the disk.
func TestAVisitOfWhichNothingIsKept(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	folder := t.TempDir()
	files, err := blob.Open(folder, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := lrs.New(lrs.Deps{DB: w.d, Files: files, Home: home})
	v := passing{guest{w, s.Local("guests", "Guests", lrs.ScopeWrite, lrs.ScopeState), new(int)}, s.NewScratch(1 << 20)}
	w.h = lrs.NewHandler(s, slog.New(slog.DiscardHandler)).Behind(func(*http.Request) (lrs.Visit, error) { return v, nil })
	const states = "/xapi/activities/state?activityId=https%3A%2F%2Fexample.org%2Fa&agent=%7B%22mbox%22%3A%22mailto%3Aa%40example.org%22%7D"
	w.want(http.StatusNoContent, call{method: "PUT", target: states + "&stateId=place", body: `{"page":1}`})
	if got := w.want(http.StatusOK, call{method: "GET", target: states + "&stateId=place"}).Body.String(); got != `{"page":1}` {
		t.Errorf("the state is %s", got)
	}
	if got := w.want(http.StatusOK, call{method: "GET", target: states}).Body.String(); got != `["place"]` {
		t.Errorf("the states are %s", got)
	}
	w.want(http.StatusForbidden, call{method: "DELETE", target: states + "&stateId=seed"})
	w.want(http.StatusNoContent, call{method: "DELETE", target: states})
	w.want(http.StatusNotFound, call{method: "GET", target: states + "&stateId=place"})
	text := strings.Repeat("an essay ", 10_000)
	w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: mixed(withAttachments(1, attached(text, "")), binary(text)), header: mixedHeader})
	w.want(http.StatusBadRequest, call{method: "POST", target: "/xapi/statements", body: mixed(withAttachments(1, attached(text, "")), binary("another")), header: mixedHeader})
	for _, table := range []string{"lrs_documents", "lrs_statements", "blob_files"} {
		if err := w.d.View(context.Background(), func(tx *db.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n)
			if n > 0 {
				t.Errorf("%d rows are in %s", n, table)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	if err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is on the disk", name)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// A scratch holds so much, and what does not fit leaves what is there.
func TestAScratchIsBounded(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	s, ctx, k := w.s.NewScratch(10<<10), context.Background(), w.s.Local("courseware", "Courseware", lrs.ScopeProfile)
	p := lrs.Place{Kind: "activity", Activity: "https://example.org/a"}
	put := func(name string, size int) error {
		return s.Put(ctx, k, p, name, lrs.Write{ContentType: "text/plain", Body: make([]byte, size)})
	}
	if err := put("one", 8<<10); err != nil {
		t.Fatal(err)
	}
	if err := put("two", 1<<10); err == nil {
		t.Error("two take more than there is")
	}
	if err := put("one", 4<<10); err != nil {
		t.Errorf("a smaller one in its place: %v", err)
	}
	for i := range 20 { // what is empty takes something, too
		_ = put(fmt.Sprint("empty-", i), 0)
	}
	if names, _, err := s.Documents(ctx, k, p, time.Time{}); err != nil || len(names) != 5 || !slices.Contains(names, "one") {
		t.Errorf("it holds %v, %v", names, err)
	}
}
