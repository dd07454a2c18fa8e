package contentweb

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/content/recode"
	"cadre/internal/content/recode/recodetest"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web/webtest"
)

// shelf serves the files of a version as the player does: by their media type, and in
// parts.
func shelf(t *testing.T, d *db.DB, s *content.Service, v id.ModuleVersion) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!doctype html><title>media</title>"))
			return
		}
		var open func() (*blob.Reader, error)
		var f content.PackageFile
		err := d.View(r.Context(), func(tx *db.Tx) (err error) {
			if f, err = s.PackageFile(tx, v, r.URL.Path[1:]); err == nil {
				open, err = s.Opener(tx, f, false)
			}
			return err
		})
		if err != nil {
			http.NotFound(w, r)
			return
		}
		b, err := open()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = b.Close() }()
		w.Header().Set("Content-Type", f.Media)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, "", time.Time{}, b)
	}
}

// The officer may choose it, and what became of every kind plays in a browser.
func TestSmallerSoundAndVideoPlay(t *testing.T) {
	d := dbtest.SQLite(t)
	dir := t.TempDir()
	files, err := blob.Open(filepath.Join(dir, "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	tool := recode.New(recode.Deps{FFmpeg: recodetest.FFmpeg(t), Folder: filepath.Join(dir, "arriving"), Log: slog.New(slog.DiscardHandler)})
	modules := content.New(content.Deps{DB: d, Files: files, Media: tool})
	clips := map[string][]byte{
		"a.mp4": recodetest.MP4(t), "a.webm": recodetest.WebM(t), "a.mp3": recodetest.MP3(t), "a.m4a": recodetest.M4A(t), "a.ogg": recodetest.Ogg(t),
		"a.opus": recodetest.Opus(t), "a.aac": recodetest.AAC(t), "a.wav": recodetest.WAV(t),
	}
	parts := []string{"tincan.xml", tincan, "index.html", "<p>hello"}
	for name, clip := range clips {
		parts = append(parts, name, string(clip))
	}
	zip := bundletest.Zip(parts...)
	officer := as(actor.ProgrammeOfficer)
	out, err := modules.ImportPackage(actor.With(context.Background(), officer), id.New[id.Operation](), content.ImportPackage{Programme: officer.Grant.Scope.Programme, File: bytes.NewReader(zip), Size: int64(len(zip)), Smaller: true})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(shelf(t, d, modules, out.Version))
	t.Cleanup(server.Close)
	chromium := webtest.Launch(t)
	tab := chromium.Tab(t, server.URL, webtest.Look{})
	tab.Open("/")
	for name := range clips {
		kind := "audio"
		if name == "a.mp4" || name == "a.webm" {
			kind = "video"
		}
		// Its length is known, it can be heard or seen from its middle on, and a picture has
		// its shape.
		said := webtest.Ask[string](tab, `new Promise((resolve) => {
			const e = document.createElement("`+kind+`");
			e.muted = true;
			e.onerror = () => resolve("error " + e.error.code + ": " + e.error.message);
			e.onloadedmetadata = () => { e.currentTime = e.duration / 2; };
			e.onseeked = () => resolve(e.duration > 1.5 && e.duration < 4.5 && (e.tagName === "AUDIO" || e.videoWidth === 320) ? "plays" : "plays " + e.duration + " " + e.videoWidth);
			e.src = "/`+name+`";
		})`)
		if said != "plays" {
			t.Errorf("%s: %s", name, said)
		}
	}

	s := webtest.Start(t, nil, Routes(Deps{Content: modules})...)
	for lang, words := range map[string]struct{ choice, working string }{
		"en": {"Make pictures, sound and video smaller", "sound and video can take some minutes"},
		"ur": {"تصویریں، آواز اور ویڈیو ہلکی کریں", "آواز اور ویڈیو میں چند منٹ لگ سکتے ہیں"},
	} {
		tab := chromium.Tab(t, s.URL, webtest.Look{Token: s.Sessions.Add(officer, i18n.Prefs{Lang: lang}, officer.Grant), Width: 360})
		tab.Open("/packages").MustShow(words.choice)
		if says := webtest.Ask[string](tab, `document.getElementById("upload").dataset.shrinking`); !strings.Contains(says, words.working) {
			t.Errorf("%s: while sound and video are made smaller it says %q", lang, says)
		}
		tab.CheckAxe()
		tab.Open(packagePath(out.Version))
		if n := tab.Overflow(); n > 0 {
			t.Errorf("%s: the page is %d pixels too wide", lang, n)
		}
		if lang == "en" {
			tab.MustShow("8 sound and video files were made smaller")
		}
		tab.CheckAxe()
	}
}

// While a video is worked on, the page says so and shows how far it is.
func TestThePageShowsHowFarAVideoIs(t *testing.T) {
	dir := t.TempDir()
	files, err := blob.Open(filepath.Join(dir, "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	// In the place of ffmpeg: it is half through until there is that file, and then
	// fails.
	on := filepath.Join(dir, "on")
	goOn := func() {
		if err := os.WriteFile(on, nil, 0o600); err != nil {
			t.Error(err)
		}
	}
	defer goOn()
	for name, script := range map[string]string{
		"ffmpeg":  `case "$*" in *version*) exit 0 ;; esac; echo out_time_us=5000000; until [ -e ` + on + ` ]; do sleep 0.1; done; exit 1`,
		"ffprobe": `echo '{"streams":[{"index":0,"codec_type":"audio","codec_name":"mp3","channels":2,"sample_rate":"44100"}],"format":{"duration":"10"}}'`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	tool := recode.New(recode.Deps{FFmpeg: filepath.Join(dir, "ffmpeg"), Folder: filepath.Join(dir, "arriving"), Log: slog.New(slog.DiscardHandler)})
	s := webtest.Start(t, nil, Routes(Deps{Content: content.New(content.Deps{DB: dbtest.SQLite(t), Files: files, Media: tool})})...)
	officer := as(actor.ProgrammeOfficer)
	file := filepath.Join(dir, "course.zip")
	if err := os.WriteFile(file, bundletest.Zip("tincan.xml", tincan, "index.html", "<p>hello", "a.mp3", "ID3"+strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := webtest.Launch(t).Tab(t, s.URL, webtest.Look{Token: s.Sessions.Add(officer, i18n.Prefs{Lang: "en"}, officer.Grant), Width: 360})
	tab.Open("/packages").Do(chromedp.SetUploadFiles(chromedp.CSS("#package-file"), []string{file}))
	tab.Do(chromedp.Click(chromedp.CSS("#package input[name=smaller]")), chromedp.Click(chromedp.CSS("#package button[type=submit]")))
	ctx, end := context.WithTimeout(tab.Ctx, 2*time.Minute)
	defer end()
	// Of three files two are done, and of the third a half.
	shown := `document.getElementById("upload-bar").value === 83 && document.getElementById("upload-says").textContent.includes("being made smaller")`
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](shown)); err != nil {
		t.Fatalf("%v\n%s", err, tab.Text())
	}
	goOn() // before anything else: the browser answers little while it waits for a page
	for there := false; !there; {
		if ctx.Err() != nil {
			t.Fatalf("the package's page does not come:\n%s", tab.Text())
		}
		// While one page goes and another comes there may be none to answer.
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`location.pathname.startsWith("/packages/") && document.readyState === "complete"`)); err == nil {
			there = is
		}
	}
	tab.MustShow("The package was brought in", "could not be read or made smaller")
}
