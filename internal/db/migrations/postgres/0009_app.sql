-- +goose Up

-- What the instance remembers about itself as a whole.
CREATE TABLE app_marks (
	name  TEXT COLLATE "C" NOT NULL CONSTRAINT app_marks_pk PRIMARY KEY,
	value TEXT COLLATE "C" NOT NULL
);
