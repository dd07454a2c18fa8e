package player

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// OutsideState is where a certificate earned elsewhere stands.
type OutsideState string

// The states of an outside certificate.
const (
	Shown     OutsideState = "shown" // waits for a decision
	Accepted  OutsideState = "accepted"
	Refused   OutsideState = "refused"
	Withdrawn OutsideState = "withdrawn" // by her, or the acceptance by staff
)

// Causes lists the reasons for which an outside certificate is refused, as keys.
func Causes() []string {
	return []string{"other-subject", "too-old", "not-readable", "not-hers", "other"}
}

// Outside is a certificate earned elsewhere.
type Outside struct {
	ID        id.Outside
	Person    id.Person
	Cohort    id.Cohort
	Module    string
	Issuer    string     // who gave it, as she wrote it
	IssuedOn  civil.Date // zero if not known
	Paper     bool       // the paper itself was seen
	File      id.File    // its scan; empty if there is none
	State     OutsideState
	Until     time.Time // accepted until then; zero for good
	Cause     string    // of Causes, where refused
	Reason    string    // what she reads about it
	ShownBy   string    // as actor.Actor.ID names them
	ShownAt   time.Time
	DecidedBy string
	DecidedAt time.Time

	fact id.Fact // the acceptance
}

// Limits of what is written and uploaded about an outside certificate.
const (
	maxIssuer  = 200
	maxReason  = 1000
	maxScan    = 10 << 20
	scanUse    = "scan"
	scanPrefix = "outside:"
)

// ShowOutside is a certificate as it is handed in.
type ShowOutside struct {
	Person   id.Person // whom it is about; the actor herself, or somebody staff enter it for
	Cohort   id.Cohort
	Module   string
	Issuer   string
	IssuedOn civil.Date
	// Paper says that a member of staff holds the paper itself.
	Paper bool
	// Scan is the file; nil if there is none. One of Paper and Scan is needed.
	Scan io.Reader
}

// outsideBody is the body of player.outside-shown, -decided and -withdrawn,
// version 1.
type outsideBody struct {
	Module string       `json:"module"`
	State  OutsideState `json:"state"`
	Until  time.Time    `json:"until,omitzero"`
	Cause  string       `json:"cause,omitempty"`
}

// ShowOutside hands in a certificate that stands for a module, by her or by
// staff for her.
func (s *Service) ShowOutside(ctx context.Context, op id.Operation, in ShowOutside) (id.Outside, error) {
	in.Issuer = strings.TrimSpace(in.Issuer)
	var fields []fault.Field
	if in.Issuer == "" {
		fields = append(fields, fault.Field{Name: "issuer", Key: "fault.required"})
	} else if len([]rune(in.Issuer)) > maxIssuer {
		fields = append(fields, fault.Field{Name: "issuer", Key: "fault.too-long", Args: fault.Args{"n": maxIssuer}})
	}
	if !in.Paper && in.Scan == nil {
		fields = append(fields, fault.Field{Name: "scan", Key: "player.outside-scan-or-paper"})
	}
	if len(fields) > 0 {
		return "", fault.Bad("fault.invalid", fields...)
	}
	var stored blob.Stored
	if in.Scan != nil {
		var err error
		if stored, err = s.files.PutUpload(in.Scan, maxScan); err != nil {
			return "", err
		}
	}
	var out id.Outside
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "player.show-outside", &out, func() error {
			place, err := s.cohorts.Place(tx, in.Person, in.Cohort)
			if err != nil {
				return err
			}
			o := Outside{
				ID: id.New[id.Outside](), Person: in.Person, Cohort: in.Cohort, Module: in.Module, Issuer: in.Issuer, IssuedOn: in.IssuedOn,
				Paper: in.Paper, File: stored.ID, State: Shown, ShownBy: tx.Actor().ID(), ShownAt: tx.Now(),
			}
			if err := access.Allow(tx.Actor(), access.Create, outsideObject(o, place)); err != nil {
				return err
			}
			if in.Paper && tx.Actor().Person == in.Person {
				return fault.Bad("fault.invalid", fault.Field{Name: "paper", Key: "player.outside-paper-staff"})
			}
			if _, err := s.out(tx, in.Module, nil); err != nil {
				return err
			}
			if stored.ID != "" {
				if err := blob.Keep(tx, stored, blob.Reference{Owner: scanPrefix + string(o.ID), Purpose: scanUse, Person: o.Person}); err != nil {
					return err
				}
			}
			out = o.ID
			return writeOutside(tx, o, "player.outside-shown")
		})
		return err
	})
	return out, err
}

