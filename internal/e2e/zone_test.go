package e2e_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cadre/internal/app"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/lrs/statement"
	"cadre/internal/player"
)

// hours is when things are planned, on the wall clock and as instants, and what
// verifying says.
type hours struct {
	Half, Session     string
	HalfAt, SessionAt int64
	EndsAt            int64
	Due               []int64 // deadlines in the standings
	Sound             bool
}

func hoursOf(a *app.App) (h hours, err error) {
	err = a.DB.View(context.Background(), func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT starts, starts_at, ends_at FROM workshop_half_days ORDER BY starts_at LIMIT 1`).Scan(&h.Half, &h.HalfAt, &h.EndsAt); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT starts, starts_at FROM coaching_sessions ORDER BY id LIMIT 1`).Scan(&h.Session, &h.SessionAt); err != nil {
			return err
		}
		h.Due, err = db.Collect(tx, func(r *db.Rows) (n int64, err error) { return n, r.Scan(&n) },
			`SELECT due FROM pathway_standings WHERE due > 0 ORDER BY person`)
		return err
	})
	if err != nil {
		return h, err
	}
	v, err := a.Verify(context.Background(), nil, "", nil)
	h.Sound = v.OK()
	return h, err
}

// tellHours is a child that opens the instance with its own zone data.
func tellHours(a *app.App) error {
	h, err := hoursOf(a)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(h)
}

// zoneFile is zone data by which a zone is always so far from UTC.
func zoneFile(east time.Duration) []byte {
	b := make([]byte, 20, 64)
	copy(b, "TZif")
	for _, n := range []uint32{0, 0, 0, 0, 1, 4} { // one kind of time, four letters
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(east/time.Second))
	return append(b, "\x00\x00XXT\x00"...)
}

// dueWorld has a deadline, four days from now.
var dueWorld = strings.Replace(everything, "    title: {en: E-learning}\n", "    title: {en: E-learning}\n    deadline: {at: 2020-10-28T23:59}\n", 1)

// A country moves its clocks after things were planned, and the machine's zone data
// say so at the next start: everything stays at its hour on the wall clock, instants
// and deadlines follow, and people go on. When the data are put right again, so are
// the instants.
func TestWhatIsPlannedKeepsItsHourWhenZoneDataChange(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		in := newInstance(t, database)
		a := in.openAt(t, now)
		w := newWorldOf(t, a, 2, dueWorld)
		s := &scene{TB: t, Services: a.Services, app: a, w: w}
		s.done(deed{Do: "book", Of: w.Officers[0]})
		before, err := hoursOf(a)
		must(t, err)
		closed(t, a)
		if len(before.Due) == 0 || !before.Sound {
			t.Fatalf("%+v", before)
		}

		zones := t.TempDir()
		must(t, os.Mkdir(filepath.Join(zones, "Asia"), 0o700))
		must(t, os.WriteFile(filepath.Join(zones, "Asia", "Karachi"), zoneFile(6*time.Hour), 0o600))
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stderr = append(in.child("hours"), "ZONEINFO="+zones), os.Stderr
		out, err := cmd.Output()
		must(t, err)
		var moved hours
		if err := json.Unmarshal(out, &moved); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		hour := db.Micros(time.Unix(3600, 0))
		want := before
		want.HalfAt, want.SessionAt, want.EndsAt = before.HalfAt-hour, before.SessionAt-hour, before.EndsAt-hour
		want.Due = nil
		for _, d := range before.Due {
			want.Due = append(want.Due, d-hour)
		}
		if fmt.Sprint(moved) != fmt.Sprint(want) {
			t.Errorf("one hour further east it is\n%+v, want\n%+v", moved, want)
		}

		a = in.openAt(t, now)
		back, err := hoursOf(a)
		must(t, err)
		if fmt.Sprint(back) != fmt.Sprint(before) {
			t.Errorf("put right again, it is\n%+v, want\n%+v", back, before)
		}
		s = &scene{TB: t, Services: a.Services, app: a, w: w, n: 100}
		s.seated()
		verified(t, a)
		closed(t, a)
	})
}

