package statement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

var owner = Owned{
	Stored: time.Date(2020, 11, 3, 5, 0, 1, 2000, time.UTC), Authority: []byte(`{"mbox":"mailto:key@example.org"}`), Version: V2,
	ID: UUID{0x7c, 0xcd, 0x33, 0x22, 0xe1, 0xa5, 0x41, 0x1a, 0xa6, 0x7d, 0x6a, 0x73, 0x5c, 0x76, 0xf1, 0x19},
}

func exact(t testing.TB, text string, o Owned) string {
	t.Helper()
	return string(AppendExact(nil, mustRead(t, text).Value(), o))
}

// What came is given back byte by byte; only what the store owns is set.
func TestExactKeepsTheBytes(t *testing.T) {
	const core = `"verb":{"id":"urn:v:1"}, "object" :{"id":"urn:a:1"},"actor":{"mbox":"mailto:a@example.org"},"result":{"score":{"raw":1.50e0},"response":"\u0041\u0000\/"}`
	const tail = `,"stored":"2020-11-03T05:00:01.000002Z","authority":{"mbox":"mailto:key@example.org"}`
	const id = `,"id":"7ccd3322-e1a5-411a-a67d-6a735c76f119"`
	const stamp = `,"timestamp":"2020-11-03T05:00:01.000002Z"`
	for in, want := range map[string]string{
		`{` + core + `}`: `{` + core + id + stamp + `,"version":"2.0.0"` + tail + `}`,
		`{"id":"7CCD3322-e1a5-411a-a67d-6a735c76f119",` + core + `,"version":"1.0.0"}`:                          `{"id":"7CCD3322-e1a5-411a-a67d-6a735c76f119",` + core + `,"version":"1.0.0"` + stamp + tail + `}`,
		`{"stored":"2001-01-01T00:00:00Z",` + core + `}`:                                                        `{` + core + id + stamp + `,"version":"2.0.0"` + tail + `}`,
		`{"stored":"2001-01-01T00:00:00Z","authority":{"mbox":"mailto:x@example.org"},` + core + `}`:            `{` + core + id + stamp + `,"version":"2.0.0"` + tail + `}`,
		`{` + core + `, "authority" : {"mbox":"mailto:x@example.org"} ,"stored":"2001-01-01T00:00:00Z"}`:        `{` + core + id + stamp + `,"version":"2.0.0"` + tail + `}`,
		`{` + core + `,"timestamp":"2020-11-03T10:00:00.5+05:00"}`:                                              `{` + core + `,"timestamp":"2020-11-03T05:00:00.5Z"` + id + `,"version":"2.0.0"` + tail + `}`,
		`{` + core + `,"timestamp":"2020-11-03T05:00:00.123456789Z"}`:                                           `{` + core + `,"timestamp":"2020-11-03T05:00:00.123456789Z"` + id + `,"version":"2.0.0"` + tail + `}`,
		`{` + core + `,"context":{"contextActivities":{"parent":{"id":"urn:a:2"},"other":[{"id":"urn:a:3"}]}}}`: `{` + core + `,"context":{"contextActivities":{"parent":[{"id":"urn:a:2"}],"other":[{"id":"urn:a:3"}]}}` + id + stamp + `,"version":"2.0.0"` + tail + `}`,
	} {
		got := exact(t, in, owner)
		if got != want {
			t.Errorf("of    %s\ncame  %s\nwant  %s", in, got, want)
		}
		mustRead(t, got)
	}
}

// Under 1.0.3 an instant keeps the offset that it came with.
func TestAnInstantKeepsItsOffsetIn103(t *testing.T) {
	o := owner
	o.Version = V1
	got := exact(t, `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"timestamp":"2020-11-03T10:00:00+05:00"}`, o)
	if !bytes.Contains([]byte(got), []byte(`"timestamp":"2020-11-03T10:00:00+05:00"`)) || !bytes.Contains([]byte(got), []byte(`"version":"1.0.3"`)) {
		t.Error(got)
	}
}

func same(t *testing.T, got []byte, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if !bytes.Equal(x, y) {
		t.Errorf("came %s\nwant %s", x, y)
	}
}

const owns = `"id":"7ccd3322-e1a5-411a-a67d-6a735c76f119","timestamp":"2020-11-03T05:00:01.000002Z","version":"2.0.0","stored":"2020-11-03T05:00:01.000002Z","authority":{"mbox":"mailto:key@example.org"}`

