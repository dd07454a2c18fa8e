package access

func coachingRules() []Rule {
	return []Rule{
		{
			Kind: Account, Verbs: verbs(Read), Roles: roles(participant), Relations: Self,
			Why: "The sessions she is entitled to, held and used.",
		},
		{
			Kind: Account, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "So that none is lost.",
		},
		{
			Kind: Account, Verbs: verbs(List, Read, Create, Change), Roles: roles(officer), Relations: InScope,
			Why: "She sees that sessions are held, never what was said.",
		},

		{
			Kind: Coaching, Verbs: verbs(List, Read, Assign, Change, Delete), Roles: roles(officer), Relations: InScope,
			Why: "She assigns coaches.",
		},
		{
			Kind: Coaching, Verbs: verbs(Read, Change), Roles: roles(participant), Relations: Self,
			Why: "She changes her coach without giving a reason.",
		},
		{
			Kind: Coaching, Verbs: verbs(List, Read, Accept, Decline), Roles: roles(coach), Relations: CoachOf,
			Why: "She declares to be neither her superior nor acting in her cases.",
		},

		{
			Kind: Booking, Verbs: verbs(Read, Book, Decline, Withdraw), Roles: roles(participant), Relations: Self,
			Why: "Times are proposed and accepted by both.",
		},
		{
			Kind: Booking, Verbs: verbs(List, Read, Create, Book, Decline, Withdraw), Roles: roles(coach), Relations: CoachOf,
			Why: "Times are proposed and accepted by both.",
		},
		{
			Kind: Booking, Verbs: verbs(List, Read, Create, Book, Withdraw), Roles: roles(officer), Relations: InScope,
			Why: "Group days, and whoever is reached by telephone only.",
		},

		{
			Kind: CoachingSession, Verbs: verbs(Read, Contest), Roles: roles(participant), Relations: Self,
			Why: "She may say that it went otherwise.",
		},
		{
			Kind: CoachingSession, Verbs: verbs(List, Read, Record, Close, Contest), Roles: roles(coach), Relations: CoachOf,
			Why: "She closes it in three minutes.",
		},
		{
			Kind: CoachingSession, Verbs: verbs(List, Read, Create, Record, Close), Roles: roles(officer), Relations: InScope,
			Why: "Group days have a register like a workshop's; what was said is not in it.",
		},

		{
			Kind: Need, Verbs: verbs(Read, Create, Change), Roles: roles(participant), Relations: Self,
			Why: "What she wants to work on.",
		},
		{
			Kind: Need, Verbs: verbs(Read, Create), Roles: roles(coach), Relations: CoachOf,
			Why: "Coaching starts from it.",
		},

		{
			Kind: Note, Verbs: verbs(Read), Roles: roles(participant), Relations: Self, States: in(Shared),
			Why: "Shared notes are shared with her.",
		},
		{
			Kind: Note, Verbs: verbs(Create), Roles: roles(participant), Relations: Self,
			Why: "She may write them too.",
		},
		{
			Kind: Note, Verbs: verbs(Read, Create), Roles: roles(coach), Relations: CoachOf, States: in(Shared),
			Why: "She coaches her. When she no longer does, she no longer reads them.",
		},
		{
			Kind: Note, Verbs: verbs(Read, Change, Delete), Roles: roles(participant, coach), Relations: Author, States: in(Private),
			Why: "A private note is its author's.",
		},
		{
			Kind: Note, Verbs: verbs(Change, Delete), Roles: roles(participant, coach), Relations: Author, States: in(Shared),
			Why: "Whoever wrote it may take it back.",
		},

		{
			Kind: Goal, Verbs: verbs(Read, Create, Change, Close), Roles: roles(participant), Relations: Self,
			Why: "Her goals, her plan.",
		},
		{
			Kind: Goal, Verbs: verbs(Read, Create, Change, Close), Roles: roles(coach), Relations: CoachOf,
			Why: "They set them together.",
		},

		{
			Kind: Guide, Verbs: verbs(Read), Roles: roles(coach, officer), Relations: InScope,
			Why: "The fixed part of a semi-structured session.",
		},
		{
			Kind: Guide, Verbs: verbs(Read), Roles: roles(participant), Relations: SameCohort | SameProgramme | Self,
			Why: "She may prepare by it.",
		},
		{
			Kind: Guide, Verbs: verbs(Create, Change, Import), Roles: roles(officer), Relations: InScope,
			Why: "It is part of the design.",
		},
	}
}
