package main

import (
	"errors"
	"fmt"
	"os"

	"cadre/internal/app"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/retention"
)

// with runs f on the configured instance, whoever made it, and closes it: for
// commands that read and keep. Those that enter something use enter.
func (env *environment) with(f func(a *app.App, l *i18n.Localizer) error) error {
	return env.on(app.Options{Either: true}, f)
}

// enter is with for commands that enter people, programmes or nominations: they
// refuse the demo's data, as serve does.
func (env *environment) enter(f func(a *app.App, l *i18n.Localizer) error) error {
	return env.on(app.Options{}, f)
}

func (env *environment) on(o app.Options, f func(a *app.App, l *i18n.Localizer) error) error {
	cfg, err := env.config()
	if err != nil {
		return err
	}
	a, err := app.Open(env.ctx, cfg, o)
	if err != nil {
		return err
	}
	l := i18n.For(i18n.Prefs{Lang: cfg.Language, Zone: cfg.Zone})
	return errors.Join(f(a, l), a.Close())
}

// findings prints findings as sentences.
func (env *environment) findings(l *i18n.Localizer, fs []journal.Finding) {
	for _, f := range fs {
		fmt.Fprintln(env.out, l.T(f.Key, f.Args))
	}
}

type verifyCommand struct {
	Checkpoint []string `help:"A signed checkpoint that was kept elsewhere. May be given several times." type:"existingfile" placeholder:"FILE"`
	Key        string   `help:"The public key that the checkpoints are signed with, if not this instance's." type:"existingfile" placeholder:"FILE"`
	JSON       bool     `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (verifyCommand) Help() string {
	return `Reads the whole journal, every row that it speaks for and every file, and names whatever was changed, added or taken away. A history that was rewritten as a whole is found only by a checkpoint that was kept elsewhere. Exit code 3 if anything is damaged.

Example:

	cadre verify --checkpoint /mnt/safe/2020-11-02-4711.checkpoint`
}

// Run verifies the instance.
func (c verifyCommand) Run(env *environment) error {
	public := ""
	if c.Key != "" {
		b, err := os.ReadFile(c.Key)
		if err != nil {
			return err
		}
		public = string(b)
		if err := journal.CheckPublic(public); err != nil {
			return usageError{fmt.Errorf("--key: %s holds no public key of checkpoints: an instance's own ends in .pub", c.Key)}
		}
	}
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		tell, end := env.progress()
		v, err := a.Verify(env.ctx, c.Checkpoint, public, tell)
		end()
		if err != nil {
			return err
		}
		if c.JSON {
			if err := env.printJSON(v); err != nil {
				return err
			}
		} else {
			env.findings(l, v.Journal.Findings)
			env.findings(l, v.Files)
			fmt.Fprintf(env.out, "%d entries, %d of them redacted; %d rows; %d standings; %d statements, %d erased; %d checkpoints\n",
				v.Journal.Entries, v.Journal.Redacted, v.Journal.Rows, v.Standings, v.Statements, v.Gone, v.Checkpoints)
		}
		if !v.OK() {
			return wantingError{"the database or its files are damaged"}
		}
		if !c.JSON {
			fmt.Fprintln(env.out, "nothing is damaged")
		}
		return nil
	})
}

type backupCommand struct {
	File string `arg:"" help:"The file to write. It must not exist."`
	Test bool   `help:"Do not write: restore the backup in the file into a place of its own, verify it there, and throw the place away."`
	JSON bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (backupCommand) Help() string {
	return `Writes one file with the database and every file that it names, while Cadre may go on serving, then reads it back, loads it and verifies it: a backup that is not proven is not kept. The keys, the witness, the checkpoints and the register of erased persons are not in it; copy them apart.

Example:

	cadre backup /mnt/disk/cadre-$(date +%F).backup
	cadre backup --test /mnt/disk/cadre-2020-11-02.backup`
}

// Run makes or tests the backup.
func (c backupCommand) Run(env *environment) error {
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		tell, end := env.progress()
		defer end()
		if c.Test {
			got, err := a.TestBackup(env.ctx, c.File, tell)
			end()
			if err != nil {
				return err
			}
			if c.JSON {
				err = env.printJSON(got)
			} else {
				env.findings(l, got.Journal.Findings)
				fmt.Fprintf(env.out, "restored and verified: %d rows, %d files, of %s\n", got.Rows, got.Files, l.Instant(got.What.TakenAt))
			}
			return errors.Join(err, soundness(got.Journal))
		}
		made, err := a.Backup(env.ctx, c.File, version, tell)
		end()
		if err != nil {
			return err
		}
		if c.JSON {
			err = env.printJSON(made)
		} else {
			env.findings(l, made.Journal.Findings)
			for _, f := range made.Missing {
				fmt.Fprintln(env.out, l.T("blob.verify-missing", "file", string(f)))
			}
			fmt.Fprintf(env.out, "%s: %d rows, %d files, %s; read back and verified\n", made.Path, made.Rows, made.Files, l.Bytes(made.Bytes))
		}
		if err == nil && len(made.Missing) > 0 {
			err = wantingError{fmt.Sprintf("%d files were missing on the disk", len(made.Missing))}
		}
		return errors.Join(err, soundness(made.Journal))
	})
}

// soundness is the error for a backup that holds damage of its source.
func soundness(r journal.Report) error {
	if r.OK() {
		return nil
	}
	return wantingError{"the backup is true to a database that is damaged"}
}

type restoreCommand struct {
	File    string `arg:"" optional:"" help:"The backup."`
	Damaged bool   `help:"Restore in spite of damage that the backup's source had."`
	Replay  bool   `help:"Restore nothing: erase whoever is in the register of erased persons and in this database again."`
	Accept  bool   `help:"Restore nothing: take this database as it is, although it is behind its witness."`
	JSON    bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (restoreCommand) Help() string {
	return `Restores a backup into the configured place, which has to be empty: nothing is ever overwritten. It is verified first; the journal begins a new incarnation; whoever was erased since the backup is erased from it before anything is in place. Either engine's backup can be restored into either.

Example:

	cadre restore /mnt/disk/cadre-2020-11-02.backup`
}

// Run restores.
func (c restoreCommand) Run(env *environment) error {
	switch {
	case c.Replay || c.Accept:
		if c.File != "" {
			return usageError{errors.New("--replay and --accept restore nothing: leave the file out")}
		}
		return env.with(func(a *app.App, _ *i18n.Localizer) error {
			doubted := a.Doubt != nil
			if c.Accept {
				if err := a.Accept(env.ctx); err != nil {
					return err
				}
			}
			n := 0
			if c.Replay {
				var err error
				if n, err = a.Replay(env.ctx); err != nil {
					return err
				}
			}
			if c.JSON {
				return env.printJSON(map[string]any{"erased": n, "accepted": c.Accept && doubted})
			}
			switch {
			case c.Accept && doubted:
				fmt.Fprintln(env.out, "the database is taken as it is; it can be changed again")
			case c.Accept:
				fmt.Fprintln(env.out, "the database agrees with its witness: there was nothing to accept")
			}
			if c.Replay {
				fmt.Fprintf(env.out, "%d persons erased\n", n)
			}
			return nil
		})
	case c.File == "":
		return usageError{errors.New("name the backup to restore")}
	}
	cfg, err := env.config()
	if err != nil {
		return err
	}
	l := i18n.For(i18n.Prefs{Lang: cfg.Language, Zone: cfg.Zone})
	tell, end := env.progress()
	got, err := app.Restore(env.ctx, cfg, c.File, c.Damaged, tell)
	end()
	if err != nil {
		if !c.JSON {
			env.findings(l, got.Journal.Findings)
		}
		return err
	}
	if c.JSON {
		return env.printJSON(got)
	}
	env.findings(l, got.Journal.Findings)
	fmt.Fprintf(env.out, "restored the backup of %s: %d rows, %d files; %d persons erased again\n",
		l.Instant(got.What.TakenAt), got.Rows, got.Files, got.Erased)
	return nil
}

type personCommands struct {
	Erase personEraseCommand `cmd:"" help:"Erase a person for good."`
}

type personEraseCommand struct {
	Person    string `arg:"" help:"The person's id."`
	Why       string `help:"Why: asked, law or mistake." enum:"asked,law,mistake" default:"asked"`
	Authority string `help:"The id of the letter or the person that ordered it." default:"operator"`
	Sure      bool   `help:"Do it. Without this, only what would be done is shown."`
	JSON      bool   `help:"Print one JSON object."`
}

// Help adds an example to the command's help.
func (personEraseCommand) Help() string {
	return `Erases a person's names, contacts, files, messages, sessions and answers, and what the journal says of her; ids stay in facts and figures, and lead to nobody. It cannot be undone, and no restore brings her back. Texts in which others wrote her name are listed for you to look at. Figures that were released stay.

Example:

	cadre person erase 01930b5c-0000-7000-8000-000000000001 --authority 01930b5c-0000-7000-8000-000000000009
	cadre person erase 01930b5c-0000-7000-8000-000000000001 --sure`
}

// Run erases, or shows what erasing would do.
func (c personEraseCommand) Run(env *environment) error {
	p, err := parsed[id.Person](c.Person)
	if err != nil {
		return err
	}
	return env.with(func(a *app.App, _ *i18n.Localizer) error {
		tell, end := env.progressUnless(c.JSON)
		e, err := a.ErasePerson(env.ctx, retention.Erase{Person: p, Why: c.Why, Authority: c.Authority, Progress: tell}, c.Sure)
		end()
		if err != nil {
			return err
		}
		if c.JSON {
			return env.printJSON(e)
		}
		for _, t := range e.Tables {
			fmt.Fprintf(env.out, "%-8s %6d  %s\n", t.Act, t.Rows, t.Table)
		}
		fmt.Fprintf(env.out, "%d uploads lose their key, %d journal entries their body\n", e.Files, e.Entries)
		for _, m := range e.Mentions {
			fmt.Fprintf(env.out, "look at %s of row %s in %s: one of her names stands there\n", m.Column, m.Row, m.Table)
		}
		if c.Sure {
			fmt.Fprintln(env.out, "erased")
		} else {
			fmt.Fprintln(env.out, "nothing was done; add --sure to erase her for good")
		}
		return nil
	})
}

type doctorCommand struct {
	JSON bool `help:"Print one JSON array."`
}

// Help adds an example to the command's help.
func (doctorCommand) Help() string {
	return `Looks at what people rely on and nobody sees fail: disk, database, journal, keys, checkpoints, backups, messages, certificate. It changes nothing. Exit code 3 if something is broken.

Example:

	cadre doctor`
}

// Run examines the instance.
func (c doctorCommand) Run(env *environment) error {
	return env.with(func(a *app.App, l *i18n.Localizer) error {
		found, err := a.Doctor(env.ctx)
		if err != nil {
			return err
		}
		broken := 0
		for _, f := range found {
			if f.State == app.Broken {
				broken++
			}
			if !c.JSON {
				fmt.Fprintf(env.out, "%-7s %-12s %s\n", f.State, f.Part, l.T(string(f.Key), f.Args))
			}
		}
		if c.JSON {
			if err := env.printJSON(found); err != nil {
				return err
			}
		}
		if broken > 0 {
			return wantingError{fmt.Sprintf("%d broken", broken)}
		}
		return nil
	})
}
