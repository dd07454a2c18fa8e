package cohort

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// Deciding about a nomination.
type Deciding struct {
	Nomination id.Nomination
	Decision   Decision
}

// Decide chooses an officer, puts her next in line, or does neither. Whoever is
// chosen is offered a seat of her quota that fits; if none is left it fails, and
// nothing is decided.
func (s *Service) Decide(ctx context.Context, op id.Operation, in Deciding) (Status, error) {
	return reversibly(ctx, s, op, "cohort.decide", func(tx *db.Tx, w *scribe) (Status, error) {
		n, set, err := load(tx, access.Decide, access.Nomination, in.Nomination)
		if err == nil {
			err = w.of(tx, n)
		}
		if err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		if n.Ending != Open {
			return "", fault.New(fault.Closed, "cohort.nomination-ended", nil)
		}
		if n.Seat != "" {
			return "", fault.New(fault.Conflict, "cohort.has-a-seat", nil)
		}
		if in.Decision != NotChosen {
			if err := s.letIn(tx, set.cohort, n.Person); err != nil {
				return "", err
			}
		}
		switch in.Decision {
		case Chosen:
			if len(Eligible(set.plan, n)) > 0 {
				return "", fault.New(fault.Conflict, "cohort.not-eligible", nil)
			}
			seat, err := pick(tx, n.Quota, n.Sex, n.Station)
			if err != nil {
				return "", err
			}
			err = give(tx, set, &n, seat, Offer, Movement{})
			return n.Status(), err
		case InLine:
			if n.Decision != InLine {
				last, err := lastInLine(tx, n.Quota)
				if err != nil {
					return "", err
				}
				n.Line = last + 1
			}
		case NotChosen:
			n.Line = 0
			if err := record(tx, n, pathway.Selected{Chosen: false}, pathway.ByStaff, "nomination:"+string(n.ID)); err != nil {
				return "", err
			}
		default:
			return "", fault.Bad("cohort.mend", fault.Field{Name: "decision", Key: "fault.choose"})
		}
		n.Decision, n.DecidedAt = in.Decision, tx.Now()
		if err := saveNomination(tx, &n); err != nil {
			return "", err
		}
		if err := tell(tx, "cohort.decided", n); err != nil {
			return "", err
		}
		return n.Status(), enrolIfDue(tx, set, n)
	})
}

// give offers a seat to an officer, and holds it at once if she said yes before.
func give(tx *db.Tx, set setting, n *Nomination, seat Seat, act Act, m Movement) error {
	seat, err := move(tx, seat, act, n, m)
	if err != nil {
		return err
	}
	n.Decision, n.DecidedAt, n.Line = Chosen, tx.Now(), 0
	if n.Answer == Yes {
		if _, err := move(tx, seat, Hold, n, Movement{}); err != nil {
			return err
		}
	}
	if err := saveNomination(tx, n); err != nil {
		return err
	}
	if err := tell(tx, "cohort.decided", *n); err != nil {
		return err
	}
	if err := record(tx, *n, pathway.Selected{Chosen: true}, pathway.ByStaff, "nomination:"+string(n.ID)); err != nil {
		return err
	}
	return enrolIfDue(tx, set, *n)
}

