package workshopweb

import (
	"net/http"

	ical "github.com/arran4/golang-ical"

	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/workshop"
)

func (p pages) calendar(w http.ResponseWriter, r *http.Request) error {
	c, err := pathID[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	plan, err := p.Workshop.Plan(r.Context(), c, r.PathValue("stage"))
	if err != nil {
		return err
	}
	text, err := calendarOf(i18n.From(r.Context()), plan)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="days.ics"`)
	_, _ = w.Write([]byte(text)) // if that fails, the person has gone
	return nil
}

// calendarOf writes an event for each half-day that takes place, in instants, so
// that each calendar shows it in its owner's zone. It says neither what is taught
// nor where: a calendar is often shared.
func calendarOf(l *i18n.Localizer, plan workshop.Plan) (string, error) {
	cal := ical.NewCalendarFor("Cadre")
	cal.SetMethod(ical.MethodPublish)
	for _, h := range plan.HalfDays {
		from, until, takesPlace := h.Span()
		if !takesPlace {
			continue
		}
		starts, err := from.Instant()
		if err != nil {
			return "", err
		}
		ends, err := until.Instant()
		if err != nil {
			return "", err
		}
		e := cal.AddEvent(string(h.ID) + "@cadre")
		e.SetDtStampTime(plan.Now)
		e.SetSequence(h.Edits())
		e.SetStartAt(starts)
		e.SetEndAt(ends)
		e.SetSummary(l.T("workshop.calendar-entry"))
		e.SetProperty(ical.ComponentPropertyClass, "PRIVATE")
	}
	return cal.Serialize(), nil
}
