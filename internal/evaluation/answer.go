package evaluation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/pathway"
)

// Begin gives the participant who acts a one-use token for a survey, in place
// of one that she has not used. It is a Conflict if she has answered already,
// and Closed when no more answers are taken.
func (s *Service) Begin(ctx context.Context, sid id.Survey) (token string, sv *Survey, err error) {
	token = id.Secret(26)
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var err error
		if sv, err = survey(tx, sid); err != nil {
			return err
		}
		a := tx.Actor()
		place, err := s.roll.Place(tx, sv.Cohort, a.Person)
		if err != nil {
			return err
		}
		if err := access.Allow(a, access.Read, access.Object{Kind: access.Form, Subject: a.Person, Place: place}); err != nil {
			return err
		}
		if !sv.Open(tx.Now()) {
			return fault.New(fault.Closed, "evaluation.closed", nil)
		}
		fresh, err := takeTurn(tx, sid, a.Person, digest(token))
		if err == nil && !fresh {
			return fault.New(fault.Conflict, "evaluation.answered-already", nil)
		}
		return err
	})
	return token, sv, err
}

func digest(token string) string {
	sum := sha256.Sum256([]byte("cadre survey token " + token))
	return hex.EncodeToString(sum[:])
}

// Answer takes an answer for the token that [Service.Begin] gave, from whoever
// holds it, and puts it away sealed until the survey is closed. The token is used
// up; a resend of the same operation is answered as the first was. It returns
// NotFound for a token that is unknown or used, Closed when no more answers are
// taken, and Invalid with the fields to mend.
//
// No outcome is kept for the resend as elsewhere: it would name the actor and
// the moment (see doc.go).
func (s *Service) Answer(ctx context.Context, op id.Operation, token string, in Answers) error {
	if !id.Valid(string(op)) {
		return fault.New(fault.Invalid, "journal.operation-missing", nil)
	}
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		if err := access.Allow(tx.Actor(), access.Answer, access.Object{Kind: access.Response}); err != nil {
			return err
		}
		usedBy := digest(token + " used by " + string(op))
		if before, err := usedBefore(tx, usedBy); before || err != nil {
			return err
		}
		sid, err := useToken(tx, digest(token), usedBy)
		if err != nil {
			return err
		}
		sv, err := survey(tx, sid)
		if err != nil {
			return err
		}
		if !sv.Open(tx.Now()) {
			return fault.New(fault.Closed, "evaluation.closed", nil)
		}
		if err := in.check(sv.Form); err != nil {
			return err
		}
		if in.blank() {
			return fault.Bad("evaluation.answers-blank")
		}
		return putAway(tx, s.keys, sid, in)
	})
}

// OpenJob is the kind of the job that opens the answers of closed surveys, and
// OpenEvery how often it looks.
const (
	OpenJob   = "evaluation.open-answers"
	OpenEvery = time.Hour
)

// Open is the handler of [OpenJob]: of each survey that is closed it takes all
// answers out of their boxes at once, writes them down in an order that chance
// picks, and records who has answered, all at the moment of closing.
func (s *Service) Open(ctx context.Context, j *job.Job) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		if err := access.Allow(tx.Actor(), access.Close, access.Object{Kind: access.Response}); err != nil {
			return err
		}
		sids, err := toOpen(tx)
		if err != nil {
			return err
		}
		for _, sid := range sids {
			if err := s.openAnswers(tx, sid); err != nil {
				return err
			}
		}
		return j.Complete(tx)
	})
}

func (s *Service) openAnswers(tx *db.Tx, sid id.Survey) error {
	sv, err := survey(tx, sid)
	if err != nil {
		return err
	}
	all, err := takeOut(tx, s.keys, sid)
	if err != nil {
		return err
	}
	if err := addAnswers(tx, sid, all); err != nil {
		return err
	}
	who, err := untold(tx, sid)
	if err != nil {
		return err
	}
	for _, p := range who {
		if err := s.record(tx, pathway.Fact{
			Person: p, Cohort: sv.Cohort, Subject: sv.Stage, Value: pathway.FeedbackGiven{}, OccurredAt: sv.Closes, Basis: pathway.OwnAct, Actor: string(p),
		}); err != nil {
			return err
		}
	}
	return nil
}
