-- +goose Up
CREATE TABLE journal_heads (
  lane TEXT COLLATE "C" NOT NULL CONSTRAINT journal_heads_pk PRIMARY KEY,
  origin TEXT COLLATE "C" NOT NULL,
  incarnation TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  hash BYTEA NOT NULL
);

CREATE TABLE journal_entries (
  lane TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  incarnation TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  agency TEXT COLLATE "C" NOT NULL,
  programme TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  previous BYTEA NOT NULL,
  body_hash BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  CONSTRAINT journal_entries_pk PRIMARY KEY (lane, sequence)
);
CREATE INDEX journal_entries_subject ON journal_entries (subject, sequence);

CREATE TABLE journal_bodies (
  lane TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  salt BYTEA NOT NULL,
  body BYTEA NOT NULL,
  CONSTRAINT journal_bodies_pk PRIMARY KEY (lane, sequence)
);

CREATE TABLE journal_rows (
  lane TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  row_id TEXT COLLATE "C" NOT NULL,
  columns BIGINT NOT NULL,
  digest BYTEA NOT NULL,
  CONSTRAINT journal_rows_pk PRIMARY KEY (lane, sequence, position)
);
CREATE INDEX journal_rows_row ON journal_rows (name, row_id, sequence);

CREATE TABLE journal_hashes (
  lane TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  CONSTRAINT journal_hashes_pk PRIMARY KEY (lane, position)
);

CREATE TABLE journal_operations (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT journal_operations_pk PRIMARY KEY,
  actor TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  outcome BYTEA NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX journal_operations_at ON journal_operations (at);
CREATE INDEX journal_operations_actor ON journal_operations (actor);
