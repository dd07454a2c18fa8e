package access

func evaluationRules() []Rule {
	return []Rule{
		{
			Kind: Form, Verbs: verbs(List, Read, Create, Change, Import, Print, Send), Roles: roles(officer), Relations: InScope,
			Why: "She asks.",
		},
		{
			Kind: Form, Verbs: verbs(Read), Roles: roles(participant), Relations: SameCohort | Self,
			Why: "She is asked.",
		},
		{
			Kind: Form, Verbs: verbs(Read), Roles: roles(trainer), Relations: InScope,
			Why: "She knows what they are asked about her sessions.",
		},

		{
			Kind: Response, Verbs: verbs(Answer), Roles: roles(Anyone), Relations: Always,
			Why: "A one-use token, not a person, answers; nothing ties the answer to anyone, and nobody reads a single one.",
		},
		{
			Kind: Response, Verbs: verbs(Record), Roles: roles(officer), Relations: InScope,
			Why: "What stands on sheets of paper is entered for whoever cannot go online; the sheets carry no names.",
		},
		{
			Kind: Response, Verbs: verbs(Close), Roles: roles(Timer), Relations: Always,
			Why: "When the survey is closed, all answers are unsealed at once.",
		},
		{
			Kind: Results, Verbs: verbs(Read, Export), Roles: roles(officer), Relations: InScope,
			Why: "Counted, from five answers.",
		},
		{
			Kind: Results, Verbs: verbs(Read), Roles: roles(trainer), Relations: InScope,
			Why: "Counted, from five answers.",
		},

		{
			Kind: Testimonial, Verbs: verbs(Read, Create, Change, Withdraw), Roles: roles(participant), Relations: Self,
			Why: "Her words, her consent, withdrawable at any time.",
		},
		{
			Kind: Testimonial, Verbs: verbs(List, Read, Publish, Export), Roles: roles(officer), Relations: InScope, States: in(Given),
			Why: "Within the scope of the consent.",
		},
		{
			Kind: Testimonial, Verbs: verbs(Withdraw), Roles: roles(officer), Relations: InScope,
			Why: "A withdrawal by telephone counts at once.",
		},

		{
			Kind: FollowUp, Verbs: verbs(Read, Answer), Roles: roles(participant), Relations: Self,
			Why: "She says whether she could use it, and what stood in the way.",
		},
		{
			Kind: FollowUp, Verbs: verbs(Answer, Confirm), Roles: roles(supervisor), Relations: SupervisorOf,
			Why: "Linked with her agreement, the supervisor confirms how often techniques are used; she does not read the participant's own answer.",
		},
		{
			Kind: FollowUp, Verbs: verbs(List, Read, Create, Record), Roles: roles(officer), Relations: InScope,
			Why: "She asks at three and six months, also by telephone.",
		},
		{
			Kind: FollowUp, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "The needs thread ends in use at work.",
		},
	}
}
