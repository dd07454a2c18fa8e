package mail_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/mail"
)

// childEnv, if set, makes this test binary a Cadre that delivers mail until it
// is killed: "port url".
const childEnv = "CADRE_MAIL_TEST_DELIVER"

func TestMain(m *testing.M) {
	if to := os.Getenv(childEnv); to != "" {
		fmt.Println(child(to))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func child(to string) error {
	port, url, _ := strings.Cut(to, " ")
	n, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	d, err := db.Open(context.Background(), db.Options{URL: url, Clock: clock.System()})
	if err != nil {
		return err
	}
	journal.Attach(d)
	p := job.NewPool(d, job.Options{Lease: 300 * time.Millisecond, Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	mail.Register(p, d, from, mail.SMTP{Host: "127.0.0.1", Port: n, Security: mail.Plain})
	return p.Run(context.Background(), time.Minute)
}

// A message goes out once although the process that hands it over is killed
// while the server listens to it, to a real server, in the recipient's language.
func TestAMessageGoesOutOnceAcrossAKill(t *testing.T) {
	for engine, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			d, err := db.Open(ctx, db.Options{URL: url, Clock: clock.System()})
			if err != nil {
				t.Fatal(err)
			}
			journal.Attach(d)
			t.Cleanup(func() {
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			})
			b, transport := start(t)
			begin := func() *exec.Cmd {
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", childEnv, transport.Port, url))
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				return cmd
			}
			kill := func(cmd *exec.Cmd) {
				_ = cmd.Process.Kill()
				_ = cmd.Wait() // killed
			}
			named := make(chan struct{})
			b.mu.Lock()
			b.onMail = func(times int) {
				if times == 1 {
					close(named)
					time.Sleep(200 * time.Millisecond) // the kill comes meanwhile
				}
			}
			b.mu.Unlock()
			mid := send(t, d, urdu)
			cmd := begin()
			select {
			case <-named:
				kill(cmd)
			case <-time.After(30 * time.Second):
				kill(cmd)
				t.Fatal("the message was never handed over")
			}
			if s := status(t, d, mid); s != mail.Sending {
				t.Errorf("after the kill the message is %s", s)
			}
			cmd = begin()
			for range 600 {
				if status(t, d, mid) == mail.Sent {
					break
				}
				time.Sleep(50 * time.Millisecond) // another process works
			}
			kill(cmd)
			b.mu.Lock()
			defer b.mu.Unlock()
			if len(b.got) != 1 {
				t.Fatalf("the server took %d messages", len(b.got))
			}
			head, text, _ := parts(t, b.got[0])
			if head.Get("Content-Language") != "ur" || !strings.Contains(text, urdu.Paragraphs[0]) {
				t.Errorf("it reads %q", text)
			}
		})
	}
}
