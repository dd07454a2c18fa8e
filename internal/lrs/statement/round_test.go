package statement

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// roundTrips is how many statements go there and back in a test; with
// CADRE_TEST_ROUND_TRIPS it is that many. `make fuzz` tries a million.
func roundTrips(t *testing.T) int {
	t.Helper()
	s := os.Getenv("CADRE_TEST_ROUND_TRIPS")
	if s == "" {
		return 3000
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever statement of the rules' making comes, it is read, keeps every sign of
// what its sender wrote, is the same again when it is sent back as it was given
// out, and holds what the record store owns exactly once. The seed of a failure
// is named.
func TestStatementsGoThereAndBack(t *testing.T) {
	n := roundTrips(t)
	base := rand.Uint64()
	for i := range n {
		seed := base + uint64(i)
		if err := roundTrip(rand.New(rand.NewPCG(seed, 1))); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// A planted mistake of each kind is found, so that a round trip that has stopped
// looking is seen.
func TestARoundTripLooks(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(1, 1))}
	text, v := m.statement()
	st := parsed(t, text, v)
	other := strings.Replace(text, `"verb":{"id":"`, `"verb":{"id":"urn:x:`, 1)
	if st.Digest() == parsed(t, other, v).Digest() {
		t.Error("another verb is the same statement")
	}
	if err := compare(text, `{"id":"x"}`); err == nil {
		t.Error("a lost member was not seen")
	}
}

func parsed(t *testing.T, text string, v Version) *Statement {
	t.Helper()
	top, err := ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	st, err := Read(top, v)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func roundTrip(r *rand.Rand) error {
	m := maker{r}
	text, v := m.statement()
	read := func(text []byte) (*Statement, error) {
		top, err := ParseJSON(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
		st, err := Read(top, v)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
		return st, nil
	}
	first, err := read([]byte(text))
	if err != nil {
		return err
	}
	own := Owned{ID: first.ID, Stored: time.UnixMicro(1_600_000_000_000_000), Version: v, Authority: []byte(`{"objectType":"Agent","account":{"homePage":"https://a.example","name":"k"}}`)}
	exact := AppendExact(nil, first.Value(), own)
	if err := compare(text, string(exact)); err != nil {
		return fmt.Errorf("exact: %w\n%s\n%s", err, text, exact)
	}
	again, err := read(exact)
	if err != nil {
		return fmt.Errorf("sent back: %w", err)
	}
	if first.HasTime && again.Digest() != first.Digest() || again.DigestWithoutTime() != first.DigestWithoutTime() {
		return fmt.Errorf("sent back, it is another one:\n%s\n%s", text, exact)
	}
	twice := AppendExact(nil, again.Value(), own)
	third, err := read(twice)
	if err != nil {
		return fmt.Errorf("written twice: %w", err)
	}
	if thrice := AppendExact(nil, third.Value(), own); string(thrice) != string(twice) || third.Digest() != again.Digest() {
		return fmt.Errorf("written once more, it differs:\n%s\n%s", twice, thrice)
	}
	if _, err := read(AppendIDs(nil, first.Value(), own)); err != nil {
		return fmt.Errorf("ids: %w", err)
	}
	canonical := AppendCanonical(nil, first.Value(), own, &Canon{Room: 1 << 20, Languages: []string{"ur", "en"}, Definition: func(string) []byte { return nil }})
	if _, err := read(canonical); err != nil {
		return fmt.Errorf("canonical: %w", err)
	}
	return nil
}

// compare reports what of a sender's members is not in what is given out, by a
// reader of JSON that is not ours.
func compare(sent, given string) error {
	var a, b map[string]json.RawMessage
	if err := json.Unmarshal([]byte(sent), &a); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(given), &b); err != nil {
		return err
	}
	for _, name := range []string{"id", "timestamp", "stored", "authority", "version"} {
		if _, ok := b[name]; !ok {
			return fmt.Errorf("%s is missing", name)
		}
		if strings.Count(given, `"`+name+`":`) > strings.Count(sent, `"`+name+`":`)+1 {
			return fmt.Errorf("%s is there too often", name)
		}
	}
	for _, name := range []string{"actor", "verb", "object", "result"} {
		if string(a[name]) != string(b[name]) {
			return fmt.Errorf("%s has changed", name)
		}
	}
	return nil
}

// maker makes statements that keep the rules.
type maker struct{ *rand.Rand }

func (m maker) coin() bool { return m.IntN(2) == 0 }

func (m maker) one(of ...string) string { return of[m.IntN(len(of))] }

// text is a string of JSON with what readers stumble over.
func (m maker) text() string {
	var b strings.Builder
	for range m.IntN(6) {
		b.WriteString(m.one("a", "B7", " ", `\"`, `\\`, `\/`, `\n`, `\u0000`, `\u062a`, `\ud83d\ude00`, "ت", "😀", "\u200f", "{", "]", ",", ":", "null"))
	}
	return `"` + b.String() + `"`
}

func (m maker) number() string {
	return m.one("0", "-0", "1", "2.50", "1e3", "-1E-2", "0.000001", "123456789012345678901234567890", "1.0")
}

func (m maker) iri() string {
	return m.one("urn:a:", "https://example.org/", "mailto:x@y.example?", "tag:a.example,2020:") + strconv.Itoa(m.IntN(1000))
}

func (m maker) uuid() string {
	return fmt.Sprintf("%08x-%04x-%x%03x-%x%03x-%012x", m.Uint32(), m.IntN(1<<16), 1+m.IntN(8), m.IntN(1<<12), 8+m.IntN(4), m.IntN(1<<12), m.Int64N(1<<48))
}

func (m maker) instant() string {
	t := time.UnixMilli(m.Int64N(2_000_000_000_000)).UTC()
	return t.Format(m.one("2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z", "2006-01-02T15:04:05.000000Z")[:19]) + m.one("Z", ".5Z", ".123456Z", "+05:00", "-03:30", ".25+04:30")
}

func (m maker) languages() string {
	parts := []string{}
	for _, tag := range []string{"en", "en-US", "ur", "fa-AF", "x-none"} {
		if m.coin() {
			parts = append(parts, `"`+tag+`":`+m.text())
		}
	}
	return m.object(parts...)
}

// object joins members in any order, with any space between.
func (m maker) object(members ...string) string {
	m.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	space := m.one("", "", " ", "\n\t")
	return "{" + space + strings.Join(members, space+","+space) + space + "}"
}

func (m maker) extensions() string {
	parts := []string{}
	for i := range m.IntN(3) {
		parts = append(parts, fmt.Sprintf(`"urn:x:%d":%s`, i, m.anything(3)))
	}
	return m.object(parts...)
}

func (m maker) anything(deep int) string {
	if deep == 0 {
		return m.one(m.text(), m.number(), "true", "null")
	}
	switch m.IntN(4) {
	case 0:
		return "[" + m.anything(deep-1) + "," + m.anything(deep-1) + "]"
	case 1:
		return m.object(`"a":`+m.anything(deep-1), `"":`+m.anything(0))
	}
	return m.anything(0)
}

func (m maker) agent(kind string) string {
	id := m.one(fmt.Sprintf(`"mbox":"mailto:a%d@example.org"`, m.IntN(50)), `"mbox_sha1sum":"ebd31e95054c018b10727ccffd2ef2ec3a016ee9"`, `"openid":"https://id.example.org/a"`,
		`"account":`+m.object(`"homePage":"https://example.org"`, fmt.Sprintf(`"name":"n%d"`, m.IntN(50))))
	members := []string{id}
	if kind == "object" || m.coin() {
		members = append(members, `"objectType":"Agent"`)
	}
	if m.coin() {
		members = append(members, `"name":`+m.text())
	}
	return m.object(members...)
}

func (m maker) party(kind string) string {
	if m.IntN(4) > 0 {
		return m.agent(kind)
	}
	return m.object(`"objectType":"Group"`, `"member":[`+m.agent("")+","+m.agent("")+"]")
}

func (m maker) activity() string {
	members := []string{`"id":"` + m.iri() + `"`}
	if m.coin() {
		members = append(members, `"objectType":"Activity"`)
	}
	if m.coin() {
		members = append(members, `"definition":`+m.object(`"name":`+m.languages(), `"description":`+m.languages(), `"type":"`+m.iri()+`"`, `"extensions":`+m.extensions()))
	}
	return m.object(members...)
}

func (m maker) verb() string {
	id := m.iri()
	return `{"id":"` + id + `","display":` + m.languages() + `}`
}

func (m maker) result() string {
	return m.object(`"success":`+m.one("true", "false"), `"completion":true`, `"response":`+m.text(), `"duration":"`+m.one("PT1S", "P1DT2H3.50S", "P2W", "PT0.01S")+`"`,
		`"score":`+m.object(`"scaled":`+m.one("0", "-1", "0.50", "1"), `"raw":5`, `"min":0.0`, `"max":1e1`), `"extensions":`+m.extensions())
}

func (m maker) context(v Version, withActivity bool) string {
	members := []string{`"registration":"` + m.uuid() + `"`, `"instructor":` + m.party(""), `"extensions":` + m.extensions(), `"language":"` + m.one("en", "ur-PK") + `"`}
	if withActivity {
		members = append(members, `"platform":`+m.text(), `"revision":`+m.text())
	}
	list := m.activity()
	if m.coin() {
		list = "[" + list + "," + m.activity() + "]"
	}
	members = append(members, `"contextActivities":`+m.object(`"`+m.one("parent", "grouping", "category", "other")+`":`+list))
	if v == V2 && m.coin() {
		members = append(members, `"contextAgents":[`+m.object(`"objectType":"contextAgent"`, `"agent":`+m.agent("object"), `"relevantTypes":["`+m.iri()+`"]`)+"]")
	}
	return m.object(members...)
}

func (m maker) statement() (string, Version) {
	v := Version(1 + m.IntN(2))
	object, isActivity := m.activity(), true
	switch m.IntN(6) {
	case 0:
		object, isActivity = m.agent("object"), false
	case 1:
		object, isActivity = m.object(`"objectType":"StatementRef"`, `"id":"`+m.uuid()+`"`), false
	case 2:
		object, isActivity = m.object(`"objectType":"SubStatement"`, `"actor":`+m.party(""), `"verb":`+m.verb(), `"object":`+m.activity()), false
	}
	members := []string{`"actor":` + m.party(""), `"verb":` + m.verb(), `"object":` + object, `"id":"` + m.uuid() + `"`}
	if m.coin() {
		members = append(members, `"timestamp":"`+m.instant()+`"`)
	}
	if m.coin() {
		members = append(members, `"result":`+m.result())
	}
	if m.coin() {
		members = append(members, `"context":`+m.context(v, isActivity))
	}
	if m.IntN(4) == 0 {
		members = append(members, `"stored":"`+m.instant()+`"`, `"version":"`+v.String()+`"`)
	}
	return m.object(members...), v
}