// Around a leap of the clock, hours that there are stay in their order, of those that
// come twice the first is meant, and those that there are not move on by the gap.
func TestHoursAroundALeapOfTheClock(t *testing.T) {
	for _, leap := range []struct {
		zone string
		date civil.Date
	}{
		{"Europe/Vienna", civil.NewDate(2021, 3, 28)},
		{"Europe/Vienna", civil.NewDate(2021, 10, 31)},
		{"Asia/Tehran", civil.NewDate(2021, 3, 22)},
		{"Asia/Tehran", civil.NewDate(2021, 9, 22)},
		{"Asia/Beirut", civil.NewDate(2021, 3, 28)},
		{"America/Sao_Paulo", civil.NewDate(2018, 11, 4)},
	} {
		var last time.Time
		for minute := -180; minute < 360; minute += 15 {
			day, m := leap.date, minute
			if m < 0 {
				day, m = day.Plus(-1), m+24*60
			}
			at := day.At(m/60, m%60, leap.zone)
			got, err := at.Instant()
			must(t, err)
			shown, err := civil.In(got, leap.zone)
			must(t, err)
			if shown == at {
				if got.Before(last) {
					t.Errorf("%s is at %s, before what was planned earlier, at %s", at, got, last)
				}
				last = got
			} else if moved := shown.Hour*60 + shown.Minute - m; shown.Date != at.Date || moved != 60 {
				t.Errorf("%s, which there is not, is at %s", at, shown)
			}
			again, err := civil.ParseDateTime(at.String())
			must(t, err)
			if same, err := again.Instant(); err != nil || !same.Equal(got) {
				t.Errorf("%s is read again as %s, %v", at, same, err)
			}
		}
	}
}

// Clients whose clocks are ten years off, either way, or stand still, or run backwards
// hand in what was done: it is kept, once, at a time by the server's clock.
func TestClientsWithWrongClocksLoseNothing(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		in := newInstance(t, database)
		a := in.openAt(t, monday)
		defer closed(t, a)
		w := newWorld(t, a, 1)
		her := w.Officers[0]
		launch := (&scene{TB: t, Services: a.Services, app: a, w: w}).done(deed{Do: "launch", Of: her})
		year := 365 * 24 * time.Hour
		number := int64(0)
		for _, off := range []time.Duration{0, 10 * year, -10 * year, -10 * year, 0} {
			for _, since := range []time.Duration{time.Minute, 0, -time.Hour, 40 * year, -40 * year} { // before it is sent, as the client thinks
				number++
				b := batchAt(launch.Launch, number, monday.Add(off), since)
				for range 2 { // and sent again
					kept, err := a.Player.Accept(context.Background(), b)
					if err != nil || kept.Number != number {
						t.Fatalf("entry %d, %s off, %s old: %+v, %v", number, off, since, kept, err)
					}
				}
			}
		}
		if n := count(t, a, `SELECT COUNT(*) FROM player_entries WHERE launch IN (SELECT id FROM player_launches WHERE person = ?1)`, her.Person); int64(n) != number {
			t.Errorf("%d entries, want %d", n, number)
		}
		if n := count(t, a, `SELECT COUNT(*) FROM player_entries WHERE occurred_at > ?1 OR occurred_at < ?2`,
			db.Micros(a.Clock.Now()), db.Micros(monday.Add(-time.Hour))); n != 0 {
			t.Errorf("%d entries are at a time when nothing was done", n)
		}
		for _, year := range []string{"2010", "2030"} { // statements keep the time that their program says
			if err := postAt(a, w, year); err != nil {
				t.Errorf("a statement of %s: %v", year, err)
			}
		}
		if n := count(t, a, `SELECT COUNT(*) FROM lrs_statements`); n != 3+2 {
			t.Errorf("%d statements", n)
		}
		verified(t, a)
	})
}

// batchAt is one entry as a client sends it that shows the time now, and thinks that
// it was written so long before.
func batchAt(credential string, number int64, now time.Time, before time.Duration) player.Batch {
	entry := fmt.Appendf(nil, `{"activity":"ONE","at":%d,"set":{"cmi.suspend_data":"%d"}}`, now.Add(-before).UnixMilli(), number)
	return player.Batch{Credential: credential, Now: now.UnixMilli(), Entries: []player.Numbered{{Number: number, Entry: entry}}}
}

// postAt posts a statement of a program whose clock shows another year.
func postAt(a *app.App, w world, year string) error {
	top, err := statement.ParseJSON(fmt.Appendf(nil, `{"id":%q,"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"timestamp":"%s-11-02T09:00:00Z"}`, op(), year))
	if err != nil {
		return err
	}
	s, err := statement.Read(top, statement.V2)
	if err != nil {
		return err
	}
	_, err = a.LRS.Store(context.Background(), w.Source, statement.V2, []*statement.Statement{s}, nil)
	return err
}
