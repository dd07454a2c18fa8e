package pathwayweb_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// Her page says of a choice what is the case for her, in both languages.
func TestHerPageSaysHowAChoiceStands(t *testing.T) {
	s, site := setting(t)
	data, err := os.ReadFile("../pathway/testdata/chosen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if s.blueprint, err = programme.Read("chosen.yaml", data); err != nil {
		t.Fatal(err)
	}
	day := func(month time.Month, d int) time.Time { return time.Date(2020, month, d, 6, 0, 0, 0, time.UTC) }
	const decided, ahead, others, nothing = "Choice for coaching is being decided", "Choice for coaching is among those who have done what comes before it",
		"Others were chosen for this part.", "Nothing to do now"
	const made = "It was decided on Thursday 1 October, among those who had done what comes before it by then. Ask the programme office what is still possible."
	for _, c := range []struct {
		name       string
		at         time.Time
		group      string
		done       bool
		chosen     pathway.Value
		says, urdu string
		not        []string
	}{
		{"nobody has decided", day(10, 10), "north", true, nil, decided, "کا فیصلہ ہو رہا ہے", []string{ahead, others}},
		{"she missed what comes before", day(11, 10), "north", false, nil, ahead, "ان میں سے ہوگا", []string{decided, others}},
		{"others were chosen", day(10, 10), "north", true, pathway.Selected{}, others, "دوسری افسران منتخب ہوئیں", []string{decided, ahead}},
		{"it was decided before she had done what comes before it", day(11, 10), "north", false, pathway.Selected{Waited: true}, made, "کو ان میں سے ہوا", []string{decided, ahead, others}},
		{"it was decided, and she did what comes before it afterwards", day(10, 10), "north", true, pathway.Selected{Waited: true}, made, "کو ان میں سے ہوا", []string{decided, ahead, others}},
		{"it is another group's", day(10, 10), "south", true, nil, nothing, "ابھی کچھ کرنا باقی نہیں", []string{decided, ahead, others}},
	} {
		s.now, s.facts = c.at, nil
		fact := func(subject string, v pathway.Value) {
			s.facts = append(s.facts, pathway.Fact{ID: id.New[id.Fact](), Cohort: cohort, Subject: subject, Value: v, OccurredAt: day(10, 1), RecordedAt: day(10, 1)})
		}
		fact("", pathway.Joined{Group: c.group})
		if c.done {
			fact("exit", pathway.AssessmentSubmitted{Raw: 8, Max: 10})
		}
		if c.chosen != nil {
			fact("choice", c.chosen)
		}
		page := site.As(t, saima(), i18n.Prefs{Zone: "Asia/Karachi"}).Get("/").CheckPage(t).Must(t, 200, c.says)
		for _, word := range c.not {
			if strings.Contains(page.Text(), word) {
				t.Errorf("%s: the page says %q", c.name, word)
			}
		}
		site.As(t, saima(), i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}).Get("/").CheckPage(t).Must(t, 200, c.urdu)
	}
}

// Where nobody chooses, her page says of coaching what opens it, when it is open and
// what she does then, and nothing of a choice, in both languages.
func TestCoachingWithoutAChoice(t *testing.T) {
	s, site := setting(t)
	data, err := os.ReadFile("../pathway/testdata/chosen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	head, rest, cut := strings.Cut(string(data), "  - key: choice\n")
	_, tail, ends := strings.Cut(rest, "  - key: coaching\n")
	text := head + "  - key: coaching\n" + strings.Replace(tail, "gate: {selected: choice}", "gate: {stage: exit}", 1)
	if !cut || !ends || strings.Contains(text, "selection:") || strings.Contains(text, "selected:") {
		t.Fatalf("a choice is left in the programme:\n%s", text)
	}
	if s.blueprint, err = programme.Read("without.yaml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	day := func(month time.Month, d int) time.Time { return time.Date(2020, month, d, 6, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name, group string
		at          time.Time
		done, held  bool
		says, urdu  []string
		not         []string
	}{
		{"the test lies before her", "north", day(10, 10), false, false, []string{"Exit test", "Opens when you have taken Exit test."}, []string{"دینے کے بعد کھلے گا۔"}, []string{"Find a time"}},
		{"it is open", "north", day(10, 10), true, false, []string{"Find a time", "Coaching", "Open"}, []string{"وقت طے کریں"}, []string{"Opens when", "Nothing to do now"}},
		{"one of two was held", "north", day(10, 12), true, true, []string{"Find a time", "1 of 2 done"}, []string{"وقت طے کریں"}, []string{"Opens when"}},
		{"she missed the test", "north", day(11, 10), false, false, []string{"Nothing to do now", "Ask the programme office what is still possible."}, []string{"ابھی کچھ کرنا باقی نہیں"}, []string{"Find a time"}},
		{"it is another group's", "south", day(10, 10), true, false, nil, nil, []string{"Find a time", "1 of 2"}},
	} {
		s.now, s.facts = c.at, nil
		fact := func(subject string, v pathway.Value) {
			s.facts = append(s.facts, pathway.Fact{ID: id.New[id.Fact](), Cohort: cohort, Subject: subject, Value: v, OccurredAt: day(10, 1), RecordedAt: day(10, 1)})
		}
		fact("", pathway.Joined{Group: c.group})
		if c.done {
			fact("exit", pathway.AssessmentSubmitted{Raw: 8, Max: 10})
		}
		if c.held {
			fact("coaching", pathway.CoachingSession{Number: 1, Format: "individual", Outcome: pathway.Held, Day: "2020-10-08", Minutes: 60})
		}
		page := site.As(t, saima(), i18n.Prefs{Zone: "Asia/Karachi"}).Get("/").CheckPage(t).Must(t, 200, c.says...)
		for _, word := range append(c.not, "chosen", "decided") {
			if strings.Contains(page.Text(), word) {
				t.Errorf("%s: the page says %q", c.name, word)
			}
		}
		page = site.As(t, saima(), i18n.Prefs{Lang: "ur", Zone: "Asia/Karachi"}).Get("/").CheckPage(t).Must(t, 200, c.urdu...)
		for _, word := range []string{"منتخب", "فیصلہ ہو رہا"} {
			if strings.Contains(page.Text(), word) {
				t.Errorf("%s: the page in Urdu says %q", c.name, word)
			}
		}
	}
}
