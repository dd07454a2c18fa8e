package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// How long a session lives. A borrowed device is the default: its cookie ends
// with the browser, and the server forgets it soon as well.
const (
	BorrowedIdle = 30 * time.Minute
	BorrowedLife = 12 * time.Hour
	OwnIdle      = 7 * 24 * time.Hour
	OwnLife      = 30 * 24 * time.Hour
	// touched is how exactly the last use is kept; it saves a write per request.
	touched = time.Minute
	// aheadOfTime is how far ahead a clock may have been without that ending the
	// sessions opened by it.
	aheadOfTime = 24 * time.Hour
)

// Failed attempts that are allowed within window before the next must wait.
const (
	window       = 15 * time.Minute
	perAccount   = 8
	perNetwork   = 40 // a room of officers shares one address
	perCodeGuess = 20 // codes name nobody, so wrong ones count for the network alone, and sooner
)

// Try is an attempt to sign in with a name and a passphrase, or with a code or link alone.
type Try struct {
	Name       string
	Passphrase string
	Code       string
	Link       string
	// From is the address that the attempt comes from; invalid if unknown. It is
	// counted under a hash of its network that changes daily, and never logged.
	From netip.Addr
	// Own tells that the device is her own, so that the session may last.
	Own bool
	// Before is the session token that the browser still has, which ends.
	Before string
}

// Entered is what signing in gives.
type Entered struct {
	Token string
	// Keep is how long the browser keeps the token; zero until it is closed.
	Keep   time.Duration
	Person id.Person
	// Choose tells that she came by a code or link and may now choose a
	// passphrase without knowing an older one.
	Choose bool
}

// refused is the one answer to every attempt that fails, whatever the reason.
func refused() error { return fault.New(fault.Invalid, "access.refused", nil) }

// SignIn opens a session. Every failure gets the same answer after the same
// work; too many failures get Limited, for everyone alike.
func (s *Service) SignIn(ctx context.Context, in Try) (Entered, error) {
	if err := Allow(actor.From(ctx), Create, Object{Kind: SignIn}); err != nil {
		return Entered{}, err
	}
	name := strings.ReplaceAll(i18n.Fold(in.Name), " ", "-")
	limits, err := s.counters(ctx, in, name)
	if err != nil {
		return Entered{}, err
	}
	// The attempt is counted before it is judged, so that parallel guesses count.
	if err := s.count(ctx, limits); err != nil {
		return Entered{}, err
	}
	var person id.Person
	var used id.Credential
	switch {
	case in.Code != "" || in.Link != "":
		person, used, err = s.redeemable(ctx, in)
	default:
		person, err = s.recognise(ctx, name, in.Passphrase)
	}
	if err != nil {
		return Entered{}, err
	}
	if person == "" {
		return Entered{}, refused()
	}
	out, err := s.openSession(ctx, in, person, used)
	if err != nil {
		return Entered{}, err
	}
	return out, s.uncount(ctx, limits)
}

// recognise returns the person of a name and passphrase, empty if there is none.
func (s *Service) recognise(ctx context.Context, name, passphrase string) (id.Person, error) {
	var person id.Person
	var hash string
	err := s.db.View(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`SELECT a.person, c.hash FROM access_accounts a JOIN access_credentials c ON c.person = a.person
			WHERE a.name = ?1 AND c.kind = 'passphrase' AND c.ended_at = 0`, name).Scan(&person, &hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", err
	}
	ok, err := s.hasher.verify(ctx, passphrase, hash)
	if err != nil || !ok {
		return "", err
	}
	return person, nil
}

// redeemable returns whose a code or link is, empty if nobody's.
func (s *Service) redeemable(ctx context.Context, in Try) (id.Person, id.Credential, error) {
	kind, secret := byCode, in.Code
	if in.Link != "" {
		kind, secret = byLink, in.Link
	}
	var p id.Person
	var c id.Credential
	err := s.db.View(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`SELECT person, id FROM access_credentials
			WHERE hash = ?1 AND kind = ?2 AND ended_at = 0 AND used_at = 0 AND expires_at > ?3`,
			s.hashOf(kind, secret), kind, db.Micros(tx.Now())).Scan(&p, &c)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return p, c, err
}

// signedIn and signedOut are journal bodies.
type signedIn struct {
	Session id.Session `json:"session"`
	How     string     `json:"how"`
}

type signedOut struct {
	Sessions int64 `json:"sessions"`
}

