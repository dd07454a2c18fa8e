package content

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
)

// Pictures that are looked at for a smaller form, in bytes as they come: below,
// nothing is to be gained; above, it would take too much memory. So it would if they
// took more than mostOpened where they are decoded.
const (
	leastPicture = 16 << 10
	mostPicture  = 32 << 20
	mostOpened   = 96 << 20
)

// mostPixels is how many are looked at in one package: a minute or two of work.
const mostPixels = 2_000_000_000

// jpegQuality is what a photograph is written again with: it is looked at on a
// telephone, over a slow line.
const jpegQuality = 72

// shrinks reports whether there may be a smaller form of a file.
func shrinks(media string, size int64) bool {
	return (media == "image/jpeg" || media == "image/png") && size >= leastPicture && size <= mostPicture
}

// opened returns how many pixels a picture has, and the bytes that it takes while it
// is decoded; false for what is no picture.
func opened(media string, data []byte) (pixels, size int, ok bool) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > mostOpened/c.Height {
		return 0, 0, false
	}
	pixels = c.Width * c.Height
	each := 4
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		each = 8
	}
	if p, _ := jpegParts(data); p.progressive {
		each = 15 // its coefficients are kept until the last of it is read
	}
	return pixels, pixels * each, true
}

// smaller returns a picture in fewer bytes, of the same kind and the same size in
// pixels, turned the same way and in the same colours; nil where that would not save
// a tenth, would take too much memory, or would lose something, such as an animation.
func smaller(media string, data []byte) []byte {
	if _, size, ok := opened(media, data); !ok || size > mostOpened {
		return nil
	}
	var out []byte
	if media == "image/jpeg" {
		out = smallerJPEG(data)
	} else {
		out = smallerPNG(data)
	}
	if out == nil || len(out) > len(data)/10*9 {
		return nil
	}
	return out
}

func smallerJPEG(data []byte) []byte {
	p, ok := jpegParts(data)
	if !ok {
		return nil
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	if _, printed := img.(*image.CMYK); printed {
		return nil
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil
	}
	b := out.Bytes()
	return slices.Concat(b[:2], p.keep, b[2:])
}

// parts is what a JPEG says before its picture begins.
type parts struct {
	// progressive is set where the picture comes in several passes.
	progressive bool
	// keep are the segments that say which way up it is and in what colours: Exif
	// and ICC.
	keep []byte
}

// jpegParts reads a JPEG up to its picture. It is false for what is no JPEG, with
// what was read so far.
func jpegParts(data []byte) (p parts, ok bool) {
	if len(data) < 2 || data[0] != 0xff || data[1] != 0xd8 {
		return p, false
	}
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker, end := data[at+1], at+2+int(binary.BigEndian.Uint16(data[at+2:]))
		switch marker {
		case 0xda: // the picture begins
			return p, true
		case 0xc2, 0xc6, 0xca, 0xce:
			p.progressive = true
		}
		if end > len(data) {
			return p, false
		}
		body := data[at+4 : max(at+4, end)]
		if marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) || marker == 0xe2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) {
			p.keep = append(p.keep, data[at:end]...)
		}
		at = end
	}
	return p, false
}

// losing are the chunks of a PNG that would be lost: animation, colours, density.
func losing() map[string]bool {
	return map[string]bool{"acTL": true, "iCCP": true, "gAMA": true, "cHRM": true, "cICP": true, "sBIT": true}
}

func smallerPNG(data []byte) []byte {
	lost := losing()
	for at := 8; at+12 <= len(data); {
		if lost[string(data[at+4:at+8])] {
			return nil
		}
		n := binary.BigEndian.Uint32(data[at:])
		if uint64(at)+12+uint64(n) > uint64(len(data)) {
			return nil
		}
		at += 12 + int(n)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&out, img); err != nil {
		return nil
	}
	return out.Bytes()
}
