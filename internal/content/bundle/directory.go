package bundle

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"cadre/internal/fault"
)

// Signatures and lengths of the format's records (PKWARE's APPNOTE 6.3.10).
const (
	sigLocal     = 0x04034b50
	sigDirectory = 0x02014b50
	sigEnd       = 0x06054b50
	sigEnd64     = 0x06064b50
	sigLocator64 = 0x07064b50

	lenLocal     = 30
	lenDirectory = 46
	lenEnd       = 22
	lenEnd64     = 56
	lenLocator64 = 20

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
	flagStrong     = 1 << 6
	flagMasked     = 1 << 13

	stored   = 0
	deflated = 8

	all16 = 1<<16 - 1
	all32 = 1<<32 - 1
)

// Entry is one file of an archive.
type Entry struct {
	// Path is its place below the package's root, in composed form (NFC).
	Path string
	// Size is what it claims to hold, which reading holds it to.
	Size int64
	// Modified is what the archive says; nothing depends on it.
	Modified time.Time
	// Again is how many more times the archive holds it, byte for byte.
	Again int

	name   []byte // as written
	method uint16
	flags  uint16
	crc    uint32
	packed int64
	offset int64 // of the local header
	data   int64 // of the content; known once the local header was read
}

// Archive is an archive whose directory was read and found sound.
type Archive struct {
	r      io.ReaderAt
	size   int64
	limits Limits
	// Files are its files, in the order of their names' first appearance. Folders
	// and what systems leave behind (__MACOSX, .DS_Store, Thumbs.db) are left out.
	Files []Entry
	// Backslashes says that names parted folders by them.
	Backslashes bool
	// Root is the one folder that everything lies in, with its slash, where that
	// was taken off ([Archive.Descend]); else empty.
	Root string

	byPath map[string]int
	folded map[string]int
	read   counts
}

// counts is what was really read and inflated so far.
type counts struct {
	entries  int
	inflated int64
	held     int64 // read from the archive
}

// Counted returns how many entries were read, how many bytes of the archive,
// and how many bytes were inflated, so far.
func (a *Archive) Counted() (entries int, read, inflated int64) {
	return a.read.entries, a.read.held, a.read.inflated
}

// Open reads the directory of an archive of size bytes. A [*Refused] says why it
// is not taken; other errors are of the reading.
func Open(r io.ReaderAt, size int64, l Limits) (*Archive, error) {
	a := &Archive{r: r, size: size, limits: l.filled(), byPath: map[string]int{}, folded: map[string]int{}}
	err := a.open()
	return a, err
}

func (a *Archive) open() error {
	end, err := a.findEnd()
	if err != nil {
		return err
	}
	entries, err := a.walk(end)
	if err != nil {
		return err
	}
	// What stands before the first entry would make it two files in one.
	if len(entries) > 0 && slices.MinFunc(entries, func(x, y Entry) int { return cmp.Compare(x.offset, y.offset) }).offset != 0 {
		return refuse("", "package.directory-place", nil)
	}
	doubles, err := a.admit(entries)
	if err != nil {
		return err
	}
	if err := a.apart(doubles, end.offset); err != nil {
		return err
	}
	for _, d := range doubles {
		if err := a.alike(d); err != nil {
			return err
		}
	}
	a.tidy()
	return nil
}

// ending is what the end of the directory says.
type ending struct {
	records, offset, length int64
	at                      int64 // where the directory has to end
}

