-- +goose Up
CREATE TABLE assess_tests (
  id TEXT NOT NULL CONSTRAINT assess_tests_pk PRIMARY KEY,
  programme TEXT NOT NULL,
  key TEXT NOT NULL,
  current TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT assess_tests_key UNIQUE (key)
) STRICT, WITHOUT ROWID;

CREATE TABLE assess_versions (
  id TEXT NOT NULL CONSTRAINT assess_versions_pk PRIMARY KEY,
  test TEXT NOT NULL CONSTRAINT assess_versions_test_fk REFERENCES assess_tests (id),
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  compiled BLOB NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  CONSTRAINT assess_versions_number UNIQUE (test, number),
  CONSTRAINT assess_versions_digest UNIQUE (test, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE assess_attempts (
  id TEXT NOT NULL CONSTRAINT assess_attempts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  form TEXT NOT NULL,
  version TEXT NOT NULL CONSTRAINT assess_attempts_version_fk REFERENCES assess_versions (id),
  medium TEXT NOT NULL CONSTRAINT assess_attempts_medium CHECK (medium IN ('screen', 'paper')),
  state TEXT NOT NULL CONSTRAINT assess_attempts_state CHECK (state IN ('open', 'submitted')),
  language TEXT NOT NULL,
  by_item INTEGER NOT NULL,
  points INTEGER NOT NULL,
  max_points INTEGER NOT NULL,
  fact TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL,
  entered_at INTEGER NOT NULL,
  CONSTRAINT assess_attempts_once UNIQUE (person, cohort, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX assess_attempts_cohort ON assess_attempts (cohort, stage, person);
CREATE INDEX assess_attempts_due ON assess_attempts (state, due_at);
CREATE INDEX assess_attempts_version ON assess_attempts (version);

CREATE TABLE assess_answers (
  id TEXT NOT NULL CONSTRAINT assess_answers_pk PRIMARY KEY,
  attempt TEXT NOT NULL CONSTRAINT assess_answers_attempt_fk REFERENCES assess_attempts (id),
  person TEXT NOT NULL,
  item TEXT NOT NULL,
  response TEXT NOT NULL,
  is_right INTEGER NOT NULL,
  points INTEGER NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT assess_answers_once UNIQUE (attempt, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX assess_answers_person ON assess_answers (person);
