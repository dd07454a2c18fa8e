package cohortweb

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/cohort"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// selectionRoutes are the pages of a selection: the choice of some of a cohort
// from their results.
func (p pages) selectionRoutes() []web.Route {
	selection := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Selection)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/selection/{stage}", Need: selection(access.Read), Handler: p.shortlist},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/selection/{stage}", Need: selection(access.Sign), Handler: p.sign},
		{Method: http.MethodGet, Pattern: "/selections/{selection}", Need: selection(access.Read), Handler: p.selection},
		{Method: http.MethodPost, Pattern: "/selections/{selection}/back", Need: selection(access.Sign), Handler: p.selectionBack},
	}
}

func selectionPath(c id.Cohort, stage string) string { return cohortPath(c) + "/selection/" + stage }

func (p pages) shortlistOf(r *http.Request) (cohort.Shortlist, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return cohort.Shortlist{}, err
	}
	return p.Cohort.Shortlist(r.Context(), c, r.PathValue("stage"), lang(r))
}

// signForm shows those chosen whom the ranking alone would take.
func signForm(l cohort.Shortlist) ui.Form {
	f := ui.NewForm("sign", selectionPath(l.Cohort.ID, string(l.Stage.Key)))
	var take []string
	for _, c := range l.Candidates {
		if c.Suggested == cohort.Take {
			take = append(take, string(c.Person))
		}
	}
	return f.With("chosen", take...).With("digest", l.Digest)
}

func (p pages) shortlist(w http.ResponseWriter, r *http.Request) error {
	l, err := p.shortlistOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, shortlistPage(l, signForm(l)))
}

type signInput struct {
	Chosen []id.Person `form:"chosen,optional"`
	Digest string      `form:"digest,max=80"`
	Reason string      `form:"reason,optional,max=1000"`
	Agreed bool        `form:"agreed"`
}

func (p pages) sign(w http.ResponseWriter, r *http.Request) error {
	l, err := p.shortlistOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[signInput](r)
	var made id.Selection
	if err == nil {
		made, err = p.Cohort.Sign(r.Context(), web.Operation(r), cohort.Signing{
			Cohort: l.Cohort.ID, Stage: string(l.Stage.Key), Chosen: in.Chosen, Digest: in.Digest, Reason: in.Reason, Agreed: in.Agreed,
		})
	}
	if err != nil {
		// What is shown now is what will be signed next; ticks and words stay.
		return web.Again(w, r, err, signForm(l), func(f ui.Form) templ.Component { return shortlistPage(l, f.With("digest", l.Digest)) })
	}
	return web.DoneUndo(w, r, "/selections/"+string(made), "cohort.done.signed", "/selections/"+string(made)+"/back")
}

func (p pages) selection(w http.ResponseWriter, r *http.Request) error {
	sel, err := parse[id.Selection](r, "selection")
	if err != nil {
		return err
	}
	x, l, err := p.Cohort.Selection(r.Context(), sel, lang(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, selectionPage(x, l))
}

func (p pages) selectionBack(w http.ResponseWriter, r *http.Request) error {
	sel, err := parse[id.Selection](r, "selection")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	x, err := p.Cohort.TakeBackSelection(r.Context(), web.Operation(r), sel)
	if err != nil {
		return err
	}
	return web.Done(w, r, selectionPath(x.Cohort, x.Stage), "cohort.done.selection-back")
}

// measureName says what a column of a ranking shows.
func measureName(ctx context.Context, b *programme.Blueprint, m programme.RankBy) string {
	return ui.T(ctx, "cohort.measure."+string(m.By), "stage", stageTitle(ctx, b, string(m.Stage)))
}

// resultWords says one result.
func resultWords(ctx context.Context, by programme.Measure, x pathway.Result) string {
	l := i18n.From(ctx)
	switch {
	case !x.Known:
		return ui.T(ctx, "cohort.result-none")
	case by == programme.ByFinishedFirst:
		return l.Instant(x.At)
	case by == programme.ByHalfDays:
		return l.Number(int64(x.Value))
	}
	return l.Decimal(float64(int64(x.Value*10+signOf(x.Value)*0.5)) / 10)
}

func signOf(x float64) float64 {
	if x < 0 {
		return -1
	}
	return 1
}

func resultAt(xs []pathway.Result, i int) pathway.Result {
	if i < len(xs) {
		return xs[i]
	}
	return pathway.Result{}
}

func rankWords(ctx context.Context, rank int, level bool) string {
	if level {
		return ui.T(ctx, "cohort.rank-level", "n", rank)
	}
	return num(ctx, rank)
}

func suggestionMood(s cohort.Suggestion) ui.Mood {
	switch s {
	case cohort.Take:
		return ui.MoodDone
	case cohort.TieToSolve:
		return ui.MoodPart
	}
	return ui.MoodLocked
}

func rankingHead(ctx context.Context, l cohort.Shortlist, last string) []ui.Column {
	out := []ui.Column{{Label: ui.T(ctx, "cohort.col.rank"), Number: true}, {Label: ui.T(ctx, "cohort.col.officer")}, {Label: ui.T(ctx, "cohort.col.quota")}}
	if l.Stage != nil {
		for _, m := range l.Stage.Selection.Ranking {
			out = append(out, ui.Column{Label: measureName(ctx, l.Plan, m), Number: m.By != programme.ByFinishedFirst})
		}
	}
	return append(out, ui.Column{Label: last})
}

// quotaTitle is a quota of the blueprint by its agency.
func quotaTitle(ctx context.Context, b *programme.Blueprint, key string) string {
	for _, q := range b.Quotas {
		if string(q.Key) != key {
			continue
		}
		for _, a := range b.Agencies {
			if a.Key == q.Agency {
				s, _ := b.Say(a.Title, planLang(ctx))
				return s
			}
		}
	}
	if key == "" {
		return ui.T(ctx, "cohort.no-quota")
	}
	return key
}

func signedFacts(ctx context.Context, x cohort.Signed) []ui.Pair {
	l := i18n.From(ctx)
	out := []ui.Pair{
		{Term: ui.T(ctx, "cohort.selection-by"), Detail: who(x.Signer)},
		{Term: ui.T(ctx, "cohort.selection-at"), Detail: ui.Plainly(l.Instant(x.At))},
		{Term: ui.T(ctx, "cohort.selection-digest"), Detail: ui.Code(x.Digest[:min(16, len(x.Digest))])},
	}
	if x.Reason != "" {
		out = append(out, ui.Pair{Term: ui.T(ctx, "cohort.field.selection-reason"), Detail: ui.Written(x.Reason)})
	}
	return out
}
