package people

import (
	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

// Directory tells access what it asks about people.
type Directory struct{}

// Object is [Object].
func (Directory) Object(tx *db.Tx, kind access.Kind, p id.Person) (access.Object, error) {
	return Object(tx, kind, p)
}

// Branch is [PlaceOf].
func (Directory) Branch(tx *db.Tx, agency id.Agency) (access.Place, error) {
	return PlaceOf(tx, agency)
}

// Locate places a person where a grant of hers lies.
func (Directory) Locate(tx *db.Tx, p id.Person, grant id.Grant, at access.Place) error {
	return Locate(tx, p, ByGrant, string(grant), at)
}

// Unlocate takes back what Locate said.
func (Directory) Unlocate(tx *db.Tx, p id.Person, grant id.Grant) error {
	return Unlocate(tx, p, ByGrant, string(grant))
}

// Prefs returns how a person wants to read.
func (Directory) Prefs(tx *db.Tx, p id.Person) (i18n.Prefs, error) {
	q, err := PreferencesOf(tx, p)
	return q.Prefs(), err
}

// Enter makes a person of one name and, if not empty, one address.
func (Directory) Enter(tx *db.Tx, name, email string, at access.Place) (id.Person, error) {
	n := NewPerson{Names: []NewName{{Form: Called, Written: name}}, Place: at}
	if email != "" {
		n.Contacts = []Contact{{Kind: Email, Value: email, Holder: Own}}
	}
	p, err := Enter(tx, n)
	// Whoever asked for a name and an address is told which of them to mend.
	return p, fault.Renamed(err, func(f fault.Field) string {
		if f.Name == "value" {
			return "email"
		}
		return f.Name
	})
}
