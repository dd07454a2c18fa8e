package pathway

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"time"

	"cadre/internal/id"
	"cadre/internal/programme"
)

// Fact is one row of the ledger.
type Fact struct {
	ID     id.Fact   `json:"id"`
	Person id.Person `json:"person"`
	// Cohort is empty for what concerns a person wherever she is, such as an
	// outside certificate.
	Cohort id.Cohort `json:"cohort,omitempty"`
	// Value says what happened; its kind and version are the fact's.
	Value Value `json:"-"`
	// Subject is a key of the blueprint; see the package comment.
	Subject string `json:"subject,omitempty"`
	// OccurredAt is when it happened, RecordedAt when it was entered here.
	OccurredAt time.Time `json:"occurred_at"`
	RecordedAt time.Time `json:"recorded_at"`
	// Basis says on whose word it stands, Source what proves it ("kind:id").
	Basis  Basis  `json:"basis"`
	Source string `json:"source,omitempty"`
	// Actor is who entered it, as [actor.Actor.ID] names them.
	Actor string `json:"actor"`
	// Origin is the database where it arose, Sequence its journal entry there.
	Origin   string `json:"origin,omitempty"`
	Sequence int64  `json:"sequence,omitempty"`
	// Corrects is the fact that this one replaces or withdraws.
	Corrects id.Fact `json:"corrects,omitempty"`
}

// Kind is what a fact tells.
func (f *Fact) Kind() Kind {
	if f.Value == nil {
		return ""
	}
	k, _ := f.Value.form()
	return k
}

// At is the moment at which the fact counts: when it occurred, but never later
// than when it was recorded.
func (f *Fact) At() time.Time {
	if !f.RecordedAt.IsZero() && f.RecordedAt.Before(f.OccurredAt) {
		return f.RecordedAt
	}
	return f.OccurredAt
}

// Basis says on whose word a fact stands.
type Basis string

// The bases, from domain.md: own act, trainer, paper with scan, telephone.
const (
	OwnAct    Basis = "own-act"
	ByTrainer Basis = "trainer"
	ByCoach   Basis = "coach"
	ByStaff   Basis = "staff"
	Paper     Basis = "paper"
	Telephone Basis = "telephone"
	ByTimer   Basis = "timer"
)

// Bases lists them.
func Bases() []Basis {
	return []Basis{OwnAct, ByTrainer, ByCoach, ByStaff, Paper, Telephone, ByTimer}
}

// Strength orders bases by how well the fact could be shown to a stranger: 3 for
// her own act while signed in and for paper with its scan, 2 for someone whose
// task it was to see it, 1 for the spoken word. A timer states nothing of its own.
func (b Basis) Strength() int {
	switch b {
	case OwnAct, Paper:
		return 3
	case ByTrainer, ByCoach, ByStaff:
		return 2
	case Telephone:
		return 1
	}
	return 0
}

// Kind names what a fact tells.
type Kind string

// Value is what a fact says: one of the structs of this file.
type Value interface {
	form() (Kind, int)
}

// The kinds of facts.
const (
	KindNominated           Kind = "nominated"
	KindAccepted            Kind = "accepted"
	KindDeclined            Kind = "declined"
	KindSelected            Kind = "selected"
	KindReleaseLetter       Kind = "release-letter"
	KindSeatConfirmed       Kind = "seat.confirmed"
	KindSeatReleased        Kind = "seat.released"
	KindSeatOfferedOn       Kind = "seat.offered-on"
	KindJoined              Kind = "joined"
	KindModuleProgress      Kind = "module.progress"
	KindModuleCompleted     Kind = "module.completed"
	KindEquivalenceAccepted Kind = "equivalence.accepted"
	KindEquivalenceRefused  Kind = "equivalence.refused"
	KindAssessmentSubmitted Kind = "assessment.submitted"
	KindAttendanceVerdict   Kind = "attendance.verdict"
	KindCoachingSession     Kind = "coaching.session"
	KindFeedbackGiven       Kind = "feedback.given"
	KindWaiverSigned        Kind = "waiver.signed"
	KindExtensionAgreed     Kind = "extension.agreed"
	KindFollowUpAnswered    Kind = "followup.answered"
	KindLeft                Kind = "left"
	KindReturned            Kind = "returned"
	KindCertificateIssued   Kind = "certificate.issued"
	KindCertificateRevoked  Kind = "certificate.revoked"
	KindWithdrawn           Kind = "withdrawn"
)

