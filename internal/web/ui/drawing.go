package ui

import (
	"context"
	"strings"
	"unicode/utf8"
)

// Drawn is a drawing's title and its description in a sentence, for those who
// do not see it. The table behind it belongs one click away: in [Details] below.
type Drawn struct {
	ID, Title, Description string
}

// Station is one stage on the map of a programme's way.
type Station struct {
	Label string
	// Count is how many stand here, as words or a number; may be empty.
	Count string
	Mood  Mood
	// Gate is what the door before the station asks for; empty if there is none.
	Gate string
	// Open says that the door stands open.
	Open bool
	Href string
}

// BarRow is one of several bars on a common scale.
type BarRow struct {
	Label string
	// Value and Target are in the unit of [Bars]; Target is not drawn if zero.
	Value, Target float64
	// Words say value and target, such as "16 of 17".
	Words string
}

// Bars are aligned bars, with targets as ticks.
type Bars struct {
	Drawn
	// Max is the value at the full length.
	Max  float64
	Rows []BarRow
}

// Cell is the verdict on one person's half-day.
type Cell struct {
	Mood Mood
	// Word says it: "Present", "From 10:20", "Not recorded yet".
	Word string
}

// Grid has a row for each person and a column for each half-day.
type Grid struct {
	Drawn
	Columns []string // short: "Mon a.m."
	Rows    []GridRow
}

// GridRow is one person's half-days, in the order of the columns.
type GridRow struct {
	Label string
	Cells []Cell
}

// Dots are pairs of before and after, with the mean and its interval.
type Dots struct {
	Drawn
	// Max is the largest value possible; the least is 0.
	Max float64
	// Before and After name the two dots.
	Before, After string
	Rows          []DotRow
	// Mean is the mean of the differences, from Low to High with the confidence
	// stated in Words; not drawn if Words is empty.
	Mean, Low, High float64
	Words           string
}

// DotRow is one pair. Label may be empty where single people are not named.
type DotRow struct {
	Label         string
	Before, After float64
}

// plane is where something is drawn: from the start edge, whichever side that is.
type plane struct {
	width float64
	rtl   bool
}

func planeOf(ctx context.Context, width float64) plane {
	return plane{width, dir(ctx) == "rtl"}
}

// at returns the x of a point that lies x from the start edge.
func (p plane) at(x float64) string {
	if p.rtl {
		x = p.width - x
	}
	return ftoa(round(x))
}

// from returns the x of a rectangle that begins at x from the start edge and is
// width wide.
func (p plane) from(x, width float64) string {
	if p.rtl {
		x = p.width - x - width
	}
	return ftoa(round(x))
}

// tick is the path of a tick around x, which is never mirrored.
func (p plane) tick(x float64) string {
	if p.rtl {
		x = p.width - x
	}
	return "M" + ftoa(round(x-7)) + " 44.5l5 5 9.5-10"
}

func (p plane) box(height float64) string {
	return "0 0 " + ftoa(p.width) + " " + ftoa(height)
}

func round(x float64) float64 { return float64(int(x*100+0.5)) / 100 }

// lines breaks a label into lines of about n characters, at spaces.
func lines(s string, n int) []string {
	var out []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > n {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

func share(v, of float64) float64 {
	if of <= 0 {
		return 0
	}
	return min(max(v/of, 0), 1)
}

// tall is how high a line of text in a drawing is: Nastaliq needs more.
func tall(ctx context.Context) float64 {
	if strings.HasPrefix(lang(ctx), "ur") {
		return 30
	}
	return 18
}
