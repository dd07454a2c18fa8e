package people

import (
	"context"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Reads records who read whose data; access keeps the record.
type Reads interface {
	// RecordRead notes that the actor of ctx read kind of these people. What
	// cannot be recorded is not shown: on an error the data is withheld.
	RecordRead(ctx context.Context, kind access.Kind, ps ...id.Person) error
}

// Deps are what the service needs of others.
type Deps struct {
	DB    *db.DB
	Reads Reads
}

// Service is the operations of this package as people carry them out.
type Service struct {
	db    *db.DB
	reads Reads
}

// New returns a service.
func New(d Deps) *Service { return &Service{db: d.DB, reads: d.Reads} }

// Add enters a person, in the place in which the actor works.
func (s *Service) Add(ctx context.Context, op id.Operation, in NewPerson) (id.Person, error) {
	var out id.Person
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		a := tx.Actor()
		_, err := journal.Once(tx, op, "people.enter", &out, func() error {
			in := in
			o := access.Here(a, access.Person)
			o.State = access.Staff
			if in.Officer {
				o.State = access.Officer
			}
			in.Place = o.Place
			if aff := in.Affiliation; aff != nil {
				if err := within(tx, aff.Agency); err != nil {
					return err
				}
			}
			if err := access.Allow(a, access.Create, o); err != nil {
				return err
			}
			in.Place.Since = tx.Now()
			var err error
			out, err = Enter(tx, in)
			return err
		})
		return err
	})
	return out, err
}

// within refuses an agency outside the branch or country that the actor's grant
// names: nobody places people where she has no say.
func within(tx *db.Tx, agency id.Agency) error {
	at, err := PlaceOf(tx, agency)
	if err != nil {
		return err
	}
	s := tx.Actor().Grant.Scope
	if s.Agency != "" && !slices.Contains(at.Branch, s.Agency) || s.Country != "" && at.Country != s.Country {
		return fault.New(fault.Denied, "access.denied", nil)
	}
	return nil
}

// See returns what the actor may see of a person, and records that she did.
func (s *Service) See(ctx context.Context, p id.Person) (Record, error) {
	if err := s.reads.RecordRead(ctx, access.Person, p); err != nil {
		return Record{}, err
	}
	var out Record
	err := s.db.View(ctx, func(tx *db.Tx) error {
		o, err := Object(tx, access.Person, p)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, o); err != nil {
			return err
		}
		out, err = seen(ctx, tx, o)
		return err
	})
	return out, err
}

// seen reads the record of a person whom the actor may read.
func seen(ctx context.Context, tx *db.Tx, o access.Object) (Record, error) {
	a := tx.Actor()
	var out Record
	var err error
	if out.Person, err = get(tx, o.Subject); err != nil {
		return out, err
	}
	if hides(a, o.Subject) {
		out.Alias = ""
	}
	shown, err := Displays(tx, a, i18n.From(ctx).Lang(), o.Subject)
	if err != nil {
		return out, err
	}
	out.Display = shown[o.Subject]
	all, err := AffiliationsOf(tx, o.Subject)
	if err != nil {
		return out, err
	}
	for _, aff := range all {
		at, err := affiliationObject(tx, aff, o)
		if err != nil {
			return out, err
		}
		if access.Allows(a, access.Read, at) {
			out.Affiliations = append(out.Affiliations, aff)
		}
	}
	return out, nil
}

// affiliationObject is one affiliation as the policy sees it: it lies in its own
// agency and, while it lasts, wherever the person belongs. So an agency that she
// left sees where she served it, and not where she went.
func affiliationObject(tx *db.Tx, aff Affiliation, person access.Object) (access.Object, error) {
	o := access.Object{Kind: access.Affiliation, ID: string(aff.ID), Subject: aff.Person, State: person.State}
	at, err := PlaceOf(tx, aff.Agency)
	if err != nil {
		return o, err
	}
	at.Since = aff.Since.Start(tx.Now().Location())
	if !aff.Until.IsZero() {
		at.Until = aff.Until.End(tx.Now().Location())
	}
	o.Place = at
	if tx.Actor().Grant.Role != actor.FocalPoint {
		o.Places = person.Places
	}
	return o, nil
}

