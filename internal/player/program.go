package player

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs"
)

// Persons is what launching for another program's people takes; package people
// answers it, by app.
type Persons interface {
	// Known returns nil if there is such a person, else a fault of kind NotFound.
	Known(tx *db.Tx, p id.Person) error
	// EnterAccount enters somebody of whom another program's account is all that is
	// known.
	EnterAccount(tx *db.Tx, name string) (id.Person, error)
}

// Account is how another program calls somebody.
type Account struct{ HomePage, Name string }

func (a Account) id() string {
	sum := sha256.Sum256([]byte(a.HomePage + "\x00" + a.Name))
	return hex.EncodeToString(sum[:])
}

// maxAccount bounds the parts of an account, in bytes.
const maxAccount = 500

func (a Account) check() error {
	u, err := url.Parse(a.HomePage)
	if err != nil || u.Scheme == "" || len(a.HomePage) > maxAccount {
		return fault.Bad("fault.invalid", fault.Field{Name: "person.account.homePage", Key: "fault.invalid"})
	}
	if a.Name == "" || len(a.Name) > maxAccount {
		return fault.Bad("fault.invalid", fault.Field{Name: "person.account.name", Key: "fault.required"})
	}
	return nil
}

func personOf(tx *db.Tx, a Account) (p id.Person, err error) {
	err = tx.QueryRow(`SELECT person FROM player_accounts WHERE id = ?1`, a.id()).Scan(&p)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return p, err
}

// who finds the person of a launch, and makes her at first use.
func (s *Service) who(tx *db.Tx, p id.Person, a *Account) (id.Person, error) {
	if a == nil {
		return p, s.persons.Known(tx, p)
	}
	if err := a.check(); err != nil {
		return "", err
	}
	p, err := personOf(tx, *a)
	if err != nil || p != "" {
		return p, err
	}
	if p, err = s.persons.EnterAccount(tx, a.Name); err != nil {
		return "", err
	}
	_, err = tx.Exec(`INSERT INTO player_accounts (id, person, home_page, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5)`,
		a.id(), p, a.HomePage, a.Name, db.Micros(tx.Now()))
	return p, err
}

// LaunchFor asks for a unit to be launched for somebody, by another program.
type LaunchFor struct {
	Package id.Module
	// Person or Account says for whom.
	Person  id.Person
	Account *Account
	// Unit is the unit's id, or its maker's.
	Unit string
	// Registration is the one to go on with; empty for her open one, or else a new one.
	Registration id.Attempt
	// Language asks for the package's module in that language; empty for the package.
	Language string
	Mode     Mode
	// OwnWindow asks for the unit's own launch address rather than the player's frame.
	OwnWindow bool
	// Back is where she is sent in the end.
	Back string
}

// LaunchedFor is such a launch.
type LaunchedFor struct {
	Registration id.Attempt `json:"registration"`
	Session      string     `json:"session"`
	Launch       id.Launch  `json:"launch"`
	// Ticket opens the launch, once; it is empty where URL does.
	Ticket string `json:"-"`
	// URL is the unit's own launch address, where it has one and was asked for.
	URL string `json:"-"`
}

// LaunchFor launches a unit for somebody, whom it needs no enrolment for. It is
// never refused because a session is open: that one is abandoned.
func (s *Service) LaunchFor(ctx context.Context, op id.Operation, in LaunchFor) (LaunchedFor, error) {
	var out LaunchedFor
	if err := s.mayReturn(in.Back); err != nil {
		return out, err
	}
	if err := s.ready(ctx); err != nil {
		return out, err
	}
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = LaunchedFor{}
		if _, err := journal.Once(tx, op, "player.launch-for", &out, func() error {
			if err := access.Allow(tx.Actor(), access.Create, access.Object{Kind: access.Progress}); err != nil {
				return err
			}
			return s.launchFor(tx, in, &out)
		}); err != nil {
			return err
		}
		a, err := attemptByID(tx, out.Registration)
		if err != nil {
			return err
		}
		c, err := s.shelf.Course(tx, a.Version)
		if err != nil {
			return err
		}
		out.Ticket = s.ticket(out.Launch)
		if !in.OwnWindow || s.addresses == nil {
			return nil
		}
		token, err := s.path(tx, a.Person, a.Version)
		if err != nil {
			return err
		}
		if !c.Kind.Speaks() {
			out.URL = s.addresses.Own(token, out.Ticket)
			return nil
		}
		u, err := c.unitBy(in.Unit)
		if err != nil {
			return err
		}
		out.URL, err = s.launchURL(tx, a, c, u, out.Session, token)
		return err
	})
	return out, err
}

