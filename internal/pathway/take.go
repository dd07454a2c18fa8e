package pathway

import (
	"slices"
	"strconv"
	"time"

	"cadre/internal/id"
	"cadre/internal/programme"
)

func (e *evaluation) doubt(key, subject string, facts ...id.Fact) {
	e.doubts = append(e.doubts, Doubt{key, subject, facts})
}

func (e *evaluation) back() { e.declined, e.passed, e.left, e.outAt = false, false, false, time.Time{} }

func (e *evaluation) group(g string) {
	if g == "" {
		return
	}
	if !slices.ContainsFunc(e.plan.blueprint.Groups, func(x programme.Group) bool { return string(x.Key) == g }) {
		return
	}
	if !slices.Contains(e.groups, programme.Key(g)) {
		e.groups = append(e.groups, programme.Key(g))
	}
}

// take adds one fact. It is called in the order in which facts count.
func (e *evaluation) take(f *Fact) {
	at := f.At()
	if !f.RecordedAt.IsZero() && f.OccurredAt.After(f.RecordedAt.Add(clockTolerance)) {
		e.doubt("clock", f.Subject, f.ID)
	}
	stage := func() *stageFacts {
		if i, ok := e.plan.stage[f.Subject]; ok {
			return &e.stages[i]
		}
		e.doubt("subject", f.Subject, f.ID)
		return nil
	}
	module := func() *moduleFacts {
		if m, ok := e.plan.module[f.Subject]; ok {
			e.stages[m.stage].started = true
			return &e.modules[m.slot]
		}
		// What she learnt elsewhere may be no part of this programme.
		if f.Cohort != "" {
			e.doubt("subject", f.Subject, f.ID)
		}
		return nil
	}
	switch v := f.Value.(type) {
	case Nominated:
		if e.status == Unknown {
			e.status = Proposed
		}
	case Accepted:
		e.declined, e.accepted = false, true
		if e.status == Unknown || e.status == Proposed || e.status == SaidNo {
			e.status = SaidYes
		}
	case Declined:
		e.declined, e.accepted, e.status, e.outAt = true, false, SaidNo, at
	case Selected:
		e.group(v.Group)
		if f.Subject == "" {
			if v.Chosen {
				e.passed = false
				if e.status != Confirmed && e.status != TakingPart {
					e.status = Chosen
				}
			} else if e.status != Confirmed && e.status != TakingPart {
				e.passed, e.status, e.outAt = true, NotChosen, at
			}
			return
		}
		if s := stage(); s != nil {
			switch {
			case v.Chosen:
				if !s.chosen {
					s.chosenAt = at
				}
				s.chosen = true
			case v.Waited:
				if at.After(s.waitedAt) {
					s.waitedAt = at
				}
			default:
				s.notChosen = true
			}
		}
	case SeatConfirmed:
		e.back()
		e.confirmed, e.gone = true, false
		if e.status != TakingPart {
			e.status = Confirmed
		}
	case SeatReleased:
		e.confirmed, e.gone, e.goneAs, e.status, e.outAt = false, true, Released, Released, at
	case SeatOfferedOn:
		e.confirmed, e.gone, e.goneAs, e.status, e.outAt = false, true, OfferedOn, OfferedOn, at
	case Joined:
		if v.Capacity != "" && v.Capacity != "participant" {
			return
		}
		e.back()
		e.confirmed, e.gone, e.status = true, false, TakingPart
		e.later = e.later || v.Later
		e.group(v.Group)
		if v.Stage != "" {
			if i, ok := e.plan.stage[v.Stage]; ok {
				e.join = max(e.join, i)
			} else {
				e.doubt("subject", v.Stage, f.ID)
			}
		}
	case Left:
		e.left, e.status, e.outAt = true, HasLeft, at
	case Returned:
		if e.left {
			e.left, e.status = false, TakingPart
		}
	case ModuleProgress:
		if m := module(); m != nil {
			m.percent = max(m.percent, min(max(v.Percent, 0), 99))
		}
	case ModuleCompleted:
		if m := module(); m != nil {
			m.tried = true
			m.skipped = max(m.skipped, v.Skipped)
			if v.Passed && !m.passed {
				m.passed, m.passedAt, m.byStaff = true, at, f.Basis == ByStaff
			}
		}
	case EquivalenceAccepted:
		if m := module(); m != nil {
			m.equivalence.add(at, v.Until, "")
		}
	case EquivalenceRefused:
		if _, ok := e.plan.module[f.Subject]; !ok && f.Cohort != "" {
			e.doubt("subject", f.Subject, f.ID)
		}
	case AssessmentSubmitted:
		if s := stage(); s != nil {
			s.started = true
			if !s.submitted {
				s.submitted, s.submittedAt = true, at
			}
			s.scores = append(s.scores, scored{at, v.Percent()})
		}
	case AttendanceVerdict:
		h, ok := e.plan.half[f.Subject]
		if !ok {
			e.doubt("subject", f.Subject, f.ID)
			return
		}
		e.verdict(f, v, h, at)
	case CoachingSession:
		i, ok := e.plan.stage[f.Subject]
		if !ok || e.plan.stages[i].kind != programme.KindCoaching {
			e.doubt("subject", f.Subject, f.ID)
			return
		}
		c := e.plan.stages[i].Coaching
		if v.Outcome != Held && (v.Outcome != HeldInPart || !c.PartCounts) {
			return
		}
		e.stages[i].started = true
		h := heldSession{stage: i, at: at, day: v.Day, group: v.Format == string(programme.GroupSession)}
		if h.day == "" {
			h.day = at.Format(time.DateOnly)
		}
		switch {
		case h.group && v.Round != "":
			h.key = "round " + v.Round
		case h.group:
			h.key = "event " + h.day
		case v.Number > 0:
			h.key = "number " + strconv.Itoa(v.Number)
		default:
			h.key = "fact " + string(f.ID)
		}
		e.sessions = append(e.sessions, h)
	case WaiverSigned:
		if m, ok := e.plan.module[f.Subject]; ok {
			e.modules[m.slot].waiver.add(at, v.Until, v.Cause)
			return
		}
		if s := stage(); s != nil {
			s.exception.add(at, v.Until, v.Cause)
		}
	case ExtensionAgreed:
		if s := stage(); s != nil && v.Until.After(s.extension) {
			s.extension = v.Until
		}
	case FollowUpAnswered:
		if s := stage(); s != nil && !s.answered {
			s.started, s.answered, s.answeredAt = true, true, at
		}
	case CertificateIssued:
		e.issued, e.revoked = true, false
	case CertificateRevoked:
		e.revoked = e.issued
	case nil:
		e.doubt("kind", f.Subject, f.ID)
	}
}

// verdict takes the outcome of a register. Of two that contradict each other the
// one that counts as attended is kept, and a person should look.
func (e *evaluation) verdict(f *Fact, v AttendanceVerdict, h halfRef, at time.Time) {
	x := &e.halves[h.slot]
	attended := false
	switch v.Verdict {
	case Present:
		attended = true
	case Part:
		from := e.plan.stages[h.stage].Workshop.Attendance.PartCountsFrom()
		attended = v.Minutes*100 >= from*h.minutes
	case Excused, Absent:
	default:
		e.doubt("kind", f.Subject, f.ID)
		return
	}
	if attended {
		e.stages[h.stage].started = true
	}
	if x.recorded && x.verdict != v.Verdict && !x.doubted {
		x.doubted = true
		e.doubt("verdicts", f.Subject, x.first, f.ID)
	}
	if !x.recorded || attended && !x.attended {
		*x = halfFacts{recorded: true, verdict: v.Verdict, attended: attended, at: at, first: f.ID, doubted: x.doubted}
	}
}
