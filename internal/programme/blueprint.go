package programme

import "time"

// Format is the version of the file format that this package reads.
const Format = 1

// Blueprint is the reusable design of a programme. Every field is described by
// its doc tag, from which the JSON Schema takes its descriptions.
type Blueprint struct {
	Cadre        int          `yaml:"cadre" need:"yes" doc:"The version of this format. Write 1."`
	Key          Key          `yaml:"key" need:"yes" doc:"The programme's name for machines. It never changes."`
	Languages    []Language   `yaml:"languages" need:"yes" doc:"The languages in which every text of this file is given, as BCP 47 tags. The first one stands in where a text lacks another."`
	Title        Text         `yaml:"title" need:"yes" doc:"What the programme is called."`
	Summary      Text         `yaml:"summary" doc:"What it is for, in two or three sentences."`
	Zone         Zone         `yaml:"zone" need:"yes" doc:"The IANA time zone in which this file's dates and times are meant, such as Asia/Karachi."`
	Owner        Owner        `yaml:"owner" need:"yes" doc:"Who answers for the programme."`
	Funding      []Funding    `yaml:"funding" doc:"Who pays, under which instrument."`
	Cost         *Cost        `yaml:"cost" doc:"What one cohort costs."`
	Agencies     []Agency     `yaml:"agencies" doc:"The organisations that send officers."`
	Groups       []Group      `yaml:"groups" doc:"Groups within a cohort that take different stages."`
	Places       int          `yaml:"places" need:"yes" min:"1" doc:"How many places a cohort has."`
	Quotas       []Quota      `yaml:"quotas" doc:"Whose the places are."`
	Eligibility  *Eligibility `yaml:"eligibility" doc:"Who may be proposed."`
	Competencies []Competency `yaml:"competencies" doc:"What a participant should be able to do afterwards."`
	Stages       []Stage      `yaml:"stages" need:"yes" doc:"The stages, in the order in which people are told of them. Gates, not this order, say what opens when."`
	Seat         *SeatRule    `yaml:"seat" doc:"What an officer does to keep the seat that is held for her."`
	Certificate  *Certificate `yaml:"certificate" doc:"When a certificate is earned."`
	Indicators   []Indicator  `yaml:"indicators" doc:"What will be counted, and how it is known."`

	index *index
}

// Owner answers for a programme.
type Owner struct {
	Name Text   `yaml:"name" need:"yes" doc:"The organisation."`
	Unit Text   `yaml:"unit" doc:"The part of it that runs the programme."`
	Mail string `yaml:"mail" doc:"A functional address, never a person's own."`
}

// Funding is one source of money.
type Funding struct {
	Donor      Text     `yaml:"donor" need:"yes" doc:"Who gives the money."`
	Instrument Text     `yaml:"instrument" doc:"The project, grant or contract."`
	IATI       []string `yaml:"iati" doc:"IATI activity identifiers."`
	Logframe   []string `yaml:"logframe" doc:"Codes of the donor's logical framework that indicators refer to."`
}

// Cost is the money that one cohort takes, as its owner states it: nothing of it
// is known to Cadre otherwise.
type Cost struct {
	Amount   int      `yaml:"amount" need:"yes" min:"1" doc:"How much, in whole units of the currency."`
	Currency Currency `yaml:"currency" need:"yes" doc:"In which currency, as ISO 4217 writes it, such as EUR."`
	Source   Text     `yaml:"source" need:"yes" doc:"Where it is from and what it covers: a budget, or what was spent."`
}

// Agency is an organisation that sends officers.
type Agency struct {
	Key     Key     `yaml:"key" need:"yes" doc:"The agency's name for machines."`
	Title   Text    `yaml:"title" need:"yes" doc:"What it is called."`
	Country Country `yaml:"country" need:"yes" doc:"ISO 3166-1 code of two letters, such as PK."`
}

