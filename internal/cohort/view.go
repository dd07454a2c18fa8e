package cohort

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// PageSize is how many lines a page of a list has.
const PageSize = 50

// mine returns the agencies that the actor's grant is bound to, with their
// branches; nil if it is bound to none.
func mine(tx *db.Tx) ([]id.Agency, error) {
	under := tx.Actor().Grant.Scope.Agency
	if under == "" {
		return nil, nil
	}
	all, err := people.Agencies(tx, under)
	if err != nil {
		return nil, err
	}
	out := make([]id.Agency, len(all))
	for i, a := range all {
		out[i] = a.ID
	}
	return out, nil
}

func visible(agencies []id.Agency, a id.Agency) bool {
	return agencies == nil || slices.Contains(agencies, a)
}

// QuotaView is a quota as a page shows it.
type QuotaView struct {
	Quota
	Agency people.Agency // zero for places of no agency
	Lanes  []Count
	Total  Count // over all lanes
	InLine int
	// Proposed counts the nominations that nobody decided about.
	Proposed int
}

// Overview is a cohort with its balance.
type Overview struct {
	Cohort    Cohort
	Programme i18n.Text
	// Quotas are those of the agencies that the actor may see, and places that are not
	// divided among agencies: of these whoever sees one agency alone is told how the
	// places stand, and how many of her own officers wait for one.
	Quotas []QuotaView
	// Agencies propose officers: those of the quotas, or, where the places are not
	// divided, each that the actor may propose for.
	Agencies []people.Agency
	// Whole tells that the reader sees every agency, not her own alone.
	Whole bool
}

// Undivided reports whether the places are not divided among agencies.
func (o Overview) Undivided() bool {
	return slices.ContainsFunc(o.Quotas, func(q QuotaView) bool { return q.Agency.ID == "" })
}

// Overview returns a cohort and the balance of the quotas that the actor may see.
func (s *Service) Overview(ctx context.Context, cohort id.Cohort) (Overview, error) {
	var out Overview
	err := s.db.View(ctx, func(tx *db.Tx) error {
		set, err := open(tx, cohort)
		if err != nil {
			return err
		}
		if err := allowCohort(tx, access.Read, set.cohort); err != nil {
			return err
		}
		out.Cohort, out.Programme = set.cohort, textOf(set.plan, set.plan.Title)
		if out.Quotas, out.Whole, err = quotaViews(tx, set.cohort); err != nil {
			return err
		}
		if !out.Whole {
			open, err := undivided(tx, set.cohort)
			if err != nil {
				return err
			}
			out.Quotas = append(out.Quotas, open...)
		}
		out.Agencies, err = agenciesOf(tx, out, set.plan)
		return err
	})
	return out, err
}

// agenciesOf returns the agencies that propose for the quotas of an overview.
func agenciesOf(tx *db.Tx, o Overview, b *programme.Blueprint) ([]people.Agency, error) {
	if o.Undivided() {
		return ownProposers(tx, o.Cohort, b)
	}
	var out []people.Agency
	for _, q := range o.Quotas {
		if !slices.ContainsFunc(out, func(a people.Agency) bool { return a.ID == q.Agency.ID }) {
			out = append(out, q.Agency)
		}
	}
	return out, nil
}

// undivided returns the quotas of no agency, as somebody is told of them who sees
// her own agencies alone.
func undivided(tx *db.Tx, c Cohort) ([]QuotaView, error) {
	agencies, err := mine(tx)
	if err != nil {
		return nil, err
	}
	all, err := viewsOf(tx, c, func(q Quota) bool { return q.Agency == "" })
	if err != nil {
		return nil, err
	}
	for i := range all {
		q := &all[i]
		q.Total.Acts, q.Lanes, q.InLine, q.Proposed = map[Act]int{}, nil, 0, 0
		for _, a := range agencies {
			var waiting, undecided int
			if err := tx.QueryRow(`SELECT COALESCE(SUM(CASE WHEN decision = 'in-line' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN decision = '' THEN 1 ELSE 0 END), 0)
				FROM cohort_nominations WHERE cohort = ?1 AND quota = ?2 AND agency = ?3 AND ending = '' AND seat = ''`, c.ID, q.ID, a).Scan(&waiting, &undecided); err != nil {
				return nil, err
			}
			q.InLine, q.Proposed = q.InLine+waiting, q.Proposed+undecided
		}
	}
	return all, nil
}

