package access

func instanceRules() []Rule {
	return []Rule{
		{
			Kind: Public, Verbs: verbs(Read), Roles: roles(Anyone), Relations: Always,
			Why: "Styles, fonts, the sign-in page and the health page say nothing about anyone.",
		},
		{
			Kind: Home, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Always,
			Why: "Whoever signed in lands somewhere; what the page shows is asked for piece by piece.",
		},
		{
			Kind: Instance, Verbs: verbs(Read, Change), Roles: roles(admin), Relations: InScope,
			Why: "The administrator keeps the installation running.",
		},
		{
			Kind: Instance, Verbs: verbs(Read, Change, Check), Roles: roles(Operator), Relations: Always,
			Why: "Whoever starts commands on the machine holds the database already.",
		},
		{
			Kind: Backup, Verbs: verbs(Read), Roles: roles(admin), Relations: InScope,
			Why: "She sees when the last backup was made and when a restore was last tested, not what is in it.",
		},
		{
			Kind: Backup, Verbs: verbs(Read, Create, Import), Roles: roles(Operator), Relations: Always,
			Why: "Backups and restores are commands on the machine.",
		},
		{
			Kind: Job, Verbs: verbs(List, Read, Retry), Roles: roles(admin), Relations: InScope,
			Why: "Failed jobs are shown by kind and count, and may be tried again; their content is not shown.",
		},
		{
			Kind: Job, Verbs: verbs(List, Read, Create, Retry), Roles: roles(Timer, Operator), Relations: Always,
			Why: "Timers enqueue and run what is due.",
		},
		{
			Kind: Message, Verbs: verbs(List, Read, Create, Send, Record, Retry), Roles: roles(officer), Relations: InScope,
			Why: "She prepares messages, reads them out or sends them, and records what came of it.",
		},
		{
			Kind: Message, Verbs: verbs(List, Retry), Roles: roles(admin), Relations: InScope,
			Why: "She sees that messages failed, by count, and has them tried again; not to whom or what.",
		},
		{
			Kind: Message, Verbs: verbs(Read), Roles: roles(SignedIn), Relations: Self,
			Why: "Everyone may read what was sent to her.",
		},
		{
			Kind: Message, Verbs: verbs(Create, Send, Record), Roles: roles(Timer), Relations: Always,
			Why: "Reminders go out by timers.",
		},
		{
			Kind: Journal, Verbs: verbs(Read), Roles: roles(admin), Relations: InScope,
			Why: "The administrator sees whether the chain is whole: sequence numbers and hashes.",
		},
		{
			Kind: Journal, Verbs: verbs(Read, Check, Export, Erase), Roles: roles(Operator), Relations: Always,
			Why: "Verification, checkpoints and lawful redaction are commands on the machine.",
		},
		{
			Kind: Journal, Verbs: verbs(Check, Export), Roles: roles(Timer), Relations: Always,
			Why: "Checkpoints are written daily.",
		},
	}
}
