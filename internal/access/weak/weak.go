// Package weak knows which passwords are so common that they are tried first.
//
// It asks a Bloom filter (B. H. Bloom, "Space/time trade-offs in hash coding
// with allowable errors", CACM 13(7), 1970) of 49,233 common passwords, made by
// the program in generate from the list of the npm package
// @zxcvbn-ts/language-common 4.1.3 (MIT). The list itself is not kept here: only
// the filter is, which names no password. One in about two thousand others is
// taken for common; that person is asked to choose once more.
package weak

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"strings"
)

//go:generate sh -c "npm pack --silent @zxcvbn-ts/language-common@4.1.3 && tar -xzOf zxcvbn-ts-language-common-4.1.3.tgz package/src/passwords.json | go run ./generate > common.bloom && rm zxcvbn-ts-language-common-4.1.3.tgz"

//go:embed common.bloom
var common string

const (
	// bitsPerWord and probes give one wrong answer in about 2,200.
	bitsPerWord = 16
	probes      = 11
)

// Common reports whether s is, or may be, a common password. Case and the
// blanks, hyphens and full stops inside it do not matter; nor do digits after
// it, nor that it is written twice. Digits alone always are.
func Common(s string) bool {
	s = fold(s)
	if strings.Trim(s, "0123456789") == "" {
		return true // digits alone, however many, are tried first
	}
	half := s[:len(s)/2]
	return listed(common, s) || listed(common, strings.TrimRight(s, "0123456789")) ||
		(len(s)%2 == 0 && half == s[len(s)/2:] && listed(common, half))
}

// Build returns the filter of a list of passwords.
func Build(passwords []string) []byte {
	out := make([]byte, (len(passwords)*bitsPerWord+7)/8)
	for _, p := range passwords {
		for _, bit := range bits(fold(p), len(out)*8) {
			out[bit/8] |= 1 << (bit % 8)
		}
	}
	return out
}

func listed(filter, s string) bool {
	if s == "" || filter == "" {
		return false
	}
	for _, bit := range bits(s, len(filter)*8) {
		if filter[bit/8]&(1<<(bit%8)) == 0 {
			return false
		}
	}
	return true
}

// bits places s by double hashing (A. Kirsch and M. Mitzenmacher, "Less hashing,
// same performance", 2006).
func bits(s string, size int) [probes]int {
	sum := sha256.Sum256([]byte(s))
	a, b := binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])|1
	var out [probes]int
	for i := range out {
		out[i] = int((a + uint64(i)*b) % uint64(size))
	}
	return out
}

func fold(s string) string {
	return strings.NewReplacer(" ", "", "-", "", ".", "", "_", "").Replace(strings.ToLower(s))
}