// Group is a part of a cohort that takes stages of its own.
type Group struct {
	Key   Key  `yaml:"key" need:"yes" doc:"The group's name for machines."`
	Title Text `yaml:"title" need:"yes" doc:"What it is called."`
}

// Quota is a number of places that belong together: the next in line for one of
// them comes from the same quota.
type Quota struct {
	Key    Key         `yaml:"key" need:"yes" doc:"The quota's name for machines."`
	Agency Key         `yaml:"agency" need:"yes" doc:"The agency that proposes officers for it."`
	Places int         `yaml:"places" need:"yes" min:"1" doc:"How many places it has."`
	Parts  []QuotaPart `yaml:"parts" doc:"How many of them are set aside by sex or by duty station."`
}

// QuotaPart sets some places of a quota aside.
type QuotaPart struct {
	Sex     Sex    `yaml:"sex" doc:"For officers of this sex."`
	Station string `yaml:"station" doc:"For officers of this duty station."`
	Places  int    `yaml:"places" need:"yes" min:"1" doc:"How many."`
}

// Eligibility says who may be proposed.
type Eligibility struct {
	Sex      Sex         `yaml:"sex" doc:"Only officers of this sex. Leave it out if the programme is for all."`
	Criteria []Criterion `yaml:"criteria" doc:"What the call asks of a nominee."`
}

// Criterion is one sentence of a call.
type Criterion struct {
	Key      Key  `yaml:"key" need:"yes" doc:"The criterion's name for machines."`
	Title    Text `yaml:"title" need:"yes" doc:"The sentence, as the call prints it."`
	Required bool `yaml:"required" doc:"Whether an officer who does not meet it cannot be chosen."`
}

// Competency is something a participant should be able to do.
type Competency struct {
	Key   Key  `yaml:"key" need:"yes" doc:"The competency's name for machines."`
	Title Text `yaml:"title" need:"yes" doc:"What a person who has it can do."`
}

// Stage is a part of the way. It holds exactly one of the blocks ELearning,
// Workshop, Assessment, Coaching, Selection and FollowUp.
type Stage struct {
	Key      Key        `yaml:"key" need:"yes" doc:"The stage's name for machines. Facts refer to it."`
	Title    Text       `yaml:"title" need:"yes" doc:"What people call it."`
	Summary  Text       `yaml:"summary" doc:"One or two sentences for the participant."`
	For      []Key      `yaml:"for" doc:"The groups that take it. Everybody, if left out."`
	Join     bool       `yaml:"join" doc:"Whether people may join the programme at this stage; what comes before is then not asked of them."`
	Optional bool       `yaml:"optional" doc:"Whether the programme can be completed without it."`
	Gate     *Condition `yaml:"gate" doc:"What opens it. Open from the start, if left out."`
	Opens    LocalTime  `yaml:"opens" doc:"Not before this date and time, whatever the gate says."`
	Deadline *Deadline  `yaml:"deadline" doc:"By when it is to be finished."`

	ELearning  *ELearning  `yaml:"e-learning" block:"yes" doc:"Modules that a person takes on her own."`
	Workshop   *Workshop   `yaml:"workshop" block:"yes" doc:"Days with others, in a room, online or both."`
	Assessment *Assessment `yaml:"assessment" block:"yes" doc:"A test before, after, or long after."`
	Coaching   *Coaching   `yaml:"coaching" block:"yes" doc:"Sessions with a coach."`
	Selection  *Selection  `yaml:"selection" block:"yes" doc:"A smaller cohort, chosen from results."`
	FollowUp   *FollowUp   `yaml:"follow-up" block:"yes" doc:"Questions some months later: is it used at work?"`
}

// Kind is what a stage is.
type Kind string

// The kinds of stages; each is also the name of its block in the file.
const (
	KindELearning  Kind = "e-learning"
	KindWorkshop   Kind = "workshop"
	KindAssessment Kind = "assessment"
	KindCoaching   Kind = "coaching"
	KindSelection  Kind = "selection"
	KindFollowUp   Kind = "follow-up"
)

