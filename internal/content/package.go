package content

import (
	"slices"
	"time"

	"cadre/internal/content/manifest"
	"cadre/internal/id"
)

// What packages say of themselves.
type (
	// PackageKind names the standard that a package follows.
	PackageKind = manifest.Kind
	// Unit is one thing to launch in a package.
	Unit = manifest.Unit
	// Node is a chapter or a place of a unit in the tree.
	Node = manifest.Node
	// PackageProblem is something that is wrong with a package.
	PackageProblem = manifest.Problem
)

// Package is one version of a package that another tool made. It never changes.
type Package struct {
	// ID names the package, as its module; Version this version of it.
	ID      id.Module
	Version id.ModuleVersion
	Number  int    // of the version, from 1
	Key     string // its own, by which the command line names it
	// Module is the module that it is in its language, ModuleKey the key by which
	// blueprints name that: its own ID and Key, where it is not another's.
	Module    id.Module
	ModuleKey string
	// Language is the language that it is offered in; empty if nobody says.
	Language string
	// Manifest is what the package says of itself; see its fields for what is a fact
	// of the manifest and what is derived.
	*manifest.Manifest
	// Original is the archive as it came.
	Original id.File
	// Weight is measured at import.
	Weight Weight
	// Warnings are what was repaired and what will not work.
	Warnings []PackageProblem
	// Withdrawn is when it was taken out of use; zero while it is in use. Attempts
	// and access to them remain.
	Withdrawn time.Time
	// AllowedHosts are hosts outside that an officer allows this package to load
	// from; AllowPopups lets it open windows of its own origin. Revision is of the two.
	AllowedHosts []string
	AllowPopups  bool
	Revision     int
	// Lacks is what it lacks for some learners, as an officer has noted it, and
	// LacksRevision of that: 0 while nobody has.
	Lacks         Lacks
	LacksRevision int
}

// Weight is what a package weighs.
type Weight struct {
	Files int `json:"files"`
	// Bytes counts the files as they are, Wire as they are sent: compressed where
	// that helps.
	Bytes int64 `json:"bytes"`
	Wire  int64 `json:"wire"`
	// Archive is the size of the archive as it came.
	Archive int64 `json:"archive"`
}

// PackageFile is one file of a package's version.
type PackageFile struct {
	// Path is the file's path in the package, without a leading slash.
	Path string
	// File is the blob: the SHA-256 of its bytes, hexadecimal.
	File id.File
	Size int64
	// Media is derived from the file's name, never from what the package claims; where
	// its sound was made smaller, from what came of that.
	Media string
	// Gzip is the same content compressed at import, empty if that was not worth it.
	Gzip     id.File
	GzipSize int64
}

// Wire is what the file takes when it is sent.
func (f PackageFile) Wire() int64 {
	if f.Gzip != "" {
		return f.GzipSize
	}
	return f.Size
}

// UnitBy returns the unit that the publisher calls so; nil if there is none.
func (p *Package) UnitBy(publisherID string) *Unit {
	i := slices.IndexFunc(p.Units, func(u Unit) bool { return u.PublisherID == publisherID })
	if i < 0 {
		return nil
	}
	return &p.Units[i]
}
