-- +goose Up
CREATE TABLE people_agencies (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_agencies_pk PRIMARY KEY,
  parent TEXT COLLATE "C" CONSTRAINT people_agencies_parent_fk REFERENCES people_agencies (id),
  code TEXT COLLATE "C" NOT NULL CONSTRAINT people_agencies_code_uq UNIQUE,
  name TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX people_agencies_parent ON people_agencies (parent);

CREATE TABLE people_branches (
  ancestor TEXT COLLATE "C" NOT NULL CONSTRAINT people_branches_ancestor_fk REFERENCES people_agencies (id),
  agency TEXT COLLATE "C" NOT NULL CONSTRAINT people_branches_agency_fk REFERENCES people_agencies (id),
  depth BIGINT NOT NULL,
  CONSTRAINT people_branches_pk PRIMARY KEY (ancestor, agency)
);
CREATE INDEX people_branches_agency ON people_branches (agency, depth);

CREATE TABLE people_units (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_units_pk PRIMARY KEY,
  agency TEXT COLLATE "C" NOT NULL CONSTRAINT people_units_agency_fk REFERENCES people_agencies (id),
  name TEXT COLLATE "C" NOT NULL,
  station TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX people_units_agency ON people_units (agency);

CREATE TABLE people_sites (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_sites_pk PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  zone TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);

CREATE TABLE people_persons (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_persons_pk PRIMARY KEY,
  sex TEXT COLLATE "C" NOT NULL,
  alias TEXT COLLATE "C" NOT NULL,
  officer BIGINT NOT NULL,
  sort TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX people_persons_sort ON people_persons (sort, id);

CREATE TABLE people_names (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_names_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT people_names_person_fk REFERENCES people_persons (id),
  form TEXT COLLATE "C" NOT NULL,
  script TEXT COLLATE "C" NOT NULL,
  written TEXT COLLATE "C" NOT NULL,
  normal TEXT COLLATE "C" NOT NULL,
  sound TEXT COLLATE "C" NOT NULL,
  confirmed_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX people_names_person ON people_names (person, form, script);
CREATE INDEX people_names_sound ON people_names (sound);

CREATE TABLE people_words (
  name TEXT COLLATE "C" NOT NULL CONSTRAINT people_words_name_fk REFERENCES people_names (id),
  position BIGINT NOT NULL,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT people_words_person_fk REFERENCES people_persons (id),
  word TEXT COLLATE "C" NOT NULL,
  sound TEXT COLLATE "C" NOT NULL,
  CONSTRAINT people_words_pk PRIMARY KEY (name, position)
);
CREATE INDEX people_words_word ON people_words (word, person);
CREATE INDEX people_words_sound ON people_words (sound, person);
CREATE INDEX people_words_person ON people_words (person);

CREATE TABLE people_contacts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_contacts_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT people_contacts_person_fk REFERENCES people_persons (id),
  kind TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  holder TEXT COLLATE "C" NOT NULL,
  through TEXT COLLATE "C" NOT NULL,
  safe TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX people_contacts_person ON people_contacts (person);

CREATE TABLE people_affiliations (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT people_affiliations_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL CONSTRAINT people_affiliations_person_fk REFERENCES people_persons (id),
  agency TEXT COLLATE "C" NOT NULL CONSTRAINT people_affiliations_agency_fk REFERENCES people_agencies (id),
  unit TEXT COLLATE "C" CONSTRAINT people_affiliations_unit_fk REFERENCES people_units (id),
  rank TEXT COLLATE "C" NOT NULL,
  rank_group TEXT COLLATE "C" NOT NULL,
  post TEXT COLLATE "C" NOT NULL,
  station TEXT COLLATE "C" NOT NULL,
  since TEXT COLLATE "C" NOT NULL,
  until TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX people_affiliations_person ON people_affiliations (person, since);
CREATE INDEX people_affiliations_agency ON people_affiliations (agency);
CREATE INDEX people_affiliations_unit ON people_affiliations (unit);

CREATE TABLE people_preferences (
  person TEXT COLLATE "C" NOT NULL CONSTRAINT people_preferences_pk PRIMARY KEY
    CONSTRAINT people_preferences_person_fk REFERENCES people_persons (id),
  language TEXT COLLATE "C" NOT NULL,
  calendar TEXT COLLATE "C" NOT NULL,
  zone TEXT COLLATE "C" NOT NULL,
  numerals TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);

CREATE TABLE people_places (
  person TEXT COLLATE "C" NOT NULL CONSTRAINT people_places_person_fk REFERENCES people_persons (id),
  source TEXT COLLATE "C" NOT NULL,
  ref TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  agency TEXT COLLATE "C" NOT NULL,
  programme TEXT COLLATE "C" NOT NULL,
  cohort TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  CONSTRAINT people_places_pk PRIMARY KEY (person, source, ref)
);
CREATE INDEX people_places_programme ON people_places (programme, person);
CREATE INDEX people_places_cohort ON people_places (cohort, person);
CREATE INDEX people_places_agency ON people_places (agency, person);
CREATE INDEX people_places_country ON people_places (country, person);
