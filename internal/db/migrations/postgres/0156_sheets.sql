-- +goose Up
-- A survey answered on paper: how many sheets were handed in and are not entered.
ALTER TABLE evaluation_surveys ADD COLUMN sheets BIGINT NOT NULL DEFAULT 0;
