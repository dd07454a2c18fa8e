-- +goose Up
CREATE TABLE workshop_rooms (
  id TEXT NOT NULL CONSTRAINT workshop_rooms_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  room_key TEXT NOT NULL,
  title TEXT NOT NULL,
  mode TEXT NOT NULL,
  capacity INTEGER NOT NULL,
  safe INTEGER NOT NULL,
  link TEXT NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT workshop_rooms_once UNIQUE (cohort, stage, room_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE workshop_half_days (
  id TEXT NOT NULL CONSTRAINT workshop_half_days_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  half_key TEXT NOT NULL,
  title TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  pin TEXT NOT NULL,
  closed_at INTEGER NOT NULL,
  closed_by TEXT NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT workshop_half_days_once UNIQUE (cohort, half_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_half_days_starts_at ON workshop_half_days (starts_at);

CREATE TABLE workshop_sessions (
  id TEXT NOT NULL CONSTRAINT workshop_sessions_pk PRIMARY KEY,
  half_day TEXT NOT NULL CONSTRAINT workshop_sessions_half_day_fk REFERENCES workshop_half_days (id),
  session_key TEXT NOT NULL,
  title TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  room TEXT NOT NULL,
  modes TEXT NOT NULL,
  trainer TEXT NOT NULL,
  part TEXT NOT NULL,
  language TEXT NOT NULL,
  link TEXT NOT NULL,
  cancelled INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT workshop_sessions_once UNIQUE (half_day, session_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_sessions_trainer ON workshop_sessions (trainer);

CREATE TABLE workshop_changes (
  id TEXT NOT NULL CONSTRAINT workshop_changes_pk PRIMARY KEY,
  session TEXT NOT NULL CONSTRAINT workshop_changes_session_fk REFERENCES workshop_sessions (id),
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_changes_session ON workshop_changes (session);
CREATE INDEX workshop_changes_cohort ON workshop_changes (cohort, at);

CREATE TABLE workshop_seen (
  id TEXT NOT NULL CONSTRAINT workshop_seen_pk PRIMARY KEY,
  change_id TEXT NOT NULL CONSTRAINT workshop_seen_change_fk REFERENCES workshop_changes (id),
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT workshop_seen_once UNIQUE (change_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_seen_person ON workshop_seen (person);

CREATE TABLE workshop_evidence (
  id TEXT NOT NULL CONSTRAINT workshop_evidence_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_evidence_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  source TEXT NOT NULL,
  says TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  mode TEXT NOT NULL,
  at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  sheet TEXT NOT NULL,
  cause TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_evidence_register ON workshop_evidence (register, person);
CREATE INDEX workshop_evidence_person ON workshop_evidence (person);

CREATE TABLE workshop_attendance (
  id TEXT NOT NULL CONSTRAINT workshop_attendance_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_attendance_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  verdict TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  mode TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  conflicts INTEGER NOT NULL,
  fact TEXT NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT workshop_attendance_once UNIQUE (register, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_attendance_person ON workshop_attendance (person);

CREATE TABLE workshop_sheets (
  id TEXT NOT NULL CONSTRAINT workshop_sheets_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_sheets_register_fk REFERENCES workshop_half_days (id),
  file TEXT NOT NULL,
  signed INTEGER NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_sheets_register ON workshop_sheets (register);

CREATE TABLE workshop_admissions (
  id TEXT NOT NULL CONSTRAINT workshop_admissions_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_admissions_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  capacity TEXT NOT NULL,
  mode TEXT NOT NULL,
  in_place_of TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  admitted_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  settled_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_admissions_register ON workshop_admissions (register);
CREATE INDEX workshop_admissions_person ON workshop_admissions (person);
CREATE INDEX workshop_admissions_in_place_of ON workshop_admissions (in_place_of);

CREATE TABLE workshop_declarations (
  id TEXT NOT NULL CONSTRAINT workshop_declarations_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  day TEXT NOT NULL,
  mode TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  erase_at INTEGER NOT NULL,
  CONSTRAINT workshop_declarations_once UNIQUE (cohort, person, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_declarations_person ON workshop_declarations (person);
CREATE INDEX workshop_declarations_erase_at ON workshop_declarations (erase_at);

CREATE TABLE workshop_contacts (
  id TEXT NOT NULL CONSTRAINT workshop_contacts_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_contacts_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  admission TEXT NOT NULL,
  room TEXT NOT NULL,
  at INTEGER NOT NULL,
  erase_at INTEGER NOT NULL,
  CONSTRAINT workshop_contacts_once UNIQUE (register, person, admission)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_contacts_person ON workshop_contacts (person);
CREATE INDEX workshop_contacts_erase_at ON workshop_contacts (erase_at);

CREATE TABLE workshop_tries (
  id TEXT NOT NULL CONSTRAINT workshop_tries_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_tries_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  tries INTEGER NOT NULL,
  CONSTRAINT workshop_tries_once UNIQUE (register, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_tries_person ON workshop_tries (person);
