package content

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/content/manifest"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// A module that exists as one package per language is offered as one: the first of
// them is the module, by whose key blueprints name it, and the others are that module
// in another language. Each keeps its own versions, weight and allowances, is put out
// and taken out of use by itself, and has a key of its own for the command line.

// languageRow is a row of content_languages.
type languageRow struct {
	pkg, module id.Module
	language    string
	ended       int64
}

const languageColumns = `package, module, language, ended_at`

func scanLanguage(scan func(...any) error) (l languageRow, err error) {
	return l, scan(&l.pkg, &l.module, &l.language, &l.ended)
}

// languageByID returns a package's row; false if it has none.
func languageByID(tx *db.Tx, p id.Module) (languageRow, bool, error) {
	l, err := scanLanguage(tx.QueryRow(`SELECT `+languageColumns+` FROM content_languages WHERE package = ?1`, p).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return languageRow{pkg: p, module: p}, false, nil
	}
	return l, err == nil, err
}

// languagesOf returns a module's rows: its own first, then by language.
func languagesOf(tx *db.Tx, module id.Module) ([]languageRow, error) {
	return db.Collect(tx, func(r *db.Rows) (languageRow, error) { return scanLanguage(r.Scan) },
		`SELECT `+languageColumns+` FROM content_languages WHERE module = ?1
		ORDER BY CASE WHEN package = module THEN 0 ELSE 1 END, language, package`, module)
}

func saveLanguage(tx *db.Tx, l languageRow) error {
	_, err := tx.Exec(`INSERT INTO content_languages (`+languageColumns+`) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (package) DO UPDATE SET language = excluded.language, ended_at = excluded.ended_at`, l.pkg, l.module, l.language, l.ended)
	return err
}

// spoken is the language that a package states of itself; empty if it states none.
func spoken(m *manifest.Manifest) string {
	if l := manifest.Language(m.Title.Fallback); l != "" {
		return l
	}
	if len(m.Languages) > 0 {
		return m.Languages[0]
	}
	return ""
}

// languageTag brings what somebody wrote to a language's tag in its usual form.
func languageTag(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if l := manifest.Language(text); l != "" && len(text) <= 35 {
		return l, nil
	}
	return "", fault.Bad("fault.invalid", fault.Field{Name: "language", Key: "content.language-form"})
}

// fits returns the rows to be written for a package to be a module in a language:
// its own, and the module's first package's where that has none yet. p is empty for
// a package that is not there yet.
func (s *Service) fits(tx *db.Tx, p, module id.Module, language string) ([]languageRow, error) {
	all, err := languagesOf(tx, module)
	if err != nil {
		return nil, err
	}
	var out []languageRow
	if len(all) == 0 && p != module {
		first, err := s.alone(tx, module)
		if err != nil {
			return nil, err
		}
		all, out = append(all, first), append(out, first)
	}
	for _, l := range all {
		if l.ended != 0 || l.pkg == p || l.language != language {
			continue
		}
		row, err := moduleByID(tx, l.pkg)
		if err != nil {
			return nil, err
		}
		return nil, fault.Bad("fault.invalid", fault.Field{
			Name: "language", Key: "content.language-taken", Args: fault.Args{"language": i18n.LanguageName(language), "key": row.key},
		})
	}
	return append(out, languageRow{pkg: p, module: module, language: language}), nil
}

// alone is the row of a package that had no need of one so far.
func (s *Service) alone(tx *db.Tx, p id.Module) (languageRow, error) {
	row, err := moduleByID(tx, p)
	if err != nil {
		return languageRow{}, err
	}
	pkg, err := packageByID(tx, p)
	if err != nil {
		return languageRow{}, err
	}
	l := languageRow{pkg: p, module: p, ended: pkg.withdrawn}
	versions, err := versionsOf(tx, p)
	if err != nil {
		return l, err
	}
	b, err := s.packed(tx, versions[0].ID)
	if err != nil {
		return l, err
	}
	if l.language = spoken(b.Manifest); l.language == "" && l.ended == 0 {
		return l, fault.Bad("fault.invalid", fault.Field{Name: "language", Key: "content.language-unknown", Args: fault.Args{"key": row.key}})
	}
	return l, nil
}

// packageLanguageBody is the body of content.package-language, version 1.
type packageLanguageBody struct {
	Module   id.Module `json:"module"`
	Language string    `json:"language"`
	Before   string    `json:"before,omitempty"`
}

