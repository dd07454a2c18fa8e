package player

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
)

// A unit that speaks to the record store is previewed before a store that forgets: what
// it says is read as the record store reads it and let go; its documents are found again
// until the preview has been silent for a while. Nothing of it is in the database.
//
// Who rehearses what stands in what the unit shows, and is proved by it. So every
// instance answers, though each has documents of its own.

const (
	// rehearsalsMost and rehearsalBytes bound what is held in memory: how many at once,
	// the longest silent of which gives way, and the documents of each.
	rehearsalsMost = 64
	rehearsalBytes = 1 << 20
	// rehearsalFor is how long a rehearsal may be silent.
	rehearsalFor = 2 * time.Hour
)

// rehearsals are those that this instance holds, by their session.
type rehearsals struct {
	mu  sync.Mutex
	all map[string]*rehearsal
}

type rehearsal struct {
	used      time.Time
	fetched   bool
	documents *lrs.Scratch
}

// take uses the rehearsal of a session, which begin begins if it is not there.
func (r *rehearsals) take(session string, now time.Time, use func(*rehearsal), begin func() (*lrs.Scratch, error)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for of, x := range r.all {
		if now.Sub(x.used) > rehearsalFor {
			delete(r.all, of)
		}
	}
	x := r.all[session]
	if x == nil {
		documents, err := begin()
		if err != nil {
			return err
		}
		if r.all == nil {
			r.all = map[string]*rehearsal{}
		}
		if len(r.all) >= rehearsalsMost {
			oldest := ""
			for of, x := range r.all {
				if oldest == "" || x.used.Before(r.all[oldest].used) {
					oldest = of
				}
			}
			delete(r.all, oldest)
		}
		x = &rehearsal{documents: documents}
		r.all[session] = x
	}
	x.used = now
	use(x)
	return nil
}

// rehearsed says how a unit is launched in a preview.
func (s *Service) rehearsed(c *Course, unit, token string) (*Spoken, error) {
	if s.lrs == nil || s.addresses == nil {
		return nil, fault.New(fault.Closed, "player.no-run-time", nil)
	}
	leaves := c.Leaves()
	if unit == "" && len(leaves) > 0 {
		unit = leaves[0].ID
	}
	u, err := c.unitBy(unit)
	if err != nil {
		return nil, err
	}
	session := id.New[string]()
	of := session + "_" + strconv.Itoa(slices.IndexFunc(leaves, func(l Unit) bool { return l.ID == u.ID }))
	out := &Spoken{Session: session, Unit: u.ID, OwnWindow: u.Says.OwnWindow, Remote: u.remote(), Mode: Browse, Path: token}
	out.URL = s.launchAddress(s.rehearses(token, session), c, u, token, of+"."+s.derived(useFetch, token+of), s.rehearsalSpeaks(token, of))
	return out, nil
}

// rehearses is whose statements a unit makes in a preview: an account that is nobody's.
func (s *Service) rehearses(token, session string) cmi5.Of {
	name := "preview-" + hex.EncodeToString(s.tag("rehearses", []byte(token))[:10])
	return cmi5.Of{Actor: lrs.Account{HomePage: s.lrs.Home, Name: name}, Registration: session, Session: session}
}

// rehearsalSpeaks is the credential of a preview, as HTTP Basic has it.
func (s *Service) rehearsalSpeaks(token, of string) string {
	return base64.StdEncoding.EncodeToString([]byte(of + ":" + s.derived(useSpeak, token+of)))
}

// rehearsing reads what a previewed unit shows: its session, and its place among the
// units.
func (s *Service) rehearsing(use, token, text string) (of, session string, unit int, ok bool) {
	of, secret, _ := strings.Cut(text, ".")
	session, place, _ := strings.Cut(of, "_")
	unit, err := strconv.Atoi(place)
	return of, session, unit, err == nil && id.Valid(session) && hmac.Equal([]byte(secret), []byte(s.derived(use, token+of)))
}

