package access

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// The kinds of credentials.
const (
	byPassphrase = "passphrase"
	byCode       = "code"
	byLink       = "link"
)

// How long what is made lasts.
const (
	// LinkLasts and CodeLasts are how long an invitation may be redeemed.
	LinkLasts = 7 * 24 * time.Hour
	CodeLasts = 21 * 24 * time.Hour
	// ReplacedLasts is how long the code lasts that staff make at her side.
	ReplacedLasts = 24 * time.Hour
)

// Ticket is what an invited person needs to come in. The secret is in no
// database and no log; it can be shown again only by sending the same operation
// again.
type Ticket struct {
	Credential id.Credential
	Person     id.Person
	// SignInName is the name under which she signs in.
	SignInName string
	// Code is eight signs; empty for a link.
	Code string
	// Link is a token for the end of the address; empty for a code.
	Link    string
	Expires time.Time
}

// ticket is what is stored of one.
type ticket struct {
	Credential id.Credential `json:"credential"`
	Name       string        `json:"name"`
	Expires    time.Time     `json:"expires"`
}

type credentialBody struct {
	Credential id.Credential `json:"credential"`
	Person     id.Person     `json:"person"`
	How        string        `json:"how"`
}

type opened struct {
	Person id.Person `json:"person"`
}

// Invitee is somebody to be invited, and how.
type Invitee struct {
	Person id.Person
	// ByLink makes a link to send; otherwise a code to print is made.
	ByLink bool
}

// Invite makes a one-time link or code by which a person comes in and chooses a
// passphrase. What was made for her before and not used ends.
func (s *Service) Invite(ctx context.Context, op id.Operation, in Invitee) (Ticket, error) {
	kind, lasts := byCode, CodeLasts
	if in.ByLink {
		kind, lasts = byLink, LinkLasts
	}
	return s.issue(ctx, op, "access.invite", Invitation, Create, in.Person, kind, lasts)
}

// InviteAll makes a code for each of several people, for one sheet to print. All
// are made or none.
func (s *Service) InviteAll(ctx context.Context, op id.Operation, ps []id.Person) ([]Ticket, error) {
	var kept []ticket
	err := update(ctx, s, op, "access.invite-all", &kept, func(tx *db.Tx) error {
		for _, p := range ps {
			o, err := s.people.Object(tx, Invitation, p)
			if err != nil {
				return err
			}
			if err := Allow(tx.Actor(), Create, o); err != nil {
				return err
			}
			t, err := s.make(tx, p, byCode, CodeLasts, string(op)+"\x00"+string(p))
			if err != nil {
				return err
			}
			kept = append(kept, t)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]Ticket, len(kept))
	for i, t := range kept {
		out[i] = s.open(t, ps[i], byCode, string(op)+"\x00"+string(ps[i]))
	}
	return out, nil
}

// Replace makes a new code for a person who stands beside the actor and has lost
// hers. Older codes and links end; her passphrase and sessions stay. She sees who
// did it.
func (s *Service) Replace(ctx context.Context, op id.Operation, p id.Person) (Ticket, error) {
	return s.issue(ctx, op, "access.replace", Credential, Replace, p, byCode, ReplacedLasts)
}

func (s *Service) issue(ctx context.Context, op id.Operation, act string, k Kind, v Verb, p id.Person, kind string, lasts time.Duration) (Ticket, error) {
	seed := string(op) + "\x00" + string(p)
	var kept ticket
	err := update(ctx, s, op, act, &kept, func(tx *db.Tx) error {
		o, err := s.people.Object(tx, k, p)
		if err != nil {
			return err
		}
		if err := Allow(tx.Actor(), v, o); err != nil {
			return err
		}
		kept, err = s.make(tx, p, kind, lasts, seed)
		return err
	})
	if err != nil {
		return Ticket{}, err
	}
	return s.open(kept, p, kind, seed), nil
}

// open adds the secret, made again, to what was stored.
func (s *Service) open(t ticket, p id.Person, kind, seed string) Ticket {
	out := Ticket{Credential: t.Credential, Person: p, SignInName: t.Name, Expires: t.Expires}
	if kind == byLink {
		out.Link = s.derive(kind+seed, linkSigns)
	} else {
		out.Code = s.derive(kind+seed, CodeSigns)
	}
	return out
}

func (s *Service) make(tx *db.Tx, p id.Person, kind string, lasts time.Duration, seed string) (ticket, error) {
	t := ticket{Credential: id.New[id.Credential](), Expires: tx.Now().Add(lasts)}
	var err error
	if t.Name, err = account(tx, p); err != nil {
		return t, err
	}
	if _, err := tx.Exec(`UPDATE access_credentials SET ended_at = ?2 WHERE person = ?1 AND kind IN ('code', 'link') AND ended_at = 0 AND used_at = 0`,
		p, db.Micros(tx.Now())); err != nil {
		return t, err
	}
	signs := CodeSigns
	if kind == byLink {
		signs = linkSigns
	}
	if err := put(tx, t.Credential, p, kind, s.hashOf(kind, s.derive(kind+seed, signs)), t.Expires); err != nil {
		return t, err
	}
	return t, nil
}

// put writes a credential and its journal entry.
func put(tx *db.Tx, c id.Credential, p id.Person, kind, hash string, expires time.Time) error {
	if _, err := tx.Exec(`INSERT INTO access_credentials (id, person, kind, hash, made_by, made_at, expires_at, used_at, ended_at, seen_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0)`,
		c, p, kind, hash, tx.Actor().ID(), db.Micros(tx.Now()), db.Micros(expires)); err != nil {
		if tx.Dialect().IsUnique(err) {
			return fault.Wrap(fault.Conflict, "access.code-taken", err)
		}
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "access.credential-made", Version: 1, Scope: tx.Actor().Grant.Scope, Subject: string(p),
		Body: credentialBody{c, p, kind}, Rows: []journal.Row{journal.RowOf(credentials(), c)},
	})
}

