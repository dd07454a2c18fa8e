-- +goose Up

-- What staff entered of a person's own word: on what basis, by whom, when.
CREATE TABLE people_entered (
  id TEXT NOT NULL CONSTRAINT people_entered_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_entered_person_fk REFERENCES people_persons (id),
  what TEXT NOT NULL CONSTRAINT people_entered_what CHECK (what IN ('name', 'preferences')),
  ref TEXT NOT NULL,
  revision INTEGER NOT NULL,
  basis TEXT NOT NULL CONSTRAINT people_entered_basis CHECK (basis IN ('paper', 'telephone')),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX people_entered_person ON people_entered (person);
