package lrs_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
)

const boundary = "abcABC0123"

func hexSum(b string) string {
	s := sha256.Sum256([]byte(b))
	return hex.EncodeToString(s[:])
}

// mixed writes a multipart/mixed body of a JSON text and parts of headers and
// content.
func mixed(text string, parts ...[2]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "--%s\r\nContent-Type: application/json\r\n\r\n%s", boundary, text)
	for _, p := range parts {
		fmt.Fprintf(&b, "\r\n--%s\r\n%s\r\n\r\n%s", boundary, p[0], p[1])
	}
	return b.String() + "\r\n--" + boundary + "--\r\n"
}

func binary(content string) [2]string {
	return [2]string{"Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: " + hexSum(content), content}
}

func attached(content, more string) string {
	return fmt.Sprintf(`{"usageType":"urn:u:1","display":{"en":"x"},"contentType":"text/plain","length":%d,"sha2":%q%s}`, len(content), hexSum(content), more)
}

func withAttachments(n int, list ...string) string {
	return simple(n, "a", "1", "1", `,"attachments":[`+strings.Join(list, ",")+`]`)
}

var mixedHeader = map[string]string{"Content-Type": "multipart/mixed; boundary=" + boundary}

// Attachments come back as they came, each once, with their hashes.
func TestAttachments(t *testing.T) {
	each(t, func(w *world) {
		big := strings.Repeat("\x00\r\n--abc", 40_000)
		body := mixed("["+withAttachments(1, attached("one", ""), attached(big, ""))+","+withAttachments(2, attached("one", ""), attached("elsewhere", `,"fileUrl":"https://example.org/x"`))+"]", binary("one"), binary(big))
		w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: body, header: mixedHeader})
		rec := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=true&ascending=true"})
		kind, params, err := mime.ParseMediaType(rec.Header().Get("Content-Type"))
		if err != nil || kind != "multipart/mixed" {
			w.Fatalf("%v %v", kind, err)
		}
		mr := multipart.NewReader(rec.Body, params["boundary"])
		first, err := mr.NextRawPart()
		if err != nil {
			w.Fatal(err)
		}
		var r result
		if err := json.NewDecoder(first).Decode(&r); err != nil || r.ids() != "01 02" {
			w.Errorf("%v %v", r.ids(), err)
		}
		got := map[string]string{}
		for {
			p, err := mr.NextRawPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				w.Fatal(err)
			}
			b, err := io.ReadAll(p)
			if err != nil {
				w.Fatal(err)
			}
			if p.Header.Get("Content-Transfer-Encoding") != "binary" || p.Header.Get("X-Experience-API-Hash") != hexSum(string(b)) {
				w.Errorf("%v", p.Header)
			}
			got[p.Header.Get("X-Experience-API-Hash")] = string(b)
		}
		if len(got) != 2 || got[hexSum("one")] != "one" || got[hexSum(big)] != big {
			w.Errorf("%d parts came back", len(got))
		}
		if ct := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=false"}).Header().Get("Content-Type"); ct != "application/json" {
			w.Error(ct)
		}
	})
}

