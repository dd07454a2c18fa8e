-- +goose Up
CREATE TABLE content_modules (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT content_modules_pk PRIMARY KEY,
  programme TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  published TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT content_modules_key UNIQUE (key)
);

CREATE TABLE content_versions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT content_versions_pk PRIMARY KEY,
  module TEXT COLLATE "C" NOT NULL CONSTRAINT content_versions_module_fk REFERENCES content_modules (id),
  number BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  compiled BYTEA NOT NULL,
  imported_by TEXT COLLATE "C" NOT NULL,
  imported_at BIGINT NOT NULL,
  CONSTRAINT content_versions_number UNIQUE (module, number),
  CONSTRAINT content_versions_digest UNIQUE (module, digest)
);

CREATE TABLE content_files (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT content_files_pk PRIMARY KEY,
  version TEXT COLLATE "C" NOT NULL CONSTRAINT content_files_version_fk REFERENCES content_versions (id),
  name TEXT COLLATE "C" NOT NULL,
  file TEXT COLLATE "C" NOT NULL CONSTRAINT content_files_file_fk REFERENCES blob_files (id),
  media TEXT COLLATE "C" NOT NULL,
  CONSTRAINT content_files_name UNIQUE (version, name)
);
CREATE INDEX content_files_file ON content_files (file);
