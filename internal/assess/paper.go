package assess

import (
	"context"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// Paper is a sheet of paper tests, entered by those who ran the test.
type Paper struct {
	Cohort  id.Cohort
	Stage   string
	TakenAt time.Time // when the test was written
	Rows    []PaperRow
}

// PaperRow is one person's paper.
type PaperRow struct {
	Person id.Person
	// Cells are what stands in the grid, by item key: points in digits of any
	// script, or the letters of the options that she chose (a for the first).
	// Empty is not answered.
	Cells map[string]string
	// Total is the total, in digits. Without cells it is the result; with cells it
	// is a check of them. A row without either is left out.
	Total string
}

func (r PaperRow) empty() bool {
	for _, c := range r.Cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return strings.TrimSpace(r.Total) == ""
}

// Entered says what became of a sheet.
type Entered struct {
	New       int // papers entered for the first time
	Corrected int // papers that were entered before and read differently now
	Same      int // papers that were entered before, the same
}

// EnterPaper takes a sheet: all of it, or, if any row has a fault, nothing. The
// fault is of kind Invalid; its fields are named "PERSON.ITEM" or
// "PERSON.total". Somebody who handed in on screen is not entered again.
func (s *Service) EnterPaper(ctx context.Context, op id.Operation, in Paper) (Entered, error) {
	var out Entered
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Entered{}
		_, err := journal.Once(tx, op, "assess.enter-paper", &out, func() error {
			return s.enter(tx, in, &out)
		})
		return err
	})
	return out, err
}

func (s *Service) enter(tx *db.Tx, in Paper, out *Entered) error {
	place, err := s.cohorts.CohortPlace(tx, in.Cohort)
	if err != nil {
		return err
	}
	if err := access.Allow(tx.Actor(), access.Record, access.Object{Kind: access.Attempt, Place: place}); err != nil {
		return err
	}
	stage, err := s.cohorts.Assessment(tx, in.Cohort, in.Stage)
	if err != nil {
		return err
	}
	if !stage.Paper {
		return fault.New(fault.Closed, "assess.no-paper", nil)
	}
	if in.TakenAt.IsZero() || in.TakenAt.After(tx.Now()) {
		return fault.Bad("fault.invalid", fault.Field{Name: "taken", Key: "assess.taken-when"})
	}
	row, err := testByKey(tx, stage.Test)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	for _, r := range in.Rows {
		if r.empty() {
			continue
		}
		if _, err := s.cohorts.Place(tx, r.Person, in.Cohort); fault.Is(err, fault.NotFound) {
			wrong = append(wrong, fault.Field{Name: string(r.Person) + ".total", Key: "assess.not-in-cohort"})
			continue
		} else if err != nil {
			return err
		}
		fields, err := s.enterRow(tx, in, r, stage, row.current, out)
		if err != nil {
			return err
		}
		wrong = append(wrong, fields...)
	}
	if len(wrong) > 0 {
		return fault.Bad("assess.sheet-wrong", wrong...)
	}
	return nil
}

