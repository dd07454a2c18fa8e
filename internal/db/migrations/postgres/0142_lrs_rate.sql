-- +goose Up
ALTER TABLE lrs_keys ADD COLUMN per_minute BIGINT NOT NULL DEFAULT 0;
