-- +goose Up
ALTER TABLE lrs_ids ADD COLUMN erasure TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE lrs_derivations (
  lane TEXT COLLATE "C" NOT NULL CONSTRAINT lrs_derivations_pk PRIMARY KEY,
  sequence BIGINT NOT NULL
);
