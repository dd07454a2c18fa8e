package scorm

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/fault"
)

// sequencing reads what an organization or item of SCORM 2004 asks for.
func (r *reader) sequencing(n *xmltree.Node, a *manifest.Activity) {
	if s := n.One("sequencing"); s != nil {
		s = r.whole(s)
		r.rules(s, a)
		if d := s.One("deliveryControls"); d != nil {
			a.Delivery = &manifest.Delivery{
				Tracked: r.bool(d, "tracked"), CompletionSetByContent: r.bool(d, "completionSetByContent"), ObjectiveSetByContent: r.bool(d, "objectiveSetByContent"),
			}
		}
		if l := s.One("limitConditions"); l != nil {
			a.AttemptLimit = r.count(l, "attemptLimit")
			a.AttemptAbsoluteDurationLimit = l.Attr("attemptAbsoluteDurationLimit")
			a.BeginTimeLimit, a.EndTimeLimit = l.Attr("beginTimeLimit"), l.Attr("endTimeLimit")
		}
		for _, x := range s.Path("auxiliaryResources").All("auxiliaryResource") {
			a.AuxiliaryResources = append(a.AuxiliaryResources, manifest.Auxiliary{ResourceID: x.Attr("auxiliaryResourceID"), Purpose: x.Attr("purpose")})
		}
	}
	if t := child(n, "timelimitaction"); t != nil {
		a.TimeLimitAction = t.Trimmed()
	}
	a.Completion = r.threshold(n.One("completionThreshold"))
	for _, h := range n.Path("presentation", "navigationInterface").All("hideLMSUI") {
		switch v := h.Trimmed(); v {
		case "continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll":
			a.HideLmsUI = append(a.HideLmsUI, v)
		default:
			r.warn(h, "package.value-ignored", fault.Args{"name": h.Name, "found": manifest.Short(v)})
		}
	}
	for _, m := range n.One("data").All("map") {
		a.SharedDataMaps = append(a.SharedDataMaps, manifest.SharedData{
			TargetID: m.Attr("targetID"), Read: r.bool(m, "readSharedData"), Write: r.bool(m, "writeSharedData"),
		})
	}
}

// maxShared bounds what items take from the collection of sequencing: as if it were
// written out wherever it is referred to, in bytes.
const maxShared = 8 << 20

// shared is an entry of the collection of sequencing, and how much stands in it.
type shared struct {
	node   *xmltree.Node
	weight int
}

// collection returns the manifest's collection of sequencing. Of two entries with one
// name the first counts.
func (r *reader) collection() map[string]shared {
	if r.collected == nil {
		r.collected = map[string]shared{}
		for _, n := range r.root.One("sequencingCollection").All("sequencing") {
			id := n.Attr("ID")
			if _, twice := r.collected[id]; !twice {
				r.collected[id] = shared{n, weight(n)}
			}
		}
	}
	return r.collected
}

// weight is about how many bytes an element takes, with all that is in it.
func weight(n *xmltree.Node) int {
	const tags = 64 // and what the run time's names add to them
	sum := tags + len(n.Text)
	for _, a := range n.Attrs {
		sum += len(a.Name.Local) + len(a.Value)
	}
	for _, c := range n.Children {
		sum += weight(c)
	}
	return sum
}

// whole returns what an imsss:sequencing says together with the one of the
// collection that it refers to: of each kind of element its own stands instead of
// the collection's, whatever that says.
func (r *reader) whole(s *xmltree.Node) *xmltree.Node {
	ref := s.Attr("IDRef")
	if ref == "" {
		return s
	}
	entry, ok := r.collection()[ref]
	if !ok {
		r.warn(s, "package.sequencing-missing", fault.Args{"id": manifest.Short(ref)})
		return s
	}
	before := r.shared
	if r.shared += entry.weight; r.shared > maxShared {
		if before <= maxShared {
			r.err(s, "package.sequencing-large", fault.Args{"id": manifest.Short(ref)})
		}
		return s
	}
	type kind struct{ space, name string }
	own := map[kind]bool{}
	for _, n := range s.Children {
		own[kind{n.Space, n.Name}] = true
	}
	both := *s
	both.Children = slices.Clone(s.Children)
	for _, n := range entry.node.Children {
		if !own[kind{n.Space, n.Name}] {
			both.Children = append(both.Children, n)
		}
	}
	return &both
}

