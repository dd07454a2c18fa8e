-- +goose Up

-- Certificates as they were issued.
CREATE TABLE credential_certificates (
  id TEXT NOT NULL CONSTRAINT credential_certificates_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  certificate TEXT NOT NULL,
  number TEXT NOT NULL CONSTRAINT credential_certificates_number UNIQUE,
  fact TEXT NOT NULL,
  earned_on TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  revoked_by TEXT NOT NULL,
  revoked_at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_certificates_cohort ON credential_certificates (cohort, person);
CREATE INDEX credential_certificates_person ON credential_certificates (person);
