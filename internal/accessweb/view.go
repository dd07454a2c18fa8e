package accessweb

import (
	"context"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web/ui"
)

// accountView is what the page of one's own account shows.
type accountView struct {
	Name     string
	Stays    []access.Stay
	Grants   []access.Held
	ByOthers []access.Pass
	Unseen   bool
	Makers   map[id.Person]people.Display
}

// slip is one invitation on a printed sheet.
type slip struct {
	Ticket access.Ticket
	Who    people.Display
}

// grantsView is a list of grants with the names that it needs.
type grantsView struct {
	Held    []access.Held
	People  map[id.Person]people.Display
	Names   map[string]string // of agencies, programmes, cohorts and countries, by id
	Options choices
}

// who names an actor as the journal names her.
func who(ctx context.Context, ps map[id.Person]people.Display, by string) string {
	if d, ok := ps[id.Person(by)]; ok {
		return d.Text
	}
	switch by {
	case "operator":
		return ui.T(ctx, "access.by-operator")
	}
	return ui.T(ctx, "access.by-staff")
}

// bounds says in words what a grant is bounded by.
func (v grantsView) bounds(ctx context.Context, s actor.Scope) string {
	var parts []string
	for _, x := range []string{s.Country, string(s.Agency), string(s.Programme), string(s.Cohort)} {
		if x == "" {
			continue
		}
		if n := v.Names[x]; n != "" {
			parts = append(parts, n)
		} else {
			parts = append(parts, ui.T(ctx, "access.bound-elsewhere"))
		}
	}
	if parts == nil {
		return ui.T(ctx, "access.bound-none")
	}
	return i18n.From(ctx).List(parts...)
}

// period says from when until when a grant holds.
func period(ctx context.Context, h access.Held) string {
	l := i18n.From(ctx)
	if !h.EndedAt.IsZero() {
		return ui.T(ctx, "access.period-ended", "day", l.InstantDay(h.EndedAt))
	}
	if h.Until.IsZero() {
		return ui.T(ctx, "access.period-since", "day", l.InstantDay(h.From))
	}
	return ui.T(ctx, "access.period-until", "from", l.InstantDay(h.From), "until", l.InstantDay(h.Until))
}

// credentialName is the word for a kind of credential.
func credentialName(ctx context.Context, kind string) string {
	switch kind {
	case "code":
		return ui.T(ctx, "access.kind-code")
	case "link":
		return ui.T(ctx, "access.kind-link")
	}
	return ui.T(ctx, "access.kind-passphrase")
}

// grouped writes a code in two halves: it is easier to copy.
func grouped(code string) string {
	if len(code) != access.CodeSigns {
		return code
	}
	return code[:4] + "-" + code[4:]
}

// since says when something last happened, or that it never did.
func since(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ui.T(ctx, "access.never")
	}
	return i18n.From(ctx).Instant(t)
}
