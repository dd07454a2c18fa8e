-- +goose Up
CREATE TABLE archive_runs (
  id TEXT NOT NULL CONSTRAINT archive_runs_pk PRIMARY KEY,
  kind TEXT NOT NULL CONSTRAINT archive_runs_kind CHECK (kind IN ('made', 'tested', 'restored')),
  at INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sound INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX archive_runs_at ON archive_runs (kind, at);
