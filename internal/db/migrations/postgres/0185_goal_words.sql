-- +goose Up

-- How often the words of a goal were written: the box is bound to it, as that of a
-- note is to its revision, so that an older box does not open in its place.
ALTER TABLE coaching_goals ADD COLUMN words BIGINT NOT NULL DEFAULT 1;
