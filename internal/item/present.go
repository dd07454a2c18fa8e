package item

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
)

// Shown is the order in which an item's parts are laid before one person. Each
// slice holds places in the item as written; the position in the slice is what
// a form names, so a form's source says nothing about the right answer.
type Shown struct {
	Options  []int // as written, except for multiple choice in a shuffled test
	Sequence []int
	Lefts    []int
	Rights   []int
}

// Present lays the item out for seed (an attempt's id): the same seed always
// gives the same layout, so a page can be left and taken up again. Options keep
// the order of their author, who may refer to it ("both of the above"); things
// to be ordered and right sides are shuffled, and never stand in the right
// order if they can stand otherwise.
func (it *Item) Present(seed string) Shown {
	return Shown{
		Options:  straight(len(it.Options)),
		Sequence: shuffled(seed, it.Key, len(it.Sequence)),
		Lefts:    straight(len(it.Pairs)),
		Rights:   shuffled(seed, it.Key, len(it.Pairs)),
	}
}

func straight(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// shuffled orders 0…n-1 by a hash of each with the seed and the key.
func shuffled(seed, key string, n int) []int {
	by := make([][sha256.Size]byte, n)
	for i := range by {
		by[i] = sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", seed, key, i))
	}
	out := straight(n)
	slices.SortFunc(out, func(a, b int) int { return bytes.Compare(by[a][:], by[b][:]) })
	if n > 1 && identity(out, n) {
		out[0], out[n-1] = out[n-1], out[0]
	}
	return out
}
