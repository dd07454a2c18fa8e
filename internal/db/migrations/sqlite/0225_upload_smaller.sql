-- +goose Up

-- Whether the pictures of a package on its way in are to be sent in fewer bytes.
ALTER TABLE content_uploads ADD COLUMN smaller INTEGER NOT NULL DEFAULT 0;
