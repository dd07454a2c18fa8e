package crashtest_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"

	"cadre/internal/db/crashtest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func disk(t *testing.T) (d *crashtest.Disk, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "disk")
	d = crashtest.New(t, dir, crashtest.Image{"old": []byte("before")})
	t.Cleanup(func() { must(t, d.Discard()) })
	return d, dir
}

// left gathers what is left of path over many cuts at a moment.
func left(d *crashtest.Disk, moment int, path string) map[string]int {
	out := map[string]int{}
	chance := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		d.Cuts(chance, []int{moment}, func(_ int, img crashtest.Image) {
			b, ok := img[path]
			if !ok {
				out["(none)"]++
			} else {
				out[string(b)]++
			}
		})
	}
	return out
}

func TestWhatIsCommittedSurvivesEveryCut(t *testing.T) {
	d, dir := disk(t)
	must(t, d.Files().WriteFile(filepath.Join(dir, "a", "b", "new"), []byte("content"), 0o600))
	at := d.Moment()
	must(t, d.Files().WriteFile(filepath.Join(dir, "a", "b", "new"), []byte("other"), 0o600))
	if got := left(d, at, "a/b/new"); !reflect.DeepEqual(got, map[string]int{"content": 400}) {
		t.Errorf("after the commit: %v", got)
	}
	if got := left(d, d.Moment(), "a/b/new"); !reflect.DeepEqual(got, map[string]int{"other": 400}) {
		t.Errorf("after the second: %v", got)
	}
	// In between it is one or the other, and both come.
	both := map[string]int{}
	for m := at; m <= d.Moment(); m++ {
		for s, n := range left(d, m, "a/b/new") {
			both[s] += n
		}
	}
	if len(both) != 2 || both["content"] == 0 || both["other"] == 0 {
		t.Errorf("in between: %v", both)
	}
	if got := left(d, d.Moment(), "old"); got["before"] != 400 {
		t.Errorf("what was there before: %v", got)
	}
}

func TestWhatIsNotSyncedIsKeptLostOrTorn(t *testing.T) {
	d, dir := disk(t)
	f, err := d.Files().Create(filepath.Join(dir, "x"), 0o600)
	must(t, err)
	must(t, f.Sync())
	whole := make([]byte, 3*crashtest.Sector)
	for i := range whole {
		whole[i] = 'w'
	}
	_, err = f.Write(whole)
	must(t, err)
	name, err := filepath.Rel(dir, f.Name())
	must(t, err)
	must(t, syncDir(d, dir))
	got := left(d, d.Moment(), name)
	if got[""] == 0 || got[string(whole)] == 0 || len(got) < 5 {
		t.Errorf("%d kinds of rests, %d empty, %d whole", len(got), got[""], got[string(whole)])
	}
	must(t, f.Abort())
}

func TestADirectoryThatWasNotSyncedMayForgetANameAndWhatLiesBelow(t *testing.T) {
	d, dir := disk(t)
	f, err := d.Files().Create(filepath.Join(dir, "x"), 0o600)
	must(t, err)
	defer func() { must(t, f.Abort()) }()
	_, err = io.WriteString(f, "content")
	must(t, err)
	must(t, f.Sync())
	name, err := filepath.Rel(dir, f.Name())
	must(t, err)
	if got := left(d, d.Moment(), name); len(got) != 2 || got["(none)"] == 0 || got["content"] == 0 {
		t.Errorf("%v", got)
	}
}

// A folder whose making failed half-way is not taken for one that lasts.
func TestAFolderThatCouldNotBeMadeDurableIsMadeAnew(t *testing.T) {
	d, dir := disk(t)
	path := filepath.Join(dir, "a", "new")
	for n := 0; ; n++ {
		d.FailAt(n, crashtest.IOError)
		err := d.Files().WriteFile(path, []byte("content"), 0o600)
		if failed, _, _ := d.Heal(); failed == 0 {
			break
		}
		if err == nil {
			t.Errorf("call %d failed unseen", n)
		}
		must(t, d.Files().WriteFile(path, []byte("content"), 0o600))
		if got := left(d, d.Moment(), "a/new"); got["content"] != 400 {
			t.Errorf("after call %d failed, a file that was committed is lost: %v", n, got)
		}
		must(t, d.Files().Remove(path))
		must(t, d.Files().Remove(filepath.Dir(path)))
	}
}

func TestALyingDiskKeepsNothingForSure(t *testing.T) {
	d, dir := disk(t)
	d.Lie()
	must(t, d.Files().WriteFile(filepath.Join(dir, "new"), []byte("content"), 0o600))
	if got := left(d, d.Moment(), "new"); got["(none)"] == 0 {
		t.Errorf("%v", got)
	}
}

