package coachingweb

import (
	"net/http"

	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/web"
)

type needInput struct {
	Free string `form:"free,optional,max=4000"`
}

func (p pages) need(w http.ResponseWriter, r *http.Request) error {
	return p.write(w, r, coaching.KindNeed, formNeed, "coaching.need-kept")
}

func (p pages) note(w http.ResponseWriter, r *http.Request) error {
	return p.write(w, r, coaching.KindNote, formNote, "coaching.note-kept")
}

func (p pages) write(w http.ResponseWriter, r *http.Request, kind coaching.NoteKind, form, said string) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	in, answers, err := decodeGuided[needInput](r)
	if err == nil {
		_, err = p.Coaching.Write(r.Context(), web.Operation(r), coaching.WriteInput{Of: of, Kind: kind, Text: coaching.Text{Free: in.Free, Answers: answers}})
		err = unasked(err)
	}
	if err != nil {
		return p.again(w, r, of, form, err)
	}
	return web.Done(w, r, home(of), said)
}

func (p pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	n, err := parse[id.Note](r, "note")
	if err == nil {
		err = p.Coaching.TakeBack(r.Context(), web.Operation(r), n)
	}
	if err != nil {
		return err
	}
	return web.Done(w, r, home(of), "coaching.note-gone")
}

type goalInput struct {
	Goal     string `form:"goal,max=2000"`
	Evidence string `form:"evidence,optional,max=1000"`
	Due      string `form:"due,optional,max=10"`
}

// day reads an optional date of a form.
func day(s, field string) (civil.Date, error) {
	if s == "" {
		return civil.Date{}, nil
	}
	d, err := civil.ParseDate(s)
	if err != nil {
		return d, fault.Bad("coaching.time", fault.Field{Name: field, Key: "coaching.day"})
	}
	return d, nil
}

func (p pages) goal(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[goalInput](r)
	var due civil.Date
	if err == nil {
		due, err = day(in.Due, "due")
	}
	if err == nil {
		_, err = p.Coaching.SetGoal(r.Context(), web.Operation(r), coaching.GoalInput{
			Of: of, Text: coaching.GoalText{What: in.Goal, Evidence: in.Evidence}, Due: due,
		})
	}
	if err != nil {
		return p.again(w, r, of, formGoal, err)
	}
	return web.Done(w, r, home(of), "coaching.goal-kept")
}

type goalEnd struct {
	State coaching.GoalState `form:"state"`
}

func (p pages) closeGoal(w http.ResponseWriter, r *http.Request) error {
	of, err := ofPath(r)
	if err != nil {
		return err
	}
	g, err := parse[id.Goal](r, "goal")
	if err != nil {
		return err
	}
	in, err := web.Decode[goalEnd](r)
	if err == nil {
		err = p.Coaching.CloseGoal(r.Context(), web.Operation(r), g, in.State)
	}
	if err != nil {
		return err
	}
	return web.Done(w, r, home(of), "coaching.goal-closed-now")
}