// Kind tells which block the stage holds.
func (s *Stage) Kind() Kind {
	switch {
	case s.ELearning != nil:
		return KindELearning
	case s.Workshop != nil:
		return KindWorkshop
	case s.Assessment != nil:
		return KindAssessment
	case s.Coaching != nil:
		return KindCoaching
	case s.Selection != nil:
		return KindSelection
	case s.FollowUp != nil:
		return KindFollowUp
	}
	return ""
}

// Condition is what a gate asks. Exactly one question is set; AtLeast and Of
// belong together.
type Condition struct {
	All     []Condition `yaml:"all" doc:"Every one of these."`
	Any     []Condition `yaml:"any" doc:"One of these is enough."`
	AtLeast int         `yaml:"at-least" doc:"This many of the conditions under of."`
	Of      []Condition `yaml:"of" doc:"The conditions that at-least counts."`

	Stage    Key          `yaml:"stage" doc:"This stage is passed."`
	Module   Key          `yaml:"module" doc:"This module is finished, or an equivalent was accepted."`
	Score    *ScoreIs     `yaml:"score" doc:"An assessment was taken with at least this result."`
	HalfDays *HalfDaysAre `yaml:"half-days" doc:"So many half-days of a workshop were attended."`
	Sessions *SessionsAre `yaml:"sessions" doc:"So many coaching sessions count as held."`
	Selected Key          `yaml:"selected" doc:"She was chosen in this selection."`
	Seat     SeatIs       `yaml:"seat" doc:"Her seat is confirmed."`
	From     LocalTime    `yaml:"from" doc:"This date and time has come."`
}

// ScoreIs asks for a result.
type ScoreIs struct {
	Stage   Key `yaml:"stage" need:"yes" doc:"The assessment."`
	AtLeast int `yaml:"at-least" need:"yes" min:"1" max:"100" doc:"Per cent of the points."`
}

// HalfDaysAre asks for attendance.
type HalfDaysAre struct {
	Stage   Key `yaml:"stage" need:"yes" doc:"The workshop."`
	AtLeast int `yaml:"at-least" need:"yes" min:"1" doc:"Half-days attended."`
}

// SessionsAre asks for coaching.
type SessionsAre struct {
	Stage   Key `yaml:"stage" need:"yes" doc:"The coaching stage."`
	AtLeast int `yaml:"at-least" need:"yes" min:"1" doc:"Sessions that count as held."`
}

// Deadline is a moment by which something is done.
type Deadline struct {
	At       LocalTime `yaml:"at" need:"yes" doc:"Date and time on the clock of the zone, such as 2020-10-28T23:59."`
	Zone     Zone      `yaml:"zone" doc:"An IANA time zone, if not the programme's."`
	IfMissed IfMissed  `yaml:"if-missed" doc:"decide: a person decides (also if left out). close: the stage closes. note: it is noted, no more."`
	WarnDays []int     `yaml:"warn-days" doc:"How many days before it people are reminded."`
}

// ELearning is a set of modules.
type ELearning struct {
	Modules []Module `yaml:"modules" need:"yes" doc:"The modules, in the proposed order."`
	Enough  int      `yaml:"enough" doc:"How many of them are enough. All, if left out."`
}

// Module is a unit of e-learning.
type Module struct {
	Key          Key   `yaml:"key" need:"yes" doc:"The module's name for machines; its content has the same one."`
	Title        Text  `yaml:"title" need:"yes" doc:"What it is called."`
	Minutes      int   `yaml:"minutes" need:"yes" min:"1" doc:"How long it takes most people."`
	Pass         int   `yaml:"pass" min:"0" max:"100" doc:"Per cent of the points needed, where it asks questions."`
	Competencies []Key `yaml:"competencies" doc:"What it teaches."`
	Equivalents  bool  `yaml:"equivalents" doc:"Whether an outside certificate may be accepted in its place."`
}