// Nominated: an agency proposed her. The letter is the source.
type Nominated struct {
	Agency string `json:"agency"` // key of the blueprint's agency
	Quota  string `json:"quota,omitempty"`
}

// Accepted: she herself said yes.
type Accepted struct{}

// Declined: she herself said no. Why stays between her and the programme.
type Declined struct{}

// Selected: a person chose her, or did not: for the cohort, or, where the
// subject is a selection stage, in that selection.
type Selected struct {
	Chosen bool   `json:"chosen"`
	Rank   int    `json:"rank,omitempty"`  // from 1; 0 where nobody was ranked
	Group  string `json:"group,omitempty"` // the group she takes part in from now on
	// Waited says that she could not be chosen in that selection yet, as something
	// that comes before it was missing: others were chosen from among others.
	Waited bool `json:"waited,omitempty"`
}

// ReleaseLetter: her agency released her from duty.
type ReleaseLetter struct {
	Until time.Time `json:"until,omitzero"` // zero: for the whole programme
}

// SeatConfirmed: a seat is hers.
type SeatConfirmed struct {
	Seat id.Seat `json:"seat,omitempty"`
}

// SeatReleased: a person gave her seat back to the programme.
type SeatReleased struct {
	Seat  id.Seat `json:"seat,omitempty"`
	Cause string  `json:"cause,omitempty"` // a key of the cohort's list of causes
}

// SeatOfferedOn: her seat was offered to another officer.
type SeatOfferedOn struct {
	Seat id.Seat `json:"seat,omitempty"`
}

// Joined: she takes part, from the beginning or from a later stage on.
type Joined struct {
	Stage    string `json:"stage,omitempty"` // empty: from the beginning
	Group    string `json:"group,omitempty"`
	Capacity string `json:"capacity,omitempty"` // participant if empty; else observer, interpreter, staff, guest
	Later    bool   `json:"later,omitempty"`    // she was not among those the seats were first given to
}

// ModuleProgress: how far she is in a module.
type ModuleProgress struct {
	Percent int `json:"percent"` // 0 to 100
}

// ModuleCompleted: she reached the end of a module.
type ModuleCompleted struct {
	Score   float64 `json:"score"`
	Max     float64 `json:"max"` // 0 where it asks nothing
	Passed  bool    `json:"passed"`
	Skipped int     `json:"skipped,omitempty"` // pages skipped after a content warning, without penalty
	// SelfReported says that a package made elsewhere reported the score of itself.
	SelfReported bool `json:"self_reported,omitempty"`
}

// EquivalenceAccepted: a person accepted an outside certificate in a module's
// place, for good or until a moment.
type EquivalenceAccepted struct {
	Until time.Time `json:"until,omitzero"`
}

// EquivalenceRefused: a person refused one.
type EquivalenceRefused struct {
	Cause string `json:"cause,omitempty"`
}

// AssessmentSubmitted: she handed in a test, on screen or on paper.
type AssessmentSubmitted struct {
	Form         string           `json:"form"` // pre, post or delayed
	Raw          float64          `json:"raw"`
	Max          float64          `json:"max"`
	ByCompetency map[string]Score `json:"by_competency,omitempty"`
}

// Score is points of a maximum.
type Score struct {
	Raw float64 `json:"raw"`
	Max float64 `json:"max"`
}

// Percent is the result in per cent, from 0 to 100; 0 where there was nothing to score.
func (a AssessmentSubmitted) Percent() float64 { return percent(a.Raw, a.Max) }

// Verdict is the outcome of a half-day's register for one person.
type Verdict string

// Verdicts. There is none for a half-day that was not recorded: it is never absence.
const (
	Present Verdict = "present"
	Part    Verdict = "part"
	Excused Verdict = "excused"
	Absent  Verdict = "absent"
)

// AttendanceVerdict: what a half-day's evidence comes to.
type AttendanceVerdict struct {
	Verdict Verdict `json:"verdict"`
	Minutes int     `json:"minutes,omitempty"` // attended; counted for part, full length if 0 for present
	Mode    string  `json:"mode,omitempty"`    // in-person or online
}

// Outcome is what became of a coaching session.
type Outcome string

