package cohort

import (
	"context"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/mail"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// Reach is one attempt to bring word to an officer, and what came of it.
type Reach struct {
	ID         id.Reach
	Nomination id.Nomination
	Channel    string // one of Channels
	Outcome    Outcome
	Note       string
	Actor      string
	At         time.Time
	// Message is the e-mail that it was, where Cadre sent it, and Mail how far it has
	// come.
	Message id.Message
	Mail    mail.Status
}

// Reached records an attempt to reach an officer. Decisions about her place
// stand beside it.
func (s *Service) Reached(ctx context.Context, op id.Operation, in Reach) (id.Reach, error) {
	return once(ctx, s, op, "cohort.reached", func(tx *db.Tx) (id.Reach, error) {
		n, _, err := load(tx, access.Record, access.Readiness, in.Nomination)
		if err != nil {
			return "", err
		}
		var fields []fault.Field
		if !known(Channels(), in.Channel) {
			fields = append(fields, fault.Field{Name: "channel", Key: "fault.choose"})
		}
		ok := false
		for _, o := range Outcomes() {
			ok = ok || o == in.Outcome
		}
		if !ok {
			fields = append(fields, fault.Field{Name: "outcome", Key: "fault.choose"})
		}
		if in.At.IsZero() {
			in.At = tx.Now()
		}
		if in.At.After(tx.Now()) {
			fields = append(fields, fault.Field{Name: "when", Key: "cohort.when-ahead"})
		}
		if len(fields) > 0 {
			return "", fault.Bad("cohort.mend", fields...)
		}
		in.Message = ""
		return s.tried(tx, n, in)
	})
}

func scanReach(r *db.Rows) (Reach, error) {
	var c Reach
	var at int64
	err := r.Scan(&c.ID, &c.Nomination, &c.Channel, &c.Outcome, &c.Note, &c.Actor, &at, &c.Message)
	c.At = db.Time(at)
	return c, err
}

// reaches lists the attempts to reach an officer, the latest first.
func reaches(tx *db.Tx, n id.Nomination) ([]Reach, error) {
	out, err := db.Collect(tx, scanReach, `SELECT id, nomination, channel, outcome, note, actor, at, message
		FROM cohort_contacts WHERE nomination = ?1 ORDER BY position DESC LIMIT 50`, n)
	if err != nil {
		return nil, err
	}
	return out, fates(tx, out)
}

// lastReaches returns the latest attempt for each of some nominations, and the
// latest by which word came to her.
func lastReaches(tx *db.Tx, ns []Nomination) (last, came map[id.Nomination]Reach, err error) {
	if len(ns) == 0 {
		return nil, nil, nil
	}
	whose := make([]id.Nomination, len(ns))
	for i, n := range ns {
		whose[i] = n.ID
	}
	latest := func(which string) (map[id.Nomination]Reach, error) {
		var args []any
		all, err := db.Collect(tx, scanReach, `SELECT c.id, c.nomination, c.channel, c.outcome, c.note, c.actor, c.at, c.message
			FROM cohort_contacts c
			WHERE c.position = (SELECT MAX(x.position) FROM cohort_contacts x WHERE x.nomination = c.nomination`+which+`)`+
			among("c.nomination", whose, &args), args...)
		if err != nil {
			return nil, err
		}
		out := make(map[id.Nomination]Reach, len(all))
		if err := fates(tx, all); err != nil {
			return nil, err
		}
		for _, r := range all {
			out[r.Nomination] = r
		}
		return out, nil
	}
	if last, err = latest(""); err != nil {
		return nil, nil, err
	}
	came, err = latest(` AND x.outcome IN ` + outcomesReached)
	return last, came, err
}

// ExceptionCauses lists why an exception may be agreed.
func ExceptionCauses() []string {
	return []string{"no-connection", "duty", "health", "family", "late-nomination", "technical", "other"}
}

// Exception is an agreed exception: something of the blueprint that is not asked
// of an officer, or is asked later.
type Exception struct {
	ID         id.Exception
	Nomination id.Nomination
	// Subject is the stage or module; empty for an extension of the seat's own
	// deadline.
	Subject string
	Cause   string // a key of ExceptionCauses
	Note    string
	// Until is, for an extension, the new deadline; for a waiver, when it ends
	// (zero: never).
	Until  civil.DateTime
	Letter id.Letter
	// Later tells an extension from a waiver.
	Later    bool
	SignedBy string
	SignedAt time.Time
}

// Except signs an agreed exception. Whoever acts signs it.
func (s *Service) Except(ctx context.Context, op id.Operation, in Exception) (id.Exception, error) {
	return once(ctx, s, op, "cohort.except", func(tx *db.Tx) (id.Exception, error) {
		n, set, err := load(tx, access.Sign, access.Waiver, in.Nomination)
		if err != nil {
			return "", err
		}
		return except(tx, n, set, in)
	})
}

// except keeps an exception and records its fact.
func except(tx *db.Tx, n Nomination, set setting, in Exception) (id.Exception, error) {
	var fields []fault.Field
	if !known(ExceptionCauses(), in.Cause) {
		fields = append(fields, fault.Field{Name: "cause", Key: "fault.choose"})
	}
	_, stage := set.plan.Stage(programme.Key(in.Subject))
	_, _, module := set.plan.Module(programme.Key(in.Subject))
	if !stage && !module {
		fields = append(fields, fault.Field{Name: "subject", Key: "fault.choose"})
	}
	if in.Later && !stage {
		fields = append(fields, fault.Field{Name: "subject", Key: "cohort.extend-stages"})
	}
	var until time.Time
	var err error
	if !in.Until.IsZero() {
		if until, err = in.Until.Instant(); err != nil {
			fields = append(fields, fault.Field{Name: "until", Key: "fault.date"})
		}
	}
	if in.Later && !until.After(tx.Now()) || !until.IsZero() && !until.After(tx.Now()) {
		fields = append(fields, fault.Field{Name: "until", Key: "cohort.until-ahead"})
	}
	if len(fields) > 0 {
		return "", fault.Bad("cohort.mend", fields...)
	}
	eid, kind := id.New[id.Exception](), "waiver"
	var v pathway.Value = pathway.WaiverSigned{Cause: in.Cause, Until: until}
	if in.Later {
		kind, v = "extension", pathway.ExtensionAgreed{Until: until}
	}
	if _, err := tx.Exec(`INSERT INTO cohort_exceptions (id, nomination, person, kind, subject, cause, note, until_at, letter, signed_by, signed_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`,
		eid, n.ID, n.Person, kind, in.Subject, in.Cause, cut(in.Note), db.Micros(until), in.Letter, tx.Actor().ID(), db.Micros(tx.Now())); err != nil {
		return "", err
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "cohort.excepted", Version: 1, Scope: actor.Scope{Cohort: n.Cohort, Agency: n.Agency}, Subject: string(eid),
		Body: excepted{kind, in.Subject, in.Cause},
		Rows: []journal.Row{journal.RowOf(exceptionsTable, eid)},
	}); err != nil {
		return "", err
	}
	return eid, pathway.Record(tx, pathway.Fact{
		Person: n.Person, Cohort: n.Cohort, Subject: in.Subject, Value: v, OccurredAt: tx.Now(), Basis: pathway.ByStaff,
		Source: "exception:" + string(eid), Actor: tx.Actor().ID(),
	})
}

