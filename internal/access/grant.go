package access

import (
	"context"
	"slices"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Held is a grant as its holder has it.
type Held struct {
	actor.Grant
	Person id.Person
	// GivenBy is who gave it, as the journal names actors.
	GivenBy string
	GivenAt time.Time
	// EndedAt is zero unless it was taken away before its time.
	EndedAt time.Time
	EndedBy string
}

// Now reports whether the grant is valid at t.
func (h Held) Now(t time.Time) bool {
	return h.EndedAt.IsZero() && !t.Before(h.From) && (h.Until.IsZero() || t.Before(h.Until))
}

// Giving is a grant to be given. Its scope names everything that holds it: a
// cohort's grant names the programme as well, or the programme's officer does not
// see it.
type Giving struct {
	Person id.Person
	Role   actor.Role
	Scope  actor.Scope
	// From is now if zero; Until is unbounded if zero.
	From, Until time.Time
}

func (g Giving) check() error {
	var fields []fault.Field
	bad := func(name, key string) { fields = append(fields, fault.Field{Name: name, Key: key}) }
	if !slices.Contains(actor.Roles(), g.Role) {
		bad("role", "access.role-unknown")
	}
	if g.Role == actor.FocalPoint && g.Scope.Agency == "" {
		bad("agency", "access.focal-point-agency")
	}
	if g.Role == actor.Participant && g.Scope.Cohort == "" {
		bad("cohort", "access.participant-cohort")
	}
	if g.Scope.Country != "" && len(g.Scope.Country) != 2 {
		bad("country", "access.country-code")
	}
	if !g.Until.IsZero() && !g.From.Before(g.Until) {
		bad("until", "access.until-before-from")
	}
	if fields != nil {
		return fault.Bad("access.mend", fields...)
	}
	return nil
}

type grantBody struct {
	Grant  id.Grant   `json:"grant"`
	Person id.Person  `json:"person"`
	Role   actor.Role `json:"role"`
}

const grantColumns = `id, person, role, country, agency, programme, cohort, since, until, given_by, given_at, ended_by, ended_at`

func scanHeld(r interface{ Scan(...any) error }) (Held, error) {
	var h Held
	var from, until, given, ended int64
	err := r.Scan(&h.ID, &h.Person, &h.Role, &h.Scope.Country, &h.Scope.Agency, &h.Scope.Programme, &h.Scope.Cohort,
		&from, &until, &h.GivenBy, &given, &h.EndedBy, &ended)
	h.From, h.Until, h.GivenAt, h.EndedAt = db.Time(from), db.Time(until), db.Time(given), db.Time(ended)
	return h, err
}

func rowHeld(r *db.Rows) (Held, error) { return scanHeld(r) }

// GrantsOf returns a person's grants, valid and past, newest first.
func GrantsOf(tx *db.Tx, p id.Person) ([]Held, error) {
	return db.Collect(tx, rowHeld, `SELECT `+grantColumns+` FROM access_grants WHERE person = ?1 ORDER BY since DESC, id DESC`, p)
}

// GrantsNow returns the grants that a person may act under at the transaction's
// instant, in the order in which screens show roles.
func GrantsNow(tx *db.Tx, p id.Person) ([]actor.Grant, error) {
	all, err := GrantsOf(tx, p)
	if err != nil {
		return nil, err
	}
	var out []actor.Grant
	for _, h := range all {
		if h.Now(tx.Now()) {
			out = append(out, h.Grant)
		}
	}
	order := actor.Roles()
	slices.SortStableFunc(out, func(a, b actor.Grant) int { return slices.Index(order, a.Role) - slices.Index(order, b.Role) })
	return out, nil
}

// Give gives a grant inside a transaction, for capabilities that make somebody a
// participant or a coach; the caller has asked the policy. A grant that she holds
// already, in the same role and scope, is returned as it is.
func (s *Service) Give(tx *db.Tx, g Giving) (id.Grant, error) {
	if g.From.IsZero() {
		g.From = tx.Now()
	}
	if err := g.check(); err != nil {
		return "", err
	}
	held, err := GrantsOf(tx, g.Person)
	if err != nil {
		return "", err
	}
	for _, h := range held {
		if h.Now(tx.Now()) && h.Role == g.Role && h.Scope == g.Scope && h.Until.Equal(g.Until) {
			return h.ID, nil
		}
	}
	at, err := s.place(tx, g.Scope)
	if err != nil {
		return "", err
	}
	n := id.New[id.Grant]()
	if _, err := tx.Exec(`INSERT INTO access_grants (id, person, role, country, agency, programme, cohort, since, until, given_by, given_at, ended_by, ended_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '', 0)`,
		n, g.Person, g.Role, g.Scope.Country, g.Scope.Agency, g.Scope.Programme, g.Scope.Cohort,
		db.Micros(g.From), db.Micros(g.Until), tx.Actor().ID(), db.Micros(tx.Now())); err != nil {
		return "", err
	}
	at.Since, at.Until = g.From, g.Until
	if err := s.people.Locate(tx, g.Person, n, at); err != nil {
		return "", err
	}
	return n, journal.Append(tx, journal.Entry{
		Kind: "access.grant-given", Version: 1, Scope: g.Scope, Subject: string(g.Person),
		Body: grantBody{n, g.Person, g.Role}, Rows: []journal.Row{journal.RowOf(grants(), n)},
	})
}

// place is where a scope lies.
func (s *Service) place(tx *db.Tx, scope actor.Scope) (Place, error) {
	var at Place
	if scope.Agency != "" {
		var err error
		if at, err = s.people.Branch(tx, scope.Agency); err != nil {
			return at, err
		}
	}
	if scope.Country != "" {
		at.Country = scope.Country
	}
	at.Programme, at.Cohort = scope.Programme, scope.Cohort
	return at, nil
}

// GiveGrant gives a grant to somebody whom the actor may see: a grant lets its
// giver see the holder, and must not be a way to see a stranger. Nobody gives
// more than her own scope holds, and only administrators and commands make
// administrators.
func (s *Service) GiveGrant(ctx context.Context, op id.Operation, in Giving) (id.Grant, error) {
	var out id.Grant
	err := update(ctx, s, op, "access.give-grant", &out, func(tx *db.Tx) error {
		o, err := s.grantObject(tx, in.Person, in.Scope)
		if err != nil {
			return err
		}
		a := tx.Actor()
		her, err := s.people.Object(tx, Person, in.Person)
		if err != nil {
			return err
		}
		if err := Allow(a, Read, her); err != nil {
			return err
		}
		if err := Allow(a, Create, o); err != nil {
			return err
		}
		if in.Role == actor.Administrator && a.Grant.Role != actor.Administrator && !a.Operator {
			return fault.New(fault.Denied, "access.denied", nil)
		}
		out, err = s.Give(tx, in)
		return err
	})
	return out, err
}

// grantObject is a grant over a scope, held by p, as the policy sees it.
func (s *Service) grantObject(tx *db.Tx, p id.Person, scope actor.Scope) (Object, error) {
	o, err := s.people.Object(tx, Grant, p)
	if err != nil {
		return o, err
	}
	at, err := s.place(tx, scope)
	if err != nil {
		return o, err
	}
	return Object{Kind: Grant, Subject: p, State: o.State, Place: at}, nil
}

// EndGrant takes a grant away.
func (s *Service) EndGrant(ctx context.Context, op id.Operation, g id.Grant) error {
	var out struct{}
	return update(ctx, s, op, "access.end-grant", &out, func(tx *db.Tx) error {
		h, err := scanHeld(tx.QueryRow(`SELECT `+grantColumns+` FROM access_grants WHERE id = ?1`, g))
		if err != nil {
			return missing(err)
		}
		o, err := s.grantObject(tx, h.Person, h.Scope)
		if err != nil {
			return err
		}
		o.ID = string(g)
		if err := Allow(tx.Actor(), Delete, o); err != nil {
			return err
		}
		return s.End(tx, h.ID)
	})
}

// End takes a grant away inside a transaction; the caller has asked the policy.
// One that has ended stays as it is.
func (s *Service) End(tx *db.Tx, g id.Grant) error {
	h, err := scanHeld(tx.QueryRow(`SELECT `+grantColumns+` FROM access_grants WHERE id = ?1`, g))
	if err != nil || !h.EndedAt.IsZero() {
		return missing(err)
	}
	if _, err := tx.Exec(`UPDATE access_grants SET ended_at = ?2, ended_by = ?3 WHERE id = ?1`, g, db.Micros(tx.Now()), tx.Actor().ID()); err != nil {
		return err
	}
	if err := s.people.Unlocate(tx, h.Person, g); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "access.grant-ended", Version: 1, Scope: h.Scope, Subject: string(h.Person),
		Body: grantBody{h.ID, h.Person, h.Role}, Rows: []journal.Row{journal.RowOf(grants(), h.ID)},
	})
}

