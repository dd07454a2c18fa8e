package e2e_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"cadre/internal/app"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/lrs/statement"
)

// A diary is what was asked for, and what came of it, in the eyes of those who
// asked.
type diary struct {
	w     world
	lines []*line
}

// line is a deed in a diary.
type line struct {
	deed
	got
	begun, done int  // moments of the disk
	answered    bool // it came back without an error
}

func (d *diary) begin(x deed, moment int) *line {
	l := &line{deed: x, begun: moment}
	d.lines = append(d.lines, l)
	return l
}

// at is the diary as it was at a moment: what was answered later was not yet.
// Moments count from the last start of the machine; lines from before it have the
// moment 0.
func (d *diary) at(moment int) *diary {
	out := &diary{w: d.w}
	for _, l := range d.lines {
		if l.begun > moment {
			continue
		}
		c := *l
		if c.answered && c.done > moment {
			c.answered, c.got = false, got{}
		}
		out.lines = append(out.lines, &c)
	}
	return out
}

// restart forgets the moments, as a machine that starts again does.
func (d *diary) restart() {
	for _, l := range d.lines {
		l.begun, l.done = 0, 0
	}
}

// open lists what was never answered.
func (d *diary) open() (out []*line) {
	for _, l := range d.lines {
		if !l.answered {
			out = append(out, l)
		}
	}
	return out
}

// of lists what was asked about a person, by what was asked.
func (d *diary) of(p cohort.Proposed, do string) (out []*line) {
	for _, l := range d.lines {
		if l.Of == p && l.Do == do {
			out = append(out, l)
		}
	}
	return out
}

// officers are all whom the diary knows, but for those whom somebody has asked to
// erase.
func (d *diary) officers() []cohort.Proposed {
	all := slices.Clone(d.w.Officers)
	for _, l := range d.lines {
		if l.Do == "propose" && l.answered {
			all = append(all, l.Proposed)
		}
	}
	return slices.DeleteFunc(all, func(p cohort.Proposed) bool { return len(d.of(p, "erase")) > 0 })
}

// about is the person whom a line is about; empty where it is about none, or where
// it is not known yet who she is.
func (l *line) about() id.Person {
	if l.Do == "propose" {
		return l.Proposed.Person
	}
	return l.Of.Person
}

// bare says that a deed carries no operation id: it may be repeated by its nature.
func (l *line) bare() bool {
	return l.Do == "backup" || l.Do == "commit" || l.Do == "statements"
}

// seen is what there is, in an instance, of what a diary tells of.
type seen struct {
	outcomes       map[id.Operation]bool
	effects        map[id.Operation]int
	files          map[id.Operation]string // what a file's bytes are, or why not
	erased         map[id.Person]bool
	seats, sitters int
}

// see looks into an instance for whatever the diary tells of, answered or not.
func (d *diary) see(a *app.App) (seen, error) {
	s := seen{outcomes: map[id.Operation]bool{}, effects: map[id.Operation]int{}, files: map[id.Operation]string{}, erased: map[id.Person]bool{}}
	err := a.DB.View(context.Background(), func(tx *db.Tx) error {
		ops, err := db.Collect(tx, func(r *db.Rows) (o id.Operation, err error) { return o, r.Scan(&o) }, `SELECT id FROM journal_operations`)
		if err != nil {
			return err
		}
		for _, o := range ops {
			s.outcomes[o] = true
		}
		gone, err := db.Collect(tx, func(r *db.Rows) (p id.Person, err error) { return p, r.Scan(&p) }, `SELECT person FROM retention_erasures`)
		if err != nil {
			return err
		}
		for _, p := range gone {
			s.erased[p] = true
		}
		for _, l := range d.lines {
			q, args := l.effect()
			if q == "" {
				continue
			}
			var n int
			if err := tx.QueryRow(q, args...).Scan(&n); err != nil {
				return err
			}
			s.effects[l.Op] = n
		}
		return tx.QueryRow(`SELECT COUNT(*), COUNT(DISTINCT nomination) FROM cohort_seats WHERE state = 'confirmed'`).Scan(&s.seats, &s.sitters)
	})
	for _, l := range d.lines {
		switch l.Do {
		case "letter":
			b, err := a.Cohort.Scan(officer(), a.Files, l.Letter)
			s.files[l.Op] = readAs(sumOf(b), err)
		case "backup":
			sum, err := digestOf(filepath.Join(filepath.Dir(a.Config.Data), "backups", filepath.Base(l.Path)))
			s.files[l.Op] = readAs(sum, err)
		}
	}
	return s, err
}

