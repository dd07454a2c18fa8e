package peopleweb

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// parse reads an id out of the address; one that is none leads nowhere.
func parse[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	return v, fault.Wrap(fault.NotFound, "access.not-found", err)
}

// optional turns "this is not for you" into nothing at all.
func optional[T any](v T, err error) (T, bool, error) {
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		var none T
		return none, false, nil
	}
	return v, err == nil, err
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	page, err := p.People.Search(r.Context(), people.Search{Text: q.Get("q"), After: q.Get("after")})
	if err != nil {
		return err
	}
	codes, err := p.codes(r)
	if err != nil {
		return err
	}
	next := ""
	if page.Next != "" {
		v := r.URL.Query()
		v.Set("after", page.Next)
		next = "/people?" + v.Encode()
	}
	return web.Render(w, r, listPage(q.Get("q"), page.People, codes, next))
}

// codes names the agencies that the actor may see.
func (p pages) codes(r *http.Request) (map[id.Agency]i18n.Chosen, error) {
	all, _, err := optional(p.People.Agencies(r.Context()))
	out := map[id.Agency]i18n.Chosen{}
	for _, a := range all {
		out[a.ID] = i18n.From(r.Context()).Text(a.Name)
	}
	return out, err
}

// view is one person, as far as the reader may see her.
type view struct {
	Record   people.Record
	Self     bool
	Agencies map[id.Agency]i18n.Chosen
	// Names and Contacts are shown only if the reader may read them.
	Names       []people.Name
	HasNames    bool
	Contacts    []people.Contact
	HasContacts bool
	// What the reader's role might do; the service decides.
	MayName, MayReach, MayMove, MayGrant bool
	// Linked tells whoever may end it that she has linked a supervisor.
	Linked bool
	// For is her own word on her names that staff entered for her, by the name.
	For map[id.Name]people.Behalf
	// MayConfirm tells that the reader may enter her word on how she is printed.
	MayConfirm bool
}

func (p pages) load(r *http.Request, her id.Person) (view, error) {
	ctx := r.Context()
	a := actor.From(ctx)
	v := view{Self: a.Person == her}
	var err error
	if v.Record, err = p.People.See(ctx, her); err != nil {
		return v, err
	}
	if v.Agencies, err = p.codes(r); err != nil {
		return v, err
	}
	if v.Names, v.HasNames, err = optional(p.People.Names(ctx, her)); err != nil {
		return v, err
	}
	if v.Contacts, v.HasContacts, err = optional(p.People.Contacts(ctx, her)); err != nil {
		return v, err
	}
	if v.HasNames {
		entered, err := p.People.EnteredFor(ctx, her)
		if err != nil {
			return v, err
		}
		v.For = map[id.Name]people.Behalf{}
		for _, b := range entered {
			v.For[b.Name] = b
		}
	}
	staff := a.Grant.Role == actor.ProgrammeOfficer || a.Grant.Role == actor.Administrator
	v.MayName = v.HasNames && (v.Self || staff)
	v.MayReach = v.HasContacts && (v.Self || staff)
	v.MayConfirm = v.HasNames && !v.Self && access.Could(a, access.Confirm, access.Names) && a.Grant.Role == actor.ProgrammeOfficer
	v.MayMove = !v.Self && a.Grant.Role == actor.ProgrammeOfficer
	if v.MayMove {
		link, _, err := optional(p.People.LinkOf(ctx, her))
		if err != nil {
			return v, err
		}
		v.Linked = link != nil
	}
	v.MayGrant = !v.Self && access.Could(a, access.Create, access.Grant)
	return v, nil
}

// forms are the forms of a person's page.
type forms struct{ Name, Contact, Move, Alias ui.Form }

func blank(v view) forms {
	at := "/people/" + string(v.Record.ID)
	return forms{
		Name:    ui.NewForm("add-name", at+"/names"),
		Contact: ui.NewForm("add-contact", at+"/contacts").With("kind", people.Phone).With("holder", string(people.Own)),
		Move:    ui.NewForm("move", at+"/transfer"),
		Alias:   ui.NewForm("alias", at+"/alias").With("alias", v.Record.Alias).With("revision", i18n.For(i18n.Prefs{}).Int(v.Record.Revision)),
	}
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	v, err := p.load(r, her)
	if err != nil {
		return err
	}
	return web.Render(w, r, personPage(v, blank(v)))
}

func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r, actor.From(r.Context()).Person)
	if err != nil {
		return err
	}
	return web.Render(w, r, personPage(v, blank(v)))
}

// back is where a person's page is for this reader.
func back(r *http.Request, her id.Person) string {
	if actor.From(r.Context()).Person == her {
		return "/my-names"
	}
	return "/people/" + string(her)
}