// threshold reads adlcp:completionThreshold: attributes in the fourth edition,
// text in the second and third.
func (r *reader) threshold(n *xmltree.Node) *manifest.Threshold {
	if n == nil {
		return nil
	}
	t := &manifest.Threshold{CompletedByMeasure: r.bool(n, "completedByMeasure"), MinProgressMeasure: r.measure(n, "minProgressMeasure", 0, 1), ProgressWeight: r.measure(n, "progressWeight", 0, 1)}
	if n.Trimmed() != "" {
		if v, ok := manifest.Number(n.Text); ok && v >= 0 && v <= 1 {
			yes := true
			t.CompletedByMeasure, t.MinProgressMeasure = &yes, &v
		} else {
			r.warn(n, "package.value-ignored", fault.Args{"name": n.Name, "found": manifest.Short(n.Text)})
		}
	}
	return t
}

// carry puts into the unit what its run time has to know of its sequencing.
func (r *reader) carry(u *manifest.Unit, a *manifest.Activity) {
	if p := a.PrimaryObjective; p != nil && p.SatisfiedByMeasure {
		v := 1.0
		if p.MinNormalizedMeasure != nil {
			v = *p.MinNormalizedMeasure
		}
		u.Mastery = &v
	}
	u.MaxTime = a.AttemptAbsoluteDurationLimit
	if t := a.Completion; t != nil && t.CompletedByMeasure != nil && *t.CompletedByMeasure {
		v := 1.0
		if t.MinProgressMeasure != nil {
			v = *t.MinProgressMeasure
		}
		u.CompletionThreshold = &v
	}
}

// rules reads the objectives, the controls and the rules of an imsss:sequencing.
func (r *reader) rules(s *xmltree.Node, c *manifest.Activity) {
	r.objectives(s, c)
	r.controls(s, c)
	if n := s.One("sequencingRules"); n != nil {
		c.Rules = &manifest.Rules{
			Pre:  r.ruleList(n, "preConditionRule", "skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"),
			Exit: r.ruleList(n, "exitConditionRule", "exit"),
			Post: r.ruleList(n, "postConditionRule", "exitParent", "exitAll", "retry", "retryAll", "continue", "previous"),
		}
	}
	if n := s.One("rollupRules"); n != nil {
		c.Controls = r.controlsOf(c.Controls)
		c.Controls.RollupObjectiveSatisfied = r.bool(n, "rollupObjectiveSatisfied")
		c.Controls.RollupProgressCompletion = r.bool(n, "rollupProgressCompletion")
		c.Controls.ObjectiveMeasureWeight = r.measure(n, "objectiveMeasureWeight", 0, 1)
		c.Rollup = r.rollup(n)
	}
	if n := s.One("rollupConsiderations"); n != nil {
		c.Considerations = &manifest.Considered{
			RequiredForSatisfied: n.Attr("requiredForSatisfied"), RequiredForNotSatisfied: n.Attr("requiredForNotSatisfied"),
			RequiredForCompleted: n.Attr("requiredForCompleted"), RequiredForIncomplete: n.Attr("requiredForIncomplete"),
			MeasureSatisfactionIfActive: r.bool(n, "measureSatisfactionIfActive"),
		}
	}
}

func (r *reader) controlsOf(c *manifest.Controls) *manifest.Controls {
	if c == nil {
		c = &manifest.Controls{}
	}
	return c
}

func (r *reader) controls(s *xmltree.Node, c *manifest.Activity) {
	if n := s.One("controlMode"); n != nil {
		c.Controls = r.controlsOf(c.Controls)
		c.Controls.Choice, c.Controls.ChoiceExit = r.bool(n, "choice"), r.bool(n, "choiceExit")
		c.Controls.Flow, c.Controls.ForwardOnly = r.bool(n, "flow"), r.bool(n, "forwardOnly")
		c.Controls.UseCurrentAttemptObjectiveInfo = r.bool(n, "useCurrentAttemptObjectiveInfo")
		c.Controls.UseCurrentAttemptProgressInfo = r.bool(n, "useCurrentAttemptProgressInfo")
	}
	if n := s.One("constrainedChoiceConsiderations"); n != nil {
		c.Controls = r.controlsOf(c.Controls)
		c.Controls.PreventActivation, c.Controls.ConstrainChoice = r.bool(n, "preventActivation"), r.bool(n, "constrainChoice")
	}
	if n := s.One("randomizationControls"); n != nil {
		c.Controls = r.controlsOf(c.Controls)
		c.Controls.RandomizationTiming = r.timing(n, "randomizationTiming")
		c.Controls.SelectionTiming = r.timing(n, "selectionTiming")
		c.Controls.SelectCount = r.count(n, "selectCount")
		c.Controls.ReorderChildren = r.bool(n, "reorderChildren")
		if t := c.Controls.RandomizationTiming; t != "" && t != "never" && c.Controls.ReorderChildren != nil && *c.Controls.ReorderChildren {
			yes := true
			c.Controls.RandomizeChildren = &yes
		}
	}
}

