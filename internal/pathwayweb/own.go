package pathwayweb

import (
	"net/http"
	"slices"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

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
	case access.Names, access.Person, access.Affiliation, access.Preferences:
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
