package lrs

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, KindKeyCreated, 1, keyCreated{Scopes: []Scope{ScopeWrite, ScopeState}})
	journaltest.Golden(t, KindKeyRevoked, 1, keyRevoked{})
	journaltest.Golden(t, KindErased, 1, statementsErased{Statements: 2, Digest: "00ff"})
}
