package policy_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"regexp"
	"slices"
	"strings"

	"cadre/internal/app"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
)

// A canary is a word that stands in one person's, agency's or country's data
// alone.
type canary struct {
	text    string
	country string
	agency  string    // empty for what is the country's
	course  string    // the cohort that it was written in
	person  id.Person // whose it is
	kind    kind
	where   string // which column, or the script
}

// kind is what a canary stands in, as far as it decides who may read it.
type kind string

const (
	kindName      kind = "name"
	kindStaff     kind = "name of staff"
	kindPost      kind = "rank, post, station"
	kindContact   kind = "contact"
	kindNeed      kind = "need"           // told to the programme alone
	kindReason    kind = "reason"         // why she could not come
	kindProgramme kind = "programme note" // between her and the programme
	kindLetter    kind = "letter"
	kindCall      kind = "call"
	kindCoaching  kind = "coaching"
	kindQuote     kind = "testimonial"
	kindAnswer    kind = "answer to a survey" // nobody's
	kindUse       kind = "use at work"
	kindDoor      kind = "name said at the door"
	kindContest   kind = "contested attendance"
	kindCount     kind = "source of a count"
	kindSheet     kind = "sheet being looked at"
	kindPackage   kind = "title of a package"
)

// planting says which columns get a canary in each of their rows. Every column
// in which people write is here or in unplanted.
var planting = map[string]kind{
	"people_persons.alias":          kindName,
	"people_contacts.value":         kindContact,
	"people_contacts.through":       kindContact,
	"people_contacts.safe":          kindContact,
	"people_affiliations.rank":      kindPost,
	"people_affiliations.post":      kindPost,
	"people_affiliations.station":   kindPost,
	"cohort_letters.signatory":      kindLetter,
	"cohort_letters.post":           kindLetter,
	"cohort_calls.note":             kindCall,
	"cohort_nominations.station":    kindPost,
	"cohort_nominations.unit":       kindPost,
	"cohort_enrolments.station":     kindPost,
	"cohort_enrolments.unit":        kindPost,
	"cohort_movements.note":         kindProgramme,
	"cohort_reasons.note":           kindReason,
	"cohort_needs.note":             kindNeed,
	"cohort_contacts.note":          kindProgramme,
	"cohort_exceptions.note":        kindProgramme,
	"cohort_requests.words":         kindProgramme,
	"cohort_time_answers.reply":     kindProgramme,
	"cohort_selections.reason":      kindProgramme,
	"evaluation_testimonials.words": kindQuote,
	"evaluation_followups.words":    kindUse,
	"player_outside.issuer":         kindProgramme,
	"player_outside.reason":         kindProgramme,
	"player_rulings.reason":         kindProgramme,
	"report_eligible_staff.source":  kindCount,
	"workshop_admissions.name":      kindDoor,
	"workshop_contests.words":       kindContest,
	"workshop_contests.reply":       kindContest,
}

// unplanted are the columns in which people write that get no canary behind the
// services' back, and why.
var unplanted = map[string]string{
	"people_names.written":         "the script plants it",
	"people_names.normal":          "derived from the name",
	"people_names.sound":           "derived from the name",
	"people_persons.sort":          "derived from the name",
	"people_words.word":            "derived from the name",
	"people_words.sound":           "derived from the name",
	"cohort_letters.number":        "the script plants it",
	"coaching_notes.box":           "sealed; the script plants it",
	"coaching_goals.box":           "sealed; the script plants it",
	"evaluation_answers.answers":   "the script plants it",
	"evaluation_boxes.box":         "sealed; the script plants it",
	"cohort_imports.sheet":         "acts_test.go sends a sheet with canaries",
	"assess_answers.response":      "the first programme's tests are of choices",
	"player_answers.response":      "the first programme's modules are of choices",
	"content_uploads.name":         "handed_test.go begins uploads with canaries",
	"content_packages.lacks_other": "everybody who may take the module reads it",
	"player_data.value":            "no package is played here",
	"player_marks.reason":          "no package is played here",
	"player_accounts.home_page":    "no package is played here",
	"player_accounts.name":         "no package is played here",
	"player_entries.body":          "no package is played here",
	"lrs_statements.body":          "no package is played here",
	"lrs_documents.body":           "no package is played here",
	"journal_operations.outcome":   "no page reads it but to answer the same actor's same act again",
	"mail_messages.subject":        "letters are read as they lie in the spool",
	"mail_messages.paragraphs":     "letters are read as they lie in the spool",
}

// may is what somebody may read of the canaries, by hand.
func (v *visitor) may(c canary) bool {
	if c.person != "" && c.person == v.person {
		return true
	}
	if v.role == "admin" {
		return c.kind == kindStaff // whom she invites and gives grants to
	}
	if v.country != c.country || v.role == "nobody" || v.role == "none" || v.course != "" && c.course != "" && c.course != string(v.course) {
		return false
	}
	coached, linked := slices.Contains(v.coached, c.person), slices.Contains(v.linked, c.person)
	same := c.agency != "" && c.agency == v.agency
	switch c.kind {
	case kindStaff:
		return true
	case kindName, kindPost:
		return v.role == "officer" || v.role == "trainer" || v.role == "focal" && same || v.role == "coach" && coached || v.role == "supervisor" && linked
	case kindContact:
		return v.role == "officer" || v.role == "coach" && coached
	case kindLetter, kindCall, kindCount:
		return v.role == "officer" || v.role == "focal" && same
	case kindCoaching:
		return v.role == "coach" && coached
	case kindAnswer, kindDoor, kindContest:
		return v.role == "officer" || v.role == "trainer"
	case kindNeed, kindReason, kindProgramme, kindQuote, kindUse:
		return v.role == "officer"
	case kindPackage:
		return v.role == "officer" || v.role == "trainer" || v.role == "coach" || v.role == "participant"
	case kindSheet:
		return false // its sender's alone
	}
	return false
}

