package people

import (
	"strings"

	"cadre/internal/access"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

// Sex is what quotas and figures count by.
type Sex string

// The sexes as papers state them; NotSaid where they do not.
const (
	Female  Sex = "f"
	Male    Sex = "m"
	NotSaid Sex = ""
)

// Person is what Cadre holds about somebody, beside her rows elsewhere.
type Person struct {
	ID  id.Person
	Sex Sex
	// Alias is shown instead of her name to everyone but herself, the programme's
	// officers and her own focal points; empty if she did not ask for one.
	Alias string
	// Officer tells that an agency proposed her at some time.
	Officer  bool
	Revision int
}

// Form says where a name is used.
type Form string

// The forms of a name.
const (
	Letter  Form = "letter"  // as official letters write it
	Called  Form = "called"  // as she is called
	Printed Form = "printed" // as the certificate shall print it
	Other   Form = "other"   // any other that stands in a letter
)

// Forms lists the forms, in the order in which screens show them.
func Forms() []Form { return []Form{Letter, Called, Printed, Other} }

// Name is one name of a person, in one form and script, exactly as written.
type Name struct {
	ID        id.Name
	Person    id.Person
	Form      Form
	Script    string // ISO 15924
	Written   string
	Confirmed bool // by herself
	Revision  int
}

// NewName is a name to be entered. Script is taken from the letters if empty,
// Form is Letter if empty.
type NewName struct {
	Form    Form
	Script  string
	Written string
}

// maxName bounds a name, in bytes.
const maxName = 200

func (n *NewName) check(field string) []fault.Field {
	n.Written = strings.Join(strings.Fields(n.Written), " ")
	if n.Form == "" {
		n.Form = Letter
	}
	if n.Script == "" {
		n.Script = ScriptOf(n.Written)
	}
	switch {
	case n.Written == "":
		return []fault.Field{{Name: field, Key: "people.name-missing"}}
	case len(n.Written) > maxName:
		return []fault.Field{{Name: field, Key: "people.name-long"}}
	case Normal(n.Written) == "":
		return []fault.Field{{Name: field, Key: "people.name-letters"}}
	case n.Form != Letter && n.Form != Called && n.Form != Printed && n.Form != Other:
		return []fault.Field{{Name: field, Key: "people.name-form"}}
	}
	return nil
}

// Holder says whose a contact route is.
type Holder string

// The holders.
const (
	Own     Holder = "own"
	Common  Holder = "shared"  // a number that others answer too
	Through Holder = "through" // somebody who passes word on
)

// Contact is one way to reach a person.
type Contact struct {
	ID     id.Contact
	Person id.Person
	Kind   string // "phone" or "email"
	Value  string
	Holder Holder
	// Through names who passes word on, where Holder says so.
	Through string
	// Safe says when it is safe to use, in her words: "after six".
	Safe     string
	Revision int
}

// The kinds of contact routes.
const (
	Phone = "phone"
	Email = "email"
)

func (c *Contact) check() []fault.Field {
	c.Value = strings.TrimSpace(i18n.Plain(c.Value))
	if c.Holder == "" {
		c.Holder = Own
	}
	var out []fault.Field
	bad := func(name, key string) { out = append(out, fault.Field{Name: name, Key: key}) }
	switch c.Kind {
	case Phone:
		digits := 0
		for _, r := range c.Value {
			switch {
			case r >= '0' && r <= '9':
				digits++
			case !strings.ContainsRune("+ ()-.", r):
				digits = -99
			}
		}
		if digits < 4 || digits > 20 {
			bad("value", "people.contact-phone")
		}
	case Email:
		user, host, ok := strings.Cut(c.Value, "@")
		if !ok || user == "" || !strings.Contains(host, ".") || strings.ContainsAny(c.Value, " \r\n<>,;") || len(c.Value) > 254 {
			bad("value", "people.contact-email")
		}
	default:
		bad("kind", "people.contact-kind")
	}
	if c.Holder != Own && c.Holder != Common && c.Holder != Through {
		bad("holder", "people.contact-holder")
	}
	if c.Holder == Through && strings.TrimSpace(c.Through) == "" {
		bad("through", "people.contact-through")
	}
	if len(c.Safe) > 200 || len(c.Through) > 200 {
		bad("safe", "people.contact-long")
	}
	return out
}

// Affiliation is where a person serves, from a day until a day.
type Affiliation struct {
	ID        id.Affiliation
	Person    id.Person
	Agency    id.Agency
	Unit      id.Unit // empty if not said
	Rank      string
	RankGroup string // one of [RankGroups]
	Post      string
	Station   string // duty station
	Since     civil.Date
	Until     civil.Date // zero while it lasts
	Revision  int
}

// RankGroups are the groups that figures count by; agencies' ranks differ too
// much to compare.
func RankGroups() []string {
	return []string{"constable", "assistant", "inspector", "officer", "senior", "civilian", ""}
}

// Preferences say how a person wants to read.
type Preferences struct {
	Language string // BCP 47; empty if she has not chosen
	Calendar civil.Calendar
	Zone     string // IANA
	Numerals string // one of i18n.Numerals; empty for those of the language
	Revision int
}

// Prefs returns the preferences as a localiser wants them.
func (p Preferences) Prefs() i18n.Prefs {
	return i18n.Prefs{Lang: p.Language, Calendar: p.Calendar, Zone: p.Zone, Digits: p.Numerals}
}

// Source says why a person belongs in a place.
type Source string

// The sources of places.
const (
	ByAffiliation Source = "affiliation" // she serves there; ref is the affiliation
	ByNomination  Source = "nomination"  // she was proposed; ref is the nomination
	ByGrant       Source = "grant"       // she holds a role there; ref is the grant
	ByEntry       Source = "entry"       // whoever entered her acts there; ref is that person
)

// Display is how a person is shown to one reader.
type Display struct {
	Person id.Person
	// Text is her name as called, or her alias.
	Text string
	// Lang and Dir are for the element that holds it: "und-Arab" and "rtl".
	Lang, Dir string
	// Alias tells that Text is not her name.
	Alias bool
}

// Record is all that the list and the page of a person show of her.
type Record struct {
	Person
	Display      Display
	Affiliations []Affiliation // those that the reader may see, newest first
}

// NewPerson is a person to be entered. One name is enough.
type NewPerson struct {
	Sex         Sex
	Names       []NewName
	Contacts    []Contact
	Affiliation *Affiliation // nil for somebody without an agency
	Preferences Preferences
	// Officer tells that an agency proposes her.
	Officer bool
	// Place is where whoever enters her works; see [ByEntry]. Zero for nowhere.
	Place access.Place
}

func (n *NewPerson) check() error {
	var fields []fault.Field
	if len(n.Names) == 0 {
		fields = append(fields, fault.Field{Name: "name", Key: "people.name-missing"})
	}
	for i := range n.Names {
		fields = append(fields, n.Names[i].check("name")...)
	}
	for i := range n.Contacts {
		fields = append(fields, n.Contacts[i].check()...)
	}
	if n.Sex != Female && n.Sex != Male && n.Sex != NotSaid {
		fields = append(fields, fault.Field{Name: "sex", Key: "people.sex-unknown"})
	}
	if n.Affiliation != nil {
		fields = append(fields, n.Affiliation.check()...)
	}
	if len(fields) > 0 {
		return fault.Bad("people.mend", fields...)
	}
	return nil
}

func (a *Affiliation) check() []fault.Field {
	var out []fault.Field
	if a.Agency == "" {
		out = append(out, fault.Field{Name: "agency", Key: "people.agency-missing"})
	}
	if !a.Until.IsZero() && a.Until.Before(a.Since) {
		out = append(out, fault.Field{Name: "until", Key: "people.until-before-since"})
	}
	known := false
	for _, g := range RankGroups() {
		known = known || g == a.RankGroup
	}
	if !known {
		out = append(out, fault.Field{Name: "rank_group", Key: "people.rank-group-unknown"})
	}
	return out
}
