package app

import (
	"context"
	"errors"
	"io"

	"cadre/internal/content"
	"cadre/internal/content/export"
	"cadre/internal/content/manifest"
	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/fault"
	"cadre/internal/web/assets"
)

// exporter makes packages of Markdown modules.
func (a *App) exporter() export.Exporter {
	return export.Exporter{Content: a.Content, Nastaliq: assets.Nastaliq()}
}

// TakeOut says what is taken out of Cadre, and where it goes.
type TakeOut struct {
	// Key is the module's or package's.
	Key string
	// Number is the version's; 0 for the one that is out, or the latest if none is.
	Number int
	// As is what a Markdown module is made into. A package is taken as it came: then
	// As is empty, or says what it is.
	As manifest.Kind
	// To is the file; one that is there is replaced.
	To string
	// Progress, if not nil, is told how far it is.
	Progress func(stage string, done, total int64)
}

// TakenOut says what became of it.
type TakenOut struct {
	Key    string        `json:"key"`
	Number int           `json:"number"`
	Kind   manifest.Kind `json:"kind"`
	File   string        `json:"file"`
	Bytes  int64         `json:"bytes"`
	// AsItCame says that the file holds the bytes that were brought in.
	AsItCame bool `json:"as_it_came"`
}

// TakeOut writes a module as a package for other systems, or a package as it came,
// into a file, which is there once it is whole.
func (a *App) TakeOut(ctx context.Context, in TakeOut) (TakenOut, error) {
	ctx = AsOperator(ctx)
	var v content.ModuleVersion
	err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		v, err = a.Content.ByKey(tx, in.Key, in.Number)
		return err
	})
	if err != nil {
		return TakenOut{}, err
	}
	out := TakenOut{Key: v.Key, Number: v.Number, Kind: in.As, File: in.To, AsItCame: v.Package}
	var write func(io.Writer) error
	if v.Package {
		p, f, err := a.Content.Original(ctx, v.ID)
		if err != nil {
			return out, err
		}
		defer func() { _ = f.Close() }() // it was only read
		if in.As != "" && in.As != p.Kind {
			return out, fault.New(fault.Invalid, "content.no-export", nil)
		}
		out.Kind = p.Kind
		write = func(w io.Writer) error {
			_, err := io.Copy(w, f)
			return err
		}
	} else {
		p, err := a.exporter().Of(ctx, v.ID, in.As)
		if err != nil {
			return out, err
		}
		write = p.Write
	}
	out.Bytes, err = writeWhole(in.To, func(w io.Writer) error { return write(counting{w, new(int64), in.Progress}) })
	return out, err
}

// counting tells how many bytes went through it.
type counting struct {
	io.Writer
	n    *int64
	tell func(stage string, done, total int64)
}

// Write writes, and tells.
func (c counting) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	*c.n += int64(n)
	if c.tell != nil {
		c.tell("bytes", *c.n, -1)
	}
	return n, err
}

// writeWhole writes a file that is there once it is whole.
func writeWhole(to string, write func(io.Writer) error) (size int64, err error) {
	f, err := durable.Create(to, 0o644)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Abort()) }()
	if err := write(f); err != nil {
		return 0, err
	}
	if size, err = f.Seek(0, io.SeekCurrent); err != nil {
		return 0, err
	}
	return size, f.Commit()
}
