package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"cadre/internal/i18n"
)

// columns are the headings of an export, and beside each the hashtag of the
// Humanitarian Exchange Language (HXL 1.1) that machines read.
func columns() [][2]string {
	return [][2]string{
		{"report.key", "#indicator+code"},
		{"report.figure", "#indicator+name"},
		{"report.definition", "#indicator+definition"},
		{"report.class", "#indicator+type"},
		{"report.unit", "#indicator+unit"},
		{"report.group", "#meta+group"},
		{"report.country", "#country+code"},
		{"report.agency", "#org+name"},
		{"report.sex", "#meta+sex"},
		{"report.mode", "#meta+mode"},
		{"report.by.rank-group", "#meta+rank"},
		{"report.by.year", "#date+year"},
		{"report.by.stage", "#activity+stage"},
		{"report.why", "#meta+reason"},
		{"report.value", "#value"},
		{"report.low", "#value+min"},
		{"report.high", "#value+max"},
		{"report.people", "#affected+num"},
		{"report.of-people", "#population+num"},
		{"report.baseline", "#value+baseline"},
		{"report.target", "#value+target"},
		{"report.withheld", "#meta+withheld"},
		{"report.source", "#meta+source"},
		{"report.rests-on", "#meta+note"},
		{"report.logframe", "#indicator+code+logframe"},
	}
}

// table is a report as lines of cells: a string, or a float64 for a number.
func table(l *i18n.Localizer, r *Report) [][]any {
	s := Speak(l, r.Blueprint)
	var head, tags []any
	for _, c := range columns() {
		head = append(head, l.T(c[0]))
		tags = append(tags, c[1])
	}
	out := [][]any{head, tags}
	for i := range r.Figures {
		f := &r.Figures[i]
		line := func(group string, by By, p Part) {
			class, agency, sex, mode, rank, year, stage, why := "", "", "", "", "", "", "", ""
			if f.Indicator != nil {
				class = l.T("report.class." + string(f.Indicator.Class))
			}
			if p.Agency != "" {
				agency = s.Agency(p.Agency)
			}
			if p.Sex != "" {
				sex = s.Sex(p.Sex)
			}
			if p.Mode != "" {
				mode = l.T("report.mode." + p.Mode)
			}
			switch by {
			case "":
			case ByRank:
				rank = s.Group(by, p.Key)
			case ByYear:
				year = p.Key // a number for machines
			case ByStage:
				stage = s.Group(by, p.Key)
			default:
				why = s.Group(by, p.Key)
			}
			row := []any{
				f.Key, s.Title(f), s.Definition(f), class, l.T("report.unit." + string(f.Unit)), group,
				r.Cohort.Country, agency, sex, mode, rank, year, stage, why,
			}
			n := p.Number
			value, low, high, people, of, withheld := any(""), any(""), any(""), any(""), any(""), ""
			switch {
			case n.Withheld != Shown:
				withheld = l.T("report.withheld." + string(n.Withheld))
			case !n.Known:
				value = l.T("report.not-known")
			default:
				x := n.Value
				if f.Shape == ShareOf {
					x *= 100
				}
				value, people = round(x), float64(n.N)
				if n.Interval {
					low, high = round(n.Low), round(n.High)
				}
				if n.Of > 0 {
					of = float64(n.Of)
				}
			}
			baseline, target, source, note, logframe := "", "", "", "", ""
			if group == l.T("report.everyone") {
				note = s.Note(f)
				if f.Indicator != nil {
					baseline, target, source, logframe = s.Aim(f, f.Indicator.Baseline), s.Aim(f, f.Indicator.Target), s.Means(f), f.Indicator.Logframe
				}
			}
			out = append(out, append(row, value, low, high, people, of, baseline, target, withheld, source, note, logframe))
		}
		line(l.T("report.everyone"), "", Part{Number: f.Total})
		if f.Later.N > 0 || f.Later.Withheld != Shown {
			line(l.T("report.first-seats"), "", Part{Number: f.First})
			line(l.T("report.joined-later"), "", Part{Number: f.Later})
		}
		for _, p := range f.ByMode {
			line(l.T("report.mode"), "", p)
		}
		for _, p := range f.BySex {
			line(l.T("report.sex"), "", p)
		}
		for _, p := range f.ByAgency {
			line(l.T("report.agency"), "", p)
		}
		for _, p := range f.Cells {
			line(l.T("report.by"), "", p)
		}
		for _, b := range f.Further {
			for _, p := range b.Parts {
				line(l.T("report.by."+string(b.By)), b.By, p)
			}
		}
	}
	return out
}

