package people

import (
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// change is the body of every entry of this package: which row, in which
// revision. What the row says stays out of the journal.
type change struct {
	ID       string    `json:"id"`
	Person   id.Person `json:"person,omitempty"`
	Revision int       `json:"revision"`
}

func record(tx *db.Tx, kind, row string, person id.Person, revision int, rows ...journal.Row) error {
	subject := row
	if person != "" {
		subject = string(person)
	}
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Subject: subject, Scope: tx.Actor().Grant.Scope,
		Body: change{ID: row, Person: person, Revision: revision}, Rows: rows,
	})
}

// Enter writes a new person with her names, contacts and affiliation, and their
// journal entries, and returns her id. The caller has asked the policy.
func Enter(tx *db.Tx, n NewPerson) (id.Person, error) {
	if err := n.check(); err != nil {
		return "", err
	}
	p := id.New[id.Person]()
	if _, err := tx.Exec(`INSERT INTO people_persons (id, sex, alias, officer, sort, revision, created_at)
		VALUES (?1, ?2, '', ?3, '', 1, ?4)`, p, n.Sex, db.Flag(n.Officer), db.Micros(tx.Now())); err != nil {
		return "", err
	}
	if err := record(tx, "people.person-entered", string(p), p, 1, journal.RowOf(persons, p)); err != nil {
		return "", err
	}
	for _, name := range n.Names {
		if _, err := EnterName(tx, p, name); err != nil {
			return "", err
		}
	}
	for _, c := range n.Contacts {
		c.Person = p
		if _, err := EnterContact(tx, c); err != nil {
			return "", err
		}
	}
	if n.Affiliation != nil {
		a := *n.Affiliation
		a.Person = p
		if _, err := Affiliate(tx, a); err != nil {
			return "", err
		}
	}
	if n.Preferences != (Preferences{}) {
		if err := setPreferences(tx, p, n.Preferences); err != nil {
			return "", err
		}
	}
	if pl := n.Place; pl.Country != "" || pl.Agency != "" || pl.Programme != "" || pl.Cohort != "" {
		if err := Locate(tx, p, ByEntry, tx.Actor().ID(), pl); err != nil {
			return "", err
		}
	}
	return p, nil
}

// EnterName writes a new name of a person and its journal entry. The caller has
// asked the policy.
func EnterName(tx *db.Tx, p id.Person, n NewName) (id.Name, error) {
	if f := n.check("name"); f != nil {
		return "", fault.Bad("people.mend", f...)
	}
	nid := id.New[id.Name]()
	if _, err := tx.Exec(`INSERT INTO people_names (id, person, form, script, written, normal, sound, confirmed_at, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 1)`,
		nid, p, n.Form, n.Script, n.Written, Normal(n.Written), Sound(n.Written)); err != nil {
		return "", err
	}
	if err := index(tx, nid, p, n.Written); err != nil {
		return "", err
	}
	return nid, record(tx, "people.name-entered", string(nid), p, 1, journal.RowOf(names, nid))
}

