package cohort

import (
	"context"
	"database/sql"
	"errors"
	"io"
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

// Letter is a paper on which a call, nominations, releases or a change of quota
// rest. One covers many officers.
type Letter struct {
	ID        id.Letter
	Cohort    id.Cohort
	Agency    id.Agency
	Kind      LetterKind
	Number    string
	Date      civil.Date
	Signatory string
	Post      string  // of the signatory
	File      id.File // the scan, if there is one
	FiledAt   time.Time
	FiledBy   string
	Covers    int // how many officers
	Revision  int
}

// Cover is an officer whom a letter covers, and on which days; all days of the
// programme if the range is zero.
type Cover struct {
	Nomination id.Nomination
	Days       civil.Range
}

const letterColumns = `l.id, l.cohort, l.agency, l.kind, l.number, l.dated, l.signatory, l.post, l.file, l.filed_at, l.filed_by, l.revision,
	(SELECT COUNT(*) FROM cohort_covers c WHERE c.letter = l.id)`

func scanLetter(r scanner) (Letter, error) {
	var l Letter
	var dated string
	var filed int64
	err := r.Scan(&l.ID, &l.Cohort, &l.Agency, &l.Kind, &l.Number, &dated, &l.Signatory, &l.Post, &l.File, &filed, &l.FiledBy, &l.Revision, &l.Covers)
	if err != nil {
		return l, err
	}
	l.FiledAt = db.Time(filed)
	return l, l.Date.UnmarshalText([]byte(dated))
}

func letterByID(tx *db.Tx, letter id.Letter) (Letter, error) {
	l, err := scanLetter(tx.QueryRow(`SELECT `+letterColumns+` FROM cohort_letters l WHERE l.id = ?1`, letter))
	return l, missing(err, "cohort.letter-unknown")
}

// letters lists the letters of a cohort, of one agency if it is not empty, the
// latest first.
func letters(tx *db.Tx, cohort id.Cohort, agency id.Agency) ([]Letter, error) {
	return db.Collect(tx, func(r *db.Rows) (Letter, error) { return scanLetter(r) },
		`SELECT `+letterColumns+` FROM cohort_letters l WHERE l.cohort = ?1 AND (?2 = '' OR l.agency = ?2)
		ORDER BY l.dated DESC, l.id DESC LIMIT 500`, cohort, agency)
}

// coversOf lists whom a letter covers.
func coversOf(tx *db.Tx, letter id.Letter) ([]Cover, error) {
	return db.Collect(tx, func(r *db.Rows) (Cover, error) {
		var c Cover
		var from, until string
		if err := r.Scan(&c.Nomination, &from, &until); err != nil {
			return c, err
		}
		if err := c.Days.From.UnmarshalText([]byte(from)); err != nil {
			return c, err
		}
		return c, c.Days.To.UnmarshalText([]byte(until))
	}, `SELECT nomination, from_day, until_day FROM cohort_covers WHERE letter = ?1 ORDER BY id`, letter)
}

// Filing of a letter.
type Filing struct {
	Cohort    id.Cohort
	Agency    id.Agency
	Kind      LetterKind
	Number    string
	Date      civil.Date
	Signatory string
	Post      string
	// Scan is the photographed or scanned letter, already put into the store as an
	// upload; nil if there is none yet.
	Scan   *blob.Stored
	Covers []Cover
}

// FileLetter files a letter with whom it covers. A release letter releases the
// officers it covers for its days; a nomination letter is tied to theirs.
func (s *Service) FileLetter(ctx context.Context, op id.Operation, in Filing) (id.Letter, error) {
	return once(ctx, s, op, "cohort.file-letter", func(tx *db.Tx) (id.Letter, error) {
		c, err := ByID(tx, in.Cohort)
		if err != nil {
			return "", err
		}
		if err := allow(tx, access.Create, access.Letter, c, in.Agency, "", ""); err != nil {
			return "", err
		}
		if err := in.check(); err != nil {
			return "", err
		}
		l := Letter{
			ID: id.New[id.Letter](), Cohort: in.Cohort, Agency: in.Agency, Kind: in.Kind, Number: cut(in.Number), Date: in.Date,
			Signatory: cut(in.Signatory), Post: cut(in.Post), FiledAt: tx.Now(), FiledBy: tx.Actor().ID(), Revision: 1,
		}
		if in.Scan != nil {
			l.File = in.Scan.ID
			ref := blob.Reference{Owner: "letter:" + string(l.ID), Purpose: "scan", Until: tx.Now().AddDate(10, 0, 0)}
			if err := blob.Keep(tx, *in.Scan, ref); err != nil {
				return "", err
			}
		}
		if _, err := tx.Exec(`INSERT INTO cohort_letters (id, cohort, agency, kind, number, dated, signatory, post, file, filed_at, filed_by, revision)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1)`,
			l.ID, l.Cohort, l.Agency, l.Kind, l.Number, l.Date.String(), l.Signatory, l.Post, l.File, db.Micros(l.FiledAt), l.FiledBy); err != nil {
			return "", err
		}
		if err := journal.Append(tx, journal.Entry{
			Kind: "cohort.letter-filed", Version: 1, Scope: actor.Scope{Cohort: l.Cohort, Agency: l.Agency}, Subject: string(l.ID),
			Body: letterFiled{l.Kind, len(in.Covers)},
			Rows: []journal.Row{journal.RowOf(lettersTable, l.ID)},
		}); err != nil {
			return "", err
		}
		for _, cv := range in.Covers {
			n, err := NominationByID(tx, cv.Nomination)
			if err != nil {
				return "", err
			}
			if n.Cohort != l.Cohort || n.Agency != l.Agency {
				return "", fault.New(fault.NotFound, "cohort.nomination-unknown", nil)
			}
			if err := cover(tx, l, n, cv.Days); err != nil {
				return "", err
			}
		}
		return l.ID, nil
	})
}

func (in Filing) check() error {
	var fields []fault.Field
	bad := func(name, key string) { fields = append(fields, fault.Field{Name: name, Key: key}) }
	ok := false
	for _, k := range LetterKinds() {
		ok = ok || k == in.Kind
	}
	if !ok {
		bad("kind", "fault.choose")
	}
	if cut(in.Number) == "" {
		bad("number", "fault.required")
	}
	if !in.Date.Valid() {
		bad("date", "fault.date")
	}
	if cut(in.Signatory) == "" {
		bad("signatory", "fault.required")
	}
	for _, c := range in.Covers {
		if c.Days != (civil.Range{}) && !c.Days.Valid() {
			bad("days", "cohort.days-wrong")
			break
		}
	}
	if len(fields) > 0 {
		return fault.Bad("cohort.mend", fields...)
	}
	return nil
}

// cover ties an officer to a letter and does what the letter says.
func cover(tx *db.Tx, l Letter, n Nomination, days civil.Range) error {
	if n.Cohort != l.Cohort || n.Agency != l.Agency {
		return fault.New(fault.NotFound, "cohort.letter-unknown", nil)
	}
	cid := id.New[id.Cover]()
	k, err := tx.Exec(`INSERT INTO cohort_covers (id, letter, nomination, person, from_day, until_day) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (letter, nomination) DO NOTHING`, cid, l.ID, n.ID, n.Person, days.From.String(), days.To.String())
	if err != nil || k == 0 {
		return err
	}
	if l.Kind != ReleaseLetter && l.Kind != NominationLetter {
		return tell(tx, "cohort.letter-covers", n, journal.RowOf(coversTable, cid))
	}
	if l.Kind == ReleaseLetter {
		n.Released = tx.Now()
	} else {
		n.Letter = l.ID
	}
	if err := saveNomination(tx, &n); err != nil {
		return err
	}
	if err := tell(tx, "cohort.letter-covers", n, journal.RowOf(coversTable, cid)); err != nil {
		return err
	}
	if l.Kind != ReleaseLetter {
		return nil
	}
	v := pathway.ReleaseLetter{}
	if !days.To.IsZero() {
		c, err := ByID(tx, n.Cohort)
		if err != nil {
			return err
		}
		loc, err := civil.Zone(c.Zone)
		if err != nil {
			return err
		}
		v.Until = days.To.End(loc)
	}
	return record(tx, n, v, pathway.Paper, "letter:"+string(l.ID))
}

// Calling on an agency to propose officers.
type Calling struct {
	Cohort   id.Cohort
	Agency   id.Agency
	Deadline civil.DateTime // by when nominations are asked for
	Letter   id.Letter      // the call's own letter, if it was filed
	Note     string         // what the call says besides the criteria
	// Revision is that of the call which this one replaces, as it was read; 0 for
	// the first.
	Revision int
}

// Call is what an agency was asked.
type Call struct {
	ID id.Call
	Calling
	MadeAt time.Time
}

// MakeCall makes a call, or changes the one that the agency has. A change of an
// older revision is Stale.
func (s *Service) MakeCall(ctx context.Context, op id.Operation, in Calling) (id.Call, error) {
	return once(ctx, s, op, "cohort.make-call", func(tx *db.Tx) (id.Call, error) {
		set, err := open(tx, in.Cohort)
		if err != nil {
			return "", err
		}
		if err := allow(tx, access.Create, access.Call, set.cohort, in.Agency, "", ""); err != nil {
			return "", err
		}
		if err := set.stillOpen(); err != nil {
			return "", err
		}
		if _, err := in.Deadline.Instant(); err != nil || !in.Deadline.Date.Valid() {
			return "", fault.Bad("cohort.mend", fault.Field{Name: "deadline", Key: "fault.date"})
		}
		var now int
		err = tx.QueryRow(`SELECT revision FROM cohort_calls WHERE cohort = ?1 AND agency = ?2`, in.Cohort, in.Agency).Scan(&now)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", err
		}
		if now != in.Revision {
			return "", fault.New(fault.Stale, "cohort.call-stale", nil)
		}
		call := id.New[id.Call]()
		if _, err := tx.Exec(`INSERT INTO cohort_calls (id, cohort, agency, deadline, letter, note, made_at, revision)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
			ON CONFLICT (cohort, agency) DO UPDATE SET deadline = excluded.deadline, letter = excluded.letter, note = excluded.note,
				revision = cohort_calls.revision + 1`,
			call, in.Cohort, in.Agency, in.Deadline.String(), in.Letter, cut(in.Note), db.Micros(tx.Now())); err != nil {
			return "", err
		}
		if err := tx.QueryRow(`SELECT id FROM cohort_calls WHERE cohort = ?1 AND agency = ?2`, in.Cohort, in.Agency).Scan(&call); err != nil {
			return "", err
		}
		return call, journal.Append(tx, journal.Entry{
			Kind: "cohort.called", Version: 1, Scope: actor.Scope{Cohort: in.Cohort, Agency: in.Agency}, Subject: string(call),
			Body: called{in.Deadline.String()},
			Rows: []journal.Row{journal.RowOf(callsTable, call)},
		})
	})
}

