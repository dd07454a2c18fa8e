package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
)

// A load is many people at work in an instance that serves, all at their own pace.
type load struct {
	participants int
	pace         time.Duration // from one act of a person to her next
	lasts        time.Duration
	signIns      int           // how many sign in, together
	within       time.Duration // in what time they do
	every        time.Duration // how often they do, and a report is read
}

// served is what a load has seen.
type served struct {
	mu    sync.Mutex
	times map[string][]time.Duration // by what was asked for
	saved []id.Operation             // forms that were answered as saved
	wrong []error                    // at most twenty
	wrongs,
	lost int
	heap [2]int64 // bytes in use after a collection, when all had come, and at the end
	rss  [2]int64 // bytes that the process held, then and then
}

// TestManyAtOnce is a load in small: every request is answered, and what was
// answered as saved is there.
func TestManyAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		s := underLoad(t, database, load{
			participants: 16, pace: 400 * time.Millisecond, lasts: 4 * time.Second,
			signIns: 4, within: time.Second, every: 2 * time.Second,
		})
		for _, what := range []string{"her home page", "a test's page", "a test saved", "a package's log", "statements", "signing in", "the report"} {
			if len(s.times[what]) == 0 {
				t.Errorf("nobody asked for %s", what)
			}
		}
	})
}

// underLoad serves from a process of its own and has people act until the load is
// over. It fails the test on any answer that is not as it should be, and on
// anything lost.
func underLoad(t *testing.T, database string, l load) *served {
	t.Helper()
	in := newInstance(t, database, "CADRE_LISTEN=127.0.0.1:0", "CADRE_CONTENT_LISTEN=127.0.0.1:0")
	a := in.openAt(t, monday)
	w := newWorldOf(t, a, l.participants, strings.ReplaceAll(everything, "places: 12", fmt.Sprintf("places: %d", l.participants+12)))
	source, secret, err := a.LRS.CreateKey(app.AsOperator(context.Background()), lrs.NewKey{Title: "A program"})
	must(t, err)
	hall := crowd{s: &served{times: map[string][]time.Duration{}}, w: w, source: [2]string{source.ID, secret}}
	for i, o := range w.Officers {
		her := &visitor{}
		opened, err := w.do(a, deed{Op: op(), Do: "launch", Of: o})
		must(t, err)
		her.launch = opened.Launch
		if i < l.signIns {
			her.name, her.passphrase = passphraseOf(t, a, o.Person) // which ends her other sessions
		}
		her.cookie = signedIn(t, a, o.Person, actor.Participant, actor.Scope{Cohort: w.Cohort})
		hall.people = append(hall.people, her)
	}
	hall.office = &visitor{cookie: officeOf(t, a)}
	closed(t, a)

	p := serving(t, in)
	hall.serve(p.url)
	hall.act(l, p)
	p.stop(t)

	a = in.openAt(t, monday.Add(l.lasts+time.Hour))
	hall.look(t, a)
	verified(t, a)
	closed(t, a)
	for _, err := range hall.s.wrong {
		t.Error(err)
	}
	if more := hall.s.wrongs - len(hall.s.wrong); more > 0 {
		t.Errorf("and %d more", more)
	}
	return hall.s
}

// passphraseOf gives somebody a passphrase, and returns it with the name that she
// signs in with.
func passphraseOf(t *testing.T, a *app.App, p id.Person) (name, passphrase string) {
	t.Helper()
	link, err := a.Access.Invite(app.AsOperator(context.Background()), op(), access.Invitee{Person: p, ByLink: true})
	must(t, err)
	in, err := a.Access.SignIn(context.Background(), access.Try{Link: link.Link})
	must(t, err)
	v, ok, err := a.Access.Visit(context.Background(), in.Token)
	if err != nil || !ok {
		t.Fatalf("her session is gone: %v", err)
	}
	ctx := actor.With(context.Background(), v.Actor)
	name, err = a.Access.SignInName(ctx)
	must(t, err)
	passphrase, err = access.Propose("en")
	must(t, err)
	must(t, a.Access.ChoosePassphrase(ctx, op(), access.NewPassphrase{Passphrase: passphrase, Token: in.Token}))
	return name, passphrase
}

// crowd are the people of a load.
type crowd struct {
	s      *served
	w      world
	url    string
	people []*visitor
	office *visitor
	source [2]string // the key and its secret
	posted []string  // ids of statements that were answered
}

func (c *crowd) serve(url string) {
	c.url = url
	for _, v := range append(slices.Clone(c.people), c.office) {
		v.begin(url)
	}
}

// timed does something, and keeps how long it took and whether it went well.
func (s *served) timed(what string, f func() error) bool {
	begun := time.Now()
	err := f()
	took := time.Since(begun)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times[what] = append(s.times[what], took)
	if err != nil {
		if s.wrongs++; len(s.wrong) < 20 {
			s.wrong = append(s.wrong, fmt.Errorf("%s: %w", what, err))
		}
	}
	return err == nil
}

func (s *served) save(o string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saved = append(s.saved, id.Operation(o))
}

