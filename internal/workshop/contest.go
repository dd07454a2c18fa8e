package workshop

import (
	"context"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
)

// Answer is what became of a contest.
type Answer string

// The answers to a contest.
const (
	Unanswered Answer = ""
	Corrected  Answer = "corrected" // a correction was recorded, as she said or otherwise
	Stands     Answer = "stands"    // the verdict stands, and she was told why
)

// wordsMax bounds what is written with a contest and its answer, in signs.
const wordsMax = 1000

// Contest is a participant's word that her verdict of a half-day is wrong. It
// changes nothing by itself: whoever may correct the register decides, by a
// correction, or lets the verdict stand and says why.
type Contest struct {
	ID       id.Contest
	Register id.Register
	Person   id.Person
	// Says, Minutes and Mode are what it was, by her.
	Says    Verdict
	Minutes int
	Mode    Mode
	Words   string
	At      time.Time
	Answer  Answer
	Reply   string
	By      string // who answered
	Settled time.Time
}

// Contesting is what she says of a half-day of hers.
type Contesting struct {
	Mark  // Person is not read: it is whoever acts
	Words string
}

// Contest records that the verdict of the participant who acts is wrong, by her
// word. Saying it again before it is answered replaces what she said.
func (s *Service) Contest(ctx context.Context, op id.Operation, in Contesting) (id.Contest, error) {
	var out id.Contest
	err := do(ctx, s, op, "workshop.contest", &out, func(tx *db.Tx) error {
		in.Person = tx.Actor().Person
		h, err := s.contestable(tx, in.Register)
		if err != nil {
			return err
		}
		e, err := in.evidence(tx, h, Correction)
		if err != nil {
			return err
		}
		if in.Verdict == NotRecorded {
			return fault.Bad("workshop.mend", fault.Field{Name: "verdict", Key: "workshop.verdict-unknown"})
		}
		words := strings.TrimSpace(in.Words)
		if len([]rune(words)) > wordsMax {
			return fault.Bad("workshop.mend", fault.Field{Name: "words", Key: "fault.too-long", Args: fault.Args{"n": wordsMax}})
		}
		before, err := contests(tx, `register = ?1 AND person = ?2 AND answer = ''`, h.ID, in.Person)
		if err != nil {
			return err
		}
		if out = id.New[id.Contest](); len(before) > 0 {
			out = before[0].ID
		}
		if _, err := tx.Exec(`INSERT INTO workshop_contests (id, register, person, says, minutes, mode, words, at, answer, reply, answered_by, answered_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', '', '', 0)
			ON CONFLICT (id) DO UPDATE SET says = excluded.says, minutes = excluded.minutes, mode = excluded.mode, words = excluded.words, at = excluded.at`,
			out, h.ID, in.Person, e.Says, e.Minutes, e.Mode, words, db.Micros(tx.Now())); err != nil {
			return err
		}
		return s.note(tx, "workshop.attendance-contested", h.Cohort, string(h.ID), attendanceContested{h.Key, in.Person, in.Verdict}, journal.RowOf(contestsTable, out))
	})
	return out, err
}

// contestable is a half-day that has begun and whose verdict is the actor's own.
func (s *Service) contestable(tx *db.Tx, r id.Register) (HalfDay, error) {
	h, err := halfDay(tx, r)
	if err != nil {
		return h, err
	}
	who := tx.Actor().Person
	if err := s.allowHalf(tx, access.Contest, access.Attendance, h, who); err != nil {
		return h, err
	}
	if err := s.known(tx, h, who); err != nil {
		return h, err
	}
	return h, begun(tx, h)
}

// Own is a half-day of the participant who acts: what it came to, and what she
// said of it last.
type Own struct {
	HalfDay
	Judgement
	Contest *Contest // nil if she never did
}

// Own returns a half-day of the participant who acts.
func (s *Service) Own(ctx context.Context, r id.Register) (out Own, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out.HalfDay, err = s.contestable(tx, r); err != nil {
			return err
		}
		who := tx.Actor().Person
		if out.Judgement, err = s.judge(tx, out.HalfDay, who); err != nil {
			return err
		}
		all, err := contests(tx, `register = ?1 AND person = ?2`, r, who)
		if len(all) > 0 {
			out.Contest = &all[len(all)-1]
		}
		return err
	})
	return out, err
}

// Contests lists what nobody has answered yet in a workshop, for those who keep
// its registers, the oldest first.
func (s *Service) Contests(ctx context.Context, c id.Cohort, stage string) (out []Contest, shown Names, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := s.allow(tx, access.List, access.Register, c, ""); err != nil {
			return err
		}
		if out, err = contests(tx, `answer = '' AND register IN (SELECT id FROM workshop_half_days WHERE cohort = ?1 AND stage = ?2)`, c, stage); err != nil {
			return err
		}
		ps := make([]id.Person, len(out))
		for i, x := range out {
			ps[i] = x.Person
		}
		shown, err = names(ctx, tx, ps...)
		return err
	})
	if err == nil {
		err = s.shown(ctx, shown)
	}
	return out, shown, err
}

