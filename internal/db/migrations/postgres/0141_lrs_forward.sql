-- +goose Up
CREATE TABLE lrs_forwards (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_forwards_pk PRIMARY KEY,
  title TEXT COLLATE "C" NOT NULL,
  endpoint TEXT COLLATE "C" NOT NULL,
  account TEXT COLLATE "C" NOT NULL,
  sealed_key TEXT COLLATE "C" NOT NULL,
  sealed BYTEA NOT NULL,
  filter TEXT COLLATE "C" NOT NULL,
  paused BIGINT NOT NULL,
  position BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  last_error TEXT COLLATE "C" NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  lease_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE lrs_refusals (
  forward TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_refusals_forward_fk REFERENCES lrs_forwards (id) ON DELETE CASCADE,
  statement TEXT COLLATE "C" NOT NULL,
  status BIGINT NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT lrs_refusals_pk PRIMARY KEY (forward, statement)
);
