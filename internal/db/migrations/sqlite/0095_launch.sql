-- +goose Up
CREATE TABLE player_paths (
  id TEXT NOT NULL CONSTRAINT player_paths_pk PRIMARY KEY,
  person TEXT NOT NULL,
  version TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT player_paths_person UNIQUE (person, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE player_runs (
  attempt TEXT NOT NULL CONSTRAINT player_runs_pk PRIMARY KEY CONSTRAINT player_runs_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  log_key BLOB NOT NULL,
  completion TEXT NOT NULL,
  success TEXT NOT NULL,
  scaled TEXT NOT NULL,
  raw TEXT NOT NULL,
  lowest TEXT NOT NULL,
  highest TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  suspended INTEGER NOT NULL,
  launch TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_runs_person ON player_runs (person);

CREATE TABLE player_launches (
  id TEXT NOT NULL CONSTRAINT player_launches_pk PRIMARY KEY,
  attempt TEXT NOT NULL CONSTRAINT player_launches_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  session TEXT NOT NULL,
  activity TEXT NOT NULL,
  mode TEXT NOT NULL CONSTRAINT player_launches_mode CHECK (mode IN ('normal', 'browse', 'review')),
  credential TEXT NOT NULL CONSTRAINT player_launches_credential UNIQUE,
  started_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  replaced_at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_launches_attempt ON player_launches (attempt, started_at);
CREATE INDEX player_launches_person ON player_launches (person);

CREATE TABLE player_entries (
  id TEXT NOT NULL CONSTRAINT player_entries_pk PRIMARY KEY,
  launch TEXT NOT NULL CONSTRAINT player_entries_launch_fk REFERENCES player_launches (id),
  number INTEGER NOT NULL,
  attempt TEXT NOT NULL,
  person TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT player_entries_number UNIQUE (launch, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_entries_attempt ON player_entries (attempt, recorded_at);
CREATE INDEX player_entries_person ON player_entries (person);

CREATE TABLE player_data (
  attempt TEXT NOT NULL CONSTRAINT player_data_attempt_fk REFERENCES player_attempts (id),
  activity TEXT NOT NULL,
  element TEXT NOT NULL,
  person TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT player_data_pk PRIMARY KEY (attempt, activity, element)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_data_person ON player_data (person);

CREATE TABLE player_units (
  attempt TEXT NOT NULL CONSTRAINT player_units_attempt_fk REFERENCES player_attempts (id),
  activity TEXT NOT NULL,
  person TEXT NOT NULL,
  completion TEXT NOT NULL,
  success TEXT NOT NULL,
  scaled TEXT NOT NULL,
  raw TEXT NOT NULL,
  lowest TEXT NOT NULL,
  highest TEXT NOT NULL,
  percent INTEGER NOT NULL,
  seconds INTEGER NOT NULL,
  leaving TEXT NOT NULL,
  touched_at INTEGER NOT NULL,
  CONSTRAINT player_units_pk PRIMARY KEY (attempt, activity)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_units_person ON player_units (person);

CREATE TABLE player_objectives (
  person TEXT NOT NULL,
  objective TEXT NOT NULL,
  value TEXT NOT NULL,
  touched_at INTEGER NOT NULL,
  CONSTRAINT player_objectives_pk PRIMARY KEY (person, objective)
) STRICT, WITHOUT ROWID;
