-- +goose Up

-- The e-mail that an attempt to reach somebody was, so that its fate is seen.
ALTER TABLE cohort_contacts ADD COLUMN message TEXT NOT NULL DEFAULT '';
