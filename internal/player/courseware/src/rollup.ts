// Rollup by SCORM 2004 (SN RB.1, 4th edition), step by step. scorm-again weighs measures by
// what it makes of the attempts, takes what is not known for a no, and carries results
// between groups that have nothing to do with each other.
import type { Scorm2004API } from "scorm-again/scorm2004/min";

/** Yes, no, or not known. */
type Answer = boolean | undefined;

interface Objective {
  satisfiedByMeasure: boolean;
  minNormalizedMeasure: number;
}

interface Activity {
  children: Activity[];
  isActive: boolean;
  isSuspended: boolean;
  attemptCount: number;
  completionStatus: string;
  successStatus: string;
  attemptProgressStatus: boolean;
  objectiveSatisfiedStatus: boolean;
  objectiveSatisfiedStatusKnown: boolean;
  objectiveMeasureStatus: boolean;
  objectiveNormalizedMeasure: number;
  attemptCompletionAmount: number;
  attemptCompletionAmountStatus: boolean;
  completedByMeasure: boolean;
  minProgressMeasure: number;
  objectiveInfoAvailableInCurrentParentAttempt?: boolean;
  progressInfoAvailableInCurrentParentAttempt?: boolean;
  primaryObjective: Objective | null;
  requiredForSatisfied: string;
  requiredForNotSatisfied: string;
  requiredForCompleted: string;
  requiredForIncomplete: string;
  rollupConsiderations: { measureSatisfactionIfActive: boolean };
  rollupRules: { rules: Rule[] };
  sequencingControls: { tracked: boolean; rollupObjectiveSatisfied: boolean; rollupProgressCompletion: boolean; objectiveMeasureWeight: number };
  sequencingRules: { preConditionRules: { action: string; evaluate(a: Activity): boolean }[] };
  getAvailableChildren(): Activity[];
}

type Action = "satisfied" | "notSatisfied" | "completed" | "incomplete";

interface Condition {
  condition: string;
  operator: string;
  evaluate(a: Activity): boolean;
}

interface Rule {
  action: Action;
  consideration: string;
  minimumCount: number;
  minimumPercent: number;
  conditionCombination: string;
  conditions: Condition[];
}

interface Inside {
  _sequencing: {
    overallSequencingProcess: {
      rollupProcess: {
        measureProcessor: { measureRollupProcess(a: Activity): Activity[] };
        objectiveProcessor: { objectiveRollupProcess(a: Activity): void; syncPrimaryObjectiveFromActivity(a: Activity): void };
        progressProcessor: { activityProgressRollupProcess(a: Activity): void; activityProgressRollupUsingMeasure(a: Activity): boolean };
      };
    };
  };
}

function satisfied(a: Activity): Answer {
  if (a.objectiveInfoAvailableInCurrentParentAttempt === false || !a.objectiveSatisfiedStatusKnown) return undefined;
  return a.objectiveSatisfiedStatus;
}

function completed(a: Activity): Answer {
  if (a.progressInfoAvailableInCurrentParentAttempt === false) return undefined;
  return a.completionStatus === "completed" ? true : a.completionStatus === "incomplete" ? false : undefined;
}

/** RB.1.4.1: what is not known stays so when it is turned round. */
function condition(a: Activity, c: Condition): Answer {
  let said: Answer;
  if (c.condition === "satisfied") said = satisfied(a);
  else if (c.condition === "completed") said = completed(a);
  else if (c.condition === "progressKnown" || c.condition === "activityProgressKnown") said = completed(a) !== undefined;
  else if (c.condition === "objectiveStatusKnown") said = satisfied(a) !== undefined;
  else return c.evaluate(a);
  return said === undefined || c.operator !== "not" ? said : !said;
}

function conditions(a: Activity, r: Rule): Answer {
  if (r.conditions.length === 0) return undefined;
  const said = r.conditions.map((c) => condition(a, c));
  const any = r.conditionCombination === "any";
  if (said.includes(any)) return any;
  return said.includes(undefined) ? undefined : !any;
}

