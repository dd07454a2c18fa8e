-- +goose Up

-- The questions of a survey, as imported; a form never changes.
CREATE TABLE evaluation_forms (
	id         TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_forms_pk PRIMARY KEY,
	programme  TEXT COLLATE "C" NOT NULL,
	key        TEXT COLLATE "C" NOT NULL,
	version    BIGINT NOT NULL,
	source     BYTEA NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT evaluation_forms_version UNIQUE (programme, key, version)
);

CREATE TABLE evaluation_surveys (
	id         TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_surveys_pk PRIMARY KEY,
	programme  TEXT COLLATE "C" NOT NULL,
	cohort     TEXT COLLATE "C" NOT NULL,
	stage      TEXT COLLATE "C" NOT NULL,
	form       TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_surveys_form REFERENCES evaluation_forms (id),
	opened_at  BIGINT NOT NULL,
	closes_at  BIGINT NOT NULL,
	CONSTRAINT evaluation_surveys_once UNIQUE (cohort, stage)
);
CREATE INDEX evaluation_surveys_by_form ON evaluation_surveys (form);

-- Whether a person has answered: nothing joins a turn to an answer. The token's
-- digest is emptied when the token is used.
CREATE TABLE evaluation_turns (
	id       TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_turns_pk PRIMARY KEY,
	survey   TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_turns_survey REFERENCES evaluation_surveys (id),
	person   TEXT COLLATE "C" NOT NULL,
	token    TEXT COLLATE "C" NOT NULL,
	answered BIGINT NOT NULL CONSTRAINT evaluation_turns_answered CHECK (answered IN (0, 1)),
	CONSTRAINT evaluation_turns_once UNIQUE (survey, person)
);
CREATE INDEX evaluation_turns_token ON evaluation_turns (token);
CREATE INDEX evaluation_turns_person ON evaluation_turns (person);

-- Answers without anybody: the key is random, and the rows of a survey are
-- written anew, in a new order, with every answer.
CREATE TABLE evaluation_answers (
	survey  TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_answers_survey REFERENCES evaluation_surveys (id),
	nonce   TEXT COLLATE "C" NOT NULL,
	answers TEXT COLLATE "C" NOT NULL,
	CONSTRAINT evaluation_answers_pk PRIMARY KEY (survey, nonce)
);

CREATE TABLE evaluation_testimonials (
	id         TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_testimonials_pk PRIMARY KEY,
	person     TEXT COLLATE "C" NOT NULL,
	cohort     TEXT COLLATE "C" NOT NULL,
	words      TEXT COLLATE "C" NOT NULL,
	lang       TEXT COLLATE "C" NOT NULL,
	scope      TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_testimonials_scope CHECK (scope IN ('programme', 'donor', 'public')),
	named      BIGINT NOT NULL CONSTRAINT evaluation_testimonials_named CHECK (named IN (0, 1)),
	until_at   BIGINT NOT NULL,
	state      TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_testimonials_state CHECK (state IN ('draft', 'given', 'withdrawn')),
	revision   BIGINT NOT NULL,
	given_at   BIGINT NOT NULL,
	CONSTRAINT evaluation_testimonials_one UNIQUE (cohort, person)
);
CREATE INDEX evaluation_testimonials_person ON evaluation_testimonials (person);

CREATE TABLE evaluation_followups (
	id          TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_followups_pk PRIMARY KEY,
	cohort      TEXT COLLATE "C" NOT NULL,
	person      TEXT COLLATE "C" NOT NULL,
	stage       TEXT COLLATE "C" NOT NULL,
	used        TEXT COLLATE "C" NOT NULL,
	obstacles   TEXT COLLATE "C" NOT NULL,
	in_post     BIGINT NOT NULL CONSTRAINT evaluation_followups_in_post CHECK (in_post IN (0, 1)),
	words       TEXT COLLATE "C" NOT NULL,
	answered_at BIGINT NOT NULL,
	-- What the supervisor confirmed, apart from her answer.
	confirmed    TEXT COLLATE "C" NOT NULL,
	confirmed_by TEXT COLLATE "C" NOT NULL,
	confirmed_at BIGINT NOT NULL,
	CONSTRAINT evaluation_followups_once UNIQUE (cohort, stage, person)
);
CREATE INDEX evaluation_followups_person ON evaluation_followups (person);
