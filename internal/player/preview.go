package player

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"strings"
	"time"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/lrs"
)

// Preview is a package as its staff try it: what a frame needs to play it. Nothing
// stands behind it that could be changed.
type Preview struct {
	Course *Course
	// Path is the token of the package's files.
	Path string
	Seed Seed
	// Spoken is how a unit is launched that speaks to the record store; nil of others.
	Spoken *Spoken
}

// Preview lets staff who may read a version of a package play it as a learner would,
// whether it is out or not. It leaves no trace: nothing is written, here or by what the
// package does. unit is the one that it begins with, as the package's rules go, empty for
// the first. It is a fault of kind NotFound for others, and of kind Closed where the
// package was taken out of use.
func (s *Service) Preview(ctx context.Context, v id.ModuleVersion, unit string) (out Preview, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := s.shelf.MayPreview(tx, v); err != nil {
			return err
		}
		c, err := s.shelf.Course(tx, v)
		if err != nil {
			return err
		}
		if c.Withdrawn {
			return fault.New(fault.Closed, "player.preview-withdrawn", nil)
		}
		who := tx.Actor().Person
		out = Preview{Course: c, Seed: Seed{
			Kind: c.Kind, Mode: Browse, Learner: s.learner(Attempt{Person: who}, c), Units: c.Units, Activity: unit, Data: map[string]map[string]json.RawMessage{},
			Left: map[string]string{}, Sequencing: c.Sequencing,
		}}
		if out.Path, err = s.previewPath(who, v, tx.Now()); err != nil || !c.Kind.Speaks() {
			return err
		}
		out.Spoken, err = s.rehearsed(c, unit, out.Path)
		return err
	})
	return out, err
}

// The token of a path that is previewed says by itself what it opens, so that none has
// to be kept: the version, the day, a few bytes that differ from person to person, and
// what nobody else can make. Like the token of an attempt's path it opens files of that
// version and nothing else; it does so on that day and on the next.
const (
	previewSays  = 16 + 2 + 6
	previewBytes = previewSays + 16
	previewToken = previewBytes * 8 / 5
)

func previewDay(at time.Time) uint16 { return uint16(at.Unix() / (24 * 60 * 60)) }

// previewPath is the path by which a person previews a version: the same all day, so
// that what was fetched once is kept.
func (s *Service) previewPath(p id.Person, v id.ModuleVersion, now time.Time) (string, error) {
	version, ok := lrs.ParseUUID(string(v))
	if !ok {
		return "", fault.New(fault.NotFound, "fault.not-found", nil)
	}
	says := binary.BigEndian.AppendUint16(version[:], previewDay(now))
	says = append(says, s.tag("previewer", []byte(p))[:6]...)
	return strings.ToLower(base32.StdEncoding.EncodeToString(append(says, s.tag("preview", says)[:16]...))), nil
}

// previewed is the version that such a token opens.
func (s *Service) previewed(token string, now time.Time) (id.ModuleVersion, error) {
	none := fault.New(fault.NotFound, "fault.not-found", nil)
	b, err := base32.StdEncoding.DecodeString(strings.ToUpper(token))
	if err != nil || len(b) != previewBytes || !hmac.Equal(b[previewSays:], s.tag("preview", b[:previewSays])[:16]) {
		return "", none
	}
	if age := previewDay(now) - binary.BigEndian.Uint16(b[16:]); age > 1 {
		return "", none
	}
	return id.Parse[id.ModuleVersion](lrs.UUID(b[:16]).String())
}

func (s *Service) tag(use string, of []byte) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(use + "\x00"))
	m.Write(of)
	return m.Sum(nil)
}
