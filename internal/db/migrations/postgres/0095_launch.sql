-- +goose Up
CREATE TABLE player_paths (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_paths_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT player_paths_person UNIQUE (person, version)
);

CREATE TABLE player_runs (
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_runs_pk PRIMARY KEY CONSTRAINT player_runs_attempt_fk REFERENCES player_attempts (id),
  person TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  log_key BYTEA NOT NULL,
  completion TEXT COLLATE "C" NOT NULL,
  success TEXT COLLATE "C" NOT NULL,
  scaled TEXT COLLATE "C" NOT NULL,
  raw TEXT COLLATE "C" NOT NULL,
  lowest TEXT COLLATE "C" NOT NULL,
  highest TEXT COLLATE "C" NOT NULL,
  seconds BIGINT NOT NULL,
  suspended BIGINT NOT NULL,
  launch TEXT COLLATE "C" NOT NULL
);
CREATE INDEX player_runs_person ON player_runs (person);

CREATE TABLE player_launches (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_launches_pk PRIMARY KEY,
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_launches_attempt_fk REFERENCES player_attempts (id),
  person TEXT COLLATE "C" NOT NULL,
  session TEXT COLLATE "C" NOT NULL,
  activity TEXT COLLATE "C" NOT NULL,
  mode TEXT COLLATE "C" NOT NULL CONSTRAINT player_launches_mode CHECK (mode IN ('normal', 'browse', 'review')),
  credential TEXT COLLATE "C" NOT NULL CONSTRAINT player_launches_credential UNIQUE,
  started_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  number BIGINT NOT NULL,
  bytes BIGINT NOT NULL
);
CREATE INDEX player_launches_attempt ON player_launches (attempt, started_at);
CREATE INDEX player_launches_person ON player_launches (person);

CREATE TABLE player_entries (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_entries_pk PRIMARY KEY,
  launch TEXT COLLATE "C" NOT NULL CONSTRAINT player_entries_launch_fk REFERENCES player_launches (id),
  number BIGINT NOT NULL,
  attempt TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  occurred_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  applied BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  CONSTRAINT player_entries_number UNIQUE (launch, number)
);
CREATE INDEX player_entries_attempt ON player_entries (attempt, recorded_at);
CREATE INDEX player_entries_person ON player_entries (person);

CREATE TABLE player_data (
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_data_attempt_fk REFERENCES player_attempts (id),
  activity TEXT COLLATE "C" NOT NULL,
  element TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  CONSTRAINT player_data_pk PRIMARY KEY (attempt, activity, element)
);
CREATE INDEX player_data_person ON player_data (person);

CREATE TABLE player_units (
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_units_attempt_fk REFERENCES player_attempts (id),
  activity TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  completion TEXT COLLATE "C" NOT NULL,
  success TEXT COLLATE "C" NOT NULL,
  scaled TEXT COLLATE "C" NOT NULL,
  raw TEXT COLLATE "C" NOT NULL,
  lowest TEXT COLLATE "C" NOT NULL,
  highest TEXT COLLATE "C" NOT NULL,
  percent BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  leaving TEXT COLLATE "C" NOT NULL,
  touched_at BIGINT NOT NULL,
  CONSTRAINT player_units_pk PRIMARY KEY (attempt, activity)
);
CREATE INDEX player_units_person ON player_units (person);

CREATE TABLE player_objectives (
  person TEXT COLLATE "C" NOT NULL,
  objective TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  touched_at BIGINT NOT NULL,
  CONSTRAINT player_objectives_pk PRIMARY KEY (person, objective)
);
