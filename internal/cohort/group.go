package cohort

import (
	"context"
	"slices"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
)

// Part is somebody who takes part, in a list.
type Part struct {
	Enrolment
	Who  people.Display
	Code string // of her agency; empty for none
	// Group is the key of the group that was named for her; empty if none was.
	Group string
	// Placed tells that a group can be named for her: she is a participant, and
	// was chosen.
	Placed bool
}

// Roll is a page of those who take part in a cohort.
type Roll struct {
	Cohort Cohort
	Plan   *programme.Blueprint
	Parts  []Part
	// Next goes on; empty at the end.
	Next id.Enrolment
	// May says that the reader may name groups and let somebody join.
	May bool
}

// People lists who takes part in a cohort and whom the actor may see, by id.
// Reading them is recorded.
func (s *Service) People(ctx context.Context, cohort id.Cohort, after id.Enrolment, lang string) (Roll, error) {
	var out Roll
	err := s.db.View(ctx, func(tx *db.Tx) error {
		set, err := open(tx, cohort)
		if err != nil {
			return err
		}
		if err := allowCohort(tx, access.Read, set.cohort); err != nil {
			return err
		}
		out.Cohort, out.Plan = set.cohort, set.plan
		out.May = !set.cohort.Closed && allow(tx, access.Change, access.Enrolment, set.cohort, "", "", "") == nil
		out.Parts, out.Next, err = parts(tx, set.cohort, after, lang)
		return err
	})
	if err != nil || len(out.Parts) == 0 {
		return out, err
	}
	who := make([]id.Person, len(out.Parts))
	for i, x := range out.Parts {
		who[i] = x.Person
	}
	return out, s.reads.RecordRead(ctx, access.Enrolment, who...)
}

// Design returns the blueprint that a cohort follows, for whoever may read the
// cohort: its stages are named on its forms.
func (s *Service) Design(ctx context.Context, cohort id.Cohort) (*programme.Blueprint, error) {
	var out *programme.Blueprint
	err := s.db.View(ctx, func(tx *db.Tx) error {
		set, err := open(tx, cohort)
		if err != nil {
			return err
		}
		out = set.plan
		return allowCohort(tx, access.Read, set.cohort)
	})
	return out, err
}

func parts(tx *db.Tx, c Cohort, after id.Enrolment, lang string) (out []Part, next id.Enrolment, err error) {
	all, err := Enrolled(tx, c.ID, after, PageSize+1)
	if err != nil {
		return nil, "", err
	}
	if len(all) > PageSize {
		all = all[:PageSize]
		next = all[PageSize-1].ID
	}
	branches := map[id.Agency][]id.Agency{"": nil}
	var who []id.Person
	for _, e := range all {
		if _, ok := branches[e.Agency]; !ok {
			if branches[e.Agency], err = people.Branch(tx, e.Agency); err != nil {
				return nil, "", err
			}
		}
		at := place(c, branches[e.Agency])
		at.Since = e.JoinedAt
		if !access.Allows(tx.Actor(), access.Read, access.Object{Kind: access.Enrolment, ID: string(e.ID), Subject: e.Person, Place: at}) {
			continue
		}
		x := Part{Enrolment: e, Code: e.AgencyKey}
		if x.Group, _, err = pathway.GroupOf(tx, e.Person, c.ID); err != nil {
			return nil, "", err
		}
		if x.Placed, err = placed(tx, e); err != nil {
			return nil, "", err
		}
		out, who = append(out, x), append(who, e.Person)
	}
	shown, err := people.Displays(tx, tx.Actor(), lang, who...)
	for i := range out {
		out[i].Who = shown[out[i].Person]
	}
	return out, next, err
}

// placed reports whether somebody who is enrolled was chosen, or joined.
func placed(tx *db.Tx, e Enrolment) (bool, error) {
	if e.Capacity != Participant || !e.LeftAt.IsZero() {
		return false, nil
	}
	if !e.ConfirmedAt.IsZero() || e.Nomination == "" {
		return true, nil
	}
	n, err := NominationByID(tx, e.Nomination)
	return n.Decision == Chosen, err
}

// groupLimit bounds how many people one act puts into a group.
const groupLimit = 200

// Grouping puts people who take part into a group of the cohort.
type Grouping struct {
	Cohort id.Cohort
	Group  string // a key of the blueprint's groups
	People []id.Person
}

