package content

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
)

func begin(size int) BeginUpload {
	return BeginUpload{Programme: programme, Name: "spotting.zip", Size: int64(size), Modified: 1_600_000_000_000}
}

func TestAnUploadGoesOnWhereItWasAndThePackageIsThereOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		data := scormZip("photo.jpg", string(photograph(t, 98)), "big.bin", string(bytes.Repeat([]byte("0123456789abcdef"), 4096)))
		u, err := s.BeginUpload(officer, begin(len(data)))
		if err != nil || u.Received != 0 {
			t.Fatalf("%+v, %v", u, err)
		}
		send := func(ctx context.Context, start, end int) (Upload, error) {
			sum := sha256.Sum256(data[start:end])
			return s.AppendUpload(ctx, AppendUpload{Upload: u.ID, Start: int64(start), Digest: hex.EncodeToString(sum[:]), Part: bytes.NewReader(data[start:end])})
		}
		if _, err := s.FinishUpload(officer, u.ID); !fault.Is(err, fault.Invalid) {
			t.Errorf("an empty upload is finished: %v", err)
		}
		if _, err := send(officer, 0, 300); err != nil {
			t.Fatal(err)
		}
		// The answer was lost: the same part comes again, and another that begins too late.
		for _, start := range []int{0, 500} {
			if _, err := send(officer, start, 700); !fault.Is(err, fault.Conflict) {
				t.Errorf("a part at %d is taken after 300: %v", start, err)
			}
		}
		if _, err := s.AppendUpload(officer, AppendUpload{Upload: u.ID, Start: 300, Digest: hex.EncodeToString(make([]byte, 32)), Part: bytes.NewReader(data[300:400])}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a damaged part is taken: %v", err)
		}
		if _, err := s.AppendUpload(officer, AppendUpload{Upload: u.ID, Start: 300, Part: bytes.NewReader(append(data[300:], 'x'))}); !fault.Is(err, fault.Invalid) {
			t.Errorf("more came than was said: %v", err)
		}
		other := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		if _, err := send(other, 300, 400); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else goes on with it: %v", err)
		}

		s = service2(s) // the server was started anew
		again, err := s.BeginUpload(officer, begin(len(data)))
		if err != nil || again.ID != u.ID || again.Received != 300 || again.Last.Size != 300 {
			t.Fatalf("the same file chosen again: %+v, %v", again, err)
		}
		// What she chose stays with it until she chooses otherwise.
		for _, choice := range []*bool{new(true), nil, new(false), new(true)} {
			ask := begin(len(data))
			ask.Smaller = choice
			want := choice == nil || *choice
			if got, err := s.BeginUpload(officer, ask); err != nil || got.ID != u.ID || got.Smaller != want {
				t.Errorf("%+v, %v, want smaller %v", got, err, want)
			}
			if got, err := s.Uploads(officer, programme); err != nil || len(got) != 1 || got[0].Smaller != want {
				t.Errorf("%+v, %v, want smaller %v", got, err, want)
			}
		}
		for at := 300; at < len(data); at += 1000 {
			if _, err := send(officer, at, min(at+1000, len(data))); err != nil {
				t.Fatal(err)
			}
		}
		first, err := s.FinishUpload(officer, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.PreviewPackage(officer, first.Version)
		if err != nil || !slices.ContainsFunc(page.Warnings, func(w PackageProblem) bool { return w.Key == "package.smaller" }) {
			t.Errorf("its pictures did not become smaller: %+v, %v", page, err)
		}
		if once, err := s.FinishUpload(officer, u.ID); err != nil || once != first {
			t.Errorf("finished again: %+v, %v, first %+v", once, err, first)
		}
		playable(t, s, d, first)
		if list, _, err := s.ListPackages(officer, ""); err != nil || len(list) != 1 {
			t.Errorf("%d packages, %v", len(list), err)
		}
		if open, err := s.Uploads(officer, programme); err != nil || len(open) != 0 {
			t.Errorf("under way still: %+v, %v", open, err)
		}
		_, original, err := s.Original(officer, first.Version)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := io.ReadAll(original)
		if err = errors.Join(err, original.Close()); err != nil || !bytes.Equal(kept, data) {
			t.Errorf("what was put together differs: %d bytes of %d, %v", len(kept), len(data), err)
		}
	})
}

