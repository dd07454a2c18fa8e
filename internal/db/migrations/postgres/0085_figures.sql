-- +goose Up

-- What figures are further broken down by, and the staff that women's share is
-- measured against.

CREATE VIEW cohort_counted_reasons AS
  SELECT cohort, person, reason, at FROM cohort_reasons;

DROP VIEW evaluation_counted_use;
CREATE VIEW evaluation_counted_use AS
  SELECT cohort, stage, person, used, obstacles, in_post, confirmed, answered_at FROM evaluation_followups;

CREATE TABLE report_eligible_staff (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT report_eligible_staff_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  agency_key TEXT COLLATE "C" NOT NULL,
  women BIGINT NOT NULL CONSTRAINT report_eligible_staff_women CHECK (women >= 0),
  everyone BIGINT NOT NULL CONSTRAINT report_eligible_staff_everyone CHECK (everyone >= 1 AND everyone >= women),
  counted_on TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  entered_by TEXT COLLATE "C" NOT NULL,
  entered_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT report_eligible_staff_once UNIQUE (cohort, agency_key)
);
