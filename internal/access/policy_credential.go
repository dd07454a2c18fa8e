package access

func credentialRules() []Rule {
	return []Rule{
		{
			Kind: Certificate, Verbs: verbs(List, Read, Create, Delete, Print), Roles: roles(officer), Relations: InScope,
			Why: "She issues what was earned and revokes it with a cause: no machine does.",
		},
		{
			Kind: Certificate, Verbs: verbs(Read, Print), Roles: roles(SignedIn), Relations: Self,
			Why: "It is hers.",
		},
	}
}
