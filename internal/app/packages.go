package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cadre/internal/config"
	"cadre/internal/content"
	"cadre/internal/contentweb/fetch"
	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// PackageFrom is where a package comes from, and what it becomes.
type PackageFrom struct {
	// Source is a file, or an address that begins with https://.
	Source string
	// Replaces is the key of the package that it is a new version of; empty for a
	// package of its own.
	Replaces string
	// Translates is the key of a module, or of a package that is one of its languages,
	// which it is in another language; empty for a module of its own.
	Translates string
	// Language is the language that it is in; the one that it states itself if empty.
	Language string
	// Key is the new package's; made from its title if empty.
	Key string
	// Publish puts it out at once.
	Publish bool
	// Smaller is that of [content.ImportPackage].
	Smaller bool
	// Progress, if not nil, is told how far it is.
	Progress func(stage string, done, total int64)
}

// CheckPackage reads a package and says what is wrong with it, keeping nothing: it
// needs no instance, and makes no data folder.
func CheckPackage(ctx context.Context, cfg config.Config, in PackageFrom) (content.Inspection, error) {
	var out content.Inspection
	err := withPackage(ctx, cfg, os.TempDir(), in, func(f *os.File, size int64) (err error) {
		out, err = content.New(content.Deps{MaxBytes: int64(cfg.Content.MaxMB) << 20, MaxFiles: cfg.Content.MaxFiles}).CheckPackage(AsOperator(ctx), f, size)
		return err
	})
	return out, err
}

// ImportPackage brings a package in. Where something is wrong with it, nothing is
// kept and the problems say what.
func (a *App) ImportPackage(ctx context.Context, in PackageFrom) (out content.ImportedPackage, problems content.PackageProblems, err error) {
	ctx = AsOperator(ctx)
	var replaces, translates id.Module
	err = a.DB.View(ctx, func(tx *db.Tx) (err error) {
		if in.Replaces != "" {
			replaces, err = a.Content.PackageByKey(tx, in.Replaces)
		}
		if err == nil && in.Translates != "" {
			translates, err = a.Content.PackageByKey(tx, in.Translates)
		}
		return err
	})
	if err != nil {
		return out, nil, err
	}
	if strings.Contains(in.Source, "://") {
		if err := durable.MakeDir(a.arriving()); err != nil {
			return out, nil, err
		}
	}
	err = withPackage(ctx, a.Config, a.arriving(), in, func(f *os.File, size int64) (err error) {
		out, err = a.Content.ImportPackage(ctx, id.New[id.Operation](), content.ImportPackage{
			Replaces: replaces, Translates: translates, Language: in.Language, Key: in.Key, File: f, Size: size, Publish: in.Publish, Smaller: in.Smaller,
			Progress: func(files, of int, _ int64) {
				if in.Progress != nil {
					in.Progress("files", int64(files), int64(of))
				}
			},
			Playing: func(file string, done, all time.Duration) {
				if in.Progress != nil {
					in.Progress(file+" (seconds)", int64(done/time.Second), int64(all/time.Second))
				}
			},
		})
		return err
	})
	if errors.As(err, &problems) {
		return out, problems, nil
	}
	return out, nil, err
}

// PackageWarnings returns what was repaired in a version, and what will not work.
func (a *App) PackageWarnings(ctx context.Context, v id.ModuleVersion) (out []content.PackageProblem, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		p, err := a.Content.Package(tx, v)
		if err == nil {
			out = p.Warnings
		}
		return err
	})
	return out, err
}

// arriving is the folder for packages on their way in.
func (a *App) arriving() string { return filepath.Join(a.Config.Data, "arriving") }

// withPackage opens the file, or fetches it into a file of a folder that goes
// again, and hands it to f.
func withPackage(ctx context.Context, cfg config.Config, folder string, in PackageFrom, f func(*os.File, int64) error) (err error) {
	if !strings.Contains(in.Source, "://") {
		file, err := os.Open(in.Source)
		if err != nil {
			return err
		}
		st, err := file.Stat()
		if err == nil && !st.Mode().IsRegular() {
			err = fault.New(fault.Invalid, "content.not-a-file", nil)
		}
		if err == nil {
			err = f(file, st.Size())
		}
		return errors.Join(err, file.Close())
	}
	file, err := os.CreateTemp(folder, "fetch-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	n, err := fetch.New(strings.Fields(cfg.Content.ImportFrom)).Get(ctx, in.Source, file, content.MaxPackage, func(done, total int64) {
		if in.Progress != nil {
			in.Progress("bytes", done, total)
		}
	})
	if err != nil {
		return err
	}
	return f(file, n)
}
