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
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"cadre/internal/fault"
)

// Limits of a fetch.
const (
	maxRedirects = 5
	dialTimeout  = 20 * time.Second
	headTimeout  = time.Minute
)

// Fetcher fetches from hosts that it was told of. It is safe for use by several
// goroutines.
type Fetcher struct {
	hosts  []string
	public func(netip.Addr) bool
	client *http.Client
}

// New returns a fetcher for the hosts named.
func New(hosts []string) *Fetcher { return with(hosts, Public, nil) }

// with is New with another judgement of addresses and other trust, for tests.
func with(hosts []string, public func(netip.Addr) bool, transport *http.Transport) *Fetcher {
	f := &Fetcher{public: public}
	for _, h := range hosts {
		f.hosts = append(f.hosts, strings.ToLower(strings.TrimSpace(h)))
	}
	if transport == nil {
		transport = &http.Transport{}
	}
	d := &net.Dialer{Timeout: dialTimeout, Control: f.judge}
	transport.DialContext = d.DialContext
	transport.Proxy = nil // a proxy would dial for us, and judge nothing
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

// judge looks at the address that is dialled, after names were resolved.
func (f *Fetcher) judge(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if !f.public(at.Addr()) {
		return fault.New(fault.Denied, "content.fetch-private", nil)
	}
	return nil
}

// Public reports whether an address is one of the open net: no loopback, private,
// link-local, shared, documentation, benchmark or multicast address, and none that
// only wraps one of those.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.Zone() != "" {
		return false
	}
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(p).Contains(a) {
			return false
		}
	}
	return true
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
