package coachingweb

import (
	"context"
	"strconv"
	"time"

	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

// mineView is a coach's own list.
type mineView struct {
	Asked, Active []coaching.Pairing
	Sessions      []coaching.Session // proposed or agreed, the next first
	Names         map[id.Person]people.Display
}

// next is the first session to come with a participant; nil if none is planned.
func (v mineView) next(of coaching.Of) *coaching.Session {
	for i, s := range v.Sessions {
		if s.Person == of.Person && s.Cohort == of.Cohort && s.Stage == of.Stage {
			return &v.Sessions[i]
		}
	}
	return nil
}

func minutesOf(t coaching.Terms) int {
	if m := t.Stage.Coaching.Minutes; m > 0 {
		return m
	}
	return 60
}

// hers writes a time as it is in the programme's place: what a coach reads aloud
// to a participant says nothing of the coach's own zone.
func (v view) hers(l *i18n.Localizer, t civil.DateTime) string {
	at, err := t.Instant()
	if err != nil {
		return l.Date(t.Date)
	}
	there, err := civil.In(at, v.Terms.Zone)
	if err != nil {
		return l.DateTime(t)
	}
	return l.T("locale.datetime", "date", l.Date(there.Date), "time", l.Digits(there.Clock()))
}

// up leads back: a coach to her list, a participant to her home.
func (v view) up(ctx context.Context) ui.Link {
	if v.she() {
		return ui.Link{Label: ui.T(ctx, "coaching.home"), Href: "/"}
	}
	return ui.Link{Label: ui.T(ctx, "coaching.mine-title"), Href: "/coaching"}
}

// needsTitle and needLabel speak of what she wants to work on, to her or to her coach.
func (v view) needsTitle(ctx context.Context) string {
	if v.she() {
		return ui.T(ctx, "coaching.needs-title")
	}
	return ui.T(ctx, "coaching.her-needs-title")
}

func (v view) needLabel(ctx context.Context) string {
	if v.she() {
		return ui.T(ctx, "coaching.need-label")
	}
	return ui.T(ctx, "coaching.her-need-label")
}

func (v view) guide() []programme.GuideQuestion { return v.Terms.Stage.Coaching.Guide }

// at is the address of a session on the page.
func (v view) at(s id.CoachingSession) string { return home(v.Of) + "/sessions/" + string(s) }

// form returns a form as it was sent, if it was, or f.
func (v view) form(f ui.Form) ui.Form {
	if sent, ok := v.Forms[f.ID]; ok {
		return sent
	}
	return f
}

// zones offers the reader's own zone and the programme's.
func zones(l *i18n.Localizer, t coaching.Terms) []ui.Option {
	mine := l.Prefs().Zone
	out := []ui.Option{{Value: t.Zone, Label: t.Zone}}
	if mine != "" && mine != t.Zone {
		out = append(out, ui.Option{Value: mine, Label: mine})
	}
	return out
}

// rounds offers the rounds of individual sessions.
func rounds(l *i18n.Localizer, t coaching.Terms) []ui.Option {
	var out []ui.Option
	for _, r := range t.Stage.Coaching.Rounds {
		if r.Kind == programme.SessionKind(coaching.Individual) {
			text, lang := said(l, r.Title)
			out = append(out, ui.Option{Value: string(r.Key), Label: text, Lang: lang})
		}
	}
	return out
}

// said returns a text of the blueprint in the reader's language, else in English
// or whatever there is, and the language it is in.
func said(l *i18n.Localizer, t programme.Text) (text, lang string) {
	text, in := t.In(programme.Language(l.Lang()), "en")
	if text == "" {
		for in, text = range t {
			break
		}
	}
	return text, string(in)
}

// date writes a date of the blueprint.
func date(l *i18n.Localizer, d programme.Date) string {
	day, err := civil.ParseDate(string(d))
	if err != nil {
		return string(d)
	}
	return l.DateShort(day)
}

func outcomeKey(o pathway.Outcome) string { return "coaching.outcome." + string(o) }

// outcomes offers what can become of a session, but for one.
func outcomes(ctx context.Context, but pathway.Outcome) []ui.Option {
	var out []ui.Option
	for _, o := range coaching.Outcomes() {
		if o != but {
			out = append(out, ui.Option{Value: string(o), Label: ui.T(ctx, outcomeKey(o))})
		}
	}
	return out
}

// groupDay is one day of a group event.
type groupDay struct {
	Round programme.Round
	Day   civil.Date
}

func groupDays(c *programme.Coaching) []groupDay {
	var out []groupDay
	for _, r := range c.Rounds {
		for _, d := range r.Days {
			if day, err := civil.ParseDate(string(d)); err == nil && r.Kind == programme.SessionKind(coaching.Group) {
				out = append(out, groupDay{r, day})
			}
		}
	}
	return out
}

func dayOptions(l *i18n.Localizer, ds []groupDay) []ui.Option {
	var out []ui.Option
	for _, d := range ds {
		title, _ := said(l, d.Round.Title)
		out = append(out, ui.Option{Value: string(d.Round.Key) + "/" + d.Day.String(), Label: l.Date(d.Day) + " · " + title})
	}
	return out
}

// enteredLines say what staff entered of her word on the next session: to her, and to
// her coach.
func (v view) enteredLines(ctx context.Context) []string {
	var out []string
	line := func(what string, on pathway.Basis, by id.Person, at time.Time) {
		if on == "" {
			return
		}
		who := v.Names[by].Text
		if who == "" {
			who = ui.T(ctx, "coaching.somebody-of-office")
		}
		if v.she() {
			what = "mine." + what
		}
		out = append(out, ui.T(ctx, "coaching."+what, "basis", i18n.Key("coaching.basis."+string(on)), "who", who, "at", at))
	}
	line("entered-time", v.Next.ProposedOn, v.Next.EnteredBy, v.Next.ProposedAt)
	line("entered-yes", v.Next.AgreedOn, v.Next.AgreedBy, v.Next.AgreedAt)
	return out
}

// options offers people by how they are called.
func options(ctx context.Context, names map[id.Person]people.Display, ps []id.Person) []ui.Option {
	var out []ui.Option
	for _, p := range ps {
		d := names[p]
		if d.Text == "" {
			d.Text, d.Lang = ui.T(ctx, "coaching.somebody"), ""
		}
		out = append(out, ui.Option{Value: string(p), Label: d.Text, Lang: d.Lang})
	}
	return out
}

// all lists the participants of the page.
func (v officeView) all() []id.Person {
	var out []id.Person
	for _, r := range v.Rows {
		out = append(out, r.Person)
	}
	return out
}

func (v officeView) form(f ui.Form) ui.Form {
	if sent, ok := v.Forms[f.ID]; ok {
		return sent
	}
	return f
}
