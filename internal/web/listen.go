package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Listening says where to serve, and what keeps the line private.
type Listening struct {
	// Address is host:port; port 0 takes any.
	Address string
	// Certificate and Key are files; both or neither.
	Certificate, Key string
	// TLSProxy says that a proxy on the way ends TLS, and that nobody can reach
	// the address but through it.
	TLSProxy bool
}

// Listen opens the address. It refuses plain http on any address but a loopback
// one, unless a TLS proxy is declared: whoever shares a line could read what
// officers read and take over their sessions.
func Listen(l Listening) (net.Listener, error) {
	host, _, err := net.SplitHostPort(l.Address)
	if err != nil {
		return nil, fmt.Errorf("web: address %q: %w", l.Address, err)
	}
	secure := l.Certificate != "" || l.Key != ""
	if secure && (l.Certificate == "" || l.Key == "") {
		return nil, errors.New("web: a certificate needs its key file, and a key its certificate")
	}
	if !secure && !l.TLSProxy && !loopback(host) {
		return nil, fmt.Errorf("web: refusing to serve plain http on %s, where others could read along: give a TLS certificate and key, declare the TLS proxy in front, or serve on 127.0.0.1", l.Address)
	}
	var config *tls.Config
	if secure {
		pair, err := tls.LoadX509KeyPair(l.Certificate, l.Key)
		if err != nil {
			return nil, fmt.Errorf("web: TLS certificate: %w", err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	}
	ln, err := net.Listen("tcp", l.Address)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if config != nil {
		ln = tls.NewListener(ln, config)
	}
	return ln, nil
}

// loopback reports whether host can only be this machine. A name other than
// localhost is not looked up: what it means may change.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Grace is how long requests that have begun may take to end when the server is
// asked to stop.
const Grace = 20 * time.Second

// Serve answers on ln until ctx ends, then lets what has begun come to its end.
// It closes ln.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(quiet{log.Handler()}, slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(ln) }()
	select {
	case err := <-stopped:
		return fmt.Errorf("web: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("web: requests did not end within %s: %w", Grace, err), server.Close())
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("web: %w", err)
	}
	return nil
}

// quiet keeps what net/http says about single connections, which holds their
// addresses, out of the log but for its being said.
type quiet struct{ slog.Handler }

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "connection trouble", r.PC))
}