// The format "ids" leaves what identifies, in every place.
func TestIDs(t *testing.T) {
	st := mustRead(t, `{"actor":{"name":"A","mbox":"mailto:a@example.org","objectType":"Agent"},"verb":{"id":"urn:v:1","display":{"en":"did"}},
		"object":{"objectType":"SubStatement","actor":{"objectType":"Group","name":"G","member":[{"name":"M","mbox":"mailto:m@example.org"}]},
			"verb":{"display":{"en":"x"},"id":"urn:v:2"},"object":{"objectType":"Activity","id":"urn:a:1","definition":{"name":{"en":"n"}}}},
		"context":{"instructor":{"name":"I","mbox":"mailto:i@example.org"},
			"team":{"objectType":"Group","name":"T","mbox":"mailto:t@example.org","member":[{"mbox":"mailto:m@example.org"}]},
			"contextActivities":{"parent":{"id":"urn:a:2","definition":{"name":{"en":"n"}}},"other":[{"objectType":"Activity","id":"urn:a:3"}]},
			"contextAgents":[{"objectType":"contextAgent","agent":{"name":"C","mbox":"mailto:c@example.org"}}]}}`)
	same(t, AppendIDs(nil, st.Value(), owner), `{`+owns+`,"actor":{"mbox":"mailto:a@example.org","objectType":"Agent"},"verb":{"id":"urn:v:1"},
		"object":{"objectType":"SubStatement","actor":{"objectType":"Group","member":[{"mbox":"mailto:m@example.org"}]},"verb":{"id":"urn:v:2"},"object":{"id":"urn:a:1"}},
		"context":{"instructor":{"mbox":"mailto:i@example.org"},"team":{"objectType":"Group","mbox":"mailto:t@example.org"},
			"contextActivities":{"parent":[{"id":"urn:a:2"}],"other":[{"id":"urn:a:3"}]},
			"contextAgents":[{"objectType":"contextAgent","agent":{"mbox":"mailto:c@example.org"}}]}}`)
}

// The format "canonical" takes definitions from the store, and one language of
// each map: the one wanted most.
func TestCanonical(t *testing.T) {
	st := mustRead(t, `{"actor":{"name":"A","mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1","display":{"en":"did","ur-PK":"کیا"}},
		"object":{"id":"urn:a:1","definition":{"name":{"en":"old"}}},
		"context":{"contextActivities":{"parent":{"id":"urn:a:2","definition":{"name":{"fr":"b","en":"a"}}}}}}`)
	defs := func(a string) []byte {
		if a == "urn:a:1" {
			return []byte(`{"name":{"en":"new","ur":"نیا"},"interactionType":"choice","choices":[{"id":"a","description":{"en":"x","ur":"y"}}]}`)
		}
		return nil
	}
	for _, c := range []struct {
		languages        []string
		verb, name, more string
	}{
		{[]string{"ur"}, `{"ur-PK":"کیا"}`, `{"ur":"نیا"},"interactionType":"choice","choices":[{"id":"a","description":{"ur":"y"}}]`, `{"fr":"b"}`},
		{[]string{"de", "en-GB"}, `{"en":"did"}`, `{"en":"new"},"interactionType":"choice","choices":[{"id":"a","description":{"en":"x"}}]`, `{"en":"a"}`},
		{nil, `{"en":"did"}`, `{"en":"new"},"interactionType":"choice","choices":[{"id":"a","description":{"en":"x"}}]`, `{"fr":"b"}`},
	} {
		got := AppendCanonical(nil, st.Value(), owner, &Canon{Room: 1 << 20, Definition: defs, Languages: c.languages})
		same(t, got, `{`+owns+`,"actor":{"name":"A","mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1","display":`+c.verb+`},
			"object":{"objectType":"Activity","id":"urn:a:1","definition":{"name":`+c.name+`}},
			"context":{"contextActivities":{"parent":[{"objectType":"Activity","id":"urn:a:2","definition":{"name":`+c.more+`}}]}}}`)
	}
}

