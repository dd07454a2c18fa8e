package cohort_test

import (
	"strings"
	"testing"
	"time"

	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/mail"
	"cadre/internal/people"
)

// warned has one reminder for everybody.
type warned struct{ at time.Time }

func (w warned) one() cohort.Warning {
	return cohort.Warning{Stage: "foundation", Due: w.at.Add(72 * time.Hour), At: w.at, Mail: mail.Sent}
}

func (w warned) Latest(_ *db.Tx, _ id.Cohort, who ...id.Person) (map[id.Person]cohort.Warning, error) {
	out := map[id.Person]cohort.Warning{}
	for _, p := range who {
		out[p] = w.one()
	}
	return out, nil
}

func (w warned) About(*db.Tx, id.Cohort, id.Person) ([]cohort.Warning, error) {
	return []cohort.Warning{w.one()}, nil
}

// The programme officer sends word by e-mail to an address that is hers alone. It is
// neutral and in her language, counts as an attempt that reached nobody, and goes out
// once.
func TestWordGoesByMailAndCountsAsNotKnown(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		w.Service = cohort.New(cohort.Deps{DB: d, Reads: reads{}, URL: "https://cadre.example", Warnings: warned{dbtest.Start}})
		enter := func(name, value string, holder people.Holder) cohort.Proposed {
			through := ""
			if holder == people.Through {
				through = "her brother"
			}
			p, err := w.Propose(w.officer, op(), cohort.Proposal{
				Cohort: w.cohort, Quota: w.quota["fia"], Basis: cohort.Paper, New: &people.NewPerson{
					Sex: people.Female, Names: []people.NewName{{Written: name}}, Preferences: people.Preferences{Language: "ur", Zone: "Asia/Karachi"},
					Contacts: []people.Contact{{Kind: people.Email, Value: value, Holder: holder, Through: through}},
				},
			})
			w.must(err)
			_, err = w.Decide(w.officer, op(), cohort.Deciding{Nomination: p.Nomination, Decision: cohort.Chosen})
			w.must(err)
			return p
		}
		hers, shared := enter("Saima Iqbal", "saima@example.org", people.Own), enter("Uzma Tariq", "station@example.org", people.Common)

		_, err := w.Mail(w.officer, op(), shared.Nomination)
		wantKind(t, "to an address that others read", err, fault.Conflict)
		_, err = w.Mail(w.focal, op(), hers.Nomination)
		if err == nil {
			t.Error("a focal point sent word")
		}
		one := op()
		first, err := w.Mail(w.officer, one, hers.Nomination)
		w.must(err)
		again, err := w.Mail(w.officer, one, hers.Nomination)
		if err != nil || again != first {
			t.Errorf("sent again: %s, %v", again, err)
		}
		w.view(func(tx *db.Tx) error {
			var n int
			var address, language, dir, text string
			err := tx.QueryRow(`SELECT COUNT(*), MAX(address), MAX(language), MAX(direction), MAX(subject || ' ' || paragraphs) FROM mail_messages`).Scan(&n, &address, &language, &dir, &text)
			if n != 1 || address != "saima@example.org" || language != "ur" || dir != "rtl" || !strings.Contains(text, "https://cadre.example") {
				t.Errorf("%d to %s in %s, %s: %s", n, address, language, dir, text)
			}
			for _, word := range []string{"traffick", "smuggl", "coach", "FIA", "police", "انسانی", "کوچ", "پولیس", "ایف آئی اے", "تفتیش"} {
				if strings.Contains(text, word) {
					t.Errorf("the mail says %q: %s", word, text)
				}
			}
			return err
		})
		x, err := w.Nomination(w.officer, hers.Nomination, "en")
		w.must(err)
		if len(x.Reaches) != 1 || x.Reaches[0].Channel != "mail" || x.Reaches[0].Outcome != cohort.Unknown || x.Reaches[0].Mail != mail.Queued {
			t.Errorf("recorded as %+v", x.Reaches)
		}
		if len(x.Warnings) != 1 || x.Balance.Total.Places() == 0 || x.Balance.Total.By[cohort.Offered] != 2 {
			t.Errorf("beside it: %+v, %+v", x.Warnings, x.Balance.Total)
		}
		if x, err := w.Nomination(w.focal, hers.Nomination, "en"); err != nil || len(x.Warnings) != 0 || len(x.Reaches) != 0 || x.Balance.Total.By != nil {
			t.Errorf("her agency sees %+v, %+v, %+v, %v", x.Warnings, x.Reaches, x.Balance, err)
		}
		l, err := w.Doubts(w.officer, w.cohort, cohort.InDoubt{}, "en")
		w.must(err)
		for _, x := range l.List {
			if x.Warned.Mail != mail.Sent || (x.Last.Mail == mail.Queued) != (x.Person == hers.Person) {
				t.Errorf("in doubt: warned %+v, last %+v", x.Warned, x.Last)
			}
		}
		if len(l.List) != 2 {
			t.Errorf("%d in doubt", len(l.List))
		}
		// Neither an e-mail nor a reminder shows that word came to her.
		forfeit := cohort.Releasing{Nomination: hers.Nomination, Act: cohort.Forfeit, Cause: "deadline-missed"}
		_, err = w.Release(w.officer, op(), forfeit)
		wantKind(t, "a place taken on the strength of an e-mail", err, fault.Conflict)
		_, err = w.Reached(w.officer, op(), cohort.Reach{Nomination: hers.Nomination, Channel: "mail", Outcome: cohort.Seen})
		w.must(err)
		_, err = w.Release(w.officer, op(), forfeit)
		w.must(err)
	})
}
