-- +goose Up

-- A choice of some of a cohort from their results, signed by a person.
CREATE TABLE cohort_selections (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_selections_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_selections_cohort_fk REFERENCES cohort_cohorts (id),
  stage TEXT COLLATE "C" NOT NULL,
  places BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  signed_by TEXT COLLATE "C" NOT NULL,
  signed_at BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_selections_state CHECK (state IN ('signed', 'taken-back')),
  ended_by TEXT COLLATE "C" NOT NULL,
  ended_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX cohort_selections_cohort ON cohort_selections (cohort, stage, signed_at);

-- The ranking as it was signed.
CREATE TABLE cohort_ranked (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_ranked_pk PRIMARY KEY,
  selection TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_ranked_selection_fk REFERENCES cohort_selections (id),
  person TEXT COLLATE "C" NOT NULL,
  quota_key TEXT COLLATE "C" NOT NULL,
  rank BIGINT NOT NULL,
  level BIGINT NOT NULL,
  chosen BIGINT NOT NULL,
  results TEXT COLLATE "C" NOT NULL,
  CONSTRAINT cohort_ranked_once UNIQUE (selection, person)
);
CREATE INDEX cohort_ranked_person ON cohort_ranked (person);
