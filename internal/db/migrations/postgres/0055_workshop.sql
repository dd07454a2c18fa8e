-- +goose Up
CREATE TABLE workshop_rooms (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_rooms_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  room_key TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  mode TEXT COLLATE "C" NOT NULL,
  capacity BIGINT NOT NULL,
  safe BIGINT NOT NULL,
  link TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT workshop_rooms_once UNIQUE (cohort, stage, room_key)
);

CREATE TABLE workshop_half_days (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_half_days_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  half_key TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  starts TEXT COLLATE "C" NOT NULL,
  ends TEXT COLLATE "C" NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  pin TEXT COLLATE "C" NOT NULL,
  closed_at BIGINT NOT NULL,
  closed_by TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT workshop_half_days_once UNIQUE (cohort, half_key)
);
CREATE INDEX workshop_half_days_starts_at ON workshop_half_days (starts_at);

CREATE TABLE workshop_sessions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_sessions_pk PRIMARY KEY,
  half_day TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_sessions_half_day_fk REFERENCES workshop_half_days (id),
  session_key TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  starts TEXT COLLATE "C" NOT NULL,
  ends TEXT COLLATE "C" NOT NULL,
  room TEXT COLLATE "C" NOT NULL,
  modes TEXT COLLATE "C" NOT NULL,
  trainer TEXT COLLATE "C" NOT NULL,
  part TEXT COLLATE "C" NOT NULL,
  language TEXT COLLATE "C" NOT NULL,
  link TEXT COLLATE "C" NOT NULL,
  cancelled BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT workshop_sessions_once UNIQUE (half_day, session_key)
);
CREATE INDEX workshop_sessions_trainer ON workshop_sessions (trainer);

CREATE TABLE workshop_changes (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_changes_pk PRIMARY KEY,
  session TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_changes_session_fk REFERENCES workshop_sessions (id),
  cohort TEXT COLLATE "C" NOT NULL,
  stage TEXT COLLATE "C" NOT NULL,
  was TEXT COLLATE "C" NOT NULL,
  became TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX workshop_changes_session ON workshop_changes (session);
CREATE INDEX workshop_changes_cohort ON workshop_changes (cohort, at);

CREATE TABLE workshop_seen (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_seen_pk PRIMARY KEY,
  change_id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_seen_change_fk REFERENCES workshop_changes (id),
  person TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT workshop_seen_once UNIQUE (change_id, person)
);
CREATE INDEX workshop_seen_person ON workshop_seen (person);

CREATE TABLE workshop_evidence (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_evidence_pk PRIMARY KEY,
  register TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_evidence_register_fk REFERENCES workshop_half_days (id),
  person TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  says TEXT COLLATE "C" NOT NULL,
  minutes BIGINT NOT NULL,
  mode TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  sheet TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL
);
CREATE INDEX workshop_evidence_register ON workshop_evidence (register, person);
CREATE INDEX workshop_evidence_person ON workshop_evidence (person);

CREATE TABLE workshop_attendance (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_attendance_pk PRIMARY KEY,
  register TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_attendance_register_fk REFERENCES workshop_half_days (id),
  person TEXT COLLATE "C" NOT NULL,
  verdict TEXT COLLATE "C" NOT NULL,
  minutes BIGINT NOT NULL,
  mode TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  conflicts BIGINT NOT NULL,
  fact TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT workshop_attendance_once UNIQUE (register, person)
);
CREATE INDEX workshop_attendance_person ON workshop_attendance (person);

CREATE TABLE workshop_sheets (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_sheets_pk PRIMARY KEY,
  register TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_sheets_register_fk REFERENCES workshop_half_days (id),
  file TEXT COLLATE "C" NOT NULL,
  signed BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX workshop_sheets_register ON workshop_sheets (register);

CREATE TABLE workshop_admissions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_admissions_pk PRIMARY KEY,
  register TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_admissions_register_fk REFERENCES workshop_half_days (id),
  person TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  capacity TEXT COLLATE "C" NOT NULL,
  mode TEXT COLLATE "C" NOT NULL,
  in_place_of TEXT COLLATE "C" NOT NULL,
  until_at BIGINT NOT NULL,
  admitted_at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  settled_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX workshop_admissions_register ON workshop_admissions (register);
CREATE INDEX workshop_admissions_person ON workshop_admissions (person);
CREATE INDEX workshop_admissions_in_place_of ON workshop_admissions (in_place_of);

CREATE TABLE workshop_declarations (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_declarations_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  day TEXT COLLATE "C" NOT NULL,
  mode TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  erase_at BIGINT NOT NULL,
  CONSTRAINT workshop_declarations_once UNIQUE (cohort, person, day)
);
CREATE INDEX workshop_declarations_person ON workshop_declarations (person);
CREATE INDEX workshop_declarations_erase_at ON workshop_declarations (erase_at);

CREATE TABLE workshop_contacts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_contacts_pk PRIMARY KEY,
  register TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_contacts_register_fk REFERENCES workshop_half_days (id),
  person TEXT COLLATE "C" NOT NULL,
  admission TEXT COLLATE "C" NOT NULL,
  room TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  erase_at BIGINT NOT NULL,
  CONSTRAINT workshop_contacts_once UNIQUE (register, person, admission)
);
CREATE INDEX workshop_contacts_person ON workshop_contacts (person);
CREATE INDEX workshop_contacts_erase_at ON workshop_contacts (erase_at);

CREATE TABLE workshop_tries (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_tries_pk PRIMARY KEY,
  register TEXT COLLATE "C" NOT NULL CONSTRAINT workshop_tries_register_fk REFERENCES workshop_half_days (id),
  person TEXT COLLATE "C" NOT NULL,
  tries BIGINT NOT NULL,
  CONSTRAINT workshop_tries_once UNIQUE (register, person)
);
CREATE INDEX workshop_tries_person ON workshop_tries (person);
