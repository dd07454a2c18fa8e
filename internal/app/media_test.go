package app_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cadre/internal/clock"
	"cadre/internal/content/recode/recodetest"
)

// The doctor says whether the program that makes sound and video smaller works.
func TestTheDoctorStartsFFmpeg(t *testing.T) {
	t.Parallel()
	a := open(t, instance(t, ""), clock.NewFake(time.Date(2020, 11, 2, 5, 0, 0, 0, time.UTC)))
	defer closed(t, a)
	a.Config.Content.FFmpeg = recodetest.FFmpeg(t)
	// How far it can be shut in is the machine's.
	if got := states(t, a)["media"]; !slices.Contains([]string{"well app.media-apart", "well app.media-network", "look app.media-files", "look app.media-open"}, got) {
		t.Errorf("a whole one: %q", got)
	}
	a.Config.Content.FFmpeg = filepath.Join(t.TempDir(), "ffmpeg")
	if got := states(t, a)["media"]; got != "look app.media-broken" {
		t.Errorf("none: %q", got)
	}
}
