-- +goose Up

-- A choice of some of a cohort from their results, signed by a person.
CREATE TABLE cohort_selections (
  id TEXT NOT NULL CONSTRAINT cohort_selections_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_selections_cohort_fk REFERENCES cohort_cohorts (id),
  stage TEXT NOT NULL,
  places INTEGER NOT NULL,
  digest TEXT NOT NULL,
  reason TEXT NOT NULL,
  signed_by TEXT NOT NULL,
  signed_at INTEGER NOT NULL,
  state TEXT NOT NULL CONSTRAINT cohort_selections_state CHECK (state IN ('signed', 'taken-back')),
  ended_by TEXT NOT NULL,
  ended_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX cohort_selections_cohort ON cohort_selections (cohort, stage, signed_at);

-- The ranking as it was signed.
CREATE TABLE cohort_ranked (
  id TEXT NOT NULL CONSTRAINT cohort_ranked_pk PRIMARY KEY,
  selection TEXT NOT NULL CONSTRAINT cohort_ranked_selection_fk REFERENCES cohort_selections (id),
  person TEXT NOT NULL,
  quota_key TEXT NOT NULL,
  rank INTEGER NOT NULL,
  level INTEGER NOT NULL,
  chosen INTEGER NOT NULL,
  results TEXT NOT NULL,
  CONSTRAINT cohort_ranked_once UNIQUE (selection, person)
) STRICT;
CREATE INDEX cohort_ranked_person ON cohort_ranked (person);
