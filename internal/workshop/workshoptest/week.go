// Package workshoptest lays the workshop of November 2020 for tests: a cohort of
// 28 invented officers, a trainer who holds every session, and a programme
// officer, on a fresh database of each engine.
package workshoptest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/workshop"
)

// Week is the workshop, laid. It also stands in for what the workshop asks of a
// cohort, of the ledger and of the record of reads.
type Week struct {
	*workshop.Service
	t       testing.TB
	DB      *db.DB
	Cohort  id.Cohort
	at      access.Place
	People  []id.Person // the 28 who are expected; "Officer A" is the first
	Trainer id.Person
	Officer id.Person
	Now     workshop.Plan // the timetable as last read with Read
	book    *programme.Blueprint

	mu    sync.Mutex
	facts []pathway.Fact
	shown map[id.Person]int
}

// Stage is the key of the workshop's stage.
const Stage = "week"

// Blueprint is the example's.
func (w *Week) Blueprint(*db.Tx, id.Cohort) (*programme.Blueprint, error) { return w.book, nil }

// Place is in Pakistan.
func (w *Week) Place(_ *db.Tx, c id.Cohort) (access.Place, error) {
	at := w.at
	at.Cohort = c
	return at, nil
}

// Expected are the 28.
func (w *Week) Expected(_ *db.Tx, c id.Cohort, _ string) ([]id.Person, error) {
	if c != w.Cohort {
		return nil, nil
	}
	return w.People, nil
}

// Trainers are the trainer and the officer.
func (w *Week) Trainers(*db.Tx, id.Cohort) ([]id.Person, error) {
	return []id.Person{w.Trainer, w.Officer}, nil
}

// RecordRead counts whose names were shown.
func (w *Week) RecordRead(_ context.Context, _ access.Kind, ps ...id.Person) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range ps {
		w.shown[p]++
	}
	return nil
}

// Shown returns how often somebody's name was shown.
func (w *Week) Shown(p id.Person) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shown[p]
}

func (w *Week) keep(_ *db.Tx, f pathway.Fact) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.facts = append(w.facts, f)
	return nil
}

// Facts returns what was recorded in the ledger, in order.
func (w *Week) Facts() []pathway.Fact {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.facts)
}

// Verdicts returns the facts of attendance of a half-day that stand, by person.
func (w *Week) Verdicts(half string) map[id.Person]pathway.AttendanceVerdict {
	facts := w.Facts()
	corrected := map[id.Fact]bool{}
	for _, f := range facts {
		corrected[f.Corrects] = true
	}
	out := map[id.Person]pathway.AttendanceVerdict{}
	for _, f := range facts {
		if v, ok := f.Value.(pathway.AttendanceVerdict); ok && f.Subject == half && !corrected[f.ID] {
			out[f.Person] = v
		}
	}
	return out
}

// Actor is somebody in a role within the cohort.
func (w *Week) Actor(p id.Person, role actor.Role) actor.Actor {
	return actor.Actor{Person: p, Grant: actor.Grant{ID: id.New[id.Grant](), Role: role, Scope: actor.Scope{Cohort: w.Cohort}}}
}

func (w *Week) as(p id.Person, role actor.Role) context.Context {
	return actor.With(context.Background(), w.Actor(p, role))
}

// Organises returns a context in which the programme officer acts.
func (w *Week) Organises() context.Context { return w.as(w.Officer, actor.ProgrammeOfficer) }

// Trains returns a context in which the trainer acts.
func (w *Week) Trains() context.Context { return w.as(w.Trainer, actor.Trainer) }

// Her returns a context in which the i-th participant acts.
func (w *Week) Her(i int) context.Context { return w.as(w.People[i], actor.Participant) }

// Clock is the clock of the database.
func (w *Week) Clock() *clock.Fake { return dbtest.Clock(w.DB) }

// At sets the clock to a time of November 2020 in Islamabad.
func (w *Week) At(day, hour, minute int) {
	w.Clock().Set(time.Date(2020, time.November, day, hour-5, minute, 0, 0, time.UTC))
}

