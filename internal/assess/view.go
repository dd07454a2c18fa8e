package assess

import (
	"context"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
)

// Cover is a test as she finds it before she opens it.
type Cover struct {
	Stage   Stage
	Test    *Test
	Attempt Attempt // zero if she has not begun
	// NotOpen says why she cannot begin yet; nil if she can, or has.
	NotOpen error
}

// Cover returns what the actor finds before she opens a stage's test.
func (s *Service) Cover(ctx context.Context, c id.Cohort, stage string) (*Cover, error) {
	out := &Cover{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		who := tx.Actor().Person
		place, err := s.cohorts.Place(tx, who, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Create, attemptObject(access.Attempt, Attempt{Person: who}, place)); err != nil {
			return err
		}
		if out.Stage, err = s.cohorts.Assessment(tx, c, stage); err != nil {
			return err
		}
		a, begun, err := attemptAt(tx, who, c, stage)
		if err != nil {
			return err
		}
		version := a.Version
		if begun {
			out.Attempt = a
		} else {
			row, err := testByKey(tx, out.Stage.Test)
			if err != nil {
				return err
			}
			version = row.current
			if err := s.ledger.StageOpen(tx, who, c, stage); fault.Is(err, fault.Closed) {
				out.NotOpen = err
			} else if err != nil {
				return err
			}
		}
		out.Test, err = s.test(tx, version)
		return err
	})
	return out, err
}

// Stages lists the assessment stages of a cohort's blueprint, in its order, for
// those who may see its tests.
func (s *Service) Stages(ctx context.Context, c id.Cohort) ([]Stage, error) {
	var out []Stage
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Test, Place: place}); err != nil {
			return err
		}
		out, err = s.cohorts.Assessments(tx, c)
		return err
	})
	return out, err
}

// Question is an item of a sitting, as laid before her.
type Question struct {
	*item.Item
	Shown    item.Shown
	Response item.Response
	Answered bool
}

// Sheet is a sitting as the one who sits it sees it: never what is right.
type Sheet struct {
	Attempt   Attempt
	Test      *Test
	Questions []Question
	Answered  int
	// Left is the time that is left; zero without a limit, or when it is over.
	Left time.Duration
	Over bool // the time is over, and the test waits to be handed in
}

// Sheet returns the actor's own sitting.
func (s *Service) Sheet(ctx context.Context, attempt id.Attempt) (*Sheet, error) {
	var out *Sheet
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a, t, err := s.load(tx, access.Attempt, access.Answer, attempt)
		if err != nil {
			return err
		}
		answers, err := answersOf(tx, a.ID)
		if err != nil {
			return err
		}
		out = &Sheet{Attempt: a, Test: t}
		for i := range t.Items {
			it := &t.Items[i]
			g, answered := answers[it.Key]
			if answered {
				out.Answered++
			}
			out.Questions = append(out.Questions, Question{Item: it, Shown: it.Present(string(a.ID)), Response: g.response, Answered: answered})
		}
		if !a.DueAt.IsZero() && a.State == Open {
			out.Left = max(0, a.DueAt.Sub(tx.Now()))
			out.Over = tx.Now().After(a.DueAt)
		}
		return nil
	})
	return out, err
}

// ResultOf returns a sitting's result, for her, her coach, and those who may see
// scores. A sitting that is open has none yet: its points are zero.
func (s *Service) ResultOf(ctx context.Context, attempt id.Attempt) (Result, error) {
	var out Result
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a, t, err := s.load(tx, access.Scores, access.Read, attempt)
		if err != nil {
			return err
		}
		if a.State == Open {
			out = Result{Attempt: a, Items: len(t.Items)}
			return nil
		}
		answers, err := answersOf(tx, a.ID)
		out = result(t, a, answers)
		return err
	})
	return out, err
}

// ResultsOf returns a person's results in a cohort, in the order in which she
// handed in, for her, her coach, and those who may see scores.
func (s *Service) ResultsOf(ctx context.Context, p id.Person, c id.Cohort) ([]Result, error) {
	out := []Result{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.Place(tx, p, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, attemptObject(access.Scores, Attempt{Person: p}, place)); err != nil {
			return err
		}
		attempts, err := attemptsWhere(tx, `person = ?1 AND cohort = ?2 AND state = 'submitted' ORDER BY submitted_at, id`, p, c)
		if err != nil {
			return err
		}
		for _, a := range attempts {
			t, err := s.test(tx, a.Version)
			if err != nil {
				return err
			}
			answers, err := answersOf(tx, a.ID)
			if err != nil {
				return err
			}
			out = append(out, result(t, a, answers))
		}
		return nil
	})
	return out, err
}

