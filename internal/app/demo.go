package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cadre/examples"
	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/demo"
	"cadre/internal/demoweb"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/web"
)

// Progress is told how many events of all have been played.
type Progress func(done, all int)

// exampleScript reads the script of an example: one of [examples.Names].
func exampleScript(name string) (*demo.Script, error) {
	if !slices.Contains(examples.Names(), name) {
		return nil, fault.New(fault.NotFound, "app.no-example", fault.Args{"name": name, "names": strings.Join(examples.Names(), ", ")})
	}
	files, err := fs.Sub(examples.Files, name)
	if err != nil {
		return nil, err
	}
	return demo.Read(files)
}

// openDemo opens a database of the demo with a clock that can be set, and a play
// of an example that has not begun.
func openDemo(ctx context.Context, cfg config.Config, example string, log *slog.Logger) (*App, *demo.Play, *clock.Fake, error) {
	script, err := exampleScript(example)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := forgetLast(cfg); err != nil {
		return nil, nil, nil, err
	}
	c := clock.NewFake(script.Events[0].At.Add(-time.Hour))
	cfg.Zone = script.Zone.String()
	a, err := Open(ctx, cfg, Options{Clock: c, Log: log, Demo: true})
	if err != nil {
		return nil, nil, nil, err
	}
	return a, demo.New(script, a.Demo(), c, a.Jobs), c, nil
}

// demoKeep is the file by which the demo knows a folder beside its data folder as
// its own.
const demoKeep = "demo"

// forgetLast removes what a demo whose data folder was deleted has left beside it:
// the witness of a journal that is gone, by which a new play would be taken for a
// database that was set back. What is not marked as a demo's stays untouched.
func forgetLast(cfg config.Config) error {
	keep := cfg.Data + ".keep"
	if filepath.Dir(cfg.Keep.Witness) != keep || filepath.Dir(cfg.Keep.Key) != keep {
		return nil // elsewhere, by somebody's choice
	}
	held, err := os.ReadDir(cfg.Data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(held) > 0 {
		return nil
	}
	mark := filepath.Join(keep, demoKeep)
	switch _, err := os.Stat(mark); {
	case err == nil:
		if err := os.RemoveAll(keep); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	default:
		if _, err := os.Stat(keep); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return err // another instance's: it is for that one to say what becomes of it
		}
	}
	if err := os.MkdirAll(keep, 0o700); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o600)
}

// DemoOnce plays a whole example into an empty database, each act as the person
// whose task it was, and returns what came of it. It is an error if that is not
// what the script expects, and a Conflict where an example was played before.
func DemoOnce(ctx context.Context, cfg config.Config, example string, log *slog.Logger, progress Progress) (s demo.Summary, err error) {
	a, play, _, err := openDemo(ctx, cfg, example, log)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		head, err := journal.HeadOf(tx)
		if err == nil && head.Sequence > 0 {
			err = fault.New(fault.Conflict, "app.demo-played", nil)
		}
		return err
	})
	if err != nil {
		return s, err
	}
	play.Strict = true
	_, last := play.Ends()
	if _, err := play.Until(ctx, last.Add(24*time.Hour), progress); err != nil {
		return s, err
	}
	if s, err = play.Summary(ctx, a.DB); err != nil {
		return s, err
	}
	return s, play.Check(s)
}

// DemoOptions say how the demo is served.
type DemoOptions struct {
	// Example is the folder of the programme that is played: [examples.First], if
	// empty.
	Example string
	// At is the moment at which it opens; the one that its script says if
	// zero.
	At  time.Time
	Log *slog.Logger
	// Progress is told how far the play is before it is served.
	Progress Progress
}

// DemoPerson is somebody whom a visitor can be.
type DemoPerson struct {
	Role      actor.Role `json:"role"`
	Name      string     `json:"name"`
	SignInURL string     `json:"sign_in_url"`
}

// DemoReady is what the demo says once it serves.
type DemoReady struct {
	URL    string       `json:"url"`
	People []DemoPerson `json:"people"`
}