// What multipart/mixed may not be is refused, and nothing is stored.
func TestRefusedAttachments(t *testing.T) {
	each(t, func(w *world) {
		one := withAttachments(1, attached("one", ""))
		for what, c := range map[string]struct{ header, body string }{
			"not along":               {"", mixed(one)},
			"not along, as JSON":      {"application/json", one},
			"one too many":            {"", mixed(one, binary("one"), binary("two"))},
			"twice":                   {"", mixed(one, binary("one"), binary("one"))},
			"another hash":            {"", mixed(one, [2]string{binary("one")[0], "two"})},
			"no hash":                 {"", mixed(one, [2]string{"Content-Type: text/plain\r\nContent-Transfer-Encoding: binary", "one"})},
			"no encoding":             {"", mixed(one, [2]string{"Content-Type: text/plain\r\nX-Experience-API-Hash: " + hexSum("one"), "one"})},
			"base64":                  {"", mixed(one, [2]string{"Content-Transfer-Encoding: base64\r\nX-Experience-API-Hash: " + hexSum("one"), "b25l"})},
			"first is not JSON":       {"", strings.Replace(mixed(one, binary("one")), "application/json", "text/plain", 1)},
			"no boundary":             {"multipart/mixed", mixed(one, binary("one"))},
			"another boundary":        {"multipart/mixed; boundary=other", mixed(one, binary("one"))},
			"cut off":                 {"", strings.TrimSuffix(mixed(one, binary("one")), "--"+boundary+"--\r\n")},
			"form":                    {"multipart/form-data; boundary=" + boundary, mixed(one, binary("one"))},
			"no parts":                {"", "--" + boundary + "--\r\n"},
			"statements in two":       {"", mixed(one, [2]string{"Content-Type: application/json", simple(2, "a", "1", "1")}, binary("one"))},
			"hash of no known length": {"", mixed(one, [2]string{"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: abcd", "one"})},
		} {
			if c.header == "" {
				c.header = mixedHeader["Content-Type"]
			}
			if rec := w.do(call{method: "POST", target: "/xapi/statements", body: c.body, header: map[string]string{"Content-Type": c.header}}); rec.Code != http.StatusBadRequest {
				w.Errorf("%s: %d %s", what, rec.Code, rec.Body)
			}
		}
		w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: mixed(simple(3, "a", "1", "1")), header: mixedHeader})
		equal(w, "stored", w.find().ids(), "03")
	})
}

// signer signs statements.
type signer struct {
	key  *rsa.PrivateKey
	cert string
}

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(2e9, 0)},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return signer{key, base64.StdEncoding.EncodeToString(der)}
}

