-- +goose Up
CREATE TABLE blob_files (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT blob_files_pk PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT blob_files_kind CHECK (kind IN ('content', 'upload')),
  size BIGINT NOT NULL,
  file_key BYTEA,
  created_at BIGINT NOT NULL,
  free_since BIGINT NOT NULL
);
CREATE INDEX blob_files_free ON blob_files (free_since);

CREATE TABLE blob_references (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT blob_references_pk PRIMARY KEY,
  file TEXT COLLATE "C" NOT NULL CONSTRAINT blob_references_file_fk REFERENCES blob_files (id),
  owner TEXT COLLATE "C" NOT NULL,
  purpose TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  keep_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT blob_references_once UNIQUE (owner, purpose, file)
);
CREATE INDEX blob_references_file ON blob_references (file);
CREATE INDEX blob_references_person ON blob_references (person);
CREATE INDEX blob_references_until ON blob_references (keep_until);
