package export

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha1" //nolint:gosec // names things as RFC 9562 has it for version 5; nothing is kept safe by it
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"html"
	"io"
	"path"
	"strings"
	"time"

	"cadre/internal/content"
	"cadre/internal/content/manifest"
	"cadre/internal/i18n"
	"cadre/internal/item"
)

//go:generate go run ./bundle

//go:embed dist/play.js dist/play.css
var dist embed.FS

// Kinds lists what can be made.
func Kinds() []manifest.Kind {
	return []manifest.Kind{manifest.Scorm12, manifest.Scorm2004, manifest.Cmi5}
}

// Material is what a package is made of.
type Material struct {
	Module *content.Module
	// ID names the module over all its versions: a UUID. Packages of the same ID are
	// versions of each other to a learning platform.
	ID string
	// Open opens a picture of the module. The writer closes it.
	Open func(content.File) (io.ReadCloser, error)
	// Nastaliq is the Urdu font (WOFF2), put in where the module has Urdu; nil to
	// leave the choice to the learner's device.
	Nastaliq []byte
}

// Write writes a package. It fails where kind is none of [Kinds], or where
// opening, reading or writing fails; what was written is then of no use.
func Write(w io.Writer, m Material, kind manifest.Kind) error {
	p := packing{zip: zip.NewWriter(w), Material: m, kind: kind}
	if err := p.all(); err != nil {
		return fmt.Errorf("export %s as %s: %w", m.Module.Key, kind, err)
	}
	return nil
}

// names of the files in a package.
const (
	page    = "index.html"
	data    = "module.js"
	fontCSS = "nastaliq.css"
	font    = "nastaliq.woff2"
)

// packing is one package under way.
type packing struct {
	Material
	zip  *zip.Writer
	kind manifest.Kind
}

func (p *packing) all() error {
	own, name, err := p.manifest()
	if err != nil {
		return err
	}
	script, err := p.data()
	if err != nil {
		return err
	}
	if err := p.add(name, own); err != nil {
		return err
	}
	if err := p.add(page, p.page()); err != nil {
		return err
	}
	if err := p.add(data, script); err != nil {
		return err
	}
	for _, name := range []string{"play.css", "play.js"} {
		b, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return err
		}
		if err := p.add(name, b); err != nil {
			return err
		}
	}
	if p.withFont() {
		if err := p.add(fontCSS, []byte(`@font-face{font-family:"Noto Nastaliq Urdu";font-style:normal;font-weight:400;font-display:swap;src:url("`+font+
			`")format("woff2");unicode-range:U+0600-06FF,U+0750-077F,U+200C-200F,U+2010-2011,U+FB50-FDFF,U+FE70-FEFF}`)); err != nil {
			return err
		}
		if err := p.add(font, p.Nastaliq); err != nil {
			return err
		}
	}
	for _, f := range p.files() {
		if err := p.picture(f); err != nil {
			return err
		}
	}
	return p.zip.Close()
}

func (p *packing) withFont() bool {
	if len(p.Nastaliq) == 0 {
		return false
	}
	for _, l := range p.Module.Languages {
		if l == "ur" || strings.HasPrefix(l, "ur-") {
			return true
		}
	}
	return false
}

// files are the module's pictures, each once: two names may hold the same one.
func (p *packing) files() []content.File {
	seen := map[string]bool{}
	var out []content.File
	for _, f := range p.Module.Files {
		if !seen[f.Digest] {
			seen[f.Digest] = true
			out = append(out, f)
		}
	}
	return out
}

// inPackage is where a picture lies in the package.
func inPackage(f content.File) string { return "files/" + path.Base(f.Path()) }

func (p *packing) picture(f content.File) (err error) {
	r, err := p.Open(f)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	defer func() {
		if closeErr := r.Close(); err == nil {
			err = closeErr
		}
	}()
	b, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return p.add(inPackage(f), b)
}

// fixed is when every file of every package was made: the same bytes for the same
// material.
func fixed() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }

