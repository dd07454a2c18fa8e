package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/mail"
	"cadre/internal/notify"
	"cadre/internal/people"
)

var (
	ctx    = actor.With(context.Background(), actor.Actor{Timer: notify.KindSweep})
	cohort = id.New[id.Cohort]()
	// deadline is what everybody in these tests has to meet.
	deadline = dbtest.Start.Add(10 * 24 * time.Hour)
)

// standings answers from a list, as pathway does from its table.
type standings []notify.Due

func (s standings) DueBetween(_ *db.Tx, from, until time.Time, after notify.Due, limit int) ([]notify.Due, error) {
	out := []notify.Due{}
	passed := after.Person == ""
	for _, d := range s {
		if passed && !d.At.Before(from) && d.At.Before(until) && len(out) < limit {
			out = append(out, d)
		}
		passed = passed || d.Person == after.Person
	}
	return out, nil
}

// women enters n of them, with an address of the kind of holder, reading Urdu.
func women(t *testing.T, d *db.DB, n int, holder people.Holder) standings {
	t.Helper()
	journal.Attach(d)
	var out standings
	err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = nil
		for i := range n {
			p, err := people.Enter(tx, people.NewPerson{
				Sex: people.Female, Names: []people.NewName{{Written: "Ayesha Kanwal"}},
				Contacts:    []people.Contact{{Kind: people.Email, Value: fmt.Sprintf("p%d@example.org", i), Holder: holder, Through: through(holder)}},
				Preferences: people.Preferences{Language: "ur", Zone: "Asia/Karachi"},
			})
			if err != nil {
				return err
			}
			out = append(out, notify.Due{Person: p, Cohort: cohort, Stage: "foundation", At: deadline, WarnDays: []int{7, 3, 1}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func through(h people.Holder) string {
	if h == people.Through {
		return "her brother"
	}
	return ""
}

func about(t *testing.T, d *db.DB, p id.Person) []notify.Reminder {
	t.Helper()
	var out []notify.Reminder
	if err := d.View(ctx, func(tx *db.Tx) (err error) { out, err = notify.About(tx, cohort, p); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

func sweep(t *testing.T, d *db.DB, s standings) int {
	t.Helper()
	n, err := notify.New(d, s, "https://cadre.example", slog.New(slog.DiscardHandler)).Sweep(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEachWarningComesOnceOnItsDay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := women(t, d, 1, people.Own)
		want := 0
		for day := range 10 { // an hourly sweep for ten days
			if day == 3 || day == 7 || day == 9 {
				want++
			}
			for range 24 {
				sweep(t, d, s)
				dbtest.Clock(d).Advance(time.Hour)
			}
			if got := len(about(t, d, s[0].Person)); got != want {
				t.Fatalf("after day %d: %d reminders, want %d", day, got, want)
			}
		}
	})
}

// Whoever decides about a place sees of many what became of the last reminder.
func TestTheLastReminderOfMany(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := women(t, d, 2, people.Own)
		s = append(s, women(t, d, 1, people.Common)...)
		for _, days := range []int{7, 3} {
			dbtest.Clock(d).Set(deadline.Add(-time.Duration(days) * 24 * time.Hour))
			sweep(t, d, s)
		}
		var got map[id.Person]notify.Reminder
		if err := d.View(ctx, func(tx *db.Tx) (err error) {
			got, err = notify.Latest(tx, cohort, s[0].Person, s[2].Person)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if r := got[s[0].Person]; len(got) != 2 || r.Days != 3 || r.Outcome != notify.Mailed || r.Mail != mail.Queued || r.Person != s[0].Person {
			t.Errorf("%+v", got)
		}
		if r := got[s[2].Person]; r.Days != 3 || r.Outcome != notify.NoRoute || r.Mail != "" {
			t.Errorf("who has no address of her own: %+v", r)
		}
	})
}

func TestWhoComesLateIsWarnedOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := women(t, d, 1, people.Own)
		dbtest.Clock(d).Set(deadline.Add(-36 * time.Hour))
		if n := sweep(t, d, s); n != 1 {
			t.Errorf("%d reminders at once, want 1", n)
		}
	})
}

func TestTheMailIsNeutralAndInHerLanguage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := women(t, d, 1, people.Own)
		dbtest.Clock(d).Set(deadline.Add(-3 * 24 * time.Hour))
		sweep(t, d, s)
		var lang, dir, subject, text string
		if err := d.View(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT language, direction, subject, paragraphs FROM mail_messages`).Scan(&lang, &dir, &subject, &text)
		}); err != nil {
			t.Fatal(err)
		}
		if lang != "ur" || dir != "rtl" {
			t.Errorf("language %s, direction %s", lang, dir)
		}
		for _, word := range []string{"traffick", "smuggl", "coach", "FIA", "police", "انسانی", "کوچ", "پولیس", "foundation"} {
			if strings.Contains(subject+text, word) {
				t.Errorf("the mail says %q:\n%s\n%s", word, subject, text)
			}
		}
		if !strings.Contains(text, "https://cadre.example") {
			t.Errorf("the mail leads nowhere:\n%s", text)
		}
	})
}

func TestAMachineUsesNoAddressThatOthersRead(t *testing.T) {
	for _, holder := range []people.Holder{people.Common, people.Through} {
		t.Run(string(holder), func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				s := women(t, d, 1, holder)
				dbtest.Clock(d).Set(deadline.Add(-3 * 24 * time.Hour))
				sweep(t, d, s)
				got := about(t, d, s[0].Person)
				if len(got) != 1 || got[0].Outcome != notify.NoRoute || got[0].Message != "" {
					t.Errorf("noted %+v", got)
				}
			})
		})
	}
}

func TestTwoInstancesRemindOnceAndMissNobody(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := women(t, d, 130, people.Own)
		dbtest.Clock(d).Set(deadline.Add(-3 * 24 * time.Hour))
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() { defer wg.Done(); sweep(t, d, s) }()
		}
		wg.Wait()
		var mails int
		if err := d.View(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM mail_messages`).Scan(&mails)
		}); err != nil {
			t.Fatal(err)
		}
		if mails != 130 {
			t.Errorf("%d mails for 130 people", mails)
		}
	})
}
