-- +goose Up
CREATE TABLE job_queue (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT job_queue_pk PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  unique_key TEXT COLLATE "C",
  payload BYTEA NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT job_queue_state CHECK (state IN ('ready', 'leased', 'done', 'dead')),
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  lease TEXT COLLATE "C",
  lease_until BIGINT NOT NULL,
  last_error TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);
CREATE INDEX job_queue_due ON job_queue (state, run_at);
CREATE INDEX job_queue_ended ON job_queue (state, ended_at);
CREATE UNIQUE INDEX job_queue_unique ON job_queue (kind, unique_key) WHERE state IN ('ready', 'leased');
