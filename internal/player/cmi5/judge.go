package cmi5

import (
	"math"
	"strings"
	"time"

	"cadre/internal/fault"
	"cadre/internal/lrs"
)

// Session is one launch of an AU, and what was said in it so far.
type Session struct {
	Of
	AU   AU
	Mode Mode
	// Preferred says that the AU asked for the learner's preferences.
	Preferred bool
	// When the AU says that it began, ended, and last spoke, by its own clock; zero
	// if it has not.
	Initialized, Terminated, Last time.Time
	Completed, Judged             bool // was said in this session; judged is passed or failed
}

// Record is what was said of the AU in the registration, in all sessions.
type Record struct {
	Completed bool
	Passed    time.Time // zero if she has not
}

// Breach is a rule that a statement does not keep.
type Breach struct {
	// Section of the specification.
	Section string
	// Reason is one English sentence, for the makers of courses.
	Reason string
}

// Error returns section and reason.
func (b *Breach) Error() string { return "cmi5 " + b.Section + ": " + b.Reason }

// Fault is the breach as it is answered.
func (b *Breach) Fault() error { return lrs.Refuse(fault.Denied, b.Error()) }

// Take judges a statement that the AU sent and, if it keeps the rules, notes it in
// the session and the record. It returns the verb if the statement is defined, and
// an empty one if it is allowed.
func (s *Session) Take(r *Record, st *lrs.Statement) (verb string, breach *Breach) {
	t := said{st.Value(), s}
	defined := t.in("category", category)
	for _, rule := range []func(*lrs.Statement, bool) *Breach{t.form, t.context, t.order} {
		if b := rule(st, defined); b != nil {
			return "", b
		}
	}
	if !defined {
		if t.in("category", moveOnCategory) {
			return "", &Breach{"9.6.2.2", "only a defined statement with success or completion has the moveOn category"}
		}
		s.heard(st)
		return "", nil
	}
	for _, rule := range []func(*lrs.Statement, *Record) *Breach{t.verb, t.result, t.score} {
		if b := rule(st, r); b != nil {
			return "", b
		}
	}
	switch st.Verb {
	case Initialized:
		s.Initialized = st.Time
	case Terminated:
		s.Terminated = st.Time
	case Completed:
		s.Completed, r.Completed = true, true
	case Passed:
		s.Judged, r.Passed = true, st.Time
	case Failed:
		s.Judged = true
	}
	s.heard(st)
	return st.Verb, nil
}

func (s *Session) heard(st *lrs.Statement) {
	if st.Time.After(s.Last) {
		s.Last = st.Time
	}
}

// said is a statement of an AU.
type said struct {
	top lrs.Value
	s   *Session
}

// at returns what stands below names; not OK if nothing does.
func at(v lrs.Value, names ...string) lrs.Value {
	for _, n := range names {
		if !v.OK() || v.Kind() != lrs.Object {
			return lrs.Value{}
		}
		v = v.Get(n)
	}
	return v
}

func str(v lrs.Value) string {
	if !v.OK() || v.Kind() != lrs.Text {
		return ""
	}
	return v.Text()
}

// in reports whether a list of the statement's contextActivities holds id.
func (t said) in(list, id string) bool {
	v := at(t.top, "context", "contextActivities", list)
	if !v.OK() {
		return false
	}
	if v.Kind() == lrs.Object { // one activity, as xAPI 1.0 allows
		return str(at(v, "id")) == id
	}
	for c := v.First(); c.OK(); c = c.Next() {
		if str(at(c, "id")) == id {
			return true
		}
	}
	return false
}

// form holds what every statement of an AU has.
func (t said) form(st *lrs.Statement, _ bool) *Breach {
	account := at(t.top, "actor", "account")
	switch {
	case !st.HasID:
		return &Breach{"9.1", "the AU gives every statement an id"}
	case str(at(account, "homePage")) != t.s.Actor.HomePage || str(at(account, "name")) != t.s.Actor.Name ||
		str(at(t.top, "actor", "objectType")) != "" && str(at(t.top, "actor", "objectType")) != "Agent":
		return &Breach{"9.2", "the actor is the one of the launch"}
	case st.Verb == lrs.VerbVoided:
		return &Breach{"6.3", "an AU voids nothing"}
	case !st.HasTime:
		return &Breach{"9.7", "every statement has a timestamp"}
	}
	if stamp := str(at(t.top, "timestamp")); !strings.HasSuffix(stamp, "Z") && !strings.HasSuffix(stamp, "+00:00") && !strings.HasSuffix(stamp, "+0000") && !strings.HasSuffix(stamp, "+00") {
		return &Breach{"9.7", "timestamps are in UTC"}
	}
	return nil
}

// context holds that the AU kept what the context template gave it.
func (t said) context(st *lrs.Statement, _ bool) *Breach {
	switch {
	case !st.HasRegistration || st.Registration.String() != strings.ToLower(t.s.Registration):
		return &Breach{"9.6.1", "the registration is the one of the launch"}
	case str(at(t.top, "context", "extensions", extSession)) != t.s.Session:
		return &Breach{"9.6.3.1", "the context has the session id of the launch"}
	case !t.in("grouping", t.s.AU.Publisher):
		return &Breach{"10.2.1", "the context has what the context template has: the publisher's id is missing in grouping"}
	}
	return nil
}