// Names returns a person's names in every form, and records the read.
func (s *Service) Names(ctx context.Context, p id.Person) ([]Name, error) {
	return readOf(ctx, s, access.Names, p, NamesOf)
}

// Contacts returns how a person is reached, and records the read.
func (s *Service) Contacts(ctx context.Context, p id.Person) ([]Contact, error) {
	return readOf(ctx, s, access.Contacts, p, ContactsOf)
}

func readOf[T any](ctx context.Context, s *Service, kind access.Kind, p id.Person, load func(*db.Tx, id.Person) (T, error)) (T, error) {
	var out T
	err := s.db.View(ctx, func(tx *db.Tx) error {
		o, err := Object(tx, kind, p)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, o); err != nil {
			return err
		}
		out, err = load(tx, p)
		return err
	})
	if err == nil {
		err = s.reads.RecordRead(ctx, kind, p)
	}
	if err != nil {
		var none T
		return none, err
	}
	return out, nil
}

// AddName adds a name to a person.
func (s *Service) AddName(ctx context.Context, op id.Operation, p id.Person, in NewName) (id.Name, error) {
	var out id.Name
	err := alter(ctx, s, op, "people.add-name", access.Create, access.Names, p, &out, func(tx *db.Tx) error {
		var err error
		out, err = EnterName(tx, p, in)
		return err
	})
	return out, err
}

// EditName is a change of a name as it was in a revision.
type EditName struct {
	Name     id.Name
	Revision int
	Written  string
}

// ChangeName changes how a name is written. A change of an older revision is
// refused as Stale, with both versions. Whatever is changed is no longer
// confirmed, unless she changes it herself.
func (s *Service) ChangeName(ctx context.Context, op id.Operation, in EditName) error {
	p, err := s.ownerOfName(ctx, in.Name)
	if err != nil {
		return err
	}
	var out struct{}
	return alter(ctx, s, op, "people.change-name", access.Change, access.Names, p, &out, func(tx *db.Tx) error {
		old, err := scanName(tx.QueryRow(`SELECT `+nameColumns+` FROM people_names WHERE id = ?1`, in.Name))
		if err != nil {
			return missing(err, "people.name-unknown")
		}
		if old.Revision != in.Revision {
			return Stale("people.name-stale", in.Written, old.Written)
		}
		n := NewName{Form: old.Form, Written: in.Written}
		if f := n.check("written"); f != nil {
			return fault.Bad("people.mend", f...)
		}
		at := int64(0)
		if tx.Actor().Person == p {
			at = db.Micros(tx.Now())
		}
		if _, err := tx.Exec(`UPDATE people_names SET written = ?2, script = ?3, normal = ?4, sound = ?5, confirmed_at = ?6,
			revision = revision + 1 WHERE id = ?1`, in.Name, n.Written, n.Script, Normal(n.Written), Sound(n.Written), at); err != nil {
			return err
		}
		if err := index(tx, in.Name, p, n.Written); err != nil {
			return err
		}
		return record(tx, "people.name-changed", string(in.Name), p, old.Revision+1, journal.RowOf(names, in.Name))
	})
}

// Confirmation is a person's word that a name, as it was in a revision, is written
// as she wants it.
type Confirmation struct {
	Name     id.Name
	Revision int
	// Basis is Paper or Telephone where staff enter it for her; her own act needs
	// none.
	Basis Basis
}