func calls(tx *db.Tx, cohort id.Cohort) ([]Call, error) {
	return db.Collect(tx, func(r *db.Rows) (Call, error) {
		var c Call
		var deadline string
		var made int64
		if err := r.Scan(&c.ID, &c.Cohort, &c.Agency, &deadline, &c.Letter, &c.Note, &made, &c.Revision); err != nil {
			return c, err
		}
		c.MadeAt = db.Time(made)
		return c, c.Deadline.UnmarshalText([]byte(deadline))
	}, `SELECT id, cohort, agency, deadline, letter, note, made_at, revision FROM cohort_calls WHERE cohort = ?1 ORDER BY agency`, cohort)
}

// Scan returns the scan of a letter that the actor may read; NotFound if there is
// none.
func (s *Service) Scan(ctx context.Context, files *blob.Store, letter id.Letter) (_ []byte, err error) {
	var f blob.File
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l, err := letterByID(tx, letter)
		if err != nil {
			return err
		}
		c, err := ByID(tx, l.Cohort)
		if err != nil {
			return err
		}
		if err := allow(tx, access.Read, access.Letter, c, l.Agency, "", string(l.ID)); err != nil {
			return err
		}
		if l.File == "" {
			return fault.New(fault.NotFound, "cohort.letter-unknown", nil)
		}
		f, err = blob.Lookup(tx, l.File)
		return err
	})
	if err != nil {
		return nil, err
	}
	r, err := files.Open(f)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r)
}
