package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// A terminal is what an operator sits at: what is written to it can be read on its
// screen.
type terminal struct {
	*os.File
	ends func() string // closes it, and returns what stood on its screen
}

func openTerminal(t *testing.T) terminal {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(screen.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	line, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	var read sync.WaitGroup
	read.Go(func() { _, _ = io.Copy(&shown, screen) }) // it ends with an error when the line is closed
	return terminal{line, func() string {
		_ = line.Close()
		read.Wait()
		_ = screen.Close()
		return shown.String()
	}}
}

// Long work tells whoever sits at a terminal how far it is, and nobody else: what is
// written to a file or a pipe holds results and complaints alone.
func TestLongWorkTellsHowFarItIs(t *testing.T) {
	dir := t.TempDir()
	backup := filepath.Join(dir, "a.backup")
	t.Setenv("CADRE_DATA", filepath.Join(dir, "data"))
	invited(t, "Amina")
	for _, c := range []struct {
		args  []string
		stage string
		data  string
	}{
		{[]string{"verify"}, "", ""},
		{[]string{"backup", backup}, "tables", ""},
		{[]string{"backup", "--test", backup}, "proof", ""},
		{[]string{"restore", backup}, "proof", filepath.Join(dir, "other")},
		{[]string{"demo", "--once", "--example", "e-learning-only", "--data", filepath.Join(dir, "demo")}, "events", ""},
	} {
		name := strings.Join(c.args[:min(2, len(c.args))], " ")
		if c.data != "" {
			t.Setenv("CADRE_DATA", c.data)
		}
		at := openTerminal(t)
		var out bytes.Buffer
		if code := run(t.Context(), c.args, &out, at.File); code != exitDone {
			t.Errorf("%s: exit code %d", name, code)
		}
		shown := at.ends()
		if !strings.Contains(shown, c.stage) || !strings.Contains(shown, "\r") {
			t.Errorf("%s: the terminal shows %q", name, shown)
		}
		if out.Len() == 0 || strings.Contains(out.String(), "\r") {
			t.Errorf("%s: the result is %q", name, out.String())
		}
	}
	t.Setenv("CADRE_DATA", filepath.Join(dir, "data"))
	told, err := os.Create(filepath.Join(dir, "complaints"))
	if err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), []string{"verify"}, io.Discard, told); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if at, err := told.Seek(0, io.SeekCurrent); err != nil || at != 0 {
		t.Errorf("%d bytes of progress stand in a file, %v", at, err)
	}
	if err := told.Close(); err != nil {
		t.Error(err)
	}
}
