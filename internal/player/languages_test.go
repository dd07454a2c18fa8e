package player_test

import (
	"context"
	"slices"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/player/playertest"
)

// inUrdu is the package of SCORM 1.2 in Urdu.
func inUrdu(key string) (*player.Course, map[string]string) {
	c, files := playertest.Scorm12(key)
	c.Title, c.Language, c.Bytes = "علامات", "ur", 3000
	return c, files
}

// bilingual is a desk with a module in English and Urdu.
func bilingual(t *testing.T, d *db.DB) *desk {
	t.Helper()
	k := newDesk(t, d)
	k.shelf.Put(playertest.Scorm12("spotting"))
	k.shelf.Put(inUrdu("spotting"))
	return k
}

func (k *desk) start(lang string) player.Launch {
	k.t.Helper()
	l, err := k.players.Start(as(hers), id.New[id.Operation](), player.Start{Cohort: cohort, Module: "spotting", Language: lang})
	if err != nil || !l.Package {
		k.t.Fatal(l, err)
	}
	return l
}

func (k *desk) speak(a id.Attempt, lang string) player.Launch {
	k.t.Helper()
	l, err := k.players.Speak(as(hers), id.New[id.Operation](), player.Speak{Attempt: a, Language: lang})
	if err != nil || !l.Package {
		k.t.Fatal(l, err)
	}
	return l
}

func (k *desk) cover(lang string) *player.Cover {
	k.t.Helper()
	c, err := k.players.Cover(as(hers), cohort, "spotting", lang)
	if err != nil {
		k.t.Fatal(err)
	}
	return c
}

// does works in an attempt: a unit gets that status of SCORM 1.2.
func (k *desk) does(a id.Attempt, unit, status string) player.Kept {
	k.t.Helper()
	o, err := k.players.Open(as(hers), id.New[id.Operation](), player.OpenRun{Attempt: a, TakeOver: true})
	if err != nil {
		k.t.Fatal(err)
	}
	return k.accept(o, set(1, unit, "cmi.core.lesson_status", status, "cmi.suspend_data", status))
}

// completions are the facts that the module was completed.
func (k *desk) completions() (out []pathway.Fact) {
	for _, f := range k.ledger.facts {
		if _, ok := f.Value.(pathway.ModuleCompleted); ok && f.Subject == "spotting" {
			out = append(out, f)
		}
	}
	return out
}

// An officer who reads Urdu finds the module in Urdu, goes over to English, comes
// back to where she was, and completes it once.
func TestAModuleInSeveralLanguagesIsTakenOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := bilingual(t, d)
		// Hers if there is one, its base language's, or the module's first.
		for wish, want := range map[string]string{"ur": "ur", "ur-PK": "ur", "en-GB": "en", "ps": "en", "": "en"} {
			c := k.cover(wish)
			if c.Course.Language != want || c.State != "" || len(c.Languages) != 2 || c.Title[want] == "" {
				t.Errorf("who reads %q finds %s: %+v", wish, c.Course.Language, c)
			}
		}
		left, err := k.players.LeftOf(as(hers), hers, cohort, "ur", []string{"spotting"})
		if err != nil || len(left) != 1 || left[0].Title["ur"] != "علامات" || left[0].Bytes != 3000 {
			t.Errorf("her list shows %+v, %v", left, err)
		}

		urdu := k.start("ur")
		k.does(urdu.Attempt, "INTRO", "completed")
		if again := k.start("en"); again.Attempt != urdu.Attempt {
			t.Error("beginning in another language began anew, unasked")
		}
		c := k.cover("en")
		if c.Course.Language != "ur" || c.Attempt != urdu.Attempt || c.Percent != 50 || !c.Languages[1].Here || !c.Languages[1].Begun || c.Languages[0].Begun || c.Languages[0].Bytes != 4000 {
			t.Errorf("the cover shows %+v", c)
		}

		op := id.New[id.Operation]()
		english, err := k.players.Speak(as(hers), op, player.Speak{Attempt: urdu.Attempt, Language: "en"})
		if err != nil || english.Attempt == urdu.Attempt {
			t.Fatal(english, err)
		}
		if again, err := k.players.Speak(as(hers), op, player.Speak{Attempt: urdu.Attempt, Language: "en"}); err != nil || again != english {
			t.Errorf("a resend answered %+v, %v", again, err)
		}
		run, err := k.players.Run(as(hers), english.Attempt)
		if err != nil || run.Course.Language != "en" || len(run.Units) != 0 || run.Attempt.Number != 2 {
			t.Errorf("in English there is %+v, %v", run, err)
		}
		if l := k.start(""); l.Attempt != english.Attempt {
			t.Error("she does not go on where she went over to")
		}
		// Back: what she did is there, and nothing begins.
		if back := k.speak(english.Attempt, "ur"); back.Attempt != urdu.Attempt {
			t.Error("coming back begins anew")
		}
		if l := k.start("en"); l.Attempt != urdu.Attempt {
			t.Error("she does not go on where she came back to")
		}
		where, err := k.players.WhoIsWhere(officerOf(), cohort, "spotting", nil, "", 10)
		if err != nil || len(where) != 1 || where[0].Attempt != urdu.Attempt {
			t.Errorf("staff see %+v, %v", where, err)
		}
		if run, err := k.players.Run(as(hers), urdu.Attempt); err != nil || run.Units["INTRO"].Completion != "completed" {
			t.Errorf("in Urdu there is %+v, %v", run, err)
		}

		// In English again, where she completes it.
		k.speak(urdu.Attempt, "en")
		k.does(english.Attempt, "INTRO", "completed")
		if got := k.does(english.Attempt, "EXAM", "passed"); got.State != player.Passed {
			t.Fatalf("%+v", got)
		}
		if f := k.completions(); len(f) != 1 || f[0].Source != "attempt:"+string(english.Attempt) {
			t.Errorf("the facts say %+v", f)
		}
		if l := k.start("ur"); !l.Review || l.Attempt != english.Attempt {
			t.Errorf("passed in English, it opens as %+v", l)
		}
		c = k.cover("ur")
		if c.State != player.Passed || c.Course.Language != "en" || len(c.Languages) != 0 {
			t.Errorf("the cover shows %+v", c)
		}
		if _, err := k.players.Speak(as(hers), id.New[id.Operation](), player.Speak{Attempt: english.Attempt, Language: "ur"}); !fault.Is(err, fault.Closed) {
			t.Errorf("what is passed changed its language: %v", err)
		}
		if _, err := k.players.Speak(as(hers), id.New[id.Operation](), player.Speak{Attempt: english.Attempt, Language: "ps"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("a language that is not there: %v", err)
		}
	})
}