func TestOneSeedMakesOneRest(t *testing.T) {
	d, dir := disk(t)
	for range 5 {
		must(t, d.Files().WriteFile(filepath.Join(dir, "new"), make([]byte, 5000), 0o600))
	}
	rests := func() (out []crashtest.Image) {
		d.Cuts(rand.New(rand.NewPCG(3, 4)), []int{9, 2, 14, d.Moment(), 5}, func(_ int, img crashtest.Image) { out = append(out, img) })
		return out
	}
	if a, b := rests(), rests(); len(a) != 5 || !reflect.DeepEqual(a, b) {
		t.Error("the same seed left something else")
	}
}

func TestTheNthCallFailsAndWhatFailedToSyncIsLost(t *testing.T) {
	write := func(d *crashtest.Disk, dir string) error {
		return d.Files().WriteFile(filepath.Join(dir, "new"), []byte("content"), 0o600)
	}
	d, dir := disk(t)
	d.FailAt(1<<30, crashtest.IOError)
	must(t, write(d, dir))
	_, _, calls := d.Heal()
	if calls < 4 { // open, write, sync, rename, and the folder's sync
		t.Fatalf("%d calls can fail", calls)
	}
	for n := range calls {
		d.FailAt(n, crashtest.IOError)
		err := write(d, dir)
		failed, last, _ := d.Heal()
		if failed != 1 || !errors.Is(err, syscall.EIO) {
			t.Errorf("call %d (%s): %v", n, last, err)
		}
	}
	d.FailAt(0, crashtest.Full)
	if err := write(d, dir); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk: %v", err)
	}
	d.Heal()
	must(t, write(d, dir))
	es, err := os.ReadDir(dir)
	if err != nil || len(es) != 2 {
		t.Errorf("left behind: %v, %v", es, err)
	}

	f, err := d.Files().Create(filepath.Join(dir, "y"), 0o600)
	must(t, err)
	defer func() { must(t, f.Abort()) }()
	_, err = io.WriteString(f, "content")
	must(t, err)
	must(t, syncDir(d, dir))
	d.FailAt(0, crashtest.IOError)
	if f.Sync() == nil {
		t.Error("the sync did not fail")
	}
	d.Heal()
	must(t, f.Sync())
	name, err := filepath.Rel(dir, f.Name())
	must(t, err)
	if got := left(d, d.Moment(), name); got["content"] == 400 {
		t.Errorf("a sync after one that failed was believed: %v", got)
	}
}

// syncDir makes the names in dir durable, by making and removing one.
func syncDir(d *crashtest.Disk, dir string) error {
	path := filepath.Join(dir, "passing")
	if err := d.Files().WriteFile(path, nil, 0o600); err != nil {
		return err
	}
	return d.Files().Remove(path)
}

// Two images are one state where an instance finds the same in them, however far
// the log was taken over; and another where anything differs.
func TestOneStateIsTheSameToWhoeverOpensIt(t *testing.T) {
	d, dir := disk(t)
	path := filepath.Join(dir, "data.db")
	c, err := driver.Open(d.Wrap("file:" + path + "?_pragma=journal_mode(wal)&_pragma=synchronous(full)"))
	must(t, err)
	run := func(q string) int {
		_, err := c.Exec(q)
		must(t, err)
		return d.Moment()
	}
	made := run(`CREATE TABLE t (x INTEGER)`)
	one := run(`INSERT INTO t VALUES (1)`)
	run(`PRAGMA wal_checkpoint(PASSIVE)`)
	two := run(`INSERT INTO t VALUES (2)`)
	must(t, d.Files().WriteFile(filepath.Join(dir, "file"), []byte("content"), 0o600))
	filed := d.Moment()
	must(t, c.Close())

	states := crashtest.NewStates(t.TempDir(), "data.db")
	at := map[string]map[int]bool{} // the moments, by state
	var moments []int
	for m := made; m <= filed; m++ {
		moments = append(moments, m, m, m)
	}
	d.Cuts(rand.New(rand.NewPCG(1, 2)), moments, func(m int, img crashtest.Image) {
		s, err := states.Of(img)
		must(t, err)
		if at[s] == nil {
			at[s] = map[int]bool{}
		}
		at[s][m] = true
	})
	// Made; with one; with both; and with the file, whose name comes before its
	// folder is synced, or not.
	if len(at) != 4 {
		t.Errorf("%d states: %v", len(at), at)
	}
	for _, apart := range [][2]int{{made, one}, {one, two}, {two, filed}} {
		for s, ms := range at {
			if ms[apart[0]] && ms[apart[1]] {
				t.Errorf("moments %d and %d are both of state %s", apart[0], apart[1], s)
			}
		}
	}
}
