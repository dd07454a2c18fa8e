package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/mail"
	"cadre/internal/people"
)

// KindSweep is the kind of the recurring job.
const KindSweep = "notify.sweep"

// Interval is the time between two sweeps, in domain time.
const Interval = time.Hour

// Horizon is how far ahead of a deadline the earliest warning may be.
const Horizon = 60 * 24 * time.Hour

// Due is something that somebody has not done yet.
type Due struct {
	Person id.Person
	Cohort id.Cohort
	Stage  string
	// At is the deadline, extension included.
	At time.Time
	// WarnDays are the days before it on which the blueprint wants her reminded.
	WarnDays []int
}

// Standings finds what is due; the composition root connects it to pathway.
type Standings interface {
	// DueBetween lists what is not done and due from from until before until, of
	// people who take part or may. At most limit, ordered; after is the last of
	// the page before, or the zero Due.
	DueBetween(tx *db.Tx, from, until time.Time, after Due, limit int) ([]Due, error)
}

// Outcome is what became of a reminder.
type Outcome string

// The outcomes.
const (
	Mailed  Outcome = "mailed"   // queued; package mail knows whether it went out
	NoRoute Outcome = "no-route" // no address of her own: somebody has to ring her
)

// Reminder is one reminder as noted.
type Reminder struct {
	Cohort  id.Cohort
	Person  id.Person
	Stage   string
	Due     time.Time
	Days    int
	Outcome Outcome
	At      time.Time
	// Message is the mail, where there is one, and Mail how far it has come.
	Message id.Message
	Mail    mail.Status
}

// Service sends reminders.
type Service struct {
	db        *db.DB
	standings Standings
	url       string
	log       *slog.Logger
}

// New returns a service whose mails lead to url, the instance's address.
func New(d *db.DB, s Standings, url string, log *slog.Logger) *Service {
	return &Service{d, s, url, log}
}

// Register makes the pool sweep.
func (s *Service) Register(p *job.Pool) { p.Every(KindSweep, Interval, s.sweep) }

// page bounds the reminders decided in one transaction.
const page = 50

func (s *Service) sweep(ctx context.Context, j *job.Job) error {
	if _, err := s.Sweep(ctx); err != nil {
		return err
	}
	return s.db.Update(ctx, db.Main, j.Complete)
}

// Sweep decides every reminder whose day has come and returns how many it noted.
// Doing it twice, or on two instances at once, notes nothing twice.
func (s *Service) Sweep(ctx context.Context) (noted int, err error) {
	var after Due
	for {
		var due []Due
		n := 0
		err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
			n = 0
			var err error
			if due, err = s.standings.DueBetween(tx, tx.Now(), tx.Now().Add(Horizon), after, page); err != nil {
				return err
			}
			for _, d := range due {
				ok, err := s.remind(tx, d)
				if err != nil {
					return err
				}
				if ok {
					n++
				}
			}
			return nil
		})
		if err != nil {
			return noted, err
		}
		noted += n
		if len(due) < page {
			break
		}
		after = due[len(due)-1]
	}
	if noted > 0 {
		s.log.Info("reminders", "noted", noted)
	}
	return noted, nil
}

// remind notes the reminder of d whose day it is, if it is one and is not noted.
func (s *Service) remind(tx *db.Tx, d Due) (bool, error) {
	days, ok := warning(d, tx.Now())
	if !ok {
		return false, nil
	}
	r := Reminder{Cohort: d.Cohort, Person: d.Person, Stage: d.Stage, Due: d.At, Days: days, Outcome: NoRoute, At: tx.Now()}
	known, err := noted(tx, r)
	if err != nil || known {
		return false, err
	}
	address, err := ownAddress(tx, d.Person)
	if err != nil {
		return false, err
	}
	if address != "" {
		prefs, err := people.PreferencesOf(tx, d.Person)
		if err != nil {
			return false, err
		}
		if r.Message, err = mail.Send(tx, letter(i18n.For(prefs.Prefs()), d, address, s.url)); err != nil {
			return false, err
		}
		r.Outcome = Mailed
	}
	return true, note(tx, r)
}

// warning returns the days of the latest warning whose time has come: someone
// who becomes a participant three days before a deadline is warned once, not
// three times.
func warning(d Due, now time.Time) (int, bool) {
	days := slices.Clone(d.WarnDays)
	slices.Sort(days)
	for _, n := range days {
		if !now.Before(d.At.Add(-time.Duration(n) * 24 * time.Hour)) {
			return n, true
		}
	}
	return 0, false
}