// What is still on its way from a device counts in the language that it was done in,
// and names the same module.
func TestWhatComesLateFromAnotherLanguageCounts(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := bilingual(t, d)
		urdu := k.start("ur")
		o, err := k.players.Open(as(hers), id.New[id.Operation](), player.OpenRun{Attempt: urdu.Attempt})
		if err != nil {
			t.Fatal(err)
		}
		english := k.speak(urdu.Attempt, "en")
		k.does(english.Attempt, "INTRO", "completed")
		k.accept(o, set(1, "INTRO", "cmi.core.lesson_status", "completed"), set(2, "EXAM", "cmi.core.lesson_status", "passed"))
		if f := k.completions(); len(f) != 1 || f[0].Subject != "spotting" || f[0].Source != "attempt:"+string(urdu.Attempt) {
			t.Errorf("the facts say %+v", f)
		}
		if c := k.cover("en"); c.State != player.Passed || c.Attempt != urdu.Attempt {
			t.Errorf("the cover shows %+v", c)
		}
	})
}

// A language that was taken out of use falls back on another: what she did stays to
// be read, and she begins there.
func TestALanguageTakenOutOfUseFallsBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := bilingual(t, d)
		urdu := k.start("ur")
		k.does(urdu.Attempt, "INTRO", "completed")
		k.shelf.Withdraw("spotting", "ur")
		c := k.cover("ur")
		if c.Course.Language != "en" || c.State != "" || c.Gone != "ur" || len(c.Languages) != 0 {
			t.Errorf("the cover shows %+v", c)
		}
		english := k.start("ur")
		if run, err := k.players.Run(as(hers), english.Attempt); err != nil || english.Attempt == urdu.Attempt || run.Course.Language != "en" {
			t.Errorf("she goes on in %+v, %v", run, err)
		}
		if c := k.cover("ur"); c.Gone != "" || c.Attempt != english.Attempt {
			t.Errorf("the cover shows %+v", c)
		}
		if run, err := k.players.Run(as(hers), urdu.Attempt); err != nil || run.Units["INTRO"].Completion != "completed" {
			t.Errorf("what she did is %+v, %v", run, err)
		}
	})
}

// Staff have her begin anew: what is open in another language is over as well. Moved
// to what is out, she stays in her language.
func TestStaffRuleOnAModuleInSeveralLanguages(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := bilingual(t, d)
		urdu := k.start("ur")
		k.does(urdu.Attempt, "INTRO", "completed")
		english := k.speak(urdu.Attempt, "en")
		k.speak(english.Attempt, "ur")
		rule := func(s player.Step) {
			t.Helper()
			if _, err := k.players.Rule(officerOf(), id.New[id.Operation](), player.Rule{Person: hers, Cohort: cohort, Module: "spotting", Step: s, Reason: "So."}); err != nil {
				t.Fatal(err)
			}
		}
		newer, files := inUrdu("spotting")
		newer.Version = id.New[id.ModuleVersion]()
		k.shelf.Put(newer, files)
		way, err := k.players.WayOf(officerOf(), hers, cohort, "spotting")
		if err != nil || !way.Newer || len(way.Attempts) != 2 || way.Attempts[0].ID != urdu.Attempt || !slices.Contains(way.May, player.Move) {
			t.Fatalf("%+v, %v", way, err)
		}
		rule(player.Move)
		moved := k.start("")
		run, err := k.players.Run(as(hers), moved.Attempt)
		if err != nil || run.Course.Version != newer.Version || run.Units["INTRO"].Completion != "completed" {
			t.Errorf("moved, she is at %+v, %v", run, err)
		}
		rule(player.Restart)
		anew := k.start("")
		run, err = k.players.Run(as(hers), anew.Attempt)
		if err != nil || run.Course.Language != "ur" || len(run.Units) != 0 {
			t.Errorf("anew, she is at %+v, %v", run, err)
		}
		if over := k.speak(anew.Attempt, "en"); over.Attempt == english.Attempt {
			t.Error("what was open in English goes on")
		}
		if n, err := k.players.WayOf(officerOf(), hers, cohort, "spotting"); err != nil || len(n.Attempts) != 5 {
			t.Errorf("%d attempts, %v", len(n.Attempts), err)
		}
		err = d.View(t.Context(), func(tx *db.Tx) error {
			rep, err := journal.Verify(tx, journal.VerifyOptions{Tables: player.Tables()})
			if !rep.OK() || rep.Rows == 0 {
				t.Errorf("%d rows, %v", rep.Rows, rep.Findings)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func officerOf() context.Context {
	return actor.With(context.Background(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: "o", Role: actor.ProgrammeOfficer, Scope: actor.Scope{Programme: "01900000-0000-7000-8000-00000000000a"}}})
}
