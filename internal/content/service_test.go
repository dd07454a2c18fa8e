package content

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"path/filepath"
	"slices"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
)

const programme = id.Programme("01900000-0000-7000-8000-00000000000a")

func as(role actor.Role, scope actor.Scope) context.Context {
	return actor.With(context.Background(), actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: role, Scope: scope}})
}

func service(t *testing.T, d *db.DB) *Service {
	t.Helper()
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	return New(Deps{DB: d, Files: files})
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func moduleFiles(t *testing.T) map[string][]byte {
	return map[string][]byte{
		"en.md":    []byte(english + "\n![A grey square](grey.png)\n"),
		"ur.md":    []byte(urdu),
		"grey.png": picture(t),
	}
}

func TestAModuleIsImportedPublishedAndMended(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		op := id.New[id.Operation]()
		in := Import{Programme: programme, Key: "tip-basics", Files: moduleFiles(t), Publish: true}
		first, err := s.Import(officer, op, in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Import(officer, op, in)
		if err != nil || again != first {
			t.Errorf("a resend answered %+v, %v; first %+v", again, err, first)
		}
		same, err := s.Import(officer, id.New[id.Operation](), in)
		if err != nil || !same.Unchanged || same.Version != first.Version {
			t.Errorf("the same files became %+v, %v", same, err)
		}
		in.Files["en.md"] = append(in.Files["en.md"], "\nMore.\n"...)
		in.Publish = false
		second, err := s.Import(officer, id.New[id.Operation](), in)
		if err != nil || second.Number != 2 || second.Unchanged {
			t.Fatalf("%+v, %v", second, err)
		}
		published := func() id.ModuleVersion {
			var v Version
			if err := d.View(officer, func(tx *db.Tx) (err error) { v, err = s.Published(tx, "tip-basics"); return err }); err != nil {
				t.Fatal(err)
			}
			return v.ID
		}
		if published() != first.Version {
			t.Error("an import that was not to be published is out")
		}
		if err := s.Publish(officer, id.New[id.Operation](), Publish{Version: second.Version}); err != nil {
			t.Fatal(err)
		}
		if published() != second.Version {
			t.Error("the published version is not out")
		}
		list, err := s.List(officer)
		if err != nil || len(list) != 1 || len(list[0].Versions) != 2 || list[0].Latest.Title["ur"] != "انسانی سمگلنگ" {
			t.Errorf("%+v, %v", list, err)
		}

		file := list[0].Latest.Files[0]
		p, err := s.Picture(as(actor.Participant, actor.Scope{Programme: programme, Cohort: "c"}), file.Digest)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if b, err := io.ReadAll(p); err != nil || !bytes.Equal(b, in.Files["grey.png"]) || p.Media != "image/png" {
			t.Errorf("the picture came back as %d bytes of %s, %v", len(b), p.Media, err)
		}
	})
}

func TestNothingIsKeptOfAModuleWithProblems(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{})
		files := moduleFiles(t)
		files["ur.md"] = []byte("no front matter")
		_, err := s.Import(officer, id.New[id.Operation](), Import{Key: "tip-basics", Files: files})
		var ps Problems
		if !fault.Is(err, fault.Invalid) || !errors.As(err, &ps) || len(ps) < 2 {
			t.Fatalf("%v", err)
		}
		if list, err := s.List(officer); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestOnlyTheProgrammesOfficerChangesItsModules(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		mine := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		in := Import{Programme: programme, Key: "tip-basics", Files: moduleFiles(t)}
		done, err := s.Import(mine, id.New[id.Operation](), in)
		if err != nil {
			t.Fatal(err)
		}
		other := as(actor.ProgrammeOfficer, actor.Scope{Programme: "01900000-0000-7000-8000-00000000000b"})
		for name, ctx := range map[string]context.Context{
			"another programme's officer": other,
			"a participant":               as(actor.Participant, actor.Scope{Cohort: "c"}),
			"nobody":                      context.Background(),
		} {
			if _, err := s.Import(ctx, id.New[id.Operation](), in); err == nil {
				t.Errorf("%s imported it", name)
			}
			if err := s.Publish(ctx, id.New[id.Operation](), Publish{Version: done.Version}); err == nil {
				t.Errorf("%s published it", name)
			}
			if _, _, err := s.Preview(ctx, done.Version); err == nil {
				t.Errorf("%s previewed it", name)
			}
		}
		// A version that is not out is not shown to a participant, not even its picture.
		_, m, err := s.Preview(mine, done.Version)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Picture(as(actor.Participant, actor.Scope{Cohort: "c"}), m.Files[0].Digest); !fault.Is(err, fault.NotFound) {
			t.Errorf("a picture of a draft: %v", err)
		}
		// Another programme has the same picture: each sees it, in its own module.
		if _, err := s.Picture(other, m.Files[0].Digest); !fault.Is(err, fault.NotFound) {
			t.Errorf("another programme's officer sees a picture: %v", err)
		}
		if _, err := s.Import(other, id.New[id.Operation](), Import{Programme: "01900000-0000-7000-8000-00000000000b", Key: "tip-too", Files: moduleFiles(t)}); err != nil {
			t.Fatal(err)
		}
		for name, ctx := range map[string]context.Context{"the first": mine, "the other": other} {
			p, err := s.Picture(ctx, m.Files[0].Digest)
			if err != nil {
				t.Errorf("%s programme's officer does not see her picture: %v", name, err)
				continue
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// begun are the people who have begun whatever module.
type begun []id.Person

func (begun) Ready(context.Context) error   { return nil }
func (begun) EndOf(*db.Tx, id.Module) error { return nil }
func (b begun) Begun(_ *db.Tx, p id.Person, _ string) (bool, error) {
	return slices.Contains(b, p), nil
}

// A picture is shown to those who take part in the module's programme, and to
// whoever has begun the module in another one.
func TestWhoSeesAPicture(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		if _, err := s.Import(officer, id.New[id.Operation](), Import{Programme: programme, Key: "tip-basics", Files: moduleFiles(t), Publish: true}); err != nil {
			t.Fatal(err)
		}
		list, err := s.List(officer)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		beside := actor.Scope{Programme: "01900000-0000-7000-8000-00000000000b", Cohort: "c"}
		reader := as(actor.Participant, beside)
		s.attempts = begun{actor.From(reader).Person}
		for _, c := range []struct {
			name string
			ctx  context.Context
			sees bool
		}{
			{"a participant of the programme", as(actor.Participant, actor.Scope{Programme: programme, Cohort: "a"}), true},
			{"one of another, who has begun it", reader, true},
			{"one of another", as(actor.Participant, beside), false},
			{"a focal point of the programme", as(actor.FocalPoint, actor.Scope{Programme: programme, Agency: "g"}), false},
			{"nobody", context.Background(), false},
		} {
			p, err := s.Picture(c.ctx, list[0].Latest.Files[0].Digest)
			if (err == nil) != c.sees || err != nil && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", c.name, err)
			}
			if err == nil {
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
