package programme

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Deps are what the service needs.
type Deps struct {
	DB *db.DB
}

// Service is the operations on programmes as people carry them out.
type Service struct {
	db *db.DB
}

// New returns a service.
func New(d Deps) *Service { return &Service{db: d.DB} }

func (p Programme) object(k access.Kind) access.Object {
	return access.Object{Kind: k, ID: string(p.ID), Place: access.Place{Country: p.Country, Programme: p.ID}}
}

// ImportInput is a blueprint to import.
type ImportInput struct {
	// File is the name that problems carry.
	File string
	Data []byte
}

// Imported is what became of it.
type Imported struct {
	Programme id.Programme
	Version   id.Version
	Number    int
	// Fresh is false if exactly these bytes had been imported before.
	Fresh bool
}

// Import checks a blueprint and keeps it as the next version of its programme.
// Where something is wrong with it the error is a [fault.Invalid] whose cause is
// [Problems], and nothing is kept.
func (s *Service) Import(ctx context.Context, op id.Operation, in ImportInput) (Imported, error) {
	var out Imported
	b, err := Read(in.File, in.Data)
	if err != nil {
		return out, &fault.Error{Kind: fault.Invalid, Key: "programme.problems", Args: fault.Args{"n": len(Check(in.File, in.Data))}, Cause: err}
	}
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		_, err := journal.Once(tx, op, "programme.import", &out, func() error {
			at := Programme{Country: b.country()}
			known, err := FindKey(tx, b.Key)
			switch {
			case err == nil:
				at.ID = known.ID
			case !fault.Is(err, fault.NotFound):
				return err
			}
			if err := access.Allow(tx.Actor(), access.Import, at.object(access.Blueprint)); err != nil {
				return err
			}
			if at.ID != "" {
				if err := access.Allow(tx.Actor(), access.Import, known.object(access.Blueprint)); err != nil {
					return err
				}
			}
			v, p, fresh, err := keep(tx, b, in.Data)
			if err != nil {
				return err
			}
			out = Imported{Programme: p.ID, Version: v.ID, Number: v.Number, Fresh: fresh}
			if !fresh {
				return nil
			}
			return journal.Append(tx, journal.Entry{
				Kind: "programme.version-imported", Version: 1,
				Scope: actor.Scope{Country: p.Country, Programme: p.ID}, Subject: string(p.ID),
				Body: versionImported{Programme: p.ID, Version: v.ID, Number: v.Number, Digest: v.Digest, Format: v.Format},
				Rows: []journal.Row{journal.RowOf(programmes, p.ID), journal.RowOf(versions, v.ID)},
			})
		})
		return err
	})
	return out, err
}

// versionImported is the body of programme.version-imported, version 1.
type versionImported struct {
	Programme id.Programme `json:"programme"`
	Version   id.Version   `json:"version"`
	Number    int          `json:"number"`
	Digest    string       `json:"digest"`
	Format    int          `json:"format"`
}

// Blueprint returns the design of a version.
func (s *Service) Blueprint(ctx context.Context, v id.Version) (*Blueprint, error) {
	var out *Blueprint
	err := s.reading(ctx, v, access.Read, func(tx *db.Tx, _ Version) (err error) {
		out, err = Load(tx, v)
		return err
	})
	return out, err
}

// Export returns the bytes of a version: as they were imported, or, if normal is
// set, in the normal form.
func (s *Service) Export(ctx context.Context, v id.Version, normal bool) ([]byte, error) {
	var out []byte
	err := s.reading(ctx, v, access.Export, func(tx *db.Tx, _ Version) (err error) {
		if out, err = versionBytes(tx, v); err != nil || !normal {
			return err
		}
		b, err := Load(tx, v)
		if err != nil {
			return err
		}
		out, err = Marshal(b)
		return err
	})
	return out, err
}

func (s *Service) reading(ctx context.Context, v id.Version, verb access.Verb, f func(*db.Tx, Version) error) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		ver, err := FindVersion(tx, v)
		if err != nil {
			return err
		}
		p, err := Find(tx, ver.Programme)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), verb, p.object(access.Blueprint)); err != nil {
			return err
		}
		return f(tx, ver)
	})
}

// Find returns a programme by its key.
func (s *Service) Find(ctx context.Context, k Key) (Programme, error) {
	var out Programme
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if out, err = FindKey(tx, k); err != nil {
			return err
		}
		return access.Allow(tx.Actor(), access.Read, out.object(access.Programme))
	})
	return out, err
}

// Listed is a programme with what a list says of it.
type Listed struct {
	Programme
	Title    Text
	Fallback Language
	Versions int
}

// List returns the programmes that the actor may see, by key. There are a
// handful; the list is not paged.
func (s *Service) List(ctx context.Context) ([]Listed, error) {
	out := []Listed{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		all, err := db.Collect(tx, func(r *db.Rows) (Programme, error) { return scanProgramme(r.Scan) },
			`SELECT `+programmeColumns+` FROM programme_programmes WHERE latest <> '' ORDER BY key`)
		if err != nil {
			return err
		}
		for _, p := range all {
			if !access.Allows(tx.Actor(), access.Read, p.object(access.Programme)) {
				continue
			}
			l := Listed{Programme: p}
			b, err := Load(tx, p.Latest)
			if err != nil {
				return err
			}
			l.Title, l.Fallback = b.Title, b.Fallback()
			if err := tx.QueryRow(`SELECT COUNT(*) FROM programme_versions WHERE programme = ?1`, p.ID).Scan(&l.Versions); err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	return out, err
}

// History returns the versions of a programme, the latest first.
func (s *Service) History(ctx context.Context, p id.Programme) ([]Version, error) {
	var out []Version
	err := s.db.View(ctx, func(tx *db.Tx) error {
		at, err := Find(tx, p)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Read, at.object(access.Blueprint)); err != nil {
			return err
		}
		out, err = Versions(tx, p)
		return err
	})
	return out, err
}
