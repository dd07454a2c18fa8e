-- +goose Up
CREATE TABLE programme_programmes (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT programme_programmes_pk PRIMARY KEY,
  key TEXT COLLATE "C" NOT NULL CONSTRAINT programme_programmes_key UNIQUE,
  country TEXT COLLATE "C" NOT NULL,
  latest TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);

CREATE TABLE programme_versions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT programme_versions_pk PRIMARY KEY,
  programme TEXT COLLATE "C" NOT NULL CONSTRAINT programme_versions_programme_fk REFERENCES programme_programmes (id),
  number BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  format BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  imported_by TEXT COLLATE "C" NOT NULL,
  imported_at BIGINT NOT NULL,
  CONSTRAINT programme_versions_number UNIQUE (programme, number),
  CONSTRAINT programme_versions_digest UNIQUE (programme, digest)
);
