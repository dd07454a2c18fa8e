-- +goose Up

-- Line managers whom participants have agreed to link; until is 0 while it lasts.
CREATE TABLE people_links (
	id         TEXT NOT NULL CONSTRAINT people_links_pk PRIMARY KEY,
	person     TEXT NOT NULL CONSTRAINT people_links_person REFERENCES people_persons (id),
	supervisor TEXT NOT NULL CONSTRAINT people_links_supervisor REFERENCES people_persons (id),
	since      INTEGER NOT NULL,
	until      INTEGER NOT NULL
) STRICT;
CREATE INDEX people_links_by_supervisor ON people_links (supervisor, until);
CREATE UNIQUE INDEX people_links_one ON people_links (person) WHERE until = 0;
CREATE INDEX people_links_by_person ON people_links (person);
