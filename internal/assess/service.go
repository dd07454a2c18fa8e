package assess

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/pathway"
)

// Stage is an assessment stage of a cohort's blueprint.
type Stage struct {
	Key     string
	Form    string // pre, post, delayed
	Test    string // the test's key
	Minutes int    // the limit; 0 for none
	Paper   bool   // whether it may be taken on paper
}

// Cohorts is what assess has to know of cohorts and their blueprints.
type Cohorts interface {
	// Place says where a person's part in a cohort lies, for the policy. It is a
	// fault of kind NotFound if she has no part in it.
	Place(tx *db.Tx, p id.Person, c id.Cohort) (access.Place, error)
	// CohortPlace says where a cohort lies.
	CohortPlace(tx *db.Tx, c id.Cohort) (access.Place, error)
	// Participants lists who takes part in a cohort now.
	Participants(tx *db.Tx, c id.Cohort) ([]id.Person, error)
	// Assessment returns an assessment stage of the cohort's blueprint. It is a
	// fault of kind NotFound if there is none of that key.
	Assessment(tx *db.Tx, c id.Cohort, stage string) (Stage, error)
	// Assessments lists the assessment stages of the cohort's blueprint, in its
	// order.
	Assessments(tx *db.Tx, c id.Cohort) ([]Stage, error)
}

// ErrNotOpen is the answer to who may not sit a test yet.
var ErrNotOpen = fault.New(fault.Closed, "assess.not-open", nil)

// Ledger is where facts go and where it is said what is open; package pathway
// answers it.
type Ledger interface {
	// Record adds a fact and refreshes the standing.
	Record(tx *db.Tx, f pathway.Fact) error
	// StageOpen returns nil if a person may begin the stage now, else [ErrNotOpen]
	// or another fault of kind Closed that says why not.
	StageOpen(tx *db.Tx, p id.Person, c id.Cohort, stage string) error
}

// Deps are what the service stands on.
type Deps struct {
	DB      *db.DB
	Cohorts Cohorts
	Ledger  Ledger
}

// Service runs tests. It is safe for use by several goroutines.
type Service struct {
	db      *db.DB
	cohorts Cohorts
	ledger  Ledger
	read    sync.Map // id.TestVersion → *Test, which never changes
}

// New returns a service.
func New(d Deps) *Service { return &Service{db: d.DB, cohorts: d.Cohorts, ledger: d.Ledger} }

// Problems are what keeps a test from being imported: the cause of the fault
// that [Service.Import] returns.
type Problems []Problem

// Error lists every problem on a line of its own.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Import is an item file.
type Import struct {
	Programme id.Programme // empty for a test of the whole instance
	File      string       // its name, for problems
	Data      []byte
}

// Imported says what became of an import.
type Imported struct {
	Key       string
	Version   id.TestVersion
	Number    int
	Unchanged bool // the same file was imported before
}

// importedBody is the body of assess.test-imported, version 1.
type importedBody struct {
	Key     string         `json:"key"`
	Version id.TestVersion `json:"version"`
	Number  int            `json:"number"`
	Digest  string         `json:"digest"`
}

