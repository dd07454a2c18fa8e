package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
)

var (
	ctx    = context.Background()
	scan   = blob.Reference{Owner: "letter:1", Purpose: "scan", Person: "01900000-0000-7000-8000-0000000000a1"}
	chunks = []int{0, 1, 15, 64<<10 - 1, 64 << 10, 64<<10 + 1, 128 << 10, 200_000}
)

func noise(n int) []byte {
	b := make([]byte, n)
	c := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = c.Read(b)
	return b
}

func store(t *testing.T) (*blob.Store, *clock.Fake) {
	t.Helper()
	c := clock.NewFake(time.Now())
	s, err := blob.Open(filepath.Join(t.TempDir(), "files"), c)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func update(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(ctx, db.Main, f); err != nil {
		t.Fatal(err)
	}
}

func keep(t *testing.T, d *db.DB, f blob.Stored, ref blob.Reference) {
	t.Helper()
	update(t, d, func(tx *db.Tx) error { return blob.Keep(tx, f, ref) })
}

func lookup(t *testing.T, d *db.DB, file id.File) (f blob.File, err error) {
	t.Helper()
	err = d.View(ctx, func(tx *db.Tx) (err error) {
		f, err = blob.Lookup(tx, file)
		return err
	})
	return f, err
}

func read(t *testing.T, s *blob.Store, d *db.DB, file id.File) ([]byte, error) {
	t.Helper()
	f, err := lookup(t, d, file)
	if err != nil {
		return nil, err
	}
	r, err := s.Open(f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func filesOnDisk(t *testing.T, s *blob.Store) (n int) {
	t.Helper()
	if err := filepath.WalkDir(s.Dir(), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBothKindsComeBackAsTheyWentIn(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := store(t)
		for _, n := range chunks {
			for _, put := range []func(io.Reader, int64) (blob.Stored, error){s.PutContent, s.PutUpload} {
				want := noise(n)
				f, err := put(iotest.HalfReader(bytes.NewReader(want)), int64(n))
				if err != nil {
					t.Fatal(err)
				}
				keep(t, d, f, scan)
				got, err := read(t, s, d, f.ID)
				if err != nil || !bytes.Equal(got, want) || f.Size != int64(n) {
					t.Errorf("%s of %d bytes: %d bytes came back, %v", f.Kind, n, len(got), err)
				}
			}
		}
		if damage, err := s.Verify(ctx, d, nil); err != nil || len(damage) > 0 {
			t.Errorf("verify: %v, %v", damage, err)
		}
	})
}

func TestRangesOfAnUploadCanBeRead(t *testing.T) {
	d := dbtest.SQLite(t)
	s, _ := store(t)
	for _, n := range chunks {
		f, err := s.PutUpload(bytes.NewReader(noise(n)), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, d, f, scan)
		file, err := lookup(t, d, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, noise(n)); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
		r.Close()
	}
}

func TestTheSameContentIsKeptOnceAndUploadsNever(t *testing.T) {
	s, _ := store(t)
	a, err := s.PutContent(strings.NewReader("a module"), 100)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.PutContent(strings.NewReader("a module"), 100)
	if err != nil || a.ID != b.ID {
		t.Errorf("%s and %s, %v", a.ID, b.ID, err)
	}
	c, err := s.PutUpload(strings.NewReader("a module"), 100)
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.PutUpload(strings.NewReader("a module"), 100)
	if err != nil || c.ID == e.ID {
		t.Errorf("two uploads share the id %s, %v", c.ID, err)
	}
	if n := filesOnDisk(t, s); n != 3 {
		t.Errorf("%d files on disk", n)
	}
}

func TestAFileIsMeasuredWhileItIsRead(t *testing.T) {
	s, _ := store(t)
	for _, put := range []func(io.Reader, int64) (blob.Stored, error){s.PutContent, s.PutUpload} {
		if _, err := put(bytes.NewReader(noise(1001)), 1000); !fault.Is(err, fault.Invalid) {
			t.Errorf("a file above the limit: %v", err)
		}
		broken := errors.New("the line broke")
		if _, err := put(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 1000); !errors.Is(err, broken) {
			t.Errorf("a broken line: %v", err)
		}
	}
	if n := filesOnDisk(t, s); n != 0 {
		t.Errorf("%d files left behind", n)
	}
}

func TestAnUploadOnDiskShowsNothingAndErasingItsKeyErasesIt(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := store(t)
		canary := []byte("Shaheen of Peshawar, PP-77")
		f, err := s.PutUpload(bytes.NewReader(canary), 1000)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, d, f, scan)
		raw, err := os.ReadFile(s.Path(f.Kind, f.ID))
		if err != nil || bytes.Contains(raw, canary[:7]) {
			t.Errorf("the file on disk shows its content (%v)", err)
		}
		update(t, d, func(tx *db.Tx) error {
			n, err := blob.EraseAbout(tx, scan.Person)
			if n != 1 {
				t.Errorf("%d files erased", n)
			}
			return err
		})
		if _, err := read(t, s, d, f.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("an erased upload: %v", err)
		}
		if damage, err := s.Verify(ctx, d, nil); err != nil || len(damage) > 0 {
			t.Errorf("an erased upload is not damage: %v, %v", damage, err)
		}
	})
}

