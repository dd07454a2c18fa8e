-- +goose Up
ALTER TABLE lrs_keys ADD COLUMN per_minute INTEGER NOT NULL DEFAULT 0;
