package access

func workshopRules() []Rule {
	return []Rule{
		{
			Kind: Timetable, Verbs: verbs(List, Read, Create, Change, Publish, Print, Import, Record), Roles: roles(officer), Relations: InScope,
			Why: "She makes the timetable and announces changes.",
		},
		{
			Kind: Timetable, Verbs: verbs(List, Read, Print), Roles: roles(trainer), Relations: InScope,
			Why: "She works by it.",
		},
		{
			Kind: Timetable, Verbs: verbs(Read, Confirm), Roles: roles(participant), Relations: SameCohort | Self,
			Why: "She follows it, and a change is seen when she has seen it.",
		},
		{
			Kind: Timetable, Verbs: verbs(Read), Roles: roles(focal), Relations: InPeriod,
			Why: "Release from duty needs the days.",
		},

		{
			Kind: Session, Verbs: verbs(List, Read, Create, Change, Delete, Record), Roles: roles(officer), Relations: InScope,
			Why: "As the timetable.",
		},
		{
			Kind: Session, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "As the timetable.",
		},
		{
			Kind: Session, Verbs: verbs(Change, Record), Roles: roles(trainer), Relations: TrainerOf,
			Why: "She may move her own session to another room or mode, and say how it went.",
		},
		{
			Kind: Session, Verbs: verbs(Read), Roles: roles(participant), Relations: SameCohort | Self,
			Why: "As the timetable.",
		},

		{
			Kind: Room, Verbs: verbs(List, Read, Create, Change), Roles: roles(officer), Relations: InScope,
			Why: "A safety rule may lower a room's capacity.",
		},
		{
			Kind: Room, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "She has to find it.",
		},

		{
			Kind: Register, Verbs: verbs(List, Read, Record, Correct, Close, Print, Attach), Roles: roles(officer), Relations: InScope,
			Why: "She types in sheets and mends registers.",
		},
		{
			Kind: Register, Verbs: verbs(List, Read, Print), Roles: roles(trainer), Relations: InScope,
			Why: "Who is here today.",
		},
		{
			Kind: Register, Verbs: verbs(Record, Correct, Close, Attach), Roles: roles(trainer), Relations: TrainerOf,
			Why: "Whoever holds a session of the half-day marks its register.",
		},

		{
			Kind: Evidence, Verbs: verbs(List, Read, Record, Attach), Roles: roles(officer), Relations: InScope,
			Why: "Sheets are photographed and filed.",
		},
		{
			Kind: Evidence, Verbs: verbs(List, Read, Record, Attach), Roles: roles(trainer), Relations: TrainerOf,
			Why: "She sees who came, and by what sign.",
		},
		{
			Kind: Evidence, Verbs: verbs(Read, Record), Roles: roles(participant), Relations: Self,
			Why: "Her PIN, her click on the link.",
		},

		{
			Kind: Attendance, Verbs: verbs(List, Read, Export), Roles: roles(officer), Relations: InScope,
			Why: "The rule for certificates asks for it.",
		},
		{
			Kind: Attendance, Verbs: verbs(List, Read), Roles: roles(trainer), Relations: InScope,
			Why: "She knows who was there.",
		},
		{
			Kind: Attendance, Verbs: verbs(Read, Contest), Roles: roles(SignedIn), Relations: Self,
			Why: "Her own, and where she thinks it wrong she says so.",
		},
		{
			Kind: Attendance, Verbs: verbs(Read), Roles: roles(coach), Relations: CoachOf,
			Why: "She coaches her.",
		},

		{
			Kind: Door, Verbs: verbs(List, Read, Record, Correct), Roles: roles(officer, trainer), Relations: InScope,
			Why: "Anyone who arrives is admitted in twenty seconds, by whoever stands there.",
		},

		{
			Kind: Declaration, Verbs: verbs(Read, Record), Roles: roles(participant), Relations: Self,
			Why: "In the room or online today; no reason is kept.",
		},
		{
			Kind: Declaration, Verbs: verbs(List, Read, Record), Roles: roles(officer, trainer), Relations: InScope,
			Why: "She says it at the door.",
		},
		{
			Kind: Declaration, Verbs: verbs(Erase), Roles: roles(Timer), Relations: Always,
			Why: "It is erased after the day it was for.",
		},
		{
			Kind: ContactList, Verbs: verbs(Read, Print), Roles: roles(officer), Relations: InScope,
			Why: "If somebody falls ill the others are told.",
		},
		{
			Kind: ContactList, Verbs: verbs(Erase), Roles: roles(Timer), Relations: Always,
			Why: "It is erased after a set time.",
		},
	}
}