// order holds that initialized is first and terminated last, by timestamp.
func (t said) order(st *lrs.Statement, defined bool) *Breach {
	begins := defined && st.Verb == Initialized
	switch {
	case t.s.Initialized.IsZero() && !begins:
		return &Breach{"7.1.1", "the first statement of a session is initialized"}
	case begins && !t.s.Preferred:
		return &Breach{"11.0", "the AU retrieves the learner's preferences before it says initialized"}
	case !t.s.Initialized.IsZero() && st.Time.Before(t.s.Initialized):
		return &Breach{"9.3", "nothing in a session comes before initialized, by timestamp"}
	case !t.s.Terminated.IsZero() && st.Time.After(t.s.Terminated):
		return &Breach{"9.3.8", "nothing in a session comes after terminated"}
	case defined && st.Verb == Terminated && t.s.Last.After(st.Time):
		return &Breach{"9.3", "terminated is the last statement of a session, by timestamp"}
	}
	return nil
}

func (t said) verb(st *lrs.Statement, r *Record) *Breach {
	once := func(there bool, section string) *Breach {
		if there {
			return &Breach{section, "this verb is not said twice"}
		}
		return nil
	}
	if st.Activity != t.s.AU.ID || str(at(t.top, "object", "objectType")) != "" && str(at(t.top, "object", "objectType")) != "Activity" {
		return &Breach{"9.4", "the object of a defined statement is the activity of the launch"}
	}
	judging := st.Verb == Completed || st.Verb == Passed || st.Verb == Failed
	if judging && t.s.Mode != Normal {
		return &Breach{"10.2.2", "in the modes Browse and Review only initialized and terminated are said"}
	}
	switch st.Verb {
	case Initialized:
		return once(!t.s.Initialized.IsZero(), "9.3.2")
	case Terminated:
		return once(!t.s.Terminated.IsZero(), "9.3")
	case Completed:
		return once(t.s.Completed || r.Completed, "9.3.3")
	case Passed:
		if t.s.Judged {
			return &Breach{"9.3", "a session has at most one of passed and failed"}
		}
		return once(!r.Passed.IsZero(), "9.3.4")
	case Failed:
		switch {
		case t.s.Judged:
			return &Breach{"9.3", "a session has at most one of passed and failed"}
		case !r.Passed.IsZero() && !st.Time.Before(r.Passed):
			return &Breach{"9.3", "failed does not follow passed in a registration"}
		}
		return nil
	case Launched, Abandoned, Waived, Satisfied:
		return &Breach{"9.3", "this verb is the LMS's"}
	}
	return &Breach{"7.1.3", "a statement of cmi5's category has a verb that cmi5 defines"}
}

func (t said) result(st *lrs.Statement, _ *Record) *Breach {
	result := at(t.top, "result")
	success, completion, length := at(result, "success"), at(result, "completion"), str(at(result, "duration"))
	wants := func(v lrs.Value, yes, no bool) bool { // which of true and false has to stand there
		switch {
		case yes:
			return v.OK() && v.Kind() == lrs.True
		case no:
			return v.OK() && v.Kind() == lrs.False
		}
		return !v.OK()
	}
	switch {
	case !wants(success, st.Verb == Passed, st.Verb == Failed):
		return &Breach{"9.5.2", "success is true in passed, false in failed, and in no other statement"}
	case !wants(completion, st.Verb == Completed, false):
		return &Breach{"9.5.3", "completion is true in completed, and in no other statement"}
	case length == "" && st.Verb != Initialized:
		return &Breach{"9.5.4.1", "completed, passed, failed and terminated have a duration"}
	case (success.OK() || completion.OK()) != t.in("category", moveOnCategory):
		return &Breach{"9.6.2.2", "statements with success or completion have the moveOn category, and no others"}
	}
	if p := at(result, "extensions", Progress); p.OK() {
		if p.Kind() != lrs.Number || !whole(p.Float()) || p.Float() < 0 || p.Float() > 100 {
			return &Breach{"9.5.5.1", "progress is a whole number from 0 to 100"}
		}
	}
	return nil
}

func whole(f float64) bool { return f == math.Trunc(f) }

func (t said) score(st *lrs.Statement, _ *Record) *Breach {
	score := at(t.top, "result", "score")
	judged := st.Verb == Passed || st.Verb == Failed
	if score.OK() && !judged {
		return &Breach{"9.5.1", "only passed and failed have a score"}
	}
	mastery := at(t.top, "context", "extensions", extMastery)
	if judged && t.s.AU.Mastery != nil && mastery.OK() && (mastery.Kind() != lrs.Number || mastery.Float() != *t.s.AU.Mastery) {
		return &Breach{"9.6.3.2", "masteryScore is the one of the launch data"}
	}
	if !score.OK() {
		return nil
	}
	scaled, raw, lo, hi := at(score, "scaled"), at(score, "raw"), at(score, "min"), at(score, "max")
	for _, v := range []lrs.Value{raw, lo, hi} {
		if v.OK() && !whole(v.Float()) {
			return &Breach{"9.5.1", "raw, min and max are whole numbers"}
		}
	}
	switch {
	case scaled.OK() && (scaled.Float() < 0 || scaled.Float() > 1):
		return &Breach{"9.5.1", "scaled is from 0 to 1"}
	case raw.OK() && (!lo.OK() || !hi.OK()):
		return &Breach{"9.5.1", "with raw there are min and max"}
	case raw.OK() && (raw.Float() < lo.Float() || raw.Float() > hi.Float()):
		return &Breach{"9.5.1", "raw is from min to max"}
	case t.s.AU.Mastery == nil || !scaled.OK():
		return nil
	case !mastery.OK():
		return &Breach{"9.6.3.2", "passed and failed by a score have the masteryScore of the launch data"}
	case st.Verb == Passed && scaled.Float() < *t.s.AU.Mastery:
		return &Breach{"9.3.4", "a passed score reaches the masteryScore"}
	case st.Verb == Failed && scaled.Float() >= *t.s.AU.Mastery:
		return &Breach{"9.3.5", "a failed score does not reach the masteryScore"}
	}
	return nil
}
