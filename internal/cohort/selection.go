package cohort

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Limit is a quota of a selection: at most so many.
type Limit struct {
	Quota  string
	Agency string // its key
	Places int
	Left   int
}

// Waiting is somebody whom a selection cannot choose yet.
type Waiting struct {
	Person  id.Person
	Who     people.Display
	Reasons []pathway.Reason
	// Out says that she takes part no more.
	Out bool
}

// Shortlist is a selection stage of a cohort as its officer sees it: who can be
// chosen, in the order of the ranking, with what follows from places and quotas.
type Shortlist struct {
	Cohort     Cohort
	Plan       *programme.Blueprint
	Stage      *programme.Stage
	Places     int
	Left       int
	Limits     []Limit
	Candidates []Candidate
	Waiting    []Waiting
	Signed     []Signed // the selections of this stage, the latest first
	// Digest names this ranking. A signature says which one was signed.
	Digest string
}

// Signed is a selection that somebody signed.
type Signed struct {
	ID       id.Selection
	Cohort   id.Cohort
	Stage    string
	Places   int
	Digest   string
	Reason   string
	By       string
	Signer   people.Display
	At       time.Time
	Back     bool // it was taken back
	EndedAt  time.Time
	Revision int
	Lines    []RankedLine
}

// RankedLine is one person's line of a signed ranking.
type RankedLine struct {
	Person  id.Person
	Who     people.Display
	Quota   string
	Rank    int
	Level   bool
	Chosen  bool
	Results []pathway.Result
}

// Shortlist returns a selection stage of a cohort. The reading of results is
// recorded.
func (s *Service) Shortlist(ctx context.Context, cohort id.Cohort, stage, lang string) (Shortlist, error) {
	var out Shortlist
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if out, err = shortlist(tx, access.Read, cohort, stage); err != nil {
			return err
		}
		return out.name(tx, lang)
	})
	if err != nil {
		return out, err
	}
	var who []id.Person
	for _, c := range out.Candidates {
		who = append(who, c.Person)
	}
	for _, x := range out.Waiting {
		who = append(who, x.Person)
	}
	if len(who) == 0 {
		return out, nil
	}
	return out, s.reads.RecordRead(ctx, access.Selection, who...)
}

func (l *Shortlist) name(tx *db.Tx, lang string) error {
	var who []id.Person
	for _, c := range l.Candidates {
		who = append(who, c.Person)
	}
	for _, x := range l.Waiting {
		who = append(who, x.Person)
	}
	for _, x := range l.Signed {
		if id.Valid(x.By) {
			who = append(who, id.Person(x.By))
		}
	}
	slices.Sort(who)
	shown, err := people.Displays(tx, tx.Actor(), lang, slices.Compact(who)...)
	for i := range l.Candidates {
		l.Candidates[i].Who = shown[l.Candidates[i].Person]
	}
	for i := range l.Waiting {
		l.Waiting[i].Who = shown[l.Waiting[i].Person]
	}
	for i := range l.Signed {
		l.Signed[i].Signer = shown[id.Person(l.Signed[i].By)]
	}
	return err
}

func shortlist(tx *db.Tx, v access.Verb, cohort id.Cohort, stage string) (Shortlist, error) {
	set, err := open(tx, cohort)
	if err != nil {
		return Shortlist{}, err
	}
	if err := allow(tx, v, access.Selection, set.cohort, "", "", stage); err != nil {
		return Shortlist{}, err
	}
	st, ok := set.plan.Stage(programme.Key(stage))
	if !ok || st.Selection == nil {
		return Shortlist{}, fault.New(fault.NotFound, "cohort.no-selection", nil)
	}
	out := Shortlist{Cohort: set.cohort, Plan: set.plan, Stage: st, Places: st.Selection.Places, Left: st.Selection.Places}
	limits := map[string]int{}
	for _, q := range st.Selection.Quotas {
		limits[string(q.Quota)] = q.Places
	}
	if err := out.candidates(tx, limits); err != nil {
		return out, err
	}
	out.Left = max(out.Left, 0)
	for _, q := range st.Selection.Quotas {
		l := Limit{Quota: string(q.Quota), Places: q.Places, Left: max(limits[string(q.Quota)], 0)}
		limits[l.Quota] = l.Left
		for _, b := range set.plan.Quotas {
			if b.Key == q.Quota {
				l.Agency = string(b.Agency)
			}
		}
		out.Limits = append(out.Limits, l)
	}
	rank(out.Candidates)
	suggest(out.Candidates, out.Left, limits)
	out.Digest = digestOf(stage, out.Candidates)
	out.Signed, err = signed(tx, cohort, stage)
	return out, err
}

