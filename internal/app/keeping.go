package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"cadre/internal/actor"
	"cadre/internal/archive"
	"cadre/internal/clock"
	"cadre/internal/config"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/lrs"
	"cadre/internal/mail"
	"cadre/internal/player"
	"cadre/internal/retention"
)

// AsOperator returns a context in which whoever runs a command on the machine
// acts.
func AsOperator(ctx context.Context) context.Context {
	return actor.With(ctx, actor.Actor{Operator: true})
}

// filesIn is the folder of the file store.
func filesIn(cfg config.Config) string { return filepath.Join(cfg.Data, "files") }

// signerOf is the file of the key that signs the journal's checkpoints.
func signerOf(cfg config.Config) string { return cfg.Keep.Key + ".journal" }

func newRetention(cfg config.Config, d *db.DB) *retention.Service {
	deps := retention.Deps{DB: d, Register: retention.OpenRegister(cfg.Keep.Erased).On(d.Files()), Tables: Tables(), Before: func(tx *db.Tx, p id.Person) error { return forgetStatements(tx, p, cfg.URL) }}
	if cfg.Mail.Host == "" {
		deps.Spool = mail.Spool{Dir: cfg.Mail.Spool, Files: d.Files()}
	}
	return retention.New(deps)
}

// forgetStatements removes what finds a person's statements, wherever she was
// launched into packages. home is the address of the instance.
func forgetStatements(tx *db.Tx, p id.Person, home string) error {
	in, err := player.CohortsOf(tx, p)
	if err != nil {
		return err
	}
	keys := make([]string, len(in))
	for i, c := range in {
		if keys[i], err = programmeKey(tx, c); err != nil {
			return err
		}
	}
	return lrs.Forget(tx, p, home, keys...)
}

// Ready returns an error while the instance must not serve: its database is
// behind its witness, or was restored and the register of erased persons is not
// replayed.
func (a *App) Ready(ctx context.Context) error {
	if a.Doubt != nil {
		return fault.New(fault.Unavailable, a.Doubt.Key, fault.Args{"seen": a.Doubt.Witness.Sequence, "have": a.Doubt.Head.Sequence})
	}
	return a.Retention.Ready(ctx)
}

// Accept takes a database that is behind its witness as it is.
func (a *App) Accept(ctx context.Context) error {
	if a.Doubt == nil {
		return nil
	}
	if err := a.witness.Accept(AsOperator(ctx)); err != nil {
		return err
	}
	a.Doubt = nil
	return nil
}

// Verification is what verifying an instance found.
type Verification struct {
	Journal journal.Report `json:"journal"`
	// Checkpoints is the number of signed checkpoints that were compared.
	Checkpoints int `json:"checkpoints"`
	// Standings is the number of people whose standing was compared with what
	// follows from their facts.
	Standings int `json:"standings"`
	// Statements is the number of statements of the learning record store that
	// were compared with their digests, and Gone of those that were erased.
	Statements int64 `json:"statements"`
	Gone       int64 `json:"statements_gone"`
	// Files are uploads and content that are missing or damaged.
	Files []journal.Finding `json:"files"`
}

// OK reports whether nothing is damaged.
func (v Verification) OK() bool { return v.Journal.OK() && len(v.Files) == 0 }

// Verify reads the journal, every journalled row and every file, and compares
// the journal with its witness, the checkpoints at hand, and those in the files
// given, which are signed with the key whose public half is public (the
// instance's own if empty).
func (a *App) Verify(ctx context.Context, checkpoints []string, public string, progress archive.Progress) (Verification, error) {
	v := Verification{Files: []journal.Finding{}}
	own, err := checkpointsIn(a.Config.Keep.Checkpoints)
	if err != nil {
		return v, err
	}
	var o journal.VerifyOptions
	o.Tables, o.Progress = Tables(), progress
	var unread []journal.Finding
	read := func(path, key string) error {
		signed, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		c, err := journal.OpenCheckpoint(signed, key)
		if err != nil {
			unread = append(unread, journal.Finding{
				Severity: journal.Damage, Key: "app.checkpoint-unreadable", Args: fault.Args{"file": filepath.Base(path)},
			})
		} else {
			o.Checkpoints = append(o.Checkpoints, c)
		}
		return nil
	}
	if public == "" {
		public = a.signer.Public()
	}
	for _, p := range checkpoints {
		if err := read(p, public); err != nil {
			return v, err
		}
	}
	for _, p := range own {
		if err := read(p, a.signer.Public()); err != nil {
			return v, err
		}
	}
	v.Checkpoints = len(o.Checkpoints)
	if o.Witness, err = journal.ReadWitness(a.Config.Keep.Witness); err != nil {
		return v, err
	}
	if v.Journal, err = a.Journal.Verify(ctx, o); err != nil {
		return v, err
	}
	v.Journal.Findings = append(v.Journal.Findings, unread...)
	if err := a.DB.View(ctx, func(tx *db.Tx) error {
		found, looked, err := derived(tx)
		v.Standings = looked
		v.Journal.Findings = append(v.Journal.Findings, found...)
		return err
	}); err != nil {
		return v, err
	}
	if err := a.verifyStatements(ctx, &v); err != nil {
		return v, err
	}
	damage, err := a.Files.Verify(ctx, a.DB, func(files, _ int64) {
		if progress != nil {
			progress(archive.StageFiles, files, 0)
		}
	})
	for _, d := range damage {
		v.Files = append(v.Files, journal.Finding{Severity: journal.Damage, Key: d.Key, Args: fault.Args{"file": string(d.File.ID)}})
	}
	return v, err
}

