package credential

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// PageSize is how many people a page of the list has, and the most that can be
// issued at once.
const PageSize = 50

// Certificate is one that was issued.
type Certificate struct {
	ID     id.Certificate
	Cohort id.Cohort
	Person id.Person
	Key    string // of the blueprint's certificate
	Number string
	// Fact is the decision, with what it rested on.
	Fact      id.Fact
	EarnedOn  civil.Date
	ValidTo   civil.Date // zero: for ever
	By        string
	IssuedAt  time.Time
	RevokedAt time.Time // zero while it stands
	RevokedBy string
	Cause     string // a key of RevokeCauses
	Revision  int
}

// Revoked reports whether it was revoked.
func (c Certificate) Revoked() bool { return !c.RevokedAt.IsZero() }

// RevokeCauses lists why a certificate can be revoked.
func RevokeCauses() []string { return []string{"by-mistake", "not-earned", "name-wrong", "other"} }

// Printed is her name as a certificate prints it, in one script.
type Printed struct {
	Script  string
	Written string
	// Confirmed tells that she herself confirmed it for printing.
	Confirmed bool
}

// Line is one participant in the list of a cohort.
type Line struct {
	Person   id.Person
	Who      people.Display
	Code     string // her agency's
	Earned   bool
	EarnedAt time.Time
	Reasons  []pathway.Reason // why not yet
	Names    []Printed
	// Issued are those issued to her, the latest first.
	Issued []Certificate
}

// Open reports whether one can be issued to her.
func (l Line) Open() bool { return l.Earned && (len(l.Issued) == 0 || l.Issued[0].Revoked()) }

// Standing is how the certificates of a cohort stand.
type Standing struct {
	Cohort cohort.Cohort
	Plan   *programme.Blueprint
	Lines  []Line
	Next   id.Enrolment // goes on; empty at the end
	May    bool         // the reader may issue and revoke
}

// Reads records who read whose data.
type Reads interface {
	RecordRead(ctx context.Context, kind access.Kind, subjects ...id.Person) error
}

// Deps are what the service needs.
type Deps struct {
	DB    *db.DB
	Reads Reads
}

// Service is what people do with certificates.
type Service struct {
	db    *db.DB
	reads Reads
}

// New returns a service.
func New(d Deps) *Service { return &Service{d.DB, d.Reads} }

// setting is a cohort with the blueprint that it follows.
type setting struct {
	cohort cohort.Cohort
	plan   *programme.Blueprint
	key    string
}

func open(tx *db.Tx, c id.Cohort) (setting, error) {
	x, err := cohort.ByID(tx, c)
	if err != nil {
		return setting{}, err
	}
	b, err := programme.Load(tx, x.Version)
	if err != nil {
		return setting{}, err
	}
	s := setting{cohort: x, plan: b}
	if b.Certificate != nil {
		s.key = string(b.Certificate.Key)
	}
	return s, nil
}

// allow asks the policy about a person's certificate, or about those of a cohort.
func allow(tx *db.Tx, v access.Verb, c id.Cohort, p id.Person, ref string) error {
	at, err := cohort.PlaceOf(tx, c)
	if p != "" {
		at, err = cohort.PlaceIn(tx, c, p)
	}
	if err != nil {
		return err
	}
	return access.Allow(tx.Actor(), v, access.Object{Kind: access.Certificate, ID: ref, Subject: p, Place: at})
}

// Standing lists who takes part with her certificate, earned, issued or why not
// yet. The reading is recorded.
func (s *Service) Standing(ctx context.Context, c id.Cohort, after id.Enrolment, lang string) (Standing, error) {
	var out Standing
	err := s.db.View(ctx, func(tx *db.Tx) error {
		set, err := open(tx, c)
		if err != nil {
			return err
		}
		if err := allow(tx, access.List, c, "", ""); err != nil {
			return err
		}
		out = Standing{Cohort: set.cohort, Plan: set.plan, May: allow(tx, access.Create, c, "", "") == nil}
		if set.key == "" {
			return nil
		}
		es, err := cohort.Enrolled(tx, c, after, PageSize+1)
		if err != nil {
			return err
		}
		if len(es) > PageSize {
			es = es[:PageSize]
			out.Next = es[PageSize-1].ID
		}
		es = slices.DeleteFunc(es, func(e cohort.Enrolment) bool { return e.Capacity != cohort.Participant || e.ConfirmedAt.IsZero() })
		who := make([]id.Person, len(es))
		for i, e := range es {
			who[i] = e.Person
		}
		out.Lines, err = linesOf(tx, set, who, lang)
		for i := range out.Lines {
			out.Lines[i].Code = es[i].AgencyKey
		}
		return err
	})
	if err != nil || len(out.Lines) == 0 {
		return out, err
	}
	who := make([]id.Person, len(out.Lines))
	for i, l := range out.Lines {
		who[i] = l.Person
	}
	return out, s.reads.RecordRead(ctx, access.Certificate, who...)
}

