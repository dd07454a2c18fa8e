-- +goose Up

-- What a package lacks for some learners, as an officer has noted it, and as which
-- version that was last written: 0 while nobody has.
ALTER TABLE content_packages ADD COLUMN lacks_captions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE content_packages ADD COLUMN lacks_keyboard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE content_packages ADD COLUMN lacks_other TEXT NOT NULL DEFAULT '';
ALTER TABLE content_packages ADD COLUMN lacks_revision INTEGER NOT NULL DEFAULT 0;
