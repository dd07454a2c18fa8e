package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/app"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
)

// rounds is how often each test kills.
const rounds = 50

// callers is how many people act at once.
const callers = 8

// An act is one thing that a person asks for: an officer is proposed, or, where
// she has been, she says yes.
type act struct {
	Op       id.Operation
	Cohort   id.Cohort
	Quota    id.Quota
	Proposed cohort.Proposed // she who answers; empty in a proposal
}

// answer is what came of an act.
type answer struct {
	Op       id.Operation
	Proposed cohort.Proposed
	Status   cohort.Status
}

// name is the officer's whom a proposal enters: the operation's, so that one who
// was entered twice is seen.
func (in act) name() string { return "Officer " + string(in.Op) }

func (in act) do(a *app.App) (answer, error) {
	if in.Proposed.Nomination != "" {
		s, err := a.Cohort.Accept(herself(in.Proposed.Person), in.Op, cohort.Said{Nomination: in.Proposed.Nomination})
		return answer{in.Op, in.Proposed, s}, err
	}
	p, err := a.Cohort.Propose(officer(), in.Op, cohort.Proposal{
		Cohort: in.Cohort, Quota: in.Quota, Basis: cohort.Paper,
		New: &people.NewPerson{
			Sex: people.Female, Names: []people.NewName{{Written: in.name()}},
			Affiliation: &people.Affiliation{Rank: "Inspector", RankGroup: "inspector", Station: "Lahore"},
		},
	})
	return answer{in.Op, p, ""}, err
}

// serveActs answers acts, one a line, each as soon as it is durable.
func serveActs(a *app.App) error {
	fmt.Println(`{}`) // open
	todo := make(chan act)
	var mu sync.Mutex
	for range callers {
		go func() {
			for in := range todo {
				out, err := in.do(a)
				mu.Lock()
				if err == nil {
					err = json.NewEncoder(os.Stdout).Encode(out)
				}
				if err != nil {
					fmt.Println("failed", in.Op, err)
					os.Exit(1)
				}
				mu.Unlock()
			}
		}()
	}
	for d := json.NewDecoder(os.Stdin); ; {
		var in act
		if err := d.Decode(&in); err != nil {
			return err
		}
		todo <- in
	}
}

// sent is everything that was asked for, and the answers that came.
type sent struct {
	mu      sync.Mutex
	cohort  id.Cohort
	quota   id.Quota
	acts    map[id.Operation]act
	answers map[id.Operation]answer
}

func newSent(c id.Cohort, q id.Quota) *sent {
	return &sent{cohort: c, quota: q, acts: map[id.Operation]act{}, answers: map[id.Operation]answer{}}
}

// next returns a new act: of whoever is still to answer, or a proposal.
func (s *sent) next() act {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := act{Op: op(), Cohort: s.cohort, Quota: s.quota}
	asked := map[id.Nomination]bool{}
	for _, b := range s.acts {
		asked[b.Proposed.Nomination] = true
	}
	if len(s.acts)%3 == 2 {
		for _, b := range s.answers {
			if b.Status == "" && !asked[b.Proposed.Nomination] {
				in.Proposed = b.Proposed
				break
			}
		}
	}
	s.acts[in.Op] = in
	return in
}

func (s *sent) answered(b answer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.acts[b.Op]; !ok {
		return fmt.Errorf("an answer to what nobody asked: %+v", b)
	}
	if before, ok := s.answers[b.Op]; ok && before != b {
		return fmt.Errorf("two answers to one act: %+v, then %+v", before, b)
	}
	s.answers[b.Op] = b
	return nil
}

// open lists the acts without an answer.
func (s *sent) open() []act {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []act
	for _, o := range slices.Sorted(maps.Keys(s.acts)) {
		if _, ok := s.answers[o]; !ok {
			out = append(out, s.acts[o])
		}
	}
	return out
}

