package contentweb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/web"
	"cadre/internal/web/assets"
	"cadre/internal/web/webtest"
)

// station is a server behind a line that can fail, and that can be started anew.
type station struct {
	t        *testing.T
	db       *db.DB
	files    string
	sessions *webtest.Sessions
	log      *webtest.Log
	url      string
	server   *httptest.Server
	// cut is the part, from 1, in whose middle the line fails; parts counts them,
	// and bytes how much of them the server has read.
	cut, parts atomic.Int32
	bytes      atomic.Int64
	// full says that there is no room for a part; all else is answered.
	full atomic.Bool
	// held says that a part is answered only by the end of its connection.
	held atomic.Bool
}

func (s *station) up(ln net.Listener) {
	s.t.Helper()
	set, err := assets.Load()
	if err != nil {
		s.t.Fatal(err)
	}
	files, err := blob.Open(s.files, clock.System())
	if err != nil {
		s.t.Fatal(err)
	}
	modules := content.New(content.Deps{DB: dbtest.Again(s.t, s.db), Files: files})
	h, err := web.New(web.Deps{
		Sessions: s.sessions, Policy: webtest.Open{}, Catalogues: i18n.Shipped(), Assets: set, Log: slog.New(slog.NewTextHandler(s.log, nil)),
	}, Routes(Deps{Content: modules})...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.server = &httptest.Server{Listener: ln, Config: &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/parts") {
			if s.parts.Add(1) == s.cut.Load() {
				_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2) // whatever came of it
				panic(http.ErrAbortHandler)
			}
			if s.held.Load() {
				_, _ = io.Copy(io.Discard, r.Body) // whatever came of it
				<-r.Context().Done()
				panic(http.ErrAbortHandler)
			}
			if s.full.Load() {
				http.Error(w, "no room", http.StatusServiceUnavailable)
				return
			}
			s.bytes.Add(r.ContentLength)
		}
		h.ServeHTTP(w, r)
	})}}
	s.server.Start()
	s.url = s.server.URL
}

// restart takes the server away until what is to be seen on the page meanwhile is
// seen, and brings another one up at its address.
func (s *station) restart(meanwhile func()) {
	s.t.Helper()
	address := s.server.Listener.Addr().String()
	s.server.CloseClientConnections()
	s.server.Close()
	meanwhile()
	for range 100 {
		ln, err := net.Listen("tcp", address)
		if err == nil {
			s.up(ln)
			return
		}
		time.Sleep(20 * time.Millisecond) // until the system has let go of the address
	}
	s.t.Fatalf("%s cannot be taken again", address)
}