// findEnd finds the end record: the last one whose comment ends with the file.
func (a *Archive) findEnd() (e ending, err error) {
	if a.size < lenEnd {
		return e, refuse("", "package.not-zip", nil)
	}
	tail := make([]byte, min(a.size, lenEnd+all16))
	if err := a.readAt(tail, a.size-int64(len(tail))); err != nil {
		return e, err
	}
	i := len(tail) - lenEnd
	for ; i >= 0; i-- {
		if binary.LittleEndian.Uint32(tail[i:]) == sigEnd && i+lenEnd+int(binary.LittleEndian.Uint16(tail[i+20:])) == len(tail) {
			break
		}
	}
	if i < 0 {
		return e, refuse("", "package.not-zip", nil)
	}
	b := tail[i:]
	at := a.size - int64(len(tail)) + int64(i)
	if binary.LittleEndian.Uint16(b[4:]) != 0 && binary.LittleEndian.Uint16(b[4:]) != all16 {
		return e, refuse("", "package.split", nil)
	}
	e = ending{
		records: int64(binary.LittleEndian.Uint16(b[10:])), length: int64(binary.LittleEndian.Uint32(b[12:])),
		offset: int64(binary.LittleEndian.Uint32(b[16:])), at: at,
	}
	if e.records == all16 || e.length == all32 || e.offset == all32 {
		if err := a.findEnd64(&e); err != nil {
			return e, err
		}
	}
	// Compared without adding: the numbers are an attacker's.
	if e.offset < 0 || e.length < 0 || e.offset > e.at || e.length != e.at-e.offset {
		return e, refuse("", "package.directory-place", nil)
	}
	return e, nil
}

// findEnd64 replaces what the end record says by what the ZIP64 one says, if
// there is one.
func (a *Archive) findEnd64(e *ending) error {
	at := e.at - lenLocator64
	if at < 0 {
		return nil // the numbers happen to be all ones; the comparison will tell
	}
	var loc [lenLocator64]byte
	if err := a.readAt(loc[:], at); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(loc[:]) != sigLocator64 {
		return nil
	}
	where := int64(binary.LittleEndian.Uint64(loc[8:]))
	if where < 0 || where > at-lenEnd64 {
		return refuse("", "package.directory-place", nil)
	}
	var b [lenEnd64]byte
	if err := a.readAt(b[:], where); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(b[:]) != sigEnd64 {
		return refuse("", "package.directory-place", nil)
	}
	e.records = int64(binary.LittleEndian.Uint64(b[32:]))
	e.length = int64(binary.LittleEndian.Uint64(b[40:]))
	e.offset = int64(binary.LittleEndian.Uint64(b[48:]))
	e.at = where
	return nil
}

// walk reads the directory, as many records as are there.
func (a *Archive) walk(e ending) ([]Entry, error) {
	// Folders have entries too; twice the files is more than any packager writes.
	most := 2*a.limits.Files + 100
	in := bufio.NewReaderSize(io.NewSectionReader(a.r, e.offset, e.length), 32<<10)
	var out []Entry
	var head [lenDirectory]byte
	for left := e.length; left > 0; {
		if left < lenDirectory {
			return nil, refuse("", "package.directory-damaged", nil)
		}
		if err := a.readFull(in, head[:]); err != nil {
			return nil, err
		}
		if binary.LittleEndian.Uint32(head[:]) != sigDirectory {
			return nil, refuse("", "package.directory-damaged", nil)
		}
		a.read.entries++
		if len(out) >= most {
			return nil, refuse("", "package.too-many", fault.Args{"limit": a.limits.Files})
		}
		nameLen, extraLen := int(binary.LittleEndian.Uint16(head[28:])), int(binary.LittleEndian.Uint16(head[30:]))
		rest := nameLen + extraLen + int(binary.LittleEndian.Uint16(head[32:]))
		if left -= lenDirectory; left < int64(rest) {
			return nil, refuse("", "package.directory-damaged", nil)
		}
		left -= int64(rest)
		if nameLen > a.limits.Name {
			name := make([]byte, 200)
			n, err := io.ReadFull(in, name[:min(nameLen, 200)])
			if err != nil {
				return nil, err
			}
			return nil, refuse(decodeName(name[:n]), "package.name-long", fault.Args{"limit": a.limits.Name})
		}
		buf := make([]byte, nameLen+extraLen)
		if err := a.readFull(in, buf); err != nil {
			return nil, err
		}
		if _, err := in.Discard(rest - len(buf)); err != nil {
			return nil, err
		}
		entry, err := entryOf(head[:], buf[:nameLen:nameLen], buf[nameLen:])
		if err != nil {
			return nil, err
		}
		out = append(out, entry)
	}
	// The record knows 16 bits of the count where there is no ZIP64 record.
	if n := int64(len(out)); n != e.records && n&all16 != e.records {
		return nil, refuse("", "package.count-lies", fault.Args{"says": e.records, "holds": n})
	}
	return out, nil
}

