-- +goose Up
CREATE TABLE cohort_cohorts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_cohorts_pk PRIMARY KEY,
  programme TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  zone TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  begins TEXT COLLATE "C" NOT NULL,
  ends TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_cohorts_state CHECK (state IN ('open', 'closed')),
  opened_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX cohort_cohorts_programme ON cohort_cohorts (programme, begins);

CREATE TABLE cohort_quotas (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_quotas_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_quotas_cohort_fk REFERENCES cohort_cohorts (id),
  quota_key TEXT COLLATE "C" NOT NULL,
  agency TEXT COLLATE "C" NOT NULL,
  agency_key TEXT COLLATE "C" NOT NULL,
  places BIGINT NOT NULL CONSTRAINT cohort_quotas_places CHECK (places >= 0),
  revision BIGINT NOT NULL,
  CONSTRAINT cohort_quotas_once UNIQUE (cohort, quota_key)
);
CREATE INDEX cohort_quotas_agency ON cohort_quotas (agency, cohort);

CREATE TABLE cohort_letters (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_letters_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_letters_cohort_fk REFERENCES cohort_cohorts (id),
  agency TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_letters_kind CHECK (kind IN ('call', 'nomination', 'release', 'quota-change', 'exception', 'withdrawal')),
  number TEXT COLLATE "C" NOT NULL,
  dated TEXT COLLATE "C" NOT NULL,
  signatory TEXT COLLATE "C" NOT NULL,
  post TEXT COLLATE "C" NOT NULL,
  file TEXT COLLATE "C" NOT NULL,
  filed_at BIGINT NOT NULL,
  filed_by TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX cohort_letters_cohort ON cohort_letters (cohort, agency, dated);

CREATE TABLE cohort_calls (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_calls_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_calls_cohort_fk REFERENCES cohort_cohorts (id),
  agency TEXT COLLATE "C" NOT NULL,
  deadline TEXT COLLATE "C" NOT NULL,
  letter TEXT COLLATE "C" NOT NULL,
  note TEXT COLLATE "C" NOT NULL,
  made_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT cohort_calls_once UNIQUE (cohort, agency)
);

CREATE TABLE cohort_nominations (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_nominations_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_nominations_cohort_fk REFERENCES cohort_cohorts (id),
  quota TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_nominations_quota_fk REFERENCES cohort_quotas (id),
  agency TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  station TEXT COLLATE "C" NOT NULL,
  sex TEXT COLLATE "C" NOT NULL,
  rank_group TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  proposed_at BIGINT NOT NULL,
  proposed_by TEXT COLLATE "C" NOT NULL,
  basis TEXT COLLATE "C" NOT NULL,
  letter TEXT COLLATE "C" NOT NULL,
  decision TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_nominations_decision CHECK (decision IN ('', 'chosen', 'in-line', 'not-chosen')),
  decided_at BIGINT NOT NULL,
  line BIGINT NOT NULL,
  answer TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_nominations_answer CHECK (answer IN ('', 'yes', 'no')),
  answered_at BIGINT NOT NULL,
  answer_by TEXT COLLATE "C" NOT NULL,
  answer_on TEXT COLLATE "C" NOT NULL,
  released_at BIGINT NOT NULL,
  in_place_of TEXT COLLATE "C" NOT NULL,
  seat TEXT COLLATE "C" NOT NULL,
  ending TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_nominations_ending CHECK (ending IN ('', 'withdrawn', 'substituted', 'declined', 'released', 'left')),
  ended_at BIGINT NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX cohort_nominations_cohort ON cohort_nominations (cohort, id);
CREATE INDEX cohort_nominations_agency ON cohort_nominations (cohort, agency, id);
CREATE INDEX cohort_nominations_line ON cohort_nominations (quota, decision, line);
CREATE INDEX cohort_nominations_person ON cohort_nominations (person, cohort);
CREATE UNIQUE INDEX cohort_nominations_once ON cohort_nominations (cohort, agency, person) WHERE ending = '';

CREATE TABLE cohort_seats (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_seats_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_seats_cohort_fk REFERENCES cohort_cohorts (id),
  quota TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_seats_quota_fk REFERENCES cohort_quotas (id),
  number BIGINT NOT NULL,
  sex TEXT COLLATE "C" NOT NULL,
  station TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_seats_state CHECK (state IN ('free', 'reserved', 'offered', 'held', 'confirmed', 'withdrawn')),
  nomination TEXT COLLATE "C" CONSTRAINT cohort_seats_nomination_fk REFERENCES cohort_nominations (id),
  changed_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT cohort_seats_number UNIQUE (quota, number),
  CONSTRAINT cohort_seats_taken CHECK ((nomination IS NOT NULL) = (state IN ('offered', 'held', 'confirmed')))
);
CREATE INDEX cohort_seats_state ON cohort_seats (quota, state);
CREATE INDEX cohort_seats_cohort ON cohort_seats (cohort, state);
CREATE UNIQUE INDEX cohort_seats_one_each ON cohort_seats (nomination);

CREATE TABLE cohort_movements (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_movements_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_movements_cohort_fk REFERENCES cohort_cohorts (id),
  seat TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_movements_seat_fk REFERENCES cohort_seats (id),
  quota TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  act TEXT COLLATE "C" NOT NULL,
  from_state TEXT COLLATE "C" NOT NULL,
  to_state TEXT COLLATE "C" NOT NULL,
  nomination TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  letter TEXT COLLATE "C" NOT NULL,
  note TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT cohort_movements_order UNIQUE (cohort, position)
);
CREATE INDEX cohort_movements_seat ON cohort_movements (seat, position);
CREATE INDEX cohort_movements_quota ON cohort_movements (quota, act);
CREATE INDEX cohort_movements_person ON cohort_movements (person);

CREATE TABLE cohort_covers (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_covers_pk PRIMARY KEY,
  letter TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_covers_letter_fk REFERENCES cohort_letters (id),
  nomination TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_covers_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT COLLATE "C" NOT NULL,
  from_day TEXT COLLATE "C" NOT NULL,
  until_day TEXT COLLATE "C" NOT NULL,
  CONSTRAINT cohort_covers_once UNIQUE (letter, nomination)
);
CREATE INDEX cohort_covers_nomination ON cohort_covers (nomination);
CREATE INDEX cohort_covers_person ON cohort_covers (person);

CREATE TABLE cohort_reasons (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_reasons_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  note TEXT COLLATE "C" NOT NULL,
  said_by TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX cohort_reasons_person ON cohort_reasons (person);
CREATE INDEX cohort_reasons_cohort ON cohort_reasons (cohort, reason);

CREATE TABLE cohort_needs (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_needs_pk PRIMARY KEY,
  nomination TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_needs_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT COLLATE "C" NOT NULL,
  author TEXT COLLATE "C" NOT NULL,
  audience TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_needs_audience CHECK (audience IN ('programme', 'agency')),
  kind TEXT COLLATE "C" NOT NULL,
  note TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX cohort_needs_nomination ON cohort_needs (nomination);
CREATE INDEX cohort_needs_person ON cohort_needs (person);

CREATE TABLE cohort_arrangements (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_arrangements_pk PRIMARY KEY,
  nomination TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_arrangements_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT COLLATE "C" NOT NULL,
  maker TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_arrangements_maker CHECK (maker IN ('programme', 'agency')),
  kind TEXT COLLATE "C" NOT NULL,
  done_at BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX cohort_arrangements_nomination ON cohort_arrangements (nomination);
CREATE INDEX cohort_arrangements_person ON cohort_arrangements (person);

CREATE TABLE cohort_contacts (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_contacts_pk PRIMARY KEY,
  nomination TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_contacts_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_contacts_outcome CHECK (outcome IN ('spoken-to', 'seen', 'left-word', 'not-reached', 'unknown')),
  note TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  position BIGINT NOT NULL
);
CREATE INDEX cohort_contacts_nomination ON cohort_contacts (nomination, position);
CREATE INDEX cohort_contacts_person ON cohort_contacts (person);

CREATE TABLE cohort_exceptions (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_exceptions_pk PRIMARY KEY,
  nomination TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_exceptions_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_exceptions_kind CHECK (kind IN ('waiver', 'extension')),
  subject TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  note TEXT COLLATE "C" NOT NULL,
  until_at BIGINT NOT NULL,
  letter TEXT COLLATE "C" NOT NULL,
  signed_by TEXT COLLATE "C" NOT NULL,
  signed_at BIGINT NOT NULL
);
CREATE INDEX cohort_exceptions_nomination ON cohort_exceptions (nomination);
CREATE INDEX cohort_exceptions_person ON cohort_exceptions (person);

CREATE TABLE cohort_enrolments (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_enrolments_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_enrolments_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT COLLATE "C" NOT NULL,
  nomination TEXT COLLATE "C" NOT NULL,
  agency TEXT COLLATE "C" NOT NULL,
  agency_key TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  sex TEXT COLLATE "C" NOT NULL,
  rank_group TEXT COLLATE "C" NOT NULL,
  station TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  capacity TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_enrolments_capacity CHECK (capacity IN ('participant', 'observer', 'interpreter', 'staff', 'guest')),
  later BIGINT NOT NULL,
  joined_at BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  left_at BIGINT NOT NULL,
  left_cause TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  CONSTRAINT cohort_enrolments_once UNIQUE (cohort, person)
);
CREATE INDEX cohort_enrolments_person ON cohort_enrolments (person);

CREATE TABLE cohort_imports (
  id TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_imports_pk PRIMARY KEY,
  cohort TEXT COLLATE "C" NOT NULL CONSTRAINT cohort_imports_cohort_fk REFERENCES cohort_cohorts (id),
  quota TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  sheet BYTEA NOT NULL,
  made_at BIGINT NOT NULL
);
CREATE INDEX cohort_imports_cohort ON cohort_imports (cohort);
CREATE INDEX cohort_imports_age ON cohort_imports (made_at);
