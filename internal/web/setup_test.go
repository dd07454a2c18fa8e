package web_test

import (
	"io"
	"log/slog"
	"testing"

	"cadre/internal/web/assets"
)

func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func loaded(t *testing.T) *assets.Set {
	t.Helper()
	a, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	return a
}
