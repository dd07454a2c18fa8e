package cohort

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
	Quotas    []QuotaView
	// Whole tells that the reader sees every agency, not her own alone.
	Whole bool
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
		out.Quotas, out.Whole, err = quotaViews(tx, set.cohort)
		return err
	})
	return out, err
}

func quotaViews(tx *db.Tx, c Cohort) ([]QuotaView, bool, error) {
	agencies, err := mine(tx)
	if err != nil {
		return nil, false, err
	}
	qs, err := Quotas(tx, c.ID)
	if err != nil {
		return nil, false, err
	}
	counts, err := Counts(tx, c.ID)
	if err != nil {
		return nil, false, err
	}
	type tally struct {
		quota    id.Quota
		decision Decision
		n        int
	}
	tallies, err := db.Collect(tx, func(r *db.Rows) (tally, error) {
		var t tally
		return t, r.Scan(&t.quota, &t.decision, &t.n)
	}, `SELECT quota, decision, COUNT(*) FROM cohort_nominations WHERE cohort = ?1 AND ending = '' AND seat = '' GROUP BY quota, decision`, c.ID)
	if err != nil {
		return nil, false, err
	}
	var out []QuotaView
	for _, q := range qs {
		if !visible(agencies, q.Agency) {
			continue
		}
		v := QuotaView{Quota: q, Total: Count{Quota: q.ID, By: map[State]int{}, Acts: map[Act]int{}}}
		if q.Agency != "" {
			if v.Agency, err = people.AgencyByID(tx, q.Agency); err != nil {
				return nil, false, err
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
		for _, t := range tallies {
			switch {
			case t.quota == q.ID && t.decision == InLine:
				v.InLine = t.n
			case t.quota == q.ID && t.decision == Undecided:
				v.Proposed = t.n
			}
		}
		out = append(out, v)
	}
	return out, agencies == nil, nil
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

// Moved is a line of the seat ledger as a page shows it.
type Moved struct {
	Movement
	Number int // of the seat
	Agency string
	Who    people.Display // the officer's, if any
	By     people.Display // whoever did it, if a person
	Letter Letter
}

// Token is a seat as the ledger draws it.
type Token struct {
	Seat
	Who people.Display
}

// Ledger is the seat ledger of a cohort.
type Ledger struct {
	Overview
	Seats  map[id.Quota][]Token
	Moves  []Moved
	Before int64 // to go on from; 0: no more
}

// SeatsDrawn is how many seats of a quota the ledger draws one by one; larger
// quotas are shown by their counts.
const SeatsDrawn = 60

// Ledger returns the seat ledger, with movements before a position. Reading it is
// recorded.
func (s *Service) Ledger(ctx context.Context, cohort id.Cohort, quota id.Quota, before int64, lang string) (Ledger, error) {
	var out Ledger
	var seen []id.Person
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
			// A focal point reads her own agency's lanes, one at a time.
			if i := slices.IndexFunc(out.Quotas, func(q QuotaView) bool { return q.ID == quota }); i < 0 && len(out.Quotas) > 0 {
				quota = out.Quotas[0].ID
			} else if len(out.Quotas) == 0 {
				return nil
			}
		}
		for _, q := range out.Quotas {
			if err := allow(tx, access.List, access.Seat, set.cohort, q.Quota.Agency, "", ""); err != nil {
				return err
			}
		}
		out.Seats = map[id.Quota][]Token{}
		holders := map[id.Nomination]id.Person{}
		for _, q := range out.Quotas {
			all, err := db.Collect(tx, rowSeat, `SELECT `+seatColumns+` FROM cohort_seats WHERE quota = ?1 AND state <> 'withdrawn' ORDER BY number LIMIT ?2`, q.ID, SeatsDrawn)
			if err != nil {
				return err
			}
			for _, seat := range all {
				out.Seats[q.ID] = append(out.Seats[q.ID], Token{Seat: seat})
			}
		}
		ms, next, err := Movements(tx, cohort, quota, before, PageSize)
		if err != nil {
			return err
		}
		out.Before = next
		var wanted []id.Nomination
		for _, m := range ms {
			wanted = append(wanted, m.Nomination)
		}
		for _, ts := range out.Seats {
			for _, t := range ts {
				wanted = append(wanted, t.Nomination)
			}
		}
		if holders, err = personsOf(tx, wanted); err != nil {
			return err
		}
		ids := make([]id.Person, 0, len(holders))
		for _, p := range holders {
			ids = append(ids, p)
		}
		seen = slices.Clone(ids)
		for _, m := range ms {
			if id.Valid(m.Actor) {
				ids = append(ids, id.Person(m.Actor))
			}
		}
		slices.Sort(ids)
		shown, err := people.Displays(tx, tx.Actor(), lang, slices.Compact(ids)...)
		if err != nil {
			return err
		}
		for q, ts := range out.Seats {
			for i := range ts {
				out.Seats[q][i].Who = shown[holders[ts[i].Nomination]]
			}
		}
		codes := map[id.Quota]string{}
		for _, q := range out.Quotas {
			codes[q.ID] = q.AgencyKey
		}
		papers := map[id.Letter]Letter{}
		numbers := map[id.Seat]int{}
		for _, m := range ms {
			if _, ok := numbers[m.Seat]; !ok {
				seat, err := seatByID(tx, m.Seat)
				if err != nil {
					return err
				}
				numbers[m.Seat] = seat.Number
			}
			if _, ok := papers[m.Letter]; !ok && m.Letter != "" {
				if papers[m.Letter], err = letterByID(tx, m.Letter); err != nil {
					return err
				}
			}
			out.Moves = append(out.Moves, Moved{
				Movement: m, Number: numbers[m.Seat], Agency: codes[m.Quota],
				Who: shown[holders[m.Nomination]], By: shown[id.Person(m.Actor)], Letter: papers[m.Letter],
			})
		}
		return nil
	})
	if err != nil || len(seen) == 0 {
		return out, err
	}
	slices.Sort(seen)
	return out, s.reads.RecordRead(ctx, access.Seat, slices.Compact(seen)...)
}

