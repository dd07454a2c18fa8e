package app

import (
	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
)

// accounts answers player for package people, about those whom another program
// launches packages for.
type accounts struct{}

// Known answers player.
func (accounts) Known(tx *db.Tx, p id.Person) error {
	_, err := people.Object(tx, access.Person, p)
	if fault.Is(err, fault.NotFound) {
		return fault.Bad("fault.invalid", fault.Field{Name: "person", Key: "access.not-found"})
	}
	return err
}

// EnterAccount answers player. What the account is called stands for her name,
// where it could be one.
func (accounts) EnterAccount(tx *db.Tx, name string) (id.Person, error) {
	p, err := people.Enter(tx, people.NewPerson{Names: []people.NewName{{Written: name}}})
	if fault.Is(err, fault.Invalid) {
		return people.Enter(tx, people.NewPerson{Names: []people.NewName{{Written: "Learner " + id.Secret(6)}}})
	}
	return p, err
}
