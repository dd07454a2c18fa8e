-- +goose Up

-- Which agency proposes those on a sheet: places that are not divided among
-- agencies do not say.
ALTER TABLE cohort_imports ADD COLUMN agency TEXT NOT NULL DEFAULT '';
UPDATE cohort_imports SET agency = (SELECT q.agency FROM cohort_quotas q WHERE q.id = cohort_imports.quota);
