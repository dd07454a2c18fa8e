package programme

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"time"
)

// check adds what is wrong between the parts of b, and builds its index. What
// the reader has reported already is empty here, and skipped.
func (r *reader) check(b *Blueprint) {
	b.index = &index{
		stages: map[Key]int{}, modules: map[Key]modulePlace{}, halfDays: map[Key]halfDayPlace{}, sessions: map[Key]sessionPlace{},
		quotas: map[Key]int{}, agencies: map[Key]int{}, locations: map[Zone]*time.Location{},
	}
	if b.Cadre != Format && r.read("cadre") && b.Cadre != 0 {
		r.bad("cadre", "format", fmt.Sprintf("this file says format %d", b.Cadre), fmt.Sprintf("this program reads format %d", Format))
	}
	r.languages(b)
	r.places(b)
	competencies := map[Key]string{}
	for i, c := range b.Competencies {
		r.unique(competencies, c.Key, fmt.Sprintf("competencies[%d].key", i), "competency")
	}
	r.stages(b, competencies)
	if b.Seat != nil {
		r.condition(b, "seat.requires", &b.Seat.Requires, "")
		r.deadline(b, "seat.deadline", &b.Seat.Deadline)
		if b.Seat.Deadline.IfMissed == Close {
			r.bad("seat.deadline.if-missed", "seat-closes", "a seat would be lost without anybody deciding", "decide, or leave it out")
		}
	}
	if b.Certificate != nil {
		r.condition(b, "certificate.requires", &b.Certificate.Requires, "")
	}
	r.cycles(b)
	r.indicators(b)
}

func (r *reader) read(path string) bool { _, ok := r.at[path]; return ok }

// unique records a key and reports it if it was there before.
func (r *reader) unique(seen map[Key]string, k Key, path, what string) bool {
	if k == "" {
		return false
	}
	if first, dup := seen[k]; dup {
		r.bad(path, "duplicate", fmt.Sprintf("the %s %q is there twice", what, k), fmt.Sprintf("another key; the first is in line %d", r.at[first].Line))
		return false
	}
	seen[k] = path
	return true
}

// languages checks that every text is given in every language of the file.
func (r *reader) languages(b *Blueprint) {
	seen := map[Language]bool{}
	for i, l := range b.Languages {
		if seen[l] && l != "" {
			r.bad(fmt.Sprintf("languages[%d]", i), "duplicate", fmt.Sprintf("the language %q is there twice", l), "each language once")
		}
		seen[l] = true
	}
	if len(b.Languages) == 0 {
		if r.read("languages") {
			r.bad("languages", "empty", "languages is empty", "at least one language, such as en")
		}
		return
	}
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		if t, ok := v.Interface().(Text); ok {
			if t == nil || !r.read(path) {
				return
			}
			for _, l := range b.Languages {
				if _, ok := t[l]; !ok && l != "" && !r.read(join(path, string(l))) {
					r.bad(path, "language-missing", fmt.Sprintf("%s is not given in %s", last(path), l), "the text in every language of the file")
				}
			}
			var extra []string
			for l := range t {
				if !slices.Contains(b.Languages, l) {
					extra = append(extra, string(l))
				}
			}
			sort.Strings(extra)
			for _, l := range extra {
				r.bad(join(path, l), "language-extra", fmt.Sprintf("%s is given in %s, which is not a language of this file", last(path), l), "add it to languages, or leave it out")
			}
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(path, v.Elem())
			}
		case reflect.Struct:
			for _, f := range fields(v.Type()) {
				walk(join(path, f.name), v.Field(f.index))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
			}
		}
	}
	walk("", reflect.ValueOf(b).Elem())
}

