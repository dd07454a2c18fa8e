package app

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"cadre/examples"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
)

// The forecast of 20 October for the first morning of the week, held against the
// first programme as it came.
func TestForecastIsHeldAgainstTheFirstProgramme(t *testing.T) {
	ctx := context.Background()
	cfg, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	a, play, _, err := openDemo(ctx, cfg, examples.First, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	seen := time.Date(2020, time.October, 20, 16, 0, 0, 0, time.UTC)
	morning := time.Date(2020, time.November, 2, 4, 0, 0, 0, time.UTC)
	if _, err := play.Until(ctx, seen, nil); err != nil {
		t.Fatal(err)
	}
	var cohort id.Cohort
	if err := a.DB.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT id FROM pathway_cohorts`).Scan(&cohort)
	}); err != nil {
		t.Fatal(err)
	}
	l := i18n.For(i18n.Prefs{Lang: "en", Zone: cfg.Zone})
	looked, of := 0, 0
	in := pathway.SimulateInput{Cohort: cohort, Day: morning, Now: seen, Progress: func(done, all int) { looked, of = done, all }}
	before, err := a.Forecast(ctx, l, in)
	if err != nil {
		t.Fatal(err)
	}
	if looked != of || of < len(before.People) || of == 0 {
		t.Errorf("it told that it looked at %d of %d, and speaks of %d", looked, of, len(before.People))
	}
	if _, err := play.Until(ctx, morning, nil); err != nil {
		t.Fatal(err)
	}
	// Looking back says what was said then: nothing that came since is used.
	after, err := a.Forecast(ctx, l, in)
	if err != nil {
		t.Fatal(err)
	}
	came := map[id.Person]bool{}
	for _, f := range before.People {
		s, _, err := a.Pathway.Standing(AsOperator(ctx), f.Person, cohort)
		if err != nil {
			t.Fatal(err)
		}
		o := s.Stage(programme.Key(before.Stage))
		came[f.Person] = !s.Participation.Out() && (o.State == pathway.Open || o.State == pathway.UnderWay)
	}
	// Of each forecast: who was ready and came, was said to be and did not come, and
	// came unforeseen.
	type score struct{ right, wrong, unforeseen int }
	var nothing, pace score
	count := func(c *score, said, did bool) {
		switch {
		case said && did:
			c.right++
		case said:
			c.wrong++
		case did:
			c.unforeseen++
		}
	}
	for i, f := range before.People {
		if f != after.People[i] {
			t.Errorf("%s was forecast anew: %+v, then %+v", f.Name, f, after.People[i])
		}
		if f.Ready && !f.AtPace {
			t.Errorf("%s is ready if she does nothing, and not if she goes on", f.Name)
		}
		if !f.Ready && f.Missing == "" {
			t.Errorf("%s is not ready, and nothing is missing", f.Name)
		}
		count(&nothing, f.Ready, came[f.Person])
		count(&pace, f.AtPace, came[f.Person])
	}
	// The example is a fixed script: fifteen of those who came finished after the
	// 20th, all at a pace that foretold it; four who would have been ready gave
	// their place back, which no forecast knows.
	if want := (score{right: 9, unforeseen: 15}); nothing != want {
		t.Errorf("(a) of %d: %+v, want %+v", len(before.People), nothing, want)
	}
	if want := (score{right: 24, wrong: 4}); pace != want {
		t.Errorf("(b) of %d: %+v, want %+v", len(before.People), pace, want)
	}
}
