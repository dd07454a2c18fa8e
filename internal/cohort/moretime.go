package cohort

import (
	"context"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/programme"
)

// TimeRequest is an officer's word that she needs more time for a stage. It
// decides nothing: a programme officer agrees an extension, or rings her.
type TimeRequest struct {
	ID      id.TimeRequest
	Cohort  id.Cohort
	Person  id.Person
	Stage   string // key of the blueprint
	Words   string // hers; her agency never sees them
	AskedAt time.Time
	// Answered tells that it was answered since: the stage has another date, or it
	// was refused.
	Answered bool
	// Until is the date that was agreed last; zero if none was.
	Until time.Time
	// Refused is why it was not agreed, a key of RefusalCauses, with what she reads
	// beside it; empty unless the latest answer is a no.
	Refused, Reply string
	AnsweredAt     time.Time
}

// RefusalCauses lists why more time was not agreed.
func RefusalCauses() []string {
	return []string{"stage-begins", "stage-over", "other-way", "not-needed", "other"}
}

// Asking for more time.
type Asking struct {
	Cohort id.Cohort
	Stage  string
	Words  string // may be empty
}

// AskMoreTime keeps the request of the officer who acts. Asking again for the
// same stage replaces what she wrote. NotFound if the cohort's blueprint has no
// such stage, or she has no part in the cohort.
func (s *Service) AskMoreTime(ctx context.Context, op id.Operation, in Asking) (id.TimeRequest, error) {
	return once(ctx, s, op, "cohort.ask-more-time", func(tx *db.Tx) (id.TimeRequest, error) {
		set, err := open(tx, in.Cohort)
		if err != nil {
			return "", err
		}
		who := tx.Actor().Person
		at, err := PlaceIn(tx, in.Cohort, who)
		if err != nil {
			return "", err
		}
		if err := access.Allow(tx.Actor(), access.Create, access.Object{Kind: access.Waiver, Subject: who, Place: at}); err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		if _, ok := set.plan.Stage(programme.Key(in.Stage)); !ok {
			return "", fault.New(fault.NotFound, "", nil)
		}
		r := id.New[id.TimeRequest]()
		if err := tx.QueryRow(`INSERT INTO cohort_requests (id, cohort, person, stage, words, asked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
			ON CONFLICT (cohort, person, stage) DO UPDATE SET words = excluded.words, asked_at = excluded.asked_at RETURNING id`,
			r, in.Cohort, who, in.Stage, cut(strings.TrimSpace(in.Words)), db.Micros(tx.Now())).Scan(&r); err != nil {
			return "", err
		}
		return r, journal.Append(tx, journal.Entry{
			Kind: "cohort.time-asked", Version: 1, Scope: actor.Scope{Cohort: in.Cohort}, Subject: string(r),
			Body: timeAsked{Person: who, Stage: in.Stage},
			Rows: []journal.Row{journal.RowOf(requestsTable, r)},
		})
	})
}

// timeAsked is the body of cohort.time-asked, version 1.
type timeAsked struct {
	Person id.Person `json:"person"`
	Stage  string    `json:"stage"`
}

// MoreTimeAsked returns what the officer who acts asked for a stage: nil if
// nothing.
func (s *Service) MoreTimeAsked(ctx context.Context, cohort id.Cohort, stage string) (out *TimeRequest, err error) {
	who := actor.From(ctx).Person
	err = s.db.View(ctx, func(tx *db.Tx) error {
		at, err := PlaceIn(tx, cohort, who)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.Read, access.Object{Kind: access.Waiver, Subject: who, Place: at}); err != nil {
			return err
		}
		all, err := requests(tx, cohort, who)
		for i := range all {
			if all[i].Stage == stage {
				out = &all[i]
			}
		}
		return err
	})
	return out, err
}