// entryOf reads one record of the directory.
func entryOf(head, name, extra []byte) (Entry, error) {
	u16 := func(i int) uint16 { return binary.LittleEndian.Uint16(head[i:]) }
	u32 := func(i int) int64 { return int64(binary.LittleEndian.Uint32(head[i:])) }
	e := Entry{
		name: bytes.Clone(name), flags: u16(8), method: u16(10), crc: binary.LittleEndian.Uint32(head[16:]),
		packed: u32(20), Size: u32(24), offset: u32(42), Modified: dosTime(u16(14), u16(12)),
	}
	bad := func(key string) (Entry, error) { return e, refuse(decodeName(name), key, nil) }
	if disk := u16(34); disk != 0 && disk != all16 {
		return bad("package.split")
	}
	if !e.zip64(extra) {
		return bad("package.directory-damaged")
	}
	if e.flags&(flagEncrypted|flagStrong|flagMasked) != 0 {
		return bad("package.encrypted")
	}
	if e.method != stored && e.method != deflated {
		return bad("package.method")
	}
	if !ordinary(u16(4)>>8, uint32(u32(38))) {
		return bad("package.link")
	}
	if e.method == stored && e.packed != e.Size {
		return bad("package.size-lies")
	}
	return e, nil
}

// zip64 takes the long numbers from the extra field where the record has all
// ones. It reports whether they are there and can be true.
func (e *Entry) zip64(extra []byte) bool {
	var long []byte
	for len(extra) >= 4 {
		tag, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if len(extra) < 4+n {
			break // some tools pad with rubbish; what is needed was found or is missing
		}
		if tag == 1 && long == nil {
			long = extra[4 : 4+n]
		}
		extra = extra[4+n:]
	}
	for _, v := range []*int64{&e.Size, &e.packed, &e.offset} {
		if *v != all32 {
			continue
		}
		if len(long) < 8 {
			return false
		}
		if *v = int64(binary.LittleEndian.Uint64(long)); *v < 0 {
			return false
		}
		long = long[8:]
	}
	return true
}

// ordinary reports whether the attributes are those of a file or folder: no
// link, no device. system says whose attributes they are.
func ordinary(system uint16, external uint32) bool {
	const unix, macos = 3, 19
	if system != unix && system != macos {
		// An archiver that claims another system may still have written Unix modes.
		if mode := external >> 16; mode&0xF000 == 0xA000 {
			return false
		}
		return true
	}
	switch external >> 16 & 0xF000 {
	case 0, 0x8000, 0x4000:
		return true
	}
	return false
}

func dosTime(date, clock uint16) time.Time {
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}

// double is an entry that claims to be another one once more.
type double struct {
	Entry
	of int // place in Files
}

