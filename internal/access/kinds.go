package access

// The verbs. A verb means the same for every kind; where a kind gives it a
// narrower meaning, the kind's comment says so.
const (
	Read   Verb = "read"
	List   Verb = "list"
	Create Verb = "create" // also: propose, open, start, write
	Change Verb = "change"
	Delete Verb = "delete" // also: revoke, end, sign out

	Accept     Verb = "accept"     // her own yes, or one that staff record on her behalf with its basis
	Answer     Verb = "answer"     // a test, a form
	Assign     Verb = "assign"     // a coach to a participant
	Attach     Verb = "attach"     // a scan or file
	Book       Verb = "book"       // propose or accept a time
	Check      Verb = "check"      // look for errors without changing anything
	Close      Verb = "close"      // end and settle
	Confirm    Verb = "confirm"    // say that what stands is right
	Contest    Verb = "contest"    // say that what stands is wrong
	Correct    Verb = "correct"    // a fact, by another fact
	Decide     Verb = "decide"     // choose, select, release, accept with a reason
	Decline    Verb = "decline"    // her own no, or one that staff record
	Erase      Verb = "erase"      // for good
	Export     Verb = "export"     // take out of Cadre
	Import     Verb = "import"     // bring in from a file
	Print      Verb = "print"      // on paper
	Promote    Verb = "promote"    // the next in line to a place
	Publish    Verb = "publish"    // outside the programme
	Record     Verb = "record"     // enter what happened
	Redeem     Verb = "redeem"     // use a link or a code once
	Replace    Verb = "replace"    // a lost code
	Reserve    Verb = "reserve"    // a place, before naming who will have it
	Retry      Verb = "retry"      // what failed
	Send       Verb = "send"       // to people
	Sign       Verb = "sign"       // take responsibility by name
	Substitute Verb = "substitute" // one officer for another
	Withdraw   Verb = "withdraw"   // what one gave or proposed oneself
)

// The kinds of area "instance".
const (
	Public   Kind = "public"   // what every visitor may fetch: styles, fonts, the health page
	Home     Kind = "home"     // the page on which somebody lands after signing in
	Instance Kind = "instance" // the state of the installation: disk, certificate, counts
	Backup   Kind = "backup"
	Job      Kind = "job"     // a background job, by kind and counts
	Message  Kind = "message" // an outgoing message and what became of it
	Journal  Kind = "journal" // the chain itself: verification, checkpoints
)

// The kinds of area "people".
const (
	Person      Kind = "person"      // that she exists, how she is called on screen, her agency and rank
	Names       Kind = "names"       // her names in every form and script
	Contacts    Kind = "contacts"    // how she is reached, and when it is safe
	Affiliation Kind = "affiliation" // agency, unit, rank, post, station, with their period
	Agency      Kind = "agency"
	Site        Kind = "site"
	Preferences Kind = "preferences" // language, calendar, zone, digits
	OwnData     Kind = "own-data"    // all that is kept about one person
	Reads       Kind = "reads"       // who read what about one person
	Link        Kind = "link"        // that a supervisor is linked to a participant
)

// The kinds of area "access".
const (
	Grant      Kind = "grant"
	Invitation Kind = "invitation"
	Credential Kind = "credential" // a passphrase or a code
	SignIn     Kind = "sign-in"    // a sign-in session
	Token      Kind = "token"      // by which another program calls
)

// The kinds of area "programme".
const (
	Programme Kind = "programme"
	Blueprint Kind = "blueprint" // one version of a programme's design
)

// The kinds of area "cohort".
const (
	Cohort        Kind = "cohort"
	Call          Kind = "call" // the invitation to an agency to propose officers
	Quota         Kind = "quota"
	Nomination    Kind = "nomination"
	DeclineReason Kind = "decline-reason" // why she said no
	Seat          Kind = "seat"
	Letter        Kind = "letter"
	Enrolment     Kind = "enrolment"
	Waiver        Kind = "waiver"       // an agreed exception
	SupportNeed   Kind = "support-need" // what she asked for, in her words
	Arrangement   Kind = "arrangement"  // what somebody has to arrange because of it
	Readiness     Kind = "readiness"    // who is in doubt, whom to ring
	Selection     Kind = "selection"    // a smaller cohort chosen from results
	Standing      Kind = "standing"     // where one person stands in a cohort, and why
	Fact          Kind = "fact"
)

// The kinds of area "content".
const (
	Module    Kind = "module"
	Progress  Kind = "progress"  // one person's way through a module
	Outside   Kind = "outside"   // a certificate from elsewhere
	Equalling Kind = "equalling" // its acceptance as an equivalence
)

