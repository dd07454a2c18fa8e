package reportweb

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/report"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// staffView is what is known of the eligible staff of a cohort's agencies.
type staffView struct {
	report   report.Report
	counts   []report.Staff
	agencies []string
}

// of returns an agency's count; one of revision 0 if there is none.
func (v staffView) of(agency string) report.Staff {
	if i := slices.IndexFunc(v.counts, func(s report.Staff) bool { return s.Agency == agency }); i >= 0 {
		return v.counts[i]
	}
	return report.Staff{Agency: agency}
}

// form is the form for an agency's count, holding the one that is there.
func (v staffView) form(agency string) ui.Form {
	s := v.of(agency)
	f := ui.NewForm("staff-"+agency, at(v.report.Cohort.ID)+"/staff/"+agency).With("revision", strconv.Itoa(s.Revision))
	if s.Revision > 0 {
		f = f.With("women", strconv.Itoa(s.Women)).With("everyone", strconv.Itoa(s.Everyone)).With("counted_on", s.CountedOn.String()).With("source", s.Source)
	}
	return f
}

func (p pages) staffView(r *http.Request, c id.Cohort) (v staffView, err error) {
	v.report, v.counts, v.agencies, err = p.Report.Staff(r.Context(), c)
	return v, err
}

func (p pages) staff(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	v, err := p.staffView(r, c)
	if err != nil {
		return err
	}
	return web.Render(w, r, staffPage(v, ui.Form{}))
}

func (p pages) countStaff(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Women     int    `form:"women"`
		Everyone  int    `form:"everyone"`
		CountedOn string `form:"counted_on"`
		Source    string `form:"source,max=300"`
		Revision  int    `form:"revision"`
	}](r)
	agency := r.PathValue("agency")
	if err == nil {
		var on civil.Date
		if on, err = civil.ParseDate(in.CountedOn); err != nil {
			err = fault.Bad("report.staff-mend", fault.Field{Name: "counted_on", Key: "report.staff-day"})
		} else {
			err = p.Report.CountStaff(r.Context(), web.Operation(r), report.CountStaff{
				Cohort: c, Agency: agency, Women: in.Women, Everyone: in.Everyone, CountedOn: on, Source: in.Source, Revision: in.Revision,
			})
		}
	}
	if err == nil {
		return web.Done(w, r, at(c)+"/staff", "report.staff-entered")
	}
	v, e := p.staffView(r, c)
	if e != nil {
		return e
	}
	return web.Again(w, r, err, v.form(agency), func(f ui.Form) templ.Component {
		return staffPage(v, f)
	})
}
