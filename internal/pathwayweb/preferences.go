package pathwayweb

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// zones are the time zones offered: those of the programmes' countries and
// offices. A person's own is added if it is another.
func zones() []string {
	return []string{"Asia/Karachi", "Asia/Kabul", "Asia/Tehran", "Asia/Baghdad", "Asia/Dhaka", "Europe/Vienna", "Europe/Brussels", "UTC"}
}

// preferencesForm is the form of how she reads, as it stands.
func (p pages) preferencesForm(r *http.Request) (ui.Form, error) {
	now, err := p.Persons.Preferences(r.Context(), actor.From(r.Context()).Person)
	if err != nil {
		return ui.Form{}, err
	}
	l := i18n.From(r.Context())
	session, _ := web.SessionOf(r.Context())
	in := session.Prefs
	f := ui.NewForm("preferences", "/preferences").
		With("language", or(in.Lang, l.Lang())).
		With("calendar", or(string(in.Calendar), string(civil.Gregorian))).
		With("zone", or(in.Zone, l.Prefs().Zone)).
		With("numerals", in.Digits).
		With("revision", strconv.Itoa(now.Revision))
	f.Page = "/preferences"
	return f, nil
}

// preferences shows how she reads, and lets her change it.
func (p pages) preferences(w http.ResponseWriter, r *http.Request) error {
	f, err := p.preferencesForm(r)
	if err != nil {
		return err
	}
	page, err := p.preferencesPage(r)
	if err != nil {
		return err
	}
	f = f.With("language", i18n.From(r.Context()).Lang()) // what she reads now, if it was chosen on this device alone
	return web.Render(w, r, page(f))
}

// preferencesPage draws her page, with who entered it for her if it was not she.
func (p pages) preferencesPage(r *http.Request) (func(ui.Form) templ.Component, error) {
	entered, err := p.Persons.EnteredFor(r.Context(), actor.From(r.Context()).Person)
	if err != nil {
		return nil, err
	}
	for _, b := range entered {
		if b.Name == "" {
			return func(f ui.Form) templ.Component { return preferencesPage(f, &b) }, nil
		}
	}
	return func(f ui.Form) templ.Component { return preferencesPage(f, nil) }, nil
}

type preferInput struct {
	Language string         `form:"language,max=35"`
	Calendar civil.Calendar `form:"calendar,max=20"`
	Zone     string         `form:"zone,max=60"`
	Numerals string         `form:"numerals,optional,max=20"`
	Revision int            `form:"revision"`
}

func (p pages) prefer(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[preferInput](r)
	if err == nil {
		err = p.Persons.Prefer(r.Context(), web.Operation(r), actor.From(r.Context()).Person, people.Preferences{
			Language: in.Language, Calendar: in.Calendar, Zone: in.Zone, Numerals: in.Numerals, Revision: in.Revision,
		})
	}
	if err != nil {
		f, ferr := p.preferencesForm(r)
		if ferr != nil {
			return ferr
		}
		page, perr := p.preferencesPage(r)
		if perr != nil {
			return perr
		}
		return web.Again(w, r, err, f, page)
	}
	web.ChooseLanguage(w, "") // what she prefers holds again on this device
	return web.Done(w, r, "/preferences", "home.preferences-saved")
}

func languageOptions() []ui.Option {
	var out []ui.Option
	for _, l := range i18n.Shipped().Languages() {
		out = append(out, ui.Option{Value: l.Tag, Label: l.Name, Lang: l.Tag})
	}
	return out
}

func calendarOptions(l *i18n.Localizer) []ui.Option {
	var out []ui.Option
	for _, c := range civil.Calendars() {
		out = append(out, ui.Option{Value: string(c), Label: l.T("locale.calendar." + string(c))})
	}
	return out
}

func zoneOptions(l *i18n.Localizer, own string) []ui.Option {
	var out []ui.Option
	found := false
	for _, z := range zones() {
		found = found || z == own
		out = append(out, ui.Option{Value: z, Label: l.Zone(z)})
	}
	if !found && own != "" {
		out = append(out, ui.Option{Value: own, Label: l.Zone(own)})
	}
	return out
}

func numeralOptions(l *i18n.Localizer) []ui.Option {
	out := []ui.Option{{Value: "", Label: l.T("home.numerals-usual")}}
	for _, n := range i18n.Numerals() {
		out = append(out, ui.Option{Value: n, Label: l.T("locale.numerals." + n)})
	}
	return out
}

// herForm is the form of how somebody else reads, as it stands; she may have chosen
// nothing yet. On what basis it is entered is for whoever enters it to say.
func herForm(l *i18n.Localizer, her id.Person, now people.Preferences) ui.Form {
	f := ui.NewForm("preferences", "/people/"+string(her)+"/preferences").
		With("language", or(now.Language, l.Lang())).
		With("calendar", or(string(now.Calendar), string(civil.Gregorian))).
		With("zone", or(now.Zone, l.Prefs().Zone)).
		With("numerals", now.Numerals).
		With("revision", strconv.Itoa(now.Revision))
	f.Page = f.Action
	return f
}

// hers draws the page on which staff enter how somebody wants to read.
func (p pages) hers(r *http.Request) (func(ui.Form) templ.Component, ui.Form, id.Person, error) {
	her, err := id.Parse[id.Person](r.PathValue("person"))
	if err != nil {
		return nil, ui.Form{}, "", fault.Wrap(fault.NotFound, "access.not-found", err)
	}
	now, err := p.Persons.Preferences(r.Context(), her)
	if err != nil {
		return nil, ui.Form{}, "", err
	}
	record, err := p.Persons.See(r.Context(), her)
	if err != nil {
		return nil, ui.Form{}, "", err
	}
	return func(f ui.Form) templ.Component { return herPreferencesPage(record.Display, f) }, herForm(i18n.From(r.Context()), her, now), her, nil
}

// herPreferences shows staff how somebody reads, and lets them enter what she said.
func (p pages) herPreferences(w http.ResponseWriter, r *http.Request) error {
	page, f, her, err := p.hers(r)
	if err != nil {
		return err
	}
	if her == actor.From(r.Context()).Person {
		return web.See(w, r, "/preferences")
	}
	return web.Render(w, r, page(f))
}

type preferForInput struct {
	Language string         `form:"language,max=35"`
	Calendar civil.Calendar `form:"calendar,max=20"`
	Zone     string         `form:"zone,max=60"`
	Numerals string         `form:"numerals,optional,max=20"`
	Basis    people.Basis   `form:"basis,max=20"`
	Revision int            `form:"revision"`
}

func (p pages) preferFor(w http.ResponseWriter, r *http.Request) error {
	page, f, her, err := p.hers(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[preferForInput](r)
	if err == nil {
		err = p.Persons.PreferFor(r.Context(), web.Operation(r), her, in.Basis, people.Preferences{
			Language: in.Language, Calendar: in.Calendar, Zone: in.Zone, Numerals: in.Numerals, Revision: in.Revision,
		})
	}
	if err != nil {
		return web.Again(w, r, err, f, page)
	}
	return web.Done(w, r, f.Action, "home.preferences-saved-for")
}
