package content

import (
	"context"
	"io"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Taken is a version of a Markdown module, taken out of Cadre by somebody who may.
type Taken struct {
	Version
	Material *Module
	// Open opens one of the module's pictures, also later. Whoever opens it closes
	// it.
	Open func(File) (io.ReadCloser, error)
}

// Take returns a version of a Markdown module for whoever may take it out; a
// version of a package is NotFound ([Service.Original] has it).
func (s *Service) Take(ctx context.Context, v id.ModuleVersion) (Taken, error) {
	var out Taken
	err := s.db.View(ctx, func(tx *db.Tx) error {
		version, err := versionByID(tx, v)
		if err != nil {
			return err
		}
		row, err := moduleByID(tx, version.Module)
		if err != nil {
			return err
		}
		if err := mayTake(tx.Actor(), row); err != nil {
			return err
		}
		m, err := s.Material(tx, v)
		if err != nil {
			return err
		}
		stored := map[string]blob.File{}
		for _, f := range m.Files {
			if stored[f.Digest], err = blob.Lookup(tx, id.File(f.Digest)); err != nil {
				return err
			}
		}
		out = Taken{Version: version, Material: m, Open: func(f File) (io.ReadCloser, error) {
			b, ok := stored[f.Digest]
			if !ok {
				return nil, fault.New(fault.NotFound, "fault.not-found", nil)
			}
			return s.files.Open(b)
		}}
		return nil
	})
	return out, err
}

// mayTake asks the policy whether the module may be taken out: by an officer of
// its programme, or, if it is the whole instance's, of any.
func mayTake(a actor.Actor, row moduleRow) error {
	err := access.Allow(a, access.Export, moduleObject(row))
	if err == nil || row.programme != "" {
		return err
	}
	here := access.Here(a, access.Module)
	here.State = moduleObject(row).State
	if access.Allows(a, access.Export, here) {
		return nil
	}
	return err
}

// ModuleVersion is a version of a module, and whether it is a package.
type ModuleVersion struct {
	Version
	Package bool
}

// ByKey returns a version of the module of that key, package or not: the one of
// that number; for 0 the one that is out, or the latest if none is. It asks no
// policy: the caller does.
func (s *Service) ByKey(tx *db.Tx, key string, number int) (out ModuleVersion, err error) {
	row, err := moduleByKey(tx, key)
	if err != nil {
		return out, err
	}
	if out.Package, err = s.IsPackage(tx, row.id); err != nil {
		return out, err
	}
	versions, err := versionsOf(tx, row.id)
	if err != nil {
		return out, err
	}
	for _, v := range versions { // the latest first
		switch {
		case number != 0 && v.Number == number, number == 0 && v.ID == row.published:
			out.Version = v
			return out, nil
		case number == 0 && out.ID == "":
			out.Version = v
		}
	}
	if out.ID == "" {
		return out, fault.New(fault.NotFound, "content.no-version", nil)
	}
	return out, nil
}