// verifyStatements compares the statements of the learning record store with
// their chain.
func (a *App) verifyStatements(ctx context.Context, v *Verification) error {
	r, err := a.LRS.Verify(ctx)
	if err != nil {
		return err
	}
	v.Statements, v.Gone = r.Statements, r.Gone
	for _, id := range r.Damaged {
		v.Journal.Findings = append(v.Journal.Findings, journal.Finding{
			Severity: journal.Damage, Key: "app.statement-damaged", Args: fault.Args{"statement": id},
		})
	}
	for _, id := range r.Missing {
		v.Journal.Findings = append(v.Journal.Findings, journal.Finding{
			Severity: journal.Damage, Key: "app.statement-missing", Args: fault.Args{"statement": id},
		})
	}
	if r.Broken {
		v.Journal.Findings = append(v.Journal.Findings, journal.Finding{Severity: journal.Damage, Key: "app.statements-broken"})
	}
	return nil
}

func checkpointsIn(dir string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*.checkpoint"))
	slices.Sort(found)
	return found, err
}

func (a *App) source(program string) archive.Source {
	return archive.Source{DB: a.DB, Files: a.Files, Tables: Tables(), Program: program}
}

// Backup writes a backup to path and proves it. It may run while the instance
// serves, in this process or another.
func (a *App) Backup(ctx context.Context, path, program string, progress archive.Progress) (archive.Made, error) {
	return archive.Make(AsOperator(ctx), a.source(program), path, progress)
}

// TestBackup restores a backup into a place of its own, verifies it there, and
// notes that it did.
func (a *App) TestBackup(ctx context.Context, path string, progress archive.Progress) (archive.Checked, error) {
	return archive.Test(AsOperator(ctx), a.source(""), path, progress)
}

// Restore puts a backup into the place that cfg describes, which is empty. With
// damaged it does so in spite of damage that verifying finds.
func Restore(ctx context.Context, cfg config.Config, path string, damaged bool, progress archive.Progress) (archive.Restored, error) {
	t := archive.Target{
		Database: db.Options{URL: cfg.Database, Clock: clock.System()}, Files: filesIn(cfg),
		Witness: cfg.Keep.Witness, Tables: Tables(), Damaged: damaged,
		Replay: func(ctx context.Context, d *db.DB) (int, error) {
			r := newRetention(cfg, d)
			n, err := r.Replay(ctx)
			if err == nil {
				_, err = r.Relist(ctx) // the register may not have come along
			}
			return n, err
		},
	}
	files, err := checkpointsIn(cfg.Keep.Checkpoints)
	if err != nil {
		return archive.Restored{}, err
	}
	var key *journal.Key
	if len(files) > 0 { // a place without checkpoints gets a key when it is first opened
		if key, err = journal.LoadKey(signerOf(cfg)); err != nil {
			return archive.Restored{}, err
		}
	}
	for _, f := range files {
		signed, err := os.ReadFile(f)
		if err != nil {
			return archive.Restored{}, err
		}
		c, err := journal.OpenCheckpoint(signed, key.Public())
		if err != nil {
			return archive.Restored{}, fmt.Errorf("the checkpoint %s: %w", f, err)
		}
		t.Checkpoints = append(t.Checkpoints, c)
	}
	return archive.Restore(AsOperator(ctx), path, t, progress)
}

// FinishErasures makes good an erasure that a crash has cut off between the register
// and the commit: the register says that she is erased, so she is. A register that
// was lost gets back whom the database knows to be erased. A database in doubt is
// left alone: a person has to accept it first.
func (a *App) FinishErasures(ctx context.Context) error {
	if a.Doubt != nil {
		return nil
	}
	n, err := a.Replay(ctx)
	if n > 0 {
		a.Log.Info("app: erasures of the register that the database did not have are made good", "persons", n)
	}
	if err != nil {
		return err
	}
	n, err = a.Retention.Relist(ctx)
	if n > 0 {
		a.Log.Warn("app: the register of erased persons lacked some whom the database has erased; they are in it again", "persons", n)
	}
	return err
}

// Replay erases everybody in the register whom this database has not erased. It
// is for a database that was put back by other means than [Restore].
func (a *App) Replay(ctx context.Context) (int, error) { return a.Retention.Replay(AsOperator(ctx)) }

// ErasePerson erases a person for good, or, unless sure, says what it would do.
func (a *App) ErasePerson(ctx context.Context, in retention.Erase, sure bool) (retention.Effect, error) {
	ctx = AsOperator(ctx)
	if !sure {
		return a.Retention.Preview(ctx, in)
	}
	op := id.New[id.Operation]()
	e, err := a.Retention.Erase(ctx, op, in)
	if fault.Is(err, fault.Unavailable) {
		// She may be erased already, and only the files still be in use.
		var again retention.Effect
		if again, err = a.Retention.Erase(ctx, op, in); err == nil {
			e = again
		}
	}
	return e, err
}
