package programme

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Programme is a programme as this instance knows it.
type Programme struct {
	ID  id.Programme
	Key Key
	// Country is the country of all its agencies; empty if they are of several.
	Country  string
	Latest   id.Version
	Revision int64
}

// Version is one imported version of a blueprint.
type Version struct {
	ID         id.Version
	Programme  id.Programme
	Number     int
	Digest     string // SHA-256 of the bytes, in hexadecimal
	Format     int
	ImportedBy string
	ImportedAt time.Time
}

func digest(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

const programmeColumns = `id, key, country, latest, revision`

func scanProgramme(scan func(...any) error) (p Programme, err error) {
	err = scan(&p.ID, &p.Key, &p.Country, &p.Latest, &p.Revision)
	return p, err
}

func found[T any](v T, err error, key string) (T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return v, fault.New(fault.NotFound, key, nil)
	}
	return v, err
}

// Find returns the programme with the given id.
func Find(tx *db.Tx, p id.Programme) (Programme, error) {
	out, err := scanProgramme(tx.QueryRow(`SELECT `+programmeColumns+` FROM programme_programmes WHERE id = ?1`, p).Scan)
	return found(out, err, "programme.unknown")
}

// FindKey returns the programme whose blueprint has the given key.
func FindKey(tx *db.Tx, k Key) (Programme, error) {
	out, err := scanProgramme(tx.QueryRow(`SELECT `+programmeColumns+` FROM programme_programmes WHERE key = ?1`, k).Scan)
	return found(out, err, "programme.unknown")
}

const versionColumns = `id, programme, number, digest, format, imported_by, imported_at`

func scanVersion(scan func(...any) error) (v Version, err error) {
	var at int64
	err = scan(&v.ID, &v.Programme, &v.Number, &v.Digest, &v.Format, &v.ImportedBy, &at)
	v.ImportedAt = db.Time(at)
	return v, err
}

// FindVersion returns a version without its bytes.
func FindVersion(tx *db.Tx, v id.Version) (Version, error) {
	out, err := scanVersion(tx.QueryRow(`SELECT `+versionColumns+` FROM programme_versions WHERE id = ?1`, v).Scan)
	return found(out, err, "programme.version-unknown")
}

// Versions lists the versions of a programme, the latest first.
func Versions(tx *db.Tx, p id.Programme) ([]Version, error) {
	return db.Collect(tx, func(r *db.Rows) (Version, error) { return scanVersion(r.Scan) },
		`SELECT `+versionColumns+` FROM programme_versions WHERE programme = ?1 ORDER BY number DESC`, p)
}

func versionBytes(tx *db.Tx, v id.Version) ([]byte, error) {
	var data []byte
	err := tx.QueryRow(`SELECT bytes FROM programme_versions WHERE id = ?1`, v).Scan(&data)
	return found(data, err, "programme.version-unknown")
}

// Load returns the blueprint of a version. Versions never change, so it is read
// and checked once.
func Load(tx *db.Tx, v id.Version) (*Blueprint, error) {
	return db.Memo(tx, "programme.blueprint:"+string(v), func() (*Blueprint, error) {
		data, err := versionBytes(tx, v)
		if err != nil {
			return nil, err
		}
		b, err := Read("programme.yaml", data)
		if err != nil {
			return nil, fmt.Errorf("programme: version %s can no longer be read: %w", v, err)
		}
		return b, nil
	})
}

// keep stores data as a version of its programme, which it makes if there is
// none. The same bytes are the same version; fresh is false then.
func keep(tx *db.Tx, b *Blueprint, data []byte) (v Version, p Programme, fresh bool, err error) {
	p, err = FindKey(tx, b.Key)
	switch {
	case fault.Is(err, fault.NotFound):
		p = Programme{ID: id.New[id.Programme](), Key: b.Key, Country: b.country(), Revision: 0}
		if _, err = tx.Exec(`INSERT INTO programme_programmes (id, key, country, latest, created_at, revision) VALUES (?1, ?2, ?3, '', ?4, 0)`,
			p.ID, p.Key, p.Country, db.Micros(tx.Now())); err != nil {
			return v, p, false, err
		}
	case err != nil:
		return v, p, false, err
	}
	d := digest(data)
	v, err = scanVersion(tx.QueryRow(`SELECT `+versionColumns+` FROM programme_versions WHERE programme = ?1 AND digest = ?2`, p.ID, d).Scan)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return v, p, false, err
	}
	v = Version{ID: id.New[id.Version](), Programme: p.ID, Digest: d, Format: b.Cadre, ImportedBy: tx.Actor().ID(), ImportedAt: tx.Now()}
	if err = tx.QueryRow(`SELECT COALESCE(MAX(number), 0) + 1 FROM programme_versions WHERE programme = ?1`, p.ID).Scan(&v.Number); err != nil {
		return v, p, false, err
	}
	if _, err = tx.Exec(`INSERT INTO programme_versions (id, programme, number, digest, format, bytes, imported_by, imported_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		v.ID, v.Programme, v.Number, v.Digest, v.Format, data, v.ImportedBy, db.Micros(v.ImportedAt)); err != nil {
		return v, p, false, err
	}
	p.Latest, p.Country = v.ID, b.country()
	p.Revision++
	_, err = tx.Exec(`UPDATE programme_programmes SET latest = ?2, country = ?3, revision = ?4 WHERE id = ?1`, p.ID, p.Latest, p.Country, p.Revision)
	return v, p, true, err
}

// country is the one country of all agencies; empty if there are none or several.
func (b *Blueprint) country() string {
	out := ""
	for _, a := range b.Agencies {
		if out != "" && out != string(a.Country) {
			return ""
		}
		out = string(a.Country)
	}
	return out
}
