package pathway

import (
	"slices"
	"time"

	"cadre/internal/civil"
	"cadre/internal/i18n"
	"cadre/internal/programme"
)

// Speaker says standings of one blueprint to one person, in her language. Its
// sentences are in the catalogue area "pathway" and say "you" to the
// participant; what is missing ([Speaker.Missing]) can be read by staff as well.
type Speaker struct {
	l *i18n.Localizer
	b *programme.Blueprint
}

// Speak returns a speaker for a blueprint and a person.
func Speak(l *i18n.Localizer, b *programme.Blueprint) Speaker { return Speaker{l, b} }

// Text returns a text of the blueprint in the person's language.
func (s Speaker) Text(t programme.Text) string {
	text, _ := s.b.Say(t, programme.Language(s.l.Lang()))
	return text
}

// Stage returns a stage's title; its key if the blueprint does not have it.
func (s Speaker) Stage(k programme.Key) string {
	if st, ok := s.b.Stage(k); ok {
		return s.Text(st.Title)
	}
	return string(k)
}

// Module returns a module's title; its key if the blueprint does not have it.
func (s Speaker) Module(k programme.Key) string {
	if m, _, ok := s.b.Module(k); ok {
		return s.Text(m.Title)
	}
	return string(k)
}

// Day says the day of an instant in the programme's zone: a deadline's day is the
// one that the programme means, wherever it is read.
func (s Speaker) Day(at time.Time) string {
	loc, err := civil.Zone(string(s.b.Zone))
	if err != nil {
		loc = s.l.Location()
	}
	return s.l.Day(civil.Of(at, loc))
}

// State says a stage's state in a word or two: "Not open yet", "3 of 5 done".
func (s Speaker) State(st StageStanding) string {
	if (st.State == UnderWay || st.State == Open) && st.Need > 1 && st.Have > 0 {
		return s.l.T("pathway.progress", "have", st.Have, "need", st.Need)
	}
	return s.l.T("pathway.state." + string(st.State))
}

// Reasons says why a stage is as it is, one sentence for each reason.
func (s Speaker) Reasons(st StageStanding) []string {
	var out []string
	for _, r := range st.Reasons {
		if st.State == Locked && r.condition() {
			out = append(out, s.say("pathway.opens.", r))
		} else {
			out = append(out, s.Reason(r))
		}
	}
	return out
}

// Gather makes one reason of the several that name a module each of the same
// stage, and puts what a person can do herself first.
func Gather(rs []Reason) []Reason {
	var out, rest []Reason
	for _, r := range rs {
		if !r.ofModule() {
			rest = append(rest, r)
			continue
		}
		n := 0
		for _, x := range rs {
			if x.ofModule() && x.Stage == r.Stage {
				n++
			}
		}
		switch {
		case n == 1:
			out = append(out, r)
		case !slices.ContainsFunc(out, func(o Reason) bool { return o.Key == "needs-modules" && o.Stage == r.Stage }):
			out = append(out, Reason{Key: "needs-modules", Stage: r.Stage, Need: n})
		}
	}
	return append(out, rest...)
}

func (r Reason) ofModule() bool {
	return r.Key == "needs-module" || r.Key == "needs-module-begun" || r.Key == "needs-module-again"
}

// Reason says one reason: what is missing, or why a stage is as it is.
func (s Speaker) Reason(r Reason) string {
	if r.condition() {
		return s.say("pathway.missing.", r)
	}
	return s.say("pathway.reason.", r)
}

// Missing says in a phrase what reasons say is missing: "2 more modules, a
// confirmed place".
func (s Speaker) Missing(rs []Reason) string {
	var out []string
	for _, r := range rs {
		if r.condition() {
			out = append(out, s.say("pathway.missing.", r))
		}
	}
	return s.l.List(out...)
}

// condition reports whether the reason is something that is asked and missing.
func (r Reason) condition() bool {
	switch r.Key {
	case "any-of", "at-least-of", "all-of":
		return true
	}
	return len(r.Key) > 6 && r.Key[:6] == "needs-"
}

