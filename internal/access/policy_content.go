package access

func contentRules() []Rule {
	return []Rule{
		{
			Kind: Module, Verbs: verbs(List, Read, Create, Change, Import, Export, Publish, Check, Withdraw), Roles: roles(officer), Relations: InScope,
			Why: "She brings modules in, publishes them and takes them out of use.",
		},
		{
			Kind: Module, Verbs: verbs(List, Read), Roles: roles(trainer, coach), Relations: InScope,
			Why: "They build on them.",
		},
		{
			Kind: Module, Verbs: verbs(Read), Roles: roles(participant), Relations: SameCohort | SameProgramme | Self, States: in(Released),
			Why: "She learns; whether a module is open yet the pathway says. Looking modules through beforehand is for staff.",
		},
		{
			Kind: Module, Verbs: verbs(List, Read, Import, Export, Check, Publish), Roles: roles(Operator), Relations: Always,
			Why: "Import and export are commands too.",
		},
		{
			Kind: Module, Verbs: verbs(List, Read, Import, Check, Publish, Withdraw), Roles: roles(PackagesToken), Relations: Always,
			Why: "A program was given a token to keep packages up to date.",
		},

		{
			Kind: Progress, Verbs: verbs(Read, Create, Change, Answer), Roles: roles(participant), Relations: Self,
			Why: "Her own learning.",
		},
		{
			Kind: Progress, Verbs: verbs(List, Read, Record), Roles: roles(officer), Relations: InScope,
			Why: "She sees who is behind, and records what was done on paper.",
		},
		{
			Kind: Progress, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "She coaches her.",
		},
		{
			Kind: Progress, Verbs: verbs(Create), Roles: roles(LaunchToken), Relations: Always,
			Why: "A program was given a token to launch packages for anybody.",
		},
		{
			Kind: Progress, Verbs: verbs(List, Read, Record), Roles: roles(AttemptsToken), Relations: Always,
			Why: "A program was given a token to read attempts and to settle them.",
		},

		{
			Kind: Outside, Verbs: verbs(Read, Create, Attach, Withdraw), Roles: roles(SignedIn), Relations: Self,
			Why: "She shows what she has done elsewhere.",
		},
		{
			Kind: Outside, Verbs: verbs(List, Read, Create, Attach, Decide), Roles: roles(officer), Relations: InScope,
			Why: "A named person accepts it, refuses it with a reason, or accepts it until a date.",
		},
		{
			Kind: Equalling, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "She sees what counts instead of what.",
		},
		{
			Kind: Equalling, Verbs: verbs(List, Read, Sign, Withdraw), Roles: roles(officer), Relations: InScope,
			Why: "An equivalence is signed.",
		},
	}
}
