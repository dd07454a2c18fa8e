package player

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// gatherMax bounds the entries that are written together, unless one batch has more.
const gatherMax = 256

// arrival is a batch on its way into the log.
type arrival struct {
	batch readyBatch
	kept  Kept
	err   error // why nothing of it is kept
}

// acceptAll writes batches together, each all or nothing. One that cannot be taken
// is refused by itself; an error means that none was written.
func (s *Service) acceptAll(ctx context.Context, group []*arrival) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		for _, x := range group {
			x.kept, x.err = Kept{}, nil
		}
		held, mark, err := s.recall.take(tx, group)
		if err != nil {
			return err
		}
		var all []*heard
		for left := group; len(left) > 0; held = nil {
			if left, all, err = s.acceptSome(tx, left, held, all); err != nil {
				return err
			}
		}
		return s.recall.put(tx, mark, all)
	})
}

// acceptSome writes those batches of which no two are of one attempt, and returns
// the others, which come after them, in their order, and behind those before what was
// heard. held are launches that need not be read.
func (s *Service) acceptSome(tx *db.Tx, group []*arrival, held map[string]*launched, before []*heard) (later []*arrival, all []*heard, err error) {
	launches, err := launchesByCredential(tx, group, held)
	if err != nil {
		return nil, nil, err
	}
	now := make([]*heard, 0, len(group))
	taken := map[id.Attempt]bool{}
	for _, x := range group {
		l, known := launches[x.batch.credential]
		switch {
		case !known:
			x.err = fault.New(fault.Unauthenticated, "player.no-launch", nil)
		case taken[l.attempt.ID]:
			later = append(later, x)
		case tx.Now().Sub(l.launch.TouchedAt) > LateFor:
			x.err = fault.New(fault.Closed, "player.too-late", nil)
		default:
			h := &heard{arrival: x, launched: l}
			if x.err = h.sift(); x.err == nil {
				taken[l.attempt.ID] = true
				now = append(now, h)
			}
		}
	}
	return later, append(before, now...), s.keep(tx, now)
}

// launched is what a batch meets: what it may change of a launch and its attempt, and
// what the run reports.
type launched struct {
	launch  launchRow
	attempt Attempt               // see [launchesByCredential]; the rest of it is read where there is news
	run     report                // but for its percentage
	from    id.Launch             // that the run's report came from
	units   map[string]unitReport // nil where they have still to be read
}

// heard is a batch that is taken.
type heard struct {
	*arrival
	*launched
	course *Course

	fresh  []readyEntry // those that are not there yet
	rows   []entryRow
	data   map[unitElement]json.RawMessage // what is remembered anew
	judged map[string]bool                 // the units whose report changed
	state  json.RawMessage
	ended  bool // before this came
	steady bool // nothing came of it that is not in launched
}

// sift finds the entries that are new, and notes them with the launch. Those that
// follow a gap wait for it to be filled. Of a batch that is refused nothing is noted.
func (h *heard) sift() error {
	number, bytes := h.launch.Number, h.launch.Bytes
	for _, e := range h.batch.entries {
		if e.Number <= number || h.launch.Mode != Normal {
			continue
		}
		if e.Number > number+1 {
			break
		}
		if e.err != nil {
			return e.err
		}
		if bytes += int64(len(e.Entry)); bytes > maxLaunch {
			return fault.New(fault.Closed, "player.log-full", nil)
		}
		number = e.Number
		h.fresh = append(h.fresh, e)
	}
	h.launch.Number, h.launch.Bytes = number, bytes
	return nil
}

