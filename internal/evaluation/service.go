package evaluation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/seal"
)

// Roll answers who is in a cohort; the composition root connects it.
type Roll interface {
	// Place returns where a participant stands: her cohort, programme and the
	// agency that nominated her. NotFound if she is not in the cohort.
	Place(tx *db.Tx, cohort id.Cohort, person id.Person) (access.Place, error)
	// Cohort returns the place of a cohort itself.
	Cohort(tx *db.Tx, cohort id.Cohort) (access.Place, error)
	// Participants lists the people who take part.
	Participants(tx *db.Tx, cohort id.Cohort) ([]id.Person, error)
	// Supervisor returns the line manager whom she has agreed to link; "" for none.
	Supervisor(tx *db.Tx, person id.Person) (id.Person, error)
	// Supervised lists the enrolments of those who have agreed to link supervisor.
	Supervised(tx *db.Tx, supervisor id.Person) ([]Enrolled, error)
	// Blueprint returns the version of the blueprint that a cohort follows.
	Blueprint(tx *db.Tx, cohort id.Cohort) (*programme.Blueprint, error)
}

// Enrolled is a person in a cohort.
type Enrolled struct {
	Cohort id.Cohort
	Person id.Person
}

// Service asks and keeps answers. Its methods check the policy for the actor in
// the context.
type Service struct {
	db     *db.DB
	roll   Roll
	keys   *seal.Keys
	record func(*db.Tx, pathway.Fact) error
	reads  Reads
}

// Reads records who read whose data; package access keeps the record.
type Reads interface {
	RecordRead(ctx context.Context, kind access.Kind, subjects ...id.Person) error
}

// Deps are what the service needs of others.
type Deps struct {
	DB   *db.DB
	Roll Roll
	// Keys seal what was answered until the survey is closed.
	Keys *seal.Keys
	// Record writes a fact into the ledger: pathway.Record.
	Record func(tx *db.Tx, f pathway.Fact) error
	Reads  Reads
}

// New returns a service.
func New(d Deps) *Service { return &Service{d.DB, d.Roll, d.Keys, d.Record, d.Reads} }

// Problems are what keeps a form from being imported: the cause of the fault
// that [Service.ImportForm] returns.
type Problems []Problem

// Error lists every problem on a line of its own.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// ImportForm reads a form's file and keeps it as the next version of its key.
// Only a programme's officers may. It returns a fault of kind Invalid whose cause
// is [Problems] if there are any; nothing is kept then.
func (s *Service) ImportForm(ctx context.Context, op id.Operation, programme id.Programme, src []byte) (key string, err error) {
	f, problems := ReadForm("form", src)
	if len(problems) > 0 {
		if err := access.Allow(actor.From(ctx), access.Import, access.Object{Kind: access.Form, Place: access.Place{Programme: programme}}); err != nil {
			return "", err
		}
		return "", fault.Wrap(fault.Invalid, "evaluation.form-invalid", Problems(problems))
	}
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		o := access.Object{Kind: access.Form, Place: access.Place{Programme: programme}}
		if err := access.Allow(tx.Actor(), access.Import, o); err != nil {
			return err
		}
		_, err := journal.Once(tx, op, "evaluation.import-form", &key, func() error {
			formID, version, err := insertForm(tx, programme, f.Key, src)
			if err != nil {
				return err
			}
			key = f.Key
			sum := sha256.Sum256(src)
			return journal.Append(tx, journal.Entry{
				Kind: "evaluation.form-imported", Version: 1, Scope: actor.Scope{Programme: programme}, Subject: formID,
				Body: formImported{Key: f.Key, Version: version, SHA256: hex.EncodeToString(sum[:])},
			})
		})
		return err
	})
	return key, err
}

// Forms lists the latest version of each form of a programme that the actor's
// role brings in.
func (s *Service) Forms(ctx context.Context, programme id.Programme) (out []*Form, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := access.Allow(tx.Actor(), access.List, access.Object{Kind: access.Form, Place: access.Place{Programme: programme}}); err != nil {
			return err
		}
		out, err = forms(tx, programme)
		return err
	})
	return out, err
}

type formImported struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
	SHA256  string `json:"sha256"`
}

// OpenInput says what to ask whom.
type OpenInput struct {
	Cohort id.Cohort
	Stage  string // the blueprint's stage that it is about
	Form   string // the form's key; its latest version is used
	Closes time.Time
}

