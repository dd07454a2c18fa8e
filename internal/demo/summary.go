package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Summary is what a play came to, counted from facts and seats alone.
type Summary struct {
	// Cohort is the id of the cohort, for the commands that ask for one.
	Cohort id.Cohort `json:"cohort"`
	// People are the ids of those who were proposed or joined, by the script's keys.
	People      map[string]id.Person `json:"people"`
	UniqueWomen int                  `json:"unique_women"`
	ByAgency    map[string]int       `json:"by_agency"`
	Nominated   int                  `json:"nominated"`
	// AttendanceRuleMet is how many met the rule of a workshop, each counted once
	// for each workshop; HalfDays and OfHalfDays state the rule, added up over
	// workshops.
	AttendanceRuleMet int `json:"attendance_rule_met"`
	HalfDays          int `json:"half_days_needed"`
	OfHalfDays        int `json:"half_days_held"`
	// MatchedPairs is how many took a test before, and the same test after or long
	// after.
	MatchedPairs  int            `json:"matched_pairs"`
	Certificates  int            `json:"certificates"`
	SurveyAnswers int            `json:"survey_answers"`
	Rounds        []RoundSummary `json:"rounds"`
	ThreeSessions int            `json:"three_sessions"`
	QuotaBreaches int            `json:"quota_breaches"`
	Facts         int            `json:"facts"`
	// Provenance says where each figure is from (see [Script.Provenance]).
	Provenance map[string]string `json:"provenance"`
}

// RoundSummary is a round of coaching: who came, each counted once.
type RoundSummary struct {
	Key     string `json:"key"`
	Kind    string `json:"kind"`
	Present int    `json:"present"`
}

// Summary counts what the play has come to so far.
func (p *Play) Summary(ctx context.Context, d *db.DB) (Summary, error) {
	s := Summary{Cohort: p.cohort, People: map[string]id.Person{}, Rounds: []RoundSummary{}, ByAgency: map[string]int{}, Provenance: p.script.Provenance()}
	for _, n := range p.script.Cast.Nominees {
		if who, ok := p.people[n.Key]; ok {
			s.People[n.Key] = who
		}
	}
	err := d.View(ctx, func(tx *db.Tx) error {
		nominated := map[id.Person]bool{}
		all, err := pathway.FactsOfKind(tx, p.cohort, pathway.KindNominated, "")
		if err != nil {
			return err
		}
		for _, f := range all {
			nominated[f.Person] = true
		}
		s.Nominated = len(nominated)
		var rounds []programme.Round
		for i := range p.blueprint.Stages {
			st := &p.blueprint.Stages[i]
			if st.Workshop != nil {
				s.HalfDays += st.Workshop.Attendance.HalfDays
				for _, day := range st.Workshop.Days {
					s.OfHalfDays += len(day.HalfDays)
				}
			}
			if st.Coaching != nil {
				rounds = st.Coaching.Rounds
			}
		}
		came := make([]map[id.Person]bool, len(rounds))
		for i := range came {
			came[i] = map[id.Person]bool{}
		}
		part := maps.Clone(nominated)
		for _, person := range s.People {
			part[person] = true // who joined later was proposed by nobody
		}
		for person := range part {
			if err := p.count(tx, person, &s, rounds, came); err != nil {
				return err
			}
		}
		for i, r := range rounds {
			s.Rounds = append(s.Rounds, RoundSummary{Key: string(r.Key), Kind: string(r.Kind), Present: len(came[i])})
		}
		quotas, err := cohort.Quotas(tx, p.cohort)
		if err != nil {
			return err
		}
		counts, err := cohort.Counts(tx, p.cohort)
		if err != nil {
			return err
		}
		taken := map[id.Quota]int{}
		for _, c := range counts {
			for state, n := range c.By {
				if state.Taken() {
					taken[c.Quota] += n
				}
			}
		}
		for _, q := range quotas {
			if taken[q.ID] > q.Places {
				s.QuotaBreaches++
			}
		}
		return nil
	})
	return s, err
}

