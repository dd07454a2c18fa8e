-- +goose Up
CREATE TABLE archive_runs (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT archive_runs_pk PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT archive_runs_kind CHECK (kind IN ('made', 'tested', 'restored')),
  at BIGINT NOT NULL,
  entry BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  sound BIGINT NOT NULL
);
CREATE INDEX archive_runs_at ON archive_runs (kind, at);