// speak makes a package a module in a language.
func (s *Service) speak(tx *db.Tx, row moduleRow, module id.Module, language string) error {
	before, known, err := languageByID(tx, row.id)
	if err != nil || known && before.language == language {
		return err
	}
	rows, err := s.fits(tx, row.id, module, language)
	if err != nil {
		return err
	}
	e := journal.Entry{
		Kind: "content.package-language", Version: 1, Scope: actor.Scope{Programme: row.programme}, Subject: string(row.id),
		Body: packageLanguageBody{Module: module, Language: language, Before: before.language},
	}
	for _, l := range rows {
		if err := saveLanguage(tx, l); err != nil {
			return err
		}
		e.Rows = append(e.Rows, journal.RowOf(languagesTable(), l.pkg))
	}
	return journal.Append(tx, e)
}

// end lets go of the language of a package that was taken out of use.
func (l languageRow) end(tx *db.Tx) error {
	l.ended = db.Micros(tx.Now())
	return saveLanguage(tx, l)
}

// SetLanguage says which language a package is in.
type SetLanguage struct {
	Package id.Module
	// Language is a tag (BCP 47).
	Language string
}

// SetLanguage says which language a package is in, where it does not say so itself
// or is wrong. Another package of the same module that is in use in that language
// is a fault of kind Invalid.
func (s *Service) SetLanguage(ctx context.Context, op id.Operation, in SetLanguage) error {
	language, err := languageTag(in.Language)
	if err != nil {
		return err
	}
	if language == "" {
		return fault.Bad("fault.invalid", fault.Field{Name: "language", Key: "fault.required"})
	}
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		var out struct{}
		_, err := journal.Once(tx, op, "content.set-language", &out, func() error {
			row, err := moduleByID(tx, in.Package)
			if err != nil {
				return err
			}
			p, err := packageByID(tx, in.Package)
			if err != nil {
				return err
			}
			if err := access.Allow(tx.Actor(), access.Change, moduleObject(row)); err != nil {
				return err
			}
			if p.withdrawn != 0 {
				return fault.New(fault.Closed, "content.package-withdrawn", nil)
			}
			l, _, err := languageByID(tx, in.Package)
			if err != nil {
				return err
			}
			return s.speak(tx, row, l.module, language)
		})
		return err
	})
}

// Offer is a module made elsewhere in one of its languages, as it is out now.
type Offer struct {
	Package  id.Module
	Language string // empty where the module is one package that states none
	Version  id.ModuleVersion
}

// Offers returns in which languages the module of that key is out, the one for
// whoever reads none of them first. It is a fault of kind NotFound if that module
// is no package, is another's language, or is not out. It asks no policy: the caller
// does.
func (s *Service) Offers(tx *db.Tx, key string) ([]Offer, error) {
	row, err := moduleByKey(tx, key)
	if err != nil {
		return nil, err
	}
	if _, err := packageByID(tx, row.id); err != nil {
		return nil, err
	}
	l, known, err := languageByID(tx, row.id)
	if err != nil {
		return nil, err
	}
	var out []Offer
	switch {
	case l.module != row.id:
	case known:
		out, err = db.Collect(tx, func(r *db.Rows) (o Offer, err error) { return o, r.Scan(&o.Package, &o.Language, &o.Version) },
			`SELECT l.package, l.language, m.published FROM content_languages l JOIN content_modules m ON m.id = l.package
			WHERE l.module = ?1 AND l.ended_at = 0 AND m.published <> ''
			ORDER BY CASE WHEN l.package = l.module THEN 0 ELSE 1 END, l.language`, row.id)
	case row.published != "":
		b, err := s.packed(tx, row.published)
		if err != nil {
			return nil, err
		}
		out = []Offer{{Package: row.id, Language: spoken(b.Manifest), Version: row.published}}
	}
	if err == nil && len(out) == 0 {
		err = fault.New(fault.NotFound, "content.not-published", nil)
	}
	return out, err
}

// InLanguage is a package as one language of a module, for staff.
type InLanguage struct {
	Package   id.Module
	Key       string // its own
	Language  string
	Latest    id.ModuleVersion
	Published id.ModuleVersion // empty while none is out
	Withdrawn bool
}

// inLanguages lists the packages of a module for staff: its first, then by language.
// It is empty where there is only one.
func inLanguages(tx *db.Tx, module id.Module) ([]InLanguage, error) {
	out, err := db.Collect(tx, func(r *db.Rows) (l InLanguage, err error) {
		var ended int64
		err = r.Scan(&l.Package, &l.Key, &l.Language, &l.Published, &ended, &l.Latest)
		l.Withdrawn = ended != 0
		return l, err
	}, `SELECT l.package, m.key, l.language, m.published, l.ended_at,
			(SELECT v.id FROM content_versions v WHERE v.module = m.id ORDER BY v.number DESC LIMIT 1)
		FROM content_languages l JOIN content_modules m ON m.id = l.package WHERE l.module = ?1
		ORDER BY CASE WHEN l.package = l.module THEN 0 ELSE 1 END, l.language, l.package`, module)
	if len(out) < 2 {
		out = nil
	}
	return out, err
}
