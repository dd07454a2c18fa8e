package pathway

import (
	"encoding/json"
	"slices"
	"time"

	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/programme"
)

// Review is a decision that a later fact puts in doubt: a person looks at it.
// Nothing is undone by a machine.
type Review struct {
	ID       id.Review
	Cohort   id.Cohort
	Person   id.Person
	Cause    id.Fact // what came later, or corrected
	Decision id.Fact
	// Changes say what the decision would have rested on, had the cause been known.
	Changes  []Change
	OpenedAt time.Time
}

// Change is a difference between two standings.
type Change struct {
	// Stage is empty for all but stages.
	Stage programme.Key `json:"stage,omitempty"`
	// What is "stage", "participation", "seat" or "certificate".
	What string `json:"what"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// Compare lists what differs between two standings in what decisions rest on:
// which stages are passed or open, whether the seat and the certificate are earned.
func Compare(was, is *Standing) []Change {
	var out []Change
	for i := range is.Stages {
		n := &is.Stages[i]
		o := was.Stage(n.Key)
		switch {
		case o == nil:
			out = append(out, Change{n.Key, "stage", "", string(n.State)})
		case o.State != n.State || o.Passed != n.Passed:
			out = append(out, Change{n.Key, "stage", string(o.State), string(n.State)})
		}
	}
	for i := range was.Stages {
		if o := &was.Stages[i]; is.Stage(o.Key) == nil {
			out = append(out, Change{o.Key, "stage", string(o.State), ""})
		}
	}
	if was.Participation != is.Participation {
		out = append(out, Change{What: "participation", Was: string(was.Participation), Is: string(is.Participation)})
	}
	if was.Seat.State != is.Seat.State {
		out = append(out, Change{What: "seat", Was: string(was.Seat.State), Is: string(is.Seat.State)})
	}
	if was.Certificate.Earned != is.Certificate.Earned {
		out = append(out, Change{What: "certificate", Was: earned(was.Certificate.Earned), Is: earned(is.Certificate.Earned)})
	}
	return out
}

func earned(b bool) string {
	if b {
		return "earned"
	}
	return "not-earned"
}

// bearing keeps the changes that a decision rests on: a released seat on whether
// it was earned, a certificate on whether it was, an exception or an extension on
// its own stage, a selection on what its gate asks, a confirmed seat on her yes.
func bearing(p *Plan, d *Fact, changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		keep := false
		switch d.Kind() {
		case KindSeatConfirmed:
			keep = c.What == "participation"
		case KindSeatReleased, KindSeatOfferedOn:
			keep = c.What == "seat" || c.What == "participation"
		case KindCertificateIssued, KindCertificateRevoked:
			keep = c.What == "certificate"
		case KindWaiverSigned, KindExtensionAgreed, KindEquivalenceAccepted, KindEquivalenceRefused:
			m, isModule := p.module[d.Subject]
			keep = string(c.Stage) == d.Subject || isModule && c.Stage == p.stages[m.stage].Key
		case KindSelected:
			if d.Subject == "" {
				keep = c.What == "participation"
			} else if i, ok := p.stage[d.Subject]; ok && c.What == "stage" {
				keep = string(c.Stage) == d.Subject
				if g := p.stages[i].Gate; g != nil {
					keep = keep || slices.ContainsFunc(p.waits(g), func(j int) bool { return p.stages[j].Key == c.Stage })
				}
			}
		}
		if keep {
			out = append(out, c)
		}
	}
	return out
}

// Relied lists the decisions that rested on what a late fact, or a correction,
// now says otherwise: for each, what would have been different when it was taken.
// facts are those that were recorded before f.
func Relied(p *Plan, facts []Fact, f Fact) map[id.Fact][]Change {
	var out map[id.Fact][]Change
	from := f.At()
	for i := range facts {
		if facts[i].ID == f.Corrects && facts[i].At().Before(from) {
			from = facts[i].At()
		}
	}
	counting, _ := Effective(facts, f.RecordedAt)
	for _, d := range counting {
		if !d.Kind().Decision() || d.RecordedAt.Before(from) || d.ID == f.Corrects {
			continue
		}
		// What the decision knew: everything recorded before it. And what has come
		// since, as if it had been known in time: of several corrections it may be the
		// last that turns the scale.
		var knew []Fact
		for i := range facts {
			x := facts[i]
			switch {
			case x.RecordedAt.Before(d.RecordedAt), x.RecordedAt.Equal(d.RecordedAt) && x.ID != d.ID && x.Sequence < d.Sequence:
				knew = append(knew, x)
			case x.ID != d.ID && x.ID != f.ID && !x.Kind().Decision() && !x.OccurredAt.After(d.RecordedAt):
				x.RecordedAt = d.RecordedAt
				knew = append(knew, x)
			}
		}
		late := f
		if late.RecordedAt.After(d.RecordedAt) {
			late.RecordedAt = d.RecordedAt
		}
		was := p.Evaluate(knew, d.RecordedAt)
		is := p.Evaluate(append(knew, late), d.RecordedAt)
		if c := bearing(p, d, Compare(&was, &is)); len(c) > 0 {
			if out == nil {
				out = map[id.Fact][]Change{}
			}
			out[d.ID] = c
		}
	}
	return out
}

// doubtDecisions opens a review for each decision that f puts in doubt.
func doubtDecisions(tx *db.Tx, f *Fact, in Following, plan *Plan, before []Fact) error {
	if f.Corrects == "" && !f.OccurredAt.Before(f.RecordedAt) {
		return nil // it happened just now: no decision can have missed it
	}
	relied := Relied(plan, before, *f)
	for i := range before { // in the order in which they were recorded
		changes, ok := relied[before[i].ID]
		if !ok {
			continue
		}
		data, err := json.Marshal(changes)
		if err != nil {
			return err
		}
		r := id.New[id.Review]()
		if _, err := tx.Exec(`INSERT INTO pathway_reviews (id, cohort, person, cause, decision, changes, opened_at, settled_at, settled_by, outcome)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, '', '')`, r, f.Cohort, f.Person, f.ID, before[i].ID, string(data), db.Micros(tx.Now())); err != nil {
			return err
		}
		if err := journal.Append(tx, journal.Entry{
			Kind: "pathway.review-opened", Version: 1, Scope: in.scope(), Subject: string(f.Person),
			Body: reviewed{Review: r, Cause: f.ID, Decision: before[i].ID}, Rows: []journal.Row{journal.RowOf(reviewsTable, r)},
		}); err != nil {
			return err
		}
	}
	return nil
}

// reviewed is the body of pathway.review-opened and pathway.review-settled, version 1.
type reviewed struct {
	Review   id.Review `json:"review"`
	Cause    id.Fact   `json:"cause"`
	Decision id.Fact   `json:"decision"`
	Outcome  string    `json:"outcome,omitempty"`
}

// OpenReviews lists a cohort's reviews that nobody has settled, the oldest first.
func OpenReviews(tx *db.Tx, c id.Cohort, limit int) ([]Review, error) {
	return db.Collect(tx, scanReview, `SELECT id, cohort, person, cause, decision, changes, opened_at FROM pathway_reviews
		WHERE cohort = ?1 AND settled_at = 0 ORDER BY opened_at, id LIMIT ?2`, c, limit)
}

func scanReview(r *db.Rows) (Review, error) {
	var v Review
	var changes string
	var at int64
	if err := r.Scan(&v.ID, &v.Cohort, &v.Person, &v.Cause, &v.Decision, &changes, &at); err != nil {
		return v, err
	}
	v.OpenedAt = db.Time(at)
	return v, json.Unmarshal([]byte(changes), &v.Changes)
}
