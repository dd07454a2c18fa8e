-- +goose Up
CREATE TABLE access_accounts (
  person TEXT COLLATE "C" NOT NULL CONSTRAINT access_accounts_pk PRIMARY KEY
    CONSTRAINT access_accounts_person_fk REFERENCES people_persons (id),
  name TEXT COLLATE "C" NOT NULL CONSTRAINT access_accounts_name_uq UNIQUE,
  created_at BIGINT NOT NULL
);

CREATE TABLE access_grants (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT access_grants_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT access_grants_person_fk REFERENCES people_persons (id),
  role TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  agency TEXT COLLATE "C" NOT NULL,
  programme TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  given_by TEXT COLLATE "C" NOT NULL,
  given_at BIGINT NOT NULL,
  ended_by TEXT COLLATE "C" NOT NULL,
  ended_at BIGINT NOT NULL
);
CREATE INDEX access_grants_person ON access_grants (person, since);
CREATE INDEX access_grants_given ON access_grants (given_at, id);

CREATE TABLE access_credentials (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT access_credentials_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT access_credentials_person_fk REFERENCES people_persons (id),
  kind TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL CONSTRAINT access_credentials_hash_uq UNIQUE,
  made_by TEXT COLLATE "C" NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE INDEX access_credentials_person ON access_credentials (person, kind, ended_at);

CREATE TABLE access_sessions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT access_sessions_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT access_sessions_person_fk REFERENCES people_persons (id),
  token_hash TEXT COLLATE "C" NOT NULL CONSTRAINT access_sessions_token_uq UNIQUE,
  secret BYTEA NOT NULL,
  grant_id TEXT COLLATE "C" NOT NULL,
  own BIGINT NOT NULL,
  by_code BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
);
CREATE INDEX access_sessions_person ON access_sessions (person, created_at);
CREATE INDEX access_sessions_ends ON access_sessions (ends_at);

CREATE TABLE access_limits (
  key TEXT COLLATE "C" NOT NULL CONSTRAINT access_limits_pk PRIMARY KEY,
  failures BIGINT NOT NULL,
  until BIGINT NOT NULL
);
CREATE INDEX access_limits_until ON access_limits (until);

CREATE TABLE access_days (
  day TEXT COLLATE "C" NOT NULL CONSTRAINT access_days_pk PRIMARY KEY,
  secret BYTEA NOT NULL
);

CREATE TABLE access_reads (
  day TEXT COLLATE "C" NOT NULL,
  whom TEXT COLLATE "C" NOT NULL,
  reader TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  route TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT access_reads_pk PRIMARY KEY (whom, day, reader, role, kind, route)
);
CREATE INDEX access_reads_reader ON access_reads (reader, day);