// DecideOutside is a decision about a certificate.
type DecideOutside struct {
	Outside id.Outside
	Accept  bool
	Until   time.Time // accepted until then; zero for good
	Cause   string    // of Causes, where it is refused
	Reason  string    // what she reads; needed where it is refused
}

// DecideOutside accepts a certificate, for good or until a moment, or refuses it
// with a reason. Accepted, it counts as an equivalence from now on. A decision
// is taken once; to change it, the acceptance is withdrawn or the certificate
// shown again.
func (s *Service) DecideOutside(ctx context.Context, op id.Operation, in DecideOutside) error {
	in.Reason = strings.TrimSpace(in.Reason)
	var fields []fault.Field
	if !in.Accept && !slices.Contains(Causes(), in.Cause) {
		fields = append(fields, fault.Field{Name: "cause", Key: "fault.choose"})
	}
	if !in.Accept && in.Reason == "" {
		fields = append(fields, fault.Field{Name: "reason", Key: "fault.required"})
	}
	if len([]rune(in.Reason)) > maxReason {
		fields = append(fields, fault.Field{Name: "reason", Key: "fault.too-long", Args: fault.Args{"n": maxReason}})
	}
	if len(fields) > 0 {
		return fault.Bad("fault.invalid", fields...)
	}
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var done struct{}
		_, err := journal.Once(tx, op, "player.decide-outside", &done, func() error {
			o, err := outsideByID(tx, in.Outside)
			if err != nil {
				return err
			}
			place, err := s.cohorts.Place(tx, o.Person, o.Cohort)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Decide, outsideObject(o, place)); err != nil {
				return err
			}
			if o.State != Shown {
				return fault.New(fault.Closed, "player.outside-decided", nil)
			}
			if in.Accept && !in.Until.IsZero() && !in.Until.After(tx.Now()) {
				return fault.Bad("fault.invalid", fault.Field{Name: "until", Key: "player.outside-until"})
			}
			o.DecidedBy, o.DecidedAt, o.Reason, o.fact = tx.Actor().ID(), tx.Now(), in.Reason, id.New[id.Fact]()
			fact := pathway.Fact{
				ID: o.fact, Person: o.Person, Cohort: o.Cohort, Subject: o.Module, OccurredAt: tx.Now(),
				Basis: pathway.ByStaff, Source: scanPrefix + string(o.ID), Actor: tx.Actor().ID(),
			}
			if in.Accept {
				o.State, o.Until = Accepted, in.Until
				fact.Value = pathway.EquivalenceAccepted{Until: in.Until}
				if o.File != "" || o.Paper {
					fact.Basis = pathway.Paper
				}
			} else {
				o.State, o.Cause = Refused, in.Cause
				fact.Value = pathway.EquivalenceRefused{Cause: in.Cause}
			}
			if err := writeOutside(tx, o, "player.outside-decided"); err != nil {
				return err
			}
			return s.ledger.Record(tx, fact)
		})
		return err
	})
}

// WithdrawOutside takes a certificate back: hers by herself while it waits, an
// acceptance by staff, whose fact is then withdrawn.
func (s *Service) WithdrawOutside(ctx context.Context, op id.Operation, outside id.Outside) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var done struct{}
		_, err := journal.Once(tx, op, "player.withdraw-outside", &done, func() error {
			o, err := outsideByID(tx, outside)
			if err != nil {
				return err
			}
			place, err := s.cohorts.Place(tx, o.Person, o.Cohort)
			if err != nil {
				return err
			}
			object := outsideObject(o, place)
			if o.State == Accepted {
				object.Kind = access.Equalling
			}
			if err := access.Allow(tx.Actor(), access.Withdraw, object); err != nil {
				return err
			}
			was := o.State
			if was != Shown && was != Accepted {
				return fault.New(fault.Closed, "player.outside-decided", nil)
			}
			o.State = Withdrawn
			if err := writeOutside(tx, o, "player.outside-withdrawn"); err != nil || was == Shown {
				return err
			}
			return s.ledger.Record(tx, pathway.Fact{
				Person: o.Person, Cohort: o.Cohort, Subject: o.Module, Value: pathway.Withdrawn{}, Corrects: o.fact,
				OccurredAt: tx.Now(), Basis: pathway.ByStaff, Source: scanPrefix + string(o.ID), Actor: tx.Actor().ID(),
			})
		})
		return err
	})
}

