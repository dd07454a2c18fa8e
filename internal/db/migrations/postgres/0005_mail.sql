-- +goose Up
CREATE TABLE mail_messages (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT mail_messages_pk PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  language TEXT COLLATE "C" NOT NULL,
  direction TEXT COLLATE "C" NOT NULL CONSTRAINT mail_messages_direction CHECK (direction IN ('ltr', 'rtl')),
  subject TEXT COLLATE "C" NOT NULL,
  paragraphs TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT mail_messages_state CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
  attempts BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);
CREATE INDEX mail_messages_person ON mail_messages (person);
CREATE INDEX mail_messages_state ON mail_messages (state, ended_at);
