package player

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Completion and success are what a package reports of itself, in SCORM 2004's
// words; those of 1.2 are said in them.
const (
	completed  = "completed"
	incomplete = "incomplete"
	passed     = "passed"
	failedIt   = "failed"
	unknown    = "unknown"
)

// unitReport is how far one unit has come, as it reports itself. What was once
// reached stays: a unit that is opened again takes nothing away.
type unitReport struct {
	activity            string
	completion, success string
	scaled              string // -1 to 1; empty if no score was reported
	raw, lowest         string
	highest             string
	percent             int
	seconds             int64
	// leaving is how the last conversation ended: "" if there was none, "open" if it
	// did not end, "suspend", "normal", "time-out", "logout".
	leaving string
	touched time.Time
}

// suspended reports whether she is in the middle of it: the next launch goes on from there,
// whether the last one said so as it ended or was cut off.
func (u unitReport) suspended() bool { return u.leaving == "suspend" || u.leaving == "open" }

func (u unitReport) done() bool { return u.completion == completed || u.success == passed }

// take reads what a unit has set into its report. Only elements that judge are
// read; everything else is the unit's own.
func (u *unitReport) take(kind Kind, set map[string]json.RawMessage) {
	say := func(name string) (string, bool) {
		raw, ok := set[name]
		if !ok {
			return "", false
		}
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return "", false
		}
		return s, true
	}
	completion, success := "", ""
	score := "cmi.score."
	if kind == Scorm12 {
		score = "cmi.core.score."
		switch s, _ := say("cmi.core.lesson_status"); s {
		case "passed":
			completion, success = completed, passed
		case "completed":
			completion = completed
		case "failed":
			completion, success = completed, failedIt
		case "incomplete", "browsed":
			completion = incomplete
		}
		if s, ok := say("cmi.core.total_time"); ok {
			u.seconds = max(u.seconds, clockSeconds(s))
		}
	} else {
		completion, _ = say("cmi.completion_status")
		success, _ = say("cmi.success_status")
		if s, ok := say("cmi.total_time"); ok {
			u.seconds = max(u.seconds, durationSeconds(s))
		}
		if s, ok := say("cmi.progress_measure"); ok {
			if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 0 && f <= 1 {
				u.percent = max(u.percent, int(f*100+1e-9)) // 0.29 is 29 per cent
			}
		}
	}
	if completion == completed || completion == incomplete && u.completion != completed {
		u.completion = completion
	}
	if success == passed || success == failedIt && u.success != passed {
		u.success = success
	}
	raw, some := say(score + "raw")
	scaled, told := say(score + "scaled")
	if s, ok := say(score + "min"); ok {
		u.lowest = s
	}
	if s, ok := say(score + "max"); ok {
		u.highest = s
	}
	if some && raw != "" {
		now := scaledOf(raw, u.lowest, u.highest)
		if before, err := strconv.ParseFloat(u.scaled, 64); err != nil || told || now >= before {
			u.raw = raw
			if !told {
				u.scaled = number(now)
			}
		}
	}
	if told && scaled != "" {
		now, err := strconv.ParseFloat(scaled, 64)
		if before, none := strconv.ParseFloat(u.scaled, 64); err == nil && now >= -1 && now <= 1 && (none != nil || now >= before) {
			u.scaled = number(now)
		}
	}
	if u.done() {
		u.percent = 100
	}
}

// end takes a unit that has ended and never said how far it is as completed.
func (u *unitReport) end() {
	if u.completion == "" && u.success == "" {
		u.completion, u.percent = completed, 100
	}
}

// scaledOf brings a raw score to the scale from 0 to 1; without limits it is one
// out of a hundred.
func scaledOf(raw, lowest, highest string) float64 {
	r, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return 0
	}
	lo, err := strconv.ParseFloat(lowest, 64)
	if err != nil {
		lo = 0
	}
	hi, err := strconv.ParseFloat(highest, 64)
	if err != nil || hi <= lo {
		hi = max(100, lo+1)
	}
	return min(1, max(-1, (r-lo)/(hi-lo)))
}

func number(f float64) string { return strconv.FormatFloat(math.Round(f*1e7)/1e7, 'f', -1, 64) }

// rolledUp is what SCORM 2004's sequencing says of the whole course.
type rolledUp struct {
	completion, success string
	measured            bool
	measure             float64
}

