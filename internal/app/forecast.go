package app

import (
	"context"
	"slices"
	"time"

	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
)

// Explained is where a person stands, said in sentences, and what it rests on.
type Explained struct {
	Person    id.Person    `json:"person"`
	Cohort    id.Cohort    `json:"cohort"`
	At        time.Time    `json:"at"`
	Version   id.Version   `json:"version"`   // of the blueprint
	Evaluator int          `json:"evaluator"` // version of the rules
	Digest    string       `json:"digest"`    // of the facts
	Lines     []string     `json:"lines"`
	Facts     []FactListed `json:"facts"`
}

// FactListed is one fact of an explanation.
type FactListed struct {
	ID         id.Fact       `json:"id"`
	Kind       pathway.Kind  `json:"kind"`
	Subject    string        `json:"subject,omitempty"`
	Value      pathway.Value `json:"value,omitempty"`
	Basis      pathway.Basis `json:"basis"`
	OccurredAt time.Time     `json:"occurred_at"`
	RecordedAt time.Time     `json:"recorded_at"`
	Corrects   id.Fact       `json:"corrects,omitempty"`
	// Counts is false for what was corrected or withdrawn.
	Counts bool `json:"counts"`
}

// Explain says where a person stands in a cohort, now or at the moment given, as
// far as was known by then.
func (a *App) Explain(ctx context.Context, l *i18n.Localizer, p id.Person, c id.Cohort, at time.Time) (Explained, error) {
	x, err := pathway.New(pathway.Deps{DB: a.DB}).Explain(AsOperator(ctx), p, c, at)
	if err != nil {
		return Explained{}, err
	}
	if !slices.ContainsFunc(x.Facts, func(f pathway.Fact) bool { return f.Cohort == c }) {
		return Explained{}, fault.New(fault.NotFound, "app.nobody-there", nil)
	}
	out := Explained{
		Person: p, Cohort: c, At: x.At, Version: x.Version, Evaluator: x.Evaluator, Digest: x.Digest,
		Lines: pathway.Speak(l, x.Plan.Blueprint()).Lines(&x.Standing), Facts: []FactListed{},
	}
	for _, f := range x.Facts {
		out.Facts = append(out.Facts, FactListed{
			ID: f.ID, Kind: f.Kind(), Subject: f.Subject, Value: f.Value, Basis: f.Basis,
			OccurredAt: f.OccurredAt, RecordedAt: f.RecordedAt, Corrects: f.Corrects, Counts: x.Counting[f.ID],
		})
	}
	return out, nil
}

// Forecast says who will be ready for a stage on a day, and on which assumptions.
type Forecast struct {
	Stage string    `json:"stage"`
	Now   time.Time `json:"now"`
	Day   time.Time `json:"day"`
	// IfNothing and AtPace are what is taken for granted if nobody does more, and
	// if everybody goes on as so far.
	IfNothing []string       `json:"if_nothing"`
	AtPace    []string       `json:"at_pace"`
	People    []ForecastLine `json:"people"`
}

// ForecastLine is what a forecast says of one person.
type ForecastLine struct {
	Person id.Person `json:"person"`
	Name   string    `json:"name"`
	Ready  bool      `json:"ready"`
	AtPace bool      `json:"at_pace"`
	// Missing says what is missing if she does nothing more.
	Missing     string    `json:"missing,omitempty"`
	MinutesADay float64   `json:"minutes_a_day"`
	Done        time.Time `json:"done,omitzero"`
}

// Forecast simulates a cohort.
func (a *App) Forecast(ctx context.Context, l *i18n.Localizer, in pathway.SimulateInput) (Forecast, error) {
	ctx = i18n.With(AsOperator(ctx), l)
	s, err := pathway.New(pathway.Deps{DB: a.DB}).Simulate(ctx, in)
	if err != nil {
		return Forecast{}, err
	}
	people := make([]id.Person, 0, len(s.Forecasts))
	for _, f := range s.Forecasts {
		people = append(people, f.Person)
	}
	names, err := a.names(ctx, people)
	if err != nil {
		return Forecast{}, err
	}
	say := pathway.Speak(l, s.Plan.Blueprint())
	out := Forecast{Stage: string(s.Stage), Now: s.Now, Day: s.Day, People: []ForecastLine{}}
	for _, x := range pathway.Assumptions(false) {
		out.IfNothing = append(out.IfNothing, say.Assumption(x))
	}
	for _, x := range pathway.Assumptions(true) {
		out.AtPace = append(out.AtPace, say.Assumption(x))
	}
	for _, f := range s.Forecasts {
		line := ForecastLine{Person: f.Person, Name: names[f.Person], Ready: f.Ready, AtPace: f.AtPace, MinutesADay: f.MinutesADay, Done: f.Done}
		if !f.Ready && len(f.Reasons) > 0 {
			line.Missing = say.Missing(f.Reasons)
		}
		out.People = append(out.People, line)
	}
	return out, nil
}
