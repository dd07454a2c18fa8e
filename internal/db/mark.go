package db

import "strings"

// Mark is where tables stand at a moment of an update. The zero Mark is nowhere.
type Mark struct {
	conn    *conn
	foreign int64  // changes with what other connections commit
	own     uint64 // grows with each statement of this one that writes to the tables
}

// Mark tells where tables stand: what was read of them, or written to them, stands as
// it did for as long as it tells the same, so that it need not be read again. It is a
// matter of SQLite, where one connection writes and sees when another has: on
// PostgreSQL, where other instances write beside this one, known is false.
//
// A mark that is taken behind what a function writes, and kept by [Tx.AfterCommit], says
// that this was the last. Of a transaction that is undone it is never told again.
func (tx *Tx) Mark(tables ...string) (m Mark, known bool, err error) {
	c := tx.c
	if tx.readonly || !c.dialect.prepares() {
		return Mark{}, false, nil
	}
	if c.foreign == 0 {
		// Once in a transaction: nobody else writes while it lasts.
		if err := tx.QueryRow("PRAGMA data_version").Scan(&c.foreign); err != nil {
			return Mark{}, false, err
		}
	}
	m = Mark{conn: c, foreign: c.foreign, own: c.wrote[""]}
	for _, t := range tables {
		m.own += c.wrote[t]
	}
	return m, true, nil
}

// written returns the table that a statement writes to; none if it only reads, and "" if
// that cannot be told from its first words.
func written(query string) (table string, writes bool) {
	words := strings.Fields(query[:min(len(query), 200)])
	if len(words) == 0 {
		return "", false
	}
	at := 0
	switch strings.ToUpper(words[0]) {
	case "SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return "", false
	case "UPDATE":
		at = 1
	case "INSERT", "DELETE":
		if len(words) > 1 && (strings.EqualFold(words[1], "INTO") || strings.EqualFold(words[1], "FROM")) {
			at = 2
		}
	}
	if at == 0 || at >= len(words) {
		return "", true
	}
	name, _, _ := strings.Cut(words[at], "(")
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
		return "", true
	}
	return name, true
}
