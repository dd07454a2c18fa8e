package content

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/content/bundle"
	"cadre/internal/content/recode"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Deps are what the service stands on.
type Deps struct {
	DB    *db.DB
	Files *blob.Store
	// MaxBytes and MaxFiles are what the files of one package may have, unpacked, and
	// how many they may be: 2 GiB and 20,000 where they are zero.
	MaxBytes int64
	MaxFiles int
	// Media makes sound and video smaller where that is asked for; nil where they stay
	// as they come.
	Media *recode.Tool
	// Attempts is told of packages that are taken out of use; nil where nothing is
	// played.
	Attempts Attempts
}

// Attempts is what has been begun of modules; package player answers it, by app.
type Attempts interface {
	// Ready prepares what EndOf takes. It is called outside the transaction.
	Ready(ctx context.Context) error
	// EndOf ends everything that is open of a package that was taken out of use; it
	// may be done again.
	EndOf(tx *db.Tx, p id.Module) error
	// Begun reports whether a person has ever begun the module of that key.
	Begun(tx *db.Tx, p id.Person, module string) (bool, error)
}

// Service imports, publishes and shows modules. It is safe for use by several
// goroutines.
type Service struct {
	db       *db.DB
	files    *blob.Store
	limits   bundle.Limits
	attempts Attempts
	media    *recode.Tool
	// read keeps compiled versions, which never change, by id.
	read sync.Map
	// working keeps how far imports of uploads are, by the upload's id.
	working sync.Map
	// pictures is held while one is decoded: it may take much memory.
	pictures sync.Mutex
}

// New returns a service.
func New(d Deps) *Service {
	return &Service{db: d.DB, files: d.Files, attempts: d.Attempts, media: d.Media, limits: bundle.Limits{Total: d.MaxBytes, File: d.MaxBytes, Files: d.MaxFiles}}
}

// Problems are what keeps a module from being imported: the cause of the fault
// that [Service.Import] returns.
type Problems []Problem

// Error lists every problem on a line of its own.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Import is a module's folder.
type Import struct {
	// Programme brings the module in; it decides who may change it. Empty for a
	// module of the whole instance.
	Programme id.Programme
	// Key is the module's key: its folder's name.
	Key string
	// Files are the folder's files by name.
	Files map[string][]byte
	// Publish puts the version out at once.
	Publish bool
}

// Imported says what became of an import.
type Imported struct {
	Module  id.Module
	Version id.ModuleVersion
	Number  int
	// Unchanged is set where the same files were imported before: Version is then
	// that version.
	Unchanged bool
}

// Import compiles a module and keeps it as a new version; files that are the
// same as those of a former version make none. It returns a fault of kind
// Invalid whose cause is [Problems] if the module has any; nothing is kept then.
func (s *Service) Import(ctx context.Context, op id.Operation, in Import) (Imported, error) {
	var out Imported
	// The question is asked before files are written, and again where it counts.
	if err := access.Allow(actor.From(ctx), access.Import, moduleObject(moduleRow{programme: in.Programme})); err != nil {
		return out, err
	}
	m, problems := Compile(in.Key, in.Files)
	if len(problems) > 0 {
		return out, fault.Wrap(fault.Invalid, "content.problems", Problems(problems))
	}
	body, err := json.Marshal(m)
	if err != nil {
		return out, fmt.Errorf("content: compile %s: %w", in.Key, err)
	}
	stored := map[string]blob.Stored{}
	for _, name := range sortedNames(in.Files) {
		f, err := s.files.PutContent(bytes.NewReader(in.Files[name]), maxPictureBytes)
		if err != nil {
			return out, err
		}
		stored[name] = f
	}
	media := map[string]string{}
	for _, f := range m.Files {
		media[f.Name] = f.Media
	}
	digest := digestOf(in.Files)
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Imported{}
		_, err := journal.Once(tx, op, "content.import", &out, func() error {
			row, err := moduleByKey(tx, in.Key)
			fresh := fault.Is(err, fault.NotFound)
			if fresh {
				row = moduleRow{id: id.New[id.Module](), programme: in.Programme, key: in.Key}
			} else if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Import, moduleObject(row)); err != nil {
				return err
			}
			if fresh {
				if err := insertModule(tx, row); err != nil {
					return err
				}
			}
			v, known, err := versionByDigest(tx, row.id, digest)
			if err != nil {
				return err
			}
			if !known {
				v = Version{ID: id.New[id.ModuleVersion](), Module: row.id, Key: row.key, Digest: digest, ImportedBy: tx.Actor().ID(), ImportedAt: tx.Now()}
				if v.Number, err = nextNumber(tx, row.id); err != nil {
					return err
				}
				if err := s.keep(tx, row, v, body, stored, media); err != nil {
					return err
				}
			}
			out = Imported{Module: row.id, Version: v.ID, Number: v.Number, Unchanged: known}
			if in.Publish && row.published != v.ID {
				return publish(tx, row, v)
			}
			return nil
		})
		return err
	})
	return out, err
}