// openSession ends the session before, uses the code up, and writes a new one.
func (s *Service) openSession(ctx context.Context, in Try, p id.Person, used id.Credential) (Entered, error) {
	out := Entered{Token: id.Secret(linkSigns), Person: p, Choose: used != ""}
	life := BorrowedLife
	if in.Own {
		life, out.Keep = OwnLife, OwnIdle
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return Entered{}, err
	}
	session := id.New[id.Session]()
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		how := byPassphrase
		if used != "" {
			how = byCode
			n, err := tx.Exec(`UPDATE access_credentials SET used_at = ?2 WHERE id = ?1 AND used_at = 0 AND ended_at = 0`, used, db.Micros(tx.Now()))
			if err != nil {
				return err
			}
			if n == 0 {
				return refused() // it was used between the question and now
			}
		}
		if in.Before != "" {
			if _, err := tx.Exec(`DELETE FROM access_sessions WHERE token_hash = ?1`, hashToken(in.Before)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`INSERT INTO access_sessions (id, person, token_hash, secret, grant_id, own, by_code, created_at, used_at, ends_at)
			VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7, ?7, ?8)`,
			session, p, hashToken(out.Token), secret, db.Flag(in.Own), db.Flag(used != ""),
			db.Micros(tx.Now()), db.Micros(tx.Now().Add(life))); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Actor: actor.Actor{Person: p, Session: session}, Kind: "access.signed-in", Version: 1, Subject: string(p),
			Body: signedIn{session, how},
		})
	})
	return out, err
}

// Visit is a session that is alive.
type Visit struct {
	Actor actor.Actor
	// Grants are all that she may act under now.
	Grants []actor.Grant
	Prefs  i18n.Prefs
	Secret []byte
	// ByCode tells that she came by a code or link in this session.
	ByCode bool
	// Own tells that she said the device is her own.
	Own bool
}

// Visit returns the session of a token and notes that it was used; false if the
// token is unknown, or the session idle for too long, too old or signed out.
func (s *Service) Visit(ctx context.Context, token string) (Visit, bool, error) {
	var v Visit
	var found, stale, over bool
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var own, code, used, ends int64
		var acting id.Grant
		err := tx.QueryRow(`SELECT id, person, secret, grant_id, own, by_code, used_at, ends_at FROM access_sessions WHERE token_hash = ?1`,
			hashToken(token)).Scan(&v.Actor.Session, &v.Actor.Person, &v.Secret, &acting, &own, &code, &used, &ends)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if over, stale = aged(tx.Now(), own != 0, db.Time(used), db.Time(ends)); over {
			return nil
		}
		found = true
		v.ByCode, v.Own = code != 0, own != 0
		if v.Grants, err = GrantsNow(tx, v.Actor.Person); err != nil {
			return err
		}
		i := max(0, slices.IndexFunc(v.Grants, func(g actor.Grant) bool { return g.ID == acting }))
		if len(v.Grants) > 0 {
			v.Actor.Grant = v.Grants[i]
		}
		v.Prefs, err = s.people.Prefs(tx, v.Actor.Person)
		return err
	})
	if err == nil && over {
		// What is over stays over, also for a clock that is set back.
		err = s.db.Update(ctx, db.Reads, func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM access_sessions WHERE id = ?1`, v.Actor.Session)
			return err
		})
		if fault.Is(err, fault.Unavailable) {
			err = nil // it is over all the same
		}
	}
	if err != nil || !found {
		return Visit{}, false, err
	}
	if stale {
		err = s.use(ctx, v.Actor.Session)
		if fault.Is(err, fault.Unavailable) {
			err = nil // a database that only reads still shows pages
		}
	}
	return v, err == nil, err
}

// aged says whether a session is over at a moment, and whether its last use is to
// be noted anew.
func aged(now time.Time, own bool, used, ends time.Time) (over, stale bool) {
	idle := BorrowedIdle
	if own {
		idle = OwnIdle
	}
	// One that ends later than a session can was opened by a clock far ahead.
	over = !now.Before(ends) || !now.Before(used.Add(idle)) || ends.Sub(now) > OwnLife+aheadOfTime
	return over, now.Sub(used) >= touched
}

// use notes that a session is used.
func (s *Service) use(ctx context.Context, session id.Session) error {
	return s.db.Update(ctx, db.Reads, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE access_sessions SET used_at = ?2 WHERE id = ?1 AND used_at < ?2`, session, db.Micros(tx.Now()))
		return err
	})
}