// WriteCSV writes a report as CSV, in UTF-8 with a byte order mark, so that
// spreadsheets open it right. Numbers have a point and no grouping.
func WriteCSV(w io.Writer, l *i18n.Localizer, r *Report) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	for _, line := range table(l, r) {
		cells := make([]string, len(line))
		for i, v := range line {
			cells[i] = cell(v)
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// cell writes a value for CSV. A text that a spreadsheet would take for a formula
// is made a text.
func cell(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	}
	return ""
}

// WriteXLSX writes a report as a spreadsheet: the figures on one sheet, what they
// rest on on others. Sheets run from right to left where the language does.
func WriteXLSX(w io.Writer, l *i18n.Localizer, r *Report) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	s := Speak(l, r.Blueprint)
	write := func(name string, lines [][]any) error {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
		for i, line := range lines {
			at, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				return err
			}
			if err := f.SetSheetRow(name, at, &line); err != nil {
				return err
			}
		}
		rtl := l.Dir() == "rtl"
		return f.SetSheetView(name, 0, &excelize.ViewOptions{RightToLeft: &rtl})
	}
	first := sheetName(l.T("report.title"))
	if err := f.SetSheetName("Sheet1", first); err != nil {
		return err
	}
	if err := write(first, table(l, r)); err != nil {
		return err
	}
	if len(r.Backing.Sheets) > 0 {
		lines := [][]any{{
			l.T("report.half-day"), l.T("report.present"), l.T("report.part"), l.T("report.excused"), l.T("report.absent"),
			l.T("report.online"), l.T("report.filed"), l.T("report.corrected"),
		}}
		for _, x := range r.Backing.Sheets {
			if !x.Recorded() {
				lines = append(lines, []any{s.HalfDay(x), l.T("report.not-recorded"), nil, nil, nil, nil, x.Filed, nil})
				continue
			}
			lines = append(lines, []any{s.HalfDay(x), x.Present, x.Part, x.Excused, x.Absent, x.Online, x.Filed, x.Corrected})
		}
		if err := write(sheetName(l.T("report.sheets")), lines); err != nil {
			return err
		}
	}
	if len(r.Backing.Letters) > 0 {
		lines := [][]any{{l.T("report.letter"), l.T("report.agency"), l.T("report.number"), l.T("report.dated"), l.T("report.covers")}}
		for _, x := range r.Backing.Letters {
			lines = append(lines, []any{l.T("report.letter." + x.Kind), s.Agency(x.Agency), x.Number, x.Dated, x.Covers})
		}
		if err := write(sheetName(l.T("report.letters")), lines); err != nil {
			return err
		}
	}
	if len(r.Backing.Staff) > 0 {
		lines := [][]any{{l.T("report.agency"), l.T("report.staff-women-label"), l.T("report.staff-everyone-label"), l.T("report.staff-on"), l.T("report.source")}}
		for _, x := range r.Backing.Staff {
			lines = append(lines, []any{s.Agency(x.Agency), x.Women, x.Everyone, x.CountedOn.String(), x.Source})
		}
		if err := write(sheetName(l.T("report.staff")), lines); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// sheetName fits a text into what a spreadsheet allows for the name of a sheet.
func sheetName(s string) string {
	s = strings.NewReplacer(":", " ", "\\", " ", "/", " ", "?", " ", "*", " ", "[", " ", "]", " ").Replace(s)
	if r := []rune(s); len(r) > 31 {
		return string(r[:31])
	}
	return s
}
