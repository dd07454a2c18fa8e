package pathway

import (
	"context"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// Entry is a fact as she reads it whom it is about: what, on whose word, entered
// by whom, and whether it still counts.
type Entry struct {
	Fact
	// Counts is false for what was corrected or taken back since.
	Counts bool
}

// EntriesInput asks for a page of entries.
type EntriesInput struct {
	Person id.Person
	Cohort id.Cohort
	// Before and ID are the last entry of the page before; zero for the first page.
	Before time.Time
	ID     id.Fact
	Limit  int
}

// Entries lists what was entered about a person in a cohort, the latest entered
// first, and the blueprint that says its keys in words. Whoever may read her
// standing may read what it rests on: she herself first of all.
func (s *Service) Entries(ctx context.Context, in EntriesInput) ([]Entry, *programme.Blueprint, error) {
	var out []Entry
	var b *programme.Blueprint
	err := s.db.View(ctx, func(tx *db.Tx) error {
		of, err := FollowingOf(tx, in.Cohort)
		if err != nil {
			return err
		}
		if err := s.allow(tx, access.Read, access.Standing, of, in.Person); err != nil {
			return err
		}
		if b, err = programme.Load(tx, of.Version); err != nil {
			return err
		}
		all, err := FactsOf(tx, in.Person, in.Cohort)
		if err != nil {
			return err
		}
		effective, _ := Effective(all, tx.Now())
		counting := map[id.Fact]bool{}
		for _, f := range effective {
			counting[f.ID] = true
		}
		page, err := db.Collect(tx, scanFact, `SELECT `+factColumns+` FROM pathway_facts
			WHERE person = ?1 AND (cohort = ?2 OR cohort = '') AND (?3 = 0 OR recorded_at < ?3 OR recorded_at = ?3 AND id < ?4)
			ORDER BY recorded_at DESC, id DESC LIMIT ?5`, in.Person, in.Cohort, db.Micros(in.Before), in.ID, in.Limit)
		for _, f := range page {
			out = append(out, Entry{Fact: f, Counts: counting[f.ID]})
		}
		return err
	})
	return out, b, err
}