// quotaViews returns the quotas of the agencies that the actor may see, and whether
// these are all.
func quotaViews(tx *db.Tx, c Cohort) ([]QuotaView, bool, error) {
	agencies, err := mine(tx)
	if err != nil {
		return nil, false, err
	}
	out, err := viewsOf(tx, c, func(q Quota) bool { return visible(agencies, q.Agency) })
	return out, agencies == nil, err
}

func viewsOf(tx *db.Tx, c Cohort, which func(Quota) bool) ([]QuotaView, error) {
	qs, err := Quotas(tx, c.ID)
	if err != nil {
		return nil, err
	}
	ts, err := tallies(tx, c.ID)
	if err != nil {
		return nil, err
	}
	counts, waiting := counted(ts)
	var out []QuotaView
	for _, q := range qs {
		if !which(q) {
			continue
		}
		v := QuotaView{Quota: q, Total: Count{Quota: q.ID, By: map[State]int{}, Acts: map[Act]int{}}}
		if q.Agency != "" {
			if v.Agency, err = people.AgencyByID(tx, q.Agency); err != nil {
				return nil, err
			}
		}
		for _, n := range counts {
			if n.Quota != q.ID {
				continue
			}
			v.Lanes = append(v.Lanes, n)
			for k, x := range n.By {
				v.Total.By[k] += x
			}
			for k, x := range n.Acts {
				v.Total.Acts[k] += x
			}
		}
		v.InLine, v.Proposed = waiting[q.ID][InLine], waiting[q.ID][Undecided]
		out = append(out, v)
	}
	return out, nil
}

// Cohorts lists the cohorts that the actor may see, the latest first.
func (s *Service) Cohorts(ctx context.Context) ([]Cohort, error) {
	var out []Cohort
	err := s.db.View(ctx, func(tx *db.Tx) error {
		all, err := OfProgramme(tx, tx.Actor().Grant.Scope.Programme)
		if err != nil {
			return err
		}
		for _, c := range all {
			if allowCohort(tx, access.Read, c) == nil {
				out = append(out, c)
			}
		}
		return nil
	})
	return out, err
}

// Line is a nomination in a list.
type Line struct {
	Nomination
	Who  people.Display
	Code string // the agency's
	// Standing is her way in the cohort, as it was when last refreshed.
	Stages []pathway.StageRow
}

// Listing asks for a page of nominations.
type Listing struct {
	Cohort id.Cohort
	Agency id.Agency // one agency only, if not empty
	Status Status    // one status only, if not empty
	After  id.Nomination
	Lang   string
}

// Nominations lists the nominations of a cohort that the actor may see, by id,
// and the id to go on from (empty: no more). Reading them is recorded.
func (s *Service) Nominations(ctx context.Context, in Listing) ([]Line, id.Nomination, error) {
	var out []Line
	var next id.Nomination
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := ByID(tx, in.Cohort)
		if err != nil {
			return err
		}
		if err := allowCohort(tx, access.Read, c); err != nil {
			return err
		}
		agencies, err := mine(tx)
		if err != nil {
			return err
		}
		if in.Agency != "" {
			if !visible(agencies, in.Agency) {
				return access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Nomination, ID: string(in.Agency)})
			}
			agencies = []id.Agency{in.Agency}
		}
		ns, err := pageOf(tx, in, agencies)
		if err != nil {
			return err
		}
		if len(ns) > PageSize {
			ns = ns[:PageSize]
			next = ns[PageSize-1].ID
		}
		out, err = lines(tx, c, ns, in.Lang)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return out, next, s.readOf(ctx, out)
}

func (s *Service) readOf(ctx context.Context, ls []Line) error {
	who := make([]id.Person, len(ls))
	for i, l := range ls {
		who[i] = l.Person
	}
	if len(who) == 0 {
		return nil
	}
	return s.reads.RecordRead(ctx, access.Nomination, who...)
}