// OneContest is a contest with the half-day and the verdict that it is about.
type OneContest struct {
	Contest
	Half  HalfDay
	Now   Judgement
	Names Names
}

// Contested returns a contest for whoever may decide it.
func (s *Service) Contested(ctx context.Context, contest id.Contest) (out OneContest, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out.Contest, out.Half, err = s.toDecide(tx, contest); err != nil {
			return err
		}
		if out.Now, err = s.judge(tx, out.Half, out.Person); err != nil {
			return err
		}
		out.Names, err = names(ctx, tx, out.Person)
		return err
	})
	if err == nil {
		err = s.shown(ctx, out.Names)
	}
	return out, err
}

func (s *Service) toDecide(tx *db.Tx, contest id.Contest) (Contest, HalfDay, error) {
	all, err := contests(tx, `id = ?1`, contest)
	if err != nil {
		return Contest{}, HalfDay{}, err
	}
	if len(all) == 0 {
		return Contest{}, HalfDay{}, fault.New(fault.NotFound, "access.not-found", nil)
	}
	h, err := halfDay(tx, all[0].Register)
	if err == nil {
		err = s.allowHalf(tx, access.Correct, access.Register, h, all[0].Person)
	}
	return all[0], h, err
}

// Deciding answers a contest. With Corrected, Mark is what the half-day comes to
// by whoever decides; with Stands, Reply says why.
type Deciding struct {
	Contest id.Contest
	Answer  Answer
	Mark
	Reply string
}

// Decide answers a contest, once: by a correcting fact, or by letting the verdict
// stand.
func (s *Service) Decide(ctx context.Context, op id.Operation, in Deciding) error {
	var out Judgement
	return do(ctx, s, op, "workshop.decide-contest", &out, func(tx *db.Tx) error {
		c, h, err := s.toDecide(tx, in.Contest)
		if err != nil {
			return err
		}
		if c.Answer != Unanswered {
			return fault.New(fault.Conflict, "workshop.contest-answered", nil)
		}
		reply := strings.TrimSpace(in.Reply)
		var rows []journal.Row
		switch in.Answer {
		case Corrected:
			in.Register, in.Person = h.ID, c.Person
			e, err := in.evidence(tx, h, Correction)
			if err != nil {
				return err
			}
			e.Cause = "her-word"
			if rows, err = s.sign(tx, h, e); err != nil {
				return err
			}
		case Stands:
			if reply == "" {
				return fault.Bad("workshop.mend", fault.Field{Name: "reply", Key: "fault.required"})
			}
		default:
			return fault.Bad("workshop.mend", fault.Field{Name: "answer", Key: "fault.choose"})
		}
		if len([]rune(reply)) > wordsMax {
			return fault.Bad("workshop.mend", fault.Field{Name: "reply", Key: "fault.too-long", Args: fault.Args{"n": wordsMax}})
		}
		if _, err := tx.Exec(`UPDATE workshop_contests SET answer = ?2, reply = ?3, answered_by = ?4, answered_at = ?5 WHERE id = ?1`,
			c.ID, in.Answer, reply, tx.Actor().ID(), db.Micros(tx.Now())); err != nil {
			return err
		}
		if out, err = s.judge(tx, h, c.Person); err != nil {
			return err
		}
		rows = append(rows, journal.RowOf(contestsTable, c.ID))
		return s.note(tx, "workshop.contest-decided", h.Cohort, string(h.ID), contestDecided{h.Key, c.Person, in.Answer, out.Verdict}, rows...)
	})
}

// OpenContests counts the contests of a cohort that wait for an answer, and names the
// one that waits longest. It is for whoever checked that the reader may see them.
func OpenContests(tx *db.Tx, c id.Cohort) (n int, oldest id.Contest, err error) {
	all, err := contests(tx, `answer = '' AND register IN (SELECT id FROM workshop_half_days WHERE cohort = ?1)`, c)
	if err != nil || len(all) == 0 {
		return 0, "", err
	}
	return len(all), all[0].ID, nil
}

// contests reads contests, the oldest first.
func contests(tx *db.Tx, where string, args ...any) ([]Contest, error) {
	return db.Collect(tx, func(r *db.Rows) (Contest, error) {
		var c Contest
		var at, settled int64
		err := r.Scan(&c.ID, &c.Register, &c.Person, &c.Says, &c.Minutes, &c.Mode, &c.Words, &at, &c.Answer, &c.Reply, &c.By, &settled)
		c.At, c.Settled = db.Time(at), db.Time(settled)
		return c, err
	}, `SELECT id, register, person, says, minutes, mode, words, at, answer, reply, answered_by, answered_at FROM workshop_contests
		WHERE `+where+` ORDER BY at, id LIMIT 500`, args...)
}
