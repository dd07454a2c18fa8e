package cohort

import (
	"context"
	"slices"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Reads records who read whose data; package access keeps the record.
type Reads interface {
	RecordRead(ctx context.Context, kind access.Kind, subjects ...id.Person) error
}

// Deps are what the service needs of others.
type Deps struct {
	DB    *db.DB
	Reads Reads
	// Grants lets whoever is chosen, next in line or joining in as a participant;
	// access does. Nil where nobody signs in.
	Grants Grants
	// Warnings tells of reminders that went out; nil where none do.
	Warnings Warnings
	// URL is the instance's address, which messages lead to.
	URL string
}

// Grants gives people their roles.
type Grants interface {
	Give(tx *db.Tx, g access.Giving) (id.Grant, error)
}

// Service is the operations of this package as people carry them out. Each
// changes everything it changes in one transaction, and is done once however
// often the same operation id is sent.
type Service struct {
	db     *db.DB
	reads  Reads
	grants Grants
	warned Warnings
	url    string
}

// New returns a service.
func New(d Deps) *Service { return &Service{d.DB, d.Reads, d.Grants, d.Warnings, d.URL} }

// letIn makes a person a participant of the cohort, so that she can sign in,
// answer and learn.
func (s *Service) letIn(tx *db.Tx, c Cohort, p id.Person) error {
	if s.grants == nil {
		return nil
	}
	_, err := s.grants.Give(tx, access.Giving{Person: p, Role: actor.Participant, Scope: actor.Scope{Programme: c.Programme, Cohort: c.ID}})
	return err
}

// once runs f in one transaction, once per op.
func once[T any](ctx context.Context, s *Service, op id.Operation, kind string, f func(tx *db.Tx) (T, error)) (T, error) {
	var out T
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var zero T
		out = zero
		_, err := journal.Once(tx, op, kind, &out, func() error {
			var err error
			out, err = f(tx)
			return err
		})
		return err
	})
	return out, err
}

// context of a cohort that most operations need.
type setting struct {
	cohort Cohort
	plan   *programme.Blueprint
}

func open(tx *db.Tx, cohort id.Cohort) (setting, error) {
	c, err := ByID(tx, cohort)
	if err != nil {
		return setting{}, err
	}
	b, err := programme.Load(tx, c.Version)
	return setting{c, b}, err
}

// stillOpen refuses changes of a cohort that was closed.
func (s setting) stillOpen() error {
	if s.cohort.Closed {
		return fault.New(fault.Closed, "cohort.closed", nil)
	}
	return nil
}

// object is a thing of the cohort as the policy sees it. Agency is empty for
// what belongs to the whole cohort.
func object(tx *db.Tx, kind access.Kind, c Cohort, agency id.Agency, subject id.Person, ref string) (access.Object, error) {
	var branch []id.Agency
	if agency != "" {
		var err error
		if branch, err = people.Branch(tx, agency); err != nil {
			return access.Object{}, err
		}
	}
	return access.Object{Kind: kind, ID: ref, Subject: subject, Place: place(c, branch)}, nil
}

func allow(tx *db.Tx, v access.Verb, kind access.Kind, c Cohort, agency id.Agency, subject id.Person, ref string) error {
	o, err := object(tx, kind, c, agency, subject, ref)
	if err != nil {
		return err
	}
	return access.Allow(tx.Actor(), v, o)
}