// places checks agencies, groups, quotas and eligibility.
func (r *reader) places(b *Blueprint) {
	agencies, groups, quotas, criteria := map[Key]string{}, map[Key]string{}, map[Key]string{}, map[Key]string{}
	for i, a := range b.Agencies {
		if r.unique(agencies, a.Key, fmt.Sprintf("agencies[%d].key", i), "agency") {
			b.index.agencies[a.Key] = i
		}
	}
	for i, g := range b.Groups {
		r.unique(groups, g.Key, fmt.Sprintf("groups[%d].key", i), "group")
	}
	total := 0
	for i, q := range b.Quotas {
		path := fmt.Sprintf("quotas[%d]", i)
		if r.unique(quotas, q.Key, path+".key", "quota") {
			b.index.quotas[q.Key] = i
		}
		r.refer(path+".agency", q.Agency, names(b.index.agencies), "agency")
		total += q.Places
		by := map[string]int{}
		for j, p := range q.Parts {
			at := fmt.Sprintf("%s.parts[%d]", path, j)
			switch {
			case (p.Sex == "") == (p.Station == ""):
				r.bad(at, "quota-part", "this part is neither by sex nor by duty station, or both", "either sex or station")
			case p.Sex != "":
				by["sex"] += p.Places
				if b.Eligibility != nil && b.Eligibility.Sex != "" && b.Eligibility.Sex != p.Sex {
					r.bad(at+".sex", "quota-part", fmt.Sprintf("places for %s officers, of whom none is eligible", p.Sex), "eligibility.sex and this part have to agree")
				}
			default:
				by["station"] += p.Places
			}
		}
		for _, d := range []string{"sex", "station"} {
			if by[d] > q.Places && q.Places > 0 {
				r.bad(path+".parts", "quota-parts", fmt.Sprintf("the parts by %s add up to %d, the quota has %d places", d, by[d], q.Places), "parts that fit into the quota")
			}
		}
	}
	if b.Places > 0 && total > b.Places {
		r.bad("quotas", "quotas", fmt.Sprintf("the quotas add up to %d, the programme has %d places", total, b.Places), "quotas that fit into the places")
	}
	if b.Eligibility != nil {
		for i, c := range b.Eligibility.Criteria {
			r.unique(criteria, c.Key, fmt.Sprintf("eligibility.criteria[%d].key", i), "criterion")
		}
	}
}

func names[V any](m map[Key]V) []string {
	var out []string
	for k := range m {
		out = append(out, string(k))
	}
	sort.Strings(out)
	return out
}

// refer reports a key that names nothing. It is true if the key is known.
func (r *reader) refer(path string, k Key, known []string, what string) bool {
	if k == "" {
		return false
	}
	if slices.Contains(known, string(k)) {
		return true
	}
	right := "there is no " + what + " in this file"
	if l := r.likely(string(k), known); l != "" {
		right = "did you mean " + l + "?"
	} else if len(known) > 0 && len(known) <= 12 {
		right = list(known)
	} else if len(known) > 0 {
		right = "the key of one of the file's"
	}
	r.bad(path, "unknown-"+what, fmt.Sprintf("there is no %s %q", what, k), right)
	return false
}

func (r *reader) refers(path string, ks []Key, known []string, what string) {
	seen := map[Key]bool{}
	for i, k := range ks {
		at := fmt.Sprintf("%s[%d]", path, i)
		if r.refer(at, k, known, what) && seen[k] {
			r.bad(at, "duplicate", fmt.Sprintf("%q is there twice", k), "each once")
		}
		seen[k] = true
	}
}

// location returns the zone's location: the programme's if z is empty, UTC if
// that is not usable either, which has been reported then.
func (b *Blueprint) location(z Zone) *time.Location {
	if z == "" {
		z = b.Zone
	}
	if l, ok := b.index.locations[z]; ok {
		return l
	}
	l, err := time.LoadLocation(string(z))
	if err != nil {
		l = time.UTC
	}
	b.index.locations[z] = l
	return l
}

func (r *reader) deadline(b *Blueprint, path string, d *Deadline) {
	b.location(d.Zone)
	prev := 0
	for i, n := range d.WarnDays {
		at := fmt.Sprintf("%s.warn-days[%d]", path, i)
		if n < 1 || n > 365 {
			r.bad(at, "warn-days", strconv.Itoa(n)+" days before it", "from 1 to 365")
		} else if i > 0 && n >= prev {
			r.bad(at, "warn-days", "the reminders are not in order", "the earliest first, such as [7, 3, 1]")
		}
		prev = n
	}
}

