package bundletest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
)

// Case is an archive that must be refused, and the reason that must be given.
type Case struct {
	Name string
	Data []byte
	Key  string
	// Inflated is how many bytes may come out before it is refused.
	Inflated int64
}

// good is an entry that is fine, so that a refusal is the other's.
func good() Part { return Part{Name: "imsmanifest.xml", Content: []byte("<manifest/>")} }

// Hostile returns the corpus of archives that contradict themselves or reach
// where they must not.
func Hostile() []Case {
	var out []Case
	add := func(key, name string, data []byte, inflated int64) {
		out = append(out, Case{Name: name, Data: data, Key: key, Inflated: inflated})
	}
	for key, names := range badNames() {
		for _, n := range names {
			add(key, fmt.Sprintf("name %.40q", n), Build(Ending{}, good(), Part{Name: n, Content: []byte("x")}), 0)
		}
	}
	for _, c := range pairs() {
		add(c[2], fmt.Sprintf("names %.30q and %.30q", c[0], c[1]), Build(Ending{}, Part{Name: c[0]}, Part{Name: c[1]}), 0)
	}
	doubles(add)
	attributes(add)
	lies(add)
	places(add)
	bombs(add)
	cuts(add)
	return out
}

func badNames() map[string][]string {
	deep := strings.Repeat("a/", 33) + "x"
	return map[string][]string{
		"package.name-traversal": {
			"../evil", "a/../../evil", "a/..", "..", "../", "./../x", "a/b/../../../c", "...", "a/ /b", "a/. ./b", "a/.. /b", "....//x/y/....", `..\evil`, `a\b/..\c`, `a/..\..\b`,
		},
		"package.name-absolute": {"/etc/passwd", "//server/share", "/", `\\server\share`, `\`, `\x`},
		"package.name-drive":    {"C:/x", "c:x", "Z:", "a:b/c", `C:\x`},
		"package.name-segment":  {"a//b", "a/./b", "a/b//", "./a/.", ".//a"},
		"package.name-control": {
			"a\x00b", "\x00", "a\nb", "a\rb", "a\tb", "a\x1bb", "a\x7fb", "a\u0085b", "a\u202Egpj.exe", "a\u202Ab", "a\u2066b", "a\u2069b",
			"a\u200Eb", "a\u200Fb", "a\u061Cb", "a\u2028b", "a\u2029b", "\uFEFFa", "a\u200Bb", "a\u2060b", "a\U000E0041b", "a\uFFF9b", "imsmanifest.xml\x00.html", "a\uFFFDb",
		},
		"package.name-long":  {strings.Repeat("a", 256), "a/" + strings.Repeat("ب", 128), strings.Repeat("a/", 600), strings.Repeat("n", 65_000)},
		"package.name-deep":  {deep, strings.Repeat("d/", 200) + "x"},
		"package.name-empty": {""},
	}
}

func pairs() [][3]string {
	return [][3]string{
		{"a.html", "./a.html", "package.name-twice"},
		{"d/a.html", `d\a.html`, "package.name-twice"},
		{"caf\u00e9", "cafe\u0301", "package.name-twice"},
		{"a.html", "A.HTML", "package.name-case"},
		{"d/a.html", "D/b.html", "package.name-case"},
		{"d/", "D/", "package.name-case"},
		{"stra\u00dfe", "STRASSE", "package.name-case"},
		{"\u212Aelvin", "kelvin", "package.name-case"},
		{"imsmanifest.xml", "ImsManifest.xml", "package.name-case"},
		{"\u017Fcript.js", "script.js", "package.name-case"},
		{"a", "a/b", "package.name-folder"},
		{"a/b", "a", "package.name-folder"},
		{"a/b/c", "A/B", "package.name-folder"},
		{"a/", "a", "package.name-folder"},
	}
}

// doubles are files of one name that are not the same file, or not there twice.
func doubles(add adder) {
	x, y := []byte("<p>one</p>"), []byte("<p>two</p>")
	with := func(p Part) []byte {
		p.Name = "a.html"
		return Build(Ending{}, good(), Part{Name: "a.html", Content: x, Store: true}, p)
	}
	add("package.name-twice", "a name twice", with(Part{Content: y, Store: true}), 0)
	add("package.name-twice", "a name twice, packed in two ways", with(Part{Content: x}), 0)
	add("package.name-twice", "a name twice, one longer", with(Part{Content: append(slices.Clone(x), '!'), Store: true}), 0)
	add("package.name-twice", "a name twice, with one checksum", with(Part{Content: y, Store: true, CRC: To(crc32.ChecksumIEEE(x))}), 0)
	add("package.overlap", "a name twice in one place", with(Part{Content: x, Store: true, SameAs: 2}), 0)
}

type adder func(key, name string, data []byte, inflated int64)

func attributes(add adder) {
	x := []byte("/etc/passwd")
	for mode, what := range map[uint32]string{
		0o120777: "a link", 0o060644: "a block device", 0o020644: "a character device", 0o010644: "a pipe", 0o140755: "a socket",
	} {
		add("package.link", what, Build(Ending{}, good(), Part{Name: "x", Content: x, Mode: mode}), 0)
	}
	add("package.link", "a link, made by macOS", Build(Ending{}, good(), Part{Name: "x", Content: x, Mode: 0o120777, Made: 19<<8 | 20}), 0)
	add("package.link", "a link that says it was made by DOS", Build(Ending{}, good(), Part{Name: "x", Content: x, Mode: 0o120777, Made: 20}), 0)
	for flags, what := range map[uint16]string{1: "encrypted", 1 | 1<<6: "strongly encrypted", 1 << 6: "marked as strongly encrypted", 1 << 13: "masked", 1<<3 | 1: "encrypted, streamed"} {
		add("package.encrypted", what, Build(Ending{}, good(), Part{Name: "x", Content: x, Flags: flags}), 0)
	}
	for _, m := range []uint16{1, 6, 9, 12, 14, 93, 95, 97, 98, 99, 1000} {
		add("package.method", fmt.Sprintf("method %d", m), Build(Ending{}, good(), Part{Name: "x", Content: x, Method: To(m)}), 0)
	}
	add("package.split", "on another disk", Build(Ending{}, good(), Part{Name: "x", Disk: 2}), 0)
	add("package.split", "a part of several", Build(Ending{Disk: 3}, good()), 0)
	add("package.folder-content", "a folder with content", Build(Ending{}, good(), Part{Name: "d/", Content: x, Store: true}), 0)
}

func lies(add adder) {
	text := bytes.Repeat([]byte("abc "), 1000)
	one := func(p Part) []byte { p.Name, p.Content = "x.html", text; return Build(Ending{}, good(), p) }
	const most = 5000
	add("package.size-lies", "says less than it holds", one(Part{Size: To[uint32](10)}), most)
	add("package.size-lies", "says nothing", one(Part{Size: To[uint32](0)}), most)
	add("package.size-lies", "says more than it holds", one(Part{Size: To[uint32](5000)}), most)
	add("package.size-lies", "one byte less", one(Part{Size: To[uint32](3999)}), most)
	add("package.size-lies", "one byte more", one(Part{Size: To[uint32](4001)}), most)
	add("package.size-lies", "stored, and the sizes differ", one(Part{Store: true, Size: To[uint32](3999)}), 0)
	add("package.size-lies", "rubbish behind the end of what is packed", one(Part{Packed: append(Deflate(text), "rubbish"...)}), most)
	add("package.size-lies", "a second stream behind the first", one(Part{Packed: append(Deflate(text), Deflate(text)...)}), most)
	add("package.checksum", "a wrong checksum", one(Part{CRC: To[uint32](1)}), most)
	add("package.checksum", "a wrong checksum, stored", one(Part{Store: true, CRC: To[uint32](1)}), most)
	add("package.checksum", "no checksum", one(Part{CRC: To[uint32](0)}), most)
	add("package.damaged", "no deflate stream", one(Part{Packed: []byte("\xff\xff\xff\xff rubbish")}), most)
	cut := Deflate(text)
	add("package.damaged", "cut in the middle", one(Part{Packed: cut[:len(cut)-3]}), most)
	add("package.damaged", "packed into nothing", one(Part{Packed: []byte{}}), most)
	add("package.damaged", "the packed length is too short", one(Part{PackedLen: To(uint32(len(cut) - 2))}), most)
	add("package.names-differ", "another name in the local header", one(Part{LocalName: "evil.exe"}), 0)
	add("package.names-differ", "a way out in the local header", one(Part{LocalName: "../../x"}), 0)
	add("package.headers-differ", "another size in the local header", one(Part{LocalSize: To[uint32](7)}), 0)
	add("package.directory-damaged", "long numbers, but none there", one(Part{Size: To[uint32](1<<32 - 1)}), 0)
	var negative bytes.Buffer
	for _, v := range []any{uint16(1), uint16(8), uint64(1) << 63} {
		if err := binary.Write(&negative, binary.LittleEndian, v); err != nil {
			panic(err)
		}
	}
	add("package.directory-damaged", "a negative size", one(Part{Size: To[uint32](1<<32 - 1), Extra: negative.Bytes()}), 0)
}

func places(add adder) {
	x := []byte("hello, hello, hello")
	two := []Part{good(), {Name: "x", Content: x}, {Name: "y", Content: x}}
	with := func(change func(p []Part)) []byte {
		p := append([]Part(nil), two...)
		change(p)
		return Build(Ending{}, p...)
	}
	add("package.overlap", "two entries, one place", with(func(p []Part) { p[2].SameAs = 2; p[2].Name = "x2" }), 0)
	add("package.overlap", "an entry inside another", with(func(p []Part) { p[2].Offset = To[uint32](60) }), 0)
	add("package.overlap", "an entry beyond the file", with(func(p []Part) { p[2].Offset = To[uint32](1 << 30) }), 0)
	add("package.overlap", "an entry that reaches into the directory", with(func(p []Part) { p[2].PackedLen = To[uint32](100_000) }), 0)
	add("package.header-missing", "an entry where there is none", Build(Ending{Before: strings.Repeat("-", 200)}, Part{Name: "y", Offset: To[uint32](0), NoLocal: true}), 0)
	add("package.overlap", "an entry without a local header", Build(Ending{}, good(), Part{Name: "y", NoLocal: true}), 0)
	add("package.overlap", "everything in one kernel, a thousand times", kernel(1000), 0)
	add("package.count-lies", "says fewer entries", Build(Ending{Records: To[uint16](1)}, two...), 0)
	add("package.count-lies", "says more entries", Build(Ending{Records: To[uint16](4)}, two...), 0)
	add("package.count-lies", "says none", Build(Ending{Records: To[uint16](0)}, two...), 0)
	add("package.count-lies", "a ZIP64 count that lies", Build(Ending{Zip64: true, Zip64Size: To[uint64](1 << 40)}, two...), 0)
	add("package.directory-place", "the directory is elsewhere", Build(Ending{Offset: To[uint32](3)}, two...), 0)
	add("package.directory-place", "the directory is beyond the file", Build(Ending{Offset: To[uint32](1 << 31)}, two...), 0)
	add("package.directory-place", "the directory is shorter than it says", Build(Ending{Length: To[uint32](1 << 20)}, two...), 0)
	add("package.directory-place", "the directory is longer than it says", Build(Ending{Length: To[uint32](10)}, two...), 0)
	add("package.directory-place", "a program before the archive", Build(Ending{Before: "MZ this is a program"}, two...), 0)
	add("package.directory-place", "something between directory and end", Build(Ending{Between: "hidden"}, two...), 0)
	add("package.directory-place", "a ZIP64 end beyond the file", Build(Ending{Zip64: true, Zip64At: To[uint64](1 << 50)}, two...), 0)
	add("package.directory-place", "a negative ZIP64 end", Build(Ending{Zip64: true, Zip64At: To[uint64](1 << 63)}, two...), 0)
	add("package.directory-place", "a ZIP64 end that is none", Build(Ending{Zip64: true, Zip64At: To[uint64](3)}, two...), 0)
	add("package.directory-place", "a ZIP64 length that wraps around", Build(Ending{Zip64: true, Zip64Len: To[uint64](1<<64 - 1)}, two...), 0)
	add("package.not-zip", "no end", Build(Ending{NoEnd: true}, two...), 0)
	add("package.not-zip", "something behind the end", Build(Ending{After: strings.Repeat("x", 70_000)}, two...), 0)
	add("package.not-zip", "nothing at all", nil, 0)
	add("package.not-zip", "text", []byte(strings.Repeat("this is no archive ", 100)), 0)
	add("package.not-zip", "a RAR archive", []byte("Rar!\x1a\x07\x01\x00"+strings.Repeat("\x00", 100)), 0)
	add("package.not-zip", "a 7z archive", []byte("7z\xbc\xaf\x27\x1c"+strings.Repeat("\x00", 100)), 0)
	add("package.not-zip", "a gzip file", []byte("\x1f\x8b\x08"+strings.Repeat("\x00", 100)), 0)
	whole := Build(Ending{}, two...)
	broken := bytes.Clone(whole)
	i := bytes.LastIndex(broken, []byte("PK\x01\x02"))
	broken[i] = 'X'
	add("package.directory-damaged", "a directory with a hole", broken, 0)
	swollen := bytes.Clone(whole)
	binary.LittleEndian.PutUint16(swollen[i+30:], 60_000)
	add("package.directory-damaged", "an extra field longer than the directory", swollen, 0)
}

// kernel is the overlapping bomb: many names for one packed content.
func kernel(n int) []byte {
	parts := []Part{{Name: "0", Content: bytes.Repeat([]byte{0}, 1<<20)}}
	for i := 1; i < n; i++ {
		parts = append(parts, Part{Name: fmt.Sprint(i), Content: parts[0].Content, Packed: []byte{}, PackedLen: To(uint32(1000)), SameAs: 1})
	}
	return Build(Ending{}, parts...)
}

func bombs(add adder) {
	zeros := make([]byte, 64<<20)
	flat := Deflate(zeros)
	sum := crc32.ChecksumIEEE(zeros)
	bomb := func(name string) Part {
		return Part{Name: name, Packed: flat, Size: To[uint32](64 << 20), CRC: To(sum)}
	}
	const free = 16<<20 + 64<<10
	add("package.ratio", "64 MiB of nothing", Build(Ending{}, good(), bomb("x")), free)
	add("package.size-lies", "64 MiB of nothing that says it is small", Build(Ending{}, good(), Part{Name: "x", Packed: flat, Size: To[uint32](1000), CRC: To(sum)}), 64<<10)
	small := bytes.Repeat([]byte{0}, 1<<20)
	var many []Part
	for i := range 100 {
		many = append(many, Part{Name: fmt.Sprintf("%d.bin", i), Content: small})
	}
	add("package.ratio", "a hundred small bombs", Build(Ending{}, many...), free)
	add("package.file-large", "says 4 GiB", Build(Ending{}, good(), Part{Name: "x", Packed: flat, Size: To[uint32](1<<32 - 2)}), 0)
	add("package.too-large", "says 3 GiB in two files", Build(Ending{}, good(),
		Part{Name: "x", Packed: flat, Size: To[uint32](3 << 29)}, Part{Name: "y", Packed: flat, Size: To[uint32](3 << 29)}), 0)
	var crowd []Part
	for i := range 20_001 {
		crowd = append(crowd, Part{Name: fmt.Sprintf("f%05d", i), Store: true})
	}
	add("package.too-many", "20,001 files", Build(Ending{}, crowd...), 0)
	var folders []Part
	for i := range 40_200 {
		folders = append(folders, Part{Name: fmt.Sprintf("f%05d/", i), Store: true})
	}
	add("package.too-many", "40,200 folders", Build(Ending{}, folders...), 0)
	add("package.too-many", "more entries than 16 bits count, and says few", Build(Ending{Records: To[uint16](10)}, slices.Repeat([]Part{{Name: "x", Store: true}}, 66_000)...), 0)
}

// cuts are the first so many bytes of a good archive, as a broken upload leaves
// them.
func cuts(add adder) {
	whole := Zip("imsmanifest.xml", "<manifest/>", "index.html", strings.Repeat("hello ", 100))
	for _, n := range []int{1, 21, 22, 30, 60, len(whole) / 2, len(whole) - 23, len(whole) - 22, len(whole) - 1} {
		add("package.not-zip", fmt.Sprintf("the first %d bytes", n), whole[:n], 0)
	}
}
