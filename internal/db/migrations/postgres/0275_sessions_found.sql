-- +goose Up

-- Another program ends a launch by its session.
CREATE INDEX player_launches_session ON player_launches (session);

-- When the record store last took something of a session, and in which session of its
-- learner it was opened, which what it does keeps alive.
ALTER TABLE player_sessions ADD COLUMN heard_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE player_sessions ADD COLUMN opened_in TEXT COLLATE "C" NOT NULL DEFAULT '';
