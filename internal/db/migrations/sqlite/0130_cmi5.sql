-- +goose Up
CREATE TABLE player_sessions (
  id TEXT NOT NULL CONSTRAINT player_sessions_pk PRIMARY KEY,
  launch TEXT NOT NULL CONSTRAINT player_sessions_launch_fk REFERENCES player_launches (id),
  attempt TEXT NOT NULL CONSTRAINT player_sessions_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  activity TEXT NOT NULL,
  mode TEXT NOT NULL CONSTRAINT player_sessions_mode CHECK (mode IN ('normal', 'browse', 'review')),
  launched_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  initialized_at INTEGER NOT NULL,
  terminated_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  judged INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  abandoned_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_sessions_attempt ON player_sessions (attempt);
CREATE INDEX player_sessions_launch ON player_sessions (launch);
CREATE INDEX player_sessions_person ON player_sessions (person);

CREATE TABLE player_marks (
  attempt TEXT NOT NULL CONSTRAINT player_marks_attempt_fk REFERENCES player_attempts (id),
  node TEXT NOT NULL,
  mark TEXT NOT NULL CONSTRAINT player_marks_mark CHECK (mark IN ('completed', 'passed', 'failed', 'waived', 'satisfied')),
  person TEXT NOT NULL,
  session TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT player_marks_pk PRIMARY KEY (attempt, node, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_marks_person ON player_marks (person);

CREATE TABLE player_tickets (
  launch TEXT NOT NULL CONSTRAINT player_tickets_pk PRIMARY KEY CONSTRAINT player_tickets_launch_fk REFERENCES player_launches (id),
  person TEXT NOT NULL,
  back TEXT NOT NULL,
  own_window INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_tickets_person ON player_tickets (person);

CREATE TABLE player_accounts (
  id TEXT NOT NULL CONSTRAINT player_accounts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  home_page TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_accounts_person ON player_accounts (person);
