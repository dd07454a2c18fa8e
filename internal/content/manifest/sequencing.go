package manifest

// Sequencing is what a SCORM 2004 manifest asks for: scorm-again's setting
// "sequencing", as JSON, and beside it what an LMS has to know.
type Sequencing struct {
	// Tree is the organization with its items: scorm-again's activityTree. Ids are
	// PublisherIDs, since content navigates by them.
	Tree Activity `json:"activityTree"`
	// Shared is adlseq:objectivesGlobalToSystem: global objectives are kept per
	// person over all packages (true where the manifest is silent), else per attempt.
	Shared bool `json:"objectivesGlobalToSystem"`
	// SharedData is adlcp:sharedDataGlobalToSystem: the same for shared data stores.
	SharedData bool `json:"sharedDataGlobalToSystem"`
}

// Activity is an organization or item as scorm-again's ActivitySettings take it.
// A pointer that is nil is not stated in the manifest; the standard's default holds.
// What an item takes from the manifest's collection of sequencing is already in it.
// Limits of duration are not: no system has to sequence by them, and the run time
// takes an activity that has one for used up. A unit knows them as its MaxTime.
type Activity struct {
	ID                           string         `json:"id"`
	Title                        string         `json:"title"`
	Children                     []Activity     `json:"children,omitempty"`
	IsVisible                    *bool          `json:"isVisible,omitempty"`
	AttemptLimit                 *int           `json:"attemptLimit,omitempty"`
	AttemptAbsoluteDurationLimit string         `json:"-"` // for its unit alone
	TimeLimitAction              string         `json:"timeLimitAction,omitempty"`
	BeginTimeLimit               string         `json:"beginTimeLimit,omitempty"`
	EndTimeLimit                 string         `json:"endTimeLimit,omitempty"`
	PrimaryObjective             *SeqObjective  `json:"primaryObjective,omitempty"`
	Objectives                   []SeqObjective `json:"objectives,omitempty"`
	Rules                        *Rules         `json:"sequencingRules,omitempty"`
	Controls                     *Controls      `json:"sequencingControls,omitempty"`
	Delivery                     *Delivery      `json:"deliveryControls,omitempty"`
	Rollup                       *RollupRules   `json:"rollupRules,omitempty"`
	Considerations               *Considered    `json:"rollupConsiderations,omitempty"`
	Completion                   *Threshold     `json:"completionThreshold,omitempty"`
	HideLmsUI                    []string       `json:"hideLmsUi,omitempty"`
	AuxiliaryResources           []Auxiliary    `json:"auxiliaryResources,omitempty"`
	SharedDataMaps               []SharedData   `json:"sharedDataMaps,omitempty"`
}

// SeqObjective is an objective of sequencing.
type SeqObjective struct {
	ObjectiveID          string   `json:"objectiveID"`
	IsPrimary            bool     `json:"isPrimary,omitempty"`
	SatisfiedByMeasure   bool     `json:"satisfiedByMeasure,omitempty"`
	MinNormalizedMeasure *float64 `json:"minNormalizedMeasure,omitempty"`
	MapInfo              []Map    `json:"mapInfo,omitempty"`
}

// Map ties a local objective to a global one.
type Map struct {
	TargetObjectiveID      string `json:"targetObjectiveID"`
	ReadSatisfiedStatus    *bool  `json:"readSatisfiedStatus,omitempty"`
	ReadNormalizedMeasure  *bool  `json:"readNormalizedMeasure,omitempty"`
	WriteSatisfiedStatus   *bool  `json:"writeSatisfiedStatus,omitempty"`
	WriteNormalizedMeasure *bool  `json:"writeNormalizedMeasure,omitempty"`
	ReadCompletionStatus   *bool  `json:"readCompletionStatus,omitempty"`
	WriteCompletionStatus  *bool  `json:"writeCompletionStatus,omitempty"`
	ReadProgressMeasure    *bool  `json:"readProgressMeasure,omitempty"`
	WriteProgressMeasure   *bool  `json:"writeProgressMeasure,omitempty"`
	ReadRawScore           *bool  `json:"readRawScore,omitempty"`
	WriteRawScore          *bool  `json:"writeRawScore,omitempty"`
	ReadMinScore           *bool  `json:"readMinScore,omitempty"`
	WriteMinScore          *bool  `json:"writeMinScore,omitempty"`
	ReadMaxScore           *bool  `json:"readMaxScore,omitempty"`
	WriteMaxScore          *bool  `json:"writeMaxScore,omitempty"`
}