func (r *reader) stages(b *Blueprint, competencies map[Key]string) {
	seen := map[Key]string{}
	groups := map[Key]bool{}
	for _, g := range b.Groups {
		groups[g.Key] = true
	}
	for i := range b.Stages {
		if r.unique(seen, b.Stages[i].Key, fmt.Sprintf("stages[%d].key", i), "stage") {
			b.index.stages[b.Stages[i].Key] = i
		}
	}
	if len(b.Stages) == 0 && r.read("stages") {
		r.bad("stages", "empty", "stages is empty", "at least one stage")
	}
	modules, halves, sessions := map[Key]string{}, map[Key]string{}, map[Key]string{}
	for i := range b.Stages {
		s := &b.Stages[i]
		path := fmt.Sprintf("stages[%d]", i)
		r.block(s, path)
		r.refers(path+".for", s.For, names(groups), "group")
		if s.Deadline != nil {
			r.deadline(b, path+".deadline", s.Deadline)
			if s.Opens != "" && s.Deadline.At != "" && !s.Opens.In(b.location("")).Before(s.Deadline.At.In(b.location(s.Deadline.Zone))) {
				r.bad(path+".deadline.at", "dates", "the stage closes before it opens", "a deadline after "+string(s.Opens))
			}
		}
		known := names(competencies)
		switch s.Kind() {
		case KindELearning:
			r.elearning(b, i, path+".e-learning", modules, known)
		case KindWorkshop:
			r.workshop(b, i, path+".workshop", halves, sessions, known)
		case KindAssessment:
			r.refers(path+".assessment.competencies", s.Assessment.Competencies, known, "competency")
		case KindCoaching:
			r.coaching(s.Coaching, path+".coaching")
		}
	}
	// What refers to other stages comes once all of them are known.
	r.stageKeys, r.moduleKeys = names(b.index.stages), names(b.index.modules)
	for i := range b.Stages {
		s := &b.Stages[i]
		path := fmt.Sprintf("stages[%d]", i)
		if s.Gate != nil {
			r.condition(b, path+".gate", s.Gate, s.Key)
			r.order(b, path+".gate", s.Gate, s)
		}
		switch s.Kind() {
		case KindAssessment:
			r.assessment(b, i, path+".assessment")
		case KindSelection:
			r.selection(b, s.Selection, path+".selection")
		case KindFollowUp:
			at := path + ".follow-up.after"
			if r.refer(at, s.FollowUp.After, r.stageKeys, "stage") {
				if k := b.Stages[b.index.stages[s.FollowUp.After]].Kind(); k != KindWorkshop && k != KindCoaching && k != "" {
					r.bad(at, "wrong-stage", fmt.Sprintf("%q is a stage of kind %s", s.FollowUp.After, k), "a workshop or coaching stage, whose last day is known")
				}
			}
			r.questions(s.FollowUp.Questions, path+".follow-up.questions")
		}
	}
}

func (r *reader) block(s *Stage, path string) {
	var have, all []string
	v := reflect.ValueOf(s).Elem()
	for _, f := range fields(v.Type()) {
		if f.block {
			all = append(all, f.name)
			if !v.Field(f.index).IsNil() {
				have = append(have, f.name)
			}
		}
	}
	switch {
	case len(have) > 1:
		r.bad(join(path, have[1]), "two-blocks", "a stage cannot be "+have[0]+" and "+have[1]+" at once", "one stage for each")
	case len(have) == 0:
		for _, n := range all {
			if r.read(join(path, n)) {
				return
			}
		}
		r.bad(path, "no-block", "it is not said what kind of stage this is", "one of the blocks "+list(all))
	}
}

func (r *reader) elearning(b *Blueprint, stage int, path string, seen map[Key]string, competencies []string) {
	e := b.Stages[stage].ELearning
	for i := range e.Modules {
		m := &e.Modules[i]
		at := fmt.Sprintf("%s.modules[%d]", path, i)
		if r.unique(seen, m.Key, at+".key", "module") {
			b.index.modules[m.Key] = modulePlace{stage, i}
			if _, clash := b.index.stages[m.Key]; clash {
				r.bad(at+".key", "duplicate", fmt.Sprintf("%q is a stage already", m.Key), "a key of its own: an exception for one must not be taken for the other")
			}
		}
		r.refers(at+".competencies", m.Competencies, competencies, "competency")
	}
	if len(e.Modules) == 0 && r.read(path+".modules") {
		r.bad(path+".modules", "empty", "modules is empty", "at least one module")
	}
	if e.Enough < 0 || e.Enough > len(e.Modules) {
		r.bad(path+".enough", "enough", fmt.Sprintf("%d modules are asked for, there are %d", e.Enough, len(e.Modules)), "at most that many")
	}
}

