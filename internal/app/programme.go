package app

import (
	"context"
	"errors"
	"os"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/programme"
)

// CheckProgramme reads the blueprint in a file and returns everything that is
// wrong with it, in the order of the file; nothing, if it can be imported. The
// error is a file that cannot be read.
func CheckProgramme(file string) (programme.Problems, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return programme.Check(file, data), nil
}

// ProgrammeSchema returns the JSON Schema of programme files, for editors.
func ProgrammeSchema() ([]byte, error) { return programme.Schema() }

// ImportProgramme keeps the blueprint in a file as the next version of its
// programme. Where something is wrong with it, nothing is kept and the problems
// say what.
func (a *App) ImportProgramme(ctx context.Context, file string) (programme.Imported, programme.Problems, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return programme.Imported{}, nil, err
	}
	out, err := programme.New(programme.Deps{DB: a.DB}).Import(AsOperator(ctx), id.New[id.Operation](), programme.ImportInput{File: file, Data: data})
	var problems programme.Problems
	if errors.As(err, &problems) {
		return out, problems, nil
	}
	return out, nil, err
}

// ExportProgramme returns a version of the programme of that key: the latest if
// number is 0. It comes as it was imported or, if normal is set, in the normal
// form.
func (a *App) ExportProgramme(ctx context.Context, key string, number int, normal bool) ([]byte, error) {
	var version id.Version
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		p, err := programme.FindKey(tx, programme.Key(key))
		if err != nil {
			return err
		}
		all, err := programme.Versions(tx, p.ID)
		if err != nil {
			return err
		}
		latest := 0
		for _, v := range all {
			if v.Number == number || number == 0 && v.Number > latest {
				version, latest = v.ID, v.Number
			}
		}
		if version == "" {
			return fault.New(fault.NotFound, "programme.version-unknown", nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return programme.New(programme.Deps{DB: a.DB}).Export(AsOperator(ctx), version, normal)
}