// ticket opens a launch, once.
func (s *Service) ticket(l id.Launch) string {
	return string(l) + "." + s.derived(useTicket, string(l))
}

// mayReturn refuses an address that is not on the list of those to return to.
func (s *Service) mayReturn(back string) error {
	if back == "" {
		return nil
	}
	u, err := url.Parse(back)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") && slices.Contains(s.returns, u.Scheme+"://"+strings.ToLower(u.Host)) {
		return nil
	}
	return fault.Bad("fault.invalid", fault.Field{Name: "return_url", Key: "player.return-not-allowed"})
}

func (s *Service) launchFor(tx *db.Tx, in LaunchFor, out *LaunchedFor) error {
	key, err := s.shelf.Key(tx, in.Package)
	if err != nil {
		return err
	}
	who, err := s.who(tx, in.Person, in.Account)
	if err != nil {
		return err
	}
	a, c, err := s.registrationFor(tx, who, key, in)
	if err != nil {
		return err
	}
	u, err := c.unitBy(in.Unit)
	if err != nil {
		return fault.Bad("fault.invalid", fault.Field{Name: "activity", Key: "player.no-unit"})
	}
	out.Registration = a.ID
	if c.Kind.Speaks() {
		back := in.Back
		switch {
		case !in.OwnWindow && !u.Says.OwnWindow && !u.remote():
			back = "" // the frame takes her there
		case back == "" && s.addresses != nil:
			back = s.addresses.Left() // she may have no way into our own pages
		}
		o, err := s.speak(tx, speaking{a: a, c: c, u: u, mode: in.Mode, back: back})
		if err != nil {
			return err
		}
		out.Session, out.Launch = o.Session, o.Launch
	} else {
		// Those before it are replaced once it is opened: until then she may go on.
		out.Session, out.Launch = id.New[string](), id.New[id.Launch]()
		if err := insertLaunch(tx, launchRow{
			ID: out.Launch, Attempt: a.ID, Person: a.Person, Session: out.Session, Activity: u.ID, Mode: in.Mode,
			credential: hashed(id.Secret(40)), StartedAt: tx.Now(), TouchedAt: tx.Now(),
		}); err != nil {
			return err
		}
		if err := journal.Append(tx, journal.Entry{
			Kind: "player.launched", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(out.Launch),
			Body: openedBody{Attempt: a.ID, Activity: u.ID, Mode: in.Mode}, Rows: []journal.Row{journal.RowOf(launchesTable(), out.Launch)},
		}); err != nil {
			return err
		}
	}
	_, err = tx.Exec(`INSERT INTO player_tickets (launch, person, back, own_window, expires_at, opened_at) VALUES (?1, ?2, ?3, ?4, ?5, 0)`,
		out.Launch, who, in.Back, db.Flag(in.OwnWindow), db.Micros(tx.Now().Add(FetchFor)))
	return err
}