// Confirm makes a seat an officer's own. It asks for her own yes, and for what
// the blueprint asks of her for keeping the seat, unless an exception was agreed.
// An officer who has no seat yet is given one if staff confirm her and one that
// fits is left.
func (s *Service) Confirm(ctx context.Context, op id.Operation, nomination id.Nomination) (Status, error) {
	return reversibly(ctx, s, op, "cohort.confirm", func(tx *db.Tx, w *scribe) (Status, error) {
		n, set, err := load(tx, access.Confirm, access.Seat, nomination)
		if err == nil {
			err = w.of(tx, n)
		}
		if err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		switch {
		case n.SeatState == Confirmed:
			return n.Status(), nil
		case n.Ending != Open:
			return "", fault.New(fault.Closed, "cohort.nomination-ended", nil)
		case n.Answer != Yes:
			return "", fault.New(fault.Conflict, "cohort.not-said-yes", nil)
		}
		if n.Seat == "" {
			if err := allow(tx, access.Decide, access.Nomination, set.cohort, n.Agency, n.Person, string(n.ID)); err != nil {
				return "", err
			}
			seat, err := pick(tx, n.Quota, n.Sex, n.Station)
			if err != nil {
				return "", err
			}
			if err := give(tx, set, &n, seat, Offer, Movement{}); err != nil {
				return "", err
			}
		}
		if err := earned(tx, set, n); err != nil {
			return "", err
		}
		seat, err := seatByID(tx, n.Seat)
		if err != nil {
			return "", err
		}
		if _, err := move(tx, seat, Confirm, &n, Movement{}); err != nil {
			return "", err
		}
		if err := saveNomination(tx, &n); err != nil {
			return "", err
		}
		if err := tell(tx, "cohort.confirmed", n); err != nil {
			return "", err
		}
		basis := pathway.ByStaff
		if tx.Actor().Person == n.Person {
			basis = pathway.OwnAct
		}
		if err := confirmEnrolment(tx, n); err != nil {
			return "", err
		}
		return n.Status(), record(tx, n, pathway.SeatConfirmed{Seat: n.Seat}, basis, "seat:"+string(n.Seat))
	})
}

// earned asks whether she did what keeps her seat.
func earned(tx *db.Tx, set setting, n Nomination) error {
	if set.plan.Seat == nil {
		return nil
	}
	st, err := pathway.StandingOf(tx, n.Person, n.Cohort)
	if err != nil {
		return err
	}
	switch st.Seat.State {
	case pathway.SeatEarned, pathway.SeatNotAsked:
		return nil
	}
	return fault.New(fault.Conflict, "cohort.seat-not-earned", nil)
}

// Releasing a seat that is offered, held or confirmed.
type Releasing struct {
	Nomination id.Nomination
	// Act is Release where it is given back, Forfeit where a person decides so
	// after a missed deadline.
	Act    Act
	Cause  string // a key of Causes(Act)
	Letter id.Letter
	Note   string
	// Unreached says that the decision is taken although no word is known to have
	// reached her. Forfeiting fails without it then.
	Unreached bool
}

// Release frees a seat by a person's decision.
func (s *Service) Release(ctx context.Context, op id.Operation, in Releasing) (Status, error) {
	return reversibly(ctx, s, op, "cohort.release", func(tx *db.Tx, w *scribe) (Status, error) {
		n, _, err := load(tx, access.Decide, access.Seat, in.Nomination)
		if err == nil {
			err = w.of(tx, n)
		}
		if err != nil {
			return "", err
		}
		switch {
		case in.Act != Release && in.Act != Forfeit:
			return "", fault.Bad("cohort.mend", fault.Field{Name: "act", Key: "fault.choose"})
		case !known(Causes(in.Act), in.Cause):
			return "", fault.Bad("cohort.mend", fault.Field{Name: "cause", Key: "fault.choose"})
		case n.Seat == "":
			return "", fault.New(fault.Conflict, "cohort.no-seat", nil)
		}
		if in.Act == Forfeit && !in.Unreached {
			var reached int
			if err := tx.QueryRow(`SELECT COUNT(*) FROM cohort_contacts WHERE nomination = ?1 AND outcome IN ('spoken-to', 'seen')`, n.ID).Scan(&reached); err != nil {
				return "", err
			}
			if reached == 0 {
				return "", fault.New(fault.Conflict, "cohort.not-reached-yet", nil)
			}
		}
		seat := n.Seat
		n.Ending, n.EndedAt, n.Cause = EndReleased, tx.Now(), in.Cause
		if err := vacate(tx, &n, in.Act, Movement{Cause: in.Cause, Letter: in.Letter, Note: cut(in.Note)}); err != nil {
			return "", err
		}
		if err := saveNomination(tx, &n); err != nil {
			return "", err
		}
		if err := tell(tx, "cohort.released", n); err != nil {
			return "", err
		}
		if err := record(tx, n, pathway.SeatReleased{Seat: seat, Cause: in.Cause}, pathway.ByStaff, "seat:"+string(seat)); err != nil {
			return "", err
		}
		return n.Status(), leaveEnrolment(tx, n, in.Cause)
	})
}

