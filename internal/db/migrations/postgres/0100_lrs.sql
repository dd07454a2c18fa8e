-- +goose Up
CREATE TABLE lrs_heads (
  lane TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_heads_pk PRIMARY KEY,
  stored BIGINT NOT NULL,
  statements BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  salt BYTEA NOT NULL
);

CREATE TABLE lrs_statements (
  stored BIGINT NOT NULL CONSTRAINT lrs_statements_pk PRIMARY KEY,
  id BYTEA NOT NULL,
  authority BIGINT NOT NULL,
  version BIGINT NOT NULL,
  voided BIGINT NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  body BYTEA NOT NULL
) PARTITION BY RANGE (stored);
CREATE TABLE lrs_statements_rest PARTITION OF lrs_statements DEFAULT;
CREATE INDEX lrs_statements_person ON lrs_statements (person) WHERE person <> '';

CREATE TABLE lrs_ids (
  id BYTEA NOT NULL CONSTRAINT lrs_ids_pk PRIMARY KEY,
  stored BIGINT NOT NULL,
  digest BYTEA NOT NULL
);

CREATE TABLE lrs_index (
  key BIGINT NOT NULL,
  stored BIGINT NOT NULL,
  CONSTRAINT lrs_index_pk PRIMARY KEY (key, stored)
) PARTITION BY RANGE (stored);
CREATE TABLE lrs_index_rest PARTITION OF lrs_index DEFAULT;

CREATE TABLE lrs_targets (
  target BYTEA NOT NULL,
  stored BIGINT NOT NULL,
  CONSTRAINT lrs_targets_pk PRIMARY KEY (target, stored)
);

CREATE TABLE lrs_authorities (
  id BIGINT NOT NULL CONSTRAINT lrs_authorities_pk PRIMARY KEY,
  body BYTEA NOT NULL
);

CREATE TABLE lrs_attachments (
  sha2 TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_attachments_pk PRIMARY KEY,
  file TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE lrs_activities (
  id BIGINT NOT NULL CONSTRAINT lrs_activities_pk PRIMARY KEY,
  activity TEXT COLLATE "C" NOT NULL,
  definition BYTEA NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE lrs_documents (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_documents_pk PRIMARY KEY,
  owner TEXT COLLATE "C" NOT NULL,
  registration TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  content_type TEXT COLLATE "C" NOT NULL,
  etag TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX lrs_documents_owner ON lrs_documents (owner, updated_at);
CREATE INDEX lrs_documents_person ON lrs_documents (person) WHERE person <> '';

CREATE TABLE lrs_keys (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_keys_pk PRIMARY KEY,
  title TEXT COLLATE "C" NOT NULL,
  secret_hash BYTEA NOT NULL,
  scopes TEXT COLLATE "C" NOT NULL,
  programme TEXT COLLATE "C" NOT NULL,
  agency TEXT COLLATE "C" NOT NULL,
  authority BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);

CREATE TABLE lrs_accounts (
  name TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_accounts_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT lrs_accounts_person UNIQUE (person)
);
