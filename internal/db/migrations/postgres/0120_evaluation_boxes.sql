-- +goose Up
-- Answers lie sealed until their survey is closed.
CREATE TABLE evaluation_boxes (
	survey TEXT COLLATE "C" NOT NULL CONSTRAINT evaluation_boxes_survey REFERENCES evaluation_surveys (id),
	nonce  TEXT COLLATE "C" NOT NULL,
	key_id TEXT COLLATE "C" NOT NULL,
	box    BYTEA NOT NULL,
	CONSTRAINT evaluation_boxes_pk PRIMARY KEY (survey, nonce)
);
