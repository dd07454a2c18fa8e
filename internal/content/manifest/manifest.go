package manifest

import (
	"cadre/internal/i18n"
)

// Kind names the standard that a package follows.
type Kind string

// The kinds.
const (
	Scorm12   Kind = "scorm12"
	Scorm2004 Kind = "scorm2004"
	Cmi5      Kind = "cmi5"
	XAPI      Kind = "xapi" // tincan.xml
	H5P       Kind = "h5p"
)

// Manifest is what a package says of itself.
type Manifest struct {
	Kind Kind `json:"kind"`
	// Edition of SCORM 2004: 2, 3 or 4; 0 for every other kind.
	Edition int `json:"edition,omitempty"`
	// ID is the manifest's or course's identifier, as its maker wrote it: an IRI
	// for cmi5 and xAPI. It is not unique over packages.
	ID          string    `json:"id"`
	Title       i18n.Text `json:"title"`
	Description i18n.Text `json:"description,omitzero"`
	// Languages are BCP 47 tags that the manifest states; empty if it states none.
	Languages []string `json:"languages,omitempty"`
	// Minutes is the typical learning time that the metadata states, rounded up; 0
	// if none is stated.
	Minutes int `json:"minutes,omitempty"`
	// Units are what can be launched, in the manifest's order.
	Units []Unit `json:"units"`
	// Tree holds the units in their chapters: SCORM's items below the
	// organization, cmi5's blocks. Its leaves are Units, by id.
	Tree []Node `json:"tree"`
	// Sequencing is what SCORM 2004 asks for; nil for every other kind.
	Sequencing *Sequencing `json:"sequencing,omitempty"`
	// Course is what cmi5 needs beyond units; nil for every other kind.
	Course *Course `json:"course,omitempty"`
	// Library is the main library of an H5P package, "H5P.MultiChoice 1.16"; its
	// folder in the package is H5P.MultiChoice-1.16.
	Library string `json:"library,omitempty"`
	// Needs is a guess, by looking through the package's texts.
	Needs Needs `json:"needs,omitzero"`
}

// Course is cmi5's course and blocks: satisfied statements name them.
type Course struct {
	// ID and Blocks[i].ID are activity ids as the publisher wrote them.
	ID     string  `json:"id"`
	Blocks []Block `json:"blocks,omitempty"`
}

// Block is a cmi5 block.
type Block struct {
	ID          string    `json:"id"`
	Title       i18n.Text `json:"title"`
	Description i18n.Text `json:"description,omitzero"`
	// Units are the ids ([Unit.ID]) of the AUs directly in it, Blocks the publisher
	// ids of the blocks directly in it.
	Units      []string    `json:"units,omitempty"`
	Blocks     []string    `json:"blocks,omitempty"`
	Objectives []Objective `json:"objectives,omitempty"`
}

// Objective is a cmi5 objective: told in the manifest, never scored by Cadre.
type Objective struct {
	ID          string    `json:"id"`
	Title       i18n.Text `json:"title"`
	Description i18n.Text `json:"description,omitzero"`
}

