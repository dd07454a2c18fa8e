package player

import (
	"context"
	"strings"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
)

// Speaks reports whether packages of that kind speak to the record store themselves.
func (k Kind) Speaks() bool { return k == Cmi5 || k == XAPI }

// records is the key by which Cadre writes what an LMS says of a registration.
func (s *Service) records() lrs.Key { return s.lrs.Local("cadre", "Cadre", lrs.ScopeAll) }

// Activity is the id of a node of a package in statements: the same over all
// registrations and versions, and never the maker's own (cmi5 8.1.5, 9.4). Of
// xAPI packages, which name themselves, it is theirs.
func (s *Service) activityID(c *Course, u *Unit) string {
	switch {
	case c.Kind == XAPI:
		return u.ID
	case u.Href == "":
		return s.packageID(c) + "/blocks/" + u.Key
	}
	return s.packageID(c) + "/units/" + u.Key
}

// packageID is the id below which those of the nodes of a package lie.
func (s *Service) packageID(c *Course) string { return s.activityAt(c.Module) }

// courseID is the id of the course: that of the module, the same in all its
// languages.
func (s *Service) courseID(c *Course) string {
	if c.Of == "" {
		return s.packageID(c)
	}
	return s.activityAt(c.Of)
}

func (s *Service) activityAt(m id.Module) string {
	return strings.TrimSuffix(s.lrs.Home, "/") + "/xapi/packages/" + string(m)
}

func titleIn(c *Course, title string) map[string]string {
	lang := c.Language
	if lang == "" {
		lang = "en"
	}
	return map[string]string{lang: title}
}

// au is a unit in cmi5's words.
func (s *Service) au(c *Course, u *Unit) cmi5.AU {
	return cmi5.AU{
		ID: s.activityID(c, u), Publisher: u.ID, Title: titleIn(c, u.Title), Type: u.Says.Type, MoveOn: cmi5.MoveOn(u.Says.MoveOn),
		Mastery: u.Says.Mastery, Parameters: u.Says.Parameters, Entitlement: u.Says.Entitlement, OwnWindow: u.Says.OwnWindow,
	}
}

// met reports whether a unit has reached its moveOn.
func (m marks) met(u *Unit) bool {
	return cmi5.MoveOn(u.Says.MoveOn).Met(m.has(u.ID, markCompleted), m.has(u.ID, markPassed), m.has(u.ID, markWaived))
}

// reached reports whether a unit has reached something, rather than having nothing
// to reach.
func (m marks) reached(u *Unit) bool {
	some := m.has(u.ID, markCompleted) || m.has(u.ID, markPassed) || m.has(u.ID, markWaived)
	return some && m.met(u)
}

// group is a block, or with an empty node the course, and whether everything in
// it has reached what it has to.
type group struct {
	node string
	cmi5.Group
	met bool
}

// groups lists the blocks of a course, inner ones before those that hold them,
// and at last the course.
func (s *Service) groups(c *Course, m marks) []group {
	var out []group
	var walk func(us []Unit) bool
	walk = func(us []Unit) bool {
		all := true
		for i := range us {
			u := &us[i]
			var met bool
			if u.Href == "" {
				met = walk(u.Units)
				out = append(out, group{node: u.ID, Group: cmi5.Group{ID: s.activityID(c, u), Publisher: u.ID, Title: titleIn(c, u.Title)}, met: met})
			} else {
				met = m.met(u)
			}
			all = all && met
		}
		return all
	}
	all := walk(c.Units)
	return append(out, group{node: "", Group: cmi5.Group{ID: s.courseID(c), Publisher: c.Publisher, Title: titleIn(c, c.Title), Course: true}, met: all})
}

// of is whose statements are made in a registration.
func (s *Service) of(tx *db.Tx, a Attempt, session string) (cmi5.Of, error) {
	account, err := s.lrs.Account(tx, a.Person)
	return cmi5.Of{Actor: account, Registration: string(a.ID), Session: session}, err
}

// within is the key of the programme that an attempt is part of; empty of one that
// another program launched for its own people.
func (s *Service) within(tx *db.Tx, a Attempt) (string, error) {
	if a.Cohort == "" || s.programme == nil {
		return "", nil
	}
	return s.programme(tx, a.Cohort)
}

// CohortsOf lists the cohorts in which a person has attempts. It asks no policy: the
// caller does.
func CohortsOf(tx *db.Tx, p id.Person) ([]id.Cohort, error) {
	return db.Collect(tx, func(r *db.Rows) (c id.Cohort, err error) { return c, r.Scan(&c) },
		`SELECT DISTINCT cohort FROM player_attempts WHERE person = ?1 AND cohort <> '' ORDER BY cohort`, p)
}

// write keeps statements that Cadre itself makes of an attempt, in the transaction
// of what made them true.
func (s *Service) write(tx *db.Tx, a Attempt, all ...*lrs.Statement) error {
	if len(all) == 0 {
		return nil
	}
	p, err := s.lrs.Prepare(context.Background(), all)
	if err != nil {
		return err
	}
	key := s.records()
	if key.Within, err = s.within(tx, a); err != nil {
		return err
	}
	return s.lrs.StoreIn(tx, key, lrs.XAPI103, p, nil, nil)
}

// ready makes sure that statements can be written within a transaction.
func (s *Service) ready(ctx context.Context) error {
	if s.lrs == nil {
		return nil
	}
	return s.lrs.Ready(ctx)
}

// satisfy says satisfied of every block that has come to be so, and then of the
// course (cmi5 9.3.9): once each in a registration, and by the session that it came
// of.
func (s *Service) satisfy(tx *db.Tx, a Attempt, c *Course, m marks, session string, at time.Time) error {
	of, err := s.of(tx, a, session)
	if err != nil {
		return err
	}
	var all []*lrs.Statement
	for _, g := range s.groups(c, m) {
		if !g.met || m.has(g.node, markSatisfied) {
			continue
		}
		st, err := of.Satisfied(g.Group, at)
		if err != nil {
			return err
		}
		all = append(all, st)
		if err := insertMark(tx, a, g.node, markSatisfied, session, "", at); err != nil {
			return err
		}
		m.set(g.node, markSatisfied, at)
	}
	return s.write(tx, a, all...)
}

// register evaluates what has nothing to reach when a registration begins (cmi5
// 9.6.1), under a session id of its own.
func (s *Service) register(tx *db.Tx, a Attempt, c *Course) error {
	if c.Kind != Cmi5 {
		return nil
	}
	return s.satisfy(tx, a, c, marks{}, id.New[string](), tx.Now())
}

// satisfied is what the marks of a registration say of the whole course. A
// course that asks for nothing is completed once she has worked in it.
func (m marks) whole(units map[string]unitReport) rolledUp {
	if !m.has("", markSatisfied) {
		return rolledUp{}
	}
	worked := false
	for _, u := range units {
		worked = worked || u.leaving != "" || u.completion != "" || u.success != ""
	}
	if !worked {
		return rolledUp{}
	}
	return rolledUp{completion: completed}
}

var errNoUnit = fault.New(fault.NotFound, "player.no-unit", nil)

// unitBy returns a unit that can be launched, by the id that stands in addresses,
// or else by its maker's.
func (c *Course) unitBy(key string) (*Unit, error) {
	leaves := c.Leaves()
	for i := range leaves {
		if leaves[i].Key == key {
			return &leaves[i], nil
		}
	}
	for i := range leaves {
		if leaves[i].ID == key {
			return &leaves[i], nil
		}
	}
	return nil, errNoUnit
}