// lines dresses nominations for a list, leaving out what the actor may not read.
func lines(tx *db.Tx, c Cohort, ns []Nomination, lang string) ([]Line, error) {
	branches := map[id.Agency][]id.Agency{}
	codes := map[id.Agency]string{}
	kept := ns[:0:0]
	for _, n := range ns {
		if _, ok := branches[n.Agency]; !ok {
			b, err := people.Branch(tx, n.Agency)
			if err != nil {
				return nil, err
			}
			a, err := people.AgencyByID(tx, n.Agency)
			if err != nil {
				return nil, err
			}
			branches[n.Agency], codes[n.Agency] = b, a.Code
		}
		o := access.Object{Kind: access.Nomination, ID: string(n.ID), Subject: n.Person, Place: place(c, branches[n.Agency])}
		if access.Allows(tx.Actor(), access.Read, o) {
			kept = append(kept, n)
		}
	}
	ids := make([]id.Person, len(kept))
	for i, n := range kept {
		ids[i] = n.Person
	}
	shown, err := people.Displays(tx, tx.Actor(), lang, ids...)
	if err != nil {
		return nil, err
	}
	stages := map[id.Person][]pathway.StageRow{}
	if len(ids) > 0 {
		rows, err := pathway.StageRows(tx, c.ID, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			stages[r.Person] = append(stages[r.Person], r)
		}
	}
	out := make([]Line, len(kept))
	for i, n := range kept {
		out[i] = Line{Nomination: n, Who: shown[n.Person], Code: codes[n.Agency], Stages: stages[n.Person]}
	}
	return out, nil
}

// pageOf reads one nomination more than a page has.
func pageOf(tx *db.Tx, in Listing, agencies []id.Agency) ([]Nomination, error) {
	q := `SELECT ` + nominationColumns + nominationFrom + ` WHERE n.cohort = ?1 AND n.id > ?2`
	args := []any{in.Cohort, in.After}
	if agencies != nil {
		marks := make([]string, len(agencies))
		for i, a := range agencies {
			args = append(args, a)
			marks[i] = fmt.Sprintf("?%d", len(args))
		}
		q += ` AND n.agency IN (` + strings.Join(marks, ", ") + `)`
	}
	if w := statusWhere(in.Status); w != "" {
		q += ` AND ` + w
	}
	args = append(args, PageSize+1)
	return db.Collect(tx, rowNomination, q+fmt.Sprintf(` ORDER BY n.id LIMIT ?%d`, len(args)), args...)
}

// statusWhere is [Nomination.Status] turned round, for lists.
func statusWhere(s Status) string {
	const open = `n.ending = '' AND `
	switch s {
	case StatusProposed:
		return open + `n.seat = '' AND n.decision = '' AND n.answer = ''`
	case StatusSaidYes:
		return open + `n.seat = '' AND n.decision = '' AND n.answer = 'yes'`
	case StatusOffered, StatusHeld, StatusConfirmed:
		return open + `s.state = '` + string(s) + `'`
	case StatusInLine, StatusNotChosen:
		return open + `n.seat = '' AND n.decision = '` + string(s) + `'`
	case StatusDeclined, StatusWithdrawn, StatusReleased, StatusLeft:
		return `n.ending = '` + string(s) + `'`
	case StatusReplaced:
		return `n.ending = 'substituted'`
	}
	return ""
}

// Detail is all that the actor may see of one nomination.
type Detail struct {
	Line
	Cohort  Cohort
	Title   i18n.Text // of the programme
	Agency  people.Agency
	Needs   []Need
	Arrange []Arrangement
	Letters []Letter // that cover her
	// Reaches, Exceptions and Reason are for the programme alone; Reason also for
	// herself.
	Reaches    []Reach
	Warnings   []Warning // reminders of deadlines, the last first; for the programme alone
	Balance    QuotaView // of the places that she is proposed for; for whoever decides
	Exceptions []Exception
	Reason     string
	ReasonNote string
	Contacts   []people.Contact // for the programme alone
	Standing   pathway.Standing
	Plan       *programme.Blueprint
	Staff      bool // the actor may decide
	Self       bool
	Likely     []people.Likeness // who may be the same person; for whoever may see them
	Names      []people.Name
	InPlaceOf  bool
	Paper      id.Paper // the scan of her own answer, for the programme and herself; empty if there is none
}

