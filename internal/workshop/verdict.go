package workshop

import (
	"slices"
	"strings"
	"time"

	"cadre/internal/id"
)

// Verdict is what the evidence of one person's half-day comes to.
type Verdict string

// The verdicts. [NotRecorded] is none of the others, and above all not [Absent].
const (
	NotRecorded Verdict = ""
	Present     Verdict = "present"
	Part        Verdict = "part"
	Excused     Verdict = "excused"
	Absent      Verdict = "absent"
)

// there reports whether somebody attended, if only for a part.
func (v Verdict) there() bool { return v == Present || v == Part }

// Source is the kind of sign that a piece of evidence is.
type Source string

// The sources, from the one that decides before all others to the one that
// never decides.
const (
	// Correction is a statement made after the register, with its cause, by a
	// person who saw what the others say.
	Correction Source = "correction"
	// Register is the trainer's mark.
	Register Source = "register"
	// Signature stands on the printed sheet whose scan is attached.
	Signature Source = "sheet"
	// AtDoor is a name taken at the door.
	AtDoor Source = "door"
	// PIN is the half-day's number, typed by the participant herself.
	PIN Source = "pin"
	// Link is her click on the online link. It proves that the link was opened,
	// and nothing about who stayed.
	Link Source = "link"
)

// sources lists them by what they weigh.
func sources() []Source { return []Source{Correction, Register, Signature, AtDoor, PIN, Link} }

// inRoom reports whether a sign can only be given in the room.
func (s Source) inRoom() bool { return s == Signature || s == AtDoor || s == PIN }

// Late is how long after the start somebody who types the PIN or comes to the
// door still counts as there from the start.
const Late = 15 * time.Minute

// Evidence is one sign.
type Evidence struct {
	ID       id.Evidence
	Register id.Register
	Person   id.Person
	Source   Source
	// Says is what the source states; [NotRecorded] takes back what it said before.
	// A link states nothing: its Says is always empty.
	Says Verdict
	// Minutes attended, for Part.
	Minutes int
	// Mode is how she took part, where the source tells.
	Mode Mode
	// At is when it happened, RecordedAt when it was entered.
	At         time.Time
	RecordedAt time.Time
	// Actor is who entered it, as the journal names actors.
	Actor string
	// Sheet is the scan that it was read from.
	Sheet id.File
	// Cause is a key that says why, for a correction.
	Cause string
}

// Conflict is a sign that speaks against the verdict.
type Conflict struct {
	Source Source
	Says   Verdict
	Mode   Mode
	At     time.Time
}

// Judgement is what the evidence comes to, and how.
type Judgement struct {
	Verdict Verdict
	// Minutes attended: the half-day's length for Present, less for Part.
	Minutes int
	Mode    Mode
	// By is the source that decided; empty if none did.
	By Source
	// Decided is the piece of evidence that decided.
	Decided Evidence
	// Conflicts are signs that say otherwise. No machine settles them: a person
	// corrects the verdict, or leaves it.
	Conflicts []Conflict
	// Opened is when she first opened the online link; zero if she did not.
	Opened time.Time
}

// Judge derives the verdict of one person's half-day. The rule:
//
//  1. Of each source, what was entered last counts (ties break by id).
//  2. The first of correction, register, sheet, door and PIN that states
//     something decides. An opened link never decides; if nothing does, the
//     half-day is not recorded.
//  3. Who types the PIN, or comes to the door, more than [Late] after the start
//     was there for a part: from then to the end.
//  4. The mode is the one that the deciding source names; else in person if any
//     sign could only be given in the room; else online if the link was opened;
//     else the one she declared for the day; else the half-day's only one.
//  5. What says otherwise is a conflict: a sign that she was there against
//     excused or absent, and a sign from the room against online. A correction
//     settles the conflicts with everything entered before it.
//
// It is pure; evidence may come in any order.
func Judge(h HalfDay, declared Mode, evidence []Evidence) Judgement {
	evidence = slices.Clone(evidence)
	slices.SortFunc(evidence, func(a, b Evidence) int {
		if c := a.RecordedAt.Compare(b.RecordedAt); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	latest := map[Source]Evidence{}
	var j Judgement
	for _, e := range evidence {
		latest[e.Source] = e
		if e.Source == Link && j.Opened.IsZero() {
			j.Opened = e.At
		}
	}
	for _, s := range sources() {
		if e, ok := latest[s]; ok && e.Says != NotRecorded && s != Link {
			j.By, j.Decided = s, e
			break
		}
	}
	if j.By == "" {
		return j
	}
	j.Verdict, j.Minutes = attended(h, j.Decided)
	if j.Verdict.there() {
		j.Mode = mode(h, declared, j, latest)
	}
	for _, s := range sources() {
		e, ok := latest[s]
		if !ok || s == j.By || j.By == Correction && !e.RecordedAt.After(j.Decided.RecordedAt) {
			continue
		}
		opened := s == Link && !j.Verdict.there()
		denied := e.Says.there() && !j.Verdict.there()
		elsewhere := s.inRoom() && e.Says.there() && j.Mode == Online
		missed := j.Verdict.there() && (e.Says == Absent || e.Says == Excused)
		if opened || denied || elsewhere || missed {
			j.Conflicts = append(j.Conflicts, Conflict{Source: s, Says: e.Says, Mode: e.Mode, At: e.At})
		}
	}
	return j
}

// attended returns verdict and minutes of the deciding evidence.
func attended(h HalfDay, e Evidence) (Verdict, int) {
	full := h.Minutes()
	switch e.Says {
	case Part:
		return Part, min(e.Minutes, full)
	case Present:
	default:
		return e.Says, 0
	}
	if e.Source != PIN && e.Source != AtDoor {
		return Present, full
	}
	starts, err := h.Starts.Instant()
	if err != nil || e.At.Sub(starts) <= Late {
		return Present, full
	}
	left := full - int(e.At.Sub(starts)/time.Minute)
	return Part, max(left, 1)
}

func mode(h HalfDay, declared Mode, j Judgement, latest map[Source]Evidence) Mode {
	if j.Decided.Mode != "" {
		return j.Decided.Mode
	}
	for s, e := range latest {
		if s.inRoom() && e.Says.there() {
			return InPerson
		}
	}
	if !j.Opened.IsZero() {
		return Online
	}
	if declared != "" {
		return declared
	}
	if modes := h.Modes(); len(modes) == 1 {
		return modes[0]
	}
	return ""
}