// GridRow is one person in the grid of a stage.
type GridRow struct {
	Person  id.Person
	Attempt Attempt // zero if she has no sitting
	// Cells are the points entered by item; empty for one on screen.
	Cells map[string]int
}

// Grid is a page of a stage as a table of people by items.
type Grid struct {
	Stage Stage
	Test  *Test
	Rows  []GridRow // participants, and whoever else has a sitting, by person
	More  bool      // there are rows after these
}

// Grid returns at most limit rows of a stage's grid, after the person after, for
// those who may see scores.
func (s *Service) Grid(ctx context.Context, c id.Cohort, stage string, after id.Person, limit int) (*Grid, error) {
	var out *Grid
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Scores, Place: place}); err != nil {
			return err
		}
		st, err := s.cohorts.Assessment(tx, c, stage)
		if err != nil {
			return err
		}
		row, err := testByKey(tx, st.Test)
		if err != nil {
			return err
		}
		out = &Grid{Stage: st}
		if out.Test, err = s.test(tx, row.current); err != nil {
			return err
		}
		people, err := s.cohorts.Participants(tx, c)
		if err != nil {
			return err
		}
		attempts, err := attemptsWhere(tx, `cohort = ?1 AND stage = ?2 AND person > ?3 ORDER BY person LIMIT ?4`, c, stage, after, limit+1)
		if err != nil {
			return err
		}
		byPerson := map[id.Person]Attempt{}
		for _, a := range attempts {
			byPerson[a.Person] = a
			people = append(people, a.Person)
		}
		slices.Sort(people)
		people = slices.DeleteFunc(slices.Compact(people), func(p id.Person) bool { return p <= after })
		if out.More = len(people) > limit; out.More {
			people = people[:limit]
		}
		if len(people) == 0 {
			return nil
		}
		cells, err := cellsOf(tx, c, stage, after, people[len(people)-1])
		for _, p := range people {
			r := GridRow{Person: p, Attempt: byPerson[p]}
			if r.Attempt.Medium == OnPaper {
				r.Cells = cells[r.Attempt.ID]
			}
			out.Rows = append(out.Rows, r)
		}
		return err
	})
	return out, err
}

// cellsOf returns the points by item of every sitting of a stage, by people
// after the first named and up to the second.
func cellsOf(tx *db.Tx, c id.Cohort, stage string, after, upTo id.Person) (map[id.Attempt]map[string]int, error) {
	type cell struct {
		attempt id.Attempt
		item    string
		points  int
	}
	cells, err := db.Collect(tx, func(r *db.Rows) (x cell, err error) { return x, r.Scan(&x.attempt, &x.item, &x.points) },
		`SELECT w.attempt, w.item, w.points FROM assess_attempts a JOIN assess_answers w ON w.attempt = a.id
		WHERE a.cohort = ?1 AND a.stage = ?2 AND a.person > ?3 AND a.person <= ?4`, c, stage, after, upTo)
	out := map[id.Attempt]map[string]int{}
	for _, x := range cells {
		if out[x.attempt] == nil {
			out[x.attempt] = map[string]int{}
		}
		out[x.attempt][x.item] = x.points
	}
	return out, err
}

// Paper returns the test that a stage asks now, for those who print it.
func (s *Service) Paper(ctx context.Context, c id.Cohort, stage string) (Stage, *Test, error) {
	var st Stage
	var t *Test
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Print, access.Object{Kind: access.Test, Place: place}); err != nil {
			return err
		}
		if st, err = s.cohorts.Assessment(tx, c, stage); err != nil {
			return err
		}
		row, err := testByKey(tx, st.Test)
		if err != nil {
			return err
		}
		t, err = s.test(tx, row.current)
		return err
	})
	return st, t, err
}

// Gains is what a cohort learned between two stages.
type Gains struct {
	Gain
	// Pairs are the matched pairs, by person.
	Matched []Pair
	// ByCompetency has the gain over the pairs whose results by item are known on
	// both sides.
	ByCompetency []CompetencyGain
}

// CompetencyGain is the gain in one competency.
type CompetencyGain struct {
	Competency string
	Gain
}

