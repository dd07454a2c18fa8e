-- +goose Up

-- Line managers whom participants have agreed to link; until is 0 while it lasts.
CREATE TABLE people_links (
	id         TEXT COLLATE "C" NOT NULL CONSTRAINT people_links_pk PRIMARY KEY,
	person     TEXT COLLATE "C" NOT NULL CONSTRAINT people_links_person REFERENCES people_persons (id),
	supervisor TEXT COLLATE "C" NOT NULL CONSTRAINT people_links_supervisor REFERENCES people_persons (id),
	since      BIGINT NOT NULL,
	until      BIGINT NOT NULL
);
CREATE INDEX people_links_by_supervisor ON people_links (supervisor, until);
CREATE UNIQUE INDEX people_links_one ON people_links (person) WHERE until = 0;
CREATE INDEX people_links_by_person ON people_links (person);
