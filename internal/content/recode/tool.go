package recode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"cadre/internal/durable"
)

// Outcome is what became of a file.
type Outcome string

// The outcomes. Only Done changes the file.
const (
	Done Outcome = "done"
	// Kept is a file of which no tenth can be saved, or which would lose something.
	Kept Outcome = "kept"
	// Unreadable is a file that ffmpeg could not read, or could not make smaller.
	Unreadable Outcome = "unreadable"
	// TooMuch is a file that is too long or too large to be looked at, or that took
	// longer than a file may.
	TooMuch Outcome = "too-much"
	// Late is a file for which no time was left.
	Late Outcome = "late"
)

// Deps are what a tool stands on.
type Deps struct {
	// FFmpeg is the program's path. Its ffprobe lies beside it, named alike.
	FFmpeg string
	// Folder is where files lie while they are worked on, without a name. It is made
	// where it is missing.
	Folder string
	Log    *slog.Logger
}

// Tool is the machine's ffmpeg. It is safe for use by several goroutines, and works
// on one file at a time.
type Tool struct {
	Deps
	// turn holds one token, for whoever works.
	turn chan struct{}
	// patience, if not zero, is how long any file may take: for tests.
	patience time.Duration

	mu sync.Mutex
	// walls are those that children stay behind; nil while nobody has tried.
	walls *walls
}

// New returns a tool. Nothing is started before it is needed.
func New(d Deps) *Tool { return &Tool{Deps: d, turn: make(chan struct{}, 1)} }

func (t *Tool) ffprobe() string { return Probe(t.FFmpeg) }

// Probe is the path of the ffprobe that belongs to an ffmpeg.
func Probe(ffmpeg string) string {
	dir, name := filepath.Split(ffmpeg)
	return dir + strings.Replace(name, "ffmpeg", "ffprobe", 1)
}

// Input is a file to be made smaller.
type Input struct {
	// Media is the media type that its name stands for: one that [Takes] takes.
	Media string
	// From is read to its end.
	From io.Reader
	// Within is how long it may take; what is not done when it ends stays as it came.
	Within context.Context
	// Tell, if not nil, is told how much of how much has been done, of the time that
	// it plays. All is 0 where that is not known.
	Tell func(done, all time.Duration)
}

// Result is what is to be kept of a file: its smaller form, or what came.
type Result struct {
	Outcome Outcome
	// File stands at its beginning. Whoever gets it closes it.
	File *os.File
	// Came is how many bytes were read, Size how many the file has.
	Came, Size int64
	// Media is the file's media type.
	Media string
}

// Smaller makes a file smaller where that is worth it. Whatever ffmpeg does to it,
// that is an outcome and no error; what it said is logged. It returns an error if
// the file cannot be read or held, or ctx ends.
func (t *Tool) Smaller(ctx context.Context, in Input) (out Result, err error) {
	if err := durable.MakeDir(t.Folder); err != nil {
		return out, err
	}
	came, err := t.nameless()
	if err != nil {
		return out, err
	}
	out = Result{Outcome: Unreadable, File: came, Media: in.Media}
	defer func() {
		if err != nil {
			err = errors.Join(err, came.Close())
			out.File = nil
		}
	}()
	if out.Came, err = io.Copy(came, in.From); err != nil {
		return out, err
	}
	out.Size = out.Came
	small, media, outcome, err := t.work(ctx, in, came, out.Came)
	if err != nil {
		return out, err
	}
	out.Outcome = outcome
	if small != nil {
		if err := came.Close(); err != nil {
			return out, errors.Join(err, small.Close())
		}
		st, err := small.Stat()
		if err != nil {
			return out, errors.Join(err, small.Close())
		}
		out.File, out.Media, out.Size = small, media, st.Size()
	}
	_, err = out.File.Seek(0, io.SeekStart)
	return out, err
}

// nameless returns a new file that goes when it is closed.
func (t *Tool) nameless() (*os.File, error) {
	f, err := os.CreateTemp(t.Folder, "media-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// work returns the smaller form of a file, if the outcome is Done.
func (t *Tool) work(ctx context.Context, in Input, came *os.File, size int64) (small *os.File, media string, _ Outcome, err error) {
	k, ok := kindOf(in.Media)
	head := make([]byte, min(size, 16))
	if _, err := came.ReadAt(head, 0); err != nil {
		return nil, "", "", err
	}
	if !ok || !k.is(head) {
		return nil, "", Unreadable, nil
	}
	if k.reads == "mov" && pieces(came, size) {
		return nil, "", Kept, nil
	}
	within, end := context.WithCancel(in.Within)
	defer end()
	defer context.AfterFunc(ctx, end)()
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-within.Done():
	}
	file, outcome, why := t.attempt(within, k, in, came, size)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case in.Within.Err() != nil:
		outcome = Late
	case why != nil:
		t.Log.Warn("recode: a file stays as it came", "media", in.Media, "bytes", size, "outcome", outcome, "error", why)
	}
	if file != nil && (err != nil || outcome != Done) {
		err = errors.Join(err, file.Close())
		file = nil
	}
	return file, k.as, outcome, err
}