func readAs(sum string, err error) string {
	if err != nil {
		return "unreadable"
	}
	return sum
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// amiss is a deed that is not there, or there twice.
type amiss struct {
	error
	twice bool
}

// check looks, in an instance, for everything that the diary says was answered,
// and that nothing is there in part or twice.
func (d *diary) check(a *app.App) error {
	s, err := d.see(a)
	return errors.Join(err, d.judge(s))
}

// judge compares what was seen with the diary.
func (d *diary) judge(s seen) error {
	var errs []error
	asked := map[id.Person]bool{} // to erase her
	for _, l := range d.lines {
		asked[l.Of.Person] = asked[l.Of.Person] || l.Do == "erase"
	}
	for p := range s.erased {
		if !asked[p] {
			errs = append(errs, amiss{fmt.Errorf("%s is erased, and nobody asked for it", p), false})
		}
	}
	for _, l := range d.lines {
		bad := func(twice bool, format string, args ...any) {
			errs = append(errs, amiss{fmt.Errorf("%s %s (answered: %v): %s", l.Do, l.Op, l.answered, fmt.Sprintf(format, args...)), twice})
		}
		if l.Do == "erase" {
			if l.answered && !s.erased[l.Of.Person] {
				bad(false, "she is not erased")
			}
			if n := s.effects[l.Op]; s.erased[l.Of.Person] && n > 0 {
				bad(false, "she is erased, and has %d names", n)
			}
		} else if s.erased[l.about()] { // nothing of her is to be there
			continue
		}
		known := s.outcomes[l.Op]
		if !l.bare() && l.answered && !known {
			bad(false, "its outcome is lost")
		}
		if n, ok := s.effects[l.Op]; ok && l.Do != "erase" {
			want := 0
			if l.bare() && (l.answered || n > 0) || known {
				want = l.times()
			}
			if n != want {
				bad(n > want, "it is there %d times, want %d", n, want)
			}
		}
		if !l.answered {
			continue
		}
		switch l.Do {
		case "letter":
			if sum := s.files[l.Op]; sum != sumOf(scanOf(l.Op)) {
				bad(false, "its scan reads %s", sum)
			}
		case "backup":
			if sum := s.files[l.Op]; sum != l.Digest {
				bad(false, "the backup is another one now: %s", sum)
			}
		}
	}
	// No more seats than places, and nobody has two of them.
	if s.seats > d.w.Places || s.seats != s.sitters {
		errs = append(errs, fmt.Errorf("%d seats are confirmed to %d officers", s.seats, s.sitters))
	}
	return errors.Join(errs...)
}

// effect is a query that counts what a deed did: so many [line.times], or not at
// all. That of an erasure counts what is left of her.
func (l *line) effect() (string, []any) {
	switch l.Do {
	case "propose":
		return `SELECT COUNT(*) FROM cohort_nominations n JOIN people_names m ON m.person = n.person WHERE m.written = ?1`, []any{"Officer " + string(l.Op)}
	case "accept":
		return `SELECT COUNT(*) FROM pathway_facts WHERE kind = 'accepted' AND person = ?1`, []any{l.Of.Person}
	case "mark":
		return `SELECT COUNT(*) FROM pathway_facts WHERE kind = 'attendance.verdict' AND person = ?1 AND subject = ?2`, []any{l.Of.Person, []string{"mon-am", "mon-pm"}[l.Half]}
	case "sit":
		return `SELECT COUNT(*) FROM assess_attempts WHERE person = ?1`, []any{l.Of.Person}
	case "hand-in":
		return `SELECT COUNT(*) FROM pathway_facts WHERE kind = 'assessment.submitted' AND person = ?1`, []any{l.Of.Person}
	case "close":
		return `SELECT COUNT(*) FROM coaching_sessions WHERE id = ?1 AND state = 'closed'`, []any{l.deed.Session}
	case "letter":
		return `SELECT COUNT(*) FROM cohort_letters WHERE number = ?1`, []any{"1/" + string(l.Op)}
	case "launch":
		return `SELECT COUNT(*) FROM player_launches WHERE person = ?1`, []any{l.Of.Person}
	case "commit":
		return `SELECT COUNT(*) FROM player_entries WHERE digest = ?1 AND launch IN (SELECT id FROM player_launches WHERE person = ?2)`, []any{sumOf(entryOf(l.Op)), l.Of.Person}
	case "statements":
		args := make([]any, statementsOf)
		for n := range args {
			u, _ := statement.ParseUUID(statementID(l.Op, n))
			args[n] = u[:]
		}
		return `SELECT COUNT(*) FROM lrs_statements WHERE id IN (?1, ?2, ?3)`, args
	case "erase":
		return `SELECT COUNT(*) FROM people_names WHERE person = ?1`, []any{l.Of.Person}
	}
	return "", nil
}

// times is how often a deed that is done is counted.
func (l *line) times() int {
	if l.Do == "statements" {
		return statementsOf
	}
	return 1
}
