-- +goose Up
CREATE TABLE job_queue (
  id TEXT NOT NULL CONSTRAINT job_queue_pk PRIMARY KEY,
  kind TEXT NOT NULL,
  unique_key TEXT,
  payload BLOB NOT NULL,
  state TEXT NOT NULL CONSTRAINT job_queue_state CHECK (state IN ('ready', 'leased', 'done', 'dead')),
  run_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  lease TEXT,
  lease_until INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX job_queue_due ON job_queue (state, run_at);
CREATE INDEX job_queue_ended ON job_queue (state, ended_at);
CREATE UNIQUE INDEX job_queue_unique ON job_queue (kind, unique_key) WHERE state IN ('ready', 'leased');
