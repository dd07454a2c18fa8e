-- +goose Up
ALTER TABLE lrs_ids ADD COLUMN erasure TEXT NOT NULL DEFAULT '';

CREATE TABLE lrs_derivations (
  lane TEXT NOT NULL CONSTRAINT lrs_derivations_pk PRIMARY KEY,
  sequence INTEGER NOT NULL
) STRICT;
