-- +goose Up
CREATE TABLE player_sessions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_sessions_pk PRIMARY KEY,
  launch TEXT COLLATE "C" NOT NULL CONSTRAINT player_sessions_launch_fk REFERENCES player_launches (id),
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_sessions_attempt_fk REFERENCES player_attempts (id),
  person TEXT COLLATE "C" NOT NULL,
  activity TEXT COLLATE "C" NOT NULL,
  mode TEXT COLLATE "C" NOT NULL CONSTRAINT player_sessions_mode CHECK (mode IN ('normal', 'browse', 'review')),
  launched_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  fetched_at BIGINT NOT NULL,
  initialized_at BIGINT NOT NULL,
  terminated_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  completed BIGINT NOT NULL,
  judged BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  abandoned_at BIGINT NOT NULL
);
CREATE INDEX player_sessions_attempt ON player_sessions (attempt);
CREATE INDEX player_sessions_launch ON player_sessions (launch);
CREATE INDEX player_sessions_person ON player_sessions (person);

CREATE TABLE player_marks (
  attempt TEXT COLLATE "C" NOT NULL CONSTRAINT player_marks_attempt_fk REFERENCES player_attempts (id),
  node TEXT COLLATE "C" NOT NULL,
  mark TEXT COLLATE "C" NOT NULL CONSTRAINT player_marks_mark CHECK (mark IN ('completed', 'passed', 'failed', 'waived', 'satisfied')),
  person TEXT COLLATE "C" NOT NULL,
  session TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT player_marks_pk PRIMARY KEY (attempt, node, mark)
);
CREATE INDEX player_marks_person ON player_marks (person);

CREATE TABLE player_tickets (
  launch TEXT COLLATE "C" NOT NULL CONSTRAINT player_tickets_pk PRIMARY KEY CONSTRAINT player_tickets_launch_fk REFERENCES player_launches (id),
  person TEXT COLLATE "C" NOT NULL,
  back TEXT COLLATE "C" NOT NULL,
  own_window BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL
);
CREATE INDEX player_tickets_person ON player_tickets (person);

CREATE TABLE player_accounts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT player_accounts_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  home_page TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX player_accounts_person ON player_accounts (person);
