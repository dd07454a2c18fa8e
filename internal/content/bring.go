package content

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/content/bundle"
	"cadre/internal/content/manifest"
	"cadre/internal/content/recode"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// MaxPackage is how many bytes an archive may have as it comes.
const MaxPackage = 2 << 30

// staged is how many files are written in one transaction, and stagedFor how
// long they wait for their version at most.
const (
	staged    = 250
	stagedFor = 24 * time.Hour
)

// PackageProblems are what keeps a package out, and what was repaired: the cause
// of the fault that [Service.ImportPackage] returns.
type PackageProblems []PackageProblem

// Error lists every problem on a line of its own.
func (ps PackageProblems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// ImportPackage is a package as it came.
type ImportPackage struct {
	// Programme brings the package in; empty for one of the whole instance.
	Programme id.Programme
	// Replaces names the package that this is a new version of; empty for a package
	// of its own.
	Replaces id.Module
	// Translates names a package whose module this one is in another language; empty
	// for a module of its own.
	Translates id.Module
	// Language is the language that it is in, as a tag (BCP 47); empty for the one that
	// it states itself.
	Language string
	// Key is the new package's key; made from its title, or from the key of the module
	// and the language, if empty.
	Key string
	// File is what came, of Size bytes: an archive, or cmi5.xml alone.
	File io.ReaderAt
	Size int64
	// Publish puts the version out at once.
	Publish bool
	// Smaller has pictures, sound and video sent in fewer bytes where they lose nothing
	// that is seen or heard on a telephone. The archive stays as it came. Sound and
	// video take part where the service has what that needs ([Service.ShrinksMedia]).
	Smaller bool
	// Patience is how long after the import has begun a sound or video may still be
	// worked on; [LongPatience] if zero. What is not done by then stays as it came.
	Patience time.Duration
	// Progress, if not nil, is told how many files of how many, and how many bytes,
	// were written.
	Progress func(files, of int, bytes int64)
	// Playing, if not nil, is told how far a sound or video is that takes long, in the
	// time that it plays; all is 0 where that is not known.
	Playing func(file string, done, all time.Duration)
}

// ImportedPackage says what became of it.
type ImportedPackage struct {
	Package id.Module        `json:"package"`
	Version id.ModuleVersion `json:"version"`
	Number  int              `json:"number"`
	Key     string           `json:"key"`
	// Unchanged is set where the same archive is a version of the package already.
	Unchanged bool `json:"unchanged"`
}

// Inspection is what is known of a package before it is brought in.
type Inspection struct {
	// Manifest is nil if a problem is an error.
	Manifest *manifest.Manifest
	Problems []PackageProblem
}

// CheckPackage reads a package and says what is wrong with it, without keeping
// anything. It inflates nothing but the manifest.
func (s *Service) CheckPackage(ctx context.Context, file io.ReaderAt, size int64) (Inspection, error) {
	a := actor.From(ctx)
	if err := access.Allow(a, access.Check, access.Here(a, access.Module)); err != nil {
		return Inspection{}, err
	}
	in, err := inspect(file, size, s.limits)
	if err != nil {
		return Inspection{}, err
	}
	in.report.Sort()
	return Inspection{in.manifest, in.report.Problems}, nil
}

// ImportPackage keeps a package as a new package, or as a new version of one. It
// returns a fault of kind Invalid whose cause is [PackageProblems] if it has an
// error; nothing is kept then.
func (s *Service) ImportPackage(ctx context.Context, op id.Operation, in ImportPackage) (ImportedPackage, error) {
	var out ImportedPackage
	if err := s.mayImport(ctx, in); err != nil {
		return out, err
	}
	found, err := inspect(in.File, in.Size, s.limits)
	if err != nil {
		return out, err
	}
	b := bringing{s: s, ctx: ctx, in: in, found: found, version: id.New[id.ModuleVersion](), seek: newSeeker()}
	if found.manifest != nil {
		if err := s.db.View(ctx, b.checkLanguage); err != nil {
			err = b.refuse(op, &out, err)
			return out, err
		}
		if err := found.refused(b.store()); err != nil {
			return out, err
		}
	}
	found.report.Sort()
	if found.report.Bad() {
		return out, fault.Wrap(fault.Invalid, "package.problems", PackageProblems(found.report.Problems))
	}
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = ImportedPackage{}
		_, err := journal.Once(tx, op, importPackageAct, &out, func() error { return b.keep(tx, &out) })
		return err
	})
	return out, err
}