// allowCohort asks about the cohort itself, which lies with each of its agencies.
func allowCohort(tx *db.Tx, v access.Verb, c Cohort) error {
	o := access.Object{Kind: access.Cohort, ID: string(c.ID), Place: place(c, nil)}
	qs, err := Quotas(tx, c.ID)
	if err != nil {
		return err
	}
	var agencies []id.Agency
	for _, q := range qs {
		if q.Agency != "" && !slices.Contains(agencies, q.Agency) {
			agencies = append(agencies, q.Agency)
		}
		if q.Agency != "" || tx.Actor().Grant.Scope.Agency == "" {
			continue
		}
		// Its places are not divided: it lies with whoever may propose.
		b, err := programme.Load(tx, c.Version)
		if err != nil {
			return err
		}
		own, err := ownProposers(tx, c, b)
		if err != nil {
			return err
		}
		for _, a := range own {
			agencies = append(agencies, a.ID)
		}
	}
	for _, a := range agencies {
		branch, err := people.Branch(tx, a)
		if err != nil {
			return err
		}
		o.Places = append(o.Places, place(c, branch))
	}
	if who := tx.Actor().Person; who != "" {
		// She is, or is asked to be, one of it.
		var n int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM cohort_nominations WHERE person = ?1 AND cohort = ?2`, who, c.ID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			o.Subject = who
		}
	}
	return access.Allow(tx.Actor(), v, o)
}

func tell(tx *db.Tx, kind string, n Nomination, rows ...journal.Row) error {
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Scope: actor.Scope{Cohort: n.Cohort, Agency: n.Agency}, Subject: string(n.ID),
		Body: told{Nomination: n.ID, Revision: n.Revision, Letter: n.Letter, Cause: n.Cause},
		Rows: append([]journal.Row{journal.RowOf(nominationsTable, n.ID)}, rows...),
	})
}

// record writes a fact about the officer of a nomination.
func record(tx *db.Tx, n Nomination, v pathway.Value, basis pathway.Basis, source string) error {
	return pathway.Record(tx, pathway.Fact{
		Person: n.Person, Cohort: n.Cohort, Value: v, OccurredAt: tx.Now(), Basis: basis, Source: source, Actor: tx.Actor().ID(),
	})
}

// basisOf is on whose word a staff member's or the officer's own act stands.
func basisOf(tx *db.Tx, subject id.Person, given Basis) (Basis, error) {
	if tx.Actor().Person == subject && subject != "" {
		return OwnAct, nil
	}
	if given != Paper && given != Telephone {
		return "", fault.Bad("cohort.mend", fault.Field{Name: "basis", Key: "cohort.basis-missing"})
	}
	return given, nil
}

// Opening is a cohort to be opened.
type Opening struct {
	Programme id.Programme
	Version   id.Version
	Title     i18n.Text
	Country   string
	// Days are the first and the last day of the workshop; those of the blueprint
	// if zero.
	Days civil.Range
	// Agencies says which agency a key of the blueprint means; those that are left
	// out are found by their code, which is then the key.
	Agencies map[string]id.Agency
}

// Open opens a cohort of a programme, with a seat for each place of each quota.
func (s *Service) Open(ctx context.Context, op id.Operation, in Opening) (id.Cohort, error) {
	return once(ctx, s, op, "cohort.open", func(tx *db.Tx) (id.Cohort, error) {
		b, err := programme.Load(tx, in.Version)
		if err != nil {
			return "", err
		}
		c := Cohort{
			ID: id.New[id.Cohort](), Programme: in.Programme, Version: in.Version, Title: in.Title, Zone: string(b.Zone),
			Country: in.Country, Days: in.Days, OpenedAt: tx.Now(), Revision: 1,
		}
		if c.Country == "" && len(b.Agencies) > 0 {
			c.Country = string(b.Agencies[0].Country)
		}
		if c.Title.IsZero() {
			c.Title = textOf(b, b.Title)
		}
		if c.Days == (civil.Range{}) {
			c.Days = workshopDays(b)
		}
		if c.Title.Check() != nil || c.Days != (civil.Range{}) && !c.Days.Valid() {
			return "", fault.Bad("cohort.mend", fault.Field{Name: "days", Key: "cohort.days-wrong"})
		}
		if err := access.Allow(tx.Actor(), access.Create, access.Object{Kind: access.Cohort, Place: place(c, nil)}); err != nil {
			return "", err
		}
		if err := insertCohort(tx, c); err != nil {
			return "", err
		}
		if err := journal.Append(tx, journal.Entry{
			Kind: "cohort.opened", Version: 1, Scope: actor.Scope{Programme: c.Programme, Cohort: c.ID}, Subject: string(c.ID),
			Body: opened{Version: c.Version, Places: b.Places}, Rows: []journal.Row{journal.RowOf(cohortsTable, c.ID)},
		}); err != nil {
			return "", err
		}
		if err := pathway.Begin(tx, pathway.Following{Cohort: c.ID, Programme: c.Programme, Version: c.Version, Country: c.Country}); err != nil {
			return "", err
		}
		return c.ID, openQuotas(tx, c, b, in.Agencies)
	})
}

func openQuotas(tx *db.Tx, c Cohort, b *programme.Blueprint, agencies map[string]id.Agency) error {
	quotas := slices.Clone(b.Quotas)
	if len(quotas) == 0 {
		quotas = []programme.Quota{{Key: "open", Places: b.Places}}
	}
	for _, bq := range quotas {
		q := Quota{ID: id.New[id.Quota](), Cohort: c.ID, Key: string(bq.Key), AgencyKey: string(bq.Agency), Places: bq.Places, Revision: 1}
		if bq.Agency != "" {
			if q.Agency = agencies[q.AgencyKey]; q.Agency == "" {
				a, err := people.AgencyByCode(tx, q.AgencyKey)
				if err != nil {
					return fault.New(fault.Invalid, "cohort.agency-of-quota", fault.Args{"agency": q.AgencyKey})
				}
				q.Agency = a.ID
			}
		}
		if err := insertQuota(tx, q); err != nil {
			return err
		}
		if err := journal.Append(tx, journal.Entry{
			Kind: "cohort.quota-set", Version: 1, Scope: actor.Scope{Cohort: c.ID, Agency: q.Agency}, Subject: string(q.ID),
			Body: quotaSet{Before: 0, After: q.Places}, Rows: []journal.Row{journal.RowOf(quotasTable, q.ID)},
		}); err != nil {
			return err
		}
		number := 1
		for _, part := range bq.Parts {
			lane := Lane{Sex: sexOf(part.Sex), Station: people.Normal(part.Station)}
			if err := addSeats(tx, q, number, part.Places, lane, Movement{}); err != nil {
				return err
			}
			number += part.Places
		}
		if err := addSeats(tx, q, number, bq.Places-number+1, Lane{}, Movement{}); err != nil {
			return err
		}
	}
	return nil
}

// sexOf is a blueprint's sex as package people writes it.
func sexOf(s programme.Sex) string {
	switch s {
	case "female":
		return string(people.Female)
	case "male":
		return string(people.Male)
	}
	return ""
}

// textOf is a blueprint's text with its fallback stated.
func textOf(b *programme.Blueprint, t programme.Text) i18n.Text {
	out := i18n.Text{Fallback: string(b.Fallback()), Values: make(map[string]string, len(t))}
	for k, v := range t {
		out.Values[string(k)] = v
	}
	return out
}

func workshopDays(b *programme.Blueprint) civil.Range {
	var r civil.Range
	for i := range b.Stages {
		w := b.Stages[i].Workshop
		if w == nil || len(w.Days) == 0 {
			continue
		}
		from, err1 := civil.ParseDate(string(w.Days[0].Date))
		to, err2 := civil.ParseDate(string(w.Days[len(w.Days)-1].Date))
		if err1 == nil && err2 == nil {
			return civil.Range{From: from, To: to}
		}
	}
	return r
}

// Close ends a cohort: its figures stand, its agencies' focal points see it as
// what was theirs.
func (s *Service) Close(ctx context.Context, op id.Operation, cohort id.Cohort) error {
	_, err := once(ctx, s, op, "cohort.close", func(tx *db.Tx) (struct{}, error) {
		c, err := ByID(tx, cohort)
		if err != nil {
			return struct{}{}, err
		}
		if err := allowCohort(tx, access.Close, c); err != nil || c.Closed {
			return struct{}{}, err
		}
		if _, err := tx.Exec(`UPDATE cohort_cohorts SET state = 'closed', closed_at = ?2, revision = revision + 1 WHERE id = ?1`,
			c.ID, db.Micros(tx.Now())); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, journal.Append(tx, journal.Entry{
			Kind: "cohort.closed", Version: 1, Scope: actor.Scope{Programme: c.Programme, Cohort: c.ID}, Subject: string(c.ID),
			Rows: []journal.Row{journal.RowOf(cohortsTable, c.ID)},
		})
	})
	return err
}
