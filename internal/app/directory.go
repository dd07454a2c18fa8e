package app

import (
	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/people"
)

// directory answers access for package people.
type directory struct{}

func (directory) Object(tx *db.Tx, kind access.Kind, p id.Person) (access.Object, error) {
	return people.Object(tx, kind, p)
}

func (directory) Branch(tx *db.Tx, agency id.Agency) (access.Place, error) {
	return people.PlaceOf(tx, agency)
}

func (directory) Locate(tx *db.Tx, p id.Person, grant id.Grant, at access.Place) error {
	return people.Locate(tx, p, people.ByGrant, string(grant), at)
}

func (directory) Unlocate(tx *db.Tx, p id.Person, grant id.Grant) error {
	return people.Unlocate(tx, p, people.ByGrant, string(grant))
}

func (directory) Prefs(tx *db.Tx, p id.Person) (i18n.Prefs, error) {
	all, err := people.PreferencesOf(tx, p)
	return all.Prefs(), err
}

func (directory) Enter(tx *db.Tx, name, email string, at access.Place) (id.Person, error) {
	n := people.NewPerson{Names: []people.NewName{{Form: people.Called, Written: name}}, Place: at}
	if email != "" {
		n.Contacts = []people.Contact{{Kind: people.Email, Value: email, Holder: people.Own}}
	}
	return people.Enter(tx, n)
}
