package content

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// maxLacks bounds what an officer writes of a package, in characters: learners read
// it before they begin.
const maxLacks = 500

// Lacks is what a package lacks for some learners.
type Lacks struct {
	// Captions: what is said in it stands nowhere to be read.
	Captions bool
	// Keyboard: it cannot be used by keyboard alone.
	Keyboard bool
	// Other is whatever else, in an officer's words.
	Other string
}

// NoteLacks is what an officer notes that a package lacks.
type NoteLacks struct {
	Package id.Module
	Lacks
	// Revision is of what was noted, as it was read; 0 where nothing was.
	Revision int
}

// packageLacksBody is the body of content.package-lacks, version 1. The words lie
// apart: they may name people.
type packageLacksBody struct {
	Captions bool `json:"captions,omitempty"`
	Keyboard bool `json:"keyboard,omitempty"`
	Other    bool `json:"other,omitempty"`
}

// NoteLacks sets what learners read that a package lacks, in whichever version. A
// change of an older revision is Stale.
func (s *Service) NoteLacks(ctx context.Context, op id.Operation, in NoteLacks) error {
	in.Other = strings.TrimSpace(in.Other)
	if utf8.RuneCountInString(in.Other) > maxLacks {
		return fault.Bad("fault.invalid", fault.Field{Name: "other", Key: "fault.too-long", Args: fault.Args{"n": maxLacks}})
	}
	return s.changePackage(ctx, op, in.Package, access.Change, "content.package-lacks", func(tx *db.Tx, _ moduleRow, p packageRow) (any, error) {
		if p.lacksRev != in.Revision {
			return nil, fault.New(fault.Stale, "content.package-lacks-stale", nil)
		}
		p.lacks, p.lacksRev = in.Lacks, p.lacksRev+1
		return packageLacksBody{in.Captions, in.Keyboard, in.Other != ""}, savePackage(tx, p, false)
	})
}

// sounds reports whether there is sound or video among a version's files.
func sounds(tx *db.Tx, v id.ModuleVersion) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT 1 FROM content_package_files WHERE version = ?1 AND staged_at = 0
		AND (media LIKE 'audio/%' OR media LIKE 'video/%') LIMIT 1`, v).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
