package forward

import (
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/seal"
	"cadre/internal/web/dial"
)

// Deps is what forwarding works with.
type Deps struct {
	DB   *db.DB
	LRS  *lrs.Service
	Keys *seal.Keys
	// Hosts are those that statements may go to, with their port where it is not
	// 443. Inside admits such hosts in the own network.
	Hosts  []string
	Inside bool
	// Machine is the clock of leases; the system's if nil.
	Machine clock.Clock
	Log     *slog.Logger
	// TLS is what connections trust; the system's roots if nil.
	TLS *tls.Config
}

// Forwarder names targets and sends to them. It is safe for use by several
// goroutines.
type Forwarder struct {
	Deps
	client *http.Client
	// holder names this process in leases.
	holder string
}

// New returns a forwarder.
func New(d Deps) *Forwarder {
	if d.Machine == nil {
		d.Machine = clock.System()
	}
	may := dial.Public
	if d.Inside {
		may = func(a netip.Addr) bool {
			return !a.Unmap().IsLinkLocalUnicast() && !a.IsMulticast() && !a.IsUnspecified()
		}
	}
	t := &http.Transport{TLSClientConfig: d.TLS, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute}
	dial.Guard(t, may, fault.New(fault.Denied, "lrs.forward-private", nil))
	return &Forwarder{Deps: d, holder: id.New[string](), client: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Target is another record store.
type Target struct {
	ID       string     `json:"id"`
	Title    string     `json:"title"`
	Endpoint string     `json:"endpoint"`
	Account  string     `json:"account"`
	Filter   lrs.Filter `json:"filter"`
	Paused   bool       `json:"paused"`
	// Position is the place up to which it has what it wants; At is that as an instant.
	Position int64     `json:"-"`
	At       time.Time `json:"sent_up_to,omitzero"`
	// Sent and Refused count statements.
	Sent    int64 `json:"sent"`
	Refused int64 `json:"refused"`
	// Tries is how often sending failed since it last did not, Error the last
	// failure, NextAt when it is tried again.
	Tries  int       `json:"tries"`
	Error  string    `json:"error,omitempty"`
	NextAt time.Time `json:"next_at,omitzero"`
	// LastAt is when it last took statements.
	LastAt  time.Time `json:"last_at,omitzero"`
	Created time.Time `json:"created_at"`

	sealed seal.Sealed
	// refusing is since when it refuses all that it is sent.
	refusing time.Time
}

// Kinds of journal entries; none has more to say than which target it is about.
const (
	KindAdded   = "lrs.forward-added"
	KindPaused  = "lrs.forward-paused"
	KindResumed = "lrs.forward-resumed"
	KindRemoved = "lrs.forward-removed"
)

// changed is the body of the entries above, version 1.
type changed struct{}

func binding(target string) seal.Binding {
	return seal.Binding{Purpose: "lrs.forward", ID: target, Version: 1}
}

// NewTarget names a target.
type NewTarget struct {
	Title, Endpoint, Account, Secret string
	Filter                           lrs.Filter
	// Since leaves out what was stored before; the zero Time is from the beginning.
	Since time.Time
}

func allow(tx *db.Tx) error {
	return access.Allow(tx.Actor(), access.Change, access.Object{Kind: access.Instance})
}

// admit judges an endpoint.
func (f *Forwarder) admit(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fault.New(fault.Invalid, "lrs.forward-form", nil)
	}
	if !slices.ContainsFunc(f.Hosts, func(h string) bool { return strings.EqualFold(h, u.Host) }) {
		return nil, fault.New(fault.Denied, "lrs.forward-host", fault.Args{"host": u.Host})
	}
	return u, nil
}

// Add names a target. Sending begins at once.
func (f *Forwarder) Add(ctx context.Context, n NewTarget) (Target, error) {
	if err := n.Filter.Check(); err != nil {
		return Target{}, err
	}
	if _, err := f.admit(n.Endpoint); err != nil {
		return Target{}, err
	}
	filter, err := json.Marshal(n.Filter)
	if err != nil {
		return Target{}, err
	}
	t := Target{ID: id.New[string](), Title: n.Title, Endpoint: strings.TrimRight(n.Endpoint, "/"), Account: n.Account, Filter: n.Filter}
	if !n.Since.IsZero() {
		t.Position = db.Micros(n.Since) - 1
	}
	t.sealed = f.Keys.Seal(binding(t.ID), []byte(n.Secret))
	err = f.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		if err := allow(tx); err != nil {
			return err
		}
		t.Created = tx.Now()
		if _, err := tx.Exec(`INSERT INTO lrs_forwards (id, title, endpoint, account, sealed_key, sealed, filter, paused, position, sent,
			tries, next_at, last_at, last_error, lease, lease_until, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 0, 0, 0, 0, '', '', 0, ?9)`,
			t.ID, t.Title, t.Endpoint, t.Account, t.sealed.Key, t.sealed.Box, string(filter), t.Position, db.Micros(t.Created)); err != nil {
			return err
		}
		return journal.Append(tx, journal.Entry{Kind: KindAdded, Version: 1, Subject: t.ID, Body: changed{}})
	})
	return t, err
}

