-- +goose Up

-- Who asked for more time, in her words.
CREATE TABLE cohort_requests (
  id TEXT NOT NULL CONSTRAINT cohort_requests_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_requests_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT NOT NULL,
  stage TEXT NOT NULL,
  words TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  CONSTRAINT cohort_requests_once UNIQUE (cohort, person, stage)
) STRICT;
CREATE INDEX cohort_requests_person ON cohort_requests (person);
