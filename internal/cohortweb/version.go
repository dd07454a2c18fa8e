package cohortweb

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/cohort"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// moving is a cohort that may be moved to another version of its programme, and
// what that would change for whom.
type moving struct {
	cohort   cohort.Cohort
	versions []programme.Version
	to       id.Version // the one looked at; empty if none
	revision int64
	plan     *programme.Blueprint // of the version looked at
	changes  []pathway.Consequence
	names    map[id.Person]people.Display
}

func (p pages) movingOf(r *http.Request, to id.Version) (moving, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return moving{}, err
	}
	o, err := p.Cohort.Overview(r.Context(), c)
	if err != nil {
		return moving{}, err
	}
	m := moving{cohort: o.Cohort}
	if m.versions, err = p.Programmes.History(r.Context(), o.Cohort.Programme); err != nil {
		return m, err
	}
	for _, v := range m.versions {
		if v.ID == to && to != o.Cohort.Version {
			m.to = to
		}
	}
	if m.to == "" {
		return m, nil
	}
	if m.plan, err = p.Programmes.Blueprint(r.Context(), to); err != nil {
		return m, err
	}
	if m.changes, err = p.Pathway.WhatWouldChange(r.Context(), c, to); err != nil {
		return m, err
	}
	if m.revision, err = p.Cohort.FollowingRevision(r.Context(), c); err != nil {
		return m, err
	}
	ps := make([]id.Person, len(m.changes))
	for i, x := range m.changes {
		ps[i] = x.Person
	}
	m.names, err = p.Cohort.Names(r.Context(), c, lang(r), ps...)
	return m, err
}

func (p pages) versions(w http.ResponseWriter, r *http.Request) error {
	to, err := id.Parse[id.Version](r.URL.Query().Get("to"))
	if err != nil {
		to = ""
	}
	m, err := p.movingOf(r, to)
	if err != nil {
		return err
	}
	return web.Render(w, r, versionPage(m, moveForm(m)))
}

func moveForm(m moving) ui.Form {
	return ui.NewForm("move", cohortPath(m.cohort.ID)+"/version").With("to", string(m.to)).With("revision", itoa(m.revision))
}

type moveInput struct {
	To       id.Version `form:"to"`
	Revision int64      `form:"revision"`
}

func (p pages) move(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[moveInput](r)
	m, merr := p.movingOf(r, in.To)
	if merr != nil {
		return merr
	}
	if err == nil {
		err = p.Pathway.Move(r.Context(), web.Operation(r), pathway.MoveInput{Cohort: m.cohort.ID, Version: in.To, Revision: in.Revision})
	}
	if err != nil {
		return web.Again(w, r, err, moveForm(m), func(f ui.Form) templ.Component { return versionPage(m, f) })
	}
	return web.Done(w, r, cohortPath(m.cohort.ID), "cohort.done.moved")
}

// changeLine says one difference for one person.
func changeLine(ctx context.Context, m moving, c pathway.Change) string {
	l := i18n.From(ctx)
	say := pathway.Speak(l, m.plan)
	word := func(prefix, s string) string {
		if s == "" {
			return ui.T(ctx, "cohort.not-there")
		}
		if l.Has(prefix + s) {
			return l.T(prefix + s)
		}
		return s
	}
	switch c.What {
	case "stage":
		return ui.T(ctx, "cohort.change-line", "what", say.Stage(c.Stage), "was", word("pathway.state.", c.Was), "will", word("pathway.state.", c.Is))
	case "seat":
		return ui.T(ctx, "cohort.change-line", "what", ui.T(ctx, "cohort.fact.seat"), "was", word("cohort.seat-standing.", c.Was), "will", word("cohort.seat-standing.", c.Is))
	case "certificate":
		return ui.T(ctx, "cohort.change-line", "what", ui.T(ctx, "cohort.certificate"), "was", word("cohort.certificate-standing.", c.Was), "will", word("cohort.certificate-standing.", c.Is))
	}
	return ui.T(ctx, "cohort.change-line", "what", ui.T(ctx, "cohort.participation"), "was", word("cohort.participation-standing.", c.Was), "will", word("cohort.participation-standing.", c.Is))
}