// The line fails in the middle of a part, the server is started anew, the page is
// opened again: the upload goes on from where it was, and the package is there once.
func TestAnUploadSurvivesALostLineARestartAndAReload(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &station{t: t, db: dbtest.SQLite(t), files: filepath.Join(t.TempDir(), "files"), sessions: &webtest.Sessions{}, log: &webtest.Log{}}
	s.up(ln)
	t.Cleanup(func() { s.server.Close() })
	noise := make([]byte, 6<<20)
	r := rand.NewChaCha8([32]byte{1})
	if _, err := r.Read(noise); err != nil {
		t.Fatal(err)
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, &image.Gray{Pix: noise[:256*256], Stride: 256, Rect: image.Rect(0, 0, 256, 256)}, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	data := bundletest.Zip("tincan.xml", tincan, "index.html", "<p>hello", "photo.jpg", photo.String(), "noise.bin", string(noise))
	file := filepath.Join(t.TempDir(), "spotting.zip")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	officer := as(actor.ProgrammeOfficer)
	token := s.sessions.Add(officer, i18n.Prefs{Lang: "en"}, officer.Grant)
	tab := webtest.Launch(t).Tab(t, s.url, webtest.Look{Token: token, Width: 360})
	until := func(expression string) {
		t.Helper()
		ctx, done := context.WithTimeout(tab.Ctx, time.Minute)
		defer done()
		if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression)); err != nil {
			t.Fatalf("%s: %v\n%s\n%s", expression, err, tab.Text(), s.log)
		}
	}
	const waiting = `document.getElementById("upload-says").textContent.startsWith("The line is lost")`

	s.cut.Store(3) // the third part is lost with the line; then the server goes
	tab.Open("/packages").Do(chromedp.SetUploadFiles(chromedp.CSS("#package-file"), []string{file}))
	tab.Do(chromedp.Click(chromedp.CSS("#package input[name=smaller]")), chromedp.Click(chromedp.CSS("#package button[type=submit]")))
	until(`document.getElementById("upload-bar").value > 0`)
	s.restart(func() {
		until(waiting)
		s.held.Store(true) // or everything might have arrived before the page is looked at
	})
	until(`document.getElementById("upload-says").textContent === "Sending the package"`)
	tab.CheckAxe()

	s.restart(func() { // the part that is under way is lost, and she opens the page again
		until(waiting)
		s.held.Store(false)
	})
	tab.Open("/packages").MustShow("On their way in", "spotting.zip", "Its pictures will be made smaller", "Discard")
	if n := tab.Overflow(); n > 0 {
		t.Errorf("the page is %d pixels too wide", n)
	}
	before := s.bytes.Load()
	tab.Do(chromedp.SetUploadFiles(chromedp.CSS("#package-file"), []string{file})).Press("#package button[type=submit]")
	tab.MustShow("The package was brought in", "Spotting indicators", "1 picture was made smaller")
	if again := s.bytes.Load() - before; again >= int64(len(data)) {
		t.Errorf("%d of %d bytes were sent after the page was opened again", again, len(data))
	}
	if all := s.bytes.Load(); all > int64(len(data))+2*content.MaxPart+(1<<20) {
		t.Errorf("%d bytes were sent of a file of %d", all, len(data))
	}
	tab.Open("/packages")
	if n := webtest.Ask[int](tab, `document.querySelectorAll("tbody tr").length`); n != 1 || strings.Contains(tab.Text(), "On their way in") {
		t.Errorf("%d packages:\n%s", n, tab.Text())
	}
}