func TestEveryChangedByteOfAFileIsFound(t *testing.T) {
	d := dbtest.SQLite(t)
	s, _ := store(t)
	for _, put := range []func(io.Reader, int64) (blob.Stored, error){s.PutContent, s.PutUpload} {
		f, err := put(bytes.NewReader(noise(70)), 1000)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, d, f, scan)
		path := s.Path(f.Kind, f.ID)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, content []byte) {
			t.Helper()
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			damage, err := s.Verify(ctx, d, nil)
			if err != nil || len(damage) != 1 || damage[0].File.ID != f.ID || damage[0].Key != "blob.verify-damaged" {
				t.Errorf("%s, %s: %v, %v", f.Kind, what, damage, err)
			}
		}
		for i := range whole {
			c := bytes.Clone(whole)
			c[i] ^= 1
			check("changed byte", c)
		}
		check("cut off", whole[:len(whole)-1])
		check("emptied", nil)
		check("made longer", append(bytes.Clone(whole), 0))
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		damage, err := s.Verify(ctx, d, nil)
		if err != nil || len(damage) != 1 || damage[0].Key != "blob.verify-missing" {
			t.Errorf("missing: %v, %v", damage, err)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneUploadCannotStandInForAnother(t *testing.T) {
	d := dbtest.SQLite(t)
	s, _ := store(t)
	a, _ := s.PutUpload(strings.NewReader("the letter of the FIA"), 100)
	b, _ := s.PutUpload(strings.NewReader("the letter of Lahore!"), 100)
	keep(t, d, a, scan)
	keep(t, d, b, scan)
	raw, err := os.ReadFile(s.Path(b.Kind, b.ID))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path(a.Kind, a.ID), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := read(t, s, d, a.ID); err == nil {
		t.Errorf("read %q", got)
	}
}

func TestWhatNothingRefersToGoesAfterADay(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, machine := store(t)
		put := func(text string) blob.Stored {
			f, err := s.PutUpload(strings.NewReader(text), 100)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		exists := func(f blob.Stored) bool {
			_, err := os.Stat(s.Path(f.Kind, f.ID))
			return err == nil
		}
		pass := func(dur time.Duration) {
			machine.Advance(dur)
			dbtest.Clock(d).Advance(dur)
			if _, err := s.Collect(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		kept, shared, ends, orphan := put("kept"), put("shared"), put("ends"), put("orphan")
		keep(t, d, kept, scan)
		keep(t, d, shared, scan)
		keep(t, d, shared, blob.Reference{Owner: "letter:2", Purpose: "scan"})
		keep(t, d, ends, blob.Reference{Owner: "letter:3", Purpose: "scan", Until: dbtest.Start.Add(48 * time.Hour)})
		part := filepath.Join(s.Dir(), ".part-123")
		if err := os.WriteFile(part, nil, 0o600); err != nil {
			t.Fatal(err)
		}

		pass(time.Hour)
		if !exists(orphan) {
			t.Error("a file whose transaction may still come was removed")
		}
		update(t, d, func(tx *db.Tx) error { return blob.Release(tx, shared.ID, scan.Owner, scan.Purpose) })
		pass(25 * time.Hour)
		if exists(orphan) || !exists(kept) || !exists(shared) || !exists(ends) {
			t.Error("after a day, all but the orphan should be there")
		}
		if _, err := os.Stat(part); !errors.Is(err, fs.ErrNotExist) {
			t.Error("a half-written file was left")
		}
		update(t, d, func(tx *db.Tx) error { return blob.Release(tx, shared.ID, "letter:2", "scan") })
		pass(23 * time.Hour)
		if !exists(shared) {
			t.Error("a released file went before its day")
		}
		pass(2 * time.Hour)
		if exists(shared) || !exists(ends) {
			t.Error("a released file stayed, or one whose period had just ended went")
		}
		pass(25 * time.Hour)
		if exists(ends) || !exists(kept) {
			t.Error("at the end only the file that is needed should be there")
		}
		if _, err := lookup(t, d, ends.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("its row: %v", err)
		}
	})
}

// Whoever sends a file slowly holds up neither the removal of what nobody needs nor
// anybody else who sends one.
func TestASlowUploadHoldsUpNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, machine := store(t)
		stray := filepath.Join(s.Dir(), ".part-123")
		if err := os.WriteFile(stray, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		long := machine.Now().Add(-2 * blob.Grace)
		if err := os.Chtimes(stray, long, long); err != nil {
			t.Fatal(err)
		}
		r, w := io.Pipe()
		slow := make(chan error)
		go func() {
			_, err := s.PutUpload(r, 100)
			slow <- err
		}()
		_, _ = w.Write([]byte("half")) // returns once it is read
		if _, err := s.Collect(ctx, d); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(stray); !errors.Is(err, fs.ErrNotExist) {
			t.Error("what was left half written is still there")
		}
		if _, err := s.PutUpload(strings.NewReader("quick"), 100); err != nil {
			t.Error(err)
		}
		_ = w.Close() // never fails
		if err := <-slow; err != nil {
			t.Error(err)
		}
	})
}

