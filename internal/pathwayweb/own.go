package pathwayweb

import (
	"net/http"
	"slices"
	"strconv"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
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
	f = f.With("language", i18n.From(r.Context()).Lang()) // what she reads now, if it was chosen on this device alone
	return web.Render(w, r, preferencesPage(f))
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
		return web.Again(w, r, err, f, preferencesPage)
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

// ownView is what the page of her own data shows.
type ownView struct {
	record   people.Record
	names    []people.Name
	contacts []people.Contact
	kept     []Kept
	readings []reading
}

// reading is one line of who read what.
type reading struct {
	day, who, what, purpose string
}

// ownData shows what is kept about her, and who saw it.
func (p pages) ownData(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	me := actor.From(ctx).Person
	l := i18n.From(ctx)
	var v ownView
	var err error
	if v.record, err = p.Persons.See(ctx, me); err != nil {
		return err
	}
	if v.names, err = p.Persons.Names(ctx, me); err != nil {
		return err
	}
	if v.contacts, err = p.Persons.Contacts(ctx, me); err != nil {
		return err
	}
	if p.Kept != nil {
		if v.kept, err = p.Kept(ctx, me); err != nil {
			return err
		}
	}
	if p.Readings != nil {
		all, err := p.Readings.ReadsOf(ctx, me)
		if err != nil {
			return err
		}
		names := map[id.Person]string{}
		if len(all) > 0 && p.Known != nil {
			var who []id.Person
			for _, x := range all {
				if r := id.Person(x.Reader); x.Role != access.ReaderProgram && !slices.Contains(who, r) {
					who = append(who, r)
				}
			}
			if names, err = p.Known(ctx, who); err != nil {
				return err
			}
		}
		v.readings = readingsOf(l, all, names)
	}
	return web.Render(w, r, ownPage(v))
}

// readingsOf says who read what, and for what, in words. Readers are shown by the
// role that they acted in and by their names as she may know them; the role is
// what they looked for.
func readingsOf(l *i18n.Localizer, all []access.Reading, names map[id.Person]string) []reading {
	var out []reading
	seen := map[reading]bool{}
	for _, x := range all {
		d, err := civil.ParseDate(x.Day)
		day := x.Day
		if err == nil {
			day = l.Date(d)
		}
		who := ui.RoleKey(x.Role)
		if x.Role == access.ReaderProgram {
			who = "home.reader-program"
		}
		who = l.T(who)
		if n := names[id.Person(x.Reader)]; n != "" {
			who = l.T("home.seen-name-role", "name", n, "role", who)
		}
		o := reading{day, who, l.T("home.read." + group(x.Kind)), l.T("home.purpose." + string(x.Role))}
		if !seen[o] {
			seen[o] = true
			out = append(out, o)
		}
	}
	return out
}

// group names what was read as she would: several kinds are one thing to her.
func group(k access.Kind) string {
	switch k {
	case access.Names, access.Person, access.Affiliation:
		return "person"
	case access.Contacts:
		return "contacts"
	case access.SupportNeed, access.Arrangement, access.DeclineReason:
		return "needs"
	case access.Need, access.Note, access.Goal, access.CoachingSession, access.Booking, access.Account, access.Coaching:
		return "coaching"
	case access.Scores, access.Items, access.Attempt, access.Test:
		return "results"
	case access.Attendance, access.Evidence, access.Register, access.Declaration, access.ContactList:
		return "attendance"
	}
	return "way"
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// privacy says what is kept and what is not protected, to anyone.
func (p pages) privacy(w http.ResponseWriter, r *http.Request) error {
	_, signedIn := web.SessionOf(r.Context())
	return web.Render(w, r, privacyPage(signedIn))
}

func (p pages) accessibility(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, accessibilityPage())
}