// letter says that something is due, and nothing of what.
func letter(l *i18n.Localizer, d Due, address, url string) mail.Message {
	dir := mail.LeftToRight
	if l.Dir() == "rtl" {
		dir = mail.RightToLeft
	}
	return mail.Message{
		Person: d.Person, Address: address, Language: l.Lang(), Direction: dir,
		Subject: l.T("notify.subject"),
		Paragraphs: []string{
			l.T("notify.greeting"),
			l.T("notify.due", "day", civil.Of(d.At.Add(-time.Microsecond), l.Location())),
			url,
			l.T("notify.more-time"),
			l.T("notify.ignore"),
		},
	}
}

// ownAddress returns a mail address that is hers alone, or "".
func ownAddress(tx *db.Tx, p id.Person) (string, error) {
	all, err := people.ContactsOf(tx, p)
	if err != nil {
		return "", err
	}
	for _, c := range all {
		if c.Kind == people.Email && c.Holder == people.Own {
			return c.Value, nil
		}
	}
	return "", nil
}

func noted(tx *db.Tx, r Reminder) (bool, error) {
	var one int
	err := tx.QueryRow(`SELECT 1 FROM notify_reminders WHERE person = ?1 AND cohort = ?2 AND stage = ?3 AND due_at = ?4 AND days = ?5`,
		r.Person, r.Cohort, r.Stage, db.Micros(r.Due), r.Days).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func note(tx *db.Tx, r Reminder) error {
	_, err := tx.Exec(`INSERT INTO notify_reminders (id, person, cohort, stage, due_at, days, outcome, message, at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
		id.New[string](), r.Person, r.Cohort, r.Stage, db.Micros(r.Due), r.Days, r.Outcome, r.Message, db.Micros(r.At))
	return err
}

// About lists the reminders of one person in a cohort, newest first, at most fifty:
// what an officer sees beside a missed deadline.
func About(tx *db.Tx, cohort id.Cohort, p id.Person) ([]Reminder, error) {
	return read(tx, `SELECT person, stage, due_at, days, outcome, message, at FROM notify_reminders
		WHERE cohort = ?1 AND person = ?2 ORDER BY at DESC, id DESC LIMIT 50`, cohort, p)
}

// Latest returns for each of some people the last reminder in a cohort.
func Latest(tx *db.Tx, cohort id.Cohort, who ...id.Person) (map[id.Person]Reminder, error) {
	out := map[id.Person]Reminder{}
	if len(who) == 0 {
		return out, nil
	}
	marks, args := make([]string, len(who)), []any{cohort}
	for i, p := range who {
		args = append(args, p)
		marks[i] = fmt.Sprintf("?%d", len(args))
	}
	all, err := read(tx, `SELECT r.person, r.stage, r.due_at, r.days, r.outcome, r.message, r.at FROM notify_reminders r
		WHERE r.cohort = ?1 AND r.person IN (`+strings.Join(marks, ", ")+`)
			AND r.id = (SELECT x.id FROM notify_reminders x WHERE x.person = r.person AND x.cohort = r.cohort ORDER BY x.at DESC, x.id DESC LIMIT 1)`, args...)
	for _, r := range all {
		out[r.Person] = r
	}
	return out, err
}

func read(tx *db.Tx, query string, args ...any) ([]Reminder, error) {
	out, err := db.Collect(tx, func(r *db.Rows) (Reminder, error) {
		x := Reminder{Cohort: args[0].(id.Cohort)}
		var due, at int64
		err := r.Scan(&x.Person, &x.Stage, &due, &x.Days, &x.Outcome, &x.Message, &at)
		x.Due, x.At = db.Time(due), db.Time(at)
		return x, err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	sent := make([]id.Message, len(out))
	for i, r := range out {
		sent[i] = r.Message
	}
	all, err := mail.Statuses(tx, sent...)
	for i, r := range out {
		out[i].Mail = all[r.Message]
	}
	return out, err
}

// Tables declares the tables of this package.
func Tables() []db.Table {
	return []db.Table{{
		Name: "notify_reminders", Owner: "notify", Person: "person",
		Purpose: "Which reminders were decided, so that none comes twice and an officer sees whether one reached her.",
		Keep:    "A year after the cohort ends.", Erase: db.EraseDelete,
	}}
}
