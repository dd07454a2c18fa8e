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

// What was merged is remembered once it is durable, and only the last that began: those
// who are committed together are answered in any order.
func TestWhatWasMergedLast(t *testing.T) {
	one, two := [32]byte{1}, [32]byte{2}
	s := &seen{}
	first := s.begin(7, one)
	second := s.begin(7, two)
	for _, sum := range [][32]byte{one, two} {
		if s.has(7, sum, 0) {
			t.Errorf("%d is known before it is durable", sum[0])
		}
	}
	second()
	first()
	if s.has(7, one, 0) || !s.has(7, two, 0) {
		t.Error("what began first counts")
	}
	s.begin(7, one)
	if s.has(7, two, 0) {
		t.Error("what is being replaced is known")
	}
}
