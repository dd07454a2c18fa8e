package cohort_test

import (
	"bytes"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// A yes on paper comes with its scan: the programme and she herself read it, her
// agency does not, and the fact says that it rests on it.
func TestAnAnswerOnPaperHasItsScan(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		files, err := blob.Open(t.TempDir(), d.Clock())
		w.must(err)
		paper := []byte("%PDF-1.4 I accept. Saima Iqbal")
		put := func() *blob.Stored {
			stored, err := files.PutUpload(bytes.NewReader(paper), 1<<20)
			w.must(err)
			return &stored
		}
		saima, nasreen := w.propose("fia", "Saima Iqbal"), w.propose("fia", "Nasreen Bibi")

		_, err = w.Accept(w.officer, op(), cohort.Said{Nomination: saima.Nomination, Basis: cohort.Telephone, Scan: put()})
		wantKind(t, "the scan of a telephone call", err, fault.Invalid)
		_, err = w.Accept(as("", saima.Person, actor.Scope{}), op(), cohort.Said{Nomination: saima.Nomination, Scan: put()})
		wantKind(t, "a scan with her own act", err, fault.Invalid)

		again := op()
		for range 2 { // resent, it is filed once
			_, err = w.Decline(w.officer, again, cohort.Said{Nomination: saima.Nomination, Basis: cohort.Paper, Reason: "family", Scan: put()})
			w.must(err)
		}
		seen, err := w.Nomination(w.officer, saima.Nomination, "en")
		w.must(err)
		if seen.Paper == "" {
			t.Fatal("her no on paper has no scan")
		}
		for who, c := range map[string]struct {
			may  bool
			read func() ([]byte, error)
		}{
			"the programme officer": {true, func() ([]byte, error) { return w.AnswerPaper(w.officer, files, seen.Paper) }},
			"she herself":           {true, func() ([]byte, error) { return w.AnswerPaper(as("", saima.Person, actor.Scope{}), files, seen.Paper) }},
			"her agency":            {false, func() ([]byte, error) { return w.AnswerPaper(w.focal, files, seen.Paper) }},
			"another officer":       {false, func() ([]byte, error) { return w.AnswerPaper(as("", nasreen.Person, actor.Scope{}), files, seen.Paper) }},
		} {
			got, err := c.read()
			if c.may && (err != nil || !bytes.Equal(got, paper)) {
				t.Errorf("%s reads %q: %v", who, got, err)
			}
			if !c.may && err == nil {
				t.Errorf("%s reads her paper", who)
			}
		}
		if agency, err := w.Nomination(w.focal, saima.Nomination, "en"); err != nil || agency.Paper != "" {
			t.Errorf("her agency is led to %q: %v", agency.Paper, err)
		}
		_, err = w.AnswerPaper(w.officer, files, id.New[id.Paper]())
		wantKind(t, "a paper that is not there", err, fault.NotFound)

		// She thinks again, by telephone: her yes does not rest on the paper of her no.
		_, err = w.Accept(w.officer, op(), cohort.Said{Nomination: saima.Nomination, Basis: cohort.Telephone})
		w.must(err)
		if seen, err = w.Nomination(w.officer, saima.Nomination, "en"); err != nil || seen.Paper != "" {
			t.Errorf("her yes by telephone shows the paper %q: %v", seen.Paper, err)
		}
		sources := map[pathway.Kind]string{}
		papers := 0
		w.view(func(tx *db.Tx) error {
			facts, err := pathway.FactsOf(tx, saima.Person, w.cohort)
			for _, f := range facts {
				sources[f.Kind()] = f.Source
			}
			if err != nil {
				return err
			}
			return tx.QueryRow(`SELECT COUNT(*) FROM cohort_papers WHERE person = ?1`, saima.Person).Scan(&papers)
		})
		if papers != 1 || sources[pathway.KindDeclined][:6] != "paper:" || sources[pathway.KindAccepted] != "nomination:"+string(saima.Nomination) {
			t.Errorf("%d papers; the facts rest on %v", papers, sources)
		}

		// Erasing her erases what she wrote.
		var paperID id.Paper
		w.update(func(tx *db.Tx) error {
			if err := tx.QueryRow(`SELECT id FROM cohort_papers WHERE person = ?1`, saima.Person).Scan(&paperID); err != nil {
				return err
			}
			_, err := blob.EraseAbout(tx, saima.Person)
			return err
		})
		_, err = w.AnswerPaper(w.officer, files, paperID)
		wantKind(t, "an erased paper", err, fault.NotFound)
	})
}
