package player

import (
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Shelf is where packages made elsewhere stand; package content answers it.
type Shelf interface {
	// Current returns the versions of the packages that are the module of that key, as
	// they are out now: one per language, the one for whoever reads none of them
	// first. It is a fault of kind NotFound if that module is no package.
	Current(tx *db.Tx, module string) ([]id.ModuleVersion, error)
	// Key returns the key of the module that a package is, in whatever language, or a
	// fault of kind NotFound.
	Key(tx *db.Tx, p id.Module) (string, error)
	// Course returns a version of a package. It is a fault of kind NotFound if
	// that version is no package.
	Course(tx *db.Tx, v id.ModuleVersion) (*Course, error)
	// MayPreview returns nil if who acts may look at a version of a package as staff do,
	// out or not, else a fault of kind NotFound.
	MayPreview(tx *db.Tx, v id.ModuleVersion) error
	// CourseFile returns the file of that path, which has no leading slash, of a
	// version, or a fault of kind NotFound.
	CourseFile(tx *db.Tx, v id.ModuleVersion, path string) (*CourseFile, error)
	// CourseFiles lists the files of a version.
	CourseFiles(tx *db.Tx, v id.ModuleVersion) ([]ListedFile, error)
}

// bare is a shelf with nothing on it.
type bare struct{}

func (bare) Current(*db.Tx, string) ([]id.ModuleVersion, error) {
	return nil, fault.New(fault.NotFound, "fault.not-found", nil)
}

func (bare) Key(*db.Tx, id.Module) (string, error) {
	return "", fault.New(fault.NotFound, "fault.not-found", nil)
}

func (bare) Course(*db.Tx, id.ModuleVersion) (*Course, error) {
	return nil, fault.New(fault.NotFound, "fault.not-found", nil)
}

func (bare) MayPreview(*db.Tx, id.ModuleVersion) error {
	return fault.New(fault.NotFound, "fault.not-found", nil)
}

func (bare) CourseFile(*db.Tx, id.ModuleVersion, string) (*CourseFile, error) {
	return nil, fault.New(fault.NotFound, "fault.not-found", nil)
}

func (bare) CourseFiles(*db.Tx, id.ModuleVersion) ([]ListedFile, error) { return nil, nil }
