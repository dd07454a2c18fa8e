package archtest

// An exception covers one finding of a rule.
type exception struct {
	Rule string // init, state, now, doc, length, sql
	What string // path, or path:name
}

// exceptions lists the breaches that are right after all, and why.
var exceptions = map[exception]string{
	{"now", "internal/id/id.go"}: "an id is minted where no clock is at hand; its time spreads ids over an index and is never read back",

	{"state", "internal/access/policy.go:policy"}: "an index over the written rules, built once and never written to; a policy that could be exchanged would be one that could be weakened",

	{"state", "internal/content/markdown.go:kindCite"}: "the Markdown parser numbers the kinds of its nodes; a number it is, and nobody writes to it",

	{"state", "internal/db/db.go:Main"}:            "a lane is a name: its fields are hidden, and a constant cannot be a struct",
	{"state", "internal/db/db.go:Reads"}:           "as Main",
	{"state", "internal/db/db.go:XAPI"}:            "as Main",
	{"state", "internal/db/postgres.go:rewritten"}: "remembers what a pure function of a constant text returned",

	{"sql", "internal/report/reporttest/world.go:cohort_cohorts"}:       "lays the first programme out for tests of figures, without its two months of decisions",
	{"sql", "internal/report/reporttest/world.go:cohort_quotas"}:        "as above",
	{"sql", "internal/report/reporttest/world.go:cohort_enrolments"}:    "as above",
	{"sql", "internal/report/reporttest/world.go:cohort_nominations"}:   "as above",
	{"sql", "internal/report/reporttest/world.go:cohort_reasons"}:       "as above",
	{"sql", "internal/report/reporttest/world.go:evaluation_followups"}: "as above",

	{"state", "internal/web/route.go:Public"}:   "a need is a name with a hidden mark; a constant cannot be a struct, and a route reads as a sentence with it",
	{"state", "internal/web/route.go:SignedIn"}: "as Public",
}