/** RB.1.4.2: whether a child counts for an action. */
function counts(a: Activity, action: Action): boolean {
  const controls = a.sequencingControls;
  if (!controls.tracked) return false;
  const progress = action === "completed" || action === "incomplete";
  if (progress ? !controls.rollupProgressCompletion : !controls.rollupObjectiveSatisfied) return false;
  const when = {
    satisfied: a.requiredForSatisfied, notSatisfied: a.requiredForNotSatisfied,
    completed: a.requiredForCompleted, incomplete: a.requiredForIncomplete,
  }[action];
  if (when === "ifNotSuspended") return a.attemptCount > 0 && !a.isSuspended;
  if (when === "ifAttempted") return a.attemptCount > 0;
  if (when === "ifNotSkipped") return !a.sequencingRules.preConditionRules.some((r) => r.action === "skip" && r.evaluate(a));
  return true;
}

/** RB.1.4: whether a rule holds for a group. */
function holds(a: Activity, action: Action, r: Rule, says = (c: Activity): Answer => conditions(c, r)): boolean {
  const bag = a.getAvailableChildren().filter((c) => counts(c, action)).map(says);
  const yes = bag.filter((x) => x === true).length;
  if (bag.length === 0) return r !== all && r.consideration === "all";
  switch (r.consideration) {
    case "all":
      return yes === bag.length;
    case "any":
      return yes > 0;
    case "none":
      return bag.every((x) => x === false);
    case "atLeastCount":
      return yes >= r.minimumCount;
    case "atLeastPercent":
      return (yes / bag.length) * 100 >= r.minimumPercent;
  }
  return false;
}

const all = { consideration: "all" } as Rule;

/** RB.1.2.b and RB.1.3.b: what the rules of a group make of a yes and a no; where it has
 * neither, every child is asked. */
function judged(a: Activity, yes: Action, no: Action, says: (c: Activity) => Answer): Answer {
  const rules = a.rollupRules.rules.filter((r) => r.action === yes || r.action === no);
  let out: Answer;
  if (rules.length === 0) {
    if (holds(a, no, all, (c) => says(c) !== undefined)) out = false;
    if (holds(a, yes, all, says)) out = true;
    return out;
  }
  if (rules.some((r) => r.action === no && holds(a, no, r))) out = false;
  if (rules.some((r) => r.action === yes && holds(a, yes, r))) out = true;
  return out;
}

export function rollUp(api: Scorm2004API): void {
  const { measureProcessor, objectiveProcessor, progressProcessor } = (api as unknown as Inside)._sequencing.overallSequencingProcess.rollupProcess;

  // RB.1.1: the mean by the manifest's weights, of children that say nothing as well.
  measureProcessor.measureRollupProcess = (a) => {
    if (!a.sequencingControls.tracked) return []; // nothing is kept of it (SN 3.13.1)
    let [sum, weight, known] = [0, 0, false];
    for (const c of a.getAvailableChildren()) {
      if (!c.sequencingControls.tracked) continue;
      weight += c.sequencingControls.objectiveMeasureWeight;
      if (!c.objectiveMeasureStatus || c.objectiveInfoAvailableInCurrentParentAttempt === false) continue;
      sum += c.objectiveNormalizedMeasure * c.sequencingControls.objectiveMeasureWeight;
      known = true;
    }
    a.objectiveMeasureStatus = known && weight > 0;
    if (a.objectiveMeasureStatus) a.objectiveNormalizedMeasure = sum / weight;
    return []; // no group follows from another
  };

  // RB.1.2
  objectiveProcessor.objectiveRollupProcess = (a) => {
    if (a.children.length === 0 || !a.sequencingControls.tracked) return;
    const by = a.primaryObjective;
    if (by?.satisfiedByMeasure) {
      if (a.objectiveMeasureStatus && (!a.isActive || a.rollupConsiderations.measureSatisfactionIfActive)) {
        a.objectiveSatisfiedStatus = a.objectiveNormalizedMeasure >= by.minNormalizedMeasure;
      } else {
        a.objectiveSatisfiedStatusKnown = false;
        a.successStatus = "unknown";
      }
    } else {
      const said = judged(a, "satisfied", "notSatisfied", satisfied);
      if (said !== undefined) a.objectiveSatisfiedStatus = said;
    }
    objectiveProcessor.syncPrimaryObjectiveFromActivity(a);
  };

  // RB.1.3
  progressProcessor.activityProgressRollupProcess = (a) => {
    if (a.children.length === 0 || !a.sequencingControls.tracked || progressProcessor.activityProgressRollupUsingMeasure(a)) return;
    const said = judged(a, "completed", "incomplete", completed);
    if (said !== undefined) a.completionStatus = said ? "completed" : "incomplete";
    objectiveProcessor.syncPrimaryObjectiveFromActivity(a);
  };
}
