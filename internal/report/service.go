package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Reads records who read whose data; access keeps the record.
type Reads interface {
	// RecordRead notes that the actor of ctx read kind of these people. On an error
	// the data is withheld.
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

// Report is the figures of a cohort as somebody may see them.
type Report struct {
	Cohort    cohort.Cohort
	Blueprint *programme.Blueprint
	At        time.Time
	For       Audience
	// Release is nil for live figures.
	Release *Release
	// Agency is set where a focal point sees her agency's part alone.
	Agency  string
	Figures []Figure
	Backing Backing
}

// Figure returns the figure with a key; nil if there is none.
func (r *Report) Figure(key string) *Figure {
	for i := range r.Figures {
		if r.Figures[i].Key == key {
			return &r.Figures[i]
		}
	}
	return nil
}

func placeOf(c cohort.Cohort) access.Place {
	return access.Place{Country: c.Country, Programme: c.Programme, Cohort: c.ID, Since: c.OpenedAt, Until: c.ClosedAt}
}

func object(k access.Kind, c cohort.Cohort, state string) access.Object {
	return access.Object{Kind: k, ID: string(c.ID), Place: placeOf(c), State: state}
}

// Figures returns a cohort's figures as the actor may see them: staff of the
// programme the live ones, or, if release is not 0, those of a release as outside
// sees them; everybody else those of a release, the latest if release is 0. A
// focal point sees her agency's part of it.
func (s *Service) Figures(ctx context.Context, c id.Cohort, release int) (Report, error) {
	var out Report
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if out.Cohort, err = cohort.ByID(tx, c); err != nil {
			return err
		}
		a := tx.Actor()
		if release == 0 && access.Allows(a, access.Read, object(access.Figure, out.Cohort, access.Draft)) {
			return live(tx, &out, tx.Now())
		}
		return released(tx, &out, release)
	})
	return out, err
}

// Export is Figures for a file that is taken away.
func (s *Service) Export(ctx context.Context, c id.Cohort, release int) (Report, error) {
	out, err := s.Figures(ctx, c, release)
	if err != nil {
		return out, err
	}
	state := access.Draft
	if out.Release != nil {
		state = access.Released
	}
	return out, access.Allow(actor.From(ctx), access.Export, object(access.Figure, out.Cohort, state))
}

func live(tx *db.Tx, out *Report, at time.Time) error {
	m, err := gather(tx, out.Cohort.ID, at)
	if err != nil {
		return err
	}
	out.Blueprint, out.At, out.For, out.Figures = m.blueprint, at, ForStaff, m.figures()
	out.Backing, err = backing(tx, out.Cohort.ID, m)
	return err
}

func released(tx *db.Tx, out *Report, number int) error {
	a := tx.Actor()
	all := access.Allows(a, access.Read, object(access.Figure, out.Cohort, access.Released))
	var agency string
	if !all {
		agencies, err := agenciesOf(tx, out.Cohort.ID)
		if err != nil {
			return err
		}
		for ag, key := range agencies {
			at, err := people.PlaceOf(tx, ag)
			if err != nil {
				return err
			}
			o := object(access.Figure, out.Cohort, access.Released)
			o.Agency, o.Branch = at.Agency, at.Branch
			if access.Allows(a, access.Read, o) {
				agency = key
			}
		}
		if agency == "" {
			return access.Allow(a, access.Read, object(access.Figure, out.Cohort, access.Released))
		}
	}
	releases, err := releasesOf(tx, out.Cohort.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(releases, func(r Release) bool { return number == 0 || r.Number == number })
	if i < 0 {
		return fault.New(fault.NotFound, "report.nothing-released", nil)
	}
	r := releases[i]
	out.Release, out.At, out.For = &r, r.AsOf, ForOutside
	data := r.outside
	if agency != "" {
		out.For, out.Agency, data = ForPartners, agency, r.partners
	}
	if out.Blueprint, err = programme.Load(tx, r.Version); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(data), &out.Figures); err != nil {
		return err
	}
	for i := range out.Figures {
		f := &out.Figures[i]
		for j := range out.Blueprint.Indicators {
			if string(out.Blueprint.Indicators[j].Key) == f.Key {
				f.Indicator = &out.Blueprint.Indicators[j]
			}
		}
		if agency != "" {
			f.only(agency)
		}
	}
	switch {
	case agency != "":
		out.Backing = Backing{Sheets: []Sheet{}, Letters: []Letter{}}
	case access.Allows(a, access.Read, object(access.Backing, out.Cohort, access.Released)):
		return json.Unmarshal([]byte(r.backing), &out.Backing)
	}
	return nil
}

