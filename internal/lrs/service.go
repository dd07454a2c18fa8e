package lrs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"cadre/internal/access"
	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
)

// Deps is what the service works with.
type Deps struct {
	DB    *db.DB
	Files *blob.Store
	// Reads records whose statements a program reads; nil records nothing.
	Reads Reads
	// Home is the address by which this instance names itself in accounts: the
	// homePage of authorities and of pseudonymous accounts.
	Home string
}

// Reads records who read whose data.
type Reads interface {
	// RecordRead notes that the actor of ctx read kind of these people. What
	// cannot be recorded is not shown: on an error the data is withheld.
	RecordRead(ctx context.Context, kind access.Kind, ps ...id.Person) error
}

// Service is the learning record store. It is safe for use by several
// goroutines.
type Service struct {
	Deps
	salt     func(ctx context.Context) ([]byte, error)
	vouchers *vouchers
	defined  *seen
	keys     *keyring
	rates    *rates
	head     lastHead

	gathering db.Gathering[*request]
}

// New returns the service.
func New(d Deps) *Service {
	if d.Home == "" {
		d.Home = "urn:cadre"
	}
	s := &Service{Deps: d, vouchers: &vouchers{bodies: map[int64][]byte{}}, defined: &seen{}, keys: newKeyring(d.DB.Clock()), rates: newRates(d.DB.Clock())}
	var known atomic.Pointer[[]byte]
	s.salt = func(ctx context.Context) ([]byte, error) {
		if salt := known.Load(); salt != nil {
			return *salt, nil
		}
		salt, err := s.open(ctx) // the same for whoever comes first, and for all at once
		if err != nil {
			return nil, err
		}
		known.Store(&salt)
		return salt, nil
	}
	return s
}

// open returns the salt of the index, and makes the head of the chain if this
// database has none.
func (s *Service) open(ctx context.Context) ([]byte, error) {
	var salt []byte
	read := func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT salt FROM lrs_heads WHERE lane = ?1`, db.XAPI.String()).Scan(&salt)
	}
	err := s.DB.View(ctx, read)
	if !errors.Is(err, sql.ErrNoRows) {
		return salt, err
	}
	fresh := make([]byte, 16)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO lrs_heads (lane, stored, statements, hash, salt) VALUES (?1, 0, 0, ?2, ?3)
			ON CONFLICT (lane) DO NOTHING`, db.XAPI.String(), make([]byte, sha256.Size), fresh); err != nil {
			return err
		}
		return read(tx)
	})
	return salt, err
}

// The facets by which statements are found; each is the first byte of what is
// hashed into a key of lrs_index, and so fixed for ever.
const (
	facetVerb            = 'v'
	facetAgent           = 'a'
	facetActivity        = 'o'
	facetRegistration    = 'r'
	facetAgentVerb       = 'b'
	facetAgentActivity   = 'c'
	facetActivityVerb    = 'd'
	facetRegVerb         = 'e'
	facetRelatedAgent    = 'A'
	facetRelatedActivity = 'O'
	facetAuthority       = 'k'
	facetProgramme       = 'p'
	facetAgency          = 'g'
	facetDefinition      = 'D' // the key of lrs_activities
)

// indexKey hashes a facet and its values. The salt is never shown to anyone, so
// nobody can make values that fall together.
func indexKey(salt []byte, facet byte, values ...string) int64 {
	var room [256]byte
	b := append(room[:0], salt...)
	b = append(b, facet)
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	sum := sha256.Sum256(b)
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// A reason is one English sentence for the makers of programs; it travels as the
// cause of a fault.
type reason string

// Error returns the sentence.
func (r reason) Error() string { return string(r) }

func refuse(k fault.Kind, sentence string) error {
	return &fault.Error{Kind: k, Key: "fault." + k.String(), Cause: reason(sentence)}
}

// invalid makes a fault of what package statement found.
func invalid(err error) error {
	return &fault.Error{Kind: fault.Invalid, Key: "fault.invalid", Cause: err}
}

// seen remembers what was just merged into a canonical definition, so that a
// thousand statements with one definition merge it once.
type seen struct {
	mu    sync.Mutex
	last  map[int64]merged
	turn  uint64 // of the merge that began last
	since int64
}

// merged is what was merged last into a definition. It counts once it is durable.
type merged struct {
	sum     [32]byte
	turn    uint64
	durable bool
}

// seenMax bounds what is remembered. seenFor is for how long, in microseconds: another
// instance may have been told otherwise since.
const (
	seenMax = 10_000
	seenFor = 1_000_000
)

// has reports whether sum was merged last, durably.
func (s *seen) has(activity int64, sum [32]byte, now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now < s.since || now-s.since >= seenFor {
		s.last, s.since = nil, now
	}
	m := s.last[activity]
	return m.durable && m.sum == sum
}

// begin forgets what was merged before, within the transaction that merges sum, and
// returns what is to be called once it is durable. Of transactions that are committed
// together each may be answered first: only the merge that began last counts.
func (s *seen) begin(activity int64, sum [32]byte) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || len(s.last) >= seenMax {
		s.last = map[int64]merged{}
	}
	s.turn++
	turn := s.turn
	s.last[activity] = merged{sum: sum, turn: turn}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.last[activity].turn == turn {
			s.last[activity] = merged{sum, turn, true}
		}
	}
}

// vouchers remember authorities, which never change.
type vouchers struct {
	mu     sync.RWMutex
	bodies map[int64][]byte
}

func (v *vouchers) get(id int64) []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.bodies[id]
}

func (v *vouchers) put(id int64, body []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bodies[id] = body
}

// personOf returns the person behind an account of ours, empty if it is none or
// somebody else's.
func (s *Service) personOf(tx *db.Tx, a statement.Account) (string, error) {
	if a.HomePage != s.Home || a.Name == "" || strings.HasPrefix(a.Name, "key:") {
		return "", nil
	}
	var person string
	err := tx.QueryRow(`SELECT person FROM lrs_accounts WHERE name = ?1`, a.Name).Scan(&person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return person, err
}