// service2 is another service on the same database and files.
func service2(s *Service) *Service { return New(Deps{DB: s.db, Files: s.files}) }

func TestUploadsAreFewAndAreForgotten(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := service(t, d)
		officer := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		if _, err := s.BeginUpload(as(actor.Trainer, actor.Scope{Programme: programme}), begin(9)); !fault.Is(err, fault.Denied) {
			t.Errorf("a trainer brings a package in: %v", err)
		}
		for _, size := range []int{0, -1, MaxPackage + 1} {
			if _, err := s.BeginUpload(officer, begin(size)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%d bytes are begun: %v", size, err)
			}
		}
		var open []id.Upload
		for size := 10; size < 10+MaxUploads; size++ {
			u, err := s.BeginUpload(officer, begin(size))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.AppendUpload(officer, AppendUpload{Upload: u.ID, Part: bytes.NewReader([]byte{byte(size)})}); err != nil {
				t.Fatal(err)
			}
			open = append(open, u.ID)
		}
		if _, err := s.BeginUpload(officer, begin(99)); !fault.Is(err, fault.Limited) {
			t.Errorf("one too many is begun: %v", err)
		}
		other := as(actor.ProgrammeOfficer, actor.Scope{Programme: programme})
		if err := s.DropUpload(other, id.New[id.Operation](), open[0]); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else drops it: %v", err)
		}
		drop := id.New[id.Operation]()
		for range 2 { // the form is sent twice
			if err := s.DropUpload(officer, drop, open[0]); err != nil {
				t.Error(err)
			}
		}
		if err := s.DropUpload(officer, id.New[id.Operation](), open[0]); !fault.Is(err, fault.NotFound) {
			t.Errorf("what is gone is dropped: %v", err)
		}
		if _, err := s.BeginUpload(officer, begin(99)); err != nil {
			t.Errorf("after one was dropped: %v", err)
		}
		later := dbtest.Clock(d)
		later.Advance(UploadKept)
		if err := s.SweepUploads(officer); err != nil {
			t.Fatal(err)
		}
		var rows, parts, held int
		err := d.View(officer, func(tx *db.Tx) error {
			return errors.Join(
				tx.QueryRow(`SELECT COUNT(*) FROM content_uploads`).Scan(&rows),
				tx.QueryRow(`SELECT COUNT(*) FROM content_upload_parts`).Scan(&parts),
				tx.QueryRow(`SELECT COUNT(*) FROM blob_references WHERE keep_until = 0 OR keep_until > ?1`, db.Micros(later.Now())).Scan(&held),
			)
		})
		if err != nil || rows+parts+held != 0 {
			t.Errorf("a day later %d uploads, %d parts and %d references are left, %v", rows, parts, held, err)
		}
	})
}

func TestPartsAreReadAsOneFile(t *testing.T) {
	s := service(t, dbtest.SQLite(t))
	data := make([]byte, 10_000)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	j := &joined{files: s.files, size: int64(len(data))}
	for at := 0; at < len(data); {
		n := min(1+at/2, len(data)-at)
		f, err := s.files.PutContent(bytes.NewReader(data[at:at+n]), MaxPart)
		if err != nil {
			t.Fatal(err)
		}
		j.parts = append(j.parts, Part{int64(at), int64(n), string(f.ID)})
		at += n
	}
	for _, off := range []int{0, 1, 2, 4999, 9990, 3} {
		got := make([]byte, 4000)
		n, err := j.ReadAt(got, int64(off))
		want := data[off:min(off+4000, len(data))]
		if !bytes.Equal(got[:n], want) || (err == nil) != (len(want) == 4000) || err != nil && !errors.Is(err, io.EOF) {
			t.Errorf("at %d: %d bytes, %v", off, n, err)
		}
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}