// ConfirmName says that a name is written as she wants it. It is hers to say;
// staff enter what she said on paper or by telephone, and she sees that they did.
func (s *Service) ConfirmName(ctx context.Context, op id.Operation, in Confirmation) error {
	p, err := s.ownerOfName(ctx, in.Name)
	if err != nil {
		return err
	}
	var out struct{}
	return alter(ctx, s, op, "people.confirm-name", access.Confirm, access.Names, p, &out, func(tx *db.Tx) error {
		old, err := scanName(tx.QueryRow(`SELECT `+nameColumns+` FROM people_names WHERE id = ?1`, in.Name))
		if err != nil {
			return missing(err, "people.name-unknown")
		}
		if old.Revision != in.Revision {
			key := "people.confirm-stale"
			if tx.Actor().Person == p {
				key = "people.mine.confirm-stale"
			}
			return fault.New(fault.Stale, key, fault.Args{"theirs": old.Written})
		}
		b, err := basisOf(tx, p, in.Basis)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE people_names SET confirmed_at = ?2, revision = revision + 1 WHERE id = ?1`,
			in.Name, db.Micros(tx.Now())); err != nil {
			return err
		}
		rows, err := enteredFor(tx, p, whatName, string(in.Name), old.Revision+1, b)
		if err != nil {
			return err
		}
		return record(tx, "people.name-confirmed", string(in.Name), p, old.Revision+1, append(rows, journal.RowOf(names, in.Name))...)
	})
}

func (s *Service) ownerOfName(ctx context.Context, n id.Name) (id.Person, error) {
	var p id.Person
	err := s.db.View(ctx, func(tx *db.Tx) error {
		return missing(tx.QueryRow(`SELECT person FROM people_names WHERE id = ?1`, n).Scan(&p), "people.name-unknown")
	})
	return p, err
}

// Stale is the fault of an edit of an older revision: yours is what was typed,
// theirs what stands now. Pages show both and keep what was typed.
func Stale(key, yours, theirs string) error {
	return fault.New(fault.Stale, key, fault.Args{"yours": yours, "theirs": theirs})
}

// AddContact adds a way to reach a person.
func (s *Service) AddContact(ctx context.Context, op id.Operation, in Contact) (id.Contact, error) {
	var out id.Contact
	err := alter(ctx, s, op, "people.add-contact", access.Create, access.Contacts, in.Person, &out, func(tx *db.Tx) error {
		var err error
		out, err = EnterContact(tx, in)
		return err
	})
	return out, err
}

// ChangeContact changes a way to reach a person; in.Revision is the one read.
func (s *Service) ChangeContact(ctx context.Context, op id.Operation, in Contact) error {
	var out struct{}
	return alter(ctx, s, op, "people.change-contact", access.Change, access.Contacts, in.Person, &out, func(tx *db.Tx) error {
		old, err := contact(tx, in.Person, in.ID)
		if err != nil {
			return err
		}
		if old.Revision != in.Revision {
			return Stale("people.contact-stale", in.Value, old.Value)
		}
		if f := in.check(); f != nil {
			return fault.Bad("people.mend", f...)
		}
		if _, err := tx.Exec(`UPDATE people_contacts SET kind = ?2, value = ?3, holder = ?4, through = ?5, safe = ?6,
			revision = revision + 1 WHERE id = ?1`, in.ID, in.Kind, in.Value, in.Holder, in.Through, in.Safe); err != nil {
			return err
		}
		return record(tx, "people.contact-changed", string(in.ID), in.Person, old.Revision+1, journal.RowOf(contacts, in.ID))
	})
}

// RemoveContact removes a way to reach a person.
func (s *Service) RemoveContact(ctx context.Context, op id.Operation, p id.Person, c id.Contact) error {
	var out struct{}
	return alter(ctx, s, op, "people.remove-contact", access.Delete, access.Contacts, p, &out, func(tx *db.Tx) error {
		old, err := contact(tx, p, c)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM people_contacts WHERE id = ?1`, c); err != nil {
			return err
		}
		return record(tx, "people.contact-removed", string(c), p, old.Revision+1, journal.RowOf(contacts, c))
	})
}

