package report

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Staff is how many people the units of an agency have that could have been
// proposed, as the agency counts them: what women's share is measured against.
type Staff struct {
	ID        id.StaffCount `json:"-"`
	Agency    string        `json:"agency"` // its key
	Women     int           `json:"women"`
	Everyone  int           `json:"everyone"`
	CountedOn civil.Date    `json:"counted_on"`
	// Source says where the number is from, such as a letter with its date.
	Source    string    `json:"source"`
	EnteredAt time.Time `json:"-"`
	Revision  int       `json:"-"`
}

const staffColumns = `id, agency_key, women, everyone, counted_on, source, entered_at, revision`

func scanStaff(r *db.Rows) (Staff, error) {
	var s Staff
	var on string
	var at int64
	if err := r.Scan(&s.ID, &s.Agency, &s.Women, &s.Everyone, &on, &s.Source, &at, &s.Revision); err != nil {
		return s, err
	}
	var err error
	s.CountedOn, err = civil.ParseDate(on)
	s.EnteredAt = db.Time(at)
	return s, err
}

// staffOf lists a cohort's counts by agency.
func staffOf(tx *db.Tx, c id.Cohort) ([]Staff, error) {
	return db.Collect(tx, scanStaff, `SELECT `+staffColumns+` FROM report_eligible_staff WHERE cohort = ?1 ORDER BY agency_key`, c)
}

// Staff returns the counts that were entered for a cohort, and the keys of all
// agencies that have a quota in it, for the officer who enters them.
func (s *Service) Staff(ctx context.Context, c id.Cohort) (r Report, counts []Staff, agencies []string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if r.Cohort, err = cohort.ByID(tx, c); err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Change, object(access.Figure, r.Cohort, access.Draft)); err != nil {
			return err
		}
		m, err := gather(tx, c, tx.Now())
		if err != nil {
			return err
		}
		r.Blueprint, r.At, r.For = m.blueprint, tx.Now(), ForStaff
		if counts, err = staffOf(tx, c); err != nil {
			return err
		}
		of, err := agenciesOf(tx, c)
		for _, key := range of {
			agencies = append(agencies, key)
		}
		slices.Sort(agencies)
		return err
	})
	return r, counts, agencies, err
}

// sourceMost bounds the words that say where a count is from.
const sourceMost = 300

// CountStaff enters how many an agency says that it has.
type CountStaff struct {
	Cohort          id.Cohort
	Agency          string
	Women, Everyone int
	CountedOn       civil.Date
	Source          string
	// Revision is that of the count which this one replaces; 0 for the first.
	Revision int
}

func (in *CountStaff) check(today civil.Date) error {
	var bad []fault.Field
	if in.Everyone < 1 {
		bad = append(bad, fault.Field{Name: "everyone", Key: "report.staff-everyone"})
	}
	if in.Women < 0 || in.Everyone >= 1 && in.Women > in.Everyone {
		bad = append(bad, fault.Field{Name: "women", Key: "report.staff-women"})
	}
	if in.CountedOn.IsZero() {
		bad = append(bad, fault.Field{Name: "counted_on", Key: "fault.required"})
	} else if in.CountedOn.After(today) {
		bad = append(bad, fault.Field{Name: "counted_on", Key: "report.staff-ahead"})
	}
	in.Source = strings.TrimSpace(in.Source)
	switch n := utf8.RuneCountInString(in.Source); {
	case n == 0:
		bad = append(bad, fault.Field{Name: "source", Key: "report.staff-source"})
	case n > sourceMost:
		bad = append(bad, fault.Field{Name: "source", Key: "fault.too-long", Args: fault.Args{"n": sourceMost}})
	}
	if len(bad) > 0 {
		return fault.Bad("report.staff-mend", bad...)
	}
	return nil
}

// staffCounted is the body of report.staff-counted, version 1.
type staffCounted struct {
	ID       id.StaffCount `json:"id"`
	Cohort   id.Cohort     `json:"cohort"`
	Agency   string        `json:"agency"`
	Revision int           `json:"revision"`
}

// CountStaff enters an agency's count, or replaces the one that is there.
// Releases that were signed keep the one that they were signed with.
func (s *Service) CountStaff(ctx context.Context, op id.Operation, in CountStaff) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var n int
		_, err := journal.Once(tx, op, "report.count-staff", &n, func() error {
			c, err := cohort.ByID(tx, in.Cohort)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Change, object(access.Figure, c, access.Draft)); err != nil {
				return err
			}
			agencies, err := agenciesOf(tx, c.ID)
			if err != nil {
				return err
			}
			known := false
			for _, key := range agencies {
				known = known || key == in.Agency
			}
			if !known {
				return fault.New(fault.NotFound, "report.agency-unknown", nil)
			}
			if err := in.check(c.Today(tx.Now())); err != nil {
				return err
			}
			x, err := scanStaffRow(tx, c.ID, in.Agency)
			switch {
			case err != nil:
				return err
			case x.Revision != in.Revision:
				return fault.New(fault.Stale, "fault.stale", nil)
			case x.ID == "":
				x.ID = id.New[id.StaffCount]()
			}
			n = x.Revision + 1
			if _, err := tx.Exec(`INSERT INTO report_eligible_staff (id, cohort, agency_key, women, everyone, counted_on, source, entered_by, entered_at, revision)
				VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
				ON CONFLICT (cohort, agency_key) DO UPDATE SET women = excluded.women, everyone = excluded.everyone, counted_on = excluded.counted_on,
					source = excluded.source, entered_by = excluded.entered_by, entered_at = excluded.entered_at, revision = excluded.revision`,
				x.ID, c.ID, in.Agency, in.Women, in.Everyone, in.CountedOn.String(), in.Source, tx.Actor().ID(), db.Micros(tx.Now()), n); err != nil {
				return err
			}
			return journal.Append(tx, journal.Entry{
				Kind: "report.staff-counted", Version: 1, Scope: actor.Scope{Country: c.Country, Programme: c.Programme, Cohort: c.ID}, Subject: string(c.ID),
				Body: staffCounted{x.ID, c.ID, in.Agency, n}, Rows: []journal.Row{journal.RowOf(staffTable, x.ID)},
			})
		})
		return err
	})
}

// scanStaffRow returns the count that is there; one with revision 0 if none is.
func scanStaffRow(tx *db.Tx, c id.Cohort, agency string) (Staff, error) {
	var x Staff
	err := tx.QueryRow(`SELECT id, revision FROM report_eligible_staff WHERE cohort = ?1 AND agency_key = ?2`, c, agency).Scan(&x.ID, &x.Revision)
	if errors.Is(err, sql.ErrNoRows) {
		return Staff{}, nil
	}
	return x, err
}
