package player

import (
	"slices"
	"strings"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
)

// A module that exists as one package per language is one module: attempts at it, in
// whatever language, are hers at the module, and what she completes in one of them is
// completed. Each attempt stays in its language. Of several that are open, the one
// that she chose last is the one that she goes on with.

// offered returns the packages that are the module of that key, as they are out: one
// per language, the one for whoever reads none of them first; none if the module is
// no package, or is not out.
func (s *Service) offered(tx *db.Tx, module string) ([]*Course, error) {
	versions, err := s.shelf.Current(tx, module)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := make([]*Course, len(versions))
	for i, v := range versions {
		if out[i], err = s.shelf.Course(tx, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// speakingOf returns the package that is in a language, or else in one of the same
// base; nil if there is none.
func speakingOf(all []*Course, lang string) *Course {
	if i := slices.IndexFunc(all, func(c *Course) bool { return c.Language == lang }); i >= 0 {
		return all[i]
	}
	base := func(tag string) string {
		b, _, _ := strings.Cut(tag, "-")
		return b
	}
	if i := slices.IndexFunc(all, func(c *Course) bool { return lang != "" && base(c.Language) == base(lang) }); i >= 0 {
		return all[i]
	}
	return nil
}

// nearest returns the package for whoever reads a language; nil if there is none at
// all.
func nearest(all []*Course, lang string) *Course {
	if c := speakingOf(all, lang); c != nil || len(all) == 0 {
		return c
	}
	return all[0]
}

// among returns the package of that id; nil if it is not among them.
func among(all []*Course, p id.Module) *Course {
	if i := slices.IndexFunc(all, func(c *Course) bool { return c.Module == p }); i >= 0 {
		return all[i]
	}
	return nil
}

// held is an attempt with its package; the latter is nil for other material.
type held struct {
	Attempt
	course *Course
}

// held returns attempts at a module with their packages. One that is open at a
// package that was taken out of use is left out where the module is offered in
// another language: she goes on in that.
func (s *Service) held(tx *db.Tx, attempts []Attempt, offered []*Course) ([]held, error) {
	var out []held
	for _, a := range attempts {
		h := held{Attempt: a}
		if a.Page == "" {
			var err error
			if h.course, err = s.shelf.Course(tx, a.Version); err != nil {
				return nil, err
			}
			if a.State == Open && h.course.Withdrawn && len(offered) > 0 {
				continue
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// goesOn returns the attempt that she takes up, of those before, the last chosen
// first: that one, unless it is over; else what she has passed; else one that is open
// in the language wished for. It is nil if she begins anew.
func (s *Service) goesOn(tx *db.Tx, before []Attempt, offered []*Course, lang string) (*Attempt, error) {
	all, err := s.held(tx, before, offered)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if all[0].State != NotYet {
		return &all[0].Attempt, nil
	}
	if i := slices.IndexFunc(all, func(h held) bool { return h.State == Passed }); i >= 0 {
		return &all[i].Attempt, nil
	}
	w := wanted(offered, before, lang)
	i := slices.IndexFunc(all, func(h held) bool {
		return h.State == Open && (h.course == nil || w == nil || h.course.Module == w.Module)
	})
	if i < 0 {
		return nil, nil
	}
	return &all[i].Attempt, choose(tx, all[i].Attempt)
}

// wanted is the package that she begins with: in the language wished for, or in that
// of the attempt before.
func wanted(offered []*Course, before []Attempt, lang string) *Course {
	if lang == "" && len(before) > 0 {
		lang = before[0].Language
	}
	return nearest(offered, lang)
}

// choose makes an attempt the one that she goes on with.
func choose(tx *db.Tx, a Attempt) error {
	_, err := tx.Exec(`UPDATE player_attempts SET chosen_at = `+chosenNext+` WHERE id = ?5`, a.Person, a.Cohort, a.Module, db.Micros(tx.Now()), a.ID)
	return err
}

// chosenNext comes after every choice of a person (?1) in a cohort (?2) at a module
// (?3); ?4 is now.
const chosenNext = `(SELECT CASE WHEN COALESCE(MAX(chosen_at), 0) >= ?4 THEN MAX(chosen_at) + 1 ELSE ?4 END
	FROM player_attempts WHERE person = ?1 AND cohort = ?2 AND module = ?3)`

// changeLanguage takes up her attempt in another language, or begins one. What she did
// in the language before stays as it is, and she can come back to it.
func (s *Service) changeLanguage(tx *db.Tx, a Attempt, lang string) (Launch, error) {
	offered, err := s.offered(tx, a.Module)
	if err != nil {
		return Launch{}, err
	}
	i := slices.IndexFunc(offered, func(c *Course) bool { return c.Language == lang })
	if i < 0 {
		return Launch{}, fault.New(fault.NotFound, "player.no-language", nil)
	}
	c := offered[i]
	before, err := attemptsOf(tx, a.Person, a.Cohort, a.Module)
	if err != nil {
		return Launch{}, err
	}
	all, err := s.held(tx, before, offered)
	if err != nil {
		return Launch{}, err
	}
	if slices.ContainsFunc(all, func(h held) bool { return h.State == Passed }) {
		return Launch{}, fault.New(fault.Closed, "player.language-passed", nil)
	}
	if i := slices.IndexFunc(all, func(h held) bool { return h.State == Open && h.course != nil && h.course.Module == c.Module }); i >= 0 {
		return Launch{Attempt: all[i].ID, Package: true}, choose(tx, all[i].Attempt)
	}
	if err := s.ledger.ModuleOpen(tx, a.Person, a.Cohort, a.Module); err != nil {
		return Launch{}, err
	}
	next, err := s.beginRun(tx, a.Person, Start{Cohort: a.Cohort, Module: a.Module}, c, len(before)+1)
	return Launch{Attempt: next.ID, Package: true}, err
}

// InLanguage is a module made elsewhere in one of its languages, as a learner finds
// it.
type InLanguage struct {
	Language string
	Title    item.Text
	Bytes    int64
	// Here is set for the language that she goes on in, or would begin in.
	Here bool
	// Begun is set where she has an open attempt in it, and Percent says how far it is.
	Begun   bool
	Percent int
	Lacks   Lacks
}

// languages lists the languages of a module for a learner; none if there is only one.
func languages(offered []*Course, all []held, here *Course) []InLanguage {
	var out []InLanguage
	for _, c := range offered {
		l := InLanguage{Language: c.Language, Title: c.title(), Bytes: c.Bytes, Lacks: c.Lacks, Here: here != nil && here.Module == c.Module}
		if i := slices.IndexFunc(all, func(h held) bool { return h.State == Open && h.course != nil && h.course.Module == c.Module }); i >= 0 {
			l.Begun, l.Percent = true, all[i].Percent
		}
		out = append(out, l)
	}
	if len(out) == 0 || len(out) == 1 && out[0].Here {
		return nil
	}
	return out
}