// Workshop is a number of days with others.
type Workshop struct {
	Zone       Zone       `yaml:"zone" doc:"An IANA time zone, if not the programme's."`
	Modes      []Mode     `yaml:"modes" need:"yes" doc:"in-person, online, or both at once."`
	Rooms      []Room     `yaml:"rooms" doc:"Where it takes place."`
	Days       []Day      `yaml:"days" need:"yes" doc:"The days."`
	Attendance Attendance `yaml:"attendance" need:"yes" doc:"When the workshop counts as attended."`
}

// Room is a place, in a house or online.
type Room struct {
	Key      Key  `yaml:"key" need:"yes" doc:"The room's name for machines."`
	Title    Text `yaml:"title" need:"yes" doc:"What it is called."`
	Capacity int  `yaml:"capacity" min:"1" doc:"How many people it holds. A safety rule can lower it on the day."`
	Mode     Mode `yaml:"mode" doc:"online for a meeting room on the net. in-person, if left out."`
}

// Day is a day of a workshop.
type Day struct {
	Date     Date      `yaml:"date" need:"yes" doc:"The civil date."`
	HalfDays []HalfDay `yaml:"half-days" need:"yes" doc:"The half-days: attendance is kept for each."`
}

// HalfDay is what one register covers.
type HalfDay struct {
	Key      Key       `yaml:"key" need:"yes" doc:"The half-day's name for machines, such as tue-am. Registers refer to it."`
	Title    Text      `yaml:"title" need:"yes" doc:"What it is called."`
	From     ClockTime `yaml:"from" need:"yes" doc:"When it starts, such as 09:00."`
	Until    ClockTime `yaml:"until" need:"yes" doc:"When it ends."`
	Sessions []Session `yaml:"sessions" doc:"What happens in it."`
}

// Minutes is the half-day's length.
func (h *HalfDay) Minutes() int { return h.Until.minutes() - h.From.minutes() }

// Session is one item of a timetable.
type Session struct {
	Key          Key       `yaml:"key" need:"yes" doc:"The session's name for machines."`
	Title        Text      `yaml:"title" need:"yes" doc:"What it is called."`
	From         ClockTime `yaml:"from" need:"yes" doc:"When it starts."`
	Until        ClockTime `yaml:"until" need:"yes" doc:"When it ends."`
	Room         Key       `yaml:"room" doc:"Where."`
	Modes        []Mode    `yaml:"modes" doc:"If not those of the workshop."`
	Language     Language  `yaml:"language" doc:"In which language it is held."`
	Trainer      string    `yaml:"trainer" doc:"The part the trainer plays, such as national prosecutor. Never a name."`
	Objective    Text      `yaml:"objective" doc:"What people can do at its end."`
	Method       Text      `yaml:"method" doc:"How it is taught."`
	Materials    []string  `yaml:"materials" doc:"What is needed."`
	Competencies []Key     `yaml:"competencies" doc:"What it teaches."`
}

// Attendance says when a workshop counts as attended.
type Attendance struct {
	HalfDays   int `yaml:"half-days" need:"yes" min:"1" doc:"How many half-days have to be attended."`
	PartCounts int `yaml:"part-counts-from" min:"1" max:"100" doc:"A half-day attended in part counts from this share of its minutes, in per cent. 50, if left out."`
}

// PartCountsFrom is the share of a half-day's minutes, in per cent, from which
// it counts as attended.
func (a Attendance) PartCountsFrom() int {
	if a.PartCounts == 0 {
		return 50
	}
	return a.PartCounts
}

// Assessment is a test.
type Assessment struct {
	Form         Form  `yaml:"form" need:"yes" doc:"pre, post or delayed."`
	Test         Key   `yaml:"test" need:"yes" doc:"The item file. Tests of the same name are parallel: their results are paired."`
	Max          int   `yaml:"max" need:"yes" min:"1" doc:"The most points that can be had."`
	Pass         int   `yaml:"pass" min:"0" max:"100" doc:"Per cent of the points needed to pass the stage. Taking it is enough, if left out."`
	Minutes      int   `yaml:"minutes" min:"1" doc:"How long it may take. No limit, if left out."`
	Paper        bool  `yaml:"paper" doc:"Whether it may be taken on paper."`
	Competencies []Key `yaml:"competencies" doc:"What it tests."`
}

