package people

import (
	"database/sql"
	"errors"
	"slices"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Agency is an organisation that sends officers, or a branch of one.
type Agency struct {
	ID     id.Agency
	Parent id.Agency // empty at the root of a tree
	// Code names it in files and addresses: "fia", "punjab-police".
	Code     string
	Name     i18n.Text
	Country  string // ISO 3166-1 alpha-2
	Kind     string // one of [AgencyKinds]
	Revision int
}

// AgencyKinds lists the kinds of agencies.
func AgencyKinds() []string {
	return []string{"police", "investigation", "border", "prosecution", "judiciary", "social", "other"}
}

// Unit is a part of an agency at a duty station.
type Unit struct {
	ID       id.Unit
	Agency   id.Agency
	Name     i18n.Text
	Station  string
	Revision int
}

// Site is a venue or a centre.
type Site struct {
	ID       id.Site
	Name     i18n.Text
	Country  string
	Zone     string // IANA
	Revision int
}

const agencyColumns = `a.id, COALESCE(a.parent, ''), a.code, a.name, a.country, a.kind, a.revision`

func scanAgency(r interface{ Scan(...any) error }) (Agency, error) {
	var a Agency
	var name string
	if err := r.Scan(&a.ID, &a.Parent, &a.Code, &name, &a.Country, &a.Kind, &a.Revision); err != nil {
		return a, err
	}
	var err error
	a.Name, err = i18n.DecodeText(name)
	return a, err
}

func rowAgency(r *db.Rows) (Agency, error) { return scanAgency(r) }

// AgencyByID returns an agency, or NotFound.
func AgencyByID(tx *db.Tx, agency id.Agency) (Agency, error) {
	a, err := scanAgency(tx.QueryRow(`SELECT `+agencyColumns+` FROM people_agencies a WHERE a.id = ?1`, agency))
	return a, missing(err, "people.agency-unknown")
}

// AgencyByCode returns the agency that files call code, or NotFound.
func AgencyByCode(tx *db.Tx, code string) (Agency, error) {
	a, err := scanAgency(tx.QueryRow(`SELECT `+agencyColumns+` FROM people_agencies a WHERE a.code = ?1`, code))
	return a, missing(err, "people.agency-unknown")
}

// Agencies returns every agency at or below under, or all if under is empty,
// ordered by code.
func Agencies(tx *db.Tx, under id.Agency) ([]Agency, error) {
	if under == "" {
		return db.Collect(tx, rowAgency, `SELECT `+agencyColumns+` FROM people_agencies a ORDER BY a.code`)
	}
	return db.Collect(tx, rowAgency, `SELECT `+agencyColumns+` FROM people_branches b
		JOIN people_agencies a ON a.id = b.agency WHERE b.ancestor = ?1 ORDER BY a.code`, under)
}

// Branch returns the path from the root of the tree down to agency, agency
// included; empty for an agency that does not exist.
func Branch(tx *db.Tx, agency id.Agency) ([]id.Agency, error) {
	return db.Collect(tx, func(r *db.Rows) (id.Agency, error) {
		var a id.Agency
		return a, r.Scan(&a)
	}, `SELECT ancestor FROM people_branches WHERE agency = ?1 ORDER BY depth DESC`, agency)
}

// PlaceOf returns the place of an agency: its country and branch.
func PlaceOf(tx *db.Tx, agency id.Agency) (access.Place, error) {
	a, err := AgencyByID(tx, agency)
	if err != nil {
		return access.Place{}, err
	}
	b, err := Branch(tx, agency)
	return access.Place{Country: a.Country, Agency: a.ID, Branch: b}, err
}

func missing(err error, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, key, nil)
	}
	return err
}

func (a *Agency) check() error {
	var fields []fault.Field
	bad := func(name, key string) { fields = append(fields, fault.Field{Name: name, Key: key}) }
	if a.Name.IsZero() || a.Name.Check() != nil {
		bad("name", "people.agency-name")
	}
	if !isCode(a.Code) {
		bad("code", "people.agency-code")
	}
	if len(a.Country) != 2 {
		bad("country", "people.country-unknown")
	}
	if !slices.Contains(AgencyKinds(), a.Kind) {
		bad("kind", "people.agency-kind")
	}
	if fields != nil {
		return fault.Bad("people.mend", fields...)
	}
	return nil
}