func linesOf(tx *db.Tx, set setting, who []id.Person, lang string) ([]Line, error) {
	shown, err := people.Displays(tx, tx.Actor(), lang, who...)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(who))
	for i, p := range who {
		st, err := pathway.StandingOf(tx, p, set.cohort.ID)
		if err != nil {
			return nil, err
		}
		c := st.Certificate
		out[i] = Line{Person: p, Who: shown[p], Earned: c.Earned, EarnedAt: c.EarnedAt, Reasons: c.Reasons}
		if out[i].Names, err = names(tx, p); err != nil {
			return nil, err
		}
		if out[i].Issued, err = issuedTo(tx, set.cohort.ID, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// names are her names as they are printed: for each script the one for printing,
// or else that of the letter, which she has not confirmed for it.
func names(tx *db.Tx, p id.Person) ([]Printed, error) {
	all, err := people.NamesOf(tx, p)
	if err != nil {
		return nil, err
	}
	var out []Printed
	for _, form := range []people.Form{people.Printed, people.Letter} {
		for _, n := range all {
			if n.Form != form || slices.ContainsFunc(out, func(x Printed) bool { return x.Script == n.Script }) {
				continue
			}
			out = append(out, Printed{Script: n.Script, Written: n.Written, Confirmed: n.Confirmed && form == people.Printed})
		}
	}
	slices.SortFunc(out, func(a, b Printed) int { return strings.Compare(b.Script, a.Script) }) // Latn before Arab
	return out, nil
}

// Issuing is who gets a certificate.
type Issuing struct {
	Cohort id.Cohort
	People []id.Person
}

// Draft is a certificate as it would be printed.
type Draft struct {
	Line
	Number string
}

// Preview says what issuing would print. It refuses what Issue would refuse.
func (s *Service) Preview(ctx context.Context, in Issuing, lang string) (Standing, []Draft, error) {
	var st Standing
	var out []Draft
	err := s.db.View(ctx, func(tx *db.Tx) error {
		set, lines, err := in.check(tx, lang)
		if err != nil {
			return err
		}
		st = Standing{Cohort: set.cohort, Plan: set.plan, May: true}
		first, err := nextNumber(tx, set.plan)
		for i, l := range lines {
			out = append(out, Draft{l, number(set.plan, first+i)})
		}
		return err
	})
	if err != nil {
		return st, out, err
	}
	who := make([]id.Person, len(out))
	for i, d := range out {
		who[i] = d.Person
	}
	return st, out, s.reads.RecordRead(ctx, access.Certificate, who...)
}

// check refuses an issue to anybody who has not earned it or has one.
func (in Issuing) check(tx *db.Tx, lang string) (setting, []Line, error) {
	set, err := open(tx, in.Cohort)
	if err != nil {
		return set, nil, err
	}
	if err := allow(tx, access.Create, in.Cohort, "", ""); err != nil {
		return set, nil, err
	}
	switch n := len(in.People); {
	case set.key == "":
		return set, nil, fault.New(fault.Conflict, "credential.none", nil)
	case n == 0 || n > PageSize:
		return set, nil, fault.Bad("credential.mend", fault.Field{Name: "people", Key: "credential.nobody"})
	}
	for _, p := range in.People {
		e, err := cohort.EnrolmentOf(tx, in.Cohort, p)
		if err != nil {
			return set, nil, err
		}
		if err := allow(tx, access.Create, in.Cohort, p, ""); err != nil {
			return set, nil, err
		}
		if e.Capacity != cohort.Participant {
			return set, nil, fault.New(fault.Conflict, "credential.not-earned", nil)
		}
	}
	lines, err := linesOf(tx, set, in.People, lang)
	if err != nil {
		return set, nil, err
	}
	for _, l := range lines {
		switch {
		case !l.Earned:
			return set, nil, fault.New(fault.Conflict, "credential.not-earned", nil)
		case !l.Open():
			return set, nil, fault.New(fault.Conflict, "credential.has-one", nil)
		}
	}
	return set, lines, nil
}

// Issue issues a certificate to each of the people: a decision of whoever acts.
func (s *Service) Issue(ctx context.Context, op id.Operation, in Issuing) ([]id.Certificate, error) {
	var out []id.Certificate
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = nil
		_, err := journal.Once(tx, op, "credential.issue", &out, func() error {
			set, lines, err := in.check(tx, "")
			if err != nil {
				return err
			}
			first, err := nextNumber(tx, set.plan)
			if err != nil {
				return err
			}
			for i, l := range lines {
				c, err := issue(tx, set, l, number(set.plan, first+i))
				if err != nil {
					return err
				}
				out = append(out, c.ID)
			}
			return nil
		})
		return err
	})
	return out, err
}