// act has everybody act until the load is over.
func (c *crowd) act(l load, p *process) {
	begun := time.Now()
	until := begun.Add(l.lasts)
	var wg sync.WaitGroup
	// each calls f at once for somebody's turn n, and then at her pace.
	each := func(pace, first time.Duration, f func(n int)) {
		wg.Go(func() {
			for n, at := 0, begun.Add(first); at.Before(until); n, at = n+1, at.Add(pace) {
				time.Sleep(time.Until(at))
				f(n)
			}
		})
	}
	for i, v := range c.people {
		each(l.pace, l.pace*time.Duration(i)/time.Duration(len(c.people)), func(n int) { c.turn(v, n+i) })
	}
	each(l.pace/10, 0, func(int) { c.s.timed("statements", c.post) })
	for i, v := range c.people[:l.signIns] {
		each(l.every, l.within*time.Duration(i)/time.Duration(l.signIns), func(int) { c.s.timed("signing in", v.signIn) })
	}
	each(l.every, l.within/2, func(int) {
		c.s.timed("the report", func() error { return c.office.read("/cohorts/"+string(c.w.Cohort)+"/report", "A whole programme") })
	})
	// Half-way everybody has come, and every cache is full.
	wg.Go(func() {
		time.Sleep(l.lasts / 2)
		c.s.heap[0], c.s.rss[0] = p.memory()
	})
	wg.Wait()
	c.s.heap[1], c.s.rss[1] = p.memory()
}

// turn is what a participant does in her n-th turn.
func (c *crowd) turn(v *visitor, n int) {
	switch n % 5 {
	case 0:
		c.s.timed("her home page", func() error { return v.read("/", "Trafficking in persons") })
	case 1, 3:
		if v.sitting == "" && !c.s.timed("a test begun", v.sit) {
			return
		}
		var f form
		if c.s.timed("a test's page", func() (err error) { f, err = v.form(v.sitting, v.sitting); return err }) {
			f.values.Set("a", fmt.Sprint(n/5%2))
			if c.s.timed("a test saved", func() error { _, err := v.send(f); return err }) {
				c.s.save(f.values.Get("op"))
			}
		}
	case 2:
		c.s.timed("her timetable", func() error { return v.read("/cohorts/"+string(c.w.Cohort)+"/workshops/week", "Morning") })
	case 4:
		c.s.timed("a package's log", v.log)
	}
}

// post sends statements as a program does.
func (c *crowd) post() error {
	o := op()
	var ids []string
	var body [][]byte
	for n := range statementsOf {
		ids, body = append(ids, statementID(o, n)), append(body, statementOf(o, n))
	}
	r, err := http.NewRequest(http.MethodPost, c.url+"/xapi/statements", bytes.NewReader(slices.Concat([]byte("["), bytes.Join(body, []byte(",")), []byte("]"))))
	if err != nil {
		return err
	}
	r.SetBasicAuth(c.source[0], c.source[1])
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Experience-API-Version", "2.0.0")
	if _, err := c.office.do(r, http.StatusOK); err != nil {
		return err
	}
	c.posted = append(c.posted, ids...)
	return nil
}

// look asserts that all is there that was answered.
func (c *crowd) look(t *testing.T, a *app.App) {
	t.Helper()
	gone := func(what string, have, want int) {
		if have != want {
			c.s.lost += want - have
			t.Errorf("of %d %s there are %d", want, what, have)
		}
	}
	forms := 0
	for _, o := range c.s.saved {
		forms += count(t, a, `SELECT COUNT(*) FROM journal_operations WHERE id = ?1`, o)
	}
	gone("forms", forms, len(c.s.saved))
	statements := 0
	for _, s := range c.posted {
		u, ok := statement.ParseUUID(s)
		if !ok {
			t.Fatalf("%q is no id of a statement", s)
		}
		statements += count(t, a, `SELECT COUNT(*) FROM lrs_ids WHERE id = ?1`, u[:])
	}
	gone("statements", statements, len(c.posted))
	sent := 0
	for _, v := range c.people {
		sent += int(v.number)
	}
	gone("entries of packages", count(t, a, `SELECT COUNT(*) FROM player_entries`), sent)
}

// process is an instance that serves.
type process struct {
	cmd  *exec.Cmd
	url  string
	ask  io.WriteCloser
	says *bufio.Scanner
}

// serving starts one.
func serving(t *testing.T, in instance) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0])}
	p.cmd.Env, p.cmd.Stderr = in.child("serve"), os.Stderr
	var err error
	p.ask, err = p.cmd.StdinPipe()
	must(t, err)
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	must(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // it may have ended as it should
	p.says = bufio.NewScanner(out)
	if !p.says.Scan() || !strings.HasPrefix(p.says.Text(), "http://") {
		t.Fatalf("Cadre says %q", p.says.Text())
	}
	p.url = p.says.Text()
	return p
}

// memory returns what the process uses after a collection, and what it holds; 0
// where it does not say.
func (p *process) memory() (heap, rss int64) {
	if _, err := fmt.Fprintln(p.ask, "memory"); err != nil || !p.says.Scan() {
		return 0, 0
	}
	if _, err := fmt.Sscan(p.says.Text(), &heap); err != nil {
		return 0, 0
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return heap, 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(raw), &size, &pages); err != nil {
		return heap, 0
	}
	return heap, pages * int64(os.Getpagesize())
}

// stop tells it to stop, and waits until it has.
func (p *process) stop(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("told to stop, Cadre ends with %v", err)
	}
}

// serveAll serves until it is told to stop, and says how much memory it uses when
// it is asked.
func serveAll(a *app.App) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := a.Serve(ctx, func(url string) {
		fmt.Println(url)
		go tellMemory()
	}); err != nil {
		return err
	}
	return a.Close()
}

// tellMemory answers each line with the bytes in use after a collection.
func tellMemory() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		fmt.Println(m.HeapAlloc)
	}
}
