package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"cadre/internal/app"
	"cadre/internal/clock"
	"cadre/internal/cohort"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/db/crashtest"
)

// A bench cuts the power under an instance at which people act, looks at what is
// left, and lets them go on with it.
type bench struct {
	dir    string // in memory, where there is such a place
	begin  crashtest.Image
	world  world
	chance *rand.Rand
	seed   uint64

	// How the instance or its disk is made worse, to see that it is seen.
	normal bool // SQLite syncs checkpoints only
	lying  bool // the disk does not sync

	cuts  int // in one life
	n     int // folders so far
	tally tally
	fails []string
}

// tally is what a bench has seen. Of its cuts, opened are those that Cadre itself
// has opened: see [bench.recall].
type tally struct {
	lives, deeds, acknowledged, resent, cuts, opened, lost, doubled int
}

func newBench(t *testing.T, seed uint64) *bench {
	t.Helper()
	b := &bench{seed: seed, cuts: cutsPerLife, chance: rand.New(rand.NewPCG(seed, 1))}
	var err error
	b.dir, err = os.MkdirTemp("", "cadre-cuts")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(b.dir)) })
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, seed) // ids are the seed's, too
		dir := b.fresh()
		a, err := b.open(dir, nil)
		must(t, err)
		shut := closing(t, a)
		b.world = newWorld(t, a, 4)
		must(t, os.Mkdir(filepath.Join(dir, "backups"), 0o700))
		shut()
		b.begin, err = crashtest.Read(dir)
		must(t, err)
		must(t, os.RemoveAll(dir))
	})
	return b
}

// fresh is the path of a folder that is not there yet.
func (b *bench) fresh() string {
	b.n++
	return filepath.Join(b.dir, fmt.Sprint(b.n))
}

// open opens the instance in a folder, through a disk if there is one.
func (b *bench) open(dir string, disk *crashtest.Disk) (*app.App, error) {
	cfg, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(dir, "data")})
	if err != nil {
		return nil, err
	}
	// One reader is made quickly; people who act need another.
	o := app.Options{Clock: clock.NewFake(monday.Add(time.Duration(b.tally.deeds) * time.Second)), Database: db.Options{Readers: 1}}
	if disk != nil {
		o.Database.Readers = 2
		o.Database.Files = disk.Files()
		o.Database.Wrap = func(dsn string) string {
			if b.normal {
				dsn = strings.Replace(dsn, "synchronous(full)", "synchronous(normal)", 1)
			}
			return disk.Wrap(dsn)
		}
	}
	return app.Open(context.Background(), cfg, o)
}

// closing returns what closes an instance, which happens in any case.
func closing(t *testing.T, a *app.App) (shut func()) {
	shut = sync.OnceFunc(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	t.Cleanup(shut)
	return shut
}

// run cuts until enough says so.
func (b *bench) run(t *testing.T, enough func(tally) bool) {
	t.Helper()
	img, d := b.begin, &diary{w: b.world}
	for lives := 0; !enough(b.tally) && len(b.fails) == 0; lives++ {
		if lives == 6 { // a young instance again: everybody has done everything
			img, d, lives = b.begin, &diary{w: b.world}, 0
		}
		img, d = b.life(t, img, d)
	}
}

// life lets people act on a machine from its start, cuts its power at moments
// throughout, and returns what one of the cuts has left.
func (b *bench) life(t *testing.T, img crashtest.Image, d *diary) (next crashtest.Image, left *diary) {
	t.Helper()
	b.tally.lives++
	dir := b.fresh()
	disk := crashtest.New(t, dir, img)
	if b.lying {
		disk.Lie()
	}
	d.restart()
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, b.chance.Uint64())
		a, err := b.open(dir, disk)
		must(t, err)
		shut := closing(t, a)
		b.act(t, a, disk, d)
		shut()
	})
	left, next = b.cutAndLook(t, disk, d)
	must(t, disk.Discard())
	return next, left
}

// cutsPerLife is how often the power goes in one life of a machine: its record is
// cut at so many moments. They leave a dozen or two of states.
const cutsPerLife = 100

// moments are those at which the power goes: any, and some right after an answer.
func (b *bench) moments(disk *crashtest.Disk, d *diary) []int {
	out := make([]int, b.cuts)
	for i := range out {
		out[i] = b.chance.IntN(disk.Moment() + 1)
		if l := d.lines[b.chance.IntN(len(d.lines))]; i%3 == 0 {
			out[i] = min(l.done+b.chance.IntN(3), disk.Moment())
		}
	}
	return out
}

