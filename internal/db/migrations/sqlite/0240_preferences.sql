-- +goose Up

-- When a unit asked for its learner's preferences, which cmi5 has it do before it
-- says that it has begun (11.0). Sessions that are open are taken to have asked.
ALTER TABLE player_sessions ADD COLUMN preferred_at INTEGER NOT NULL DEFAULT 0;
UPDATE player_sessions SET preferred_at = launched_at;
