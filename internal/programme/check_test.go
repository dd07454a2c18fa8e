package programme_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"cadre/internal/programme"
)

// small is a programme without a fault, in which single lines are made wrong.
const small = `cadre: 1
key: small
languages: [en, ur]
title: {en: Small, ur: چھوٹا}
zone: Asia/Karachi
owner: {name: {en: Office, ur: دفتر}}
funding:
  - donor: {en: Donor, ur: عطیہ دہندہ}
    logframe: [OP1]
agencies:
  - {key: fia, title: {en: FIA, ur: ایف آئی اے}, country: PK}
groups:
  - {key: north, title: {en: North, ur: شمال}}
  - {key: south, title: {en: South, ur: جنوب}}
places: 10
quotas:
  - {key: fia, agency: fia, places: 10, parts: [{sex: female, places: 4}]}
competencies:
  - {key: interview, title: {en: Interviews, ur: انٹرویو}}
stages:
  - key: basics
    title: {en: Basics, ur: بنیادی باتیں}
    deadline: {at: 2020-10-28T23:59, warn-days: [7, 1]}
    e-learning:
      modules:
        - {key: one, title: {en: One, ur: ایک}, minutes: 10, competencies: [interview]}
  - key: before
    title: {en: Before, ur: پہلے}
    assessment: {form: pre, test: t, max: 10}
  - key: week
    title: {en: Week, ur: ہفتہ}
    gate: {all: [{stage: basics}, {seat: confirmed}]}
    workshop:
      modes: [in-person]
      rooms: [{key: hall, title: {en: Hall, ur: ہال}, capacity: 20}]
      attendance: {half-days: 1}
      days:
        - date: 2020-11-02
          half-days:
            - key: mon-am
              title: {en: Morning, ur: صبح}
              from: "09:00"
              until: "12:00"
              sessions:
                - {key: open, title: {en: Opening, ur: آغاز}, from: "09:00", until: "10:00", room: hall}
                - {key: work, title: {en: Work, ur: کام}, from: "10:00", until: "12:00", room: hall}
  - key: after
    title: {en: After, ur: بعد}
    gate: {half-days: {stage: week, at-least: 1}}
    assessment: {form: post, test: t, max: 10}
  - key: coaching
    title: {en: Coaching, ur: کوچنگ}
    gate: {any: [{stage: week}, {score: {stage: after, at-least: 50}}]}
    coaching:
      entitlement: 2
      individual: true
      group: true
      group-days: {days: 1, counts: 1}
      window: {from: 2021-01-01, until: 2021-12-31}
      rounds:
        - {key: first, title: {en: First, ur: پہلا}, kind: group, days: [2021-03-25]}
  - key: later
    title: {en: Later, ur: بعد میں}
    gate: {sessions: {stage: coaching, at-least: 1}}
    follow-up: {after: week, months: 3, open-for-days: 30}
seat:
  requires: {stage: basics}
  deadline: {at: 2020-10-28T23:59}
certificate:
  key: done
  title: {en: Done, ur: مکمل}
  requires: {all: [{stage: week}, {stage: after}]}
indicators:
  - key: trained
    measure: unique-persons-trained
    title: {en: Trained, ur: تربیت یافتہ}
    definition: {en: Persons, ur: افراد}
    class: output
    unit: persons
    target: {value: 10}
    means: {en: Registers, ur: رجسٹر}
    disclosure: count
    logframe: OP1
`

func TestSmallProgrammeHasNoProblem(t *testing.T) {
	if ps := programme.Check("small.yaml", []byte(small)); len(ps) > 0 {
		t.Fatal(ps)
	}
}

// selection is the block of a stage that chooses.
func selection(places, by, stage string) string {
	return "    selection: {places: " + places + ", ranking: [{by: " + by + ", stage: " + stage + "}], ties: {en: Drawn by lot., ur: قرعہ اندازی۔}, signed-by: programme-officer}"
}

