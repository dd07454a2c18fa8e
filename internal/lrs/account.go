package lrs

import (
	"database/sql"
	"errors"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
)

// pseudonymSize is the length of a pseudonym in signs of 5 bits each.
const pseudonymSize = 20

// Account returns the pseudonymous account by which statements speak of a
// person, and makes it at first use. Nothing about her can be told from it, and
// it goes when she is erased.
func (s *Service) Account(tx *db.Tx, p id.Person) (statement.Account, error) {
	a := statement.Account{HomePage: s.Home}
	find := func() error { return tx.QueryRow(`SELECT name FROM lrs_accounts WHERE person = ?1`, p).Scan(&a.Name) }
	err := find()
	if !errors.Is(err, sql.ErrNoRows) {
		return a, err
	}
	if _, err := tx.Exec(`INSERT INTO lrs_accounts (name, person, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`,
		id.Secret(pseudonymSize), p, db.Micros(tx.Now())); err != nil {
		return a, err
	}
	return a, find() // whoever came first, on another lane, has named her
}

// PersonOf returns the person behind an account of this instance; empty if it is
// nobody's.
func (s *Service) PersonOf(tx *db.Tx, a statement.Account) (id.Person, error) {
	p, err := s.personOf(tx, a)
	return id.Person(p), err
}
