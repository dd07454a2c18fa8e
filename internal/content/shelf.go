package content

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"cadre/internal/content/bundle"
	"cadre/internal/content/manifest"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// packed is what content_versions keeps of a package's version.
type packed struct {
	Manifest *manifest.Manifest `json:"manifest"`
	Original id.File            `json:"original"`
	Weight   Weight             `json:"weight"`
	Warnings []PackageProblem   `json:"warnings,omitempty"`
}

// packageRow is a row of content_packages.
type packageRow struct {
	module    id.Module
	kind      PackageKind
	title     string // as i18n.Text in JSON, of the latest version, for lists
	hosts     string // as JSON
	popups    bool
	withdrawn int64
	revision  int // of what it may do
	lacks     Lacks
	lacksRev  int
}

const packageColumns = `module, kind, title, hosts, popups, withdrawn_at, revision, lacks_captions, lacks_keyboard, lacks_other, lacks_revision`

func scanPackage(scan func(...any) error) (p packageRow, err error) {
	var popups, captions, keyboard int64
	err = scan(&p.module, &p.kind, &p.title, &p.hosts, &popups, &p.withdrawn, &p.revision, &captions, &keyboard, &p.lacks.Other, &p.lacksRev)
	p.popups, p.lacks.Captions, p.lacks.Keyboard = popups != 0, captions != 0, keyboard != 0
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "content.no-package", nil)
	}
	return p, err
}

func packageByID(tx *db.Tx, m id.Module) (packageRow, error) {
	return scanPackage(tx.QueryRow(`SELECT `+packageColumns+` FROM content_packages WHERE module = ?1`, m).Scan)
}

func savePackage(tx *db.Tx, p packageRow, fresh bool) error {
	if fresh {
		_, err := tx.Exec(`INSERT INTO content_packages (module, kind, title, hosts, popups, withdrawn_at, created_at, revision)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)`, p.module, p.kind, p.title, p.hosts, db.Flag(p.popups), p.withdrawn, db.Micros(tx.Now()))
		return err
	}
	_, err := tx.Exec(`UPDATE content_packages SET kind = ?2, title = ?3, hosts = ?4, popups = ?5, withdrawn_at = ?6, revision = ?7,
			lacks_captions = ?8, lacks_keyboard = ?9, lacks_other = ?10, lacks_revision = ?11 WHERE module = ?1`,
		p.module, p.kind, p.title, p.hosts, db.Flag(p.popups), p.withdrawn, p.revision,
		db.Flag(p.lacks.Captions), db.Flag(p.lacks.Keyboard), p.lacks.Other, p.lacksRev)
	return err
}

// Package returns a version of a package, which nobody may change. It is a fault
// of kind NotFound if that version is no package. It asks no policy: the caller
// does.
func (s *Service) Package(tx *db.Tx, v id.ModuleVersion) (*Package, error) {
	version, err := versionByID(tx, v)
	if err != nil {
		return nil, err
	}
	row, err := packageByID(tx, version.Module)
	if err != nil {
		return nil, err
	}
	b, err := s.packed(tx, v)
	if err != nil {
		return nil, err
	}
	p := &Package{
		ID: version.Module, Version: v, Number: version.Number, Key: version.Key, Manifest: b.Manifest, Original: b.Original,
		Weight: b.Weight, Warnings: b.Warnings, Withdrawn: db.Time(row.withdrawn), AllowPopups: row.popups, Revision: row.revision,
		Lacks: row.lacks, LacksRevision: row.lacksRev,
	}
	if err := json.Unmarshal([]byte(row.hosts), &p.AllowedHosts); err != nil {
		return nil, fmt.Errorf("content: package %s: %w", version.Module, err)
	}
	l, known, err := languageByID(tx, version.Module)
	if err != nil {
		return nil, err
	}
	p.Module, p.ModuleKey, p.Language = l.module, version.Key, l.language
	if !known {
		p.Language = spoken(b.Manifest)
	}
	if l.module != version.Module {
		of, err := moduleByID(tx, l.module)
		if err != nil {
			return nil, err
		}
		p.ModuleKey = of.key
	}
	return p, nil
}

// packed returns what never changes of a version, read once.
func (s *Service) packed(tx *db.Tx, v id.ModuleVersion) (*packed, error) {
	if b, ok := s.read.Load(v); ok {
		if b, ok := b.(*packed); ok {
			return b, nil
		}
		return nil, fault.New(fault.NotFound, "content.no-package", nil)
	}
	text, err := compiledText(tx, v)
	if err != nil {
		return nil, err
	}
	b := new(packed)
	if err := json.Unmarshal(text, b); err != nil {
		return nil, fmt.Errorf("content: version %s: %w", v, err)
	}
	s.read.Store(v, b)
	return b, nil
}

// PackageFile returns the file of that path, without a leading slash: exactly, or
// in other capital letters, as packages made on Windows name their files. It is a
// fault of kind NotFound if there is none. It asks no policy: the caller does.
func (s *Service) PackageFile(tx *db.Tx, v id.ModuleVersion, path string) (PackageFile, error) {
	f, err := fileWhere(tx, `path = ?2`, v, norm.NFC.String(path))
	if errors.Is(err, sql.ErrNoRows) {
		f, err = fileWhere(tx, `folded = ?2`, v, bundle.Fold(path))
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "fault.not-found", nil)
	}
	return f, err
}

// PackageFiles lists the files of a version, by path. It asks no policy: the caller
// does.
func (s *Service) PackageFiles(tx *db.Tx, v id.ModuleVersion) ([]PackageFile, error) {
	return db.Collect(tx, func(r *db.Rows) (f PackageFile, err error) {
		return f, r.Scan(&f.Path, &f.File, &f.Media, &f.Size, &f.Gzip, &f.GzipSize)
	}, `SELECT path, file, media, size, gzip, gzip_size FROM content_package_files WHERE version = ?1 AND staged_at = 0 ORDER BY path`, v)
}

func fileWhere(tx *db.Tx, where string, v id.ModuleVersion, name string) (f PackageFile, err error) {
	err = tx.QueryRow(`SELECT path, file, media, size, gzip, gzip_size FROM content_package_files
		WHERE version = ?1 AND staged_at = 0 AND `+where, v, name).Scan(&f.Path, &f.File, &f.Media, &f.Size, &f.Gzip, &f.GzipSize)
	return f, err
}

// PackageKey returns the key of the module that a package is, in whatever language.
// It is a fault of kind NotFound if there is no such package.
func (s *Service) PackageKey(tx *db.Tx, m id.Module) (string, error) {
	row, err := s.translated(tx, m)
	return row.key, err
}

// IsPackage reports whether a module is a package.
func (s *Service) IsPackage(tx *db.Tx, m id.Module) (bool, error) {
	_, err := packageByID(tx, m)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}
