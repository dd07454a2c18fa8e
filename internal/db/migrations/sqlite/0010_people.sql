-- +goose Up
CREATE TABLE people_agencies (
  id TEXT NOT NULL CONSTRAINT people_agencies_pk PRIMARY KEY,
  parent TEXT CONSTRAINT people_agencies_parent_fk REFERENCES people_agencies (id),
  code TEXT NOT NULL CONSTRAINT people_agencies_code_uq UNIQUE,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_agencies_parent ON people_agencies (parent);

CREATE TABLE people_branches (
  ancestor TEXT NOT NULL CONSTRAINT people_branches_ancestor_fk REFERENCES people_agencies (id),
  agency TEXT NOT NULL CONSTRAINT people_branches_agency_fk REFERENCES people_agencies (id),
  depth INTEGER NOT NULL,
  CONSTRAINT people_branches_pk PRIMARY KEY (ancestor, agency)
) STRICT;
CREATE INDEX people_branches_agency ON people_branches (agency, depth);

CREATE TABLE people_units (
  id TEXT NOT NULL CONSTRAINT people_units_pk PRIMARY KEY,
  agency TEXT NOT NULL CONSTRAINT people_units_agency_fk REFERENCES people_agencies (id),
  name TEXT NOT NULL,
  station TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_units_agency ON people_units (agency);

CREATE TABLE people_sites (
  id TEXT NOT NULL CONSTRAINT people_sites_pk PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  zone TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE people_persons (
  id TEXT NOT NULL CONSTRAINT people_persons_pk PRIMARY KEY,
  sex TEXT NOT NULL,
  alias TEXT NOT NULL,
  officer INTEGER NOT NULL,
  sort TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX people_persons_sort ON people_persons (sort, id);

CREATE TABLE people_names (
  id TEXT NOT NULL CONSTRAINT people_names_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_names_person_fk REFERENCES people_persons (id),
  form TEXT NOT NULL,
  script TEXT NOT NULL,
  written TEXT NOT NULL,
  normal TEXT NOT NULL,
  sound TEXT NOT NULL,
  confirmed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_names_person ON people_names (person, form, script);
CREATE INDEX people_names_sound ON people_names (sound);

CREATE TABLE people_words (
  name TEXT NOT NULL CONSTRAINT people_words_name_fk REFERENCES people_names (id),
  position INTEGER NOT NULL,
  person TEXT NOT NULL CONSTRAINT people_words_person_fk REFERENCES people_persons (id),
  word TEXT NOT NULL,
  sound TEXT NOT NULL,
  CONSTRAINT people_words_pk PRIMARY KEY (name, position)
) STRICT;
CREATE INDEX people_words_word ON people_words (word, person);
CREATE INDEX people_words_sound ON people_words (sound, person);
CREATE INDEX people_words_person ON people_words (person);

CREATE TABLE people_contacts (
  id TEXT NOT NULL CONSTRAINT people_contacts_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_contacts_person_fk REFERENCES people_persons (id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  holder TEXT NOT NULL,
  through TEXT NOT NULL,
  safe TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_contacts_person ON people_contacts (person);

CREATE TABLE people_affiliations (
  id TEXT NOT NULL CONSTRAINT people_affiliations_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_affiliations_person_fk REFERENCES people_persons (id),
  agency TEXT NOT NULL CONSTRAINT people_affiliations_agency_fk REFERENCES people_agencies (id),
  unit TEXT CONSTRAINT people_affiliations_unit_fk REFERENCES people_units (id),
  rank TEXT NOT NULL,
  rank_group TEXT NOT NULL,
  post TEXT NOT NULL,
  station TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_affiliations_person ON people_affiliations (person, since);
CREATE INDEX people_affiliations_agency ON people_affiliations (agency);
CREATE INDEX people_affiliations_unit ON people_affiliations (unit);

CREATE TABLE people_preferences (
  person TEXT NOT NULL CONSTRAINT people_preferences_pk PRIMARY KEY
    CONSTRAINT people_preferences_person_fk REFERENCES people_persons (id),
  language TEXT NOT NULL,
  calendar TEXT NOT NULL,
  zone TEXT NOT NULL,
  numerals TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE people_places (
  person TEXT NOT NULL CONSTRAINT people_places_person_fk REFERENCES people_persons (id),
  source TEXT NOT NULL,
  ref TEXT NOT NULL,
  country TEXT NOT NULL,
  agency TEXT NOT NULL,
  programme TEXT NOT NULL,
  cohort TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  CONSTRAINT people_places_pk PRIMARY KEY (person, source, ref)
) STRICT;
CREATE INDEX people_places_programme ON people_places (programme, person);
CREATE INDEX people_places_cohort ON people_places (cohort, person);
CREATE INDEX people_places_agency ON people_places (agency, person);
CREATE INDEX people_places_country ON people_places (country, person);
