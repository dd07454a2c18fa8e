package recode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// What a child may use: of memory, and of open files. Its processor time follows from
// how long it may take.
const (
	mostMemory = 2 << 30
	mostFiles  = 64
)

// errLong is the error of a child that took too long.
var errLong = errors.New("recode: it took too long")

// child is a program to be run.
type child struct {
	program string
	args    []string
	files   []*os.File // 3 and on
	out     io.Writer
	wall    time.Duration // how long it may take
	most    int64         // how many bytes it may write; 0 for none
}

// limit sets the limits named before the program, then becomes the program. What it
// is given it takes for words, never for commands.
const limit = `ulimit -c 0 && ulimit -v "$1" && ulimit -t "$2" && ulimit -f "$3" && ulimit -n "$4" && shift 4 && exec "$@"`

// walls are what a child stays behind.
type walls struct {
	// network says that it has none; files, that only those are open to it that it
	// needs to run, and those that it is given.
	network, files bool
}

// run runs a program to its end, behind the walls that this system has.
func (t *Tool) run(ctx context.Context, c child) error { return t.start(ctx, c, t.behind(ctx)) }

// behind finds out, once, behind which walls the program runs here. Where that cannot
// be told, because it runs nowhere or the machine is too busy, it is behind all of
// them, and the next one asks again.
func (t *Tool) behind(ctx context.Context) walls {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.walls != nil {
		return *t.walls
	}
	all := []walls{{}}
	if runtime.GOOS == "linux" {
		all = []walls{{network: true, files: true}, {files: true}, {network: true}, {}}
	}
	for _, w := range all {
		err := t.start(ctx, child{program: t.FFmpeg, args: []string{"-version"}, out: io.Discard, wall: time.Minute}, w)
		if err == nil {
			t.walls = &w
			return w
		}
		if ctx.Err() != nil || errors.Is(err, errLong) {
			break // it says nothing of the system
		}
	}
	return all[0]
}

// start runs a program to its end, behind walls. It does so on a thread of its own,
// which ends with it: what a thread has given up does not come back.
func (t *Tool) start(ctx context.Context, c child, w walls) error {
	end := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never let go
		end <- c.start(ctx, w)
	}()
	return <-end
}

// start has to be called on a thread of its own. The child is killed by the system
// when that ends.
func (c child) start(ctx context.Context, w walls) (err error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, null.Close()) }()
	inner, cancel := context.WithTimeout(ctx, c.wall)
	defer cancel()
	seconds := 2*int64(c.wall/time.Second) + 10
	words := []string{"-c", limit, "sh", strconv.Itoa(mostMemory >> 10), strconv.FormatInt(seconds, 10), strconv.FormatInt((c.most+511)/512, 10), strconv.Itoa(mostFiles), c.program}
	cmd := exec.CommandContext(inner, "/bin/sh", append(words, c.args...)...)
	cmd.Env = []string{}
	cmd.Dir = "/"
	cmd.Stdin = null
	cmd.ExtraFiles = c.files
	said := &tail{}
	cmd.Stdout, cmd.Stderr = c.out, said
	cmd.SysProcAttr = attributes(w)
	// All that it started dies with it.
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	cmd.WaitDelay = 10 * time.Second
	if w.files {
		if err := confine(c.program, c.files); err != nil {
			return err
		}
	}
	if err = cmd.Start(); err == nil {
		// People come first. A child that has ended already needs nothing.
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, cmd.Process.Pid, 15)
		err = cmd.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case inner.Err() != nil:
		return errLong
	case err != nil:
		return fmt.Errorf("recode: %w: %s", err, said)
	}
	return nil
}

// tail keeps the end of what a child says.
type tail struct{ b []byte }

// Write keeps the last kilobyte.
func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if n := len(t.b) - 1024; n > 0 {
		t.b = append(t.b[:0], t.b[n:]...)
	}
	return len(p), nil
}

// String is on one line, and without what is not text.
func (t *tail) String() string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, string(t.b))), " ")
}

// bounded keeps what a child writes, and fails once that is too much.
type bounded struct {
	bytes.Buffer
	most int
}

// Write keeps p where there is room for it.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, errors.New("recode: a program says too much")
	}
	return b.Buffer.Write(p)
}

// told reads how far ffmpeg is, from lines such as out_time_us=1500000.
type told struct {
	tell func(done, all time.Duration)
	all  time.Duration
	line []byte
}

// Write reads whole lines; of what is no line it keeps little.
func (t *told) Write(p []byte) (int, error) {
	t.line = append(t.line, p...)
	for {
		i := bytes.IndexByte(t.line, '\n')
		if i < 0 {
			if len(t.line) > 4096 {
				t.line = nil
			}
			return len(p), nil
		}
		if word, ok := bytes.CutPrefix(t.line[:i], []byte("out_time_us=")); ok && t.tell != nil {
			if n, err := strconv.ParseInt(string(word), 10, 64); err == nil && n >= 0 { // it begins with N/A
				t.tell(time.Duration(n)*time.Microsecond, t.all)
			}
		}
		t.line = t.line[i+1:]
	}
}