// only leaves of a figure what concerns one agency.
func (f *Figure) only(agency string) {
	mine := func(p Part) bool { return p.Agency != agency }
	f.ByAgency = slices.DeleteFunc(f.ByAgency, mine)
	f.Cells = slices.DeleteFunc(f.Cells, mine)
	f.Total, f.First, f.Later, f.BySex, f.ByMode = Number{}, Number{}, Number{}, nil, nil
	f.Further = nil
	f.Note, f.NoteN, f.NoteOf = "", 0, 0
	if len(f.ByAgency) == 1 {
		f.Total = f.ByAgency[0].Number
	}
	f.ByAgency = nil
	f.BySex = f.Cells
	f.Cells = nil
	for i := range f.BySex {
		f.BySex[i].Agency = ""
	}
}

// People are the persons behind a figure.
type People struct {
	Report Report
	Figure Figure
	Rows   []Row
	Names  map[id.Person]people.Display
}

// People returns who is behind a live figure, for those who may see the people.
// That they were shown is recorded.
func (s *Service) People(ctx context.Context, c id.Cohort, key string) (People, error) {
	var out People
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if out.Report.Cohort, err = cohort.ByID(tx, c); err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, object(access.Rows, out.Report.Cohort, "")); err != nil {
			return err
		}
		if err := live(tx, &out.Report, tx.Now()); err != nil {
			return err
		}
		f := out.Report.Figure(key)
		if f == nil {
			return fault.New(fault.NotFound, "report.figure-unknown", nil)
		}
		out.Figure, out.Rows = *f, f.Rows()
		var ps []id.Person
		for _, r := range out.Rows {
			ps = append(ps, r.Person)
		}
		out.Names, err = people.Displays(tx, tx.Actor(), i18n.From(ctx).Lang(), ps...)
		return err
	})
	if err != nil || len(out.Rows) == 0 {
		return out, err
	}
	var ps []id.Person
	for _, r := range out.Rows {
		ps = append(ps, r.Person)
	}
	return out, s.reads.RecordRead(ctx, access.Rows, ps...)
}

// SmallDifference is a number that outside does not see unless an officer signs.
type SmallDifference struct {
	Figure string
	Place  string
	Number Number
}

// ID names the difference on a form: the figure and the place.
func (d SmallDifference) ID() string { return d.Figure + " " + d.Place }

// Draft is what a release would hold, for the officer who is to sign it.
type Draft struct {
	Staff    Report
	Partners []Figure
	Outside  []Figure
	// Differences are what she has to sign for, if it is to be shown.
	Differences []SmallDifference
}

// Draft returns what a release made now would show to whom.
func (s *Service) Draft(ctx context.Context, c id.Cohort) (Draft, error) {
	var out Draft
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if out.Staff.Cohort, err = cohort.ByID(tx, c); err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Create, object(access.Release, out.Staff.Cohort, access.Draft)); err != nil {
			return err
		}
		if err := live(tx, &out.Staff, tx.Now()); err != nil {
			return err
		}
		out.Partners, out.Outside, out.Differences = protectAll(out.Staff.Figures, nil)
		return nil
	})
	return out, err
}

// protectAll returns the figures for partners and for outside, and the small
// differences that are not shown without a signature.
func protectAll(figures []Figure, signed []string) (partners, outside []Figure, open []SmallDifference) {
	for _, f := range figures {
		mine := map[string]bool{}
		for _, s := range signed {
			if place, ok := strings.CutPrefix(s, f.Key+" "); ok {
				mine[place] = true
			}
		}
		p, o := Protect(f, ForPartners, mine), Protect(f, ForOutside, mine)
		partners, outside = append(partners, p), append(outside, o)
		numbers := f.Places()
		_, slots, sums := f.grid()
		one := same(slots, sums)
		for i, x := range o.Places() {
			if x.Number.Withheld == Difference && one[i] == i { // each number once
				open = append(open, SmallDifference{f.Key, x.Name, numbers[i].Number})
			}
		}
	}
	return partners, outside, open
}

