package player

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
)

// Addresses says where packages and what they speak to are served; package
// courseware answers it. token is that of a path to a package.
type Addresses interface {
	// Files is the address below which the files stand, with a slash at its end.
	Files(token string) string
	// Records is the launch's own record store, with a slash at its end.
	Records(token string) string
	// Fetch is where the credential of a session is fetched with its code, once.
	Fetch(token, code string) string
	// Done is the page to which a unit returns.
	Done(token string) string
	// Left is the page that says that she has left, to somebody who has no session.
	Left() string
	// Own opens a launch by its ticket, once, in a window of its own.
	Own(token, ticket string) string
}

// FetchFor is how long a launched unit may take to fetch its credential, and a
// launch of another program to be opened.
const FetchFor = 15 * time.Minute

// Grace is how long after "terminated" statements are still taken that were made
// before it (cmi5 9.3.8).
const Grace = 10 * time.Second

// idleFor is how long a session may be silent before its credential expires.
const idleFor = 24 * time.Hour

// derived makes a secret of a session or a launch for one use. It is kept nowhere:
// whoever shows it is compared with it made anew.
func (s *Service) derived(use, of string) string {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(use + "\x00" + of))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil)[:25]))
}

// shown splits what somebody shows into the id and the secret, and returns the id
// if the secret is its own.
func (s *Service) shown(use, text string) (of string, ok bool) {
	of, secret, _ := strings.Cut(text, ".")
	return of, id.Valid(of) && hmac.Equal([]byte(secret), []byte(s.derived(use, of)))
}

const (
	useFetch  = "fetch"
	useSpeak  = "speak"
	useTicket = "ticket"
	useSaved  = "saved"
	useAgain  = "again"
)

// Spoken is a session that a unit was launched for.
type Spoken struct {
	Session string
	Launch  id.Launch
	Unit    string // its maker's id
	// URL launches the unit: as a top-level window or in a frame, unless it asks for
	// a window of its own.
	URL       string
	OwnWindow bool
	// Remote says that it lies outside of the package.
	Remote bool
	Mode   Mode
	// Path is the token of the package's files.
	Path string
	// Pass reads what is saved of it ([Service.Saved]).
	Pass string `json:"-"`
}

// speaking asks for a session.
type speaking struct {
	a    Attempt
	c    *Course
	u    *Unit
	mode Mode
	back string // where the unit sends her in the end; empty for our own page
}

// speak opens a session: what is open in the registration is abandoned, the
// documents that the unit begins with are written, and "launched" is said, before
// anything is launched (cmi5 9.3.1, 9.3.6, 10.1).
func (s *Service) speak(tx *db.Tx, in speaking) (Spoken, error) {
	if s.lrs == nil || s.addresses == nil {
		return Spoken{}, fault.New(fault.Closed, "player.no-run-time", nil)
	}
	open, err := activeSessions(tx, in.a.ID)
	if err != nil {
		return Spoken{}, err
	}
	for i := range open {
		if err := s.abandon(tx, in.a, in.c, &open[i]); err != nil {
			return Spoken{}, err
		}
	}
	if err := replaceLaunches(tx, in.a.ID); err != nil {
		return Spoken{}, err
	}
	row := sessionRow{
		ID: id.New[string](), Launch: id.New[id.Launch](), Attempt: in.a.ID, Person: in.a.Person, Activity: in.u.ID, Mode: in.mode,
		LaunchedAt: tx.Now(), ExpiresAt: tx.Now().Add(FetchFor), TouchedAt: tx.Now(), OpenedIn: tx.Actor().Session,
	}
	if err := insertLaunch(tx, launchRow{
		ID: row.Launch, Attempt: in.a.ID, Person: in.a.Person, Session: row.ID, Activity: in.u.ID, Mode: in.mode,
		credential: hashed(id.Secret(40)), StartedAt: tx.Now(), TouchedAt: tx.Now(),
	}); err != nil {
		return Spoken{}, err
	}
	if err := insertSession(tx, row); err != nil {
		return Spoken{}, err
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "player.launched", Version: 1, Scope: actor.Scope{Cohort: in.a.Cohort}, Subject: string(row.Launch),
		Body: openedBody{Attempt: in.a.ID, Activity: in.u.ID, Mode: in.mode}, Rows: []journal.Row{journal.RowOf(launchesTable(), row.Launch)},
	}); err != nil {
		return Spoken{}, err
	}
	token, err := s.path(tx, in.a.Person, in.a.Version)
	if err != nil {
		return Spoken{}, err
	}
	if in.c.Kind == Cmi5 {
		if err := s.launchData(tx, in, row, token); err != nil {
			return Spoken{}, err
		}
	}
	out := Spoken{Session: row.ID, Launch: row.Launch, Unit: in.u.ID, OwnWindow: in.u.Says.OwnWindow, Remote: in.u.remote(), Mode: in.mode, Path: token}
	out.URL, err = s.launchURL(tx, in.a, in.c, in.u, row.ID, token)
	return out, err
}

