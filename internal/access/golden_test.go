package access

import (
	"testing"

	"cadre/internal/actor"
	"cadre/internal/journal/journaltest"
)

func TestGoldenBodies(t *testing.T) {
	journaltest.Golden(t, "access.grant-given", 1, grantBody{"g", "p", actor.Trainer})
	journaltest.Golden(t, "access.grant-ended", 1, grantBody{"g", "p", actor.Trainer})
	journaltest.Golden(t, "access.credential-made", 1, credentialBody{"c", "p", byCode})
	journaltest.Golden(t, "access.account-opened", 1, opened{"p"})
	journaltest.Golden(t, "access.token-made", 1, tokenBody{"t", "packages"})
	journaltest.Golden(t, "access.token-ended", 1, tokenBody{"t", "packages"})
	journaltest.Golden(t, "access.signed-in", 1, signedIn{"s", byPassphrase})
	journaltest.Golden(t, "access.signed-out-everywhere", 1, signedOut{3})
}