// registrationFor is the registration asked for, or the person's open one at the
// package, or a new one.
func (s *Service) registrationFor(tx *db.Tx, who id.Person, key string, in LaunchFor) (Attempt, *Course, error) {
	asked := in.Registration
	offered, err := s.offered(tx, key)
	if err != nil {
		return Attempt{}, nil, err
	}
	if in.Language != "" {
		c := speakingOf(offered, in.Language)
		if c == nil {
			return Attempt{}, nil, fault.Bad("fault.invalid", fault.Field{Name: "language", Key: "player.no-language"})
		}
		in.Package = c.Module
	}
	all, err := db.Collect(tx, func(r *db.Rows) (Attempt, error) { return scanAttempt(r.Scan) },
		`SELECT `+attemptColumns+` FROM player_attempts a WHERE person = ?1 AND module = ?2 AND page = '' ORDER BY started_at DESC, id DESC`, who, key)
	if err != nil {
		return Attempt{}, nil, err
	}
	for _, a := range all {
		if asked != "" && a.ID != asked || asked == "" && a.State != Open {
			continue
		}
		c, err := s.shelf.Course(tx, a.Version)
		if err != nil {
			return Attempt{}, nil, err
		}
		if asked != "" || c.Module == in.Package {
			return a, c, c.open()
		}
	}
	if asked != "" {
		return Attempt{}, nil, fault.Bad("fault.invalid", fault.Field{Name: "registration", Key: "player.no-attempt"})
	}
	c := among(offered, in.Package)
	if c == nil {
		return Attempt{}, nil, fault.New(fault.Closed, "player.not-out", nil)
	}
	before, err := attemptsOf(tx, who, "", key)
	if err != nil {
		return Attempt{}, nil, err
	}
	a, err := s.beginRun(tx, who, Start{Module: key}, c, len(before)+1)
	return a, c, err
}

// Ticketed is a launch that its ticket has opened.
type Ticketed struct {
	Run *Run
	// Spoken is set for units that speak xAPI, Opened for all others.
	Spoken *Spoken
	Opened *Opened
	// Back is where she is sent in the end; empty for nowhere.
	Back string
	Unit string
	// Again is the pass for [Service.Again]; empty for a window of its own.
	Again string
}

// OpenTicket opens a launch for whoever holds its ticket: once, and without a
// session. Used or too late it is a fault of kind Closed. Of a launch in the player's
// frame the seed comes with [Service.TakeUp].
func (s *Service) OpenTicket(ctx context.Context, ticket string) (*Ticketed, error) {
	of, ok := s.shown(useTicket, ticket)
	if !ok {
		return nil, fault.New(fault.NotFound, "player.no-launch", nil)
	}
	launch := id.Launch(of)
	credential := id.Secret(40)
	out := &Ticketed{}
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		*out = Ticketed{}
		var expires, opened, own int64
		err := tx.QueryRow(`SELECT back, expires_at, opened_at, own_window FROM player_tickets WHERE launch = ?1`, launch).Scan(&out.Back, &expires, &opened, &own)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "player.no-launch", nil)
		}
		if err != nil {
			return err
		}
		if opened != 0 || tx.Now().After(db.Time(expires)) {
			return fault.New(fault.Closed, "player.launch-used", nil)
		}
		if _, err := tx.Exec(`UPDATE player_tickets SET opened_at = ?2 WHERE launch = ?1`, launch, db.Micros(tx.Now())); err != nil {
			return err
		}
		if own == 0 {
			out.Again = of + "." + s.derived(useAgain, of)
		}
		return s.openTicket(tx, launch, credential, own == 1, out)
	})
	return out, err
}

