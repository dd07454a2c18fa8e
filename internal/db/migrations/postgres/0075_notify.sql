-- +goose Up

-- The reminders that were decided, each once.
CREATE TABLE notify_reminders (
	id      TEXT COLLATE "C" NOT NULL CONSTRAINT notify_reminders_pk PRIMARY KEY,
	person  TEXT COLLATE "C" NOT NULL,
	cohort  TEXT COLLATE "C" NOT NULL,
	stage   TEXT COLLATE "C" NOT NULL,
	due_at  BIGINT NOT NULL,
	days    BIGINT NOT NULL,
	outcome TEXT COLLATE "C" NOT NULL CONSTRAINT notify_reminders_outcome CHECK (outcome IN ('mailed', 'no-route')),
	message TEXT COLLATE "C" NOT NULL,
	at      BIGINT NOT NULL,
	CONSTRAINT notify_reminders_once UNIQUE (person, cohort, stage, due_at, days)
);
