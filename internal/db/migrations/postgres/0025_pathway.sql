-- +goose Up
CREATE TABLE pathway_cohorts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT pathway_cohorts_pk PRIMARY KEY,
  programme TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  begun_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);

CREATE TABLE pathway_facts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT pathway_facts_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  occurred_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  basis TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  corrects TEXT COLLATE "C" NOT NULL,
  CONSTRAINT pathway_facts_sequence UNIQUE (origin, sequence)
);
CREATE INDEX pathway_facts_person ON pathway_facts (person, cohort);
CREATE INDEX pathway_facts_cohort ON pathway_facts (cohort, kind, subject);
CREATE INDEX pathway_facts_corrects ON pathway_facts (corrects);

CREATE TABLE pathway_decisions (
  fact TEXT COLLATE "C" NOT NULL CONSTRAINT pathway_decisions_pk PRIMARY KEY
    CONSTRAINT pathway_decisions_fact_fk REFERENCES pathway_facts (id),
  person TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  blueprint TEXT COLLATE "C" NOT NULL,
  evaluator BIGINT NOT NULL,
  facts BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  explanation TEXT COLLATE "C" NOT NULL
);
CREATE INDEX pathway_decisions_person ON pathway_decisions (person, cohort);

CREATE TABLE pathway_reviews (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT pathway_reviews_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL CONSTRAINT pathway_reviews_cause_fk REFERENCES pathway_facts (id),
  decision TEXT COLLATE "C" NOT NULL CONSTRAINT pathway_reviews_decision_fk REFERENCES pathway_facts (id),
  changes TEXT COLLATE "C" NOT NULL,
  opened_at BIGINT NOT NULL,
  settled_at BIGINT NOT NULL,
  settled_by TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  CONSTRAINT pathway_reviews_once UNIQUE (cause, decision)
);
CREATE INDEX pathway_reviews_cohort ON pathway_reviews (cohort, settled_at, opened_at);
CREATE INDEX pathway_reviews_decision ON pathway_reviews (decision);

CREATE TABLE pathway_standings (
  cohort TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  participation TEXT COLLATE "C" NOT NULL,
  joined_at TEXT COLLATE "C" NOT NULL,
  later BIGINT NOT NULL,
  next_key TEXT COLLATE "C" NOT NULL,
  next_stage TEXT COLLATE "C" NOT NULL,
  next_module TEXT COLLATE "C" NOT NULL,
  next_minutes BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  due BIGINT NOT NULL,
  next_change_at BIGINT NOT NULL,
  seat_state TEXT COLLATE "C" NOT NULL,
  seat_confirmed BIGINT NOT NULL,
  seat_late BIGINT NOT NULL,
  certificate TEXT COLLATE "C" NOT NULL,
  complete BIGINT NOT NULL,
  doubts BIGINT NOT NULL,
  facts BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  evaluator BIGINT NOT NULL,
  blueprint TEXT COLLATE "C" NOT NULL,
  refreshed_at BIGINT NOT NULL,
  CONSTRAINT pathway_standings_pk PRIMARY KEY (cohort, person)
);
CREATE INDEX pathway_standings_person ON pathway_standings (person, cohort);
CREATE INDEX pathway_standings_change ON pathway_standings (next_change_at) WHERE next_change_at > 0;
CREATE INDEX pathway_standings_seat ON pathway_standings (cohort, seat_state, person);
CREATE INDEX pathway_standings_participation ON pathway_standings (cohort, participation, person);

CREATE TABLE pathway_stages (
  cohort TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  passed BIGINT NOT NULL,
  passed_at BIGINT NOT NULL,
  late BIGINT NOT NULL,
  have BIGINT NOT NULL,
  need BIGINT NOT NULL,
  unrecorded BIGINT NOT NULL,
  percent BIGINT NOT NULL,
  best BIGINT NOT NULL,
  due BIGINT NOT NULL,
  until BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  CONSTRAINT pathway_stages_pk PRIMARY KEY (cohort, person, stage)
);
CREATE INDEX pathway_stages_state ON pathway_stages (cohort, stage, state, person);
CREATE INDEX pathway_stages_due ON pathway_stages (due, person, cohort, stage) WHERE passed = 0 AND due > 0;
