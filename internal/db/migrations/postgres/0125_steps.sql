-- +goose Up

-- How an officer's place stood before a decision, so that it can be taken back.
CREATE TABLE cohort_steps (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_steps_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  nomination TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_steps_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  stood TEXT COLLATE "C" NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  made_at BIGINT NOT NULL,
  taken_back_at BIGINT NOT NULL
);
CREATE INDEX cohort_steps_nomination ON cohort_steps (nomination);
CREATE INDEX cohort_steps_person ON cohort_steps (person);