// rehearsalFetched is [Service.Fetch] in a preview.
func (s *Service) rehearsalFetched(ctx context.Context, token, code string) (out Fetched) {
	of, session, unit, ok := s.rehearsing(useFetch, token, code)
	if !ok {
		return Fetched{Code: "2", Text: "The address is not one that Cadre gave out."}
	}
	_, err := s.atRehearsal(ctx, token, session, unit, func(x *rehearsal) {
		if out.Credential = s.rehearsalSpeaks(token, of); x.fetched {
			out = Fetched{Code: "1", Text: "The authorization token has already been returned."}
		}
		x.fetched = true
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return Fetched{Code: "1", Text: "The preview is over."}
	case err != nil:
		return Fetched{Code: "3", Text: "Cadre could not answer: try again in a moment."}
	}
	return out
}

// rehearse is [Service.Visit] in a preview.
func (s *Service) rehearse(ctx context.Context, token, shown string) (lrs.Visit, error) {
	stranger := lrs.Refuse(fault.Unauthenticated, "this is not the credential of a session")
	_, session, unit, ok := s.rehearsing(useSpeak, token, shown)
	if !ok {
		return nil, stranger
	}
	v, err := s.atRehearsal(ctx, token, session, unit, func(*rehearsal) {})
	if fault.Is(err, fault.NotFound) {
		return nil, stranger
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// atRehearsal finds a rehearsal by what was shown of it, uses it, and returns its unit
// before the store that forgets.
func (s *Service) atRehearsal(ctx context.Context, token, session string, unit int, use func(*rehearsal)) (*apart, error) {
	var v *apart
	err := s.db.View(ctx, func(tx *db.Tx) error {
		version, err := s.versionAt(tx, token)
		if err != nil {
			return err
		}
		c, err := s.shelf.Course(tx, version)
		if err != nil {
			return err
		}
		leaves := c.Leaves()
		registration, ok := lrs.ParseUUID(session)
		if unit < 0 || unit >= len(leaves) || !ok || c.Withdrawn {
			return fault.New(fault.NotFound, "fault.not-found", nil)
		}
		now, of := tx.Now(), s.rehearses(token, session)
		v = &apart{visit: visit{s: s, c: c, u: &leaves[unit], actor: of.Actor, key: s.lrs.Local("courseware", "Courseware", lrs.ScopeWrite, lrs.ScopeState, lrs.ScopeProfile, lrs.ScopeRead)}}
		v.key.Registration = &registration
		v.row = sessionRow{Activity: v.u.ID, Mode: Browse, LaunchedAt: now, TouchedAt: now, PreferredAt: now}
		return s.rehearsals.take(session, now, func(x *rehearsal) {
			v.documents = x.documents
			use(x)
		}, func() (*lrs.Scratch, error) { return v.begun(ctx, of, token) })
	})
	return v, err
}

// apart is a previewed unit before the store that forgets.
type apart struct {
	visit
	documents *lrs.Scratch
}

// begun holds the documents that a cmi5 unit begins with.
func (v *apart) begun(ctx context.Context, of cmi5.Of, token string) (*lrs.Scratch, error) {
	out := v.s.lrs.NewScratch(rehearsalBytes)
	if v.c.Kind != Cmi5 {
		return out, nil
	}
	au, back := v.s.au(v.c, v.u), v.s.addresses.Done(token)
	if v.u.Says.OwnWindow || v.u.remote() {
		back = v.s.addresses.Left() // no frame is there to lead her back
	}
	agent := &lrs.Agent{Kind: "account", HomePage: of.Actor.HomePage, Value: of.Actor.Name}
	err := out.Put(ctx, v.key, lrs.Place{Kind: "state", Activity: au.ID, Agent: agent, Registration: v.key.Registration}, cmi5.LaunchData,
		lrs.Write{ContentType: "application/json", Body: of.Data(au, cmi5.Browse, back)})
	if err != nil {
		return nil, err
	}
	return out, out.Put(ctx, v.key, lrs.Place{Kind: "agent", Agent: agent}, cmi5.Preferences, lrs.Write{ContentType: "application/json", Body: cmi5.Preferring(v.c.Language)})
}

// Kept answers lrs: nothing is.
func (v *apart) Kept(context.Context) error { return nil }

// Documents answers lrs.
func (v *apart) Documents() *lrs.Scratch { return v.documents }

// Store answers lrs: what is hers to say is taken, and forgotten.
func (v *apart) Store(_ context.Context, _ lrs.Version, batch []*lrs.Statement, _ lrs.Files) ([]lrs.UUID, error) {
	out := make([]lrs.UUID, len(batch))
	for i, st := range batch {
		if err := v.own(st); err != nil {
			return nil, err
		}
		out[i] = st.ID
		if !st.HasID {
			out[i], _ = lrs.ParseUUID(id.New[string]()) // it is one
		}
	}
	return out, nil
}