// Touch notes that the session of a token is used, as [Service.Visit] does,
// without reading whose it is. It does nothing for a session that is over.
func (s *Service) Touch(ctx context.Context, token string) error {
	return s.touch(ctx, "token_hash", hashToken(token))
}

// TouchSession is [Service.Touch] for whoever knows the session, and not its token.
func (s *Service) TouchSession(ctx context.Context, session id.Session) error {
	return s.touch(ctx, "id", string(session))
}

// touch is Touch, by a column that names a session and what it holds.
func (s *Service) touch(ctx context.Context, by, name string) error {
	if s.noted.since(name, s.db.Clock().Now()) {
		return nil
	}
	var session id.Session
	var over, stale bool
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var own, used, ends int64
		err := tx.QueryRow(`SELECT id, own, used_at, ends_at FROM access_sessions WHERE `+by+` = ?1`, name).Scan(&session, &own, &used, &ends)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		over, stale = aged(tx.Now(), own != 0, db.Time(used), db.Time(ends))
		if err == nil && !over && !stale {
			s.noted.put(name, tx.Now(), db.Time(used))
		}
		return err
	})
	if err != nil || over || !stale {
		return err
	}
	return s.use(ctx, session)
}

// noted remembers of sessions that are in use when that was last kept, so that it
// is not read again before it is to be kept anew. It lets nobody in: a session that
// has ended meanwhile is only not told so.
type noted struct {
	mu   sync.Mutex
	used map[string]time.Time // by the session, or its token's hash
}

// notedMax bounds the sessions that are remembered.
const notedMax = 10_000

// since reports whether the last use is kept as exactly as it has to be.
func (n *noted) since(name string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	used, ok := n.used[name]
	if ok && (now.Before(used) || now.Sub(used) >= touched) {
		delete(n.used, name)
		ok = false
	}
	return ok
}

func (n *noted) put(name string, now, used time.Time) {
	if now.Before(used) { // a clock was set back
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.used == nil || len(n.used) >= notedMax {
		n.used = map[string]time.Time{}
	}
	n.used[name] = used
}

// Stay is one of her sessions, for her to see.
type Stay struct {
	ID      id.Session
	Here    bool // the one that asks
	Own     bool
	ByCode  bool
	Since   time.Time
	LastUse time.Time
	Ends    time.Time
}

// Stays returns where a person is signed in, newest first, for herself.
func (s *Service) Stays(ctx context.Context) ([]Stay, error) {
	var out []Stay
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := Allow(a, List, Object{Kind: SignIn, Subject: a.Person}); err != nil {
			return err
		}
		var err error
		out, err = db.Collect(tx, func(r *db.Rows) (Stay, error) {
			var x Stay
			var own, code, since, used, ends int64
			err := r.Scan(&x.ID, &own, &code, &since, &used, &ends)
			x.Own, x.ByCode, x.Here = own != 0, code != 0, x.ID == a.Session
			x.Since, x.LastUse, x.Ends = db.Time(since), db.Time(used), db.Time(ends)
			return x, err
		}, `SELECT id, own, by_code, created_at, used_at, ends_at FROM access_sessions
			WHERE person = ?1 AND ends_at > ?2 AND ((own = 1 AND used_at > ?3) OR (own = 0 AND used_at > ?4))
			ORDER BY created_at DESC, id DESC`,
			a.Person, db.Micros(tx.Now()), db.Micros(tx.Now().Add(-OwnIdle)), db.Micros(tx.Now().Add(-BorrowedIdle)))
		return err
	})
	return out, err
}

// SignOut ends the session of a token. It never fails for a token that is
// unknown: whoever asked is signed out.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM access_sessions WHERE token_hash = ?1`, hashToken(token))
		return err
	})
}

// SignOutEverywhere ends every session of a person: her own act, or that of
// staff when a telephone was lost. It returns how many there were.
func (s *Service) SignOutEverywhere(ctx context.Context, op id.Operation, p id.Person) (int64, error) {
	var out int64
	err := update(ctx, s, op, "access.sign-out-everywhere", &out, func(tx *db.Tx) error {
		o, err := s.people.Object(tx, SignIn, p)
		if err != nil {
			return err
		}
		if err := Allow(tx.Actor(), Delete, o); err != nil {
			return err
		}
		if out, err = tx.Exec(`DELETE FROM access_sessions WHERE person = ?1`, p); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Kind: "access.signed-out-everywhere", Version: 1, Subject: string(p),
			Body: signedOut{out},
		})
	})
	return out, err
}