// keep writes batches of an attempt each: first what they say, and then what comes of
// it.
func (s *Service) keep(tx *db.Tx, all []*heard) error {
	if len(all) == 0 {
		return nil
	}
	if err := readUnits(tx, all); err != nil {
		return err
	}
	for _, h := range all {
		var err error
		if h.course, err = s.played(tx, h.attempt.Version); err != nil {
			return err
		}
		if err := s.hear(tx, h); err != nil {
			return err
		}
	}
	if err := writeHeard(tx, all); err != nil {
		return err
	}
	if err := s.judgeAll(tx, all); err != nil {
		return err
	}
	for _, h := range all {
		h.kept = Kept{
			Number: h.launch.Number, Replaced: !h.launch.ReplacedAt.IsZero(), State: h.attempt.State, Percent: h.attempt.Percent,
			Units: make(map[string]UnitState, len(h.units)),
		}
		for k, u := range h.units {
			h.kept.Units[k] = u.state()
		}
		var err error
		if h.kept.Over, err = s.over(tx, h); err != nil {
			return err
		}
	}
	return nil
}

// over says how a launch was ended by others than its frame; see [Kept].
func (s *Service) over(tx *db.Tx, h *heard) (string, error) {
	l := h.launch
	if !h.ended {
		return "", nil
	}
	// Taking a package out of use ends its launches, so that only these need be asked about.
	c, err := s.shelf.Course(tx, h.attempt.Version)
	if err != nil {
		return "", err
	}
	switch {
	case c.Withdrawn:
		return "withdrawn", nil
	case l.EndedAt.Equal(l.ReplacedAt): // see [Service.Abandon]
		return "ended", nil
	}
	return "", nil
}

// readUnits reads how far the units of attempts have come where that is not known.
func readUnits(tx *db.Tx, all []*heard) error {
	var attempts []any
	for _, h := range all {
		if h.units == nil {
			h.units = map[string]unitReport{}
			attempts = append(attempts, string(h.attempt.ID))
		}
	}
	if len(attempts) == 0 {
		return nil
	}
	units, err := unitsIn(tx, attempts)
	for _, h := range all {
		if u := units[h.attempt.ID]; u != nil {
			h.units = u
		}
	}
	return err
}

// hear applies the entries of a batch that are new, in their order.
func (s *Service) hear(tx *db.Tx, h *heard) error {
	l, a := &h.launch, &h.attempt
	h.data, h.judged = map[unitElement]json.RawMessage{}, map[string]bool{}
	for _, e := range h.fresh {
		row := entryRow{
			ID: e.id, Launch: l.ID, Number: e.Number, Attempt: a.ID, Person: a.Person,
			OccurredAt: occurred(tx.Now(), l.StartedAt, e.At, h.batch.now), RecordedAt: tx.Now(),
			Applied: l.ReplacedAt.IsZero(), Digest: e.digest, Body: e.Entry,
		}
		h.rows = append(h.rows, row)
		if err := h.apply(tx, e.logEntry, row); err != nil {
			return err
		}
		if e.State != nil && row.Applied {
			h.state = e.State
		}
	}
	l.TouchedAt = tx.Now()
	if h.ended = !l.EndedAt.IsZero(); h.batch.end && !h.ended {
		l.EndedAt = tx.Now()
	}
	if h.state == nil {
		return nil
	}
	h.data[unitElement{"", stateElement}] = h.state
	return s.keepObjectives(tx, a, h.course, h.state)
}

// apply lets an entry change what a unit remembers and how far it has come. What
// an entry reports counts even if another device has taken over; what it
// remembers then does not.
func (h *heard) apply(tx *db.Tx, e logEntry, row entryRow) error {
	if e.Activity == "" {
		return nil
	}
	if row.Applied {
		if e.Fresh {
			for at := range h.data {
				if at.activity == e.Activity {
					delete(h.data, at)
				}
			}
			if err := clearData(tx, h.attempt.ID, e.Activity); err != nil {
				return err
			}
		}
		// How the conversation before was left says nothing of this one.
		if h.units[e.Activity].leaving != "open" {
			if err := h.forget(tx, e.Activity, exitName(h.course.Kind)); err != nil {
				return err
			}
		}
		for name, value := range e.Set {
			h.data[unitElement{e.Activity, name}] = value
		}
		for _, name := range e.Gone {
			if err := h.forget(tx, e.Activity, name); err != nil {
				return err
			}
		}
	}
	if h.course.Unit(e.Activity) == nil {
		return nil
	}
	u := h.units[e.Activity]
	u.activity = e.Activity
	u.take(h.course.Kind, e.Set)
	if e.Done {
		u.end()
	}
	if row.Applied && (len(e.Set) > 0 || e.End || e.State == nil) {
		u.touched = row.OccurredAt
		switch {
		case e.End:
			exit, err := h.exit(tx, e)
			if err != nil {
				return err
			}
			u.leaving = exit
		default:
			u.leaving = "open"
		}
	}
	h.units[e.Activity] = u
	h.judged[e.Activity] = true
	return nil
}