// A file may come from any editor: with a mark at its beginning, with the line ends of
// another system, or in UTF-16, which says so of itself. An empty one is told to be.
func TestFilesOfEveryEditorAreRead(t *testing.T) {
	wide := []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune(small)) {
		wide = append(wide, byte(c), byte(c>>8))
	}
	for name, data := range map[string][]byte{
		"with a mark": append([]byte("\ufeff"), small...), "with carriage returns": []byte(strings.ReplaceAll(small, "\n", "\r\n")),
		"in UTF-16": wide, "without a last line end": []byte(strings.TrimSpace(small)),
	} {
		if ps := programme.Check("small.yaml", data); len(ps) > 0 {
			t.Errorf("%s: %v", name, ps)
		}
	}
	for name, data := range map[string]string{"empty": "", "only a mark": "\ufeff", "only comments": "# nothing\n", "only null": "null\n", "a list": "- a\n", "a word": "cadre\n"} {
		ps := programme.Check("small.yaml", []byte(data))
		if len(ps) == 0 || ps[0].Line != 1 || ps[0].Right == "" {
			t.Errorf("%s: %v", name, ps)
		}
	}
	// UTF-16 that does not say so is no YAML either: the place is that of the first byte.
	if ps := programme.Check("small.yaml", wide[2:]); len(ps) != 1 || ps[0].Code != "encoding" || ps[0].Line != 1 || ps[0].Column != 2 {
		t.Errorf("without its mark: %v", ps)
	}
	if ps := programme.Check("small.yaml", []byte("cadre: 1\nkey: \xff\n")); len(ps) != 1 || ps[0].Line != 2 || ps[0].Column != 6 {
		t.Errorf("in another encoding: %v", ps)
	}
	if ps := programme.Check("small.yaml", bytes.Repeat([]byte("#"), programme.MaxSize+1)); len(ps) != 1 || ps[0].Code != "too-large" {
		t.Errorf("too large: %v", ps)
	}
}

// A file in which nothing is right is read to its end all the same: a list that is far
// too long is one problem, and what is wrong in a great many gates is said of each, though
// not what was likely meant.
func TestAFileFullOfMistakesIsReadToItsEnd(t *testing.T) {
	head := small[:strings.Index(small, "stages:")] + "stages:\n"
	stages := func(n, gates int) string {
		var text strings.Builder
		text.WriteString(head)
		for i := range n {
			fmt.Fprintf(&text, "  - {key: stage-number-%d, title: {en: A, ur: ا}, gate: {any: [", i)
			for g := range gates {
				fmt.Fprintf(&text, "{stage: stage-numbers-%d}, ", g)
			}
			text.WriteString("{seat: confirmed}]}, assessment: {form: pre, test: t, max: 10}}\n")
		}
		return text.String()
	}
	if ps := programme.Check("small.yaml", []byte(stages(4000, 0))); !slices.ContainsFunc(ps, func(p programme.Problem) bool {
		return p.Code == "too-many" && p.Path == "stages" && p.Right == "at most 500"
	}) {
		t.Errorf("4000 stages: %.500s", ps.Error())
	}
	unknown, guessed := 0, 0
	for _, p := range programme.Check("small.yaml", []byte(stages(450, 20))) {
		if p.Code == "unknown-stage" {
			unknown++
			if strings.HasPrefix(p.Right, "did you mean stage-number-") {
				guessed++
			}
		}
	}
	if unknown != 450*20 || guessed == 0 || guessed > 1100 {
		t.Errorf("%d gates are said to be wrong, of %d what was meant", unknown, guessed)
	}
}

