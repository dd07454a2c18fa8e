-- +goose Up
CREATE TABLE cohort_cohorts (
  id TEXT NOT NULL CONSTRAINT cohort_cohorts_pk PRIMARY KEY,
  programme TEXT NOT NULL,
  version TEXT NOT NULL,
  title TEXT NOT NULL,
  zone TEXT NOT NULL,
  country TEXT NOT NULL,
  begins TEXT NOT NULL,
  ends TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT cohort_cohorts_state CHECK (state IN ('open', 'closed')),
  opened_at INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_cohorts_programme ON cohort_cohorts (programme, begins);

CREATE TABLE cohort_quotas (
  id TEXT NOT NULL CONSTRAINT cohort_quotas_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_quotas_cohort_fk REFERENCES cohort_cohorts (id),
  quota_key TEXT NOT NULL,
  agency TEXT NOT NULL,
  agency_key TEXT NOT NULL,
  places INTEGER NOT NULL CONSTRAINT cohort_quotas_places CHECK (places >= 0),
  revision INTEGER NOT NULL,
  CONSTRAINT cohort_quotas_once UNIQUE (cohort, quota_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_quotas_agency ON cohort_quotas (agency, cohort);

CREATE TABLE cohort_letters (
  id TEXT NOT NULL CONSTRAINT cohort_letters_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_letters_cohort_fk REFERENCES cohort_cohorts (id),
  agency TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT cohort_letters_kind CHECK (kind IN ('call', 'nomination', 'release', 'quota-change', 'exception', 'withdrawal')),
  number TEXT NOT NULL,
  dated TEXT NOT NULL,
  signatory TEXT NOT NULL,
  post TEXT NOT NULL,
  file TEXT NOT NULL,
  filed_at INTEGER NOT NULL,
  filed_by TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_letters_cohort ON cohort_letters (cohort, agency, dated);

CREATE TABLE cohort_calls (
  id TEXT NOT NULL CONSTRAINT cohort_calls_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_calls_cohort_fk REFERENCES cohort_cohorts (id),
  agency TEXT NOT NULL,
  deadline TEXT NOT NULL,
  letter TEXT NOT NULL,
  note TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT cohort_calls_once UNIQUE (cohort, agency)
) STRICT, WITHOUT ROWID;

CREATE TABLE cohort_nominations (
  id TEXT NOT NULL CONSTRAINT cohort_nominations_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_nominations_cohort_fk REFERENCES cohort_cohorts (id),
  quota TEXT NOT NULL CONSTRAINT cohort_nominations_quota_fk REFERENCES cohort_quotas (id),
  agency TEXT NOT NULL,
  person TEXT NOT NULL,
  station TEXT NOT NULL,
  sex TEXT NOT NULL,
  rank_group TEXT NOT NULL,
  unit TEXT NOT NULL,
  proposed_at INTEGER NOT NULL,
  proposed_by TEXT NOT NULL,
  basis TEXT NOT NULL,
  letter TEXT NOT NULL,
  decision TEXT NOT NULL CONSTRAINT cohort_nominations_decision CHECK (decision IN ('', 'chosen', 'in-line', 'not-chosen')),
  decided_at INTEGER NOT NULL,
  line INTEGER NOT NULL,
  answer TEXT NOT NULL CONSTRAINT cohort_nominations_answer CHECK (answer IN ('', 'yes', 'no')),
  answered_at INTEGER NOT NULL,
  answer_by TEXT NOT NULL,
  answer_on TEXT NOT NULL,
  released_at INTEGER NOT NULL,
  in_place_of TEXT NOT NULL,
  seat TEXT NOT NULL,
  ending TEXT NOT NULL CONSTRAINT cohort_nominations_ending CHECK (ending IN ('', 'withdrawn', 'substituted', 'declined', 'released', 'left')),
  ended_at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_nominations_cohort ON cohort_nominations (cohort, id);
CREATE INDEX cohort_nominations_agency ON cohort_nominations (cohort, agency, id);
CREATE INDEX cohort_nominations_line ON cohort_nominations (quota, decision, line);
CREATE INDEX cohort_nominations_person ON cohort_nominations (person, cohort);
CREATE UNIQUE INDEX cohort_nominations_once ON cohort_nominations (cohort, agency, person) WHERE ending = '';

CREATE TABLE cohort_seats (
  id TEXT NOT NULL CONSTRAINT cohort_seats_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_seats_cohort_fk REFERENCES cohort_cohorts (id),
  quota TEXT NOT NULL CONSTRAINT cohort_seats_quota_fk REFERENCES cohort_quotas (id),
  number INTEGER NOT NULL,
  sex TEXT NOT NULL,
  station TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT cohort_seats_state CHECK (state IN ('free', 'reserved', 'offered', 'held', 'confirmed', 'withdrawn')),
  nomination TEXT CONSTRAINT cohort_seats_nomination_fk REFERENCES cohort_nominations (id),
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT cohort_seats_number UNIQUE (quota, number),
  CONSTRAINT cohort_seats_taken CHECK ((nomination IS NOT NULL) = (state IN ('offered', 'held', 'confirmed')))
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_seats_state ON cohort_seats (quota, state);
CREATE INDEX cohort_seats_cohort ON cohort_seats (cohort, state);
CREATE UNIQUE INDEX cohort_seats_one_each ON cohort_seats (nomination);

CREATE TABLE cohort_movements (
  id TEXT NOT NULL CONSTRAINT cohort_movements_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_movements_cohort_fk REFERENCES cohort_cohorts (id),
  seat TEXT NOT NULL CONSTRAINT cohort_movements_seat_fk REFERENCES cohort_seats (id),
  quota TEXT NOT NULL,
  position INTEGER NOT NULL,
  act TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  nomination TEXT NOT NULL,
  person TEXT NOT NULL,
  cause TEXT NOT NULL,
  letter TEXT NOT NULL,
  note TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT cohort_movements_order UNIQUE (cohort, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_movements_seat ON cohort_movements (seat, position);
CREATE INDEX cohort_movements_quota ON cohort_movements (quota, act);
CREATE INDEX cohort_movements_person ON cohort_movements (person);

CREATE TABLE cohort_covers (
  id TEXT NOT NULL CONSTRAINT cohort_covers_pk PRIMARY KEY,
  letter TEXT NOT NULL CONSTRAINT cohort_covers_letter_fk REFERENCES cohort_letters (id),
  nomination TEXT NOT NULL CONSTRAINT cohort_covers_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  CONSTRAINT cohort_covers_once UNIQUE (letter, nomination)
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_covers_nomination ON cohort_covers (nomination);
CREATE INDEX cohort_covers_person ON cohort_covers (person);

CREATE TABLE cohort_reasons (
  id TEXT NOT NULL CONSTRAINT cohort_reasons_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  said_by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_reasons_person ON cohort_reasons (person);
CREATE INDEX cohort_reasons_cohort ON cohort_reasons (cohort, reason);

CREATE TABLE cohort_needs (
  id TEXT NOT NULL CONSTRAINT cohort_needs_pk PRIMARY KEY,
  nomination TEXT NOT NULL CONSTRAINT cohort_needs_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  author TEXT NOT NULL,
  audience TEXT NOT NULL CONSTRAINT cohort_needs_audience CHECK (audience IN ('programme', 'agency')),
  kind TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_needs_nomination ON cohort_needs (nomination);
CREATE INDEX cohort_needs_person ON cohort_needs (person);

CREATE TABLE cohort_arrangements (
  id TEXT NOT NULL CONSTRAINT cohort_arrangements_pk PRIMARY KEY,
  nomination TEXT NOT NULL CONSTRAINT cohort_arrangements_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  maker TEXT NOT NULL CONSTRAINT cohort_arrangements_maker CHECK (maker IN ('programme', 'agency')),
  kind TEXT NOT NULL,
  done_at INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_arrangements_nomination ON cohort_arrangements (nomination);
CREATE INDEX cohort_arrangements_person ON cohort_arrangements (person);

CREATE TABLE cohort_contacts (
  id TEXT NOT NULL CONSTRAINT cohort_contacts_pk PRIMARY KEY,
  nomination TEXT NOT NULL CONSTRAINT cohort_contacts_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  channel TEXT NOT NULL,
  outcome TEXT NOT NULL CONSTRAINT cohort_contacts_outcome CHECK (outcome IN ('spoken-to', 'seen', 'left-word', 'not-reached', 'unknown')),
  note TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_contacts_nomination ON cohort_contacts (nomination, position);
CREATE INDEX cohort_contacts_person ON cohort_contacts (person);

CREATE TABLE cohort_exceptions (
  id TEXT NOT NULL CONSTRAINT cohort_exceptions_pk PRIMARY KEY,
  nomination TEXT NOT NULL CONSTRAINT cohort_exceptions_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT cohort_exceptions_kind CHECK (kind IN ('waiver', 'extension')),
  subject TEXT NOT NULL,
  cause TEXT NOT NULL,
  note TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  letter TEXT NOT NULL,
  signed_by TEXT NOT NULL,
  signed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_exceptions_nomination ON cohort_exceptions (nomination);
CREATE INDEX cohort_exceptions_person ON cohort_exceptions (person);

CREATE TABLE cohort_enrolments (
  id TEXT NOT NULL CONSTRAINT cohort_enrolments_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_enrolments_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT NOT NULL,
  nomination TEXT NOT NULL,
  agency TEXT NOT NULL,
  agency_key TEXT NOT NULL,
  country TEXT NOT NULL,
  sex TEXT NOT NULL,
  rank_group TEXT NOT NULL,
  station TEXT NOT NULL,
  unit TEXT NOT NULL,
  capacity TEXT NOT NULL CONSTRAINT cohort_enrolments_capacity CHECK (capacity IN ('participant', 'observer', 'interpreter', 'staff', 'guest')),
  later INTEGER NOT NULL,
  joined_at INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL,
  left_at INTEGER NOT NULL,
  left_cause TEXT NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT cohort_enrolments_once UNIQUE (cohort, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_enrolments_person ON cohort_enrolments (person);

CREATE TABLE cohort_imports (
  id TEXT NOT NULL CONSTRAINT cohort_imports_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_imports_cohort_fk REFERENCES cohort_cohorts (id),
  quota TEXT NOT NULL,
  actor TEXT NOT NULL,
  sheet BLOB NOT NULL,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_imports_cohort ON cohort_imports (cohort);
CREATE INDEX cohort_imports_age ON cohort_imports (made_at);
