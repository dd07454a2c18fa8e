package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"image"
	_ "image/gif"  // the decoders register themselves
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	_ "golang.org/x/image/webp" // the same
)

// extensions by media type: what a picture may be. The type is what the bytes
// are, never what the name claims.
var extensions = map[string]string{
	"image/png":     ".png",
	"image/jpeg":    ".jpg",
	"image/gif":     ".gif",
	"image/webp":    ".webp",
	"image/svg+xml": ".svg",
}

// MediaType returns the media type that the extension of a served picture
// stands for, "" if it stands for none.
func MediaType(extension string) string {
	for m, e := range extensions {
		if e == extension {
			return m
		}
	}
	return ""
}

// Limits of a picture.
const (
	maxPictureBytes = 2 << 20
	maxPictureSide  = 8192
)

var errPicture = errors.New("not a picture")

// errDrawing is an SVG that does more than draw; it names what it met.
type errDrawing struct{ what string }

func (e errDrawing) Error() string { return "not a plain drawing: " + e.what }

// readPicture measures a picture.
func readPicture(name string, data []byte) (File, error) {
	f := File{Name: name, Size: len(data), Data: data}
	sum := sha256.Sum256(data)
	f.Digest = hex.EncodeToString(sum[:])
	if cfg, format, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		f.Media, f.Width, f.Height = "image/"+format, cfg.Width, cfg.Height
	} else if strings.HasSuffix(strings.ToLower(name), ".svg") {
		f.Media = "image/svg+xml"
		if f.Width, f.Height, err = readDrawing(data); err != nil {
			return f, err
		}
	}
	if extensions[f.Media] == "" || f.Width < 1 || f.Height < 1 || f.Width > maxPictureSide || f.Height > maxPictureSide {
		return f, errPicture
	}
	return f, nil
}

// drawing lists the elements of SVG that only draw: nothing that runs, loads,
// embeds, animates or links.
var drawing = []string{
	"svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line",
	"polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop",
	"clipPath", "mask", "marker", "pattern", "symbol", "use",
}

// readDrawing checks that an SVG file only draws, and returns its size.
func readDrawing(data []byte) (width, height int, err error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.Strict = true
	first := true
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if first {
				return 0, 0, errPicture
			}
			return width, height, nil
		}
		if err != nil {
			return 0, 0, errPicture
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return 0, 0, errDrawing{"<!" + string(tok[:min(len(tok), 20)]) + ">"}
		case xml.ProcInst:
			if tok.Target != "xml" {
				return 0, 0, errDrawing{"<?" + tok.Target + "?>"}
			}
		case xml.StartElement:
			if !slices.Contains(drawing, tok.Name.Local) || tok.Name.Space != "http://www.w3.org/2000/svg" {
				return 0, 0, errDrawing{"<" + tok.Name.Local + ">"}
			}
			for _, a := range tok.Attr {
				if !plainAttribute(a) {
					return 0, 0, errDrawing{a.Name.Local}
				}
			}
			if first {
				if tok.Name.Local != "svg" {
					return 0, 0, errPicture
				}
				width, height = drawingSize(tok.Attr)
				first = false
			}
		}
	}
}

func plainAttribute(a xml.Attr) bool {
	name, value := strings.ToLower(a.Name.Local), strings.ToLower(a.Value)
	switch {
	case strings.HasPrefix(name, "on"), name == "style", name == "base":
		return false
	case name == "href":
		return strings.HasPrefix(value, "#")
	case strings.Contains(value, "url("):
		return strings.Count(value, "url(") == strings.Count(value, "url(#")
	}
	return !strings.Contains(value, "javascript:")
}

func drawingSize(attrs []xml.Attr) (width, height int) {
	get := func(name string) string {
		for _, a := range attrs {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	number := func(s string) int {
		v, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "px"), 64)
		if err != nil || v < 0 || v > maxPictureSide {
			return 0
		}
		return int(math.Ceil(v))
	}
	width, height = number(get("width")), number(get("height"))
	if box := strings.Fields(strings.ReplaceAll(get("viewBox"), ",", " ")); len(box) == 4 && (width == 0 || height == 0) {
		width, height = number(box[2]), number(box[3])
	}
	return width, height
}
