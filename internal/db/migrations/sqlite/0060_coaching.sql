-- +goose Up
CREATE TABLE coaching_pairings (
  id TEXT NOT NULL CONSTRAINT coaching_pairings_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  coach TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT coaching_pairings_state CHECK (state IN ('asked', 'active', 'declined', 'ended')),
  asked_at INTEGER NOT NULL,
  declared_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  ended_by TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX coaching_pairings_live ON coaching_pairings (cohort, stage, person) WHERE state IN ('asked', 'active');
CREATE INDEX coaching_pairings_coach ON coaching_pairings (coach, state);
CREATE INDEX coaching_pairings_person ON coaching_pairings (person);

CREATE TABLE coaching_sessions (
  id TEXT NOT NULL CONSTRAINT coaching_sessions_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  coach TEXT NOT NULL,
  format TEXT NOT NULL CONSTRAINT coaching_sessions_format CHECK (format IN ('individual', 'group')),
  round TEXT NOT NULL,
  starts TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  day TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  state TEXT NOT NULL CONSTRAINT coaching_sessions_state CHECK (state IN ('proposed', 'agreed', 'withdrawn', 'closed')),
  proposed_by TEXT NOT NULL,
  proposed_at INTEGER NOT NULL,
  agreed_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  held_minutes INTEGER NOT NULL,
  closed_by TEXT NOT NULL,
  closed_at INTEGER NOT NULL,
  fact TEXT NOT NULL,
  contested TEXT NOT NULL,
  contested_by TEXT NOT NULL,
  settled_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX coaching_sessions_person ON coaching_sessions (person, cohort, stage);
CREATE INDEX coaching_sessions_coach ON coaching_sessions (coach, state, starts_at);
CREATE INDEX coaching_sessions_cohort ON coaching_sessions (cohort, stage, state, starts_at);
CREATE UNIQUE INDEX coaching_sessions_group_day ON coaching_sessions (cohort, stage, person, day) WHERE format = 'group';

CREATE TABLE coaching_notes (
  id TEXT NOT NULL CONSTRAINT coaching_notes_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT coaching_notes_kind CHECK (kind IN ('note', 'need')),
  session TEXT CONSTRAINT coaching_notes_session_fk REFERENCES coaching_sessions (id),
  author TEXT NOT NULL,
  seal_key TEXT NOT NULL,
  box BLOB NOT NULL,
  written_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX coaching_notes_person ON coaching_notes (person, cohort, stage, written_at);
CREATE INDEX coaching_notes_session ON coaching_notes (session);

CREATE TABLE coaching_goals (
  id TEXT NOT NULL CONSTRAINT coaching_goals_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  author TEXT NOT NULL,
  due TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT coaching_goals_state CHECK (state IN ('open', 'met', 'dropped')),
  seal_key TEXT NOT NULL,
  box BLOB NOT NULL,
  written_at INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX coaching_goals_person ON coaching_goals (person, cohort, stage, written_at);
