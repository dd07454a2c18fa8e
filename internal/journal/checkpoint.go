package journal

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"cadre/internal/db"
	"cadre/internal/durable"
)

// Checkpoint says that the journal had Size entries with the root Root. Its text
// follows the checkpoints of transparency logs (c2sp.org/tlog-checkpoint): an
// origin, the size, the root, then lines of our own; it is signed as a note
// (golang.org/x/mod/sumdb/note, Ed25519).
type Checkpoint struct {
	Origin      string // of the database
	Size        int64
	Root        tlog.Hash
	Incarnation string
	Head        string // the last entry's hash
	At          time.Time
}

const checkpointName = "cadre/"

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s%s/%s\n%d\n%s\nincarnation %s\nhead %s\nat %s\n", checkpointName, c.Origin, db.Main,
		c.Size, base64.StdEncoding.EncodeToString(c.Root[:]), c.Incarnation, c.Head, c.At.UTC().Format(time.RFC3339))
}

func parseCheckpoint(text string) (Checkpoint, error) {
	var c Checkpoint
	bad := func(what string) (Checkpoint, error) {
		return c, fmt.Errorf("journal: checkpoint: %s", what)
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 7 || lines[6] != "" {
		return bad("it has not six lines")
	}
	var ok bool
	if c.Origin, ok = strings.CutPrefix(lines[0], checkpointName); !ok {
		return bad("it is not of Cadre")
	}
	if c.Origin, ok = strings.CutSuffix(c.Origin, "/"+db.Main.String()); !ok {
		return bad("it is of another lane")
	}
	var err error
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 {
		return bad("its size is not a number")
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return bad("its root is not a hash")
	}
	if c.Incarnation, ok = strings.CutPrefix(lines[3], "incarnation "); !ok {
		return bad("it names no incarnation")
	}
	if c.Head, ok = strings.CutPrefix(lines[4], "head "); !ok {
		return bad("it names no head")
	}
	at, ok := strings.CutPrefix(lines[5], "at ")
	if !ok {
		return bad("it has no time")
	}
	if c.At, err = time.Parse(time.RFC3339, at); err != nil {
		return bad("its time is not one")
	}
	return c, nil
}

// Key signs checkpoints. It lies in a file beside the database; its public half
// beside it is what others need to check a checkpoint.
type Key struct {
	signer   note.Signer
	verifier note.Verifier
	public   string
}

// Public returns the verifier key, one line of text.
func (k *Key) Public() string { return k.public }

// LoadKey reads the signing key at path, and makes one if the file is missing.
// The public half is written to path + ".pub".
func LoadKey(path string) (*Key, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret, _, gerr := note.GenerateKey(rand.Reader, "cadre")
		if gerr != nil {
			return nil, gerr
		}
		b, err = []byte(secret+"\n"), durable.WriteFile(path, []byte(secret+"\n"), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: key: %w", err)
	}
	secret := strings.TrimSpace(string(b))
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, fmt.Errorf("journal: key %s: %w", path, err)
	}
	public, err := publicOf(secret)
	if err != nil {
		return nil, fmt.Errorf("journal: key %s: %w", path, err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, fmt.Errorf("journal: key %s: %w", path, err)
	}
	if have, err := os.ReadFile(path + ".pub"); err != nil || strings.TrimSpace(string(have)) != public {
		if err := durable.WriteFile(path+".pub", []byte(public+"\n"), 0o644); err != nil {
			return nil, err
		}
	}
	return &Key{signer: signer, verifier: verifier, public: public}, nil
}

// publicOf derives the verifier key from a signing key, whose form is that of
// [note.GenerateKey]: after the last "+", base64 of an algorithm byte and the
// seed.
func publicOf(secret string) (string, error) {
	fields := strings.SplitN(secret, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(fields) != 5 || len(raw) != 1+ed25519.SeedSize {
		return "", errors.New("not a signing key")
	}
	private := ed25519.NewKeyFromSeed(raw[1:])
	return note.NewEd25519VerifierKey(fields[2], private.Public().(ed25519.PublicKey))
}

// TakeCheckpoint signs the journal as it stands, writes the checkpoint into dir
// as DATE-SIZE.checkpoint and returns the file's path. A job calls it daily; the
// folder lies outside the database and is copied elsewhere as often as can be.
func (j *Journal) TakeCheckpoint(ctx context.Context, k *Key, dir string) (string, error) {
	var c Checkpoint
	err := j.d.View(ctx, func(tx *db.Tx) error {
		head, err := HeadOf(tx)
		if err != nil {
			return err
		}
		log, err := loadTree(tx, db.Main.String(), head.Sequence)
		if err != nil {
			return err
		}
		c = Checkpoint{
			Origin: head.Origin, Size: head.Sequence, Root: log.root(),
			Incarnation: head.Incarnation, Head: head.Hash, At: tx.Now(),
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, k.signer)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, fmt.Sprintf("%s-%d.checkpoint", c.At.Format(time.DateOnly), c.Size))
	return path, j.d.Files().WriteFile(path, signed, 0o600)
}

// CheckPublic returns an error for what is no public key of checkpoints.
func CheckPublic(public string) error {
	if _, err := note.NewVerifier(strings.TrimSpace(public)); err != nil {
		return fmt.Errorf("journal: public key: %w", err)
	}
	return nil
}

// OpenCheckpoint reads a signed checkpoint and checks its signature with a
// public key, as [Key.Public] gives it.
func OpenCheckpoint(signed []byte, public string) (Checkpoint, error) {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("journal: public key: %w", err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("journal: checkpoint: %w", err)
	}
	return parseCheckpoint(n.Text)
}
