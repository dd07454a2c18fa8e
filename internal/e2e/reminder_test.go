package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"cadre/internal/app"
	"cadre/internal/cohort"
	"cadre/internal/people"
)

// sweep decides the reminders that are due, says how many, and then waits to be
// killed: none of them has left.
func sweep(a *app.App) error {
	n, err := a.Notify.Sweep(context.Background())
	if err != nil {
		return err
	}
	fmt.Println("queued", n)
	select {}
}

// work does every job that is due, reminders and mail among them.
func work(a *app.App) error {
	if _, err := a.Jobs.Drain(context.Background()); err != nil {
		return err
	}
	fmt.Println("worked")
	return a.Close()
}

// postOffice is behind a real SMTP server and keeps what it accepted.
type postOffice struct {
	mu       sync.Mutex
	accepted [][]byte
}

func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return counter{o}, nil }

type counter struct{ *postOffice }

func (counter) Mail(string, *smtp.MailOptions) error { return nil }
func (counter) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (counter) Reset()                               {}
func (counter) Logout() error                        { return nil }

func (c counter) Data(r io.Reader) error {
	letter, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accepted = append(c.accepted, letter)
	return nil
}

// letters returns what was accepted so far.
func (o *postOffice) letters() [][]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.accepted)
}

// opened starts the server and returns its port.
func (o *postOffice) opened(t *testing.T) int {
	t.Helper()
	s := smtp.NewServer(o)
	s.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() { defer close(over); _ = s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-over
	})
	return l.Addr().(*net.TCPAddr).Port
}

// A reminder goes out once, in her language, although Cadre is killed after it
// was decided and before it left, and looks for what is due again and again.
func TestAReminderGoesOutOnceAcrossAKill(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		office := &postOffice{}
		in := newInstance(t, database, "CADRE_MAIL_HOST=127.0.0.1", fmt.Sprintf("CADRE_MAIL_PORT=%d", office.opened(t)),
			"CADRE_MAIL_SECURITY=none", "CADRE_MAIL_FROM=Training office <office@cadre.example>")
		a := in.open(t)
		c, q := opening(t, a)
		p, err := a.Cohort.Propose(officer(), op(), cohort.Proposal{Cohort: c, Quota: q, Basis: cohort.Paper, New: &people.NewPerson{
			Sex: people.Female, Names: []people.NewName{{Written: "صائمہ اقبال"}},
			Preferences: people.Preferences{Language: "ur", Zone: "Asia/Karachi"},
			Contacts:    []people.Contact{{Kind: people.Email, Value: "saima@example.org", Holder: people.Own}},
			Affiliation: &people.Affiliation{Rank: "Inspector", RankGroup: "inspector", Station: "Lahore"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Cohort.Accept(herself(p.Person), op(), cohort.Said{Nomination: p.Nomination}); err != nil {
			t.Fatal(err)
		}
		closed(t, a)

		// Decided and queued, then killed.
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stderr = in.child("sweep"), os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var queued int
		_, err = fmt.Fscanf(out, "queued %d\n", &queued)
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		if err != nil || queued != 1 || len(office.letters()) != 0 {
			t.Fatalf("%d reminders queued (%v), %d sent before the kill", queued, err, len(office.letters()))
		}

		// Whoever starts next sends it; whoever starts after that does not.
		for range 2 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = in.child("work")
			if said, err := cmd.CombinedOutput(); err != nil || string(said) != "worked\n" {
				t.Fatalf("%v: %s", err, said)
			}
		}
		if len(office.letters()) != 1 {
			t.Fatalf("the server accepted %d letters", len(office.letters()))
		}
		letter, err := mail.ReadMessage(bytes.NewReader(office.letters()[0]))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		if letter.Header.Get("Content-Language") != "ur" || subject != "آپ کے لیے ایک پیغام ہے" {
			t.Errorf("it is in %s and says %q", letter.Header.Get("Content-Language"), subject)
		}
		if to := letter.Header.Get("To"); !strings.Contains(to, "saima@example.org") || letter.Header.Get("Message-ID") == "" {
			t.Errorf("it goes to %q as %q", to, letter.Header.Get("Message-ID"))
		}
		a = in.open(t)
		if n := count(t, a, `SELECT COUNT(*) FROM mail_messages WHERE state = 'sent'`); n != 1 {
			t.Errorf("Cadre knows of %d letters that left", n)
		}
		verified(t, a)
		closed(t, a)
	})
}
