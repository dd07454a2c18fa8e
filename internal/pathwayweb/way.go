package pathwayweb

import (
	"context"
	"time"

	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web/ui"
)

// view is what the participant's home page shows.
type view struct {
	programme string
	next      *nextView
	steps     []ui.Step
	seat      string
	seatWhy   []string
	more      []ui.Link
	done      bool
}

// nextView is the one thing to do, or to wait for.
type nextView struct {
	title string
	// facts are how long, how much, by when.
	facts []string
	label string
	href  string
	// time leads to where more time can be asked for.
	time string
}

// way gathers what the page shows: one question to the pathway, and one about
// what is left of the next module. Neither grows with the cohort.
func (p pages) way(ctx context.Context, a actor.Actor) (view, error) {
	l := i18n.From(ctx)
	cohort := a.Grant.Scope.Cohort
	s, b, err := p.Standings.Standing(ctx, a.Person, cohort)
	if err != nil {
		return view{}, err
	}
	say := pathway.Speak(l, b)
	v := view{programme: say.Text(b.Title), done: s.Complete, seat: say.Seat(s.Seat)}
	if s.Participation.Out() {
		v.seat = "" // the first step of her way says it
	}
	for _, r := range s.Seat.Reasons {
		v.seatWhy = append(v.seatWhy, say.Reason(r))
	}
	if s.Next != nil {
		n := nextView{title: say.Next(*s.Next), label: label(l, s.Next.Key), href: p.link(cohort, *s.Next)}
		minutes, bytes := s.Next.Minutes, 0
		if s.Next.Key == "module" {
			left, err := p.Lefts.LeftOf(ctx, a.Person, cohort, l.Lang(), []string{string(s.Next.Module)})
			if err != nil {
				return view{}, err
			}
			if len(left) == 1 {
				minutes, bytes = (left[0].Seconds+59)/60, left[0].Bytes
				if left[0].State != "" {
					n.label = l.T("home.continue")
				}
			}
			n.time = p.moreTime(l, s.Participation, s.Next.Stage).Href
		}
		if minutes > 0 {
			n.facts = append(n.facts, l.T("home.minutes-left", "n", minutes))
		}
		if bytes > 0 {
			n.facts = append(n.facts, l.Bytes(int64(bytes)))
		}
		if !s.Next.At.IsZero() {
			n.facts = append(n.facts, when(l, say, s.Next))
		}
		v.next = &n
	}
	v.steps = p.steps(l, say, cohort, &s)
	if href := p.place(cohort, &s); href != "" {
		v.more = append(v.more, ui.Link{Label: l.T("home.my-place"), Href: href})
	}
	if feedback := "/cohorts/" + string(cohort) + "/feedback"; s.Participation == pathway.TakingPart && p.has(feedback) {
		v.more = append(v.more, ui.Link{Label: l.T("home.feedback"), Href: feedback})
	}
	ask, err := p.namesOpen(ctx, a)
	if err != nil {
		return view{}, err
	}
	names := "home.names"
	if part := s.Participation; ask && !part.Out() && part != pathway.Unknown && part != pathway.Proposed {
		names = "home.names-confirm"
	}
	for _, k := range []struct{ path, key string }{
		{"/credentials", "credential.page.mine"}, {"/my-names", names}, {"/my-supervisor", "home.supervisor"}, {"/my-data", "home.my-data"}, {"/preferences", "home.preferences"}, {"/account", "home.account"},
	} {
		if p.has(k.path) {
			v.more = append(v.more, ui.Link{Label: l.T(k.key), Href: k.path})
		}
	}
	return v, nil
}

// namesOpen reports whether she has still to say how her name is printed.
func (p pages) namesOpen(ctx context.Context, a actor.Actor) (bool, error) {
	if !p.has("/my-names") {
		return false, nil
	}
	all, err := p.Persons.Names(ctx, a.Person)
	if err != nil {
		return false, err
	}
	confirmed := 0
	for _, n := range all {
		if n.Form != people.Printed {
			continue
		}
		if !n.Confirmed {
			return true, nil
		}
		confirmed++
	}
	return confirmed == 0, nil
}

