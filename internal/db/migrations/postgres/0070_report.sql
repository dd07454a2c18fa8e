-- +goose Up

-- Views that the report reads; package report says what each promises.

CREATE VIEW cohort_counted_nominations AS
  SELECT n.cohort AS cohort, n.person AS person, n.agency AS agency, q.agency_key AS agency_key, n.sex AS sex, n.rank_group AS rank_group, n.station AS station
  FROM cohort_nominations n JOIN cohort_quotas q ON q.id = n.quota;

CREATE VIEW cohort_counted_enrolments AS
  SELECT cohort, person, agency, agency_key, country, sex, rank_group, station, capacity, later FROM cohort_enrolments;

CREATE VIEW cohort_counted_quotas AS
  SELECT cohort, agency, agency_key, places FROM cohort_quotas;

CREATE VIEW cohort_counted_letters AS
  SELECT l.cohort AS cohort, l.agency AS agency, l.kind AS kind, l.number AS number, l.dated AS dated,
    (SELECT COUNT(*) FROM cohort_covers c WHERE c.letter = l.id) AS covers
  FROM cohort_letters l;

CREATE VIEW workshop_counted_sheets AS
  SELECT h.cohort AS cohort, h.stage AS stage, h.half_key AS half_key, h.starts AS starts, h.starts_at AS starts_at, h.closed_at AS closed_at,
    (SELECT COUNT(*) FROM workshop_sheets s WHERE s.register = h.id) AS filed
  FROM workshop_half_days h;

CREATE VIEW coaching_counted_work AS
  SELECT cohort, stage, person, 'goal' AS what, state FROM coaching_goals
  UNION ALL
  SELECT cohort, stage, person, 'need' AS what, '' AS state FROM coaching_notes WHERE kind = 'need';

CREATE VIEW evaluation_counted_use AS
  SELECT cohort, stage, person, used, in_post, confirmed, answered_at FROM evaluation_followups;

CREATE VIEW evaluation_counted_answers AS
  SELECT s.cohort AS cohort, s.stage AS stage, s.closes_at AS closes_at, a.answers AS answers
  FROM evaluation_answers a JOIN evaluation_surveys s ON s.id = a.survey;

CREATE TABLE report_releases (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT report_releases_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  programme TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  as_of BIGINT NOT NULL,
  partners TEXT COLLATE "C" NOT NULL,
  outside TEXT COLLATE "C" NOT NULL,
  backing TEXT COLLATE "C" NOT NULL,
  differences TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  signed_by TEXT COLLATE "C" NOT NULL,
  signed_at BIGINT NOT NULL,
  CONSTRAINT report_releases_number UNIQUE (cohort, number)
);
CREATE INDEX report_releases_signed ON report_releases (signed_at);