// openTicket opens a launch. In a window of its own nothing waits on the device, so what
// TakeUp does is done at once.
func (s *Service) openTicket(tx *db.Tx, launch id.Launch, credential string, own bool, out *Ticketed) error {
	l, err := scanLaunch(tx.QueryRow(`SELECT `+launchColumns+` FROM player_launches WHERE id = ?1`, launch).Scan)
	if err != nil {
		return err
	}
	a, err := attemptByID(tx, l.Attempt)
	if err != nil {
		return err
	}
	c, err := s.shelf.Course(tx, a.Version)
	if err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return err
	}
	out.Run = &Run{Attempt: a, Course: c, Units: map[string]UnitState{}, Review: l.Mode != Normal}
	for k, u := range units {
		out.Run.Units[k] = u.state()
	}
	out.Unit = l.Activity
	token, err := s.path(tx, a.Person, a.Version)
	if err != nil {
		return err
	}
	if c.Kind.Speaks() {
		row, err := sessionByLaunch(tx, launch)
		if err != nil {
			return err
		}
		u, err := c.unitBy(l.Activity)
		if err != nil {
			return err
		}
		if !row.active() {
			return fault.New(fault.Closed, "player.session-over", nil)
		}
		o := Spoken{Session: row.ID, Launch: launch, OwnWindow: u.Says.OwnWindow, Remote: u.remote(), Mode: row.Mode, Path: token, Pass: s.pass(launch)}
		if err := openedIn(tx, l); err != nil {
			return err
		}
		o.URL, err = s.launchURL(tx, a, c, u, row.ID, token)
		out.Spoken = &o
		return err
	}
	if !l.EndedAt.IsZero() {
		return fault.New(fault.Closed, "player.session-over", nil)
	}
	// Whatever was opened since it was asked for, she goes on here now.
	if err := openLater(tx, launch, credential); err != nil {
		return err
	}
	o := Opened{Launch: launch, Credential: credential, Path: token, Seed: Seed{Mode: l.Mode}}
	if o.Key, err = logKey(tx, a.ID); err != nil {
		return err
	}
	if own {
		if o.Seed, err = s.takeUp(tx, l); err != nil {
			return err
		}
	}
	out.Opened = &o
	return nil
}

// TakeUp begins a launch that its ticket has opened in the player's frame, by the
// launch's credential: the launches before it are replaced, and it goes on from what
// they have left. The frame asks for it once it has sent what they had left on her
// device, and may ask again. Where another launch has gone on since, it is a fault of
// kind Closed.
func (s *Service) TakeUp(ctx context.Context, credential string) (Seed, error) {
	var out Seed
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		l, err := scanLaunch(tx.QueryRow(`SELECT `+launchColumns+` FROM player_launches WHERE credential = ?1`, hashed(credential)).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.Unauthenticated, "player.no-launch", nil)
		}
		if err != nil {
			return err
		}
		if !l.ReplacedAt.IsZero() || !l.EndedAt.IsZero() {
			return fault.New(fault.Closed, "player.launch-used", nil)
		}
		out, err = s.takeUp(tx, l)
		return err
	})
	return out, err
}

func (s *Service) takeUp(tx *db.Tx, l launchRow) (Seed, error) {
	if l.Mode == Normal { // what only looks puts nobody out of what she does
		if err := replaceOthers(tx, l.Attempt, l.ID); err != nil {
			return Seed{}, err
		}
	}
	a, err := attemptByID(tx, l.Attempt)
	if err != nil {
		return Seed{}, err
	}
	c, err := s.shelf.Course(tx, a.Version)
	if err != nil {
		return Seed{}, err
	}
	out, err := s.seed(tx, a, c, l.Activity)
	out.Mode = l.Mode
	return out, err
}

// Standing is how far an attempt, or one unit of it, has come, as programs are told.
type Standing struct {
	Unit                string // empty for the whole
	Title               string
	Registration        id.Attempt
	Person              id.Person
	Package             id.Module
	Language            string
	State               State // empty for a unit that was not begun
	Completion, Success string
	Scaled, Raw         string
	Lowest, Highest     string
	Percent             int
	Seconds             int64
	Suspended           bool
	Waived              bool
	Satisfied           bool // of cmi5: its moveOn is met, or the course is satisfied
	UpdatedAt           time.Time
	Units               []Standing
}

