package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/player"
	"cadre/internal/web"
)

// Whoever works in a unit that speaks xAPI stays signed in on a borrowed device, though
// she opens no page all the while; an open page that only asks what is saved does not
// keep her so.
func TestWorkInAUnitKeepsHerSignedIn(t *testing.T) {
	now := clock.NewFake(time.Now())
	h := inHouseAt(t, now)
	data := zipped(t, "tincan.xml", tincanOf, "index.html", `<!doctype html><meta charset="utf-8"><title>Spotting</title>`)
	_, err := h.Content.ImportPackage(app.AsOperator(context.Background()), op(), content.ImportPackage{
		Key: "tip", File: bytes.NewReader(data), Size: int64(len(data)), Publish: true,
	})
	must(t, err)
	p, c, _ := h.enrolled(t)
	link, err := h.Access.Invite(app.AsOperator(context.Background()), op(), access.Invitee{Person: p, ByLink: true})
	must(t, err)
	entered, err := h.Access.SignIn(context.Background(), access.Try{Link: link.Link})
	must(t, err)
	v, in, err := h.Access.Visit(context.Background(), entered.Token)
	must(t, err)
	if !in || v.Own {
		t.Fatalf("signed in %v, on her own device %v", in, v.Own)
	}
	her := actor.With(context.Background(), v.Actor)
	l, err := h.Player.Start(her, op(), player.Start{Cohort: c, Module: "tip"})
	must(t, err)
	o, err := h.Player.OpenUnit(her, op(), player.OpenUnit{Attempt: l.Attempt})
	must(t, err)
	at, err := url.Parse(o.URL)
	must(t, err)
	q := at.Query()
	says := func() {
		t.Helper()
		body, err := json.Marshal(map[string]any{
			"actor": json.RawMessage(q.Get("actor")), "verb": map[string]any{"id": "http://adlnet.gov/expapi/verbs/experienced"},
			"object": map[string]any{"id": q.Get("activity_id")}, "context": map[string]any{"registration": q.Get("registration")},
		})
		must(t, err)
		r, err := http.NewRequestWithContext(context.Background(), "POST", q.Get("endpoint")+"statements", bytes.NewReader(body))
		must(t, err)
		r.Header.Set("Authorization", q.Get("auth"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Experience-API-Version", "1.0.3")
		resp, err := http.DefaultClient.Do(r)
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("the unit is answered %s", resp.Status)
		}
	}
	for range 3 {
		now.Advance(access.BorrowedIdle - time.Minute)
		says()
	}
	if _, in, err = h.Access.Visit(context.Background(), entered.Token); err != nil || !in {
		t.Fatalf("after an hour and a half of work: signed in %v, %v", in, err)
	}
	for range 3 {
		now.Advance(access.BorrowedIdle / 3)
		r, err := http.NewRequestWithContext(context.Background(), "GET", h.url+"/launch-saved", nil)
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+o.Pass)
		r.AddCookie(&http.Cookie{Name: web.Cookie, Value: entered.Token, Secure: true, HttpOnly: true})
		resp, err := http.DefaultClient.Do(r)
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("the frame is answered %s", resp.Status)
		}
	}
	if _, in, err = h.Access.Visit(context.Background(), entered.Token); err != nil || in {
		t.Errorf("after half an hour of an open page: signed in %v, %v", in, err)
	}
}