func (s *Service) keep(tx *db.Tx, row moduleRow, v Version, body []byte, stored map[string]blob.Stored, media map[string]string) error {
	if err := insertVersion(tx, v, body); err != nil {
		return err
	}
	for _, name := range sortedNames(stored) {
		if err := blob.Keep(tx, stored[name], blob.Reference{Owner: "module-version:" + string(v.ID), Purpose: "material"}); err != nil {
			return err
		}
		if err := insertFile(tx, v.ID, name, stored[name].ID, media[name]); err != nil {
			return err
		}
	}
	return journal.Append(tx, journal.Entry{
		Kind: "content.module-imported", Version: 1, Scope: actor.Scope{Programme: row.programme}, Subject: string(row.id),
		Body: importedBody{Key: row.key, Version: v.ID, Number: v.Number, Digest: v.Digest},
		Rows: []journal.Row{journal.RowOf(modulesTable(), row.id), journal.RowOf(versionsTable(), v.ID)},
	})
}

// importedBody is the body of content.module-imported, version 1.
type importedBody struct {
	Key     string           `json:"key"`
	Version id.ModuleVersion `json:"version"`
	Number  int              `json:"number"`
	Digest  string           `json:"digest"`
}

// publishedBody is the body of content.module-published, version 1.
type publishedBody struct {
	Key     string           `json:"key"`
	Version id.ModuleVersion `json:"version"`
	Before  id.ModuleVersion `json:"before,omitempty"`
}

// Publish names a version of a module.
type Publish struct{ Version id.ModuleVersion }

// Publish puts a version out: attempts begin with it from now on. Attempts that
// have begun stay on theirs. An earlier version may be put out again.
func (s *Service) Publish(ctx context.Context, op id.Operation, in Publish) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out struct{}
		_, err := journal.Once(tx, op, "content.publish", &out, func() error {
			v, err := versionByID(tx, in.Version)
			if err != nil {
				return err
			}
			row, err := moduleByID(tx, v.Module)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Publish, moduleObject(row)); err != nil {
				return err
			}
			if row.published == v.ID {
				return nil
			}
			return publish(tx, row, v)
		})
		return err
	})
}

// publish puts a version out. A package that was taken out of use stays so.
func publish(tx *db.Tx, row moduleRow, v Version) error {
	p, err := packageByID(tx, row.id)
	switch {
	case fault.Is(err, fault.NotFound): // a Markdown module
	case err != nil:
		return err
	case p.withdrawn != 0:
		return fault.New(fault.Closed, "content.package-withdrawn", nil)
	}
	if err := setPublished(tx, row.id, v.ID); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: "content.module-published", Version: 1, Scope: actor.Scope{Programme: row.programme}, Subject: string(row.id),
		Body: publishedBody{Key: row.key, Version: v.ID, Before: row.published},
		Rows: []journal.Row{journal.RowOf(modulesTable(), row.id)},
	})
}

// Overview is a module in a list for staff.
type Overview struct {
	ID        id.Module
	Key       string
	Published id.ModuleVersion // empty while none is out
	Versions  []Version        // the latest first
	// Latest is the latest version's material.
	Latest *Module
}

// List returns the modules that the actor may see, by key.
func (s *Service) List(ctx context.Context) ([]Overview, error) {
	out := []Overview{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := access.Allow(a, access.List, access.Here(a, access.Module)); err != nil {
			return err
		}
		rows, err := db.Collect(tx, func(r *db.Rows) (moduleRow, error) { return scanModule(r.Scan) },
			`SELECT `+moduleColumns+` FROM content_modules
			WHERE NOT EXISTS (SELECT 1 FROM content_packages p WHERE p.module = content_modules.id) ORDER BY key`)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !visible(a, row) {
				continue
			}
			o := Overview{ID: row.id, Key: row.key, Published: row.published}
			if o.Versions, err = versionsOf(tx, row.id); err != nil {
				return err
			}
			if len(o.Versions) > 0 {
				if o.Latest, err = s.Material(tx, o.Versions[0].ID); err != nil {
					return err
				}
			}
			out = append(out, o)
		}
		return nil
	})
	return out, err
}

