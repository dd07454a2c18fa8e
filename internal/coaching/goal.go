package coaching

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"cadre/internal/access"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/seal"
)

// GoalState is where a goal stands.
type GoalState string

// The states of a goal.
const (
	GoalOpen    GoalState = "open"
	GoalMet     GoalState = "met"
	GoalDropped GoalState = "dropped"
)

// GoalText is a goal in her words: what she will do, and what will show it.
type GoalText struct {
	What     string `json:"what"`
	Evidence string `json:"evidence,omitempty"`
}

// Goal is one line of the action plan.
type Goal struct {
	ID        id.Goal
	Of        Of
	Author    id.Person
	Text      GoalText
	Due       civil.Date // zero: no day was set
	State     GoalState
	WrittenAt time.Time
	ClosedAt  time.Time
	Revision  int
	Locked    error // as for a note

	// words counts how often the words were written; closing a goal leaves them.
	words int
}

// MayRewrite reports whether a person may change the words of the goal: whose
// goal it is, and whoever set it.
func (g Goal) MayRewrite(p id.Person) bool { return p != "" && (p == g.Of.Person || p == g.Author) }

// goalChanged is the body of coaching.goal-*, version 1.
type goalChanged struct {
	Goal     id.Goal   `json:"goal"`
	Cohort   id.Cohort `json:"cohort"`
	Stage    string    `json:"stage"`
	Person   id.Person `json:"person"`
	State    GoalState `json:"state"`
	Revision int       `json:"revision"`
}

func goalBinding(g id.Goal, words int, author id.Person) seal.Binding {
	return seal.Binding{Purpose: "coaching.goal", ID: string(g), Version: words, Author: string(author)}
}

// GoalInput sets a goal.
type GoalInput struct {
	Of   Of
	Text GoalText
	Due  civil.Date
}

// SetGoal adds a goal to the action plan. The participant and her coach may.
func (s *Service) SetGoal(ctx context.Context, op id.Operation, in GoalInput) (id.Goal, error) {
	return do(ctx, s, op, "coaching.set-goal", func(tx *db.Tx, out *id.Goal) error {
		if err := s.allowed(tx, access.Create, access.Goal, in.Of); err != nil {
			return err
		}
		var err error
		*out, err = s.setGoal(tx, in.Of, in.Text, in.Due)
		return err
	})
}

func (t *GoalText) check() error {
	t.What, t.Evidence = strings.TrimSpace(t.What), strings.TrimSpace(t.Evidence)
	var bad []fault.Field
	if t.What == "" {
		bad = append(bad, fault.Field{Name: "goal", Key: "coaching.goal-empty"})
	}
	if utf8.RuneCountInString(t.What)+utf8.RuneCountInString(t.Evidence) > longestText {
		bad = append(bad, fault.Field{Name: "goal", Key: "coaching.text-long", Args: fault.Args{"most": longestText}})
	}
	if bad != nil {
		return fault.Bad("coaching.text", bad...)
	}
	return nil
}

func (s *Service) setGoal(tx *db.Tx, of Of, t GoalText, due civil.Date) (id.Goal, error) {
	if err := t.check(); err != nil {
		return "", err
	}
	g := id.New[id.Goal]()
	plain, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	box := s.keys.Seal(goalBinding(g, 1, tx.Actor().Person), plain)
	if _, err := tx.Exec(`INSERT INTO coaching_goals (id, cohort, stage, person, author, due, state, seal_key, box, written_at, closed_at, revision, words)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7, ?8, ?9, 0, 1, 1)`,
		g, of.Cohort, of.Stage, of.Person, tx.Actor().Person, due.String(), box.Key, box.Box, db.Micros(tx.Now())); err != nil {
		return "", err
	}
	return g, journal.Append(tx, journal.Entry{
		Kind: "coaching.goal-set", Version: 1, Scope: of.scope(), Subject: string(g),
		Body: goalChanged{g, of.Cohort, of.Stage, of.Person, GoalOpen, 1}, Rows: []journal.Row{journal.RowOf(goalsTable(), g)},
	})
}

// CloseGoal says that a goal was met, or was given up: both are ends, and neither
// is a fault. Closing it the same way again changes nothing.
func (s *Service) CloseGoal(ctx context.Context, op id.Operation, goal id.Goal, state GoalState) error {
	_, err := do(ctx, s, op, "coaching.close-goal", func(tx *db.Tx, _ *struct{}) error {
		if state != GoalMet && state != GoalDropped {
			return fault.Bad("coaching.goal-end", fault.Field{Name: "state", Key: "coaching.goal-end"})
		}
		g, err := s.goalFor(tx, goal, access.Close)
		if err != nil {
			return err
		}
		if g.State == state {
			return nil
		}
		if _, err := tx.Exec(`UPDATE coaching_goals SET state = ?2, closed_at = ?3, revision = revision + 1 WHERE id = ?1`,
			g.ID, state, db.Micros(tx.Now())); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Kind: "coaching.goal-closed", Version: 1, Scope: g.Of.scope(), Subject: string(g.ID),
			Body: goalChanged{g.ID, g.Of.Cohort, g.Of.Stage, g.Of.Person, state, g.Revision + 1},
			Rows: []journal.Row{journal.RowOf(goalsTable(), g.ID)},
		})
	})
	return err
}