// candidates sorts those who take part into who can be chosen, who cannot yet,
// and who was: their places are taken off.
func (l *Shortlist) candidates(tx *db.Tx, limits map[string]int) error {
	plan := pathway.Compile(l.Plan)
	stage := string(l.Stage.Key)
	for after := id.Enrolment(""); ; {
		page, err := Enrolled(tx, l.Cohort.ID, after, PageSize)
		if err != nil {
			return err
		}
		for _, e := range page {
			after = e.ID
			if e.Capacity != Participant || e.ConfirmedAt.IsZero() {
				continue
			}
			quota, err := quotaOf(tx, e)
			if err != nil {
				return err
			}
			facts, err := pathway.FactsOf(tx, e.Person, l.Cohort.ID)
			if err != nil {
				return err
			}
			s := plan.Evaluate(facts, tx.Now())
			o := s.Stage(l.Stage.Key)
			was, decided := decidedIn(facts, tx.Now(), stage)
			switch {
			case decided && was:
				l.Left--
				if n, bounded := limits[quota]; bounded {
					limits[quota] = n - 1
				}
			case o == nil || o.State == pathway.NotAsked:
			case o.State == pathway.Open || o.State == pathway.UnderWay || o.State == pathway.AwaitingDecision || decided && !s.Participation.Out():
				l.Candidates = append(l.Candidates, Candidate{
					Person: e.Person, Code: e.AgencyKey, Quota: quota, Before: decided, Facts: pathway.Digest(facts),
					Results: plan.Results(facts, tx.Now(), l.Stage.Selection.Ranking),
				})
			default:
				l.Waiting = append(l.Waiting, Waiting{Person: e.Person, Reasons: o.Reasons, Out: s.Participation.Out()})
			}
		}
		if len(page) < PageSize {
			return nil
		}
	}
}

// decidedIn says whether a selection decided about somebody, and how. One in which
// she could not be chosen yet did not.
func decidedIn(facts []pathway.Fact, now time.Time, stage string) (chosen, decided bool) {
	counting, _ := pathway.Effective(facts, now)
	for _, f := range counting {
		if v, ok := f.Value.(pathway.Selected); ok && f.Subject == stage && !v.Waited {
			chosen, decided = chosen || v.Chosen, true
		}
	}
	return chosen, decided
}

func quotaOf(tx *db.Tx, e Enrolment) (string, error) {
	if e.Nomination == "" {
		return "", nil
	}
	n, err := NominationByID(tx, e.Nomination)
	if err != nil {
		return "", err
	}
	q, err := quotaByID(tx, n.Quota)
	return q.Key, err
}

