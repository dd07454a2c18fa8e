-- +goose Up

-- As everywhere else: text is compared by its bytes, whatever the server's language.
ALTER TABLE player_rulings
  ALTER COLUMN id TYPE TEXT COLLATE "C",
  ALTER COLUMN person TYPE TEXT COLLATE "C",
  ALTER COLUMN cohort TYPE TEXT COLLATE "C",
  ALTER COLUMN module TYPE TEXT COLLATE "C",
  ALTER COLUMN attempt TYPE TEXT COLLATE "C",
  ALTER COLUMN step TYPE TEXT COLLATE "C",
  ALTER COLUMN reason TYPE TEXT COLLATE "C",
  ALTER COLUMN fact TYPE TEXT COLLATE "C",
  ALTER COLUMN was_state TYPE TEXT COLLATE "C",
  ALTER COLUMN ruled_by TYPE TEXT COLLATE "C",
  ALTER COLUMN back_by TYPE TEXT COLLATE "C";
