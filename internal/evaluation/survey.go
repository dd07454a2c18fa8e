package evaluation

import (
	"slices"
	"strings"
	"time"

	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Floor is the number of answers below which nothing of a survey is shown.
const Floor = 5

// Survey is one asking of a form in a cohort.
type Survey struct {
	ID        id.Survey
	Programme id.Programme
	Cohort    id.Cohort
	// Stage is the key of the blueprint's stage that the survey is about.
	Stage string
	Form  *Form
	// Closes is when answers are no longer taken and results may be shown.
	Closes time.Time
}

// Open reports whether answers are still taken.
func (s *Survey) Open(now time.Time) bool { return now.Before(s.Closes) }

// Turn is what Cadre knows about one person and one survey: whether she
// answered, and nothing else.
type Turn struct {
	Survey   *Survey
	Answered bool
}

// Answers are the answers to one survey, by question key: a grade from "1" to
// "5", an option's key, or words. A question may be left out.
type Answers map[string]string

// check returns an Invalid fault that lists the fields to mend. Names of fields
// are the question keys.
func (a Answers) check(f *Form) error {
	var bad []fault.Field
	for _, q := range f.Questions {
		v := a[q.Key]
		switch {
		case v == "":
		case q.Kind == Grade && (len(v) != 1 || v < "1" || v > "5"):
			bad = append(bad, fault.Field{Name: q.Key, Key: "evaluation.field-grade"})
		case q.Kind == Choice && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Key == v }):
			bad = append(bad, fault.Field{Name: q.Key, Key: "evaluation.field-choice"})
		case q.Kind == Words && len(v) > WordsMax:
			bad = append(bad, fault.Field{Name: q.Key, Key: "evaluation.field-words", Args: fault.Args{"n": WordsMax}})
		}
	}
	for k := range a {
		if !slices.ContainsFunc(f.Questions, func(q Question) bool { return q.Key == k }) {
			bad = append(bad, fault.Field{Name: k, Key: "evaluation.field-unknown"})
		}
	}
	if len(bad) > 0 {
		return fault.Bad("evaluation.answers-invalid", bad...)
	}
	return nil
}

// blank reports whether nothing was answered.
func (a Answers) blank() bool {
	for _, v := range a {
		if strings.TrimSpace(v) != "" {
			return false
		}
	}
	return true
}

// Results are what a survey said, once it may be shown.
type Results struct {
	Survey *Survey
	// Asked is how many people could answer, Answered how many did.
	Asked, Answered int
	// Withheld says why no figures follow; empty if they do.
	Withheld  Withheld
	Questions []QuestionResult
}

// Withheld is a reason for showing no results.
type Withheld string

// The reasons.
const (
	StillOpen  Withheld = "open" // answers are still taken
	TooFew     Withheld = "few"  // fewer than Floor answered
	NotAtAll   Withheld = "none" // nobody answered
	NotClosing Withheld = ""     // nothing is withheld
)

// QuestionResult is what was answered to one question.
type QuestionResult struct {
	Question Question
	// Answered is how many answered this question.
	Answered int
	// Withheld: fewer than Floor answered this question.
	Withheld bool
	// Counts: of a grade by "1" … "5", of a choice by option key.
	Counts map[string]int
	// Mean and TopTwo (the share of grades 4 and 5, from 0 to 1) of a grade.
	Mean, TopTwo float64
	// Words are the answers in words, in an order that says nothing.
	Words []string
}

// tally counts answers. It is pure; words come sorted, so that the order of
// arrival is lost.
func tally(f *Form, all []Answers) []QuestionResult {
	out := []QuestionResult{}
	for _, q := range f.Questions {
		r := QuestionResult{Question: q, Counts: map[string]int{}}
		sum := 0
		for _, a := range all {
			v := strings.TrimSpace(a[q.Key])
			if v == "" {
				continue
			}
			r.Answered++
			switch q.Kind {
			case Words:
				r.Words = append(r.Words, v)
			case Grade:
				sum += int(v[0] - '0')
				fallthrough
			default:
				r.Counts[v]++
			}
		}
		slices.Sort(r.Words)
		if q.Kind == Grade && r.Answered > 0 {
			r.Mean = float64(sum) / float64(r.Answered)
			r.TopTwo = float64(r.Counts["4"]+r.Counts["5"]) / float64(r.Answered)
		}
		if r.Answered < Floor {
			r = QuestionResult{Question: q, Answered: r.Answered, Withheld: true}
		}
		out = append(out, r)
	}
	return out
}

