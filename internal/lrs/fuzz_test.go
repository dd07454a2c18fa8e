package lrs

import (
	"bytes"
	"testing"

	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/fault"
	"cadre/internal/lrs/statement"
)

// Whatever parts come, reading them ends without a panic, and what is refused is
// refused as the sender's affair.
func FuzzMultipart(f *testing.F) {
	const head = "multipart/mixed; boundary=b"
	f.Add(head, []byte("--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\r\n\r\nfoo\r\n--b--\r\n"))
	f.Add(head, []byte("--b\r\n\r\n--b--"))
	f.Add("application/json", []byte(`[]`))
	f.Add("multipart/mixed; boundary=\"", []byte("--"))
	files, err := blob.Open(f.TempDir(), clock.System())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		in, err := readBody(files, kind, statement.V2, bytes.NewReader(b))
		if err == nil {
			err = in.claim()
		}
		if err != nil && !fault.Is(err, fault.Invalid) && err != errTooLarge {
			t.Fatalf("refused as our own mistake: %v", err)
		}
	})
}