// ServeDemo plays an example until a moment, and serves it with a clock
// that can be moved. Each time the clock goes back, the play begins anew in a
// fresh database: a file below the data folder or, on PostgreSQL, a schema beside
// the first, which goes when the play does. It listens on this machine alone.
func ServeDemo(ctx context.Context, cfg config.Config, opt DemoOptions, ready func(DemoReady)) (err error) {
	if cfg.TLS.Proxy || cfg.TLS.Certificate != "" {
		return fault.New(fault.Denied, "app.demo-local", nil)
	}
	ln, courses, err := listen(&cfg)
	if err != nil {
		return err
	}
	script, err := exampleScript(cmp.Or(opt.Example, examples.First))
	if err != nil {
		return err
	}
	s := &stageHand{cfg: cfg, example: cmp.Or(opt.Example, examples.First), log: opt.Log, pages: &demoweb.Switch{}, packages: &demoweb.Switch{}}
	if opt.At.IsZero() {
		opt.At = script.Opens
	}
	if err := s.begin(ctx, opt.At, opt.Progress); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	out := DemoReady{URL: "http://" + ln.Addr().String()}
	shown, err := s.shown(ctx)
	if err != nil {
		return err
	}
	for _, r := range shown {
		out.People = append(out.People, DemoPerson{Role: r.Role, Name: r.Name, SignInURL: out.URL + "/demo/as/" + r.Key})
	}
	ready(out)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, ln, s.pages, s.log) })
	if courses != nil {
		g.Go(func() error { return web.Serve(ctx, courses, s.packages, s.log) })
	}
	return g.Wait()
}

// stageHand holds the play that is on, and puts on another one when the clock
// goes back.
type stageHand struct {
	cfg     config.Config
	example string
	log     *slog.Logger

	// pages and packages answer by the play that is on.
	pages, packages *demoweb.Switch

	mu   sync.Mutex
	run  int
	app  *App
	play *demo.Play
	fake *clock.Fake
	// drop removes what app's database was made in; nil where nothing is to go.
	drop func(context.Context) error
}

// begin puts on a new play and brings it to t. What is on stays untouched until
// the new one is ready, and stays on if that fails.
func (s *stageHand) begin(ctx context.Context, t time.Time, progress Progress) error {
	cfg, drop, err := s.place(ctx)
	if err != nil {
		return err
	}
	a, play, fake, err := openDemo(ctx, cfg, s.example, s.log)
	if err != nil {
		return errors.Join(err, gone(ctx, drop))
	}
	fails := func(err error) error { return errors.Join(err, a.Close(), gone(ctx, drop)) }
	if _, err := play.Until(ctx, t, progress); err != nil {
		return fails(err)
	}
	if _, err := a.Derive.CatchUp(ctx); err != nil {
		return fails(err)
	}
	server, err := a.Web(demoweb.Bars(s), demoweb.Routes(s)...)
	if err != nil {
		return fails(err)
	}
	by, err := a.handlers(server)
	if err != nil {
		return fails(err)
	}
	old, gonePlay := s.app, s.drop
	s.app, s.play, s.fake, s.drop = a, play, fake, drop
	s.pages.Set(by.Pages)
	s.packages.Set(by.Packages)
	if old == nil {
		return nil
	}
	return errors.Join(old.Close(), gone(ctx, gonePlay))
}

// place says where the next play lies, and what removes the place where that is
// not the data folder's own business.
func (s *stageHand) place(ctx context.Context) (cfg config.Config, drop func(context.Context) error, err error) {
	cfg = s.cfg
	run := s.run
	s.run++ // also where it fails: what it leaves is in nobody's way
	if run == 0 {
		return cfg, nil, nil
	}
	cfg.Data = filepath.Join(s.cfg.Data, fmt.Sprintf("again-%d", run))
	keep := cfg.Data + ".keep"
	cfg.Keep = config.Keep{
		Key: filepath.Join(keep, "instance.key"), Witness: filepath.Join(keep, "witness"),
		Checkpoints: filepath.Join(keep, "checkpoints"), Erased: filepath.Join(keep, "erased"),
	}
	if cfg.SQLite() {
		cfg.Database = filepath.Join(cfg.Data, "cadre.db")
		return cfg, nil, nil
	}
	// The database is the demo's: openDemo refuses any other.
	cfg.Database, drop, err = s.app.DB.Beside(ctx, "cadre_demo_"+strings.ReplaceAll(id.New[string](), "-", ""))
	return cfg, drop, err
}

