package cohortweb

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cadre/internal/cohort"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/mail"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web/ui"
)

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

func num(ctx context.Context, n int) string { return i18n.From(ctx).Number(int64(n)) }

// mood is the shape that a status is shown with.
func mood(s cohort.Status) ui.Mood {
	switch s {
	case cohort.StatusConfirmed:
		return ui.MoodDone
	case cohort.StatusHeld, cohort.StatusSaidYes:
		return ui.MoodPart
	case cohort.StatusOffered, cohort.StatusProposed:
		return ui.MoodOpen
	case cohort.StatusInLine:
		return ui.MoodLocked
	}
	return ui.MoodUnknown
}

func seatMood(s cohort.State) ui.Mood {
	switch s {
	case cohort.Confirmed:
		return ui.MoodDone
	case cohort.Held:
		return ui.MoodPart
	case cohort.Offered:
		return ui.MoodOpen
	case cohort.Reserved:
		return ui.MoodLocked
	}
	return ui.MoodUnknown
}

func reachMood(o cohort.Outcome) ui.Mood {
	switch {
	case o.Reached():
		return ui.MoodDone
	case o == cohort.LeftWord:
		return ui.MoodPart
	}
	return ui.MoodUnknown
}

// mailMood never says that word came: who sent an e-mail does not know.
func mailMood(s mail.Status) ui.Mood {
	if s == mail.Failed || s == "" {
		return ui.MoodAttend
	}
	return ui.MoodUnknown
}

// warnedWords says what became of a reminder.
func warnedWords(ctx context.Context, w cohort.Warning) string {
	if w.Mail == "" {
		return ui.T(ctx, "cohort.warned.no-route")
	}
	return ui.T(ctx, "cohort.warned."+string(w.Mail))
}

// setAside lists the lanes of a quota that are for somebody in particular.
func setAside(q cohort.QuotaView) []cohort.Count {
	var out []cohort.Count
	for _, n := range q.Lanes {
		if n.Lane != (cohort.Lane{}) {
			out = append(out, n)
		}
	}
	return out
}

// quotaName is a quota by its agency, or by its key for places of no agency.
func quotaName(ctx context.Context, q cohort.QuotaView) string {
	if q.Agency.ID == "" {
		return ui.T(ctx, "cohort.open-quota")
	}
	return i18n.From(ctx).Text(q.Agency.Name).Text
}

func quotaOptions(ctx context.Context, qs []cohort.QuotaView) []ui.Option {
	out := make([]ui.Option, len(qs))
	for i, q := range qs {
		out[i] = ui.Option{Value: string(q.ID), Label: quotaName(ctx, q), Hint: ui.T(ctx, "cohort.left", "n", q.Total.Left())}
	}
	return out
}

func agencyOptions(ctx context.Context, o cohort.Overview) []ui.Option {
	out := make([]ui.Option, len(o.Agencies))
	for i, a := range o.Agencies {
		out[i] = ui.Option{Value: string(a.ID), Label: i18n.From(ctx).Text(a.Name).Text}
	}
	return out
}

// asksAgency tells that whoever proposes has to say for which agency: the places do
// not, and there are several.
func asksAgency(o cohort.Overview) bool { return o.Undivided() && len(o.Agencies) > 1 }

// letterOptions are letters to choose from, of one kind if it is not empty and of
// one agency if it is not empty.
func letterOptions(ctx context.Context, ls []cohort.Letter, kind cohort.LetterKind, agency id.Agency) []ui.Option {
	l := i18n.From(ctx)
	var out []ui.Option
	for _, x := range ls {
		if (kind == "" || x.Kind == kind) && (agency == "" || x.Agency == agency) {
			out = append(out, ui.Option{Value: string(x.ID), Label: ui.T(ctx, "cohort.letter-named", "number", x.Number, "day", l.DateShort(x.Date)), Hint: ui.T(ctx, "cohort.letter."+string(x.Kind))})
		}
	}
	return out
}

func rankOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, g := range people.RankGroups() {
		if g != "" {
			out = append(out, ui.Option{Value: g, Label: ui.T(ctx, "cohort.rank."+g)})
		}
	}
	return out
}

// subjects are what an exception can be about: stages, and the modules of
// e-learning.
func subjects(ctx context.Context, b *programme.Blueprint) []ui.Option {
	lang := programme.Language(i18n.From(ctx).Lang())
	var out []ui.Option
	add := func(k programme.Key, text programme.Text) {
		s, in := b.Say(text, lang)
		out = append(out, ui.Option{Value: string(k), Label: s, Lang: string(in)})
	}
	for i := range b.Stages {
		st := &b.Stages[i]
		add(st.Key, st.Title)
		if st.ELearning != nil {
			for j := range st.ELearning.Modules {
				add(st.ELearning.Modules[j].Key, st.ELearning.Modules[j].Title)
			}
		}
	}
	return out
}

