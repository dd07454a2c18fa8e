package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"cadre/internal/durable"
)

// secretBytes is the length of the instance's secret.
const secretBytes = 32

// loadSecret reads the instance's secret, from which codes, sessions and
// addresses are protected, and makes one where the file is missing. It lies
// outside the database and its backups, and all instances on one database share
// it. A new one ends every sign-in and every invitation, and nothing else.
func loadSecret(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b := make([]byte, secretBytes)
		if _, err := rand.Read(b); err != nil {
			return nil, err
		}
		if err := durable.WriteFile(path, []byte(hex.EncodeToString(b)+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("the instance's secret: %w", err)
		}
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the instance's secret: %w", err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != secretBytes {
		return nil, fmt.Errorf("the instance's secret in %s is damaged: restore the file, or remove it, which ends every sign-in and every invitation", path)
	}
	return b, nil
}
