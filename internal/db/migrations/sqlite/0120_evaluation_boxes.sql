-- +goose Up
-- Answers lie sealed until their survey is closed.
CREATE TABLE evaluation_boxes (
	survey TEXT NOT NULL CONSTRAINT evaluation_boxes_survey REFERENCES evaluation_surveys (id),
	nonce  TEXT NOT NULL,
	key_id TEXT NOT NULL,
	box    BLOB NOT NULL,
	CONSTRAINT evaluation_boxes_pk PRIMARY KEY (survey, nonce)
) STRICT, WITHOUT ROWID;
