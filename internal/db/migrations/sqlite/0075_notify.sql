-- +goose Up

-- The reminders that were decided, each once.
CREATE TABLE notify_reminders (
	id      TEXT NOT NULL CONSTRAINT notify_reminders_pk PRIMARY KEY,
	person  TEXT NOT NULL,
	cohort  TEXT NOT NULL,
	stage   TEXT NOT NULL,
	due_at  INTEGER NOT NULL,
	days    INTEGER NOT NULL,
	outcome TEXT NOT NULL CONSTRAINT notify_reminders_outcome CHECK (outcome IN ('mailed', 'no-route')),
	message TEXT NOT NULL,
	at      INTEGER NOT NULL,
	CONSTRAINT notify_reminders_once UNIQUE (person, cohort, stage, due_at, days)
) STRICT;
