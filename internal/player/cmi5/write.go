package cmi5

import (
	"encoding/json"
	"fmt"
	"time"

	"cadre/internal/id"
	"cadre/internal/lrs"
)

// Of is whose statements the LMS makes: one learner in one registration, and in
// one session.
type Of struct {
	Actor        lrs.Account
	Registration string
	Session      string
}

type object = map[string]any

func activity(id string) object { return object{"objectType": "Activity", "id": id} }

func agent(a lrs.Account) object {
	return object{"objectType": "Agent", "account": object{"homePage": a.HomePage, "name": a.Name}}
}

// Actor writes the learner as launch parameters and agents of documents have her
// (8.1.3, 9.2): by an account, with no name.
func Actor(a lrs.Account) string { return text(agent(a)) }

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers and flags always marshal
	}
	return string(b)
}

func (au AU) object() object {
	o := activity(au.ID)
	def := object{"name": au.Title}
	if au.Type != "" {
		def["type"] = au.Type
	}
	o["definition"] = def
	return o
}

func (g Group) object() object {
	o, kind := activity(g.ID), typeBlock
	if g.Course {
		kind = typeCourse
	}
	o["definition"] = object{"type": kind, "name": g.Title}
	return o
}

// make writes a defined statement of the LMS.
func (of Of) make(verb, word string, about object, publisher string, at time.Time, result, extensions object) (*lrs.Statement, error) {
	categories := []object{activity(category)}
	if result["success"] != nil || result["completion"] != nil {
		categories = append(categories, activity(moveOnCategory))
	}
	ext := object{extSession: of.Session}
	for k, v := range extensions {
		ext[k] = v
	}
	s := object{
		"id": id.New[string](), "actor": agent(of.Actor), "verb": object{"id": verb, "display": object{"en": word}}, "object": about,
		"context": object{
			"registration":      of.Registration,
			"contextActivities": object{"category": categories, "grouping": []object{activity(publisher)}},
			"extensions":        ext,
		},
		"timestamp": lrs.FormatTime(at),
	}
	if result != nil {
		s["result"] = result
	}
	out, err := lrs.ReadStatement([]byte(text(s)), lrs.XAPI103)
	if err != nil {
		return nil, fmt.Errorf("cmi5: the statement %s: %w", word, err)
	}
	return out, nil
}

// Launched is the statement before an AU is launched (9.3.1). url is where it
// starts, without the launch's own parameters.
func (of Of) Launched(au AU, mode Mode, url string, at time.Time) (*lrs.Statement, error) {
	ext := object{extMode: mode, extURL: url, extMoveOn: au.MoveOn}
	if au.Mastery != nil {
		ext[extMastery] = json.Number(plain(*au.Mastery))
	}
	if au.Parameters != "" {
		ext[extParameters] = au.Parameters
	}
	return of.make(Launched, "launched", au.object(), au.Publisher, at, nil, ext)
}

// Abandoned ends a session that did not end by itself (9.3.6), after it had lasted
// so long (9.5.4.2).
func (of Of) Abandoned(au AU, lasted time.Duration, at time.Time) (*lrs.Statement, error) {
	return of.make(Abandoned, "abandoned", au.object(), au.Publisher, at, object{"duration": duration(lasted)}, nil)
}

// Waived says that an AU's requirements are met by other means (9.3.7).
func (of Of) Waived(au AU, reason string, at time.Time) (*lrs.Statement, error) {
	result := object{"success": true, "completion": true, "extensions": object{extReason: reason}}
	return of.make(Waived, "waived", au.object(), au.Publisher, at, result, nil)
}

// Satisfied says that all AUs of a block, or of the course, have reached what
// they have to (9.3.9). It is never said of an AU.
func (of Of) Satisfied(g Group, at time.Time) (*lrs.Statement, error) {
	return of.make(Satisfied, "satisfied", g.object(), g.Publisher, at, nil, nil)
}

// Data writes the document that an AU begins with (10.2).
func (of Of) Data(au AU, mode Mode, back string) []byte {
	d := object{
		"contextTemplate": object{
			"contextActivities": object{"grouping": []object{activity(au.Publisher)}},
			"extensions":        object{extSession: of.Session},
		},
		"launchMode": mode,
		"moveOn":     au.MoveOn,
	}
	if au.Parameters != "" {
		d["launchParameters"] = au.Parameters
	}
	if au.Mastery != nil {
		d["masteryScore"] = json.Number(plain(*au.Mastery))
	}
	if back != "" {
		d["returnURL"] = back
	}
	if au.Entitlement != "" {
		d["entitlementKey"] = object{"courseStructure": au.Entitlement}
	}
	return []byte(text(d))
}

// Preferring writes the learner's preferences as they are before she has any (11.0).
func Preferring(language string) []byte {
	return []byte(text(object{"languagePreference": language, "audioPreference": "on"}))
}

// duration writes a length of time by ISO 8601.
func duration(d time.Duration) string {
	d = max(d, 0).Truncate(10 * time.Millisecond)
	return "PT" + plain(d.Seconds()) + "S"
}