func (r *reader) workshop(b *Blueprint, stage int, path string, halves, sessions map[Key]string, competencies []string) {
	w := b.Stages[stage].Workshop
	b.location(w.Zone)
	rooms := map[Key]string{}
	for i, m := range w.Rooms {
		r.unique(rooms, m.Key, fmt.Sprintf("%s.rooms[%d].key", path, i), "room")
	}
	n := 0
	var prev Date
	type taken struct {
		room        Key
		from, until ClockTime
		key         Key
	}
	for i := range w.Days {
		d := &w.Days[i]
		at := fmt.Sprintf("%s.days[%d]", path, i)
		if d.Date != "" && prev != "" && d.Date <= prev {
			r.bad(at+".date", "dates", fmt.Sprintf("%s does not come after %s", d.Date, prev), "days in order, each once")
		}
		prev = d.Date
		if len(d.HalfDays) == 0 && r.read(at+".half-days") {
			r.bad(at+".half-days", "empty", "half-days is empty", "at least one half-day")
		}
		var end ClockTime
		for j := range d.HalfDays {
			h := &d.HalfDays[j]
			hat := fmt.Sprintf("%s.half-days[%d]", at, j)
			n++
			if r.unique(halves, h.Key, hat+".key", "half-day") {
				b.index.halfDays[h.Key] = halfDayPlace{stage, i, j}
			}
			if h.From != "" && h.Until != "" && h.Until <= h.From {
				r.bad(hat+".until", "times", fmt.Sprintf("it ends at %s and starts at %s", h.Until, h.From), "an end after the start")
			}
			if h.From != "" && end != "" && h.From < end {
				r.bad(hat+".from", "times", fmt.Sprintf("it starts at %s, the half-day before it ends at %s", h.From, end), "half-days that do not overlap")
			}
			end = h.Until
			var at []taken
			for k := range h.Sessions {
				s := &h.Sessions[k]
				sat := fmt.Sprintf("%s.sessions[%d]", hat, k)
				if r.unique(sessions, s.Key, sat+".key", "session") {
					b.index.sessions[s.Key] = sessionPlace{stage, i, j, k}
				}
				if s.From != "" && s.Until != "" && s.Until <= s.From {
					r.bad(sat+".until", "times", fmt.Sprintf("it ends at %s and starts at %s", s.Until, s.From), "an end after the start")
				} else if h.From != "" && h.Until != "" && s.From != "" && s.Until != "" && (s.From < h.From || s.Until > h.Until) {
					r.bad(sat+".from", "times", fmt.Sprintf("it runs from %s to %s, its half-day from %s to %s", s.From, s.Until, h.From, h.Until), "a session inside its half-day")
				}
				r.refer(sat+".room", s.Room, names(rooms), "room")
				for _, o := range at {
					if s.Room != "" && o.room == s.Room && s.From < o.until && o.from < s.Until {
						r.bad(sat+".room", "clash", fmt.Sprintf("the room %q is taken by %q at that time", s.Room, o.key), "another room or another time")
					}
				}
				at = append(at, taken{s.Room, s.From, s.Until, s.Key})
				for l, m := range s.Modes {
					if m != "" && !slices.Contains(w.Modes, m) {
						r.bad(fmt.Sprintf("%s.modes[%d]", sat, l), "mode", fmt.Sprintf("the workshop is not held %s", m), "one of the workshop's modes")
					}
				}
				r.refers(sat+".competencies", s.Competencies, competencies, "competency")
			}
		}
	}
	if len(w.Modes) == 0 && r.read(path+".modes") {
		r.bad(path+".modes", "empty", "modes is empty", "in-person, online or both")
	}
	if len(w.Days) == 0 && r.read(path+".days") {
		r.bad(path+".days", "empty", "days is empty", "at least one day")
	}
	if w.Attendance.HalfDays > n && n > 0 {
		r.bad(path+".attendance.half-days", "attendance", fmt.Sprintf("%d half-days are asked for, the workshop has %d", w.Attendance.HalfDays, n), "at most that many")
	}
}

func (r *reader) questions(qs []GuideQuestion, path string) {
	seen := map[Key]string{}
	for i, q := range qs {
		r.unique(seen, q.Key, fmt.Sprintf("%s[%d].key", path, i), "question")
	}
}

func (r *reader) window(w Window, path string) {
	if w.From != "" && w.Until != "" && w.Until < w.From {
		r.bad(path+".until", "dates", fmt.Sprintf("it ends on %s and starts on %s", w.Until, w.From), "an end on or after the start")
	}
}