// Outcomes.
const (
	Held          Outcome = "held"
	HeldInPart    Outcome = "part"
	LineFailed    Outcome = "line-failed"
	SheCouldNot   Outcome = "she-could-not"
	CoachCouldNot Outcome = "coach-could-not"
	Moved         Outcome = "moved"
)

// CoachingSession: a session, or one day of a group event, and its outcome.
type CoachingSession struct {
	Number  int     `json:"number,omitempty"` // of an individual session, from 1
	Format  string  `json:"format"`           // individual or group
	Outcome Outcome `json:"outcome"`
	Round   string  `json:"round,omitempty"` // key of the round, where it belongs to one
	Day     string  `json:"day,omitempty"`   // civil date of this day of a group event
	Minutes int     `json:"minutes,omitempty"`
}

// FeedbackGiven: that she answered, and nothing else.
type FeedbackGiven struct{}

// WaiverSigned: an agreed exception for a stage or a module, with its cause,
// for good or until a moment.
type WaiverSigned struct {
	Cause string    `json:"cause"` // a key
	Until time.Time `json:"until,omitzero"`
}

// ExtensionAgreed: she has until then.
type ExtensionAgreed struct {
	Until time.Time `json:"until"`
}

// FollowUpAnswered: that she answered a follow-up. The answers are elsewhere.
type FollowUpAnswered struct{}

// Left: she left the programme.
type Left struct {
	Cause string `json:"cause,omitempty"` // transfer, leave, not-known …
}

// Returned: she came back.
type Returned struct{}

// CertificateIssued: a person issued it.
type CertificateIssued struct {
	Number string `json:"number,omitempty"`
}

// CertificateRevoked: a person revoked it.
type CertificateRevoked struct {
	Cause string `json:"cause,omitempty"`
}

// Withdrawn takes back the fact that it corrects and puts nothing in its place.
// Where that was itself a correction, what it corrected counts again.
type Withdrawn struct {
	Cause string `json:"cause,omitempty"`
}

// Each value knows its kind and the version of its form. Every form is still the
// first.

func (Nominated) form() (Kind, int)           { return KindNominated, 1 }
func (Accepted) form() (Kind, int)            { return KindAccepted, 1 }
func (Declined) form() (Kind, int)            { return KindDeclined, 1 }
func (Selected) form() (Kind, int)            { return KindSelected, 1 }
func (ReleaseLetter) form() (Kind, int)       { return KindReleaseLetter, 1 }
func (SeatConfirmed) form() (Kind, int)       { return KindSeatConfirmed, 1 }
func (SeatReleased) form() (Kind, int)        { return KindSeatReleased, 1 }
func (SeatOfferedOn) form() (Kind, int)       { return KindSeatOfferedOn, 1 }
func (Joined) form() (Kind, int)              { return KindJoined, 1 }
func (ModuleProgress) form() (Kind, int)      { return KindModuleProgress, 1 }
func (ModuleCompleted) form() (Kind, int)     { return KindModuleCompleted, 1 }
func (EquivalenceAccepted) form() (Kind, int) { return KindEquivalenceAccepted, 1 }
func (EquivalenceRefused) form() (Kind, int)  { return KindEquivalenceRefused, 1 }
func (AssessmentSubmitted) form() (Kind, int) { return KindAssessmentSubmitted, 1 }
func (AttendanceVerdict) form() (Kind, int)   { return KindAttendanceVerdict, 1 }
func (CoachingSession) form() (Kind, int)     { return KindCoachingSession, 1 }
func (FeedbackGiven) form() (Kind, int)       { return KindFeedbackGiven, 1 }
func (WaiverSigned) form() (Kind, int)        { return KindWaiverSigned, 1 }
func (ExtensionAgreed) form() (Kind, int)     { return KindExtensionAgreed, 1 }
func (FollowUpAnswered) form() (Kind, int)    { return KindFollowUpAnswered, 1 }
func (Left) form() (Kind, int)                { return KindLeft, 1 }
func (Returned) form() (Kind, int)            { return KindReturned, 1 }
func (CertificateIssued) form() (Kind, int)   { return KindCertificateIssued, 1 }
func (CertificateRevoked) form() (Kind, int)  { return KindCertificateRevoked, 1 }
func (Withdrawn) form() (Kind, int)           { return KindWithdrawn, 1 }

