-- +goose Up
CREATE TABLE retention_erasures (
  person TEXT COLLATE "C" NOT NULL CONSTRAINT retention_erasures_pk PRIMARY KEY,
  at BIGINT NOT NULL,
  why TEXT COLLATE "C" NOT NULL,
  authority TEXT COLLATE "C" NOT NULL
);