func (r *reader) coaching(c *Coaching, path string) {
	r.window(c.Window, path+".window")
	if c.Enough > c.Entitlement && c.Entitlement > 0 {
		r.bad(path+".enough", "enough", fmt.Sprintf("%d sessions are asked for, each has %d", c.Enough, c.Entitlement), "at most that many")
	}
	if !c.Individual && !c.Group {
		r.bad(path, "coaching-kind", "sessions are neither individual nor in a group", "individual: true, group: true, or both")
	}
	if c.Group && c.GroupDays == nil && !r.read(path+".group-days") {
		r.bad(path+".group", "group-days", "it is not said how days of a group event are counted", "group-days: {days: 1, counts: 1}")
	}
	rounds := map[Key]string{}
	for i, d := range c.Rounds {
		at := fmt.Sprintf("%s.rounds[%d]", path, i)
		r.unique(rounds, d.Key, at+".key", "round")
		if d.Kind == GroupSession {
			if !c.Group {
				r.bad(at+".kind", "round-kind", "a group round, where sessions are not in a group", "group: true, or an individual round")
			}
			if len(d.Days) == 0 {
				r.bad(at, "round-days", "a group round without days", "days: [2021-03-25, 2021-03-26]")
			}
			if c.GroupDays != nil && len(d.Days) > 0 && len(d.Days) < c.GroupDays.Days {
				r.bad(at+".days", "round-days", fmt.Sprintf("it has %d days, and %d are needed for it to count", len(d.Days), c.GroupDays.Days), "more days, or another counting rule")
			}
		}
		if d.Kind == IndividualSession && !c.Individual {
			r.bad(at+".kind", "round-kind", "an individual round, where sessions are not individual", "individual: true, or a group round")
		}
		days := slices.Clone(d.Days)
		if d.Window != nil {
			r.window(*d.Window, at+".window")
			days = append(days, d.Window.From, d.Window.Until)
		}
		for _, x := range days {
			if x != "" && c.Window.From != "" && c.Window.Until != "" && (x < c.Window.From || x > c.Window.Until) {
				r.bad(at, "dates", fmt.Sprintf("%s lies outside the coaching window, %s to %s", x, c.Window.From, c.Window.Until), "days inside the window")
			}
		}
	}
	r.questions(c.Guide, path+".guide")
}

func (r *reader) assessment(b *Blueprint, stage int, path string) {
	a := b.Stages[stage].Assessment
	for i := range stage {
		o := b.Stages[i].Assessment
		if o != nil && o.Test == a.Test && a.Test != "" && o.Max != a.Max && o.Max > 0 && a.Max > 0 {
			r.bad(path+".max", "parallel-tests", fmt.Sprintf("%d points, where the same test has %d in stage %q", a.Max, o.Max, b.Stages[i].Key), "the same number: their results are compared")
			return
		}
	}
}

func (r *reader) selection(b *Blueprint, s *Selection, path string) {
	if b.Places > 0 && s.Places > b.Places {
		r.bad(path+".places", "places", fmt.Sprintf("%d are chosen from %d", s.Places, b.Places), "fewer than the places of the programme")
	}
	seen := map[Key]string{}
	for i, q := range s.Quotas {
		at := fmt.Sprintf("%s.quotas[%d].quota", path, i)
		if r.refer(at, q.Quota, names(b.index.quotas), "quota") {
			r.unique(seen, q.Quota, at, "quota")
		}
	}
	for i, m := range s.Ranking {
		at := fmt.Sprintf("%s.ranking[%d].stage", path, i)
		want := map[Measure]Kind{ByScore: KindAssessment, ByGain: KindAssessment, ByHalfDays: KindWorkshop, ByFinishedFirst: KindELearning}[m.By]
		if !r.refer(at, m.Stage, r.stageKeys, "stage") || !r.kind(b, at, m.Stage, want) || m.By != ByGain {
			continue
		}
		a := b.Stages[b.index.stages[m.Stage]].Assessment
		pre := slices.ContainsFunc(b.Stages, func(o Stage) bool {
			return o.Assessment != nil && o.Assessment.Form == Pre && o.Assessment.Test == a.Test
		})
		if !pre || a.Form == Pre {
			r.bad(at, "no-pair", fmt.Sprintf("a gain needs a pre-test of the same test as %q", m.Stage), "rank by score, or add the pre-test")
		}
	}
}

func (r *reader) kind(b *Blueprint, path string, k Key, want Kind) bool {
	got := b.Stages[b.index.stages[k]].Kind()
	if want == "" || got == "" || got == want {
		return true
	}
	r.bad(path, "wrong-stage", fmt.Sprintf("%q is a stage of kind %s", k, got), "a stage of kind "+string(want))
	return false
}
