-- +goose Up
CREATE TABLE assess_tests (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT assess_tests_pk PRIMARY KEY,
  programme TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  current TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT assess_tests_key UNIQUE (key)
);

CREATE TABLE assess_versions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT assess_versions_pk PRIMARY KEY,
  test TEXT COLLATE "C" NOT NULL CONSTRAINT assess_versions_test_fk REFERENCES assess_tests (id),
  number BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  compiled BYTEA NOT NULL,
  imported_by TEXT COLLATE "C" NOT NULL,
  imported_at BIGINT NOT NULL,
  CONSTRAINT assess_versions_number UNIQUE (test, number),
  CONSTRAINT assess_versions_digest UNIQUE (test, digest)
);

CREATE TABLE assess_attempts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT assess_attempts_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  form TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL CONSTRAINT assess_attempts_version_fk REFERENCES assess_versions (id),
  medium TEXT COLLATE "C" NOT NULL CONSTRAINT assess_attempts_medium CHECK (medium IN ('screen', 'paper')),
  state TEXT COLLATE "C" NOT NULL CONSTRAINT assess_attempts_state CHECK (state IN ('open', 'submitted')),
  language TEXT COLLATE "C" NOT NULL,
  by_item BIGINT NOT NULL,
  points BIGINT NOT NULL,
  max_points BIGINT NOT NULL,
  fact TEXT COLLATE "C" NOT NULL,
  entered_by TEXT COLLATE "C" NOT NULL,
  started_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  submitted_at BIGINT NOT NULL,
  entered_at BIGINT NOT NULL,
  CONSTRAINT assess_attempts_once UNIQUE (person, cohort, stage)
);
CREATE INDEX assess_attempts_cohort ON assess_attempts (cohort, stage, person);
CREATE INDEX assess_attempts_due ON assess_attempts (state, due_at);
CREATE INDEX assess_attempts_version ON assess_attempts (version);

CREATE TABLE assess_answers (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT assess_answers_pk PRIMARY KEY,
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT assess_answers_attempt_fk REFERENCES assess_attempts (id),
  person TEXT COLLATE "C" NOT NULL,
  item TEXT COLLATE "C" NOT NULL,
  response TEXT COLLATE "C" NOT NULL,
  is_right BIGINT NOT NULL,
  points BIGINT NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT assess_answers_once UNIQUE (attempt, item)
);
CREATE INDEX assess_answers_person ON assess_answers (person);
