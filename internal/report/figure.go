package report

import (
	"slices"
	"strings"

	"cadre/internal/id"
	"cadre/internal/programme"
)

// Shape says what a figure's number is.
type Shape string

// Shapes.
const (
	CountOf Shape = "count" // how many people
	ShareOf Shape = "share" // how many of how many people
	SumOf   Shape = "sum"   // hours, sessions, participations, over people
	MeanOf  Shape = "mean"  // a mean over people
)

// Number is one number of a figure.
type Number struct {
	// Known is false where nobody knows it.
	Known bool `json:"known"`
	// Value is the count, the share from 0 to 1, the sum or the mean.
	Value float64 `json:"value"`
	// N of Of people: for a count and a share; for a sum and a mean, the people it
	// rests on. Of is 0 where nothing is said of the others.
	N  int `json:"n"`
	Of int `json:"of,omitempty"`
	// Low and High bound the mean with 95% confidence, where Interval says so.
	Low      float64 `json:"low,omitempty"`
	High     float64 `json:"high,omitempty"`
	Interval bool    `json:"interval,omitempty"`
	// Withheld says why the number is not shown; all the others are zero then.
	Withheld Withheld `json:"withheld,omitempty"`
}

// Part is one number of a breakdown.
type Part struct {
	Sex    string `json:"sex,omitempty"`
	Agency string `json:"agency,omitempty"`
	Mode   string `json:"mode,omitempty"`
	// Key is which of its [Breakdown]'s groups the part is; empty where that is not
	// known of the people in it.
	Key    string `json:"key,omitempty"`
	Number Number `json:"number"`
}

// Row is one person in a figure: for staff who may see people.
type Row struct {
	Person id.Person
	Sex    string
	Agency string
	Rank   string // her rank group
	Later  bool
	// Counts: she is among those counted, not only among those they are of.
	Counts bool
	// Amount is what she adds to a sum or a mean.
	Amount float64
	// Year is when what counts happened; 0 where it has no one year.
	Year int
	// Stage is where she stood when she left; empty for every other figure.
	Stage programme.Key
	// Reasons are keys of why: of her no, of her leaving, of what stood in her way.
	Reasons []string
}

// Sheet is a half-day's register behind a figure: nobody's name.
type Sheet struct {
	HalfDay   programme.Key `json:"half_day"`
	Starts    string        `json:"starts"`
	Present   int           `json:"present"`
	Part      int           `json:"part"`
	Excused   int           `json:"excused"`
	Absent    int           `json:"absent"`
	Online    int           `json:"online"`
	Closed    bool          `json:"closed"`
	Filed     int           `json:"filed"`     // signature sheets attached
	Corrected int           `json:"corrected"` // verdicts that were corrected since
}

// Recorded reports whether anybody's part in the half-day has been written down. Where
// it has not, its zeros say nothing of who was there.
func (s Sheet) Recorded() bool {
	return s.Closed || s.Present+s.Part+s.Excused+s.Absent+s.Online+s.Corrected > 0
}

// Letter is a letter behind a figure: nobody's name.
type Letter struct {
	Kind   string `json:"kind"`
	Agency string `json:"agency"`
	Number string `json:"number"`
	Dated  string `json:"dated"`
	Covers int    `json:"covers"`
}

// Figure is the answer to an indicator, or to a measure without one.
type Figure struct {
	// Key is the indicator's, or the measure's where the blueprint has no indicator
	// for it.
	Key     string        `json:"key"`
	Measure string        `json:"measure"`
	Stage   programme.Key `json:"stage,omitempty"`
	// Indicator is nil for a measure without one.
	Indicator *programme.Indicator `json:"-"`
	Shape     Shape                `json:"shape"`
	Unit      programme.Unit       `json:"unit"`
	Protected bool                 `json:"protected"`

	Total Number `json:"total"`
	// First are those of the seats as first given, Later who joined later. Shown
	// where there are any.
	First    Number `json:"first"`
	Later    Number `json:"later"`
	BySex    []Part `json:"by_sex,omitempty"`
	ByAgency []Part `json:"by_agency,omitempty"`
	Cells    []Part `json:"cells,omitempty"`
	ByMode   []Part `json:"by_mode,omitempty"`
	// Further breaks the total down by one other thing at a time.
	Further []Breakdown `json:"further,omitempty"`
	// Note names a sentence that belongs to the number: "report.note." + itself.
	Note    string `json:"note,omitempty"`
	NoteN   int    `json:"note_n,omitempty"`
	NoteOf  int    `json:"note_of,omitempty"`
	Sheets  bool   `json:"sheets,omitempty"`  // it rests on registers
	Letters bool   `json:"letters,omitempty"` // it rests on letters
	rows    []Row
}

