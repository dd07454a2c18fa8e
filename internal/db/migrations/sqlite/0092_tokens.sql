-- +goose Up

-- What other programs call Cadre with.
CREATE TABLE access_tokens (
  id TEXT NOT NULL CONSTRAINT access_tokens_pk PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL CONSTRAINT access_tokens_hash UNIQUE,
  scopes TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
