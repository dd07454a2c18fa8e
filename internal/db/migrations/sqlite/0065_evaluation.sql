-- +goose Up

-- The questions of a survey, as imported; a form never changes.
CREATE TABLE evaluation_forms (
	id         TEXT NOT NULL CONSTRAINT evaluation_forms_pk PRIMARY KEY,
	programme  TEXT NOT NULL,
	key        TEXT NOT NULL,
	version    INTEGER NOT NULL,
	source     BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	CONSTRAINT evaluation_forms_version UNIQUE (programme, key, version)
) STRICT;

CREATE TABLE evaluation_surveys (
	id         TEXT NOT NULL CONSTRAINT evaluation_surveys_pk PRIMARY KEY,
	programme  TEXT NOT NULL,
	cohort     TEXT NOT NULL,
	stage      TEXT NOT NULL,
	form       TEXT NOT NULL CONSTRAINT evaluation_surveys_form REFERENCES evaluation_forms (id),
	opened_at  INTEGER NOT NULL,
	closes_at  INTEGER NOT NULL,
	CONSTRAINT evaluation_surveys_once UNIQUE (cohort, stage)
) STRICT;
CREATE INDEX evaluation_surveys_by_form ON evaluation_surveys (form);

-- Whether a person has answered: nothing joins a turn to an answer. The token's
-- digest is emptied when the token is used.
CREATE TABLE evaluation_turns (
	id       TEXT NOT NULL CONSTRAINT evaluation_turns_pk PRIMARY KEY,
	survey   TEXT NOT NULL CONSTRAINT evaluation_turns_survey REFERENCES evaluation_surveys (id),
	person   TEXT NOT NULL,
	token    TEXT NOT NULL,
	answered INTEGER NOT NULL CONSTRAINT evaluation_turns_answered CHECK (answered IN (0, 1)),
	CONSTRAINT evaluation_turns_once UNIQUE (survey, person)
) STRICT;
CREATE INDEX evaluation_turns_token ON evaluation_turns (token);
CREATE INDEX evaluation_turns_person ON evaluation_turns (person);

-- Answers without anybody: the key is random, and the rows of a survey are
-- written anew, in a new order, with every answer.
CREATE TABLE evaluation_answers (
	survey  TEXT NOT NULL CONSTRAINT evaluation_answers_survey REFERENCES evaluation_surveys (id),
	nonce   TEXT NOT NULL,
	answers TEXT NOT NULL,
	CONSTRAINT evaluation_answers_pk PRIMARY KEY (survey, nonce)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation_testimonials (
	id         TEXT NOT NULL CONSTRAINT evaluation_testimonials_pk PRIMARY KEY,
	person     TEXT NOT NULL,
	cohort     TEXT NOT NULL,
	words      TEXT NOT NULL,
	lang       TEXT NOT NULL,
	scope      TEXT NOT NULL CONSTRAINT evaluation_testimonials_scope CHECK (scope IN ('programme', 'donor', 'public')),
	named      INTEGER NOT NULL CONSTRAINT evaluation_testimonials_named CHECK (named IN (0, 1)),
	until_at   INTEGER NOT NULL,
	state      TEXT NOT NULL CONSTRAINT evaluation_testimonials_state CHECK (state IN ('draft', 'given', 'withdrawn')),
	revision   INTEGER NOT NULL,
	given_at   INTEGER NOT NULL,
	CONSTRAINT evaluation_testimonials_one UNIQUE (cohort, person)
) STRICT;
CREATE INDEX evaluation_testimonials_person ON evaluation_testimonials (person);

CREATE TABLE evaluation_followups (
	id          TEXT NOT NULL CONSTRAINT evaluation_followups_pk PRIMARY KEY,
	cohort      TEXT NOT NULL,
	person      TEXT NOT NULL,
	stage       TEXT NOT NULL,
	used        TEXT NOT NULL,
	obstacles   TEXT NOT NULL,
	in_post     INTEGER NOT NULL CONSTRAINT evaluation_followups_in_post CHECK (in_post IN (0, 1)),
	words       TEXT NOT NULL,
	answered_at INTEGER NOT NULL,
	-- What the supervisor confirmed, apart from her answer.
	confirmed    TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at INTEGER NOT NULL,
	CONSTRAINT evaluation_followups_once UNIQUE (cohort, stage, person)
) STRICT;
CREATE INDEX evaluation_followups_person ON evaluation_followups (person);
