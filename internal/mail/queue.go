package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
)

// Kept is how long the address and text of a message stay after it was sent or
// given up.
const Kept = 30 * 24 * time.Hour

// KindDeliver is the kind of the job that delivers one message.
const KindDeliver = "mail.deliver"

// Direction is how a text runs.
type Direction string

// The directions, as HTML writes them.
const (
	LeftToRight Direction = "ltr"
	RightToLeft Direction = "rtl"
)

// Message is what to send, as plain text.
type Message struct {
	// Person is the recipient's id, so that it can be erased with her; empty for
	// an office's mailbox.
	Person id.Person
	// Address is the bare mail address.
	Address string
	// Language is the BCP 47 tag of the text.
	Language  string
	Direction Direction
	// Subject is one neutral line.
	Subject string
	// Paragraphs are plain text. One that is an https or http address and
	// nothing else becomes a link.
	Paragraphs []string
}

// Status is how far a message has come.
type Status string

// The states of a message.
const (
	Queued  Status = "queued"
	Sending Status = "sending" // handed over at least once, outcome not known yet
	Sent    Status = "sent"
	Failed  Status = "failed" // refused for good, or tried too often
)

// Send queues a message in the transaction and returns its id.
func Send(tx *db.Tx, m Message) (id.Message, error) { return SendAt(tx, m, time.Time{}) }

// SendAt queues a message that goes out at a domain time.
func SendAt(tx *db.Tx, m Message, at time.Time) (id.Message, error) {
	if a, err := mail.ParseAddress(m.Address); err != nil || a.Address != m.Address {
		return "", fault.Bad("mail.address-invalid", fault.Field{Name: "address", Key: "mail.address-invalid"})
	}
	if m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n") || len(m.Paragraphs) == 0 {
		return "", errors.New("mail: a message needs a subject of one line and a text")
	}
	if m.Direction != LeftToRight && m.Direction != RightToLeft {
		return "", fmt.Errorf("mail: direction %q", m.Direction)
	}
	mid := id.New[id.Message]()
	if _, err := tx.Exec(`INSERT INTO mail_messages (id, person, address, language, direction, subject, paragraphs, state, attempts, created_at, ended_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', 0, ?8, 0)`,
		mid, m.Person, m.Address, m.Language, m.Direction, m.Subject, strings.Join(m.Paragraphs, "\n\n"), db.Micros(tx.Now())); err != nil {
		return "", err
	}
	_, err := job.Enqueue(tx, job.Spec{Kind: KindDeliver, Payload: delivery{mid}, RunAt: at, Key: string(mid)})
	return mid, err
}

// Statuses returns how far some messages have come. Empty ids are passed over.
func Statuses(tx *db.Tx, messages ...id.Message) (map[id.Message]Status, error) {
	out := map[id.Message]Status{}
	var asked []any
	for _, m := range messages {
		if m != "" {
			asked = append(asked, m)
		}
	}
	type state struct {
		message id.Message
		status  Status
	}
	all, err := db.QueryIn(tx, func(r *db.Rows) (s state, err error) { return s, r.Scan(&s.message, &s.status) },
		`SELECT id, state FROM mail_messages WHERE id IN `, asked)
	for _, s := range all {
		out[s.message] = s.status
	}
	return out, err
}

// CountFailed returns the number of messages given up and not yet forgotten.
func CountFailed(tx *db.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM mail_messages WHERE state = 'failed' AND address <> ''`).Scan(&n)
	return n, err
}

// EraseAbout empties every message to a person. What is queued is not sent.
func EraseAbout(tx *db.Tx, p id.Person) (int64, error) {
	return tx.Exec(`UPDATE mail_messages SET address = '', subject = '', paragraphs = '' WHERE person = ?1`, p)
}

// MessagesTo returns the ids of every message to a person, erased or not.
func MessagesTo(tx *db.Tx, p id.Person) ([]id.Message, error) {
	return db.Collect(tx, func(r *db.Rows) (m id.Message, err error) { return m, r.Scan(&m) },
		`SELECT id FROM mail_messages WHERE person = ?1 ORDER BY id`, p)
}

// Forget empties messages that ended [Kept] ago and returns their number.
func Forget(tx *db.Tx) (int64, error) {
	return tx.Exec(`UPDATE mail_messages SET address = '', subject = '', paragraphs = ''
		WHERE state IN ('sent', 'failed') AND ended_at < ?1 AND address <> ''`, db.Micros(tx.Now().Add(-Kept)))
}

// Tables declares the package's table.
func Tables() []db.Table {
	return []db.Table{{
		Name: "mail_messages", Owner: "mail", Person: "person",
		Purpose: "Outgoing messages, so that each goes out once and its fate is known.",
		Keep:    "address and text 30 days after the end; that there was a message, as long as the database",
		Erase:   db.EraseBlank, Blank: []string{"address", "subject", "paragraphs"},
		FreeText: []string{"subject", "paragraphs"},
	}}
}