// specs says of each kind: its empty value, what its subject names, and whether
// it is a decision, whose grounds are kept as they were.
func specs() []spec {
	return []spec{
		{Nominated{}, subjectNone, false},
		{Accepted{}, subjectNone, false},
		{Declined{}, subjectNone, false},
		{Selected{}, subjectNone | subjectStage, true},
		{ReleaseLetter{}, subjectNone, false},
		{SeatConfirmed{}, subjectNone, true},
		{SeatReleased{}, subjectNone, true},
		{SeatOfferedOn{}, subjectNone, true},
		{Joined{}, subjectNone, false},
		{ModuleProgress{}, subjectModule, false},
		{ModuleCompleted{}, subjectModule, false},
		{EquivalenceAccepted{}, subjectModule, true},
		{EquivalenceRefused{}, subjectModule, true},
		{AssessmentSubmitted{}, subjectStage, false},
		{AttendanceVerdict{}, subjectHalfDay, false},
		{CoachingSession{}, subjectStage, false},
		{FeedbackGiven{}, subjectStage, false},
		{WaiverSigned{}, subjectStage | subjectModule, true},
		{ExtensionAgreed{}, subjectStage, true},
		{FollowUpAnswered{}, subjectStage, false},
		{Left{}, subjectNone, false},
		{Returned{}, subjectNone, false},
		{CertificateIssued{}, subjectCertificate, true},
		{CertificateRevoked{}, subjectCertificate, true},
		{Withdrawn{}, subjectAny, false},
	}
}

type spec struct {
	zero     Value
	subject  subject
	decision bool
}

type subject uint8

const (
	subjectNone subject = 1 << iota
	subjectStage
	subjectModule
	subjectHalfDay
	subjectCertificate
	subjectAny = subjectNone | subjectStage | subjectModule | subjectHalfDay | subjectCertificate
)

// Kinds lists every kind, in order.
func Kinds() []Kind {
	var out []Kind
	for _, s := range specs() {
		k, _ := s.zero.form()
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

func specOf(k Kind) (spec, bool) {
	for _, s := range specs() {
		if own, _ := s.zero.form(); own == k {
			return s, true
		}
	}
	return spec{}, false
}

// Decision reports whether facts of the kind are decisions of a person.
func (k Kind) Decision() bool {
	s, _ := specOf(k)
	return s.decision
}

// EncodeValue writes a value as it stands in the ledger: JSON with sorted keys.
func EncodeValue(v Value) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// DecodeValue reads a value of a kind and version. It fails on a kind or version
// that this program does not know, which then keeps the row unread rather than
// misread it.
func DecodeValue(k Kind, version int, data string) (Value, error) {
	s, ok := specOf(k)
	if ok {
		_, own := s.zero.form()
		ok = own == version
	}
	if !ok {
		return nil, fmt.Errorf("pathway: fact kind %q, version %d, is not known here", k, version)
	}
	p := reflect.New(reflect.TypeOf(s.zero))
	if err := json.Unmarshal([]byte(data), p.Interface()); err != nil {
		return nil, fmt.Errorf("pathway: value of a %s fact: %w", k, err)
	}
	return p.Elem().Interface().(Value), nil
}

func percent(raw, top float64) float64 {
	if !(top > 0) || !(raw > 0) {
		return 0
	}
	if raw >= top {
		return 100
	}
	return raw / top * 100
}

// fits reports whether facts of a kind may have the subject in this blueprint.
func (p *Plan) fits(k Kind, subject string) bool {
	s, ok := specOf(k)
	if !ok {
		return false
	}
	if subject == "" {
		return s.subject&subjectNone != 0
	}
	i, stage := p.stage[subject]
	_, module := p.module[subject]
	_, half := p.half[subject]
	if want, only := stageOf[k]; stage && only && p.stages[i].kind != want {
		stage = false
	}
	c := p.blueprint.Certificate
	return stage && s.subject&subjectStage != 0 || module && s.subject&subjectModule != 0 ||
		half && s.subject&subjectHalfDay != 0 || c != nil && string(c.Key) == subject && s.subject&subjectCertificate != 0
}

// stageOf names the kind of stage that facts of a kind are about, where it is one.
var stageOf = map[Kind]programme.Kind{
	KindSelected:            programme.KindSelection,
	KindAssessmentSubmitted: programme.KindAssessment,
	KindCoachingSession:     programme.KindCoaching,
	KindFollowUpAnswered:    programme.KindFollowUp,
}