func issue(tx *db.Tx, set setting, l Line, number string) (Certificate, error) {
	loc, err := civil.Zone(set.cohort.Zone)
	if err != nil {
		return Certificate{}, err
	}
	c := Certificate{
		ID: id.New[id.Certificate](), Cohort: set.cohort.ID, Person: l.Person, Key: set.key, Number: number, Fact: id.New[id.Fact](),
		EarnedOn: civil.Of(l.EarnedAt, loc), By: tx.Actor().ID(), IssuedAt: tx.Now(), Revision: 1,
	}
	if l.EarnedAt.IsZero() {
		c.EarnedOn = civil.Of(tx.Now(), loc)
	}
	if m := set.plan.Certificate.ValidMonths; m > 0 {
		c.ValidTo = c.EarnedOn.PlusMonths(m)
	}
	if _, err := tx.Exec(`INSERT INTO credential_certificates (`+columns+`) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', 0, '', 1)`,
		c.ID, c.Cohort, c.Person, c.Key, c.Number, c.Fact, c.EarnedOn.String(), dateText(c.ValidTo), c.By, db.Micros(c.IssuedAt)); err != nil {
		return c, err
	}
	if err := tell(tx, "credential.issued", set.cohort, c); err != nil {
		return c, err
	}
	return c, pathway.Record(tx, pathway.Fact{
		ID: c.Fact, Person: c.Person, Cohort: c.Cohort, Subject: c.Key, Basis: pathway.ByStaff, Source: "certificate:" + string(c.ID),
		Value: pathway.CertificateIssued{Number: c.Number},
	})
}

// Revoking takes a certificate back.
type Revoking struct {
	Certificate id.Certificate
	Cause       string // a key of RevokeCauses
}

// Revoke revokes a certificate, with its cause. Another can be issued if she has
// earned it still.
func (s *Service) Revoke(ctx context.Context, op id.Operation, in Revoking) (Certificate, error) {
	var c Certificate
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		c = Certificate{}
		_, err := journal.Once(tx, op, "credential.revoke", &c, func() error {
			var err error
			if c, err = byID(tx, in.Certificate); err != nil {
				return err
			}
			if err := allow(tx, access.Delete, c.Cohort, c.Person, string(c.ID)); err != nil {
				return err
			}
			if !slices.Contains(RevokeCauses(), in.Cause) {
				return fault.Bad("credential.mend", fault.Field{Name: "cause", Key: "fault.choose"})
			}
			if c.Revoked() {
				return fault.New(fault.Closed, "credential.revoked-already", nil)
			}
			c.RevokedAt, c.RevokedBy, c.Cause = tx.Now(), tx.Actor().ID(), in.Cause
			c.Revision++
			if _, err := tx.Exec(`UPDATE credential_certificates SET revoked_at = ?2, revoked_by = ?3, cause = ?4, revision = ?5 WHERE id = ?1`,
				c.ID, db.Micros(c.RevokedAt), c.RevokedBy, c.Cause, c.Revision); err != nil {
				return err
			}
			at, err := cohort.ByID(tx, c.Cohort)
			if err != nil {
				return err
			}
			if err := tell(tx, "credential.revoked", at, c); err != nil {
				return err
			}
			return pathway.Record(tx, pathway.Fact{
				Person: c.Person, Cohort: c.Cohort, Subject: c.Key, Basis: pathway.ByStaff, Source: "certificate:" + string(c.ID),
				Value: pathway.CertificateRevoked{Cause: c.Cause},
			})
		})
		return err
	})
	return c, err
}

// Shown is a certificate as it is printed.
type Shown struct {
	Certificate
	Who   people.Display
	Names []Printed
	Plan  *programme.Blueprint
	Of    cohort.Cohort
	May   bool // the reader may revoke it
	Self  bool
}

// Show returns one certificate as it is printed. The reading is recorded.
func (s *Service) Show(ctx context.Context, certificate id.Certificate, lang string) (Shown, error) {
	var out Shown
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := byID(tx, certificate)
		if err != nil {
			return err
		}
		if err := allow(tx, access.Read, c.Cohort, c.Person, string(c.ID)); err != nil {
			return err
		}
		set, err := open(tx, c.Cohort)
		if err != nil {
			return err
		}
		out = Shown{Certificate: c, Plan: set.plan, Of: set.cohort, Self: tx.Actor().Person == c.Person}
		out.May = allow(tx, access.Delete, c.Cohort, c.Person, string(c.ID)) == nil
		if out.Names, err = names(tx, c.Person); err != nil {
			return err
		}
		shown, err := people.Displays(tx, tx.Actor(), lang, c.Person)
		out.Who = shown[c.Person]
		return err
	})
	if err != nil || out.Self {
		return out, err
	}
	return out, s.reads.RecordRead(ctx, access.Certificate, out.Person)
}

