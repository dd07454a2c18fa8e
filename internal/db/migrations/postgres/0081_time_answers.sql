-- +goose Up

-- What was answered to a question for more time: an exception, or why not.
CREATE TABLE cohort_time_answers (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_time_answers_pk PRIMARY KEY,
  request TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_time_answers_request_fk REFERENCES cohort_requests (id) ON DELETE CASCADE,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_time_answers_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  exception TEXT COLLATE "C" NOT NULL,
  refused TEXT COLLATE "C" NOT NULL,
  until_at BIGINT NOT NULL,
  reply TEXT COLLATE "C" NOT NULL,
  answered_by TEXT COLLATE "C" NOT NULL,
  answered_at BIGINT NOT NULL,
  position BIGINT NOT NULL,
  CONSTRAINT cohort_time_answers_once UNIQUE (request, position)
);
CREATE INDEX cohort_time_answers_cohort ON cohort_time_answers (cohort);
CREATE INDEX cohort_time_answers_person ON cohort_time_answers (person);