// has reports whether the program has a page at a path: it has those of this
// package.
func (p pages) has(path string) bool {
	return p.Has == nil || path == "/my-data" || path == "/preferences" || p.Has(path)
}

// when says by or from when: a deadline is met by its day, a day begins on it.
func when(l *i18n.Localizer, say pathway.Speaker, a *pathway.Action) string {
	switch a.Key {
	case "workshop":
		if a.Begun {
			return l.T("home.on-now", "time", l.Clock(a.At))
		}
		return l.T("home.begins", "day", say.Day(a.At), "time", l.Clock(a.At))
	case "wait":
		return ""
	}
	return l.T("home.by", "day", say.Day(a.At))
}

// label is what the button of an action says.
func label(l *i18n.Localizer, key string) string {
	switch key {
	case "answer":
		return l.T("home.read-and-answer")
	case "module":
		return l.T("home.begin")
	case "workshop":
		return l.T("home.see-timetable")
	case "test":
		return l.T("home.take-test")
	case "coaching":
		return l.T("home.find-time")
	case "follow-up":
		return l.T("home.answer")
	}
	return ""
}

// address is where something of her cohort is done: what kind of thing, and the
// stage's or the module's key. It is empty if there is no such page.
func (p pages) address(cohort id.Cohort, kind string, key programme.Key) string {
	c, k := string(cohort), string(key)
	href := ""
	switch kind {
	case "answer":
		href = "/answer"
	case "module":
		href = "/learn/" + k
	case "modules":
		href = "/learn"
	case "workshop":
		href = "/cohorts/" + c + "/workshops/" + k
	case "test":
		href = "/tests/" + k
	case "coaching":
		href = "/coaching/" + c + "/" + k + "/me"
	case "follow-up":
		href = "/cohorts/" + c + "/follow-up/" + k
	}
	if href == "" || !p.has(href) {
		return ""
	}
	return href
}

// place is where she reads who proposed her and how her place stands, says what she
// needs, confirms, or says that she cannot come, now or later; empty for whoever was
// not proposed.
func (p pages) place(cohort id.Cohort, s *pathway.Standing) string {
	if s.Participation == pathway.Unknown || s.Later {
		return ""
	}
	return p.address(cohort, "answer", "")
}

// link is where an action is done; empty if there is nothing to do.
func (p pages) link(cohort id.Cohort, a pathway.Action) string {
	if a.Key == "module" {
		return p.address(cohort, a.Key, a.Module)
	}
	return p.address(cohort, a.Key, a.Stage)
}

// stageLink is where a stage is looked at.
func (p pages) stageLink(cohort id.Cohort, st pathway.StageStanding) string {
	switch {
	case st.Kind == programme.KindWorkshop:
		return p.address(cohort, "workshop", st.Key) // the timetable is there before it begins
	case st.State == pathway.Locked || st.State == pathway.Closed:
		return ""
	case st.Kind == programme.KindELearning:
		return p.address(cohort, "modules", st.Key)
	case st.Kind == programme.KindAssessment:
		return p.address(cohort, "test", st.Key)
	case st.Kind == programme.KindCoaching:
		return p.address(cohort, "coaching", st.Key)
	case st.Kind == programme.KindFollowUp && !st.Passed:
		return p.address(cohort, "follow-up", st.Key)
	}
	return ""
}

// modules lists the modules of a stage of e-learning, each with how far she is.
func (p pages) modules(l *i18n.Localizer, say pathway.Speaker, cohort id.Cohort, st pathway.StageStanding) []ui.Part {
	if st.State == pathway.Locked || st.State == pathway.Closed {
		return nil
	}
	var out []ui.Part
	for _, m := range st.Modules {
		part := ui.Part{Mood: ui.MoodOpen, Title: say.Module(m.Key), Href: p.address(cohort, "module", m.Key)}
		switch {
		case m.Done && m.By == pathway.ByHerself:
			part.Mood, part.Word = ui.MoodDone, say.State(pathway.StageStanding{State: pathway.Done})
		case m.Done && m.By == pathway.ByDecision:
			part.Mood, part.Word = ui.MoodDone, l.T("home.by-decision")
		case m.Done && m.By == pathway.ByEquivalence:
			part.Mood, part.Word = ui.MoodDone, say.State(pathway.StageStanding{State: pathway.Equivalent})
		case m.Done:
			part.Mood, part.Word = ui.MoodDone, say.State(pathway.StageStanding{State: pathway.Excepted})
		case m.Tried:
			part.Mood, part.Word = ui.MoodPart, l.T("home.revisit")
		case m.Percent > 0:
			part.Mood, part.Word = ui.MoodPart, l.Percent(float64(m.Percent)/100)
		default:
			part.Word = say.State(pathway.StageStanding{State: pathway.Open})
		}
		out = append(out, part)
	}
	return out
}

