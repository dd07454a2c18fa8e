-- +goose Up

-- What staff decide about somebody's way through a module. The columns that begin
-- with "was" are the attempt before it, for taking the decision back.
CREATE TABLE player_rulings (
  id TEXT NOT NULL CONSTRAINT player_rulings_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  module TEXT NOT NULL,
  attempt TEXT NOT NULL,
  step TEXT NOT NULL CONSTRAINT player_rulings_step CHECK (step IN ('restart', 'move', 'reopen', 'close', 'complete', 'exempt')),
  reason TEXT NOT NULL,
  fact TEXT NOT NULL,
  was_state TEXT NOT NULL,
  was_percent BIGINT NOT NULL,
  was_finished BIGINT NOT NULL,
  ruled_by TEXT NOT NULL,
  ruled_at BIGINT NOT NULL,
  back_by TEXT NOT NULL,
  back_at BIGINT NOT NULL
);
CREATE INDEX player_rulings_person ON player_rulings (person, cohort, module, ruled_at);
