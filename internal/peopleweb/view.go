package peopleweb

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web/ui"
)

func titleOf(ctx context.Context, v view) string {
	if v.Self {
		return ui.T(ctx, "people.my-names")
	}
	return ui.T(ctx, "people.person")
}

func pathOf(v view) string {
	if v.Self {
		return "/my-names"
	}
	return "/people/" + string(v.Record.ID)
}

func upOf(ctx context.Context, v view) ui.Link {
	if v.Self {
		return ui.Link{}
	}
	return ui.Link{Label: ui.T(ctx, "people.people"), Href: "/people"}
}

func formName(ctx context.Context, f people.Form) string {
	switch f {
	case people.Letter:
		return ui.T(ctx, "people.form-letter")
	case people.Called:
		return ui.T(ctx, "people.form-called")
	case people.Printed:
		return ui.T(ctx, "people.form-printed")
	}
	return ui.T(ctx, "people.form-other")
}

func nameForms(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, f := range people.Forms() {
		out = append(out, ui.Option{Value: string(f), Label: formName(ctx, f)})
	}
	return out
}

func holderName(ctx context.Context, h people.Holder) string {
	switch h {
	case people.Common:
		return ui.T(ctx, "people.holder-shared")
	case people.Through:
		return ui.T(ctx, "people.holder-through")
	}
	return ui.T(ctx, "people.holder-own")
}

func rankGroups(ctx context.Context) []ui.Option {
	name := func(g string) string {
		switch g {
		case "constable":
			return ui.T(ctx, "people.rank-constable")
		case "assistant":
			return ui.T(ctx, "people.rank-assistant")
		case "inspector":
			return ui.T(ctx, "people.rank-inspector")
		case "officer":
			return ui.T(ctx, "people.rank-officer")
		case "senior":
			return ui.T(ctx, "people.rank-senior")
		case "civilian":
			return ui.T(ctx, "people.rank-civilian")
		}
		return ui.T(ctx, "people.rank-unknown")
	}
	var out []ui.Option
	for _, g := range people.RankGroups() {
		out = append(out, ui.Option{Value: g, Label: name(g)})
	}
	return out
}

func agencyKinds(ctx context.Context) []ui.Option {
	name := func(k string) string {
		switch k {
		case "police":
			return ui.T(ctx, "people.kind-police")
		case "investigation":
			return ui.T(ctx, "people.kind-investigation")
		case "border":
			return ui.T(ctx, "people.kind-border")
		case "prosecution":
			return ui.T(ctx, "people.kind-prosecution")
		case "judiciary":
			return ui.T(ctx, "people.kind-judiciary")
		case "social":
			return ui.T(ctx, "people.kind-social")
		}
		return ui.T(ctx, "people.kind-other")
	}
	var out []ui.Option
	for _, k := range people.AgencyKinds() {
		out = append(out, ui.Option{Value: k, Label: name(k)})
	}
	return out
}

func agencyOptions(all map[id.Agency]i18n.Chosen) []ui.Option {
	out := []ui.Option{}
	for a, c := range all {
		out = append(out, ui.Option{Value: string(a), Label: c.Text, Lang: c.Lang})
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return out
}

func parents(ctx context.Context, all []people.Agency) []ui.Option {
	out := []ui.Option{}
	for _, a := range all {
		c := i18n.From(ctx).Text(a.Name)
		out = append(out, ui.Option{Value: string(a.ID), Label: c.Text, Lang: c.Lang})
	}
	return out
}

func parentOf(ctx context.Context, all []people.Agency, a people.Agency) i18n.Chosen {
	for _, p := range all {
		if p.ID == a.Parent {
			return i18n.From(ctx).Text(p.Name)
		}
	}
	return i18n.Chosen{Lang: "und", Dir: "auto"}
}

func countryOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, c := range people.Countries() {
		out = append(out, ui.Option{Value: c, Label: people.CountryName(ctx, c)})
	}
	return out
}

// basisWord says on what word of hers a name is confirmed that staff entered.
func basisWord(ctx context.Context, v view, b people.Behalf) string {
	if b.Basis == people.Paper {
		return to(ctx, v, "people.confirmed-paper")
	}
	return to(ctx, v, "people.confirmed-telephone")
}

// to says to herself what is said of her to others.
func to(ctx context.Context, v view, key string) string {
	if v.Self {
		return ui.T(ctx, "people.mine."+strings.TrimPrefix(key, "people."))
	}
	return ui.T(ctx, key)
}
