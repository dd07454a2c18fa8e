package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"cadre/internal/db"
	"cadre/internal/fault"
)

// KindRedaction is the kind of the entry that a redaction leaves.
const KindRedaction = "journal.redacted"

// Redacted is the body of an entry of [KindRedaction].
type Redacted struct {
	// Entries are the sequences whose bodies were destroyed, in order.
	Entries []int64 `json:"entries"`
	// Why is a code, such as "person-erased".
	Why string `json:"why"`
	// Authority is the id of the person or letter that ordered it, or the code
	// of the rule.
	Authority string `json:"authority"`
}

// Redaction says what to redact and why.
type Redaction struct {
	Entries   []int64
	Why       string
	Authority string
	// Tables are the declarations of all tables, by which surviving rows are
	// vouched for anew.
	Tables []db.Table
	// Rows were changed by this transaction and have no newer entry: the
	// redaction vouches for them as they are now.
	Rows []Row
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Redact destroys the bodies of entries, with their salts and digests, and
// appends the entry that says so. The chain stays whole: it holds hashes only.
//
// Rows whose latest entry is redacted would lose the only thing that vouches
// for them. They are compared with it once more and then vouched for by the
// redaction; a row that differs is a [fault.Conflict], because a redaction must
// not make a forgery right. The beginnings of incarnations and redactions
// themselves cannot be redacted. Entries that are redacted already are passed
// over; if none is left, nothing is written.
func Redact(tx *db.Tx, r Redaction) error {
	if !codeForm.MatchString(r.Why) || r.Authority == "" {
		return fmt.Errorf("journal: a redaction needs a code and an authority, not %q and %q", r.Why, r.Authority)
	}
	lane := db.Main.String()
	known := map[[2]string]bool{}
	for _, row := range r.Rows {
		known[[2]string{row.Table.Name, row.ID}] = true
	}
	rows := slices.Clone(r.Rows)
	body := Redacted{Why: r.Why, Authority: r.Authority}
	sequences := slices.Clone(r.Entries)
	slices.Sort(sequences)
	for _, seq := range slices.Compact(sequences) {
		var kind string
		var salt []byte
		found, err := db.Collect(tx, func(rows *db.Rows) (struct{}, error) {
			return struct{}{}, rows.Scan(&kind, &salt)
		}, `SELECT e.kind, b.salt FROM journal_entries e LEFT JOIN journal_bodies b ON b.lane = e.lane AND b.sequence = e.sequence
			WHERE e.lane = ?1 AND e.sequence = ?2`, lane, seq)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return fault.New(fault.NotFound, "journal.no-entry", fault.Args{"entry": seq})
		case kind == KindRedaction || kind == KindIncarnation:
			return fault.New(fault.Conflict, "journal.not-redactable", fault.Args{"entry": seq})
		case salt == nil:
			continue
		}
		survivors, err := latestRows(tx, seq)
		if err != nil {
			return err
		}
		for _, v := range survivors {
			if known[[2]string{v.name, v.id}] {
				continue
			}
			known[[2]string{v.name, v.id}] = true
			i := slices.IndexFunc(r.Tables, func(t db.Table) bool { return t.Name == v.name })
			if i < 0 {
				return fmt.Errorf("journal: entry %d vouches for table %s, which nobody declares", seq, v.name)
			}
			row := Row{Table: r.Tables[i], ID: v.id}
			now, err := vouch(tx, salt, row, v.columns)
			if err != nil {
				return err
			}
			if now.digest != v.digest {
				return fault.New(fault.Conflict, "journal.row-differs", fault.Args{"table": v.name, "row": v.id, "entry": seq})
			}
			rows = append(rows, row)
		}
		body.Entries = append(body.Entries, seq)
		for _, table := range []string{"journal_rows", "journal_bodies"} {
			if _, err := tx.Exec(`DELETE FROM `+table+` WHERE lane = ?1 AND sequence = ?2`, lane, seq); err != nil {
				return err
			}
		}
	}
	if len(body.Entries) == 0 && len(rows) == 0 {
		return nil
	}
	return Append(tx, Entry{Kind: KindRedaction, Version: 1, Subject: r.Authority, Body: body, Rows: rows})
}

// latestRows returns the rows for which the entry seq is the latest.
func latestRows(tx *db.Tx, seq int64) ([]vouched, error) {
	return db.Collect(tx, scanVouched, `SELECT r.name, r.row_id, r.columns, r.digest FROM journal_rows r
		WHERE r.lane = ?1 AND r.sequence = ?2 AND NOT EXISTS (SELECT 1 FROM journal_rows n
			WHERE n.name = r.name AND n.row_id = r.row_id AND n.lane = r.lane
			AND (n.sequence > r.sequence OR n.sequence = r.sequence AND n.position > r.position))
		ORDER BY r.position`, db.Main.String(), seq)
}

func scanVouched(rows *db.Rows) (vouched, error) {
	var v vouched
	var digest []byte
	if err := rows.Scan(&v.name, &v.id, &v.columns, &digest); err != nil {
		return v, err
	}
	var err error
	v.digest, err = hashOf(digest)
	return v, err
}

// Mentions returns the sequences of entries after the sequence after whose
// subject is the id, whose body holds it, or which vouch for one of the given
// rows, in order; but none of the kinds in except. It reads the journal to its
// end: erasing a person is rare and must be thorough.
func Mentions(tx *db.Tx, id string, rows []Row, after int64, except ...string) ([]int64, error) {
	except = append(slices.Clone(except), KindRedaction, KindIncarnation)
	from := after
	if id == "" {
		return nil, errors.New("journal: mentions of nobody")
	}
	var out []int64
	for {
		page, err := Tail(tx, after, tailPage)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			after = r.Sequence
			if r.Body == nil || slices.Contains(except, r.Kind) {
				continue
			}
			if r.Subject == id || bytes.Contains(r.Body, []byte(id)) {
				out = append(out, r.Sequence)
			}
		}
		if len(page) < tailPage {
			break
		}
	}
	for _, row := range rows {
		_, err := db.Collect(tx, func(r *db.Rows) (struct{}, error) {
			var seq int64
			var kind string
			err := r.Scan(&seq, &kind)
			if !slices.Contains(except, kind) {
				out = append(out, seq)
			}
			return struct{}{}, err
		}, `SELECT r.sequence, e.kind FROM journal_rows r JOIN journal_entries e ON e.lane = r.lane AND e.sequence = r.sequence
			WHERE r.lane = ?1 AND r.name = ?2 AND r.row_id = ?3 AND r.sequence > ?4`,
			db.Main.String(), row.Table.Name, row.ID, from)
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// redactedBy decodes the body of a redaction.
func redactedBy(body []byte) (Redacted, error) {
	var r Redacted
	err := json.Unmarshal(body, &r)
	return r, err
}