func TestABackupIsToldEveryFile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := store(t)
		want := map[id.File]string{}
		for i := range 5 {
			f, err := s.PutContent(bytes.NewReader(noise(i+1)), 100)
			if err != nil {
				t.Fatal(err)
			}
			keep(t, d, f, scan)
			want[f.ID] = s.Path(f.Kind, f.ID)
		}
		var after id.File
		for range 5 {
			var page []blob.File
			if err := d.View(ctx, func(tx *db.Tx) (err error) {
				page, err = blob.Named(tx, after, 1)
				return err
			}); err != nil || len(page) != 1 {
				t.Fatal(page, err)
			}
			after = page[0].ID
			if filepath.Join(s.Dir(), filepath.FromSlash(page[0].Path)) != want[after] {
				t.Errorf("path %s", page[0].Path)
			}
			delete(want, after)
		}
		if len(want) > 0 {
			t.Errorf("not named: %v", want)
		}
	})
}

// A chunk is sealed for its own place: neither can stand in for the other.
func TestChunksCannotBeExchanged(t *testing.T) {
	s, _ := store(t)
	d := dbtest.SQLite(t)
	f, err := s.PutUpload(bytes.NewReader(noise(200_000)), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, d, f, scan)
	path := s.Path(f.Kind, f.ID)
	sealed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const chunk = 64<<10 + 16
	swapped := slices.Concat(sealed[chunk:2*chunk], sealed[:chunk], sealed[2*chunk:])
	if err := os.WriteFile(path, swapped, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := read(t, s, d, f.ID); err == nil {
		t.Errorf("%d bytes were read out of their order", len(b))
	}
	if damage, err := s.Verify(ctx, d, nil); err != nil || len(damage) != 1 {
		t.Errorf("verify: %v, %v", damage, err)
	}
}
