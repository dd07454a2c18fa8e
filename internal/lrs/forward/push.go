package forward

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/lrs"
	"cadre/internal/lrs/statement"
)

// pageSize is how many statements go in one request.
const pageSize = 50

// Where a target refuses statements and takes none of their version behind them, it may
// be the target that is at fault and not the statements: it is asked again after a pause,
// and by then others may have come that it takes. Once it has refused them for as long as
// patience they are passed over, if they are fewer than wholeRefused, or if it takes
// others behind them. As long as it takes nothing, more never are.
const (
	wholeRefused = 5
	patience     = 24 * time.Hour
)

// filesMax bounds the files of a request, in bytes, unless a single statement has more.
const filesMax = 4 << 20

// leaseTime is how long a process that died keeps a target from others.
const leaseTime = 2 * time.Minute

// failure is why a target does not take statements now.
type failure struct {
	cause error
	after time.Duration // what it asked for; 0 is none
	// refusing says that it answered, and refused all that it was sent.
	refusing bool
}

// Error says why.
func (f *failure) Error() string { return f.cause.Error() }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

var errLost = errors.New("forward: another process sends to this target, or it was paused or changed")

// Push sends to a target what it does not have, until it has all, and reports
// how many statements that were. A failure of the target is written down, and is
// an error as well. While another process sends to it, Push does nothing.
func (f *Forwarder) Push(ctx context.Context, target string) (sent int, err error) {
	// Two pushes of one process are two holders.
	lease := f.holder + "/" + id.New[string]()
	t, ok, err := f.claim(ctx, target, lease)
	if err != nil || !ok {
		return 0, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	beat := make(chan struct{})
	go func() { defer close(beat); f.hold(ctx, target, lease, stop) }()
	defer func() {
		ended := ctx.Err() != nil
		stop(nil)
		<-beat
		var known *failure
		if err != nil && !ended && !errors.Is(err, errLost) && !fault.Is(err, fault.Unavailable) && !errors.As(err, &known) {
			err = &failure{cause: err} // whatever it is, the operator reads it, and it is not tried at once
		}
		if rerr := f.release(context.WithoutCancel(ctx), target, lease, err); !errors.Is(err, errLost) {
			err = errors.Join(err, rerr)
		} else {
			err = rerr
		}
	}()
	u, err := f.admit(t.Endpoint)
	if err != nil {
		return 0, &failure{cause: err} // the configuration no longer names it
	}
	secret, err := f.Keys.Open(binding(t.ID), t.sealed)
	if err != nil {
		return 0, &failure{cause: err}
	}
	to := to{f: f, url: strings.TrimRight(u.String(), "/") + "/statements", account: t.Account, secret: string(secret)}
	m := mood{patient: f.patient(t)}
	m.tired = !m.patient
	for at := t.Position; ; {
		page, through, err := f.LRS.Outgoing(ctx, t.Filter, at, pageSize)
		if err == nil && len(page) == 0 && through-at >= looked {
			err = f.pass(ctx, target, lease, through)
		}
		if err != nil || len(page) == 0 {
			return sent, err
		}
		n, refused, err := to.page(ctx, page, m)
		if n > 0 {
			if aerr := f.advance(ctx, target, lease, page[n-1].Stored, n-len(refused), refused); aerr != nil {
				return sent, errors.Join(err, aerr)
			}
			at, sent = page[n-1].Stored, sent+n-len(refused)
			m = mood{patient: true, tired: m.tired && len(refused) > 0}
		}
		if err != nil {
			return sent, err
		}
	}
}

// mood says what is borne of a target.
type mood struct {
	// patient says that it has not refused all that it is sent for long.
	patient bool
	// tired says that it had when this push began, and has not stopped since to refuse
	// some: what waits behind them goes on at once where it takes others, and not a page a
	// day.
	tired bool
}

// patient reports whether a target has refused all that it was sent for no longer than
// that is borne.
func (f *Forwarder) patient(t Target) bool {
	return t.refusing.IsZero() || f.DB.Clock().Now().Sub(t.refusing) < patience
}

// waiting are statements of one version that a target refused, of which it took none since.
type waiting struct{ first, count, status int }

// page sends a page, in requests of statements that go together. It returns how many of
// them are settled, from the first on, and those among them that were refused. An error
// says why there are no more.
func (t to) page(ctx context.Context, page []lrs.Outgoing, m mood) (n int, all []refusal, err error) {
	open := map[statement.Version]waiting{}
	settle := func(end int) int {
		for _, w := range open {
			end = min(end, w.first)
		}
		return end
	}
	end, taken := 0, 0 // taken is the end of the last request of which it took some
	for end < len(page) {
		size := alike(page[end:])
		refused, err := t.deliver(ctx, page[end:end+size])
		if err != nil {
			return t.cut(page, settle(end), all, err)
		}
		v := page[end].Version
		switch {
		case len(refused) < size:
			delete(open, v)
			taken = end + size
		case settled(refused):
			delete(open, v)
		default:
			w, waits := open[v]
			if !waits {
				w.first = end
			}
			w.count, w.status = w.count+size, refused[size-1].status
			open[v] = w
		}
		all, end = append(all, refused...), end+size
	}
	at, count, status := settle(end), 0, 0
	for _, w := range open {
		count, status = count+w.count, w.status
	}
	switch others := taken > at; {
	case at == end, m.tired && others, !m.patient && count < wholeRefused:
		return end, all, nil
	case taken > 0:
		err = fmt.Errorf("it refuses some statements (%d, with %d) and takes others", count, status)
	default:
		err = fmt.Errorf("it refuses every statement, with %d", status)
	}
	return t.cut(page, at, all, &failure{cause: err, refusing: true})
}

// cut leaves of refusals those among the first n of a page.
func (to) cut(page []lrs.Outgoing, n int, all []refusal, err error) (int, []refusal, error) {
	there := map[string]bool{}
	for _, s := range page[:n] {
		there[s.ID.String()] = true
	}
	return n, slices.DeleteFunc(all, func(r refusal) bool { return !there[r.statement] }), err
}

// alike is how many statements at the beginning of a page may go together: those
// of one version, with files that are not too large.
func alike(page []lrs.Outgoing) int {
	size := int64(0)
	for i := range page {
		size += filesOf(page[i])
		if page[i].Version != page[0].Version || i > 0 && size > filesMax {
			return i
		}
	}
	return len(page)
}

func filesOf(s lrs.Outgoing) (size int64) {
	for _, f := range s.Files {
		size += f.Size
	}
	return size
}

// weight is about how many bytes statements and their files are.
func weight(page []lrs.Outgoing) (size int64) {
	for _, s := range page {
		size += int64(len(s.Text)) + filesOf(s)
	}
	return size
}

// settled reports whether refusals are of the statements themselves beyond doubt: the
// target has another one under each id.
func settled(refused []refusal) bool {
	return !slices.ContainsFunc(refused, func(r refusal) bool { return r.status != http.StatusConflict })
}

// looked is how far a place may stay behind the last statement, in microseconds,
// before it is written down that nothing in between was wanted.
const looked = int64(time.Minute / time.Microsecond)

// pass writes down that nothing that a target wants was stored up to a place, so that
// it is not looked for again.
func (f *Forwarder) pass(ctx context.Context, target, lease string, place int64) error {
	return f.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE lrs_forwards SET position = ?3 WHERE id = ?1 AND lease = ?2 AND paused = 0`, target, lease, place)
		if err == nil && n == 0 {
			return errLost
		}
		return err
	})
}

// claim takes the lease of a target that is neither paused nor waiting.
func (f *Forwarder) claim(ctx context.Context, target, lease string) (t Target, ok bool, err error) {
	machine := f.Machine.Now()
	err = f.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE lrs_forwards SET lease = ?2, lease_until = ?3
			WHERE id = ?1 AND paused = 0 AND next_at <= ?4 AND (lease = '' OR lease_until <= ?5)`,
			target, lease, db.Micros(machine.Add(leaseTime)), db.Micros(tx.Now()), db.Micros(machine))
		if ok = n > 0; err != nil || !ok {
			return err
		}
		t, err = targetOf(tx, target)
		return err
	})
	return t, ok && err == nil, err
}