// under returns the signer with a certificate of its own that an authority issued, and
// after it in the chain the one that shown has.
func (s signer) under(t *testing.T, authority, shown signer) signer {
	t.Helper()
	der := func(c, parent *x509.Certificate, key *rsa.PublicKey, by *rsa.PrivateKey) string {
		b, err := x509.CreateCertificate(rand.Reader, c, parent, key, by)
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Unix(2e9, 0), Subject: pkix.Name{CommonName: "Authority"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	own := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Unix(2e9, 0), Subject: pkix.Name{CommonName: "Tool"}}
	s.cert = der(own, root, &s.key.PublicKey, authority.key) + `","` + der(root, root, &shown.key.PublicKey, shown.key)
	return s
}

func (s signer) sign(t *testing.T, alg, payload string, certified bool) string {
	t.Helper()
	header := `{"alg":"` + alg + `"}`
	if certified {
		header = `{"alg":"` + alg + `","x5c":["` + s.cert + `"]}`
	}
	enc := base64.RawURLEncoding.EncodeToString
	text := enc([]byte(header)) + "." + enc([]byte(payload))
	h := map[string]crypto.Hash{"RS256": crypto.SHA256, "RS384": crypto.SHA384, "RS512": crypto.SHA512}[alg]
	if h == 0 {
		h = crypto.SHA256
	}
	sum := h.New()
	sum.Write([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, s.key, h, sum.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + enc(sig)
}

// A signed statement is taken where its signature signs it and is right
// (1.0.3, part 2, 2.6).
func TestSignedStatements(t *testing.T) {
	s, other := newSigner(t), newSigner(t)
	each(t, func(w *world) {
		plain := simple(1, "a", "1", "1", `,"result":{"duration":"PT1.123S"}`)
		send := func(jws, kind string, along bool) int {
			st := strings.TrimSuffix(plain, "}") + fmt.Sprintf(`,"attachments":[{"usageType":"http://adlnet.gov/expapi/attachments/signature","display":{"en":"s"},"contentType":%q,"length":%d,"sha2":%q,"fileUrl":"https://example.org/s"}]}`, kind, len(jws), hexSum(jws))
			body := mixed(st, binary(jws))
			if !along {
				body = mixed(st)
			}
			return w.do(call{method: "POST", target: "/xapi/statements", body: body, header: mixedHeader}).Code
		}
		const octets = "application/octet-stream"
		reordered := `{"result":{"duration":"PT1.129S"},"object":{"id":"urn:a:1","definition":{}},"verb":{"id":"urn:v:1"},"actor":` + mbox("a") + `}`
		good := s.sign(t, "RS256", plain, true)
		parts := strings.Split(good, ".")
		swapped := strings.Split(other.sign(t, "RS256", plain, true), ".")
		for what, c := range map[string]struct {
			jws, kind string
			along     bool
			want      int
		}{
			"another statement":   {s.sign(t, "RS256", simple(1, "b", "1", "1"), true), octets, true, 400},
			"no statement":        {s.sign(t, "RS256", `{"a":1}`, true), octets, true, 400},
			"no JSON":             {s.sign(t, "RS256", `x`, true), octets, true, 400},
			"another algorithm":   {s.sign(t, "HS256", plain, false), octets, true, 400},
			"no algorithm":        {s.sign(t, "none", plain, false), octets, true, 400},
			"another type":        {good, "text/plain", true, 400},
			"no JWS":              {"x.y", octets, true, 400},
			"not along":           {good, octets, false, 400},
			"another's signature": {parts[0] + "." + parts[1] + "." + swapped[2], octets, true, 400},
			"a chain that breaks": {s.under(t, other, s).sign(t, "RS256", plain, true), octets, true, 400},
			"broken certificate":  {s.sign(t, `RS256","x5c":["AAAA"],"x":"`, plain, false), octets, true, 400},
		} {
			if got := send(c.jws, c.kind, c.along); got != c.want {
				w.Errorf("%s: %d, want %d", what, got, c.want)
			}
		}
		if got := w.find(); len(got.Statements) != 0 {
			w.Fatal("a statement whose signature is wrong was stored")
		}
		for _, alg := range []string{"RS256", "RS384", "RS512"} {
			if got := send(s.sign(t, alg, plain, true), octets, true); got != 200 && got != 409 {
				w.Errorf("%s: %d", alg, got)
			}
		}
		if got := send(s.under(t, other, other).sign(t, "RS256", plain, true), octets, true); got != 409 && got != 200 {
			w.Errorf("with the certificate of an authority: %d", got)
		}
		if got := send(s.sign(t, "RS256", reordered, false), octets, true); got != 409 && got != 200 {
			w.Errorf("said in another order: %d", got)
		}
		rec := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=true"})
		if !bytes.Contains(rec.Body.Bytes(), []byte(hexSum(s.sign(t, "RS256", plain, true)))) {
			w.Errorf("the signature did not come back")
		}
	})
}

// A file belongs to the statements that it came with. To erase one person leaves it to
// the others, whether they sent it together or each for herself, and it can be sent anew.
func TestAFileIsErasedWithItsLastStatement(t *testing.T) {
	each(t, func(w *world) {
		const officer = id.Person("01890a5d-ac96-774b-bcce-b302099a8057")
		var a statement.Account
		if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) (err error) { a, err = w.s.Account(tx, officer); return err }); err != nil {
			t.Fatal(err)
		}
		hers := func(n int, list ...string) string {
			return strings.Replace(withAttachments(n, list...), mbox("a"), `{"account":{"homePage":"`+a.HomePage+`","name":"`+a.Name+`"}}`, 1)
		}
		post := func(text string, parts ...[2]string) {
			w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: mixed(text, parts...), header: mixedHeader})
		}
		post("["+hers(1, attached("together", ""), attached("hers", ""))+","+withAttachments(2, attached("together", ""))+","+hers(7, attached("together", ""))+"]", binary("together"), binary("hers"))
		post(hers(3, attached("one", "")), binary("one"))
		post(withAttachments(4, attached("one", "")), binary("one"))
		post(withAttachments(5, attached("one", "")), binary("one"))
		read := func() string {
			rec := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=true"})
			var out []string
			for _, content := range []string{"hers", "one", "together"} {
				if strings.Contains(rec.Body.String(), "\r\n\r\n"+content+"\r\n") {
					out = append(out, content)
				}
			}
			return strings.Join(out, " ")
		}
		equal(w, "files", read(), "hers one together")
		if n := kept(w); n != 4 {
			t.Errorf("%d files are kept, two of them the same person's", n)
		}
		if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			if err := lrs.Forget(tx, officer, home); err != nil {
				return err
			}
			if _, err := blob.EraseAbout(tx, officer); err != nil {
				return err
			}
			_, err := tx.Exec(`DELETE FROM lrs_statements WHERE person = ?1`, officer)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		equal(w, "left to the others", read(), "one together")
		if n := kept(w); n != 2 {
			t.Errorf("%d files can be read after she was erased", n)
		}
		post(withAttachments(6, attached("hers", "")), binary("hers"))
		equal(w, "sent anew", read(), "hers one together")
		if _, _, err := w.s.Outgoing(context.Background(), lrs.Filter{}, 0, 50); err != nil {
			t.Errorf("what goes on: %v", err)
		}
	})
}

