package content

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// moduleRow is a row of content_modules.
type moduleRow struct {
	id        id.Module
	programme id.Programme
	key       string
	published id.ModuleVersion // empty while none is out
}

const moduleColumns = `id, programme, key, published`

func scanModule(scan func(...any) error) (m moduleRow, err error) {
	err = scan(&m.id, &m.programme, &m.key, &m.published)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "content.no-module", nil)
	}
	return m, err
}

func moduleByKey(tx *db.Tx, key string) (moduleRow, error) {
	return scanModule(tx.QueryRow(`SELECT `+moduleColumns+` FROM content_modules WHERE key = ?1`, key).Scan)
}

func moduleByID(tx *db.Tx, m id.Module) (moduleRow, error) {
	return scanModule(tx.QueryRow(`SELECT `+moduleColumns+` FROM content_modules WHERE id = ?1`, m).Scan)
}

func insertModule(tx *db.Tx, m moduleRow) error {
	_, err := tx.Exec(`INSERT INTO content_modules (id, programme, key, published, created_at) VALUES (?1, ?2, ?3, '', ?4)`,
		m.id, m.programme, m.key, db.Micros(tx.Now()))
	return err
}

func setPublished(tx *db.Tx, m id.Module, v id.ModuleVersion) error {
	_, err := tx.Exec(`UPDATE content_modules SET published = ?2 WHERE id = ?1`, m, v)
	return err
}

// Version is one imported version of a module, without its material.
type Version struct {
	ID         id.ModuleVersion
	Module     id.Module
	Key        string
	Number     int // from 1
	Digest     string
	ImportedBy string // as actor.Actor.ID names them
	ImportedAt time.Time
}

const versionColumns = `v.id, v.module, m.key, v.number, v.digest, v.imported_by, v.imported_at`

func scanVersion(scan func(...any) error) (v Version, err error) {
	var at int64
	err = scan(&v.ID, &v.Module, &v.Key, &v.Number, &v.Digest, &v.ImportedBy, &at)
	v.ImportedAt = db.Time(at)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "content.no-version", nil)
	}
	return v, err
}

func versionByID(tx *db.Tx, v id.ModuleVersion) (Version, error) {
	return scanVersion(tx.QueryRow(`SELECT `+versionColumns+` FROM content_versions v JOIN content_modules m ON m.id = v.module
		WHERE v.id = ?1`, v).Scan)
}

func versionByDigest(tx *db.Tx, m id.Module, digest string) (Version, bool, error) {
	v, err := scanVersion(tx.QueryRow(`SELECT `+versionColumns+` FROM content_versions v JOIN content_modules m ON m.id = v.module
		WHERE v.module = ?1 AND v.digest = ?2`, m, digest).Scan)
	if fault.Is(err, fault.NotFound) {
		return v, false, nil
	}
	return v, err == nil, err
}

func versionsOf(tx *db.Tx, m id.Module) ([]Version, error) {
	return db.Collect(tx, func(r *db.Rows) (Version, error) { return scanVersion(r.Scan) },
		`SELECT `+versionColumns+` FROM content_versions v JOIN content_modules m ON m.id = v.module
		WHERE v.module = ?1 ORDER BY v.number DESC`, m)
}

func insertVersion(tx *db.Tx, v Version, compiled []byte) error {
	_, err := tx.Exec(`INSERT INTO content_versions (id, module, number, digest, compiled, imported_by, imported_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`, v.ID, v.Module, v.Number, v.Digest, compiled, v.ImportedBy, db.Micros(v.ImportedAt))
	return err
}

func nextNumber(tx *db.Tx, m id.Module) (int, error) {
	var n int
	err := tx.QueryRow(`SELECT COALESCE(MAX(number), 0) + 1 FROM content_versions WHERE module = ?1`, m).Scan(&n)
	return n, err
}

func compiledText(tx *db.Tx, v id.ModuleVersion) (b []byte, err error) {
	err = tx.QueryRow(`SELECT compiled FROM content_versions WHERE id = ?1`, v).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "content.no-version", nil)
	}
	return b, err
}

func compiled(tx *db.Tx, v id.ModuleVersion) (*Module, error) {
	b, err := compiledText(tx, v)
	if err != nil {
		return nil, err
	}
	m := new(Module)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("content: version %s: %w", v, err)
	}
	return m, nil
}

func insertFile(tx *db.Tx, v id.ModuleVersion, name string, file id.File, media string) error {
	_, err := tx.Exec(`INSERT INTO content_files (id, version, name, file, media) VALUES (?1, ?2, ?3, ?4, ?5)`,
		id.New[string](), v, name, file, media)
	return err
}

// shownIn lists the modules that show the picture, and its media type: none and
// "" where there is no such picture.
func shownIn(tx *db.Tx, file id.File) (ms []moduleRow, media string, err error) {
	ms, err = db.Collect(tx, func(r *db.Rows) (moduleRow, error) {
		return scanModule(func(dest ...any) error { return r.Scan(append(dest, &media)...) })
	}, `SELECT DISTINCT m.id, m.programme, m.key, m.published, f.media FROM content_files f
		JOIN content_versions v ON v.id = f.version JOIN content_modules m ON m.id = v.module
		WHERE f.file = ?1 AND f.media <> '' ORDER BY m.id`, file)
	return ms, media, err
}
