-- +goose Up

-- A module that exists as several packages, one per language: which package is it
-- in which language. A package without a row is a module of its own, in the
-- language that it states. ended_at is set once a package was taken out of use; its
-- language is then free for another.
CREATE TABLE content_languages (
  package TEXT COLLATE "C" NOT NULL CONSTRAINT content_languages_pk PRIMARY KEY CONSTRAINT content_languages_package_fk REFERENCES content_packages (module),
  module TEXT COLLATE "C" NOT NULL CONSTRAINT content_languages_module_fk REFERENCES content_packages (module),
  language TEXT COLLATE "C" NOT NULL,
  ended_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX content_languages_language ON content_languages (module, language) WHERE ended_at = 0;
CREATE INDEX content_languages_module ON content_languages (module);

ALTER TABLE content_uploads ADD COLUMN translates TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE content_uploads ADD COLUMN language TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Which of her attempts at a module she chose last, where it has several languages.
ALTER TABLE player_attempts ADD COLUMN chosen_at BIGINT NOT NULL DEFAULT 0;
UPDATE player_attempts SET chosen_at = started_at;