// RewriteGoalInput changes the words of a goal, and by when it is to be reached.
type RewriteGoalInput struct {
	Goal     id.Goal
	Revision int // as it was read
	Text     GoalText
	Due      civil.Date
}

// RewriteGoal changes a goal that is open: the participant may, whoever set it,
// and a coach if she set it herself. An older revision is fault.Stale. What stood
// there before is gone.
func (s *Service) RewriteGoal(ctx context.Context, op id.Operation, in RewriteGoalInput) error {
	_, err := do(ctx, s, op, "coaching.rewrite-goal", func(tx *db.Tx, _ *struct{}) error {
		g, err := s.goalFor(tx, in.Goal, access.Change)
		if err != nil {
			return err
		}
		switch {
		case !g.MayRewrite(tx.Actor().Person):
			return fault.New(fault.Denied, "coaching.goal-hers", nil)
		case g.State != GoalOpen:
			return fault.New(fault.Closed, "coaching.goal-ended", nil)
		case g.Revision != in.Revision:
			return fault.New(fault.Stale, "coaching.goal-changed", nil)
		}
		if err := in.Text.check(); err != nil {
			return err
		}
		plain, err := json.Marshal(in.Text)
		if err != nil {
			return err
		}
		g.Revision, g.words = g.Revision+1, g.words+1
		box := s.keys.Seal(goalBinding(g.ID, g.words, g.Author), plain)
		if _, err := tx.Exec(`UPDATE coaching_goals SET due = ?2, seal_key = ?3, box = ?4, revision = ?5, words = ?6 WHERE id = ?1`,
			g.ID, in.Due.String(), box.Key, box.Box, g.Revision, g.words); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{
			Kind: "coaching.goal-changed", Version: 1, Scope: g.Of.scope(), Subject: string(g.ID),
			Body: goalChanged{g.ID, g.Of.Cohort, g.Of.Stage, g.Of.Person, g.State, g.Revision},
			Rows: []journal.Row{journal.RowOf(goalsTable(), g.ID)},
		})
	})
	return err
}

// goalFor loads a goal, sealed, for something that the policy allows the actor.
func (s *Service) goalFor(tx *db.Tx, goal id.Goal, v access.Verb) (Goal, error) {
	gs, err := db.Collect(tx, func(r *db.Rows) (sealedGoal, error) { return scanGoal(r) },
		`SELECT `+goalColumns+` FROM coaching_goals WHERE id = ?1`, goal)
	if err != nil {
		return Goal{}, err
	}
	if len(gs) == 0 {
		return Goal{}, fault.New(fault.NotFound, "coaching.goal-unknown", nil)
	}
	return gs[0].Goal, s.allowed(tx, v, access.Goal, gs[0].Of)
}

const goalColumns = `id, cohort, stage, person, author, due, state, seal_key, box, written_at, closed_at, revision, words`

type sealedGoal struct {
	Goal
	seal.Sealed
}

func scanGoal(r scanner) (sealedGoal, error) {
	var g sealedGoal
	var due string
	var written, closed int64
	err := r.Scan(&g.ID, &g.Of.Cohort, &g.Of.Stage, &g.Of.Person, &g.Author, &due, &g.State, &g.Sealed.Key, &g.Sealed.Box,
		&written, &closed, &g.Revision, &g.words)
	if err != nil {
		return g, err
	}
	g.WrittenAt, g.ClosedAt = db.Time(written), db.Time(closed)
	if due != "" {
		g.Due, err = civil.ParseDate(due)
	}
	return g, err
}

func (s *Service) goals(tx *db.Tx, of Of) ([]Goal, error) {
	rows, err := db.Collect(tx, func(r *db.Rows) (sealedGoal, error) { return scanGoal(r) },
		`SELECT `+goalColumns+` FROM coaching_goals WHERE person = ?1 AND cohort = ?2 AND stage = ?3
		ORDER BY written_at, id LIMIT 100`, of.Person, of.Cohort, of.Stage)
	if err != nil {
		return nil, err
	}
	var out []Goal
	for _, r := range rows {
		g := r.Goal
		plain, err := s.keys.Open(goalBinding(g.ID, g.words, g.Author), r.Sealed)
		if err == nil {
			err = json.Unmarshal(plain, &g.Text)
		}
		g.Locked = err
		out = append(out, g)
	}
	return out, nil
}
