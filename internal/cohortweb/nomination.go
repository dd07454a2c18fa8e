package cohortweb

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// forms are the forms of a page by their names: the one that was sent stands for
// itself, the others are new.
type forms struct {
	base string
	sent ui.Form
}

func (f forms) form(name string) ui.Form {
	if f.sent.ID == name {
		return f.sent
	}
	return formOf(name, f.base)
}

// formOf is a new form of a page; her answer may come with the scan of its paper.
func formOf(name, base string) ui.Form {
	f := ui.NewForm(name, base+"/"+name)
	f.Files = name == "answer"
	return f
}

func nominationPath(n id.Nomination) string { return "/nominations/" + string(n) }

// detailOf draws the page of a nomination around the form that was sent from it.
func (p pages) detailOf(r *http.Request, n id.Nomination) (func(ui.Form) templ.Component, error) {
	d, err := p.Cohort.Nomination(r.Context(), n, lang(r))
	if err != nil {
		return nil, err
	}
	var papers []cohort.Letter
	if d.Staff {
		all, err := p.Cohort.Letters(r.Context(), d.Cohort.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range all {
			if l.Agency == d.Agency.ID {
				papers = append(papers, l)
			}
		}
	}
	return func(f ui.Form) templ.Component {
		return nominationPage(d, papers, forms{nominationPath(n), f})
	}, nil
}

func (p pages) nomination(w http.ResponseWriter, r *http.Request) error {
	n, err := parse[id.Nomination](r, "nomination")
	if err != nil {
		return err
	}
	page, err := p.detailOf(r, n)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(ui.Form{}))
}

// act reads a form of a nomination's page, does what it asks, and leads back to
// the page, or shows it again with what is wrong.
func act[T any](p pages, w http.ResponseWriter, r *http.Request, name, done string, do func(ctx context.Context, op id.Operation, n id.Nomination, in T) error) error {
	n, err := parse[id.Nomination](r, "nomination")
	if err != nil {
		return err
	}
	in, err := web.Decode[T](r)
	if err == nil {
		err = do(r.Context(), web.Operation(r), n, in)
	}
	if err != nil {
		page, perr := p.detailOf(r, n)
		if perr != nil {
			return err
		}
		return web.Again(w, r, named(err), formOf(name, nominationPath(n)), page)
	}
	return web.Done(w, r, nominationPath(n), done)
}

// takeBack undoes one decision about an officer, by the operation that took it.
func (p pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	n, err := parse[id.Nomination](r, "nomination")
	if err != nil {
		return err
	}
	done, err := parse[id.Operation](r, "operation")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := p.Cohort.TakeBack(r.Context(), web.Operation(r), n, done); err != nil {
		return err
	}
	return web.Done(w, r, nominationPath(n), "cohort.done.taken-back")
}

type decideInput struct {
	Decision cohort.Decision `form:"decision"`
}

func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "decide", "cohort.done.decided", func(ctx context.Context, op id.Operation, n id.Nomination, in decideInput) error {
		_, err := p.Cohort.Decide(ctx, op, cohort.Deciding{Nomination: n, Decision: in.Decision})
		return err
	})
}

type answerInput struct {
	Said   string       `form:"said"`
	Basis  cohort.Basis `form:"basis"`
	When   string       `form:"when,optional,max=16"`
	Reason string       `form:"reason,optional,max=20"`
	Note   string       `form:"note,optional,max=1000"`
	Scan   *web.Upload  `form:"scan,optional"`
}

// saidAt reads when something was said, on the clock of whoever enters it; the zero
// time is now.
func saidAt(ctx context.Context, when string) (time.Time, error) {
	if when == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(ui.DateTime, when, i18n.From(ctx).Location())
	if err != nil {
		return t, fault.Bad("cohort.mend", fault.Field{Name: "when", Key: "cohort.when-unclear"})
	}
	return t, nil
}

func (p pages) answerFor(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "answer", "cohort.done.answered", func(ctx context.Context, op id.Operation, n id.Nomination, in answerInput) error {
		when, err := saidAt(ctx, in.When)
		if err != nil {
			return err
		}
		scan, err := p.stored(in.Scan)
		if err != nil {
			return err
		}
		said := cohort.Said{Nomination: n, Basis: in.Basis, When: when, Reason: in.Reason, Note: in.Note, Scan: scan}
		switch in.Said {
		case "yes":
			_, err = p.Cohort.Accept(ctx, op, said)
		case "no":
			_, err = p.Cohort.Decline(ctx, op, said)
		default:
			err = fault.Bad("cohort.mend", fault.Field{Name: "said", Key: "fault.choose"})
		}
		return err
	})
}

type nothing struct{}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "confirm", "cohort.done.confirmed", func(ctx context.Context, op id.Operation, n id.Nomination, _ nothing) error {
		_, err := p.Cohort.Confirm(ctx, op, n)
		return err
	})
}

