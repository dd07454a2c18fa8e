package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/mail"
)

var ctx = context.Background()

const (
	from = "Training office <office@cadre.example>"
	her  = id.Person("01900000-0000-7000-8000-0000000000a1")
)

var urdu = mail.Message{
	Person: her, Address: "officer@example.org", Language: "ur", Direction: mail.RightToLeft,
	Subject: "آپ کے لیے ایک پیغام", Paragraphs: []string{"آپ کے لیے <ایک> پیغام ہے۔", "https://cadre.example/m?a=1&b=2"},
}

// backend is behind a real SMTP server on this machine and answers as it is
// told.
type backend struct {
	mu      sync.Mutex
	got     [][]byte
	rcpts   []string
	answers []error // for the next letters, in order; then acceptance
	mails   int
	onMail  func(times int) // when a client names the sender, for the n-th time
}

func (b *backend) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{b: b}, nil }

type session struct {
	b  *backend
	to string
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	s.b.mu.Lock()
	s.b.mails++
	n, f := s.b.mails, s.b.onMail
	s.b.mu.Unlock()
	if f != nil {
		f(n)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	if len(s.b.answers) > 0 {
		a := s.b.answers[0]
		s.b.answers = s.b.answers[1:]
		if a != nil {
			return a
		}
	}
	s.b.got = append(s.b.got, m)
	s.b.rcpts = append(s.b.rcpts, s.to)
	return nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func start(t *testing.T) (*backend, mail.SMTP) {
	t.Helper()
	b := &backend{}
	s := smtp.NewServer(b)
	s.Domain = "localhost"
	s.AllowInsecureAuth = true
	s.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() { defer close(over); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-over })
	return b, mail.SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: mail.Plain}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func pool(d *db.DB, t mail.Transport, log io.Writer) *job.Pool {
	p := job.NewPool(d, job.Options{Log: slog.New(slog.NewTextHandler(log, nil))})
	mail.Register(p, d, from, t)
	return p
}

func send(t *testing.T, d *db.DB, m mail.Message) (mid id.Message) {
	t.Helper()
	if err := d.Update(ctx, db.Main, func(tx *db.Tx) (err error) {
		mid, err = mail.Send(tx, m)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return mid
}

func drain(t *testing.T, p *job.Pool) {
	t.Helper()
	if _, err := p.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func status(t *testing.T, d *db.DB, mid id.Message) (s mail.Status) {
	t.Helper()
	if err := d.View(ctx, func(tx *db.Tx) error {
		all, err := mail.Statuses(tx, "", mid, "unknown")
		if len(all) != 1 {
			t.Errorf("of one message: %v", all)
		}
		s = all[mid]
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// parts parses a letter as a mail program would.
func parts(t *testing.T, raw []byte) (head netmail.Header, text, page string) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v", kind, err)
	}
	mr := multipart.NewReader(m.Body, params["boundary"])
	var out []string
	for {
		p, err := mr.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ReplaceAll(string(b), "\r\n", "\n"))
	}
	if len(out) != 2 {
		t.Fatalf("%d parts", len(out))
	}
	return m.Header, out[0], out[1]
}

func TestALetterReachesAMailServerAsItWasWritten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b, smtp := start(t)
		p := pool(d, smtp, io.Discard)
		mid := send(t, d, urdu)
		if s := status(t, d, mid); s != mail.Queued {
			t.Errorf("status %s", s)
		}
		drain(t, p)
		drain(t, p)
		if len(b.got) != 1 || b.rcpts[0] != urdu.Address || status(t, d, mid) != mail.Sent {
			t.Fatalf("%d letters to %v, status %s", len(b.got), b.rcpts, status(t, d, mid))
		}
		head, text, page := parts(t, b.got[0])
		subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
		if err != nil || subject != urdu.Subject {
			t.Errorf("subject %q, %v", subject, err)
		}
		if got := head.Get("Message-ID"); got != "<"+string(mid)+"@cadre.example>" {
			t.Errorf("message id %s", got)
		}
		if head.Get("Content-Language") != "ur" || head.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("header: %v", head)
		}
		if when, err := head.Date(); err != nil || !when.Equal(dbtest.Start) {
			t.Errorf("date %v, %v", when, err)
		}
		if text != strings.Join(urdu.Paragraphs, "\n\n")+"\n" {
			t.Errorf("text: %q", text)
		}
		for _, want := range []string{
			`<html lang="ur" dir="rtl">`, `<p>آپ کے لیے &lt;ایک&gt; پیغام ہے۔</p>`,
			`<a href="https://cadre.example/m?a=1&amp;b=2" dir="ltr">`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %s:\n%s", want, page)
			}
		}
	})
}

