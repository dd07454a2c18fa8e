package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/job"
)

type delivery struct {
	Message id.Message `json:"message"`
}

// Letter is a message on its way to a [Transport].
type Letter struct {
	Message
	ID id.Message
	// From is the sender's address, with or without a name.
	From string
	// Date is when the message was queued, in domain time.
	Date time.Time
}

// MessageID is the letter's stable Message-ID, without angle brackets. It says
// nothing but the id and the sender's domain.
func (l Letter) MessageID() string {
	domain := l.From[strings.LastIndexByte(l.From, '@')+1:]
	return string(l.ID) + "@" + strings.TrimRight(domain, ">")
}

// Transport hands a letter over. An error of type [Refused] is final.
type Transport interface {
	Deliver(ctx context.Context, l Letter) error
}

// Refused is a refusal that a second try would meet again.
type Refused struct{ Cause error }

func (r Refused) Error() string { return "mail: refused for good: " + r.Cause.Error() }

// Unwrap returns the server's words.
func (r Refused) Unwrap() error { return r.Cause }

// Register makes the pool deliver queued messages from the address from, and
// empty old ones daily.
func Register(p *job.Pool, d *db.DB, from string, t Transport) {
	p.Handle(KindDeliver, func(ctx context.Context, j *job.Job) error { return deliver(ctx, d, from, t, j) })
	p.Every("mail.forget", 24*time.Hour, func(ctx context.Context, j *job.Job) error {
		return d.Update(ctx, db.Main, func(tx *db.Tx) error {
			if _, err := Forget(tx); err != nil {
				return err
			}
			return j.Complete(tx)
		})
	})
}

func deliver(ctx context.Context, d *db.DB, from string, t Transport, j *job.Job) error {
	var p delivery
	if err := j.Payload(&p); err != nil {
		return err
	}
	l, over, err := begin(ctx, d, from, j, p.Message)
	if err != nil || over {
		return err
	}
	err = t.Deliver(ctx, l)
	if err == nil {
		return d.Update(context.WithoutCancel(ctx), db.Main, func(tx *db.Tx) error {
			if err := end(tx, l.ID, Sent); err != nil {
				return err
			}
			return j.Complete(tx)
		})
	}
	// A server's answer may repeat the address, which no log may show.
	said := errors.New(strings.ReplaceAll(err.Error(), l.Address, "the recipient"))
	final := errors.As(err, new(Refused))
	if !final && j.Attempt < job.MaxAttempts {
		return said
	}
	uerr := d.Update(context.WithoutCancel(ctx), db.Main, func(tx *db.Tx) error { return end(tx, l.ID, Failed) })
	return job.Discard(errors.Join(said, uerr))
}

// begin marks the message as being sent. over says that there is nothing to do:
// it was sent or given up before, or its recipient was erased.
func begin(ctx context.Context, d *db.DB, from string, j *job.Job, mid id.Message) (l Letter, over bool, err error) {
	err = d.Update(ctx, db.Main, func(tx *db.Tx) error {
		over = false
		var state Status
		var text string
		var created int64
		l = Letter{ID: mid, From: from}
		err := tx.QueryRow(`SELECT person, address, language, direction, subject, paragraphs, state, created_at
			FROM mail_messages WHERE id = ?1`, mid).
			Scan(&l.Person, &l.Address, &l.Language, &l.Direction, &l.Subject, &text, &state, &created)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err != nil || l.Address == "" || state == Sent {
			over = true
			if err == nil && state != Sent {
				if err := end(tx, mid, Failed); err != nil {
					return err
				}
			}
			return j.Complete(tx)
		}
		l.Date, l.Paragraphs = db.Time(created), strings.Split(text, "\n\n")
		_, err = tx.Exec(`UPDATE mail_messages SET state = 'sending', attempts = attempts + 1, ended_at = 0 WHERE id = ?1`, mid)
		return err
	})
	if err != nil {
		return Letter{}, false, fmt.Errorf("mail: %w", err)
	}
	return l, over, nil
}

func end(tx *db.Tx, mid id.Message, s Status) error {
	_, err := tx.Exec(`UPDATE mail_messages SET state = ?2, ended_at = ?3 WHERE id = ?1`, mid, s, db.Micros(tx.Now()))
	return err
}