// enterRow writes one paper. It returns what is wrong with the row, in which
// case the caller gives the whole sheet back.
func (s *Service) enterRow(tx *db.Tx, in Paper, r PaperRow, stage Stage, current id.TestVersion, out *Entered) ([]fault.Field, error) {
	name := func(cell string) string { return string(r.Person) + "." + cell }
	a, before, err := attemptAt(tx, r.Person, in.Cohort, in.Stage)
	if err != nil {
		return nil, err
	}
	if before && a.Medium == OnScreen {
		return []fault.Field{{Name: name("total"), Key: "assess.was-on-screen"}}, nil
	}
	if !before {
		a = Attempt{
			ID: id.New[id.Attempt](), Person: r.Person, Cohort: in.Cohort, Stage: in.Stage, Form: stage.Form, Version: current,
			Medium: OnPaper, StartedAt: in.TakenAt,
		}
	}
	t, err := s.test(tx, a.Version)
	if err != nil {
		return nil, err
	}
	answers, fields := readCells(t, r, name)
	sum := total(answers)
	byItem := len(answers) > 0
	if strings.TrimSpace(r.Total) != "" {
		n, ok := points(r.Total, t.Max())
		switch {
		case !ok:
			fields = append(fields, fault.Field{Name: name("total"), Key: "assess.total-range", Args: fault.Args{"max": t.Max()}})
		case byItem && n != sum:
			fields = append(fields, fault.Field{Name: name("total"), Key: "assess.total-differs", Args: fault.Args{"sum": sum}})
		}
		if !byItem {
			sum = n
		}
	}
	if len(fields) > 0 {
		return fields, nil
	}
	old, err := answersOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	if before && a.ByItem == byItem && a.Points == sum && sameAnswers(old, answers) && a.SubmittedAt.Equal(in.TakenAt) {
		out.Same++
		return nil, nil
	}
	corrects := a.fact
	a.State, a.ByItem, a.Points, a.Max, a.fact = Submitted, byItem, sum, t.Max(), id.New[id.Fact]()
	a.SubmittedAt, a.enteredAt, a.EnteredBy = in.TakenAt, tx.Now(), tx.Actor().ID()
	if err := writeAttempt(tx, a); err != nil {
		return nil, err
	}
	rows, err := replaceAnswers(tx, t, a, old, answers)
	if err != nil {
		return nil, err
	}
	if before {
		out.Corrected++
	} else {
		out.New++
	}
	return nil, s.record(tx, a, result(t, a, answers), basisOf(tx.Actor()), corrects, rows)
}

func basisOf(a actor.Actor) pathway.Basis {
	if a.Grant.Role == actor.Trainer {
		return pathway.ByTrainer
	}
	return pathway.ByStaff
}

// replaceAnswers writes the answers of a paper in the place of those entered
// before; an item that has none any more is entered as not answered.
func replaceAnswers(tx *db.Tx, t *Test, a Attempt, old, answers map[string]given) ([]journal.Row, error) {
	var rows []journal.Row
	for i := range t.Items {
		key := t.Items[i].Key
		g, now := answers[key]
		o, was := old[key]
		if !now && !was {
			continue
		}
		g.row = o.row
		row, err := putAnswer(tx, a, key, g)
		if err != nil {
			return nil, err
		}
		rows = append(rows, journal.RowOf(answersTable(), row))
	}
	return rows, nil
}

func sameAnswers(a, b map[string]given) bool {
	if len(a) != len(b) {
		return false
	}
	for k, x := range a {
		y, ok := b[k]
		if !ok || x.points != y.points || x.right != y.right {
			return false
		}
	}
	return true
}

// readCells marks a row's cells.
func readCells(t *Test, r PaperRow, name func(string) string) (map[string]given, []fault.Field) {
	answers := map[string]given{}
	var wrong []fault.Field
	for i := range t.Items {
		it := &t.Items[i]
		cell := strings.TrimSpace(r.Cells[it.Key])
		if cell == "" {
			continue
		}
		g, key, args := readCell(it, cell)
		if key != "" {
			wrong = append(wrong, fault.Field{Name: name(it.Key), Key: key, Args: args})
			continue
		}
		answers[it.Key] = g
	}
	return answers, wrong
}

func readCell(it *item.Item, cell string) (g given, wrong string, args fault.Args) {
	if n, ok := points(cell, it.Points); ok {
		return given{right: n == it.Points, points: n}, "", nil
	}
	if _, number := item.Decimal(cell); number {
		return g, "assess.cell-points", fault.Args{"max": it.Points}
	}
	if len(it.Options) == 0 {
		return g, "assess.cell-points", fault.Args{"max": it.Points}
	}
	seen := map[int]bool{}
	for _, c := range strings.ToLower(cell) {
		if c == ' ' || c == ',' || c == '+' {
			continue
		}
		n := int(c - 'a')
		if n < 0 || n >= len(it.Options) || seen[n] {
			return g, "assess.cell-letters", fault.Args{"last": string(rune('a' + len(it.Options) - 1))}
		}
		seen[n] = true
		g.response.Chosen = append(g.response.Chosen, n)
	}
	g.right, g.points = it.Mark(g.response)
	return g, "", nil
}

// points reads a whole number from 0 to high.
func points(s string, high int) (int, bool) {
	r, ok := item.Decimal(s)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	n := r.Num().Int64()
	if n < 0 || n > int64(high) {
		return 0, false
	}
	return int(n), true
}
