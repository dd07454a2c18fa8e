package lrs

import (
	"context"

	"cadre/internal/db"
)

// gatherMax bounds the statements of one write, unless one request has more.
const gatherMax = 1000

// request is a batch on its way into the store.
type request struct {
	p    Prepared
	from *source
}

// together writes a request, all or nothing of it, and returns when it is durable.
// Requests that come while another is written are written together. Its context is
// honoured until its turn comes.
func (s *Service) together(ctx context.Context, r *request) error {
	return s.gathering.Write(ctx, r, len(r.p.IDs), gatherMax, func(ctx context.Context, group []*request) error {
		return s.DB.Update(ctx, db.XAPI, func(tx *db.Tx) error { return s.writeAll(tx, group) })
	})
}

func (s *Service) writeAll(tx *db.Tx, group []*request) error {
	var in []incoming
	for _, r := range group {
		in = append(in, r.p.by(r.from)...)
	}
	w := writer{s: s, tx: tx, salt: group[0].p.salt, now: db.Micros(tx.Now())}
	return w.write(in)
}
