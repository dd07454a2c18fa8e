package playerweb

import (
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/player"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

func parse[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	return v, fault.Wrap(fault.NotFound, "", err)
}

func attemptPath(a id.Attempt) string { return "/attempts/" + string(a) }

func pagePath(a id.Attempt, page string) string { return attemptPath(a) + "/pages/" + page }

func coverPath(module string) string { return "/learn/" + module }

// cohortOf is the cohort in which the learner acts.
func cohortOf(r *http.Request) (id.Cohort, error) {
	if c := actor.From(r.Context()).Grant.Scope.Cohort; c != "" {
		return c, nil
	}
	return "", fault.New(fault.NotFound, "", nil)
}

// modules lists what there is to learn in her programme.
func (h handler) modules(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	keys, err := h.Modules(r.Context(), c)
	if err != nil {
		return err
	}
	left, err := h.Player.LeftOf(r.Context(), actor.From(r.Context()).Person, c, i18n.From(r.Context()).Lang(), keys)
	if err != nil {
		return err
	}
	shut, err := h.Shut(r.Context(), c)
	if err != nil {
		return err
	}
	return web.Render(w, r, modulesPage(left, shut))
}

// cover is a module before it is opened.
func (h handler) cover(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	cover, err := h.Player.Cover(r.Context(), c, r.PathValue("module"), i18n.From(r.Context()).Lang())
	if err != nil {
		return err
	}
	if cover.Course != nil {
		f := ui.NewForm("start", coverPath(cover.Left.Module)+"/start").With("language", beginsIn(cover))
		f.Quiet = true
		return web.Render(w, r, coverCourse(cover, f, h.Where.Licence(), h.fetches(cover)))
	}
	return web.Render(w, r, coverPage(cover, startForm(r, cover)))
}

// beginsIn is the language in which she would begin a package.
func beginsIn(cover *player.Cover) string {
	for _, l := range cover.Languages {
		if l.Here {
			return l.Language
		}
	}
	if len(cover.Languages) > 0 {
		return cover.Languages[0].Language
	}
	return cover.Course.Language
}

func startForm(r *http.Request, cover *player.Cover) ui.Form {
	f := ui.NewForm("start", coverPath(cover.Left.Module)+"/start")
	f.Quiet = true
	return f.With("language", cover.Module.Language(i18n.From(r.Context()).Lang()))
}

func (h handler) start(w http.ResponseWriter, r *http.Request) error {
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
	l, err := h.Player.Start(r.Context(), web.Operation(r), player.Start{Cohort: c, Module: r.PathValue("module"), Language: in.Language})
	if err != nil {
		return err
	}
	if l.Package {
		return web.See(w, r, playPath(l.Attempt))
	}
	if l.Review {
		return web.See(w, r, attemptPath(l.Attempt))
	}
	return web.See(w, r, pagePath(l.Attempt, l.Page))
}

func (h handler) where(r *http.Request) (*player.Where, error) {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return nil, err
	}
	return h.Player.Where(r.Context(), a)
}

// overview is an attempt as a whole: what is left, or how it ended.
func (h handler) overview(w http.ResponseWriter, r *http.Request) error {
	where, err := h.where(r)
	if fault.Is(err, fault.NotFound) {
		a, parseErr := parse[id.Attempt](r, "attempt")
		if parseErr != nil {
			return err
		}
		if run, runErr := h.Player.Run(r.Context(), a); runErr == nil {
			return web.See(w, r, coverPath(run.Attempt.Module))
		}
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, overviewPage(where))
}

func (h handler) page(w http.ResponseWriter, r *http.Request) error {
	where, err := h.where(r)
	if err != nil {
		return err
	}
	page, _ := where.Page(r.PathValue("page"))
	if page == nil {
		return fault.New(fault.NotFound, "", nil)
	}
	if warned(where, page) && r.URL.Query().Get("read") == "" {
		return web.Render(w, r, warningPage(where, page))
	}
	return web.Render(w, r, modulePage(where, page, nil))
}