// Rows lists the people of the figure, for those who may see them.
func (f *Figure) Rows() []Row { return slices.Clone(f.rows) }

// finisher makes a number of the rows of a group.
type finisher func(rows []Row) Number

// breakDown fills in a figure's numbers from its rows.
func (f *Figure) breakDown(finish finisher) {
	group := func(keep func(Row) bool) Number {
		var some []Row
		for _, r := range f.rows {
			if keep(r) {
				some = append(some, r)
			}
		}
		return finish(some)
	}
	f.Total = group(func(Row) bool { return true })
	f.First = group(func(r Row) bool { return !r.Later })
	f.Later = group(func(r Row) bool { return r.Later })
	var sexes, agencies []string
	for _, r := range f.rows {
		if !slices.Contains(sexes, r.Sex) {
			sexes = append(sexes, r.Sex)
		}
		if !slices.Contains(agencies, r.Agency) {
			agencies = append(agencies, r.Agency)
		}
	}
	slices.Sort(sexes)
	slices.Sort(agencies)
	f.BySex, f.ByAgency, f.Cells = nil, nil, nil
	for _, s := range sexes {
		f.BySex = append(f.BySex, Part{Sex: s, Number: group(func(r Row) bool { return r.Sex == s })})
	}
	for _, a := range agencies {
		f.ByAgency = append(f.ByAgency, Part{Agency: a, Number: group(func(r Row) bool { return r.Agency == a })})
		for _, s := range sexes {
			f.Cells = append(f.Cells, Part{Sex: s, Agency: a, Number: group(func(r Row) bool { return r.Agency == a && r.Sex == s })})
		}
	}
}

// count, share, total and mean finish groups of rows.

func count(rows []Row) Number {
	n := 0
	for _, r := range rows {
		if r.Counts {
			n++
		}
	}
	return Number{Known: true, Value: float64(n), N: n}
}

// countOf is a count that says of how many.
func countOf(rows []Row) Number {
	x := count(rows)
	x.Of = len(rows)
	return x
}

func share(rows []Row) Number {
	x := countOf(rows)
	if x.Of == 0 {
		return Number{}
	}
	x.Value = float64(x.N) / float64(x.Of)
	return x
}

func total(rows []Row) Number {
	x := Number{Known: true}
	for _, r := range rows {
		if r.Counts {
			x.N++
			x.Value += r.Amount
		}
	}
	return x
}

func mean(rows []Row) Number {
	var xs []float64
	for _, r := range rows {
		if r.Counts {
			xs = append(xs, r.Amount)
		}
	}
	if len(xs) == 0 {
		return Number{}
	}
	return meanOf(xs)
}

// Protect returns the figure as an audience sees it. signed holds the places
// ([Figure.Places]) for which an officer signed that a small difference is shown.
func Protect(f Figure, to Audience, signed map[string]bool) Figure {
	few := f.fewApart(to.Floor())
	f.rows = nil
	f.BySex, f.ByAgency, f.Cells, f.ByMode = slices.Clone(f.BySex), slices.Clone(f.ByAgency), slices.Clone(f.Cells), slices.Clone(f.ByMode)
	f.Further = slices.Clone(f.Further)
	for i := range f.Further {
		f.Further[i].Parts = slices.Clone(f.Further[i].Parts)
	}
	if to == ForStaff {
		return f
	}
	if !f.Protected {
		if few {
			f.holdApart()
		}
		return f
	}
	for i := range f.Further { // by agency as well, nearly every cell is small
		f.Further[i].Parts = slices.DeleteFunc(f.Further[i].Parts, func(p Part) bool { return p.Agency != "" })
	}
	places, slots, sums := f.grid()
	for i := range places {
		slots[i].signed = signed[places[i].name]
	}
	withhold(slots, sums, to.Floor())
	for i, p := range places {
		if w := slots[i].withheld; w != Shown {
			*p.number = Number{Known: p.number.Known, Withheld: w}
		}
	}
	if few {
		f.holdApart()
	}
	if f.Total.Withheld != Shown {
		// What a whole that is withheld rests on says more than the whole.
		f.ByMode, f.Further, f.NoteN, f.NoteOf, f.Note = nil, nil, 0, 0, ""
	}
	return f
}

