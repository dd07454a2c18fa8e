-- +goose Up

-- What changes with every entry of a log finds room beside its old row, and so costs
-- no index an entry.
ALTER TABLE player_data SET (fillfactor = 60);
ALTER TABLE player_units SET (fillfactor = 60);
ALTER TABLE player_launches SET (fillfactor = 60);
ALTER TABLE player_attempts SET (fillfactor = 60);
ALTER TABLE journal_heads SET (fillfactor = 20);
