package content

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
)

// scenery is a picture with something to see in it.
func scenery() *image.RGBA {
	chance := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y + chance.IntN(20)), uint8(x * y / 300), 255})
		}
	}
	return img
}

func photograph(t *testing.T, quality int, segment ...byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scenery(), &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return append(append(append([]byte{}, b.Bytes()[:2]...), segment...), b.Bytes()[2:]...)
}

func flatDrawing(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			img.Set(x, y, color.RGBA{uint8(x / 40 * 20), uint8(y / 40 * 20), 9, 255})
		}
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.NoCompression}
	if err := e.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A photograph loses bytes, and nothing else: neither its size, nor which way up it
// is, nor its colours.
func TestPicturesBecomeSmaller(t *testing.T) {
	exif := append([]byte{0xff, 0xe1, 0, 10}, "Exif\x00\x00MM"...)
	icc := append([]byte{0xff, 0xe2, 0, 16}, "ICC_PROFILE\x00\x01\x01"...)
	photo := photograph(t, 98, append(exif, icc...)...)
	small := smaller("image/jpeg", photo)
	if small == nil || len(small) > len(photo)*9/10 {
		t.Fatalf("%d bytes became %d", len(photo), len(small))
	}
	if !bytes.Contains(small, exif) || !bytes.Contains(small, icc) {
		t.Error("which way up it is, or its colours, are lost")
	}
	img, err := jpeg.Decode(bytes.NewReader(small))
	if err != nil || img.Bounds() != scenery().Bounds() {
		t.Errorf("%v, %v", img, err)
	}

	d := flatDrawing(t)
	small = smaller("image/png", d)
	if small == nil {
		t.Fatal("a drawing did not become smaller")
	}
	before, err := png.Decode(bytes.NewReader(d))
	if err != nil {
		t.Fatal(err)
	}
	after, err := png.Decode(bytes.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	for y := range 400 {
		for x := range 400 {
			if before.At(x, y) != after.At(x, y) {
				t.Fatalf("the drawing has changed at %d,%d", x, y)
			}
		}
	}

	moving := append([]byte{}, d[:33]...)
	moving = append(moving, 0, 0, 0, 8, 'a', 'c', 'T', 'L', 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)
	moving = append(moving, d[33:]...)
	for name, c := range map[string]struct {
		media string
		data  []byte
	}{
		"small enough": {"image/jpeg", photograph(t, jpegQuality)}, "an animation": {"image/png", moving}, "cut off": {"image/jpeg", photo[:len(photo)/2]},
		"no picture": {"image/png", []byte("<html>")}, "empty": {"image/jpeg", nil}, "a lie": {"image/png", append(d[:20:20], bytes.Repeat([]byte{255}, 60)...)},
	} {
		if got := smaller(c.media, c.data); got != nil {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
}

// A few bytes can claim to be a huge picture. What a picture would take is known
// before any of it is decoded.
func TestPicturesThatWouldTakeTooMuchMemoryAreLeft(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA64(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	claims := func(width, height uint32) []byte {
		d := slices.Clone(b.Bytes())
		binary.BigEndian.PutUint32(d[16:], width)
		binary.BigEndian.PutUint32(d[20:], height)
		binary.BigEndian.PutUint32(d[29:], crc32.ChecksumIEEE(d[12:29]))
		return d
	}
	if _, size, ok := opened("image/png", claims(4000, 3000)); !ok || size != 4000*3000*8 {
		t.Errorf("12 million pixels of 16 bits take %d bytes, %v", size, ok)
	}
	if _, size, ok := opened("image/png", claims(5000, 3000)); !ok || size <= mostOpened {
		t.Errorf("15 million pixels of 16 bits take %d bytes, %v", size, ok)
	}
	if _, _, ok := opened("image/png", claims(1<<30, 1<<30)); ok {
		t.Error("a picture without end is looked at")
	}
	photo := photograph(t, 98)
	pixels, size, ok := opened("image/jpeg", photo)
	if want := scenery().Bounds(); !ok || pixels != want.Dx()*want.Dy() || size != pixels*4 {
		t.Errorf("a photograph: %d, %d, %v", pixels, size, ok)
	}
	at := bytes.Index(photo, []byte{0xff, 0xc0})
	passes := slices.Clone(photo)
	passes[at+1] = 0xc2
	if _, more, ok := opened("image/jpeg", passes); !ok || more <= 3*size {
		t.Errorf("in several passes it takes %d instead of %d, %v", more, size, ok)
	}
}

// Pictures are made smaller where that is asked for; the package can be saved as it
// came, and the version without that is another.
func TestAPackageIsBroughtInWithSmallerPictures(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		photo := photograph(t, 98)
		zip := bundletest.Zip("imsmanifest.xml", twoScos, "One/Index.html", "x", "two.html", "x", "photo.jpg", string(photo))
		first, err := s.ImportPackage(officer, id.New[id.Operation](), bring(zip, ImportPackage{}))
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.ImportPackage(officer, id.New[id.Operation](), bring(zip, ImportPackage{Replaces: first.Package, Smaller: true}))
		if err != nil || second.Unchanged {
			t.Fatalf("%+v, %v", second, err)
		}
		again, err := s.ImportPackage(officer, id.New[id.Operation](), bring(zip, ImportPackage{Replaces: first.Package, Smaller: true}))
		if err != nil || !again.Unchanged || again.Version != second.Version {
			t.Errorf("brought in again: %+v, %v", again, err)
		}
		heavy, err := s.PreviewPackage(officer, first.Version)
		if err != nil {
			t.Fatal(err)
		}
		light, err := s.PreviewPackage(officer, second.Version)
		if err != nil {
			t.Fatal(err)
		}
		if saved := heavy.Weight.Wire - light.Weight.Wire; saved < int64(len(photo))/10 || heavy.Weight.Archive != light.Weight.Archive {
			t.Errorf("%+v became %+v", heavy.Weight, light.Weight)
		}
		told := false
		for _, w := range light.Warnings {
			told = told || w.Key == "package.smaller"
		}
		if !told {
			t.Errorf("nobody is told: %v", light.Warnings)
		}
	})
}