// again draws her page once more, with one form as it was sent.
func (p pages) again(w http.ResponseWriter, r *http.Request, her id.Person, err error, which func(*forms) *ui.Form) error {
	v, loadErr := p.load(r, her)
	if loadErr != nil {
		return loadErr
	}
	fs := blank(v)
	return web.Again(w, r, err, *which(&fs), func(f ui.Form) templ.Component {
		*which(&fs) = f
		return personPage(v, fs)
	})
}

type nameInput struct {
	Form    people.Form `form:"form_of_name"`
	Written string      `form:"name,max=200"`
}

func (p pages) addName(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	in, err := web.Decode[nameInput](r)
	if err == nil {
		_, err = p.People.AddName(r.Context(), web.Operation(r), her, people.NewName{Form: in.Form, Written: in.Written})
	}
	if err != nil {
		return p.again(w, r, her, err, func(f *forms) *ui.Form { return &f.Name })
	}
	return web.Done(w, r, back(r, her), "people.name-added")
}

type editInput struct {
	Written  string `form:"written,max=200"`
	Revision int    `form:"revision"`
}

func (p pages) changeName(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	n, err := parse[id.Name](r, "name")
	if err != nil {
		return err
	}
	in, err := web.Decode[editInput](r)
	if err == nil {
		err = p.People.ChangeName(r.Context(), web.Operation(r), people.EditName{Name: n, Revision: in.Revision, Written: in.Written})
	}
	if err == nil {
		return web.Done(w, r, back(r, her), "people.name-changed")
	}
	v, loadErr := p.load(r, her)
	if loadErr != nil {
		return loadErr
	}
	stands := people.Name{ID: n}
	for _, x := range v.Names {
		if x.ID == n {
			stands = x
		}
	}
	f := editForm(her, stands)
	f.Page = pathOf(v)
	return web.Again(w, r, err, f, func(f ui.Form) templ.Component { return editPage(v, f) })
}

func editForm(her id.Person, n people.Name) ui.Form {
	return ui.NewForm("name-"+string(n.ID), "/people/"+string(her)+"/names/"+string(n.ID)).
		With("written", n.Written).With("revision", i18n.For(i18n.Prefs{}).Int(n.Revision))
}

type confirmInput struct {
	Revision int          `form:"revision"`
	Basis    people.Basis `form:"basis,optional,max=20"` // of staff; she needs none
}

// confirmForm is the form by which a name is confirmed. On what basis staff enter her
// word is for them to say.
func confirmForm(her id.Person, n people.Name) ui.Form {
	return ui.NewForm("confirm-"+string(n.ID), "/people/"+string(her)+"/names/"+string(n.ID)+"/confirm").
		With("revision", i18n.For(i18n.Prefs{}).Int(n.Revision))
}

func (p pages) confirmName(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	n, err := parse[id.Name](r, "name")
	if err != nil {
		return err
	}
	in, err := web.Decode[confirmInput](r)
	if err == nil {
		err = p.People.ConfirmName(r.Context(), web.Operation(r), people.Confirmation{Name: n, Revision: in.Revision, Basis: in.Basis})
	}
	if err == nil {
		said := "people.name-confirmed"
		if actor.From(r.Context()).Person != her {
			said = "people.name-confirmed-for"
		}
		return web.Done(w, r, back(r, her), said)
	}
	v, loadErr := p.load(r, her)
	if loadErr != nil {
		return loadErr
	}
	i := slices.IndexFunc(v.Names, func(x people.Name) bool { return x.ID == n })
	if i < 0 || v.Names[i].Confirmed {
		return err // there is nothing left to confirm
	}
	f := confirmForm(her, v.Names[i])
	f.Page = pathOf(v)
	return web.Again(w, r, err, f, func(f ui.Form) templ.Component { return confirmPage(v, v.Names[i], f) })
}

type aliasInput struct {
	Alias    string `form:"alias,optional,max=100"`
	Revision int    `form:"revision"`
}

func (p pages) setAlias(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	in, err := web.Decode[aliasInput](r)
	if err == nil {
		err = p.People.SetAlias(r.Context(), web.Operation(r), people.EditAlias{Person: her, Revision: in.Revision, Alias: in.Alias})
	}
	if err != nil {
		return p.again(w, r, her, err, func(f *forms) *ui.Form { return &f.Alias })
	}
	return web.Done(w, r, back(r, her), "people.alias-kept")
}

type contactInput struct {
	Kind    string        `form:"kind"`
	Value   string        `form:"value,max=254"`
	Holder  people.Holder `form:"holder"`
	Through string        `form:"through,optional,max=200"`
	Safe    string        `form:"safe,optional,max=200"`
}

func (p pages) addContact(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	in, err := web.Decode[contactInput](r)
	if err == nil {
		_, err = p.People.AddContact(r.Context(), web.Operation(r), people.Contact{
			Person: her, Kind: in.Kind, Value: in.Value, Holder: in.Holder, Through: in.Through, Safe: in.Safe,
		})
	}
	if err != nil {
		return p.again(w, r, her, err, func(f *forms) *ui.Form { return &f.Contact })
	}
	return web.Done(w, r, back(r, her), "people.contact-added")
}

