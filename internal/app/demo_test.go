package app_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"cadre/examples"
	"cadre/internal/app"
	"cadre/internal/config"
	"cadre/internal/db/dbtest"
)

func demoConfig(t *testing.T, database string) config.Config {
	t.Helper()
	dir := t.TempDir()
	c, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(dir, "data"), "CADRE_DATABASE=" + database})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheFirstProgrammeIsPlayed(t *testing.T) {
	for engine, url := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresURL,
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s, err := app.DemoOnce(context.Background(), demoConfig(t, url(t)), examples.First, slog.New(slog.DiscardHandler), nil)
			if err != nil {
				t.Fatalf("%v\n%+v", err, s)
			}
		})
	}
}