// attempt looks at a file and writes it anew. Why is what stood in the way.
func (t *Tool) attempt(ctx context.Context, k kind, in Input, came *os.File, size int64) (small *os.File, outcome Outcome, why error) {
	if ctx.Err() != nil {
		return nil, Late, nil
	}
	before, outcome, err := t.probe(ctx, k.reads, came)
	if err != nil {
		return nil, outcome, err
	}
	p, outcome := planFor(k, before, size)
	if outcome != Done {
		return nil, outcome, nil
	}
	if t.patience > 0 {
		p.wall = t.patience
	}
	small, err = t.nameless()
	if err != nil {
		return nil, Unreadable, err
	}
	defer func() {
		if why != nil || outcome != Done {
			why = errors.Join(why, small.Close())
			small = nil
		}
	}()
	most := size / 10 * 9 // what is larger is of no use
	args := slices.Concat(
		[]string{"-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-progress", "pipe:1", "-filter_threads", "1"},
		opening(k.reads), []string{"-threads", "2", "-i", input},
		[]string{"-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-threads", "2"},
		p.args, []string{"-f", k.writes, output},
	)
	err = t.run(ctx, child{program: t.FFmpeg, args: args, files: []*os.File{came, small}, out: &told{tell: in.Tell, all: p.duration}, wall: p.wall, most: most})
	st, statErr := small.Stat()
	switch {
	case statErr != nil:
		return small, Unreadable, errors.Join(err, statErr)
	case st.Size() >= most-4096:
		return small, Kept, nil
	case errors.Is(err, errLong):
		return small, TooMuch, err
	case err != nil:
		return small, Unreadable, err
	}
	written := k.writes
	switch written {
	case "mp4", "ipod":
		written = "mov"
	case "webm":
		written = "matroska"
	case "adts":
		written = "aac"
	}
	after, outcome, err := t.probe(ctx, written, small)
	if err == nil {
		err = p.kept(k, after)
	}
	if err != nil {
		return small, Unreadable, err
	}
	return small, Done, nil
}

// What a child calls the files that it is given.
const (
	input  = "file:/dev/fd/3"
	output = "file:/dev/fd/4"
)

// opening are the options for a file to be read: as what, from where and by what.
func opening(as string) []string {
	return []string{
		"-f", as, "-protocol_whitelist", "file", "-format_whitelist", whitelisted(as), "-codec_whitelist", decoders,
		"-max_pixels", fmt.Sprint(mostPixels), "-max_streams", "32",
	}
}

// whitelisted is a demuxer by its full name.
func whitelisted(as string) string {
	switch as {
	case "mov":
		return "mov,mp4,m4a,3gp,3g2,mj2"
	case "matroska":
		return "matroska,webm"
	}
	return as
}

// probe asks what is in a file.
func (t *Tool) probe(ctx context.Context, as string, f *os.File) (p probed, _ Outcome, err error) {
	out := &bounded{most: 1 << 20}
	args := slices.Concat([]string{"-hide_banner", "-loglevel", "error"}, opening(as), []string{"-show_entries", entries, "-of", "json", input})
	if err := t.run(ctx, child{program: t.ffprobe(), args: args, files: []*os.File{f}, out: out, wall: time.Minute}); err != nil {
		if errors.Is(err, errLong) || strings.Contains(err.Error(), "max pixel count") {
			return p, TooMuch, err
		}
		return p, Unreadable, err
	}
	if p, err = readProbed(out.Bytes()); err != nil {
		return p, Unreadable, err
	}
	return p, Done, nil
}

// State is how the machine's ffmpeg is.
type State struct {
	// Version is what it calls itself.
	Version string
	// NoNetwork says that it runs without a network, NoFiles that no files are open to
	// it but those that it needs to run and those that it is given.
	NoNetwork, NoFiles bool
	// Lacks are the encoders that it would need and has not.
	Lacks []string
}

// Look starts the program and its ffprobe, and says how they are; an error where they
// do not run.
func (t *Tool) Look(ctx context.Context) (out State, err error) {
	version, list := &bounded{most: 1 << 20}, &bounded{most: 1 << 20}
	for _, c := range []child{
		{program: t.ffprobe(), args: []string{"-version"}, out: &bounded{most: 1 << 20}},
		{program: t.FFmpeg, args: []string{"-version"}, out: version},
		{program: t.FFmpeg, args: []string{"-hide_banner", "-encoders"}, out: list},
	} {
		c.wall = time.Minute
		if err := t.run(ctx, c); err != nil {
			return out, err
		}
	}
	first, _, _ := strings.Cut(version.String(), "\n")
	if words := strings.Fields(first); len(words) > 2 {
		out.Version = words[2]
	}
	have := map[string]bool{}
	for line := range bytes.Lines(list.Bytes()) {
		if words := bytes.Fields(line); len(words) > 1 {
			have[string(words[1])] = true
		}
	}
	for _, e := range encoders() {
		if !have[e] {
			out.Lacks = append(out.Lacks, e)
		}
	}
	w := t.behind(ctx)
	out.NoNetwork, out.NoFiles = w.network, w.files
	return out, nil
}