// OpenSurvey asks a cohort. A stage is asked about once: opening it again is a
// Conflict.
func (s *Service) OpenSurvey(ctx context.Context, op id.Operation, in OpenInput) (sid id.Survey, err error) {
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		place, err := s.roll.Cohort(tx, in.Cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Create, access.Object{Kind: access.Form, Place: place}); err != nil {
			return err
		}
		_, err = journal.Once(tx, op, "evaluation.open-survey", &sid, func() error {
			if !in.Closes.After(tx.Now()) {
				return fault.Bad("evaluation.open-invalid", fault.Field{Name: "closes", Key: "evaluation.field-closes"})
			}
			formID, _, err := latestForm(tx, place.Programme, in.Form)
			if err != nil {
				return err
			}
			sid = id.New[id.Survey]()
			if _, err := tx.Exec(`INSERT INTO evaluation_surveys (id, programme, cohort, stage, form, opened_at, closes_at)
				VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`, sid, place.Programme, in.Cohort, in.Stage, formID,
				db.Micros(tx.Now()), db.Micros(in.Closes)); err != nil {
				if tx.Dialect().IsUnique(err) {
					return &fault.Error{Kind: fault.Conflict, Key: "evaluation.asked-already", Cause: err}
				}
				return err
			}
			return journal.Append(tx, journal.Entry{
				Kind: "evaluation.survey-opened", Version: 1, Subject: string(sid),
				Scope: actor.Scope{Programme: place.Programme, Cohort: in.Cohort},
				Rows:  []journal.Row{journal.RowOf(surveysTable, sid)},
			})
		})
		return err
	})
	return sid, err
}

// Mine lists the surveys of a cohort as its participant, who acts, sees them.
func (s *Service) Mine(ctx context.Context, cohort id.Cohort) (out []Turn, err error) {
	a := actor.From(ctx)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.roll.Place(tx, cohort, a.Person)
		if err != nil {
			return err
		}
		if err := access.Allow(a, access.Read, access.Object{Kind: access.Form, Subject: a.Person, Place: place}); err != nil {
			return err
		}
		out, err = surveys(tx, cohort, a.Person)
		return err
	})
	return out, err
}

// Asked lists the surveys of a cohort for those who ask them, with what a
// further one needs if the actor may open it.
func (s *Service) Asked(ctx context.Context, cohort id.Cohort) (out Asking, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.roll.Cohort(tx, cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.Read, access.Object{Kind: access.Results, Place: place}); err != nil {
			return err
		}
		turns, err := surveys(tx, cohort, "")
		if err != nil {
			return err
		}
		for _, t := range turns {
			out.Surveys = append(out.Surveys, t.Survey)
		}
		out.MayAsk = access.Allows(actor.From(ctx), access.Create, access.Object{Kind: access.Form, Place: place})
		out.MayQuote = access.Allows(actor.From(ctx), access.List, access.Object{Kind: access.Testimonial, Place: place, State: Given})
		if !out.MayAsk {
			return nil
		}
		if out.Forms, err = forms(tx, place.Programme); err != nil {
			return err
		}
		bp, err := s.roll.Blueprint(tx, cohort)
		if err != nil {
			return err
		}
		for i := range bp.Stages {
			if bp.Stages[i].FollowUp != nil {
				out.FollowUps = append(out.FollowUps, &bp.Stages[i])
			}
		}
		for _, st := range bp.Stages {
			if !slices.ContainsFunc(out.Surveys, func(sv *Survey) bool { return sv.Stage == string(st.Key) }) {
				out.Stages = append(out.Stages, st)
			}
		}
		return nil
	})
	return out, err
}

// Asking returns the survey for which token was given and not used yet, so that
// its form can be shown again. NotFound otherwise.
func (s *Service) Asking(ctx context.Context, sid id.Survey, token string) (sv *Survey, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := access.Allow(actor.From(ctx), access.Answer, access.Object{Kind: access.Response}); err != nil {
			return err
		}
		if err := holds(tx, sid, digest(token)); err != nil {
			return err
		}
		sv, err = survey(tx, sid)
		return err
	})
	return sv, err
}

// Results returns what a survey said, to those who asked it: figures once it is
// closed and at least [Floor] answered, before that how many have.
func (s *Service) Results(ctx context.Context, sid id.Survey) (r Results, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sv, err := survey(tx, sid)
		if err != nil {
			return err
		}
		place, err := s.roll.Cohort(tx, sv.Cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.Read, access.Object{Kind: access.Results, Place: place}); err != nil {
			return err
		}
		r, err = s.results(tx, sv)
		return err
	})
	return r, err
}