// Each mistake is found where it stands, and the line says what would be right.
func TestEveryMistakeIsNamed(t *testing.T) {
	for _, c := range []struct{ from, to, code, right string }{
		{"places: 10\nq", "plases: 10\nq", "unknown-key", "did you mean places?"},
		{"    e-learning:", "    elearning:", "unknown-key", "did you mean e-learning?"},
		{"key: small", "key: Small Programme", "bad-value", "lower-case"},
		{"key: small\n", "key: small\nkey: again\n", "duplicate-key", "line 2"},
		{"key: small\n", "", "missing", "name for machines"},
		{"cadre: 1", "cadre: 7", "format", "format 1"},
		{"[en, ur]", "[en, ur, ar]", "language-missing", "every language"},
		{"[en, ur]", "[en]", "language-extra", "add it to languages"},
		{"title: {en: Small, ur: چھوٹا}", "title: Small", "wrong-kind", "{en:"},
		{"title: {en: Small, ur: چھوٹا}", "title: {en: Small, ur: }", "wrong-kind", "the text"},
		{"zone: Asia/Karachi", "zone: Asia/Karatschi", "bad-value", "IANA"},
		{"country: PK", "country: Pakistan", "bad-value", "PK"},
		{"agency: fia", "agency: fai", "unknown-agency", "did you mean fia?"},
		{"agency: fia, places: 10", "agency: fia, places: 11", "quotas", "fit into the places"},
		{"sex: female, places: 4", "sex: female, places: 14", "quota-parts", "fit into the quota"},
		{"sex: female", "sex: woman", "bad-value", "female or male"},
		{"{sex: female, places: 4}", "{places: 4}", "quota-part", "either sex or station"},
		{"places: 10\nq", "places: ten\nq", "bad-value", "at least 1|whole number"},
		{"{key: south,", "{key: north,", "duplicate", "line 13"},
		{"competencies: [interview]", "competencies: [interveiw]", "unknown-competency", "did you mean interview?"},
		{"gate: {all: [{stage: basics}", "gate: {all: [{stage: basic}", "unknown-stage", "did you mean basics?"},
		{"gate: {all: [{stage: basics}", "gate: {all: [{stage: later}", "cycle", "take one of these gates away"},
		{"gate: {all: [{stage: basics}", "gate: {all: [{stage: week}", "cycle", "another stage"},
		{"gate: {all: [{stage: basics}", "gate: {all: [{module: won}", "unknown-module", "did you mean one?"},
		{"{seat: confirmed}]", "{seat: held}]", "bad-value", "confirmed"},
		{"gate: {any: [{stage: week}, ", "gate: {any: [{stage: week, module: one}, ", "condition", "one question each"},
		{"gate: {any: [{stage: week}, {score: {stage: after, at-least: 50}}]}", "gate: {any: []}", "empty", "at least one"},
		{"gate: {any: [{stage: week}, {score: {stage: after, at-least: 50}}]}", "gate: {at-least: 3, of: [{stage: week}, {stage: after}]}", "condition", "from 1 to 2"},
		{"gate: {any: [{stage: week}, {score: {stage: after, at-least: 50}}]}", "gate: {at-least: 1}", "condition", "of:"},
		{"gate: {any: [{stage: week}, {score: {stage: after, at-least: 50}}]}", "gate: {of: [{stage: week}]}", "condition", "at-least: 2"},
		{"gate: {any: [{stage: week}, {score: {stage: after, at-least: 50}}]}", "gate: {}", "condition", "one of all"},
		{"score: {stage: after", "score: {stage: week", "wrong-stage", "assessment"},
		{"score: {stage: after, at-least: 50", "score: {stage: after, at-least: 150", "bad-value", "from 1 to 100"},
		{"half-days: {stage: week, at-least: 1}", "half-days: {stage: week, at-least: 4}", "condition", "at most"},
		{"sessions: {stage: coaching, at-least: 1}", "sessions: {stage: coaching, at-least: 3}", "condition", "at most"},
		{"at: 2020-10-28T23:59, warn", "at: 2020-10-28, warn", "bad-value", "a date and a time"},
		{"at: 2020-10-28T23:59, warn", "at: 2020-11-28T23:59, warn", "dates", "a deadline before 2020-11-02"},
		{"warn-days: [7, 1]", "warn-days: [1, 7]", "warn-days", "the earliest first"},
		{"date: 2020-11-02", "date: 2020-02-31", "bad-value", "Gregorian"},
		{"until: \"12:00\"\n", "until: \"08:00\"\n", "times", "an end after the start"},
		{"until: \"12:00\", room", "until: \"12:30\", room", "times", "inside its half-day"},
		{"from: \"10:00\", until", "from: \"09:30\", until", "clash", "another room"},
		{"until: \"10:00\", room: hall", "until: \"10:00\", room: hal", "unknown-room", "did you mean hall?"},
		{"attendance: {half-days: 1}", "attendance: {half-days: 3}", "attendance", "at most"},
		{"form: post, test: t, max: 10", "form: post, test: t, max: 20", "parallel-tests", "the same number"},
		{"      group-days: {days: 1, counts: 1}\n", "", "group-days", "group-days: {"},
		{"days: [2021-03-25]", "days: [2022-03-25]", "dates", "inside the window"},
		{"days: [2021-03-25]}", "days: []}", "round-days", "days:"},
		{"from: 2021-01-01, until: 2021-12-31", "from: 2021-12-31, until: 2021-12-01", "dates", "on or after"},
		{"after: week, months", "after: before, months", "wrong-stage", "workshop or coaching"},
		{"seat:\n  requires: {stage: basics}\n  deadline: {at: 2020-10-28T23:59}", "seat:\n  requires: {stage: basics}\n  deadline: {at: 2020-10-28T23:59, if-missed: close}", "seat-closes", "decide"},
		{"measure: unique-persons-trained", "measure: unique-person-trained", "unknown-measure", "did you mean unique-persons-trained?"},
		{"logframe: OP1\n", "logframe: OP9\n", "unknown-logframe", "funding"},
		{"target: {value: 10}", "target: {year: 2020}", "value", "known: false"},
		{"target: {value: 10}", "target: {value: 10, known: false}", "value", "one of the two"},
		{"    assessment: {form: pre, test: t, max: 10}\n", "", "no-block", "e-learning"},
		{"    follow-up: {after", "    selection: {}\n    follow-up: {after", "missing", "how many"},
		{"    follow-up: {after", "    selection: {}\n    follow-up: {after", "two-blocks", "one stage for each"},
		{"    follow-up: {after: week, months: 3, open-for-days: 30}", selection("20", "score", "after"), "places", "fewer than the places"},
		{"    follow-up: {after: week, months: 3, open-for-days: 30}", selection("2", "gain", "before"), "no-pair", "add the pre-test"},
		{"    follow-up: {after: week, months: 3, open-for-days: 30}", selection("2", "score", "week"), "wrong-stage", "assessment"},
		{"    e-learning:\n", "    e-learning:\n      enough: 2\n", "enough", "at most that many"},
		{"      entitlement: 2\n", "      entitlement: 2\n      enough: 3\n", "enough", "at most that many"},
		{"until: \"10:00\", room: hall", "until: \"10:00\", modes: [online], room: hall", "mode", "one of the workshop's modes"},
		{"      individual: true\n      group: true\n", "      individual: false\n      group: false\n", "coaching-kind", "or both"},
		{"      group: true\n", "      group: false\n", "round-kind", "group: true"},
		{"      individual: true\n", "      individual: false\n      rounds: [{key: alone, title: {en: A, ur: ا}, kind: individual}]\n", "duplicate-key", "line"},
		{"kind: group, days: [2021-03-25]}\n", "kind: group, days: [2021-03-25]}\n        - {key: alone, title: {en: A, ur: ا}, kind: person}\n", "bad-value", "individual"},
		{"  - key: later\n", "  - key: upper\n    title: {en: Upper, ur: بالا}\n    for: [north]\n    gate: {stage: lower}\n    assessment: {form: post, test: u, max: 10}\n" +
			"  - key: lower\n    title: {en: Lower, ur: زیریں}\n    for: [south]\n    assessment: {form: post, test: v, max: 10}\n  - key: later\n", "other-group", "the same people"},
		{"title: {en: Small,", "title: {en: \"Sm\\u202ell\",", "unseen", "without it"},
		{"title: {en: Small,", "title: {en: \"Sm\\0ll\",", "unseen", "without it"},
		{"test: t, max: 10}\n  - key: week", "test: \"t\\e\", max: 10}\n  - key: week", "unseen", "without it"},
		{"title: {en: Small,", "title: {en: \"Sm\x00ll\",", "encoding", "UTF-8"},
		{"title: {en: Small,", "title: {en: \"Sm\xe4ll\",", "encoding", "UTF-8"},
		{"zone: Asia/Karachi", "zone: &z Asia/Karachi", "anchor", "write it out"},
		{"zone: Asia/Karachi", "zone: *z", "not-yaml", "YAML"},
		{"zone: Asia/Karachi", "zone: [", "not-yaml", "YAML"},
		{"{key: one, title", "{key: before, title", "duplicate", "a key of its own"},
	} {
		name := c.code + " " + strings.ReplaceAll(strings.TrimSpace(c.to), "\n", " ")
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(small, c.from) {
				t.Fatalf("the small programme no longer holds %q", c.from)
			}
			text := strings.Replace(small, c.from, c.to, 1)
			ps := programme.Check("small.yaml", []byte(text))
			for _, p := range ps {
				if p.Code != c.code {
					continue
				}
				for _, right := range strings.Split(c.right, "|") {
					if strings.Contains(p.Right, right) {
						lines := strings.Split(text, "\n")
						if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
							t.Errorf("it is said to stand at %d:%d", p.Line, p.Column)
						}
						return
					}
				}
			}
			t.Errorf("no problem %q with %q in:\n%s", c.code, c.right, ps)
		})
	}
}

