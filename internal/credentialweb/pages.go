package credentialweb

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/credential"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Deps are what the pages need.
type Deps struct {
	Credential *credential.Service
}

type pages struct{ Deps }

// Routes returns the routes of this package.
func Routes(d Deps) []web.Route {
	p := pages{d}
	need := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Certificate)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/credentials", Need: need(access.List), Handler: p.list},
		{Method: http.MethodGet, Pattern: "/cohorts/{cohort}/credentials/preview", Need: need(access.Create), Handler: p.preview},
		{Method: http.MethodPost, Pattern: "/cohorts/{cohort}/credentials", Need: need(access.Create), Handler: p.issue},
		{Method: http.MethodGet, Pattern: "/credentials", Need: web.SignedIn, Handler: p.mine},
		{Method: http.MethodGet, Pattern: "/credentials/{certificate}", Need: need(access.Read), Handler: p.show},
		{Method: http.MethodPost, Pattern: "/credentials/{certificate}/revoke", Need: need(access.Delete), Handler: p.revoke},
	}
}

func parse[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	if err != nil {
		return "", &fault.Error{Kind: fault.NotFound, Cause: err}
	}
	return v, nil
}

func lang(r *http.Request) string { return i18n.From(r.Context()).Lang() }

func listPath(c id.Cohort) string             { return "/cohorts/" + string(c) + "/credentials" }
func certificatePath(c id.Certificate) string { return "/credentials/" + string(c) }

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	after, err := id.Parse[id.Enrolment](r.URL.Query().Get("after"))
	if err != nil {
		after = ""
	}
	s, err := p.Credential.Standing(r.Context(), c, after, lang(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, listPage(s))
}

func issueForm(c id.Cohort, people []id.Person) ui.Form {
	texts := make([]string, len(people))
	for i, p := range people {
		texts[i] = string(p)
	}
	return ui.NewForm("issue", listPath(c)).With("people", texts...)
}

func (p pages) preview(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	var who []id.Person
	for _, v := range r.URL.Query()["people"] {
		if x, err := id.Parse[id.Person](v); err == nil {
			who = append(who, x)
		}
	}
	if len(who) == 0 {
		return web.See(w, r, listPath(c))
	}
	s, drafts, err := p.Credential.Preview(r.Context(), credential.Issuing{Cohort: c, People: who}, lang(r))
	if err != nil {
		return p.refused(w, r, c, err)
	}
	return web.Render(w, r, previewPage(s, drafts, issueForm(c, who)))
}

// refused says why nothing can be issued, and leads back to the list.
func (p pages) refused(w http.ResponseWriter, r *http.Request, c id.Cohort, err error) error {
	return web.Again(w, r, err, issueForm(c, nil), func(f ui.Form) templ.Component { return refusedPage(c, f) })
}

type issueInput struct {
	People []id.Person `form:"people"`
}

func (p pages) issue(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	in, err := web.Decode[issueInput](r)
	if err == nil {
		_, err = p.Credential.Issue(r.Context(), web.Operation(r), credential.Issuing{Cohort: c, People: in.People})
	}
	if err != nil {
		return p.refused(w, r, c, err)
	}
	return web.Done(w, r, listPath(c), "credential.done-issued")
}

func revokeForm(c id.Certificate) ui.Form {
	return ui.NewForm("revoke", certificatePath(c)+"/revoke")
}

func (p pages) shown(r *http.Request) (credential.Shown, error) {
	c, err := parse[id.Certificate](r, "certificate")
	if err != nil {
		return credential.Shown{}, err
	}
	return p.Credential.Show(r.Context(), c, lang(r))
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	x, err := p.shown(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, certificatePage(x, revokeForm(x.ID)))
}

type revokeInput struct {
	Cause string `form:"cause,max=20"`
}

func (p pages) revoke(w http.ResponseWriter, r *http.Request) error {
	x, err := p.shown(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[revokeInput](r)
	if err == nil {
		_, err = p.Credential.Revoke(r.Context(), web.Operation(r), credential.Revoking{Certificate: x.ID, Cause: in.Cause})
	}
	if err != nil {
		return web.Again(w, r, err, revokeForm(x.ID), func(f ui.Form) templ.Component { return certificatePage(x, f) })
	}
	return web.Done(w, r, certificatePath(x.ID), "credential.done-revoked")
}

func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Credential.Mine(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, minePage(all))
}

// say is a text of the blueprint in the person's language.
func say(ctx context.Context, b *programme.Blueprint, t programme.Text) string {
	s, _ := b.Say(t, programme.Language(i18n.From(ctx).Lang()))
	return s
}

func titleOf(ctx context.Context, x credential.Shown) string {
	if x.Plan.Certificate == nil || string(x.Plan.Certificate.Key) != x.Key {
		return ui.T(ctx, "credential.page.one") // the blueprint has another one by now
	}
	return say(ctx, x.Plan, x.Plan.Certificate.Title)
}

func causes(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, c := range credential.RevokeCauses() {
		out = append(out, ui.Option{Value: c, Label: ui.T(ctx, "credential.cause."+c)})
	}
	return out
}

func nextPage(s credential.Standing) string {
	if s.Next == "" {
		return ""
	}
	return listPath(s.Cohort.ID) + "?after=" + url.QueryEscape(string(s.Next))
}

// scriptLang is the language tag by which a browser chooses the letters' font.
func scriptLang(script string) string {
	if script == "" {
		return "und"
	}
	return "und-" + script
}

func validity(ctx context.Context, x credential.Shown) string {
	if x.ValidTo.IsZero() {
		return ui.T(ctx, "credential.valid-always")
	}
	return i18n.From(ctx).Date(x.ValidTo)
}

func unconfirmed(ns []credential.Printed) bool {
	for _, n := range ns {
		if !n.Confirmed {
			return true
		}
	}
	return false
}

// up leads back to the reader's own list.
func up(ctx context.Context, x credential.Shown) ui.Link {
	if x.Self {
		return ui.Link{Label: ui.T(ctx, "credential.page.mine"), Href: "/credentials"}
	}
	return ui.Link{Label: ui.T(ctx, "credential.page.list"), Href: listPath(x.Of.ID)}
}

func anyOpen(s credential.Standing) bool {
	for _, x := range s.Lines {
		if x.Open() {
			return true
		}
	}
	return false
}

func certificateText(ctx context.Context, x credential.Shown) string {
	if x.Plan.Certificate == nil {
		return ""
	}
	return say(ctx, x.Plan, x.Plan.Certificate.Text)
}
