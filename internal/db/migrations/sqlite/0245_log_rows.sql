-- +goose Up

-- A row of a log, and what a unit remembers, is often a kilobyte and more. In a tree
-- ordered by its key such a row has a page of its own for what exceeds a quarter of
-- one, which each change frees and takes anew; in a table by row number it lies whole
-- beside others, and is changed in its place: half as many pages are written with
-- every entry.
DROP INDEX player_entries_person;
ALTER TABLE player_entries RENAME TO player_entries_before;
CREATE TABLE player_entries (
  id TEXT NOT NULL CONSTRAINT player_entries_pk PRIMARY KEY,
  launch TEXT NOT NULL CONSTRAINT player_entries_launch_fk REFERENCES player_launches (id),
  number INTEGER NOT NULL,
  attempt TEXT NOT NULL,
  person TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT player_entries_number UNIQUE (launch, number)
) STRICT;
INSERT INTO player_entries (id, launch, number, attempt, person, occurred_at, recorded_at, applied, digest, body)
SELECT id, launch, number, attempt, person, occurred_at, recorded_at, applied, digest, body FROM player_entries_before ORDER BY id;
DROP TABLE player_entries_before;
CREATE INDEX player_entries_person ON player_entries (person);

DROP INDEX player_data_person;
ALTER TABLE player_data RENAME TO player_data_before;
CREATE TABLE player_data (
  attempt TEXT NOT NULL CONSTRAINT player_data_attempt_fk REFERENCES player_attempts (id),
  activity TEXT NOT NULL,
  element TEXT NOT NULL,
  person TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT player_data_pk PRIMARY KEY (attempt, activity, element)
) STRICT;
INSERT INTO player_data (attempt, activity, element, person, value)
SELECT attempt, activity, element, person, value FROM player_data_before ORDER BY attempt, activity, element;
DROP TABLE player_data_before;
CREATE INDEX player_data_person ON player_data (person);