// Half finds a half-day by its key.
func (w *Week) Half(key string) workshop.HalfDay {
	w.t.Helper()
	i := slices.IndexFunc(w.Now.HalfDays, func(h workshop.HalfDay) bool { return h.Key == key })
	if i < 0 {
		w.t.Fatalf("no half-day %s", key)
	}
	return w.Now.HalfDays[i]
}

// Room finds a room by its key.
func (w *Week) Room(key string) workshop.Room {
	w.t.Helper()
	i := slices.IndexFunc(w.Now.Rooms, func(r workshop.Room) bool { return r.Key == key })
	if i < 0 {
		w.t.Fatalf("no room %s", key)
	}
	return w.Now.Rooms[i]
}

// RollOf reads a register as the trainer does.
func (w *Week) RollOf(key string) workshop.Roll {
	w.t.Helper()
	r, err := w.Roll(w.Trains(), w.Half(key).ID)
	w.must(err)
	return r
}

// Read reads the timetable again.
func (w *Week) Read() {
	w.t.Helper()
	var err error
	w.Now, err = w.Plan(w.Organises(), w.Cohort, Stage)
	w.must(err)
}

func (w *Week) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// Form is a session's own form, as a page would fill it in.
func Form(s workshop.Session) workshop.ChangeSession {
	return workshop.ChangeSession{
		Session: s.ID, Revision: s.Revision, Starts: s.Starts.Clock(), Ends: s.Ends.Clock(), Room: s.Room, Modes: s.Modes,
		Trainer: s.Trainer, Language: s.Language, Link: s.Link, Cancelled: s.Cancelled,
	}
}

// Lay lays the week on a fresh database, names the trainer and gives the room on
// the net its link.
func Lay(t testing.TB, d *db.DB) *Week {
	t.Helper()
	file := example(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	book, err := programme.Read(file, text)
	if err != nil {
		t.Fatal(err)
	}
	w := &Week{
		t: t, DB: d, Cohort: id.New[id.Cohort](), Trainer: id.New[id.Person](), Officer: id.New[id.Person](), book: book,
		at:    access.Place{Country: "PK", Programme: id.New[id.Programme](), Since: time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC)},
		shown: map[id.Person]int{},
	}
	w.must(d.Update(w.Organises(), db.Main, func(tx *db.Tx) error {
		w.People = nil
		for i := range 28 {
			p, err := people.Enter(tx, people.NewPerson{
				Officer: true, Sex: people.Female, Names: []people.NewName{{Form: people.Called, Written: officer(i)}},
				Place: access.Place{Cohort: w.Cohort, Since: tx.Now()},
			})
			if err != nil {
				return err
			}
			w.People = append(w.People, p)
		}
		return nil
	}))
	w.Service = workshop.New(workshop.Deps{DB: d, Cohorts: w, Reads: w, Record: w.keep})
	_, err = w.Service.Lay(w.Organises(), id.New[id.Operation](), workshop.Lay{Cohort: w.Cohort, Stage: Stage})
	w.must(err)
	w.Read()
	for _, h := range w.Now.HalfDays {
		for _, s := range h.Sessions {
			in := Form(s)
			in.Trainer = w.Trainer
			_, err := w.ChangeSession(w.Organises(), id.New[id.Operation](), in)
			w.must(err)
		}
	}
	_, err = w.ChangeRoom(w.Organises(), id.New[id.Operation](), workshop.ChangeRoom{Room: w.Room("link").ID, Revision: 1, Link: "https://meet.example.org/week"})
	w.must(err)
	w.Read()
	return w
}

// example finds the example's file from the folder of whichever package is tested.
func example(t testing.TB) string {
	t.Helper()
	for up := ".."; len(up) < 30; up = filepath.Join(up, "..") {
		file := filepath.Join(up, "examples/pakistan-2020/programme.yaml")
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	t.Fatal("the example programme is not above this folder")
	return ""
}

// officer names the i-th participant: Officer A to Z, then Officer A2.
func officer(i int) string {
	if i < 26 {
		return fmt.Sprintf("Officer %c", 'A'+i)
	}
	return fmt.Sprintf("Officer %c%d", 'A'+i%26, i/26+1)
}