// Rules are sequencing rules.
type Rules struct {
	Pre  []Rule `json:"preConditionRules,omitempty"`
	Exit []Rule `json:"exitConditionRules,omitempty"`
	Post []Rule `json:"postConditionRules,omitempty"`
}

// Rule is one sequencing rule.
type Rule struct {
	Action      string      `json:"action"`
	Combination string      `json:"conditionCombination,omitempty"` // all or any
	Conditions  []Condition `json:"conditions"`
}

// Condition is a condition of a sequencing or rollup rule.
type Condition struct {
	Condition           string      `json:"condition"`
	Operator            string      `json:"operator,omitempty"` // not; empty for none
	ReferencedObjective string      `json:"referencedObjective,omitempty"`
	Parameters          *Parameters `json:"parameters,omitempty"`
}

// Parameters of a condition: the measure threshold.
type Parameters struct {
	Threshold float64 `json:"threshold"`
}

// Controls are control modes, constraints, randomisation and rollup controls.
type Controls struct {
	Choice                         *bool    `json:"choice,omitempty"`
	ChoiceExit                     *bool    `json:"choiceExit,omitempty"`
	Flow                           *bool    `json:"flow,omitempty"`
	ForwardOnly                    *bool    `json:"forwardOnly,omitempty"`
	UseCurrentAttemptObjectiveInfo *bool    `json:"useCurrentAttemptObjectiveInfo,omitempty"`
	UseCurrentAttemptProgressInfo  *bool    `json:"useCurrentAttemptProgressInfo,omitempty"`
	PreventActivation              *bool    `json:"preventActivation,omitempty"`
	ConstrainChoice                *bool    `json:"constrainChoice,omitempty"`
	RollupObjectiveSatisfied       *bool    `json:"rollupObjectiveSatisfied,omitempty"`
	RollupProgressCompletion       *bool    `json:"rollupProgressCompletion,omitempty"`
	ObjectiveMeasureWeight         *float64 `json:"objectiveMeasureWeight,omitempty"`
	SelectionTiming                string   `json:"selectionTiming,omitempty"`
	SelectCount                    *int     `json:"selectCount,omitempty"`
	RandomizeChildren              *bool    `json:"randomizeChildren,omitempty"`
	ReorderChildren                *bool    `json:"reorderChildren,omitempty"`
	RandomizationTiming            string   `json:"randomizationTiming,omitempty"`
}

// Delivery is imsss:deliveryControls.
type Delivery struct {
	Tracked                *bool `json:"tracked,omitempty"`
	CompletionSetByContent *bool `json:"completionSetByContent,omitempty"`
	ObjectiveSetByContent  *bool `json:"objectiveSetByContent,omitempty"`
}

// RollupRules are rollup rules.
type RollupRules struct {
	Rules []RollupRule `json:"rules"`
}

// RollupRule is one rollup rule.
type RollupRule struct {
	Action         string      `json:"action"`
	Combination    string      `json:"conditionCombination,omitempty"`
	Consideration  string      `json:"consideration,omitempty"` // childActivitySet
	MinimumCount   int         `json:"minimumCount,omitempty"`
	MinimumPercent float64     `json:"minimumPercent,omitempty"` // of a hundred; the manifest writes a part of one
	Conditions     []Condition `json:"conditions"`
}

// Considered is adlseq:rollupConsiderations.
type Considered struct {
	RequiredForSatisfied        string `json:"requiredForSatisfied,omitempty"`
	RequiredForNotSatisfied     string `json:"requiredForNotSatisfied,omitempty"`
	RequiredForCompleted        string `json:"requiredForCompleted,omitempty"`
	RequiredForIncomplete       string `json:"requiredForIncomplete,omitempty"`
	MeasureSatisfactionIfActive *bool  `json:"measureSatisfactionIfActive,omitempty"`
}

// Threshold is adlcp:completionThreshold.
type Threshold struct {
	CompletedByMeasure *bool    `json:"completedByMeasure,omitempty"`
	MinProgressMeasure *float64 `json:"minProgressMeasure,omitempty"`
	ProgressWeight     *float64 `json:"progressWeight,omitempty"`
}

// Auxiliary is ADLSEQ's auxiliary resource.
type Auxiliary struct {
	ResourceID string `json:"resourceId"`
	Purpose    string `json:"purpose"`
}

// SharedData ties an activity to a shared data store (adlcp:data).
type SharedData struct {
	TargetID string `json:"targetID"`
	Read     *bool  `json:"readSharedData,omitempty"`
	Write    *bool  `json:"writeSharedData,omitempty"`
}
