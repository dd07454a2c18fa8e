package e2e_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"cadre/internal/db"
	"cadre/internal/db/crashtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
)

// failing is what a sweep of failures has seen.
type failing struct{ flows, failures, refused, passed int }

// failStride is how many calls one run of the tests goes on between two failures;
// it begins with another one in each flow.
const failStride = 10

// A disk fails at calls that an act makes, one after the other: nothing is
// answered that was not done, whoever asked is told to send again, and as soon as
// the disk is well the same act is done, once, by the same instance.
func TestEveryFailureOfTheDiskIsToldAndPasses(t *testing.T) {
	stride := failStride
	if testing.Short() {
		stride = 40
	}
	sweepFailures(t, stride)
}

func sweepFailures(t *testing.T, stride int) {
	t.Helper()
	b := newBench(t, seedOf(t))
	img := roomy(t, b)
	var all failing
	for i, f := range flows() {
		t.Run(f.name, func(t *testing.T) {
			all.flows++
			stride := stride
			if f.long {
				stride *= 40
			}
			b.fail(t, img, f, i, stride, func() bool { return false }, &all)
		})
	}
	t.Logf("%d flows, %d failures of the disk: %d acts refused, %d done all the same", all.flows, all.failures, all.refused, all.passed)
	if all.refused == 0 {
		t.Error("no act noticed")
	}
}

// roomy is a world in which many people can have a seat.
func roomy(t *testing.T, b *bench) crashtest.Image {
	t.Helper()
	dir := b.fresh()
	var img crashtest.Image
	synctest.Test(t, func(t *testing.T) {
		a, err := b.open(dir, nil)
		must(t, err)
		shut := closing(t, a)
		b.world = newWorldOf(t, a, 1, strings.ReplaceAll(everything, "places: 12", "places: 90"))
		shut()
		img, err = crashtest.Read(dir)
		must(t, err)
	})
	must(t, os.RemoveAll(dir))
	return img
}

// diskFull is how much a disk may have to remember before the sweep goes on with
// another, in bytes.
const diskFull = 128 << 20

// fail tries one flow against every stride-th failure until over says so, on one
// instance as long as its disk can remember what happened.
func (b *bench) fail(t *testing.T, img crashtest.Image, f flow, first, stride int, over func() bool, all *failing) {
	t.Helper()
	for s := (position{n: first % stride, stride: stride}); s.how < len(failures) && !over() && !t.Failed(); {
		b.failOn(t, img, f, &s, over, all)
	}
}

var failures = []crashtest.Failure{crashtest.IOError, crashtest.Full}

// position is how far a sweep has come: at which failure, of which kind.
type position struct{ how, n, stride int }

// failOn goes on with a sweep on a fresh disk.
func (b *bench) failOn(t *testing.T, img crashtest.Image, f flow, at *position, over func() bool, all *failing) {
	t.Helper()
	dir := b.fresh()
	disk := crashtest.New(t, dir, img)
	answered := map[id.Operation]int{} // and at what moment
	synctest.Test(t, func(t *testing.T) {
		a, err := b.open(dir, disk)
		must(t, err)
		shut := closing(t, a)
		s := &scene{TB: t, Services: a.Services, app: a, w: b.world}
		must(t, os.MkdirAll(filepath.Join(dir, "backups"), 0o700))

		// How much an act writes down where nothing fails; the first of its kind may
		// write more.
		usual := 0
		for range 2 {
			clean := f.lead(s)
			before := entries(t, s)
			must(t, clean(op()))
			usual = entries(t, s) - before
		}
		for at.how < len(failures) && disk.Bytes() < diskFull && !over() {
			act, o := f.lead(s), op()
			before := entries(t, s)
			disk.FailAt(at.n, failures[at.how])
			err := act(o)
			failed, last, _ := disk.Heal()
			if failed == 0 { // it makes no more calls than that
				must(t, err)
				at.how, at.n = at.how+1, at.n%at.stride
				continue
			}
			all.failures++
			where := fmt.Sprintf("%s at call %d, %s", failures[at.how], at.n, last)
			if err != nil {
				all.refused++
				told(t, where, err)
				if err := act(o); err != nil {
					t.Fatalf("%s: the disk is well again, and it says %v", where, err)
				}
			} else {
				all.passed++
			}
			answered[o] = disk.Moment()
			if more := entries(t, s) - before; more != usual {
				t.Errorf("%s: %d entries in the journal, want %d", where, more, usual)
			}
			if !f.bare {
				if n := count(t, a, `SELECT COUNT(*) FROM journal_operations WHERE id = ?1`, o); n != 1 {
					t.Errorf("%s: %d outcomes", where, n)
				}
			}
			at.n += at.stride
		}
		verified(t, a)
		shut()
	})
	// And all of it outlasts a cut, here and there.
	b.outlasts(t, disk, f, answered)
	must(t, disk.Discard())
}

// told asserts that an error says what a person can do.
func told(t *testing.T, where string, err error) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Unavailable {
		t.Errorf("%s: it is told as %v", where, err)
		return
	}
	for _, lang := range []string{"en", "ur"} {
		if s := i18n.For(i18n.Prefs{Lang: lang}).Error(err); s == "" || strings.Contains(s, f.Key) {
			t.Errorf("%s: in %s it reads %q", where, lang, s)
		}
	}
}

func entries(t *testing.T, s *scene) int {
	return count(t, s.app, `SELECT COUNT(*) FROM journal_entries`)
}

// outlasts cuts the power at a moment and looks for what was answered by then.
func (b *bench) outlasts(t *testing.T, disk *crashtest.Disk, f flow, answered map[id.Operation]int) {
	t.Helper()
	moments := []int{b.chance.IntN(disk.Moment() + 1)}
	if f.files && len(answered) > 0 { // and for those that write files, right after an answer, too
		moments = append(moments, slices.Sorted(maps.Values(answered))[b.chance.IntN(len(answered))])
	}
	disk.Cuts(b.chance, moments, func(m int, left crashtest.Image) {
		b.tally.cuts++
		if _, err := b.look(b.fresh(), left, &diary{w: b.world}, func(tx *db.Tx) error {
			for o, at := range answered {
				var n int
				if err := tx.QueryRow(`SELECT COUNT(*) FROM journal_operations WHERE id = ?1`, o).Scan(&n); err != nil {
					return err
				}
				if at <= m && n != 1 && !f.bare {
					return fmt.Errorf("what was answered at %d has %d outcomes after a cut at %d", at, n, m)
				}
			}
			return nil
		}); err != nil {
			t.Errorf("after a cut: %v", err)
		}
	})
}