// warned reports whether a page's content warning comes before the page: until
// she has once chosen to read it.
func warned(where *player.Where, page *player.PageView) bool {
	if !page.MaySkip() || (page.Done && !page.Skipped) {
		return false
	}
	for _, q := range page.Questions {
		if q.Answered {
			return false
		}
	}
	return true
}

func (h handler) turn(w http.ResponseWriter, r *http.Request) error {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Skip bool `form:"skip"`
	}](r)
	if err != nil {
		return err
	}
	t, err := h.Player.Turn(r.Context(), web.Operation(r), player.Turn{Attempt: a, Page: r.PathValue("page"), Skip: in.Skip})
	if err != nil {
		return err
	}
	if t.Finished || t.Page == "" {
		return web.See(w, r, attemptPath(a))
	}
	return web.See(w, r, pagePath(a, t.Page))
}

// answerName is the name of a question's controls in its form.
const answerName = "answer"

func questionForm(a id.Attempt, page string, q player.Question) ui.Form {
	f := ui.NewForm("q-"+q.Key, pagePath(a, page)+"/answer/"+q.Key)
	f.Quiet = true
	return f
}

func (h handler) answer(w http.ResponseWriter, r *http.Request) error {
	where, err := h.where(r)
	if err != nil {
		return err
	}
	page, _ := where.Page(r.PathValue("page"))
	if page == nil {
		return fault.New(fault.NotFound, "", nil)
	}
	q, ok := page.Questions[r.PathValue("item")]
	if !ok {
		return fault.New(fault.NotFound, "", nil)
	}
	response := q.Item.Answered(answerName, q.Shown, func(name string) []string { return r.PostForm[name] })
	_, err = h.Player.Answer(r.Context(), web.Operation(r), player.Answer{Attempt: where.Attempt.ID, Item: q.Key, Response: response})
	if err != nil {
		return web.Again(w, r, err, questionForm(where.Attempt.ID, page.Key, q), func(f ui.Form) templ.Component {
			for i := range f.Fields {
				f.Fields[i].Name = inputsOf(q, item.Response{}, where)[0].Name
			}
			return modulePage(where, page, &f)
		})
	}
	return web.See(w, r, pagePath(where.Attempt.ID, page.Key)+"?read=1#q-"+q.Key)
}

func inputsOf(q player.Question, given item.Response, where *player.Where) []item.Input {
	return q.Inputs(answerName, q.Shown, given, where.Attempt.Language, where.Module.Base)
}

func (h handler) finish(w http.ResponseWriter, r *http.Request) error {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := h.Player.Finish(r.Context(), web.Operation(r), a); err != nil {
		return err
	}
	return web.See(w, r, attemptPath(a))
}

func (h handler) language(w http.ResponseWriter, r *http.Request) error {
	a, err := parse[id.Attempt](r, "attempt")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Language string `form:"language"`
		Back     string `form:"back,optional"`
	}](r)
	if err != nil {
		return err
	}
	l, err := h.Player.Speak(r.Context(), web.Operation(r), player.Speak{Attempt: a, Language: in.Language})
	if err != nil {
		return err
	}
	if l.Package {
		return web.See(w, r, playPath(l.Attempt))
	}
	to := attemptPath(a)
	if back := web.Within(in.Back); strings.HasPrefix(back, to) {
		to = back
	}
	return web.See(w, r, to)
}

// picture serves a picture of a module. Its address names its content, so the
// browser of her own device may keep it. A borrowed one keeps nothing: what lies in
// its cache tells whoever has it next what was learnt on it.
func (h handler) picture(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	ext := path.Ext(name)
	p, err := h.Content.Picture(r.Context(), strings.TrimSuffix(name, ext))
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }() // it was only read
	if content.MediaType(ext) != p.Media {
		return fault.New(fault.NotFound, "", nil)
	}
	w.Header().Set("Content-Type", p.Media)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if session, _ := web.SessionOf(r.Context()); session.Own {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	if r.Method != http.MethodHead {
		if _, err := io.Copy(w, p); err != nil {
			return nil // the person has gone
		}
	}
	return nil
}
