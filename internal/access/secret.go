package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"cadre/internal/access/weak"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// Argon2id with 19 MiB and two passes: the first choice of OWASP's Password
// Storage Cheat Sheet where memory is scarce. 23 ms on the machine it was
// measured on.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// queued bounds the callers that wait for their turn to hash; beyond it they are
// asked to try again, so that a flood cannot take the machine's memory.
const queued = 64

// hasher computes passphrase hashes, one per processor at a time.
type hasher struct {
	turns chan struct{}
	queue chan struct{}
}

func newHasher() *hasher {
	n := max(1, runtime.NumCPU())
	return &hasher{turns: make(chan struct{}, n), queue: make(chan struct{}, n+queued)}
}

func (h *hasher) key(ctx context.Context, passphrase string, salt []byte) ([]byte, error) {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return nil, fault.New(fault.Unavailable, "access.busy", nil)
	}
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, "access.busy", context.Cause(ctx))
	}
	return argon2.IDKey([]byte(i18n.Fold(passphrase)), salt, argonPasses, argonMemory, argonLanes, argonKey), nil
}

// hash returns the PHC string of a passphrase.
func (h *hasher) hash(ctx context.Context, passphrase string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	key, err := h.key(ctx, passphrase, salt)
	if err != nil {
		return "", err
	}
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		b.EncodeToString(salt), b.EncodeToString(key)), nil
}

// verify reports whether the passphrase has the hash. An empty hash takes as
// long and is false, so that nobody learns by waiting who has an account.
func (h *hasher) verify(ctx context.Context, passphrase, hash string) (bool, error) {
	salt, want := make([]byte, argonSalt), make([]byte, argonKey)
	known := false
	if parts := strings.Split(hash, "$"); len(parts) == 6 {
		s, err1 := base64.RawStdEncoding.DecodeString(parts[4])
		k, err2 := base64.RawStdEncoding.DecodeString(parts[5])
		params := fmt.Sprintf("m=%d,t=%d,p=%d", argonMemory, argonPasses, argonLanes)
		if err1 == nil && err2 == nil && parts[3] == params {
			salt, want, known = s, k, true
		}
	}
	got, err := h.key(ctx, passphrase, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// MinPassphrase is the least number of signs of a passphrase that stands alone
// (NIST SP 800-63B-4, section 3.1.1.2).
const MinPassphrase = 15

// CheckPassphrase returns an Invalid fault if a passphrase is too short, too
// common, or holds the name under which its owner signs in.
func CheckPassphrase(passphrase, signInName string) error {
	bad := func(key string) error {
		return fault.Bad("access.mend", fault.Field{Name: "passphrase", Key: key})
	}
	folded := i18n.Fold(passphrase)
	distinct := map[rune]bool{}
	for _, r := range folded {
		distinct[r] = true
	}
	name := i18n.Fold(signInName)
	switch {
	case utf8.RuneCountInString(folded) < MinPassphrase:
		return bad("access.passphrase-short")
	case len(passphrase) > 500:
		return bad("access.passphrase-long")
	case len(distinct) < 6, weak.Common(folded), weak.Common(passphrase):
		return bad("access.passphrase-common")
	case name != "" && strings.Contains(folded, name):
		return bad("access.passphrase-name")
	}
	return nil
}

// The lists from which passphrases and sign-in names are proposed: 256 words
// each for things that everyone knows and nobody minds.
var (
	//go:embed words/en.txt
	wordsEnglish string
	//go:embed words/ur.txt
	wordsUrdu string
)

// proposedWords is how many words a proposal has: 40 bits, which at the cost of
// a hash is centuries of guessing even for a thief of the database.
const proposedWords = 5

// Propose returns a random passphrase of common words, in Urdu for those who
// read it and in English for everyone else. It is one that CheckPassphrase takes.
func Propose(lang string) (string, error) {
	list := strings.Fields(wordsEnglish)
	if base, _, _ := strings.Cut(lang, "-"); base == "ur" {
		list = strings.Fields(wordsUrdu)
	}
	for {
		out := make([]string, proposedWords)
		for i := range out {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(list))))
			if err != nil {
				return "", err
			}
			out[i] = list[n.Int64()]
		}
		// One in about two thousand is taken for common (see package weak).
		if p := strings.Join(out, " "); CheckPassphrase(p, "") == nil {
			return p, nil
		}
	}
}

// proposeName returns a random sign-in name: "lamp-heron-417".
func proposeName() (string, error) {
	list := strings.Fields(wordsEnglish)
	var b strings.Builder
	for range 2 {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(list))))
		if err != nil {
			return "", err
		}
		b.WriteString(list[n.Int64()] + "-")
	}
	n, err := rand.Int(rand.Reader, big.NewInt(900))
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "%d", 100+n.Int64())
	return b.String(), nil
}

// CodeSigns is the length of a printed code.
const CodeSigns = 8

// linkSigns is the length of a link's token: 160 bits.
const linkSigns = 32

const codeAlphabet = "abcdefghijkmnpqrstuvwxyz23456789" // without l, o, 0 and 1, as id.Secret

// derive makes a secret of n signs from the instance's key and the operation
// that asks for it, so that a form that is sent twice shows the same code and
// the code is kept nowhere.
func (s *Service) derive(what string, n int) string {
	sum := s.mac("make", what)
	out := make([]byte, n)
	for i := range out {
		out[i] = codeAlphabet[sum[i%len(sum)]&31]
	}
	return string(out)
}

// hashOf is how codes and links are kept. Codes are short: without the
// instance's key, which is not in the database, they cannot be tried out.
func (s *Service) hashOf(kind, secret string) string {
	return hex.EncodeToString(s.mac("keep "+kind, tidyCode(secret)))
}

func (s *Service) mac(purpose, what string) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte("cadre access " + purpose + "\x00" + what))
	return m.Sum(nil)
}

// tidyCode undoes what people do to a code when they copy it.
func tidyCode(s string) string {
	s = strings.ReplaceAll(i18n.Fold(s), " ", "")
	return strings.NewReplacer("l", "i", "1", "i").Replace(s)
}

// hashToken is how session tokens are kept: they are long enough to need no key.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
