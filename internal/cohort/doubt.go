package cohort

import (
	"context"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

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
	// Last is the latest attempt to reach her, or, where word came to her since the
	// last reminder, when it did: no later attempt makes that unknown again. Zero if
	// nobody tried.
	Last     Reach
	Warned   Warning // the last reminder of a deadline; zero if there was none
	Contacts []people.Contact
	Next     int           // how many are in line for her place
	Asks     []TimeRequest // more time that she asked for, and nobody answered
}

// Doubts is the page "who is in doubt".
type Doubts struct {
	Overview
	Ready, InDoubt, Unknown int
	List                    []Doubt
	Plan                    *programme.Blueprint
	After                   InDoubt // to go on from; zero if these were the last
}

// Doubts returns who is still in doubt: officers to whom a seat is offered or held,
// in the order of [InDoubt], a page of them after one of its places. The read is
// recorded.
func (s *Service) Doubts(ctx context.Context, cohort id.Cohort, after InDoubt, lang string) (Doubts, error) {
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
		ns, next, err := unsettled{tx, cohort, agencies, staff}.after(after)
		if err != nil {
			return err
		}
		out.After = next
		ls, err := lines(tx, set.cohort, ns, lang)
		if err != nil {
			return err
		}
		last, came, err := lastReaches(tx, ns)
		if err != nil {
			return err
		}
		asks := map[id.Person][]TimeRequest{}
		if staff && len(ls) > 0 {
			all, err := requests(tx, cohort, "")
			if err != nil {
				return err
			}
			for _, r := range all {
				if !r.Answered {
					asks[r.Person] = append(asks[r.Person], r)
				}
			}
		}
		warned := map[id.Person]Warning{}
		if staff && s.warned != nil && len(ls) > 0 {
			who := make([]id.Person, len(ls))
			for i, l := range ls {
				who[i] = l.Person
			}
			if warned, err = s.warned.Latest(tx, cohort, who...); err != nil {
				return err
			}
		}
		for _, l := range ls {
			d, err := doubtOf(tx, set, l)
			if err != nil {
				return err
			}
			d.Next = line[l.Quota]
			if staff {
				d.Asks = asks[l.Person]
				d.Last, d.Warned = last[l.ID], warned[l.Person]
				if word, ok := came[l.ID]; ok && !word.At.Before(d.Warned.At) {
					d.Last = word
				}
				if d.Contacts, err = people.ContactsOf(tx, l.Person); err != nil {
					return err
				}
			}
			out.List = append(out.List, d)
		}
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
		if of, ok := set.plan.Stage(st.Stages[i].Key); ok && of.Optional {
			continue // nobody misses what nobody has to take
		}
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
