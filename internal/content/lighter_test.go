package content

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/actor"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/content/recode"
	"cadre/internal/content/recode/recodetest"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/id"
)

// withMedia is a service that can make sound and video smaller, and where it works.
func withMedia(t *testing.T, s *Service) (*Service, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "arriving")
	tool := recode.New(recode.Deps{FFmpeg: recodetest.FFmpeg(t), Folder: folder, Log: slog.New(slog.DiscardHandler)})
	return New(Deps{DB: s.db, Files: s.files, Media: tool}), folder
}

// warned are the keys of what is told of a version, with their files.
func warned(p PackagePage) (out []string) {
	for _, w := range p.Warnings {
		out = append(out, strings.TrimSpace(w.File+" "+w.Key))
	}
	return out
}

// files are the files of a version, by path.
func filesOf(t *testing.T, s *Service, v id.ModuleVersion) (media map[string]string, data map[string]string) {
	t.Helper()
	media, data = map[string]string{}, map[string]string{}
	err := s.db.View(context.Background(), func(tx *db.Tx) error {
		all, err := heaviest(tx, v, 50)
		if err != nil {
			return err
		}
		for _, f := range all {
			open, err := s.Opener(tx, f, false)
			if err != nil {
				return err
			}
			r, err := open()
			if err != nil {
				return err
			}
			b, err := io.ReadAll(r)
			if err = errors.Join(err, r.Close()); err != nil {
				return err
			}
			media[f.Path], data[f.Path] = f.Media, string(b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return media, data
}

func TestAPackageIsBroughtInWithSmallerSoundAndVideo(t *testing.T) {
	sound, wav, video := recodetest.MP3(t), recodetest.WAV(t), recodetest.MP4(t)
	list := "#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n" + strings.Repeat("# nothing\n", 8000)
	zip := bundletest.Zip("imsmanifest.xml", twoScos, "One/Index.html", "x", "two.html", "x", "a.mp3", string(sound), "b.wav", string(wav), "c.mp4", string(video), "list.mp4", list)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		plain := service(t, d)
		s, folder := withMedia(t, plain)
		if plain.ShrinksMedia() || !s.ShrinksMedia() {
			t.Error("it does not say whether it makes sound and video smaller")
		}
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		take := func(s *Service, in ImportPackage) (ImportedPackage, PackagePage) {
			t.Helper()
			out, err := s.ImportPackage(officer, id.New[id.Operation](), bring(zip, in))
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.PreviewPackage(officer, out.Version)
			if err != nil {
				t.Fatal(err)
			}
			return out, p
		}

		// Where no program is named they stay, and she is told.
		first, heavy := take(plain, ImportPackage{Smaller: true})
		if got := warned(heavy); !slices.Equal(got, []string{"package.media-stays"}) {
			t.Errorf("told: %q", got)
		}
		if _, data := filesOf(t, s, first.Version); data["a.mp3"] != string(sound) || data["c.mp4"] != string(video) || data["list.mp4"] != list {
			t.Error("they did not stay")
		}

		played := map[string]bool{}
		second, light := take(s, ImportPackage{Replaces: first.Package, Smaller: true, Playing: func(file string, _, _ time.Duration) { played[file] = true }})
		if second.Unchanged || second.Number != 2 {
			t.Fatalf("%+v", second)
		}
		if got := warned(light); !slices.Equal(got, []string{"package.smaller-media", "list.mp4 package.media-unreadable"}) {
			t.Errorf("told: %q", got)
		}
		media, data := filesOf(t, s, second.Version)
		if media["b.wav"] != "audio/mpeg" || media["a.mp3"] != "audio/mpeg" || media["c.mp4"] != "video/mp4" {
			t.Errorf("sent as %v", media)
		}
		var after int
		for name, was := range map[string][]byte{"a.mp3": sound, "b.wav": wav, "c.mp4": video} {
			if len(data[name]) > len(was)/10*9 || !played[name] {
				t.Errorf("%s: %d bytes became %d, told %v", name, len(was), len(data[name]), played[name])
			}
			after += len(data[name])
		}
		if data["list.mp4"] != list {
			t.Error("a playlist did not stay as it came")
		}
		before := len(sound) + len(wav) + len(video)
		for _, w := range light.Warnings {
			if w.Key == "package.smaller-media" && (w.Args["n"] != float64(3) || w.Args["before"] != float64(before>>10) || w.Args["after"] != float64(after>>10)) {
				t.Errorf("%d kB became %d kB: %v", before>>10, after>>10, w.Args)
			}
		}
		if saved := heavy.Weight.Wire - light.Weight.Wire; saved != int64(before-after) || light.Weight.Archive != int64(len(zip)) {
			t.Errorf("%+v became %+v", heavy.Weight, light.Weight)
		}
		_, r, err := s.Original(officer, second.Version)
		if err != nil {
			t.Fatal(err)
		}
		original, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(original, zip) {
			t.Errorf("the package is not as it came: %v", err)
		}
		if again, _ := take(s, ImportPackage{Replaces: first.Package, Smaller: true}); !again.Unchanged || again.Version != second.Version {
			t.Errorf("brought in again: %+v", again)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}

// An import that is given up leaves nothing, and one for which no time is left keeps
// what came.
func TestAnImportEndsWhileAVideoIsWorkedOn(t *testing.T) {
	zip := bundletest.Zip("imsmanifest.xml", twoScos, "One/Index.html", "x", "two.html", "x", "a.mp4", string(recodetest.MP4(t)))
	d := dbtest.SQLite(t)
	s, folder := withMedia(t, service(t, d))
	officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
	ctx, end := context.WithCancel(officer)
	_, err := s.ImportPackage(ctx, id.New[id.Operation](), bring(zip, ImportPackage{Smaller: true, Playing: func(string, time.Duration, time.Duration) { end() }}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it went on: %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if all, _, err := s.ListPackages(officer, ""); err != nil || len(all) > 0 {
		t.Errorf("kept: %v, %v", all, err)
	}
	out, err := s.ImportPackage(officer, id.New[id.Operation](), bring(zip, ImportPackage{Smaller: true, Patience: time.Nanosecond}))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.PreviewPackage(officer, out.Version)
	if err != nil || !slices.Equal(warned(p), []string{"package.media-late"}) {
		t.Errorf("told: %q, %v", warned(p), err)
	}
}

// A package that says itself which bytes of its videos are to be loaded keeps them.
func TestWhatAPlaylistOfThePackageNamesStays(t *testing.T) {
	video := string(recodetest.MP4(t))
	zip := bundletest.Zip("imsmanifest.xml", twoScos, "One/Index.html", "x", "two.html", "x", "a.mp4", video, "a.m3u8", "#EXTM3U")
	s, _ := withMedia(t, service(t, dbtest.SQLite(t)))
	officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
	out, err := s.ImportPackage(officer, id.New[id.Operation](), bring(zip, ImportPackage{Smaller: true}))
	if err != nil {
		t.Fatal(err)
	}
	if _, data := filesOf(t, s, out.Version); data["a.mp4"] != video {
		t.Error("it did not stay")
	}
}