// Unit is one thing to launch.
type Unit struct {
	// ID is derived from PublisherID: letters, digits, "-", "_" and "." only, at
	// most 64, unique in the manifest, the same whenever the same manifest is read.
	ID string `json:"id"`
	// PublisherID is the id that the manifest gives: SCORM's item identifier,
	// cmi5's AU id (an IRI), tincan's activity id. Empty for H5P.
	PublisherID string    `json:"publisher_id,omitempty"`
	Title       i18n.Text `json:"title"`
	Description i18n.Text `json:"description,omitzero"`
	// Path is the launch file's path in the package: xml:base resolved, percent
	// escapes decoded, no leading slash. Empty if URL is set.
	Path string `json:"path,omitempty"`
	// Query is what follows "?" in the launch address, without it: the href's own
	// query joined with SCORM's parameters as IMS CP 1.1.4 says. Fragment is what
	// follows "#", without it.
	Query    string `json:"query,omitempty"`
	Fragment string `json:"fragment,omitempty"`
	// URL is set instead of Path for what is not in the package (a remote AU): an
	// absolute http or https address, query included.
	URL string `json:"url,omitempty"`
	// Asset says that it does not speak to the run time (adlcp:scormtype asset):
	// opening it completes it.
	Asset bool `json:"asset,omitempty"`
	// Hidden says that the tree shown to learners leaves it out (isvisible false).
	Hidden bool `json:"hidden,omitempty"`
	// Language is the language that the unit's own metadata states.
	Language string `json:"language,omitempty"`

	// Mastery is the score to pass: SCORM 1.2 adlcp:masteryscore as written, 0 to
	// 100; SCORM 2004 the primary objective's minNormalizedMeasure if
	// satisfiedByMeasure, -1 to 1; cmi5 masteryScore, 0 to 1. nil if not stated.
	Mastery *float64 `json:"mastery,omitempty"`
	// LaunchData goes to the unit as it is: SCORM dataFromLMS (cmi.launch_data),
	// cmi5 launchParameters.
	LaunchData string `json:"launch_data,omitempty"`

	// Prerequisites is SCORM 1.2's expression (aicc_script) over PublisherIDs.
	Prerequisites string `json:"prerequisites,omitempty"`
	// MaxTime is SCORM 1.2 maxtimeallowed, HHHH:MM:SS.SS, or SCORM 2004
	// attemptAbsoluteDurationLimit, an ISO 8601 duration.
	MaxTime string `json:"max_time,omitempty"`
	// TimeLimitAction is "exit,message", "exit,no message", "continue,message" or
	// "continue,no message".
	TimeLimitAction string `json:"time_limit_action,omitempty"`
	// CompletionThreshold is SCORM 2004's: the progress at which the unit is
	// complete; nil if not stated or not completedByMeasure.
	CompletionThreshold *float64 `json:"completion_threshold,omitempty"`

	// MoveOn is cmi5's: Passed, Completed, CompletedAndPassed, CompletedOrPassed,
	// NotApplicable. Where the manifest states none, the specification's
	// NotApplicable.
	MoveOn string `json:"move_on,omitempty"`
	// LaunchMethod is cmi5's: OwnWindow or AnyWindow, which is also the default.
	LaunchMethod string `json:"launch_method,omitempty"`
	// EntitlementKey is cmi5's.
	EntitlementKey string `json:"entitlement_key,omitempty"`
	// ActivityType is an IRI: cmi5's activityType, tincan's type.
	ActivityType string `json:"activity_type,omitempty"`
	// Objectives are cmi5's, by id.
	Objectives []string `json:"objectives,omitempty"`
	// Block is the publisher id of the cmi5 block that it lies in; empty at the top.
	Block string `json:"block,omitempty"`
}

// Address returns the launch address relative to the package's root, or the
// absolute one of a remote unit. The path's signs are escaped.
func (u Unit) Address() string {
	if u.URL != "" {
		return u.URL
	}
	out := EscapePath(u.Path)
	if u.Query != "" {
		out += "?" + u.Query
	}
	if u.Fragment != "" {
		out += "#" + u.Fragment
	}
	return out
}

// Node is a chapter or a place of a unit in the tree.
type Node struct {
	// ID is URL-safe like Unit.ID; PublisherID as the manifest has it.
	ID          string    `json:"id"`
	PublisherID string    `json:"publisher_id,omitempty"`
	Title       i18n.Text `json:"title"`
	// Unit says that Units holds something to launch of that id. A SCORM item that
	// launches something may have children all the same.
	Unit bool `json:"unit,omitempty"`
	// Hidden says that learners do not see it (isvisible false).
	Hidden bool   `json:"hidden,omitempty"`
	Nodes  []Node `json:"nodes,omitempty"`
}

// Needs is what a package seems to need of a browser. It is a guess, made by
// looking for telling words in its HTML and JavaScript: a word in a comment is
// found, a name put together while running is not.
type Needs struct {
	Frames   bool `json:"frames,omitempty"`   // framesets or child frames of its own
	Workers  bool `json:"workers,omitempty"`  // web workers
	Popups   bool `json:"popups,omitempty"`   // opens windows
	Storage  bool `json:"storage,omitempty"`  // local storage, IndexedDB or cookies
	Unload   bool `json:"unload,omitempty"`   // saves when the page is left
	Flash    bool `json:"flash,omitempty"`    // will not run anywhere
	MathJax  bool `json:"mathjax,omitempty"`  // formulas by MathJax, usually from outside
	Captions bool `json:"captions,omitempty"` // has text tracks or subtitles
	// Hosts are hosts outside that its texts name in addresses to load from.
	Hosts []string `json:"hosts,omitempty"`
}

// Unit returns the unit of that URL-safe id; nil if there is none.
func (m *Manifest) Unit(id string) *Unit {
	for i := range m.Units {
		if m.Units[i].ID == id {
			return &m.Units[i]
		}
	}
	return nil
}
