package accessweb

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// start is where people go when they are in.
const start = "/"

func next(r *http.Request) string { return web.Within(r.FormValue("next")) }

func (p pages) signIn(w http.ResponseWriter, r *http.Request) error {
	if _, ok := web.SessionOf(r.Context()); ok {
		return web.See(w, r, next(r))
	}
	to := next(r)
	return web.Render(w, r, signInPage(codeForm().With("next", to), passphraseForm().With("next", to)))
}

func codeForm() ui.Form       { return quiet(ui.NewForm("code", "/sign-in/code")) }
func passphraseForm() ui.Form { return quiet(ui.NewForm("passphrase", "/sign-in")) }

func quiet(f ui.Form) ui.Form {
	f.Quiet = true
	return f
}

type byPassphrase struct {
	Name       string `form:"name,max=100"`
	Passphrase string `form:"passphrase,raw,max=600"`
	Own        bool   `form:"own"`
	Next       string `form:"next,optional,max=2000"`
}

func (p pages) signInByPassphrase(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[byPassphrase](r)
	if err == nil {
		var e access.Entered
		e, err = p.Access.SignIn(r.Context(), access.Try{
			Name: in.Name, Passphrase: in.Passphrase, Own: in.Own, From: p.from(r), Before: web.SessionToken(r),
		})
		if err == nil {
			web.SignIn(w, e.Token, e.Keep)
			return web.See(w, r, web.Within(in.Next))
		}
	}
	r.PostForm.Del("passphrase") // what was typed wrongly may be right elsewhere
	return web.Again(w, r, err, passphraseForm(), func(f ui.Form) templ.Component {
		return signInPage(codeForm().With("next", f.Value("next")), f)
	})
}

type byCode struct {
	Code string `form:"code,max=40"`
	Own  bool   `form:"own"`
	Next string `form:"next,optional,max=2000"`
}

func (p pages) signInByCode(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[byCode](r)
	if err == nil {
		err = p.come(w, r, access.Try{Code: in.Code, Own: in.Own}, in.Next)
		if err == nil {
			return nil
		}
	}
	return web.Again(w, r, err, codeForm(), func(f ui.Form) templ.Component {
		return signInPage(f, passphraseForm().With("next", f.Value("next")))
	})
}

// come signs in by a code or link, and leads to the choice of a passphrase.
func (p pages) come(w http.ResponseWriter, r *http.Request, try access.Try, to string) error {
	try.From, try.Before = p.from(r), web.SessionToken(r)
	e, err := p.Access.SignIn(r.Context(), try)
	if err != nil {
		return err
	}
	web.SignIn(w, e.Token, e.Keep)
	if to = web.Within(to); to == start {
		return web.See(w, r, "/welcome")
	}
	return web.See(w, r, "/welcome?"+url.Values{"next": {to}}.Encode())
}

func enterForm(link string) ui.Form { return quiet(ui.NewForm("enter", "/enter/"+link)) }

// enter only shows a button: programs that look into links before people do must
// not use them up.
func (p pages) enter(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, enterPage(enterForm(r.PathValue("link"))))
}

type byLink struct {
	Own bool `form:"own"`
}

func (p pages) enterByLink(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[byLink](r)
	if err == nil {
		if err = p.come(w, r, access.Try{Link: r.PathValue("link"), Own: in.Own}, start); err == nil {
			return nil
		}
	}
	return web.Again(w, r, err, enterForm(r.PathValue("link")), enterPage)
}

func (p pages) signOut(w http.ResponseWriter, r *http.Request) error {
	session, _ := web.SessionOf(r.Context())
	if token := web.SessionToken(r); token != "" {
		if err := p.Access.SignOut(r.Context(), token); err != nil {
			return err
		}
	}
	web.SignOut(w, session.Own)
	return web.See(w, r, "/sign-in")
}

func welcomeForm(r *http.Request) (ui.Form, error) {
	proposed, err := access.Propose(i18n.From(r.Context()).Lang())
	if err != nil {
		return ui.Form{}, err
	}
	return ui.NewForm("welcome", "/welcome").With("passphrase", proposed).With("next", next(r)), nil
}

func (p pages) welcome(w http.ResponseWriter, r *http.Request) error {
	name, err := p.Access.SignInName(r.Context())
	if err != nil {
		return err
	}
	has, err := p.Access.HasPassphrase(r.Context())
	if err != nil {
		return err
	}
	f, err := welcomeForm(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, welcomePage(f, name, has))
}

