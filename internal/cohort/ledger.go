package cohort

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/people"
)

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
		holders, err := personsOf(tx, wanted)
		if err != nil {
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
