package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progressUnless is progress, and silence where a program reads the answer.
func (env *environment) progressUnless(json bool) (tell func(stage string, done, total int64), end func()) {
	if json {
		return func(string, int64, int64) {}, func() {}
	}
	return env.progress()
}

// progress returns a function that shows how far long work is, and one that
// ends the show. On anything but a terminal both do nothing.
func (env *environment) progress() (tell func(stage string, done, total int64), end func()) {
	f, ok := env.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(string, int64, int64) {}, func() {}
	}
	var bar *progressbar.ProgressBar
	var stage string
	finish := func() {
		if bar != nil {
			_ = bar.Clear() // a terminal that went away is no reason to stop
			bar = nil
		}
	}
	return func(s string, done, total int64) {
		if bar == nil || s != stage {
			finish()
			stage = s
			if total <= 0 {
				total = -1
			}
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(s),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set64(done) // as above
	}, finish
}
