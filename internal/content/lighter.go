package content

import (
	"cmp"
	"context"
	"io"
	"path"
	"strings"
	"time"

	"cadre/internal/content/bundle"
	"cadre/internal/content/manifest"
	"cadre/internal/content/recode"
	"cadre/internal/fault"
)

// How long after an import has begun a sound or video may still be worked on.
const (
	// LongPatience is for whoever waits at a command line.
	LongPatience = 12 * time.Hour
	// ShortPatience is for whoever waits for an answer of the server.
	ShortPatience = 5 * time.Minute
)

// ShrinksMedia reports whether sound and video can be made smaller here, and not
// pictures alone.
func (s *Service) ShrinksMedia() bool { return s.media != nil }

// lightening is what becomes of the sound and video of one import.
type lightening struct {
	within context.Context
	// shrunk have become smaller, from came bytes to sent; late are those for which no
	// time was left, and stay those that nothing here can make smaller.
	shrunk     int
	came, sent int64
	late, stay int
	// odd are those that could not be made smaller, by the sentence that says why.
	odd []manifest.Problem
}

// begin begins to wait, until what it returns is called.
func (l *lightening) begin(ctx context.Context, patience time.Duration) context.CancelFunc {
	var end context.CancelFunc
	l.within, end = context.WithTimeout(ctx, cmp.Or(patience, LongPatience))
	return end
}

// warn tells what became of them.
func (l *lightening) warn(r *manifest.Report) {
	if l.shrunk > 0 {
		r.Warn("", 0, "package.smaller-media", fault.Args{"n": l.shrunk, "before": int(l.came >> 10), "after": int(l.sent >> 10)})
	}
	for _, p := range l.odd {
		r.Warn(p.File, 0, p.Key, nil)
	}
	if l.late > 0 {
		r.Warn("", 0, "package.media-late", fault.Args{"n": l.late})
	}
	if l.stay > 0 {
		r.Warn("", 0, "package.media-stays", fault.Args{"n": l.stay})
	}
}

// lightFile is what is sent of a sound or video.
type lightFile struct {
	io.Reader
	close func() error
	media string
	size  int64
}

// Close lets go of it.
func (f lightFile) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// lighter returns the smaller form of a sound or video, or what came where there is
// none.
func (b *bringing) lighter(e *bundle.Entry, media string, r io.Reader) (lightFile, error) {
	as := lightFile{Reader: r, media: media, size: e.Size}
	switch {
	case b.s.media == nil:
		b.media.stay++
		return as, nil
	case b.streams():
		return as, nil
	}
	in := recode.Input{Media: media, From: r, Within: b.media.within}
	if b.in.Playing != nil {
		in.Tell = func(done, all time.Duration) { b.in.Playing(e.Path, done, all) }
	}
	out, err := b.s.media.Smaller(b.ctx, in)
	if err != nil {
		return as, err
	}
	switch out.Outcome {
	case recode.Done:
		b.media.shrunk++
		b.media.came += out.Came
		b.media.sent += out.Size
	case recode.Unreadable:
		b.media.odd = append(b.media.odd, manifest.Problem{File: e.Path, Key: "package.media-unreadable"})
	case recode.TooMuch:
		b.media.odd = append(b.media.odd, manifest.Problem{File: e.Path, Key: "package.media-too-much"})
	case recode.Late:
		b.media.late++
	case recode.Kept:
	}
	return lightFile{Reader: out.File, close: out.File.Close, media: out.Media, size: out.Size}, nil
}

// streams reports whether the package says itself which bytes of its videos are to be
// loaded: they have to stay what they are.
func (b *bringing) streams() bool {
	for i := range b.found.archive.Files {
		switch strings.ToLower(path.Ext(b.found.archive.Files[i].Path)) {
		case ".mpd", ".m3u8", ".ism", ".f4m":
			return true
		}
	}
	return false
}
