-- +goose Up

-- What other programs call Cadre with.
CREATE TABLE access_tokens (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT access_tokens_pk PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL CONSTRAINT access_tokens_hash UNIQUE,
  scopes TEXT COLLATE "C" NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  made_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);