// change does something to a target, with its entry.
func (f *Forwarder) change(ctx context.Context, target, kind, query string, args ...any) error {
	return f.DB.Update(ctx, db.Main, func(tx *db.Tx) error {
		if err := allow(tx); err != nil {
			return err
		}
		n, err := tx.Exec(query, append([]any{target}, args...)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "lrs.forward-unknown", nil)
		}
		return journal.Append(tx, journal.Entry{Kind: kind, Version: 1, Subject: target, Body: changed{}})
	})
}

// Pause stops sending to a target after the page that is under way.
func (f *Forwarder) Pause(ctx context.Context, target string) error {
	return f.change(ctx, target, KindPaused, `UPDATE lrs_forwards SET paused = 1 WHERE id = ?1`)
}

// Resume goes on where a target was left, at once, also if a pause after a
// failure is not over. from, if it is not zero, goes back to an instant first:
// what the target has, it is sent again, and keeps once.
func (f *Forwarder) Resume(ctx context.Context, target string, from time.Time) error {
	if from.IsZero() {
		return f.change(ctx, target, KindResumed, `UPDATE lrs_forwards SET paused = 0, tries = 0, refusing_since = 0, next_at = 0 WHERE id = ?1`)
	}
	return f.change(ctx, target, KindResumed, `UPDATE lrs_forwards SET paused = 0, tries = 0, refusing_since = 0, next_at = 0, position = ?2, lease = '' WHERE id = ?1`,
		db.Micros(from)-1)
}

// Remove forgets a target. What it has, it keeps.
func (f *Forwarder) Remove(ctx context.Context, target string) error {
	return f.change(ctx, target, KindRemoved, `DELETE FROM lrs_forwards WHERE id = ?1`)
}

const targetColumns = `id, title, endpoint, account, sealed_key, sealed, filter, paused, position, sent,
	(SELECT COUNT(*) FROM lrs_refusals r WHERE r.forward = lrs_forwards.id), tries, refusing_since, next_at, last_at, last_error, created_at`

func scanTarget(r interface{ Scan(dest ...any) error }) (Target, error) {
	var t Target
	var filter string
	var paused, refusing, next, last, created int64
	if err := r.Scan(&t.ID, &t.Title, &t.Endpoint, &t.Account, &t.sealed.Key, &t.sealed.Box, &filter, &paused, &t.Position, &t.Sent,
		&t.Refused, &t.Tries, &refusing, &next, &last, &t.Error, &created); err != nil {
		return t, err
	}
	t.Paused, t.At, t.NextAt, t.LastAt, t.Created = paused != 0, db.Time(t.Position), db.Time(next), db.Time(last), db.Time(created)
	if refusing > 0 {
		t.refusing = db.Time(refusing)
	}
	if err := json.Unmarshal([]byte(filter), &t.Filter); err != nil {
		return t, fmt.Errorf("forward: the filter of %s: %w", t.ID, err)
	}
	return t, nil
}

// Targets lists the targets, the oldest first.
func (f *Forwarder) Targets(ctx context.Context) (out []Target, err error) {
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		if err := allow(tx); err != nil {
			return err
		}
		out, err = targets(tx)
		return err
	})
	return out, err
}

func targets(tx *db.Tx) ([]Target, error) {
	return db.Collect(tx, func(r *db.Rows) (Target, error) { return scanTarget(r) }, `SELECT `+targetColumns+` FROM lrs_forwards ORDER BY created_at, id`)
}

func targetOf(tx *db.Tx, target string) (Target, error) {
	t, err := scanTarget(tx.QueryRow(`SELECT `+targetColumns+` FROM lrs_forwards WHERE id = ?1`, target))
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "lrs.forward-unknown", nil)
	}
	return t, err
}

// WaitingMax is as far as [Status] counts.
const WaitingMax = lrs.PageMax

// Status is how a target stands.
type Status struct {
	Target
	// Waiting counts the statements that it does not have yet, up to WaitingMax;
	// one more says that there are more.
	Waiting int `json:"waiting"`
	// Refusals are the latest statements that it refused.
	Refusals []Refusal `json:"refusals,omitempty"`
}

// Refusal is a statement that a target refused.
type Refusal struct {
	Statement string    `json:"statement"`
	Status    int       `json:"status"`
	At        time.Time `json:"at"`
}

// refusalsShown bounds the refusals of a [Status].
const refusalsShown = 20

// Status says how each target stands, or the one given.
func (f *Forwarder) Status(ctx context.Context, only string) ([]Status, error) {
	all, err := f.Targets(ctx)
	if err != nil {
		return nil, err
	}
	var out []Status
	for _, t := range all {
		if only != "" && t.ID != only {
			continue
		}
		s := Status{Target: t}
		if s.Waiting, err = f.LRS.Waiting(ctx, t.Filter, t.Position, WaitingMax); err != nil {
			return nil, err
		}
		if err := f.DB.View(ctx, func(tx *db.Tx) (err error) {
			s.Refusals, err = db.Collect(tx, func(r *db.Rows) (x Refusal, err error) {
				var at int64
				err = r.Scan(&x.Statement, &x.Status, &at)
				x.At = db.Time(at)
				return x, err
			}, `SELECT statement, status, at FROM lrs_refusals WHERE forward = ?1 ORDER BY at DESC, statement LIMIT ?2`, t.ID, refusalsShown)
			return err
		}); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if only != "" && len(out) == 0 {
		return nil, fault.New(fault.NotFound, "lrs.forward-unknown", nil)
	}
	return out, nil
}