// Promotion of the next in line to a seat that is free.
type Promotion struct {
	Seat id.Seat
	// Nomination is who is promoted; the first in line if empty.
	Nomination id.Nomination
	// Note says why somebody else than the first in line is promoted.
	Note string
}

// Promote offers a free seat to the next in line of the same quota who fits it.
func (s *Service) Promote(ctx context.Context, op id.Operation, in Promotion) (id.Nomination, error) {
	return reversibly(ctx, s, op, "cohort.promote", func(tx *db.Tx, w *scribe) (id.Nomination, error) {
		seat, err := seatByID(tx, in.Seat)
		if err != nil {
			return "", err
		}
		q, err := quotaByID(tx, seat.Quota)
		if err != nil {
			return "", err
		}
		set, err := open(tx, seat.Cohort)
		if err != nil {
			return "", err
		}
		if err := allow(tx, access.Promote, access.Seat, set.cohort, q.Agency, "", string(seat.ID)); err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		line, err := nextInLine(tx, seat.Quota, seat.Lane, 1)
		if err != nil {
			return "", err
		}
		if len(line) == 0 {
			return "", fault.New(fault.Conflict, "cohort.nobody-in-line", nil)
		}
		n := line[0]
		if in.Nomination != "" && in.Nomination != n.ID {
			if n, err = NominationByID(tx, in.Nomination); err != nil {
				return "", err
			}
			switch {
			case cut(in.Note) == "":
				return "", fault.Bad("cohort.mend", fault.Field{Name: "note", Key: "cohort.say-why"})
			case n.Quota != seat.Quota || n.Decision != InLine || n.Ending != Open || n.Seat != "" || !seat.Lane.Fits(n.Sex, n.Station):
				return "", fault.New(fault.Conflict, "cohort.not-in-line", nil)
			}
		}
		var before id.Nomination
		if last, _, err := lastOfSeat(tx, seat.ID); err != nil {
			return "", err
		} else if last.Act == Release || last.Act == Forfeit {
			before = last.Nomination
		}
		if err := w.of(tx, n); err != nil {
			return "", err
		}
		if err := give(tx, set, &n, seat, Promote, Movement{Note: cut(in.Note)}); err != nil {
			return "", err
		}
		if before != "" {
			who, err := NominationByID(tx, before)
			if err != nil {
				return "", err
			}
			if who.Ending == EndReleased {
				if err := w.of(tx, who); err != nil {
					return "", err
				}
				if err := record(tx, who, pathway.SeatOfferedOn{Seat: seat.ID}, pathway.ByStaff, "seat:"+string(seat.ID)); err != nil {
					return "", err
				}
			}
		}
		return n.ID, nil
	})
}

func lastOfSeat(tx *db.Tx, seat id.Seat) (m Movement, found bool, err error) {
	ms, err := db.Collect(tx, func(r *db.Rows) (Movement, error) {
		var m Movement
		return m, r.Scan(&m.ID, &m.Act, &m.Nomination)
	}, `SELECT id, act, nomination FROM cohort_movements WHERE seat = ?1 ORDER BY position DESC LIMIT 1`, seat)
	if err != nil || len(ms) == 0 {
		return m, false, err
	}
	return ms[0], true, nil
}

// Reserving places before naming officers.
type Reserving struct {
	Quota id.Quota
	// Places is how many are to be kept from now on, those already kept included.
	Places int
	// Kept is how many were kept when the number was changed. It is all that there
	// is to change, and so its own revision.
	Kept int
}

