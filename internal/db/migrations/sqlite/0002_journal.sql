-- +goose Up
CREATE TABLE journal_heads (
  lane TEXT NOT NULL CONSTRAINT journal_heads_pk PRIMARY KEY,
  origin TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_entries (
  lane TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  origin TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  country TEXT NOT NULL,
  agency TEXT NOT NULL,
  programme TEXT NOT NULL,
  cohort TEXT NOT NULL,
  subject TEXT NOT NULL,
  previous BLOB NOT NULL,
  body_hash BLOB NOT NULL,
  hash BLOB NOT NULL,
  CONSTRAINT journal_entries_pk PRIMARY KEY (lane, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_entries_subject ON journal_entries (subject, sequence);

CREATE TABLE journal_bodies (
  lane TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  salt BLOB NOT NULL,
  body BLOB NOT NULL,
  CONSTRAINT journal_bodies_pk PRIMARY KEY (lane, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_rows (
  lane TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  columns INTEGER NOT NULL,
  digest BLOB NOT NULL,
  CONSTRAINT journal_rows_pk PRIMARY KEY (lane, sequence, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_rows_row ON journal_rows (name, row_id, sequence);

CREATE TABLE journal_hashes (
  lane TEXT NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  CONSTRAINT journal_hashes_pk PRIMARY KEY (lane, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_operations (
  id TEXT NOT NULL CONSTRAINT journal_operations_pk PRIMARY KEY,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  outcome BLOB NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_operations_at ON journal_operations (at);
CREATE INDEX journal_operations_actor ON journal_operations (actor);
