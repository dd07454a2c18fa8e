-- +goose Up
CREATE TABLE cohort_counts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_counts_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  quota TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_counts_quota_fk REFERENCES cohort_quotas (id),
  sex TEXT COLLATE "C" NOT NULL,
  station TEXT COLLATE "C" NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  n BIGINT NOT NULL CONSTRAINT cohort_counts_n CHECK (n >= 0)
);
CREATE INDEX cohort_counts_cohort ON cohort_counts (cohort);
CREATE INDEX cohort_counts_quota ON cohort_counts (quota);
CREATE INDEX cohort_seats_lane ON cohort_seats (quota, state, sex, station, number);
