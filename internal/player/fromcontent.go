package player

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"cadre/internal/blob"
	"cadre/internal/content"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

// imported is the shelf of packages that package content has imported.
type imported struct {
	content *content.Service
	files   *blob.Store
}

func (s imported) Current(tx *db.Tx, module string) (id.ModuleVersion, error) {
	v, err := s.content.Published(tx, module)
	if err != nil {
		return "", err
	}
	is, err := s.content.IsPackage(tx, v.Module)
	if err == nil && !is {
		err = fault.New(fault.NotFound, "content.no-package", nil)
	}
	return v.ID, err
}

func (s imported) Course(tx *db.Tx, v id.ModuleVersion) (*Course, error) {
	p, err := s.content.Package(tx, v)
	if err != nil {
		return nil, err
	}
	c := &Course{Version: v, Key: p.Key, Kind: Kind(p.Kind), Language: "en", Bytes: p.Weight.Wire, Withdrawn: !p.Withdrawn.IsZero()}
	if len(p.Languages) > 0 {
		c.Language = p.Languages[0]
	}
	c.Title = textOf(p.Title, c.Language)
	for _, n := range p.Tree {
		c.Units = append(c.Units, nodeOf(p, n, c.Language))
	}
	if p.Sequencing != nil {
		c.Shared = p.Sequencing.Shared
		if c.Sequencing, err = json.Marshal(p.Sequencing); err != nil {
			return nil, fmt.Errorf("player: sequencing of %s: %w", v, err)
		}
	}
	return c, nil
}

func textOf(t i18n.Text, lang string) string {
	if s, ok := t.Values[lang]; ok {
		return s
	}
	return t.Values[t.Fallback]
}

func nodeOf(p *content.Package, n content.Node, lang string) Unit {
	u := Unit{ID: n.PublisherID, Title: textOf(n.Title, lang), Hidden: n.Hidden}
	if u.ID == "" {
		u.ID = n.ID
	}
	if in := p.Unit(n.ID); n.Unit && in != nil {
		u.Href, u.Asset, u.Prerequisites, u.Given = in.Address(), in.Asset, in.Prerequisites, givenOf(p.Kind, in)
	}
	for _, child := range n.Nodes {
		u.Units = append(u.Units, nodeOf(p, child, lang))
	}
	return u
}

// givenOf says what a manifest sets for a unit, in the words of its run time.
func givenOf(k content.PackageKind, u *content.Unit) map[string]string {
	out := map[string]string{}
	set := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	decimal := func(f *float64) string {
		if f == nil {
			return ""
		}
		return strconv.FormatFloat(*f, 'f', -1, 64)
	}
	set("cmi.launch_data", u.LaunchData)
	if Kind(k) == Scorm12 {
		set("cmi.student_data.mastery_score", decimal(u.Mastery))
		set("cmi.student_data.max_time_allowed", u.MaxTime)
		set("cmi.student_data.time_limit_action", u.TimeLimitAction)
		return out
	}
	set("cmi.scaled_passing_score", decimal(u.Mastery))
	set("cmi.completion_threshold", decimal(u.CompletionThreshold))
	set("cmi.max_time_allowed", u.MaxTime)
	set("cmi.time_limit_action", u.TimeLimitAction)
	return out
}

func (s imported) CourseFile(tx *db.Tx, v id.ModuleVersion, path string) (*CourseFile, error) {
	f, err := s.content.PackageFile(tx, v, path)
	if err != nil {
		return nil, err
	}
	open := func(file id.File) (func() (io.ReadSeekCloser, error), error) {
		found, err := blob.Lookup(tx, file)
		return func() (io.ReadSeekCloser, error) { return s.files.Open(found) }, err
	}
	out := &CourseFile{Media: f.Media, Digest: string(f.File), Size: f.Size}
	if out.Open, err = open(f.File); err != nil {
		return nil, err
	}
	if f.Gzip != "" {
		packed := PackedFile{Coding: "gzip", Size: f.GzipSize}
		if packed.Open, err = open(f.Gzip); err != nil {
			return nil, err
		}
		out.Packed = append(out.Packed, packed)
	}
	return out, nil
}