// launchData writes what a cmi5 unit begins with.
func (s *Service) launchData(tx *db.Tx, in speaking, row sessionRow, token string) error {
	of, err := s.of(tx, in.a, row.ID)
	if err != nil {
		return err
	}
	au := s.au(in.c, in.u)
	agent, registration, err := s.agent(tx, in.a)
	if err != nil {
		return err
	}
	back := in.back
	if back == "" {
		back = s.addresses.Done(token)
	}
	state := lrs.Place{Kind: "state", Activity: au.ID, Agent: agent, Registration: registration}
	if err := s.lrs.PutIn(tx, s.records(), state, cmi5.LaunchData, lrs.Write{ContentType: "application/json", Body: of.Data(au, modeOf(in.mode), back)}); err != nil {
		return err
	}
	// Her preferences are made once; from then on they are hers.
	err = s.lrs.PutIn(tx, s.records(), lrs.Place{Kind: "agent", Agent: agent}, cmi5.Preferences, lrs.Write{
		ContentType: "application/json", Body: cmi5.Preferring(in.a.Language), If: lrs.Precondition{NoneMatch: "*"},
	})
	if err != nil && !fault.Is(err, fault.Stale) {
		return err
	}
	st, err := of.Launched(au, modeOf(in.mode), s.start(in.u, token), tx.Now())
	if err != nil {
		return err
	}
	return s.write(tx, in.a, st)
}

func modeOf(m Mode) cmi5.Mode {
	switch m {
	case Browse:
		return cmi5.Browse
	case Review:
		return cmi5.Review
	}
	return cmi5.Normal
}

// agent is the learner as documents name her, and her registration.
func (s *Service) agent(tx *db.Tx, a Attempt) (*lrs.Agent, *lrs.UUID, error) {
	account, err := s.lrs.Account(tx, a.Person)
	if err != nil {
		return nil, nil, err
	}
	r, ok := lrs.ParseUUID(string(a.ID))
	if !ok {
		return nil, nil, fault.New(fault.Internal, "", nil)
	}
	return &lrs.Agent{Kind: "account", HomePage: account.HomePage, Value: account.Name}, &r, nil
}

// start is where a unit starts, without what the launch adds.
func (s *Service) start(u *Unit, token string) string {
	if u.remote() {
		return u.Href
	}
	return s.addresses.Files(token) + u.Href
}

// remote reports whether a unit lies outside of the package.
func (u *Unit) remote() bool {
	return strings.HasPrefix(u.Href, "https://") || strings.HasPrefix(u.Href, "http://")
}

// launchURL is the address that launches a unit in a session: its own, with what
// the launch adds in the query (cmi5 8.1).
func (s *Service) launchURL(tx *db.Tx, a Attempt, c *Course, u *Unit, session, token string) (string, error) {
	account, err := s.lrs.Account(tx, a.Person)
	if err != nil {
		return "", err
	}
	of := cmi5.Of{Actor: account, Registration: string(a.ID), Session: session}
	return s.launchAddress(of, c, u, token, session+"."+s.derived(useFetch, session), s.speaks(session)), nil
}

// launchAddress is that address, with the code by which the unit fetches its credential,
// and the credential itself for a unit that takes it from there.
func (s *Service) launchAddress(of cmi5.Of, c *Course, u *Unit, token, fetch, speaks string) string {
	pairs := [][2]string{
		{"endpoint", s.addresses.Records(token)},
		{"fetch", s.addresses.Fetch(token, fetch)},
		{"actor", cmi5.Actor(of.Actor)},
		{"registration", of.Registration},
		{"activityId", s.activityID(c, u)},
	}
	if c.Kind == XAPI { // as packages with tincan.xml expect it
		pairs[1] = [2]string{"auth", "Basic " + speaks}
		pairs[4][0] = "activity_id"
	}
	start, fragment, hasFragment := strings.Cut(s.start(u, token), "#")
	var b strings.Builder
	b.WriteString(start)
	glue := "?"
	if strings.Contains(start, "?") {
		glue = "&"
	}
	for _, p := range pairs {
		b.WriteString(glue + p[0] + "=" + strings.ReplaceAll(url.QueryEscape(p[1]), "+", "%20"))
		glue = "&"
	}
	if hasFragment {
		b.WriteString("#" + fragment)
	}
	return b.String()
}

// speaks is the credential of a session, as HTTP Basic has it.
func (s *Service) speaks(session string) string {
	return base64.StdEncoding.EncodeToString([]byte(session + ":" + s.derived(useSpeak, session)))
}

// Fetched is the answer to whoever fetches a credential (cmi5 8.2). Code is empty,
// or one of the specification's error values.
type Fetched struct{ Credential, Code, Text string }