// A file that came for two goes with the second of them, also where one had sent the
// same before and needs this one no more.
func TestAFileOfTwoGoesWithTheSecond(t *testing.T) {
	each(t, func(w *world) {
		people := []id.Person{"01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058", "01890a5d-ac96-774b-bcce-b302099a8059"}
		var accounts []statement.Account
		for _, p := range people {
			if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
				a, err := w.s.Account(tx, p)
				accounts = append(accounts, a)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		of := func(who, n int) string {
			return strings.Replace(withAttachments(n, attached("x", "")), mbox("a"), `{"account":{"homePage":"`+accounts[who].HomePage+`","name":"`+accounts[who].Name+`"}}`, 1)
		}
		post := func(texts ...string) {
			w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: mixed("["+strings.Join(texts, ",")+"]", binary("x")), header: mixedHeader})
		}
		erase := func(who int) {
			if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
				if err := lrs.Forget(tx, people[who], home); err != nil {
					return err
				}
				if _, err := blob.EraseAbout(tx, people[who]); err != nil {
					return err
				}
				_, err := tx.Exec(`DELETE FROM lrs_statements WHERE person = ?1`, people[who])
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		read := func(want bool) {
			w.Helper()
			rec := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=true"})
			if strings.Contains(rec.Body.String(), "\r\n\r\nx\r\n") != want {
				w.Errorf("it reads %s", rec.Body)
			}
		}
		post(of(0, 1))
		post(of(0, 2), of(1, 3)) // the first needs it no more
		if n := about(w, people[1]); n != 1 {
			w.Errorf("%d files are about the one who alone needs the second", n)
		}
		erase(1)
		read(true)
		if n := kept(w); n != 1 {
			w.Errorf("%d files are kept for the first", n)
		}
		erase(0)
		if n := kept(w); n != 0 {
			w.Errorf("%d files can be read after both were erased", n)
		}
		post(of(2, 4))
		read(true)
		// As an earlier version wrote it down, about nobody.
		if err := w.d.Update(context.Background(), db.Main, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE blob_references SET person = '' WHERE person = ?1`, people[2])
			return err
		}); err != nil {
			t.Fatal(err)
		}
		erase(2)
		if n := kept(w); n != 0 {
			w.Errorf("%d files can be read after the last was erased", n)
		}
		var left int
		if err := w.d.View(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM blob_references`).Scan(&left)
		}); err != nil || left != 0 {
			w.Errorf("%d references are left, %v", left, err)
		}
	})
}

