-- +goose Up

-- How an officer's place stood before a decision, so that it can be taken back.
CREATE TABLE cohort_steps (
  id TEXT NOT NULL CONSTRAINT cohort_steps_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  nomination TEXT NOT NULL CONSTRAINT cohort_steps_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  stood TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  taken_back_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_steps_nomination ON cohort_steps (nomination);
CREATE INDEX cohort_steps_person ON cohort_steps (person);
