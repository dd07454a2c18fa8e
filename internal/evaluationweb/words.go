package evaluationweb

import (
	"context"
	"math"
	"time"

	"cadre/internal/evaluation"
	"cadre/internal/i18n"
	"cadre/internal/programme"
	"cadre/internal/web/ui"
)

func round(x float64) float64 { return math.Round(x*10) / 10 }

func scopeWord(ctx context.Context, s evaluation.Scope) string {
	switch s {
	case evaluation.ToDonor:
		return ui.T(ctx, "evaluation.scope-donor")
	case evaluation.Public:
		return ui.T(ctx, "evaluation.scope-public")
	}
	return ui.T(ctx, "evaluation.scope-programme")
}

// consented is what she has allowed, in full: who may read her words, with her name
// or without it, and until when.
func consented(ctx context.Context, t *evaluation.Testimonial) []ui.Pair {
	l := i18n.From(ctx)
	name, until := "evaluation.without-name", ui.T(ctx, "evaluation.until-taken-back")
	if t.Named {
		name = "evaluation.with-name"
	}
	if !t.Until.IsZero() {
		until = l.InstantDay(t.Until.Add(-time.Nanosecond)) // the last day on which it holds
	}
	return []ui.Pair{
		{Term: ui.T(ctx, "evaluation.testimonial-scope"), Detail: ui.Plainly(scopeWord(ctx, t.Scope))},
		{Term: ui.T(ctx, "evaluation.testimonial-named"), Detail: ui.Plainly(ui.T(ctx, name))},
		{Term: ui.T(ctx, "evaluation.testimonial-until"), Detail: ui.Plainly(until)},
		{Term: ui.T(ctx, "evaluation.testimonial-since"), Detail: ui.Plainly(l.InstantDay(t.Given))},
	}
}

func scopes(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, s := range evaluation.Scopes() {
		out = append(out, ui.Option{Value: string(s), Label: scopeWord(ctx, s)})
	}
	return out
}

func scopeTabs(ctx context.Context, here string, now evaluation.Scope) []ui.Tab {
	var out []ui.Tab
	for _, s := range evaluation.Scopes() {
		out = append(out, ui.Tab{Label: scopeWord(ctx, s), Href: here + "?scope=" + string(s), Here: s == now})
	}
	return out
}

func useWord(ctx context.Context, u evaluation.Use) string {
	switch u {
	case evaluation.UseNever:
		return ui.T(ctx, "evaluation.use-never")
	case evaluation.UseOnce:
		return ui.T(ctx, "evaluation.use-once")
	case evaluation.UseSome:
		return ui.T(ctx, "evaluation.use-sometimes")
	case evaluation.UseOften:
		return ui.T(ctx, "evaluation.use-often")
	}
	return ui.T(ctx, "evaluation.use-no-word")
}

func uses(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, u := range evaluation.Uses() {
		out = append(out, ui.Option{Value: string(u), Label: useWord(ctx, u)})
	}
	return out
}

func obstacles(ctx context.Context) []ui.Option {
	words := map[string]string{
		"no-occasion":  ui.T(ctx, "evaluation.obstacle-no-occasion"),
		"not-my-post":  ui.T(ctx, "evaluation.obstacle-not-my-post"),
		"no-means":     ui.T(ctx, "evaluation.obstacle-no-means"),
		"not-allowed":  ui.T(ctx, "evaluation.obstacle-not-allowed"),
		"not-sure-how": ui.T(ctx, "evaluation.obstacle-not-sure-how"),
		"transferred":  ui.T(ctx, "evaluation.obstacle-transferred"),
		"on-leave":     ui.T(ctx, "evaluation.obstacle-on-leave"),
	}
	var out []ui.Option
	for _, o := range evaluation.Obstacles() {
		out = append(out, ui.Option{Value: o, Label: words[o]})
	}
	return out
}

// authored turns the blueprint's texts into what i18n shows.
func authored(t programme.Text) i18n.Text {
	var out i18n.Text
	for lang, s := range t {
		if out.IsZero() {
			out = i18n.NewText(string(lang), s)
		} else {
			out = out.And(string(lang), s)
		}
		if lang == "en" {
			out.Fallback = "en"
		}
	}
	return out
}

func stageTitle(l *i18n.Localizer, s *programme.Stage) string { return l.Text(authored(s.Title)).Text }

func questionText(l *i18n.Localizer, q programme.GuideQuestion) string {
	return l.Text(authored(q.Text)).Text
}

func formOptions(l *i18n.Localizer, forms []*evaluation.Form) []ui.Option {
	var out []ui.Option
	for _, f := range forms {
		out = append(out, ui.Option{Value: f.Key, Label: l.Text(f.Title.Text).Text})
	}
	return out
}

func stageOptions(l *i18n.Localizer, stages []programme.Stage) []ui.Option {
	var out []ui.Option
	for i := range stages {
		out = append(out, ui.Option{Value: string(stages[i].Key), Label: stageTitle(l, &stages[i])})
	}
	return out
}