// AttemptsAt lists a person's attempts at the module that a package is, in whatever
// language, the latest first, for a program that may read them. With neither a person nor an account it lists
// everybody's.
func (s *Service) AttemptsAt(ctx context.Context, p id.Module, person id.Person, account *Account) ([]Standing, error) {
	out := []Standing{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Progress}); err != nil {
			return err
		}
		key, err := s.shelf.Key(tx, p)
		if err != nil {
			return err
		}
		if account != nil {
			if person, err = personOf(tx, *account); err != nil || person == "" {
				return err
			}
		}
		where, args := "", []any{key}
		if person != "" {
			where, args = " AND person = ?2", append(args, person)
		}
		all, err := db.Collect(tx, func(r *db.Rows) (Attempt, error) { return scanAttempt(r.Scan) },
			`SELECT `+attemptColumns+` FROM player_attempts a WHERE module = ?1 AND page = ''`+where+` ORDER BY started_at DESC, id DESC LIMIT 1000`, args...)
		if err != nil {
			return err
		}
		for _, a := range all {
			st, err := s.standing(tx, a)
			if err != nil {
				return err
			}
			out = append(out, st)
		}
		return nil
	})
	return out, err
}

func (s *Service) standing(tx *db.Tx, a Attempt) (Standing, error) {
	c, err := s.shelf.Course(tx, a.Version)
	if err != nil {
		return Standing{}, err
	}
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return Standing{}, err
	}
	m, err := marksOf(tx, a.ID)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{
		Registration: a.ID, Person: a.Person, Package: c.Module, Language: a.Language, Title: c.Title, State: a.State, Completion: incomplete, Success: unknown, UpdatedAt: a.TouchedAt,
		Percent: a.Percent, Satisfied: m.has("", markSatisfied),
	}
	var suspended int64
	err = tx.QueryRow(`SELECT completion, success, scaled, raw, lowest, highest, seconds, suspended FROM player_runs WHERE attempt = ?1`, a.ID).
		Scan(&out.Completion, &out.Success, &out.Scaled, &out.Raw, &out.Lowest, &out.Highest, &out.Seconds, &suspended)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return out, err
	}
	out.Suspended = suspended == 1
	if out.Completion == "" {
		out.Completion = incomplete
	}
	if out.Success == "" {
		out.Success = unknown
	}
	for _, u := range c.Leaves() {
		r := units[u.ID]
		key := u.Key
		if key == "" {
			key = u.ID
		}
		st := Standing{
			Unit: key, Title: u.Title, Completion: r.completion, Success: r.success, Scaled: r.scaled, Raw: r.raw, Lowest: r.lowest, Highest: r.highest,
			Percent: r.percent, Seconds: r.seconds, Suspended: r.suspended(), UpdatedAt: r.touched,
			Waived: m.has(u.ID, markWaived), Satisfied: c.Kind == Cmi5 && m.met(&u),
		}
		if r.activity != "" {
			st.State = Open
			passes := r.done() && r.success != failedIt
			if c.Kind == Cmi5 {
				passes = st.Satisfied // by what its moveOn asks for, which may be less or more
			}
			switch {
			case passes:
				st.State = Passed
			case r.done() && r.success == failedIt:
				st.State = NotYet
			}
		}
		if st.Completion == "" {
			st.Completion = unknown
		}
		if st.Success == "" {
			st.Success = unknown
		}
		out.Units = append(out.Units, st)
	}
	return out, nil
}

// Data returns what a unit has remembered in a registration, by dotted names: the
// data model of its run time; of units that speak xAPI, their states as
// "state.NAME…" and what they said last of each kind as "statement.VERB…".
func (s *Service) Data(ctx context.Context, registration id.Attempt, unit string) (map[string]string, error) {
	out := map[string]string{}
	var a Attempt
	var c *Course
	var u *Unit
	var agent *lrs.Agent
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if a, c, err = s.settled(tx, access.Read, registration); err != nil {
			return err
		}
		if u, err = c.unitBy(unit); err != nil {
			return err
		}
		if c.Kind.Speaks() {
			agent, _, err = s.agent(tx, a)
			return err
		}
		rows, err := dataOf(tx, a.ID)
		for _, r := range rows {
			var text string
			if r.activity == u.ID && json.Unmarshal(r.value, &text) == nil {
				out[r.element] = text
			}
		}
		return err
	})
	if err != nil || !c.Kind.Speaks() {
		return out, err
	}
	return out, s.told(ctx, a, s.activityID(c, u), agent, out)
}
