package export

import (
	"context"
	"io"
	"slices"
	"strconv"

	"cadre/internal/content"
	"cadre/internal/content/manifest"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Exporter makes packages of the modules that are kept.
type Exporter struct {
	Content *content.Service
	// Nastaliq is the Urdu font; nil where it was not built in.
	Nastaliq []byte
}

// Package is a package that can be written.
type Package struct {
	// Name is what its file is called.
	Name     string
	Kind     manifest.Kind
	material Material
}

// Of readies a version of a Markdown module, for whoever may take it out. It is a
// fault of kind Invalid where kind is none of [Kinds], and NotFound where the
// version is a package's: that one is taken as it came.
func (e Exporter) Of(ctx context.Context, v id.ModuleVersion, kind manifest.Kind) (*Package, error) {
	if !slices.Contains(Kinds(), kind) {
		return nil, fault.New(fault.Invalid, "content.no-export", nil)
	}
	t, err := e.Content.Take(ctx, v)
	if err != nil {
		return nil, err
	}
	return &Package{
		Name: t.Key + "-" + strconv.Itoa(t.Number) + "-" + string(kind) + ".zip", Kind: kind,
		material: Material{Module: t.Material, ID: string(t.Module), Open: t.Open, Nastaliq: e.Nastaliq},
	}, nil
}

// Write writes the package.
func (p *Package) Write(w io.Writer) error { return Write(w, p.material, p.Kind) }
