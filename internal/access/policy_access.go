package access

func accessRules() []Rule {
	return []Rule{
		{
			Kind: Grant, Verbs: verbs(List, Read), Roles: roles(SignedIn), Relations: Self,
			Why: "Everyone sees what she may do, and who said so.",
		},
		{
			Kind: Grant, Verbs: verbs(List, Read, Create, Delete), Roles: roles(officer), Relations: InScope,
			Why: "She hands over her programme, and gives trainers, coaches and focal points their access, within her own scope.",
		},
		{
			Kind: Grant, Verbs: verbs(List, Read, Create, Delete), Roles: roles(admin), Relations: InScope, States: in(Staff),
			Why: "She gives staff their access, and takes it away; not to people whom agencies proposed.",
		},
		{
			Kind: Grant, Verbs: verbs(List, Read, Create, Delete), Roles: roles(Operator), Relations: Always,
			Why: "The first administrator comes from the machine.",
		},
		{
			Kind: Grant, Verbs: verbs(Delete), Roles: roles(Timer), Relations: Always,
			Why: "Grants end on their day.",
		},

		{
			Kind: Invitation, Verbs: verbs(Redeem), Roles: roles(Anyone), Relations: Always,
			Why: "Whoever holds the link or the code, once.",
		},
		{
			Kind: Invitation, Verbs: verbs(List, Read, Create, Print, Send, Delete), Roles: roles(officer), Relations: InScope,
			Why: "She invites the people of her programme, on paper or by link.",
		},
		{
			Kind: Invitation, Verbs: verbs(List, Read, Create, Print, Send, Delete), Roles: roles(admin), Relations: InScope, States: in(Staff),
			Why: "She invites staff.",
		},
		{
			Kind: Invitation, Verbs: verbs(List, Read, Create, Print, Delete), Roles: roles(Operator), Relations: Always,
			Why: "The first invitation comes from the machine.",
		},

		{
			Kind: Credential, Verbs: verbs(Read, Create, Change, Delete), Roles: roles(SignedIn), Relations: Self,
			Why: "Her passphrase is hers.",
		},
		{
			Kind: Credential, Verbs: verbs(Replace), Roles: roles(officer, trainer), Relations: InScope,
			Why: "Staff at her side replace a lost code; she sees that they did.",
		},
		{
			Kind: Credential, Verbs: verbs(Replace), Roles: roles(admin), Relations: InScope, States: in(Staff),
			Why: "Staff lose codes too.",
		},
		{
			Kind: Credential, Verbs: verbs(Replace), Roles: roles(Operator), Relations: Always,
			Why: "As for invitations.",
		},

		{
			Kind: Token, Verbs: verbs(List, Create, Delete), Roles: roles(Operator), Relations: Always,
			Why: "Whoever runs the machine decides which programs may call.",
		},

		{
			Kind: SignIn, Verbs: verbs(Create), Roles: roles(Anyone), Relations: Always,
			Why: "Anyone may try to sign in.",
		},
		{
			Kind: SignIn, Verbs: verbs(List, Read, Change, Delete), Roles: roles(SignedIn), Relations: Self,
			Why: "She sees where she is signed in, changes the grant she acts in, and signs out, here or everywhere.",
		},
		{
			Kind: SignIn, Verbs: verbs(Delete), Roles: roles(officer), Relations: InScope,
			Why: "A telephone was lost: staff sign her out everywhere.",
		},
		{
			Kind: SignIn, Verbs: verbs(Delete), Roles: roles(admin), Relations: InScope, States: in(Staff),
			Why: "So for staff.",
		},
		{
			Kind: SignIn, Verbs: verbs(Delete), Roles: roles(Timer, Operator), Relations: Always,
			Why: "Sessions end.",
		},
	}
}