// Group names a group for each of the people. For somebody who was in another
// group it is a correction. It reports for how many something changed; the
// operation can be taken back with [Service.Ungroup].
func (s *Service) Group(ctx context.Context, op id.Operation, in Grouping) (int, error) {
	return once(ctx, s, op, "cohort.group", func(tx *db.Tx) (int, error) {
		set, err := open(tx, in.Cohort)
		if err != nil {
			return 0, err
		}
		if err := allow(tx, access.Change, access.Enrolment, set.cohort, "", "", ""); err != nil {
			return 0, err
		}
		if err := set.stillOpen(); err != nil {
			return 0, err
		}
		if err := in.check(set); err != nil {
			return 0, err
		}
		var facts []pathway.Fact
		for _, p := range in.People {
			e, err := EnrolmentOf(tx, in.Cohort, p)
			if err != nil {
				return 0, err
			}
			if err := allow(tx, access.Change, access.Enrolment, set.cohort, e.Agency, p, string(e.ID)); err != nil {
				return 0, err
			}
			if ok, err := placed(tx, e); err != nil {
				return 0, err
			} else if !ok {
				return 0, fault.New(fault.Conflict, "cohort.group-not-placed", nil)
			}
			was, by, err := pathway.GroupOf(tx, p, in.Cohort)
			if err != nil {
				return 0, err
			}
			if was == in.Group {
				continue
			}
			f := pathway.Fact{
				Person: p, Cohort: in.Cohort, Value: pathway.Selected{Chosen: true, Group: in.Group}, Basis: pathway.ByStaff,
				Source: groupingSource(op),
			}
			if was != "" {
				if f, err = correcting(tx, f, by); err != nil {
					return 0, err
				}
			}
			facts = append(facts, f)
		}
		_, err = pathway.RecordAll(tx, facts)
		return len(facts), err
	})
}

func (in Grouping) check(set setting) error {
	var fields []fault.Field
	if !slices.ContainsFunc(set.plan.Groups, func(g programme.Group) bool { return string(g.Key) == in.Group }) {
		fields = append(fields, fault.Field{Name: "group", Key: "fault.choose"})
	}
	if len(in.People) == 0 || len(in.People) > groupLimit {
		fields = append(fields, fault.Field{Name: "people", Key: "cohort.group-nobody"})
	}
	if fields != nil {
		return fault.Bad("cohort.mend", fields...)
	}
	return nil
}

// correcting makes f the correction of the fact that named her group before, and
// keeps what else that one said.
func correcting(tx *db.Tx, f pathway.Fact, by id.Fact) (pathway.Fact, error) {
	was, err := pathway.FactOf(tx, by)
	if err != nil {
		return f, err
	}
	f.Corrects, f.Subject = by, was.Subject
	group := f.Value.(pathway.Selected).Group
	switch v := was.Value.(type) {
	case pathway.Joined:
		v.Group = group
		f.Value, f.OccurredAt = v, was.OccurredAt
	case pathway.Selected:
		v.Group = group
		f.Value = v
	}
	return f, nil
}

func groupingSource(op id.Operation) string { return "operation:" + string(op) }

// Ungroup takes back what one operation of [Service.Group] did: whoever was in
// another group before is in it again. What was changed since stays.
func (s *Service) Ungroup(ctx context.Context, op id.Operation, cohort id.Cohort, done id.Operation) (int, error) {
	return once(ctx, s, op, "cohort.ungroup", func(tx *db.Tx) (int, error) {
		set, err := open(tx, cohort)
		if err != nil {
			return 0, err
		}
		if err := allow(tx, access.Change, access.Enrolment, set.cohort, "", "", ""); err != nil {
			return 0, err
		}
		if err := set.stillOpen(); err != nil {
			return 0, err
		}
		var back []pathway.Fact
		for _, k := range []pathway.Kind{pathway.KindSelected, pathway.KindJoined} {
			all, err := pathway.FactsOfKind(tx, cohort, k, "")
			if err != nil {
				return 0, err
			}
			for _, f := range all {
				if f.Source != groupingSource(done) {
					continue
				}
				if _, by, err := pathway.GroupOf(tx, f.Person, cohort); err != nil {
					return 0, err
				} else if by != f.ID {
					continue // changed since
				}
				back = append(back, pathway.Fact{
					Person: f.Person, Cohort: cohort, Value: pathway.Withdrawn{}, Corrects: f.ID, Basis: pathway.ByStaff, Source: groupingSource(op),
				})
			}
		}
		_, err = pathway.RecordAll(tx, back)
		return len(back), err
	})
}