func cohortPath(c id.Cohort) string { return "/cohorts/" + string(c) }

// moduleTitle is a module's title in the person's language.
func moduleTitle(ctx context.Context, b *programme.Blueprint, k programme.Key) string {
	if m, _, ok := b.Module(k); ok {
		s, _ := b.Say(m.Title, programme.Language(i18n.From(ctx).Lang()))
		return s
	}
	return string(k)
}

// stageTitle is a stage's title in the person's language.
func stageTitle(ctx context.Context, b *programme.Blueprint, k string) string {
	if st, ok := b.Stage(programme.Key(k)); ok {
		s, _ := b.Say(st.Title, programme.Language(i18n.From(ctx).Lang()))
		return s
	}
	return k
}

// firstDay tells whether the cohort has days of its own.
func firstDay(c cohort.Cohort) bool { return !c.Days.From.IsZero() }

// balanceBars are confirmed places by agency, against all of them.
func balanceBars(ctx context.Context, o cohort.Overview) ui.Bars {
	b := ui.Bars{Drawn: ui.Drawn{ID: "balance", Title: ui.T(ctx, "cohort.balance"), Description: ui.T(ctx, "cohort.balance-long")}, Max: 1}
	for _, q := range o.Quotas {
		places := q.Total.Places()
		b.Max = max(b.Max, float64(places))
		b.Rows = append(b.Rows, ui.BarRow{
			Label: quotaName(ctx, q), Value: float64(q.Total.By[cohort.Confirmed]), Target: float64(places),
			Words: ui.T(ctx, "cohort.of-places", "have", q.Total.By[cohort.Confirmed], "places", places),
		})
	}
	return b
}

// laneName says whom a seat is set aside for.
func laneName(ctx context.Context, l cohort.Lane) string {
	l2 := i18n.From(ctx)
	switch {
	case l.Sex != "" && l.Station != "":
		return l2.List(ui.T(ctx, "cohort.lane-sex."+l.Sex), ui.T(ctx, "cohort.lane-station", "station", l.Station))
	case l.Sex != "":
		return ui.T(ctx, "cohort.lane-sex."+l.Sex)
	}
	return ui.T(ctx, "cohort.lane-station", "station", l.Station)
}

func doubtHead(ctx context.Context, staff bool) []ui.Column {
	head := []ui.Column{{Label: ui.T(ctx, "cohort.col.officer")}, {Label: ui.T(ctx, "cohort.col.missing")}}
	if staff {
		head = append(head, ui.Column{Label: ui.T(ctx, "cohort.col.last-word")}, ui.Column{Label: ui.T(ctx, "cohort.col.do"), Unseen: true}, ui.Column{Label: ui.T(ctx, "cohort.col.in-line"), Number: true})
	}
	return head
}

func minutes(n int) time.Duration { return time.Duration(max(n, 1)) * time.Minute }

// digitsOf is a telephone number as a dialling link has it.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func afterLink(path, after string) string {
	if after == "" {
		return ""
	}
	return path + "?after=" + url.QueryEscape(after)
}

// lanes draws a lane for each agency and a mark for each of its seats, as long as
// they fit on a page.
func lanes(ctx context.Context, l cohort.Ledger) (ui.Grid, bool) {
	say := i18n.From(ctx)
	g := ui.Grid{Drawn: ui.Drawn{ID: "lanes", Title: ui.T(ctx, "cohort.lanes"), Description: ui.T(ctx, "cohort.lanes-long")}}
	most := 0
	for _, q := range l.Quotas {
		if q.Total.Places() > laneLimit {
			return g, false
		}
		row := ui.GridRow{Label: laneLabel(ctx, q)}
		for _, s := range l.Seats[q.ID] {
			row.Cells = append(row.Cells, ui.Cell{Mood: seatMood(s.State), Word: ui.T(ctx, "cohort.state."+string(s.State))})
		}
		most = max(most, len(row.Cells))
		g.Rows = append(g.Rows, row)
	}
	for n := range most {
		g.Columns = append(g.Columns, say.Int(n+1))
	}
	return g, most > 0
}

// laneLabel names a lane within the room that the drawing has for it.
func laneLabel(ctx context.Context, q cohort.QuotaView) string {
	name := quotaName(ctx, q)
	if len([]rune(name)) > 20 {
		return q.AgencyKey
	}
	return name
}

// laneLimit is how many seats of a quota are drawn beside each other.
const laneLimit = 40
