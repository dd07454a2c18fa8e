package i18n

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"

	"cadre/internal/civil"
	"cadre/internal/fault"
)

func bundle(t *testing.T, files map[string]string) *Bundle {
	t.Helper()
	m := fstest.MapFS{}
	for k, v := range files {
		m[k] = &fstest.MapFile{Data: []byte(v)}
	}
	b, err := Load(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPluralFormsAreThoseOfTheLanguage(t *testing.T) {
	for tag, want := range map[string][]string{
		"en": {"one", "other"}, "ur": {"one", "other"}, "fa": {"one", "other"}, "bn": {"one", "other"},
		"ps": {"one", "other"}, "ckb": {"one", "other"},
		"ar": {"zero", "one", "two", "few", "many", "other"},
	} {
		if diff := cmp.Diff(want, forms(language.MustParse(tag))); diff != "" {
			t.Errorf("%s: %s", tag, diff)
		}
	}
	b := bundle(t, map[string]string{
		"en/a.msg": "a.n[one] = {n} seat\na.n[other] = {n} seats\na.n[=0] = no seat\n",
		"ar/a.msg": "a.n[zero] = zero\na.n[one] = one\na.n[two] = two\na.n[few] = few\na.n[many] = many\na.n[other] = other\n",
	})
	for n, want := range map[int]string{0: "no seat", 1: "1 seat", 2: "2 seats", 11: "11 seats"} {
		if got := b.For(Prefs{Lang: "en"}).T("a.n", "n", n); got != want {
			t.Errorf("en %d: %q", n, got)
		}
	}
	if got := b.For(Prefs{Lang: "en"}).T("a.n", "n", 1.5); got != "1.5 seats" {
		t.Errorf("en 1.5: %q", got)
	}
	for n, want := range map[int]string{0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 103: "few", 111: "many"} {
		if got := b.For(Prefs{Lang: "ar"}).T("a.n", "n", n); got != want {
			t.Errorf("ar %d: %q, want %q", n, got, want)
		}
	}
}

func TestSentencesAreFilled(t *testing.T) {
	b := bundle(t, map[string]string{
		"en/a.msg": "a.hi = Hello {name},\\nyou have {what}.\na.long = one\n   two\na.brace = \\{x\\}\na.only = only English {n}\na.err = no {what}\n",
		"ur/a.msg": "a.hi = {name}: {what}\n",
	})
	en, ur := b.For(Prefs{Lang: "en-GB"}), b.For(Prefs{Lang: "ur-PK"})
	for _, c := range []struct{ got, want string }{
		{en.T("a.hi", "name", "Saima", "what", 3), "Hello Saima,\nyou have 3."},
		{en.T("a.hi", fault.Args{"name": "Saima", "what": Key("a.long")}), "Hello Saima,\nyou have one two."},
		{en.T("a.brace"), "{x}"},
		{en.T("a.hi", "name", "Saima"), "Hello Saima,\nyou have {what}."},
		{en.T("a.unknown"), "a.unknown"},
		{ur.T("a.only", "n", 2), "only English 2"},
		{en.Error(errors.Join(fault.New(fault.Closed, "a.err", fault.Args{"what": "way"}))), "no way"},
		{en.Error(nil), ""},
		// A value of the other direction is isolated, one of the same is not.
		{en.T("a.err", "what", "صائمہ"), "no \u2068صائمہ\u2069"},
		{ur.T("a.hi", "name", "FIA", "what", "صائمہ"), "\u2068FIA\u2069: صائمہ"},
		{ur.T("a.hi", "name", "12/2020-3", "what", 12), "\u206812/2020-3\u2069: 12"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if got := From(context.Background()).Lang(); got != "en" {
		t.Errorf("without a localiser, the context speaks %s", got)
	}
	if got := T(With(context.Background(), For(Prefs{Lang: "ur"})), "locale.name"); got != "اردو" {
		t.Errorf("the context's localiser says %q", got)
	}
	if got := For(Prefs{Lang: "ur"}).Error(errors.New("secret cause")); got != For(Prefs{Lang: "ur"}).T("fault.internal") {
		t.Errorf("an unexpected error says %q", got)
	}
}

func TestLanguageIsMatched(t *testing.T) {
	for wish, want := range map[string]string{
		"": "en", "ur": "ur", "ur-PK": "ur", "fr, ur;q=0.5": "ur", "fr": "en", "x;;": "en", "en-GB,ur;q=0.9": "en",
	} {
		if got := Shipped().Match(wish); got != want {
			t.Errorf("%q is answered in %s, want %s", wish, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	en := For(Prefs{})
	fa := For(Prefs{Lang: "ur", Digits: "arabext"})
	for _, c := range []struct{ got, want string }{
		{en.Number(25), "25"},
		{en.Number(2500), "2500"},
		{en.Number(25000), "25,000"},
		{en.Number(-1234567), "\u22121,234,567"},
		{en.Decimal(0.25), "0.3"},
		{en.Decimal(-1.5), "\u22121.5"},
		{en.Decimal(2.96), "3"},
		{en.Percent(0.604), "60%"},
		{en.Bytes(90_000), "90 kB"},
		{en.Bytes(12), "1 kB"},
		{en.Bytes(2_350_000), "2.4 MB"},
		{en.Duration(12 * time.Minute), "12 minutes"},
		{en.Duration(61 * time.Minute), "1 hour 1 minute"},
		{en.Duration(50 * time.Hour), "2 days 2 hours"},
		{en.Duration(40 * time.Second), "40 seconds"},
		{en.List("FIA"), "FIA"},
		{en.List("a", "b", "c"), "a, b and c"},
		{fa.Number(25), "۲۵"},
		{fa.List("صائمہ", "روبینہ", "FIA"), "صائمہ، روبینہ اور \u2068FIA\u2069"},
		{For(Prefs{Digits: "arab"}).Int(2020), "٢٠٢٠"},
		{Plain("۲۵ and ٢٥ and ২৫"), "25 and 25 and 25"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDatesAsPeopleSayThem(t *testing.T) {
	d := civil.NewDate(2020, 10, 28)
	week := civil.Range{From: civil.NewDate(2020, 11, 2), To: civil.NewDate(2020, 11, 6)}
	session := civil.NewDate(2020, 11, 2).At(9, 0, "Asia/Karachi")
	later := civil.NewDate(2020, 11, 2).At(10, 30, "Asia/Karachi")
	at, err := session.Instant()
	if err != nil {
		t.Fatal(err)
	}
	khi := For(Prefs{Zone: "Asia/Karachi"})
	ur := For(Prefs{Lang: "ur", Zone: "Asia/Karachi"})
	solar := For(Prefs{Calendar: civil.Solar, Zone: "Asia/Kabul"})
	for _, c := range []struct{ got, want string }{
		{khi.Day(d), "Wednesday 28 October"},
		{khi.Date(d), "Wednesday 28 October 2020"},
		{khi.Date(civil.Date{}), ""},
		{khi.Dates(week), "2–6 November 2020"},
		{khi.Dates(civil.Range{From: d, To: week.From}), "28 October – 2 November 2020"},
		{khi.Dates(civil.Range{From: d, To: civil.NewDate(2021, 1, 1)}), "28 October 2020 – 1 January 2021"},
		{khi.Dates(civil.Range{From: d, To: d}), "Wednesday 28 October 2020"},
		{ur.Day(d), "بدھ 28 اکتوبر"},
		{ur.Dates(week), "2 تا 6 نومبر 2020"},
		{solar.Date(d), "Wednesday 7 Aban 1399"},
		{For(Prefs{Calendar: civil.Lunar}).Date(d), "Wednesday 11 Rabi I 1442"},
		// Before the tables of Umm al-Qura begin, the Gregorian date is shown.
		{For(Prefs{Calendar: civil.Lunar}).DateShort(civil.NewDate(1970, 1, 1)), "1 January 1970"},
		{khi.DateTime(session), "Monday 2 November 2020, 09:00"},
		{khi.Instant(at), "Monday 2 November 2020, 09:00"},
		{solar.TimeOfDay(session), "09:00 in Karachi (08:30 for you)"},
		{For(Prefs{Zone: "America/New_York"}).TimeOfDay(session), "09:00 in Karachi (Sunday 1 November, 23:00 for you)"},
		{khi.TimesOfDay(session, later), "09:00–10:30"},
		{solar.TimesOfDay(session, later), "09:00–10:30 in Karachi (08:30–10:00 for you)"},
		{For(Prefs{Zone: "America/New_York"}).TimesOfDay(session, later), "09:00 in Karachi (Sunday 1 November, 23:00 for you)–10:30 in Karachi (00:30 for you)"},
		{khi.HalfDay(civil.HalfDay{Date: week.From, Half: civil.Morning}), "Monday 2 November, morning"},
		{khi.T("locale.range", "from", d, "to", "x"), "Wednesday 28 October 2020 – x"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTextPicksAWording(t *testing.T) {
	x := NewText("en", "Title").And("ur", "عنوان")
	if got := x.In("ur-PK"); got != (Chosen{"عنوان", "ur", "rtl"}) {
		t.Errorf("ur-PK reads %v", got)
	}
	if got := x.In("fr"); got != (Chosen{"Title", "en", "ltr"}) {
		t.Errorf("fr reads %v", got)
	}
	back, err := DecodeText(x.Encode())
	if err != nil || cmp.Diff(x, back) != "" {
		t.Errorf("comes back as %v, %v", back, err)
	}
	if (Text{Fallback: "fr", Values: x.Values}).Check() == nil || NewText("not a tag", "x").Check() == nil || x.Check() != nil {
		t.Error("a text must state a fallback that it has, and tags that exist")
	}
	if DirOf("ckb") != "rtl" || DirOf("ps") != "rtl" || DirOf("bn") != "ltr" {
		t.Error("Sorani Kurdish and Pashto run from right to left, Bangla does not")
	}
}

func BenchmarkPageOfSentences(b *testing.B) {
	l := For(Prefs{Lang: "ur", Zone: "Asia/Karachi"})
	d := civil.NewDate(2020, 10, 28)
	b.ReportAllocs()
	for b.Loop() {
		for i := range 150 {
			if i%10 == 0 {
				l.T("locale.time.zones", "time", d, "place", "Multan", "own", i)
			} else {
				l.T("locale.days", "n", i)
			}
		}
	}
}