func (p pages) steps(l *i18n.Localizer, say pathway.Speaker, cohort id.Cohort, s *pathway.Standing) []ui.Step {
	first := ui.Step{Mood: ui.MoodDone, Title: say.Participation(s.Participation), Href: p.place(cohort, s)}
	switch {
	case s.Participation.Out():
		first.Mood = ui.MoodLocked
	case s.Participation == pathway.Proposed, s.Participation == pathway.Unknown:
		first.Mood = ui.MoodOpen
	case s.Participation == pathway.SaidYes:
		first.Mood = ui.MoodPart
	}
	out := []ui.Step{first}
	for _, st := range s.Stages {
		// Once she is out, the first line says so: what she did stays, the rest goes.
		if st.State == pathway.NotAsked || s.Participation.Out() && !st.Passed {
			continue
		}
		step := ui.Step{
			Mood: mood(st.State), Title: say.Stage(st.Key), Word: say.State(st), Href: p.stageLink(cohort, st), Parts: p.modules(l, say, cohort, st),
			Here: s.Next != nil && s.Next.Stage == st.Key && s.Next.Key != "wait",
		}
		switch st.State {
		case pathway.Open, pathway.UnderWay:
			if st.Kind == programme.KindSelection {
				step.Note = say.Reasons(st)
			}
			if !st.Due.IsZero() && !st.Passed {
				step.Note = append(step.Note, l.T("home.by", "day", say.Day(st.Due)))
				step.Ask = p.moreTime(l, s.Participation, st.Key)
			}
		case pathway.Done:
			step.Note = dated(say, st.PassedAt)
		case pathway.Locked:
			opens(l, say, st, &step)
		case pathway.AwaitingDecision:
			step.Note = say.Reasons(st)
			step.Ask = p.moreTime(l, s.Participation, st.Key)
		default:
			step.Note = say.Reasons(st)
		}
		out = append(out, step)
	}
	return out
}

// moreTime is where more time for a stage is asked for, once she has said yes.
func (p pages) moreTime(l *i18n.Localizer, part pathway.Participation, stage programme.Key) ui.Link {
	if part.Out() || part == pathway.Unknown || part == pathway.Proposed || !p.has("/more-time") {
		return ui.Link{}
	}
	return ui.Link{Label: l.T("home.more-time"), Href: "/more-time?stage=" + string(stage)}
}

// opens says what opens a stage: in one sentence where one is enough, otherwise
// in one about what comes first, with all of it to be opened below.
func opens(l *i18n.Localizer, say pathway.Speaker, st pathway.StageStanding, step *ui.Step) {
	st.Reasons = pathway.Gather(st.Reasons)
	all := say.Reasons(st)
	simple := len(st.Reasons) > 0 && len(st.Reasons[0].Of) == 0
	switch {
	case simple && len(all) == 1:
		step.Note = all
		return
	case simple:
		step.Note = all[:1]
	default:
		step.Note = []string{l.T("home.opens-later")}
	}
	step.Summary, step.More = l.T("home.what-opens"), all
}

func dated(say pathway.Speaker, at time.Time) []string {
	if at.IsZero() {
		return nil
	}
	return []string{say.Day(at)}
}

func mood(s pathway.State) ui.Mood {
	switch s {
	case pathway.Done, pathway.Excepted, pathway.Equivalent:
		return ui.MoodDone
	case pathway.UnderWay:
		return ui.MoodPart
	case pathway.Open:
		return ui.MoodOpen
	case pathway.AwaitingDecision:
		return ui.MoodAttend
	}
	return ui.MoodLocked
}