// Coaching is a number of sessions with a coach.
type Coaching struct {
	Entitlement int             `yaml:"entitlement" need:"yes" min:"1" doc:"How many sessions each participant has."`
	Enough      int             `yaml:"enough" min:"1" doc:"How many of them have to be held for the stage to be passed. All, if left out."`
	Individual  bool            `yaml:"individual" doc:"Whether sessions may be between two people."`
	Group       bool            `yaml:"group" doc:"Whether sessions may be group events."`
	GroupDays   *GroupDays      `yaml:"group-days" doc:"How days of a group event are counted."`
	PartCounts  bool            `yaml:"part-counts" doc:"Whether a session that was held in part counts as held."`
	Minutes     int             `yaml:"minutes" min:"1" doc:"How long an individual session usually is."`
	Window      Window          `yaml:"window" need:"yes" doc:"From when until when sessions are held."`
	Rounds      []Round         `yaml:"rounds" doc:"Planned rounds. Sessions outside them count as well."`
	Guide       []GuideQuestion `yaml:"guide" doc:"The fixed part of a semi-structured session."`
}

// Needed is how many sessions have to be held.
func (c *Coaching) Needed() int {
	if c.Enough > 0 {
		return c.Enough
	}
	return c.Entitlement
}

// GroupDays is the counting rule for group events.
type GroupDays struct {
	Days   int `yaml:"days" need:"yes" min:"1" doc:"Whoever attended at least this many days of one group event"`
	Counts int `yaml:"counts" need:"yes" min:"1" doc:"has held this many sessions by it."`
}

// Window is a span of civil dates, both included.
type Window struct {
	From  Date `yaml:"from" need:"yes" doc:"The first day."`
	Until Date `yaml:"until" need:"yes" doc:"The last day."`
}

// Round is a planned round of coaching.
type Round struct {
	Key    Key         `yaml:"key" need:"yes" doc:"The round's name for machines."`
	Title  Text        `yaml:"title" need:"yes" doc:"What it is called."`
	Kind   SessionKind `yaml:"kind" need:"yes" doc:"individual or group."`
	Days   []Date      `yaml:"days" doc:"The days of a group event."`
	Window *Window     `yaml:"window" doc:"When individual sessions of this round are held."`
}

// GuideQuestion is a fixed question of a coaching session.
type GuideQuestion struct {
	Key  Key  `yaml:"key" need:"yes" doc:"The question's name for machines."`
	Text Text `yaml:"text" need:"yes" doc:"The question."`
	Step Step `yaml:"step" doc:"Its place in GROW: goal, reality, options or will."`
}

// Selection chooses a smaller cohort from results.
type Selection struct {
	Places  int              `yaml:"places" need:"yes" min:"1" doc:"How many are chosen."`
	Quotas  []SelectionQuota `yaml:"quotas" doc:"At most how many of each quota."`
	Ranking []RankBy         `yaml:"ranking" need:"yes" doc:"What people are ranked by, the first first; the next one breaks ties."`
	Ties    Text             `yaml:"ties" need:"yes" doc:"What happens when people are still level, as it is told to them."`
	Signed  string           `yaml:"signed-by" need:"yes" enum:"programme-officer" doc:"Who signs: nobody is chosen by a machine."`
}

// SelectionQuota bounds how many of a quota are chosen.
type SelectionQuota struct {
	Quota  Key `yaml:"quota" need:"yes" doc:"The quota."`
	Places int `yaml:"places" need:"yes" min:"1" doc:"At most how many."`
}

