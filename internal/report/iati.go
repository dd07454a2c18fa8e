package report

import (
	"encoding/xml"
	"io"
	"strconv"
	"time"

	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/programme"
)

// IATIVersion is the version of the International Aid Transparency Initiative's
// activity standard that [WriteIATI] writes.
const IATIVersion = "2.03"

// The elements of a result frame, in the order of the standard.
type (
	iatiActivities struct {
		XMLName    xml.Name       `xml:"iati-activities"`
		Version    string         `xml:"version,attr"`
		Generated  string         `xml:"generated-datetime,attr"`
		Activities []iatiActivity `xml:"iati-activity"`
	}
	iatiActivity struct {
		Language   string       `xml:"xml:lang,attr"`
		Identifier string       `xml:"iati-identifier"`
		Title      iatiText     `xml:"title"`
		Results    []iatiResult `xml:"result"`
	}
	iatiText struct {
		Narratives []iatiNarrative `xml:"narrative"`
	}
	iatiNarrative struct {
		Language string `xml:"xml:lang,attr"`
		Text     string `xml:",chardata"`
	}
	iatiResult struct {
		Type        string          `xml:"type,attr"`
		Aggregation string          `xml:"aggregation-status,attr"`
		Title       iatiText        `xml:"title"`
		Indicators  []iatiIndicator `xml:"indicator"`
	}
	iatiIndicator struct {
		Measure     string         `xml:"measure,attr"`
		Aggregation string         `xml:"aggregation-status,attr"`
		Title       iatiText       `xml:"title"`
		Description iatiText       `xml:"description"`
		Reference   *iatiReference `xml:"reference"`
		Baseline    *iatiBaseline  `xml:"baseline"`
		Period      iatiPeriod     `xml:"period"`
	}
	iatiReference struct {
		Vocabulary string `xml:"vocabulary,attr"`
		Code       string `xml:"code,attr"`
	}
	iatiBaseline struct {
		Year    int       `xml:"year,attr"`
		Value   string    `xml:"value,attr"`
		Comment *iatiText `xml:"comment"`
	}
	iatiPeriod struct {
		Start   iatiDay      `xml:"period-start"`
		End     iatiDay      `xml:"period-end"`
		Targets []iatiAmount `xml:"target"`
		Actuals []iatiAmount `xml:"actual"`
	}
	iatiDay struct {
		Date string `xml:"iso-date,attr"`
	}
	iatiAmount struct {
		Value      string          `xml:"value,attr"`
		Dimensions []iatiDimension `xml:"dimension"`
		Comment    *iatiText       `xml:"comment"`
	}
	iatiDimension struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
)

// WriteIATI writes the programme's indicators as result frames of IATI's activity
// standard: baseline, target and actual, by sex and by agency, under each activity
// that the blueprint names. It is what the owner's publisher merges into her
// organisation's file, which alone can say the rest of an activity. What is
// withheld or not known has no actual; goals that an indicator is only read beside
// are not claimed.
func WriteIATI(w io.Writer, r *Report) error {
	out := iatiActivities{Version: IATIVersion, Generated: r.At.UTC().Format(time.RFC3339)}
	b := r.Blueprint
	for _, f := range b.Funding {
		for _, x := range f.IATI {
			out.Activities = append(out.Activities, iatiActivity{
				Language: string(b.Fallback()), Identifier: x, Title: narrated(b, b.Title), Results: iatiResults(r),
			})
		}
	}
	if len(out.Activities) == 0 {
		return fault.New(fault.NotFound, "report.no-iati", nil)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func iatiResults(r *Report) []iatiResult {
	var out []iatiResult
	for _, class := range []struct {
		class programme.Class
		code  string // of IATI's code list ResultType
		title string
	}{{"output", "1", "Outputs"}, {"outcome", "2", "Outcomes"}, {"impact", "3", "Impact"}} {
		x := iatiResult{Type: class.code, Aggregation: "false", Title: iatiText{[]iatiNarrative{{"en", class.title}}}}
		for i := range r.Figures {
			if f := &r.Figures[i]; f.Indicator != nil && f.Indicator.Class == class.class {
				x.Indicators = append(x.Indicators, iatiIndicatorOf(r, f))
			}
		}
		if len(x.Indicators) > 0 {
			out = append(out, x)
		}
	}
	return out
}

func iatiIndicatorOf(r *Report, f *Figure) iatiIndicator {
	b, in := r.Blueprint, f.Indicator
	percent := f.Shape == ShareOf
	x := iatiIndicator{Measure: "1", Aggregation: "false", Title: narrated(b, in.Title), Description: narrated(b, in.Definition)}
	if percent {
		x.Measure = "2"
	}
	if in.Logframe != "" {
		x.Reference = &iatiReference{"99", in.Logframe} // 99: the organisation's own vocabulary
	}
	stated := func(v *programme.Value) bool { return v != nil && (v.Known == nil || *v.Known) }
	if v := in.Baseline; stated(v) && v.Year > 0 {
		x.Baseline = &iatiBaseline{Year: v.Year, Value: plain(v.Value), Comment: remark(b, v.Source)}
	}
	x.Period = iatiPeriod{Start: iatiDay{civil.Of(r.Cohort.OpenedAt, b.Location("")).String()}, End: iatiDay{civil.Of(r.At, b.Location("")).String()}}
	if v := in.Target; stated(v) {
		x.Period.Targets = []iatiAmount{{Value: plain(v.Value), Comment: remark(b, v.Source)}}
	}
	actual := func(n Number, by ...iatiDimension) {
		if !n.Known || n.Withheld != Shown {
			return
		}
		value := n.Value
		if percent {
			value *= 100
		}
		x.Period.Actuals = append(x.Period.Actuals, iatiAmount{Value: plain(round(value)), Dimensions: by})
	}
	actual(f.Total)
	for _, p := range f.BySex {
		actual(p.Number, iatiDimension{"sex", sexWord(p.Sex)})
	}
	for _, p := range f.ByAgency {
		actual(p.Number, iatiDimension{"agency", p.Agency})
	}
	for i := range x.Period.Actuals {
		if i == 0 && len(x.Period.Actuals[0].Dimensions) == 0 {
			x.Period.Actuals[0].Comment = remark(b, in.Means)
		}
	}
	return x
}

// narrated writes a text in every language that it is in, the file's first first.
func narrated(b *programme.Blueprint, t programme.Text) iatiText {
	var out iatiText
	for _, l := range b.Languages {
		if s, ok := t[l]; ok {
			out.Narratives = append(out.Narratives, iatiNarrative{string(l), s})
		}
	}
	return out
}

func remark(b *programme.Blueprint, t programme.Text) *iatiText {
	if len(t) == 0 {
		return nil
	}
	x := narrated(b, t)
	return &x
}

func sexWord(s string) string {
	switch s {
	case "f":
		return "female"
	case "m":
		return "male"
	}
	return "not given"
}

func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
