-- +goose Up
CREATE TABLE retention_erasures (
  person TEXT NOT NULL CONSTRAINT retention_erasures_pk PRIMARY KEY,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  authority TEXT NOT NULL
) STRICT, WITHOUT ROWID;
