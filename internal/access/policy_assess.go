package access

func assessRules() []Rule {
	return []Rule{
		{
			Kind: Test, Verbs: verbs(List, Read, Create, Change, Import, Export, Print, Check), Roles: roles(officer), Relations: InScope,
			Why: "She brings tests in and prints them.",
		},
		{
			Kind: Test, Verbs: verbs(List, Read, Print), Roles: roles(trainer), Relations: InScope,
			Why: "She runs them.",
		},
		{
			Kind: Test, Verbs: verbs(Import, Check), Roles: roles(Operator), Relations: Always,
			Why: "Import is a command too.",
		},

		{
			Kind: Attempt, Verbs: verbs(Read, Create, Answer, Close), Roles: roles(participant), Relations: Self,
			Why: "She takes the test.",
		},
		{
			Kind: Attempt, Verbs: verbs(List, Read, Create, Record, Close, Correct), Roles: roles(officer, trainer), Relations: InScope,
			Why: "Paper tests are entered in a grid by those who ran them.",
		},
		{
			Kind: Attempt, Verbs: verbs(Close), Roles: roles(Timer), Relations: Always,
			Why: "A timed test ends.",
		},

		{
			Kind: Scores, Verbs: verbs(Read), Roles: roles(participant), Relations: Self,
			Why: "Her own results.",
		},
		{
			Kind: Scores, Verbs: verbs(List, Read, Export), Roles: roles(officer), Relations: InScope,
			Why: "She selects and reports.",
		},
		{
			Kind: Scores, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "She teaches to what is missing.",
		},
		{
			Kind: Scores, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "The needs thread begins with the gap that the pre-test showed.",
		},
		{
			Kind: Items, Verbs: verbs(Read, Export), Roles: roles(officer, trainer), Relations: InScope,
			Why: "Results by item improve the test; nobody outside the programme sees them.",
		},
	}
}
