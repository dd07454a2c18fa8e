package content

import (
	"strings"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
)

// Missing captions are proposed where there is something to hear and nothing that looks
// like captions; what an officer notes holds for every version, and no colleague's is
// overwritten unseen.
func TestWhatAPackageLacksIsNoted(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		for want, more := range map[bool][]string{true: {"film.mp4", "x"}, false: {"film.mp4", "x", "film.vtt", "WEBVTT"}} {
			out, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip(more...), ImportPackage{}))
			if err != nil {
				t.Fatal(err)
			}
			if p, err := s.PreviewPackage(officer, out.Version); err != nil || p.Uncaptioned != want {
				t.Errorf("with %v captions are missing: %v, %v", more, p.Uncaptioned, err)
			}
		}
		first, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip(), ImportPackage{}))
		if err != nil {
			t.Fatal(err)
		}
		note := func(l Lacks, revision int) error {
			return s.NoteLacks(officer, id.New[id.Operation](), NoteLacks{Package: first.Package, Lacks: l, Revision: revision})
		}
		if err := note(Lacks{Captions: true, Keyboard: true, Other: " no words beside colours\n"}, 0); err != nil {
			t.Fatal(err)
		}
		if err := note(Lacks{}, 0); !fault.Is(err, fault.Stale) {
			t.Errorf("a change of what was changed: %v", err)
		}
		if err := note(Lacks{Other: strings.Repeat("ے", maxLacks+1)}, 1); !fault.Is(err, fault.Invalid) {
			t.Errorf("too many words: %v", err)
		}
		second, err := s.ImportPackage(officer, id.New[id.Operation](), bring(scormZip("more.txt", "x"), ImportPackage{Replaces: first.Package}))
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.PreviewPackage(officer, second.Version)
		if err != nil || p.Lacks != (Lacks{true, true, "no words beside colours"}) || p.LacksRevision != 1 || p.Uncaptioned {
			t.Errorf("%+v, %v", p.Lacks, err)
		}
		if err := note(Lacks{}, 1); err != nil {
			t.Error(err)
		}
		trainer := as(actor.Trainer, actor.Scope{Programme: programme})
		if err := s.NoteLacks(trainer, id.New[id.Operation](), NoteLacks{Package: first.Package, Revision: 2}); !fault.Is(err, fault.Denied) {
			t.Errorf("a trainer notes what a package lacks: %v", err)
		}
	})
}