// Holders lists the grants that the actor may see, newest first: who may do
// what. At most limit, after the cursor; next is empty on the last page.
func (s *Service) Holders(ctx context.Context, after string, limit int) (out []Held, next string, err error) {
	if limit <= 0 || limit > 100 {
		limit = 50
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if a.Nobody() {
			return Allow(a, List, Object{Kind: Grant})
		}
		if !Could(a, List, Grant) {
			return fault.New(fault.Denied, "access.denied", nil)
		}
		for {
			page, err := holders(tx, after, 2*limit)
			if err != nil {
				return err
			}
			for i, h := range page {
				o, err := s.grantObject(tx, h.Person, h.Scope)
				if err != nil {
					return err
				}
				o.ID = string(h.ID)
				if !Allows(a, List, o) {
					continue
				}
				out = append(out, h)
				if len(out) == limit {
					if i+1 < len(page) || len(page) == 2*limit {
						next = string(h.ID)
					}
					return nil
				}
			}
			if len(page) < 2*limit {
				return nil
			}
			after = string(page[len(page)-1].ID)
		}
	})
	return out, next, err
}

// holders pages over the valid grants by id, newest first: ids begin with the
// time at which they were made.
func holders(tx *db.Tx, after string, limit int) ([]Held, error) {
	return db.Collect(tx, rowHeld, `SELECT `+grantColumns+` FROM access_grants
		WHERE (?1 = '' OR id < ?1) AND ended_at = 0 AND (until = 0 OR until > ?2) ORDER BY id DESC LIMIT ?3`,
		after, db.Micros(tx.Now()), limit)
}

// Grants returns a person's grants, for herself and for those who look after
// them: only those that the actor may see.
func (s *Service) Grants(ctx context.Context, p id.Person) ([]Held, error) {
	var out []Held
	err := s.db.View(ctx, func(tx *db.Tx) error {
		all, err := GrantsOf(tx, p)
		if err != nil {
			return err
		}
		for _, h := range all {
			o, err := s.grantObject(tx, h.Person, h.Scope)
			if err != nil {
				return err
			}
			o.ID = string(h.ID)
			if Allows(tx.Actor(), Read, o) {
				out = append(out, h)
			}
		}
		return nil
	})
	return out, err
}