func withheld(s *Survey, answered int, now time.Time) Withheld {
	switch {
	case s.Open(now):
		return StillOpen
	case answered == 0:
		return NotAtAll
	case answered < Floor:
		return TooFew
	}
	return NotClosing
}

// Scope is how far a testimonial may travel.
type Scope string

// The scopes, from narrow to wide.
const (
	WithinProgramme Scope = "programme"
	ToDonor         Scope = "donor"
	Public          Scope = "public"
)

// Scopes lists them in that order.
func Scopes() []Scope { return []Scope{WithinProgramme, ToDonor, Public} }

// Testimonial is what a participant allows to be quoted.
type Testimonial struct {
	ID       id.Testimonial
	Person   id.Person
	Cohort   id.Cohort
	Words    string
	Lang     string // BCP 47: the language she wrote in
	Scope    Scope
	Named    bool      // with her name, as called
	Until    time.Time // the consent ends then; zero: until she withdraws it
	State    string    // draft, given, withdrawn
	Revision int64
	Given    time.Time
}

// TestimonialMax bounds a testimonial, in bytes.
const TestimonialMax = 6000

// Quotable reports whether it may be shown to the audience of scope s at now.
func (t *Testimonial) Quotable(s Scope, now time.Time) bool {
	return t.State == Given && slices.Index(Scopes(), t.Scope) >= slices.Index(Scopes(), s) &&
		(t.Until.IsZero() || now.Before(t.Until))
}

// The states of a testimonial.
const (
	Draft     = "draft"
	Given     = "given"
	Withdrawn = "withdrawn"
)

// Use is how often something learnt was used at work since the training.
type Use string

// The frequencies; the supervisor confirms one of the same.
const (
	UseNever  Use = "never"
	UseOnce   Use = "once"
	UseSome   Use = "sometimes"
	UseOften  Use = "often"
	UseNoWord Use = "rather-not-say"
)

// Uses lists them as they are offered.
func Uses() []Use { return []Use{UseNever, UseOnce, UseSome, UseOften, UseNoWord} }

// Obstacles lists what may have stood in the way, as it is offered.
func Obstacles() []string {
	return []string{"no-occasion", "not-my-post", "no-means", "not-allowed", "not-sure-how", "transferred", "on-leave"}
}

// FollowUp is one person's answer to one follow-up stage.
type FollowUp struct {
	ID        id.FollowUp
	Cohort    id.Cohort
	Person    id.Person
	Stage     string
	Use       Use
	Obstacles []string
	InPost    bool // still in a post where it can be used
	// Words hold the answers to the blueprint's own questions, by key. They never
	// hold a case: the form says so, and warns on numbers.
	Words    map[string]string
	Answered time.Time
	Revision int // of her answer; 0 before there is one
}

func (f *FollowUp) check() error {
	var bad []fault.Field
	if !slices.Contains(Uses(), f.Use) {
		bad = append(bad, fault.Field{Name: "use", Key: "evaluation.field-choice"})
	}
	for _, o := range f.Obstacles {
		if !slices.Contains(Obstacles(), o) {
			bad = append(bad, fault.Field{Name: "obstacles", Key: "evaluation.field-choice"})
		}
	}
	for k, v := range f.Words {
		if len(v) > WordsMax {
			bad = append(bad, fault.Field{Name: k, Key: "evaluation.field-words", Args: fault.Args{"n": WordsMax}})
		}
	}
	if len(bad) > 0 {
		return fault.Bad("evaluation.answers-invalid", bad...)
	}
	return nil
}

// Asking is what those who ask a cohort see.
type Asking struct {
	Surveys []*Survey
	// MayAsk says that the actor may open a further survey, with one of Forms
	// about one of Stages.
	MayAsk bool
	// MayQuote says that the actor may see what participants allow to be quoted.
	MayQuote bool
	Forms    []*Form
	Stages   []programme.Stage
	// FollowUps are the stages that ask what came of it, whose answers the actor
	// may enter for those who ring or write.
	FollowUps []*programme.Stage
}

// ToConfirm is a follow-up of which a linked supervisor may say how often
// techniques are used.
type ToConfirm struct {
	Cohort    id.Cohort
	Person    id.Person
	Stage     *programme.Stage
	Confirmed Use // what the supervisor said before; empty if nothing
}
