package retention_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/archive"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/journal"
	"cadre/internal/mail"
	"cadre/internal/people"
	"cadre/internal/retention"
)

// asOperator is whoever runs commands on the machine.
var asOperator = actor.With(context.Background(), actor.Actor{Operator: true})

func tables() []db.Table {
	return slices.Concat(journal.Tables(), job.Tables(), blob.Tables(), mail.Tables(), archive.Tables(), access.Tables(), people.Tables(),
		retention.Tables())
}

// instance is an instance in a folder of its own, with a folder for what lies
// apart.
type instance struct {
	d       *db.DB
	data    string
	keep    string
	files   *blob.Store
	service *retention.Service
}

func open(t *testing.T, d *db.DB, data, keep string) *instance {
	t.Helper()
	files, err := blob.Open(filepath.Join(data, "files"), clock.System())
	if err != nil {
		t.Fatal(err)
	}
	return &instance{d, data, keep, files, retention.New(retention.Deps{
		DB: d, Register: retention.OpenRegister(filepath.Join(keep, "erased")), Tables: tables(),
		Spool: mail.Spool{Dir: filepath.Join(data, "spool")},
	})}
}

func start(t *testing.T, d *db.DB) *instance {
	t.Helper()
	data := t.TempDir()
	if d.Dialect().Name() == "sqlite" {
		data = filepath.Dir(d.URL())
	}
	return open(t, d, data, filepath.Join(t.TempDir(), "keep"))
}

func (in *instance) update(t *testing.T, f func(tx *db.Tx) error) {
	t.Helper()
	if err := in.d.Update(asOperator, db.Main, f); err != nil {
		t.Fatal(err)
	}
}

// canaries is what must be nowhere once she is erased.
func canaries(her string) []string {
	return []string{her + " Canary", strings.ToLower(her) + "@canary.example", "the letter about " + her, "مینا " + her}
}

// enter writes a person with everything that Cadre may hold about her.
func (in *instance) enter(t *testing.T, her string) (p id.Person, upload id.File) {
	t.Helper()
	c := canaries(her)
	up, err := in.files.PutUpload(strings.NewReader(c[2]), 1000)
	if err != nil {
		t.Fatal(err)
	}
	in.update(t, func(tx *db.Tx) (err error) {
		p, err = people.Enter(tx, people.NewPerson{
			Names:    []people.NewName{{Written: c[0]}, {Form: people.Called, Written: c[3]}},
			Contacts: []people.Contact{{Kind: people.Email, Value: c[1]}},
		})
		if err != nil {
			return err
		}
		if err := blob.Keep(tx, up, blob.Reference{Owner: "letter:1", Purpose: "scan", Person: p}); err != nil {
			return err
		}
		if _, err := mail.Send(tx, mail.Message{
			Person: p, Address: c[1], Language: "en", Direction: mail.LeftToRight, Subject: "You have a message", Paragraphs: []string{c[0]},
		}); err != nil {
			return err
		}
		// An entry that is about something else, and mentions her among others.
		site := id.New[id.Site]()
		if _, err := tx.Exec(`INSERT INTO people_sites (id, name, country, zone, revision) VALUES (?1, 'The academy', 'PK', 'Asia/Karachi', 1)`, site); err != nil {
			return err
		}
		if err := journal.Append(tx, journal.Entry{
			Kind: "test.site-entered", Version: 1, Subject: string(site), Body: []id.Person{p, "another"},
			Rows: []journal.Row{journal.RowOf(sites(), site)},
		}); err != nil {
			return err
		}
		var answer string
		_, err = journal.Once(tx, id.New[id.Operation](), "test.enter", &answer, func() error {
			answer = "entered " + c[0]
			return nil
		})
		return err
	})
	pool := job.NewPool(in.d, job.Options{})
	mail.Register(pool, in.d, "office@example.org", mail.Spool{Dir: filepath.Join(in.data, "spool")})
	if _, err := pool.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	return p, up.ID
}

