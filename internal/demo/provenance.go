package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cadre/internal/i18n"
)

// Provenance says of each figure of a [Summary], by its JSON name, where it is
// from: "invented", or the address of the report that says it.
func (s *Script) Provenance() map[string]string {
	out := map[string]string{}
	for name, x := range s.Expect.tagged() {
		out[name] = "invented"
		if x.Sourced != "" {
			out[name] = s.Sources[x.Sourced].URL
		}
	}
	return out
}

// Number is a figure that the play comes to, and where it is from.
type Number struct {
	// Name is its name in [Summary].
	Name string
	// Agency and Round say what it is of: an agency's name, a round's number.
	Agency i18n.Text
	Round  int
	Value  int
	// Source is the report that says it; nil for a figure that is invented.
	Source *Source
}

// Numbers lists the figures of the play in the order of their names.
func (p *Play) Numbers() []Number {
	all := p.script.Expect.tagged()
	var out []Number
	for _, name := range slices.Sorted(maps.Keys(all)) {
		x := all[name]
		n := Number{Value: x.Value}
		var of string
		n.Name, of, _ = strings.Cut(name, ".")
		for _, a := range p.script.Cast.Agencies {
			if a.Key == of {
				n.Agency = a.Title.Text()
			}
		}
		n.Round = 1 + slices.IndexFunc(p.script.Expect.Rounds, func(r Round) bool { return r.Key == of })
		if x.Sourced != "" {
			s := p.script.Sources[x.Sourced]
			n.Source = &s
		}
		out = append(out, n)
	}
	return out
}

// tagged lists what the play must come to, by the names of [Summary].
func (x *Expect) tagged() map[string]Expected {
	out := map[string]Expected{
		"unique_women": x.UniqueWomen, "nominated": x.Nominated, "attendance_rule_met": x.AttendanceRuleMet,
		"matched_pairs": x.MatchedPairs, "certificates": x.Certificates, "survey_answers": x.SurveyAnswers,
		"three_sessions": x.ThreeSessions, "quota_breaches": x.QuotaBreaches,
	}
	for agency, a := range x.ByAgency {
		out["by_agency."+agency] = a
	}
	for _, r := range x.Rounds {
		out["rounds."+r.Key] = Expected{Value: max(r.Present, r.Held), Sourced: r.Sourced, Invented: r.Invented}
	}
	return out
}

// untagged lists the figures that say neither where they are from nor that they
// are invented, or both, or that name a report which is not there.
func (s *Script) untagged() []error {
	var errs []error
	all := s.Expect.tagged()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		x := all[name]
		switch _, known := s.Sources[x.Sourced]; {
		case x.Invented == (x.Sourced != ""):
			errs = append(errs, fmt.Errorf("timeline.yaml: expect: %s says neither sourced nor invented, or both", name))
		case x.Sourced != "" && !known:
			errs = append(errs, fmt.Errorf("timeline.yaml: expect: %s is sourced from %q, which is not among the sources", name, x.Sourced))
		}
	}
	return errs
}
