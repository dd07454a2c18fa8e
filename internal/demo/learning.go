package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io/fs"
	"maps"
	"slices"

	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/civil"
	"cadre/internal/content"
	"cadre/internal/evaluation"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/player"
	"cadre/internal/programme"
)

// learning is what the play keeps about e-learning and tests.
type learning struct {
	outside map[string]id.Outside
	tests   map[string]*assess.Test // by key
}

// importBlueprint brings in the blueprint and all that it names.
func (p *Play) importBlueprint(ctx context.Context, e Event) error {
	var in struct {
		File string `yaml:"file"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	src, err := p.read(in.File)
	if err != nil {
		return err
	}
	got, err := p.Programme.Import(ctx, op(), programme.ImportInput{File: in.File, Data: src})
	if err != nil {
		return err
	}
	p.programme, p.version = got.Programme, got.Version
	bp, err := p.Programme.Blueprint(ctx, p.version)
	if err != nil {
		return err
	}
	p.blueprint = bp
	for i := range bp.Stages {
		st := &bp.Stages[i]
		if st.Assessment != nil {
			if err := p.importTest(ctx, string(st.Assessment.Test)); err != nil {
				return err
			}
		}
		if st.ELearning == nil {
			continue
		}
		for _, m := range st.ELearning.Modules {
			is, err := p.importPackage(ctx, string(m.Key))
			if err != nil {
				return fmt.Errorf("%s: %w", m.Key, err)
			}
			if is {
				continue
			}
			files, err := p.folder("modules/" + string(m.Key))
			if err != nil {
				return err
			}
			if _, err := p.Content.Import(ctx, op(), content.Import{Programme: p.programme, Key: string(m.Key), Files: files, Publish: true}); err != nil {
				return err
			}
		}
	}
	forms, err := p.folder("feedback")
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a programme without surveys
	}
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		if _, err := p.Evaluation.ImportForm(ctx, op(), p.programme, forms[name]); err != nil {
			return fmt.Errorf("feedback/%s: %w", name, err)
		}
	}
	return nil
}

// importTest brings in a test that the blueprint names, once.
func (p *Play) importTest(ctx context.Context, key string) error {
	if p.learning.tests[key] != nil {
		return nil
	}
	file := key + ".yaml"
	src, err := p.read("tests/" + file)
	if err != nil {
		return err
	}
	t, problems := assess.Read(file, src)
	if len(problems) > 0 {
		return assess.Problems(problems)
	}
	if p.learning.tests == nil {
		p.learning.tests = map[string]*assess.Test{}
	}
	p.learning.tests[key] = t
	_, err = p.Assess.Import(ctx, op(), assess.Import{Programme: p.programme, File: file, Data: src})
	return err
}

// module takes a module from where she is to its last page, or only so many pages
// on, answering so many questions rightly as the script's score says.
func (p *Play) module(ctx context.Context, e Event) error {
	var in struct {
		Module   string `yaml:"module"`
		Person   string `yaml:"person"`
		Language string `yaml:"language"`
		Minutes  int    `yaml:"minutes"`
		Score    int    `yaml:"score"`
		Basis    string `yaml:"basis"`
		Pages    int    `yaml:"pages"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	l, err := p.Player.Start(ctx, op(), player.Start{Cohort: p.cohort, Module: in.Module, Language: in.Language})
	if err != nil || l.Review {
		return err
	}
	w, err := p.Player.Where(ctx, l.Attempt)
	if err != nil {
		return err
	}
	top, earned := 0, 0
	for _, page := range w.Pages {
		top += item.Points(page.Items)
	}
	turned := 0
	for _, page := range w.Pages {
		if page.Done {
			continue
		}
		if in.Pages > 0 && turned == in.Pages {
			break
		}
		turned++
		for i := range page.Items {
			q := &page.Items[i]
			key := q.Key
			right := earned*100 < in.Score*top
			r := wrongAnswer(q)
			if right {
				r = rightAnswer(q)
				earned += q.Points
			}
			m, err := p.Player.Answer(ctx, op(), player.Answer{Attempt: l.Attempt, Item: key, Response: r})
			if err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
			if m.Right != right {
				return fmt.Errorf("%s: the demo's answer %+v counts as right: %v", key, r, m.Right)
			}
		}
		if _, err := p.Player.Turn(ctx, op(), player.Turn{Attempt: l.Attempt, Page: page.Key}); err != nil {
			return fmt.Errorf("page %s: %w", page.Key, err)
		}
	}
	return nil
}

// rightAnswer is an answer that is right.
func rightAnswer(it *item.Item) item.Response {
	var r item.Response
	for i, o := range it.Options {
		if o.Correct {
			r.Chosen = append(r.Chosen, i)
		}
	}
	for i := range it.Sequence {
		r.Order = append(r.Order, i)
	}
	for i := range it.Pairs {
		r.Match = append(r.Match, i)
	}
	r.Written = it.Answer
	if len(it.Accept) > 0 {
		r.Written = it.Accept[0]
	}
	return r
}

// wrongAnswer is an answer that somebody might give, and that is not right.
func wrongAnswer(it *item.Item) item.Response {
	var r item.Response
	for i, o := range it.Options {
		if !o.Correct {
			r.Chosen = append(r.Chosen, i)
			break
		}
	}
	if len(it.Options) > 0 && len(r.Chosen) == 0 {
		r.Chosen = []int{0} // every option is right: one alone is not
	}
	for i := range it.Sequence {
		r.Order = append(r.Order, len(it.Sequence)-1-i)
	}
	for i := range it.Pairs {
		r.Match = append(r.Match, len(it.Pairs)-1-i)
	}
	switch it.Kind {
	case item.Number:
		r.Written = "-1"
	case item.Short:
		r.Written = "?"
	}
	return r
}

func (p *Play) certificateIn(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Module string `yaml:"module"`
		Title  string `yaml:"title"`
		Issued string `yaml:"issued"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	issued, err := civil.ParseDate(in.Issued)
	if err != nil {
		return err
	}
	o, err := p.Player.ShowOutside(ctx, op(), player.ShowOutside{
		Person: p.people[in.Person], Cohort: p.cohort, Module: in.Module, Issuer: in.Title, IssuedOn: issued,
		Scan: scan(),
	})
	if p.learning.outside == nil {
		p.learning.outside = map[string]id.Outside{}
	}
	p.learning.outside[in.Person+" "+in.Module] = o
	return err
}

// scan stands for a scanned paper: an empty sheet, since the paper is invented.
func scan() *bytes.Reader {
	img := image.NewGray(image.Rect(0, 0, 210, 297))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a picture in memory always encodes
	}
	return bytes.NewReader(b.Bytes())
}

func (p *Play) certificateAccept(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Module string `yaml:"module"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	return p.Player.DecideOutside(ctx, op(), player.DecideOutside{Outside: p.learning.outside[in.Person+" "+in.Module], Accept: true})
}

// test sits the test on screen, or enters its paper.
func (p *Play) test(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Form   string `yaml:"form"`
		Stage  string `yaml:"stage"`
		Basis  string `yaml:"basis"`
		Items  string `yaml:"items"`
		Score  int    `yaml:"score"`
		Scan   string `yaml:"scan"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	stage, t, err := p.sits(in.Stage, in.Form)
	if err != nil {
		return err
	}
	if len(in.Items) != len(t.Items) {
		return fmt.Errorf("%d answers for %d items", len(in.Items), len(t.Items))
	}
	if n := worth(t, in.Items); n != in.Score {
		return fmt.Errorf("these answers are worth %d points, the script says %d", n, in.Score)
	}
	if in.Basis == "paper" {
		ctx, err := p.as(ctx, e.By, p.roleOf(e.By))
		if err != nil {
			return err
		}
		cells := map[string]string{}
		for i := range t.Items {
			it := &t.Items[i]
			cells[it.Key] = "0"
			if in.Items[i] == '1' {
				cells[it.Key] = fmt.Sprint(it.Points)
			}
		}
		_, err = p.Assess.EnterPaper(ctx, op(), assess.Paper{
			Cohort: p.cohort, Stage: stage, TakenAt: e.At, Rows: []assess.PaperRow{{Person: p.people[in.Person], Cells: cells}},
		})
		return err
	}
	if ctx, err = p.as(ctx, e.By, actor.Participant); err != nil {
		return err
	}
	who, _ := p.script.person(in.Person)
	sat, err := p.Assess.Sit(ctx, op(), assess.Sit{Cohort: p.cohort, Stage: stage, Language: who.Language})
	if err != nil {
		return err
	}
	answers := map[string]item.Response{}
	for i := range t.Items {
		it := &t.Items[i]
		if in.Items[i] == '1' {
			answers[it.Key] = rightAnswer(it)
		} else {
			answers[it.Key] = wrongAnswer(it)
		}
	}
	if err := p.Assess.Save(ctx, op(), assess.Save{Attempt: sat.Attempt, Answers: answers}); err != nil {
		return err
	}
	_, err = p.Assess.HandIn(ctx, op(), sat.Attempt)
	return err
}

// sits finds the assessment stage that an event is about, by its key or, where
// that is left out, by its form, and the stage's test, whose order of items the
// script's answers follow.
func (p *Play) sits(stage, form string) (string, *assess.Test, error) {
	for i := range p.blueprint.Stages {
		st := &p.blueprint.Stages[i]
		if st.Assessment == nil || string(st.Key) != stage && (stage != "" || string(st.Assessment.Form) != form) {
			continue
		}
		return string(st.Key), p.learning.tests[string(st.Assessment.Test)], nil
	}
	return "", nil, fmt.Errorf("the blueprint has no assessment %q of form %q", stage, form)
}

// worth is how many points the script's answers earn: one sign for each item.
func worth(t *assess.Test, signs string) int {
	n := 0
	for i := range t.Items {
		if signs[i] == '1' {
			n += t.Items[i].Points
		}
	}
	return n
}

func (p *Play) surveyOpen(ctx context.Context, e Event) error {
	var in struct {
		Survey string `yaml:"survey"`
		Until  string `yaml:"until"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	closes, err := p.moment(in.Until)
	if err != nil {
		return err
	}
	p.after.survey, err = p.Evaluation.OpenSurvey(ctx, op(), evaluation.OpenInput{Cohort: p.cohort, Stage: "week", Form: in.Survey, Closes: closes})
	return err
}

// surveyAnswers lets each of those who answered hand in one of the answers; the
// two lists are in no common order, and none is made.
func (p *Play) surveyAnswers(ctx context.Context, e Event) error {
	var in struct {
		Survey  string   `yaml:"survey"`
		By      []string `yaml:"answered-by"`
		Answers string   `yaml:"answers"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	all := p.script.Answers[in.Answers]
	if len(all) != len(in.By) {
		return fmt.Errorf("%d answers of %d people", len(all), len(in.By))
	}
	for i, key := range in.By {
		ctx, err := p.as(ctx, key, actor.Participant)
		if err != nil {
			return err
		}
		token, _, err := p.Evaluation.Begin(ctx, p.after.survey)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		a := evaluation.Answers{}
		for q, v := range all[i] {
			if q != "language" {
				a[q] = fmt.Sprint(v)
			}
		}
		if err := p.Evaluation.Answer(actor.With(ctx, actor.Actor{}), op(), token, a); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}