// Reserve keeps places of a quota for its agency before it names officers, or
// gives them up again. It is Stale if not Kept places are kept by now.
func (s *Service) Reserve(ctx context.Context, op id.Operation, in Reserving) (int, error) {
	return once(ctx, s, op, "cohort.reserve", func(tx *db.Tx) (int, error) {
		q, err := quotaByID(tx, in.Quota)
		if err != nil {
			return 0, err
		}
		set, err := open(tx, q.Cohort)
		if err != nil {
			return 0, err
		}
		if err := allow(tx, access.Reserve, access.Seat, set.cohort, q.Agency, "", ""); err != nil {
			return 0, err
		}
		if err := set.stillOpen(); err != nil {
			return 0, err
		}
		all, err := seats(tx, q.ID)
		if err != nil {
			return 0, err
		}
		kept, left := 0, 0
		for _, seat := range all {
			switch seat.State {
			case Reserved:
				kept++
			case Free:
				left++
			}
		}
		if kept != in.Kept {
			return 0, fault.New(fault.Stale, "cohort.reserve-stale", nil)
		}
		if in.Places < 0 || in.Places > kept+left {
			return 0, fault.Bad("cohort.mend", fault.Field{Name: "places", Key: "cohort.places-most", Args: fault.Args{"n": kept + left}})
		}
		for i := 0; i < len(all) && kept < in.Places; i++ {
			if all[i].State == Free {
				if _, err := move(tx, all[i], Keep, nil, Movement{}); err != nil {
					return 0, err
				}
				kept++
			}
		}
		for i := len(all) - 1; i >= 0 && kept > in.Places; i-- {
			if all[i].State == Reserved {
				if _, err := move(tx, all[i], GiveUp, nil, Movement{}); err != nil {
					return 0, err
				}
				kept--
			}
		}
		return kept, nil
	})
}

// QuotaChange is a signed change of how many places an agency has.
type QuotaChange struct {
	Quota  id.Quota
	Places int
	// Lane is what the added or removed places are set aside for.
	Lane   Lane
	Letter id.Letter // the letter of kind QuotaLetter that it rests on
	Note   string
}

// ChangeQuota adds or removes places of a quota. It is signed by whoever acts
// and rests on a letter. Places that an officer has are never removed.
func (s *Service) ChangeQuota(ctx context.Context, op id.Operation, in QuotaChange) (Quota, error) {
	return once(ctx, s, op, "cohort.change-quota", func(tx *db.Tx) (Quota, error) {
		q, err := quotaByID(tx, in.Quota)
		if err != nil {
			return q, err
		}
		set, err := open(tx, q.Cohort)
		if err != nil {
			return q, err
		}
		if err := allow(tx, access.Sign, access.Quota, set.cohort, q.Agency, "", string(q.ID)); err != nil {
			return q, err
		}
		if err := set.stillOpen(); err != nil {
			return q, err
		}
		l, err := letterByID(tx, in.Letter)
		if err != nil || l.Kind != QuotaLetter || l.Cohort != q.Cohort || l.Agency != q.Agency {
			return q, fault.Bad("cohort.mend", fault.Field{Name: "letter", Key: "cohort.letter-of-quota"})
		}
		all, err := seats(tx, q.ID)
		if err != nil {
			return q, err
		}
		number := 0
		for _, seat := range all {
			number = max(number, seat.Number)
		}
		m := Movement{Cause: "quota-changed", Letter: in.Letter, Note: cut(in.Note)}
		more := in.Places - q.Places
		if more > 0 {
			if err := addSeats(tx, q, number+1, more, in.Lane, m); err != nil {
				return q, err
			}
			more = 0
		}
		for i := len(all) - 1; i >= 0 && more < 0; i-- {
			if (all[i].State == Free || all[i].State == Reserved) && all[i].Lane == in.Lane {
				if _, err := move(tx, all[i], Removed, nil, m); err != nil {
					return q, err
				}
				more++
			}
		}
		if more < 0 || in.Places < 0 {
			return q, fault.Bad("cohort.mend", fault.Field{Name: "places", Key: "cohort.places-taken"})
		}
		before := q.Places
		q.Places = in.Places
		q.Revision++
		if _, err := tx.Exec(`UPDATE cohort_quotas SET places = ?2, revision = ?3 WHERE id = ?1`, q.ID, q.Places, q.Revision); err != nil {
			return q, err
		}
		return q, journal.Append(tx, journal.Entry{
			Kind: "cohort.quota-set", Version: 1, Scope: actor.Scope{Cohort: q.Cohort, Agency: q.Agency}, Subject: string(q.ID),
			Body: quotaSet{Before: before, After: q.Places, Letter: in.Letter}, Rows: []journal.Row{journal.RowOf(quotasTable, q.ID)},
		})
	})
}