// add writes a file with its sizes before it, for readers that know no other way.
func (p *packing) add(name string, b []byte) error {
	h := &zip.FileHeader{
		Name: name, Method: zip.Deflate, Modified: fixed(), CRC32: crc32.ChecksumIEEE(b),
		UncompressedSize64: uint64(len(b)),
	}
	packed := b
	switch path.Ext(name) {
	case ".png", ".jpg", ".webp", ".woff2", ".gif": // compressed already
		h.Method = zip.Store
	default:
		var z bytes.Buffer
		f, err := flate.NewWriter(&z, flate.BestCompression)
		if err != nil {
			return err
		}
		if _, err := f.Write(b); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		packed = z.Bytes()
	}
	h.CompressedSize64 = uint64(len(packed))
	f, err := p.zip.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = f.Write(packed)
	return err
}

// page is the file that is launched.
func (p *packing) page() []byte {
	m := p.Module
	title, lang := m.Title.In(m.Base, m.Base)
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n",
		html.EscapeString(lang), i18n.DirOf(lang), html.EscapeString(title))
	b.WriteString("<link rel=\"stylesheet\" href=\"play.css\">\n")
	if p.withFont() {
		b.WriteString("<link rel=\"stylesheet\" href=\"" + fontCSS + "\">\n")
	}
	b.WriteString("</head>\n<body>\n<noscript>")
	for _, l := range m.Languages {
		fmt.Fprintf(&b, `<p lang="%s" dir="%s">%s</p>`, html.EscapeString(l), i18n.DirOf(l), html.EscapeString(speaks(l).T("content.export-needs-scripts")))
	}
	b.WriteString("</noscript>\n<script src=\"" + data + "\"></script>\n<script src=\"play.js\"></script>\n</body>\n</html>\n")
	return []byte(b.String())
}

// script is what module.js holds; see words.ts.
type script struct {
	As         manifest.Kind     `json:"as"`
	Digest     string            `json:"digest"`
	Module     *content.Module   `json:"module"`
	Names      map[string]string `json:"names"`
	Directions map[string]string `json:"directions"`
	Words      map[string]words  `json:"words"`
}

func (p *packing) data() ([]byte, error) {
	m := *p.Module
	whole, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	m.Pages = make([]content.Page, len(p.Module.Pages))
	for i, pg := range p.Module.Pages {
		body := map[string][]content.Block{}
		for l, blocks := range pg.Body {
			for _, b := range blocks {
				// The compiler wrote the addresses; nothing else can begin like this.
				b.HTML = strings.ReplaceAll(b.HTML, `<img src="`+content.FilePrefix, `<img src="files/`)
				body[l] = append(body[l], b)
			}
		}
		pg.Body, pg.Bytes = body, nil
		m.Pages[i] = pg
	}
	m.Files = nil
	sum := sha256.Sum256(whole)
	s := script{
		As: p.kind, Digest: hex.EncodeToString(sum[:6]), Module: &m,
		Names: map[string]string{}, Directions: map[string]string{}, Words: map[string]words{},
	}
	for _, l := range m.Languages {
		s.Names[l], s.Directions[l], s.Words[l] = name(l), i18n.DirOf(l), wordsFor(l, p.Module)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return append(append([]byte("window.cadrePackage="), b...), ";\n"...), nil
}

// urn makes an id of the module, or of a part of it: a UUID of version 5.
func (p *packing) urn(part string) string {
	if part == "" {
		return "urn:uuid:" + strings.ToLower(p.ID)
	}
	h := sha1.New()                                                                    //nolint:gosec // see the import
	_, _ = h.Write([]byte("cadre export\x00" + strings.ToLower(p.ID) + "\x00" + part)) // a hash does not fail
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// asks reports whether the module asks anything.
func asks(m *content.Module) bool { return m.Points() > 0 }

// sorted texts of a language map, in the module's order of languages.
func texts(m *content.Module, t item.Text, write func(lang, text string)) {
	for _, l := range m.Languages {
		if s := t[l]; s != "" {
			write(l, s)
		}
	}
}