// Nomination returns one nomination with what belongs to it. The read is
// recorded.
func (s *Service) Nomination(ctx context.Context, nomination id.Nomination, lang string) (Detail, error) {
	var d Detail
	err := s.db.View(ctx, func(tx *db.Tx) error {
		n, set, err := load(tx, access.Read, access.Nomination, nomination)
		if err != nil {
			return err
		}
		ls, err := lines(tx, set.cohort, []Nomination{n}, lang)
		if err != nil {
			return err
		}
		d = Detail{Line: ls[0], Cohort: set.cohort, Plan: set.plan, Title: textOf(set.plan, set.plan.Title)}
		a := tx.Actor()
		d.Self = a.Person == n.Person
		d.Staff = allow(tx, access.Decide, access.Nomination, set.cohort, n.Agency, n.Person, string(n.ID)) == nil
		d.InPlaceOf = n.InPlaceOf != "" && !d.Self
		if d.Agency, err = people.AgencyByID(tx, n.Agency); err != nil {
			return err
		}
		if d.Needs, err = needs(tx, set.cohort, n); err != nil {
			return err
		}
		if d.Arrange, err = arrangements(tx, n.ID, a.Grant.Role == actor.FocalPoint && !d.Self); err != nil {
			return err
		}
		if d.Names, err = people.NamesOf(tx, n.Person); err != nil {
			return err
		}
		if d.Standing, err = pathway.StandingOf(tx, n.Person, n.Cohort); err != nil {
			return err
		}
		if d.Letters, err = db.Collect(tx, func(r *db.Rows) (Letter, error) { return scanLetter(r) },
			`SELECT `+letterColumns+` FROM cohort_covers v JOIN cohort_letters l ON l.id = v.letter WHERE v.nomination = ?1 ORDER BY l.dated, l.id`, n.ID); err != nil {
			return err
		}
		if d.Self {
			d.Letters = nil // a letter that covers many is not hers to read
		}
		if d.Staff || d.Self {
			if d.Paper, err = paperOf(tx, n); err != nil {
				return err
			}
			if d.Exceptions, err = exceptions(tx, n.ID, set.cohort.Zone); err != nil {
				return err
			}
			rs, err := db.Collect(tx, func(r *db.Rows) ([2]string, error) {
				var x [2]string
				return x, r.Scan(&x[0], &x[1])
			}, `SELECT reason, note FROM cohort_reasons WHERE cohort = ?1 AND person = ?2 ORDER BY at DESC, id LIMIT 1`, n.Cohort, n.Person)
			if err != nil {
				return err
			}
			if len(rs) > 0 && n.Ending == EndDeclined {
				d.Reason, d.ReasonNote = rs[0][0], rs[0][1]
			}
		}
		if d.Staff {
			if d.Reaches, err = reaches(tx, n.ID); err != nil {
				return err
			}
			if s.warned != nil {
				if d.Warnings, err = s.warned.About(tx, n.Cohort, n.Person); err != nil {
					return err
				}
			}
			of, err := viewsOf(tx, set.cohort, func(q Quota) bool { return q.ID == n.Quota })
			if err != nil {
				return err
			}
			if len(of) == 1 {
				d.Balance = of[0]
			}
			if d.Contacts, err = people.ContactsOf(tx, n.Person); err != nil {
				return err
			}
			if d.Likely, err = likely(ctx, tx, n.Person, d.Names); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	return d, s.reads.RecordRead(ctx, access.Nomination, d.Person)
}

// likely lists who may be the same person; nothing is ever merged.
func likely(ctx context.Context, tx *db.Tx, p id.Person, names []people.Name) ([]people.Likeness, error) {
	written := make([]string, len(names))
	for i, n := range names {
		written[i] = n.Written
	}
	ls, err := people.LikelyIn(ctx, tx, written...)
	return slices.DeleteFunc(ls, func(l people.Likeness) bool { return l.ID == p }), err
}

// Mine lists the actor's own nominations, the latest first.
func (s *Service) Mine(ctx context.Context) ([]Nomination, error) {
	var out []Nomination
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if tx.Actor().Person == "" {
			return nil
		}
		var err error
		out, err = NominationsOf(tx, tx.Actor().Person)
		return err
	})
	return out, err
}
