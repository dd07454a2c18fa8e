package access

import (
	"slices"

	"cadre/internal/actor"
)

// The roles, short, as the rules read best.
const (
	officer     = actor.ProgrammeOfficer
	focal       = actor.FocalPoint
	participant = actor.Participant
	trainer     = actor.Trainer
	coach       = actor.Coach
	supervisor  = actor.Supervisor
	observer    = actor.Observer
	admin       = actor.Administrator
)

// Rules returns every rule, by area: a fresh copy, which a test may change.
func Rules() []Rule {
	return slices.Concat(
		area("instance", instanceRules()),
		area("people", peopleRules()),
		area("access", accessRules()),
		area("programme", programmeRules()),
		area("cohort", cohortRules()),
		area("content", contentRules()),
		area("assess", assessRules()),
		area("workshop", workshopRules()),
		area("coaching", coachingRules()),
		area("evaluation", evaluationRules()),
		area("credential", credentialRules()),
		area("report", reportRules()),
	)
}

func area(name string, rules []Rule) []Rule {
	for i := range rules {
		rules[i].Area = name
	}
	return rules
}

func verbs(v ...Verb) []Verb               { return v }
func roles(r ...actor.Role) []actor.Role   { return r }
func in(states ...string) (named []string) { return states }