// OutsideOf lists a person's outside certificates in a cohort, the latest first.
func (s *Service) OutsideOf(ctx context.Context, p id.Person, c id.Cohort) ([]Outside, error) {
	var out []Outside
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.Place(tx, p, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, outsideObject(Outside{Person: p, Cohort: c}, place)); err != nil {
			return err
		}
		out, err = outsides(tx, `WHERE person = ?1 AND cohort = ?2 ORDER BY shown_at DESC, id`, p, c)
		return err
	})
	return out, err
}

// OutsideToDecide lists the certificates of a cohort that wait for a decision,
// the oldest first: at most 100.
func (s *Service) OutsideToDecide(ctx context.Context, c id.Cohort) ([]Outside, error) {
	var out []Outside
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Outside, Place: place}); err != nil {
			return err
		}
		out, err = outsides(tx, `WHERE cohort = ?1 AND state = 'shown' ORDER BY shown_at, id LIMIT 100`, c)
		return err
	})
	return out, err
}

// Scan opens the scan of an outside certificate. The caller closes it.
func (s *Service) Scan(ctx context.Context, outside id.Outside) (*blob.Reader, error) {
	var r *blob.Reader
	err := s.db.View(ctx, func(tx *db.Tx) error {
		o, err := outsideByID(tx, outside)
		if err != nil {
			return err
		}
		place, err := s.cohorts.Place(tx, o.Person, o.Cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, outsideObject(o, place)); err != nil {
			return err
		}
		if o.File == "" {
			return fault.New(fault.NotFound, "player.no-scan", nil)
		}
		f, err := blob.Lookup(tx, o.File)
		if err != nil {
			return err
		}
		r, err = s.files.Open(f)
		return err
	})
	return r, err
}

func outsideObject(o Outside, place access.Place) access.Object {
	return access.Object{Kind: access.Outside, ID: string(o.ID), Subject: o.Person, Place: place}
}

// OutsideWaiting counts the certificates shown in a cohort that nobody decided on.
// It is for whoever checked that the reader may see them.
func OutsideWaiting(tx *db.Tx, c id.Cohort) (n int, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM player_outside WHERE cohort = ?1 AND state = ?2`, c, Shown).Scan(&n)
	return n, err
}

const outsideColumns = `id, person, cohort, module, issuer, issued_on, paper, file, state, until, cause, reason, fact,
	shown_by, shown_at, decided_by, decided_at`

func writeOutside(tx *db.Tx, o Outside, kind string) error {
	on := ""
	if !o.IssuedOn.IsZero() {
		on = o.IssuedOn.String()
	}
	if _, err := tx.Exec(`INSERT INTO player_outside (`+outsideColumns+`)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, until = excluded.until, cause = excluded.cause, reason = excluded.reason,
		fact = excluded.fact, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
		o.ID, o.Person, o.Cohort, o.Module, o.Issuer, on, db.Flag(o.Paper), o.File, string(o.State), db.Micros(o.Until), o.Cause, o.Reason,
		o.fact, o.ShownBy, db.Micros(o.ShownAt), o.DecidedBy, db.Micros(o.DecidedAt)); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Scope: actor.Scope{Cohort: o.Cohort}, Subject: string(o.ID),
		Body: outsideBody{Module: o.Module, State: o.State, Until: o.Until, Cause: o.Cause},
		Rows: []journal.Row{journal.RowOf(outsideTable(), o.ID)},
	})
}

func scanOutside(scan func(...any) error) (o Outside, err error) {
	var on string
	var paper, until, shown, decided int64
	err = scan(&o.ID, &o.Person, &o.Cohort, &o.Module, &o.Issuer, &on, &paper, &o.File, &o.State, &until, &o.Cause, &o.Reason, &o.fact,
		&o.ShownBy, &shown, &o.DecidedBy, &decided)
	if errors.Is(err, sql.ErrNoRows) {
		return o, fault.New(fault.NotFound, "player.no-outside", nil)
	}
	if err != nil {
		return o, err
	}
	o.Paper, o.Until, o.ShownAt, o.DecidedAt = paper == 1, db.Time(until), db.Time(shown), db.Time(decided)
	if on != "" {
		o.IssuedOn, err = civil.ParseDate(on)
	}
	return o, err
}

func outsideByID(tx *db.Tx, o id.Outside) (Outside, error) {
	return scanOutside(tx.QueryRow(`SELECT `+outsideColumns+` FROM player_outside WHERE id = ?1`, o).Scan)
}

func outsides(tx *db.Tx, where string, args ...any) ([]Outside, error) {
	return db.Collect(tx, func(r *db.Rows) (Outside, error) { return scanOutside(r.Scan) },
		`SELECT `+outsideColumns+` FROM player_outside `+where, args...)
}
