-- +goose Up

-- What staff entered of a person's own word: on what basis, by whom, when.
CREATE TABLE people_entered (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_entered_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT people_entered_person_fk REFERENCES people_persons (id),
  what TEXT COLLATE "C" NOT NULL CONSTRAINT people_entered_what CHECK (what IN ('name', 'preferences')),
  ref TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  basis TEXT COLLATE "C" NOT NULL CONSTRAINT people_entered_basis CHECK (basis IN ('paper', 'telephone')),
  actor TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX people_entered_person ON people_entered (person);
