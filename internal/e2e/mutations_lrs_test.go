package e2e_test

// recordStoreMutations are mistakes planted in the learning record store.
func recordStoreMutations() []mutation {
	return []mutation{
		{
			"another statement of the same id is passed over", "internal/lrs/store.go",
			"		if !w.own && !bytes.Equal(x.digest, n.digest[:]) {", "		if w.own && !bytes.Equal(x.digest, n.digest[:]) {",
			"./internal/lrs", "TestSentAgain|TestOneIDAtOnce",
		},
		{
			"a key for which nobody asked more reads everything", "internal/lrs/key.go",
			"return []Scope{ScopeWrite, ScopeReadMine} }", "return []Scope{ScopeWrite, ScopeRead} }",
			"./internal/lrs", "TestReadingOnesOwn",
		},
		{
			"a programme's key sees beyond it", "internal/lrs/query.go",
			"	if k.Programme != \"\" {\n		out = append", "	if k.Programme != \"\" && k.Agency != \"\" {\n		out = append",
			"./internal/lrs", "TestLimits",
		},
		{
			"a limited key voids what lies beyond", "internal/lrs/follow.go",
			"			if !reached {\n				return refuse", "			if !reached && false {\n				return refuse",
			"./internal/lrs", "TestALimitedKeyVoids",
		},
		{
			"what was referred to before it came is not found by it", "internal/lrs/follow.go",
			"append(extra, late...)", "append(extra, late[:0]...)",
			"./internal/lrs", "TestReferringStatements|TestVoiding",
		},
		{
			"what is voided is listed", "internal/lrs/rows.go",
			"	return \" AND s.voided = 0\"\n", "	return \"\"\n",
			"./internal/lrs", "TestVoiding",
		},
		{
			"a member may be there twice", "internal/lrs/statement/json.go",
			"		if p.known(i, child, &many) {", "		if p.known(i, child, &many) && false {",
			"./internal/lrs/statement", "TestStrictJSON",
		},
		{
			"a document is replaced whatever If-Match names", "internal/lrs/document.go",
			"	if c.Match != \"\" && !matches(c.Match, etag) {", "	if c.Match != \"\" && matches(c.Match, etag) && false {",
			"./internal/lrs", "TestDocuments",
		},
		{
			"an attachment is taken by the hash that it claims", "internal/lrs/multipart.go",
			"	if hex.EncodeToString(sum.Sum(nil)) != sha {", "	if hex.EncodeToString(sum.Sum(nil)) != sha && false {",
			"./internal/lrs", "TestRefusedAttachments",
		},
		{
			"a chain of certificates is believed", "internal/lrs/statement/signed.go",
			"		} else if err := last.CheckSignatureFrom(cert); err != nil {", "		} else if err := last.CheckSignatureFrom(cert); err != nil && false {",
			"./internal/lrs", "TestSignedStatements",
		},
		{
			"an erased person's statements stay in the index", "internal/lrs/erase.go",
			"	keys := slices.Concat(own, area.keys, f.within, f.programmes(st))", "	keys := slices.Concat(area.keys, f.within, f.programmes(st))",
			"./internal/lrs", "TestStatementsAboutAPersonAreHers",
		},
		{
			"what a unit says is part of no programme", "internal/lrs/store.go",
			"f.keys = append([]int64{mine}, within(salt, k.programme(), k.Agency)...)", "f.keys = append([]int64{mine}, within(salt, k.Programme, k.Agency)...)",
			"./internal/player/courseware", "TestWhatAUnitSays",
		},
		{
			"a file is read by its hash", "internal/lrs/file.go",
			"AND stored IN (?2, ?3) ORDER", "AND ?2 <> ?3 ORDER",
			"./internal/lrs", "TestAHashOpensNoFile",
		},
		{
			"a file that several people sent is erased with one of them", "internal/lrs/file.go",
			"p, met := whose[f.ID]; met && p != n.person", "p, met := whose[f.ID]; met && p == \"?\"",
			"./internal/lrs", "TestAFileIsErasedWithItsLastStatement",
		},
		{
			"a large statement ends the list", "internal/lrs/rows.go",
			"(size <= pageBytes || len(out) < 2)", "size <= pageBytes",
			"./internal/lrs", "TestALargeStatementHidesNoOthers",
		},
		{
			"what little came in a target's bad hours is lost", "internal/lrs/forward/push.go",
			"!m.patient && count < wholeRefused:", "count < wholeRefused:",
			"./internal/lrs/forward", "TestAFewThatAreRefused",
		},
	}
}
