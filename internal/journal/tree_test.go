package journal

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The edge-only tree must agree with the library's at every size.
func TestTheTreeIsTheTransparencyLogs(t *testing.T) {
	var ours tree
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, p := range at {
			out[i] = stored[p]
		}
		return out, nil
	})
	for n := range int64(300) {
		want, err := tlog.TreeHash(n, reader)
		if err != nil {
			t.Fatal(err)
		}
		if ours.root() != want {
			t.Fatalf("root of %d leaves differs", n)
		}
		if got := highestNode(n); got != tlog.StoredHashCount(n) {
			t.Fatalf("%d leaves: %d nodes, want %d", n, got, tlog.StoredHashCount(n))
		}
		levels, positions := edgePositions(n)
		for i, l := range levels {
			if stored[positions[i]] != ours.edge[l] {
				t.Fatalf("%d leaves: edge at level %d is not at %d", n, l, positions[i])
			}
		}
		leaf := newSum("leaf")
		leaf.number(n)
		h := leaf.hash()
		nodes, err := tlog.StoredHashes(n, h[:], reader)
		if err != nil {
			t.Fatal(err)
		}
		mine := ours.add(h)
		if len(mine) != len(nodes) {
			t.Fatalf("leaf %d completes %d nodes, want %d", n, len(mine), len(nodes))
		}
		for i, node := range mine {
			if node.hash != nodes[i] || node.position != int64(len(stored)+i) {
				t.Fatalf("leaf %d, node %d differs", n, i)
			}
		}
		stored = append(stored, nodes...)
	}
}
