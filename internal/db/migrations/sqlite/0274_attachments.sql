-- +goose Up

-- A file belongs to the statements that it came with: who erases one of them leaves the
-- others theirs, and who knows a hash reads no file by it. Files of before, whose
-- statements nobody wrote down, stand at 0.
CREATE TABLE lrs_attachments_new (
  sha2 TEXT NOT NULL,
  file TEXT NOT NULL,
  size INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  person TEXT NOT NULL,
  CONSTRAINT lrs_attachments_pk PRIMARY KEY (sha2, stored)
) STRICT, WITHOUT ROWID;
INSERT INTO lrs_attachments_new (sha2, file, size, created_at, stored, person) SELECT sha2, file, size, created_at, 0, '' FROM lrs_attachments;
DROP TABLE lrs_attachments;
ALTER TABLE lrs_attachments_new RENAME TO lrs_attachments;
CREATE INDEX lrs_attachments_person ON lrs_attachments (person, sha2);
CREATE INDEX lrs_attachments_file ON lrs_attachments (file);

-- Since when another record store refuses all that it is sent.
ALTER TABLE lrs_forwards ADD COLUMN refusing_since INTEGER NOT NULL DEFAULT 0;