// RankBy is one measure of a ranking.
type RankBy struct {
	By    Measure `yaml:"by" need:"yes" doc:"score, gain, half-days or finished-first."`
	Stage Key     `yaml:"stage" need:"yes" doc:"Of which stage; for gain, the later assessment."`
}

// FollowUp asks some months later.
type FollowUp struct {
	After     Key             `yaml:"after" need:"yes" doc:"The workshop or coaching stage from whose last day months are counted."`
	Months    int             `yaml:"months" need:"yes" min:"1" doc:"How many months later it opens."`
	OpenDays  int             `yaml:"open-for-days" need:"yes" min:"1" doc:"How many days it stays open."`
	Questions []GuideQuestion `yaml:"questions" doc:"What is asked."`
}

// SeatRule says what an officer does to keep her seat.
type SeatRule struct {
	Requires Condition `yaml:"requires" need:"yes" doc:"What she finishes."`
	Deadline Deadline  `yaml:"deadline" need:"yes" doc:"By when. After it a person decides; nothing is released by a machine."`
}

// Certificate says when a certificate is earned.
type Certificate struct {
	Key         Key       `yaml:"key" need:"yes" doc:"The certificate's name for machines."`
	Title       Text      `yaml:"title" need:"yes" doc:"What it is called."`
	Text        Text      `yaml:"text" doc:"What it says."`
	Requires    Condition `yaml:"requires" need:"yes" doc:"What it asks for."`
	ValidMonths int       `yaml:"valid-months" min:"1" doc:"How long it is valid. For ever, if left out."`
}

// Indicator is something that will be counted.
type Indicator struct {
	Key        Key         `yaml:"key" need:"yes" doc:"The indicator's name for machines."`
	Title      Text        `yaml:"title" need:"yes" doc:"What is counted."`
	Definition Text        `yaml:"definition" need:"yes" doc:"Exactly what, with the denominator."`
	Class      Class       `yaml:"class" need:"yes" doc:"output, outcome or impact."`
	Measure    string      `yaml:"measure" need:"yes" doc:"The figure of the report that answers it, such as unique-persons-trained."`
	Stage      Key         `yaml:"stage" doc:"The stage it is about, where the measure needs one."`
	Unit       Unit        `yaml:"unit" need:"yes" doc:"persons, participations, per-cent, points, hours, sessions, days, money."`
	Baseline   *Value      `yaml:"baseline" doc:"Where things stood before."`
	Target     *Value      `yaml:"target" doc:"Where they should stand."`
	Means      Text        `yaml:"means" need:"yes" doc:"Means of verification: how it is known."`
	Disclosure Disclosure  `yaml:"disclosure" need:"yes" doc:"count: shown as it is. protected: withheld where few people could be identified."`
	By         []Breakdown `yaml:"by" doc:"By what it is broken down."`
	Logframe   string      `yaml:"logframe" doc:"Its code in the donor's logical framework."`
	Context    []string    `yaml:"context" doc:"Goals it is read beside, such as SDG 5.5. Never claimed as a result."`
}

// Value is a baseline or a target.
type Value struct {
	Value  float64 `yaml:"value" doc:"The number."`
	Year   int     `yaml:"year" min:"1990" max:"2100" doc:"The year it is for."`
	Source Text    `yaml:"source" doc:"Where it is from."`
	Note   Text    `yaml:"note" doc:"Why it is not known, where it is not."`
	Known  *bool   `yaml:"known" doc:"false where nobody knows it: better said than guessed."`
}

// index answers finders and holds what Read resolved.
type index struct {
	stages    map[Key]int
	modules   map[Key]modulePlace
	halfDays  map[Key]halfDayPlace
	sessions  map[Key]sessionPlace
	quotas    map[Key]int
	agencies  map[Key]int
	locations map[Zone]*time.Location
}

type (
	modulePlace  struct{ stage, module int }
	halfDayPlace struct{ stage, day, half int }
	sessionPlace struct{ stage, day, half, session int }
)
