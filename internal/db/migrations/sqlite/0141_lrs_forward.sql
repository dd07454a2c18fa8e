-- +goose Up
CREATE TABLE lrs_forwards (
  id TEXT NOT NULL CONSTRAINT lrs_forwards_pk PRIMARY KEY,
  title TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  account TEXT NOT NULL,
  sealed_key TEXT NOT NULL,
  sealed BLOB NOT NULL,
  filter TEXT NOT NULL,
  paused INTEGER NOT NULL,
  position INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  lease TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE lrs_refusals (
  forward TEXT NOT NULL CONSTRAINT lrs_refusals_forward_fk REFERENCES lrs_forwards (id) ON DELETE CASCADE,
  statement TEXT NOT NULL,
  status INTEGER NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT lrs_refusals_pk PRIMARY KEY (forward, statement)
) STRICT, WITHOUT ROWID;
