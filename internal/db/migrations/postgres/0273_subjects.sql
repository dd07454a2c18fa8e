-- +goose Up

-- An entry of the journal about nothing in particular is found by no subject.
DROP INDEX journal_entries_subject;
CREATE INDEX journal_entries_subject ON journal_entries (subject, sequence) WHERE subject <> '';
