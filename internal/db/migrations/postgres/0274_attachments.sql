-- +goose Up

-- A file belongs to the statements that it came with: who erases one of them leaves the
-- others theirs, and who knows a hash reads no file by it. Files of before, whose
-- statements nobody wrote down, stand at 0.
ALTER TABLE lrs_attachments ADD COLUMN stored BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lrs_attachments ALTER COLUMN stored DROP DEFAULT;
ALTER TABLE lrs_attachments ADD COLUMN person TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE lrs_attachments ALTER COLUMN person DROP DEFAULT;
ALTER TABLE lrs_attachments DROP CONSTRAINT lrs_attachments_pk;
ALTER TABLE lrs_attachments ADD CONSTRAINT lrs_attachments_pk PRIMARY KEY (sha2, stored);
CREATE INDEX lrs_attachments_person ON lrs_attachments (person, sha2);
CREATE INDEX lrs_attachments_file ON lrs_attachments (file);

-- Since when another record store refuses all that it is sent.
ALTER TABLE lrs_forwards ADD COLUMN refusing_since BIGINT NOT NULL DEFAULT 0;