func (s *Service) results(tx *db.Tx, sv *Survey) (Results, error) {
	all, err := answers(tx, sv.ID)
	if err != nil {
		return Results{}, err
	}
	away, err := putAside(tx, sv.ID)
	if err != nil {
		return Results{}, err
	}
	r := Results{Survey: sv, Answered: len(all) + away}
	asked, err := s.roll.Participants(tx, sv.Cohort)
	if err != nil {
		return Results{}, err
	}
	r.Asked = len(asked)
	r.Withheld = withheld(sv, len(all), tx.Now())
	if away > 0 {
		r.Withheld = StillOpen // they are in their boxes
	}
	if r.Withheld == NotClosing {
		r.Questions = tally(sv.Form, all)
	}
	return r, nil
}

// TestimonialInput is what a participant allows.
type TestimonialInput struct {
	Cohort   id.Cohort
	Words    string
	Lang     string
	Scope    Scope
	Named    bool
	Until    time.Time // zero: until withdrawn
	Revision int64     // of the testimonial that was edited; 0 for a new one
}

// GiveTestimonial keeps the words of the participant who acts, with her consent
// to quote them as the input says. An edit replaces what was there; it is Stale
// if it was changed meanwhile.
func (s *Service) GiveTestimonial(ctx context.Context, op id.Operation, in TestimonialInput) (tid id.Testimonial, err error) {
	var bad []fault.Field
	if words := strings.TrimSpace(in.Words); words == "" || len(words) > TestimonialMax {
		bad = append(bad, fault.Field{Name: "words", Key: "evaluation.field-words", Args: fault.Args{"n": TestimonialMax}})
	}
	if !slices.Contains(Scopes(), in.Scope) {
		bad = append(bad, fault.Field{Name: "scope", Key: "evaluation.field-choice"})
	}
	if len(bad) > 0 {
		return "", fault.Bad("evaluation.testimonial-invalid", bad...)
	}
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		a := tx.Actor()
		place, err := s.roll.Place(tx, in.Cohort, a.Person)
		if err != nil {
			return err
		}
		if err := access.Allow(a, access.Create, access.Object{Kind: access.Testimonial, Subject: a.Person, Author: a.Person, Place: place}); err != nil {
			return err
		}
		_, err = journal.Once(tx, op, "evaluation.give-testimonial", &tid, func() error {
			old, err := testimonialOf(tx, in.Cohort, a.Person)
			if err != nil {
				return err
			}
			t := &Testimonial{ID: id.New[id.Testimonial](), Person: a.Person, Cohort: in.Cohort}
			if old != nil {
				if old.Revision != in.Revision {
					return fault.New(fault.Stale, "evaluation.testimonial-stale", nil)
				}
				t.ID, t.Revision = old.ID, old.Revision
			}
			t.Words, t.Lang, t.Scope, t.Named, t.Until = strings.TrimSpace(in.Words), in.Lang, in.Scope, in.Named, in.Until
			t.State, t.Given = Given, tx.Now()
			t.Revision++
			tid = t.ID
			return keepTestimonial(tx, t, place, "evaluation.testimonial-given")
		})
		return err
	})
	return tid, err
}

func keepTestimonial(tx *db.Tx, t *Testimonial, place access.Place, kind string) error {
	if err := saveTestimonial(tx, t); err != nil {
		return err
	}
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Subject: string(t.ID),
		Scope: actor.Scope{Programme: place.Programme, Cohort: t.Cohort},
		Body:  testimonialBody{Person: t.Person, Scope: t.Scope, Named: t.Named, Revision: t.Revision},
		Rows:  []journal.Row{journal.RowOf(testimonialsTable, t.ID)},
	})
}

type testimonialBody struct {
	Person   id.Person `json:"person"`
	Scope    Scope     `json:"scope"`
	Named    bool      `json:"named"`
	Revision int64     `json:"revision"`
}

// WithdrawTestimonial ends the consent of person in cohort at once and empties
// the words. She does it, or an officer of the programme to whom she said so.
func (s *Service) WithdrawTestimonial(ctx context.Context, op id.Operation, cohort id.Cohort, person id.Person) error {
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		place, err := s.roll.Place(tx, cohort, person)
		if err != nil {
			return err
		}
		if err := access.Allow(tx.Actor(), access.Withdraw, access.Object{Kind: access.Testimonial, Subject: person, Place: place, State: Given}); err != nil {
			return err
		}
		var done bool
		_, err = journal.Once(tx, op, "evaluation.withdraw-testimonial", &done, func() error {
			t, err := testimonialOf(tx, cohort, person)
			if err != nil {
				return err
			}
			if t == nil || t.State != Given {
				return fault.New(fault.NotFound, "evaluation.no-testimonial", nil)
			}
			t.Words, t.State = "", Withdrawn
			t.Revision++
			done = true
			return keepTestimonial(tx, t, place, "evaluation.testimonial-withdrawn")
		})
		return err
	})
}

