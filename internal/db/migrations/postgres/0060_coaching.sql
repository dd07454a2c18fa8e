-- +goose Up
CREATE TABLE coaching_pairings (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_pairings_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  coach TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_pairings_state CHECK (state IN ('asked', 'active', 'declined', 'ended')),
  asked_at BIGINT NOT NULL,
  declared_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  ended_by TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX coaching_pairings_live ON coaching_pairings (cohort, stage, person) WHERE state IN ('asked', 'active');
CREATE INDEX coaching_pairings_coach ON coaching_pairings (coach, state);
CREATE INDEX coaching_pairings_person ON coaching_pairings (person);

CREATE TABLE coaching_sessions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_sessions_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  coach TEXT COLLATE "C" NOT NULL,
  format TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_sessions_format CHECK (format IN ('individual', 'group')),
  round TEXT COLLATE "C" NOT NULL,
  starts TEXT COLLATE "C" NOT NULL,
  starts_at BIGINT NOT NULL,
  day TEXT COLLATE "C" NOT NULL,
  minutes BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_sessions_state CHECK (state IN ('proposed', 'agreed', 'withdrawn', 'closed')),
  proposed_by TEXT COLLATE "C" NOT NULL,
  proposed_at BIGINT NOT NULL,
  agreed_at BIGINT NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  held_minutes BIGINT NOT NULL,
  closed_by TEXT COLLATE "C" NOT NULL,
  closed_at BIGINT NOT NULL,
  fact TEXT COLLATE "C" NOT NULL,
  contested TEXT COLLATE "C" NOT NULL,
  contested_by TEXT COLLATE "C" NOT NULL,
  settled_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX coaching_sessions_person ON coaching_sessions (person, cohort, stage);
CREATE INDEX coaching_sessions_coach ON coaching_sessions (coach, state, starts_at);
CREATE INDEX coaching_sessions_cohort ON coaching_sessions (cohort, stage, state, starts_at);
CREATE UNIQUE INDEX coaching_sessions_group_day ON coaching_sessions (cohort, stage, person, day) WHERE format = 'group';

CREATE TABLE coaching_notes (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_notes_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_notes_kind CHECK (kind IN ('note', 'need')),
  session TEXT COLLATE "C" CONSTRAINT coaching_notes_session_fk REFERENCES coaching_sessions (id),
  author TEXT COLLATE "C" NOT NULL,
  seal_key TEXT COLLATE "C" NOT NULL,
  box BYTEA NOT NULL,
  written_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX coaching_notes_person ON coaching_notes (person, cohort, stage, written_at);
CREATE INDEX coaching_notes_session ON coaching_notes (session);

CREATE TABLE coaching_goals (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_goals_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  author TEXT COLLATE "C" NOT NULL,
  due TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT coaching_goals_state CHECK (state IN ('open', 'met', 'dropped')),
  seal_key TEXT COLLATE "C" NOT NULL,
  box BYTEA NOT NULL,
  written_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX coaching_goals_person ON coaching_goals (person, cohort, stage, written_at);
