package courseware_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cadre/internal/player"
	"cadre/internal/player/courseware"
)

// allowing is a shelf whose package an officer allows something.
type allowing struct {
	shelf
	held player.Held
}

func (a allowing) Holds(context.Context, string) (player.Held, error) { return a.held, nil }

// directive returns the sources of a directive of a policy.
func directive(policy, name string) []string {
	for d := range strings.SplitSeq(policy, ";") {
		if words := strings.Fields(d); len(words) > 0 && words[0] == name {
			return words[1:]
		}
	}
	return nil
}

func TestWhatAnOfficerAllowsTakesEffect(t *testing.T) {
	run, err := courseware.LoadRuntime()
	if err != nil {
		t.Fatal(err)
	}
	for mode, w := range modes {
		for _, allowed := range []bool{false, true} {
			held := player.Held{Kind: player.Scorm12}
			if allowed {
				held.Hosts, held.Popups = []string{"media.example.org"}, true
			}
			rec := httptest.NewRecorder()
			prefix := ""
			if mode == courseware.Strict {
				prefix = courseware.Prefix
			}
			courseware.New(courseware.Deps{Where: w, Files: allowing{held: held}, Runtime: run}).
				ServeHTTP(rec, httptest.NewRequest("GET", prefix+"/p/"+token+"/lesson.html", nil))
			policy := rec.Header().Get("Content-Security-Policy")
			for _, name := range []string{"default-src", "script-src", "connect-src"} {
				if got := slices.Contains(directive(policy, name), "media.example.org"); got != allowed {
					t.Errorf("%s: allowed %v, and %s is %v", mode, allowed, name, directive(policy, name))
				}
			}
			if slices.Contains(directive(policy, "base-uri"), "media.example.org") {
				t.Errorf("%s: a base elsewhere is allowed", mode)
			}
			if got := strings.Contains(w.Sandbox(held.Popups), "allow-popups"); got != allowed || strings.Contains(w.Sandbox(true), "escape") {
				t.Errorf("%s: allowed %v, and the frame's sandbox is %s", mode, allowed, w.Sandbox(held.Popups))
			}
			if got := slices.Contains(directive(policy, "sandbox"), "allow-popups"); got != (allowed && mode == courseware.Strict) {
				t.Errorf("%s: allowed %v, and the policy's sandbox is %v", mode, allowed, directive(policy, "sandbox"))
			}
		}
	}
}

// opening opens every ticket, and keeps nothing.
type opening struct{}

func (opening) OpenTicket(context.Context, string) (*player.Ticketed, error) {
	return &player.Ticketed{Run: &player.Run{Course: &player.Course{Title: "T", Language: "en"}}, Opened: &player.Opened{Path: token}}, nil
}

func (opening) Accept(context.Context, player.Batch) (player.Kept, error) { return player.Kept{}, nil }

// In a window of its own a package has no frame above it whose sandbox it could
// inherit: the page itself has one, in every mode.
func TestAWindowOfItsOwnHasASandbox(t *testing.T) {
	run, err := courseware.LoadRuntime()
	if err != nil {
		t.Fatal(err)
	}
	for mode, w := range modes {
		for _, held := range []player.Held{
			{Kind: player.Scorm12}, {Kind: player.Scorm12, Popups: true}, {Kind: player.Scorm2004}, {Kind: player.H5P}, {Kind: player.H5P, Popups: true},
		} {
			rec := httptest.NewRecorder()
			prefix := ""
			if mode == courseware.Strict {
				prefix = courseware.Prefix
			}
			courseware.New(courseware.Deps{Where: w, Files: allowing{held: held}, Runtime: run, Launches: opening{}}).
				ServeHTTP(rec, httptest.NewRequest("GET", prefix+"/o/"+token+"/ticket", nil))
			if rec.Code != 200 {
				t.Fatalf("%s, %+v: %d %s", mode, held, rec.Code, rec.Body)
			}
			sandbox := directive(rec.Header().Get("Content-Security-Policy"), "sandbox")
			if !slices.Contains(sandbox, "allow-scripts") || slices.Contains(sandbox, "allow-popups") != held.Popups ||
				slices.Contains(sandbox, "allow-same-origin") != (mode != courseware.Strict) || strings.Contains(strings.Join(sandbox, " "), "top-navigation") {
				t.Errorf("%s, %+v: its sandbox is %v", mode, held, sandbox)
			}
		}
	}
}
