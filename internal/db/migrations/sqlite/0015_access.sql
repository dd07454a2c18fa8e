-- +goose Up
CREATE TABLE access_accounts (
  person TEXT NOT NULL CONSTRAINT access_accounts_pk PRIMARY KEY
    CONSTRAINT access_accounts_person_fk REFERENCES people_persons (id),
  name TEXT NOT NULL CONSTRAINT access_accounts_name_uq UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE access_grants (
  id TEXT NOT NULL CONSTRAINT access_grants_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT access_grants_person_fk REFERENCES people_persons (id),
  role TEXT NOT NULL,
  country TEXT NOT NULL,
  agency TEXT NOT NULL,
  programme TEXT NOT NULL,
  cohort TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  given_by TEXT NOT NULL,
  given_at INTEGER NOT NULL,
  ended_by TEXT NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_grants_person ON access_grants (person, since);
CREATE INDEX access_grants_given ON access_grants (given_at, id);

CREATE TABLE access_credentials (
  id TEXT NOT NULL CONSTRAINT access_credentials_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT access_credentials_person_fk REFERENCES people_persons (id),
  kind TEXT NOT NULL,
  hash TEXT NOT NULL CONSTRAINT access_credentials_hash_uq UNIQUE,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_credentials_person ON access_credentials (person, kind, ended_at);

CREATE TABLE access_sessions (
  id TEXT NOT NULL CONSTRAINT access_sessions_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT access_sessions_person_fk REFERENCES people_persons (id),
  token_hash TEXT NOT NULL CONSTRAINT access_sessions_token_uq UNIQUE,
  secret BLOB NOT NULL,
  grant_id TEXT NOT NULL,
  own INTEGER NOT NULL,
  by_code INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_sessions_person ON access_sessions (person, created_at);
CREATE INDEX access_sessions_ends ON access_sessions (ends_at);

CREATE TABLE access_limits (
  key TEXT NOT NULL CONSTRAINT access_limits_pk PRIMARY KEY,
  failures INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT;
CREATE INDEX access_limits_until ON access_limits (until);

CREATE TABLE access_days (
  day TEXT NOT NULL CONSTRAINT access_days_pk PRIMARY KEY,
  secret BLOB NOT NULL
) STRICT;

CREATE TABLE access_reads (
  day TEXT NOT NULL,
  whom TEXT NOT NULL,
  reader TEXT NOT NULL,
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  route TEXT NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT access_reads_pk PRIMARY KEY (whom, day, reader, role, kind, route)
) STRICT;
CREATE INDEX access_reads_reader ON access_reads (reader, day);