// Mine lists the actor's own certificates, the latest first.
func (s *Service) Mine(ctx context.Context) ([]Shown, error) {
	var out []Shown
	err := s.db.View(ctx, func(tx *db.Tx) error {
		who := tx.Actor().Person
		if who == "" {
			return nil
		}
		all, err := db.Collect(tx, row, `SELECT `+columns+` FROM credential_certificates WHERE person = ?1 ORDER BY issued_at DESC, id LIMIT 50`, who)
		if err != nil {
			return err
		}
		for _, c := range all {
			set, err := open(tx, c.Cohort)
			if err != nil {
				return err
			}
			out = append(out, Shown{Certificate: c, Plan: set.plan, Of: set.cohort, Self: true})
		}
		return nil
	})
	return out, err
}

const columns = `id, cohort, person, certificate, number, fact, earned_on, valid_until, issued_by, issued_at, revoked_by, revoked_at, cause, revision`

func scan(r interface{ Scan(...any) error }) (Certificate, error) {
	var c Certificate
	var earned, until string
	var issued, revoked int64
	err := r.Scan(&c.ID, &c.Cohort, &c.Person, &c.Key, &c.Number, &c.Fact, &earned, &until, &c.By, &issued, &c.RevokedBy, &revoked, &c.Cause, &c.Revision)
	if err != nil {
		return c, err
	}
	c.IssuedAt, c.RevokedAt = db.Time(issued), db.Time(revoked)
	if err := c.EarnedOn.UnmarshalText([]byte(earned)); err != nil || until == "" {
		return c, err
	}
	return c, c.ValidTo.UnmarshalText([]byte(until))
}

func row(r *db.Rows) (Certificate, error) { return scan(r) }

func byID(tx *db.Tx, certificate id.Certificate) (Certificate, error) {
	c, err := scan(tx.QueryRow(`SELECT `+columns+` FROM credential_certificates WHERE id = ?1`, certificate))
	if errors.Is(err, sql.ErrNoRows) {
		return c, fault.New(fault.NotFound, "credential.unknown", nil)
	}
	return c, err
}

func issuedTo(tx *db.Tx, c id.Cohort, p id.Person) ([]Certificate, error) {
	return db.Collect(tx, row, `SELECT `+columns+` FROM credential_certificates WHERE cohort = ?1 AND person = ?2 ORDER BY issued_at DESC, id DESC`, c, p)
}

func dateText(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// number is the n-th certificate of a programme: its key and a running number.
func number(b *programme.Blueprint, n int) string {
	return fmt.Sprintf("%s/%04d", strings.ToUpper(string(b.Key)), n)
}

// nextNumber is one more than the programme has issued, in whatever cohort.
func nextNumber(tx *db.Tx, b *programme.Blueprint) (int, error) {
	var n int
	prefix := strings.ToUpper(string(b.Key)) + "/"
	err := tx.QueryRow(`SELECT COUNT(*) FROM credential_certificates WHERE substr(number, 1, ?2) = ?1`, prefix, len(prefix)).Scan(&n)
	return n + 1, err
}

// issued is the body of credential.issued and credential.revoked, version 1.
type issued struct {
	Certificate id.Certificate `json:"certificate"`
	Number      string         `json:"number"`
	Cause       string         `json:"cause,omitempty"`
}

func tell(tx *db.Tx, kind string, at cohort.Cohort, c Certificate) error {
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Scope: actor.Scope{Programme: at.Programme, Cohort: at.ID}, Subject: string(c.Person),
		Body: issued{c.ID, c.Number, c.Cause}, Rows: []journal.Row{journal.RowOf(certificatesTable, c.ID)},
	})
}

// Tables declares the package's tables.
func Tables() []db.Table { return []db.Table{certificatesTable} }

var certificatesTable = db.Table{
	Name: "credential_certificates", Owner: "credential", Person: "person",
	Journalled: []string{
		"cohort", "person", "certificate", "number", "fact", "earned_on", "valid_until", "issued_by", "issued_at", "revoked_by", "revoked_at", "cause", "revision",
	},
	Purpose: "Which certificates were issued to whom, and revoked why; never her name.", Keep: "as long as the fact",
	Erase: db.EraseKeep,
}