// There is no room for parts, though the server answers all else: the page waits,
// and says so. Her session ends meanwhile: it stops, and says what to do.
func TestAnUploadWaitsForRoomAndSaysWhenSheIsSignedOut(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &station{t: t, db: dbtest.SQLite(t), files: filepath.Join(t.TempDir(), "files"), sessions: &webtest.Sessions{}, log: &webtest.Log{}}
	s.up(ln)
	t.Cleanup(func() { s.server.Close() })
	file := filepath.Join(t.TempDir(), "spotting.zip")
	if err := os.WriteFile(file, bundletest.Zip("tincan.xml", tincan, "index.html", "<p>hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	officer := as(actor.ProgrammeOfficer)
	tab := webtest.Launch(t).Tab(t, s.url, webtest.Look{Token: s.sessions.Add(officer, i18n.Prefs{Lang: "en"}, officer.Grant)})
	says := func(word string) {
		t.Helper()
		ctx, done := context.WithTimeout(tab.Ctx, time.Minute)
		defer done()
		said := fmt.Sprintf(`document.getElementById("upload-says").textContent === document.getElementById("upload").dataset.%s`, word)
		if _, err := chromedp.Run(ctx, chromedp.Poll[bool](said)); err != nil {
			t.Fatalf("it does not say %q: %v\n%s", word, err, tab.Text())
		}
	}
	s.full.Store(true)
	tab.Open("/packages").Do(chromedp.SetUploadFiles(chromedp.CSS("#package-file"), []string{file}))
	tab.Do(chromedp.Click(chromedp.CSS("#package button[type=submit]")))
	says("waiting")
	if _, err := chromedp.Call(tab.Ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	says("refused")
}

// The script says as well what the package is to the one on whose page it is sent:
// the same module in another language.
func TestAnotherLanguageIsSentInParts(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &station{t: t, db: dbtest.SQLite(t), files: filepath.Join(t.TempDir(), "files"), sessions: &webtest.Sessions{}, log: &webtest.Log{}}
	s.up(ln)
	t.Cleanup(func() { s.server.Close() })
	officer := as(actor.ProgrammeOfficer)
	chromium := webtest.Launch(t)
	tab := chromium.Tab(t, s.url, webtest.Look{Token: s.sessions.Add(officer, i18n.Prefs{Lang: "en"}, officer.Grant), Width: 360})
	send := func(name string, data []byte) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		tab.Do(chromedp.SetUploadFiles(chromedp.CSS("#package-file"), []string{file}))
		return webtest.Ask[string](tab.Press("#package button[type=submit]"), `location.pathname`)
	}
	tab.Open("/packages")
	send("english.zip", bundletest.Zip("tincan.xml", tincan, "index.html", "<p>one"))
	tab.MustShow("Spotting indicators", "The same module in another language")
	webtest.Ask[bool](tab, `(document.querySelector("#package input[value=language]").click(), document.getElementById("package-language").value = "ur", true)`)
	urdu := send("urdu.zip", bundletest.Zip("tincan.xml", strings.ReplaceAll(tincanUrdu, `lang="ur"`, `lang="en"`), "index.html", "<p>ایک"))
	tab.MustShow("This module in several languages", "spotting-indicators-ur")
	if s.parts.Load() != 2 {
		t.Errorf("%d parts were sent", s.parts.Load())
	}
	for _, lang := range []string{"en", "ur"} {
		tab := chromium.Tab(t, s.url, webtest.Look{Token: s.sessions.Add(officer, i18n.Prefs{Lang: lang}, officer.Grant), Width: 360})
		for name, path := range map[string]string{"package": urdu, "packages": "/packages"} {
			tab.Open(path).Shot("languages-" + name + "-" + lang)
			if n := tab.Overflow(); n > 0 {
				t.Errorf("%s (%s) is %d pixels too wide", path, lang, n)
			}
			tab.CheckAxe()
		}
	}
}

func TestAnUploadIsHersAlone(t *testing.T) {
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, nil, Routes(Deps{Content: content.New(content.Deps{DB: dbtest.SQLite(t), Files: files})})...)
	b := s.As(t, as(actor.ProgrammeOfficer), i18n.Prefs{Lang: "en"})
	page := b.Get("/packages")
	_, values, err := page.Form("package")
	if err != nil {
		t.Fatal(err)
	}
	post := func(path string, more url.Values) *webtest.Answer {
		more.Set("token", values.Get("token"))
		return b.Post(path, more)
	}
	begun := post("/package-uploads", url.Values{"name": {"a.zip"}, "size": {"100"}}).Must(t, http.StatusOK, `"received":0`)
	_, rest, _ := strings.Cut(begun.Body, `"address":"`)
	address, _, found := strings.Cut(rest, `"`)
	if !found {
		t.Fatal(begun.Body)
	}
	b.Get(address).Must(t, http.StatusOK, `"size":100`)
	post(address+"/finish", url.Values{}).Must(t, http.StatusUnprocessableEntity, "not as much as was said").CheckPage(t)
	if n := post("/package-uploads", url.Values{"name": {"a.zip"}, "size": {"0"}}).Status; n != http.StatusUnprocessableEntity {
		t.Errorf("nothing is begun: %d", n)
	}
	other := s.As(t, as(actor.ProgrammeOfficer), i18n.Prefs{Lang: "en"})
	other.Get(address).Must(t, http.StatusNotFound)
	if err := errors.Join(check(other.Get("/packages").Text(), "a.zip", false), check(b.Get("/packages").CheckPage(t).Text(), "a.zip", true)); err != nil {
		t.Error(err)
	}
	s.As(t, as(actor.Trainer), i18n.Prefs{Lang: "en"}).Get(address).Must(t, http.StatusNotFound)
	b.Submit(b.Get("/packages"), address+"/drop", nil).Must(t, http.StatusOK, "What had arrived was discarded.").CheckPage(t)
	b.Get(address).Must(t, http.StatusNotFound)
}

func check(text, word string, wanted bool) error {
	if strings.Contains(text, word) != wanted {
		return errors.New(word + " in: " + text)
	}
	return nil
}
