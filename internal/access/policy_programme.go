package access

func programmeRules() []Rule {
	return []Rule{
		{
			Kind: Programme, Verbs: verbs(List, Read, Create, Change), Roles: roles(officer), Relations: InScope,
			Why: "She designs programmes.",
		},
		{
			Kind: Programme, Verbs: verbs(Read), Roles: roles(focal, trainer, coach, observer), Relations: InScope,
			Why: "Title, owner and funding are no secret to those who work for it.",
		},
		{
			Kind: Programme, Verbs: verbs(Read), Roles: roles(participant), Relations: SameCohort | SameProgramme | Self,
			Why: "She knows what she takes part in.",
		},
		{
			Kind: Programme, Verbs: verbs(List, Read), Roles: roles(admin), Relations: InScope,
			Why: "Grants name programmes; a programme is no person.",
		},
		{
			Kind: Programme, Verbs: verbs(List, Read, Create, Change), Roles: roles(Operator), Relations: Always,
			Why: "Import is a command too.",
		},

		{
			Kind: Blueprint, Verbs: verbs(List, Read, Check, Import, Export, Change), Roles: roles(officer), Relations: InScope,
			Why: "The design is hers to read, check, import, export, and to move a cohort to.",
		},
		{
			Kind: Blueprint, Verbs: verbs(Read), Roles: roles(trainer, coach), Relations: InScope,
			Why: "They teach by it.",
		},
		{
			Kind: Blueprint, Verbs: verbs(List, Read, Check, Import, Export), Roles: roles(Operator), Relations: Always,
			Why: "Import is a command too.",
		},
	}
}
