-- +goose Up

-- A participant's word that her verdict of a half-day is wrong, and its answer.
CREATE TABLE workshop_contests (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_contests_pk PRIMARY KEY,
  register TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_contests_register_fk REFERENCES workshop_half_days (id),
  person TEXT COLLATE "C" NOT NULL,
  says TEXT COLLATE "C" NOT NULL,
  minutes BIGINT NOT NULL,
  mode TEXT COLLATE "C" NOT NULL,
  words TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  answer TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_contests_answer CHECK (answer IN ('', 'corrected', 'stands')),
  reply TEXT COLLATE "C" NOT NULL,
  answered_by TEXT COLLATE "C" NOT NULL,
  answered_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX workshop_contests_open ON workshop_contests (register, person) WHERE answer = '';
CREATE INDEX workshop_contests_register ON workshop_contests (register);
CREATE INDEX workshop_contests_person ON workshop_contests (person);