func TestPositionsPointAtTheMistake(t *testing.T) {
	text := strings.Replace(small, "agency: fia, places: 10", "agency: fai, places: 12", 1)
	text = strings.Replace(text, "title: {en: Week, ur: ہفتہ}", "titel: {en: Week, ur: ہفتہ}", 1)
	want := []string{
		`small.yaml:17:3: `, // the quotas as a whole
		`small.yaml:17:24: there is no agency "fai": did you mean fia?`,
		`small.yaml:30:5: title is missing: what people call it`,
		`small.yaml:31:5: "titel" is not known here: did you mean title?`,
	}
	got := strings.Split(programme.Check("small.yaml", []byte(text)).Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("got\n%s", strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("line %d: got %s, want %s", i, got[i], want[i])
		}
	}
}

// A file full of mistakes has them all reported at once, in the file's order.
func TestAllProblemsAtOnce(t *testing.T) {
	text := strings.NewReplacer("zone: Asia/Karachi", "zone: Karachi", "minutes: 10", "minutes: soon", "room: hall}", "room: halle}", "class: output", "class: outputs").Replace(small)
	ps := programme.Check("small.yaml", []byte(text))
	if len(ps) != 5 {
		t.Errorf("%d problems:\n%s", len(ps), ps)
	}
	for i := 1; i < len(ps); i++ {
		if ps[i].Line < ps[i-1].Line {
			t.Errorf("%s comes after %s", ps[i], ps[i-1])
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("- - - -"))
	f.Add([]byte("cadre: 1\n---\ncadre: 1"))
	f.Add([]byte("{? [a]: b}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := programme.Read("fuzz.yaml", data)
		if err != nil {
			if len(err.Error()) == 0 {
				t.Error("a problem without words")
			}
			return
		}
		// What can be read can be written, and reads as the same again.
		normal, err := programme.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		back, err := programme.Read("normal.yaml", normal)
		if err != nil {
			t.Fatalf("the normal form cannot be read: %v\n%s", err, normal)
		}
		if again, err := programme.Marshal(back); err != nil || !bytes.Equal(again, normal) {
			t.Error("the normal form is not stable")
		}
	})
}
