package cohort

import (
	"context"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/mail"
	"cadre/internal/people"
)

// Warning is a reminder of a deadline that the program sent, or could not send.
type Warning struct {
	Stage string
	Due   time.Time
	At    time.Time
	// Mail is how far its e-mail has come; empty where she has no address of her own,
	// so that somebody has to ring her. Sent does not say that she read it.
	Mail mail.Status
}

// Warnings knows which reminders went to whom; package notify does.
type Warnings interface {
	// Latest returns for each of some people the last reminder in a cohort, if there
	// is one.
	Latest(tx *db.Tx, cohort id.Cohort, who ...id.Person) (map[id.Person]Warning, error)
	// About returns the reminders of one person in a cohort, the last first.
	About(tx *db.Tx, cohort id.Cohort, p id.Person) ([]Warning, error)
}

// Mail sends an officer word by e-mail: that there is a message, and where. It goes to
// an address that is hers alone, in her language, and names neither the subject nor
// the agency. It is recorded as an attempt whose outcome is not known; what comes of
// it is recorded after it.
func (s *Service) Mail(ctx context.Context, op id.Operation, nomination id.Nomination) (id.Reach, error) {
	return once(ctx, s, op, "cohort.mailed", func(tx *db.Tx) (id.Reach, error) {
		n, _, err := load(tx, access.Record, access.Readiness, nomination)
		if err != nil {
			return "", err
		}
		contacts, err := people.ContactsOf(tx, n.Person)
		if err != nil {
			return "", err
		}
		address := OwnAddress(contacts)
		if address == "" {
			return "", fault.New(fault.Conflict, "cohort.no-own-address", nil)
		}
		prefs, err := people.PreferencesOf(tx, n.Person)
		if err != nil {
			return "", err
		}
		m, err := mail.Send(tx, s.word(i18n.For(prefs.Prefs()), n.Person, address))
		if err != nil {
			return "", err
		}
		return s.tried(tx, n, Reach{Channel: "mail", Outcome: Unknown, At: tx.Now(), Message: m})
	})
}

// OwnAddress returns an e-mail address that is hers alone, or nothing.
func OwnAddress(cs []people.Contact) string {
	i := slices.IndexFunc(cs, func(c people.Contact) bool { return c.Kind == people.Email && c.Holder == people.Own })
	if i < 0 {
		return ""
	}
	return cs[i].Value
}

// word is the e-mail: phones are shared, and it says nothing of what it is about.
func (s *Service) word(l *i18n.Localizer, p id.Person, address string) mail.Message {
	m := mail.Message{
		Person: p, Address: address, Language: l.Lang(), Direction: mail.LeftToRight,
		Subject: l.T("cohort.mail-subject"), Paragraphs: []string{l.T("cohort.message-text")},
	}
	if l.Dir() == "rtl" {
		m.Direction = mail.RightToLeft
	}
	if s.url != "" {
		m.Paragraphs = append(m.Paragraphs, s.url)
	}
	m.Paragraphs = append(m.Paragraphs, l.T("cohort.mail-ignore"))
	return m
}

// tried writes an attempt down.
func (s *Service) tried(tx *db.Tx, n Nomination, in Reach) (id.Reach, error) {
	rid := id.New[id.Reach]()
	if _, err := tx.Exec(`INSERT INTO cohort_contacts (id, nomination, person, channel, outcome, note, actor, at, message, position)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, COALESCE(MAX(position), 0) + 1 FROM cohort_contacts WHERE nomination = ?2`,
		rid, n.ID, n.Person, in.Channel, in.Outcome, cut(in.Note), tx.Actor().ID(), db.Micros(in.At), in.Message); err != nil {
		return "", err
	}
	if in.Outcome.Reached() {
		if _, err := tx.Exec(`UPDATE cohort_seats SET reached = 1 WHERE nomination = ?1`, n.ID); err != nil {
			return "", err
		}
	}
	return rid, journal.Append(tx, journal.Entry{
		Kind: "cohort.reached", Version: 1, Scope: scope(n.Cohort), Subject: string(n.ID),
		Body: reached{rid, in.Channel, in.Outcome},
	})
}

// fates adds how far e-mails have come.
func fates(tx *db.Tx, rs []Reach) error {
	sent := make([]id.Message, len(rs))
	for i, r := range rs {
		sent[i] = r.Message
	}
	all, err := mail.Statuses(tx, sent...)
	for i, r := range rs {
		rs[i].Mail = all[r.Message]
	}
	return err
}
