package courseware_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"cadre/internal/fault"
	"cadre/internal/player"
	"cadre/internal/player/courseware"
)

const (
	token = "abcdefghijklmnopqrstuvwxyz234567"
	film  = int64(1) << 30
)

// shelf is one package, behind one token.
type shelf struct{}

func text(s string) func() (io.ReadSeekCloser, error) {
	return func() (io.ReadSeekCloser, error) { return closer{strings.NewReader(s)}, nil }
}

type closer struct{ io.ReadSeeker }

func (closer) Close() error { return nil }

// zeros is a film of a gibibyte that takes no room.
type zeros struct{ at int64 }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(int64(len(p)), film-z.at)
	if n <= 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	z.at += n
	return int(n), nil
}

func (z *zeros) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		z.at = offset
	case io.SeekCurrent:
		z.at += offset
	case io.SeekEnd:
		z.at = film + offset
	}
	return z.at, nil
}

const lesson = "<!doctype html><html><head><title>Lesson</title></head><body>Here</body></html>"

func (shelf) File(_ context.Context, tok, path string) (*player.CourseFile, error) {
	if tok == token {
		switch path {
		case "lesson.html":
			return &player.CourseFile{Media: "text/html; charset=utf-8", Digest: "l", Size: int64(len(lesson)), Open: text(lesson)}, nil
		case "data.js":
			var z bytes.Buffer
			w := gzip.NewWriter(&z)
			_, _ = w.Write([]byte("var a = 1"))
			_ = w.Close()
			return &player.CourseFile{
				Media: "text/javascript", Digest: "d", Size: 9, Open: text("var a = 1"),
				Packed: []player.PackedFile{{Coding: "br", Size: 3, Open: text("BR!")}, {Coding: "gzip", Size: int64(z.Len()), Open: text(z.String())}},
			}, nil
		case "film.mp4":
			return &player.CourseFile{Media: "video/mp4", Digest: "f", Size: film, Open: func() (io.ReadSeekCloser, error) { return closer{&zeros{}}, nil }}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "fault.not-found", nil)
}

func (shelf) Holds(_ context.Context, tok string) (player.Held, error) {
	if tok != token {
		return player.Held{}, fault.New(fault.NotFound, "fault.not-found", nil)
	}
	return player.Held{Kind: player.Scorm12}, nil
}

var modes = map[courseware.Mode]courseware.Where{
	courseware.SeparateHost:   {Mode: courseware.SeparateHost, App: "https://training.example.org", Content: "https://courses.example.net"},
	courseware.SecondListener: {Mode: courseware.SecondListener, App: "https://training.example.org", Content: "https://training.example.org:8081"},
	courseware.Strict:         {Mode: courseware.Strict, App: "https://training.example.org", Content: "https://training.example.org"},
}

func handler(t *testing.T, w courseware.Where) *courseware.Handler {
	t.Helper()
	run, err := courseware.LoadRuntime()
	if err != nil {
		t.Fatal(err)
	}
	return courseware.New(courseware.Deps{Where: w, Files: shelf{}, Runtime: run})
}

func ask(h http.Handler, method, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Whatever is answered, in whatever mode, carries the whole policy and no
// cookie: files and refusals, guesses and forgeries.
func TestEveryAnswerIsFencedIn(t *testing.T) {
	for mode, where := range modes {
		h := handler(t, where)
		files := where.Files(token)
		answers := map[string]*httptest.ResponseRecorder{
			"a file":              ask(h, "GET", files+"lesson.html"),
			"its head":            ask(h, "HEAD", files+"lesson.html"),
			"a part of a film":    ask(h, "GET", files+"film.mp4", "Range", "bytes=5-9"),
			"a part past its end": ask(h, "GET", files+"film.mp4", "Range", "bytes=2000000000-"),
			"a packed file":       ask(h, "GET", files+"data.js", "Accept-Encoding", "gzip"),
			"what is known":       ask(h, "GET", files+"film.mp4", "If-None-Match", `"f"`),
			"a missing file":      ask(h, "GET", files+"none"),
			"a guess":             ask(h, "GET", where.Files("abcdefghijklmnopqrstuvwxyz234566")+"lesson.html"),
			"a post":              ask(h, "POST", files+"lesson.html"),
			"options":             ask(h, "OPTIONS", files+"lesson.html"),
			"a service worker":    ask(h, "GET", files+"data.js", "Service-Worker", "script"),
			"the page":            ask(h, "GET", where.Page(token)),
			"the page of nothing": ask(h, "GET", where.Page("x")),
			"a run time":          ask(h, "GET", strings.Replace(where.Page(token), "/w/"+token, "/r/x/y.js", 1)),
			"the top":             ask(h, "GET", where.Content+"/"),
			"somewhere":           ask(h, "GET", where.Content+"/courseware/../sign-in"),
		}
		for what, a := range answers {
			hd := a.Header()
			csp := hd.Get("Content-Security-Policy")
			for _, must := range []string{"default-src ", "form-action 'none'"} {
				if !strings.Contains(csp, must) {
					t.Errorf("%s, %s: the policy %q does not say %s", mode, what, csp, must)
				}
			}
			fence := "frame-ancestors"
			if mode == courseware.Strict {
				fence = "sandbox allow-scripts"
			}
			if !strings.Contains(csp, fence) || mode != courseware.Strict && !strings.Contains(csp, where.App) {
				t.Errorf("%s, %s: the policy %q does not say %s", mode, what, csp, fence)
			}
			if strings.Contains(csp, "allow-same-origin") || strings.Contains(csp, "allow-top") || strings.Contains(csp, "allow-popups") {
				t.Errorf("%s, %s: the policy %q lets it out", mode, what, csp)
			}
			if hd.Get("X-Content-Type-Options") != "nosniff" || hd.Get("Cross-Origin-Resource-Policy") == "" {
				t.Errorf("%s, %s: %v", mode, what, hd)
			}
			for _, power := range []string{"camera=()", "microphone=()", "geolocation=()", "publickey-credentials-get=()", "publickey-credentials-create=()", "unload=(self)"} {
				if !strings.Contains(hd.Get("Permissions-Policy"), power) {
					t.Errorf("%s, %s: Permissions-Policy %q lacks %s", mode, what, hd.Get("Permissions-Policy"), power)
				}
			}
			if hd.Get("Set-Cookie") != "" {
				t.Errorf("%s, %s: sets a cookie", mode, what)
			}
		}
		for what, status := range map[string]int{
			"a file": 200, "a part of a film": 206, "a part past its end": 416, "a missing file": 404, "a guess": 404, "a post": 405,
			"a service worker": 403, "what is known": 304, "the page of nothing": 404, "a run time": 404, "the top": 404, "somewhere": 404,
		} {
			if got := answers[what].Code; got != status {
				t.Errorf("%s, %s: answered %d, not %d", mode, what, got, status)
			}
		}
	}
}

// A package loads and calls its own files: not another's, nor the application,
// where both stand on one origin.
func TestAPackageMayOnlyCallItself(t *testing.T) {
	for mode, where := range modes {
		csp := ask(handler(t, where), "GET", where.Files(token)+"lesson.html").Header().Get("Content-Security-Policy")
		for d := range strings.SplitSeq(csp, "; ") {
			name, sources, _ := strings.Cut(d, " ")
			if name != "default-src" && name != "script-src" && name != "connect-src" {
				continue
			}
			for s := range strings.FieldsSeq(sources) {
				switch {
				case strings.HasPrefix(s, where.Files(token)), strings.HasSuffix(s, "/r/"), s == "data:", s == "blob:", s == "'unsafe-inline'", s == "'unsafe-eval'":
				default:
					t.Errorf("%s: %s allows %s", mode, name, s)
				}
			}
		}
	}
}

func TestFilesArePackedAndKeptForEver(t *testing.T) {
	for mode, where := range modes {
		h := handler(t, where)
		for coding, want := range map[string]string{"gzip": "gzip", "gzip, br": "br", "br;q=0, gzip": "gzip", "": "", "zstd": ""} {
			a := ask(h, "GET", where.Files(token)+"data.js", "Accept-Encoding", coding)
			if got := a.Header().Get("Content-Encoding"); got != want {
				t.Errorf("%s: to %q came coding %q", mode, coding, got)
			}
			if want == "" && a.Body.String() != "var a = 1" {
				t.Errorf("%s: to %q came %q", mode, coding, a.Body)
			}
			if c := a.Header().Get("Cache-Control"); !strings.Contains(c, "immutable") || !strings.Contains(c, "private") {
				t.Errorf("%s: Cache-Control is %q", mode, c)
			}
			if !strings.Contains(a.Header().Get("Vary"), "Accept-Encoding") {
				t.Errorf("%s: a cache would mix codings up", mode)
			}
		}
		part := ask(h, "GET", where.Files(token)+"data.js", "Accept-Encoding", "gzip", "Range", "bytes=4-4")
		if part.Code != http.StatusPartialContent || part.Body.String() != "a" || part.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: a part came as %d %q in coding %q", mode, part.Code, part.Body, part.Header().Get("Content-Encoding"))
		}
	}
}

// sink swallows what is written.
type sink struct {
	header http.Header
	n      int64
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { s.n += int64(len(p)); return len(p), nil }

// A film of a gibibyte passes through without being held: what is allocated for
// it is a hundredth of a per cent of it.
func TestAFilmTakesNoMemory(t *testing.T) {
	where := modes[courseware.SecondListener]
	h := handler(t, where)
	for _, part := range []string{"", "bytes=1000-", "bytes=500000000-1073741823"} {
		r := httptest.NewRequest("GET", where.Files(token)+"film.mp4", nil)
		if part != "" {
			r.Header.Set("Range", part)
		}
		var before, after runtime.MemStats
		s := &sink{header: http.Header{}}
		runtime.ReadMemStats(&before)
		h.ServeHTTP(s, r)
		runtime.ReadMemStats(&after)
		if s.n < film/2 {
			t.Errorf("%q: only %d bytes came", part, s.n)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
			t.Errorf("%q: took %d bytes of memory", part, took)
		}
	}
}

// With a wildcard, each path has a host of its own, and opens on no other.
func TestAHostOfItsOwn(t *testing.T) {
	where := courseware.Where{Mode: courseware.SeparateHost, App: "https://training.example.org", Content: "https://*.courses.example.net"}
	h := handler(t, where)
	own := where.Files(token)
	if strings.Contains(own, "*") || strings.Contains(strings.SplitN(own, "/", 4)[2], token[:8]) {
		t.Fatalf("the host of %s gives the token away, or is none", own)
	}
	if a := ask(h, "GET", own+"lesson.html"); a.Code != 200 {
		t.Errorf("its own host answered %d", a.Code)
	}
	other := strings.Replace(own, where.Origin(token), where.Origin(strings.Repeat("b", 32)), 1)
	if a := ask(h, "GET", other+"lesson.html"); a.Code != 404 {
		t.Errorf("another's host answered %d", a.Code)
	}
	for host, want := range map[string]bool{
		"x.courses.example.net": true, "X.Courses.Example.Net": true, "courses.example.net": false, "x.y.courses.example.net": false,
		"training.example.org": false, "evil.net": false,
	} {
		if got := where.Serves(host); got != want {
			t.Errorf("it serves %s: %v", host, got)
		}
	}
}

// On one listener, packages and pages are told apart: in strict mode by the
// path, with a host of their own by its name. Neither answers for the other.
func TestBesideThePages(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for mode, where := range modes {
		by := handler(t, where).Beside(pages, mode == courseware.SecondListener)
		if a := ask(by.Pages, "GET", where.App+"/sign-in"); a.Code != http.StatusTeapot {
			t.Errorf("%s: a page was answered with %d", mode, a.Code)
		}
		want := 200
		if mode == courseware.SecondListener {
			want = http.StatusTeapot // the application's listener knows no packages
			if a := ask(by.Packages, "GET", where.Files(token)+"lesson.html"); a.Code != 200 {
				t.Errorf("%s: the second listener answered %d", mode, a.Code)
			}
			if a := ask(by.Packages, "GET", where.Content+"/sign-in"); a.Code != 404 {
				t.Errorf("%s: the second listener answered a page with %d", mode, a.Code)
			}
		}
		if a := ask(by.Pages, "GET", where.Files(token)+"lesson.html"); a.Code != want {
			t.Errorf("%s: a file was answered with %d, not %d", mode, a.Code, want)
		}
	}
}
