package workshopweb

import (
	"net/http"

	ical "github.com/arran4/golang-ical"

	"cadre/internal/civil"
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

// calendarOf writes an event for each session, and for a half-day that has none
// the half-day itself, in instants, so that each calendar shows it in its owner's
// zone. A session that was called off is there as cancelled, so that calendars
// take it away. It says neither what is taught nor where: a calendar is often
// shared.
func calendarOf(l *i18n.Localizer, plan workshop.Plan) (string, error) {
	cal := ical.NewCalendarFor("Cadre")
	cal.SetMethod(ical.MethodPublish)
	for _, h := range plan.HalfDays {
		from, until, takesPlace := h.Span()
		if takesPlace && len(h.Sessions) == 0 {
			if err := addTo(cal, plan, string(h.ID), from, until, l.T("workshop.calendar-entry"), h.Edits(), false); err != nil {
				return "", err
			}
		}
		for i, x := range h.Sessions {
			summary := l.T("workshop.calendar-session", "n", i+1, "of", len(h.Sessions))
			if err := addTo(cal, plan, string(x.ID), x.Starts, x.Ends, summary, x.Revision-1, x.Cancelled); err != nil {
				return "", err
			}
		}
	}
	return cal.Serialize(ical.WithNewLineWindows), nil // RFC 5545, 3.1
}

// addTo adds one event.
func addTo(cal *ical.Calendar, plan workshop.Plan, key string, from, until civil.DateTime, summary string, edits int, off bool) error {
	starts, err := from.Instant()
	if err != nil {
		return err
	}
	ends, err := until.Instant()
	if err != nil {
		return err
	}
	e := cal.AddEvent(key + "@cadre")
	e.SetDtStampTime(plan.Now)
	e.SetSequence(edits)
	e.SetStartAt(starts)
	e.SetEndAt(ends)
	e.SetSummary(summary)
	e.SetProperty(ical.ComponentPropertyClass, "PRIVATE")
	if off {
		e.SetStatus(ical.ObjectStatusCancelled)
	}
	return nil
}
