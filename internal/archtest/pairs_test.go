package archtest

// pairs lists which capability may import which other's root package, and why
// a smaller interface, or following the journal, would not do.
var pairs = map[pair]string{
	{"people", "access"}: "asks the policy, and says where a person belongs in its words",

	{"programme", "access"}: "asks the policy",

	{"pathway", "access"}:    "asks the policy",
	{"pathway", "programme"}: "evaluates a blueprint",

	{"cohort", "access"}:    "asks the policy",
	{"cohort", "people"}:    "seats and enrolments are people's, by agency",
	{"cohort", "programme"}: "a cohort runs one version of a blueprint, with its quotas and deadlines",
	{"cohort", "pathway"}:   "records decisions about seats as facts, and asks who is ready",

	{"content", "access"}: "asks the policy",
	{"content", "item"}:   "modules ask questions",

	{"player", "access"}:  "asks the policy",
	{"player", "pathway"}: "records a finished module as a fact",
	{"player", "content"}: "plays the material, of whatever kind",
	{"player", "item"}:    "marks the answers that she gives on the way",
	{"player", "lrs"}:     "what a cmi5 unit says, and what the LMS says of it, is one transaction",

	{"assess", "access"}:  "asks the policy",
	{"assess", "item"}:    "a test is made of questions",
	{"assess", "pathway"}: "records a result as a fact",

	{"workshop", "access"}:    "asks the policy",
	{"workshop", "people"}:    "registers and the door name people",
	{"workshop", "programme"}: "the timetable's half-days are the blueprint's",
	{"workshop", "pathway"}:   "records a verdict as a fact, and asks whether she is ready",

	{"coaching", "access"}:    "asks the policy",
	{"coaching", "programme"}: "entitlement, guide and window are the blueprint's",
	{"coaching", "pathway"}:   "records a session as a fact",
	{"coaching", "cohort"}:    "asks who is enrolled",

	{"evaluation", "access"}:    "asks the policy",
	{"evaluation", "item"}:      "a form's texts are read as those of any question",
	{"evaluation", "programme"}: "a survey is named by the blueprint",
	{"evaluation", "pathway"}:   "records that she answered, and only that, as a fact",

	{"credential", "access"}:    "asks the policy",
	{"credential", "people"}:    "prints a name as she confirmed it",
	{"credential", "programme"}: "the certificate's title, text and rule are the blueprint's",
	{"credential", "pathway"}:   "issues what was earned, as a fact",
	{"credential", "cohort"}:    "asks who takes part",

	{"report", "access"}:     "asks the policy",
	{"report", "people"}:     "disaggregates by agency",
	{"report", "programme"}:  "indicators, targets and their definitions are the blueprint's",
	{"report", "pathway"}:    "counts facts",
	{"report", "cohort"}:     "counts seats and enrolments",
	{"report", "evaluation"}: "lists every obstacle that can be named, so that which were is not told",

	{"notify", "people"}: "a reminder goes by a person's contact route, in her language",

	{"lrs", "access"}:    "asks the policy who may make keys",
	{"lrs", "pathway"}:   "tells in statements the facts that count",
	{"lrs", "programme"}: "names in statements what a blueprint names",

	{"retention", "access"}: "asks the policy",
	{"retention", "people"}: "erases a person",
}