// index writes the search words of a name and the person's sort key.
func index(tx *db.Tx, n id.Name, p id.Person, written string) error {
	if _, err := tx.Exec(`DELETE FROM people_words WHERE name = ?1`, n); err != nil {
		return err
	}
	for i, w := range strings.Fields(Normal(written)) {
		if _, err := tx.Exec(`INSERT INTO people_words (name, position, person, word, sound) VALUES (?1, ?2, ?3, ?4, ?5)`,
			n, i, p, w, sound(w)); err != nil {
			return err
		}
	}
	all, err := NamesOf(tx, p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE people_persons SET sort = ?2 WHERE id = ?1`, p, Normal(choose(all, "Latn").Written))
	return err
}

// choose returns the name to show in a script: as called in that script, else
// any form in it, else as called, else the first.
func choose(all []Name, script string) Name {
	rank := func(n Name) int {
		r := 0
		if n.Script == script {
			r += 8
		}
		switch n.Form {
		case Called:
			r += 3
		case Letter:
			r += 2
		case Printed:
			r++
		}
		return r
	}
	if len(all) == 0 {
		return Name{}
	}
	return slices.MaxFunc(all, func(a, b Name) int { return rank(a) - rank(b) })
}

const nameColumns = `id, person, form, script, written, confirmed_at, revision`

func scanName(r interface{ Scan(...any) error }) (Name, error) {
	var n Name
	var at int64
	err := r.Scan(&n.ID, &n.Person, &n.Form, &n.Script, &n.Written, &at, &n.Revision)
	n.Confirmed = at != 0
	return n, err
}

// NamesOf returns every name of a person, by form and script.
func NamesOf(tx *db.Tx, p id.Person) ([]Name, error) {
	return db.Collect(tx, func(r *db.Rows) (Name, error) { return scanName(r) },
		`SELECT `+nameColumns+` FROM people_names WHERE person = ?1 ORDER BY form, script, id`, p)
}

// EnterContact writes a new contact route and its journal entry. The caller has
// asked the policy.
func EnterContact(tx *db.Tx, c Contact) (id.Contact, error) {
	if f := c.check(); f != nil {
		return "", fault.Bad("people.mend", f...)
	}
	c.ID = id.New[id.Contact]()
	if _, err := tx.Exec(`INSERT INTO people_contacts (id, person, kind, value, holder, through, safe, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)`, c.ID, c.Person, c.Kind, c.Value, c.Holder, c.Through, c.Safe); err != nil {
		return "", err
	}
	return c.ID, record(tx, "people.contact-entered", string(c.ID), c.Person, 1, journal.RowOf(contacts, c.ID))
}

// ContactsOf returns the contact routes of a person: her own first, then shared
// ones, then those through somebody.
func ContactsOf(tx *db.Tx, p id.Person) ([]Contact, error) {
	return db.Collect(tx, func(r *db.Rows) (Contact, error) {
		var c Contact
		return c, r.Scan(&c.ID, &c.Person, &c.Kind, &c.Value, &c.Holder, &c.Through, &c.Safe, &c.Revision)
	}, `SELECT id, person, kind, value, holder, through, safe, revision FROM people_contacts
		WHERE person = ?1 ORDER BY CASE holder WHEN 'own' THEN 0 WHEN 'shared' THEN 1 ELSE 2 END, kind, id`, p)
}

// Affiliate writes a new affiliation, ends the one that lasted until now on the
// day before, and moves the person to the new agency. The caller has asked the
// policy.
func Affiliate(tx *db.Tx, a Affiliation) (id.Affiliation, error) {
	if f := a.check(); f != nil {
		return "", fault.Bad("people.mend", f...)
	}
	if a.Since.IsZero() {
		a.Since = civil.Of(tx.Now(), tx.Now().Location())
	}
	place, err := PlaceOf(tx, a.Agency)
	if err != nil {
		return "", err
	}
	before, err := AffiliationsOf(tx, a.Person)
	if err != nil {
		return "", err
	}
	for _, b := range before {
		if !b.Until.IsZero() {
			continue
		}
		b.Until = a.Since.Plus(-1)
		if b.Until.Before(b.Since) {
			b.Until = b.Since
		}
		if _, err := tx.Exec(`UPDATE people_affiliations SET until = ?2, revision = revision + 1 WHERE id = ?1`, b.ID, b.Until.String()); err != nil {
			return "", err
		}
		if err := Unlocate(tx, b.Person, ByAffiliation, string(b.ID)); err != nil {
			return "", err
		}
		if err := record(tx, "people.affiliation-ended", string(b.ID), b.Person, b.Revision+1, journal.RowOf(affiliations, b.ID)); err != nil {
			return "", err
		}
	}
	a.ID = id.New[id.Affiliation]()
	var unit any
	if a.Unit != "" {
		unit = a.Unit
	}
	if _, err := tx.Exec(`INSERT INTO people_affiliations (id, person, agency, unit, rank, rank_group, post, station, since, until, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1)`,
		a.ID, a.Person, a.Agency, unit, a.Rank, a.RankGroup, a.Post, a.Station, a.Since.String(), day(a.Until)); err != nil {
		return "", err
	}
	if a.Until.IsZero() {
		place.Since = a.Since.Start(tx.Now().Location())
		if err := Locate(tx, a.Person, ByAffiliation, string(a.ID), place); err != nil {
			return "", err
		}
	}
	return a.ID, record(tx, "people.affiliation-entered", string(a.ID), a.Person, 1, journal.RowOf(affiliations, a.ID))
}

func day(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func parseDay(s string) (civil.Date, error) {
	if s == "" {
		return civil.Date{}, nil
	}
	return civil.ParseDate(s)
}

// AffiliationsOf returns a person's affiliations, newest first.
func AffiliationsOf(tx *db.Tx, p id.Person) ([]Affiliation, error) {
	return db.Collect(tx, func(r *db.Rows) (Affiliation, error) {
		var a Affiliation
		var since, until string
		if err := r.Scan(&a.ID, &a.Person, &a.Agency, &a.Unit, &a.Rank, &a.RankGroup, &a.Post, &a.Station, &since, &until, &a.Revision); err != nil {
			return a, err
		}
		var err error
		if a.Since, err = parseDay(since); err != nil {
			return a, err
		}
		a.Until, err = parseDay(until)
		return a, err
	}, `SELECT id, person, agency, COALESCE(unit, ''), rank, rank_group, post, station, since, until, revision
		FROM people_affiliations WHERE person = ?1 ORDER BY since DESC, id DESC`, p)
}

// AffiliationOn returns where a person served on a day: for the snapshot that an
// enrolment keeps. The zero Affiliation if nowhere.
func AffiliationOn(tx *db.Tx, p id.Person, on civil.Date) (Affiliation, error) {
	all, err := AffiliationsOf(tx, p)
	if err != nil {
		return Affiliation{}, err
	}
	for _, a := range all {
		if !a.Since.After(on) && (a.Until.IsZero() || !a.Until.Before(on)) {
			return a, nil
		}
	}
	return Affiliation{}, nil
}

// Locate says that a person belongs in a place, for a reason that source and ref
// name; a second call for the same reason replaces the first. The agency's
// branch is not kept: the tree has it. A nomination makes her an officer.
func Locate(tx *db.Tx, p id.Person, source Source, ref string, at access.Place) error {
	if source == ByNomination {
		n, err := tx.Exec(`UPDATE people_persons SET officer = 1, revision = revision + 1 WHERE id = ?1 AND officer = 0`, p)
		if err != nil {
			return err
		}
		if n > 0 {
			who, err := get(tx, p)
			if err != nil {
				return err
			}
			if err := record(tx, "people.officer-proposed", string(p), p, who.Revision, journal.RowOf(persons, p)); err != nil {
				return err
			}
		}
	}
	if at.Since.IsZero() {
		at.Since = tx.Now()
	}
	_, err := tx.Exec(`INSERT INTO people_places (person, source, ref, country, agency, programme, cohort, since, until)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
		ON CONFLICT (person, source, ref) DO UPDATE SET country = excluded.country, agency = excluded.agency,
			programme = excluded.programme, cohort = excluded.cohort, since = excluded.since, until = excluded.until`,
		p, source, ref, at.Country, at.Agency, at.Programme, at.Cohort, db.Micros(at.Since), db.Micros(at.Until))
	return err
}

// Unlocate takes back what [Locate] said for that reason.
func Unlocate(tx *db.Tx, p id.Person, source Source, ref string) error {
	_, err := tx.Exec(`DELETE FROM people_places WHERE person = ?1 AND source = ?2 AND ref = ?3`, p, source, ref)
	return err
}

func get(tx *db.Tx, p id.Person) (Person, error) {
	var out Person
	var officer int64
	err := tx.QueryRow(`SELECT id, sex, alias, officer, revision FROM people_persons WHERE id = ?1`, p).
		Scan(&out.ID, &out.Sex, &out.Alias, &officer, &out.Revision)
	out.Officer = officer != 0
	return out, missing(err, "people.person-unknown")
}

// Get returns a person, or NotFound. The caller has asked the policy.
func Get(tx *db.Tx, p id.Person) (Person, error) { return get(tx, p) }

// Object returns p as the policy sees her: places and state, as an object of the
// kind (access.Person, access.Names, …). NotFound if there is nobody.
func Object(tx *db.Tx, kind access.Kind, p id.Person) (access.Object, error) {
	all, err := Objects(tx, kind, p)
	if err != nil {
		return access.Object{}, err
	}
	if len(all) == 0 {
		return access.Object{}, fault.New(fault.NotFound, "people.person-unknown", nil)
	}
	return all[0], nil
}

// Objects is [Object] for several people in two statements, in the order asked
// for; those who do not exist are left out.
func Objects(tx *db.Tx, kind access.Kind, ps ...id.Person) ([]access.Object, error) {
	found := map[id.Person]*access.Object{}
	if len(ps) == 0 {
		return nil, nil
	}
	marks, args := list(ps)
	rows, err := tx.Query(`SELECT id, officer FROM people_persons WHERE id IN (`+marks+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p id.Person
		var officer int64
		if err := rows.Scan(&p, &officer); err != nil {
			return nil, err
		}
		o := &access.Object{Kind: kind, ID: string(p), Subject: p, State: access.Staff}
		if officer != 0 {
			o.State = access.Officer
		}
		found[p] = o
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	at, err := tx.Query(`SELECT p.person, p.ref, p.source, p.country, p.agency, p.programme, p.cohort, p.since, p.until, COALESCE(b.ancestor, '')
		FROM people_places p LEFT JOIN people_branches b ON b.agency = p.agency
		WHERE p.person IN (`+marks+`) ORDER BY p.person, p.source, p.ref, b.depth DESC`, args...)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	last := ""
	for at.Next() {
		var person id.Person
		var ref, source string
		var ancestor id.Agency
		var p access.Place
		var since, until int64
		if err := at.Scan(&person, &ref, &source, &p.Country, &p.Agency, &p.Programme, &p.Cohort, &since, &until, &ancestor); err != nil {
			return nil, err
		}
		o := found[person]
		if key := string(person) + "\x00" + source + "\x00" + ref; key != last {
			last = key
			p.Since, p.Until = db.Time(since), db.Time(until)
			o.Places = append(o.Places, p)
		}
		if ancestor != "" {
			q := &o.Places[len(o.Places)-1]
			q.Branch = append(q.Branch, ancestor)
		}
	}
	if err := at.Err(); err != nil {
		return nil, err
	}
	var out []access.Object
	for _, p := range ps {
		if o := found[p]; o != nil {
			out = append(out, *o)
		}
	}
	return out, nil
}

// list returns "?1, ?2 …" and the ids as arguments.
func list(ps []id.Person) (string, []any) {
	var b strings.Builder
	args := make([]any, len(ps))
	for i, p := range ps {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(mark(i + 1))
		args[i] = p
	}
	return b.String(), args
}

// Displays returns how people are shown to a reader who reads lang: by name as
// called, in her script where there is one; by alias where the person asked for
// one and the reader is neither herself, nor a programme officer, nor a focal
// point. People who do not exist are left out. The caller has asked the policy.
func Displays(tx *db.Tx, reader actor.Actor, lang string, ps ...id.Person) (map[id.Person]Display, error) {
	out := map[id.Person]Display{}
	for chunk := range slices.Chunk(ps, 200) {
		marks, args := list(chunk)
		aliases := map[id.Person]string{}
		rows, err := db.Collect(tx, func(r *db.Rows) (Person, error) {
			var p Person
			return p, r.Scan(&p.ID, &p.Alias)
		}, `SELECT id, alias FROM people_persons WHERE alias <> '' AND id IN (`+marks+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			aliases[p.ID] = p.Alias
		}
		all, err := db.Collect(tx, func(r *db.Rows) (Name, error) { return scanName(r) },
			`SELECT `+nameColumns+` FROM people_names WHERE person IN (`+marks+`) ORDER BY person, form, script, id`, args...)
		if err != nil {
			return nil, err
		}
		by := map[id.Person][]Name{}
		for _, n := range all {
			by[n.Person] = append(by[n.Person], n)
		}
		for p, ns := range by {
			if alias, ok := aliases[p]; ok && hides(reader, p) {
				out[p] = shown(p, alias, ScriptOf(alias), true)
				continue
			}
			n := choose(ns, scriptFor(lang))
			out[p] = shown(p, n.Written, n.Script, false)
		}
	}
	return out, nil
}

func hides(reader actor.Actor, p id.Person) bool {
	switch {
	case reader.Person == p, reader.Operator:
		return false
	case reader.Grant.Role == actor.ProgrammeOfficer, reader.Grant.Role == actor.FocalPoint:
		return false
	}
	return true
}

func shown(p id.Person, text, script string, alias bool) Display {
	d := Display{Person: p, Text: text, Lang: "und", Dir: "auto", Alias: alias}
	switch script {
	case "Arab":
		d.Lang, d.Dir = "und-Arab", "rtl"
	case "Latn", "Beng":
		d.Lang, d.Dir = "und-"+script, "ltr"
	}
	return d
}

// scriptFor returns the script in which a reader of lang reads names best.
func scriptFor(lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	switch base {
	case "ur", "ar", "fa", "prs", "ps", "ckb":
		return "Arab"
	case "bn":
		return "Beng"
	}
	return "Latn"
}

// PreferencesOf returns a person's preferences; the zero Preferences if she has
// not chosen any.
func PreferencesOf(tx *db.Tx, p id.Person) (Preferences, error) {
	all, err := db.Collect(tx, func(r *db.Rows) (Preferences, error) {
		var q Preferences
		return q, r.Scan(&q.Language, &q.Calendar, &q.Zone, &q.Numerals, &q.Revision)
	}, `SELECT language, calendar, zone, numerals, revision FROM people_preferences WHERE person = ?1`, p)
	if err != nil || len(all) == 0 {
		return Preferences{}, err
	}
	return all[0], nil
}

func setPreferences(tx *db.Tx, p id.Person, q Preferences) error {
	_, err := tx.Exec(`INSERT INTO people_preferences (person, language, calendar, zone, numerals, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, 1)
		ON CONFLICT (person) DO UPDATE SET language = excluded.language, calendar = excluded.calendar,
			zone = excluded.zone, numerals = excluded.numerals, revision = people_preferences.revision + 1`,
		p, q.Language, q.Calendar, q.Zone, q.Numerals)
	return err
}