// cutAndLook cuts the power at moments of a life, looks at what each has left, and
// returns what one of them has, with the diary as it was then.
func (b *bench) cutAndLook(t *testing.T, disk *crashtest.Disk, d *diary) (left *diary, next crashtest.Image) {
	t.Helper()
	moments := b.moments(disk, d)
	goOn := b.chance.IntN(len(moments))
	memory := &memory{states: crashtest.NewStates(b.dir, database), told: map[string]*opened{}}
	var all sync.WaitGroup
	var mu sync.Mutex
	places := make(chan struct{}, runtime.NumCPU())
	disk.Cuts(b.chance, moments, func(m int, after crashtest.Image) {
		then, dir := d.at(m), b.fresh()
		again := b.chance.IntN(16) == 0
		b.tally.cuts++
		where := fmt.Sprintf("seed %d, life %d, cut %d at moment %d of %d", b.seed, b.tally.lives, b.tally.cuts, m, disk.Moment())
		if goOn == 0 {
			next, left = after, then
		}
		goOn--
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			err := b.recall(memory, dir, after, d, then, again)
			if err == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			var x amiss
			if errors.As(err, &x) && x.twice {
				b.tally.doubled++
			} else {
				b.tally.lost++
			}
			if keep := os.Getenv("CADRE_TEST_KEEP"); keep != "" {
				err = errors.Join(err, after.Write(filepath.Join(keep, fmt.Sprintf("%d-%d", b.seed, b.tally.cuts))))
			}
			b.fails = append(b.fails, fmt.Sprintf("%s: %v", where, err))
		})
	})
	all.Wait()
	b.tally.opened += int(memory.opened.Load())
	return left, next
}

// act sends again what was not answered, and then lets several people act at once,
// while others read.
func (b *bench) act(t *testing.T, a *app.App, disk *crashtest.Disk, d *diary) {
	t.Helper()
	for _, l := range d.open() {
		b.tally.resent++
		b.do(t, a, disk, d, l)
	}
	for range 2 + b.chance.IntN(4) {
		// A reader holds on to what it saw, so that the log cannot be emptied.
		seen, done := make(chan struct{}), make(chan struct{})
		reading := b.chance.IntN(3) == 0
		if reading {
			go func() {
				defer close(seen)
				err := a.DB.View(context.Background(), func(tx *db.Tx) error {
					var n int
					if err := tx.QueryRow(`SELECT COUNT(*) FROM journal_entries`).Scan(&n); err != nil {
						return err
					}
					<-done
					return nil
				})
				if err != nil {
					t.Errorf("a reader: %v", err)
				}
			}()
			synctest.Wait()
		}
		b.round(t, a, disk, d, reading)
		close(done)
		if reading {
			<-seen
		}
	}
}

// round lets some people act at once: what they send is committed as one group.
// They queue behind a transaction that does nothing, in an order that is the
// seed's.
func (b *bench) round(t *testing.T, a *app.App, disk *crashtest.Disk, d *diary, reading bool) {
	t.Helper()
	turn, over := make(chan struct{}), make(chan struct{})
	idle := errors.New("nothing to do")
	go func() {
		defer close(over)
		if err := a.DB.Update(context.Background(), db.Main, func(*db.Tx) error { <-turn; return idle }); !errors.Is(err, idle) {
			t.Errorf("the first of a group: %v", err)
		}
	}()
	synctest.Wait()
	var all sync.WaitGroup
	var alone []*line
	busy := map[string]bool{}
	for range 1 + b.chance.IntN(4) {
		x, ok := b.next(d, busy, reading)
		if !ok {
			continue
		}
		b.tally.deeds++
		l := d.begin(x, disk.Moment())
		// These wait for transactions of their own, or make several, of which the later
		// ones would come as the machine pleases.
		if slices.Contains([]string{"backup", "erase", "launch", "coach"}, x.Do) {
			alone = append(alone, l)
			continue
		}
		all.Go(func() { b.do(t, a, disk, d, l) })
		synctest.Wait()
	}
	close(turn)
	<-over
	all.Wait()
	for _, l := range alone {
		b.do(t, a, disk, d, l)
	}
}

// do does a deed and writes the answer down.
func (b *bench) do(t *testing.T, a *app.App, disk *crashtest.Disk, d *diary, l *line) {
	x := l.deed
	x.Path = filepath.Join(filepath.Dir(a.Config.Data), "backups", filepath.Base(l.Path))
	if x.Do == "backup" {
		_ = os.Remove(x.Path) // what an unanswered one left
	}
	g, err := d.w.do(a, x)
	if err != nil {
		t.Errorf("seed %d: %s: %v", b.seed, l.Do, err)
		return
	}
	l.got, l.answered, l.done = g, true, disk.Moment()
	b.tally.acknowledged++
}

