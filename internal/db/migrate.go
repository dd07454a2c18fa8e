package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed all:migrations
var migrations embed.FS

func (d *DB) provider() (*goose.Provider, error) {
	sub, err := fs.Sub(migrations, "migrations/"+d.dialect.Name())
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if d.dialect.Name() == "postgres" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.write, sub, opts...)
}

// migrate brings the schema up to date; instances that start together take turns.
func (d *DB) migrate(ctx context.Context) error {
	p, err := d.provider()
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("db: migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err == nil && have > want {
		return fmt.Errorf("db: the database's schema is version %d, newer than this program's %d: run the newer program", have, want)
	}
	for {
		_, err := p.Up(ctx)
		if err == nil {
			return nil
		}
		// Whoever migrates the same file of SQLite a moment later meets what the first has
		// made, and goes on behind it.
		now, _, versions := p.GetVersions(ctx)
		if versions != nil || now == have {
			return fmt.Errorf("db: migrate: %w", err)
		}
		have = now
	}
}

// SchemaVersion returns the number of the last migration that the database has.
func (d *DB) SchemaVersion(ctx context.Context) (int64, error) {
	p, err := d.provider()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

// WriteMigrations writes every migration of both engines to w, in order, so
// that a test can name a schema by its digest.
func WriteMigrations(w io.Writer) error {
	return fs.WalkDir(migrations, "migrations", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := migrations.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s %d\n%s", path, len(b), b)
		return err
	})
}
