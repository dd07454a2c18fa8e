package cohort

import (
	"context"
	"database/sql"
	"errors"
	"io"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// answerPaper is the body of cohort.answer-paper.
type answerPaper struct {
	Nomination id.Nomination `json:"nomination"`
	Answer     Answer        `json:"answer"`
}

// paperSource begins the source of a fact that rests on a scanned answer.
const paperSource = "paper:"

// keepPaper files the scan of the paper on which her answer came. Erasing her
// erases it.
func keepPaper(tx *db.Tx, n Nomination, scan blob.Stored) (id.Paper, error) {
	p := id.New[id.Paper]()
	ref := blob.Reference{Owner: paperSource + string(p), Purpose: "scan", Person: n.Person, Until: tx.Now().AddDate(10, 0, 0)}
	if err := blob.Keep(tx, scan, ref); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`INSERT INTO cohort_papers (id, nomination, person, answer, file, filed_by, filed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		p, n.ID, n.Person, n.Answer, scan.ID, tx.Actor().ID(), db.Micros(tx.Now())); err != nil {
		return "", err
	}
	return p, journal.Append(tx, journal.Entry{
		Kind: "cohort.answer-paper", Version: 1, Scope: actor.Scope{Cohort: n.Cohort, Agency: n.Agency}, Subject: string(p),
		Body: answerPaper{n.ID, n.Answer}, Rows: []journal.Row{journal.RowOf(papersTable, p)},
	})
}

// paperOf returns the paper on which the answer of a nomination stands, empty if it
// came otherwise or without a scan.
func paperOf(tx *db.Tx, n Nomination) (id.Paper, error) {
	if n.Answer == NoAnswer || n.AnswerOn != Paper {
		return "", nil
	}
	var p id.Paper
	var answer Answer
	err := tx.QueryRow(`SELECT id, answer FROM cohort_papers WHERE nomination = ?1 ORDER BY filed_at DESC, id DESC LIMIT 1`, n.ID).Scan(&p, &answer)
	if errors.Is(err, sql.ErrNoRows) || err == nil && answer != n.Answer {
		return "", nil
	}
	return p, err
}

// AnswerPaper returns the scan of the paper on which an officer's own answer came.
// The programme's officers may read it, and she herself; her agency may not: she
// may have written there why she cannot come. The read is recorded. It returns
// fault.NotFound for a paper that is not there, or not there any more.
func (s *Service) AnswerPaper(ctx context.Context, files *blob.Store, paper id.Paper) (_ []byte, err error) {
	var f blob.File
	var whose id.Person
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var nomination id.Nomination
		var file id.File
		err := tx.QueryRow(`SELECT nomination, file FROM cohort_papers WHERE id = ?1`, paper).Scan(&nomination, &file)
		if err != nil {
			return missing(err, "cohort.paper-unknown")
		}
		n, _, err := load(tx, access.Read, access.Fact, nomination)
		if err != nil {
			return err
		}
		whose = n.Person
		if f, err = blob.Lookup(tx, file); err == nil && f.Erased {
			return fault.New(fault.NotFound, "cohort.paper-unknown", nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.reads.RecordRead(ctx, access.Fact, whose); err != nil {
		return nil, err
	}
	r, err := files.Open(f)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r)
}
