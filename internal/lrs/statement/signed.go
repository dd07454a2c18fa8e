package statement

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
)

// CheckSignature checks the JSON Web Signature (RFC 7515) in data, with which
// the attachment a signs the statement s: its algorithm, that its payload is
// this statement, and, where it carries a certificate, that the signature is the
// certificate's.
func (s *Statement) CheckSignature(a Attachment, data []byte, v Version) error {
	fail := func(reason string) error { return &Error{a.at.Path(), reason} }
	if kind, _, _ := strings.Cut(a.ContentType, ";"); !strings.EqualFold(strings.TrimSpace(kind), "application/octet-stream") {
		return fail("signs the statement, so its contentType has to be application/octet-stream")
	}
	parts := strings.Split(strings.TrimSpace(string(data)), ".")
	if len(parts) != 3 {
		return fail("is no JSON Web Signature in compact form")
	}
	decode := base64.RawURLEncoding.Strict().DecodeString
	head, err1 := decode(parts[0])
	payload, err2 := decode(parts[1])
	signature, err3 := decode(parts[2])
	if errors.Join(err1, err2, err3) != nil {
		return fail("is no JSON Web Signature: its parts are not base64url")
	}
	header, err := ParseJSON(head)
	if err != nil || header.Kind() != Object {
		return fail("has a signature whose header is no JSON object")
	}
	alg := header.Get("alg")
	if !alg.OK() || alg.Kind() != String {
		return fail("has a signature that names no algorithm")
	}
	sum := crypto.SHA256
	var sums []byte
	text := []byte(parts[0] + "." + parts[1])
	switch alg.Text() {
	case "RS256":
		d := sha256.Sum256(text)
		sums = d[:]
	case "RS384":
		d := sha512.Sum384(text)
		sum, sums = crypto.SHA384, d[:]
	case "RS512":
		d := sha512.Sum512(text)
		sum, sums = crypto.SHA512, d[:]
	default:
		return fail("is signed by an algorithm that is not RS256, RS384 or RS512")
	}
	if chain := header.Get("x5c"); chain.OK() {
		key, err := certified(chain)
		if err != nil {
			return fail("has a certificate (x5c) that cannot be read: " + err.Error())
		}
		if rsa.VerifyPKCS1v15(key, sum, sums, signature) != nil {
			return fail("has a signature that is not its certificate's")
		}
	}
	body, err := ParseJSON(payload)
	if err != nil {
		return fail("signs what is no JSON: " + err.Error())
	}
	signed, err := Read(body, v)
	if err != nil {
		return fail("signs what is no statement: " + err.Error())
	}
	if s.unsigned(signed.HasTime) != signed.unsigned(signed.HasTime) || signed.HasID && s.HasID && signed.ID != s.ID {
		return fail("signs another statement than this one")
	}
	return nil
}

// certified returns the key of the first certificate of a chain, each of which
// has to be signed by the next.
func certified(chain Value) (*rsa.PublicKey, error) {
	if chain.Kind() != Array || chain.Len() == 0 {
		return nil, errors.New("it is no list")
	}
	var first, last *x509.Certificate
	for c := chain.First(); c.OK(); c = c.Next() {
		if c.Kind() != String {
			return nil, errors.New("it is no list of texts")
		}
		der, err := base64.StdEncoding.DecodeString(c.Text())
		if err != nil {
			return nil, errors.New("it is not base64")
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, errors.New("it is no X.509 certificate")
		}
		if first == nil {
			first = cert
		} else if err := last.CheckSignatureFrom(cert); err != nil {
			return nil, errors.New("one is not signed by the next")
		}
		last = cert
	}
	key, ok := first.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("its key is not RSA")
	}
	return key, nil
}

// unsigned is the digest of the statement as it was before a signature was added
// to its attachments.
func (s *Statement) unsigned(timed bool) [32]byte {
	w := digester{h: sha256.New()}
	var list Value
	w.object(s.top, "", func(name string) bool {
		switch name {
		case "id", "stored", "authority", "version":
			return true
		case "timestamp":
			return !timed
		case "attachments":
			list = s.top.Get(name)
			return true
		}
		return false
	})
	if list.OK() {
		for c := list.First(); c.OK(); c = c.Next() {
			if c.Get("usageType").Text() != UsageSignature {
				w.value(c, "")
			}
		}
	}
	return [32]byte(w.h.Sum(nil))
}
