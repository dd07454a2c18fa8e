-- +goose Up

-- Certificates as they were issued.
CREATE TABLE credential_certificates (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT credential_certificates_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  certificate TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL CONSTRAINT credential_certificates_number UNIQUE,
  fact TEXT COLLATE "C" NOT NULL,
  earned_on TEXT COLLATE "C" NOT NULL,
  valid_until TEXT COLLATE "C" NOT NULL,
  issued_by TEXT COLLATE "C" NOT NULL,
  issued_at BIGINT NOT NULL,
  revoked_by TEXT COLLATE "C" NOT NULL,
  revoked_at BIGINT NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX credential_certificates_cohort ON credential_certificates (cohort, person);
CREATE INDEX credential_certificates_person ON credential_certificates (person);
