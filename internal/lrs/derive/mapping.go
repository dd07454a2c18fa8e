package derive

import (
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"time"

	"cadre/internal/lrs/statement"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// The verbs of derived statements.
const (
	verbCompleted  = "http://adlnet.gov/expapi/verbs/completed"
	verbPassed     = "http://adlnet.gov/expapi/verbs/passed"
	verbAnswered   = "http://adlnet.gov/expapi/verbs/answered"
	verbAttended   = "http://adlnet.gov/expapi/verbs/attended"
	verbRegistered = "http://adlnet.gov/expapi/verbs/registered"
)

// The types of activities in derived statements.
const (
	typeProgramme  = "http://adlnet.gov/expapi/activities/course"
	typeModule     = "http://adlnet.gov/expapi/activities/module"
	typePage       = "http://activitystrea.ms/schema/1.0/page"
	typeItem       = "http://adlnet.gov/expapi/activities/question"
	typeMeeting    = "http://adlnet.gov/expapi/activities/meeting"
	typeAssessment = "http://adlnet.gov/expapi/activities/assessment"
)

// Rule is a line of the mapping: what happened, and how a statement tells it.
type Rule struct{ What, Verb, Object, Result string }

// Mapped lists the mapping, as docs/connect-an-lrs.md has it.
func Mapped() []Rule {
	return []Rule{
		{"a module completed, passed", verbPassed, "/module/MODULE", "score, success, completion"},
		{"a module completed, not passed yet", verbCompleted, "/module/MODULE", "score, success, completion"},
		{"a module that staff let count as passed", verbCompleted, "/module/MODULE", "completion"},
		{"a page of a module read", verbCompleted, "/module/MODULE/page/PAGE", "completion"},
		{"an item of a module answered", verbAnswered, "/module/MODULE/item/ITEM", "success, raw score"},
		{"a test handed in", verbCompleted, "/stage/STAGE", "score, completion"},
		{"an item of a test answered", verbAnswered, "/stage/STAGE/item/ITEM", "success, raw score"},
		{"a half-day attended, wholly or in part", verbAttended, "/half-day/HALF-DAY", "duration"},
		{"a coaching session held, wholly or in part", verbAttended, "/stage/STAGE/session/NUMBER", "duration"},
		{"a seat confirmed", verbRegistered, "", ""},
	}
}

// place is the programme that something belongs to.
type place struct {
	home      string
	cohort    string
	blueprint *programme.Blueprint
}

func (p place) iri(parts ...string) string {
	s := p.home + "/id/programme/" + url.PathEscape(string(p.blueprint.Key))
	for _, part := range parts {
		s += "/" + url.PathEscape(part)
	}
	return s
}

// category marks every derived statement.
func (p place) category() string { return p.home + "/id/derived" }

// What a statement is written from; the order of members is that of the text.
type (
	text struct {
		ID        string   `json:"id"`
		Actor     party    `json:"actor"`
		Verb      verb     `json:"verb"`
		Object    any      `json:"object"`
		Result    *result  `json:"result,omitempty"`
		Context   *setting `json:"context,omitempty"`
		Timestamp string   `json:"timestamp"`
	}
	party struct {
		ObjectType string  `json:"objectType"`
		Account    account `json:"account"`
	}
	account struct {
		HomePage string `json:"homePage"`
		Name     string `json:"name"`
	}
	verb struct {
		ID      string            `json:"id"`
		Display map[string]string `json:"display"`
	}
	activity struct {
		ObjectType string     `json:"objectType"`
		ID         string     `json:"id"`
		Definition definition `json:"definition,omitzero"`
	}
	definition struct {
		Name map[string]string `json:"name,omitempty"`
		Type string            `json:"type,omitempty"`
	}
	reference struct {
		ObjectType string `json:"objectType"`
		ID         string `json:"id"`
	}
	result struct {
		Score      *score         `json:"score,omitempty"`
		Success    *bool          `json:"success,omitempty"`
		Completion *bool          `json:"completion,omitempty"`
		Duration   string         `json:"duration,omitempty"`
		Extensions map[string]any `json:"extensions,omitempty"`
	}
	score struct {
		Scaled *float64 `json:"scaled,omitempty"`
		Raw    float64  `json:"raw"`
		Min    *float64 `json:"min,omitempty"`
		Max    *float64 `json:"max,omitempty"`
	}
	setting struct {
		ContextActivities activities `json:"contextActivities"`
		Platform          string     `json:"platform"`
	}
	activities struct {
		Parent   []activity `json:"parent,omitempty"`
		Grouping []activity `json:"grouping"`
		Category []activity `json:"category"`
	}
)

// said is what a statement says, before it has an id and an actor.
type said struct {
	verb   string
	object activity
	parent *activity
	result *result
	at     time.Time
}

// names are a text of a blueprint as a language map, empty if there is none.
func names(t programme.Text) map[string]string {
	out := map[string]string{}
	for lang, s := range t {
		if s != "" && statement.LanguageTag(string(lang)) {
			out[string(lang)] = s
		}
	}
	return out
}

func (p place) programme() activity {
	return activity{"Activity", p.iri(), definition{names(p.blueprint.Title), typeProgramme}}
}

func (p place) module(key string) activity {
	a := activity{"Activity", p.iri("module", key), definition{Type: typeModule}}
	if m, _, ok := p.blueprint.Module(programme.Key(key)); ok {
		a.Definition.Name = names(m.Title)
	}
	return a
}

func (p place) stage(key, kind string) activity {
	a := activity{"Activity", p.iri("stage", key), definition{Type: kind}}
	if s, ok := p.blueprint.Stage(programme.Key(key)); ok {
		a.Definition.Name = names(s.Title)
	}
	return a
}

// fact says what a fact that counts says; nil if it is not told.
func (p place) fact(f *pathway.Fact) *said {
	yes := true
	switch v := f.Value.(type) {
	case pathway.ModuleCompleted:
		s := &said{verb: verbCompleted, object: p.module(f.Subject), at: f.At()}
		if v.Passed && f.Basis == pathway.ByStaff { // staff let it count; what she scored is not what it passed by
			s.result = &result{Completion: &yes}
			return s
		}
		if v.Passed {
			s.verb = verbPassed
		}
		s.result = &result{Score: scored(v.Score, v.Max), Success: &v.Passed, Completion: &yes}
		if v.SelfReported {
			s.result.Extensions = map[string]any{p.home + "/id/self-reported": true}
		}
		return s
	case pathway.AssessmentSubmitted:
		return &said{
			verb: verbCompleted, object: p.stage(f.Subject, typeAssessment), at: f.At(),
			result: &result{Score: scored(v.Raw, v.Max), Completion: &yes},
		}
	case pathway.AttendanceVerdict:
		if v.Verdict != pathway.Present && v.Verdict != pathway.Part {
			return nil
		}
		s := &said{verb: verbAttended, object: activity{"Activity", p.iri("half-day", f.Subject), definition{Type: typeMeeting}}, at: f.At(), result: lasting(v.Minutes)}
		if _, _, stage, ok := p.blueprint.HalfDay(programme.Key(f.Subject)); ok {
			parent := p.stage(string(stage.Key), typeMeeting)
			s.parent = &parent
		}
		return s
	case pathway.CoachingSession:
		if v.Outcome != pathway.Held && v.Outcome != pathway.HeldInPart {
			return nil
		}
		which := strconv.Itoa(v.Number)
		if v.Number == 0 {
			if which = v.Round; v.Day != "" {
				which = v.Round + "/" + v.Day
			}
		}
		parent := p.stage(f.Subject, typeMeeting)
		return &said{
			verb: verbAttended, object: activity{"Activity", p.iri("stage", f.Subject, "session", which), definition{Type: typeMeeting}},
			parent: &parent, at: f.At(), result: lasting(v.Minutes),
		}
	case pathway.SeatConfirmed:
		return &said{verb: verbRegistered, object: p.programme(), at: f.At()}
	}
	return nil
}

// page says that a page of a module was read.
func (p place) page(module, page string, at time.Time) *said {
	yes, parent := true, p.module(module)
	return &said{
		verb: verbCompleted, object: activity{"Activity", p.iri("module", module, "page", page), definition{Type: typePage}},
		parent: &parent, result: &result{Completion: &yes}, at: at,
	}
}

// answer says that an item of a module or of a test was answered.
func (p place) answer(parent activity, part, of, item string, right bool, points int, at time.Time) *said {
	return &said{
		verb: verbAnswered, object: activity{"Activity", p.iri(part, of, "item", item), definition{Type: typeItem}},
		parent: &parent, result: &result{Score: &score{Raw: float64(points)}, Success: &right}, at: at,
	}
}

// scored is a score of a maximum; nil where there is none, or none that fits.
func scored(raw, top float64) *score {
	if !(top > 0) || raw < 0 || raw > top {
		return nil
	}
	low, scaled := 0.0, raw/top
	return &score{Scaled: &scaled, Raw: raw, Min: &low, Max: &top}
}

func lasting(minutes int) *result {
	if minutes <= 0 {
		return nil
	}
	return &result{Duration: fmt.Sprintf("PT%dM", minutes)}
}

// write makes a statement of what is said about an actor.
func (p place) write(id statement.UUID, actor statement.Account, s *said) (*statement.Statement, error) {
	c := &setting{Platform: "Cadre", ContextActivities: activities{
		Grouping: []activity{p.programme(), {ObjectType: "Activity", ID: p.home + "/id/cohort/" + url.PathEscape(p.cohort)}},
		Category: []activity{{ObjectType: "Activity", ID: p.category()}},
	}}
	if s.parent != nil {
		c.ContextActivities.Parent = []activity{*s.parent}
	}
	return read(text{
		ID: id.String(), Actor: party{"Agent", account{actor.HomePage, actor.Name}},
		Verb: verb{s.verb, map[string]string{"en": path.Base(s.verb)}}, Object: s.object, Result: s.result, Context: c,
		Timestamp: statement.FormatTime(s.at),
	})
}

// void makes a statement that voids another.
func void(home string, id, target statement.UUID, at time.Time) (*statement.Statement, error) {
	return read(text{
		ID: id.String(), Actor: party{"Agent", account{home, "cadre"}},
		Verb: verb{statement.VerbVoided, map[string]string{"en": "voided"}}, Object: reference{"StatementRef", target.String()},
		Timestamp: statement.FormatTime(at),
	})
}

func read(t text) (*statement.Statement, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	v, err := statement.ParseJSON(b)
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	st, err := statement.Read(v, statement.V1)
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	return st, nil
}

// identify makes the id of the statement of a generation of a source, or of the
// one that voids it: a UUID of version 5 (RFC 9562), which every record store
// takes. It hides nothing, so the weakness of SHA-1 does not matter.
func identify(source string, generation int, voids bool) statement.UUID {
	name := "cadre derived statement\x00" + source + "\x00" + strconv.Itoa(generation)
	if voids {
		name += "\x00void"
	}
	sum := sha1.Sum([]byte(name))
	u := statement.UUID(sum[:16])
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return u
}
