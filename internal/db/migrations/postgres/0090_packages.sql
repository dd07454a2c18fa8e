-- +goose Up

-- A module that is a package made by another tool has a row here.
CREATE TABLE content_packages (
  module TEXT COLLATE "C" NOT NULL CONSTRAINT content_packages_pk PRIMARY KEY CONSTRAINT content_packages_module_fk REFERENCES content_modules (id),
  kind TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  hosts TEXT COLLATE "C" NOT NULL,
  popups BIGINT NOT NULL,
  withdrawn_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Rows are written before their version, in parts; a version that never came
-- leaves rows behind, which the next import removes.
CREATE TABLE content_package_files (
  version TEXT COLLATE "C" NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  file TEXT COLLATE "C" NOT NULL CONSTRAINT content_package_files_file_fk REFERENCES blob_files (id),
  media TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  gzip TEXT COLLATE "C" NOT NULL,
  gzip_size BIGINT NOT NULL,
  staged_at BIGINT NOT NULL,
  CONSTRAINT content_package_files_pk PRIMARY KEY (version, path)
);
CREATE INDEX content_package_files_file ON content_package_files (file);
CREATE INDEX content_package_files_staged ON content_package_files (staged_at) WHERE staged_at > 0;
