package lrs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"cadre/internal/access"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs/statement"
)

// Scope is something that a key may do.
type Scope string

// The scopes, by the names that xAPI gave them.
const (
	ScopeWrite    Scope = "statements/write"
	ScopeReadMine Scope = "statements/read/mine" // what was written with this key
	ScopeRead     Scope = "statements/read"
	ScopeState    Scope = "state"
	ScopeProfile  Scope = "profile"
	ScopeAllRead  Scope = "all/read" // everything, but only to read
	ScopeAll      Scope = "all"
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{ScopeWrite, ScopeReadMine, ScopeRead, ScopeState, ScopeProfile, ScopeAllRead, ScopeAll}
}

// DefaultScopes are those of a key for which nobody asked more: it writes, and
// reads what it wrote.
func DefaultScopes() []Scope { return []Scope{ScopeWrite, ScopeReadMine} }

// Key is who uses the record store: a program, not a person.
type Key struct {
	ID     string
	Title  string
	Scopes []Scope
	// Programme and Agency limit the key to what was written within them; empty
	// is the whole instance.
	Programme, Agency string
	// Within is the key of the programme that what is written belongs to, where that
	// limits the key in nothing else; empty if that is Programme, or none.
	Within string
	// Registration limits the key to the statements of one registration; nil
	// does not.
	Registration *statement.UUID
	// PerMinute bounds the requests of a minute: 0 is the default ([Key.limit]),
	// Unlimited none.
	PerMinute int
	// Authority is the Agent that vouches for what is written with the key.
	Authority []byte
	Created   time.Time
	Revoked   time.Time // zero while it is of use

	hash  []byte
	agent string // the identifier of Authority
}

// May reports whether the key may do what the scope allows.
func (k Key) May(want Scope) bool {
	has := func(all ...Scope) bool {
		return slices.ContainsFunc(all, func(s Scope) bool { return slices.Contains(k.Scopes, s) })
	}
	switch want {
	case ScopeReadMine:
		return has(ScopeReadMine, ScopeRead, ScopeAllRead, ScopeAll)
	case ScopeRead:
		return has(ScopeRead, ScopeAllRead, ScopeAll)
	case ScopeAllRead:
		return has(ScopeAllRead, ScopeAll)
	}
	return has(want, ScopeAll)
}

// programme is the key of the programme that what is written belongs to.
func (k Key) programme() string { return cmp.Or(k.Within, k.Programme) }

// area is where the key's documents lie: apart for each limit.
func (k Key) area() string {
	if k.Programme == "" && k.Agency == "" {
		return ""
	}
	return k.Programme + "\x00" + k.Agency
}

// definition returns the key, in lrs_activities, of what those whose key is limited
// like this one are told of an activity: what was said by whom they may read.
func (k Key) definition(salt []byte, activity string) int64 {
	if k.Programme == "" && k.Agency == "" {
		return indexKey(salt, facetDefinition, activity)
	}
	return indexKey(salt, facetDefinition, activity, k.Programme, k.Agency)
}

// definitions returns the keys of everybody who is told what this key says of an
// activity: whoever is limited like it, or less.
func (k Key) definitions(salt []byte, activity string) []int64 {
	keys := []int64{Key{}.definition(salt, activity)}
	for _, other := range []Key{{Programme: k.programme()}, {Agency: k.Agency}, {Programme: k.programme(), Agency: k.Agency}} {
		if at := other.definition(salt, activity); !slices.Contains(keys, at) {
			keys = append(keys, at)
		}
	}
	return keys
}

// Local returns a key that nobody can show: Cadre itself writes with it, under an
// authority of that name.
func (s *Service) Local(name, title string, scopes ...Scope) Key {
	account := "key:" + name
	return Key{
		ID: name, Title: title, Scopes: scopes, Authority: agentJSON(s.Home, account, title),
		agent: statement.Agent{Kind: "account", HomePage: s.Home, Value: account}.Key(),
	}
}

// NewKey asks for a key.
type NewKey struct {
	Title             string
	Scopes            []Scope // DefaultScopes if empty
	Programme, Agency string
	// PerMinute is that of [Key].
	PerMinute int
}

// Kinds of journal entries.
const (
	KindKeyCreated = "lrs.key-created"
	KindKeyRevoked = "lrs.key-revoked"
)

// keyCreated is the body of an entry of [KindKeyCreated], version 1.
type keyCreated struct {
	Scopes []Scope `json:"scopes"`
}

// keyRevoked is the body of an entry of [KindKeyRevoked], version 1.
type keyRevoked struct{}

// secretSize is the length of a secret in signs of 5 bits each: 200 bits, which
// nobody guesses, so a plain hash of it is as good as a slow one.
const secretSize = 40

