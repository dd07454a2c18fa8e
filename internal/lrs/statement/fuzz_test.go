package statement

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// Whatever comes, reading ends without a panic; what is taken is JSON to
// everyone else as well, keeps its rules when it is written in any format, and
// stays the same statement.
func FuzzStatement(f *testing.F) {
	f.Add([]byte(base))
	f.Add([]byte(`{"id":"x","actor":{"mbox":"mailto:a@b"},"verb":{"id":"a:b"},"object":{"objectType":"SubStatement"}}`))
	f.Add([]byte(`[{"a":"\ud83d\ude00\u0000"},1e400,-0]`))
	f.Add([]byte(`{"stored":1,"authority":2}`))
	f.Add([]byte(`{"actor":{"mbox":"mailto:a@b"},"verb":{"id":"a:b"},"object":{"id":"a:c"}}`)) // without what the store adds
	f.Fuzz(func(t *testing.T, b []byte) {
		top, err := ParseJSON(b)
		if err != nil {
			return
		}
		if !json.Valid(b) || !utf8.Valid(b) {
			t.Fatalf("taken, but no JSON: %q", b)
		}
		for _, v := range []Version{V1, V2} {
			st, err := Read(top, v)
			if err != nil {
				continue
			}
			if v == V1 {
				if _, err := Read(top, V2); err != nil {
					t.Fatalf("taken in 1.0.3, but not in 2.0.0: %v", err)
				}
			}
			o := owner
			o.Version = v
			canon := &Canon{Room: 100, Definition: func(string) []byte { return []byte(`{"name":{"en":"x","ur":"y"}}`) }, Languages: []string{"ur"}}
			for format, out := range map[string][]byte{
				"exact": AppendExact(nil, top, o), "ids": AppendIDs(nil, top, o), "canonical": AppendCanonical(nil, top, o, canon),
			} {
				back, err := ParseJSON(out)
				if err != nil {
					t.Fatalf("%s is no JSON: %v\n%s", format, err, out)
				}
				again, err := Read(back, v)
				if err != nil {
					t.Fatalf("%s breaks a rule: %v\n%s", format, err, out)
				}
				if format == "exact" && (again.DigestWithoutTime() != st.DigestWithoutTime() || again.Verb != st.Verb || len(again.Agents) != len(st.Agents)) {
					t.Fatalf("%s is another statement:\n%s", format, out)
				}
				if twice := AppendExact(nil, back, o); format == "exact" && !bytes.Equal(compact(t, twice), compact(t, out)) {
					t.Fatalf("%s changes when it is written twice:\n%s\n%s", format, out, twice)
				}
			}
		}
	})
}

// compact takes the space between values away.
func compact(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
