package export_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"cadre/internal/content/export/exporttest"
)

// writeOut unpacks a package into a folder.
func writeOut(t *testing.T, folder string, data []byte) {
	t.Helper()
	for name, body := range exporttest.Files(t, data) {
		to := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// navigate goes to an address, of whatever site.
func navigate(to string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(to) }

// returned waits until the learner has come back to the platform.
func (r *reader) returned() {
	r.t.Helper()
	r.Do(chromedp.WaitReady(chromedp.CSS("#elsewhere")))
}

// nothing is an empty archive.
func nothing(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := zip.NewWriter(&b).Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