func contact(tx *db.Tx, p id.Person, c id.Contact) (Contact, error) {
	all, err := ContactsOf(tx, p)
	if err != nil {
		return Contact{}, err
	}
	for _, x := range all {
		if x.ID == c {
			return x, nil
		}
	}
	return Contact{}, fault.New(fault.NotFound, "people.contact-unknown", nil)
}

// Transfer says where a person serves from a day on.
func (s *Service) Transfer(ctx context.Context, op id.Operation, in Affiliation) (id.Affiliation, error) {
	var out id.Affiliation
	err := alter(ctx, s, op, "people.transfer", access.Create, access.Affiliation, in.Person, &out, func(tx *db.Tx) error {
		err := within(tx, in.Agency)
		if err != nil {
			return err
		}
		out, err = Affiliate(tx, in)
		return err
	})
	return out, err
}

// EditAlias is a change of a person's alias as it was in a revision of her.
type EditAlias struct {
	Person   id.Person
	Revision int
	Alias    string
}

// SetAlias sets what is shown instead of her name to those who work beside her;
// empty shows her name again. A change of an older revision is refused as Stale.
func (s *Service) SetAlias(ctx context.Context, op id.Operation, in EditAlias) error {
	var out struct{}
	p, alias := in.Person, strings.TrimSpace(in.Alias)
	return alter(ctx, s, op, "people.set-alias", access.Change, access.Names, p, &out, func(tx *db.Tx) error {
		if len(alias) > maxName {
			return fault.Bad("people.mend", fault.Field{Name: "alias", Key: "people.name-long"})
		}
		old, err := get(tx, p)
		if err != nil {
			return err
		}
		if old.Revision != in.Revision {
			return fault.New(fault.Stale, "people.alias-stale", nil) // an alias may be empty: the form shows both
		}
		if _, err := tx.Exec(`UPDATE people_persons SET alias = ?2, revision = revision + 1 WHERE id = ?1`, p, alias); err != nil {
			return err
		}
		who, err := get(tx, p)
		if err != nil {
			return err
		}
		return record(tx, "people.alias-set", string(p), p, who.Revision, journal.RowOf(persons, p))
	})
}

// Preferences returns how a person wants to read, for herself and for whoever may
// set it for her; the zero Preferences if she has not chosen. The read is recorded.
func (s *Service) Preferences(ctx context.Context, p id.Person) (Preferences, error) {
	return readOf(ctx, s, access.Preferences, p, PreferencesOf)
}

// Prefer sets how the person who acts wants to read. A change of an older revision
// is Stale.
func (s *Service) Prefer(ctx context.Context, op id.Operation, p id.Person, in Preferences) error {
	return s.PreferFor(ctx, op, p, OwnAct, in)
}

// PreferFor sets how a person wants to read, as she said it to staff on paper or by
// telephone; she sees that they entered it.
func (s *Service) PreferFor(ctx context.Context, op id.Operation, p id.Person, basis Basis, in Preferences) error {
	var out struct{}
	return alter(ctx, s, op, "people.prefer", access.Change, access.Preferences, p, &out, func(tx *db.Tx) error {
		b, err := basisOf(tx, p, basis)
		if err != nil {
			return err
		}
		var fields []fault.Field
		if !slices.ContainsFunc(i18n.Shipped().Languages(), func(l i18n.Language) bool { return l.Tag == in.Language }) {
			fields = append(fields, fault.Field{Name: "language", Key: "people.language-unknown"})
		}
		if !slices.Contains(civil.Calendars(), in.Calendar) {
			fields = append(fields, fault.Field{Name: "calendar", Key: "people.calendar-unknown"})
		}
		if _, err := civil.Zone(in.Zone); err != nil || in.Zone == "" {
			fields = append(fields, fault.Field{Name: "zone", Key: "people.zone-unknown"})
		}
		if in.Numerals != "" && !slices.Contains(i18n.Numerals(), in.Numerals) {
			fields = append(fields, fault.Field{Name: "numerals", Key: "people.numerals-unknown"})
		}
		if fields != nil {
			return fault.Bad("people.mend", fields...)
		}
		now, err := PreferencesOf(tx, p)
		if err != nil {
			return err
		}
		if now.Revision != in.Revision {
			return fault.New(fault.Stale, "people.preferences-stale", nil)
		}
		if err := setPreferences(tx, p, in); err != nil {
			return err
		}
		now, err = PreferencesOf(tx, p)
		if err != nil {
			return err
		}
		rows, err := enteredFor(tx, p, whatPreferences, "", now.Revision, b)
		if err != nil {
			return err
		}
		return record(tx, "people.preferences-set", string(p), p, now.Revision, rows...)
	})
}