func exceptions(tx *db.Tx, n id.Nomination, zone string) ([]Exception, error) {
	return db.Collect(tx, func(r *db.Rows) (Exception, error) {
		var e Exception
		var kind string
		var until, signed int64
		if err := r.Scan(&e.ID, &e.Nomination, &kind, &e.Subject, &e.Cause, &e.Note, &until, &e.Letter, &e.SignedBy, &signed); err != nil {
			return e, err
		}
		e.Later, e.SignedAt = kind == "extension", db.Time(signed)
		var err error
		if until > 0 {
			e.Until, err = civil.In(db.Time(until), zone)
		}
		return e, err
	}, `SELECT id, nomination, kind, subject, cause, note, until_at, letter, signed_by, signed_at
		FROM cohort_exceptions WHERE nomination = ?1 ORDER BY signed_at DESC, id`, n)
}

// Need is something that an officer needs, as its author said it.
type Need struct {
	ID       id.Need
	Author   string
	Audience Audience
	Kind     string
	Note     string
	At       time.Time
}

// needs lists what the actor may read of an officer's needs: the programme and
// herself all of it, her agency what it wrote.
func needs(tx *db.Tx, c Cohort, n Nomination) ([]Need, error) {
	all, err := db.Collect(tx, func(r *db.Rows) (Need, error) {
		var x Need
		var at int64
		err := r.Scan(&x.ID, &x.Author, &x.Audience, &x.Kind, &x.Note, &at)
		x.At = db.Time(at)
		return x, err
	}, `SELECT id, author, audience, kind, note, at FROM cohort_needs WHERE nomination = ?1 ORDER BY at, id`, n.ID)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, x := range all {
		o, err := object(tx, access.SupportNeed, c, n.Agency, n.Person, string(x.ID))
		if err != nil {
			return nil, err
		}
		o.Author = id.Person(x.Author)
		if access.Allows(tx.Actor(), access.Read, o) {
			out = append(out, x)
		}
	}
	return out, nil
}