// fewApart reports whether those who joined later, or those of the first seats
// beside them, are fewer than floor, whether they count or not: then what stands
// in their line is what one of them did.
func (f *Figure) fewApart(floor int) bool {
	later := 0
	for _, r := range f.rows {
		if r.Later {
			later++
		}
	}
	first := len(f.rows) - later
	return later > 0 && (later < floor || first > 0 && first < floor)
}

// holdApart withholds the lines of those who joined later and of the first
// seats, also of a figure that is not protected: that 26 took part is an output,
// how often the twenty-sixth came is hers. The one follows from the other and
// the total.
func (f *Figure) holdApart() {
	for n, why := range map[*Number]Withheld{&f.Later: Few, &f.First: Complement} {
		if n.Withheld == Shown {
			*n = Number{Known: n.Known, Withheld: why}
		}
	}
}

// grid lays a figure's numbers out for [withhold]: what each rests on, and which
// of them add up to which.
func (f *Figure) grid() (places []placed, slots []slot, sums []sum) {
	places = f.places()
	slots = make([]slot, len(places))
	at := map[string]int{}
	for i, p := range places {
		slots[i] = slot{n: p.number.N, of: p.number.Of, none: p.none}
		at[p.name] = i
	}
	equation := func(whole string, parts []string) {
		if w, ok := at[whole]; ok && len(parts) > 0 {
			e := sum{whole: w}
			for _, p := range parts {
				e.parts = append(e.parts, at[p])
			}
			sums = append(sums, e)
		}
	}
	var sexes, agencies []string
	for _, p := range f.BySex {
		sexes = append(sexes, place(p))
	}
	for _, p := range f.ByAgency {
		agencies = append(agencies, place(p))
	}
	equation("total", []string{"first", "later"})
	equation("total", sexes)
	equation("total", agencies)
	for _, p := range f.BySex {
		var cells []string
		for _, c := range f.Cells {
			if c.Sex == p.Sex {
				cells = append(cells, place(c))
			}
		}
		equation(place(p), cells)
	}
	for _, p := range f.ByAgency {
		var cells []string
		for _, c := range f.Cells {
			if c.Agency == p.Agency {
				cells = append(cells, place(c))
			}
		}
		equation(place(p), cells)
	}
	for _, b := range f.Further {
		var parts []string
		for _, p := range b.Parts {
			if p.Agency == "" {
				parts = append(parts, b.place(p))
			}
		}
		if !b.Overlaps {
			equation("total", parts)
		}
	}
	return places, slots, sums
}

// Placed is a number with the name of its place in the figure.
type Placed struct {
	Name   string
	Number Number
}

// Places lists a figure's numbers by the names that signatures refer to: "total",
// "first", "later", "agency:fia", "sex:f", "agency:fia sex:f", "year:2020".
func (f *Figure) Places() []Placed {
	var out []Placed
	for _, p := range f.places() {
		out = append(out, Placed{p.name, *p.number})
	}
	return out
}

type placed struct {
	name   string
	number *Number
	none   bool // that nobody is in it tells something as well
}

func (f *Figure) places() []placed {
	out := []placed{{name: "total", number: &f.Total}, {name: "first", number: &f.First}, {name: "later", number: &f.Later}}
	for _, ps := range [][]Part{f.BySex, f.ByAgency, f.Cells} {
		for i := range ps {
			out = append(out, placed{name: place(ps[i]), number: &ps[i].Number})
		}
	}
	for _, b := range f.Further {
		for i := range b.Parts {
			if b.Parts[i].Agency == "" {
				out = append(out, placed{b.place(b.Parts[i]), &b.Parts[i].Number, b.reasons()})
			}
		}
	}
	return out
}

func place(p Part) string {
	var w []string
	if p.Agency != "" {
		w = append(w, "agency:"+p.Agency)
	}
	if p.Sex != "" {
		w = append(w, "sex:"+p.Sex)
	}
	if len(w) == 0 {
		return "rest"
	}
	return strings.Join(w, " ")
}
