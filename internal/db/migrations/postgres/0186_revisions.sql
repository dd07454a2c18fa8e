-- +goose Up

-- As which version an answer to a follow-up, and what a package may do, were last
-- written: two who change one at the same time see each other's.
ALTER TABLE evaluation_followups ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE content_packages ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
