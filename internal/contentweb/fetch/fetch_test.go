package fetch

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"cadre/internal/fault"
	"cadre/internal/web/dial"
)

func TestGet(t *testing.T) {
	var elsewhere string
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/p.zip":
			_, _ = w.Write([]byte("hello")) // a client that went away fails the test itself
		case "/away":
			http.Redirect(w, r, elsewhere, http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	trusting := func() *http.Transport {
		return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}
	}
	anywhere := func(netip.Addr) bool { return true }
	f := with([]string{u.Host}, anywhere, trusting())
	var b bytes.Buffer
	if n, err := f.Get(t.Context(), s.URL+"/p.zip", &b, 10, nil); err != nil || n != 5 || b.String() != "hello" {
		t.Errorf("%d, %v, %q", n, err, b.String())
	}
	if _, err := with([]string{u.Host}, dial.Public, trusting()).Get(t.Context(), s.URL+"/p.zip", &b, 10, nil); key(err) != "content.fetch-private" {
		t.Errorf("a neighbour was asked: %v", err)
	}
	elsewhere = "https://169.254.169.254/latest"
	for address, want := range map[string]string{
		s.URL + "/no": "content.fetch-status", s.URL + "/away": "content.fetch-host", s.URL + "/round": "content.fetch-redirects",
		"https://example.net/p.zip": "content.fetch-host", strings.Replace(s.URL, "https", "http", 1): "content.fetch-form",
		"file:///etc/passwd": "content.fetch-form", strings.Replace(s.URL, "//", "//me:secret@", 1): "content.fetch-form",
	} {
		if _, err := f.Get(t.Context(), address, &b, 10, nil); key(err) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := f.Get(t.Context(), s.URL+"/p.zip", &b, 4, nil); key(err) != "content.package-large" {
		t.Errorf("a larger file was taken: %v", err)
	}
}

func key(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Key
	}
	return ""
}
