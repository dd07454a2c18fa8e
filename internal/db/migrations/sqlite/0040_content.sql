-- +goose Up
CREATE TABLE content_modules (
  id TEXT NOT NULL CONSTRAINT content_modules_pk PRIMARY KEY,
  programme TEXT NOT NULL,
  key TEXT NOT NULL,
  published TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT content_modules_key UNIQUE (key)
) STRICT, WITHOUT ROWID;

CREATE TABLE content_versions (
  id TEXT NOT NULL CONSTRAINT content_versions_pk PRIMARY KEY,
  module TEXT NOT NULL CONSTRAINT content_versions_module_fk REFERENCES content_modules (id),
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  compiled BLOB NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  CONSTRAINT content_versions_number UNIQUE (module, number),
  CONSTRAINT content_versions_digest UNIQUE (module, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE content_files (
  id TEXT NOT NULL CONSTRAINT content_files_pk PRIMARY KEY,
  version TEXT NOT NULL CONSTRAINT content_files_version_fk REFERENCES content_versions (id),
  name TEXT NOT NULL,
  file TEXT NOT NULL CONSTRAINT content_files_file_fk REFERENCES blob_files (id),
  media TEXT NOT NULL,
  CONSTRAINT content_files_name UNIQUE (version, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX content_files_file ON content_files (file);
