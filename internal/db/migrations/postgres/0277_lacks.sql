-- +goose Up

-- What a package lacks for some learners, as an officer has noted it, and as which
-- version that was last written: 0 while nobody has.
ALTER TABLE content_packages ADD COLUMN lacks_captions BIGINT NOT NULL DEFAULT 0;
ALTER TABLE content_packages ADD COLUMN lacks_keyboard BIGINT NOT NULL DEFAULT 0;
ALTER TABLE content_packages ADD COLUMN lacks_other TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE content_packages ADD COLUMN lacks_revision BIGINT NOT NULL DEFAULT 0;
