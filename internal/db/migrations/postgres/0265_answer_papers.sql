-- +goose Up

-- The paper on which an officer's own answer came, scanned.
CREATE TABLE cohort_papers (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_papers_pk PRIMARY KEY,
  nomination TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_papers_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT COLLATE "C" NOT NULL,
  answer TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_papers_answer CHECK (answer IN ('yes', 'no')),
  file TEXT COLLATE "C" NOT NULL,
  filed_by TEXT COLLATE "C" NOT NULL,
  filed_at BIGINT NOT NULL
);
CREATE INDEX cohort_papers_nomination ON cohort_papers (nomination, filed_at);
CREATE INDEX cohort_papers_person ON cohort_papers (person);
