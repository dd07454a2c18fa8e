-- +goose Up

-- What came of an attempt is found by its launches: an index that nothing reads costs
-- a page with every entry of the log.
DROP INDEX player_entries_attempt;
