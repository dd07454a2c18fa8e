-- +goose Up

-- A participant's word that her verdict of a half-day is wrong, and its answer.
CREATE TABLE workshop_contests (
  id TEXT NOT NULL CONSTRAINT workshop_contests_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_contests_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  says TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  mode TEXT NOT NULL,
  words TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL CONSTRAINT workshop_contests_answer CHECK (answer IN ('', 'corrected', 'stands')),
  reply TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX workshop_contests_open ON workshop_contests (register, person) WHERE answer = '';
CREATE INDEX workshop_contests_register ON workshop_contests (register);
CREATE INDEX workshop_contests_person ON workshop_contests (person);