// The kinds of area "assess".
const (
	Test    Kind = "test" // items and their keys
	Attempt Kind = "attempt"
	Scores  Kind = "scores" // results by person
	Items   Kind = "items"  // results by item
)

// The kinds of area "workshop".
const (
	Timetable   Kind = "timetable"
	Session     Kind = "session" // one item of the timetable
	Room        Kind = "room"
	Register    Kind = "register"     // of a half-day
	Evidence    Kind = "evidence"     // of one person's attendance
	Attendance  Kind = "attendance"   // the verdict, by person and half-day
	Door        Kind = "door"         // admission of whoever arrives
	Declaration Kind = "declaration"  // in the room or online today
	ContactList Kind = "contact-list" // who was in which room, for venue safety
)

// The kinds of area "coaching".
const (
	Account         Kind = "account"          // the sessions a participant is entitled to
	Coaching        Kind = "coaching"         // who coaches whom
	Booking         Kind = "booking"          // a session's time
	CoachingSession Kind = "coaching-session" // that it was held, and how it ended
	Need            Kind = "need"             // an entry of the needs thread
	Note            Kind = "note"
	Goal            Kind = "goal" // and its actions
	Guide           Kind = "guide"
)

// The kinds of area "evaluation".
const (
	Form        Kind = "form"    // a survey's questions
	Response    Kind = "answer"  // giving an answer; nothing ties it to a person
	Results     Kind = "results" // answers, counted
	Testimonial Kind = "testimonial"
	FollowUp    Kind = "follow-up" // whether what was learnt is used at work
)

// The kinds of area "credential".
const (
	Certificate Kind = "certificate" // of the programme, issued to a participant
)

// The kinds of area "report".
const (
	Figure     Kind = "figure"
	Backing    Kind = "backing" // the sheets and letters behind a figure: number, date, count, nobody's name
	Rows       Kind = "rows"    // the people behind a figure
	Release    Kind = "release"
	Disclosure Kind = "disclosure" // the decision to publish a derivable difference
)

// The states that rules know.
const (
	Staff    = "staff"    // a person whom no agency ever proposed
	Officer  = "officer"  // a person whom an agency proposed at some time
	Shared   = "shared"   // a note that coach and participant both read
	Private  = "private"  // a note for its author alone
	Draft    = "draft"    // not yet out
	Released = "released" // out
	Given    = "given"    // a testimonial with her consent
)

// KindInfo describes a kind for the manual and for tests.
type KindInfo struct {
	Kind   Kind
	Area   string
	States []string // the states that rules tell apart; empty if none
}

// Kinds lists every kind, by area.
func Kinds() []KindInfo {
	var out []KindInfo
	add := func(area string, kinds ...Kind) {
		for _, k := range kinds {
			out = append(out, KindInfo{Kind: k, Area: area, States: states(k)})
		}
	}
	add("instance", Public, Home, Instance, Backup, Job, Message, Journal)
	add("people", Person, Names, Contacts, Affiliation, Agency, Site, Preferences, OwnData, Reads, Link)
	add("access", Grant, Invitation, Credential, SignIn, Token)
	add("programme", Programme, Blueprint)
	add("cohort", Cohort, Call, Quota, Nomination, DeclineReason, Seat, Letter, Enrolment, Waiver,
		SupportNeed, Arrangement, Readiness, Selection, Standing, Fact)
	add("content", Module, Progress, Outside, Equalling)
	add("assess", Test, Attempt, Scores, Items)
	add("workshop", Timetable, Session, Room, Register, Evidence, Attendance, Door, Declaration, ContactList)
	add("coaching", Account, Coaching, Booking, CoachingSession, Need, Note, Goal, Guide)
	add("evaluation", Form, Response, Results, Testimonial, FollowUp)
	add("credential", Certificate)
	add("report", Figure, Backing, Rows, Release, Disclosure)
	return out
}

func states(k Kind) []string {
	switch k {
	case Person, Names, Contacts, Affiliation, Grant, Invitation, Credential, SignIn:
		return []string{Staff, Officer}
	case Note:
		return []string{Shared, Private}
	case Figure, Backing, Release, Module:
		return []string{Draft, Released}
	case Testimonial:
		return []string{Draft, Given}
	}
	return nil
}

// Verbs lists every verb.
func Verbs() []Verb {
	return []Verb{
		Read, List, Create, Change, Delete, Accept, Answer, Assign, Attach, Book, Check, Close,
		Confirm, Contest, Correct, Decide, Decline, Erase, Export, Import, Print, Promote, Publish,
		Record, Redeem, Replace, Reserve, Retry, Send, Sign, Substitute, Withdraw,
	}
}
