-- +goose Up

-- Whose word a time of coaching rests on where staff entered it for the participant:
-- on what basis, and by whom. Until now her yes said neither.
ALTER TABLE coaching_sessions ADD COLUMN proposed_on TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE coaching_sessions ADD COLUMN entered_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE coaching_sessions ADD COLUMN agreed_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE coaching_sessions ADD COLUMN agreed_on TEXT COLLATE "C" NOT NULL DEFAULT '';