// alter does one operation on what belongs to a person.
func alter[T any](ctx context.Context, s *Service, op id.Operation, kind string, v access.Verb, k access.Kind, p id.Person, out *T, f func(*db.Tx) error) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, kind, out, func() error {
			o, err := Object(tx, k, p)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), v, o); err != nil {
				return err
			}
			return f(tx)
		})
		return err
	})
}

// AddAgency enters an agency below one that the actor may see, or at the root.
func (s *Service) AddAgency(ctx context.Context, op id.Operation, in Agency) (id.Agency, error) {
	var out id.Agency
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "people.add-agency", &out, func() error {
			o := access.Here(tx.Actor(), access.Agency)
			if in.Parent != "" {
				at, err := PlaceOf(tx, in.Parent)
				if err != nil {
					return err
				}
				at.Programme, at.Cohort = o.Programme, o.Cohort
				o.Place = at
			} else if tx.Actor().Grant.Scope.Agency != "" {
				return fault.New(fault.Denied, "access.denied", nil) // a branch does not plant trees
			} else if c := tx.Actor().Grant.Scope.Country; c != "" && in.Country != c {
				return fault.New(fault.Denied, "access.denied", nil)
			}
			if err := access.Allow(tx.Actor(), access.Create, o); err != nil {
				return err
			}
			var err error
			out, err = EnterAgency(tx, in)
			return err
		})
		return err
	})
	return out, err
}

// Agencies lists the agencies that the actor may see, by code.
func (s *Service) Agencies(ctx context.Context) ([]Agency, error) {
	var out []Agency
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := access.Allow(a, access.List, access.Here(a, access.Agency)); err != nil {
			return err
		}
		all, err := Agencies(tx, a.Grant.Scope.Agency)
		if err != nil {
			return err
		}
		for _, x := range all {
			if c := a.Grant.Scope.Country; c == "" || c == x.Country {
				out = append(out, x)
			}
		}
		return nil
	})
	return out, err
}

// Staff returns how people are shown who acted towards the actor, or of whom a
// list that she may see speaks: those whom she may read, and staff, whose names
// are no secret to those they act for. Nobody else is returned, and no read is
// recorded of staff.
func (s *Service) Staff(ctx context.Context, ps ...id.Person) (map[id.Person]Display, error) {
	out := map[id.Person]Display{}
	var read []id.Person
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if a.Nobody() {
			return fault.New(fault.Unauthenticated, "access.sign-in-first", nil)
		}
		unique := slices.Clone(ps)
		slices.Sort(unique)
		objects, err := Objects(tx, access.Person, slices.Compact(unique)...)
		if err != nil {
			return err
		}
		var shown []id.Person
		for _, o := range objects {
			switch {
			case o.State == access.Staff:
			case access.Allows(a, access.Read, o):
				read = append(read, o.Subject)
			default:
				continue
			}
			shown = append(shown, o.Subject)
		}
		out, err = Displays(tx, a, i18n.From(ctx).Lang(), shown...)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.reads.RecordRead(ctx, access.Person, read...); err != nil {
		return nil, err
	}
	return out, nil
}
