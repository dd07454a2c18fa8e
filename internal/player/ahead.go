package player

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
)

// ListedFile is a file of a package, as it is listed.
type ListedFile struct {
	Path  string
	Media string
	// Bytes is what it weighs on the wire.
	Bytes int64
}

// Ahead is a package as it is fetched before it is opened.
type Ahead struct {
	// Path is the token of her path to the files.
	Path  string
	Files []AheadFile
	Bytes int64 // of all of them, on the wire
}

// AheadFile is a file to fetch.
type AheadFile struct {
	// Address is its path in the package, escaped, with the parameters that a unit is
	// opened with.
	Address string `json:"address"`
	Bytes   int64  `json:"bytes"`
	// Page is set for what browsers show in a frame of its own.
	Page bool `json:"page,omitempty"`
}

// Ahead opens her path to the files of the package that she would go on with, or
// begin, in the language wished for, and lists them: the lighter before the heavier, and
// pages last, since a page is there once all that it shows is. It begins no attempt. It is a fault of kind NotFound if the
// module is no package, and Closed if that is not to be opened.
func (s *Service) Ahead(ctx context.Context, in Start) (out Ahead, err error) {
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		out = Ahead{}
		who := tx.Actor().Person
		place, err := s.cohorts.Place(tx, who, in.Cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Create, progress("", who, place)); err != nil {
			return err
		}
		before, err := attemptsOf(tx, who, in.Cohort, in.Module)
		if err != nil {
			return err
		}
		h, err := s.takingOf(tx, in.Module, before)
		if err != nil {
			return err
		}
		if len(h.offered) == 0 && h.at == nil {
			return fault.New(fault.NotFound, "fault.not-found", nil)
		}
		c := h.chosen(before, in.Language)
		if c == nil {
			return fault.New(fault.NotFound, "fault.not-found", nil)
		}
		if err := c.open(); err != nil {
			return err
		}
		if h.at == nil || h.at.State == NotYet {
			if err := s.ledger.ModuleOpen(tx, who, in.Cohort, in.Module); err != nil {
				return err
			}
		}
		files, err := s.shelf.CourseFiles(tx, c.Version)
		if err != nil {
			return err
		}
		out.Files = c.ahead(files)
		for _, f := range out.Files {
			out.Bytes += f.Bytes
		}
		out.Path, err = s.path(tx, who, c.Version)
		return err
	})
	return out, err
}

// ahead lists the addresses under which a browser asks for files.
func (c *Course) ahead(files []ListedFile) []AheadFile {
	// A unit is kept under the address that it is opened with, and no other.
	opened := map[string][]string{}
	for u := range c.leaves() {
		if a, err := url.Parse(u.Href); err == nil && !u.remote() {
			with := addressOf(a.Path)
			if a.RawQuery != "" {
				with = a.EscapedPath() + "?" + a.RawQuery
			}
			if !slices.Contains(opened[a.Path], with) {
				opened[a.Path] = append(opened[a.Path], with)
			}
		}
	}
	var out []AheadFile
	for _, f := range files {
		page := strings.HasPrefix(f.Media, "text/html") || strings.HasPrefix(f.Media, "application/xhtml+xml")
		under := opened[f.Path]
		if len(under) == 0 {
			under = []string{addressOf(f.Path)}
		}
		for _, a := range under {
			out = append(out, AheadFile{Address: a, Bytes: f.Bytes, Page: page && !c.Kind.asksForPages()})
		}
	}
	slices.SortStableFunc(out, func(a, b AheadFile) int {
		if a.Page != b.Page {
			if a.Page {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Bytes, b.Bytes)
	})
	return out
}

// addressOf is the address of a file without parameters.
func addressOf(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path)
}

// asksForPages reports whether packages of a kind are put together by a script, which
// asks for their pages like for anything else.
func (k Kind) asksForPages() bool { return k == H5P }

// Outside counts the units that lie on other hosts.
func (c *Course) Outside() (n int) {
	for u := range c.leaves() {
		if u.remote() {
			n++
		}
	}
	return n
}
