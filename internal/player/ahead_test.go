package player_test

import (
	"slices"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
)

// A package that was taken out of use leads nobody in a circle: the page before it says
// so, whether she is at it or has passed, and nothing of it is fetched beforehand.
func TestWhatIsTakenOutOfUseIsSaidBeforeItIsOpened(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := bilingual(t, d)
		under := k.start("en")
		in := player.Start{Cohort: cohort, Module: "spotting"}
		if c := k.cover("en"); c.NotOpen != nil {
			t.Errorf("what is in use is shut: %v", c.NotOpen)
		}
		if a, err := k.players.Ahead(as(hers), in); err != nil || len(a.Files) == 0 {
			t.Errorf("of what is in use there is fetched %+v, %v", a, err)
		}
		shut := func(when string) {
			t.Helper()
			if c := k.cover("en"); !fault.Is(c.NotOpen, fault.Closed) || c.NotOpen.Error() == "" {
				t.Errorf("%s, the cover shows %+v", when, c)
			}
			if _, err := k.players.Ahead(as(hers), in); !fault.Is(err, fault.Closed) {
				t.Errorf("%s, fetching is answered with %v", when, err)
			}
			if _, err := k.players.Open(as(hers), id.New[id.Operation](), player.OpenRun{Attempt: under.Attempt, TakeOver: true}); !fault.Is(err, fault.Closed) {
				t.Errorf("%s, opening is answered with %v", when, err)
			}
		}
		k.shelf.Withdraw("spotting", "ur")
		if c := k.cover("en"); c.NotOpen != nil {
			t.Errorf("with another language gone, hers is shut: %v", c.NotOpen)
		}
		o, err := k.players.Open(as(hers), id.New[id.Operation](), player.OpenRun{Attempt: under.Attempt})
		if err != nil {
			t.Fatal(err)
		}
		k.shelf.Withdraw("spotting", "en")
		shut("under way")
		k.accept(o, set(1, "INTRO", "cmi.core.lesson_status", "completed"), set(2, "EXAM", "cmi.core.lesson_status", "passed"))
		if c := k.cover("en"); c.State != player.Passed {
			t.Fatalf("%+v", c)
		}
		shut("passed")
	})
}

// What is opened both with parameters and without is fetched under each address.
func TestEachAddressThatAUnitIsOpenedWithIsFetched(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		units := func(hrefs ...string) (out []player.Unit) {
			for _, h := range hrefs {
				out = append(out, player.Unit{ID: h, Title: h, Href: h})
			}
			return out
		}
		k.shelf.Put(&player.Course{
			Key: "spotting", Kind: player.Scorm12, Title: "Spotting", Language: "en", Bytes: 10,
			Units: units("index.html", "index.html?chapter=2", "index.html#three", "index.html?chapter=2#b", "part 2/two.html?a", "../elsewhere.html", "plain%20page.html"),
		}, map[string]string{"index.html": "", "part 2/two.html": "", "plain page.html": "", "look.css": ""})
		a, err := k.players.Ahead(as(hers), player.Start{Cohort: cohort, Module: "spotting"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range a.Files {
			got = append(got, f.Address)
		}
		slices.Sort(got)
		if want := []string{"index.html", "index.html?chapter=2", "look.css", "part%202/two.html?a", "plain page.html"}; !slices.Equal(got, want) {
			t.Errorf("fetched are %q, want %q", got, want)
		}
	})
}
