package cohort

import (
	"context"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Proposal is an officer whom an agency proposes.
type Proposal struct {
	Cohort id.Cohort
	Quota  id.Quota
	// Agency proposes her; if empty it is the quota's or, where the places are not
	// divided among agencies, the one that the actor acts for.
	Agency id.Agency
	// Person is somebody whom Cadre knows already; New is somebody else. Exactly
	// one of them is given.
	Person id.Person
	New    *people.NewPerson
	// Letter is the nomination letter, if it was filed already.
	Letter id.Letter
	// Basis is on what the proposal was entered: OwnAct for a focal point's form,
	// Paper for a letter that staff typed in, Sheet for an import.
	Basis Basis
	// Needs are what her agency says she needs.
	Needs []NeedInput
	// Ask refuses a new person, as a Conflict, while somebody whom the actor may
	// see is called like her: whoever proposes says first whether it is she.
	Ask bool
}

// Sheet is the basis of a proposal that came in a spreadsheet.
const Sheet Basis = "sheet"

// Proposed is what came of a proposal.
type Proposed struct {
	Nomination id.Nomination
	Person     id.Person
}

// Propose proposes an officer within a quota. Nothing is settled by it: the
// programme decides, and she herself says yes or no.
func (s *Service) Propose(ctx context.Context, op id.Operation, in Proposal) (Proposed, error) {
	return once(ctx, s, op, "cohort.propose", func(tx *db.Tx) (Proposed, error) {
		if in.Ask && in.New != nil {
			var written []string
			for _, n := range in.New.Names {
				written = append(written, n.Written)
			}
			like, err := people.LikelyIn(ctx, tx, written...)
			if err != nil {
				return Proposed{}, err
			}
			if len(like) > 0 {
				return Proposed{}, &fault.Error{Kind: fault.Conflict, Key: "cohort.propose-likely", Fields: []fault.Field{{Name: "known", Key: "cohort.field.known-missing"}}}
			}
		}
		return propose(tx, in, "")
	})
}

func propose(tx *db.Tx, in Proposal, inPlaceOf id.Nomination) (Proposed, error) {
	set, err := open(tx, in.Cohort)
	if err != nil {
		return Proposed{}, err
	}
	q, err := quotaByID(tx, in.Quota)
	if err != nil {
		return Proposed{}, err
	}
	in.Agency = proposing(tx, q, in.Agency)
	if err := allow(tx, access.Create, access.Nomination, set.cohort, in.Agency, "", ""); err != nil {
		return Proposed{}, err
	}
	if err := set.stillOpen(); err != nil {
		return Proposed{}, err
	}
	if err := mayPropose(tx, set, q, in.Agency); err != nil {
		return Proposed{}, err
	}
	switch {
	case (in.Person == "") == (in.New == nil):
		return Proposed{}, fault.Bad("cohort.mend", fault.Field{Name: "name", Key: "cohort.officer-missing"})
	case in.Basis == "":
		in.Basis = OwnAct
	}
	agency, err := people.AgencyByID(tx, in.Agency)
	if err != nil {
		return Proposed{}, err
	}
	today, err := dayIn(tx.Now(), set.cohort.Zone)
	if err != nil {
		return Proposed{}, err
	}
	if in.New != nil {
		n := *in.New
		n.Officer = true
		if n.Affiliation == nil {
			n.Affiliation = &people.Affiliation{}
		}
		aff := *n.Affiliation
		if aff.Agency == "" {
			aff.Agency = in.Agency
		}
		if aff.Since.IsZero() {
			aff.Since = today
		}
		n.Affiliation = &aff
		if in.Person, err = people.Enter(tx, n); err != nil {
			return Proposed{}, err
		}
	} else {
		o, err := people.Object(tx, access.Person, in.Person)
		if err != nil {
			return Proposed{}, err
		}
		if err := access.Allow(tx.Actor(), access.Read, o); err != nil {
			return Proposed{}, err
		}
	}
	who, err := people.Get(tx, in.Person)
	if err != nil {
		return Proposed{}, err
	}
	aff, err := people.AffiliationOn(tx, in.Person, today)
	if err != nil {
		return Proposed{}, err
	}
	n := Nomination{
		ID: id.New[id.Nomination](), Cohort: in.Cohort, Quota: q.ID, Agency: in.Agency, Person: in.Person,
		Station: people.Normal(aff.Station), Sex: string(who.Sex), Rank: aff.RankGroup, Unit: string(aff.Unit),
		Proposed: tx.Now(), By: tx.Actor().ID(), Basis: in.Basis, Letter: in.Letter, InPlaceOf: inPlaceOf, Revision: 1,
	}
	if err := insertNomination(tx, n); err != nil {
		return Proposed{}, err
	}
	branch, err := people.Branch(tx, in.Agency)
	if err != nil {
		return Proposed{}, err
	}
	at := place(set.cohort, branch)
	at.Since = tx.Now()
	if err := people.Locate(tx, n.Person, people.ByNomination, string(n.ID), at); err != nil {
		return Proposed{}, err
	}
	if err := tell(tx, "cohort.proposed", n); err != nil {
		return Proposed{}, err
	}
	if err := record(tx, n, pathway.Nominated{Agency: agency.Code, Quota: q.Key}, proposalBasis(in.Basis), "nomination:"+string(n.ID)); err != nil {
		return Proposed{}, err
	}
	for _, need := range in.Needs {
		need.Nomination, need.Audience = n.ID, ForAgency
		if _, err := addNeed(tx, n, need); err != nil {
			return Proposed{}, err
		}
	}
	if in.Letter != "" {
		l, err := letterByID(tx, in.Letter)
		if err != nil {
			return Proposed{}, err
		}
		if err := cover(tx, l, n, civil.Range{}); err != nil {
			return Proposed{}, err
		}
	}
	return Proposed{n.ID, n.Person}, nil
}

func proposalBasis(b Basis) pathway.Basis {
	if b == Paper || b == Telephone {
		return pathway.Basis(b)
	}
	return pathway.ByStaff
}

func dayIn(t time.Time, zone string) (civil.Date, error) {
	loc, err := civil.Zone(zone)
	if err != nil {
		return civil.Date{}, err
	}
	return civil.Of(t, loc), nil
}

// load returns a nomination and its cohort, having asked the policy.
func load(tx *db.Tx, v access.Verb, kind access.Kind, nomination id.Nomination) (Nomination, setting, error) {
	n, err := NominationByID(tx, nomination)
	if err != nil {
		return n, setting{}, err
	}
	set, err := open(tx, n.Cohort)
	if err != nil {
		return n, set, err
	}
	return n, set, allow(tx, v, kind, set.cohort, n.Agency, n.Person, string(n.ID))
}

// Said is an officer's own answer, given by herself or entered for her.
type Said struct {
	Nomination id.Nomination
	// Basis is Paper or Telephone where staff enter it; her own act needs none.
	Basis Basis
	// When she said so, if it is entered later; zero for now.
	When time.Time
	// Reason and Note say why she declines: a key of [DeclineReasons] and her
	// words. Her agency never sees them.
	Reason string
	Note   string
	// Scan is the paper on which she said so, already put into the store as an
	// upload; nil if there is none. It goes with Basis Paper alone.
	Scan *blob.Stored
}

func (in *Said) check(tx *db.Tx, n Nomination) error {
	b, err := basisOf(tx, n.Person, in.Basis)
	if err != nil {
		return err
	}
	in.Basis = b
	if in.Scan != nil && b != Paper {
		return fault.Bad("cohort.mend", fault.Field{Name: "scan", Key: "cohort.scan-without-paper"})
	}
	if in.When.IsZero() || b == OwnAct {
		in.When = tx.Now()
	}
	if in.When.After(tx.Now()) {
		return fault.Bad("cohort.mend", fault.Field{Name: "when", Key: "cohort.when-ahead"})
	}
	return nil
}

// sayFact records her answer, which n holds, with what proves it.
func sayFact(tx *db.Tx, n Nomination, v pathway.Value, in Said) error {
	source := "nomination:" + string(n.ID)
	if in.Scan != nil {
		p, err := keepPaper(tx, n, *in.Scan)
		if err != nil {
			return err
		}
		source = paperSource + string(p)
	}
	return pathway.Record(tx, pathway.Fact{
		Person: n.Person, Cohort: n.Cohort, Value: v, OccurredAt: in.When, Basis: pathway.Basis(in.Basis),
		Source: source, Actor: tx.Actor().ID(),
	})
}

// Accept records that the officer herself said yes. A place that is offered to
// her is then held.
func (s *Service) Accept(ctx context.Context, op id.Operation, in Said) (Status, error) {
	return once(ctx, s, op, "cohort.accept", func(tx *db.Tx) (Status, error) {
		n, set, err := load(tx, access.Accept, access.Nomination, in.Nomination)
		if err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		if err := in.check(tx, n); err != nil {
			return "", err
		}
		if n.Ending != Open && n.Ending != EndDeclined {
			return "", fault.New(fault.Closed, "cohort.nomination-ended", nil)
		}
		if n.Answer == Yes {
			return n.Status(), nil
		}
		n.Answer, n.AnsweredAt, n.AnswerBy, n.AnswerOn = Yes, in.When, tx.Actor().ID(), in.Basis
		if n.Ending == EndDeclined { // she thought again, while it was still open
			n.Ending, n.EndedAt, n.Cause = Open, time.Time{}, ""
		}
		if err := sayFact(tx, n, pathway.Accepted{}, in); err != nil {
			return "", err
		}
		if n.SeatState == Offered {
			seat, err := seatByID(tx, n.Seat)
			if err != nil {
				return "", err
			}
			if _, err := move(tx, seat, Hold, &n, Movement{}); err != nil {
				return "", err
			}
		}
		if err := saveNomination(tx, &n); err != nil {
			return "", err
		}
		if err := tell(tx, "cohort.accepted", n); err != nil {
			return "", err
		}
		return n.Status(), enrolIfDue(tx, set, n)
	})
}

// Decline records that the officer herself said no. Her place, if one was
// offered, is free again. The reason is kept apart from the nomination.
func (s *Service) Decline(ctx context.Context, op id.Operation, in Said) (Status, error) {
	return once(ctx, s, op, "cohort.decline", func(tx *db.Tx) (Status, error) {
		n, _, err := load(tx, access.Decline, access.Nomination, in.Nomination)
		if err != nil {
			return "", err
		}
		if err := in.check(tx, n); err != nil {
			return "", err
		}
		if in.Reason != "" && !known(DeclineReasons(), in.Reason) {
			return "", fault.Bad("cohort.mend", fault.Field{Name: "reason", Key: "fault.choose"})
		}
		if n.Ending != Open {
			return "", fault.New(fault.Closed, "cohort.nomination-ended", nil)
		}
		n.Answer, n.AnsweredAt, n.AnswerBy, n.AnswerOn = No, in.When, tx.Actor().ID(), in.Basis
		n.Ending, n.EndedAt = EndDeclined, tx.Now()
		held := n.Seat
		if err := vacate(tx, &n, Release, Movement{Cause: "declined"}); err != nil {
			return "", err
		}
		if err := saveNomination(tx, &n); err != nil {
			return "", err
		}
		if err := tell(tx, "cohort.declined", n); err != nil {
			return "", err
		}
		if err := sayFact(tx, n, pathway.Declined{}, in); err != nil {
			return "", err
		}
		if held != "" {
			if err := record(tx, n, pathway.SeatReleased{Seat: held, Cause: "declined"}, pathway.Basis(in.Basis), "seat:"+string(held)); err != nil {
				return "", err
			}
		}
		if in.Reason != "" {
			by := "staff"
			if in.Basis == OwnAct {
				by = "herself"
			}
			if _, err := tx.Exec(`INSERT INTO cohort_reasons (id, cohort, person, reason, note, said_by, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
				id.New[id.Need](), n.Cohort, n.Person, in.Reason, cut(in.Note), by, db.Micros(tx.Now())); err != nil {
				return "", err
			}
		}
		return n.Status(), leaveEnrolment(tx, n, "declined")
	})
}

// vacate frees the seat of a nomination, if it has one.
func vacate(tx *db.Tx, n *Nomination, act Act, m Movement) error {
	if n.Seat == "" {
		return nil
	}
	seat, err := seatByID(tx, n.Seat)
	if err != nil {
		return err
	}
	_, err = move(tx, seat, act, n, m)
	return err
}

func known[T ~string](list []T, s T) bool {
	for _, k := range list {
		if k == s {
			return true
		}
	}
	return false
}

// cut bounds a note.
func cut(s string) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 1000 {
		return string(r[:1000])
	}
	return s
}

// Taking back of a proposal by the agency, or by staff on its word.
type Taking struct {
	Nomination id.Nomination
	Cause      string // a key of Causes(Substitute)
	Letter     id.Letter
}

// Withdraw takes a proposal back. A seat that she had is free again.
func (s *Service) Withdraw(ctx context.Context, op id.Operation, in Taking) (Status, error) {
	return reversibly(ctx, s, op, "cohort.withdraw", func(tx *db.Tx, w *scribe) (Status, error) {
		n, _, err := load(tx, access.Withdraw, access.Nomination, in.Nomination)
		if err == nil {
			err = w.of(tx, n)
		}
		if err != nil {
			return "", err
		}
		if n.Ending != Open {
			return "", fault.New(fault.Closed, "cohort.nomination-ended", nil)
		}
		seat := n.Seat
		if err := end(tx, &n, EndWithdrawn, Release, "withdrawn-by-agency", in); err != nil {
			return "", err
		}
		if seat != "" {
			if err := record(tx, n, pathway.SeatReleased{Seat: seat, Cause: "withdrawn-by-agency"}, pathway.ByStaff, "seat:"+string(seat)); err != nil {
				return "", err
			}
		}
		return n.Status(), nil
	})
}

func end(tx *db.Tx, n *Nomination, how Ending, act Act, seatCause string, in Taking) error {
	if !known(Causes(Substitute), in.Cause) {
		return fault.Bad("cohort.mend", fault.Field{Name: "cause", Key: "fault.choose"})
	}
	n.Ending, n.EndedAt, n.Cause = how, tx.Now(), in.Cause
	if err := vacate(tx, n, act, Movement{Cause: seatCause, Letter: in.Letter}); err != nil {
		return err
	}
	if err := saveNomination(tx, n); err != nil {
		return err
	}
	if err := tell(tx, "cohort."+string(how), *n); err != nil {
		return err
	}
	return leaveEnrolment(tx, *n, in.Cause)
}

// Substitution of one officer by another of the same agency.
type Substitution struct {
	Taking
	// By is the other one; cohort, quota and agency are taken from the first.
	By Proposal
}

// Substitute ends a nomination and proposes another officer in its place. The
// seat, if there was one, is kept for the agency; the programme decides about
// the other officer as about any.
func (s *Service) Substitute(ctx context.Context, op id.Operation, in Substitution) (Proposed, error) {
	return reversibly(ctx, s, op, "cohort.substitute", func(tx *db.Tx, w *scribe) (Proposed, error) {
		n, set, err := load(tx, access.Substitute, access.Nomination, in.Nomination)
		if err == nil {
			err = w.of(tx, n)
		}
		if err != nil {
			return Proposed{}, err
		}
		if err := set.stillOpen(); err != nil {
			return Proposed{}, err
		}
		if n.Ending != Open && n.Ending != EndDeclined {
			return Proposed{}, fault.New(fault.Closed, "cohort.nomination-ended", nil)
		}
		if n.Ending == Open {
			seat := n.Seat
			if err := end(tx, &n, EndSubstituted, Substitute, in.Cause, in.Taking); err != nil {
				return Proposed{}, err
			}
			if seat != "" {
				if err := record(tx, n, pathway.SeatReleased{Seat: seat, Cause: in.Cause}, pathway.ByStaff, "seat:"+string(seat)); err != nil {
					return Proposed{}, err
				}
			}
		}
		in.By.Cohort, in.By.Quota, in.By.Agency = n.Cohort, n.Quota, n.Agency
		known, err := factsOf(tx, in.By.Person, n.Cohort)
		if err != nil {
			return Proposed{}, err
		}
		made, err := propose(tx, in.By, n.ID)
		if err == nil {
			w.making(made, known)
		}
		return made, err
	})
}

// Eligible returns the keys of what a nomination lacks that the blueprint can
// judge by itself: the sex that the programme is for. Other criteria are people's
// to judge.
func Eligible(b *programme.Blueprint, n Nomination) []string {
	if e := b.Eligibility; e != nil && e.Sex != "" && n.Sex != "" && sexOf(e.Sex) != n.Sex {
		return []string{"sex"}
	}
	return nil
}

// NeedInput is something that an officer needs in order to take part.
type NeedInput struct {
	Nomination id.Nomination
	Audience   Audience
	Kind       string // a key of [NeedKinds]
	Note       string
}

// AddNeed records a need, by whoever says it. What is for the programme alone is
// never shown to her agency.
func (s *Service) AddNeed(ctx context.Context, op id.Operation, in NeedInput) (id.Need, error) {
	return once(ctx, s, op, "cohort.add-need", func(tx *db.Tx) (id.Need, error) {
		n, err := NominationByID(tx, in.Nomination)
		if err != nil {
			return "", err
		}
		c, err := ByID(tx, n.Cohort)
		if err != nil {
			return "", err
		}
		o, err := object(tx, access.SupportNeed, c, n.Agency, n.Person, "")
		if err != nil {
			return "", err
		}
		if tx.Actor().Grant.Role == actor.FocalPoint {
			// She writes what she herself says, for her own agency's officers.
			if err := allow(tx, access.Change, access.Nomination, c, n.Agency, n.Person, string(n.ID)); err != nil {
				return "", err
			}
			o.Author, in.Audience = tx.Actor().Person, ForAgency
		}
		if err := access.Allow(tx.Actor(), access.Create, o); err != nil {
			return "", err
		}
		return addNeed(tx, n, in)
	})
}

func addNeed(tx *db.Tx, n Nomination, in NeedInput) (id.Need, error) {
	if !known(NeedKinds(), in.Kind) {
		return "", fault.Bad("cohort.mend", fault.Field{Name: "kind", Key: "fault.choose"})
	}
	if in.Audience != ForAgency {
		in.Audience = ForProgramme
	}
	need := id.New[id.Need]()
	_, err := tx.Exec(`INSERT INTO cohort_needs (id, nomination, person, author, audience, kind, note, at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		need, n.ID, n.Person, tx.Actor().ID(), in.Audience, in.Kind, cut(in.Note), db.Micros(tx.Now()))
	if err != nil {
		return "", err
	}
	return need, journal.Append(tx, journal.Entry{
		Kind: "cohort.need-said", Version: 1, Scope: actor.Scope{Cohort: n.Cohort}, Subject: string(need),
		Body: needSaid{in.Audience}, Rows: []journal.Row{journal.RowOf(needsTable, need)},
	})
}
