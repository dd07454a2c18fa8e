-- +goose Up
CREATE TABLE player_attempts (
  id TEXT NOT NULL CONSTRAINT player_attempts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  module TEXT NOT NULL,
  version TEXT NOT NULL,
  number INTEGER NOT NULL,
  language TEXT NOT NULL,
  page TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT player_attempts_state CHECK (state IN ('open', 'passed', 'not-yet')),
  percent INTEGER NOT NULL,
  points INTEGER NOT NULL,
  max_points INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  CONSTRAINT player_attempts_number UNIQUE (person, cohort, module, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_attempts_cohort ON player_attempts (cohort, module, person, number);
CREATE INDEX player_attempts_version ON player_attempts (version);

CREATE TABLE player_pages (
  attempt TEXT NOT NULL CONSTRAINT player_pages_attempt_fk REFERENCES player_attempts (id),
  page TEXT NOT NULL,
  person TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT player_pages_state CHECK (state IN ('read', 'skipped')),
  at INTEGER NOT NULL,
  CONSTRAINT player_pages_pk PRIMARY KEY (attempt, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_pages_person ON player_pages (person);

CREATE TABLE player_answers (
  id TEXT NOT NULL CONSTRAINT player_answers_pk PRIMARY KEY,
  attempt TEXT NOT NULL CONSTRAINT player_answers_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  page TEXT NOT NULL,
  item TEXT NOT NULL,
  response TEXT NOT NULL,
  is_right INTEGER NOT NULL,
  points INTEGER NOT NULL,
  carried INTEGER NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT player_answers_once UNIQUE (attempt, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_answers_person ON player_answers (person);

CREATE TABLE player_outside (
  id TEXT NOT NULL CONSTRAINT player_outside_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  module TEXT NOT NULL,
  issuer TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  paper INTEGER NOT NULL,
  file TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT player_outside_state CHECK (state IN ('shown', 'accepted', 'refused', 'withdrawn')),
  until INTEGER NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  fact TEXT NOT NULL,
  shown_by TEXT NOT NULL,
  shown_at INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_outside_person ON player_outside (person, shown_at);
CREATE INDEX player_outside_cohort ON player_outside (cohort, state, shown_at);