// Import reads an item file and keeps it as a new version, which is asked from
// now on; sittings that have begun stay on theirs. It returns a fault of kind
// Invalid whose cause is [Problems] if there are any; nothing is kept then.
func (s *Service) Import(ctx context.Context, op id.Operation, in Import) (Imported, error) {
	var out Imported
	t, problems := Read(in.File, in.Data)
	if len(problems) > 0 {
		if err := access.Allow(actor.From(ctx), access.Import, testObject(testRow{programme: in.Programme})); err != nil {
			return out, err
		}
		return out, fault.Wrap(fault.Invalid, "assess.problems", Problems(problems))
	}
	body, err := json.Marshal(t)
	if err != nil {
		return out, fmt.Errorf("assess: compile %s: %w", t.Key, err)
	}
	sum := sha256.Sum256(in.Data)
	digest := hex.EncodeToString(sum[:])
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Imported{}
		_, err := journal.Once(tx, op, "assess.import", &out, func() error {
			row, err := testByKey(tx, t.Key)
			fresh := fault.Is(err, fault.NotFound)
			if fresh {
				row = testRow{id: id.New[string](), programme: in.Programme, key: t.Key}
			} else if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Import, testObject(row)); err != nil {
				return err
			}
			if fresh {
				if _, err := tx.Exec(`INSERT INTO assess_tests (id, programme, key, current, created_at) VALUES (?1, ?2, ?3, '', ?4)`,
					row.id, row.programme, row.key, db.Micros(tx.Now())); err != nil {
					return err
				}
			}
			v, number, err := versionByDigest(tx, row.id, digest)
			if err != nil {
				return err
			}
			out = Imported{Key: t.Key, Version: v, Number: number, Unchanged: v != ""}
			if v == row.current && v != "" {
				return nil
			}
			if v == "" {
				if number, err = latestNumber(tx, row.id); err != nil {
					return err
				}
				out.Version, out.Number = id.New[id.TestVersion](), number+1
				if _, err := tx.Exec(`INSERT INTO assess_versions (id, test, number, digest, compiled, imported_by, imported_at)
					VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
					out.Version, row.id, out.Number, digest, body, tx.Actor().ID(), db.Micros(tx.Now())); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(`UPDATE assess_tests SET current = ?2 WHERE id = ?1`, row.id, out.Version); err != nil {
				return err
			}
			return journal.Append(tx, journal.Entry{
				Kind: "assess.test-imported", Version: 1, Scope: actor.Scope{Programme: row.programme}, Subject: row.id,
				Body: importedBody{Key: out.Key, Version: out.Version, Number: out.Number, Digest: digest},
				Rows: []journal.Row{journal.RowOf(testsTable(), row.id), journal.RowOf(versionsTable(), out.Version)},
			})
		})
		return err
	})
	return out, err
}

// Tests returns the tests that the actor may see, as they are asked now, by key.
func (s *Service) Tests(ctx context.Context) ([]*Test, error) {
	out := []*Test{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := access.Allow(a, access.List, access.Here(a, access.Test)); err != nil {
			return err
		}
		rows, err := allTests(tx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.programme != "" && !access.Allows(a, access.Read, testObject(row)) {
				continue
			}
			t, err := s.test(tx, row.current)
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

func (s *Service) test(tx *db.Tx, v id.TestVersion) (*Test, error) {
	if t, ok := s.read.Load(v); ok {
		return t.(*Test), nil
	}
	t, err := compiled(tx, v)
	if err != nil {
		return nil, err
	}
	s.read.Store(v, t)
	return t, nil
}

func testObject(row testRow) access.Object {
	return access.Object{Kind: access.Test, ID: row.id, Place: access.Place{Programme: row.programme}}
}

func attemptObject(kind access.Kind, a Attempt, place access.Place) access.Object {
	return access.Object{Kind: kind, ID: string(a.ID), Subject: a.Person, Place: place}
}

// Sit asks for a stage's test.
type Sit struct {
	Cohort   id.Cohort
	Stage    string
	Language string
}

// Sitting is a test, ready to be taken up.
type Sitting struct {
	Attempt id.Attempt
	State   State
	DueAt   time.Time // zero where there is no limit
}

// sittingBody is the body of assess.sitting-begun and assess.handed-in, version 1.
type sittingBody struct {
	Stage   string         `json:"stage"`
	Form    string         `json:"form"`
	Version id.TestVersion `json:"version"`
	Medium  Medium         `json:"medium"`
	Points  int            `json:"points"`
	Max     int            `json:"max"`
}

func (a Attempt) body() sittingBody {
	return sittingBody{Stage: a.Stage, Form: a.Form, Version: a.Version, Medium: a.Medium, Points: a.Points, Max: a.Max}
}

// Sit takes up the actor's sitting of a stage, or begins it if the pathway lets
// her. The time, where there is a limit, runs from here.
func (s *Service) Sit(ctx context.Context, op id.Operation, in Sit) (Sitting, error) {
	var out Sitting
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Sitting{}
		_, err := journal.Once(tx, op, "assess.sit", &out, func() error {
			who := tx.Actor().Person
			place, err := s.cohorts.Place(tx, who, in.Cohort)
			if err != nil {
				return err
			}
			a := Attempt{Person: who, Cohort: in.Cohort}
			if err := access.Allow(tx.Actor(), access.Create, attemptObject(access.Attempt, a, place)); err != nil {
				return err
			}
			stage, err := s.cohorts.Assessment(tx, in.Cohort, in.Stage)
			if err != nil {
				return err
			}
			a, begun, err := attemptAt(tx, who, in.Cohort, in.Stage)
			if err != nil {
				return err
			}
			if !begun {
				if a, err = s.begin(tx, who, in, stage); err != nil {
					return err
				}
			}
			out = Sitting{Attempt: a.ID, State: a.State, DueAt: a.DueAt}
			return nil
		})
		return err
	})
	return out, err
}

func (s *Service) begin(tx *db.Tx, who id.Person, in Sit, stage Stage) (Attempt, error) {
	if err := s.ledger.StageOpen(tx, who, in.Cohort, in.Stage); err != nil {
		return Attempt{}, err
	}
	row, err := testByKey(tx, stage.Test)
	if err != nil {
		return Attempt{}, err
	}
	t, err := s.test(tx, row.current)
	if err != nil {
		return Attempt{}, err
	}
	a := Attempt{
		ID: id.New[id.Attempt](), Person: who, Cohort: in.Cohort, Stage: in.Stage, Form: stage.Form, Version: row.current,
		Medium: OnScreen, State: Open, Language: t.Language(in.Language), ByItem: true, Max: t.Max(), EnteredBy: tx.Actor().ID(), StartedAt: tx.Now(),
	}
	if stage.Minutes > 0 {
		a.DueAt = a.StartedAt.Add(time.Duration(stage.Minutes) * time.Minute)
	}
	if err := writeAttempt(tx, a); err != nil {
		return a, err
	}
	return a, journal.Append(tx, journal.Entry{
		Kind: "assess.sitting-begun", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
		Body: a.body(), Rows: []journal.Row{journal.RowOf(attemptsTable(), a.ID)},
	})
}

// Late is how long after the end of a timed test an answer that was on its way
// is still taken.
const Late = 30 * time.Second

// own loads an open sitting for a change by its owner. Staff, who may close a
// sitting in their scope, do not do it in her name: without a place no scope
// helps them.
func (s *Service) own(tx *db.Tx, verb access.Verb, attempt id.Attempt) (Attempt, *Test, error) {
	a, err := attemptByID(tx, attempt)
	if err != nil {
		return a, nil, err
	}
	if err := access.Allow(tx.Actor(), verb, attemptObject(access.Attempt, a, access.Place{})); err != nil {
		return a, nil, err
	}
	if a.State != Open {
		return a, nil, fault.New(fault.Closed, "assess.handed-in-before", nil)
	}
	t, err := s.test(tx, a.Version)
	return a, t, err
}

func (s *Service) load(tx *db.Tx, kind access.Kind, verb access.Verb, attempt id.Attempt) (Attempt, *Test, error) {
	a, err := attemptByID(tx, attempt)
	if err != nil {
		return a, nil, err
	}
	place, err := s.cohorts.Place(tx, a.Person, a.Cohort)
	if err != nil {
		return a, nil, err
	}
	if err := access.Allow(tx.Actor(), verb, attemptObject(kind, a, place)); err != nil {
		return a, nil, err
	}
	t, err := s.test(tx, a.Version)
	return a, t, err
}

// Save keeps answers.
type Save struct {
	Attempt id.Attempt
	// Answers by item key; an empty answer leaves what was saved before.
	Answers map[string]item.Response
}

// savedBody is the body of assess.answers-saved, version 1. It does not say what
// was right: the journal is read by more people than results are.
type savedBody struct {
	Items []string `json:"items"`
}

// Save keeps the answers given; each may be changed until the test is handed in.
// After the time it is a fault of kind Closed with the key "assess.time-over".
func (s *Service) Save(ctx context.Context, op id.Operation, in Save) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out struct{}
		_, err := journal.Once(tx, op, "assess.save", &out, func() error {
			a, t, err := s.own(tx, access.Answer, in.Attempt)
			if err != nil {
				return err
			}
			if !a.DueAt.IsZero() && tx.Now().After(a.DueAt.Add(Late)) {
				return fault.New(fault.Closed, "assess.time-over", nil)
			}
			before, err := answersOf(tx, a.ID)
			if err != nil {
				return err
			}
			var body savedBody
			var rows []journal.Row
			for i := range t.Items {
				it := &t.Items[i]
				r, ok := in.Answers[it.Key]
				if !ok || r.Empty() {
					continue
				}
				right, points := it.Mark(r)
				row, err := putAnswer(tx, a, it.Key, given{row: before[it.Key].row, response: r, right: right, points: points})
				if err != nil {
					return err
				}
				body.Items = append(body.Items, it.Key)
				rows = append(rows, journal.RowOf(answersTable(), row))
			}
			for key := range in.Answers {
				if t.Item(key) == nil {
					return fault.New(fault.NotFound, "assess.no-question", nil)
				}
			}
			if len(rows) == 0 {
				return nil
			}
			return journal.Append(tx, journal.Entry{
				Kind: "assess.answers-saved", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID), Body: body, Rows: rows,
			})
		})
		return err
	})
}

// Result is what a person reached in one sitting.
type Result struct {
	Attempt Attempt
	// ByCompetency has points and maximum per competency, in the test's order;
	// empty where only the total is known.
	ByCompetency []CompetencyResult
	// Answered of Items questions were answered.
	Answered, Items int
}

// CompetencyResult is a part of a result.
type CompetencyResult struct {
	Competency  string
	Points, Max int
}

// HandIn ends the actor's sitting and records its result as a fact.
func (s *Service) HandIn(ctx context.Context, op id.Operation, attempt id.Attempt) (Result, error) {
	var out Result
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Result{}
		_, err := journal.Once(tx, op, "assess.hand-in", &out, func() error {
			a, t, err := s.own(tx, access.Close, attempt)
			if err != nil {
				return err
			}
			at := tx.Now()
			if !a.DueAt.IsZero() && at.After(a.DueAt) {
				at = a.DueAt
			}
			out, err = s.handIn(tx, a, t, at, pathway.OwnAct)
			return err
		})
		return err
	})
	return out, err
}

func (s *Service) handIn(tx *db.Tx, a Attempt, t *Test, at time.Time, basis pathway.Basis) (Result, error) {
	answers, err := answersOf(tx, a.ID)
	if err != nil {
		return Result{}, err
	}
	res := result(t, a, answers)
	a.State, a.SubmittedAt, a.enteredAt, a.Points, a.fact = Submitted, at, tx.Now(), total(answers), id.New[id.Fact]()
	res.Attempt = a
	return res, s.record(tx, a, res, basis, "", nil)
}

// record writes a sitting's result, its entry and its fact.
func (s *Service) record(tx *db.Tx, a Attempt, res Result, basis pathway.Basis, corrects id.Fact, rows []journal.Row) error {
	if err := writeAttempt(tx, a); err != nil {
		return err
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "assess.handed-in", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
		Body: a.body(), Rows: append([]journal.Row{journal.RowOf(attemptsTable(), a.ID)}, rows...),
	}); err != nil {
		return err
	}
	v := pathway.AssessmentSubmitted{Form: a.Form, Raw: float64(a.Points), Max: float64(a.Max)}
	if len(res.ByCompetency) > 0 {
		v.ByCompetency = map[string]pathway.Score{}
		for _, c := range res.ByCompetency {
			v.ByCompetency[c.Competency] = pathway.Score{Raw: float64(c.Points), Max: float64(c.Max)}
		}
	}
	return s.ledger.Record(tx, pathway.Fact{
		ID: a.fact, Person: a.Person, Cohort: a.Cohort, Subject: a.Stage, Value: v, OccurredAt: a.SubmittedAt,
		Basis: basis, Source: "attempt:" + string(a.ID), Actor: tx.Actor().ID(), Corrects: corrects,
	})
}

func total(answers map[string]given) int {
	n := 0
	for _, g := range answers {
		n += g.points
	}
	return n
}

func result(t *Test, a Attempt, answers map[string]given) Result {
	res := Result{Attempt: a, Items: len(t.Items), Answered: len(answers)}
	if !a.ByItem {
		return res
	}
	for i := range t.Items {
		it := &t.Items[i]
		if it.Competency == "" {
			continue
		}
		j := slices.IndexFunc(res.ByCompetency, func(c CompetencyResult) bool { return c.Competency == it.Competency })
		if j < 0 {
			j = len(res.ByCompetency)
			res.ByCompetency = append(res.ByCompetency, CompetencyResult{Competency: it.Competency})
		}
		res.ByCompetency[j].Max += it.Points
		res.ByCompetency[j].Points += answers[it.Key].points
	}
	return res
}

// CloseDue hands in every timed sitting whose time is over, at the moment when
// it was over, with what was saved. A timer calls it; it returns how many.
func (s *Service) CloseDue(ctx context.Context) (int, error) {
	const batch = 50
	closed := 0
	for {
		n := 0
		err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
			n = 0
			due, err := attemptsWhere(tx, `state = 'open' AND due_at > 0 AND due_at < ?1 ORDER BY due_at, id LIMIT ?2`,
				db.Micros(tx.Now().Add(-Late)), batch)
			if err != nil {
				return err
			}
			for _, a := range due {
				if err := access.Allow(tx.Actor(), access.Close, attemptObject(access.Attempt, a, access.Place{})); err != nil {
					return err
				}
				t, err := s.test(tx, a.Version)
				if err != nil {
					return err
				}
				if _, err := s.handIn(tx, a, t, a.DueAt, pathway.ByTimer); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		closed += n
		if err != nil || n < batch {
			return closed, err
		}
	}
}

// KindCloseDue is the job that hands in timed sittings whose time is over.
const KindCloseDue = "assess.close-due"

// Register makes the pool hand in timed sittings within a minute of their end.
func (s *Service) Register(p *job.Pool) {
	p.Every(KindCloseDue, time.Minute, func(ctx context.Context, j *job.Job) error {
		if _, err := s.CloseDue(ctx); err != nil {
			return err
		}
		return s.db.Update(ctx, db.Main, j.Complete)
	})
}
