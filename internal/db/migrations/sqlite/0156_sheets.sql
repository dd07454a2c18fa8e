-- +goose Up
-- A survey answered on paper: how many sheets were handed in and are not entered.
ALTER TABLE evaluation_surveys ADD COLUMN sheets INTEGER NOT NULL DEFAULT 0;