type releaseInput struct {
	Act       cohort.Act `form:"act"`
	Cause     string     `form:"cause,max=40"`
	Letter    id.Letter  `form:"letter,optional"`
	Note      string     `form:"note,optional,max=1000"`
	Unreached bool       `form:"unreached"`
}

func (p pages) release(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "release", "cohort.done.released", func(ctx context.Context, op id.Operation, n id.Nomination, in releaseInput) error {
		_, err := p.Cohort.Release(ctx, op, cohort.Releasing{
			Nomination: n, Act: in.Act, Cause: in.Cause, Letter: in.Letter, Note: in.Note, Unreached: in.Unreached,
		})
		return err
	})
}

type reachInput struct {
	Channel string         `form:"channel"`
	Outcome cohort.Outcome `form:"outcome"`
	Note    string         `form:"note,optional,max=1000"`
}

func (p pages) reach(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "reach", "cohort.done.reached", func(ctx context.Context, op id.Operation, n id.Nomination, in reachInput) error {
		_, err := p.Cohort.Reached(ctx, op, cohort.Reach{Nomination: n, Channel: in.Channel, Outcome: in.Outcome, Note: in.Note})
		return err
	})
}

// mail sends her word that there is a message.
func (p pages) mail(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "mail", "cohort.done.mailed", func(ctx context.Context, op id.Operation, n id.Nomination, _ nothing) error {
		_, err := p.Cohort.Mail(ctx, op, n)
		return err
	})
}

type exceptInput struct {
	Later   string    `form:"later"`
	Subject string    `form:"subject"`
	Cause   string    `form:"cause"`
	Date    string    `form:"until,optional,max=10"`
	Letter  id.Letter `form:"letter,optional"`
	Note    string    `form:"note,optional,max=1000"`
}

func (p pages) except(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "except", "cohort.done.excepted", func(ctx context.Context, op id.Operation, n id.Nomination, in exceptInput) error {
		d, err := p.Cohort.Nomination(ctx, n, "")
		if err != nil {
			return err
		}
		x := cohort.Exception{Nomination: n, Subject: in.Subject, Cause: in.Cause, Letter: in.Letter, Note: in.Note, Later: in.Later == "yes"}
		if in.Date != "" {
			if x.Until, err = momentOf(in.Date, "", d.Cohort.Zone, "until"); err != nil {
				return err
			}
		}
		_, err = p.Cohort.Except(ctx, op, x)
		return err
	})
}

type needInput struct {
	Kind     string          `form:"kind"`
	Audience cohort.Audience `form:"audience,optional"`
	Note     string          `form:"note,optional,max=1000"`
}

func (p pages) need(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "need", "cohort.done.need", func(ctx context.Context, op id.Operation, n id.Nomination, in needInput) error {
		_, err := p.Cohort.AddNeed(ctx, op, cohort.NeedInput{Nomination: n, Audience: in.Audience, Kind: in.Kind, Note: in.Note})
		return err
	})
}

type arrangeInput struct {
	Kind  string          `form:"kind"`
	Maker cohort.Audience `form:"maker"`
}

func (p pages) arrange(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "arrange", "cohort.done.arrange", func(ctx context.Context, op id.Operation, n id.Nomination, in arrangeInput) error {
		_, err := p.Cohort.Arrange(ctx, op, cohort.Arrangement{Nomination: n, Kind: in.Kind, Maker: in.Maker})
		return err
	})
}

type arrangedInput struct {
	Arrangement id.Arrangement `form:"arrangement"`
}

func (p pages) arranged(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "arranged", "cohort.done.arranged", func(ctx context.Context, op id.Operation, _ id.Nomination, in arrangedInput) error {
		return p.Cohort.Arranged(ctx, op, in.Arrangement)
	})
}

type withdrawInput struct {
	Cause  string    `form:"cause"`
	Letter id.Letter `form:"letter,optional"`
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "withdraw", "cohort.done.withdrawn", func(ctx context.Context, op id.Operation, n id.Nomination, in withdrawInput) error {
		_, err := p.Cohort.Withdraw(ctx, op, cohort.Taking{Nomination: n, Cause: in.Cause, Letter: in.Letter})
		return err
	})
}

type substituteInput struct {
	Cause     string `form:"cause"`
	Name      string `form:"name,max=200"`
	NameUrdu  string `form:"name_ur,optional,max=200"`
	Sex       string `form:"sex"`
	Rank      string `form:"rank,optional,max=80"`
	RankGroup string `form:"rank_group,optional,max=20"`
	Post      string `form:"post,optional,max=120"`
	Station   string `form:"station,optional,max=120"`
	Phone     string `form:"phone,optional,max=30"`
	Email     string `form:"email,optional,max=254"`
}