// forget removes what a unit remembers by a name.
func (h *heard) forget(tx *db.Tx, activity, name string) error {
	delete(h.data, unitElement{activity, name})
	return clearDatum(tx, h.attempt.ID, activity, name)
}

// exit says how a unit that ended with an entry wants to be opened again.
func (h *heard) exit(tx *db.Tx, e logEntry) (string, error) {
	name := exitName(h.course.Kind)
	raw, ok := e.Set[name]
	if !ok {
		raw, ok = h.data[unitElement{e.Activity, name}]
	}
	if !ok {
		rows, err := dataOf(tx, h.attempt.ID)
		if err != nil {
			return "", err
		}
		for _, r := range rows {
			if r.activity == e.Activity && r.element == name {
				raw = r.value
			}
		}
	}
	var exit string
	if raw == nil || json.Unmarshal(raw, &exit) == nil {
		switch exit {
		case "suspend", "time-out", "logout":
			return exit, nil
		}
	}
	return "normal", nil
}

func exitName(k Kind) string {
	if k == Scorm12 {
		return "cmi.core.exit"
	}
	return "cmi.exit"
}

// writeHeard writes what batches say: the entries, what units remember and report,
// and how far each launch is.
func writeHeard(tx *db.Tx, all []*heard) error {
	var n [3]int
	for _, h := range all {
		n[0], n[1], n[2] = n[0]+len(h.rows), n[1]+len(h.data), n[2]+len(h.judged)
	}
	entries, data, units := make([]entryRow, 0, n[0]), make([]datumRow, 0, n[1]), make([]unitRow, 0, n[2])
	for _, h := range all {
		a := &h.attempt
		entries = append(entries, h.rows...)
		for at, value := range h.data {
			data = append(data, datumRow{a.ID, a.Person, datum{at.activity, at.element, value}})
		}
		for key := range h.judged {
			units = append(units, unitRow{a.ID, a.Person, h.units[key]})
		}
	}
	// In the order of their keys, so that instances never write in another.
	slices.SortFunc(data, func(a, b datumRow) int {
		return cmp.Or(cmp.Compare(a.attempt, b.attempt), cmp.Compare(a.activity, b.activity), cmp.Compare(a.element, b.element))
	})
	slices.SortFunc(units, func(a, b unitRow) int {
		return cmp.Or(cmp.Compare(a.attempt, b.attempt), cmp.Compare(a.activity, b.activity))
	})
	if err := insertEntries(tx, entries); err != nil {
		return err
	}
	if err := setData(tx, data); err != nil {
		return err
	}
	if err := setUnits(tx, units); err != nil {
		return err
	}
	for _, h := range all {
		if err := touchLaunch(tx, h.launch); err != nil {
			return err
		}
	}
	return nil
}