// Fetch hands out the credential of a session, once. token is the one of the path
// that it was launched from.
func (s *Service) Fetch(ctx context.Context, token, code string) Fetched {
	if len(token) == previewToken {
		return s.rehearsalFetched(ctx, token, code)
	}
	session, ok := s.shown(useFetch, code)
	if !ok {
		return Fetched{Code: "2", Text: "The address is not one that Cadre gave out."}
	}
	var out Fetched
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Fetched{}
		row, err := sessionByID(tx, session)
		if err != nil {
			return err
		}
		a, err := attemptByID(tx, row.Attempt)
		if err != nil {
			return err
		}
		switch {
		case token != s.pathToken(a.Person, a.Version):
			out = Fetched{Code: "2", Text: "The session is another package's."}
			return nil
		case !row.FetchedAt.IsZero():
			out = Fetched{Code: "1", Text: "The authorization token has already been returned."}
			return nil
		case !row.active() || tx.Now().After(row.ExpiresAt):
			out = Fetched{Code: "1", Text: "The session has ended, or was not begun in time."}
			return nil
		}
		row.FetchedAt, row.TouchedAt = tx.Now(), tx.Now()
		out.Credential = s.speaks(session)
		return updateSession(tx, row)
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return Fetched{Code: "2", Text: "There is no such session."}
	case err != nil:
		return Fetched{Code: "3", Text: "Cadre could not answer: try again in a moment."}
	}
	return out
}

// abandon ends a session that did not end by itself (cmi5 9.3.6).
func (s *Service) abandon(tx *db.Tx, a Attempt, c *Course, row *sessionRow) error {
	row.AbandonedAt = tx.Now()
	if err := updateSession(tx, *row); err != nil {
		return err
	}
	if err := endLaunch(tx, row.Launch); err != nil {
		return err
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "player.session-abandoned", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(row.Launch),
		Body: abandonedBody{Attempt: a.ID, Session: row.ID}, Rows: []journal.Row{journal.RowOf(launchesTable(), row.Launch)},
	}); err != nil {
		return err
	}
	u := c.Unit(row.Activity)
	if c.Kind != Cmi5 || u == nil {
		return nil
	}
	of, err := s.of(tx, a, row.ID)
	if err != nil {
		return err
	}
	lasted := time.Duration(0)
	if !row.LastAt.IsZero() {
		lasted = row.LastAt.Sub(row.LaunchedAt)
	}
	st, err := of.Abandoned(s.au(c, u), lasted, tx.Now())
	if err != nil {
		return err
	}
	return s.write(tx, a, st)
}

// abandonedBody is the body of player.session-abandoned, version 1.
type abandonedBody struct {
	Attempt id.Attempt `json:"attempt"`
	Session string     `json:"session"`
}

// Speak asks for a unit that speaks xAPI to be launched by its learner.
type OpenUnit struct {
	Attempt id.Attempt
	// Unit is the unit's id, or its maker's; empty to go on with the first that has
	// not reached what it has to.
	Unit string
	// Before is the launch that this very frame had opened before, if any.
	Before id.Launch
	// TakeOver says that she knows of another tab or device, and goes on here.
	TakeOver bool
}

// OpenUnit launches a unit that speaks xAPI, for its learner. What has reached what
// it has to opens in review. An attempt that she does not go on with is a fault of kind
// Closed.
func (s *Service) OpenUnit(ctx context.Context, op id.Operation, in OpenUnit) (Spoken, error) {
	if err := s.ready(ctx); err != nil {
		return Spoken{}, err
	}
	var out Spoken
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Spoken{}
		_, err := journal.Once(tx, op, "player.open-unit", &out, func() error {
			a, c, err := s.ownRun(tx, access.Change, in.Attempt)
			if err != nil {
				return err
			}
			if err := c.open(); err != nil {
				return err
			}
			if err := left(tx, a); err != nil {
				return err
			}
			if !c.Kind.Speaks() {
				return fault.New(fault.Closed, "player.no-run-time", nil)
			}
			m, err := marksOf(tx, a.ID)
			if err != nil {
				return err
			}
			u, err := c.next(m, in.Unit)
			if err != nil {
				return err
			}
			if err := s.elsewhere(tx, a, in); err != nil {
				return err
			}
			mode := Normal
			if c.Kind == Cmi5 && m.reached(u) || c.Kind == XAPI && a.State == Passed {
				mode = Review
			}
			out, err = s.speak(tx, speaking{a: a, c: c, u: u, mode: mode})
			return err
		})
		out.Pass = s.pass(out.Launch)
		return err
	})
	return out, err
}

// elsewhere is [ErrElsewhere] where a session is open that is not the caller's own.
func (s *Service) elsewhere(tx *db.Tx, a Attempt, in OpenUnit) error {
	if in.TakeOver {
		return nil
	}
	open, err := activeSessions(tx, a.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if o.Launch != in.Before && !o.InitializedAt.IsZero() && tx.Now().Sub(o.TouchedAt) < recently {
			return ErrElsewhere
		}
	}
	return nil
}

// next returns the unit asked for, or the first that has not reached what it has
// to.
func (c *Course) next(m marks, key string) (*Unit, error) {
	if key != "" {
		return c.unitBy(key)
	}
	leaves := c.Leaves()
	for i := range leaves {
		if !m.reached(&leaves[i]) {
			return &leaves[i], nil
		}
	}
	if len(leaves) == 0 {
		return nil, errNoUnit
	}
	return &leaves[0], nil
}
