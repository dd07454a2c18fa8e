package cohortweb

import (
	"context"

	"cadre/internal/cohort"
	"cadre/internal/i18n"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web/ui"
)

func planLang(ctx context.Context) programme.Language {
	return programme.Language(i18n.From(ctx).Lang())
}

func callHead(ctx context.Context) []ui.Column {
	var out []ui.Column
	for _, c := range []string{"name", "name_ur", "rank", "station", "phone"} {
		out = append(out, ui.Column{Label: ui.T(ctx, "cohort.column."+c)})
	}
	return out
}

// facts are what staff and her agency read of a nomination: the three facts, each
// with who, when and on what basis.
func facts(ctx context.Context, d cohort.Detail) []ui.Pair {
	l := i18n.From(ctx)
	out := []ui.Pair{
		{Term: ui.T(ctx, "cohort.col.agency"), Detail: written(d.Agency.Name)},
		{Term: ui.T(ctx, "cohort.fact.proposed"), Detail: ui.Plainly(ui.T(ctx, "cohort.fact-line", "when", l.Instant(d.Proposed), "basis", ui.T(ctx, proposedOn(d.Basis))))},
	}
	yes := ui.T(ctx, "cohort.answer.none")
	if d.Answer != cohort.NoAnswer {
		yes = ui.T(ctx, "cohort.fact-answer", "what", ui.T(ctx, "cohort.answer."+string(d.Answer)), "when", l.Instant(d.AnsweredAt), "basis", ui.T(ctx, "cohort.basis."+d.AnswerOn))
	}
	out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.fact.answer"), Detail: answered(yes, d.Paper)})
	release := ui.T(ctx, "cohort.release.none")
	if !d.Released.IsZero() {
		release = l.Instant(d.Released)
	}
	out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.fact.released"), Detail: ui.Plainly(release)})
	if d.SeatState != "" {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.fact.seat"), Detail: ui.Status(seatMood(d.SeatState), ui.T(ctx, "cohort.state."+string(d.SeatState)))})
	}
	if d.Cause != "" && !d.Self {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.fact.cause"), Detail: ui.Plainly(ui.T(ctx, "cohort.cause."+d.Cause))})
	}
	for _, n := range d.Names {
		if n.Form == people.Letter {
			out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.fact.name"), Detail: ui.Written(n.Written)})
		}
	}
	return out
}

// askedFacts are what she learns before she answers: who proposed her, for what,
// and what is held for her.
func askedFacts(ctx context.Context, d cohort.Detail) []ui.Pair {
	l := i18n.From(ctx)
	out := []ui.Pair{
		{Term: ui.T(ctx, "cohort.asked.by"), Detail: written(d.Agency.Name)},
		{Term: ui.T(ctx, "cohort.asked.for"), Detail: written(d.Title)},
	}
	if firstDay(d.Cohort) {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.asked.days"), Detail: ui.Plainly(l.Dates(d.Cohort.Days))})
	}
	out = append(out,
		ui.Pair{Term: ui.T(ctx, "cohort.asked.since"), Detail: ui.Plainly(l.InstantDay(d.Proposed))},
		ui.Pair{Term: ui.T(ctx, "cohort.asked.held"), Detail: ui.Plainly(ui.T(ctx, "cohort.asked-held"))},
	)
	for _, n := range d.Names {
		if n.Form == people.Letter {
			out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.fact.name"), Detail: ui.Written(n.Written)})
		}
	}
	if d.Answer != cohort.NoAnswer && d.AnswerOn != cohort.OwnAct {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.asked.answered"), Detail: answered(ui.T(ctx, "cohort.asked-answered", "when", l.Instant(d.AnsweredAt), "basis", ui.T(ctx, "cohort.basis."+d.AnswerOn)), d.Paper)})
	}
	return out
}

func releaseCauses(ctx context.Context) []ui.Option {
	seen := map[string]bool{}
	var all []string
	for _, a := range []cohort.Act{cohort.Release, cohort.Forfeit} {
		for _, c := range cohort.Causes(a) {
			if !seen[c] {
				seen[c] = true
				all = append(all, c)
			}
		}
	}
	return ui.Keyed(ctx, "cohort.cause.", all)
}

// exceptionLine says one agreed exception.
func exceptionLine(ctx context.Context, d cohort.Detail, x cohort.Exception) string {
	l := i18n.From(ctx)
	subject := x.Subject
	for _, o := range subjects(ctx, d.Plan) {
		if o.Value == x.Subject {
			subject = o.Label
		}
	}
	if x.Later {
		return ui.T(ctx, "cohort.exception-later", "subject", subject, "until", l.DateTime(x.Until), "cause", ui.T(ctx, "cohort.cause."+x.Cause), "signed", l.InstantDay(x.SignedAt))
	}
	return ui.T(ctx, "cohort.exception-waived", "subject", subject, "cause", ui.T(ctx, "cohort.cause."+x.Cause), "signed", l.InstantDay(x.SignedAt))
}

// timeFacts are what staff know when they answer a question for more time.
func timeFacts(ctx context.Context, v timeView) []ui.Pair {
	l := i18n.From(ctx)
	out := []ui.Pair{{Term: ui.T(ctx, "cohort.time-asked-on"), Detail: ui.Plainly(l.Instant(v.AskedAt))}}
	if v.Words != "" {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.time-words"), Detail: ui.Written(v.Words)})
	}
	if v.state != "" {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.time-stands"), Detail: ui.Plainly(v.state)})
	}
	if !v.due.IsZero() {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.time-due"), Detail: ui.Plainly(l.InstantDay(v.due))})
	}
	return out
}

// proposedOn names the sentence for how a proposal came: an own act is that of
// whoever proposed, and not the officer's.
func proposedOn(basis string) string {
	if basis == cohort.OwnAct {
		return "cohort.basis.by-agency"
	}
	return "cohort.basis." + basis
}