// MyTestimonial returns what the participant who acts has given: nil if nothing.
func (s *Service) MyTestimonial(ctx context.Context, cohort id.Cohort) (t *Testimonial, err error) {
	a := actor.From(ctx)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.roll.Place(tx, cohort, a.Person)
		if err != nil {
			return err
		}
		if err := access.Allow(a, access.Read, access.Object{Kind: access.Testimonial, Subject: a.Person, Author: a.Person, Place: place}); err != nil {
			return err
		}
		t, err = testimonialOf(tx, cohort, a.Person)
		return err
	})
	return t, err
}

// Testimonials lists what may be quoted to the audience of scope, now. Persons
// are left out of those that were given without a name.
func (s *Service) Testimonials(ctx context.Context, cohort id.Cohort, scope Scope) (out []*Testimonial, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.roll.Cohort(tx, cohort)
		if err != nil {
			return err
		}
		if err := access.Allow(actor.From(ctx), access.List, access.Object{Kind: access.Testimonial, Place: place, State: Given}); err != nil {
			return err
		}
		all, err := testimonials(tx, cohort)
		if err != nil {
			return err
		}
		out = []*Testimonial{}
		for _, t := range all {
			if !t.Quotable(scope, tx.Now()) {
				continue
			}
			if !t.Named {
				t.Person = ""
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

// FollowUpInput is an answer to a follow-up stage.
type FollowUpInput struct {
	Cohort    id.Cohort
	Person    id.Person // whose answer it is; the actor's own if empty
	Stage     string
	Use       Use
	Obstacles []string
	InPost    bool
	Words     map[string]string
	Basis     pathway.Basis // OwnAct, Paper or Telephone
	Revision  int           // of the answer that this one replaces, as it was read; 0 for the first
}

// AnswerFollowUp keeps an answer to a follow-up stage: her own, or what she said
// on paper or by telephone, entered by an officer of the programme. A later
// answer replaces an earlier one; one that replaces another than was read is
// Stale.
func (s *Service) AnswerFollowUp(ctx context.Context, op id.Operation, in FollowUpInput) (rid id.FollowUp, err error) {
	err = s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		a := tx.Actor()
		if in.Person == "" {
			in.Person = a.Person
		}
		place, err := s.roll.Place(tx, in.Cohort, in.Person)
		if err != nil {
			return err
		}
		verb := access.Record
		if in.Person == a.Person {
			verb = access.Answer
		}
		if err := access.Allow(a, verb, access.Object{Kind: access.FollowUp, Subject: in.Person, Place: place}); err != nil {
			return err
		}
		_, err = journal.Once(tx, op, "evaluation.answer-follow-up", &rid, func() error {
			f := &FollowUp{
				ID: id.New[id.FollowUp](), Cohort: in.Cohort, Person: in.Person, Stage: in.Stage, Use: in.Use,
				Obstacles: append([]string{}, in.Obstacles...), InPost: in.InPost, Words: in.Words, Answered: tx.Now(),
			}
			if err := f.check(); err != nil {
				return err
			}
			if verb == access.Record && in.Basis != pathway.Paper && in.Basis != pathway.Telephone {
				return fault.Bad("evaluation.answers-invalid", fault.Field{Name: "basis", Key: "cohort.basis-missing"})
			}
			if _, err := s.followUpStage(tx, in.Cohort, in.Stage); err != nil {
				return err
			}
			old, err := followUpOf(tx, in.Cohort, in.Stage, in.Person)
			if err != nil {
				return err
			}
			if old != nil {
				f.ID, f.Revision = old.ID, old.Revision
			}
			if f.Revision != in.Revision {
				return fault.New(fault.Stale, "evaluation.follow-up-stale", nil)
			}
			f.Revision++
			if err := saveFollowUp(tx, f); err != nil {
				return err
			}
			rid = f.ID
			if err := s.vouchFollowUp(tx, f, place, "evaluation.follow-up-answered"); err != nil {
				return err
			}
			return s.record(tx, pathway.Fact{
				Person: in.Person, Cohort: in.Cohort, Subject: in.Stage, Value: pathway.FollowUpAnswered{}, Basis: in.Basis,
				Source: "follow-up:" + string(f.ID),
			})
		})
		return err
	})
	return rid, err
}

func (s *Service) vouchFollowUp(tx *db.Tx, f *FollowUp, place access.Place, kind string) error {
	return journal.Append(tx, journal.Entry{
		Kind: kind, Version: 1, Subject: string(f.ID),
		Scope: actor.Scope{Programme: place.Programme, Cohort: f.Cohort},
		Body:  followUpBody{Person: f.Person, Stage: f.Stage},
		Rows:  []journal.Row{journal.RowOf(followUpsTable, f.ID)},
	})
}

type followUpBody struct {
	Person id.Person `json:"person"`
	Stage  string    `json:"stage"`
}

// MyFollowUp returns a follow-up stage and the acting participant's own answer
// to it: nil if there is none. NotFound if the blueprint has no such stage.
func (s *Service) MyFollowUp(ctx context.Context, cohort id.Cohort, key string) (stage *programme.Stage, f *FollowUp, err error) {
	a := actor.From(ctx)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		place, err := s.roll.Place(tx, cohort, a.Person)
		if err != nil {
			return err
		}
		if err := access.Allow(a, access.Read, access.Object{Kind: access.FollowUp, Subject: a.Person, Place: place}); err != nil {
			return err
		}
		if stage, err = s.followUpStage(tx, cohort, key); err != nil {
			return err
		}
		f, err = followUpOf(tx, cohort, key, a.Person)
		return err
	})
	return stage, f, err
}

