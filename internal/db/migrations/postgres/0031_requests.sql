-- +goose Up

-- Who asked for more time, in her words.
CREATE TABLE cohort_requests (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_requests_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_requests_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  words TEXT COLLATE "C" NOT NULL,
  asked_at BIGINT NOT NULL,
  CONSTRAINT cohort_requests_once UNIQUE (cohort, person, stage)
);
CREATE INDEX cohort_requests_person ON cohort_requests (person);
