-- +goose Up
CREATE TABLE lrs_heads (
  lane TEXT NOT NULL CONSTRAINT lrs_heads_pk PRIMARY KEY,
  stored INTEGER NOT NULL,
  statements INTEGER NOT NULL,
  hash BLOB NOT NULL,
  salt BLOB NOT NULL
) STRICT;

CREATE TABLE lrs_statements (
  stored INTEGER NOT NULL CONSTRAINT lrs_statements_pk PRIMARY KEY,
  id BLOB NOT NULL,
  authority INTEGER NOT NULL,
  version INTEGER NOT NULL,
  voided INTEGER NOT NULL,
  person TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX lrs_statements_person ON lrs_statements (person) WHERE person <> '';

CREATE TABLE lrs_ids (
  id BLOB NOT NULL CONSTRAINT lrs_ids_pk PRIMARY KEY,
  stored INTEGER NOT NULL,
  digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lrs_index (
  key INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  CONSTRAINT lrs_index_pk PRIMARY KEY (key, stored)
) STRICT, WITHOUT ROWID;

CREATE TABLE lrs_targets (
  target BLOB NOT NULL,
  stored INTEGER NOT NULL,
  CONSTRAINT lrs_targets_pk PRIMARY KEY (target, stored)
) STRICT, WITHOUT ROWID;

CREATE TABLE lrs_authorities (
  id INTEGER NOT NULL CONSTRAINT lrs_authorities_pk PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE lrs_attachments (
  sha2 TEXT NOT NULL CONSTRAINT lrs_attachments_pk PRIMARY KEY,
  file TEXT NOT NULL,
  size INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE lrs_activities (
  id INTEGER NOT NULL CONSTRAINT lrs_activities_pk PRIMARY KEY,
  activity TEXT NOT NULL,
  definition BLOB NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE lrs_documents (
  id TEXT NOT NULL CONSTRAINT lrs_documents_pk PRIMARY KEY,
  owner TEXT NOT NULL,
  registration TEXT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  etag TEXT NOT NULL,
  person TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX lrs_documents_owner ON lrs_documents (owner, updated_at);
CREATE INDEX lrs_documents_person ON lrs_documents (person) WHERE person <> '';

CREATE TABLE lrs_keys (
  id TEXT NOT NULL CONSTRAINT lrs_keys_pk PRIMARY KEY,
  title TEXT NOT NULL,
  secret_hash BLOB NOT NULL,
  scopes TEXT NOT NULL,
  programme TEXT NOT NULL,
  agency TEXT NOT NULL,
  authority BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE lrs_accounts (
  name TEXT NOT NULL CONSTRAINT lrs_accounts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT lrs_accounts_person UNIQUE (person)
) STRICT;