type chosen struct {
	Passphrase string `form:"passphrase,raw,max=600"`
	Next       string `form:"next,optional,max=2000"`
}

func (p pages) choose(w http.ResponseWriter, r *http.Request) error {
	name, err := p.Access.SignInName(r.Context())
	if err != nil {
		return err
	}
	has, err := p.Access.HasPassphrase(r.Context())
	if err != nil {
		return err
	}
	in, err := web.Decode[chosen](r)
	if err == nil {
		err = p.Access.ChoosePassphrase(r.Context(), web.Operation(r), access.NewPassphrase{
			Passphrase: in.Passphrase, Token: web.SessionToken(r),
		})
		if err == nil {
			return web.Done(w, r, "/preferences?first=yes", "access.passphrase-kept")
		}
	}
	return web.Again(w, r, err, ui.NewForm("welcome", "/welcome"), func(f ui.Form) templ.Component {
		return welcomePage(f, name, has)
	})
}

type acting struct {
	Grant id.Grant `form:"grant,max=36"`
}

func (p pages) role(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[acting](r)
	if err != nil {
		return err
	}
	if err := p.Access.ActIn(r.Context(), web.Operation(r), in.Grant); err != nil {
		return err
	}
	return web.See(w, r, start)
}

func (p pages) account(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	me := actor.From(ctx).Person
	var v accountView
	var err error
	if v.Name, err = p.Access.SignInName(ctx); err != nil {
		return err
	}
	if v.Stays, err = p.Access.Stays(ctx); err != nil {
		return err
	}
	if v.Grants, err = p.Access.Grants(ctx, me); err != nil {
		return err
	}
	passes, err := p.Access.Passes(ctx, me)
	if err != nil {
		return err
	}
	makers := make([]id.Person, 0, len(passes))
	for _, x := range passes {
		if x.MadeBy != string(me) {
			v.ByOthers = append(v.ByOthers, x)
			v.Unseen = v.Unseen || x.Unseen
			if id.Valid(x.MadeBy) {
				makers = append(makers, id.Person(x.MadeBy))
			}
		}
	}
	if v.Makers, err = p.People.Staff(ctx, makers...); err != nil {
		return err
	}
	return web.Render(w, r, accountPage(v))
}

func passForm() ui.Form { return ui.NewForm("passphrase", "/account/passphrase") }

func (p pages) passphrase(w http.ResponseWriter, r *http.Request) error {
	proposed, err := access.Propose(i18n.From(r.Context()).Lang())
	if err != nil {
		return err
	}
	return web.Render(w, r, passphrasePage(passForm().With("passphrase", proposed)))
}

type changed struct {
	Current    string `form:"current,raw,optional,max=600"`
	Passphrase string `form:"passphrase,raw,max=600"`
}

func (p pages) changePassphrase(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[changed](r)
	if err == nil {
		err = p.Access.ChoosePassphrase(r.Context(), web.Operation(r), access.NewPassphrase{
			Passphrase: in.Passphrase, Current: in.Current, Token: web.SessionToken(r),
		})
		if err == nil {
			return web.Done(w, r, "/account", "access.passphrase-kept")
		}
	}
	r.PostForm.Del("current")
	return web.Again(w, r, err, passForm(), passphrasePage)
}

func (p pages) everywhere(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Access.SignOutEverywhere(r.Context(), web.Operation(r), actor.From(r.Context()).Person); err != nil {
		return err
	}
	web.SignOut(w, false)
	return web.See(w, r, "/sign-in")
}

func (p pages) endStay(w http.ResponseWriter, r *http.Request) error {
	s, err := id.Parse[id.Session](r.PathValue("session"))
	if err != nil {
		return fault.Wrap(fault.NotFound, "access.not-found", err)
	}
	if err := p.Access.EndStay(r.Context(), web.Operation(r), s); err != nil {
		return err
	}
	return web.Done(w, r, "/account", "access.stay-ended")
}

func (p pages) seen(w http.ResponseWriter, r *http.Request) error {
	if err := p.Access.Seen(r.Context(), web.Operation(r)); err != nil {
		return err
	}
	return web.See(w, r, "/account")
}
