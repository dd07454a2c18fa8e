package statement

import (
	"slices"
	"strings"
)

// Agent is who an Agent or an identified Group is: one inverse functional
// identifier.
type Agent struct {
	// Kind is "mbox", "mbox_sha1sum", "openid" or "account".
	Kind string
	// Value is the identifier; of an account its name.
	Value string
	// HomePage is the account's.
	HomePage string
	// Group says that it is a Group.
	Group bool
	// Name is what it is called; it does not identify it.
	Name string
}

// Key writes the identifier so that equal agents have equal keys.
func (a Agent) Key() string {
	if a.Kind == "account" {
		return "account\x00" + a.HomePage + "\x00" + a.Value
	}
	return a.Kind + "\x00" + a.Value
}

// ReadAgent checks an Agent or an identified Group that came as a parameter.
func ReadAgent(v Value, ver Version) (Agent, error) {
	r := reader{version: ver, s: &Statement{top: v}}
	a, _, _ := r.agent(v)
	if r.err == nil && a.Kind == "" {
		r.fail(v, "has no identifier")
	}
	if r.err != nil {
		return Agent{}, r.err
	}
	return a, nil
}

// party checks an Agent or a Group and returns the keys that it is found by.
func (r *reader) party(v Value) []string {
	keys, _ := r.partyOf(v)
	return keys
}

func (r *reader) partyOf(v Value) (keys []string, group bool) {
	a, members, group := r.agent(v)
	return keysOf(a, members), group
}

// subject is party for the actor or the object: the statement is about whoever has the
// first account among them. A Group of one that has no identifier is that one.
func (r *reader) subject(v Value) []string {
	a, members, _ := r.agent(v)
	one := a
	if a.Kind == "" && len(members) > 0 && !slices.ContainsFunc(members, func(m Agent) bool { return m.Key() != members[0].Key() }) {
		one = members[0]
	}
	if one.Kind == "account" && r.s.Account == (Account{}) && !r.inner {
		r.s.Account = Account{one.HomePage, one.Value}
	}
	return keysOf(a, members)
}

func keysOf(a Agent, members []Agent) (keys []string) {
	if a.Kind != "" {
		keys = append(keys, a.Key())
	}
	for _, m := range members {
		keys = append(keys, m.Key())
	}
	return keys
}

// agent checks an Agent or a Group and returns it with its members.
func (r *reader) agent(v Value) (a Agent, members []Agent, group bool) {
	if !r.is(v, Object) {
		return a, nil, false
	}
	var list Value
	identify := func(c Value, kind string) {
		if a.Kind != "" {
			r.fail(c, "is a second identifier beside %s", a.Kind)
		}
		a.Kind = kind
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "objectType":
			switch r.text(c) {
			case "Agent":
			case "Group":
				a.Group = true
			default:
				r.fail(c, "is not Agent or Group")
			}
		case "name":
			a.Name = r.text(c)
		case "member":
			list = c
		case "mbox":
			if identify(c, "mbox"); r.err == nil {
				if a.Value = r.text(c); r.err == nil && !mailto(a.Value) {
					r.fail(c, "is not mailto: with an address")
				}
			}
		case "mbox_sha1sum":
			if identify(c, "mbox_sha1sum"); r.err == nil {
				if a.Value = strings.ToLower(r.text(c)); r.err == nil && (len(a.Value) != 40 || !isHex(a.Value)) {
					r.fail(c, "is no SHA-1 hash of 40 hexadecimal digits")
				}
			}
		case "openid":
			if identify(c, "openid"); r.err == nil {
				a.Value = r.iri(c)
			}
		case "account":
			if identify(c, "account"); r.err == nil {
				a.HomePage, a.Value = r.account(c)
			}
		default:
			r.unknown(c)
		}
	}
	switch {
	case r.err != nil:
	case !a.Group && list.OK():
		r.fail(list, "may stand only in a Group")
	case !a.Group && a.Kind == "":
		r.fail(v, "lacks an identifier: mbox, mbox_sha1sum, openid or account")
	case list.OK():
		members = r.members(list)
		if r.err == nil && a.Kind == "" && list.Len() == 0 {
			r.fail(list, "is empty, and the Group has no identifier")
		}
	case a.Group && a.Kind == "":
		r.fail(v, "lacks an identifier or a member")
	}
	return a, members, a.Group
}

func (r *reader) members(v Value) (all []Agent) {
	if !r.is(v, Array) {
		return nil
	}
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		a, _, group := r.agent(c)
		if r.err == nil && group {
			r.fail(c, "is a Group within a Group")
		}
		if r.err == nil {
			all = append(all, a)
		}
	}
	return all
}

func (r *reader) account(v Value) (home, name string) {
	if !r.is(v, Object) {
		return "", ""
	}
	named := false
	for c := v.First(); c.OK() && r.err == nil; c = c.Next() {
		switch string(c.key()) {
		case "homePage":
			home = r.iri(c)
		case "name":
			name, named = r.text(c), true
		default:
			r.unknown(c)
		}
	}
	r.lacks(v, home != "", "homePage")
	r.lacks(v, named, "name")
	return home, name
}

// authority checks who vouches: an Agent, or the Group of two by which OAuth
// names a program and its user.
func (r *reader) authority(v Value) {
	a, _, group := r.agent(v)
	if r.err != nil || !group {
		return
	}
	if list := v.Get("member"); a.Kind != "" || !list.OK() || list.Len() != 2 {
		r.fail(v, "is a Group that is not two Agents without an identifier of its own")
	}
}
