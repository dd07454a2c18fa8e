-- +goose Up

-- What figures are further broken down by, and the staff that women's share is
-- measured against.

CREATE VIEW cohort_counted_reasons AS
  SELECT cohort, person, reason, at FROM cohort_reasons;

DROP VIEW evaluation_counted_use;
CREATE VIEW evaluation_counted_use AS
  SELECT cohort, stage, person, used, obstacles, in_post, confirmed, answered_at FROM evaluation_followups;

CREATE TABLE report_eligible_staff (
  id TEXT NOT NULL CONSTRAINT report_eligible_staff_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  agency_key TEXT NOT NULL,
  women INTEGER NOT NULL CONSTRAINT report_eligible_staff_women CHECK (women >= 0),
  everyone INTEGER NOT NULL CONSTRAINT report_eligible_staff_everyone CHECK (everyone >= 1 AND everyone >= women),
  counted_on TEXT NOT NULL,
  source TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  entered_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT report_eligible_staff_once UNIQUE (cohort, agency_key)
) STRICT, WITHOUT ROWID;
