package assessweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/assess"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// stages lists the tests of a cohort.
func (h handler) stages(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	all, err := h.Tests.Stages(r.Context(), c)
	if err != nil {
		return err
	}
	return web.Render(w, r, stagesPage(c, all))
}

func gridPath(c id.Cohort, stage string) string { return testsPath(c) + "/" + stage }

// gridView is a grid with the names of its people.
type gridView struct {
	*assess.Grid
	cohort      id.Cohort
	names       map[id.Person]string
	action      string // of the form: this page of the grid
	first, next string // addresses of other pages, empty where there is none
}

func (h handler) gridView(r *http.Request) (*gridView, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return nil, err
	}
	l, err := web.ListingOf(r, []string{"person"})
	if err != nil {
		return nil, err
	}
	after := id.Person("")
	if len(l.After) > 0 {
		after = id.Person(l.After[0])
	}
	g, err := h.Tests.Grid(r.Context(), c, r.PathValue("stage"), after, web.PageSize)
	if err != nil {
		return nil, err
	}
	v := &gridView{Grid: g, cohort: c, action: r.URL.RequestURI(), first: l.First()}
	if g.More {
		v.next = l.Next(string(g.Rows[len(g.Rows)-1].Person))
	}
	people := make([]id.Person, len(g.Rows))
	for i, row := range g.Rows {
		people[i] = row.Person
	}
	if v.names, err = h.Names(r.Context(), people); err != nil {
		return nil, err
	}
	// A stack of papers lies in the order of names.
	slices.SortStableFunc(g.Rows, func(a, b assess.GridRow) int { return strings.Compare(v.names[a.Person], v.names[b.Person]) })
	return v, nil
}

// form shows what was entered before.
func (g *gridView) form(ctx context.Context) ui.Form {
	f := ui.NewForm("grid", g.action)
	for _, row := range g.Rows {
		a := row.Attempt
		if a.Medium != assess.OnPaper {
			continue
		}
		f.Values.Set("taken", a.SubmittedAt.In(i18n.From(ctx).Location()).Format(ui.DateTime))
		if !a.ByItem {
			f.Values.Set(cell(row.Person, "total"), strconv.Itoa(a.Points))
			continue
		}
		for key, n := range row.Cells {
			f.Values.Set(cell(row.Person, key), strconv.Itoa(n))
		}
	}
	return f
}

// cell names an input of the grid.
func cell(p id.Person, item string) string { return string(p) + "." + item }

func (h handler) grid(w http.ResponseWriter, r *http.Request) error {
	g, err := h.gridView(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, gridPage(g, g.form(r.Context())))
}

func (h handler) enter(w http.ResponseWriter, r *http.Request) error {
	g, err := h.gridView(r)
	if err != nil {
		return err
	}
	out, err := h.enterGrid(r, g)
	if err != nil {
		return web.Again(w, r, err, ui.NewForm("grid", g.action), func(f ui.Form) templ.Component {
			explain(r.Context(), g, &f)
			return gridPage(g, f)
		})
	}
	key := "assess.sheet-saved"
	if out.New+out.Corrected == 0 {
		key = "assess.sheet-same"
	}
	return web.Done(w, r, gridPath(g.cohort, g.Stage.Key), key)
}

// enterGrid reads the grid. Its fields are as many as people by items, so they
// are taken as they come, for people and items that the grid has.
func (h handler) enterGrid(r *http.Request, g *gridView) (assess.Entered, error) {
	sheet := assess.Paper{Cohort: g.cohort, Stage: g.Stage.Key}
	at, err := time.ParseInLocation(ui.DateTime, r.PostForm.Get("taken"), i18n.From(r.Context()).Location())
	if err != nil {
		return assess.Entered{}, fault.Bad("fault.invalid", fault.Field{Name: "taken", Key: "assess.taken-when"})
	}
	sheet.TakenAt = at.UTC()
	for _, row := range g.Rows {
		sheet.Rows = append(sheet.Rows, paperRow(g, row.Person, r.PostForm))
	}
	return h.Tests.EnterPaper(r.Context(), web.Operation(r), sheet)
}

func paperRow(g *gridView, p id.Person, sent url.Values) assess.PaperRow {
	row := assess.PaperRow{Person: p, Total: sent.Get(cell(p, "total")), Cells: map[string]string{}}
	for _, it := range g.Test.Items {
		if v := sent.Get(cell(p, it.Key)); v != "" {
			row.Cells[it.Key] = v
		}
	}
	return row
}

// explain says in each fault whose row and which question it is about: in the
// summary above the table there is nothing else to tell them apart.
func explain(ctx context.Context, g *gridView, f *ui.Form) {
	l := i18n.From(ctx)
	for i, x := range f.Fields {
		person, key, ok := strings.Cut(x.Name, ".")
		if !ok {
			continue
		}
		where := l.T("assess.total")
		for n, it := range g.Test.Items {
			if it.Key == key {
				where = l.T("assess.question", "number", l.Int(n+1))
			}
		}
		f.Fields[i].Key = "assess.in-row"
		f.Fields[i].Args = fault.Args{"who": g.names[id.Person(person)], "where": where, "problem": l.T(x.Key, x.Args)}
	}
}

// paper is the test on paper, or, with ?key=1, what is right.
func (h handler) paper(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	stage, t, err := h.Tests.Paper(r.Context(), c, r.PathValue("stage"))
	if err != nil {
		return err
	}
	lang := t.Language(i18n.From(r.Context()).Lang())
	if wish := r.URL.Query().Get("lang"); slices.Contains(t.Languages, wish) {
		lang = wish
	}
	return web.Render(w, r, paperPage(c, stage, t, lang, r.URL.Query().Get("key") != ""))
}

func (h handler) items(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	results, err := h.Tests.ItemResults(r.Context(), c, r.PathValue("stage"))
	if err != nil {
		return err
	}
	return web.Render(w, r, itemsPage(c, r.PathValue("stage"), results))
}

func (h handler) gain(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	g, err := h.Tests.Gain(r.Context(), c, r.PathValue("pre"), r.PathValue("post"))
	if err != nil {
		return err
	}
	people := make([]id.Person, len(g.Matched))
	for i, p := range g.Matched {
		people[i] = p.Person
	}
	names, err := h.Names(r.Context(), people)
	if err != nil {
		return err
	}
	called, err := h.Competencies(r.Context(), c)
	if err != nil {
		return err
	}
	return web.Render(w, r, gainPage(c, g, names, called))
}
