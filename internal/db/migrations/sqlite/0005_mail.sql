-- +goose Up
CREATE TABLE mail_messages (
  id TEXT NOT NULL CONSTRAINT mail_messages_pk PRIMARY KEY,
  person TEXT NOT NULL,
  address TEXT NOT NULL,
  language TEXT NOT NULL,
  direction TEXT NOT NULL CONSTRAINT mail_messages_direction CHECK (direction IN ('ltr', 'rtl')),
  subject TEXT NOT NULL,
  paragraphs TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT mail_messages_state CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
  attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_messages_person ON mail_messages (person);
CREATE INDEX mail_messages_state ON mail_messages (state, ended_at);
