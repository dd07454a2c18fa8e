// Package dial guards connections that Cadre opens to other machines: what a name
// resolves to is judged at the moment of dialling, so no name leads to this
// machine, to its neighbours or to a cloud's own services.
package dial

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const timeout = 20 * time.Second

// Guard makes a transport dial only addresses that may be dialled; for others,
// dialling fails with refusal.
func Guard(t *http.Transport, may func(netip.Addr) bool, refusal error) {
	d := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dial: %w", err)
		}
		if !may(at.Addr()) {
			return refusal
		}
		return nil
	}}
	t.DialContext = d.DialContext
	t.Proxy = nil // a proxy would dial for us, and judge nothing
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
