package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
)

// Dialect is what truly differs between the engines. Everything else is the
// common subset of their SQL.
type Dialect interface {
	// Name is "sqlite" or "postgres".
	Name() string
	// IsUnique reports whether err is a violation of a unique constraint.
	IsUnique(err error) bool
	// IsReference reports whether err is a violation of a foreign key.
	IsReference(err error) bool
	// TableNames is a query for the names of all tables, of ours and of goose.
	TableNames() string

	// MakePartition makes sure that the rows of table whose column is from from to
	// before until have a partition of their own, called after table and suffix.
	// Where an engine has no partitions it does nothing.
	MakePartition(tx *Tx, table, suffix, column string, from, until int64) error

	// columns is a query for table, column, declared type and whether it may be
	// null (1 or 0), for all tables of ours, in the columns' order.
	columns() string
	// references is a query for the pairs of tables of which the first has a
	// foreign key to the second.
	references() string
	// beginLoad begins a transaction in which references are not checked until
	// check is called.
	beginLoad(ctx context.Context, c *conn) (check func() error, err error)
	// scrub removes what deleted rows have left in the database's files.
	scrub(ctx context.Context, c *conn) error
	// describe is a query for one line of text per table, constraint and index.
	describe() string
	rewrite(query string) string
	prepares() bool
	// pipelines reports whether several statements can be sent at once, which
	// pipeline does; it returns how many rows the last has changed. None after one
	// that failed is run.
	pipelines() bool
	pipeline(ctx context.Context, c *conn, all []later) (int64, error)
	beginRead() string
	begin(c *conn, l Lane) error
	// join makes c's transaction wait for its turn in a further lane.
	join(c *conn, l Lane) error
	// ended reports whether the engine has ended c's transaction by itself.
	ended(c *conn) bool
	// passing reports whether err comes from outside the statement and may pass.
	passing(err error) bool
}

// errDiscard tells database/sql that a connection must not be used again.
var errDiscard = driver.ErrBadConn

func ignoreBad(err error) error {
	if errors.Is(err, driver.ErrBadConn) || (err != nil && strings.Contains(err.Error(), "already closed")) {
		return nil
	}
	return err
}

func run(c *conn, statements ...string) error {
	for _, s := range statements {
		if _, err := c.exec(context.Background(), s, nil); err != nil {
			return err
		}
	}
	return nil
}