// digestOf names a ranking: who, in which order, by which facts.
func digestOf(stage string, cs []Candidate) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", stage)
	for _, c := range cs {
		fmt.Fprintf(h, "%d %q %q %q\n", c.Rank, c.Person, c.Quota, c.Facts)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Signing is a choice of some of the candidates.
type Signing struct {
	Cohort id.Cohort
	Stage  string
	Chosen []id.Person
	// Digest is that of the ranking that was looked at.
	Digest string
	// Reason says how a tie was settled, or why somebody else than the ranking
	// says; it is needed where the choice is more than the ranking alone.
	Reason string
	// Agreed is the signature.
	Agreed bool
}

// Sign signs a selection: every candidate is told apart as chosen or not, by a
// fact that names the ranking's place. Whoever takes part and could not be chosen yet
// gets one that says so, so that her page does, and so that a result which comes in
// late brings the choice to a person. It refuses more than places and quotas allow,
// and a ranking that has changed since it was looked at.
func (s *Service) Sign(ctx context.Context, op id.Operation, in Signing) (id.Selection, error) {
	return once(ctx, s, op, "cohort.sign-selection", func(tx *db.Tx) (id.Selection, error) {
		l, err := shortlist(tx, access.Sign, in.Cohort, in.Stage)
		if err != nil {
			return "", err
		}
		if err := (setting{cohort: l.Cohort}).stillOpen(); err != nil {
			return "", err
		}
		chosen, err := in.check(l)
		if err != nil {
			return "", err
		}
		x := Signed{
			ID: id.New[id.Selection](), Cohort: in.Cohort, Stage: in.Stage, Places: l.Left, Digest: l.Digest, Reason: cut(in.Reason),
			By: tx.Actor().ID(), At: tx.Now(), Revision: 1,
		}
		if err := insertSelection(tx, x); err != nil {
			return "", err
		}
		var facts []pathway.Fact
		for _, c := range l.Candidates {
			if err := insertRanked(tx, x.ID, c, chosen[c.Person]); err != nil {
				return "", err
			}
			if c.Before && !chosen[c.Person] {
				continue // said before, and still so
			}
			facts = append(facts, pathway.Fact{
				Person: c.Person, Cohort: in.Cohort, Subject: in.Stage, Basis: pathway.ByStaff, Source: "selection:" + string(x.ID),
				Value: pathway.Selected{Chosen: chosen[c.Person], Rank: c.Rank},
			})
		}
		for _, p := range l.Waiting {
			if p.Out {
				continue
			}
			facts = append(facts, pathway.Fact{
				Person: p.Person, Cohort: in.Cohort, Subject: in.Stage, Basis: pathway.ByStaff, Source: "selection:" + string(x.ID),
				Value: pathway.Selected{Waited: true},
			})
		}
		if err := selectionTold(tx, "cohort.selection-signed", l.Cohort, x, selectionSigned{x.Stage, x.Digest, len(chosen), len(l.Candidates)}); err != nil {
			return "", err
		}
		_, err = pathway.RecordAll(tx, facts)
		return x.ID, err
	})
}

// check returns who was chosen.
func (in Signing) check(l Shortlist) (map[id.Person]bool, error) {
	if in.Digest != l.Digest {
		return nil, fault.New(fault.Stale, "cohort.selection-moved", nil)
	}
	left := map[string]int{}
	for _, q := range l.Limits {
		left[q.Quota] = q.Left
	}
	chosen := map[id.Person]bool{}
	over := ""
	for _, p := range in.Chosen {
		i := slices.IndexFunc(l.Candidates, func(c Candidate) bool { return c.Person == p })
		if i < 0 {
			return nil, fault.New(fault.Stale, "cohort.selection-moved", nil)
		}
		if chosen[p] {
			continue
		}
		chosen[p] = true
		q := l.Candidates[i].Quota
		if n, bounded := left[q]; bounded {
			if left[q] = n - 1; n == 0 {
				over = q
			}
		}
	}
	var fields []fault.Field
	switch {
	case len(chosen) == 0:
		fields = append(fields, fault.Field{Name: "chosen", Key: "cohort.selection-nobody"})
	case len(chosen) > l.Left:
		fields = append(fields, fault.Field{Name: "chosen", Key: "cohort.selection-many", Args: fault.Args{"n": l.Left}})
	case over != "":
		fields = append(fields, fault.Field{Name: "chosen", Key: "cohort.selection-quota", Args: fault.Args{"quota": over}})
	}
	if cut(in.Reason) == "" && departs(l.Candidates, chosen) {
		fields = append(fields, fault.Field{Name: "reason", Key: "cohort.selection-why"})
	}
	if !in.Agreed {
		fields = append(fields, fault.Field{Name: "agreed", Key: "cohort.selection-unsigned"})
	}
	if fields != nil {
		return nil, fault.Bad("cohort.mend", fields...)
	}
	return chosen, nil
}

// TakeBackSelection takes a signed selection back as a whole: its facts are
// withdrawn, and whoever was chosen is a candidate again. What rested on it is
// brought to a person as a review.
func (s *Service) TakeBackSelection(ctx context.Context, op id.Operation, selection id.Selection) (Signed, error) {
	return once(ctx, s, op, "cohort.selection-back", func(tx *db.Tx) (Signed, error) {
		x, c, err := selectionFor(tx, access.Sign, selection)
		if err != nil {
			return x, err
		}
		if x.Back {
			return x, fault.New(fault.Closed, "cohort.selection-gone", nil)
		}
		if err := (setting{cohort: c}).stillOpen(); err != nil {
			return x, err
		}
		all, err := pathway.FactsOfKind(tx, x.Cohort, pathway.KindSelected, x.Stage)
		if err != nil {
			return x, err
		}
		var back []pathway.Fact
		for _, f := range all {
			if f.Source == "selection:"+string(x.ID) {
				back = append(back, pathway.Fact{
					Person: f.Person, Cohort: x.Cohort, Value: pathway.Withdrawn{Cause: "taken-back"}, Corrects: f.ID, Basis: pathway.ByStaff, Source: f.Source,
				})
			}
		}
		x.Back, x.EndedAt, x.Revision = true, tx.Now(), x.Revision+1
		if _, err := tx.Exec(`UPDATE cohort_selections SET state = 'taken-back', ended_by = ?2, ended_at = ?3, revision = ?4 WHERE id = ?1`,
			x.ID, tx.Actor().ID(), db.Micros(x.EndedAt), x.Revision); err != nil {
			return x, err
		}
		if err := selectionTold(tx, "cohort.selection-taken-back", c, x, struct{}{}); err != nil {
			return x, err
		}
		_, err = pathway.RecordAll(tx, back)
		return x, err
	})
}

// Selection returns a signed selection with its ranking as it was signed. The
// reading is recorded.
func (s *Service) Selection(ctx context.Context, selection id.Selection, lang string) (Signed, Shortlist, error) {
	var x Signed
	var l Shortlist
	var who []id.Person
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if x, _, err = selectionFor(tx, access.Read, selection); err != nil {
			return err
		}
		set, err := open(tx, x.Cohort)
		if err != nil {
			return err
		}
		l = Shortlist{Cohort: set.cohort, Plan: set.plan}
		l.Stage, _ = set.plan.Stage(programme.Key(x.Stage))
		if x.Lines, err = ranked(tx, x.ID); err != nil {
			return err
		}
		for _, r := range x.Lines {
			who = append(who, r.Person)
		}
		all := slices.Clone(who)
		if id.Valid(x.By) {
			all = append(all, id.Person(x.By))
		}
		shown, err := people.Displays(tx, tx.Actor(), lang, all...)
		x.Signer = shown[id.Person(x.By)]
		for i := range x.Lines {
			x.Lines[i].Who = shown[x.Lines[i].Person]
		}
		return err
	})
	if err != nil {
		return x, l, err
	}
	return x, l, s.reads.RecordRead(ctx, access.Selection, who...)
}

