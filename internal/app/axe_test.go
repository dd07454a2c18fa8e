package app

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

func TestEveryPageWithAxe(t *testing.T) {
	if testing.Short() {
		t.Skip("a real browser visits every page")
	}
	s := play(t, moments[1].at)
	match := web.Matcher(s.server.Routes())
	who := s.people(t)
	chromium := webtest.Launch(t)
	for _, role := range slices.Sorted(maps.Keys(who)) {
		for _, lang := range []string{"en", "ur"} {
			t.Run(string(role)+"-"+lang, func(t *testing.T) {
				b := s.enter(t, who[role], lang)
				width := map[string]int{"en": 1280, "ur": 360}[lang]
				tab := chromium.Tab(t, s.url, webtest.Look{Width: width, Token: b.Token(), Language: lang})
				for _, stop := range b.Walk("/", webtest.Walk{Match: match, Leave: leave(), Most: 1}) {
					if stop.Status != 200 || !strings.HasPrefix(stop.Header.Get("Content-Type"), "text/html") {
						continue
					}
					tab.Open(stop.Path)
					for _, v := range tab.Axe() {
						t.Errorf("%s: %s", stop.Route, v)
					}
					if n := tab.Overflow(); n > 0 {
						t.Errorf("%s: %d px wider than its window of %d", stop.Route, n, width)
					}
					if os.Getenv("CADRE_SHOTS") != "" {
						tab.Shot(fmt.Sprintf("%s-%s%s", role, lang, strings.NewReplacer("/", "_", "{", "", "}", "", " ", "").Replace(strings.TrimPrefix(stop.Route, "GET "))))
					}
				}
			})
		}
	}
}