// TimeRequests lists who asked for more time and has no answer yet, those who
// asked first at the top. The read is recorded.
func (s *Service) TimeRequests(ctx context.Context, cohort id.Cohort) ([]TimeRequest, error) {
	var out []TimeRequest
	err := s.db.View(ctx, func(tx *db.Tx) error {
		at, err := PlaceOf(tx, cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.List, access.Object{Kind: access.Readiness, Place: at}); err != nil {
			return err
		}
		all, err := requests(tx, cohort, "")
		for _, r := range all {
			if !r.Answered {
				out = append(out, r)
			}
		}
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	var ps []id.Person
	for _, r := range out {
		ps = append(ps, r.Person)
	}
	return out, s.reads.RecordRead(ctx, access.Waiver, ps...)
}

// TimeRequest returns a request for whoever may answer it, and the nomination
// that it belongs to. The read is recorded.
func (s *Service) TimeRequest(ctx context.Context, request id.TimeRequest) (out TimeRequest, n id.Nomination, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out, err = requestBy(tx, request); err != nil {
			return err
		}
		at, err := PlaceIn(tx, out.Cohort, out.Person)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.Sign, access.Object{Kind: access.Waiver, ID: string(request), Subject: out.Person, Place: at}); err != nil {
			return err
		}
		n, err = nominationFor(tx, out.Cohort, out.Person)
		return err
	})
	if err != nil {
		return out, n, err
	}
	return out, n, s.reads.RecordRead(ctx, access.Waiver, out.Person)
}

// TimeAnswer is what a programme officer answers to a request.
type TimeAnswer struct {
	Request id.TimeRequest
	// Agreed gives her until then, for a cause of ExceptionCauses; otherwise Cause
	// is one of RefusalCauses.
	Agreed bool
	Until  civil.DateTime
	Cause  string
	// Reply is what she reads beside the answer; may be empty.
	Reply string
}

// AnswerTime answers a request: more time is an agreed exception like any other,
// signed by whoever acts; a refusal has its cause. Neither ends the matter: she
// may ask again, and a later answer stands in place of an earlier one.
func (s *Service) AnswerTime(ctx context.Context, op id.Operation, in TimeAnswer) error {
	_, err := once(ctx, s, op, "cohort.answer-time", func(tx *db.Tx) (struct{}, error) {
		var none struct{}
		q, err := requestBy(tx, in.Request)
		if err != nil {
			return none, err
		}
		nomination, err := nominationFor(tx, q.Cohort, q.Person)
		if err != nil {
			return none, err
		}
		n, set, err := load(tx, access.Sign, access.Waiver, nomination)
		if err != nil {
			return none, err
		}
		if err := set.stillOpen(); err != nil {
			return none, err
		}
		var exception id.Exception
		switch {
		case in.Agreed:
			exception, err = except(tx, n, set, Exception{Nomination: n.ID, Subject: q.Stage, Cause: in.Cause, Until: in.Until, Later: true})
		case !known(RefusalCauses(), in.Cause):
			err = fault.Bad("cohort.mend", fault.Field{Name: "cause", Key: "fault.choose"})
		}
		if err != nil {
			return none, err
		}
		var until time.Time
		refused := in.Cause
		if in.Agreed {
			refused = ""
			if until, err = in.Until.Instant(); err != nil {
				return none, err
			}
		}
		aid := id.New[id.TimeAnswer]()
		if _, err := tx.Exec(`INSERT INTO cohort_time_answers (id, request, cohort, person, stage, exception, refused, until_at, reply, answered_by, answered_at, position)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, COALESCE(MAX(position), 0) + 1 FROM cohort_time_answers WHERE request = ?2`,
			aid, q.ID, q.Cohort, q.Person, q.Stage, exception, refused, db.Micros(until), cut(strings.TrimSpace(in.Reply)), tx.Actor().ID(), db.Micros(tx.Now())); err != nil {
			return none, err
		}
		return none, journal.Append(tx, journal.Entry{
			Kind: "cohort.time-answered", Version: 1, Scope: actor.Scope{Cohort: q.Cohort, Agency: n.Agency}, Subject: string(aid),
			Body: timeAnswered{q.ID, in.Agreed, in.Cause}, Rows: []journal.Row{journal.RowOf(timeAnswersTable, aid)},
		})
	})
	return err
}