// judgeAll derives from what was written how far each package has come. Where that
// is no news, as with most of what comes, one entry of the journal is made for all
// batches of a cohort.
func (s *Service) judgeAll(tx *db.Tx, all []*heard) error {
	var steady logged
	for _, h := range all {
		h.steady = h.launch.EndedAt.IsZero()
		if len(h.rows) == 0 {
			continue
		}
		a := &h.attempt
		r, err := reportOf(tx, *a, h.course, h.units)
		if err != nil {
			return err
		}
		o := r.outcome()
		if r.percent = h.run.percent; r != h.run || h.from != h.launch.ID {
			if err := updateRun(tx, a.ID, h.launch.ID, r); err != nil {
				return err
			}
			h.run, h.from = r, h.launch.ID
		}
		switch ended := a.State == Passed || a.State == NotYet && !(o.PagesDone && o.Passed); {
		case ended:
			steady.add(h)
		case !o.PagesDone && (o.Percent <= a.Percent || a.Cohort == ""):
			points := o.Points != a.Points || o.Max != a.Max
			if !points && o.Percent <= a.Percent {
				steady.add(h)
				continue
			}
			a.Percent, a.Points, a.Max, a.TouchedAt = max(a.Percent, o.Percent), o.Points, o.Max, tx.Now()
			if err := advanceAttempt(tx, *a); err != nil {
				return err
			}
			if points {
				steady.add(h, journal.RowOf(attemptsTable(), a.ID))
			} else {
				steady.add(h)
			}
		default:
			h.steady = false
			if *a, err = attemptByID(tx, a.ID); err != nil {
				return err
			}
			if err := s.settle(tx, a, o, h.rows[len(h.rows)-1].OccurredAt, func(changed ...journal.Row) error {
				var own logged
				own.add(h, changed...)
				return own.append(tx)
			}); err != nil {
				return err
			}
		}
	}
	return steady.append(tx)
}

// loggedBody is the body of player.logged, version 2: entries lie apart.
type loggedBody struct {
	Logs []loggedPart `json:"logs"`
}

// loggedPart is what came of the log of one launch.
type loggedPart struct {
	Attempt id.Attempt `json:"attempt"`
	Launch  id.Launch  `json:"launch"`
	From    int64      `json:"from"`
	To      int64      `json:"to"`
}

// logged gathers what the journal is told of batches: one entry for each cohort.
type logged []cohortLog

// cohortLog is what came together of a cohort.
type cohortLog struct {
	cohort id.Cohort
	person id.Person // whose the first is
	logs   []loggedPart
	rows   []journal.Row // the entries of the log, and what else changed
}

func (l *logged) add(h *heard, changed ...journal.Row) {
	cohort := h.attempt.Cohort
	i := slices.IndexFunc(*l, func(c cohortLog) bool { return c.cohort == cohort })
	if i < 0 {
		i = len(*l)
		*l = append(*l, cohortLog{cohort: cohort, person: h.attempt.Person})
	}
	c := &(*l)[i]
	c.logs = append(c.logs, loggedPart{Attempt: h.attempt.ID, Launch: h.launch.ID, From: h.rows[0].Number, To: h.launch.Number})
	entries := entriesTable()
	for _, r := range h.rows {
		c.rows = append(c.rows, journal.RowWritten(entries, r.ID,
			string(r.Launch), r.Number, string(r.Attempt), string(r.Person), db.Micros(r.OccurredAt), db.Micros(r.RecordedAt), r.Digest))
	}
	c.rows = append(c.rows, changed...)
}

// append writes the entries. One of several batches is about no attempt in particular
// and no one person's deed: whose they are is in its body.
func (l logged) append(tx *db.Tx) error {
	entries := make([]journal.Entry, 0, len(l))
	for _, c := range l {
		e := journal.Entry{
			Kind: "player.logged", Version: 2, Scope: actor.Scope{Cohort: c.cohort}, Body: loggedBody{Logs: c.logs}, Rows: c.rows,
		}
		if len(c.logs) == 1 {
			e.Subject, e.Actor = string(c.logs[0].Attempt), actor.Actor{Person: c.person}
		}
		entries = append(entries, e)
	}
	return journal.AppendAll(tx, entries...)
}

// occurred is when an entry was written, by the server's clock: as long before
// now as the device says that it was before the batch was sent.
func occurred(now, started time.Time, at, sent int64) time.Time {
	t := now.Add(-time.Duration(min(max(sent-at, 0), int64(LateFor/time.Millisecond))) * time.Millisecond)
	if t.Before(started) {
		return started
	}
	return t.Truncate(time.Microsecond)
}