func (p pages) substitute(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "substitute", "cohort.done.substituted", func(ctx context.Context, op id.Operation, n id.Nomination, in substituteInput) error {
		who := officerInput{in.Name, in.NameUrdu, in.Sex, in.Rank, in.RankGroup, in.Post, in.Station, in.Phone, in.Email}
		_, err := p.Cohort.Substitute(ctx, op, cohort.Substitution{
			Taking: cohort.Taking{Nomination: n, Cause: in.Cause}, By: cohort.Proposal{New: who.person()},
		})
		return err
	})
}

type leaveInput struct {
	Cause string `form:"cause"`
	Note  string `form:"note,optional,max=1000"`
}

func (p pages) leave(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, "leave", "cohort.done.left", func(ctx context.Context, op id.Operation, n id.Nomination, in leaveInput) error {
		_, err := p.Cohort.Leave(ctx, op, cohort.Leaving{Nomination: n, Cause: in.Cause, Note: in.Note})
		return err
	})
}

// mine leads the officer to what she is asked, if it is one thing.
func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Cohort.Mine(r.Context())
	if err != nil {
		return err
	}
	if len(all) == 1 {
		return web.See(w, r, "/answer/"+string(all[0].ID))
	}
	var ds []cohort.Detail
	for _, n := range all {
		d, err := p.Cohort.Nomination(r.Context(), n.ID, lang(r))
		if err != nil {
			return err
		}
		ds = append(ds, d)
	}
	return web.Render(w, r, minePage(ds))
}

func answerPath(n id.Nomination) string { return "/answer/" + string(n) }

func (p pages) askedOf(r *http.Request) (func(ui.Form) templ.Component, id.Nomination, error) {
	n, err := parse[id.Nomination](r, "nomination")
	if err != nil {
		return nil, "", err
	}
	d, err := p.Cohort.Nomination(r.Context(), n, lang(r))
	if err != nil {
		return nil, "", err
	}
	if !d.Self {
		return nil, "", fault.New(fault.NotFound, "cohort.nomination-unknown", nil)
	}
	return func(f ui.Form) templ.Component { return askedPage(d, forms{answerPath(n), f}) }, n, nil
}

func (p pages) asked(w http.ResponseWriter, r *http.Request) error {
	page, _, err := p.askedOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(ui.Form{}))
}

// own is act for the officer's own page.
func own[T any](p pages, w http.ResponseWriter, r *http.Request, name, done string, do func(ctx context.Context, op id.Operation, n id.Nomination, in T) error) error {
	page, n, err := p.askedOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[T](r)
	if err == nil {
		err = do(r.Context(), web.Operation(r), n, in)
	}
	if err != nil {
		return web.Again(w, r, err, ui.NewForm(name, answerPath(n)+"/"+name), page)
	}
	return web.Done(w, r, answerPath(n), done)
}

func (p pages) yes(w http.ResponseWriter, r *http.Request) error {
	return own(p, w, r, "yes", "cohort.done.yes", func(ctx context.Context, op id.Operation, n id.Nomination, _ nothing) error {
		_, err := p.Cohort.Accept(ctx, op, cohort.Said{Nomination: n})
		return err
	})
}

type noInput struct {
	Reason string `form:"reason,optional,max=20"`
	Note   string `form:"note,optional,max=1000"`
}

func (p pages) no(w http.ResponseWriter, r *http.Request) error {
	return own(p, w, r, "no", "cohort.done.no", func(ctx context.Context, op id.Operation, n id.Nomination, in noInput) error {
		_, err := p.Cohort.Decline(ctx, op, cohort.Said{Nomination: n, Reason: in.Reason, Note: in.Note})
		return err
	})
}

func (p pages) confirmMine(w http.ResponseWriter, r *http.Request) error {
	return own(p, w, r, "confirm", "cohort.done.yours", func(ctx context.Context, op id.Operation, n id.Nomination, _ nothing) error {
		_, err := p.Cohort.Confirm(ctx, op, n)
		return err
	})
}

func (p pages) needMine(w http.ResponseWriter, r *http.Request) error {
	return own(p, w, r, "need", "cohort.done.need", func(ctx context.Context, op id.Operation, n id.Nomination, in needInput) error {
		_, err := p.Cohort.AddNeed(ctx, op, cohort.NeedInput{Nomination: n, Audience: in.Audience, Kind: in.Kind, Note: in.Note})
		return err
	})
}

// current is the actor's nomination that is still open.
func (p pages) current(r *http.Request) (cohort.Detail, error) {
	all, err := p.Cohort.Mine(r.Context())
	if err != nil {
		return cohort.Detail{}, err
	}
	acting := actor.From(r.Context()).Grant.Scope.Cohort
	for _, n := range all {
		if n.Ending == cohort.Open && n.Answer == cohort.Yes && (acting == "" || n.Cohort == acting) {
			return p.Cohort.Nomination(r.Context(), n.ID, lang(r))
		}
	}
	return cohort.Detail{}, fault.New(fault.NotFound, "cohort.nomination-unknown", nil)
}
