package cohort

import (
	"context"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
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
	// Answered tells that an extension of the stage was agreed since.
	Answered bool
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

// requests lists a cohort's requests, or those of one person.
func requests(tx *db.Tx, cohort id.Cohort, person id.Person) ([]TimeRequest, error) {
	return db.Collect(tx, func(r *db.Rows) (TimeRequest, error) {
		var q TimeRequest
		var at int64
		err := r.Scan(&q.ID, &q.Cohort, &q.Person, &q.Stage, &q.Words, &at, &q.Answered)
		q.AskedAt = db.Time(at)
		return q, err
	}, `SELECT q.id, q.cohort, q.person, q.stage, q.words, q.asked_at,
		CASE WHEN EXISTS (SELECT 1 FROM cohort_exceptions e JOIN cohort_nominations n ON n.id = e.nomination WHERE e.person = q.person AND n.cohort = q.cohort
			AND e.subject = q.stage AND e.signed_at >= q.asked_at) THEN 1 ELSE 0 END
		FROM cohort_requests q WHERE q.cohort = ?1 AND (?2 = '' OR q.person = ?2) ORDER BY q.asked_at, q.id LIMIT 500`, cohort, person)
}
