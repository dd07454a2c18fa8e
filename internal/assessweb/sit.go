package assessweb

import (
	"net/http"
	"strconv"

	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// partSize is how many questions stand on one page: few enough for a small
// screen, and little is lost if the line breaks before they are saved.
const partSize = 5

func parse[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	return v, fault.Wrap(fault.NotFound, "", err)
}

func sittingPath(a id.Attempt) string { return "/sittings/" + string(a) }

func partPath(a id.Attempt, part int) string { return sittingPath(a) + "/" + strconv.Itoa(part) }

func testsPath(c id.Cohort) string { return "/cohorts/" + string(c) + "/tests" }

// tests leads staff to the tests of their cohorts; a participant's are on her way.
func (h handler) tests(w http.ResponseWriter, r *http.Request) error {
	a := actor.From(r.Context())
	if a.Grant.Role == actor.Participant {
		return web.See(w, r, "/")
	}
	if c := a.Grant.Scope.Cohort; c != "" {
		return web.See(w, r, testsPath(c))
	}
	cohorts, err := h.Cohorts(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, testsPage(cohorts))
}

// cohortOf is the cohort in which she acts.
func cohortOf(r *http.Request) (id.Cohort, error) {
	if c := actor.From(r.Context()).Grant.Scope.Cohort; c != "" {
		return c, nil
	}
	return "", fault.New(fault.NotFound, "", nil)
}

func (h handler) cover(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	cover, err := h.Tests.Cover(r.Context(), c, r.PathValue("stage"))
	if err != nil {
		return err
	}
	f := ui.NewForm("sit", "/tests/"+cover.Stage.Key+"/sit")
	f.Quiet = true
	f = f.With("language", cover.Test.Language(i18n.From(r.Context()).Lang()))
	return web.Render(w, r, coverPage(cover, f))
}

func (h handler) sit(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Language string `form:"language,optional"`
	}](r)
	if err != nil {
		return err
	}
	s, err := h.Tests.Sit(r.Context(), web.Operation(r), assess.Sit{Cohort: c, Stage: r.PathValue("stage"), Language: in.Language})
	if err != nil {
		return err
	}
	if s.State == assess.Submitted {
		return web.See(w, r, sittingPath(s.Attempt))
	}
	sheet, err := h.Tests.Sheet(r.Context(), s.Attempt)
	if err != nil {
		return err
	}
	return web.See(w, r, partPath(s.Attempt, firstOpen(sheet)))
}

// parts counts the pages of a sheet.
func parts(s *assess.Sheet) int { return (len(s.Questions) + partSize - 1) / partSize }

// ofPart returns the questions of a page, and the number before its first.
func ofPart(s *assess.Sheet, part int) (qs []assess.Question, before int) {
	from := (part - 1) * partSize
	return s.Questions[from:min(from+partSize, len(s.Questions))], from
}

// firstOpen is the first page with a question that is not answered, else 1.
func firstOpen(s *assess.Sheet) int {
	for i, q := range s.Questions {
		if !q.Answered {
			return 1 + i/partSize
		}
	}
	return 1
}

func (h handler) sheet(r *http.Request) (*assess.Sheet, error) {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return nil, err
	}
	return h.Tests.Sheet(r.Context(), a)
}

// sitting is a sitting as a whole: what is answered, or how it went.
func (h handler) sitting(w http.ResponseWriter, r *http.Request) error {
	s, err := h.sheet(r)
	if err != nil {
		return err
	}
	if s.Attempt.State == assess.Open {
		return web.Render(w, r, checkPage(s))
	}
	res, err := h.Tests.ResultOf(r.Context(), s.Attempt.ID)
	if err != nil {
		return err
	}
	called, err := h.Competencies(r.Context(), s.Attempt.Cohort)
	if err != nil {
		return err
	}
	return web.Render(w, r, resultPage(s, res, called))
}

func (h handler) openPart(r *http.Request) (*assess.Sheet, int, error) {
	s, err := h.sheet(r)
	if err != nil {
		return nil, 0, err
	}
	part, err := strconv.Atoi(r.PathValue("part"))
	if err != nil || part < 1 || part > parts(s) {
		return nil, 0, fault.New(fault.NotFound, "", nil)
	}
	return s, part, nil
}

func (h handler) part(w http.ResponseWriter, r *http.Request) error {
	s, part, err := h.openPart(r)
	if err != nil {
		return err
	}
	if s.Attempt.State != assess.Open || s.Over {
		return web.See(w, r, sittingPath(s.Attempt.ID))
	}
	return web.Render(w, r, partPage(s, part, partForm(s, part)))
}

// partForm shows what was saved.
func partForm(s *assess.Sheet, part int) ui.Form {
	f := ui.NewForm("part", partPath(s.Attempt.ID, part))
	qs, _ := ofPart(s, part)
	for _, q := range qs {
		for _, in := range inputs(s, q) {
			if len(in.Value) > 0 {
				f = f.With(in.Name, in.Value...)
			}
		}
	}
	return f
}

func inputs(s *assess.Sheet, q assess.Question) []item.Input {
	return q.Inputs(q.Key, q.Shown, q.Response, s.Attempt.Language, s.Test.Languages[0])
}

func (h handler) save(w http.ResponseWriter, r *http.Request) error {
	s, part, err := h.openPart(r)
	if err != nil {
		return err
	}
	qs, _ := ofPart(s, part)
	save := assess.Save{Attempt: s.Attempt.ID, Answers: map[string]item.Response{}}
	for _, q := range qs {
		save.Answers[q.Key] = q.Item.Answered(q.Key, q.Shown, func(name string) []string { return r.PostForm[name] })
	}
	err = h.Tests.Save(r.Context(), web.Operation(r), save)
	if fault.Is(err, fault.Closed) {
		return web.See(w, r, sittingPath(s.Attempt.ID)) // the page there says that it is over
	}
	if err != nil {
		return err
	}
	if part == parts(s) {
		return web.See(w, r, sittingPath(s.Attempt.ID))
	}
	return web.See(w, r, partPath(s.Attempt.ID, part+1))
}

func (h handler) handIn(w http.ResponseWriter, r *http.Request) error {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := h.Tests.HandIn(r.Context(), web.Operation(r), a); err != nil {
		return err
	}
	return web.Done(w, r, sittingPath(a), "assess.handed-in")
}