// Preview returns a version's material for staff: it leaves no trace.
func (s *Service) Preview(ctx context.Context, v id.ModuleVersion) (Version, *Module, error) {
	var version Version
	var m *Module
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		if version, err = versionByID(tx, v); err != nil {
			return err
		}
		row, err := moduleByID(tx, version.Module)
		if err != nil {
			return err
		}
		if !visible(tx.Actor(), row) {
			return fault.New(fault.NotFound, "content.no-version", nil)
		}
		m, err = s.Material(tx, v)
		return err
	})
	return version, m, err
}

// Picture is one picture, open for reading.
type Picture struct {
	*blob.Reader
	Media string
}

// Picture opens the picture of that digest, for whoever may see a module that
// shows it: staff of its programme, those who take part in that, and whoever has
// begun it in another programme. The caller closes it.
func (s *Service) Picture(ctx context.Context, digest string) (Picture, error) {
	var p Picture
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, media, err := shownIn(tx, id.File(digest))
		if err != nil {
			return err
		}
		// The same picture may be in modules of several programmes: one is enough.
		may := false
		for _, row := range rows {
			if may, err = s.shows(tx, row); may || err != nil {
				break
			}
		}
		if err == nil && !may {
			err = fault.New(fault.NotFound, "content.no-module", nil)
		}
		if err != nil {
			return err
		}
		f, err := blob.Lookup(tx, id.File(digest))
		if err != nil {
			return err
		}
		p.Media = media
		p.Reader, err = s.files.Open(f)
		return err
	})
	return p, err
}

// shows reports whether the module's pictures are shown to the actor.
func (s *Service) shows(tx *db.Tx, row moduleRow) (bool, error) {
	a := tx.Actor()
	if visible(a, row) {
		return true, nil
	}
	if s.attempts == nil || a.Person == "" {
		return false, nil
	}
	begun, err := s.attempts.Begun(tx, a.Person, row.key)
	o := moduleObject(row)
	o.Subject = a.Person // a module is read by each for herself
	return begun && access.Allows(a, access.Read, o), err
}

// ErrNotOut is the answer to who asks for the version that is out of a module of
// which none is: none was yet, or it was taken out of use.
var ErrNotOut = fault.New(fault.NotFound, "content.not-published", nil)

// Published returns the version of a module that is out. It is a fault of kind
// NotFound if there is none: [ErrNotOut] if there is such a module. It asks no
// policy: the caller does.
func (s *Service) Published(tx *db.Tx, key string) (Version, error) {
	row, err := moduleByKey(tx, key)
	if err != nil {
		return Version{}, err
	}
	if row.published == "" {
		return Version{}, ErrNotOut
	}
	return versionByID(tx, row.published)
}

// VersionOf returns a version. It asks no policy: the caller does.
func (s *Service) VersionOf(tx *db.Tx, v id.ModuleVersion) (Version, error) {
	return versionByID(tx, v)
}

// Material returns a version of a Markdown module as compiled, which nobody may
// change; a version of a package is NotFound ([Service.Package] has it). It asks
// no policy: the caller does.
func (s *Service) Material(tx *db.Tx, v id.ModuleVersion) (*Module, error) {
	if m, ok := s.read.Load(v); ok {
		if m, ok := m.(*Module); ok {
			return m, nil
		}
		return nil, fault.New(fault.NotFound, "content.no-version", nil)
	}
	version, err := versionByID(tx, v)
	if err != nil {
		return nil, err
	}
	if other, err := s.IsPackage(tx, version.Module); err != nil || other {
		return nil, cmp.Or(err, error(fault.New(fault.NotFound, "content.no-version", nil)))
	}
	m, err := compiled(tx, v)
	if err != nil {
		return nil, err
	}
	s.read.Store(v, m)
	return m, nil
}

// moduleObject is a module as the policy knows it. A module of the whole
// instance lies in every programme's scope.
func moduleObject(row moduleRow) access.Object {
	o := access.Object{Kind: access.Module, ID: string(row.id), Place: access.Place{Programme: row.programme}, State: access.Draft}
	if row.published != "" {
		o.State = access.Released
	}
	return o
}

// visible reports whether the actor's grant lets her read the module: one of her own
// programme's, or of the whole instance. What she has begun elsewhere is not asked.
func visible(a actor.Actor, row moduleRow) bool { return may(a, access.Read, row) }

// may is visible for another verb.
func may(a actor.Actor, v access.Verb, row moduleRow) bool {
	if access.Allows(a, v, moduleObject(row)) {
		return true
	}
	if row.programme != "" {
		return false
	}
	here := access.Here(a, access.Module)
	here.State = moduleObject(row).State
	return access.Allows(a, v, here)
}

// digestOf names a folder's content.
func digestOf(files map[string][]byte) string {
	h := sha256.New()
	part := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	for _, name := range sortedNames(files) {
		part([]byte(name))
		part(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}
