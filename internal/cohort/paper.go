package cohort

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// CallView is an agency's call as it is printed.
type CallView struct {
	Cohort  Cohort
	Title   i18n.Text
	Plan    *programme.Blueprint
	Call    Call // zero if none was made yet
	Agency  people.Agency
	Quotas  []QuotaView
	Letter  Letter
	MayEdit bool
}

// Call returns the call of one agency.
func (s *Service) Call(ctx context.Context, cohort id.Cohort, agency id.Agency) (CallView, error) {
	var out CallView
	err := s.db.View(ctx, func(tx *db.Tx) error {
		set, err := open(tx, cohort)
		if err != nil {
			return err
		}
		if err := allow(tx, access.Read, access.Call, set.cohort, agency, "", ""); err != nil {
			return err
		}
		out.MayEdit = allow(tx, access.Create, access.Call, set.cohort, agency, "", "") == nil
		out.Cohort, out.Plan, out.Title = set.cohort, set.plan, textOf(set.plan, set.plan.Title)
		if out.Agency, err = people.AgencyByID(tx, agency); err != nil {
			return err
		}
		all, err := calls(tx, cohort)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Agency == agency {
				out.Call = c
			}
		}
		if out.Call.Letter != "" {
			if out.Letter, err = letterByID(tx, out.Call.Letter); err != nil {
				return err
			}
		}
		out.Quotas, err = viewsOf(tx, set.cohort, func(q Quota) bool { return q.Agency == agency || q.Agency == "" })
		return err
	})
	return out, err
}

// Letters lists the letters of a cohort that the actor may read, the latest
// first.
func (s *Service) Letters(ctx context.Context, cohort id.Cohort) ([]Letter, error) {
	var out []Letter
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := ByID(tx, cohort)
		if err != nil {
			return err
		}
		all, err := letters(tx, cohort, "")
		if err != nil {
			return err
		}
		for _, l := range all {
			if allow(tx, access.Read, access.Letter, c, l.Agency, "", string(l.ID)) == nil {
				out = append(out, l)
			}
		}
		return nil
	})
	return out, err
}

// Letter returns one letter and whom it covers.
func (s *Service) Letter(ctx context.Context, letter id.Letter, lang string) (Letter, []Line, error) {
	var l Letter
	var out []Line
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if l, err = letterByID(tx, letter); err != nil {
			return err
		}
		c, err := ByID(tx, l.Cohort)
		if err != nil {
			return err
		}
		if err := allow(tx, access.Read, access.Letter, c, l.Agency, "", string(l.ID)); err != nil {
			return err
		}
		covers, err := coversOf(tx, letter)
		if err != nil {
			return err
		}
		var ns []Nomination
		for _, cv := range covers {
			n, err := NominationByID(tx, cv.Nomination)
			if err != nil {
				return err
			}
			ns = append(ns, n)
		}
		out, err = lines(tx, c, ns, lang)
		return err
	})
	if err != nil {
		return l, nil, err
	}
	return l, out, s.readOf(ctx, out)
}

// DeclineCounts counts, per agency, why officers could not come. It is for the
// programme; a report withholds small cells.
func DeclineCounts(tx *db.Tx, cohort id.Cohort) (map[string]int, error) {
	out := map[string]int{}
	type count struct {
		reason string
		n      int
	}
	all, err := db.Collect(tx, func(r *db.Rows) (count, error) {
		var c count
		return c, r.Scan(&c.reason, &c.n)
	}, `SELECT reason, COUNT(*) FROM cohort_reasons WHERE cohort = ?1 GROUP BY reason`, cohort)
	for _, c := range all {
		out[c.reason] = c.n
	}
	return out, err
}

// FollowingRevision returns the revision of what the cohort follows: whoever
// moves it to another version names the one whose consequences she looked at.
func (s *Service) FollowingRevision(ctx context.Context, cohort id.Cohort) (int64, error) {
	var n int64
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := ByID(tx, cohort)
		if err != nil {
			return err
		}
		if err := allowCohort(tx, access.Change, c); err != nil {
			return err
		}
		f, err := pathway.FollowingOf(tx, cohort)
		n = f.Revision
		return err
	})
	return n, err
}

// Names returns how people of a cohort are shown to the actor, who runs it. The
// read is recorded.
func (s *Service) Names(ctx context.Context, cohort id.Cohort, lang string, ps ...id.Person) (map[id.Person]people.Display, error) {
	if len(ps) == 0 {
		return nil, nil
	}
	var out map[id.Person]people.Display
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := ByID(tx, cohort)
		if err != nil {
			return err
		}
		if err := allowCohort(tx, access.Change, c); err != nil {
			return err
		}
		var of []id.Person
		for _, p := range ps {
			var n int
			if err := tx.QueryRow(`SELECT COUNT(*) FROM cohort_nominations WHERE person = ?1 AND cohort = ?2`, p, cohort).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				of = append(of, p)
			}
		}
		out, err = people.Displays(tx, tx.Actor(), lang, of...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, s.reads.RecordRead(ctx, access.Nomination, ps...)
}
