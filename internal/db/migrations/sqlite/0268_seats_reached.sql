-- +goose Up

-- Whether word ever came to whoever has a seat, so that the list of those in doubt
-- begins with whom it did not, however long it is.
ALTER TABLE cohort_seats ADD COLUMN reached INTEGER NOT NULL DEFAULT 0;
UPDATE cohort_seats SET reached = 1
  WHERE nomination IN (SELECT nomination FROM cohort_contacts WHERE outcome IN ('spoken-to', 'seen'));
CREATE INDEX cohort_seats_ring ON cohort_seats (cohort, state, reached, nomination);