// count adds one person to the summary.
func (p *Play) count(tx *db.Tx, person id.Person, s *Summary, rounds []programme.Round, came []map[id.Person]bool) error {
	facts, err := pathway.FactsOf(tx, person, p.cohort)
	if err != nil {
		return err
	}
	s.Facts += len(facts)
	counting, _ := pathway.Effective(facts, tx.Now())
	standing, err := pathway.StandingOf(tx, person, p.cohort)
	if err != nil {
		return err
	}
	attended := false
	before, after := map[programme.Key]bool{}, map[programme.Key]bool{} // by test
	for _, f := range counting {
		switch v := f.Value.(type) {
		case pathway.AttendanceVerdict:
			attended = attended || v.Verdict == pathway.Present || v.Verdict == pathway.Part
		case pathway.AssessmentSubmitted:
			st, ok := p.blueprint.Stage(programme.Key(f.Subject))
			if !ok || st.Assessment == nil {
				continue
			}
			if st.Assessment.Form == programme.Pre {
				before[st.Assessment.Test] = true
			} else {
				after[st.Assessment.Test] = true
			}
		case pathway.CertificateIssued:
			s.Certificates++
		case pathway.FeedbackGiven:
			s.SurveyAnswers++
		case pathway.CoachingSession:
			for i, r := range rounds {
				if string(r.Key) == v.Round && (v.Outcome == pathway.Held || v.Outcome == pathway.HeldInPart) {
					came[i][person] = true
				}
			}
		}
	}
	if slices.ContainsFunc(slices.Collect(maps.Keys(before)), func(test programme.Key) bool { return after[test] }) {
		s.MatchedPairs++
	}
	for i := range standing.Stages {
		st := &standing.Stages[i]
		switch st.Kind {
		case programme.KindWorkshop:
			if st.Have >= st.Need && st.Need > 0 {
				s.AttendanceRuleMet++
			}
		case programme.KindCoaching:
			if st.Have >= 3 {
				s.ThreeSessions++
			}
		}
	}
	if !attended {
		return nil
	}
	who, err := people.Get(tx, person)
	if err != nil {
		return err
	}
	if who.Sex == people.Female {
		s.UniqueWomen++
	}
	e, err := cohort.EnrolmentOf(tx, p.cohort, person)
	if err != nil {
		return err
	}
	s.ByAgency[e.AgencyKey]++
	return nil
}

// Check compares a summary of the whole play with what the script expects.
func (p *Play) Check(s Summary) error {
	x := p.script.Expect
	var errs []error
	want := func(what string, got, want int) {
		if got != want {
			errs = append(errs, fmt.Errorf("demo: %s: %d, the script expects %d", what, got, want))
		}
	}
	want("unique women", s.UniqueWomen, x.UniqueWomen.Value)
	for agency, n := range x.ByAgency {
		want("of "+agency, s.ByAgency[agency], n.Value)
	}
	want("nominated", s.Nominated, x.Nominated.Value)
	want("attendance rule met", s.AttendanceRuleMet, x.AttendanceRuleMet.Value)
	want("matched pairs", s.MatchedPairs, x.MatchedPairs.Value)
	want("certificates", s.Certificates, x.Certificates.Value)
	want("survey answers", s.SurveyAnswers, x.SurveyAnswers.Value)
	for i, r := range x.Rounds {
		got := -1
		if i < len(s.Rounds) && s.Rounds[i].Key == r.Key {
			got = s.Rounds[i].Present
		}
		want(r.Key, got, max(r.Present, r.Held))
	}
	want("three sessions", s.ThreeSessions, x.ThreeSessions.Value)
	want("quota breaches", s.QuotaBreaches, x.QuotaBreaches.Value)
	return errors.Join(errs...)
}
