-- +goose Up

-- The paper on which an officer's own answer came, scanned.
CREATE TABLE cohort_papers (
  id TEXT NOT NULL CONSTRAINT cohort_papers_pk PRIMARY KEY,
  nomination TEXT NOT NULL CONSTRAINT cohort_papers_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  answer TEXT NOT NULL CONSTRAINT cohort_papers_answer CHECK (answer IN ('yes', 'no')),
  file TEXT NOT NULL,
  filed_by TEXT NOT NULL,
  filed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cohort_papers_nomination ON cohort_papers (nomination, filed_at);
CREATE INDEX cohort_papers_person ON cohort_papers (person);
