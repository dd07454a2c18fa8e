CREATE TABLE access_accounts (
  person TEXT NOT NULL CONSTRAINT access_accounts_pk PRIMARY KEY
    CONSTRAINT access_accounts_person_fk REFERENCES people_persons (id),
  name TEXT NOT NULL CONSTRAINT access_accounts_name_uq UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE access_credentials (
  id TEXT NOT NULL CONSTRAINT access_credentials_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT access_credentials_person_fk REFERENCES people_persons (id),
  kind TEXT NOT NULL,
  hash TEXT NOT NULL CONSTRAINT access_credentials_hash_uq UNIQUE,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_credentials_person ON access_credentials (person, kind, ended_at);
CREATE TABLE access_days (
  day TEXT NOT NULL CONSTRAINT access_days_pk PRIMARY KEY,
  secret BLOB NOT NULL
) STRICT;
CREATE TABLE access_grants (
  id TEXT NOT NULL CONSTRAINT access_grants_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT access_grants_person_fk REFERENCES people_persons (id),
  role TEXT NOT NULL,
  country TEXT NOT NULL,
  agency TEXT NOT NULL,
  programme TEXT NOT NULL,
  cohort TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  given_by TEXT NOT NULL,
  given_at INTEGER NOT NULL,
  ended_by TEXT NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_grants_given ON access_grants (given_at, id);
CREATE INDEX access_grants_person ON access_grants (person, since);
CREATE TABLE access_limits (
  key TEXT NOT NULL CONSTRAINT access_limits_pk PRIMARY KEY,
  failures INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT;
CREATE INDEX access_limits_until ON access_limits (until);
CREATE TABLE access_reads (
  day TEXT NOT NULL,
  whom TEXT NOT NULL,
  reader TEXT NOT NULL,
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  route TEXT NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT access_reads_pk PRIMARY KEY (whom, day, reader, role, kind, route)
) STRICT;
CREATE INDEX access_reads_reader ON access_reads (reader, day);
CREATE TABLE access_sessions (
  id TEXT NOT NULL CONSTRAINT access_sessions_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT access_sessions_person_fk REFERENCES people_persons (id),
  token_hash TEXT NOT NULL CONSTRAINT access_sessions_token_uq UNIQUE,
  secret BLOB NOT NULL,
  grant_id TEXT NOT NULL,
  own INTEGER NOT NULL,
  by_code INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_sessions_ends ON access_sessions (ends_at);
CREATE INDEX access_sessions_person ON access_sessions (person, created_at);
CREATE TABLE access_tokens (
  id TEXT NOT NULL CONSTRAINT access_tokens_pk PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL CONSTRAINT access_tokens_hash UNIQUE,
  scopes TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE app_marks (
	name  TEXT NOT NULL CONSTRAINT app_marks_pk PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;
CREATE TABLE archive_runs (
  id TEXT NOT NULL CONSTRAINT archive_runs_pk PRIMARY KEY,
  kind TEXT NOT NULL CONSTRAINT archive_runs_kind CHECK (kind IN ('made', 'tested', 'restored')),
  at INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sound INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX archive_runs_at ON archive_runs (kind, at);
CREATE TABLE assess_answers (
  id TEXT NOT NULL CONSTRAINT assess_answers_pk PRIMARY KEY,
  attempt TEXT NOT NULL CONSTRAINT assess_answers_attempt_fk REFERENCES assess_attempts (id),
  person TEXT NOT NULL,
  item TEXT NOT NULL,
  response TEXT NOT NULL,
  is_right INTEGER NOT NULL,
  points INTEGER NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT assess_answers_once UNIQUE (attempt, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX assess_answers_person ON assess_answers (person);
CREATE TABLE assess_attempts (
  id TEXT NOT NULL CONSTRAINT assess_attempts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  form TEXT NOT NULL,
  version TEXT NOT NULL CONSTRAINT assess_attempts_version_fk REFERENCES assess_versions (id),
  medium TEXT NOT NULL CONSTRAINT assess_attempts_medium CHECK (medium IN ('screen', 'paper')),
  state TEXT NOT NULL CONSTRAINT assess_attempts_state CHECK (state IN ('open', 'submitted')),
  language TEXT NOT NULL,
  by_item INTEGER NOT NULL,
  points INTEGER NOT NULL,
  max_points INTEGER NOT NULL,
  fact TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL,
  entered_at INTEGER NOT NULL,
  CONSTRAINT assess_attempts_once UNIQUE (person, cohort, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX assess_attempts_cohort ON assess_attempts (cohort, stage, person);
CREATE INDEX assess_attempts_due ON assess_attempts (state, due_at);
CREATE INDEX assess_attempts_version ON assess_attempts (version);
CREATE TABLE assess_tests (
  id TEXT NOT NULL CONSTRAINT assess_tests_pk PRIMARY KEY,
  programme TEXT NOT NULL,
  key TEXT NOT NULL,
  current TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT assess_tests_key UNIQUE (key)
) STRICT, WITHOUT ROWID;
CREATE TABLE assess_versions (
  id TEXT NOT NULL CONSTRAINT assess_versions_pk PRIMARY KEY,
  test TEXT NOT NULL CONSTRAINT assess_versions_test_fk REFERENCES assess_tests (id),
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  compiled BLOB NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  CONSTRAINT assess_versions_number UNIQUE (test, number),
  CONSTRAINT assess_versions_digest UNIQUE (test, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_files (
  id TEXT NOT NULL CONSTRAINT blob_files_pk PRIMARY KEY,
  kind TEXT NOT NULL CONSTRAINT blob_files_kind CHECK (kind IN ('content', 'upload')),
  size INTEGER NOT NULL,
  file_key BLOB,
  created_at INTEGER NOT NULL,
  free_since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_files_free ON blob_files (free_since);
CREATE TABLE blob_references (
  id TEXT NOT NULL CONSTRAINT blob_references_pk PRIMARY KEY,
  file TEXT NOT NULL CONSTRAINT blob_references_file_fk REFERENCES blob_files (id),
  owner TEXT NOT NULL,
  purpose TEXT NOT NULL,
  person TEXT NOT NULL,
  keep_until INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT blob_references_once UNIQUE (owner, purpose, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_references_file ON blob_references (file);
CREATE INDEX blob_references_person ON blob_references (person);
CREATE INDEX blob_references_until ON blob_references (keep_until);
CREATE VIEW coaching_counted_work AS
  SELECT cohort, stage, person, 'goal' AS what, state FROM coaching_goals
  UNION ALL
  SELECT cohort, stage, person, 'need' AS what, '' AS state FROM coaching_notes WHERE kind = 'need';
CREATE TABLE coaching_goals (
  id TEXT NOT NULL CONSTRAINT coaching_goals_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  author TEXT NOT NULL,
  due TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT coaching_goals_state CHECK (state IN ('open', 'met', 'dropped')),
  seal_key TEXT NOT NULL,
  box BLOB NOT NULL,
  written_at INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
, words INTEGER NOT NULL DEFAULT 1) STRICT, WITHOUT ROWID;
CREATE INDEX coaching_goals_person ON coaching_goals (person, cohort, stage, written_at);
CREATE TABLE coaching_notes (
  id TEXT NOT NULL CONSTRAINT coaching_notes_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT coaching_notes_kind CHECK (kind IN ('note', 'need')),
  session TEXT CONSTRAINT coaching_notes_session_fk REFERENCES coaching_sessions (id),
  author TEXT NOT NULL,
  seal_key TEXT NOT NULL,
  box BLOB NOT NULL,
  written_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX coaching_notes_person ON coaching_notes (person, cohort, stage, written_at);
CREATE INDEX coaching_notes_session ON coaching_notes (session);
CREATE TABLE coaching_pairings (
  id TEXT NOT NULL CONSTRAINT coaching_pairings_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  coach TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT coaching_pairings_state CHECK (state IN ('asked', 'active', 'declined', 'ended')),
  asked_at INTEGER NOT NULL,
  declared_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  ended_by TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX coaching_pairings_coach ON coaching_pairings (coach, state);
CREATE UNIQUE INDEX coaching_pairings_live ON coaching_pairings (cohort, stage, person) WHERE state IN ('asked', 'active');
CREATE INDEX coaching_pairings_person ON coaching_pairings (person);
CREATE TABLE coaching_sessions (
  id TEXT NOT NULL CONSTRAINT coaching_sessions_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  stage TEXT NOT NULL,
  person TEXT NOT NULL,
  coach TEXT NOT NULL,
  format TEXT NOT NULL CONSTRAINT coaching_sessions_format CHECK (format IN ('individual', 'group')),
  round TEXT NOT NULL,
  starts TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  day TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  state TEXT NOT NULL CONSTRAINT coaching_sessions_state CHECK (state IN ('proposed', 'agreed', 'withdrawn', 'closed')),
  proposed_by TEXT NOT NULL,
  proposed_at INTEGER NOT NULL,
  agreed_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  held_minutes INTEGER NOT NULL,
  closed_by TEXT NOT NULL,
  closed_at INTEGER NOT NULL,
  fact TEXT NOT NULL,
  contested TEXT NOT NULL,
  contested_by TEXT NOT NULL,
  settled_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
, proposed_on TEXT NOT NULL DEFAULT '', entered_by TEXT NOT NULL DEFAULT '', agreed_by TEXT NOT NULL DEFAULT '', agreed_on TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX coaching_sessions_coach ON coaching_sessions (coach, state, starts_at);
CREATE INDEX coaching_sessions_cohort ON coaching_sessions (cohort, stage, state, starts_at);
CREATE UNIQUE INDEX coaching_sessions_group_day ON coaching_sessions (cohort, stage, person, day) WHERE format = 'group';
CREATE INDEX coaching_sessions_person ON coaching_sessions (person, cohort, stage);
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
, message TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX cohort_contacts_nomination ON cohort_contacts (nomination, position);
CREATE INDEX cohort_contacts_person ON cohort_contacts (person);
CREATE VIEW cohort_counted_enrolments AS
  SELECT cohort, person, agency, agency_key, country, sex, rank_group, station, capacity, later FROM cohort_enrolments;
CREATE VIEW cohort_counted_letters AS
  SELECT l.cohort AS cohort, l.agency AS agency, l.kind AS kind, l.number AS number, l.dated AS dated,
    (SELECT COUNT(*) FROM cohort_covers c WHERE c.letter = l.id) AS covers
  FROM cohort_letters l;
CREATE VIEW cohort_counted_nominations AS
  SELECT n.cohort AS cohort, n.person AS person, n.agency AS agency, q.agency_key AS agency_key, n.sex AS sex, n.rank_group AS rank_group, n.station AS station
  FROM cohort_nominations n JOIN cohort_quotas q ON q.id = n.quota;
CREATE VIEW cohort_counted_quotas AS
  SELECT cohort, agency, agency_key, places FROM cohort_quotas;
CREATE VIEW cohort_counted_reasons AS
  SELECT cohort, person, reason, at FROM cohort_reasons;
CREATE TABLE cohort_counts (
  id TEXT NOT NULL CONSTRAINT cohort_counts_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  quota TEXT NOT NULL CONSTRAINT cohort_counts_quota_fk REFERENCES cohort_quotas (id),
  sex TEXT NOT NULL,
  station TEXT NOT NULL,
  what TEXT NOT NULL,
  n INTEGER NOT NULL CONSTRAINT cohort_counts_n CHECK (n >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_counts_cohort ON cohort_counts (cohort);
CREATE INDEX cohort_counts_quota ON cohort_counts (quota);
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
CREATE TABLE cohort_imports (
  id TEXT NOT NULL CONSTRAINT cohort_imports_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_imports_cohort_fk REFERENCES cohort_cohorts (id),
  quota TEXT NOT NULL,
  actor TEXT NOT NULL,
  sheet BLOB NOT NULL,
  made_at INTEGER NOT NULL
, agency TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX cohort_imports_age ON cohort_imports (made_at);
CREATE INDEX cohort_imports_cohort ON cohort_imports (cohort);
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
CREATE INDEX cohort_movements_person ON cohort_movements (person);
CREATE INDEX cohort_movements_quota ON cohort_movements (quota, act);
CREATE INDEX cohort_movements_seat ON cohort_movements (seat, position);
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
CREATE INDEX cohort_nominations_agency ON cohort_nominations (cohort, agency, id);
CREATE INDEX cohort_nominations_cohort ON cohort_nominations (cohort, id);
CREATE INDEX cohort_nominations_line ON cohort_nominations (quota, decision, line);
CREATE UNIQUE INDEX cohort_nominations_once ON cohort_nominations (cohort, agency, person) WHERE ending = '';
CREATE INDEX cohort_nominations_person ON cohort_nominations (person, cohort);
CREATE TABLE cohort_papers (
  id TEXT NOT NULL CONSTRAINT cohort_papers_pk PRIMARY KEY,
  nomination TEXT NOT NULL CONSTRAINT cohort_papers_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  answer TEXT NOT NULL CONSTRAINT cohort_papers_answer CHECK (answer IN ('yes', 'no')),
  file TEXT NOT NULL,
  filed_by TEXT NOT NULL,
  filed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cohort_papers_nomination ON cohort_papers (nomination, filed_at);
CREATE INDEX cohort_papers_person ON cohort_papers (person);
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
CREATE TABLE cohort_ranked (
  id TEXT NOT NULL CONSTRAINT cohort_ranked_pk PRIMARY KEY,
  selection TEXT NOT NULL CONSTRAINT cohort_ranked_selection_fk REFERENCES cohort_selections (id),
  person TEXT NOT NULL,
  quota_key TEXT NOT NULL,
  rank INTEGER NOT NULL,
  level INTEGER NOT NULL,
  chosen INTEGER NOT NULL,
  results TEXT NOT NULL,
  CONSTRAINT cohort_ranked_once UNIQUE (selection, person)
) STRICT;
CREATE INDEX cohort_ranked_person ON cohort_ranked (person);
CREATE TABLE cohort_reasons (
  id TEXT NOT NULL CONSTRAINT cohort_reasons_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  said_by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_reasons_cohort ON cohort_reasons (cohort, reason);
CREATE INDEX cohort_reasons_person ON cohort_reasons (person);
CREATE TABLE cohort_requests (
  id TEXT NOT NULL CONSTRAINT cohort_requests_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_requests_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT NOT NULL,
  stage TEXT NOT NULL,
  words TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  CONSTRAINT cohort_requests_once UNIQUE (cohort, person, stage)
) STRICT;
CREATE INDEX cohort_requests_person ON cohort_requests (person);
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
  revision INTEGER NOT NULL, reached INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT cohort_seats_number UNIQUE (quota, number),
  CONSTRAINT cohort_seats_taken CHECK ((nomination IS NOT NULL) = (state IN ('offered', 'held', 'confirmed')))
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_seats_cohort ON cohort_seats (cohort, state);
CREATE INDEX cohort_seats_lane ON cohort_seats (quota, state, sex, station, number);
CREATE UNIQUE INDEX cohort_seats_one_each ON cohort_seats (nomination);
CREATE INDEX cohort_seats_ring ON cohort_seats (cohort, state, reached, nomination);
CREATE INDEX cohort_seats_state ON cohort_seats (quota, state);
CREATE TABLE cohort_selections (
  id TEXT NOT NULL CONSTRAINT cohort_selections_pk PRIMARY KEY,
  cohort TEXT NOT NULL CONSTRAINT cohort_selections_cohort_fk REFERENCES cohort_cohorts (id),
  stage TEXT NOT NULL,
  places INTEGER NOT NULL,
  digest TEXT NOT NULL,
  reason TEXT NOT NULL,
  signed_by TEXT NOT NULL,
  signed_at INTEGER NOT NULL,
  state TEXT NOT NULL CONSTRAINT cohort_selections_state CHECK (state IN ('signed', 'taken-back')),
  ended_by TEXT NOT NULL,
  ended_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX cohort_selections_cohort ON cohort_selections (cohort, stage, signed_at);
CREATE TABLE cohort_steps (
  id TEXT NOT NULL CONSTRAINT cohort_steps_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  nomination TEXT NOT NULL CONSTRAINT cohort_steps_nomination_fk REFERENCES cohort_nominations (id),
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  stood TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  taken_back_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cohort_steps_nomination ON cohort_steps (nomination);
CREATE INDEX cohort_steps_person ON cohort_steps (person);
CREATE TABLE cohort_time_answers (
  id TEXT NOT NULL CONSTRAINT cohort_time_answers_pk PRIMARY KEY,
  request TEXT NOT NULL CONSTRAINT cohort_time_answers_request_fk REFERENCES cohort_requests (id) ON DELETE CASCADE,
  cohort TEXT NOT NULL CONSTRAINT cohort_time_answers_cohort_fk REFERENCES cohort_cohorts (id),
  person TEXT NOT NULL,
  stage TEXT NOT NULL,
  exception TEXT NOT NULL,
  refused TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  reply TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  CONSTRAINT cohort_time_answers_once UNIQUE (request, position)
) STRICT;
CREATE INDEX cohort_time_answers_cohort ON cohort_time_answers (cohort);
CREATE INDEX cohort_time_answers_person ON cohort_time_answers (person);
CREATE TABLE content_files (
  id TEXT NOT NULL CONSTRAINT content_files_pk PRIMARY KEY,
  version TEXT NOT NULL CONSTRAINT content_files_version_fk REFERENCES content_versions (id),
  name TEXT NOT NULL,
  file TEXT NOT NULL CONSTRAINT content_files_file_fk REFERENCES blob_files (id),
  media TEXT NOT NULL,
  CONSTRAINT content_files_name UNIQUE (version, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX content_files_file ON content_files (file);
CREATE TABLE content_languages (
  package TEXT NOT NULL CONSTRAINT content_languages_pk PRIMARY KEY CONSTRAINT content_languages_package_fk REFERENCES content_packages (module),
  module TEXT NOT NULL CONSTRAINT content_languages_module_fk REFERENCES content_packages (module),
  language TEXT NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX content_languages_language ON content_languages (module, language) WHERE ended_at = 0;
CREATE INDEX content_languages_module ON content_languages (module);
CREATE TABLE content_modules (
  id TEXT NOT NULL CONSTRAINT content_modules_pk PRIMARY KEY,
  programme TEXT NOT NULL,
  key TEXT NOT NULL,
  published TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT content_modules_key UNIQUE (key)
) STRICT, WITHOUT ROWID;
CREATE TABLE content_package_files (
  version TEXT NOT NULL,
  path TEXT NOT NULL,
  file TEXT NOT NULL CONSTRAINT content_package_files_file_fk REFERENCES blob_files (id),
  media TEXT NOT NULL,
  size INTEGER NOT NULL,
  gzip TEXT NOT NULL,
  gzip_size INTEGER NOT NULL,
  staged_at INTEGER NOT NULL, folded TEXT NOT NULL DEFAULT '',
  CONSTRAINT content_package_files_pk PRIMARY KEY (version, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX content_package_files_file ON content_package_files (file);
CREATE INDEX content_package_files_folded ON content_package_files (version, folded);
CREATE INDEX content_package_files_staged ON content_package_files (staged_at) WHERE staged_at > 0;
CREATE TABLE content_packages (
  module TEXT NOT NULL CONSTRAINT content_packages_pk PRIMARY KEY CONSTRAINT content_packages_module_fk REFERENCES content_modules (id),
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  hosts TEXT NOT NULL,
  popups INTEGER NOT NULL,
  withdrawn_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
, revision INTEGER NOT NULL DEFAULT 1, lacks_captions INTEGER NOT NULL DEFAULT 0, lacks_keyboard INTEGER NOT NULL DEFAULT 0, lacks_other TEXT NOT NULL DEFAULT '', lacks_revision INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE content_upload_parts (
  upload TEXT NOT NULL CONSTRAINT content_upload_parts_upload_fk REFERENCES content_uploads (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  start INTEGER NOT NULL,
  size INTEGER NOT NULL,
  file TEXT NOT NULL,
  CONSTRAINT content_upload_parts_pk PRIMARY KEY (upload, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX content_upload_parts_person ON content_upload_parts (person);
CREATE TABLE content_uploads (
  id TEXT NOT NULL CONSTRAINT content_uploads_pk PRIMARY KEY,
  person TEXT NOT NULL,
  programme TEXT NOT NULL,
  replaces TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  received INTEGER NOT NULL,
  version TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL
, translates TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT '', smaller INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE INDEX content_uploads_person ON content_uploads (person, programme);
CREATE INDEX content_uploads_touched ON content_uploads (touched_at);
CREATE TABLE content_versions (
  id TEXT NOT NULL CONSTRAINT content_versions_pk PRIMARY KEY,
  module TEXT NOT NULL CONSTRAINT content_versions_module_fk REFERENCES content_modules (id),
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  compiled BLOB NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  CONSTRAINT content_versions_number UNIQUE (module, number),
  CONSTRAINT content_versions_digest UNIQUE (module, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE credential_certificates (
  id TEXT NOT NULL CONSTRAINT credential_certificates_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  certificate TEXT NOT NULL,
  number TEXT NOT NULL CONSTRAINT credential_certificates_number UNIQUE,
  fact TEXT NOT NULL,
  earned_on TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  revoked_by TEXT NOT NULL,
  revoked_at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_certificates_cohort ON credential_certificates (cohort, person);
CREATE INDEX credential_certificates_person ON credential_certificates (person);
CREATE TABLE evaluation_answers (
	survey  TEXT NOT NULL CONSTRAINT evaluation_answers_survey REFERENCES evaluation_surveys (id),
	nonce   TEXT NOT NULL,
	answers TEXT NOT NULL,
	CONSTRAINT evaluation_answers_pk PRIMARY KEY (survey, nonce)
) STRICT, WITHOUT ROWID;
CREATE TABLE evaluation_boxes (
	survey TEXT NOT NULL CONSTRAINT evaluation_boxes_survey REFERENCES evaluation_surveys (id),
	nonce  TEXT NOT NULL,
	key_id TEXT NOT NULL,
	box    BLOB NOT NULL,
	CONSTRAINT evaluation_boxes_pk PRIMARY KEY (survey, nonce)
) STRICT, WITHOUT ROWID;
CREATE VIEW evaluation_counted_answers AS
  SELECT s.cohort AS cohort, s.stage AS stage, s.closes_at AS closes_at, a.answers AS answers
  FROM evaluation_answers a JOIN evaluation_surveys s ON s.id = a.survey;
CREATE VIEW evaluation_counted_use AS
  SELECT cohort, stage, person, used, obstacles, in_post, confirmed, answered_at FROM evaluation_followups;
CREATE TABLE evaluation_followups (
	id          TEXT NOT NULL CONSTRAINT evaluation_followups_pk PRIMARY KEY,
	cohort      TEXT NOT NULL,
	person      TEXT NOT NULL,
	stage       TEXT NOT NULL,
	used        TEXT NOT NULL,
	obstacles   TEXT NOT NULL,
	in_post     INTEGER NOT NULL CONSTRAINT evaluation_followups_in_post CHECK (in_post IN (0, 1)),
	words       TEXT NOT NULL,
	answered_at INTEGER NOT NULL,
	-- What the supervisor confirmed, apart from her answer.
	confirmed    TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 1,
	CONSTRAINT evaluation_followups_once UNIQUE (cohort, stage, person)
) STRICT;
CREATE INDEX evaluation_followups_person ON evaluation_followups (person);
CREATE TABLE evaluation_forms (
	id         TEXT NOT NULL CONSTRAINT evaluation_forms_pk PRIMARY KEY,
	programme  TEXT NOT NULL,
	key        TEXT NOT NULL,
	version    INTEGER NOT NULL,
	source     BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	CONSTRAINT evaluation_forms_version UNIQUE (programme, key, version)
) STRICT;
CREATE TABLE evaluation_surveys (
	id         TEXT NOT NULL CONSTRAINT evaluation_surveys_pk PRIMARY KEY,
	programme  TEXT NOT NULL,
	cohort     TEXT NOT NULL,
	stage      TEXT NOT NULL,
	form       TEXT NOT NULL CONSTRAINT evaluation_surveys_form REFERENCES evaluation_forms (id),
	opened_at  INTEGER NOT NULL,
	closes_at  INTEGER NOT NULL, sheets INTEGER NOT NULL DEFAULT 0,
	CONSTRAINT evaluation_surveys_once UNIQUE (cohort, stage)
) STRICT;
CREATE INDEX evaluation_surveys_by_form ON evaluation_surveys (form);
CREATE TABLE evaluation_testimonials (
	id         TEXT NOT NULL CONSTRAINT evaluation_testimonials_pk PRIMARY KEY,
	person     TEXT NOT NULL,
	cohort     TEXT NOT NULL,
	words      TEXT NOT NULL,
	lang       TEXT NOT NULL,
	scope      TEXT NOT NULL CONSTRAINT evaluation_testimonials_scope CHECK (scope IN ('programme', 'donor', 'public')),
	named      INTEGER NOT NULL CONSTRAINT evaluation_testimonials_named CHECK (named IN (0, 1)),
	until_at   INTEGER NOT NULL,
	state      TEXT NOT NULL CONSTRAINT evaluation_testimonials_state CHECK (state IN ('draft', 'given', 'withdrawn')),
	revision   INTEGER NOT NULL,
	given_at   INTEGER NOT NULL,
	CONSTRAINT evaluation_testimonials_one UNIQUE (cohort, person)
) STRICT;
CREATE INDEX evaluation_testimonials_person ON evaluation_testimonials (person);
CREATE TABLE evaluation_turns (
	id       TEXT NOT NULL CONSTRAINT evaluation_turns_pk PRIMARY KEY,
	survey   TEXT NOT NULL CONSTRAINT evaluation_turns_survey REFERENCES evaluation_surveys (id),
	person   TEXT NOT NULL,
	token    TEXT NOT NULL,
	answered INTEGER NOT NULL CONSTRAINT evaluation_turns_answered CHECK (answered IN (0, 1)),
	CONSTRAINT evaluation_turns_once UNIQUE (survey, person)
) STRICT;
CREATE INDEX evaluation_turns_person ON evaluation_turns (person);
CREATE INDEX evaluation_turns_token ON evaluation_turns (token);
CREATE TABLE job_queue (
  id TEXT NOT NULL CONSTRAINT job_queue_pk PRIMARY KEY,
  kind TEXT NOT NULL,
  unique_key TEXT,
  payload BLOB NOT NULL,
  state TEXT NOT NULL CONSTRAINT job_queue_state CHECK (state IN ('ready', 'leased', 'done', 'dead')),
  run_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  lease TEXT,
  lease_until INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX job_queue_due ON job_queue (state, run_at);
CREATE INDEX job_queue_ended ON job_queue (state, ended_at);
CREATE UNIQUE INDEX job_queue_unique ON job_queue (kind, unique_key) WHERE state IN ('ready', 'leased');
CREATE TABLE journal_bodies (
  lane TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  salt BLOB NOT NULL,
  body BLOB NOT NULL,
  CONSTRAINT journal_bodies_pk PRIMARY KEY (lane, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_entries (
  lane TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  origin TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  country TEXT NOT NULL,
  agency TEXT NOT NULL,
  programme TEXT NOT NULL,
  cohort TEXT NOT NULL,
  subject TEXT NOT NULL,
  previous BLOB NOT NULL,
  body_hash BLOB NOT NULL,
  hash BLOB NOT NULL,
  CONSTRAINT journal_entries_pk PRIMARY KEY (lane, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_entries_subject ON journal_entries (subject, sequence) WHERE subject <> '';
CREATE TABLE journal_hashes (
  lane TEXT NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  CONSTRAINT journal_hashes_pk PRIMARY KEY (lane, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_heads (
  lane TEXT NOT NULL CONSTRAINT journal_heads_pk PRIMARY KEY,
  origin TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_operations (
  id TEXT NOT NULL CONSTRAINT journal_operations_pk PRIMARY KEY,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  outcome BLOB NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_operations_actor ON journal_operations (actor);
CREATE INDEX journal_operations_at ON journal_operations (at);
CREATE TABLE journal_rows (
  lane TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  columns INTEGER NOT NULL,
  digest BLOB NOT NULL,
  CONSTRAINT journal_rows_pk PRIMARY KEY (lane, sequence, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_rows_row ON journal_rows (name, row_id, sequence);
CREATE TABLE lrs_accounts (
  name TEXT NOT NULL CONSTRAINT lrs_accounts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT lrs_accounts_person UNIQUE (person)
) STRICT;
CREATE TABLE lrs_activities (
  id INTEGER NOT NULL CONSTRAINT lrs_activities_pk PRIMARY KEY,
  activity TEXT NOT NULL,
  definition BLOB NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE "lrs_attachments" (
  sha2 TEXT NOT NULL,
  file TEXT NOT NULL,
  size INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  person TEXT NOT NULL,
  CONSTRAINT lrs_attachments_pk PRIMARY KEY (sha2, stored)
) STRICT, WITHOUT ROWID;
CREATE INDEX lrs_attachments_file ON lrs_attachments (file);
CREATE INDEX lrs_attachments_person ON lrs_attachments (person, sha2);
CREATE TABLE lrs_authorities (
  id INTEGER NOT NULL CONSTRAINT lrs_authorities_pk PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE lrs_derivations (
  lane TEXT NOT NULL CONSTRAINT lrs_derivations_pk PRIMARY KEY,
  sequence INTEGER NOT NULL
) STRICT;
CREATE TABLE lrs_documents (
  id TEXT NOT NULL CONSTRAINT lrs_documents_pk PRIMARY KEY,
  owner TEXT NOT NULL,
  registration TEXT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  etag TEXT NOT NULL,
  person TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX lrs_documents_owner ON lrs_documents (owner, updated_at);
CREATE INDEX lrs_documents_person ON lrs_documents (person) WHERE person <> '';
CREATE TABLE lrs_forwards (
  id TEXT NOT NULL CONSTRAINT lrs_forwards_pk PRIMARY KEY,
  title TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  account TEXT NOT NULL,
  sealed_key TEXT NOT NULL,
  sealed BLOB NOT NULL,
  filter TEXT NOT NULL,
  paused INTEGER NOT NULL,
  position INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  lease TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  created_at INTEGER NOT NULL
, refusing_since INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE lrs_heads (
  lane TEXT NOT NULL CONSTRAINT lrs_heads_pk PRIMARY KEY,
  stored INTEGER NOT NULL,
  statements INTEGER NOT NULL,
  hash BLOB NOT NULL,
  salt BLOB NOT NULL
) STRICT;
CREATE TABLE lrs_ids (
  id BLOB NOT NULL CONSTRAINT lrs_ids_pk PRIMARY KEY,
  stored INTEGER NOT NULL,
  digest BLOB NOT NULL
, erasure TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE lrs_index (
  key INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  CONSTRAINT lrs_index_pk PRIMARY KEY (key, stored)
) STRICT, WITHOUT ROWID;
CREATE TABLE lrs_keys (
  id TEXT NOT NULL CONSTRAINT lrs_keys_pk PRIMARY KEY,
  title TEXT NOT NULL,
  secret_hash BLOB NOT NULL,
  scopes TEXT NOT NULL,
  programme TEXT NOT NULL,
  agency TEXT NOT NULL,
  authority BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL
, per_minute INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE lrs_refusals (
  forward TEXT NOT NULL CONSTRAINT lrs_refusals_forward_fk REFERENCES lrs_forwards (id) ON DELETE CASCADE,
  statement TEXT NOT NULL,
  status INTEGER NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT lrs_refusals_pk PRIMARY KEY (forward, statement)
) STRICT, WITHOUT ROWID;
CREATE TABLE lrs_statements (
  stored INTEGER NOT NULL CONSTRAINT lrs_statements_pk PRIMARY KEY,
  id BLOB NOT NULL,
  authority INTEGER NOT NULL,
  version INTEGER NOT NULL,
  voided INTEGER NOT NULL,
  person TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX lrs_statements_person ON lrs_statements (person) WHERE person <> '';
CREATE TABLE lrs_targets (
  target BLOB NOT NULL,
  stored INTEGER NOT NULL,
  CONSTRAINT lrs_targets_pk PRIMARY KEY (target, stored)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE pathway_cohorts (
  id TEXT NOT NULL CONSTRAINT pathway_cohorts_pk PRIMARY KEY,
  programme TEXT NOT NULL,
  version TEXT NOT NULL,
  country TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pathway_decisions (
  fact TEXT NOT NULL CONSTRAINT pathway_decisions_pk PRIMARY KEY
    CONSTRAINT pathway_decisions_fact_fk REFERENCES pathway_facts (id),
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  blueprint TEXT NOT NULL,
  evaluator INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  digest TEXT NOT NULL,
  explanation TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_decisions_person ON pathway_decisions (person, cohort);
CREATE TABLE pathway_facts (
  id TEXT NOT NULL CONSTRAINT pathway_facts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  subject TEXT NOT NULL,
  value TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  basis TEXT NOT NULL,
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  origin TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  corrects TEXT NOT NULL,
  CONSTRAINT pathway_facts_sequence UNIQUE (origin, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_facts_cohort ON pathway_facts (cohort, kind, subject);
CREATE INDEX pathway_facts_corrects ON pathway_facts (corrects);
CREATE INDEX pathway_facts_person ON pathway_facts (person, cohort);
CREATE TABLE pathway_reviews (
  id TEXT NOT NULL CONSTRAINT pathway_reviews_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  cause TEXT NOT NULL CONSTRAINT pathway_reviews_cause_fk REFERENCES pathway_facts (id),
  decision TEXT NOT NULL CONSTRAINT pathway_reviews_decision_fk REFERENCES pathway_facts (id),
  changes TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  settled_by TEXT NOT NULL,
  outcome TEXT NOT NULL,
  CONSTRAINT pathway_reviews_once UNIQUE (cause, decision)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_reviews_cohort ON pathway_reviews (cohort, settled_at, opened_at);
CREATE INDEX pathway_reviews_decision ON pathway_reviews (decision);
CREATE INDEX pathway_reviews_person ON pathway_reviews (person);
CREATE TABLE pathway_stages (
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  stage TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  passed INTEGER NOT NULL,
  passed_at INTEGER NOT NULL,
  late INTEGER NOT NULL,
  have INTEGER NOT NULL,
  need INTEGER NOT NULL,
  unrecorded INTEGER NOT NULL,
  percent INTEGER NOT NULL,
  best INTEGER NOT NULL,
  due INTEGER NOT NULL,
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  CONSTRAINT pathway_stages_pk PRIMARY KEY (cohort, person, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_stages_due ON pathway_stages (due, person, cohort, stage) WHERE passed = 0 AND due > 0;
CREATE INDEX pathway_stages_state ON pathway_stages (cohort, stage, state, person);
CREATE TABLE pathway_standings (
  cohort TEXT NOT NULL,
  person TEXT NOT NULL,
  participation TEXT NOT NULL,
  joined_at TEXT NOT NULL,
  later INTEGER NOT NULL,
  next_key TEXT NOT NULL,
  next_stage TEXT NOT NULL,
  next_module TEXT NOT NULL,
  next_minutes INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  next_change_at INTEGER NOT NULL,
  seat_state TEXT NOT NULL,
  seat_confirmed INTEGER NOT NULL,
  seat_late INTEGER NOT NULL,
  certificate TEXT NOT NULL,
  complete INTEGER NOT NULL,
  doubts INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  digest TEXT NOT NULL,
  evaluator INTEGER NOT NULL,
  blueprint TEXT NOT NULL,
  refreshed_at INTEGER NOT NULL,
  CONSTRAINT pathway_standings_pk PRIMARY KEY (cohort, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX pathway_standings_change ON pathway_standings (next_change_at) WHERE next_change_at > 0;
CREATE INDEX pathway_standings_participation ON pathway_standings (cohort, participation, person);
CREATE INDEX pathway_standings_person ON pathway_standings (person, cohort);
CREATE INDEX pathway_standings_seat ON pathway_standings (cohort, seat_state, person);
CREATE TABLE people_affiliations (
  id TEXT NOT NULL CONSTRAINT people_affiliations_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_affiliations_person_fk REFERENCES people_persons (id),
  agency TEXT NOT NULL CONSTRAINT people_affiliations_agency_fk REFERENCES people_agencies (id),
  unit TEXT CONSTRAINT people_affiliations_unit_fk REFERENCES people_units (id),
  rank TEXT NOT NULL,
  rank_group TEXT NOT NULL,
  post TEXT NOT NULL,
  station TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_affiliations_agency ON people_affiliations (agency);
CREATE INDEX people_affiliations_person ON people_affiliations (person, since);
CREATE INDEX people_affiliations_unit ON people_affiliations (unit);
CREATE TABLE people_agencies (
  id TEXT NOT NULL CONSTRAINT people_agencies_pk PRIMARY KEY,
  parent TEXT CONSTRAINT people_agencies_parent_fk REFERENCES people_agencies (id),
  code TEXT NOT NULL CONSTRAINT people_agencies_code_uq UNIQUE,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_agencies_parent ON people_agencies (parent);
CREATE TABLE people_branches (
  ancestor TEXT NOT NULL CONSTRAINT people_branches_ancestor_fk REFERENCES people_agencies (id),
  agency TEXT NOT NULL CONSTRAINT people_branches_agency_fk REFERENCES people_agencies (id),
  depth INTEGER NOT NULL,
  CONSTRAINT people_branches_pk PRIMARY KEY (ancestor, agency)
) STRICT;
CREATE INDEX people_branches_agency ON people_branches (agency, depth);
CREATE TABLE people_contacts (
  id TEXT NOT NULL CONSTRAINT people_contacts_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_contacts_person_fk REFERENCES people_persons (id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  holder TEXT NOT NULL,
  through TEXT NOT NULL,
  safe TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_contacts_person ON people_contacts (person);
CREATE TABLE people_entered (
  id TEXT NOT NULL CONSTRAINT people_entered_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_entered_person_fk REFERENCES people_persons (id),
  what TEXT NOT NULL CONSTRAINT people_entered_what CHECK (what IN ('name', 'preferences')),
  ref TEXT NOT NULL,
  revision INTEGER NOT NULL,
  basis TEXT NOT NULL CONSTRAINT people_entered_basis CHECK (basis IN ('paper', 'telephone')),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX people_entered_person ON people_entered (person);
CREATE TABLE people_links (
	id         TEXT NOT NULL CONSTRAINT people_links_pk PRIMARY KEY,
	person     TEXT NOT NULL CONSTRAINT people_links_person REFERENCES people_persons (id),
	supervisor TEXT NOT NULL CONSTRAINT people_links_supervisor REFERENCES people_persons (id),
	since      INTEGER NOT NULL,
	until      INTEGER NOT NULL
) STRICT;
CREATE INDEX people_links_by_person ON people_links (person);
CREATE INDEX people_links_by_supervisor ON people_links (supervisor, until);
CREATE UNIQUE INDEX people_links_one ON people_links (person) WHERE until = 0;
CREATE TABLE people_names (
  id TEXT NOT NULL CONSTRAINT people_names_pk PRIMARY KEY,
  person TEXT NOT NULL CONSTRAINT people_names_person_fk REFERENCES people_persons (id),
  form TEXT NOT NULL,
  script TEXT NOT NULL,
  written TEXT NOT NULL,
  normal TEXT NOT NULL,
  sound TEXT NOT NULL,
  confirmed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_names_person ON people_names (person, form, script);
CREATE INDEX people_names_sound ON people_names (sound);
CREATE TABLE people_persons (
  id TEXT NOT NULL CONSTRAINT people_persons_pk PRIMARY KEY,
  sex TEXT NOT NULL,
  alias TEXT NOT NULL,
  officer INTEGER NOT NULL,
  sort TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX people_persons_sort ON people_persons (sort, id);
CREATE TABLE people_places (
  person TEXT NOT NULL CONSTRAINT people_places_person_fk REFERENCES people_persons (id),
  source TEXT NOT NULL,
  ref TEXT NOT NULL,
  country TEXT NOT NULL,
  agency TEXT NOT NULL,
  programme TEXT NOT NULL,
  cohort TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  CONSTRAINT people_places_pk PRIMARY KEY (person, source, ref)
) STRICT;
CREATE INDEX people_places_agency ON people_places (agency, person);
CREATE INDEX people_places_cohort ON people_places (cohort, person);
CREATE INDEX people_places_country ON people_places (country, person);
CREATE INDEX people_places_programme ON people_places (programme, person);
CREATE TABLE people_preferences (
  person TEXT NOT NULL CONSTRAINT people_preferences_pk PRIMARY KEY
    CONSTRAINT people_preferences_person_fk REFERENCES people_persons (id),
  language TEXT NOT NULL,
  calendar TEXT NOT NULL,
  zone TEXT NOT NULL,
  numerals TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE TABLE people_sites (
  id TEXT NOT NULL CONSTRAINT people_sites_pk PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  zone TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE TABLE people_units (
  id TEXT NOT NULL CONSTRAINT people_units_pk PRIMARY KEY,
  agency TEXT NOT NULL CONSTRAINT people_units_agency_fk REFERENCES people_agencies (id),
  name TEXT NOT NULL,
  station TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX people_units_agency ON people_units (agency);
CREATE TABLE people_words (
  name TEXT NOT NULL CONSTRAINT people_words_name_fk REFERENCES people_names (id),
  position INTEGER NOT NULL,
  person TEXT NOT NULL CONSTRAINT people_words_person_fk REFERENCES people_persons (id),
  word TEXT NOT NULL,
  sound TEXT NOT NULL,
  CONSTRAINT people_words_pk PRIMARY KEY (name, position)
) STRICT;
CREATE INDEX people_words_person ON people_words (person);
CREATE INDEX people_words_sound ON people_words (sound, person);
CREATE INDEX people_words_word ON people_words (word, person);
CREATE TABLE player_accounts (
  id TEXT NOT NULL CONSTRAINT player_accounts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  home_page TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_accounts_person ON player_accounts (person);
CREATE TABLE player_answers (
  id TEXT NOT NULL CONSTRAINT player_answers_pk PRIMARY KEY,
  attempt TEXT NOT NULL CONSTRAINT player_answers_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  page TEXT NOT NULL,
  item TEXT NOT NULL,
  response TEXT NOT NULL,
  is_right INTEGER NOT NULL,
  points INTEGER NOT NULL,
  carried INTEGER NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT player_answers_once UNIQUE (attempt, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_answers_person ON player_answers (person);
CREATE TABLE player_attempts (
  id TEXT NOT NULL CONSTRAINT player_attempts_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  module TEXT NOT NULL,
  version TEXT NOT NULL,
  number INTEGER NOT NULL,
  language TEXT NOT NULL,
  page TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT player_attempts_state CHECK (state IN ('open', 'passed', 'not-yet')),
  percent INTEGER NOT NULL,
  points INTEGER NOT NULL,
  max_points INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL, chosen_at INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT player_attempts_number UNIQUE (person, cohort, module, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_attempts_cohort ON player_attempts (cohort, module, person, number);
CREATE INDEX player_attempts_version ON player_attempts (version);
CREATE TABLE player_data (
  attempt TEXT NOT NULL CONSTRAINT player_data_attempt_fk REFERENCES player_attempts (id),
  activity TEXT NOT NULL,
  element TEXT NOT NULL,
  person TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT player_data_pk PRIMARY KEY (attempt, activity, element)
) STRICT;
CREATE INDEX player_data_person ON player_data (person);
CREATE TABLE player_entries (
  id TEXT NOT NULL CONSTRAINT player_entries_pk PRIMARY KEY,
  launch TEXT NOT NULL CONSTRAINT player_entries_launch_fk REFERENCES player_launches (id),
  number INTEGER NOT NULL,
  attempt TEXT NOT NULL,
  person TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT player_entries_number UNIQUE (launch, number)
) STRICT;
CREATE TABLE player_launches (
  id TEXT NOT NULL CONSTRAINT player_launches_pk PRIMARY KEY,
  attempt TEXT NOT NULL CONSTRAINT player_launches_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  session TEXT NOT NULL,
  activity TEXT NOT NULL,
  mode TEXT NOT NULL CONSTRAINT player_launches_mode CHECK (mode IN ('normal', 'browse', 'review')),
  credential TEXT NOT NULL CONSTRAINT player_launches_credential UNIQUE,
  started_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  replaced_at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_launches_attempt ON player_launches (attempt, started_at);
CREATE INDEX player_launches_person ON player_launches (person);
CREATE INDEX player_launches_session ON player_launches (session);
CREATE TABLE player_marks (
  attempt TEXT NOT NULL CONSTRAINT player_marks_attempt_fk REFERENCES player_attempts (id),
  node TEXT NOT NULL,
  mark TEXT NOT NULL CONSTRAINT player_marks_mark CHECK (mark IN ('completed', 'passed', 'failed', 'waived', 'satisfied')),
  person TEXT NOT NULL,
  session TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT player_marks_pk PRIMARY KEY (attempt, node, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_marks_person ON player_marks (person);
CREATE TABLE player_objectives (
  person TEXT NOT NULL,
  objective TEXT NOT NULL,
  value TEXT NOT NULL,
  touched_at INTEGER NOT NULL,
  CONSTRAINT player_objectives_pk PRIMARY KEY (person, objective)
) STRICT, WITHOUT ROWID;
CREATE TABLE player_outside (
  id TEXT NOT NULL CONSTRAINT player_outside_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  module TEXT NOT NULL,
  issuer TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  paper INTEGER NOT NULL,
  file TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT player_outside_state CHECK (state IN ('shown', 'accepted', 'refused', 'withdrawn')),
  until INTEGER NOT NULL,
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  fact TEXT NOT NULL,
  shown_by TEXT NOT NULL,
  shown_at INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_outside_cohort ON player_outside (cohort, state, shown_at);
CREATE INDEX player_outside_person ON player_outside (person, shown_at);
CREATE TABLE player_pages (
  attempt TEXT NOT NULL CONSTRAINT player_pages_attempt_fk REFERENCES player_attempts (id),
  page TEXT NOT NULL,
  person TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT player_pages_state CHECK (state IN ('read', 'skipped')),
  at INTEGER NOT NULL,
  CONSTRAINT player_pages_pk PRIMARY KEY (attempt, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_pages_person ON player_pages (person);
CREATE TABLE player_paths (
  id TEXT NOT NULL CONSTRAINT player_paths_pk PRIMARY KEY,
  person TEXT NOT NULL,
  version TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT player_paths_person UNIQUE (person, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE player_rulings (
  id TEXT NOT NULL CONSTRAINT player_rulings_pk PRIMARY KEY,
  person TEXT NOT NULL,
  cohort TEXT NOT NULL,
  module TEXT NOT NULL,
  attempt TEXT NOT NULL,
  step TEXT NOT NULL CONSTRAINT player_rulings_step CHECK (step IN ('restart', 'move', 'reopen', 'close', 'complete', 'exempt')),
  reason TEXT NOT NULL,
  fact TEXT NOT NULL,
  was_state TEXT NOT NULL,
  was_percent INTEGER NOT NULL,
  was_finished INTEGER NOT NULL,
  ruled_by TEXT NOT NULL,
  ruled_at INTEGER NOT NULL,
  back_by TEXT NOT NULL,
  back_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_rulings_person ON player_rulings (person, cohort, module, ruled_at);
CREATE TABLE player_runs (
  attempt TEXT NOT NULL CONSTRAINT player_runs_pk PRIMARY KEY CONSTRAINT player_runs_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  log_key BLOB NOT NULL,
  completion TEXT NOT NULL,
  success TEXT NOT NULL,
  scaled TEXT NOT NULL,
  raw TEXT NOT NULL,
  lowest TEXT NOT NULL,
  highest TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  suspended INTEGER NOT NULL,
  launch TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_runs_person ON player_runs (person);
CREATE TABLE player_sessions (
  id TEXT NOT NULL CONSTRAINT player_sessions_pk PRIMARY KEY,
  launch TEXT NOT NULL CONSTRAINT player_sessions_launch_fk REFERENCES player_launches (id),
  attempt TEXT NOT NULL CONSTRAINT player_sessions_attempt_fk REFERENCES player_attempts (id),
  person TEXT NOT NULL,
  activity TEXT NOT NULL,
  mode TEXT NOT NULL CONSTRAINT player_sessions_mode CHECK (mode IN ('normal', 'browse', 'review')),
  launched_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  initialized_at INTEGER NOT NULL,
  terminated_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  judged INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  abandoned_at INTEGER NOT NULL
, preferred_at INTEGER NOT NULL DEFAULT 0, heard_at INTEGER NOT NULL DEFAULT 0, opened_in TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX player_sessions_attempt ON player_sessions (attempt);
CREATE INDEX player_sessions_launch ON player_sessions (launch);
CREATE INDEX player_sessions_person ON player_sessions (person);
CREATE TABLE player_tickets (
  launch TEXT NOT NULL CONSTRAINT player_tickets_pk PRIMARY KEY CONSTRAINT player_tickets_launch_fk REFERENCES player_launches (id),
  person TEXT NOT NULL,
  back TEXT NOT NULL,
  own_window INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX player_tickets_person ON player_tickets (person);
CREATE TABLE player_units (
  attempt TEXT NOT NULL CONSTRAINT player_units_attempt_fk REFERENCES player_attempts (id),
  activity TEXT NOT NULL,
  person TEXT NOT NULL,
  completion TEXT NOT NULL,
  success TEXT NOT NULL,
  scaled TEXT NOT NULL,
  raw TEXT NOT NULL,
  lowest TEXT NOT NULL,
  highest TEXT NOT NULL,
  percent INTEGER NOT NULL,
  seconds INTEGER NOT NULL,
  leaving TEXT NOT NULL,
  touched_at INTEGER NOT NULL,
  CONSTRAINT player_units_pk PRIMARY KEY (attempt, activity)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_units_person ON player_units (person);
CREATE TABLE programme_programmes (
  id TEXT NOT NULL CONSTRAINT programme_programmes_pk PRIMARY KEY,
  key TEXT NOT NULL CONSTRAINT programme_programmes_key UNIQUE,
  country TEXT NOT NULL,
  latest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE programme_versions (
  id TEXT NOT NULL CONSTRAINT programme_versions_pk PRIMARY KEY,
  programme TEXT NOT NULL CONSTRAINT programme_versions_programme_fk REFERENCES programme_programmes (id),
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  format INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  CONSTRAINT programme_versions_number UNIQUE (programme, number),
  CONSTRAINT programme_versions_digest UNIQUE (programme, digest)
) STRICT;
CREATE TABLE report_eligible_staff (
  id TEXT NOT NULL CONSTRAINT report_eligible_staff_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  agency_key TEXT NOT NULL,
  women INTEGER NOT NULL CONSTRAINT report_eligible_staff_women CHECK (women >= 0),
  everyone INTEGER NOT NULL CONSTRAINT report_eligible_staff_everyone CHECK (everyone >= 1 AND everyone >= women),
  counted_on TEXT NOT NULL,
  source TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  entered_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CONSTRAINT report_eligible_staff_once UNIQUE (cohort, agency_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE report_releases (
  id TEXT NOT NULL CONSTRAINT report_releases_pk PRIMARY KEY,
  cohort TEXT NOT NULL,
  programme TEXT NOT NULL,
  country TEXT NOT NULL,
  version TEXT NOT NULL,
  number INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  partners TEXT NOT NULL,
  outside TEXT NOT NULL,
  backing TEXT NOT NULL,
  differences TEXT NOT NULL,
  digest TEXT NOT NULL,
  signed_by TEXT NOT NULL,
  signed_at INTEGER NOT NULL,
  CONSTRAINT report_releases_number UNIQUE (cohort, number)
) STRICT;
CREATE INDEX report_releases_signed ON report_releases (signed_at);
CREATE TABLE retention_erasures (
  person TEXT NOT NULL CONSTRAINT retention_erasures_pk PRIMARY KEY,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  authority TEXT NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE INDEX workshop_admissions_in_place_of ON workshop_admissions (in_place_of);
CREATE INDEX workshop_admissions_person ON workshop_admissions (person);
CREATE INDEX workshop_admissions_register ON workshop_admissions (register);
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
CREATE INDEX workshop_changes_cohort ON workshop_changes (cohort, at);
CREATE INDEX workshop_changes_session ON workshop_changes (session);
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
CREATE INDEX workshop_contacts_erase_at ON workshop_contacts (erase_at);
CREATE INDEX workshop_contacts_person ON workshop_contacts (person);
CREATE TABLE workshop_contests (
  id TEXT NOT NULL CONSTRAINT workshop_contests_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_contests_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  says TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  mode TEXT NOT NULL,
  words TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL CONSTRAINT workshop_contests_answer CHECK (answer IN ('', 'corrected', 'stands')),
  reply TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX workshop_contests_open ON workshop_contests (register, person) WHERE answer = '';
CREATE INDEX workshop_contests_person ON workshop_contests (person);
CREATE INDEX workshop_contests_register ON workshop_contests (register);
CREATE VIEW workshop_counted_sheets AS
  SELECT h.cohort AS cohort, h.stage AS stage, h.half_key AS half_key, h.starts AS starts, h.starts_at AS starts_at, h.closed_at AS closed_at,
    (SELECT COUNT(*) FROM workshop_sheets s WHERE s.register = h.id) AS filed
  FROM workshop_half_days h;
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
CREATE INDEX workshop_declarations_erase_at ON workshop_declarations (erase_at);
CREATE INDEX workshop_declarations_person ON workshop_declarations (person);
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
CREATE INDEX workshop_evidence_person ON workshop_evidence (person);
CREATE INDEX workshop_evidence_register ON workshop_evidence (register, person);
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
CREATE TABLE workshop_seen (
  id TEXT NOT NULL CONSTRAINT workshop_seen_pk PRIMARY KEY,
  change_id TEXT NOT NULL CONSTRAINT workshop_seen_change_fk REFERENCES workshop_changes (id),
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  CONSTRAINT workshop_seen_once UNIQUE (change_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_seen_person ON workshop_seen (person);
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
CREATE TABLE workshop_sheets (
  id TEXT NOT NULL CONSTRAINT workshop_sheets_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_sheets_register_fk REFERENCES workshop_half_days (id),
  file TEXT NOT NULL,
  signed INTEGER NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_sheets_register ON workshop_sheets (register);
CREATE TABLE workshop_tries (
  id TEXT NOT NULL CONSTRAINT workshop_tries_pk PRIMARY KEY,
  register TEXT NOT NULL CONSTRAINT workshop_tries_register_fk REFERENCES workshop_half_days (id),
  person TEXT NOT NULL,
  tries INTEGER NOT NULL,
  CONSTRAINT workshop_tries_once UNIQUE (register, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX workshop_tries_person ON workshop_tries (person);
