-- +goose Up

-- A package written on Windows names its files in other capital letters than
-- they have; they are found by this.
ALTER TABLE content_package_files ADD COLUMN folded TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX content_package_files_folded ON content_package_files (version, folded);
