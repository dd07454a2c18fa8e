package access

func cohortRules() []Rule {
	return []Rule{
		{
			Kind: Cohort, Verbs: verbs(List, Read, Create, Change, Close, Export), Roles: roles(officer), Relations: InScope,
			Why: "She opens and runs cohorts.",
		},
		{
			Kind: Cohort, Verbs: verbs(List, Read), Roles: roles(focal), Relations: InPeriod,
			Why: "She sees the cohorts that her agency has places in, of her own period.",
		},
		{
			Kind: Cohort, Verbs: verbs(List, Read), Roles: roles(trainer, coach), Relations: InScope,
			Why: "They work in it.",
		},
		{
			Kind: Cohort, Verbs: verbs(Read), Roles: roles(participant), Relations: SameCohort | Self,
			Why: "She is, or is asked to be, one of it.",
		},
		{
			Kind: Cohort, Verbs: verbs(List, Read, Create, Change, Close), Roles: roles(Operator), Relations: Always,
			Why: "Imports and reports are commands too.",
		},
		{
			Kind: Cohort, Verbs: verbs(Read, Change), Roles: roles(Timer), Relations: Always,
			Why: "Deadlines pass.",
		},

		{
			Kind: Call, Verbs: verbs(List, Read, Create, Change, Print, Send, Close), Roles: roles(officer), Relations: InScope,
			Why: "She calls on each agency to propose.",
		},
		{
			Kind: Call, Verbs: verbs(List, Read, Print), Roles: roles(focal), Relations: InPeriod,
			Why: "Her agency's own call.",
		},

		{
			Kind: Quota, Verbs: verbs(List, Read, Create, Change, Sign), Roles: roles(officer), Relations: InScope,
			Why: "Quotas change only by her signed act, with its letter.",
		},
		{
			Kind: Quota, Verbs: verbs(List, Read), Roles: roles(focal), Relations: InPeriod,
			Why: "Her own agency's places.",
		},

		{
			Kind: Nomination, Verbs: verbs(List, Read, Create, Change, Import, Decide, Substitute, Withdraw, Export, Print),
			Roles: roles(officer), Relations: InScope,
			Why: "She receives nominations, enters those that come on paper, and decides.",
		},
		{
			Kind: Nomination, Verbs: verbs(Accept, Decline), Roles: roles(officer), Relations: InScope,
			Why: "An answer that came on paper or by telephone is entered with its basis; the officer sees it.",
		},
		{
			Kind: Nomination, Verbs: verbs(List, Read, Create, Change, Import, Substitute, Withdraw, Print),
			Roles: roles(focal), Relations: InPeriod,
			Why: "She proposes officers of her own branch, within its quota, in her own period.",
		},
		{
			Kind: Nomination, Verbs: verbs(Read, Accept, Decline, Withdraw), Roles: roles(SignedIn), Relations: Self,
			Why: "She learns who proposed her and for what; nothing is confirmed without her own yes.",
		},
		{
			Kind: Nomination, Verbs: verbs(List, Read, Import, Create), Roles: roles(Operator), Relations: Always,
			Why: "Import is a command too.",
		},

		{
			Kind: DeclineReason, Verbs: verbs(Read, Create, Change), Roles: roles(SignedIn), Relations: Self,
			Why: "She may decline without her agency seeing why.",
		},
		{
			Kind: DeclineReason, Verbs: verbs(List, Read, Create), Roles: roles(officer), Relations: InScope,
			Why: "Reasons are counted per agency; the programme can mend some of them.",
		},

		{
			Kind: Seat, Verbs: verbs(List, Read, Create, Change, Reserve, Decide, Confirm, Promote, Export, Print),
			Roles: roles(officer), Relations: InScope,
			Why: "The seat ledger is hers; nothing is released automatically on 'unknown'.",
		},
		{
			Kind: Seat, Verbs: verbs(List, Read, Reserve), Roles: roles(focal), Relations: InPeriod,
			Why: "She reserves places of her own quota before naming, and sees what became of them.",
		},
		{
			Kind: Seat, Verbs: verbs(Read, Confirm), Roles: roles(SignedIn), Relations: Self,
			Why: "Her place, and her own yes to it.",
		},
		{
			Kind: Seat, Verbs: verbs(Read, Change), Roles: roles(Timer), Relations: Always,
			Why: "A missed deadline brings a seat to a person's decision.",
		},

		{
			Kind: Letter, Verbs: verbs(List, Read, Create, Change, Attach, Print), Roles: roles(officer), Relations: InScope,
			Why: "Letters are received, numbered and filed by her.",
		},
		{
			Kind: Letter, Verbs: verbs(List, Read, Create, Attach, Print), Roles: roles(focal), Relations: InPeriod,
			Why: "Her own agency's letters.",
		},
		{
			Kind: Letter, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "A letter about her alone. One that covers many is filed as about nobody.",
		},

		{
			Kind: Enrolment, Verbs: verbs(List, Read, Create, Change, Close), Roles: roles(officer), Relations: InScope,
			Why: "She enrols whoever has a place, and records that somebody left.",
		},
		{
			Kind: Enrolment, Verbs: verbs(List, Read), Roles: roles(focal), Relations: InPeriod,
			Why: "Whom of her officers the programme has.",
		},
		{
			Kind: Enrolment, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "Who is expected.",
		},
		{
			Kind: Enrolment, Verbs: verbs(Read, Withdraw), Roles: roles(SignedIn), Relations: Self,
			Why: "Her own; she may leave.",
		},
		{
			Kind: Enrolment, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "She coaches her.",
		},

		{
			Kind: Waiver, Verbs: verbs(List, Read, Create, Sign, Delete), Roles: roles(officer), Relations: InScope,
			Why: "Agreed exceptions are signed, with their cause.",
		},
		{
			Kind: Waiver, Verbs: verbs(Read, Create), Roles: roles(participant), Relations: Self,
			Why: "She may ask for one, and sees what was agreed.",
		},

		{
			Kind: SupportNeed, Verbs: verbs(Read, Create, Change, Delete), Roles: roles(SignedIn), Relations: Self,
			Why: "What she tells the programme her agency never sees.",
		},
		{
			Kind: SupportNeed, Verbs: verbs(List, Read, Create, Change), Roles: roles(officer), Relations: InScope,
			Why: "The programme arranges it.",
		},
		{
			Kind: SupportNeed, Verbs: verbs(Read, Create), Roles: roles(focal), Relations: Author,
			Why: "What she herself wrote with the nomination, and nothing else.",
		},

		{
			Kind: Arrangement, Verbs: verbs(List, Read, Create, Change, Close), Roles: roles(officer), Relations: InScope,
			Why: "She has it made.",
		},
		{
			Kind: Arrangement, Verbs: verbs(List, Read, Record), Roles: roles(focal), Relations: InPeriod,
			Why: "Only the arrangement that her agency must make: release from duty, transport, escort.",
		},
		{
			Kind: Arrangement, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "She sees what was arranged for her.",
		},

		{
			Kind: Readiness, Verbs: verbs(List, Read, Record, Export), Roles: roles(officer), Relations: InScope,
			Why: "One page says who is in doubt and whom to ring; the outcome of a call is recorded.",
		},
		{
			Kind: Readiness, Verbs: verbs(List, Read), Roles: roles(focal), Relations: InPeriod,
			Why: "She sees status and readiness of her own officers.",
		},
		{
			Kind: Readiness, Verbs: verbs(List, Read), Roles: roles(Operator, Timer), Relations: Always,
			Why: "Simulation is a command; reminders ask who is not ready.",
		},

		{
			Kind: Selection, Verbs: verbs(List, Read, Create, Change, Sign), Roles: roles(officer), Relations: InScope,
			Why: "A selection is signed by a person, ties shown.",
		},

		{
			Kind: Standing, Verbs: verbs(List, Read), Roles: roles(officer), Relations: InScope,
			Why: "Where everyone stands, and why.",
		},
		{
			Kind: Standing, Verbs: verbs(List, Read), Roles: roles(focal), Relations: InPeriod,
			Why: "Status and readiness of her own officers; no scores, no coaching.",
		},
		{
			Kind: Standing, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "Her own way.",
		},
		{
			Kind: Standing, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "Who comes prepared.",
		},
		{
			Kind: Standing, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "She coaches her.",
		},
		{
			Kind: Standing, Verbs: verbs(List, Read, Change), Roles: roles(Timer, Operator), Relations: Always,
			Why: "Standings are refreshed when time passes, and explained on the command line.",
		},

		{
			Kind: Fact, Verbs: verbs(List, Read, Record, Correct), Roles: roles(officer), Relations: InScope,
			Why: "Staff can do a participant's task for her; she sees it.",
		},
		{
			Kind: Fact, Verbs: verbs(Read, Contest), Roles: roles(SignedIn), Relations: Self,
			Why: "She sees every fact about her, who entered it, and on what basis.",
		},
		{
			Kind: Fact, Verbs: verbs(Record), Roles: roles(Timer), Relations: Always,
			Why: "Some facts are that time has passed.",
		},
	}
}