// An activity that an answer mentions often is asked about once, and what its definitions
// add to a statement is bounded: the mentions behind have what was sent.
func TestCanonicalDefinitionsAreBounded(t *testing.T) {
	const mention = `{"id":"urn:a:1","definition":{"name":{"en":"sent"}}}`
	st := mustRead(t, `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1"},"object":`+mention+`,
		"context":{"contextActivities":{"other":[`+mention+strings.Repeat(","+mention, 998)+`]}}}`)
	asked := 0
	definition := []byte(`{"name":{"en":"` + strings.Repeat("x", 1000) + `","ur":"y"}}`)
	c := &Canon{Room: 100_000, Definition: func(string) []byte { asked++; return definition }}
	var first []byte
	for range 3 {
		got := AppendCanonical(nil, st.Value(), owner, c)
		mustRead(t, string(got))
		if n, sent := bytes.Count(got, []byte("xxx\"")), bytes.Count(got, []byte(`"sent"`)); n < 80 || n > 100 || n+sent != 1000 {
			t.Errorf("%d mentions with the definition, %d as they were sent", n, sent)
		}
		if first == nil {
			first = got
		} else if !bytes.Equal(first, got) {
			t.Error("a statement is written otherwise after others")
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestMergeDefinitions(t *testing.T) {
	got, err := MergeDefinitions([]byte(`{"name":{"en":"a","fr":"b"},"type":"urn:t:1","extensions":{"urn:x:1":1}}`),
		[]byte(`{"name":{"en":"c","ur":"d"},"type":"urn:t:2","extensions":{"urn:x:2":2},"moreInfo":"urn:m:1"}`))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, `{"name":{"en":"c","fr":"b","ur":"d"},"type":"urn:t:2","extensions":{"urn:x:1":1,"urn:x:2":2},"moreInfo":"urn:m:1"}`)
}

// members writes an object of n members, whose names begin with from.
func members(from, n int, value string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"\u006b%d":%s`, from+i, value)
	}
	return "{" + b.String()[1:] + "}"
}

// However many members two documents have, the order of the older stands, what the newer
// says wins, and what it alone has follows.
func TestMergeDocuments(t *testing.T) {
	for _, n := range []int{2, 15, 16, 17, 18, 40} {
		older, err := ParseJSON([]byte(members(0, n, "1")))
		if err != nil {
			t.Fatal(err)
		}
		newer, err := ParseJSON([]byte(members(n/2, n, "[2]")))
		if err != nil {
			t.Fatal(err)
		}
		want := strings.TrimSuffix(members(0, n/2, "1"), "}") + "," + members(n/2, n, "[2]")[1:]
		if got := string(MergeDocuments(older, newer)); got != want {
			t.Errorf("of %d members: %s, want %s", n, got, want)
		}
	}
}

// Documents of very many members are merged while others wait to write: each member is
// looked for once, and not through all others.
func TestMergingManyMembers(t *testing.T) {
	const many = 200_000
	older, err := ParseJSON([]byte(members(0, many, "1")))
	if err != nil {
		t.Fatal(err)
	}
	newer, err := ParseJSON([]byte(members(many/2, many, "2")))
	if err != nil {
		t.Fatal(err)
	}
	merged, err := ParseJSON(MergeDocuments(older, newer))
	if err != nil {
		t.Fatal(err)
	}
	if merged.Len() != many/2+many {
		t.Errorf("%d members", merged.Len())
	}
}

// Two texts that xAPI calls one statement have one digest; others do not.
func TestDigest(t *testing.T) {
	const plain = `{"actor":{"objectType":"Group","mbox":"mailto:g@example.org","member":[{"mbox":"mailto:a@example.org"},{"mbox":"mailto:b@example.org"}]},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"result":{"score":{"raw":10},"duration":"PT1.12S"},"timestamp":"2020-11-03T10:00:00+05:00","context":{"contextActivities":{"parent":[{"id":"urn:a:2"}]}}}`
	want := mustRead(t, plain).Digest()
	for _, text := range []string{
		`{"timestamp":"2020-11-03T05:00:00.000Z","version":"1.0.3","stored":"2020-01-01T00:00:00Z","authority":{"mbox":"mailto:z@example.org"},"id":"7ccd3322-e1a5-411a-a67d-6a735c76f119",
		  "context":{"contextActivities":{"parent":{"id":"urn:a:2"}}},"result":{"duration":"PT1.1299S","score":{"raw":1.0e1}},"object":{"objectType":"Activity","definition":{"name":{"en":"x"}},"id":"urn:a:1"},
		  "verb":{"display":{"en":"did"},"id":"urn:\u0076:1"},"actor":{"member":[{"objectType":"Agent","mbox":"mailto:b@example.org"},{"mbox":"mailto:a@example.org"}],"mbox":"mailto:g@example.org","objectType":"Group"}}`,
	} {
		if mustRead(t, text).Digest() != want {
			t.Errorf("%s counts as another statement", text)
		}
	}
	for old, by := range map[string]string{
		`"urn:v:1"`: `"urn:v:2"`, `"raw":10`: `"raw":11`, `PT1.12S`: `PT1.13S`, `10:00:00`: `10:00:01`, `a@example`: `c@example`,
		`"parent"`: `"other"`, `{"id":"urn:a:1"}`: `{"objectType":"StatementRef","id":"7ccd3322-e1a5-411a-a67d-6a735c76f119"}`,
	} {
		other := string(bytes.Replace([]byte(plain), []byte(old), []byte(by), 1))
		if mustRead(t, other).Digest() == want {
			t.Errorf("with %s for %s it counts as the same statement", by, old)
		}
	}
}

// A number is the same however it is written; one of millions of digits is not worked
// out, and is the same where it is written alike.
func TestDigestOfNumbers(t *testing.T) {
	of := func(number string) [32]byte {
		return mustRead(t, `{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"result":{"extensions":{"urn:x:1":`+number+`}}}`).Digest()
	}
	for _, same := range [][2]string{{"1", "1.0"}, {"10e-1", "1"}, {"100000000", "1e8"}, {"0.25", "25E-2"}, {"1e400", "10e399"}} {
		if of(same[0]) != of(same[1]) {
			t.Errorf("%s is another number than %s", same[0], same[1])
		}
	}
	large := strings.Repeat("7", 16<<20)
	if of(large) != of(strings.Clone(large)) || of(large) == of(large+".5") {
		t.Error("large numbers are not told apart by how they are written")
	}
}
