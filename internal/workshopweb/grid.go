package workshopweb

import (
	"time"

	"cadre/internal/civil"
	"cadre/internal/i18n"
	"cadre/internal/web/ui"
	"cadre/internal/workshop"
)

// half is how long before its start a half-day takes signs of presence.
const half = 30 * time.Minute

const day = 24 * time.Hour

// grid draws who was there in which half-day.
func grid(l *i18n.Localizer, o workshop.Overview) ui.Grid {
	g := ui.Grid{Drawn: ui.Drawn{ID: "attendance", Title: l.T("workshop.attendance"), Description: l.T("workshop.grid-description", "n", len(o.People))}}
	for _, h := range o.HalfDays {
		g.Columns = append(g.Columns, column(l, h.Half()))
	}
	for _, p := range o.People {
		row := ui.GridRow{Label: plainName(l, o.Names, p)}
		for _, h := range o.HalfDays {
			j := o.Cells[h.ID][p]
			row.Cells = append(row.Cells, ui.Cell{Mood: verdictMood(j.Verdict), Word: verdictWord(l, j)})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// column names a half-day in two short words: the day, and which half of it.
func column(l *i18n.Localizer, h civil.HalfDay) string {
	if h.Half == civil.Morning {
		return l.WeekdayShort(h.Date.Weekday()) + " " + l.T("workshop.morning-short")
	}
	return l.WeekdayShort(h.Date.Weekday()) + " " + l.T("workshop.afternoon-short")
}