// admit judges names and claims, and keeps what is a file. It returns what claims to
// be a file that is kept already.
func (a *Archive) admit(entries []Entry) ([]double, error) {
	folders := map[string]string{} // folded → as first written
	var total int64
	var doubles []double
	for i := range entries {
		e := &entries[i]
		name := decodeName(e.name)
		if strings.Contains(name, `\`) {
			// Packers on Windows have written it so; whatever else it may mean is judged like
			// any other path.
			name, a.Backslashes = strings.ReplaceAll(name, `\`, "/"), true
		}
		path, folder, key := clean(name, a.limits)
		if key != "" {
			return nil, refuse(name, key, fault.Args{"limit": a.limits.Name, "depth": a.limits.Depth})
		}
		if folder {
			if e.Size != 0 {
				return nil, refuse(name, "package.folder-content", nil)
			}
			if path != "" {
				if err := a.folder(folders, path); err != nil {
					return nil, err
				}
			}
			continue
		}
		e.Path = path
		fold := Fold(path)
		j, twice := a.folded[fold]
		if twice && !e.claims(&a.Files[j]) {
			key := "package.name-case"
			if a.Files[j].Path == path {
				key = "package.name-twice"
			}
			return nil, refuse(name, key, fault.Args{"other": printable(a.Files[j].Path)})
		}
		if _, is := folders[fold]; is {
			return nil, refuse(name, "package.name-folder", nil)
		}
		if dir := parent(path); dir != "" {
			if err := a.folder(folders, dir); err != nil {
				return nil, err
			}
		}
		if len(a.Files)+len(doubles) >= a.limits.Files {
			return nil, refuse("", "package.too-many", fault.Args{"limit": a.limits.Files})
		}
		if e.Size > a.limits.File {
			return nil, refuse(name, "package.file-large", fault.Args{"mb": a.limits.File >> 20})
		}
		if total += e.Size; total > a.limits.Total {
			return nil, refuse("", "package.too-large", fault.Args{"mb": a.limits.Total >> 20})
		}
		if twice {
			a.Files[j].Again++
			doubles = append(doubles, double{*e, j})
			continue
		}
		a.folded[fold] = len(a.Files)
		a.byPath[path] = len(a.Files)
		a.Files = append(a.Files, *e)
	}
	return doubles, nil
}

// claims reports whether an entry claims to be another one, packed alike.
func (e *Entry) claims(other *Entry) bool {
	return bytes.Equal(e.name, other.name) && e.method == other.method && e.crc == other.crc && e.Size == other.Size && e.packed == other.packed
}

// alike refuses an entry that does not hold what it claims to hold once more: what is
// packed of both must be the same bytes. Some authoring tools pack a picture as often
// as it is used.
func (a *Archive) alike(d double) error {
	of := &a.Files[d.of]
	once := &counting{r: io.NewSectionReader(a.r, of.data, of.packed), n: &a.read.held}
	again := &counting{r: io.NewSectionReader(a.r, d.data, d.packed), n: &a.read.held}
	for range d.packed {
		x, err := once.ReadByte()
		if err != nil {
			return err
		}
		y, err := again.ReadByte()
		if err != nil {
			return err
		}
		if x != y {
			return refuse(d.Path, "package.name-twice", fault.Args{"other": printable(of.Path)})
		}
	}
	return nil
}

// folder notes that path, and what is above it, are folders.
func (a *Archive) folder(folders map[string]string, path string) error {
	for ; path != ""; path = parent(path) {
		fold := Fold(path)
		if as, known := folders[fold]; known {
			if as != path {
				return refuse(path, "package.name-case", fault.Args{"other": printable(as)})
			}
			return nil
		}
		if _, file := a.folded[fold]; file {
			return refuse(path, "package.name-folder", nil)
		}
		folders[fold] = path
	}
	return nil
}

func parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return ""
}

// apart reads every local header and sees to it that no two entries share a
// byte, and none reaches into the directory, which begins at end.
func (a *Archive) apart(doubles []double, end int64) error {
	order := make([]*Entry, 0, len(a.Files)+len(doubles))
	for i := range a.Files {
		order = append(order, &a.Files[i])
	}
	for i := range doubles {
		order = append(order, &doubles[i].Entry)
	}
	slices.SortFunc(order, func(x, y *Entry) int { return cmp.Compare(x.offset, y.offset) })
	var free int64
	for _, e := range order {
		if e.offset < free {
			return refuse(e.Path, "package.overlap", nil)
		}
		if err := a.locate(e, end); err != nil {
			return err
		}
		if e.packed > end-e.data {
			return refuse(e.Path, "package.overlap", nil)
		}
		free = e.data + e.packed
	}
	return nil
}

// locate reads the local header of an entry and compares it with the directory.
func (a *Archive) locate(e *Entry, end int64) error {
	if e.offset > end-lenLocal {
		return refuse(e.Path, "package.overlap", nil)
	}
	head := make([]byte, lenLocal+len(e.name))
	n := min(int64(len(head)), end-e.offset)
	if err := a.readAt(head[:n], e.offset); err != nil {
		return err
	}
	u16 := func(i int) uint16 { return binary.LittleEndian.Uint16(head[i:]) }
	u32 := func(i int) int64 { return int64(binary.LittleEndian.Uint32(head[i:])) }
	switch {
	case u32(0) != sigLocal:
		return refuse(e.Path, "package.header-missing", nil)
	case int(u16(26)) != len(e.name) || !bytes.Equal(head[lenLocal:], e.name):
		return refuse(e.Path, "package.names-differ", nil)
	case u16(6)&(flagEncrypted|flagStrong) != 0:
		return refuse(e.Path, "package.encrypted", nil)
	case u16(8) != e.method:
		return refuse(e.Path, "package.headers-differ", nil)
	}
	if u16(6)&flagDescriptor == 0 {
		for at, v := range map[int]int64{14: int64(e.crc), 18: e.packed, 22: e.Size} {
			// All ones: the number is in the extra field. Zero: some tools fill in the
			// directory alone.
			if got := u32(at); got != v && got != all32 && got != 0 {
				return refuse(e.Path, "package.headers-differ", nil)
			}
		}
	}
	e.data = e.offset + lenLocal + int64(u16(26)) + int64(u16(28))
	if e.data > end {
		return refuse(e.Path, "package.overlap", nil)
	}
	return nil
}

// tidy drops what systems leave in archives, once it was judged like the rest.
func (a *Archive) tidy() {
	a.Files = slices.DeleteFunc(a.Files, func(e Entry) bool {
		base := e.Path[strings.LastIndexByte(e.Path, '/')+1:]
		return strings.HasPrefix(e.Path, "__MACOSX/") || strings.HasPrefix(base, "._") || base == ".DS_Store" ||
			strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini")
	})
	a.index()
}

func (a *Archive) index() {
	a.byPath, a.folded = map[string]int{}, map[string]int{}
	for i, e := range a.Files {
		a.byPath[e.Path] = i
		a.folded[Fold(e.Path)] = i
	}
}

// Descend takes the one folder off that everything lies in, if it is so: the
// usual slip of who packs a folder instead of what is in it.
func (a *Archive) Descend() bool {
	if len(a.Files) == 0 {
		return false
	}
	first, _, ok := strings.Cut(a.Files[0].Path, "/")
	if !ok {
		return false
	}
	for _, e := range a.Files {
		if !strings.HasPrefix(e.Path, first+"/") {
			return false
		}
	}
	for i := range a.Files {
		a.Files[i].Path = a.Files[i].Path[len(first)+1:]
	}
	a.Root += first + "/"
	a.index()
	return true
}

// Find returns the file of that path: exactly, else by what Windows would take
// for the same ([Fold]); nil if there is none.
func (a *Archive) Find(path string) *Entry {
	if i, ok := a.byPath[path]; ok {
		return &a.Files[i]
	}
	if i, ok := a.folded[Fold(path)]; ok {
		return &a.Files[i]
	}
	return nil
}

func (a *Archive) readAt(b []byte, at int64) error {
	n, err := a.r.ReadAt(b, at)
	a.read.held += int64(n)
	if n == len(b) {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, fs.ErrInvalid) {
		return refuse("", "package.directory-damaged", nil)
	}
	return err
}

func (a *Archive) readFull(r io.Reader, b []byte) error {
	n, err := io.ReadFull(r, b)
	a.read.held += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return refuse("", "package.directory-damaged", nil)
	}
	return err
}