// personsOf finds whose the nominations are.
func personsOf(tx *db.Tx, ns []id.Nomination) (map[id.Nomination]id.Person, error) {
	out := map[id.Nomination]id.Person{}
	slices.Sort(ns)
	ns = slices.DeleteFunc(slices.Compact(ns), func(n id.Nomination) bool { return n == "" })
	for part := range slices.Chunk(ns, 200) {
		marks, args := make([]string, len(part)), make([]any, len(part))
		for i, n := range part {
			marks[i], args[i] = fmt.Sprintf("?%d", i+1), n
		}
		type pair struct {
			n id.Nomination
			p id.Person
		}
		got, err := db.Collect(tx, func(r *db.Rows) (pair, error) {
			var x pair
			return x, r.Scan(&x.n, &x.p)
		}, `SELECT id, person FROM cohort_nominations WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, x := range got {
			out[x.n] = x.p
		}
	}
	return out, nil
}

// Doubt is an officer whose place is not settled, and what is missing.
type Doubt struct {
	Line
	// Asked tells that her yes is still awaited; everything else waits for it.
	Asked bool
	// Earned tells that she did what keeps her place: it can be confirmed now.
	Earned bool
	// Overdue tells that the deadline passed: a person decides.
	Overdue bool
	Due     time.Time
	// Modules are missing, and about how many minutes they take together.
	Modules []programme.Key
	Minutes int
	// Released tells that a release letter covers her.
	Released bool
	Last     Reach // the latest attempt to reach her; zero if nobody tried
	Contacts []people.Contact
	Next     int // how many are in line for her place
}

// Doubts is the page "who is in doubt".
type Doubts struct {
	Overview
	Ready, InDoubt, Unknown int
	List                    []Doubt
	Plan                    *programme.Blueprint
	After                   id.Nomination // to go on from
}

// Doubts returns who is still in doubt: officers to whom a seat is offered or
// held, those whom no word reached first. The read is recorded.
func (s *Service) Doubts(ctx context.Context, cohort id.Cohort, after id.Nomination, lang string) (Doubts, error) {
	var out Doubts
	err := s.db.View(ctx, func(tx *db.Tx) error {
		set, err := open(tx, cohort)
		if err != nil {
			return err
		}
		if err := allow(tx, access.List, access.Readiness, set.cohort, tx.Actor().Grant.Scope.Agency, "", ""); err != nil {
			return err
		}
		out.Cohort, out.Plan, out.Programme = set.cohort, set.plan, textOf(set.plan, set.plan.Title)
		if out.Quotas, out.Whole, err = quotaViews(tx, set.cohort); err != nil {
			return err
		}
		staff := tx.Actor().Grant.Role == actor.ProgrammeOfficer
		line := map[id.Quota]int{}
		for _, q := range out.Quotas {
			out.Ready += q.Total.By[Confirmed]
			out.InDoubt += q.Total.By[Held]
			out.Unknown += q.Total.By[Offered]
			line[q.ID] = q.InLine
		}
		agencies, err := mine(tx)
		if err != nil {
			return err
		}
		ns, err := unsettled(tx, cohort, agencies, after)
		if err != nil {
			return err
		}
		if len(ns) > PageSize {
			ns = ns[:PageSize]
			out.After = ns[PageSize-1].ID
		}
		ls, err := lines(tx, set.cohort, ns, lang)
		if err != nil {
			return err
		}
		last, err := lastReaches(tx, cohort)
		if err != nil {
			return err
		}
		for _, l := range ls {
			d, err := doubtOf(tx, set, l)
			if err != nil {
				return err
			}
			d.Next = line[l.Quota]
			if staff {
				d.Last = last[l.ID]
				if d.Contacts, err = people.ContactsOf(tx, l.Person); err != nil {
					return err
				}
			}
			out.List = append(out.List, d)
		}
		slices.SortStableFunc(out.List, func(a, b Doubt) int { return urgency(b) - urgency(a) })
		return nil
	})
	if err != nil {
		return out, err
	}
	seen := make([]Line, len(out.List))
	for i, d := range out.List {
		seen[i] = d.Line
	}
	return out, s.readOf(ctx, seen)
}

// urgency orders whom to ring first: where a decision is due, then where no word
// reached her, then where her yes is awaited.
func urgency(d Doubt) int {
	n := 0
	if d.Overdue {
		n += 8
	}
	if !d.Last.Outcome.Reached() {
		n += 4
	}
	if d.Asked {
		n += 2
	}
	if d.Earned {
		n -= 16
	}
	return n
}

func unsettled(tx *db.Tx, cohort id.Cohort, agencies []id.Agency, after id.Nomination) ([]Nomination, error) {
	q := `SELECT ` + nominationColumns + ` FROM cohort_seats s JOIN cohort_nominations n ON n.id = s.nomination
		WHERE s.cohort = ?1 AND s.state IN ('offered', 'held') AND n.id > ?2`
	args := []any{cohort, after}
	if agencies != nil {
		marks := make([]string, len(agencies))
		for i, a := range agencies {
			args = append(args, a)
			marks[i] = fmt.Sprintf("?%d", len(args))
		}
		q += ` AND n.agency IN (` + strings.Join(marks, ", ") + `)`
	}
	args = append(args, PageSize+1)
	return db.Collect(tx, rowNomination, q+fmt.Sprintf(` ORDER BY n.id LIMIT ?%d`, len(args)), args...)
}

func doubtOf(tx *db.Tx, set setting, l Line) (Doubt, error) {
	d := Doubt{Line: l, Asked: l.Answer != Yes, Released: !l.Nomination.Released.IsZero()}
	st, err := pathway.StandingOf(tx, l.Person, l.Cohort)
	if err != nil {
		return d, err
	}
	d.Earned = !d.Asked && (set.plan.Seat == nil || st.Seat.State == pathway.SeatEarned || st.Seat.State == pathway.SeatNotAsked)
	d.Overdue = st.Seat.State == pathway.SeatAwaiting
	if d.Due = st.Seat.Due; d.Due.IsZero() {
		d.Due = st.Due
	}
	for i := range st.Stages {
		for _, m := range st.Stages[i].Modules {
			if m.Done || st.Stages[i].Passed {
				continue
			}
			d.Modules = append(d.Modules, m.Key)
			if mod, _, ok := set.plan.Module(m.Key); ok {
				d.Minutes += mod.Minutes * (100 - m.Percent) / 100
			}
		}
	}
	return d, nil
}

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
		qs, _, err := quotaViews(tx, set.cohort)
		for _, q := range qs {
			if q.Quota.Agency == agency {
				out.Quotas = append(out.Quotas, q)
			}
		}
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