// hold renews a lease until ctx ends, and ends ctx if it is lost.
func (f *Forwarder) hold(ctx context.Context, target, lease string, lose context.CancelCauseFunc) {
	tick := time.NewTicker(leaseTime / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var n int64
		err := f.DB.Update(ctx, db.XAPI, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(`UPDATE lrs_forwards SET lease_until = ?3 WHERE id = ?1 AND lease = ?2`,
				target, lease, db.Micros(f.Machine.Now().Add(leaseTime)))
			return err
		})
		if err == nil && n == 0 {
			lose(errLost)
			return
		}
	}
}

// advance writes down that a target has the statements up to a place, or has
// refused them.
func (f *Forwarder) advance(ctx context.Context, target, lease string, place int64, sent int, refused []refusal) error {
	return f.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE lrs_forwards SET position = ?3, sent = sent + ?4, tries = 0, refusing_since = 0, next_at = 0, last_at = ?5, last_error = ''
			WHERE id = ?1 AND lease = ?2 AND paused = 0`, target, lease, place, int64(sent), db.Micros(tx.Now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return errLost
		}
		for _, r := range refused {
			if _, err := tx.Exec(`INSERT INTO lrs_refusals (forward, statement, status, at) VALUES (?1, ?2, ?3, ?4)
				ON CONFLICT (forward, statement) DO UPDATE SET status = excluded.status, at = excluded.at`,
				target, r.statement, int64(r.status), db.Micros(tx.Now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// reasonMax bounds what is kept of a failure, in bytes.
const reasonMax = 500

// release gives the lease back, and writes a failure down.
func (f *Forwarder) release(ctx context.Context, target, lease string, err error) error {
	var why *failure
	failed := errors.As(err, &why)
	return f.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error {
		if !failed {
			_, err := tx.Exec(`UPDATE lrs_forwards SET lease = '', lease_until = 0 WHERE id = ?1 AND lease = ?2`, target, lease)
			return err
		}
		type before struct{ tries, refusing int64 }
		rows, err := db.Collect(tx, func(r *db.Rows) (b before, err error) { return b, r.Scan(&b.tries, &b.refusing) },
			`SELECT tries, refusing_since FROM lrs_forwards WHERE id = ?1 AND lease = ?2`, target, lease)
		if err != nil || len(rows) == 0 {
			return err
		}
		tries, refusing := rows[0].tries+1, rows[0].refusing
		switch {
		case !why.refusing:
			refusing = 0
		case refusing == 0:
			refusing = db.Micros(tx.Now())
		}
		text := strings.ReplaceAll(why.Error(), "\x00", "")
		if len(text) > reasonMax {
			text = text[:reasonMax]
		}
		_, err = tx.Exec(`UPDATE lrs_forwards SET lease = '', lease_until = 0, tries = ?3, next_at = ?4, last_error = ?5, refusing_since = ?6 WHERE id = ?1 AND lease = ?2`,
			target, lease, tries, db.Micros(tx.Now().Add(max(job.Backoff(int(tries)), why.after))), strings.ToValidUTF8(text, ""), refusing)
		return err
	})
}

// refusal is a statement that a target refused for itself.
type refusal struct {
	statement string
	status    int
}

// to is a target as requests go to it.
type to struct {
	f                    *Forwarder
	url, account, secret string
}

// deliver sends statements of one version. Where some are refused, it finds out
// which, in order.
func (t to) deliver(ctx context.Context, page []lrs.Outgoing) ([]refusal, error) {
	status, err := t.send(ctx, page)
	switch {
	case errors.Is(err, errSlow) && len(page) > 1 && weight(page) > 256<<10: // fewer may come through
	case err != nil || status == 0:
		return nil, err
	case len(page) == 1:
		return []refusal{{page[0].ID.String(), status}}, nil
	}
	half := len(page) / 2
	first, err := t.deliver(ctx, page[:half])
	if err != nil {
		return nil, err
	}
	second, err := t.deliver(ctx, page[half:])
	return append(first, second...), err
}

// requestTime is how long a request may take, besides what its size needs.
const requestTime = 5 * time.Minute

var errSlow = errors.New("it took too long to take them")

// answerMax is what is read of an answer, in bytes.
const answerMax = 64 << 10

// send sends statements in one request. It returns 0 if they were taken, the
// status if they were refused for themselves, and a failure otherwise.
func (t to) send(ctx context.Context, page []lrs.Outgoing) (int, error) {
	// A slow line carries 16 KiB a second.
	ctx, done := context.WithTimeoutCause(ctx, requestTime+time.Duration(weight(page)>>14)*time.Second, &failure{cause: errSlow})
	defer done()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, http.NoBody)
	if err == nil {
		err = fill(r, page)
	}
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	r.SetBasicAuth(t.account, t.secret)
	r.Header.Set("X-Experience-API-Version", page[0].Version.String())
	answer, err := t.f.client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return 0, &failure{cause: err}
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, answerMax)) // so that the connection serves again; the status says all
	switch s := answer.StatusCode; s {
	case http.StatusOK, http.StatusNoContent:
		return 0, nil
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return s, nil
	}
	var after time.Duration
	if n, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && n > 0 {
		after = min(time.Duration(n)*time.Second, time.Hour)
	}
	return 0, &failure{cause: fmt.Errorf("it answered %s", answer.Status), after: after}
}

// fill gives a request its body: JSON, or parts where statements have files. It says
// how long that is, since some gateways take nothing of which they are not told, and can
// give it again, which a line that breaks at its beginning asks for.
func fill(r *http.Request, page []lrs.Outgoing) error {
	var list bytes.Buffer
	list.WriteByte('[')
	files := 0
	for i, s := range page {
		if i > 0 {
			list.WriteByte(',')
		}
		list.Write(s.Text)
		files += len(s.Files)
	}
	list.WriteByte(']')
	kind, length := "application/json", counter(list.Len())
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(list.Bytes())), nil }
	if files > 0 {
		length = 0
		parts := multipart.NewWriter(&length)
		kind = "multipart/mixed; boundary=" + parts.Boundary()
		measure := func(_ io.Writer, f lrs.File) error {
			length += counter(f.Size)
			return nil
		}
		if err := writeParts(parts, list.Bytes(), page, measure); err != nil {
			return err
		}
		r.GetBody = func() (io.ReadCloser, error) {
			in, out := io.Pipe()
			again := multipart.NewWriter(out)
			if err := again.SetBoundary(parts.Boundary()); err != nil {
				return nil, err
			}
			go func() { out.CloseWithError(writeParts(again, list.Bytes(), page, copyFile)) }()
			return in, nil
		}
	}
	r.Header.Set("Content-Type", kind)
	r.ContentLength = int64(length)
	var err error
	r.Body, err = r.GetBody()
	return err
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// writeParts writes the statements and their files, each once, of which content writes
// what is in them.
func writeParts(parts *multipart.Writer, list []byte, page []lrs.Outgoing, content func(to io.Writer, f lrs.File) error) error {
	p, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json"}})
	if err != nil {
		return err
	}
	if _, err := p.Write(list); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, s := range page {
		for _, file := range s.Files {
			if there[file.SHA2] {
				continue
			}
			there[file.SHA2] = true
			p, err := parts.CreatePart(textproto.MIMEHeader{
				"Content-Type": {file.ContentType}, "Content-Transfer-Encoding": {"binary"}, "X-Experience-API-Hash": {file.SHA2},
			})
			if err != nil {
				return err
			}
			if err := content(p, file); err != nil {
				return err
			}
		}
	}
	return parts.Close()
}

func copyFile(to io.Writer, f lrs.File) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(to, in)
	return err
}