// mayImport asks the policy before anything is written.
func (s *Service) mayImport(ctx context.Context, in ImportPackage) error {
	if _, err := languageTag(in.Language); err != nil {
		return err
	}
	return s.db.View(ctx, func(tx *db.Tx) (err error) {
		row := moduleRow{programme: in.Programme}
		if in.Translates != "" {
			if in.Replaces != "" {
				return fault.Bad("fault.invalid", fault.Field{Name: "replaces", Key: "content.version-or-language"})
			}
			if row, err = s.translated(tx, in.Translates); err != nil {
				return err
			}
		}
		if in.Replaces != "" {
			if row, err = moduleByID(tx, in.Replaces); err != nil {
				return err
			}
			p, err := packageByID(tx, in.Replaces)
			if err != nil {
				return err
			}
			if p.withdrawn != 0 {
				return fault.New(fault.Closed, "content.package-withdrawn", nil)
			}
		}
		return access.Allow(tx.Actor(), access.Import, moduleObject(row))
	})
}

// translated returns the module that a package is or is a language of.
func (s *Service) translated(tx *db.Tx, p id.Module) (row moduleRow, err error) {
	if _, err := packageByID(tx, p); err != nil {
		return row, err
	}
	l, _, err := languageByID(tx, p)
	if err != nil {
		return row, err
	}
	return moduleByID(tx, l.module)
}

// checkLanguage finds out in which language the package is and of which module,
// before anything is written, and whether it can be.
func (b *bringing) checkLanguage(tx *db.Tx) (err error) {
	if b.language, err = languageTag(b.in.Language); err != nil || b.in.Translates == "" {
		return err
	}
	if b.language == "" {
		b.language = spoken(b.found.manifest)
	}
	if b.language == "" {
		return fault.Bad("fault.invalid", fault.Field{Name: "language", Key: "content.language-needed"})
	}
	row, err := b.s.translated(tx, b.in.Translates)
	if err != nil {
		return err
	}
	b.of = row
	_, err = b.s.fits(tx, "", row.id, b.language)
	return err
}

// refuse answers an import that cannot be; one that was done before is answered as
// it was then.
func (b *bringing) refuse(op id.Operation, out *ImportedPackage, why error) error {
	return b.s.db.Update(b.ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, importPackageAct, out, func() error { return why })
		return err
	})
}

// importPackageAct is the kind of the operation.
const importPackageAct = "content.import-package"

// bringing is one import under way.
type bringing struct {
	s       *Service
	ctx     context.Context
	in      ImportPackage
	found   *inspected
	version id.ModuleVersion
	seek    *seeker

	// language is the one that it is said to be in; of is the module that it is in that
	// language, empty where that is its own.
	language string
	of       moduleRow

	original blob.Stored
	weight   Weight
	rows     []stagedFile
	shrunk   int   // pictures that have become smaller
	pixels   int   // of those that were looked at
	saved    int64 // by so many bytes
	media    lightening
}

// stagedFile is a file that lies in the store and is not yet in the database.
type stagedFile struct {
	PackageFile
	stored []blob.Stored
}

