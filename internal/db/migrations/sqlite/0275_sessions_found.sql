-- +goose Up

-- Another program ends a launch by its session.
CREATE INDEX player_launches_session ON player_launches (session);