func isCode(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

// EnterAgency writes a new agency and its journal entry, and returns its id. The
// caller has asked the policy.
func EnterAgency(tx *db.Tx, a Agency) (id.Agency, error) {
	if a.Kind == "" {
		a.Kind = "other"
	}
	if err := a.check(); err != nil {
		return "", err
	}
	if a.ID == "" {
		a.ID = id.New[id.Agency]()
	}
	var parent any
	if a.Parent != "" {
		parent = a.Parent
		if _, err := AgencyByID(tx, a.Parent); err != nil {
			return "", err
		}
	}
	if _, err := tx.Exec(`INSERT INTO people_agencies (id, parent, code, name, country, kind, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)`, a.ID, parent, a.Code, a.Name.Encode(), a.Country, a.Kind); err != nil {
		if tx.Dialect().IsUnique(err) {
			return "", fault.Bad("people.mend", fault.Field{Name: "code", Key: "people.agency-code-taken"})
		}
		return "", err
	}
	if _, err := tx.Exec(`INSERT INTO people_branches (ancestor, agency, depth)
		SELECT ancestor, ?1, depth + 1 FROM people_branches WHERE agency = ?2`, a.ID, a.Parent); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`INSERT INTO people_branches (ancestor, agency, depth) VALUES (?1, ?1, 0)`, a.ID); err != nil {
		return "", err
	}
	return a.ID, record(tx, "people.agency-entered", string(a.ID), "", 1, journal.RowOf(agencies, a.ID))
}

// EnterUnit writes a new unit and its journal entry. The caller has asked the
// policy.
func EnterUnit(tx *db.Tx, u Unit) (id.Unit, error) {
	if u.Name.IsZero() || u.Name.Check() != nil {
		return "", fault.Bad("people.mend", fault.Field{Name: "name", Key: "people.unit-name"})
	}
	if u.ID == "" {
		u.ID = id.New[id.Unit]()
	}
	if _, err := tx.Exec(`INSERT INTO people_units (id, agency, name, station, revision) VALUES (?1, ?2, ?3, ?4, 1)`,
		u.ID, u.Agency, u.Name.Encode(), u.Station); err != nil {
		return "", err
	}
	return u.ID, record(tx, "people.unit-entered", string(u.ID), "", 1, journal.RowOf(units, u.ID))
}

// Units lists the units of an agency.
func Units(tx *db.Tx, agency id.Agency) ([]Unit, error) {
	return db.Collect(tx, func(r *db.Rows) (Unit, error) {
		var u Unit
		var name string
		if err := r.Scan(&u.ID, &u.Agency, &name, &u.Station, &u.Revision); err != nil {
			return u, err
		}
		var err error
		u.Name, err = i18n.DecodeText(name)
		return u, err
	}, `SELECT id, agency, name, station, revision FROM people_units WHERE agency = ?1 ORDER BY id`, agency)
}

// EnterSite writes a new site and its journal entry. The caller has asked the
// policy.
func EnterSite(tx *db.Tx, s Site) (id.Site, error) {
	if s.Name.IsZero() || s.Name.Check() != nil {
		return "", fault.Bad("people.mend", fault.Field{Name: "name", Key: "people.site-name"})
	}
	if s.ID == "" {
		s.ID = id.New[id.Site]()
	}
	if _, err := tx.Exec(`INSERT INTO people_sites (id, name, country, zone, revision) VALUES (?1, ?2, ?3, ?4, 1)`,
		s.ID, s.Name.Encode(), s.Country, s.Zone); err != nil {
		return "", err
	}
	return s.ID, record(tx, "people.site-entered", string(s.ID), "", 1, journal.RowOf(sites, s.ID))
}

// Sites lists the sites of a country, or all if country is empty.
func Sites(tx *db.Tx, country string) ([]Site, error) {
	return db.Collect(tx, func(r *db.Rows) (Site, error) {
		var s Site
		var name string
		if err := r.Scan(&s.ID, &name, &s.Country, &s.Zone, &s.Revision); err != nil {
			return s, err
		}
		var err error
		s.Name, err = i18n.DecodeText(name)
		return s, err
	}, `SELECT id, name, country, zone, revision FROM people_sites WHERE country = ?1 OR ?1 = '' ORDER BY id`, country)
}
