package crashtest

import (
	"maps"
	"slices"
	"strings"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Chance decides; a seeded *rand.Rand is one.
type Chance interface {
	IntN(n int) int
	Uint32() uint32
}

// Cuts visits moments of the record, in their order, with the folder as it looks
// after a power cut at each. The chance decides what becomes of what was not
// synced; the same chance and moments make the same folders. The images are the
// visitor's.
func (d *Disk) Cuts(chance Chance, moments []int, visit func(moment int, left Image)) {
	d.mu.Lock()
	log := d.log[:len(d.log):len(d.log)]
	d.mu.Unlock()
	p := newPlatter(d.base)
	at := 0
	for _, m := range slices.Sorted(slices.Values(moments)) {
		for ; at < m && at < len(log); at++ {
			p.happen(log[at], chance)
		}
		visit(m, p.left(chance))
	}
}

// platter is what a disk holds for sure, and what it holds perhaps.
type platter struct {
	content map[int][]byte             // synced, by the file's number
	pending map[int][]event            // since then
	names   map[string]int             // synced: where each path leads
	moves   map[string][]event         // since then, by path
	moved   []string                   // those paths, in the order of their first move, and some others
	folders map[string]map[string]bool // the paths with moves, by folder
}

func newPlatter(base Image) *platter {
	p := &platter{
		content: map[int][]byte{}, pending: map[int][]event{}, names: base.numbers(), moves: map[string][]event{},
		folders: map[string]map[string]bool{},
	}
	for path, n := range p.names {
		if n != folder {
			p.content[n] = base[path]
		}
	}
	return p
}

// happen takes in an event. Contents are never changed in place: an image may
// share them.
func (p *platter) happen(e event, chance Chance) {
	switch e.kind {
	case wrote, cutShort:
		p.pending[e.file] = append(p.pending[e.file], e)
	case synced:
		if w := p.pending[e.file]; len(w) > 0 {
			p.content[e.file] = all(p.content[e.file], w)
			delete(p.pending, e.file)
		}
	case unsynced:
		if w := p.pending[e.file]; len(w) > 0 {
			p.content[e.file] = some(p.content[e.file], w, chance, 2)
			delete(p.pending, e.file)
		}
	case named:
		if len(p.moves[e.path]) == 0 {
			p.moved = append(p.moved, e.path)
		}
		p.moves[e.path] = append(p.moves[e.path], e)
		dir := dirOf(e.path)
		if p.folders[dir] == nil {
			p.folders[dir] = map[string]bool{}
		}
		p.folders[dir][e.path] = true
	case dirSynced:
		for path := range p.folders[e.path] {
			move(p.names, p.moves[path])
			delete(p.moves, path)
		}
		delete(p.folders, e.path)
		p.moved = slices.DeleteFunc(p.moved, func(path string) bool { return len(p.moves[path]) == 0 })
	}
}

func move(names map[string]int, moves []event) {
	for _, m := range moves {
		if m.file == gone {
			delete(names, m.path)
		} else {
			names[m.path] = m.file
		}
	}
}

// all applies writes in their order.
func all(content []byte, writes []event) []byte {
	out := slices.Clone(content)
	for _, w := range writes {
		out = apply(out, w)
	}
	return out
}

func apply(out []byte, w event) []byte {
	if w.kind == cutShort {
		if int64(len(out)) > w.off {
			return out[:w.off]
		}
		return grow(out, w.off)
	}
	out = grow(out, w.off+int64(len(w.data)))
	copy(out[w.off:], w.data)
	return out
}

func grow(out []byte, size int64) []byte {
	if n := size - int64(len(out)); n > 0 {
		out = append(out, make([]byte, n)...)
	}
	return out
}

// some applies those writes that chance lets survive: about keep of four.
func some(content []byte, writes []event, chance Chance, keep int) []byte {
	out := slices.Clone(content)
	for _, w := range writes {
		switch n := chance.IntN(8); {
		case n < 2*keep-1 || keep == 4:
			out = apply(out, w)
		case n == 2*keep-1 && keep > 0:
			out = torn(out, w, chance)
		case n == 7 && w.kind == wrote:
			// The file has grown, and its content never came.
			was := int64(len(out))
			out = grow(out, w.off+int64(len(w.data)))
			if chance.IntN(2) == 0 {
				for i := was; i < int64(len(out)); i++ {
					out[i] = byte(chance.Uint32())
				}
			}
		}
	}
	return out
}

// torn applies those sectors of a write that chance lets survive.
func torn(out []byte, w event, chance Chance) []byte {
	if w.kind == cutShort {
		return out
	}
	for from := int64(0); from < int64(len(w.data)); {
		until := min((w.off+from)/Sector*Sector+Sector-w.off, int64(len(w.data)))
		if chance.IntN(2) == 0 {
			out = apply(out, event{kind: wrote, off: w.off + from, data: w.data[from:until]})
		}
		from = until
	}
	return out
}

// left is the folder after a cut now.
func (p *platter) left(chance Chance) Image {
	// Some cuts keep everything, some nothing; most are in between.
	keep := [...]int{0, 1, 1, 2, 2, 3, 3, 4}[chance.IntN(8)]
	names := maps.Clone(p.names)
	for _, path := range p.moved {
		m := p.moves[path]
		n := len(m)
		if keep < 4 {
			n = chance.IntN(n + 1)
		}
		if keep == 0 {
			n = 0
		}
		move(names, m[:n])
	}
	img := Image{}
	for _, path := range sorted(names) {
		if !reachable(names, path) {
			continue
		}
		n := names[path]
		if n == folder {
			img[path+"/"] = nil
			continue
		}
		content := p.content[n]
		if w := p.pending[n]; len(w) > 0 {
			content = some(content, w, chance, keep)
		}
		if content == nil {
			content = []byte{}
		}
		img[path] = content
	}
	return img
}

// reachable reports whether every folder above a path is there.
func reachable(names map[string]int, path string) bool {
	for {
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return true
		}
		path = path[:i]
		if n, ok := names[path]; !ok || n != folder {
			return false
		}
	}
}
