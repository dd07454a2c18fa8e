package player

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/journal"
)

// Mode says how a package is opened.
type Mode string

// The modes of a launch.
const (
	Normal Mode = "normal"
	Browse Mode = "browse" // looking around: nothing is kept
	Review Mode = "review" // reading again what is passed: nothing is kept
)

func (c *Course) title() item.Text {
	lang := c.Language
	if lang == "" {
		lang = "en"
	}
	return item.Text{lang: c.Title}
}

// open returns why a package cannot be opened; nil if it can.
func (c *Course) open() error {
	switch {
	case c.Withdrawn:
		return fault.New(fault.Closed, "player.withdrawn", nil)
	case !c.Kind.Plays():
		return fault.New(fault.Closed, "player.no-run-time", nil)
	}
	return nil
}

// beginRun begins an attempt at a package.
func (s *Service) beginRun(tx *db.Tx, who id.Person, in Start, c *Course, number int) (Attempt, error) {
	if err := c.open(); err != nil {
		return Attempt{}, err
	}
	a := Attempt{
		ID: id.New[id.Attempt](), Person: who, Cohort: in.Cohort, Module: in.Module, Version: c.Version, Number: number,
		Language: c.Language, State: Open, StartedAt: tx.Now(), TouchedAt: tx.Now(),
	}
	if err := insertAttempt(tx, a); err != nil {
		return a, err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return a, err
	}
	if err := insertRun(tx, a, c.Kind, key); err != nil {
		return a, err
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "player.attempt-started", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(a.ID),
		Body: startedBody{Module: a.Module, Version: a.Version, Number: a.Number}, Rows: []journal.Row{journal.RowOf(attemptsTable(), a.ID)},
	}); err != nil {
		return a, err
	}
	return a, s.register(tx, a, c)
}

// Run is an attempt at a package as its learner's frame shows it.
type Run struct {
	Attempt Attempt
	Course  *Course
	// Units says how far each unit has come, by its id.
	Units map[string]UnitState
	// Review is set once it is passed: everything to read, nothing to change.
	Review bool
}

// UnitState is how far a unit has come.
type UnitState struct {
	Completion string `json:"completion"` // "", "incomplete", "completed"
	Success    string `json:"success"`    // "", "passed", "failed"
	Percent    int    `json:"percent"`
}

// Run returns an attempt at a package, for its learner. It is a fault of kind
// NotFound if the attempt is at other material.
func (s *Service) Run(ctx context.Context, attempt id.Attempt) (*Run, error) {
	var out *Run
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a, c, err := s.ownRun(tx, access.Change, attempt)
		if err != nil {
			return err
		}
		units, err := unitsOf(tx, a.ID)
		if err != nil {
			return err
		}
		out = &Run{Attempt: a, Course: c, Units: map[string]UnitState{}, Review: a.State == Passed}
		for k, u := range units {
			out.Units[k] = u.state()
		}
		return nil
	})
	return out, err
}

func (u unitReport) state() UnitState {
	return UnitState{Completion: u.completion, Success: u.success, Percent: u.percent}
}

func (s *Service) ownRun(tx *db.Tx, verb access.Verb, attempt id.Attempt) (Attempt, *Course, error) {
	a, err := attemptByID(tx, attempt)
	if err != nil {
		return a, nil, err
	}
	place, err := s.cohorts.Place(tx, a.Person, a.Cohort)
	if err != nil {
		return a, nil, err
	}
	if err := access.Allow(tx.Actor(), verb, progress(a.ID, a.Person, place)); err != nil {
		return a, nil, err
	}
	if a.Page != "" {
		return a, nil, fault.New(fault.NotFound, "player.no-attempt", nil)
	}
	c, err := s.shelf.Course(tx, a.Version)
	return a, c, err
}

// OpenRun asks for a package to be opened in a frame.
type OpenRun struct {
	Attempt id.Attempt
	// Unit is the unit asked for; empty to go on where she was.
	Unit string
	// Before is the launch that this very frame had opened before, if any: to
	// follow it needs no question.
	Before id.Launch
	// TakeOver says that she knows of another tab or device, and goes on here.
	TakeOver bool
}

// Opened is a launch: what a frame needs to play a package and to hand in what
// is done in it.
type Opened struct {
	Launch id.Launch
	// Credential lets work arrive, from whoever holds it, for [LateFor]; it is shown
	// once and opens nothing else.
	Credential string
	// Key encrypts the log on her device. The same attempt gets the same key.
	Key []byte
	// Path is the token of the package's files.
	Path string
	// Seed is what the run time begins with.
	Seed Seed
}

// Seed is everything that a run time begins with, as courseware/src/words.ts
// has it.
type Seed struct {
	Kind       Kind                                  `json:"kind"`
	Mode       Mode                                  `json:"mode"`
	Learner    Learner                               `json:"learner"`
	Units      []Unit                                `json:"units"`
	Activity   string                                `json:"activity"`
	Data       map[string]map[string]json.RawMessage `json:"data"`
	Left       map[string]string                     `json:"left"`
	Sequencing json.RawMessage                       `json:"sequencing,omitempty"`
	State      json.RawMessage                       `json:"state,omitempty"`
	Objectives map[string]json.RawMessage            `json:"objectives,omitempty"`
}

