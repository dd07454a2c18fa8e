// Package fetch brings packages from other machines, and from no machine that it
// was not told of.
//
// The host of every address, redirects included, has to be on the list of the
// configuration; only https is spoken; and what a name resolves to is judged at
// the moment of dialling, so no name leads to this machine, to its neighbours or
// to a cloud's own services.
package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"cadre/internal/fault"
	"cadre/internal/web/dial"
)

// Limits of a fetch.
const (
	maxRedirects = 5
	headTimeout  = time.Minute
)

// Fetcher fetches from hosts that it was told of. It is safe for use by several
// goroutines.
type Fetcher struct {
	hosts  []string
	client *http.Client
}

// New returns a fetcher for the hosts named.
func New(hosts []string) *Fetcher { return with(hosts, dial.Public, nil) }

// with is New with another judgement of addresses and other trust, for tests.
func with(hosts []string, public func(netip.Addr) bool, transport *http.Transport) *Fetcher {
	f := &Fetcher{}
	for _, h := range hosts {
		f.hosts = append(f.hosts, strings.ToLower(strings.TrimSpace(h)))
	}
	if transport == nil {
		transport = &http.Transport{}
	}
	dial.Guard(transport, public, fault.New(fault.Denied, "content.fetch-private", nil))
	transport.ResponseHeaderTimeout = headTimeout
	f.client = &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fault.New(fault.Invalid, "content.fetch-redirects", nil)
		}
		return f.admit(r.URL)
	}}
	return f
}

// admit judges an address before it is asked for.
func (f *Fetcher) admit(u *url.URL) error {
	if u.Scheme != "https" || u.User != nil || u.Host == "" {
		return fault.New(fault.Invalid, "content.fetch-form", nil)
	}
	if !slices.Contains(f.hosts, strings.ToLower(u.Host)) {
		return fault.New(fault.Denied, "content.fetch-host", fault.Args{"host": u.Host})
	}
	return nil
}

// Get copies what lies at address to w: at most limit bytes. progress, if not
// nil, is told how many bytes came and how many are said to come, -1 if unknown.
func (f *Fetcher) Get(ctx context.Context, address string, w io.Writer, limit int64, progress func(done, total int64)) (int64, error) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, fault.Wrap(fault.Invalid, "content.fetch-form", err)
	}
	if err := f.admit(u); err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, err
	}
	resp, err := f.client.Do(r)
	if err != nil {
		var known *fault.Error
		if errors.As(err, &known) {
			return 0, known
		}
		return 0, fault.Wrap(fault.Unavailable, "content.fetch-failed", err)
	}
	defer resp.Body.Close() // it was only read
	if resp.StatusCode != http.StatusOK {
		return 0, fault.New(fault.Unavailable, "content.fetch-status", fault.Args{"status": resp.StatusCode})
	}
	n, err := io.Copy(w, io.LimitReader(&told{resp.Body, 0, resp.ContentLength, progress}, limit+1))
	if err != nil {
		return n, fault.Wrap(fault.Unavailable, "content.fetch-failed", err)
	}
	if n > limit {
		return n, fault.New(fault.Invalid, "content.package-large", fault.Args{"mb": limit >> 20})
	}
	return n, nil
}

// told tells how far reading is.
type told struct {
	r        io.Reader
	n, total int64
	progress func(done, total int64)
}

// Read reads.
func (t *told) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	t.n += int64(n)
	if t.progress != nil {
		t.progress(t.n, t.total)
	}
	return n, err
}
