-- +goose Up

-- A person's entries are found by her launches. An index by person has a place of its
-- own for each of those who learn at the same time, and costs a page with every entry.
DROP INDEX player_entries_person;
