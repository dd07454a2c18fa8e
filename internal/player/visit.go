package player

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
)

// visit is a unit before the record store: it reaches what is its learner's in its
// registration, and nothing else.
type visit struct {
	s     *Service
	key   lrs.Key
	row   sessionRow
	c     *Course
	u     *Unit
	actor lrs.Account
}

// Visit lets a unit in by the value of its header Authorization. token is the one
// of the path that it was launched from.
func (s *Service) Visit(ctx context.Context, token, authorization string) (lrs.Visit, error) {
	stranger := lrs.Refuse(fault.Unauthenticated, "this is not the credential of a session")
	text, _ := strings.CutPrefix(authorization, "Basic ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, stranger
	}
	session, secret, _ := strings.Cut(string(raw), ":")
	if len(token) == previewToken {
		return s.rehearse(ctx, token, session+"."+secret)
	}
	if _, ok := s.shown(useSpeak, session+"."+secret); !ok {
		return nil, stranger
	}
	v := &visit{s: s}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := sessionByID(tx, session)
		if err != nil {
			return err
		}
		a, err := attemptByID(tx, row.Attempt)
		if err != nil {
			return err
		}
		if token != s.pathToken(a.Person, a.Version) {
			return stranger
		}
		if v.c, err = s.shelf.Course(tx, a.Version); err != nil {
			return err
		}
		if v.u = v.c.Unit(row.Activity); v.u == nil {
			return stranger
		}
		v.row = row
		scopes := []lrs.Scope{lrs.ScopeWrite, lrs.ScopeState, lrs.ScopeProfile}
		if row.EndedAt.IsZero() { // what was on its way may still come in; it has nothing left to read
			scopes = append(scopes, lrs.ScopeRead)
		}
		v.key = s.lrs.Local("courseware", "Courseware", scopes...)
		agent, registration, err := s.agent(tx, a)
		if err != nil {
			return err
		}
		if v.key.Within, err = s.within(tx, a); err != nil {
			return err
		}
		v.actor, v.key.Registration = lrs.Account{HomePage: agent.HomePage, Name: agent.Value}, registration
		return row.over(v.c, tx.Now())
	})
	if fault.Is(err, fault.NotFound) {
		return nil, stranger
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// over returns why a session is at its end; nil if it is not.
func (s sessionRow) over(c *Course, now time.Time) error {
	switch {
	case !s.AbandonedAt.IsZero():
		return lrs.Refuse(fault.Denied, "cmi5 9.3.6: the session was abandoned")
	case !s.EndedAt.IsZero() && now.Sub(s.EndedAt) > Grace:
		return errTerminated()
	case now.Sub(s.TouchedAt) > idleFor:
		return lrs.Refuse(fault.Denied, "the session has expired")
	case c.Withdrawn:
		return lrs.Refuse(fault.Denied, "the package was withdrawn")
	}
	return nil
}

func errTerminated() error {
	return lrs.Refuse(fault.Denied, "cmi5 9.3.8: the session was terminated")
}

// Key answers lrs.
func (v *visit) Key() lrs.Key { return v.key }

// Knows answers lrs: a unit is told about activities of its own package.
func (v *visit) Knows(activity string) bool {
	return activity == v.s.courseID(v.c) || strings.HasPrefix(activity, v.s.packageID(v.c)+"/") || v.c.Kind == XAPI && activity == v.u.ID
}

// preferencesMax bounds her preferences, in bytes.
const preferencesMax = 4 << 10

// Document answers lrs: states of its own activity, the activity's profile, and
// her preferences.
func (v *visit) Document(ctx context.Context, p *lrs.Place, name string, w *lrs.Write) error {
	if w == nil && !v.row.EndedAt.IsZero() {
		return errTerminated()
	}
	if p.Agent != nil && (p.Agent.Kind != "account" || p.Agent.HomePage != v.actor.HomePage || p.Agent.Value != v.actor.Name) {
		return lrs.Refuse(fault.Denied, "cmi5 8.1.3: the agent is the actor of the launch")
	}
	switch p.Kind {
	case "state":
		switch {
		case p.Activity != v.s.activityID(v.c, v.u):
			return lrs.Refuse(fault.Denied, "cmi5 8.1.5: the activity is the one of the launch")
		case p.Registration != nil && *p.Registration != *v.key.Registration:
			return lrs.Refuse(fault.Denied, "cmi5 8.1.4: the registration is the one of the launch")
		case name == cmi5.LaunchData && w != nil:
			return lrs.Refuse(fault.Denied, "cmi5 10.2.1: the document "+cmi5.LaunchData+" is the LMS's")
		}
		p.Keep = []string{cmi5.LaunchData}
		if v.c.Kind == XAPI { // its ids are its maker's own, and another's may be the same
			p.Registration = v.key.Registration
		}
		return nil
	case "activity":
		if p.Activity != v.s.courseID(v.c) && p.Activity != v.s.activityID(v.c, v.u) {
			return lrs.Refuse(fault.Denied, "cmi5 8.1.5: the activity is the one of the launch")
		}
		if v.c.Kind == XAPI {
			p.Activity = v.s.packageID(v.c) + "/units/" + v.u.Key
		}
		return nil
	}
	return v.preferences(ctx, name, w)
}

// preferences lets her profile be read, and written as cmi5 has it. What is not
// written is answered by status 403, which a unit takes for no error (11.0).
func (v *visit) preferences(ctx context.Context, name string, w *lrs.Write) error {
	switch {
	case w == nil && name == "": // the list of documents; what is in them is asked for by name
		return nil
	case name != cmi5.Preferences:
		return lrs.Refuse(fault.Denied, "cmi5 11.0: of the agent's profile a unit has the document "+cmi5.Preferences)
	case w == nil:
		return v.prepared(ctx)
	case w.Body == nil:
		return lrs.Refuse(fault.Denied, "cmi5 11.0: the learner's preferences are not deleted by a unit")
	case len(w.Body) > preferencesMax:
		return lrs.Refuse(fault.Denied, "cmi5 11.0: the learner's preferences are short")
	case !w.JSON():
		return lrs.Refuse(fault.Denied, "cmi5 11.0: the learner's preferences are sent as JSON")
	}
	var in map[string]any
	if err := json.Unmarshal(w.Body, &in); err != nil {
		return lrs.Refuse(fault.Denied, "cmi5 11.0: the learner's preferences are a JSON object")
	}
	languages, ok := in["languagePreference"].(string)
	if !ok {
		return lrs.Refuse(fault.Denied, "cmi5 11.0: the preferences have the text languagePreference")
	}
	for tag := range strings.SplitSeq(languages, ",") {
		if !lrs.LanguageTag(strings.TrimSpace(tag)) {
			return lrs.Refuse(fault.Denied, "cmi5 11.1: languagePreference is a list of RFC 5646 tags with commas between them")
		}
	}
	switch in["audioPreference"] {
	case "", "on", "off":
		return nil
	}
	return lrs.Refuse(fault.Denied, "cmi5 11.2: audioPreference is on or off")
}

// prepared notes that the unit asked for her preferences, as it does before it says
// that it has begun (cmi5 11.0).
func (v *visit) prepared(ctx context.Context) error {
	if v.c.Kind != Cmi5 || !v.row.PreferredAt.IsZero() {
		return nil
	}
	return v.s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE player_sessions SET preferred_at = ?2 WHERE id = ?1 AND preferred_at = 0`, v.row.ID, db.Micros(tx.Now()))
		return err
	})
}

// Store answers lrs. What the unit says, and what follows from it for its unit, its
// block, the course and her way, is one transaction, done before she is answered.
func (v *visit) Store(ctx context.Context, ver lrs.Version, batch []*lrs.Statement, files lrs.Files) ([]lrs.UUID, error) {
	s := v.s
	p, err := s.lrs.Prepare(ctx, batch)
	if err != nil {
		return nil, err
	}
	var after sessionRow
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		row, err := sessionByID(tx, v.row.ID)
		if err != nil {
			return err
		}
		a, err := attemptByID(tx, row.Attempt)
		if err != nil {
			return err
		}
		c, err := s.shelf.Course(tx, a.Version)
		if err != nil {
			return err
		}
		h := hearing{v: v, tx: tx, row: &row, a: a, c: c}
		if err := s.lrs.StoreIn(tx, v.key, ver, p, files, h.judge); err != nil {
			return err
		}
		if err := h.again(batch); err != nil {
			return err
		}
		err = h.follow()
		after = row
		return err
	})
	if err != nil {
		return nil, err
	}
	v.row = after
	return p.IDs, nil
}

// hearing is a batch of statements of a unit on its way in.
type hearing struct {
	v     *visit
	tx    *db.Tx
	row   *sessionRow
	a     Attempt
	c     *Course
	marks marks
	units map[string]unitReport
	heard bool
	at    time.Time // when the last of it happened, by our clock
}

// judge takes the statements that are new, or refuses the batch.
func (h *hearing) judge(fresh []*lrs.Statement) (err error) {
	if err := h.row.over(h.c, h.tx.Now()); err != nil {
		return err
	}
	if h.marks, err = marksOf(h.tx, h.a.ID); err != nil {
		return err
	}
	if h.units, err = unitsOf(h.tx, h.a.ID); err != nil {
		return err
	}
	h.heard, h.at = true, h.tx.Now()
	for _, st := range fresh {
		if st.HasTime && st.Time.Before(h.tx.Now()) {
			h.at = st.Time
			if h.at.Before(h.row.LaunchedAt) {
				h.at = h.row.LaunchedAt
			}
		}
		if h.c.Kind == Cmi5 {
			err = h.cmi5(st)
		} else {
			err = h.xapi(st)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// again refuses what is sent once more after "terminated", which says that nothing
// else comes. That it was terminated may be repeated: the answer can be lost.
func (h *hearing) again(batch []*lrs.Statement) error {
	said := func(st *lrs.Statement) bool { return st.Verb == cmi5.Terminated }
	if h.heard || h.row.EndedAt.IsZero() || len(batch) == 0 || slices.ContainsFunc(batch, said) {
		return nil
	}
	return errTerminated()
}

// cmi5 takes a statement of a cmi5 unit.
func (h *hearing) cmi5(st *lrs.Statement) error {
	u := h.v.u
	session := cmi5.Session{
		Of: cmi5.Of{Actor: h.v.actor, Registration: string(h.a.ID), Session: h.row.ID}, AU: h.v.s.au(h.c, u), Mode: modeOf(h.row.Mode),
		Preferred: !h.row.PreferredAt.IsZero(), Initialized: h.row.InitializedAt, Terminated: h.row.TerminatedAt, Last: h.row.LastAt, Completed: h.row.Completed, Judged: h.row.Judged,
	}
	record := cmi5.Record{Completed: h.marks.has(u.ID, markCompleted), Passed: h.marks[u.ID][markPassed]}
	verb, breach := session.Take(&record, st)
	if breach != nil {
		return breach.Fault()
	}
	h.row.InitializedAt, h.row.TerminatedAt, h.row.LastAt = session.Initialized, session.Terminated, session.Last
	h.row.Completed, h.row.Judged = session.Completed, session.Judged
	if verb == cmi5.Terminated {
		h.row.EndedAt = h.tx.Now()
	}
	if h.row.Mode != Normal {
		return nil // what only looks changes nothing, nor how long it took
	}
	r := h.report(u.ID)
	if verb == "" { // one that cmi5 allows besides its own (7.1.3) says no more than how far she is
		if !r.advance(st) {
			return nil
		}
		return h.keep(r)
	}
	r.hear(st)
	switch verb {
	case cmi5.Initialized:
		r.leaving = "open"
	case cmi5.Terminated:
		r.leaving = "normal"
	case cmi5.Completed:
		r.completion = completed
		return h.mark(r, markCompleted, st)
	case cmi5.Passed:
		r.success = passed
		return h.mark(r, markPassed, st)
	case cmi5.Failed:
		if r.success != passed {
			r.success = failedIt
		}
		return h.mark(r, markFailed, st)
	}
	return h.keep(r)
}

func (h *hearing) report(unit string) unitReport {
	r := h.units[unit]
	r.activity, r.touched = unit, h.tx.Now()
	return r
}

func (h *hearing) keep(r unitReport) error {
	if r.completion == "" {
		r.completion = incomplete
	}
	// What is completed is done whole (cmi5 9.3.3), and so is what has nothing more to reach.
	if r.completion == completed || h.c.Kind != Cmi5 && r.done() || h.c.Kind == Cmi5 && h.marks.reached(h.v.u) {
		r.percent = 100
	}
	h.units[r.activity] = r
	return setUnit(h.tx, h.a.ID, h.a.Person, r)
}

func (h *hearing) mark(r unitReport, k mark, st *lrs.Statement) error {
	h.marks.set(r.activity, k, st.Time)
	if err := insertMark(h.tx, h.a, r.activity, k, h.row.ID, "", st.Time); err != nil {
		return err
	}
	return h.keep(r)
}

// xapi takes a statement of a package without a course structure. Of what it says
// of its own activity, the verbs that everybody uses count.
func (h *hearing) xapi(st *lrs.Statement) error {
	if err := h.v.own(st); err != nil {
		return err
	}
	h.row.LastAt = h.tx.Now()
	if st.Activity != h.v.u.ID || h.row.Mode != Normal {
		return nil
	}
	r := h.report(h.v.u.ID)
	r.hear(st)
	completion, success := spoken(st)
	if completion {
		r.completion = completed
	}
	if success != "" && r.success != passed {
		r.success = success
	}
	r.leaving = "open"
	if st.Verb == cmi5.Terminated {
		r.leaving = "normal"
	}
	return h.keep(r)
}

// own refuses what is not hers to say in this launch.
func (v *visit) own(st *lrs.Statement) error {
	switch {
	case st.Account.HomePage != v.actor.HomePage || st.Account.Name != v.actor.Name:
		return lrs.Refuse(fault.Denied, "the actor is the one of the launch")
	case st.HasRegistration && st.Registration != *v.key.Registration:
		return lrs.Refuse(fault.Denied, "the registration is the one of the launch")
	case st.Verb == lrs.VerbVoided:
		return lrs.Refuse(fault.Denied, "a package voids nothing")
	}
	return nil
}

// follow writes what follows from what was heard.
func (h *hearing) follow() error {
	if !h.heard {
		return nil
	}
	h.row.TouchedAt, h.row.HeardAt = h.tx.Now(), h.tx.Now()
	if err := updateSession(h.tx, *h.row); err != nil {
		return err
	}
	if !h.row.EndedAt.IsZero() {
		if err := endLaunch(h.tx, h.row.Launch); err != nil {
			return err
		}
	}
	if h.row.Mode != Normal {
		return nil
	}
	s := h.v.s
	if h.c.Kind == Cmi5 {
		if err := s.satisfy(h.tx, h.a, h.c, h.marks, h.row.ID, h.tx.Now()); err != nil {
			return err
		}
	}
	return s.judgeRun(h.tx, &h.a, h.c, h.row.Launch, h.units, h.at, func(changed ...journal.Row) error {
		return journal.Append(h.tx, journal.Entry{
			Kind: "player.session-heard", Version: 1, Scope: actor.Scope{Cohort: h.a.Cohort}, Subject: string(h.a.ID),
			Body: heardBody{Session: h.row.ID}, Rows: changed, Actor: actor.Actor{Person: h.a.Person},
		})
	})
}

// heardBody is the body of player.session-heard, version 1: what was said lies in
// the record store.
type heardBody struct {
	Session string `json:"session"`
}

// Ready prepares what [Service.EndOf] takes. It is called outside the transaction.
func (s *Service) Ready(ctx context.Context) error { return s.ready(ctx) }

// Begun reports whether a person has ever begun the module of that key, in any
// cohort. It asks no policy: the caller does.
func (s *Service) Begun(tx *db.Tx, p id.Person, module string) (begun bool, err error) {
	var n int
	err = tx.QueryRow(`SELECT COUNT(*) FROM player_attempts WHERE person = ?1 AND module = ?2`, p, module).Scan(&n)
	return n > 0, err
}

// EndOf ends, in the transaction that takes a package out of use, what is open of
// it. Whether that may be done has been asked.
func (s *Service) EndOf(tx *db.Tx, p id.Module) error {
	key, err := s.shelf.Key(tx, p)
	if err != nil {
		return err
	}
	open, err := db.Collect(tx, func(r *db.Rows) (a id.Attempt, err error) { return a, r.Scan(&a) },
		`SELECT id FROM player_attempts a WHERE module = ?1
		AND (EXISTS (SELECT 1 FROM player_sessions s WHERE s.attempt = a.id AND s.ended_at = 0 AND s.abandoned_at = 0)
			OR EXISTS (SELECT 1 FROM player_launches l WHERE l.attempt = a.id AND l.ended_at = 0))`, key)
	if err != nil {
		return err
	}
	for _, at := range open {
		a, err := attemptByID(tx, at)
		if err != nil {
			return err
		}
		c, err := s.shelf.Course(tx, a.Version)
		if err != nil {
			return err
		}
		if c.Module != p { // the module in another language
			continue
		}
		rows, err := activeSessions(tx, at)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := s.abandon(tx, a, c, &rows[i]); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE player_launches SET ended_at = ?2 WHERE ended_at = 0 AND attempt = ?1`, at, db.Micros(tx.Now())); err != nil {
			return err
		}
	}
	return nil
}