// found lists the files of the data folder that hold one of the texts, and the
// tables that do.
func (in *instance) found(t *testing.T, texts []string) (out []string) {
	t.Helper()
	if err := filepath.WalkDir(in.data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, text := range texts {
			if bytes.Contains(b, []byte(text)) {
				out = append(out, filepath.Base(path)+" holds "+text)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := in.d.View(context.Background(), func(tx *db.Tx) error {
		all, err := db.Columns(tx)
		if err != nil {
			return err
		}
		for table, columns := range all {
			for _, c := range columns {
				values, err := db.Collect(tx, func(r *db.Rows) (b []byte, err error) { return b, r.Scan(&b) }, "SELECT "+c.Name+" FROM "+table)
				if err != nil {
					return err
				}
				for _, v := range values {
					for _, text := range texts {
						if bytes.Contains(v, []byte(text)) {
							out = append(out, table+"."+c.Name+" holds "+text)
						}
					}
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func (in *instance) verify(t *testing.T) journal.Report {
	t.Helper()
	var rep journal.Report
	if err := in.d.View(context.Background(), func(tx *db.Tx) (err error) {
		rep, err = journal.Verify(tx, journal.VerifyOptions{Tables: tables()})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestAnErasedPersonIsNowhereAndTheJournalStaysWhole(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		in := start(t, d)
		her, upload := in.enter(t, "Meena")
		other, _ := in.enter(t, "Zarina")
		if got := in.found(t, canaries("Meena")); len(got) < 4 {
			t.Fatalf("the canaries are not planted: %v", got)
		}
		ask := retention.Erase{Person: her, Why: "asked", Authority: "letter-9"}

		would, err := in.service.Preview(asOperator, ask)
		if err != nil {
			t.Fatal(err)
		}
		if got := in.found(t, canaries("Meena")); len(got) < 4 {
			t.Error("a preview erased something")
		}
		op := id.New[id.Operation]()
		told := map[string]int64{}
		ask.Progress = func(stage string, done, total int64) {
			if done > total {
				t.Errorf("%s: %d of %d", stage, done, total)
			}
			told[stage] = total - done
		}
		defer func() {
			if left, ok := told["tables"]; !ok || left != 0 {
				t.Errorf("it told how far it is: %v to go", told)
			}
		}()
		did, err := in.service.Erase(asOperator, op, ask)
		if err != nil {
			t.Fatal(err)
		}
		if did.Files != 1 || did.Rows == 0 || did.Rows != would.Rows || did.Entries != would.Entries || did.Outcomes != 1 || did.Before {
			t.Errorf("did %+v, would %+v", did, would)
		}
		if got := in.found(t, canaries("Meena")); len(got) > 0 {
			t.Errorf("she is still there:\n%s", strings.Join(got, "\n"))
		}
		if got := in.found(t, canaries("Zarina")); len(got) < 4 {
			t.Errorf("another person was touched: %v", got)
		}
		if rep := in.verify(t); !rep.OK() || rep.Redacted == 0 {
			t.Errorf("verify: %d redacted, %v", rep.Redacted, rep.Findings)
		}
		if err := d.View(context.Background(), func(tx *db.Tx) error {
			f, err := blob.Lookup(tx, upload)
			if err != nil || !f.Erased {
				t.Errorf("her upload: %+v, %v", f, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		// Sent again, it is not done again.
		again, err := in.service.Erase(asOperator, op, ask)
		if err != nil || again.Rows != did.Rows {
			t.Errorf("sent again: %+v, %v", again, err)
		}
		if err := in.service.Ready(context.Background()); err != nil {
			t.Errorf("not ready: %v", err)
		}
		list, err := retention.OpenRegister(filepath.Join(in.keep, "erased")).List()
		if err != nil || len(list) != 1 || list[0].Person != her || list[0].Person == other {
			t.Errorf("the register: %v, %v", list, err)
		}
	})
}

// sites is the declaration of a table about nobody.
func sites() db.Table {
	all := people.Tables()
	return all[slices.IndexFunc(all, func(t db.Table) bool { return t.Name == "people_sites" })]
}

func TestABackupDoesNotBringHerBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		in := start(t, d)
		her, _ := in.enter(t, "Meena")
		in.enter(t, "Zarina")
		backup := filepath.Join(t.TempDir(), "before.backup")
		if _, err := archive.Make(asOperator, archive.Source{DB: d, Files: in.files, Tables: tables(), Program: "test"}, backup, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := in.service.Erase(asOperator, id.New[id.Operation](), retention.Erase{Person: her, Why: "asked", Authority: "letter-9"}); err != nil {
			t.Fatal(err)
		}

		// Restored without the register, she is there, and nobody is served.
		place := func() (archive.Target, string) {
			data := filepath.Join(t.TempDir(), "data")
			url := filepath.Join(data, "cadre.db")
			if d.Dialect().Name() == "postgres" {
				url = dbtest.PostgresURL(t)
			}
			return archive.Target{
				Database: db.Options{URL: url, Clock: clock.NewFake(dbtest.Start)}, Files: filepath.Join(data, "files"),
				Witness: filepath.Join(in.keep, "witness"), Tables: tables(),
			}, data
		}
		target, data := place()
		if _, err := archive.Restore(asOperator, backup, target, nil); err != nil {
			t.Fatal(err)
		}
		back := open(t, dbtest.Open(t, target.Database.URL), data, in.keep)
		if got := back.found(t, canaries("Meena")); len(got) == 0 {
			t.Fatal("the backup does not hold her: the test tests nothing")
		}
		if err := back.service.Ready(context.Background()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("it is ready to serve: %v", err)
		}
		if n, err := back.service.Replay(asOperator); err != nil || n != 1 {
			t.Errorf("replayed %d, %v", n, err)
		}
		back.gone(t)

		// The way that the restore command takes: replayed before it is in place.
		target, data = place()
		target.Replay = func(ctx context.Context, d *db.DB) (int, error) {
			return open(t, d, t.TempDir(), in.keep).service.Replay(ctx)
		}
		if got, err := archive.Restore(asOperator, backup, target, nil); err != nil || got.Erased != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		open(t, dbtest.Open(t, target.Database.URL), data, in.keep).gone(t)
	})
}

// gone asserts that Meena is nowhere, Zarina is still there, the instance may
// serve and its journal is whole.
func (in *instance) gone(t *testing.T) {
	t.Helper()
	if got := in.found(t, canaries("Meena")); len(got) > 0 {
		t.Errorf("she is back:\n%s", strings.Join(got, "\n"))
	}
	if got := in.found(t, canaries("Zarina")[:1]); len(got) == 0 {
		t.Error("another person is gone as well")
	}
	if err := in.service.Ready(context.Background()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	if rep := in.verify(t); !rep.OK() {
		t.Errorf("verify: %v", rep.Findings)
	}
	if n, err := in.service.Replay(asOperator); err != nil || n != 0 {
		t.Errorf("replayed again: %d, %v", n, err)
	}
}

func TestTextsInWhichOthersNamedHerAreListedForAPerson(t *testing.T) {
	d := dbtest.SQLite(t)
	in := start(t, d)
	her, _ := in.enter(t, "Meena")
	other, _ := in.enter(t, "Zarina")
	in.update(t, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE people_persons SET alias = 'cousin of meena canary' WHERE id = ?1`, other)
		return err
	})
	would, err := in.service.Preview(asOperator, retention.Erase{Person: her, Why: "asked", Authority: "letter-9"})
	if err != nil {
		t.Fatal(err)
	}
	want := retention.Mention{Table: "people_persons", Row: string(other), Column: "alias"}
	if !slices.Contains(would.Mentions, want) {
		t.Errorf("mentions: %v", would.Mentions)
	}
	for _, m := range would.Mentions {
		if m.Row == string(her) {
			t.Errorf("her own row is listed: %v", m)
		}
	}
}

func TestNobodyIsErasedWhoIsUnknown(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		in := start(t, d)
		her, _ := in.enter(t, "Meena")
		ask := retention.Erase{Person: id.New[id.Person](), Why: "asked", Authority: "letter-9"}
		if _, err := in.service.Preview(asOperator, ask); !fault.Is(err, fault.NotFound) {
			t.Errorf("would erase an unknown id: %v", err)
		}
		if _, err := in.service.Erase(asOperator, id.New[id.Operation](), ask); !fault.Is(err, fault.NotFound) {
			t.Errorf("erases an unknown id: %v", err)
		}
		if _, err := os.Stat(filepath.Join(in.keep, "erased")); err == nil {
			t.Error("the register was written")
		}
		// Whoever was erased is known still.
		ask.Person = her
		for range 2 {
			if _, err := in.service.Erase(asOperator, id.New[id.Operation](), ask); err != nil {
				t.Error(err)
			}
		}
		if e, err := in.service.Preview(asOperator, ask); err != nil || !e.Before {
			t.Errorf("%+v, %v", e, err)
		}
	})
}

func TestOnlyWhoMayEraseErases(t *testing.T) {
	in := start(t, dbtest.SQLite(t))
	her, _ := in.enter(t, "Meena")
	ask := retention.Erase{Person: her, Why: "asked", Authority: "letter-9"}
	for who, a := range map[string]actor.Actor{
		"nobody": {}, "herself": {Person: her}, "a timer": {Timer: "x"},
		"an administrator": {Person: "p", Grant: actor.Grant{Role: actor.Administrator}},
	} {
		ctx := actor.With(context.Background(), a)
		if _, err := in.service.Erase(ctx, id.New[id.Operation](), ask); err == nil {
			t.Errorf("%s may erase", who)
		}
		if _, err := in.service.Preview(ctx, ask); err == nil {
			t.Errorf("%s may look", who)
		}
	}
	if got := in.found(t, canaries("Meena")); len(got) < 4 {
		t.Error("she was erased all the same")
	}
	if _, err := os.Stat(filepath.Join(in.keep, "erased")); err == nil {
		t.Error("the register was written")
	}
}

// A crash after the register and before the commit is made good by a replay.
// The register was lost: whom the database knows to be erased is written into it
// again, with her time, once, so that no older backup brings her back.
func TestALostRegisterIsWrittenAnew(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		in := start(t, d)
		her, _ := in.enter(t, "Meena")
		if _, err := in.service.Erase(asOperator, id.New[id.Operation](), retention.Erase{Person: her, Why: "asked", Authority: "letter-9"}); err != nil {
			t.Fatal(err)
		}
		kept, err := in.service.Register.List()
		if err != nil || len(kept) != 1 {
			t.Fatal(kept, err)
		}
		if lost, err := in.service.Unlisted(context.Background()); err != nil || len(lost) != 0 {
			t.Errorf("of a register that is whole: %v, %v", lost, err)
		}
		in.service.Register = retention.OpenRegister(filepath.Join(t.TempDir(), "erased"))
		if lost, err := in.service.Unlisted(context.Background()); err != nil || len(lost) != 1 || lost[0].Person != her {
			t.Errorf("of one that is lost: %v, %v", lost, err)
		}
		for _, want := range []int{1, 0} {
			if n, err := in.service.Relist(context.Background()); err != nil || n != want {
				t.Errorf("written anew: %d, %v, want %d", n, err, want)
			}
		}
		if again, err := in.service.Register.List(); err != nil || len(again) != 1 || again[0] != kept[0] {
			t.Errorf("the register has %v, %v; it had %v", again, err, kept)
		}
	})
}

func TestWhatTheRegisterSaysIsDoneAtTheNextStart(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		in := start(t, d)
		her, _ := in.enter(t, "Meena")
		in.enter(t, "Zarina")
		if err := in.service.Register.Add(retention.Erasure{Person: her, At: dbtest.Start}); err != nil {
			t.Fatal(err)
		}
		if err := in.service.Ready(context.Background()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("ready: %v", err)
		}
		if n, err := in.service.Replay(asOperator); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		in.gone(t)
	})
}

func TestAForgedRowStopsAnErasure(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		in := start(t, d)
		her, _ := in.enter(t, "Meena")
		in.update(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE people_sites SET name = 'forged'`)
			return err
		})
		_, err := in.service.Erase(asOperator, id.New[id.Operation](), retention.Erase{Person: her, Why: "asked", Authority: "letter-9"})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("erased: %v", err)
		}
		if err := in.service.Ready(context.Background()); err != nil {
			t.Errorf("a refused erasure is in the register: %v", err)
		}
	})
}