// account returns the name under which a person signs in, and makes one if she
// has none yet.
func account(tx *db.Tx, p id.Person) (string, error) {
	name, err := signInName(tx, p)
	if err != nil || name != "" {
		return name, err
	}
	for range 50 {
		if name, err = proposeName(); err != nil {
			return "", err
		}
		n, err := tx.Exec(`INSERT INTO access_accounts (person, name, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`,
			p, name, db.Micros(tx.Now()))
		if err != nil {
			return "", err
		}
		if n == 1 {
			return name, journal.Append(tx, journal.Entry{
				Kind: "access.account-opened", Version: 1, Scope: tx.Actor().Grant.Scope, Subject: string(p),
				Body: opened{p}, Rows: []journal.Row{journal.RowOf(accounts(), p)},
			})
		}
	}
	return "", errors.New("access: no free sign-in name in fifty tries")
}

// signInName returns the name under which p signs in; empty if she has none.
func signInName(tx *db.Tx, p id.Person) (string, error) {
	var name string
	err := tx.QueryRow(`SELECT name FROM access_accounts WHERE person = ?1`, p).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, err
}

// Newcomer is a person who is entered, given a grant and invited in one act.
type Newcomer struct {
	// Name is one name, as it is written.
	Name string
	// Email may be empty.
	Email  string
	Role   actor.Role
	Scope  actor.Scope
	ByLink bool
}

// newcomer is what is stored of the act.
type newcomer struct {
	Person id.Person `json:"person"`
	Ticket ticket    `json:"ticket"`
}

// InviteNew enters a person, gives her a grant and invites her, all or nothing:
// the operation behind "cadre user invite" and the form for staff.
func (s *Service) InviteNew(ctx context.Context, op id.Operation, in Newcomer) (Ticket, error) {
	kind, lasts := byCode, CodeLasts
	if in.ByLink {
		kind, lasts = byLink, LinkLasts
	}
	var kept newcomer
	err := update(ctx, s, op, "access.invite-new", &kept, func(tx *db.Tx) error {
		a := tx.Actor()
		at, err := s.place(tx, in.Scope)
		if err != nil {
			return err
		}
		for v, k := range map[Kind]Verb{Person: Create, Grant: Create, Invitation: Create} {
			if err := Allow(a, k, Object{Kind: v, State: Staff, Place: at}); err != nil {
				return err
			}
		}
		if in.Role == actor.Administrator && a.Grant.Role != actor.Administrator && !a.Operator {
			return fault.New(fault.Denied, "access.denied", nil)
		}
		if kept.Person, err = s.people.Enter(tx, in.Name, in.Email, at); err != nil {
			return err
		}
		if _, err := s.Give(tx, Giving{Person: kept.Person, Role: in.Role, Scope: in.Scope}); err != nil {
			return err
		}
		kept.Ticket, err = s.make(tx, kept.Person, kind, lasts, string(op))
		return err
	})
	if err != nil {
		return Ticket{}, err
	}
	return s.open(kept.Ticket, kept.Person, kind, string(op)), nil
}

// Pass is one way into her account, for her to see: never the secret.
type Pass struct {
	Credential id.Credential
	Kind       string // passphrase, code, link
	// MadeBy is who made it, as the journal names actors.
	MadeBy        string
	MadeAt        time.Time
	Expires, Used time.Time
	Ended         time.Time
	// Unseen tells that somebody else made it and she has not been told yet.
	Unseen bool
}

// Passes returns a person's credentials, newest first, for herself.
func (s *Service) Passes(ctx context.Context, p id.Person) ([]Pass, error) {
	var out []Pass
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if err := Allow(tx.Actor(), Read, Object{Kind: Credential, ID: string(p), Subject: p}); err != nil {
			return err
		}
		var err error
		out, err = db.Collect(tx, func(r *db.Rows) (Pass, error) {
			var d Pass
			var made, expires, used, ended, seen int64
			err := r.Scan(&d.Credential, &d.Kind, &d.MadeBy, &made, &expires, &used, &ended, &seen)
			d.MadeAt, d.Expires, d.Used, d.Ended = db.Time(made), db.Time(expires), db.Time(used), db.Time(ended)
			d.Unseen = seen == 0 && d.MadeBy != string(p)
			return d, err
		}, `SELECT id, kind, made_by, made_at, expires_at, used_at, ended_at, seen_at FROM access_credentials
			WHERE person = ?1 ORDER BY made_at DESC, id DESC LIMIT 50`, p)
		return err
	})
	return out, err
}

// Seen notes that she has seen who made her codes.
func (s *Service) Seen(ctx context.Context, op id.Operation) error {
	var out struct{}
	return update(ctx, s, op, "access.seen", &out, func(tx *db.Tx) error {
		p := tx.Actor().Person
		if err := Allow(tx.Actor(), Read, Object{Kind: Credential, ID: string(p), Subject: p}); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE access_credentials SET seen_at = ?2 WHERE person = ?1 AND seen_at = 0`, p, db.Micros(tx.Now()))
		return err
	})
}

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return unknownPerson()
	}
	return err
}