func selectionFor(tx *db.Tx, v access.Verb, selection id.Selection) (Signed, Cohort, error) {
	x, err := scanSelection(tx.QueryRow(`SELECT `+selectionColumns+` FROM cohort_selections WHERE id = ?1`, selection))
	if err != nil {
		return x, Cohort{}, missing(err, "cohort.no-selection")
	}
	c, err := ByID(tx, x.Cohort)
	if err != nil {
		return x, c, err
	}
	return x, c, allow(tx, v, access.Selection, c, "", "", x.Stage)
}

const selectionColumns = `id, cohort, stage, places, digest, reason, signed_by, signed_at, state, ended_at, revision`

func scanSelection(r scanner) (Signed, error) {
	var x Signed
	var state string
	var at, ended int64
	err := r.Scan(&x.ID, &x.Cohort, &x.Stage, &x.Places, &x.Digest, &x.Reason, &x.By, &at, &state, &ended, &x.Revision)
	x.At, x.EndedAt, x.Back = db.Time(at), db.Time(ended), state == "taken-back"
	return x, err
}

func signed(tx *db.Tx, cohort id.Cohort, stage string) ([]Signed, error) {
	return db.Collect(tx, func(r *db.Rows) (Signed, error) { return scanSelection(r) }, `SELECT `+selectionColumns+` FROM cohort_selections
		WHERE cohort = ?1 AND stage = ?2 ORDER BY signed_at DESC, id DESC LIMIT 50`, cohort, stage)
}

func insertSelection(tx *db.Tx, x Signed) error {
	_, err := tx.Exec(`INSERT INTO cohort_selections (id, cohort, stage, places, digest, reason, signed_by, signed_at, state, ended_by, ended_at, revision)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'signed', '', 0, 1)`,
		x.ID, x.Cohort, x.Stage, x.Places, x.Digest, x.Reason, x.By, db.Micros(x.At))
	return err
}

func insertRanked(tx *db.Tx, selection id.Selection, c Candidate, chosen bool) error {
	results, err := json.Marshal(c.Results)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO cohort_ranked (id, selection, person, quota_key, rank, level, chosen, results) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		id.New[id.Ranked](), selection, c.Person, c.Quota, c.Rank, db.Flag(c.Level), db.Flag(chosen), string(results))
	return err
}

func ranked(tx *db.Tx, selection id.Selection) ([]RankedLine, error) {
	return db.Collect(tx, func(r *db.Rows) (RankedLine, error) {
		var x RankedLine
		var level, chosen int64
		var results string
		if err := r.Scan(&x.Person, &x.Quota, &x.Rank, &level, &chosen, &results); err != nil {
			return x, err
		}
		x.Level, x.Chosen = level != 0, chosen != 0
		if results == "" {
			return x, nil // erased
		}
		return x, json.Unmarshal([]byte(results), &x.Results)
	}, `SELECT person, quota_key, rank, level, chosen, results FROM cohort_ranked WHERE selection = ?1 ORDER BY rank, person`, selection)
}

// selectionSigned is the body of cohort.selection-signed, version 1.
type selectionSigned struct {
	Stage  string `json:"stage"`
	Digest string `json:"digest"`
	Chosen int    `json:"chosen"`
	Ranked int    `json:"ranked"`
}

func selectionTold(tx *db.Tx, kind string, c Cohort, x Signed, body any) error {
	rows, err := db.Collect(tx, func(r *db.Rows) (k id.Ranked, err error) { err = r.Scan(&k); return k, err },
		`SELECT id FROM cohort_ranked WHERE selection = ?1 ORDER BY id`, x.ID)
	if err != nil {
		return err
	}
	told := []journal.Row{journal.RowOf(selectionsTable, x.ID)}
	for _, k := range rows {
		told = append(told, journal.RowOf(rankedTable, k))
	}
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Scope: actor.Scope{Programme: c.Programme, Cohort: c.ID}, Subject: string(x.ID), Body: body, Rows: told,
	})
}