// gone removes the place of a play that nobody has open any more.
func gone(ctx context.Context, drop func(context.Context) error) error {
	if drop == nil {
		return nil
	}
	return drop(context.WithoutCancel(ctx))
}

func (s *stageHand) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.app.Close(), gone(context.Background(), s.drop))
}

// on returns the play that is on, once whatever moves it is done: a play's own
// maps are written while it moves.
func (s *stageHand) on() (*App, *demo.Play, *clock.Fake) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app, s.play, s.fake
}

func (s *stageHand) Now() time.Time {
	_, _, c := s.on()
	return c.Now()
}

func (s *stageHand) Ends() (first, last time.Time) {
	_, p, _ := s.on()
	return p.Ends()
}

func (s *stageHand) Zone() *time.Location {
	_, p, _ := s.on()
	return p.Zone()
}

func (s *stageHand) KeyOf(who id.Person) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.play.KeyOf(who)
}

func (s *stageHand) Roles() []demoweb.Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []demoweb.Role
	for _, c := range s.play.Cast() {
		out = append(out, demoweb.Role{Key: c.Key, Role: c.Role, Name: c.Name})
	}
	return out
}

// Numbers are what the play comes to, each with where it is from.
func (s *stageHand) Numbers() []demoweb.Number {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []demoweb.Number
	for _, n := range s.play.Numbers() {
		x := demoweb.Number{Name: n.Name, Agency: n.Agency, Round: n.Round, Value: n.Value}
		if n.Source != nil {
			x.Title, x.URL = n.Source.Title, n.Source.URL
		}
		out = append(out, x)
	}
	return out
}

// shown is one person of each role; of the participants one who is in the middle
// of a module, if there is one, since her home shows most.
func (s *stageHand) shown(ctx context.Context) ([]demo.Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []demo.Member
	at := map[actor.Role]int{}
	for _, m := range s.play.Cast() {
		i, ok := at[m.Role]
		if !ok {
			at[m.Role] = len(out)
			out = append(out, m)
			continue
		}
		if m.Role != actor.Participant {
			continue
		}
		better, err := s.learns(ctx, m.Key)
		if err != nil {
			return nil, err
		}
		if better {
			out[i] = m
			return out, nil
		}
	}
	return out, nil
}

// learns reports whether somebody is in the middle of a module.
func (s *stageHand) learns(ctx context.Context, key string) (bool, error) {
	p, ok := s.play.Person(key)
	if !ok {
		return false, nil
	}
	st, _, err := s.app.Pathway.Standing(AsOperator(ctx), p, s.play.Opened())
	if err != nil || st.Next == nil || st.Next.Key != "module" {
		return false, err
	}
	for _, o := range st.Stages {
		for _, m := range o.Modules {
			if m.Key == st.Next.Module && m.Percent > 0 {
				return true, nil
			}
		}
	}
	return false, nil
}

// Enter signs somebody of the cast in with a link that is made for it and used
// at once.
func (s *stageHand) Enter(ctx context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.play.Person(key)
	if !ok {
		return "", fault.New(fault.NotFound, "", nil)
	}
	t, err := s.app.Access.Invite(actor.With(ctx, actor.Actor{Operator: true}), id.New[id.Operation](), access.Invitee{Person: p, ByLink: true})
	if err != nil {
		return "", err
	}
	in, err := s.app.Access.SignIn(actor.With(ctx, actor.Actor{}), access.Try{Link: t.Link, Own: true})
	return in.Token, err
}

func (s *stageHand) Move(ctx context.Context, to time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The visitor's request may end before the play has come so far.
	ctx = context.WithoutCancel(ctx)
	if to.Before(s.fake.Now()) {
		return s.begin(ctx, to, nil)
	}
	if _, err := s.play.Until(ctx, to, nil); err != nil {
		return err
	}
	_, err := s.app.Derive.CatchUp(ctx)
	return err
}
