package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"cadre/internal/content"
	"cadre/internal/content/manifest"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/player"
)

// shelf gives the player the packages that content holds.
type shelf struct{ *content.Service }

// attempts tells the player of packages that are taken out of use, and content of
// modules that were begun. The services know of each other only once both are
// there.
type attempts struct{ *App }

// Ready answers content.
func (a attempts) Ready(ctx context.Context) error { return a.Player.Ready(ctx) }

// EndOf answers content.
func (a attempts) EndOf(tx *db.Tx, p id.Module) error { return a.Player.EndOf(tx, p) }

// Begun answers content.
func (a attempts) Begun(tx *db.Tx, p id.Person, module string) (bool, error) {
	return a.Player.Begun(tx, p, module)
}

// Current answers player.
func (s shelf) Current(tx *db.Tx, module string) ([]id.ModuleVersion, error) {
	all, err := s.Offers(tx, module)
	var out []id.ModuleVersion
	for _, o := range all {
		out = append(out, o.Version)
	}
	return out, err
}

// Key answers player.
func (s shelf) Key(tx *db.Tx, p id.Module) (string, error) { return s.PackageKey(tx, p) }

// Course answers player.
func (s shelf) Course(tx *db.Tx, v id.ModuleVersion) (*player.Course, error) {
	p, err := s.Package(tx, v)
	if err != nil {
		return nil, err
	}
	c := &player.Course{
		Version: v, Module: p.ID, Of: p.Module, Key: p.ModuleKey, Kind: player.Kind(p.Kind), Title: wording(p, p.Title),
		Language: cmp.Or(p.Language, p.Title.Fallback), Bytes: p.Weight.Wire, Units: units(p, p.Tree), Withdrawn: !p.Withdrawn.IsZero(), Hosts: p.AllowedHosts, Popups: p.AllowPopups,
		Lacks: player.Lacks{Captions: p.Lacks.Captions, Keyboard: p.Lacks.Keyboard, Other: p.Lacks.Other},
	}
	if p.Course != nil {
		c.Publisher = p.Course.ID
	}
	if p.Sequencing != nil {
		c.Shared = p.Sequencing.Shared
		if c.Sequencing, err = json.Marshal(p.Sequencing); err != nil {
			return nil, fmt.Errorf("app: sequencing of %s: %w", v, err)
		}
	}
	return c, nil
}

// CourseFiles answers player.
func (s shelf) CourseFiles(tx *db.Tx, v id.ModuleVersion) ([]player.ListedFile, error) {
	all, err := s.PackageFiles(tx, v)
	out := make([]player.ListedFile, len(all))
	for i, f := range all {
		out[i] = player.ListedFile{Path: f.Path, Media: f.Media, Bytes: f.Wire()}
	}
	return out, err
}

// wording says a text of a package in the language that the package is offered in.
func wording(p *content.Package, t i18n.Text) string {
	return t.In(cmp.Or(p.Language, p.Title.Fallback)).Text
}

// units writes a package's tree as the player has it.
func units(p *content.Package, nodes []manifest.Node) []player.Unit {
	var out []player.Unit
	for _, n := range nodes {
		u := player.Unit{ID: n.PublisherID, Key: n.ID, Title: wording(p, n.Title), Hidden: n.Hidden, Units: units(p, n.Nodes)}
		if u.ID == "" {
			u.ID = n.ID
		}
		if m := p.Unit(n.ID); n.Unit && m != nil {
			u.Href, u.Asset, u.Prerequisites, u.Given = m.Address(), m.Asset, m.Prerequisites, given(p.Kind, m)
			u.Says = player.Says{
				MoveOn: m.MoveOn, Mastery: m.Mastery, Parameters: m.LaunchData, Entitlement: m.EntitlementKey, Type: m.ActivityType,
				OwnWindow: m.LaunchMethod == "OwnWindow",
			}
		}
		out = append(out, u)
	}
	return out
}

// given are the elements of SCORM's data models that a manifest sets.
func given(kind content.PackageKind, u *content.Unit) map[string]string {
	number := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	var all map[string]string
	switch kind {
	case manifest.Scorm12:
		all = map[string]string{
			"cmi.launch_data": u.LaunchData, "cmi.student_data.mastery_score": number(u.Mastery),
			"cmi.student_data.max_time_allowed": u.MaxTime, "cmi.student_data.time_limit_action": u.TimeLimitAction,
		}
	case manifest.Scorm2004:
		all = map[string]string{
			"cmi.launch_data": u.LaunchData, "cmi.scaled_passing_score": number(u.Mastery), "cmi.completion_threshold": number(u.CompletionThreshold),
			"cmi.max_time_allowed": u.MaxTime, "cmi.time_limit_action": u.TimeLimitAction,
		}
	}
	for k, v := range all {
		if v == "" {
			delete(all, k)
		}
	}
	return all
}

// CourseFile answers player.
func (s shelf) CourseFile(tx *db.Tx, v id.ModuleVersion, path string) (*player.CourseFile, error) {
	f, err := s.PackageFile(tx, v, path)
	if err != nil {
		return nil, err
	}
	open := func(packed bool) (func() (io.ReadSeekCloser, error), error) {
		opener, err := s.Opener(tx, f, packed)
		if err != nil {
			return nil, err
		}
		return func() (io.ReadSeekCloser, error) { return opener() }, nil
	}
	out := &player.CourseFile{Media: f.Media, Digest: string(f.File), Size: f.Size}
	if out.Open, err = open(false); err != nil {
		return nil, err
	}
	if f.Gzip != "" {
		packed := player.PackedFile{Coding: "gzip", Size: f.GzipSize}
		if packed.Open, err = open(true); err != nil {
			return nil, err
		}
		out.Packed = []player.PackedFile{packed}
	}
	return out, nil
}
