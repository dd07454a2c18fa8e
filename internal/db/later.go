package db

import (
	"context"
	"slices"
)

// later is a statement that has still to be sent.
type later struct {
	query string
	args  []any
}

// Later runs a statement of which nothing is asked but that it succeeds. PostgreSQL is
// sent several of them in one message, with what is asked of it next, so that each
// costs no way there and back of its own. What comes after sees what it did. That it
// failed is told by a later statement, or is what [DB.Update] returns: by then nothing
// of the function is left. Bytes among args must not change until the function returns.
// It is for rows: what changes the schema is run by [Tx.Exec].
func (tx *Tx) Later(query string, args ...any) error {
	if tx.readonly || !tx.c.dialect.pipelines() {
		_, err := tx.Exec(query, args...)
		return err
	}
	if err := tx.usable(query); err != nil {
		return err
	}
	args, err := plain(args)
	if err != nil {
		return err
	}
	tx.meter.add(1, 0)
	tx.c.later = append(tx.c.later, later{query, slices.Clone(args)})
	return nil
}

// settle sends what has still to be sent.
func (c *conn) settle(ctx context.Context) error {
	if len(c.later) == 0 {
		return nil
	}
	all := c.later
	c.later = nil
	_, err := c.together(ctx, all)
	return err
}

// together sends statements at once, and returns how many rows the last has changed.
func (c *conn) together(ctx context.Context, all []later) (int64, error) {
	n, err := c.dialect.pipeline(ctx, c, all)
	if err != nil {
		return 0, c.translate(err)
	}
	return n, nil
}
