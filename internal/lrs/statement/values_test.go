package statement

import (
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	at := time.Date(2020, 11, 3, 5, 0, 0, 0, time.UTC)
	for s, want := range map[string]time.Time{
		"2020-11-03T05:00:00Z":             at,
		"2020-11-03T10:00:00+05:00":        at,
		"2020-11-03T10:00:00+0500":         at,
		"2020-11-03T10:00:00+05":           at,
		"2020-11-03T08:30:00.000+03:30":    at,
		"2020-11-02T23:00:00-06:00":        at,
		"2020-11-03T05:00:00":              at,
		"2020-11-03t05:00:00z":             at,
		"2020-11-03T05:00:00.123456789Z":   at.Add(123456789),
		"2020-11-03T05:00:00,5Z":           at.Add(500 * time.Millisecond),
		"2016-12-31T23:59:60Z":             time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC),
		"2020-02-29T00:00:00Z":             time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC),
		"2020-11-03T05:00:00.12345678912Z": at.Add(123456789),
	} {
		if got, err := ParseTime(s); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v (%v), want %v", s, got, err, want)
		}
	}
	for _, s := range []string{
		"", "2020", "2020-11-03", "01/011/2015", "2020-11-03T05:00Z", "2020-13-03T05:00:00Z", "2021-02-29T00:00:00Z", "2020-11-03T24:00:00Z",
		"2020-11-03T05:60:00Z", "2020-11-03T05:00:61Z", "2020-11-03T05:00:00-00:00", "2020-11-03T05:00:00-0000", "2020-11-03T05:00:00-00",
		"2020-11-03T05:00:00+5", "2020-11-03T05:00:00+05:0", "2020-11-03T05:00:00 Z", "2020-11-03T05:00:00.Z", "2020-11-03T05:00:00+24:00",
		"2020-00-03T05:00:00Z", "2020-11-00T05:00:00Z", "2020-11-03T05:00:00Zx", "2020-11-03T05:00:00+05:",
	} {
		if got, err := ParseTime(s); err == nil {
			t.Errorf("%q is taken for %v", s, got)
		}
	}
}

func TestDurations(t *testing.T) {
	for _, s := range []string{"PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P4W", "PT0S", "P1DT12H", "PT0.5H", "PT1,5S"} {
		if !Duration(s) {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{"", "P", "PT", "P1", "1Y", "P4W1D", "P1DT", "PT1D", "P1H", "PT1.5H3M", "P-1D", "PT1S1H", "PT1MS", "PT.5S", "PT5.S", "P1Y1Y", "p1y", "PT1H ", "PTT1S"} {
		if Duration(s) {
			t.Errorf("%s is taken", s)
		}
	}
}

func TestLanguageTags(t *testing.T) {
	for _, s := range []string{"en", "ur", "ps-AF", "zh-Hant-TW", "de-CH-1996", "sl-rozaj-biske", "es-419", "x-private", "en-a-bbb-x-a", "i-klingon", "zh-cmn-Hans", "fa-Arab-IR-u-nu-arabext", "und", "art-lojban"} {
		if !LanguageTag(s) {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{"", "a", "a12345", "en_US", "en-", "-en", "en--US", "en-abcdefghi", "en-x", "en-a", "12", "en-US-US-US", "en ", "é"} {
		if LanguageTag(s) {
			t.Errorf("%s is taken", s)
		}
	}
}

func TestIRIs(t *testing.T) {
	for _, s := range []string{"http://example.org", "urn:uuid:1", "https://مثال.example/راه?x=%20#y", "tag:a,2020:b", "a+b-1.c:x", "mailto:a@b"} {
		if !IRI(s) {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{"", "x", "/x", "example.org/x", ":x", "1a:x", "http:", "http://a b", "http://a/<b>", "http://a/%zz", "http://a/%2", "http://a/\x00", "ht tp://a", "http://a/{x}", `http://a/\b`} {
		if IRI(s) {
			t.Errorf("%s is taken", s)
		}
	}
}

func TestUUIDs(t *testing.T) {
	for _, s := range []string{"7ccd3322-e1a5-411a-a67d-6a735c76f119", "7CCD3322-E1A5-411A-A67D-6A735C76F119", "01890a5d-ac96-774b-bcce-b302099a8057", "fcd9c2ba-7d3e-11eb-9439-0242ac130002"} {
		if _, ok := ParseUUID(s); !ok {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{"", "7ccd3322e1a5411aa67d6a735c76f119", "7ccd3322-e1a5-411a-a67d-6a735c76f11", "7ccd3322-e1a5-011a-a67d-6a735c76f119", "7ccd3322-e1a5-911a-a67d-6a735c76f119", "7ccd3322-e1a5-411a-767d-6a735c76f119", "7ccd3322-e1a5-411a-a67d-6a735c76f11g", "{7ccd3322-e1a5-411a-a67d-6a735c76f1}", "7ccd33-22e1a5-411a-a67d-6a735c76f119"} {
		if _, ok := ParseUUID(s); ok {
			t.Errorf("%s is taken", s)
		}
	}
	u, _ := ParseUUID("7CCD3322-E1A5-411A-A67D-6A735C76F119")
	if u.String() != "7ccd3322-e1a5-411a-a67d-6a735c76f119" {
		t.Error(u)
	}
}
