-- +goose Up
CREATE TABLE blob_files (
  id TEXT NOT NULL CONSTRAINT blob_files_pk PRIMARY KEY,
  kind TEXT NOT NULL CONSTRAINT blob_files_kind CHECK (kind IN ('content', 'upload')),
  size INTEGER NOT NULL,
  file_key BLOB,
  created_at INTEGER NOT NULL,
  free_since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_files_free ON blob_files (free_since);

CREATE TABLE blob_references (
  id TEXT NOT NULL CONSTRAINT blob_references_pk PRIMARY KEY,
  file TEXT NOT NULL CONSTRAINT blob_references_file_fk REFERENCES blob_files (id),
  owner TEXT NOT NULL,
  purpose TEXT NOT NULL,
  person TEXT NOT NULL,
  keep_until INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT blob_references_once UNIQUE (owner, purpose, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_references_file ON blob_references (file);
CREATE INDEX blob_references_person ON blob_references (person);
CREATE INDEX blob_references_until ON blob_references (keep_until);
