package db

import "sync"

// memoLimit is how many values a database remembers at once.
const memoLimit = 256

// memo remembers values that were derived from rows that never change.
type memo struct {
	mu     sync.Mutex
	values map[string]any
}

// Memo returns what f makes, and remembers it for as long as the database is
// open: for what is costly to derive from rows that never change once they are
// there, such as a blueprint from its bytes. key names the kind of value and the
// content that it is made of, best by its digest, so that a value stays true
// even if the transaction that first made it is rolled back. The value is shared
// by all callers and must never be changed. f may run more than once.
func Memo[T any](tx *Tx, key string, f func() (T, error)) (T, error) {
	m := tx.memo
	m.mu.Lock()
	if v, ok := m.values[key].(T); ok {
		m.mu.Unlock()
		return v, nil
	}
	m.mu.Unlock()
	v, err := f()
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil || len(m.values) >= memoLimit {
		m.values = map[string]any{}
	}
	m.values[key] = v
	return v, nil
}
