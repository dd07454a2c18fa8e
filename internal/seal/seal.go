package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"cadre/internal/durable"
	"cadre/internal/fault"
)

// Binding says where a payload belongs. It is no secret and is not stored with
// the payload: it is what the row itself says.
type Binding struct {
	// Purpose names the table or the use, such as "coaching.note".
	Purpose string
	// ID is the row's.
	ID string
	// Version is the revision of the row that the payload belongs to.
	Version int
	// Author is the person who wrote it; empty where nobody may be named.
	Author string
}

// bytes encodes the binding so that no two different ones are alike: each field
// is preceded by its length.
func (b Binding) bytes() []byte {
	out := []byte("cadre seal 1")
	for _, s := range []string{b.Purpose, b.ID, b.Author} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(s)))
		out = append(out, s...)
	}
	return binary.BigEndian.AppendUint64(out, uint64(b.Version))
}

// Sealed is a payload as it is stored: the id of the key, and nonce and
// ciphertext (XChaCha20-Poly1305, 40 bytes longer than the text).
type Sealed struct {
	Key string
	Box []byte
}

// Keys seals and opens. It is safe for use by several goroutines.
type Keys struct {
	aeads   map[string]cipher.AEAD
	current string
}

// the first field of a line of the file
const mark = "cadre-seal-1"

// New returns keys that exist in memory only, for tests and the demo.
func New() *Keys {
	k := &Keys{aeads: map[string]cipher.AEAD{}}
	line := mint()
	if err := k.add(line); err != nil {
		panic(err) // a line just minted is well formed
	}
	return k
}

// Open reads the key file at path, and makes one with a new key, readable by
// this user alone, if there is none. A file that others may read is refused.
func Open(path string) (*Keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte("# Cadre: keys that seal coaching notes and answers. Keep a copy apart from the backups.\n" + mint() + "\n")
		err = durable.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("the key file: %w", err)
	}
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("the key file: %w", err)
	} else if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s may be read by others: its mode is %o, 600 would be right", path, info.Mode().Perm())
	}
	k := &Keys{aeads: map[string]cipher.AEAD{}}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := k.add(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
	}
	if k.current == "" {
		return nil, fmt.Errorf("the key file %s holds no key", path)
	}
	return k, nil
}

// mint makes a line of the file: the mark, a random id, a random key.
func mint() string {
	b := make([]byte, 8+chacha20poly1305.KeySize)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail on supported systems
	}
	return mark + " " + hex.EncodeToString(b[:8]) + " " + base64.StdEncoding.EncodeToString(b[8:])
}

func (k *Keys) add(line string) error {
	f := strings.Fields(line)
	if len(f) != 3 || f[0] != mark {
		return fmt.Errorf("not a key: a line is %q, an id and a key in base64", mark)
	}
	raw, err := base64.StdEncoding.DecodeString(f[2])
	if err != nil {
		return errors.New("the key is not base64")
	}
	aead, err := chacha20poly1305.NewX(raw)
	if err != nil {
		return fmt.Errorf("the key has %d bytes, %d would be right", len(raw), chacha20poly1305.KeySize)
	}
	if _, twice := k.aeads[f[1]]; twice {
		return fmt.Errorf("the key %s stands here twice", f[1])
	}
	k.aeads[f[1]], k.current = aead, f[1]
	return nil
}

// Current is the id of the key that seals.
func (k *Keys) Current() string { return k.current }

// Has reports whether the key that sealed something is here.
func (k *Keys) Has(key string) bool { return k.aeads[key] != nil }

// Seal closes plain in its place.
func (k *Keys) Seal(b Binding, plain []byte) Sealed {
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	if _, err := rand.Read(nonce); err != nil {
		panic(err) // crypto/rand does not fail on supported systems
	}
	return Sealed{Key: k.current, Box: k.aeads[k.current].Seal(nonce, nonce, plain, b.bytes())}
}

// Open opens what was sealed in this place. It returns fault.Unavailable if the
// key is not here, and an internal fault if the payload was changed or belongs
// elsewhere: it never returns part of a text.
func (k *Keys) Open(b Binding, s Sealed) ([]byte, error) {
	aead := k.aeads[s.Key]
	if aead == nil {
		return nil, fault.Wrap(fault.Unavailable, "seal.key-missing", fmt.Errorf("seal: key %.40q is not in the key file", s.Key))
	}
	if len(s.Box) < chacha20poly1305.NonceSizeX {
		return nil, fault.Wrap(fault.Internal, "seal.damaged", errors.New("seal: payload is too short"))
	}
	nonce, box := s.Box[:chacha20poly1305.NonceSizeX], s.Box[chacha20poly1305.NonceSizeX:]
	plain, err := aead.Open(nil, nonce, bytes.Clone(box), b.bytes())
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "seal.damaged",
			fmt.Errorf("seal: %s %s version %d does not open: %w", b.Purpose, b.ID, b.Version, err))
	}
	return plain, nil
}
