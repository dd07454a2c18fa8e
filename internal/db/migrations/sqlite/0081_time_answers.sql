-- +goose Up

-- What was answered to a question for more time: an exception, or why not.
CREATE TABLE cohort_time_answers (
  id TEXT NOT NULL CONSTRAINT cohort_time_answers_pk PRIMARY KEY,
  request TEXT NOT NULL CONSTRAINT cohort_time_answers_request_fk REFERENCES cohort_requests (id) ON DELETE CASCADE,
  cohort TEXT NOT NULL CONSTRAINT cohort_time_answers_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT NOT NULL,
  stage TEXT NOT NULL,
  exception TEXT NOT NULL,
  refused TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  reply TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  CONSTRAINT cohort_time_answers_once UNIQUE (request, position)
) STRICT;
CREATE INDEX cohort_time_answers_cohort ON cohort_time_answers (cohort);
CREATE INDEX cohort_time_answers_person ON cohort_time_answers (person);