func (r *reader) timing(n *xmltree.Node, name string) string {
	switch v := n.Attr(name); v {
	case "", "never", "once", "onEachNewAttempt":
		return v
	default:
		r.warn(n, "package.value-ignored", fault.Args{"name": name, "found": manifest.Short(v)})
		return ""
	}
}

// objectives reads imsss:objectives, and ADL's extension of the fourth edition,
// which maps more of the same objectives (adlseq:objectives).
func (r *reader) objectives(s *xmltree.Node, c *manifest.Activity) {
	more := map[string][]manifest.Map{}
	for _, all := range s.All("objectives") {
		if all.One("primaryObjective") == nil && strings.Contains(all.Space, "adlseq") {
			for _, o := range all.All("objective") {
				id := named(o, "objectiveID")
				more[id] = append(more[id], r.maps(o)...)
			}
			continue
		}
		for _, o := range all.Children {
			if o.Name != "primaryObjective" && o.Name != "objective" {
				continue
			}
			obj := manifest.SeqObjective{ObjectiveID: named(o, "objectiveID"), MapInfo: r.maps(o), IsPrimary: o.Name == "primaryObjective"}
			if by := r.bool(o, "satisfiedByMeasure"); by != nil {
				obj.SatisfiedByMeasure = *by
			}
			if m := o.One("minNormalizedMeasure"); m.Trimmed() != "" {
				if v, ok := manifest.Number(m.Text); ok && v >= -1 && v <= 1 {
					obj.MinNormalizedMeasure = &v
				} else {
					r.warn(m, "package.value-ignored", fault.Args{"name": m.Name, "found": manifest.Short(m.Text)})
				}
			}
			switch {
			case !obj.IsPrimary && obj.ObjectiveID == "":
				r.warn(o, "package.value-ignored", fault.Args{"name": "objective", "found": ""})
			case !obj.IsPrimary:
				c.Objectives = append(c.Objectives, obj)
			case c.PrimaryObjective == nil:
				if obj.ObjectiveID == "" {
					// The run time in the browser keeps objectives by id. One that no content can
					// name must not be one that it could.
					obj.ObjectiveID = "_primary"
				}
				c.PrimaryObjective = &obj
			default:
				r.warn(o, "package.primary-twice", nil)
			}
		}
	}
	// Of objectives with one id, which no activity should have, the first is meant.
	give := func(o *manifest.SeqObjective) {
		o.MapInfo = append(o.MapInfo, more[o.ObjectiveID]...)
		delete(more, o.ObjectiveID)
	}
	if c.PrimaryObjective != nil {
		give(c.PrimaryObjective)
	}
	for i := range c.Objectives {
		give(&c.Objectives[i])
	}
}

// named reads an attribute that names an objective. It is a URI (xs:anyURI): what is
// escaped in it is the same name as what is not, and the spaces in it are one each.
func named(n *xmltree.Node, name string) string {
	v := n.Attr(name)
	if plain, err := url.PathUnescape(v); err == nil && utf8.ValidString(plain) {
		v = plain
	}
	return strings.Join(strings.Fields(v), " ")
}

func (r *reader) maps(o *xmltree.Node) []manifest.Map {
	all := o.All("mapInfo")
	out := slices.Grow([]manifest.Map(nil), len(all))
	for _, m := range all {
		target := named(m, "targetObjectiveID")
		if target == "" {
			r.warn(m, "package.value-ignored", fault.Args{"name": "mapInfo", "found": ""})
			continue
		}
		x := manifest.Map{
			TargetObjectiveID:   target,
			ReadSatisfiedStatus: r.bool(m, "readSatisfiedStatus"), ReadNormalizedMeasure: r.bool(m, "readNormalizedMeasure"),
			WriteSatisfiedStatus: r.bool(m, "writeSatisfiedStatus"), WriteNormalizedMeasure: r.bool(m, "writeNormalizedMeasure"),
			ReadCompletionStatus: r.bool(m, "readCompletionStatus"), WriteCompletionStatus: r.bool(m, "writeCompletionStatus"),
			ReadProgressMeasure: r.bool(m, "readProgressMeasure"), WriteProgressMeasure: r.bool(m, "writeProgressMeasure"),
			ReadRawScore: r.bool(m, "readRawScore"), WriteRawScore: r.bool(m, "writeRawScore"),
			ReadMinScore: r.bool(m, "readMinScore"), WriteMinScore: r.bool(m, "writeMinScore"),
			ReadMaxScore: r.bool(m, "readMaxScore"), WriteMaxScore: r.bool(m, "writeMaxScore"),
		}
		if strings.Contains(m.Space, "adlseq") {
			// Here the two of IMS are not meant, and reading is not the default for them.
			no := false
			x.ReadSatisfiedStatus, x.ReadNormalizedMeasure = &no, &no
		}
		out = append(out, x)
	}
	return out
}