func (s *Service) followUpStage(tx *db.Tx, cohort id.Cohort, key string) (*programme.Stage, error) {
	bp, err := s.roll.Blueprint(tx, cohort)
	if err != nil {
		return nil, err
	}
	for i := range bp.Stages {
		if st := &bp.Stages[i]; string(st.Key) == key && st.FollowUp != nil {
			return st, nil
		}
	}
	return nil, fault.New(fault.NotFound, "evaluation.no-stage", nil)
}

// ToConfirm lists the follow-ups of those who have agreed to link the acting
// supervisor. What they answered themselves is not in it.
func (s *Service) ToConfirm(ctx context.Context) (out []ToConfirm, err error) {
	a := actor.From(ctx)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		linked, err := s.roll.Supervised(tx, a.Person)
		if err != nil {
			return err
		}
		for _, e := range linked {
			place, err := s.roll.Place(tx, e.Cohort, e.Person)
			if err != nil {
				return err
			}
			if err := access.Allow(a, access.Confirm, access.Object{Kind: access.FollowUp, Subject: e.Person, Supervisor: a.Person, Place: place}); err != nil {
				return err
			}
			bp, err := s.roll.Blueprint(tx, e.Cohort)
			if err != nil {
				return err
			}
			for i := range bp.Stages {
				st := &bp.Stages[i]
				if st.FollowUp == nil {
					continue
				}
				said, err := confirmedUse(tx, e.Cohort, string(st.Key), e.Person)
				if err != nil {
					return err
				}
				out = append(out, ToConfirm{Cohort: e.Cohort, Person: e.Person, Stage: st, Confirmed: said})
			}
		}
		return nil
	})
	return out, err
}

// ConfirmUse keeps how often the linked supervisor, who acts, says that
// techniques are used. What the participant answered is not shown to him.
func (s *Service) ConfirmUse(ctx context.Context, op id.Operation, cohort id.Cohort, stage string, person id.Person, u Use) error {
	if !slices.Contains(Uses(), u) {
		return fault.Bad("evaluation.answers-invalid", fault.Field{Name: "use", Key: "evaluation.field-choice"})
	}
	return s.db.Update(ctx, db.Main, func(tx *db.Tx) error {
		a := tx.Actor()
		place, err := s.roll.Place(tx, cohort, person)
		if err != nil {
			return err
		}
		sup, err := s.roll.Supervisor(tx, person)
		if err != nil {
			return err
		}
		if err := access.Allow(a, access.Confirm, access.Object{Kind: access.FollowUp, Subject: person, Supervisor: sup, Place: place}); err != nil {
			return err
		}
		var done bool
		_, err = journal.Once(tx, op, "evaluation.confirm-use", &done, func() error {
			if _, err := s.followUpStage(tx, cohort, stage); err != nil {
				return err
			}
			f, err := followUpOf(tx, cohort, stage, person)
			if err != nil {
				return err
			}
			if f == nil {
				f = &FollowUp{ID: id.New[id.FollowUp](), Cohort: cohort, Person: person, Stage: stage}
			}
			if err := confirmFollowUp(tx, f.ID, cohort, stage, person, a.Person, u); err != nil {
				return err
			}
			done = true
			return s.vouchFollowUp(tx, f, place, "evaluation.use-confirmed")
		})
		return err
	})
}
