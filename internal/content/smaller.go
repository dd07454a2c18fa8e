package content

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
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
	if media == "image/jpeg" && progressive(data) {
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
	keep, ok := keptSegments(data)
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
	return append(append(append(make([]byte, 0, len(b)+len(keep)), b[:2]...), keep...), b[2:]...)
}

// progressive reports whether a JPEG comes in several passes.
func progressive(data []byte) bool {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; at += 2 + int(binary.BigEndian.Uint16(data[at+2:])) {
		switch data[at+1] {
		case 0xc2, 0xc6, 0xca, 0xce:
			return true
		case 0xda:
			return false
		}
	}
	return false
}

// keptSegments returns the segments of a JPEG that say which way up it is and in
// what colours: Exif and ICC. It is false for what is no JPEG.
func keptSegments(data []byte) (keep []byte, ok bool) {
	if len(data) < 4 || data[0] != 0xff || data[1] != 0xd8 {
		return nil, false
	}
	for at := 2; at+4 <= len(data); {
		marker := data[at+1]
		if data[at] != 0xff {
			return nil, false
		}
		if marker == 0xda { // the picture begins
			return keep, true
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) {
			return nil, false
		}
		body := data[at+4 : max(at+4, end)]
		if marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) || marker == 0xe2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) {
			keep = append(keep, data[at:end]...)
		}
		at = end
	}
	return nil, false
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