func TestAServerThatIsBusyIsAskedAgainAndARefusalIsFinal(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b, transport := start(t)
		var log bytes.Buffer
		p := pool(d, transport, &log)
		busy := &smtp.SMTPError{Code: 451, Message: "busy with " + urdu.Address}
		never := &smtp.SMTPError{Code: 550, Message: "nobody here called " + urdu.Address}
		b.answers = []error{busy, nil, never}
		mid := send(t, d, urdu)
		drain(t, p)
		if len(b.got) != 0 || status(t, d, mid) != mail.Sending {
			t.Fatalf("busy: %d letters, %s", len(b.got), status(t, d, mid))
		}
		dbtest.Clock(d).Advance(job.Backoff(1))
		drain(t, p)
		if len(b.got) != 1 || status(t, d, mid) != mail.Sent {
			t.Fatalf("after a pause: %d letters, %s", len(b.got), status(t, d, mid))
		}
		mid = send(t, d, urdu)
		drain(t, p)
		dbtest.Clock(d).Advance(24 * time.Hour)
		drain(t, p)
		if len(b.got) != 1 || status(t, d, mid) != mail.Failed {
			t.Errorf("refused: %d letters, %s", len(b.got), status(t, d, mid))
		}
		if err := d.View(ctx, func(tx *db.Tx) error {
			n, err := mail.CountFailed(tx)
			if n != 1 {
				t.Errorf("%d failed messages", n)
			}
			dead, derr := job.DeadLetters(tx, 9)
			if len(dead) != 1 || strings.Contains(dead[0].Error, urdu.Address) {
				t.Errorf("dead letters: %v", dead)
			}
			return errors.Join(err, derr)
		}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(log.String(), urdu.Address) {
			t.Errorf("the log shows an address:\n%s", log.String())
		}
	})
}

// dying is a transport whose process ends at a given moment.
type dying struct {
	mail.Transport
	before, after bool
}

func (x *dying) Deliver(ctx context.Context, l mail.Letter) error {
	if x.before {
		x.before = false
		panic("killed before the hand-over")
	}
	err := x.Transport.Deliver(ctx, l)
	if x.after {
		x.after = false
		panic("killed before the answer was written down")
	}
	return err
}

func TestAKillBeforeTheHandOverSendsOnceAndOneAfterItKeepsTheMessageID(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b, transport := start(t)
		x := &dying{Transport: transport, before: true}
		p := pool(d, x, io.Discard)
		mid := send(t, d, urdu)
		drain(t, p)
		dbtest.Clock(d).Advance(job.Backoff(1))
		drain(t, p)
		if len(b.got) != 1 || status(t, d, mid) != mail.Sent {
			t.Fatalf("killed before: %d letters, %s", len(b.got), status(t, d, mid))
		}
		x.after = true
		send(t, d, urdu)
		drain(t, p)
		dbtest.Clock(d).Advance(job.Backoff(1))
		drain(t, p)
		if len(b.got) != 3 {
			t.Fatalf("killed after: %d letters", len(b.got)-1)
		}
		first, _, _ := parts(t, b.got[1])
		second, _, _ := parts(t, b.got[2])
		if first.Get("Message-ID") != second.Get("Message-ID") {
			t.Errorf("a second copy bears another id: %s, %s", first.Get("Message-ID"), second.Get("Message-ID"))
		}
	})
}

func TestTheSpoolHoldsOneFilePerMessageEvenAfterAKill(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		dir := filepath.Join(t.TempDir(), "spool")
		p := pool(d, &dying{Transport: mail.Spool{Dir: dir}, after: true}, io.Discard)
		mid := send(t, d, urdu)
		drain(t, p)
		dbtest.Clock(d).Advance(job.Backoff(1))
		drain(t, p)
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 || files[0].Name() != string(mid)+".eml" {
			t.Fatalf("spool: %v, %v", files, err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
		if err != nil {
			t.Fatal(err)
		}
		if _, text, _ := parts(t, raw); !strings.Contains(text, "پیغام") {
			t.Errorf("text %q", text)
		}
		if status(t, d, mid) != mail.Sent {
			t.Error("not marked as sent")
		}
	})
}

func TestAnErasedPersonGetsNoMailAndLeavesNoText(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		b, transport := start(t)
		p := pool(d, transport, io.Discard)
		mid := send(t, d, urdu)
		if err := d.Update(ctx, db.Main, func(tx *db.Tx) error {
			n, err := mail.EraseAbout(tx, her)
			if n != 1 {
				t.Errorf("%d messages emptied", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		drain(t, p)
		if len(b.got) != 0 || status(t, d, mid) != mail.Failed {
			t.Errorf("%d letters, %s", len(b.got), status(t, d, mid))
		}
	})
}

func TestOldMessagesAreEmptied(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		p := pool(d, mail.Spool{Dir: t.TempDir()}, io.Discard)
		send(t, d, urdu)
		drain(t, p)
		left := func() (n int) {
			if err := d.View(ctx, func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT COUNT(*) FROM mail_messages WHERE address <> '' OR subject <> '' OR paragraphs <> ''`).Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		dbtest.Clock(d).Advance(mail.Kept - time.Hour)
		drain(t, p)
		if left() != 1 {
			t.Error("emptied too early")
		}
		dbtest.Clock(d).Advance(25 * time.Hour)
		drain(t, p)
		if left() != 0 {
			t.Error("kept too long")
		}
	})
}

func TestABadAddressIsToldToWhoeverTypedIt(t *testing.T) {
	d := dbtest.SQLite(t)
	for _, bad := range []string{"", "nobody", "a@b@c", "A Name <a@example.org>", "a@example.org\r\nBcc: b@example.org"} {
		m := urdu
		m.Address = bad
		err := d.Update(ctx, db.Main, func(tx *db.Tx) error { _, err := mail.Send(tx, m); return err })
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