// next chooses a deed that is lawful now, of somebody who does nothing else at
// the time. Nobody is erased while a reader holds on to what it saw of her.
func (b *bench) next(d *diary, busy map[string]bool, reading bool) (deed, bool) {
	x := deed{Op: op()}
	hers := d.officers()
	x.Of = hers[b.chance.IntN(len(hers))]
	if busy[string(x.Of.Person)] {
		return x, false
	}
	busy[string(x.Of.Person)] = true
	first := func(do string) bool { return len(d.of(x.Of, do)) == 0 }
	settled := func(do string) *line {
		if ls := d.of(x.Of, do); len(ls) == 1 && ls[0].answered {
			return ls[0]
		}
		return nil
	}
	inSeat := false
	for _, o := range d.w.Officers {
		inSeat = inSeat || o == x.Of
	}
	var able []deed
	add := func(do string, change func(*deed)) {
		y := x
		y.Do = do
		if change != nil {
			change(&y)
		}
		able = append(able, y)
	}
	add("propose", func(y *deed) { y.Of.Nomination, y.Of.Person = "", "" })
	add("letter", nil)
	add("statements", func(y *deed) { y.Of = cohort.Proposed{} })
	if b.chance.IntN(10) == 0 && !reading && !busy["erase"] && len(hers) > 2 {
		busy["erase"] = true
		add("erase", nil)
	}
	if b.chance.IntN(12) == 0 && !busy["backup"] {
		busy["backup"] = true
		add("backup", func(y *deed) { y.Path = string(y.Op) + ".backup" })
	}
	if !inSeat && first("accept") {
		add("accept", nil)
	}
	if inSeat {
		half := b.chance.IntN(2)
		marked := false
		for _, l := range d.of(x.Of, "mark") {
			marked = marked || l.Half == half
		}
		if !marked {
			add("mark", func(y *deed) { y.Half = half })
		}
		if first("sit") {
			add("sit", nil)
		} else if s := settled("sit"); s != nil && first("hand-in") {
			add("hand-in", func(y *deed) { y.Attempt = s.got.Attempt })
		}
		if first("launch") {
			add("launch", nil)
		} else if s := settled("launch"); s != nil {
			add("commit", func(y *deed) { y.Launch, y.Number = s.got.Launch, int64(1+len(d.of(x.Of, "commit"))) })
		}
		if first("book") {
			add("book", nil)
		} else if s := settled("book"); s != nil && first("agree") {
			add("agree", func(y *deed) { y.Session = s.got.Session })
		} else if g := settled("agree"); g != nil && first("close") {
			add("close", func(y *deed) { y.Session = g.deed.Session })
		}
	}
	return able[b.chance.IntN(len(able))], true
}

// seedOf is the seed of a run, which a test prints; CADRE_TEST_SEED repeats one.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	return dice(t).Uint64()
}

// The cuts of one run of the tests, and how long they may take on a machine that
// does much else at the time.
const (
	cutsInCI = 5000
	cutsTime = 4 * time.Minute
)

// The power goes at any moment, with writes dropped, kept, torn and reordered: all
// that was answered is there, whole and once.
func TestPowerCutsLoseNothing(t *testing.T) {
	b := newBench(t, seedOf(t))
	cuts := cutsInCI
	if testing.Short() {
		cuts = 1000
	}
	b.until(t, cuts, cutsTime)
	for _, f := range b.fails {
		t.Error(f)
	}
	if b.tally.cuts < 1000 {
		t.Errorf("only %d cuts in %s: it says little", b.tally.cuts, cutsTime)
	}
}

// until cuts so often, or for so long, and says what it saw.
func (b *bench) until(t *testing.T, cuts int, most time.Duration) {
	t.Helper()
	started := time.Now()
	b.run(t, func(c tally) bool { return c.cuts >= cuts || time.Since(started) > most })
	t.Logf("%s; %.0f cuts/s", b.tally, float64(b.tally.cuts)/time.Since(started).Seconds())
}

// A seed that has failed fails again: the same people do the same things, in the
// same groups, and the power goes at the same moments. The files are not the same
// byte for byte: SQLite and Go's maps have a chance of their own.
func TestOneSeedIsOneRun(t *testing.T) {
	seed := seedOf(t)
	run := func() (tally, string) {
		b := newBench(t, seed)
		b.cuts = 20
		img, d := b.begin, &diary{w: b.world}
		for range 2 {
			img, d = b.life(t, img, d)
		}
		for _, f := range b.fails {
			t.Error(f)
		}
		var did strings.Builder
		for _, l := range d.lines {
			fmt.Fprintln(&did, l.deed, l.answered, l.Proposed)
		}
		b.tally.opened = 0 // that depends on bytes
		return b.tally, did.String()
	}
	first, one := run()
	second, other := run()
	if first != second || one != other {
		t.Errorf("the first time %s:\n%s\nand then %s:\n%s", first, one, second, other)
	}
}

// A bench that sees nothing proves nothing: it must see the loss where SQLite does
// not sync each commit, and where the disk only says that it has synced.
func TestPowerCutsAreSeenWhereTheyDoLose(t *testing.T) {
	for name, worse := range map[string]func(b *bench){
		"synchronous=NORMAL": func(b *bench) { b.normal = true },
		"a lying disk":       func(b *bench) { b.lying = true },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, seedOf(t))
			worse(b)
			b.until(t, 2000, cutsTime)
			if len(b.fails) == 0 {
				t.Fatalf("no loss was seen in %d cuts", b.tally.cuts)
			}
			t.Log(b.fails[0])
		})
	}
}