// plant writes canaries into every column in which people write, of every row.
func (f *fixture) plant(a *app.App, w words) {
	f.t.Helper()
	for _, t := range app.Tables() {
		for _, column := range t.FreeText {
			name := t.Name + "." + column
			if (planting[name] == "") == (unplanted[name] == "") && t.Owner != "job" {
				f.t.Errorf("%s: say in canary_test.go which canary it gets, or why none", name)
			}
		}
	}
	type write struct{ statement, row, value string }
	var writes []write
	f.rows(a, func(table string, row map[string]string) {
		for name, k := range planting {
			t, column, _ := strings.Cut(name, ".")
			if t != table {
				continue
			}
			word := w.latin()
			value := strings.TrimSpace(row[column] + " " + word)
			switch {
			case name == "people_contacts.value" && row["kind"] == "email":
				value = strings.ToLower(word) + "." + row[column]
				word = strings.ToLower(word)
			case name == "evaluation_followups.words":
				value = `{"en":"` + word + `"}`
			case name == "people_contacts.value":
				value = row[column] // a number is its own
				word = digits(value)
			case name == "people_persons.alias" && row["alias"] == "":
				continue // who has none is shown by her name, which is one
			case name == "cohort_selections.reason" || strings.HasPrefix(name, "workshop_admissions") && row[column] == "":
				continue
			}
			c := canary{
				text: word, country: f.country[row["id"]], agency: f.agency[row["id"]], person: id.Person(row["person"]), kind: k, where: name,
				course: f.course[row["id"]],
			}
			if table == "people_persons" {
				c.person = id.Person(row["id"])
			}
			if c.person != "" {
				c.agency = f.agency[string(c.person)]
				if f.country[string(c.person)] != "" {
					c.country = f.country[string(c.person)]
				}
			}
			if c.person != "" && f.staff[string(c.person)] && k == kindName {
				c.kind = kindStaff
			}
			if c.country == "" {
				continue // an administrator's
			}
			f.canaries[c.text] = c
			writes = append(writes, write{"UPDATE " + table + " SET " + column + " = ?1 WHERE id = ?2", row["id"], value})
		}
	})
	err := a.DB.Update(context.Background(), db.Main, func(tx *db.Tx) error {
		for _, x := range writes {
			if n, err := tx.Exec(x.statement, x.value, x.row); err != nil || n != 1 {
				return fmt.Errorf("%s: %d rows, %w", x.statement, n, err)
			}
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// The canaries' three forms.
var (
	wordForm  = regexp.MustCompile(`[Qq](?:[bdfgjklmnprstvz][aeiou]){5}|ژ[بپتجدرسفقلمنوہ]{7}`)
	phoneForm = regexp.MustCompile(`\+9[\d \-]{9,18}`)
)

// sung returns the canaries in a text.
func (f *fixture) sung(text string) []canary {
	var out []canary
	for _, s := range wordForm.FindAllString(text, -1) {
		if c, ok := f.canaries[s]; ok {
			out = append(out, c)
		}
	}
	for _, s := range phoneForm.FindAllString(text, -1) {
		if c, ok := f.canaries[digits(s)]; ok {
			out = append(out, c)
		}
	}
	return out
}

// pictures hold no words that a program could read.
var pictures = []string{"image/png", "image/jpeg", "font/woff2"}

// legible is what an answer says, headers included: as it stands, or, of a
// workbook or a package, every file in it.
func legible(a *webtest.Answer) (string, error) {
	var out strings.Builder
	for name, values := range a.Header {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(values, ", "))
	}
	of := a.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(of)
	if err != nil && a.Body != "" {
		return "", fmt.Errorf("content type %q: %w", of, err)
	}
	switch {
	case a.Body == "", slices.Contains(pictures, kind):
	case strings.HasPrefix(kind, "text/calendar"):
		out.WriteString(strings.ReplaceAll(a.Body, "\r\n ", ""))
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "json"), strings.HasSuffix(kind, "xml"), kind == "application/yaml":
		out.WriteString(a.Body)
	case strings.Contains(kind, "spreadsheetml"), kind == "application/zip":
		z, err := zip.NewReader(strings.NewReader(a.Body), int64(len(a.Body)))
		if err != nil {
			return "", err
		}
		for _, file := range z.File {
			r, err := file.Open()
			if err != nil {
				return "", err
			}
			b, err := io.ReadAll(r)
			if err != nil {
				return "", err
			}
			out.Write(bytes.TrimSpace(b))
		}
	case kind == "application/octet-stream":
		out.WriteString(a.Body) // an upload, as it was sent
	default:
		return "", fmt.Errorf("an answer of type %q cannot be looked through", of)
	}
	return out.String(), nil
}
