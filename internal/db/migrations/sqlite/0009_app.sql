-- +goose Up

-- What the instance remembers about itself as a whole.
CREATE TABLE app_marks (
	name  TEXT NOT NULL CONSTRAINT app_marks_pk PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;
