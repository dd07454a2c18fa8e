package lrs

import (
	"fmt"
	"testing"

	"cadre/internal/lrs/statement"
)

// Groups may have as many members as a request holds: whoever is in one is not looked for
// among all of the other.
func TestContentKeysOfLargeGroups(t *testing.T) {
	const many = 500_000
	st := &statement.Statement{Verb: "urn:v:1"}
	for i := range many {
		st.Agents = append(st.Agents, fmt.Sprintf("mbox:mailto:%d@example.org", i))
		st.Related = append(st.Related, fmt.Sprintf("mbox:mailto:%d@example.org", i+many/2))
	}
	if n, want := len(contentKeys(nil, st)), 1+2*many+many/2; n != want {
		t.Errorf("%d keys, want %d", n, want)
	}
}
