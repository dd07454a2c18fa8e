package access

func peopleRules() []Rule {
	return []Rule{
		{
			Kind: Person, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "Everyone sees herself.",
		},
		{
			Kind: Person, Verbs: verbs(List, Read, Create, Change), Roles: roles(officer), Relations: InScope,
			Why: "She invites and looks after the people of her programme.",
		},
		{
			Kind: Person, Verbs: verbs(List, Read, Create), Roles: roles(focal), Relations: InPeriod,
			Why: "She proposes officers of her own branch, and sees them for her own period.",
		},
		{
			Kind: Person, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "She has them in front of her.",
		},
		{
			Kind: Person, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "She coaches her.",
		},
		{
			Kind: Person, Verbs: verbs(Read), Roles: roles(supervisor), Relations: SupervisorOf,
			Why: "The participant agreed to be linked to her.",
		},
		{
			Kind: Person, Verbs: verbs(List, Read, Create), Roles: roles(admin), Relations: InScope, States: in(Staff),
			Why: "She gives staff their access; the people of agencies are none of her business.",
		},
		{
			Kind: Person, Verbs: verbs(List, Read, Create, Change, Import, Erase), Roles: roles(Operator), Relations: Always,
			Why: "Inviting the first users and erasing a person are commands on the machine.",
		},

		{
			Kind: Names, Verbs: verbs(Read, Create, Change, Confirm), Roles: roles(SignedIn), Relations: Self,
			Why: "Her names are hers, and so is the word on how they are printed.",
		},
		{
			Kind: Names, Verbs: verbs(Read, Create, Change, Confirm), Roles: roles(officer), Relations: InScope,
			Why: "Letters and certificates need them, and paper has to be typed in; her word on how she is printed may come by telephone.",
		},
		{
			Kind: Names, Verbs: verbs(Read, Create), Roles: roles(focal), Relations: InPeriod,
			Why: "She writes them in the nomination; afterwards they are the officer's to change.",
		},
		{
			Kind: Names, Verbs: verbs(Read), Roles: roles(trainer), Relations: InScope,
			Why: "Registers and sheets carry them.",
		},
		{
			Kind: Names, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "She coaches her.",
		},
		{
			Kind: Names, Verbs: verbs(Read, Create, Change), Roles: roles(admin), Relations: InScope, States: in(Staff),
			Why: "She enters the staff whom she gives access.",
		},
		{
			Kind: Names, Verbs: verbs(Read, Create, Change), Roles: roles(Operator), Relations: Always,
			Why: "As for the person.",
		},

		{
			Kind: Contacts, Verbs: verbs(Read, Create, Change, Delete), Roles: roles(SignedIn), Relations: Self,
			Why: "She says how she is reached, and when it is safe.",
		},
		{
			Kind: Contacts, Verbs: verbs(Read, Create, Change, Delete), Roles: roles(officer), Relations: InScope,
			Why: "She rings her.",
		},
		{
			Kind: Contacts, Verbs: verbs(Create), Roles: roles(focal), Relations: InPeriod,
			Why: "The nomination form has a telephone number; what the officer adds herself her agency does not see.",
		},
		{
			Kind: Contacts, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "They agree on times, and a line fails.",
		},
		{
			Kind: Contacts, Verbs: verbs(Read, Create, Change), Roles: roles(admin), Relations: InScope, States: in(Staff),
			Why: "Invitations go to staff.",
		},
		{
			Kind: Contacts, Verbs: verbs(Create, Change), Roles: roles(Operator), Relations: Always,
			Why: "As for the person.",
		},
		{
			Kind: Contacts, Verbs: verbs(Read), Roles: roles(Timer), Relations: Always,
			Why: "Reminders need an address.",
		},

		{
			Kind: Affiliation, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "Everyone sees what is kept about her post.",
		},
		{
			Kind: Affiliation, Verbs: verbs(Read, Create, Change), Roles: roles(officer), Relations: InScope,
			Why: "Transfers happen during a programme.",
		},
		{
			Kind: Affiliation, Verbs: verbs(Read, Create, Change), Roles: roles(focal), Relations: InPeriod,
			Why: "The agency knows its own posts; after a transfer it sees only its own past.",
		},
		{
			Kind: Affiliation, Verbs: verbs(Read), Roles: roles(trainer), Relations: InScope,
			Why: "Groups in the room are mixed by agency.",
		},
		{
			Kind: Affiliation, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "A coach must not be in her line of command.",
		},
		{
			Kind: Affiliation, Verbs: verbs(Read, Create, Change), Roles: roles(Operator), Relations: Always,
			Why: "As for the person.",
		},

		{
			Kind: Agency, Verbs: verbs(List, Read, Create, Change), Roles: roles(officer), Relations: InScope,
			Why: "She keeps the tree of agencies of her programme.",
		},
		{
			Kind: Agency, Verbs: verbs(List, Read), Roles: roles(focal), Relations: InScope,
			Why: "Her own branch.",
		},
		{
			Kind: Agency, Verbs: verbs(Create), Roles: roles(focal), Relations: InScope,
			Why: "She names a unit of her own branch that is not in the list yet.",
		},
		{
			Kind: Agency, Verbs: verbs(List, Read, Create, Change), Roles: roles(admin), Relations: InScope,
			Why: "Grants name agencies; an agency is no person.",
		},
		{
			Kind: Agency, Verbs: verbs(List, Read, Create, Change, Import), Roles: roles(Operator), Relations: Always,
			Why: "Imports bring agencies.",
		},
		{
			Kind: Site, Verbs: verbs(List, Read, Create, Change), Roles: roles(officer, admin), Relations: InScope,
			Why: "Venues and centres are set up by staff.",
		},
		{
			Kind: Site, Verbs: verbs(Read), Roles: roles(participant), Relations: SameCohort,
			Why: "She has to find the venue.",
		},
		{
			Kind: Site, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "So has she.",
		},

		{
			Kind: Preferences, Verbs: verbs(Read, Change), Roles: roles(SignedIn), Relations: Self,
			Why: "Language, calendar and time zone are hers.",
		},
		{
			Kind: Preferences, Verbs: verbs(Read, Change), Roles: roles(officer), Relations: InScope,
			Why: "She sets the language for somebody who gets everything on paper.",
		},
		{
			Kind: Preferences, Verbs: verbs(Read), Roles: roles(Timer), Relations: Always,
			Why: "Reminders are written in her language.",
		},
		{
			Kind: OwnData, Verbs: verbs(Read, Export), Roles: roles(SignedIn), Relations: Self,
			Why: "Everything kept about her is hers to read and to take.",
		},
		{
			Kind: OwnData, Verbs: verbs(Export, Erase), Roles: roles(Operator), Relations: Always,
			Why: "Answering a request, and erasing, are commands on the machine.",
		},
		{
			Kind: Reads, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "She sees who saw her data, and for what.",
		},
		{
			Kind: Link, Verbs: verbs(Read, Create, Delete), Roles: roles(participant), Relations: Self,
			Why: "A supervisor is linked only with her agreement, and unlinked when she says so.",
		},
		{
			Kind: Link, Verbs: verbs(Read), Roles: roles(supervisor), Relations: SupervisorOf,
			Why: "She sees whom she is linked to.",
		},
		{
			Kind: Link, Verbs: verbs(Read, Delete), Roles: roles(officer), Relations: InScope,
			Why: "She may end a link that does harm; she cannot make one.",
		},
	}
}