// store writes the archive and what is in it to disk, and names it in the
// database as waiting.
func (b *bringing) store() error {
	var err error
	if b.original, err = b.s.files.PutContent(io.NewSectionReader(b.in.File, 0, b.in.Size), MaxPackage); err != nil {
		return err
	}
	b.weight.Archive = b.original.Size
	if b.found.archive == nil {
		return b.flush()
	}
	if err := b.s.sweepStaged(b.ctx); err != nil {
		return err
	}
	done := b.media.begin(b.ctx, b.in.Patience)
	defer done()
	all := len(b.found.archive.Files)
	err = b.found.archive.Each(func(e *bundle.Entry, r io.Reader) error {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if err := b.file(e, r); err != nil {
			return err
		}
		if b.in.Progress != nil {
			b.in.Progress(b.weight.Files, all, b.weight.Bytes)
		}
		if len(b.rows) >= staged {
			return b.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.found.manifest.Needs = b.seek.found()
	b.warn()
	return b.flush()
}

// warn tells what the package seems to need and will not simply get.
func (b *bringing) warn() {
	r := &b.found.report
	if b.seek.flash != "" {
		r.Warn(b.seek.flash, 0, "package.flash", fault.Args{"file": b.seek.flash})
	}
	if h := b.found.manifest.Needs.Hosts; len(h) > 0 {
		r.Warn("", 0, "package.needs-hosts", fault.Args{"hosts": strings.Join(h, ", ")})
	}
	if b.found.manifest.Needs.Popups {
		r.Warn("", 0, "package.needs-popups", nil)
	}
	if b.shrunk > 0 {
		r.Warn("", 0, "package.smaller", fault.Args{"n": b.shrunk, "kb": int(b.saved >> 10)})
	}
	b.media.warn(r)
}

// smaller is smaller, one picture at a time in the whole instance, and for so many
// pixels of a package.
func (b *bringing) smaller(media string, data []byte) []byte {
	pixels, _, ok := opened(media, data)
	if !ok || b.pixels+pixels > mostPixels {
		return nil
	}
	b.pixels += pixels
	b.s.pictures.Lock()
	defer b.s.pictures.Unlock()
	return smaller(media, data)
}

// file writes one file, and a packed form of it where that is worth it.
func (b *bringing) file(e *bundle.Entry, r io.Reader) (err error) {
	media, text := mediaOf(e.Path)
	b.seek.file(e.Path, media)
	if b.in.Smaller && shrinks(media, e.Size) {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if small := b.smaller(media, data); small != nil {
			b.shrunk++
			b.saved += int64(len(data) - len(small))
			data = small
		}
		r = bytes.NewReader(data)
	}
	size := e.Size
	if b.in.Smaller && recode.Takes(media, e.Size) {
		light, failed := b.lighter(e, media, r)
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, light.Close()) }()
		r, media, size = light, light.media, light.size
	}
	head := new(headOf)
	if looks(media) {
		r = io.TeeReader(r, head)
	}
	f, err := b.s.files.PutContent(r, size+1)
	if err != nil {
		return err
	}
	if looks(media) {
		b.seek.text(media, string(head.b))
	}
	row := stagedFile{PackageFile: PackageFile{Path: e.Path, File: f.ID, Size: f.Size, Media: media}, stored: []blob.Stored{f}}
	if text && f.Size >= 512 {
		if err := b.pack(e, &row); err != nil {
			return err
		}
	}
	b.weight.Files++
	b.weight.Bytes += row.Size
	b.weight.Wire += row.Wire()
	b.rows = append(b.rows, row)
	return nil
}

// headOf keeps the beginning of what is written to it.
type headOf struct{ b []byte }

// Write keeps what there is room for.
func (h *headOf) Write(p []byte) (int, error) {
	if room := scanned - len(h.b); room > 0 {
		h.b = append(h.b, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// pack keeps a gzip form of a file that saves at least a tenth: the very bytes
// that were packed in the archive, where they were.
func (b *bringing) pack(e *bundle.Entry, row *stagedFile) error {
	r := b.found.archive.Gzip(e)
	if r == nil {
		if e.Size > 32<<20 {
			return nil // sent as it is: packing it here would need its size in memory
		}
		data, err := b.found.archive.ReadFile(e, e.Size)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(data); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if int64(out.Len()) > e.Size/10*9 {
			return nil
		}
		r = &out
	} else if e.Packed() > e.Size/10*9 {
		return nil
	}
	f, err := b.s.files.PutContent(r, e.Size+100)
	if err != nil {
		return err
	}
	row.Gzip, row.GzipSize = f.ID, f.Size
	row.stored = append(row.stored, f)
	return nil
}

func (b *bringing) owner() string { return "module-version:" + string(b.version) }

// flush names the files written so far, as waiting for their version.
func (b *bringing) flush() error {
	rows := b.rows
	b.rows = nil
	return b.s.db.Update(b.ctx, db.Main, func(tx *db.Tx) error {
		until := tx.Now().Add(stagedFor)
		if err := blob.Keep(tx, b.original, blob.Reference{Owner: b.owner(), Purpose: "original", Until: until}); err != nil {
			return err
		}
		for _, r := range rows {
			for _, f := range r.stored {
				if err := blob.Keep(tx, f, blob.Reference{Owner: b.owner(), Purpose: "package", Until: until}); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(`INSERT INTO content_package_files (version, path, folded, file, media, size, gzip, gzip_size, staged_at)
				VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
				b.version, r.Path, bundle.Fold(r.Path), r.File, r.Media, r.Size, r.Gzip, r.GzipSize, db.Micros(tx.Now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepStaged removes what earlier imports left behind that never ended.
func (s *Service) sweepStaged(ctx context.Context) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM content_package_files WHERE staged_at > 0 AND staged_at < ?1`, db.Micros(tx.Now().Add(-stagedFor)))
		return err
	})
}

// keep makes what waits a version, and the version a package's.
func (b *bringing) keep(tx *db.Tx, out *ImportedPackage) error {
	row, pkg, err := b.module(tx)
	if err != nil {
		return err
	}
	if err := access.Allow(tx.Actor(), access.Import, moduleObject(row)); err != nil {
		return err
	}
	fresh := b.in.Replaces == ""
	if fresh {
		if err := insertModule(tx, row); err != nil {
			return err
		}
	} else if v, known, err := versionByDigest(tx, row.id, b.digest()); err != nil || known {
		// The files that wait go with their time.
		*out = ImportedPackage{Package: row.id, Version: v.ID, Number: v.Number, Key: row.key, Unchanged: true}
		if err == nil && b.in.Publish && row.published != v.ID {
			return publish(tx, row, v)
		}
		return err
	}
	title, err := json.Marshal(b.found.manifest.Title)
	if err != nil {
		return fmt.Errorf("content: title: %w", err)
	}
	pkg.kind, pkg.title = b.found.manifest.Kind, string(title)
	if err := savePackage(tx, pkg, fresh); err != nil {
		return err
	}
	v := Version{ID: b.version, Module: row.id, Key: row.key, Digest: b.digest(), ImportedBy: tx.Actor().ID(), ImportedAt: tx.Now()}
	if v.Number, err = nextNumber(tx, row.id); err != nil {
		return err
	}
	body, err := json.Marshal(packed{Manifest: b.found.manifest, Original: b.original.ID, Weight: b.weight, Warnings: b.found.report.Problems})
	if err != nil {
		return fmt.Errorf("content: package: %w", err)
	}
	if err := insertVersion(tx, v, body); err != nil {
		return err
	}
	if err := b.settle(tx); err != nil {
		return err
	}
	if err := journal.Append(tx, journal.Entry{
		Kind: "content.package-imported", Version: 1, Scope: actor.Scope{Programme: row.programme}, Subject: string(row.id),
		Body: packageImportedBody{Key: row.key, Kind: pkg.kind, Version: v.ID, Number: v.Number, Digest: v.Digest},
		Rows: []journal.Row{journal.RowOf(modulesTable(), row.id), journal.RowOf(packagesTable(), row.id), journal.RowOf(versionsTable(), v.ID)},
	}); err != nil {
		return err
	}
	if err := b.speak(tx, row); err != nil {
		return err
	}
	*out = ImportedPackage{Package: row.id, Version: v.ID, Number: v.Number, Key: row.key}
	if b.in.Publish {
		return publish(tx, row, v)
	}
	return nil
}

// speak says in which language the package is, where that was said.
func (b *bringing) speak(tx *db.Tx, row moduleRow) error {
	if b.language == "" {
		return nil
	}
	module := b.of.id
	if module == "" {
		l, _, err := languageByID(tx, row.id)
		if err != nil {
			return err
		}
		module = l.module
	}
	return b.s.speak(tx, row, module, b.language)
}

// digest names what the version is: the archive, and whether its pictures, and its
// sound and video, were made smaller.
func (b *bringing) digest() string {
	out := string(b.original.ID)
	if b.shrunk > 0 {
		out += "+smaller"
	}
	if b.media.shrunk > 0 {
		out += "+media"
	}
	return out
}

// settle lets the files wait no longer.
func (b *bringing) settle(tx *db.Tx) error {
	n, err := tx.Exec(`UPDATE content_package_files SET staged_at = 0 WHERE version = ?1`, b.version)
	if err != nil {
		return err
	}
	if n != int64(b.weight.Files) {
		return fault.New(fault.Unavailable, "content.package-late", nil) // the wait was over; it may be sent again
	}
	return blob.Stay(tx, b.owner())
}

// packageImportedBody is the body of content.package-imported, version 1.
type packageImportedBody struct {
	Key     string           `json:"key"`
	Kind    PackageKind      `json:"kind"`
	Version id.ModuleVersion `json:"version"`
	Number  int              `json:"number"`
	Digest  string           `json:"digest"`
}

// module returns the rows of the package that the version belongs to: those that
// are there, or new ones.
func (b *bringing) module(tx *db.Tx) (moduleRow, packageRow, error) {
	if b.in.Replaces != "" {
		row, err := moduleByID(tx, b.in.Replaces)
		if err != nil {
			return row, packageRow{}, err
		}
		pkg, err := packageByID(tx, b.in.Replaces)
		return row, pkg, err
	}
	row := moduleRow{id: id.New[id.Module](), programme: b.in.Programme}
	stem := ""
	if b.of.id != "" {
		row.programme, stem = b.of.programme, b.of.key+"-"+strings.ToLower(b.language)
	}
	pkg := packageRow{module: row.id, hosts: "[]"}
	if stem == "" || len(stem) > 60 { // a number may follow
		stem = keyOf(b.found.manifest.Title)
	}
	var err error
	row.key, err = freeKey(tx, b.in.Key, stem)
	return row, pkg, err
}

// freeKey returns a module key that nothing has: the one wished for, which must
// be free, or one that begins with stem.
func freeKey(tx *db.Tx, wish, stem string) (string, error) {
	if wish != "" {
		stem = wish
	}
	for n := 1; ; n++ {
		key := stem
		if n > 1 {
			key = fmt.Sprintf("%s-%d", stem, n)
		}
		_, err := moduleByKey(tx, key)
		switch {
		case fault.Is(err, fault.NotFound):
			return key, nil
		case err != nil:
			return "", err
		case wish != "":
			return "", fault.Bad("fault.invalid", fault.Field{Name: "key", Key: "content.key-taken"})
		}
	}
}

// keyOf makes a key of a title's Latin letters and digits.
func keyOf(title i18n.Text) string {
	text := title.Values["en"]
	if text == "" {
		text = title.Values[title.Fallback]
	}
	words := strings.FieldsFunc(i18n.Fold(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	key := strings.Join(words, "-")
	if len(key) > 40 {
		key = strings.Trim(key[:40], "-")
	}
	if key == "" || key[0] >= '0' && key[0] <= '9' {
		key = strings.Trim("package-"+key, "-")
	}
	return key
}
