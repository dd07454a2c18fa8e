package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"cadre/internal/i18n"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/web/webtest"
)

// A session's cookie is Secure and bears the prefix that keeps scripts off it.
// Browsers take such a cookie over plain http from this machine alone; without
// that the demo could not be signed in to.
func TestARealBrowserKeepsTheSession(t *testing.T) {
	var site *webtest.Site
	form := ui.NewForm("sign-in", "/sign-in")
	site = webtest.Start(t, nil,
		route("GET", "/sign-in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, page(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				if _, err := io.WriteString(w, "<h1>Sign in</h1>"); err != nil {
					return err
				}
				return ui.FormBody(form).Render(templ.WithChildren(ctx, ui.Button("Sign in", ui.Primary)), w)
			})))
		}),
		route("POST", "/sign-in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
			web.SignIn(w, site.Sessions.Add(ayesha, i18n.Prefs{}, ayesha.Grant), 0)
			return web.See(w, r, "/")
		}),
		route("GET", "/", web.SignedIn, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, page(words("<h1>Home</h1>")))
		}),
		route("POST", "/sign-out", web.SignedIn, func(w http.ResponseWriter, r *http.Request) error {
			web.SignOut(w, false)
			return web.See(w, r, "/sign-in")
		}),
	)
	chromium := webtest.Launch(t)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		t.Run(host, func(t *testing.T) {
			base := strings.Replace(site.URL, "127.0.0.1", host, 1)
			tab := chromium.Tab(t, base, webtest.Look{})
			tab.Open("/").Press("#sign-in button")
			if !strings.Contains(tab.Text(), "Home") {
				t.Fatalf("not signed in: %s", tab.Text())
			}
			if c := webtest.Ask[string](tab, "document.cookie"); c != "" {
				t.Errorf("scripts see %q", c)
			}
			// A script of the page can neither write the session's cookie nor read it.
			webtest.Ask[string](tab, fmt.Sprintf("document.cookie = %q", web.Cookie+"=stolen; Secure; Path=/"))
			tab.Open("/")
			if !strings.Contains(tab.Text(), "Home") {
				t.Error("a script changed the session")
			}
			tab.Press("form[action='/sign-out'] button")
			tab.Open("/")
			if !strings.Contains(tab.Text(), "Sign in") {
				t.Errorf("still signed in: %s", tab.Text())
			}
		})
	}
}