// SignInput releases a cohort's figures.
type SignInput struct {
	Cohort id.Cohort
	// Differences are the small differences that are to be shown, by
	// [SmallDifference.ID]. Each is signed for by name.
	Differences []string
}

// releaseSigned is the body of report.released, version 1.
type releaseSigned struct {
	Release     id.Release `json:"release"`
	Cohort      id.Cohort  `json:"cohort"`
	Version     id.Version `json:"version"`
	Number      int        `json:"number"`
	Digest      string     `json:"digest"`
	Differences []string   `json:"differences"`
}

// Sign freezes the figures as they are now and shows them to partners and outside.
// It cannot be undone; a later release stands beside it.
func (s *Service) Sign(ctx context.Context, op id.Operation, in SignInput) (int, error) {
	var number int
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "report.sign", &number, func() error {
			r := Report{}
			var err error
			if r.Cohort, err = cohort.ByID(tx, in.Cohort); err != nil {
				return err
			}
			o := object(access.Release, r.Cohort, access.Draft)
			if err := access.Allow(tx.Actor(), access.Sign, o); err != nil {
				return err
			}
			if len(in.Differences) > 0 {
				if err := access.Allow(tx.Actor(), access.Sign, object(access.Disclosure, r.Cohort, "")); err != nil {
					return err
				}
			}
			if err := live(tx, &r, tx.Now()); err != nil {
				return err
			}
			_, _, open := protectAll(r.Figures, nil)
			signed := []string{}
			for _, d := range in.Differences {
				if !slices.ContainsFunc(open, func(x SmallDifference) bool { return x.ID() == d }) {
					return fault.Bad("report.sign-refused", fault.Field{Name: "differences", Key: "report.difference-unknown"})
				}
				signed = append(signed, d)
			}
			partners, outside, _ := protectAll(r.Figures, signed)
			follows, err := pathway.FollowingOf(tx, r.Cohort.ID)
			if err != nil {
				return err
			}
			x := Release{
				ID: id.New[id.Release](), Cohort: r.Cohort.ID, Programme: r.Cohort.Programme, Country: r.Cohort.Country, Version: follows.Version,
				AsOf: tx.Now(), SignedBy: tx.Actor().Person, SignedAt: tx.Now(), Differences: signed,
			}
			if x.Number, err = nextNumber(tx, x.Cohort); err != nil {
				return err
			}
			h := sha256.New()
			for _, y := range []struct {
				to *string
				v  any
			}{{&x.partners, partners}, {&x.outside, outside}, {&x.backing, r.Backing}} {
				data, err := json.Marshal(y.v)
				if err != nil {
					return err
				}
				*y.to = string(data)
				h.Write(data)
			}
			x.Digest = hex.EncodeToString(h.Sum(nil))
			if err := insertRelease(tx, x); err != nil {
				return err
			}
			number = x.Number
			return journal.Append(tx, journal.Entry{
				Kind: "report.released", Version: 1, Scope: actor.Scope{Country: x.Country, Programme: x.Programme, Cohort: x.Cohort}, Subject: string(x.Cohort),
				Body: releaseSigned{x.ID, x.Cohort, x.Version, x.Number, x.Digest, x.Differences}, Rows: []journal.Row{journal.RowOf(releasesTable, x.ID)},
			})
		})
		return err
	})
	return number, err
}

// Releases lists a cohort's releases, the latest first.
func (s *Service) Releases(ctx context.Context, c id.Cohort) ([]Release, error) {
	var out []Release
	err := s.db.View(ctx, func(tx *db.Tx) error {
		at, err := cohort.ByID(tx, c)
		if err != nil {
			return err
		}
		a := tx.Actor()
		if !access.Allows(a, access.List, object(access.Release, at, access.Draft)) {
			if err := access.Allow(a, access.List, object(access.Release, at, access.Released)); err != nil {
				return err
			}
		}
		out, err = releasesOf(tx, c)
		return err
	})
	return out, err
}
