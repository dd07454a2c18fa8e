package app_test

import (
	"path/filepath"
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
	if got := states(t, a)["media"]; got != "well app.media-apart" && got != "well app.media-here" {
		t.Errorf("a whole one: %q", got)
	}
	a.Config.Content.FFmpeg = filepath.Join(t.TempDir(), "ffmpeg")
	if got := states(t, a)["media"]; got != "look app.media-broken" {
		t.Errorf("none: %q", got)
	}
}