var ruleConditions = []string{
	"satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "objectiveMeasureGreaterThan", "objectiveMeasureLessThan", "completed",
	"activityProgressKnown", "attempted", "attemptLimitExceeded", "timeLimitExceeded", "outsideAvailableTimeRange", "always", "never",
}

func (r *reader) ruleList(n *xmltree.Node, name string, actions ...string) []manifest.Rule {
	var out []manifest.Rule
	for _, x := range n.All(name) {
		action := x.One("ruleAction").Attr("action")
		if !slices.Contains(actions, action) {
			r.warn(x, "package.rule-ignored", fault.Args{"found": manifest.Short(action)})
			continue
		}
		all := x.One("ruleConditions")
		rule := manifest.Rule{Action: action, Combination: combination(all, "all"), Conditions: []manifest.Condition{}}
		for _, c := range all.All("ruleCondition") {
			if cond, ok := r.condition(c, ruleConditions); ok {
				rule.Conditions = append(rule.Conditions, cond)
			}
		}
		if len(rule.Conditions) == 0 {
			r.warn(x, "package.rule-ignored", fault.Args{"found": manifest.Short(action)})
			continue
		}
		out = append(out, rule)
	}
	return out
}

func combination(n *xmltree.Node, otherwise string) string {
	if v := n.Attr("conditionCombination"); v == "all" || v == "any" {
		return v
	}
	return otherwise
}

func (r *reader) condition(c *xmltree.Node, known []string) (manifest.Condition, bool) {
	out := manifest.Condition{Condition: c.Attr("condition"), ReferencedObjective: named(c, "referencedObjective")}
	if !slices.Contains(known, out.Condition) {
		r.warn(c, "package.rule-ignored", fault.Args{"found": manifest.Short(out.Condition)})
		return out, false
	}
	if c.Attr("operator") == "not" {
		out.Operator = "not"
	}
	if v := r.measure(c, "measureThreshold", -1, 1); v != nil {
		out.Parameters = &manifest.Parameters{Threshold: *v}
	}
	return out, true
}

var rollupConditions = []string{
	"satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "completed", "activityProgressKnown", "attempted",
	"attemptLimitExceeded", "timeLimitExceeded", "outsideAvailableTimeRange", "never",
}

func (r *reader) rollup(n *xmltree.Node) *manifest.RollupRules {
	out := &manifest.RollupRules{Rules: []manifest.RollupRule{}}
	for _, x := range n.All("rollupRule") {
		action := x.One("rollupAction").Attr("action")
		if !slices.Contains([]string{"satisfied", "notSatisfied", "completed", "incomplete"}, action) {
			r.warn(x, "package.rule-ignored", fault.Args{"found": manifest.Short(action)})
			continue
		}
		set := x.Attr("childActivitySet")
		if set == "" {
			set = "all"
		}
		all := x.One("rollupConditions")
		rule := manifest.RollupRule{Action: action, Combination: combination(all, "any"), Consideration: set, Conditions: []manifest.Condition{}}
		if v := r.count(x, "minimumCount"); v != nil {
			rule.MinimumCount = *v
		}
		if v := r.measure(x, "minimumPercent", 0, 1); v != nil {
			rule.MinimumPercent = *v * 100
		}
		for _, c := range all.All("rollupCondition") {
			if cond, ok := r.condition(c, rollupConditions); ok {
				if cond.Condition == "activityProgressKnown" {
					cond.Condition = "progressKnown" // as the run time calls it
				}
				rule.Conditions = append(rule.Conditions, cond)
			}
		}
		if len(rule.Conditions) > 0 {
			out.Rules = append(out.Rules, rule)
		}
	}
	if len(out.Rules) == 0 {
		return nil
	}
	return out
}

// bool reads a boolean attribute; nil if it is not stated.
func (r *reader) bool(n *xmltree.Node, name string) *bool {
	if _, ok := n.Has(name); !ok {
		return nil
	}
	v := r.flag(n, name, false)
	return &v
}

// count reads a whole number that is not negative; nil if it is not stated.
func (r *reader) count(n *xmltree.Node, name string) *int {
	s, ok := n.Has(name)
	if !ok {
		return nil
	}
	v, err := strconv.Atoi(s)
	if err != nil || v < 0 {
		r.warn(n, "package.value-ignored", fault.Args{"name": name, "found": manifest.Short(s)})
		return nil
	}
	return &v
}

// measure reads a number between low and high; nil if it is not stated.
func (r *reader) measure(n *xmltree.Node, name string, low, high float64) *float64 {
	s, ok := n.Has(name)
	if !ok {
		return nil
	}
	v, good := manifest.Number(s)
	if !good || v < low || v > high {
		r.warn(n, "package.value-ignored", fault.Args{"name": name, "found": manifest.Short(s)})
		return nil
	}
	return &v
}