func (s Speaker) say(area string, r Reason) string {
	switch r.Key {
	case "all-of":
		return s.Missing(r.Of)
	case "any-of", "at-least-of":
		of := make([]string, 0, len(r.Of))
		for _, x := range r.Of {
			of = append(of, s.say("pathway.missing.", x))
		}
		return s.l.T(area+r.Key, "n", r.Need, "list", s.l.List(of...))
	}
	key := r.Key
	if !r.At.IsZero() && (key == "exception" || key == "equivalence") {
		key += "-until"
	}
	n := r.Need - r.Have
	if key == "not-recorded" {
		n = r.Have
	}
	return s.l.T(area+key,
		"stage", s.Stage(r.Stage), "module", s.Module(r.Module), "n", max(n, 0), "have", r.Have, "need", r.Need,
		"percent", s.l.Percent(float64(r.Percent)/100), "score", s.l.Percent(float64(r.Need)/100), "day", s.Day(r.At))
}

// Next says what she does next, or waits for.
func (s Speaker) Next(a Action) string {
	return s.l.T("pathway.next."+a.Key, "stage", s.Stage(a.Stage), "module", s.Module(a.Module), "day", s.Day(a.At))
}

// Participation says how she stands to the cohort.
func (s Speaker) Participation(p Participation) string {
	return s.l.T("pathway.participation." + string(p))
}

// Seat says how her place stands, empty where nothing is asked for it.
func (s Speaker) Seat(st SeatStanding) string {
	if st.State == SeatNotAsked {
		return ""
	}
	return s.l.T("pathway.seat."+string(st.State), "day", s.Day(st.Due))
}

// Doubt says what a person should look at.
func (s Speaker) Doubt(d Doubt) string {
	return s.l.T("pathway.doubt."+d.Key, "subject", d.Subject)
}

// Basis says on whose word a fact stands.
func (s Speaker) Basis(b Basis) string { return s.l.T("pathway.basis." + string(b)) }

// Kind says what a kind of fact tells.
func (s Speaker) Kind(k Kind) string { return s.l.T("pathway.kind." + string(k)) }

// Subject says what a fact is about: a stage, a module, a half-day.
func (s Speaker) Subject(k string) string {
	if _, _, ok := s.b.Module(programme.Key(k)); ok {
		return s.Module(programme.Key(k))
	}
	if h, _, _, ok := s.b.HalfDay(programme.Key(k)); ok {
		return s.Text(h.Title)
	}
	return s.Stage(programme.Key(k))
}

// Lines says a whole standing, one line for each thing; what belongs to a stage
// is indented below it.
func (s Speaker) Lines(st *Standing) []string {
	out := []string{s.Participation(st.Participation)}
	if seat := s.Seat(st.Seat); seat != "" {
		out = append(out, seat)
		if st.Seat.State != SeatEarned && st.Seat.State != SeatGone {
			out = append(out, "  "+s.Missing(st.Seat.Reasons))
		}
	}
	for _, o := range st.Stages {
		line := s.l.T("pathway.line.stage", "stage", s.Stage(o.Key), "state", s.State(o))
		if !o.Passed && !o.Due.IsZero() && (o.State == Open || o.State == UnderWay || o.State == Locked) {
			line = s.l.T("pathway.line.due", "stage", s.Stage(o.Key), "state", s.State(o), "day", s.Day(o.Due))
		}
		out = append(out, line)
		for _, why := range s.Reasons(o) {
			out = append(out, "  "+why)
		}
	}
	switch c := st.Certificate; {
	case s.b.Certificate == nil:
	case c.Revoked:
		out = append(out, s.l.T("pathway.line.certificate-revoked"))
	case c.Issued:
		out = append(out, s.l.T("pathway.line.certificate-issued"))
	case c.Earned:
		out = append(out, s.l.T("pathway.line.certificate-earned"))
	case len(c.Reasons) > 0 && !st.Participation.Out():
		out = append(out, s.l.T("pathway.line.certificate-missing", "what", s.Missing(c.Reasons)))
	}
	for _, d := range st.Doubts {
		out = append(out, s.Doubt(d))
	}
	switch {
	case st.Complete:
		out = append(out, s.l.T("pathway.line.complete"))
	case st.Next != nil:
		out = append(out, s.l.T("pathway.line.next", "what", s.Next(*st.Next)))
	}
	return out
}

// Assumption says what a simulation takes for granted.
func (s Speaker) Assumption(a Assumption) string { return s.l.T("pathway.assume." + string(a)) }