// Arrangement is what somebody has to arrange for an officer. It says what,
// never why.
type Arrangement struct {
	ID         id.Arrangement
	Nomination id.Nomination
	Maker      Audience // ForProgramme or ForAgency
	Kind       string   // one of NeedKinds
	DoneAt     time.Time
}

// Arrange asks the programme or her agency to arrange something.
func (s *Service) Arrange(ctx context.Context, op id.Operation, in Arrangement) (id.Arrangement, error) {
	return once(ctx, s, op, "cohort.arrange", func(tx *db.Tx) (id.Arrangement, error) {
		n, _, err := load(tx, access.Create, access.Arrangement, in.Nomination)
		if err != nil {
			return "", err
		}
		if !known(NeedKinds(), in.Kind) || in.Maker != ForAgency && in.Maker != ForProgramme {
			return "", fault.Bad("cohort.mend", fault.Field{Name: "kind", Key: "fault.choose"})
		}
		aid := id.New[id.Arrangement]()
		if _, err := tx.Exec(`INSERT INTO cohort_arrangements (id, nomination, person, maker, kind, done_at, made_at, revision)
			VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, 1)`, aid, n.ID, n.Person, in.Maker, in.Kind, db.Micros(tx.Now())); err != nil {
			return "", err
		}
		return aid, journal.Append(tx, journal.Entry{
			Kind: "cohort.arrangement-asked", Version: 1, Scope: scope(n.Cohort), Subject: string(aid),
		})
	})
}

// Arranged records that it is arranged.
func (s *Service) Arranged(ctx context.Context, op id.Operation, arrangement id.Arrangement) error {
	_, err := once(ctx, s, op, "cohort.arranged", func(tx *db.Tx) (struct{}, error) {
		var nomination id.Nomination
		var maker Audience
		err := tx.QueryRow(`SELECT nomination, maker FROM cohort_arrangements WHERE id = ?1`, arrangement).Scan(&nomination, &maker)
		if err != nil {
			return struct{}{}, missing(err, "cohort.nomination-unknown")
		}
		verb := access.Change
		if maker == ForAgency && tx.Actor().Grant.Role == actor.FocalPoint {
			verb = access.Record
		}
		n, _, err := load(tx, verb, access.Arrangement, nomination)
		if err != nil {
			return struct{}{}, err
		}
		if _, err := tx.Exec(`UPDATE cohort_arrangements SET done_at = ?2, revision = revision + 1 WHERE id = ?1 AND done_at = 0`,
			arrangement, db.Micros(tx.Now())); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, journal.Append(tx, journal.Entry{
			Kind: "cohort.arrangement-made", Version: 1, Scope: scope(n.Cohort), Subject: string(arrangement),
		})
	})
	return err
}

// arrangements lists what is to be arranged for an officer; for her agency's
// eyes only what her agency has to arrange.
func arrangements(tx *db.Tx, n id.Nomination, agencyOnly bool) ([]Arrangement, error) {
	return db.Collect(tx, func(r *db.Rows) (Arrangement, error) {
		var a Arrangement
		var done int64
		err := r.Scan(&a.ID, &a.Nomination, &a.Maker, &a.Kind, &done)
		a.DoneAt = db.Time(done)
		return a, err
	}, `SELECT id, nomination, maker, kind, done_at FROM cohort_arrangements
		WHERE nomination = ?1 AND (?2 = 0 OR maker = 'agency') ORDER BY made_at, id`, n, db.Flag(agencyOnly))
}
