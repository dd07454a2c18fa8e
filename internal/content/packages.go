package content

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// maxAllowedHosts is a bound on a list that people read.
const maxAllowedHosts = 20

// AllowPackage is what an officer lets a package do beyond its own files.
type AllowPackage struct {
	Package id.Module
	// Hosts outside that it may load from, as "cdn.example.org".
	Hosts []string
	// Popups lets it open windows of its own origin.
	Popups bool
	// Revision is of what it may do, as it was read.
	Revision int
}

// packageAllowedBody is the body of content.package-allowed, version 1.
type packageAllowedBody struct {
	Hosts  []string `json:"hosts,omitempty"`
	Popups bool     `json:"popups,omitempty"`
}

// packageWithdrawnBody is the body of content.package-withdrawn, version 1.
type packageWithdrawnBody struct {
	Before id.ModuleVersion `json:"before,omitempty"` // the version that was out
}

// AllowPackage sets what a package may do. A change of an older revision is Stale.
func (s *Service) AllowPackage(ctx context.Context, op id.Operation, in AllowPackage) error {
	host := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?$`)
	hosts := []string{}
	for _, h := range in.Hosts {
		h = strings.ToLower(strings.TrimSpace(h))
		if h == "" {
			continue
		}
		if !host.MatchString(h) || len(h) > 253 {
			return fault.Bad("fault.invalid", fault.Field{Name: "hosts", Key: "content.host-form", Args: fault.Args{"host": h}})
		}
		hosts = append(hosts, h)
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	if len(hosts) > maxAllowedHosts {
		return fault.Bad("fault.invalid", fault.Field{Name: "hosts", Key: "content.hosts-many", Args: fault.Args{"limit": maxAllowedHosts}})
	}
	text, err := json.Marshal(hosts)
	if err != nil {
		return fmt.Errorf("content: hosts: %w", err)
	}
	return s.changePackage(ctx, op, in.Package, access.Change, "content.package-allowed", func(tx *db.Tx, _ moduleRow, p packageRow) (any, error) {
		if p.revision != in.Revision {
			return nil, fault.New(fault.Stale, "content.package-allow-stale", nil)
		}
		p.hosts, p.popups, p.revision = string(text), in.Popups, p.revision+1
		return packageAllowedBody{hosts, in.Popups}, savePackage(tx, p, false)
	})
}

// WithdrawPackage takes a package out of use: nobody begins it any more, and
// what is open ends with it. Attempts, facts and access to them remain. Withdrawing
// twice does nothing more.
func (s *Service) WithdrawPackage(ctx context.Context, op id.Operation, m id.Module) error {
	if s.attempts != nil {
		if err := s.attempts.Ready(ctx); err != nil {
			return err
		}
	}
	return s.changePackage(ctx, op, m, access.Withdraw, "content.package-withdrawn", func(tx *db.Tx, row moduleRow, p packageRow) (any, error) {
		if p.withdrawn != 0 {
			return nil, s.endOf(tx, m)
		}
		p.withdrawn = db.Micros(tx.Now())
		if err := savePackage(tx, p, false); err != nil {
			return nil, err
		}
		if l, known, err := languageByID(tx, m); err != nil {
			return nil, err
		} else if known {
			if err := l.end(tx); err != nil {
				return nil, err
			}
		}
		if err := setPublished(tx, m, ""); err != nil {
			return nil, err
		}
		return packageWithdrawnBody{row.published}, s.endOf(tx, m)
	})
}

func (s *Service) endOf(tx *db.Tx, m id.Module) error {
	if s.attempts == nil {
		return nil
	}
	return s.attempts.EndOf(tx, m)
}

// changePackage does what change does, and writes the entry whose body it
// returns; none for nil.
func (s *Service) changePackage(ctx context.Context, op id.Operation, m id.Module, v access.Verb, kind string, change func(*db.Tx, moduleRow, packageRow) (any, error)) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out struct{}
		_, err := journal.Once(tx, op, kind, &out, func() error {
			row, err := moduleByID(tx, m)
			if err != nil {
				return err
			}
			p, err := packageByID(tx, m)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), v, moduleObject(row)); err != nil {
				return err
			}
			body, err := change(tx, row, p)
			if err != nil || body == nil {
				return err
			}
			rows := []journal.Row{journal.RowOf(packagesTable(), m), journal.RowOf(modulesTable(), m)}
			if _, known, err := languageByID(tx, m); err != nil {
				return err
			} else if known {
				rows = append(rows, journal.RowOf(languagesTable(), m))
			}
			return journal.Append(tx, journal.Entry{
				Kind: kind, Version: 1, Scope: actor.Scope{Programme: row.programme}, Subject: string(m), Body: body, Rows: rows,
			})
		})
		return err
	})
}

// PackageOverview is a module made elsewhere in a list for staff.
type PackageOverview struct {
	ID        id.Module
	Key       string
	Kind      PackageKind
	Title     i18n.Text
	Published id.ModuleVersion // empty while none is out
	Latest    id.ModuleVersion
	Withdrawn bool
	// InLanguages are its packages, where it is one per language; empty where it is one.
	InLanguages []InLanguage
}

// packagesPage is how many packages a page lists.
const packagesPage = 50

// ListPackages returns the modules made elsewhere that the actor may see, by key,
// after the key given, and whether there are more.
func (s *Service) ListPackages(ctx context.Context, after string) (out []PackageOverview, more bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a := tx.Actor()
		if err := access.Allow(a, access.List, access.Here(a, access.Module)); err != nil {
			return err
		}
		out, more = nil, false
		for {
			rows, err := packagesAfter(tx, after)
			if err != nil {
				return err
			}
			for _, r := range rows {
				after = r.row.key
				if !visible(a, r.row) {
					continue
				}
				if len(out) == packagesPage {
					more = true
					return nil
				}
				if r.InLanguages, err = inLanguages(tx, r.ID); err != nil {
					return err
				}
				out = append(out, r.PackageOverview)
			}
			if len(rows) < packagesPage {
				return nil
			}
		}
	})
	return out, more, err
}

type listedPackage struct {
	PackageOverview
	row moduleRow
}

func packagesAfter(tx *db.Tx, after string) ([]listedPackage, error) {
	return db.Collect(tx, func(r *db.Rows) (l listedPackage, err error) {
		var title string
		var withdrawn int64
		if err := r.Scan(&l.row.id, &l.row.programme, &l.row.key, &l.row.published, &l.Kind, &title, &withdrawn, &l.Latest); err != nil {
			return l, err
		}
		l.ID, l.Key, l.Published, l.Withdrawn = l.row.id, l.row.key, l.row.published, withdrawn != 0
		return l, json.Unmarshal([]byte(title), &l.Title)
	}, `SELECT m.id, m.programme, m.key, m.published, p.kind, p.title, p.withdrawn_at,
			(SELECT v.id FROM content_versions v WHERE v.module = m.id ORDER BY v.number DESC LIMIT 1)
		FROM content_packages p JOIN content_modules m ON m.id = p.module WHERE m.key > ?1
			AND NOT EXISTS (SELECT 1 FROM content_languages l WHERE l.package = m.id AND l.module <> m.id)
		ORDER BY m.key LIMIT `+fmt.Sprint(packagesPage), after)
}

// PackagePage is what the officer sees of one version.
type PackagePage struct {
	*Package
	Published id.ModuleVersion
	Versions  []Version
	// InLanguages are all packages of its module, where that is one per language.
	InLanguages []InLanguage
	// Heaviest are the files that weigh most on the wire.
	Heaviest []PackageFile
	// Uncaptioned says that it holds sound or video, and nothing that looks like
	// captions.
	Uncaptioned bool
}

// PreviewPackage returns a version of a package for staff. It leaves no trace.
func (s *Service) PreviewPackage(ctx context.Context, v id.ModuleVersion) (out PackagePage, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := s.Package(tx, v)
		if err != nil {
			return err
		}
		row, err := moduleByID(tx, p.ID)
		if err != nil {
			return err
		}
		if !visible(tx.Actor(), row) {
			return fault.New(fault.NotFound, "content.no-version", nil)
		}
		out = PackagePage{Package: p, Published: row.published}
		if out.Versions, err = versionsOf(tx, p.ID); err != nil {
			return err
		}
		if out.InLanguages, err = inLanguages(tx, p.Module); err != nil {
			return err
		}
		if out.Heaviest, err = heaviest(tx, v, 10); err != nil || p.Needs.Captions {
			return err
		}
		out.Uncaptioned, err = sounds(tx, v)
		return err
	})
	return out, err
}

// MayPreview returns nil if who acts may look at a version of a package as its staff
// do, whether it is out or not, else a fault of kind NotFound. A learner may not: she
// takes it.
func (s *Service) MayPreview(tx *db.Tx, v id.ModuleVersion) error {
	p, err := s.Package(tx, v)
	if err != nil {
		return err
	}
	row, err := moduleByID(tx, p.ID)
	if err == nil && !may(tx.Actor(), access.List, row) {
		err = fault.New(fault.NotFound, "content.no-version", nil)
	}
	return err
}

func heaviest(tx *db.Tx, v id.ModuleVersion, most int) ([]PackageFile, error) {
	return db.Collect(tx, func(r *db.Rows) (f PackageFile, err error) {
		err = r.Scan(&f.Path, &f.File, &f.Media, &f.Size, &f.Gzip, &f.GzipSize)
		return f, err
	}, `SELECT path, file, media, size, gzip, gzip_size FROM content_package_files WHERE version = ?1 AND staged_at = 0
		ORDER BY CASE WHEN gzip = '' THEN size ELSE gzip_size END DESC, path LIMIT `+fmt.Sprint(most), v)
}

// Original opens the archive of a version as it came, for whoever may take it
// out, and returns the package. The caller closes it.
func (s *Service) Original(ctx context.Context, v id.ModuleVersion) (p *Package, r *blob.Reader, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p, err = s.Package(tx, v); err != nil {
			return err
		}
		row, err := moduleByID(tx, p.ID)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Export, moduleObject(row)); err != nil {
			return err
		}
		f, err := blob.Lookup(tx, p.Original)
		if err != nil {
			return err
		}
		r, err = s.files.Open(f)
		return err
	})
	return p, r, err
}

// Opener returns what opens the bytes of a package's file, also after tx has
// ended: its packed form if packed is set and there is one. Whoever opens them
// closes them.
func (s *Service) Opener(tx *db.Tx, f PackageFile, packed bool) (func() (*blob.Reader, error), error) {
	of := f.File
	if packed && f.Gzip != "" {
		of = f.Gzip
	}
	file, err := blob.Lookup(tx, of)
	if err != nil {
		return nil, err
	}
	return func() (*blob.Reader, error) { return s.files.Open(file) }, nil
}

// PackageByKey returns the package of that key. It asks no policy: the caller
// does.
func (s *Service) PackageByKey(tx *db.Tx, key string) (id.Module, error) {
	row, err := moduleByKey(tx, key)
	if err != nil {
		return "", err
	}
	p, err := packageByID(tx, row.id)
	return p.module, err
}

// LatestPackage returns the latest version of a package that the actor may see.
func (s *Service) LatestPackage(ctx context.Context, m id.Module) (v id.ModuleVersion, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := moduleByID(tx, m)
		if err != nil {
			return err
		}
		if _, err := packageByID(tx, m); err != nil {
			return err
		}
		if !visible(tx.Actor(), row) {
			return fault.New(fault.NotFound, "content.no-package", nil)
		}
		all, err := versionsOf(tx, m)
		if err == nil && len(all) > 0 {
			v = all[0].ID
		}
		return err
	})
	return v, err
}
