package db

import (
	"slices"
	"strconv"
	"strings"
)

// valuesMax bounds the values of one statement: what a connection keeps prepared.
const valuesMax = 256

// ExecRows runs a statement for rows, as "INSERT INTO t (a, b)" with values that
// hold two for each row and a tail, such as " ON CONFLICT DO NOTHING", that follows
// the VALUES. No two rows may be of one key where the tail changes the row that is
// there. Many rows take several statements, of few sizes, so that each is prepared
// but once. They are run as by [Tx.Later].
func (tx *Tx) ExecRows(head string, columns int, values []any, tail string) error {
	for len(values) > 0 {
		n := fewSizes(len(values)/columns, valuesMax/columns) * columns
		if err := tx.Later(tx.c.text(rowsText{head, tail, columns, n / columns}), values[:n]...); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// QueryIn is [Collect] for a query that ends in "IN", of which the values are
// looked for, [valuesMax] at a time. Each row is found once for a value, however often
// that is given, if it is given within the first of them.
func QueryIn[T any](tx *Tx, scan func(*Rows) (T, error), query string, values []any) ([]T, error) {
	out := []T{}
	for len(values) > 0 {
		n := min(valuesMax, len(values))
		size := 1
		for size < n {
			size *= 2
		}
		args := make([]any, size)
		for i := range args {
			args[i] = values[min(i, n-1)] // the last fills it up to one of few sizes
		}
		some, err := Collect(tx, scan, tx.c.text(rowsText{query, "", size, 0}), args...)
		if err != nil {
			return nil, err
		}
		out, values = append(out, some...), values[n:]
	}
	return out, nil
}

// QueryEach is [Collect] for a query that ends in "key =", asked for each value in
// turn by as few statements as are sensible. PostgreSQL keeps the plan of a statement
// that it made while a table was small: for a key it is right at any size, for a list
// it would read the whole table.
func QueryEach[T any](tx *Tx, scan func(*Rows) (T, error), query string, values []any) ([]T, error) {
	const most = 8
	out := []T{}
	for some := range slices.Chunk(values, most) {
		rows, err := Collect(tx, scan, tx.c.each(query, len(some)), some...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// each returns a query for so many values in turn.
func (c *conn) each(query string, n int) string {
	of := rowsText{head: query, rows: n} // of no columns: no other text is
	if s, ok := c.texts[of]; ok {
		return s
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		b.WriteString(query)
		b.WriteString(" ?")
		b.WriteString(strconv.Itoa(i + 1))
	}
	c.texts[of] = b.String()
	return c.texts[of]
}

// fewSizes returns how many of n rows one statement takes, most at the most.
func fewSizes(n, most int) int {
	n = min(n, most)
	if n <= 16 {
		return n
	}
	size := 8
	for 2*size <= n {
		size *= 2
	}
	return size
}

// rowsText names a text for so many rows; a list in parentheses if there are none.
type rowsText struct {
	head, tail    string
	columns, rows int
}

// text returns a statement for rows.
func (c *conn) text(of rowsText) string {
	if s, ok := c.texts[of]; ok {
		return s
	}
	var b strings.Builder
	b.WriteString(of.head)
	if of.rows > 0 {
		b.WriteString(" VALUES ")
	}
	n := 0
	for row := range max(1, of.rows) {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for column := range of.columns {
			if column > 0 {
				b.WriteString(", ")
			}
			n++
			b.WriteByte('?')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	b.WriteString(of.tail)
	c.texts[of] = b.String()
	return c.texts[of]
}