// EndStay ends one of the actor's own sessions.
func (s *Service) EndStay(ctx context.Context, op id.Operation, session id.Session) error {
	var out struct{}
	return update(ctx, s, op, "access.end-stay", &out, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := Allow(a, Delete, Object{Kind: SignIn, ID: string(session), Subject: a.Person}); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM access_sessions WHERE id = ?1 AND person = ?2`, session, a.Person)
		return err
	})
}

// ActIn makes the actor's session act under another of her grants.
func (s *Service) ActIn(ctx context.Context, op id.Operation, g id.Grant) error {
	var out struct{}
	return update(ctx, s, op, "access.act-in", &out, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := Allow(a, Change, Object{Kind: SignIn, ID: string(a.Session), Subject: a.Person}); err != nil {
			return err
		}
		held, err := GrantsNow(tx, a.Person)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(held, func(h actor.Grant) bool { return h.ID == g }) {
			return unknownPerson()
		}
		_, err = tx.Exec(`UPDATE access_sessions SET grant_id = ?2 WHERE id = ?1`, a.Session, g)
		return err
	})
}

// NewPassphrase is a passphrase to be chosen.
type NewPassphrase struct {
	Passphrase string
	// Current is the one until now; it is not asked for in a session that she
	// entered by a code or link.
	Current string
	// Token is the session's, which stays while all others end.
	Token string
}

// SignInName returns the name under which the actor signs in; empty if she was
// never invited.
func (s *Service) SignInName(ctx context.Context) (string, error) {
	var name string
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := Allow(a, Read, Object{Kind: Credential, ID: string(a.Person), Subject: a.Person}); err != nil {
			return err
		}
		var err error
		name, err = signInName(tx, a.Person)
		return err
	})
	return name, err
}

// ChoosePassphrase sets the actor's passphrase and ends all her other sessions.
// In a session not entered by a code the current passphrase is asked for, and
// wrong ones are counted like any other attempt.
func (s *Service) ChoosePassphrase(ctx context.Context, op id.Operation, in NewPassphrase) error {
	a := actor.From(ctx)
	if err := Allow(a, Create, Object{Kind: Credential, ID: string(a.Person), Subject: a.Person}); err != nil {
		return err
	}
	name, err := s.SignInName(ctx)
	if err != nil {
		return err
	}
	if err := CheckPassphrase(in.Passphrase, name); err != nil {
		return err
	}
	v, ok, err := s.Visit(ctx, in.Token)
	if err != nil {
		return err
	}
	if !ok || v.Actor.Person != a.Person {
		return fault.New(fault.Unauthenticated, "access.sign-in-first", nil)
	}
	if !v.ByCode {
		limits, err := s.counters(ctx, Try{}, name)
		if err != nil {
			return err
		}
		if err := s.count(ctx, limits); err != nil {
			return err
		}
		p, err := s.recognise(ctx, name, in.Current)
		if err != nil {
			return err
		}
		if p != a.Person {
			// A form that is sent again finds its own passphrase in force.
			if p, err = s.recognise(ctx, name, in.Passphrase); err != nil {
				return err
			}
			if p == a.Person {
				return s.uncount(ctx, limits)
			}
			return fault.Bad("access.mend", fault.Field{Name: "current", Key: "access.passphrase-current"})
		}
		if err := s.uncount(ctx, limits); err != nil {
			return err
		}
	}
	hash, err := s.hasher.hash(ctx, in.Passphrase)
	if err != nil {
		return err
	}
	var out struct{}
	return update(ctx, s, op, "access.choose-passphrase", &out, func(tx *db.Tx) error {
		if _, err := account(tx, a.Person); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE access_credentials SET ended_at = ?2 WHERE person = ?1 AND ended_at = 0 AND used_at = 0`,
			a.Person, db.Micros(tx.Now())); err != nil {
			return err
		}
		if err := put(tx, id.New[id.Credential](), a.Person, byPassphrase, hash, time.Time{}); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM access_sessions WHERE person = ?1 AND id <> ?2`, a.Person, v.Actor.Session)
		return err
	})
}

// HasPassphrase reports whether the actor has chosen a passphrase.
func (s *Service) HasPassphrase(ctx context.Context) (bool, error) {
	var n int
	err := s.db.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM access_credentials WHERE person = ?1 AND kind = 'passphrase' AND ended_at = 0`,
			tx.Actor().Person).Scan(&n)
	})
	return n > 0, err
}

// A counter counts failures of one account or one network.
type counter struct {
	key     string
	max     int
	account bool
}

