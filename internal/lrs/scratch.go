package lrs

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"cadre/internal/clock"
	"cadre/internal/fault"
)

// Scratch keeps the documents of one visit in memory, as the record store would keep
// them. It is safe for use by several goroutines.
type Scratch struct {
	clock clock.Clock
	most  int // bytes, of all documents
	mu    sync.Mutex
	all   map[string]scratched // by [Place.document]
}

type scratched struct {
	Document
	owner, registration, name string
}

// NewScratch returns one that holds documents of at most so many bytes together.
func (s *Service) NewScratch(most int) *Scratch {
	return &Scratch{clock: s.DB.Clock(), most: most, all: map[string]scratched{}}
}

// Document is [Service.Document].
func (s *Scratch) Document(_ context.Context, k Key, p Place, name string) (Document, error) {
	if err := may(k, p, false); err != nil {
		return Document{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.all[p.document(k, name)]
	if !ok {
		return Document{}, refuse(fault.NotFound, errNoDocument.Error())
	}
	return d.Document, nil
}

// Documents is [Service.Documents].
func (s *Scratch) Documents(_ context.Context, k Key, p Place, since time.Time) (names []string, last time.Time, err error) {
	if err := may(k, p, false); err != nil {
		return nil, last, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []scratched
	for _, d := range s.all {
		if d.owner == p.owner(k) && (p.Registration == nil || d.registration == p.registration()) && d.Updated.After(since) {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b scratched) int { return cmp.Or(a.Updated.Compare(b.Updated), cmp.Compare(a.name, b.name)) })
	names = []string{}
	for _, d := range found {
		if !slices.Contains(names, d.name) {
			names = append(names, d.name)
		}
		last = d.Updated
	}
	return names, last, nil
}

// Put is [Service.Put]. What does not fit any more is refused.
func (s *Scratch) Put(_ context.Context, k Key, p Place, name string, w Write) error {
	if err := may(k, p, true); err != nil {
		return err
	}
	parsed, err := w.parsed()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p.document(k, name)
	old, there := s.all[key]
	body, etag, err := w.onto(old.Document, there, parsed)
	if err != nil {
		return err
	}
	const each = 1 << 10 // what a document takes beside its body
	size := each + len(name) + len(body)
	for at, d := range s.all {
		if at != key {
			size += each + len(d.name) + len(d.Body)
		}
	}
	if size > s.most {
		return errTooLarge
	}
	now := s.clock.Now()
	if !now.After(old.Updated) {
		now = old.Updated.Add(time.Microsecond)
	}
	s.all[key] = scratched{Document{ContentType: w.ContentType, Body: body, ETag: etag, Updated: now}, p.owner(k), p.registration(), name}
	return nil
}

// Delete is [Service.Delete].
func (s *Scratch) Delete(_ context.Context, k Key, p Place, name string, c Precondition) error {
	if err := may(k, p, true); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := p.document(k, name)
	if err := c.check(s.all[key].ETag); err != nil {
		return err
	}
	delete(s.all, key)
	return nil
}

// DeleteAll is [Service.DeleteAll].
func (s *Scratch) DeleteAll(_ context.Context, k Key, p Place) error {
	if err := may(k, p, true); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, d := range s.all {
		if d.owner == p.owner(k) && (p.Registration == nil || d.registration == p.registration()) && !slices.Contains(p.Keep, d.name) {
			delete(s.all, key)
		}
	}
	return nil
}
