-- +goose Up
CREATE TABLE pathway_cohorts (
  id TEXT NOT NULL CONSTRAINT pathway_cohorts_pk PRIMARY KEY,
  programme TEXT NOT NULL,
  version TEXT NOT NULL,
  country TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pathway_facts (
  id TEXT NOT NULL CONSTRAINT pathway_facts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  subject TEXT NOT NULL,
  value TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  basis TEXT NOT NULL,
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  origin TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  corrects TEXT NOT NULL,
  CONSTRAINT pathway_facts_sequence UNIQUE (origin, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_facts_person ON pathway_facts (person, cohort);
CREATE INDEX pathway_facts_cohort ON pathway_facts (cohort, kind, subject);
CREATE INDEX pathway_facts_corrects ON pathway_facts (corrects);

CREATE TABLE pathway_decisions (
  fact TEXT NOT NULL CONSTRAINT pathway_decisions_pk PRIMARY KEY
    CONSTRAINT pathway_decisions_fact_fk REFERENCES pathway_facts (id),
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  blueprint TEXT NOT NULL,
  evaluator INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  digest TEXT NOT NULL,
  explanation TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_decisions_person ON pathway_decisions (person, cohort);

CREATE TABLE pathway_reviews (
  id TEXT NOT NULL CONSTRAINT pathway_reviews_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  cause TEXT NOT NULL CONSTRAINT pathway_reviews_cause_fk REFERENCES pathway_facts (id),
  decision TEXT NOT NULL CONSTRAINT pathway_reviews_decision_fk REFERENCES pathway_facts (id),
  changes TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  settled_by TEXT NOT NULL,
  outcome TEXT NOT NULL,
  CONSTRAINT pathway_reviews_once UNIQUE (cause, decision)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_reviews_cohort ON pathway_reviews (cohort, settled_at, opened_at);
CREATE INDEX pathway_reviews_decision ON pathway_reviews (decision);

CREATE TABLE pathway_standings (
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  participation TEXT NOT NULL,
  joined_at TEXT NOT NULL,
  later INTEGER NOT NULL,
  next_key TEXT NOT NULL,
  next_stage TEXT NOT NULL,
  next_module TEXT NOT NULL,
  next_minutes INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  next_change_at INTEGER NOT NULL,
  seat_state TEXT NOT NULL,
  seat_confirmed INTEGER NOT NULL,
  seat_late INTEGER NOT NULL,
  certificate TEXT NOT NULL,
  complete INTEGER NOT NULL,
  doubts INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  digest TEXT NOT NULL,
  evaluator INTEGER NOT NULL,
  blueprint TEXT NOT NULL,
  refreshed_at INTEGER NOT NULL,
  CONSTRAINT pathway_standings_pk PRIMARY KEY (cohort, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_standings_person ON pathway_standings (person, cohort);
CREATE INDEX pathway_standings_change ON pathway_standings (next_change_at) WHERE next_change_at > 0;
CREATE INDEX pathway_standings_seat ON pathway_standings (cohort, seat_state, person);
CREATE INDEX pathway_standings_participation ON pathway_standings (cohort, participation, person);

CREATE TABLE pathway_stages (
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  stage TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  passed INTEGER NOT NULL,
  passed_at INTEGER NOT NULL,
  late INTEGER NOT NULL,
  have INTEGER NOT NULL,
  need INTEGER NOT NULL,
  unrecorded INTEGER NOT NULL,
  percent INTEGER NOT NULL,
  best INTEGER NOT NULL,
  due INTEGER NOT NULL,
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pathway_stages_pk PRIMARY KEY (cohort, person, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_stages_state ON pathway_stages (cohort, stage, state, person);
CREATE INDEX pathway_stages_due ON pathway_stages (due, person, cohort, stage) WHERE passed = 0 AND due > 0;
