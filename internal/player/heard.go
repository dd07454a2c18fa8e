package player

import (
	"strconv"

	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
)

// below returns what stands below names; not OK if nothing does.
func below(v lrs.Value, names ...string) lrs.Value {
	for _, n := range names {
		if !v.OK() || v.Kind() != lrs.Object {
			return lrs.Value{}
		}
		v = v.Get(n)
	}
	return v
}

// hear reads what a statement says of how far a unit has come: its score, how much
// is done, how long it took. What was once reached stays.
func (u *unitReport) hear(st *lrs.Statement) {
	u.advance(st)
	result := below(st.Value(), "result")
	if d := below(result, "duration"); d.OK() && st.Verb == cmi5.Terminated {
		u.seconds += durationSeconds(d.Text())
	}
	score := below(result, "score")
	if !score.OK() {
		return
	}
	text := func(name string) string {
		v := below(score, name)
		if !v.OK() || v.Kind() != lrs.Number {
			return ""
		}
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	scaled, raw, lo, hi := text("scaled"), text("raw"), text("min"), text("max")
	if scaled == "" && raw == "" {
		return
	}
	if scaled == "" {
		scaled = number(scaledOf(raw, lo, hi))
	}
	now, err := strconv.ParseFloat(scaled, 64)
	before, none := strconv.ParseFloat(u.scaled, 64)
	if err == nil && (none != nil || now >= before) {
		u.scaled, u.raw, u.lowest, u.highest = number(now), raw, lo, hi
	}
}

// advance reads how much of a unit is done (cmi5 9.5.5.1), and reports whether that is
// more than before.
func (u *unitReport) advance(st *lrs.Statement) bool {
	before := u.percent
	if p := below(st.Value(), "result", "extensions", cmi5.Progress); p.OK() && p.Kind() == lrs.Number {
		if f := p.Float(); f >= 0 && f <= 100 {
			u.percent = max(u.percent, int(f))
		}
	}
	return u.percent > before
}

// spoken reads how a statement of a package without a course structure judges:
// by its result, or by the verb that everybody uses for it.
func spoken(st *lrs.Statement) (completion bool, success string) {
	result := below(st.Value(), "result")
	switch st.Verb {
	case cmi5.Completed:
		completion = true
	case cmi5.Passed:
		completion, success = true, passed
	case cmi5.Failed:
		completion, success = true, failedIt
	}
	if v := below(result, "completion"); v.OK() {
		completion = v.Kind() == lrs.True
	}
	if v := below(result, "success"); v.OK() && success == "" && completion {
		success = failedIt
		if v.Kind() == lrs.True {
			success = passed
		}
	}
	return completion, success
}
