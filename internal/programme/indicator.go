package programme

import (
	"fmt"
	"slices"
)

// Measures lists the figures that an indicator can ask for. Package report
// computes each of them.
func Measures() []string {
	return []string{
		"nominated", "eligible", "selected", "confirmed", "declined", "decline-reasons", "quota-use", "women-share",
		"unique-persons-trained", "participations", "person-hours",
		"prerequisites-on-time", "waivers", "attendance-rule-met", "left", "leaving-causes",
		"satisfaction-mean", "satisfaction-top-two", "feedback-response-rate",
		"matched-pairs", "mean-gain", "share-improved", "share-at-standard",
		"needs-assessed", "sessions-held", "one-session-held", "two-sessions-held", "three-sessions-held", "days-to-first-session",
		"goals-set", "goals-met", "use-at-work", "use-confirmed", "obstacles", "in-relevant-post", "follow-up-response-rate",
		"certificates-issued", "certificates-revoked", "cost-per-completer",
	}
}

func (r *reader) indicators(b *Blueprint) {
	seen := map[Key]string{}
	logframe := map[string]bool{}
	for _, f := range b.Funding {
		for _, c := range f.Logframe {
			logframe[c] = true
		}
	}
	for i := range b.Indicators {
		x := &b.Indicators[i]
		path := fmt.Sprintf("indicators[%d]", i)
		r.unique(seen, x.Key, path+".key", "indicator")
		if x.Measure != "" && !slices.Contains(Measures(), x.Measure) {
			right := "one of " + list(Measures())
			if l := likely(x.Measure, Measures()); l != "" {
				right = "did you mean " + l + "?"
			}
			r.bad(path+".measure", "unknown-measure", fmt.Sprintf("there is no measure %q", x.Measure), right)
		}
		r.refer(path+".stage", x.Stage, names(b.index.stages), "stage")
		if x.Logframe != "" && !logframe[x.Logframe] {
			r.bad(path+".logframe", "unknown-logframe", fmt.Sprintf("no funding has the code %q", x.Logframe), "a code listed under funding, logframe")
		}
		for _, v := range []struct {
			name string
			v    *Value
		}{{"baseline", x.Baseline}, {"target", x.Target}} {
			if v.v == nil {
				continue
			}
			at := join(path, v.name)
			given, unknown := r.read(at+".value"), v.v.Known != nil && !*v.v.Known
			switch {
			case !given && !unknown:
				r.bad(at, "value", v.name+" has no value", "value: 25, or known: false")
			case given && unknown:
				r.bad(at+".known", "value", v.name+" has a value and is said not to be known", "one of the two")
			}
			if x.Unit == "per-cent" && given && (v.v.Value < 0 || v.v.Value > 100) {
				r.bad(at+".value", "value", fmt.Sprintf("%v per cent", v.v.Value), "from 0 to 100")
			}
		}
		if x.Target == nil && !r.read(path+".target") {
			r.bad(path, "value", "the indicator has no target", "target: {value: 25}, or target: {known: false}")
		}
	}
}
