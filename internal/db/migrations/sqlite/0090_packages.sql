-- +goose Up

-- A module that is a package made by another tool has a row here.
CREATE TABLE content_packages (
  module TEXT NOT NULL CONSTRAINT content_packages_pk PRIMARY KEY CONSTRAINT content_packages_module_fk REFERENCES content_modules (id),
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  hosts TEXT NOT NULL,
  popups INTEGER NOT NULL,
  withdrawn_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows are written before their version, in parts; a version that never came
-- leaves rows behind, which the next import removes.
CREATE TABLE content_package_files (
  version TEXT NOT NULL,
  path TEXT NOT NULL,
  file TEXT NOT NULL CONSTRAINT content_package_files_file_fk REFERENCES blob_files (id),
  media TEXT NOT NULL,
  size INTEGER NOT NULL,
  gzip TEXT NOT NULL,
  gzip_size INTEGER NOT NULL,
  staged_at INTEGER NOT NULL,
  CONSTRAINT content_package_files_pk PRIMARY KEY (version, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX content_package_files_file ON content_package_files (file);
CREATE INDEX content_package_files_staged ON content_package_files (staged_at) WHERE staged_at > 0;
