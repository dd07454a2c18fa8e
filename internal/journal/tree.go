package journal

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"cadre/internal/db"
)

// tree is the right edge of the transparency log: the roots of the complete
// subtrees that make up its size, by level. It grows by one leaf at a time
// without reading anything.
type tree struct {
	size int64
	edge [63]tlog.Hash // edge[l] is set where bit l of size is
}

// node is a node of the log that a new leaf completed.
type node struct {
	position int64 // tlog.StoredHashIndex
	hash     tlog.Hash
}

// add appends the leaf for an entry's hash and returns the nodes to store.
func (t *tree) add(entry Hash) []node {
	h := tlog.RecordHash(entry[:])
	nodes := []node{{tlog.StoredHashIndex(0, t.size), h}}
	level := 0
	for ; t.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(t.edge[level], h)
		nodes = append(nodes, node{tlog.StoredHashIndex(level+1, t.size>>(level+1)), h})
	}
	t.edge[level] = h
	t.size++
	return nodes
}

// root returns the hash of the whole tree, as RFC 6962 defines it.
func (t *tree) root() tlog.Hash {
	if t.size == 0 {
		h, _ := tlog.TreeHash(0, nil) // the empty tree needs no reader and cannot fail
		return h
	}
	var root tlog.Hash
	first := true
	for l := range 63 {
		if t.size>>l&1 == 0 {
			continue
		}
		if first {
			root, first = t.edge[l], false
		} else {
			root = tlog.NodeHash(t.edge[l], root)
		}
	}
	return root
}

// edgePositions lists where the edge of a tree of n leaves is stored, lowest
// level first.
func edgePositions(n int64) (levels []int, positions []int64) {
	for l := range 63 {
		if n>>l&1 == 1 {
			// The subtree of this bit ends where the lower bits begin.
			levels = append(levels, l)
			positions = append(positions, tlog.StoredHashIndex(l, n>>l-1))
		}
	}
	return levels, positions
}

// loadTree reads the edge of the stored log of n leaves.
func loadTree(tx *db.Tx, lane string, n int64) (*tree, error) {
	t := &tree{size: n}
	if n == 0 {
		return t, nil
	}
	levels, positions := edgePositions(n)
	hashes, err := readNodes(tx, lane, positions)
	if err != nil {
		return nil, err
	}
	for i, l := range levels {
		t.edge[l] = hashes[i]
	}
	return t, nil
}

// nodesPerQuery bounds the placeholders of one statement.
const nodesPerQuery = 64

// readNodes returns the stored nodes at positions, in their order.
func readNodes(tx *db.Tx, lane string, positions []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(positions))
	for from := 0; from < len(positions); from += nodesPerQuery {
		part := positions[from:min(from+nodesPerQuery, len(positions))]
		at := make(map[int64]int, len(part))
		args := []any{lane}
		var in strings.Builder
		for i, p := range part {
			at[p] = from + i
			args = append(args, p)
			if i > 0 {
				in.WriteByte(',')
			}
			in.WriteString("?" + strconv.Itoa(i+2))
		}
		nodes, err := db.Collect(tx, scanNode,
			"SELECT position, hash FROM journal_hashes WHERE lane = ?1 AND position IN ("+in.String()+")", args...)
		if err != nil {
			return nil, err
		}
		if len(nodes) != len(at) {
			return nil, fmt.Errorf("journal: %d of %d nodes of the log are missing", len(at)-len(nodes), len(at))
		}
		for _, n := range nodes {
			out[at[n.position]] = n.hash
		}
	}
	return out, nil
}

func scanNode(r *db.Rows) (node, error) {
	var n node
	var b []byte
	if err := r.Scan(&n.position, &b); err != nil {
		return n, err
	}
	h, err := hashOf(b)
	n.hash = tlog.Hash(h)
	return n, err
}

// Hashes reads the stored log inside tx, for proofs with package tlog.
func Hashes(tx *db.Tx) tlog.HashReader {
	return tlog.HashReaderFunc(func(positions []int64) ([]tlog.Hash, error) {
		return readNodes(tx, db.Main.String(), positions)
	})
}

// highestNode is the number of nodes stored for n leaves.
func highestNode(n int64) int64 {
	return 2*n - int64(bits.OnesCount64(uint64(n)))
}