// timeAnswered is the body of cohort.time-answered, version 1.
type timeAnswered struct {
	Request id.TimeRequest `json:"request"`
	Agreed  bool           `json:"agreed"`
	Cause   string         `json:"cause"`
}

const requestColumns = `q.id, q.cohort, q.person, q.stage, q.words, q.asked_at,
	CASE WHEN COALESCE(a.answered_at, 0) >= q.asked_at OR EXISTS (SELECT 1 FROM cohort_exceptions e JOIN cohort_nominations n ON n.id = e.nomination
		WHERE e.person = q.person AND n.cohort = q.cohort AND e.subject = q.stage AND e.signed_at >= q.asked_at) THEN 1 ELSE 0 END,
	COALESCE(a.refused, ''), COALESCE(a.reply, ''), COALESCE(a.answered_at, 0),
	COALESCE((SELECT MAX(e.until_at) FROM cohort_exceptions e JOIN cohort_nominations n ON n.id = e.nomination
		WHERE e.person = q.person AND n.cohort = q.cohort AND e.subject = q.stage AND e.kind = 'extension'), 0)
	FROM cohort_requests q LEFT JOIN cohort_time_answers a ON a.request = q.id
		AND a.position = (SELECT MAX(x.position) FROM cohort_time_answers x WHERE x.request = q.id)`

func scanRequest(r interface{ Scan(...any) error }) (TimeRequest, error) {
	var q TimeRequest
	var at, answered, until int64
	err := r.Scan(&q.ID, &q.Cohort, &q.Person, &q.Stage, &q.Words, &at, &q.Answered, &q.Refused, &q.Reply, &answered, &until)
	q.AskedAt, q.AnsweredAt, q.Until = db.Time(at), db.Time(answered), db.Time(until)
	if !q.Answered { // an answer to what she asked before is no answer to this
		q.Refused, q.Reply = "", ""
	}
	return q, err
}

func requestBy(tx *db.Tx, request id.TimeRequest) (TimeRequest, error) {
	q, err := scanRequest(tx.QueryRow(`SELECT `+requestColumns+` WHERE q.id = ?1`, request))
	return q, missing(err, "access.not-found")
}

// requests lists a cohort's requests, or those of one person.
func requests(tx *db.Tx, cohort id.Cohort, person id.Person) ([]TimeRequest, error) {
	return db.Collect(tx, func(r *db.Rows) (TimeRequest, error) { return scanRequest(r) },
		`SELECT `+requestColumns+` WHERE q.cohort = ?1 AND (?2 = '' OR q.person = ?2) ORDER BY q.asked_at, q.id LIMIT 500`, cohort, person)
}

// Unanswered counts who asked for more time in a cohort and has no answer yet. It
// is for whoever checked that the reader may see the cohort's readiness.
func Unanswered(tx *db.Tx, cohort id.Cohort) (int, error) {
	all, err := requests(tx, cohort, "")
	n := 0
	for _, r := range all {
		if !r.Answered {
			n++
		}
	}
	return n, err
}

// nominationFor is her latest nomination in a cohort that is not ended.
func nominationFor(tx *db.Tx, cohort id.Cohort, person id.Person) (n id.Nomination, err error) {
	err = tx.QueryRow(`SELECT id FROM cohort_nominations WHERE cohort = ?1 AND person = ?2 ORDER BY CASE WHEN ending = '' THEN 0 ELSE 1 END, id DESC LIMIT 1`, cohort, person).Scan(&n)
	return n, missing(err, "cohort.nomination-unknown")
}
