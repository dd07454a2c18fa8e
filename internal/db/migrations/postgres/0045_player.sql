-- +goose Up
CREATE TABLE player_attempts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_attempts_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  module TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  language TEXT COLLATE "C" NOT NULL,
  page TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT player_attempts_state CHECK (state IN ('open', 'passed', 'not-yet')),
  percent BIGINT NOT NULL,
  points BIGINT NOT NULL,
  max_points BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  finished_at BIGINT NOT NULL,
  CONSTRAINT player_attempts_number UNIQUE (person, cohort, module, number)
);
CREATE INDEX player_attempts_cohort ON player_attempts (cohort, module, person, number);
CREATE INDEX player_attempts_version ON player_attempts (version);

CREATE TABLE player_pages (
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_pages_attempt_fk REFERENCES player_attempts (id),
  page TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT player_pages_state CHECK (state IN ('read', 'skipped')),
  at BIGINT NOT NULL,
  CONSTRAINT player_pages_pk PRIMARY KEY (attempt, page)
);
CREATE INDEX player_pages_person ON player_pages (person);

CREATE TABLE player_answers (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_answers_pk PRIMARY KEY,
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_answers_attempt_fk REFERENCES player_attempts (id),
  person TEXT COLLATE "C" NOT NULL,
  page TEXT COLLATE "C" NOT NULL,
  item TEXT COLLATE "C" NOT NULL,
  response TEXT COLLATE "C" NOT NULL,
  is_right BIGINT NOT NULL,
  points BIGINT NOT NULL,
  carried BIGINT NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT player_answers_once UNIQUE (attempt, item)
);
CREATE INDEX player_answers_person ON player_answers (person);

CREATE TABLE player_outside (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_outside_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  module TEXT COLLATE "C" NOT NULL,
  issuer TEXT COLLATE "C" NOT NULL,
  issued_on TEXT COLLATE "C" NOT NULL,
  paper BIGINT NOT NULL,
  file TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT player_outside_state CHECK (state IN ('shown', 'accepted', 'refused', 'withdrawn')),
  until BIGINT NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  fact TEXT COLLATE "C" NOT NULL,
  shown_by TEXT COLLATE "C" NOT NULL,
  shown_at BIGINT NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided_at BIGINT NOT NULL
);
CREATE INDEX player_outside_person ON player_outside (person, shown_at);
CREATE INDEX player_outside_cohort ON player_outside (cohort, state, shown_at);
