-- +goose Up
CREATE TABLE cohort_counts (
  id TEXT NOT NULL CONSTRAINT cohort_counts_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  quota TEXT NOT NULL CONSTRAINT cohort_counts_quota_fk REFERENCES cohort_quotas (id),
  sex TEXT NOT NULL,
  station TEXT NOT NULL,
  what TEXT NOT NULL,
  n INTEGER NOT NULL CONSTRAINT cohort_counts_n CHECK (n >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_counts_cohort ON cohort_counts (cohort);
CREATE INDEX cohort_counts_quota ON cohort_counts (quota);
CREATE INDEX cohort_seats_lane ON cohort_seats (quota, state, sex, station, number);