// settle sends again what was not answered, and some of what was, and asserts
// that everything is there once.
func (s *sent) settle(t *testing.T, a *app.App) {
	t.Helper()
	again := s.open()
	for o, in := range s.acts {
		if _, ok := s.answers[o]; ok && len(again) < 40 {
			again = append(again, in)
		}
	}
	for _, in := range again {
		b, err := in.do(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.answered(b); err != nil {
			t.Error(err)
		}
	}
	officers, yeses := 0, 0
	answered := map[id.Nomination]int{}
	for o, in := range s.acts {
		if in.Proposed.Nomination != "" {
			yeses++
			answered[s.answers[o].Proposed.Nomination]++
		}
	}
	if err := a.DB.View(context.Background(), func(tx *db.Tx) error {
		for o, in := range s.acts {
			if in.Proposed.Nomination != "" {
				continue
			}
			officers++
			b := s.answers[o].Proposed
			n, err := cohort.NominationByID(tx, b.Nomination)
			if err != nil {
				return fmt.Errorf("the nomination of %s: %w", o, err)
			}
			if n.Person != b.Person || n.Revision != 1+answered[n.ID] || (n.Answer == cohort.Yes) != (answered[n.ID] == 1) {
				t.Errorf("%s was answered with %+v, and there is %+v", o, b, n)
			}
			var entered int
			if err := tx.QueryRow(`SELECT COUNT(DISTINCT person) FROM people_names WHERE written = ?1`, in.name()).Scan(&entered); err != nil {
				return err
			}
			if entered != 1 {
				t.Errorf("%s was entered %d times", in.name(), entered)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		query string
		want  int
	}{
		"nominations":         {`SELECT COUNT(*) FROM cohort_nominations`, officers},
		"officers":            {`SELECT COUNT(*) FROM people_persons`, officers},
		"facts of a proposal": {`SELECT COUNT(*) FROM pathway_facts WHERE kind = 'nominated'`, officers},
		"facts of a yes":      {`SELECT COUNT(*) FROM pathway_facts WHERE kind = 'accepted'`, yeses},
	} {
		if n := count(t, a, c.query); n != c.want {
			t.Errorf("%d %s, want %d", n, what, c.want)
		}
	}
	verified(t, a)
	t.Logf("%d officers proposed, %d said yes; %d acts sent again", officers, yeses, len(again))
}

// dice returns a source of chance and prints its seed; CADRE_TEST_SEED repeats one.
func dice(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("CADRE_TEST_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("CADRE_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// Cadre is killed fifty times while people act: nothing that it answered is
// lost, and nothing that is sent again is done twice.
func TestKillingCadreLosesAndDoublesNothing(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		killed, answered := killing(t, database, func(n int) bool { return n >= rounds })
		if answered < killed {
			t.Errorf("only %d acts were answered in %d rounds", answered, killed)
		}
	})
}

// killing kills an instance again and again until enough says so.
func killing(t *testing.T, database string, enough func(killed int) bool) (killed, answered int) {
	t.Helper()
	chance := dice(t)
	in := newInstance(t, database)
	a := in.open(t)
	s := newSent(opening(t, a))
	closed(t, a)
	for ; !enough(killed); killed++ {
		s.round(t, in, chance)
	}
	a = in.open(t)
	s.settle(t, a)
	closed(t, a)
	return killed, len(s.answers)
}

// round starts Cadre, sends it what is open and more, and kills it somewhere in
// between.
func (s *sent) round(t *testing.T, in instance, chance *rand.Rand) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = in.child("acts"), os.Stderr
	to, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	most, wait := 1+chance.IntN(2*callers), time.Duration(chance.IntN(8000))*time.Microsecond
	kill := sync.OnceFunc(func() { _ = cmd.Process.Kill() })
	stuck := time.AfterFunc(time.Minute, kill)
	var asking sync.WaitGroup
	lines := bufio.NewScanner(from)
	for n := 0; lines.Scan(); n++ {
		var b answer
		if err := json.Unmarshal(lines.Bytes(), &b); err != nil {
			t.Errorf("Cadre says %q", lines.Text())
			break
		}
		if n == 0 {
			asking.Go(func() { s.ask(to) })
			continue
		}
		if err := s.answered(b); err != nil {
			t.Error(err)
		}
		if n == most {
			time.AfterFunc(wait, kill) // what it said before it died is still read
		}
	}
	kill()
	if !stuck.Stop() {
		t.Error("Cadre did not answer within a minute")
	}
	_ = cmd.Wait() // killed
	asking.Wait()
}

// ask sends what is open again, and new acts until there are as many as
// Cadre may come to answer before it is killed.
func (s *sent) ask(to io.Writer) {
	enc := json.NewEncoder(to)
	open := s.open()
	for n := range 4 * callers {
		var in act
		if n < len(open) {
			in = open[n]
		} else {
			in = s.next()
		}
		if enc.Encode(in) != nil {
			return // killed
		}
	}
}

// Processes of the database server, and now and then all of it, are killed under a
// Cadre that stays up: its callers are told to send again, and everything is there
// once.
func TestKillingTheDatabaseServerLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	killingTheServer(t, func(n int) bool { return n >= serverKills })
}

// serverKills is how often one run of the tests kills the server: each costs it
// its recovery.
const serverKills = 20

func killingTheServer(t *testing.T, enough func(killed int) bool) (killed int, answered, again int64) {
	t.Helper()
	cluster := dbtest.NewCluster(t)
	chance := dice(t)
	a := newInstance(t, cluster.URL).open(t)
	defer func() { _ = a.Close() }() // killed connections may be broken
	s := newSent(opening(t, a))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var answers, resent atomic.Int64
	for range callers {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				in := s.next()
				for {
					b, err := in.do(a)
					if err == nil {
						if err := s.answered(b); err != nil {
							t.Error(err)
						}
						answers.Add(1)
						break
					}
					if !fault.Is(err, fault.Unavailable) {
						t.Errorf("a killed server is told as %v", err)
						return
					}
					resent.Add(1)
					time.Sleep(20 * time.Millisecond) // the server recovers in machine time
				}
			}
		})
	}
	stuck := time.Now().Add(2 * time.Minute)
	for before := int64(0); !enough(killed); {
		// Each kill meets a server that has recovered from the last.
		if answers.Load() > before+int64(chance.IntN(callers)) {
			kill := cluster.KillBackend
			if killed%5 == 4 {
				kill = cluster.KillServer
			}
			if did, err := kill(); err == nil && did {
				killed++
				before = answers.Load()
				stuck = time.Now().Add(2 * time.Minute)
			}
		}
		if time.Now().After(stuck) {
			t.Errorf("after %d kills nothing is answered any more", killed)
			break
		}
		time.Sleep(time.Duration(chance.IntN(5000)) * time.Microsecond)
	}
	close(stop)
	wg.Wait()
	if resent.Load() == 0 {
		t.Error("no caller noticed the kills")
	}
	t.Logf("%d times a caller was told to send again", resent.Load())
	s.settle(t, a)
	return killed, answers.Load(), resent.Load()
}
