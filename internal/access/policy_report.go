package access

func reportRules() []Rule {
	return []Rule{
		{
			Kind: Figure, Verbs: verbs(List, Read, Export), Roles: roles(officer), Relations: InScope,
			Why: "She reports.",
		},
		{
			Kind: Figure, Verbs: verbs(Change), Roles: roles(officer), Relations: InScope, States: in(Draft),
			Why: "She enters what agencies count themselves, such as their eligible staff.",
		},
		{
			Kind: Figure, Verbs: verbs(List, Read, Export), Roles: roles(observer), Relations: InScope, States: in(Released),
			Why: "Aggregates alone, disclosure-controlled, once released.",
		},
		{
			Kind: Figure, Verbs: verbs(List, Read), Roles: roles(focal), Relations: InPeriod, States: in(Released),
			Why: "Her agency's own released figures, with the partners' floor.",
		},
		{
			Kind: Figure, Verbs: verbs(List, Read, Export), Roles: roles(Operator), Relations: Always,
			Why: "The report is a command too.",
		},

		{
			Kind: Backing, Verbs: verbs(List, Read), Roles: roles(officer), Relations: InScope,
			Why: "Each figure leads to its ten half-day sheets and its letters.",
		},
		{
			Kind: Backing, Verbs: verbs(List, Read), Roles: roles(observer), Relations: InScope, States: in(Released),
			Why: "Whoever doubts a figure sees on which sheets and letters it rests: numbers, dates and counts, nobody's name.",
		},

		{
			Kind: Rows, Verbs: verbs(List, Read, Export), Roles: roles(officer), Relations: InScope,
			Why: "Whoever may see the people may walk from a figure to each of them.",
		},

		{
			Kind: Release, Verbs: verbs(List, Read, Create, Sign), Roles: roles(officer), Relations: InScope,
			Why: "A release is frozen and signed.",
		},
		{
			Kind: Release, Verbs: verbs(List, Read), Roles: roles(observer), Relations: InScope, States: in(Released),
			Why: "What was released to her.",
		},
		{
			Kind: Disclosure, Verbs: verbs(Read, Sign), Roles: roles(officer), Relations: InScope,
			Why: "A small difference that could be derived is published only when a person signs.",
		},
	}
}