// about counts the files that are about one person alone.
func about(w *world, p id.Person) (n int) {
	w.Helper()
	if err := w.d.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM blob_references WHERE person = ?1`, p).Scan(&n)
	}); err != nil {
		w.Fatal(err)
	}
	return n
}

// kept counts the files that can be read.
func kept(w *world) (n int) {
	w.Helper()
	if err := w.d.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM blob_files WHERE file_key IS NOT NULL`).Scan(&n)
	}); err != nil {
		w.Fatal(err)
	}
	return n
}

// Whoever knows the hash of another programme's file reads nothing by it.
func TestAHashOpensNoFile(t *testing.T) {
	each(t, func(w *world) {
		w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: mixed(withAttachments(1, attached("secret", "")), binary("secret")), header: mixedHeader})
		two := map[string]string{"Authorization": w.key(lrs.NewKey{Programme: "two"})}
		w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: withAttachments(2, attached("secret", `,"fileUrl":"https://example.org/x"`)), header: two})
		rec := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=true", header: two})
		if body := rec.Body.String(); !strings.Contains(body, sid(2)) || strings.Contains(body, "\r\n\r\nsecret\r\n") {
			t.Errorf("it reads %s", body)
		}
	})
}

// What a statement says of a file's kind becomes a header, and nothing but that.
func TestAKindOfFileIsOneHeader(t *testing.T) {
	each(t, func(w *world) {
		for kind, want := range map[string]int{`text/plain; charset=utf-8`: http.StatusOK, `text/plain; a=b\r\nX-Evil: 1\r\n\r\nmore`: http.StatusBadRequest, `text/plain;\n`: http.StatusBadRequest} {
			text := strings.Replace(withAttachments(1, attached("one", "")), `"text/plain"`, `"`+kind+`"`, 1)
			w.want(want, call{method: "POST", target: "/xapi/statements", body: mixed(text, binary("one")), header: mixedHeader})
		}
	})
}

// What was stored by an earlier version, which wrote down neither whose a file is nor
// refused every kind, can be read, sent on and erased.
func TestFilesOfBefore(t *testing.T) {
	each(t, func(w *world) {
		w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: mixed(withAttachments(1, attached("one", "")), binary("one")), header: mixedHeader})
		if err := w.d.Update(context.Background(), db.XAPI, func(tx *db.Tx) error {
			var body []byte
			if err := tx.QueryRow(`SELECT body FROM lrs_statements`).Scan(&body); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE lrs_statements SET body = ?1`, bytes.Replace(body, []byte(`"text/plain"`), []byte(`"text/plain; a=b\r\nX-Evil: 1"`), 1)); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE lrs_attachments SET stored = 0, person = ''`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		read := func(want bool) {
			w.Helper()
			body := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=true"}).Body.String()
			if strings.Contains(body, "\r\n\r\none\r\n") != want || strings.Contains(body, "\nX-Evil") {
				t.Errorf("it reads %s", body)
			}
		}
		read(true)
		if out, _, err := w.s.Outgoing(context.Background(), lrs.Filter{}, 0, 9); err != nil || len(out) != 1 || len(out[0].Files) != 1 || strings.Contains(out[0].Files[0].ContentType, "\n") {
			t.Errorf("%+v goes on, %v", out, err)
		}
		two := map[string]string{"Authorization": w.key(lrs.NewKey{Programme: "two"})}
		w.want(http.StatusOK, call{method: "POST", target: "/xapi/statements", body: withAttachments(2, attached("one", `,"fileUrl":"https://example.org/x"`)), header: two})
		if body := w.want(http.StatusOK, call{method: "GET", target: "/xapi/statements?attachments=true", header: two}).Body.String(); strings.Contains(body, "\r\n\r\none\r\n") {
			t.Errorf("by its hash it reads %s", body)
		}
	})
}
