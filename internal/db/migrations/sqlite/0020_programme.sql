-- +goose Up
CREATE TABLE programme_programmes (
  id TEXT NOT NULL CONSTRAINT programme_programmes_pk PRIMARY KEY,
  key TEXT NOT NULL CONSTRAINT programme_programmes_key UNIQUE,
  country TEXT NOT NULL,
  latest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE programme_versions (
  id TEXT NOT NULL CONSTRAINT programme_versions_pk PRIMARY KEY,
  programme TEXT NOT NULL CONSTRAINT programme_versions_programme_fk REFERENCES programme_programmes (id),
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  format INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  CONSTRAINT programme_versions_number UNIQUE (programme, number),
  CONSTRAINT programme_versions_digest UNIQUE (programme, digest)
) STRICT;