// counters names what an attempt counts for. The keys are hashes under the
// secret of the day: they say nothing of the account or the address.
func (s *Service) counters(ctx context.Context, in Try, name string) ([]counter, error) {
	secret, err := s.daySecret(ctx)
	if err != nil {
		return nil, err
	}
	key := func(what string) string {
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(what))
		return hex.EncodeToString(m.Sum(nil))
	}
	var out []counter
	if in.Code == "" && in.Link == "" {
		out = append(out, counter{key("account " + name), perAccount, true})
	}
	if in.From.IsValid() {
		bits := 24
		if in.From.Is6() && !in.From.Is4In6() {
			bits = 56
		}
		prefix, err := in.From.Unmap().Prefix(bits)
		if err != nil {
			return nil, err
		}
		what, most := "network ", perNetwork
		if in.Code != "" || in.Link != "" {
			what, most = "codes ", perCodeGuess
		}
		out = append(out, counter{key(what + prefix.String()), most, false})
	}
	return out, nil
}

// daySecret returns the secret of the day, and makes it if there is none yet.
func (s *Service) daySecret(ctx context.Context) ([]byte, error) {
	var secret []byte
	load := func(tx *db.Tx) error {
		err := tx.QueryRow(`SELECT secret FROM access_days WHERE day = ?1`, tx.Now().Format(time.DateOnly)).Scan(&secret)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	}
	if err := s.db.View(ctx, load); err != nil || secret != nil {
		return secret, err
	}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	err := s.db.Update(ctx, db.Reads, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO access_days (day, secret) VALUES (?1, ?2) ON CONFLICT DO NOTHING`,
			tx.Now().Format(time.DateOnly), fresh); err != nil {
			return err
		}
		return load(tx)
	})
	return secret, err
}

// count adds one to every counter, or returns Limited if one is full.
func (s *Service) count(ctx context.Context, cs []counter) error {
	return s.db.Update(ctx, db.Reads, func(tx *db.Tx) error {
		now := db.Micros(tx.Now())
		for _, c := range cs {
			if _, err := tx.Exec(`INSERT INTO access_limits (key, failures, until) VALUES (?1, 1, ?2)
				ON CONFLICT (key) DO UPDATE SET
					failures = CASE WHEN access_limits.until <= ?3 THEN 1 ELSE access_limits.failures + 1 END,
					until = CASE WHEN access_limits.until <= ?3 THEN excluded.until ELSE access_limits.until END`,
				c.key, db.Micros(tx.Now().Add(window)), now); err != nil {
				return err
			}
			var failures int
			if err := tx.QueryRow(`SELECT failures FROM access_limits WHERE key = ?1`, c.key).Scan(&failures); err != nil {
				return err
			}
			if failures > c.max {
				return fault.New(fault.Limited, "access.limited", fault.Args{"minutes": int(window / time.Minute)})
			}
		}
		return nil
	})
}

// uncount takes a success back: it was no failure, and her account starts anew.
func (s *Service) uncount(ctx context.Context, cs []counter) error {
	return s.db.Update(ctx, db.Reads, func(tx *db.Tx) error {
		for _, c := range cs {
			query := `UPDATE access_limits SET failures = failures - 1 WHERE key = ?1 AND failures > 0`
			if c.account {
				query = `DELETE FROM access_limits WHERE key = ?1`
			}
			if _, err := tx.Exec(query, c.key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tidy deletes sessions that are over, counters that have run out and the
// secrets of past days. A timer calls it.
func (s *Service) Tidy(ctx context.Context) error {
	return s.db.Update(ctx, db.Reads, func(tx *db.Tx) error {
		now := tx.Now()
		for _, q := range []struct {
			text string
			arg  any
		}{
			{`DELETE FROM access_sessions WHERE ends_at <= ?1`, db.Micros(now)},
			{`DELETE FROM access_sessions WHERE own = 0 AND used_at <= ?1`, db.Micros(now.Add(-BorrowedIdle))},
			{`DELETE FROM access_sessions WHERE used_at <= ?1`, db.Micros(now.Add(-OwnIdle))},
			{`DELETE FROM access_limits WHERE until <= ?1`, db.Micros(now)},
			{`DELETE FROM access_days WHERE day < ?1`, now.AddDate(0, 0, -1).Format(time.DateOnly)},
		} {
			if _, err := tx.Exec(q.text, q.arg); err != nil {
				return err
			}
		}
		return nil
	})
}