// changeContact changes a way to reach her; who may is for the service to say.
func (p pages) changeContact(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	c, err := parse[id.Contact](r, "contact")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Kind     string        `form:"kind"`
		Value    string        `form:"value,max=254"`
		Holder   people.Holder `form:"holder"`
		Through  string        `form:"through,optional,max=200"`
		Safe     string        `form:"safe,optional,max=200"`
		Revision int           `form:"revision"`
	}](r)
	if err == nil {
		err = p.People.ChangeContact(r.Context(), web.Operation(r), people.Contact{
			ID: c, Person: her, Kind: in.Kind, Value: in.Value, Holder: in.Holder, Through: in.Through, Safe: in.Safe, Revision: in.Revision,
		})
	}
	if err == nil {
		return web.Done(w, r, back(r, her), "people.contact-changed")
	}
	v, loadErr := p.load(r, her)
	if loadErr != nil {
		return loadErr
	}
	i := slices.IndexFunc(v.Contacts, func(x people.Contact) bool { return x.ID == c })
	if i < 0 {
		return err
	}
	f := contactForm(her, v.Contacts[i])
	f.Page = pathOf(v)
	return web.Again(w, r, err, f, func(f ui.Form) templ.Component { return editContactPage(v, f) })
}

func contactForm(her id.Person, c people.Contact) ui.Form {
	return ui.NewForm("contact-"+string(c.ID), "/people/"+string(her)+"/contacts/"+string(c.ID)).
		With("kind", c.Kind).With("value", c.Value).With("holder", string(c.Holder)).With("through", c.Through).With("safe", c.Safe).
		With("revision", i18n.For(i18n.Prefs{}).Int(c.Revision))
}

func (p pages) removeContact(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	c, err := parse[id.Contact](r, "contact")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := p.People.RemoveContact(r.Context(), web.Operation(r), her, c); err != nil {
		return err
	}
	return web.Done(w, r, back(r, her), "people.contact-removed")
}

type moveInput struct {
	Agency    id.Agency `form:"agency"`
	Rank      string    `form:"rank,optional,max=100"`
	RankGroup string    `form:"rank_group,optional"`
	Post      string    `form:"post,optional,max=200"`
	Station   string    `form:"station,optional,max=200"`
	Since     string    `form:"since,max=10"`
}

func (p pages) transfer(w http.ResponseWriter, r *http.Request) error {
	her, err := parse[id.Person](r, "person")
	if err != nil {
		return err
	}
	in, err := web.Decode[moveInput](r)
	if err == nil {
		var since civil.Date
		if since, err = civil.ParseDate(in.Since); err != nil {
			err = fault.Bad("people.mend", fault.Field{Name: "since", Key: "fault.date"})
		} else {
			_, err = p.People.Transfer(r.Context(), web.Operation(r), people.Affiliation{
				Person: her, Agency: in.Agency, Rank: in.Rank, RankGroup: in.RankGroup, Post: in.Post, Station: in.Station, Since: since,
			})
		}
	}
	if err != nil {
		return p.again(w, r, her, err, func(f *forms) *ui.Form { return &f.Move })
	}
	return web.Done(w, r, back(r, her), "people.moved")
}

func agencyForm() ui.Form { return ui.NewForm("agency", "/agencies").With("kind", "police") }

func (p pages) agencies(w http.ResponseWriter, r *http.Request) error {
	all, err := p.People.Agencies(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, agenciesPage(all, agencyForm(), access.Could(actor.From(r.Context()), access.Create, access.Agency)))
}

type agencyInput struct {
	Name    string    `form:"name,max=200"`
	NameUr  string    `form:"name_ur,optional,max=200"`
	Code    string    `form:"code,max=40"`
	Country string    `form:"country,max=2"`
	Kind    string    `form:"kind"`
	Parent  id.Agency `form:"parent,optional,max=36"`
}

func (p pages) addAgency(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[agencyInput](r)
	if err == nil {
		name := i18n.NewText("en", in.Name)
		if in.NameUr != "" {
			name = name.And("ur", in.NameUr)
		}
		_, err = p.People.AddAgency(r.Context(), web.Operation(r), people.Agency{
			Name: name, Code: in.Code, Country: in.Country, Kind: in.Kind, Parent: in.Parent,
		})
	}
	if err == nil {
		return web.Done(w, r, "/agencies", "people.agency-added")
	}
	all, listErr := p.People.Agencies(r.Context())
	if listErr != nil {
		return listErr
	}
	return web.Again(w, r, err, agencyForm(), func(f ui.Form) templ.Component { return agenciesPage(all, f, true) })
}
