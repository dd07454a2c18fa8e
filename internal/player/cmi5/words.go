package cmi5

import "strconv"

// Verbs.
const (
	Launched    = "http://adlnet.gov/expapi/verbs/launched"
	Initialized = "http://adlnet.gov/expapi/verbs/initialized"
	Completed   = "http://adlnet.gov/expapi/verbs/completed"
	Passed      = "http://adlnet.gov/expapi/verbs/passed"
	Failed      = "http://adlnet.gov/expapi/verbs/failed"
	Terminated  = "http://adlnet.gov/expapi/verbs/terminated"
	Abandoned   = "https://w3id.org/xapi/adl/verbs/abandoned"
	Waived      = "https://w3id.org/xapi/adl/verbs/waived"
	Satisfied   = "https://w3id.org/xapi/adl/verbs/satisfied"
)

// Activities and extensions.
const (
	category       = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	moveOnCategory = "https://w3id.org/xapi/cmi5/context/categories/moveon"

	typeCourse = "https://w3id.org/xapi/cmi5/activitytype/course"
	typeBlock  = "https://w3id.org/xapi/cmi5/activitytype/block"

	extSession    = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
	extMastery    = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
	extMode       = "https://w3id.org/xapi/cmi5/context/extensions/launchmode"
	extURL        = "https://w3id.org/xapi/cmi5/context/extensions/launchurl"
	extMoveOn     = "https://w3id.org/xapi/cmi5/context/extensions/moveon"
	extParameters = "https://w3id.org/xapi/cmi5/context/extensions/launchparameters"
	Progress      = "https://w3id.org/xapi/cmi5/result/extensions/progress"
	extReason     = "https://w3id.org/xapi/cmi5/result/extensions/reason"
)

// LaunchData is the name of the state document that an AU begins with (10.1), and
// Preferences that of the learner's profile (11.0).
const (
	LaunchData  = "LMS.LaunchData"
	Preferences = "cmi5LearnerPreferences"
)

// Mode is the launch mode (10.2.2).
type Mode string

// The modes.
const (
	Normal Mode = "Normal"
	Browse Mode = "Browse"
	Review Mode = "Review"
)

// MoveOn is what an AU has to reach (13.1.4).
type MoveOn string

// The values.
const (
	OnPassed             MoveOn = "Passed"
	OnCompleted          MoveOn = "Completed"
	OnCompletedAndPassed MoveOn = "CompletedAndPassed"
	OnCompletedOrPassed  MoveOn = "CompletedOrPassed"
	NotApplicable        MoveOn = "NotApplicable"
)

// Met reports whether an AU has reached what it has to.
func (m MoveOn) Met(completed, passed, waived bool) bool {
	switch m {
	case OnPassed:
		return waived || passed
	case OnCompleted:
		return waived || completed
	case OnCompletedAndPassed:
		return waived || completed && passed
	case OnCompletedOrPassed:
		return waived || completed || passed
	}
	return true
}

// AU is an assignable unit as a launch has it.
type AU struct {
	// ID is the activity id that the LMS made, Publisher the one of the course
	// structure; they differ (8.1.5).
	ID, Publisher string
	Title         map[string]string
	Type          string // activityType; empty for none
	MoveOn        MoveOn
	Mastery       *float64
	Parameters    string // launchParameters
	Entitlement   string // entitlementKey
	OwnWindow     bool   // launchMethod
}

// Group is a block, or the course itself.
type Group struct {
	ID, Publisher string
	Title         map[string]string
	Course        bool
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
