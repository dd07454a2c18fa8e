package contentweb

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/content"
	"cadre/internal/db/dbtest"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

const programme = id.Programme("01900000-0000-7000-8000-00000000000a")

func as(role actor.Role) actor.Actor {
	return actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: role, Scope: actor.Scope{Programme: programme}}}
}

func TestEveryRouteHasItsPolicy(t *testing.T) {
	for _, r := range Routes(Deps{}) {
		if !access.Known(access.Verb(r.Need.Verb), access.Kind(r.Need.Kind)) {
			t.Errorf("%s %s needs %s, of which no rule speaks", r.Method, r.Pattern, r.Need)
		}
	}
}

func TestAModuleIsLookedOverAndPutOut(t *testing.T) {
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	modules := content.New(content.Deps{DB: dbtest.SQLite(t), Files: files})
	s := webtest.Start(t, nil, Routes(Deps{Content: modules})...)
	officer := as(actor.ProgrammeOfficer)
	for _, lang := range []string{"en", "ur"} {
		s.As(t, officer, i18n.Prefs{Lang: lang}).Get("/modules").Must(t, http.StatusOK).CheckPage(t)
	}
	source, err := os.ReadFile("../../examples/pakistan-2020/modules/gender/en.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := modules.Import(actor.With(context.Background(), officer), id.New[id.Operation](),
		content.Import{Programme: programme, Key: "gender", Files: map[string][]byte{"en.md": source}})
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(t, officer, i18n.Prefs{Lang: "en"})
	b.Get("/modules").Must(t, http.StatusOK, "Not out yet").CheckPage(t)
	page := b.Get(modulePath(out.Version)).Must(t, http.StatusOK, "gender", "Put this version out").CheckPage(t)
	b.Submit(page, modulePath(out.Version)+"/publish", nil).Must(t, http.StatusOK, "This version is out.").CheckPage(t)

	trainer := s.As(t, as(actor.Trainer), i18n.Prefs{Lang: "ur"})
	trainer.Get("/modules").Must(t, http.StatusOK).CheckPage(t)
	trainer.Get(modulePath(out.Version)).Must(t, http.StatusOK).CheckPage(t)
	if a := trainer.Submit(page, modulePath(out.Version)+"/publish", nil); a.Status == http.StatusOK {
		t.Error("a trainer put a module out")
	}
}

func TestAFolderIsSentAsAnArchive(t *testing.T) {
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	s := webtest.Start(t, nil, Routes(Deps{Content: content.New(content.Deps{DB: dbtest.SQLite(t), Files: files})})...)
	b := s.As(t, as(actor.ProgrammeOfficer), i18n.Prefs{Lang: "en"})
	page := b.Get("/modules")
	pack := func(text string) map[string][]byte {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		w, err := z.Create("words/en.md")
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return map[string][]byte{"folder": buf.Bytes()}
	}
	right := "---\ntitle: Words\nminutes: 5\npass_mark: 0\ncompetencies: []\n---\n# A\n\nText.\n"
	b.SubmitFiles(page, "import", nil, map[string][]byte{"folder": []byte("no archive")}).
		Must(t, http.StatusUnprocessableEntity, "not a ZIP archive").CheckPage(t)
	b.SubmitFiles(page, "import", nil, pack(strings.Replace(right, "title", "titel", 1))).
		Must(t, http.StatusUnprocessableEntity, "words/en.md:2:1", "titel is not known", "write title").CheckPage(t)
	b.SubmitFiles(page, "import", nil, pack(right)).Must(t, http.StatusOK, "The module was brought in", "Words").CheckPage(t)
	b.SubmitFiles(b.Get("/modules"), "import", nil, pack(right)).Must(t, http.StatusOK, "Nothing was changed").CheckPage(t)
}

func TestProblemsAreShownWithTheirPlaces(t *testing.T) {
	_, problems := content.Compile("words", map[string][]byte{"en.md": []byte("---\ntitel: x\n---\n# A\n\n<b>x</b>\n")})
	show := func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, listPage(nil, true, importForm(), problems))
	}
	routes := Routes(Deps{})
	routes[0].Handler = show
	s := webtest.Start(t, nil, routes...)
	s.As(t, as(actor.ProgrammeOfficer), i18n.Prefs{Lang: "ur"}).Get("/modules").
		Must(t, http.StatusOK, "words/en.md:2:1", "titel is not known", "write title", "HTML is not read").CheckPage(t)
}
