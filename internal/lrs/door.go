package lrs

import (
	"context"
	"net/http"
	"time"

	"cadre/internal/blob"
	"cadre/internal/lrs/statement"
)

// Door finds out who sends a request, where that is told by something else than
// a key of the record store: the launch of a package, whose credential reaches
// what is hers and nothing more.
type Door func(r *http.Request) (Visit, error)

// Visit is what stands behind a request that came in by a [Door].
type Visit interface {
	// Key is what the request is answered with.
	Key() Key
	// Store keeps statements, or refuses them.
	Store(ctx context.Context, v statement.Version, batch []*statement.Statement, files Files) ([]statement.UUID, error)
	// Document returns why a document may not be read, or written, and nil if it
	// may. An empty name is all documents of the place; of a deletion of all it says
	// which ones are left ([Place.Keep]). w is what is to be written, nothing for a
	// deletion; nil to read.
	Document(ctx context.Context, p *Place, name string, w *Write) error
	// Kept is told that something that the visitor sent was written: statements, or a
	// document. What goes wrong with that changes no answer.
	Kept(ctx context.Context) error
	// Knows reports whether the visitor is told more than an activity's id.
	Knows(activity string) bool
}

// Apart is a [Visit] of which nothing is kept: its documents are in memory, and its
// attachments are read and let go.
type Apart interface {
	Visit
	Documents() *Scratch
}

// documents keeps documents: the record store, or what a visit brings in its stead.
type documents interface {
	Document(ctx context.Context, k Key, p Place, name string) (Document, error)
	Documents(ctx context.Context, k Key, p Place, since time.Time) ([]string, time.Time, error)
	Put(ctx context.Context, k Key, p Place, name string, w Write) error
	Delete(ctx context.Context, k Key, p Place, name string, c Precondition) error
	DeleteAll(ctx context.Context, k Key, p Place) error
}

func (e *exchange) documents() documents {
	if v, ok := e.visit.(Apart); ok {
		return v.Documents()
	}
	return e.s
}

// files is where attachments are kept; nil where they are not.
func (e *exchange) files() *blob.Store {
	if _, ok := e.visit.(Apart); ok {
		return nil
	}
	return e.s.Files
}

// Behind returns a handler over the same record store that lets requests in by
// a door, wherever in a path [Prefix] stands. It leaves to the caller to say which
// other origins may read its answers.
func (h *Handler) Behind(d Door) *Handler {
	out := *h
	out.door = d
	return &out
}

func (e *exchange) store(batch []*statement.Statement, files Files) (ids []statement.UUID, err error) {
	if e.visit == nil {
		return e.s.Store(e.ctx(), e.key, e.version, batch, files)
	}
	if ids, err = e.visit.Store(e.ctx(), e.version, batch, files); err == nil {
		e.kept()
	}
	return ids, err
}

// kept tells the visitor that something was written, also if it has gone meanwhile.
func (e *exchange) kept() {
	if e.visit == nil {
		return
	}
	if err := e.visit.Kept(context.WithoutCancel(e.ctx())); err != nil {
		e.h.log.Warn("lrs: a visitor was not told what is kept", "error", err)
	}
}

// admit asks the visitor's right to a document.
func (e *exchange) admit(p *Place, name string, w *Write) error {
	if e.visit == nil {
		return nil
	}
	return e.visit.Document(e.ctx(), p, name, w)
}
