-- +goose Up

-- A package on its way in, part by part. A finished one names the version that
-- it became, so that a resend is answered.
CREATE TABLE content_uploads (
  id TEXT NOT NULL CONSTRAINT content_uploads_pk PRIMARY KEY,
  person TEXT NOT NULL,
  programme TEXT NOT NULL,
  replaces TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  received INTEGER NOT NULL,
  version TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX content_uploads_person ON content_uploads (person, programme);
CREATE INDEX content_uploads_touched ON content_uploads (touched_at);

CREATE TABLE content_upload_parts (
  upload TEXT NOT NULL CONSTRAINT content_upload_parts_upload_fk REFERENCES content_uploads (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  start INTEGER NOT NULL,
  size INTEGER NOT NULL,
  file TEXT NOT NULL,
  CONSTRAINT content_upload_parts_pk PRIMARY KEY (upload, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX content_upload_parts_person ON content_upload_parts (person);