// Learner is who a package is told that it has before it: a name that is nobody's.
type Learner struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"`
}

// ErrElsewhere is the answer to whoever opens a package that is open in another
// tab or on another device.
var ErrElsewhere = fault.New(fault.Conflict, "player.open-elsewhere", nil)

// recently is how long a launch that has not ended is taken to be open still.
const recently = 12 * time.Hour

// Open opens a package. The launch before it is replaced: what it still sends is
// kept, and counts for what was reached, but it is no longer what she resumes
// from. Where another tab or device has the package open, and in.TakeOver is not
// set, it is [ErrElsewhere]. An attempt that she does not go on with is a fault of kind
// Closed.
func (s *Service) Open(ctx context.Context, op id.Operation, in OpenRun) (Opened, error) {
	var out Opened
	err := s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Opened{}
		launch := id.New[id.Launch]()
		a, c, err := s.ownRun(tx, access.Change, in.Attempt)
		if err != nil {
			return err
		}
		if err := c.open(); err != nil {
			return err
		}
		if err := left(tx, a); err != nil {
			return err
		}
		credential := id.Secret(40)
		again, err := journal.Once(tx, op, "player.open", &launch, func() error {
			return s.insertOpening(tx, a, in, launch, credential)
		})
		if err != nil {
			return err
		}
		if again {
			// The first answer was lost, and with it the credential: this one holds now.
			if err := renewCredential(tx, launch, credential); err != nil {
				return err
			}
		}
		out = Opened{Launch: launch, Credential: credential}
		if out.Key, err = logKey(tx, a.ID); err != nil {
			return err
		}
		if out.Path, err = s.path(tx, a.Person, a.Version); err != nil {
			return err
		}
		out.Seed, err = s.seed(tx, a, c, in.Unit)
		return err
	})
	return out, err
}

// Unlock returns the key of what waits on the learner's devices of an attempt: to
// herself, whenever she is signed in.
func (s *Service) Unlock(ctx context.Context, attempt id.Attempt) (key []byte, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a, _, err := s.ownRun(tx, access.Change, attempt)
		if err != nil {
			return err
		}
		key, err = logKey(tx, a.ID)
		return err
	})
	return key, err
}

// openedBody is the body of player.launched, version 1.
type openedBody struct {
	Attempt  id.Attempt `json:"attempt"`
	Activity string     `json:"activity,omitempty"`
	Mode     Mode       `json:"mode"`
}

func (s *Service) insertOpening(tx *db.Tx, a Attempt, in OpenRun, launch id.Launch, credential string) error {
	mode := Normal
	if a.State == Passed {
		mode = Review
	}
	if mode == Normal {
		open, err := openLaunch(tx, a.ID)
		if err != nil {
			return err
		}
		if open.ID != "" && open.ID != in.Before && !in.TakeOver && tx.Now().Sub(open.TouchedAt) < recently {
			return ErrElsewhere
		}
		if err := replaceLaunches(tx, a.ID); err != nil {
			return err
		}
	}
	if err := insertLaunch(tx, launchRow{
		ID: launch, Attempt: a.ID, Person: a.Person, Session: id.New[string](), Activity: in.Unit, Mode: mode,
		credential: hashed(credential), StartedAt: tx.Now(), TouchedAt: tx.Now(),
	}); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "player.launched", Version: 1, Scope: actor.Scope{Cohort: a.Cohort}, Subject: string(launch),
		Body: openedBody{Attempt: a.ID, Activity: in.Unit, Mode: mode}, Rows: []journal.Row{journal.RowOf(launchesTable(), launch)},
	})
}

func (s *Service) seed(tx *db.Tx, a Attempt, c *Course, unit string) (Seed, error) {
	out := Seed{
		Kind: c.Kind, Mode: Normal, Learner: s.learner(a, c), Units: c.Units, Activity: unit, Data: map[string]map[string]json.RawMessage{},
		Left: map[string]string{}, Sequencing: c.Sequencing,
	}
	if a.State == Passed {
		out.Mode = Review
	}
	units, err := unitsOf(tx, a.ID)
	if err != nil {
		return out, err
	}
	latest := time.Time{}
	for k, u := range units {
		out.Left[k] = u.leaving
		if unit == "" && c.Kind == Scorm12 && u.leaving != "" && u.touched.After(latest) && c.Unit(k) != nil {
			out.Activity, latest = k, u.touched
		}
	}
	rows, err := dataOf(tx, a.ID)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		if r.activity == "" {
			if r.element == stateElement && out.Mode == Normal { // what is read again begins at its beginning
				out.State = r.value
			}
			continue
		}
		of := out.Data[r.activity]
		if of == nil {
			of = map[string]json.RawMessage{}
			out.Data[r.activity] = of
		}
		of[r.element] = r.value
	}
	if c.Shared {
		out.Objectives, err = objectivesOf(tx, a.Person)
	}
	return out, err
}

// learner is how a package knows her: by a number that no other package has, and
// by no name.
func (s *Service) learner(a Attempt, c *Course) Learner {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte("learner\x00" + string(a.Person) + "\x00" + c.Key))
	number := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil)[:10]))
	return Learner{ID: "learner-" + number, Name: "Learner", Language: c.Language}
}
