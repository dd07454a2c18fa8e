-- +goose Up

-- A package on its way in, part by part. A finished one names the version that
-- it became, so that a resend is answered.
CREATE TABLE content_uploads (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT content_uploads_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  programme TEXT COLLATE "C" NOT NULL,
  replaces TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  modified BIGINT NOT NULL,
  received BIGINT NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  begun_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL
);
CREATE INDEX content_uploads_person ON content_uploads (person, programme);
CREATE INDEX content_uploads_touched ON content_uploads (touched_at);

CREATE TABLE content_upload_parts (
  upload TEXT COLLATE "C" NOT NULL CONSTRAINT content_upload_parts_upload_fk REFERENCES content_uploads (id) ON DELETE CASCADE,
  person TEXT COLLATE "C" NOT NULL,
  start BIGINT NOT NULL,
  size BIGINT NOT NULL,
  file TEXT COLLATE "C" NOT NULL,
  CONSTRAINT content_upload_parts_pk PRIMARY KEY (upload, start)
);
CREATE INDEX content_upload_parts_person ON content_upload_parts (person);