// CreateKey makes a key and returns it with its secret, which is nowhere else.
func (s *Service) CreateKey(ctx context.Context, n NewKey) (Key, string, error) {
	if len(n.Scopes) == 0 {
		n.Scopes = DefaultScopes()
	}
	for _, sc := range n.Scopes {
		if !slices.Contains(Scopes(), sc) {
			return Key{}, "", refuse(fault.Invalid, "there is no scope "+string(sc))
		}
	}
	k := Key{ID: id.New[string](), Title: n.Title, Scopes: n.Scopes, Programme: n.Programme, Agency: n.Agency, PerMinute: n.PerMinute}
	secret := id.Secret(secretSize)
	sum := sha256.Sum256([]byte(secret))
	k.hash = sum[:]
	k.Authority = agentJSON(s.Home, "key:"+k.ID, n.Title)
	k.agent = statement.Agent{Kind: "account", HomePage: s.Home, Value: "key:" + k.ID}.Key()
	err := s.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		if err := access.Allow(tx.Actor(), access.Change, access.Object{Kind: access.Instance}); err != nil {
			return err
		}
		k.Created = tx.Now()
		if _, err := tx.Exec(`INSERT INTO lrs_keys (id, title, secret_hash, scopes, programme, agency, authority, created_at, revoked_at, per_minute)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)`,
			k.ID, k.Title, k.hash, joinScopes(k.Scopes), k.Programme, k.Agency, k.Authority, db.Micros(k.Created), int64(k.PerMinute)); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{Kind: KindKeyCreated, Version: 1, Subject: k.ID, Body: keyCreated{k.Scopes}})
	})
	return k, secret, err
}

// Keys lists every key, the newest first.
func (s *Service) Keys(ctx context.Context) (out []Key, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		if err := access.Allow(tx.Actor(), access.Change, access.Object{Kind: access.Instance}); err != nil {
			return err
		}
		out, err = db.Collect(tx, func(r *db.Rows) (Key, error) { return scanKey(r) },
			`SELECT `+keyColumns+` FROM lrs_keys ORDER BY created_at DESC, id DESC`)
		return err
	})
	return out, err
}

// RevokeKey ends a key for good. What was written with it stays. Other instances
// on the same database may honour it for [keyAge] longer.
func (s *Service) RevokeKey(ctx context.Context, key string) error {
	err := s.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		if err := access.Allow(tx.Actor(), access.Change, access.Object{Kind: access.Instance}); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE lrs_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at = 0`, key, db.Micros(tx.Now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return refuse(fault.NotFound, "there is no such key, or it is revoked already")
		}
		return journal.Append(tx, journal.Entry{Kind: KindKeyRevoked, Version: 1, Subject: key, Body: keyRevoked{}})
	})
	s.keys.forget(key)
	return err
}

const keyColumns = `id, title, secret_hash, scopes, programme, agency, authority, created_at, revoked_at, per_minute`

func scanKey(r interface{ Scan(dest ...any) error }) (Key, error) {
	var k Key
	var scopes string
	var created, revoked int64
	err := r.Scan(&k.ID, &k.Title, &k.hash, &scopes, &k.Programme, &k.Agency, &k.Authority, &created, &revoked, &k.PerMinute)
	for sc := range strings.SplitSeq(scopes, ",") {
		k.Scopes = append(k.Scopes, Scope(sc))
	}
	k.Created, k.Revoked = db.Time(created), db.Time(revoked)
	if err != nil {
		return k, err
	}
	v, err := statement.ParseJSON(k.Authority)
	if err != nil {
		return k, err
	}
	a, err := statement.ReadAgent(v, statement.V2)
	k.agent = a.Key()
	return k, err
}

func joinScopes(in []Scope) string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return strings.Join(out, ",")
}

// Authenticate returns the key that name and secret are of. A wrong one is a
// [fault.Unauthenticated].
func (s *Service) Authenticate(ctx context.Context, name, secret string) (Key, error) {
	wrong := refuse(fault.Unauthenticated, "the key or its secret is wrong, or the key is revoked")
	if !id.Valid(name) {
		return Key{}, wrong
	}
	k, ok := s.keys.get(name)
	if !ok {
		err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
			k, err = scanKey(tx.QueryRow(`SELECT `+keyColumns+` FROM lrs_keys WHERE id = ?1`, name))
			return err
		})
		if errors.Is(err, sql.ErrNoRows) {
			return Key{}, wrong
		}
		if err != nil {
			return Key{}, err
		}
		s.keys.put(k)
	}
	sum := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(sum[:], k.hash) != 1 || !k.Revoked.IsZero() {
		return Key{}, wrong
	}
	return k, nil
}

// keyAge is how long a key is believed without asking the database again.
const keyAge = time.Second

// keyring remembers keys for a moment.
type keyring struct {
	clock clock.Clock
	mu    sync.Mutex
	known map[string]held
}

type held struct {
	key   Key
	until time.Time
}

const keyringMax = 10_000

func newKeyring(c clock.Clock) *keyring { return &keyring{clock: c, known: map[string]held{}} }

func (r *keyring) get(name string) (Key, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, ok := r.known[name]
	if !ok || r.clock.Now().After(h.until) {
		return Key{}, false
	}
	return h.key, true
}

func (r *keyring) put(k Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= keyringMax {
		r.known = map[string]held{}
	}
	r.known[k.ID] = held{k, r.clock.Now().Add(keyAge)}
}

func (r *keyring) forget(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.known, name)
}
