package lrs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"cadre/internal/db"
	"cadre/internal/lrs/statement"
)

// Filter says which statements go on to another record store. What is empty
// admits all; of several values one is enough.
type Filter struct {
	Verbs []string `json:"verbs,omitempty"`
	// Activities admit statements about them and in their context.
	Activities []string `json:"activities,omitempty"`
	// Programme and Agency admit what was written within them.
	Programme string `json:"programme,omitempty"`
	Agency    string `json:"agency,omitempty"`
}

// Check returns a [fault.Invalid] for what can be in no statement.
func (f Filter) Check() error {
	for _, list := range [][]string{f.Verbs, f.Activities} {
		for _, s := range list {
			if !statement.IRI(s) {
				return invalid(&statement.Error{Path: s, Reason: "is no IRI with a scheme"})
			}
		}
	}
	return nil
}

func (f Filter) conditions(salt []byte) []condition {
	var out []condition
	add := func(values []string, facets ...byte) {
		var c condition
		for _, v := range values {
			for _, facet := range facets {
				c = append(c, indexKey(salt, facet, v))
			}
		}
		if len(c) > 0 {
			out = append(out, c)
		}
	}
	add(f.Verbs, facetVerb)
	add(f.Activities, facetActivity, facetRelatedActivity)
	if f.Programme != "" {
		add([]string{f.Programme}, facetProgramme)
	}
	if f.Agency != "" {
		add([]string{f.Agency}, facetAgency)
	}
	return out
}

// Outgoing is a statement as it goes on to another record store.
type Outgoing struct {
	// Stored is its place in the order.
	Stored  int64
	ID      statement.UUID
	Version statement.Version
	Text    []byte
	Files   []File
}

// Outgoing returns up to limit statements after a place in the order, the oldest
// first, voided ones and those that void them among them. Since places are given
// out in the order of commits, whoever goes on from the last one misses none. through
// is the last place that was given out by then.
func (s *Service) Outgoing(ctx context.Context, f Filter, after int64, limit int) (out []Outgoing, through int64, err error) {
	salt, err := s.salt(ctx)
	if err != nil {
		return nil, 0, err
	}
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		out = out[:0]
		if through, err = last(tx); err != nil {
			return err
		}
		q := Query{Ascending: true, After: after, Limit: limit, voided: true}
		rows, _, err := q.rows(tx, f.conditions(salt))
		if err != nil {
			return err
		}
		for _, r := range rows {
			v, err := statement.ParseJSON(r.body)
			if err != nil {
				return fmt.Errorf("lrs: the statement %s is damaged: %w", r.id, err)
			}
			o := statement.Owned{ID: r.id, Stored: instant(r.stored), Version: r.version}
			if o.Authority, err = s.authority(tx, r.authority); err != nil {
				return err
			}
			var p Page
			if err := s.files(tx, &p, r); err != nil {
				return err
			}
			out = append(out, Outgoing{r.stored, r.id, r.version, statement.AppendExact(nil, v, o), p.Attachments})
		}
		return nil
	})
	return out, through, err
}

// Last returns the last place in the order that was given out.
func (s *Service) Last(ctx context.Context) (place int64, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) (err error) {
		place, err = last(tx)
		return err
	})
	return place, err
}

func last(tx *db.Tx) (place int64, err error) {
	err = tx.QueryRow(`SELECT stored FROM lrs_heads WHERE lane = ?1`, db.XAPI.String()).Scan(&place)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return place, err
}

// Waiting counts the statements after a place in the order, as far as limit.
func (s *Service) Waiting(ctx context.Context, f Filter, after int64, limit int) (n int, err error) {
	salt, err := s.salt(ctx)
	if err != nil {
		return 0, err
	}
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		rows, more, err := Query{Ascending: true, After: after, Limit: min(limit, PageMax), voided: true}.rows(tx, f.conditions(salt))
		n = len(rows)
		if more {
			n++
		}
		return err
	})
	return n, err
}