// rollupIn reads the root of the activity tree out of the run time's state.
func rollupIn(sequencing, state json.RawMessage) rolledUp {
	var root struct {
		Tree struct {
			ID string `json:"id"`
		} `json:"activityTree"`
	}
	var s struct {
		Sequencing struct {
			States map[string]struct {
				Completion string  `json:"completionStatus"`
				Success    string  `json:"successStatus"`
				Known      bool    `json:"objectiveMeasureStatus"`
				Measure    float64 `json:"objectiveNormalizedMeasure"`
			} `json:"activityStates"`
		} `json:"sequencing"`
	}
	if json.Unmarshal(sequencing, &root) != nil || json.Unmarshal(state, &s) != nil {
		return rolledUp{}
	}
	r, ok := s.Sequencing.States[root.Tree.ID]
	if !ok {
		return rolledUp{}
	}
	return rolledUp{completion: r.Completion, success: r.Success, measured: r.Known, measure: r.Measure}
}

// report is what a whole package reports.
type report struct {
	completion, success string
	scaled, raw         string
	lowest, highest     string
	percent             int
	seconds             int64
	suspended           bool
}

// gather makes the report of a course from those of its units: the one rule for
// packages of every kind.
func gather(c *Course, units map[string]unitReport, up rolledUp) report {
	r := report{completion: incomplete, success: unknown}
	leaves, done, sum, scored, total, passes := 0, 0, 0, 0, 0.0, 0
	var last unitReport
	failed := false
	for l := range c.leaves() {
		u := units[l.ID]
		leaves++
		sum += u.percent
		r.seconds += u.seconds
		if u.done() {
			done++
		}
		switch u.success {
		case passed:
			passes++
		case failedIt:
			failed = true
		}
		if u.scaled != "" {
			if f, err := strconv.ParseFloat(u.scaled, 64); err == nil {
				scored++
				total += f
				last = u
			}
		}
		r.suspended = r.suspended || u.suspended()
	}
	if done == leaves && leaves > 0 && c.Kind != Cmi5 || up.completion == completed {
		r.completion = completed
	}
	switch {
	case up.success == passed || up.success == failedIt:
		r.success = up.success
	case failed && (c.Kind != Cmi5 || r.completion != completed): // a satisfied course is, whatever a part of it was
		r.success = failedIt
	case passes > 0 && r.completion == completed:
		r.success = passed
	}
	switch {
	case scored == 1:
		r.scaled, r.raw, r.lowest, r.highest = last.scaled, last.raw, last.lowest, last.highest
	case up.measured:
		r.scaled = number(up.measure)
	case scored > 1:
		r.scaled = number(total / float64(scored))
	}
	if leaves > 0 {
		r.percent = sum / leaves
	}
	if r.completion == completed {
		r.percent = 100
	} else {
		r.percent = min(r.percent, 99)
	}
	return r
}

// outcome says a report in the words of all material. A package passes when it is
// completed and does not say that she failed.
func (r report) outcome() Outcome {
	o := Outcome{Percent: r.percent, PagesDone: r.completion == completed, Passed: r.completion == completed && r.success != failedIt, SelfReported: true}
	if f, err := strconv.ParseFloat(r.scaled, 64); err == nil {
		o.Points, o.Max = int(math.Round(f*100)), 100
		raw, err1 := strconv.ParseFloat(r.raw, 64)
		lo, err2 := strconv.ParseFloat(r.lowest, 64)
		hi, err3 := strconv.ParseFloat(r.highest, 64)
		if err1 == nil && err3 == nil && (err2 != nil || lo == 0) && hi > 0 && raw == math.Trunc(raw) && hi == math.Trunc(hi) {
			o.Points, o.Max = int(raw), int(hi)
		}
	}
	return o
}

var (
	clockForm    = regexp.MustCompile(`^(\d{1,4}):(\d{2}):(\d{2})(?:\.\d{1,2})?$`)
	durationForm = regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$`)
)

// clockSeconds reads SCORM 1.2's CMITimespan, HHHH:MM:SS.SS.
func clockSeconds(s string) int64 {
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	return weighed(m[1:], 3600, 60, 1)
}

// durationSeconds reads an ISO 8601 duration; a year has 365 days and a month 30.
func durationSeconds(s string) int64 {
	m := durationForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0
	}
	return weighed(m[1:], 365*86400, 30*86400, 86400, 3600, 60, 1)
}

func weighed(parts []string, weights ...int64) int64 {
	var n int64
	for i, w := range weights {
		v, err := strconv.ParseInt(parts[i], 10, 32)
		if err == nil {
			n += v * w
		}
	}
	return n
}
