package content

import (
	"bytes"
	"slices"
	"testing"

	"cadre/internal/content/bundle"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/content/manifest"
)

// refuse inspects a hostile archive, which has to be refused for its own reason.
func refuse(t testing.TB, c bundletest.Case) {
	t.Helper()
	in, err := inspect(bytes.NewReader(c.Data), int64(len(c.Data)), bundle.Limits{})
	if err != nil || in.manifest != nil || !slices.ContainsFunc(in.report.Problems, func(p manifest.Problem) bool { return p.Level == manifest.Error && p.Key == c.Key }) {
		t.Errorf("%s: %v, %v, want %s", c.Name, err, in.report.Problems[:min(3, len(in.report.Problems))], c.Key)
	}
}

// TestHostileManifestsAreRefused: each for its own reason, within counted memory.
func TestHostileManifestsAreRefused(t *testing.T) {
	for _, c := range bundletest.HostileManifests() {
		if n, _ := bundletest.Cost(func() { refuse(t, c) }); n > bundletest.MostAllocated {
			t.Errorf("%s: %d MiB were allocated", c.Name, n>>20)
		}
	}
}

func BenchmarkHostileManifests(b *testing.B) {
	bundletest.ShowCosts(b, "hostile manifests", bundletest.HostileManifests(), func(c bundletest.Case) { refuse(b, c) })
}