// Gain compares two stages of a cohort over its matched pairs, for those who may
// see scores. Participants without a pair are counted by what is missing.
func (s *Service) Gain(ctx context.Context, c id.Cohort, pre, post string) (*Gains, error) {
	var out *Gains
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Scores, Place: place}); err != nil {
			return err
		}
		people, err := s.cohorts.Participants(tx, c)
		if err != nil {
			return err
		}
		sides := [2]map[id.Person]Result{}
		for i, stage := range []string{pre, post} {
			if sides[i], err = s.handedIn(tx, c, stage); err != nil {
				return err
			}
		}
		out = compare(people, sides[0], sides[1])
		return nil
	})
	return out, err
}

// handedIn returns the results of a stage by person.
func (s *Service) handedIn(tx *db.Tx, c id.Cohort, stage string) (map[id.Person]Result, error) {
	attempts, err := attemptsWhere(tx, `cohort = ?1 AND stage = ?2 AND state = 'submitted' ORDER BY person`, c, stage)
	if err != nil {
		return nil, err
	}
	cells, err := cellsOf(tx, c, stage, "", "g") // ids are hexadecimal: all of them
	if err != nil {
		return nil, err
	}
	out := map[id.Person]Result{}
	for _, a := range attempts {
		t, err := s.test(tx, a.Version)
		if err != nil {
			return nil, err
		}
		answers := map[string]given{}
		for key, n := range cells[a.ID] {
			answers[key] = given{points: n}
		}
		out[a.Person] = result(t, a, answers)
	}
	return out, nil
}

// compare matches the pairs of participants.
func compare(people []id.Person, pre, post map[id.Person]Result) *Gains {
	out := &Gains{Matched: []Pair{}}
	competencies := []string{}
	byCompetency := map[string][]Pair{}
	missing := [3]int{}
	for _, p := range people {
		a, before := pre[p]
		b, after := post[p]
		switch {
		case before && after:
			out.Matched = append(out.Matched, Pair{Person: p, Pre: a.Attempt.Percent(), Post: b.Attempt.Percent()})
		case before:
			missing[0]++
			continue
		case after:
			missing[1]++
			continue
		default:
			missing[2]++
			continue
		}
		for _, x := range a.ByCompetency {
			i := slices.IndexFunc(b.ByCompetency, func(y CompetencyResult) bool { return y.Competency == x.Competency })
			if i < 0 || x.Max == 0 || b.ByCompetency[i].Max == 0 {
				continue
			}
			if byCompetency[x.Competency] == nil {
				competencies = append(competencies, x.Competency)
			}
			y := b.ByCompetency[i]
			byCompetency[x.Competency] = append(byCompetency[x.Competency], Pair{
				Person: p, Pre: 100 * float64(x.Points) / float64(x.Max), Post: 100 * float64(y.Points) / float64(y.Max),
			})
		}
	}
	out.Gain = gainOf(out.Matched)
	out.PreOnly, out.PostOnly, out.Neither = missing[0], missing[1], missing[2]
	for _, c := range competencies {
		out.ByCompetency = append(out.ByCompetency, CompetencyGain{Competency: c, Gain: gainOf(byCompetency[c])})
	}
	return out
}

// ItemResult is how an item did in a stage.
type ItemResult struct {
	*item.Item
	Asked int // sittings handed in whose answers by item are known
	Right int
}

// ItemResults returns how each item of a stage's test did, for those who may see
// results by item.
func (s *Service) ItemResults(ctx context.Context, c id.Cohort, stage string) ([]ItemResult, error) {
	var out []ItemResult
	err := s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.cohorts.CohortPlace(tx, c)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, access.Object{Kind: access.Items, Place: place}); err != nil {
			return err
		}
		st, err := s.cohorts.Assessment(tx, c, stage)
		if err != nil {
			return err
		}
		row, err := testByKey(tx, st.Test)
		if err != nil {
			return err
		}
		t, err := s.test(tx, row.current)
		if err != nil {
			return err
		}
		var asked int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM assess_attempts WHERE cohort = ?1 AND stage = ?2 AND state = 'submitted' AND by_item = 1`,
			c, stage).Scan(&asked); err != nil {
			return err
		}
		type count struct {
			item string
			n    int
		}
		counts, err := db.Collect(tx, func(r *db.Rows) (x count, err error) { return x, r.Scan(&x.item, &x.n) },
			`SELECT w.item, COUNT(*) FROM assess_attempts a JOIN assess_answers w ON w.attempt = a.id
			WHERE a.cohort = ?1 AND a.stage = ?2 AND a.state = 'submitted' AND w.is_right = 1 GROUP BY w.item`, c, stage)
		if err != nil {
			return err
		}
		for i := range t.Items {
			r := ItemResult{Item: &t.Items[i], Asked: asked}
			for _, x := range counts {
				if x.item == r.Key {
					r.Right = x.n
				}
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}
