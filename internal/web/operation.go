package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"cadre/internal/fault"
	"cadre/internal/id"
)

// The names that every form carries beside its own fields.
const (
	tokenField     = "token"
	operationField = "op"
	formField      = "form"

	// revisionField is what the forms of editable rows carry: as it was read.
	revisionField = "revision"
)

// Operation returns the operation id that the form was rendered with. A form
// without one gets a Invalid fault from [Decode], and a fresh id here, so an act
// that cannot be repeated by accident is never refused for want of it.
func Operation(r *http.Request) id.Operation {
	op, err := id.Parse[id.Operation](r.PostFormValue(operationField))
	if err != nil {
		return id.New[id.Operation]()
	}
	return op
}

// formToken is what a session's forms must carry: 32 bytes made from its secret.
func formToken(secret []byte) []byte { return derive(secret, "form") }

func derive(secret []byte, use string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("cadre web: " + use))
	return h.Sum(nil)
}

// mask hides token behind a random pad, so that the same bytes never stand in
// two compressed pages: their length would tell a listener about the token.
func mask(token []byte) string {
	b := make([]byte, 2*len(token))
	pad := b[:len(token)]
	if _, err := rand.Read(pad); err != nil {
		panic(err) // crypto/rand does not fail on supported systems
	}
	subtle.XORBytes(b[len(token):], pad, token)
	return base64.RawURLEncoding.EncodeToString(b)
}

func unmask(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 2*sha256.Size {
		return nil
	}
	token := make([]byte, sha256.Size)
	subtle.XORBytes(token, b[:sha256.Size], b[sha256.Size:])
	return token
}

// checkToken refuses a form of a signed-in person that does not carry her
// session's token. Her typing is not lost: the browser still has the page.
func checkToken(r *http.Request, s Session) error {
	if subtle.ConstantTimeCompare(unmask(r.PostFormValue(tokenField)), formToken(s.Secret)) != 1 {
		return fault.New(fault.Denied, "ui.fault-token", nil)
	}
	return nil
}
