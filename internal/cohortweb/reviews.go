package cohortweb

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/cohort"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// reviewRoutes are the page of decisions that a later fact puts in doubt.
func (p pages) reviewRoutes() []web.Route {
	fact := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Fact)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/reviews", Need: fact(access.List), Handler: p.reviews},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/reviews/{review}", Need: fact(access.Correct), Handler: p.settle},
	}
}

// reviewsView is a cohort's open reviews, and whom they are about.
type reviewsView struct {
	cohort  cohort.Cohort
	plan    *programme.Blueprint
	waiting []pathway.Waiting
	names   map[id.Person]people.Display
}

func reviewsPath(c id.Cohort) string { return cohortPath(c) + "/reviews" }

func (p pages) reviewsOf(r *http.Request) (reviewsView, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return reviewsView{}, err
	}
	o, err := p.Cohort.Overview(r.Context(), c)
	if err != nil {
		return reviewsView{}, err
	}
	v := reviewsView{cohort: o.Cohort}
	if v.waiting, v.plan, err = p.Pathway.Waiting(r.Context(), c); err != nil {
		return v, err
	}
	var who []id.Person
	for _, x := range v.waiting {
		who = append(who, x.Person)
	}
	v.names, err = p.Cohort.Names(r.Context(), c, lang(r), who...)
	return v, err
}

func (p pages) reviews(w http.ResponseWriter, r *http.Request) error {
	v, err := p.reviewsOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, reviewsPage(v, ui.Form{}))
}

type settleInput struct {
	Outcome string `form:"outcome,max=20"`
}

func (p pages) settle(w http.ResponseWriter, r *http.Request) error {
	review, err := parse[id.Review](r, "review")
	if err != nil {
		return err
	}
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	in, err := web.Decode[settleInput](r)
	if err == nil {
		err = p.Pathway.Settle(r.Context(), web.Operation(r), pathway.SettleInput{Review: review, Outcome: in.Outcome})
	}
	if err != nil {
		v, verr := p.reviewsOf(r)
		if verr != nil {
			return verr
		}
		return web.Again(w, r, err, settleForm(c, review), func(f ui.Form) templ.Component { return reviewsPage(v, f) })
	}
	return web.Done(w, r, reviewsPath(c), "cohort.done.settled")
}

func settleForm(c id.Cohort, review id.Review) ui.Form {
	return ui.NewForm("settle-"+string(review), reviewsPath(c)+"/"+string(review))
}

// reviewForm is the form of one review: the one that was sent, or a new one.
func reviewForm(c id.Cohort, review id.Review, sent ui.Form) ui.Form {
	if f := settleForm(c, review); f.ID != sent.ID {
		return f
	}
	return sent
}

// decidedAt is the page on which the decision can be taken anew.
func decidedAt(f pathway.Fact) string {
	kind, ref, _ := strings.Cut(f.Source, ":")
	switch kind {
	case "nomination":
		return "/nominations/" + ref
	case "selection":
		return "/selections/" + ref
	case "certificate":
		return "/credentials/" + ref
	}
	return cohortPath(f.Cohort) + "/people"
}

func outcomes(ctx context.Context) []ui.Option {
	return ui.Keyed(ctx, "cohort.review-outcome.", []string{"stands", "decided-anew"})
}

// factLine says what a fact tells, about which part, when it happened and when it
// was entered.
func factLine(ctx context.Context, speak pathway.Speaker, f pathway.Fact) string {
	l := i18n.From(ctx)
	what := speak.Kind(f.Kind())
	if f.Subject != "" {
		what = ui.T(ctx, "cohort.review-of", "what", what, "subject", speak.Subject(f.Subject))
	}
	return ui.T(ctx, "cohort.review-fact", "what", what, "happened", l.Instant(f.OccurredAt), "entered", l.Instant(f.RecordedAt))
}
