package reportweb

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/report"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Deps are what the pages need.
type Deps struct {
	Report *report.Service
	// Cohorts lists the cohorts whose figures the actor may see.
	Cohorts func(ctx context.Context) ([]CohortLink, error)
	// Papers leads from a cohort's figures to what they rest on, as far as the
	// actor may open it; nil leads nowhere.
	Papers func(ctx context.Context, c id.Cohort) (Papers, error)
}

// Papers are the addresses of what figures rest on. What is missing in it is not
// open to the reader.
type Papers struct {
	// HalfDays are the registers, by the half-day's key.
	HalfDays map[programme.Key]string
	// Letters are the letters, by their number.
	Letters map[string]string
}

// CohortLink is a cohort to choose.
type CohortLink struct {
	ID    id.Cohort
	Title string
}

type pages struct{ Deps }

// Routes returns the pages of figures.
func Routes(d Deps) []web.Route {
	p := pages{d}
	route := func(method, pattern string, v access.Verb, k access.Kind, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: web.Need{Verb: string(v), Kind: string(k)}, Handler: h}
	}
	const of = "/cohorts/{cohort}/report"
	return []web.Route{
		route(http.MethodGet, "/figures", access.Read, access.Figure, p.index),
		route(http.MethodGet, of, access.Read, access.Figure, p.figures),
		route(http.MethodGet, of+"/files/{file}", access.Export, access.Figure, p.file),
		route(http.MethodGet, of+"/figures/{figure}", access.Read, access.Figure, p.figure),
		route(http.MethodGet, of+"/figures/{figure}/people", access.Read, access.Rows, p.people),
		route(http.MethodGet, of+"/release", access.Create, access.Release, p.draft),
		route(http.MethodPost, of+"/release", access.Sign, access.Release, p.sign),
		route(http.MethodGet, of+"/staff", access.Change, access.Figure, p.staff),
		route(http.MethodPost, of+"/staff/{agency}", access.Change, access.Figure, p.countStaff),
	}
}

func (p pages) index(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Cohorts(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, indexPage(all))
}

func cohortOf(r *http.Request) (id.Cohort, error) {
	c, err := id.Parse[id.Cohort](r.PathValue("cohort"))
	return c, fault.Wrap(fault.NotFound, "cohort.unknown", err)
}

// releaseOf reads which release is asked for: 0 for none in particular.
func releaseOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("release"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func at(c id.Cohort) string { return "/cohorts/" + string(c) + "/report" }

// within adds the release to an address, where one is looked at.
func within(address string, r *report.Report) string {
	if r.Release == nil {
		return address
	}
	return address + "?release=" + strconv.Itoa(r.Release.Number)
}

func (p pages) figures(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	rep, err := p.Report.Figures(r.Context(), c, releaseOf(r))
	if err != nil {
		return err
	}
	var releases []report.Release
	if all, err := p.Report.Releases(r.Context(), c); err == nil {
		releases = all
	} else if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
		return err
	}
	return web.Render(w, r, figuresPage(rep, releases))
}

func (p pages) figure(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	rep, err := p.Report.Figures(r.Context(), c, releaseOf(r))
	if err != nil {
		return err
	}
	f := rep.Figure(r.PathValue("figure"))
	if f == nil {
		return fault.New(fault.NotFound, "report.figure-unknown", nil)
	}
	var papers Papers
	if p.Papers != nil && rep.For == report.ForStaff {
		if papers, err = p.Papers(r.Context(), c); err != nil {
			return err
		}
	}
	return web.Render(w, r, figurePage(rep, *f, papers))
}

func (p pages) people(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	people, err := p.Report.People(r.Context(), c, r.PathValue("figure"))
	if err != nil {
		return err
	}
	return web.Render(w, r, peoplePage(people))
}

// file answers figures.csv, figures.xlsx and figures.xml.
func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	l := i18n.From(r.Context())
	var write func(rep *report.Report) error
	var media string
	file := r.PathValue("file")
	switch file {
	case "figures.csv":
		media, write = "text/csv; charset=utf-8", func(rep *report.Report) error { return report.WriteCSV(&buf, l, rep) }
	case "figures.xlsx":
		media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		write = func(rep *report.Report) error { return report.WriteXLSX(&buf, l, rep) }
	case "figures.xml":
		media, write = "application/xml; charset=utf-8", func(rep *report.Report) error { return report.WriteIATI(&buf, rep) }
	default:
		return fault.New(fault.NotFound, "report.file-unknown", nil)
	}
	rep, err := p.Report.Export(r.Context(), c, releaseOf(r))
	if err != nil {
		return err
	}
	if err := write(&rep); err != nil {
		return err
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+file+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = buf.WriteTo(w)
	return err
}

func signForm(c id.Cohort) ui.Form { return ui.NewForm("release", at(c)+"/release") }

func (p pages) draft(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	d, err := p.Report.Draft(r.Context(), c)
	if err != nil {
		return err
	}
	return web.Render(w, r, draftPage(d, signForm(c)))
}

func (p pages) sign(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Differences []string `form:"differences,optional"`
	}](r)
	if err != nil {
		return err
	}
	if _, err := p.Report.Sign(r.Context(), web.Operation(r), report.SignInput{Cohort: c, Differences: in.Differences}); err != nil {
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		d, e := p.Report.Draft(r.Context(), c)
		if e != nil {
			return e
		}
		return web.Again(w, r, err, signForm(c), func(f ui.Form) templ.Component { return draftPage(d, f) })
	}
	return web.Done(w, r, at(c), "report.signed")
}
