// Where scorm-again departs from SCORM 2004 in what its settings do not reach. It is
// pinned: a newer one is tried against the tests of these before it is taken.
import type { Scorm2004API } from "scorm-again/scorm2004/min";

/** The name that an objective without one has in the tree that content/scorm makes. */
const unnamed = "_primary";

interface Objective {
  id: string;
  isPrimary: boolean;
  progressMeasure: number;
  progressMeasureStatus: boolean;
  completionStatus: string;
  applyToActivity(a: Activity): void;
}

interface Activity {
  children: Activity[];
  isActive: boolean;
  primaryObjective: Objective | null;
  completedByMeasure: boolean;
  minProgressMeasure: number;
  completionStatus: string;
  objectiveSatisfiedStatusKnown: boolean;
  getAvailableChildren(): Activity[];
}

interface Rule {
  action: "satisfied" | "notSatisfied" | "completed" | "incomplete";
  consideration: string;
  conditions: { condition: string }[];
}

interface Rules {
  evaluateRollupRule(a: Activity, r: Rule): boolean;
  childFilter: { checkChildForRollupSubprocess(a: Activity, kind: "objective" | "progress", action: string): boolean };
}

interface Inside {
  getSeedableObjectiveId(o: Objective): string | null;
  _sequencing: {
    overallSequencingProcess: {
      rollupProcess: { ruleEvaluator: Rules };
      /** Says whether it is within its limits. */
      deliveryValidator: { checkLimitConditions(a: Activity): boolean };
      /** Says whether it is beyond them. */
      sequencingProcess: { ruleEngine: { checkLimitConditions(a: Activity): boolean } };
    };
  };
}

export function correct(api: Scorm2004API): void {
  const inside = api as unknown as Inside;

  // An objective that the manifest does not name is none that content sees (RTE 4.2.17).
  const seedable = inside.getSeedableObjectiveId.bind(api);
  inside.getSeedableObjectiveId = (o) => (o.id === unnamed ? null : seedable(o));

  // A progress measure that is read from a global objective completes an activity that
  // is completed by measure, as its own would (SN 4.2.1, 4th edition).
  const one = objective(api.getSequencingState().rootActivity as Activity | null);
  if (one) {
    const kind = Object.getPrototypeOf(one) as Objective; // copies of the tree are judged by it too
    const apply = kind.applyToActivity;
    kind.applyToActivity = function (this: Objective, a: Activity) {
      if (this.isPrimary && a.completedByMeasure) {
        this.completionStatus = !this.progressMeasureStatus ? "unknown" : this.progressMeasure >= a.minProgressMeasure ? "completed" : "incomplete";
      }
      apply.call(this, a);
    };
  }

  // "None of the children" holds where the answer is no for each, and not where there
  // is none yet (SN RB.1.4.1: the condition of such a child is unknown).
  const process = inside._sequencing.overallSequencingProcess;
  const rules = process.rollupProcess.ruleEvaluator;
  const evaluate = rules.evaluateRollupRule.bind(rules);
  rules.evaluateRollupRule = (a, r) => {
    const kind = r.action === "satisfied" || r.action === "notSatisfied" ? "objective" : "progress";
    const open = (c: Activity) =>
      r.conditions.some(
        ({ condition }) =>
          (condition === "satisfied" && !c.objectiveSatisfiedStatusKnown) || (condition === "completed" && c.completionStatus === "unknown"),
      );
    if (r.consideration === "none" && a.getAvailableChildren().some((c) => rules.childFilter.checkChildForRollupSubprocess(c, kind, r.action) && open(c))) {
      return false;
    }
    return evaluate(a, r);
  };

  // A limit of attempts stands before an attempt, and not in its way (SN UP.1): the
  // second unit of a group that may be attempted once belongs to that attempt.
  const within = process.deliveryValidator.checkLimitConditions.bind(process.deliveryValidator);
  process.deliveryValidator.checkLimitConditions = (a) => a.isActive || within(a);
  const engine = process.sequencingProcess.ruleEngine;
  const beyond = engine.checkLimitConditions.bind(engine);
  engine.checkLimitConditions = (a) => !a.isActive && beyond(a);
}

function objective(a: Activity | null): Objective | null {
  if (!a) return null;
  return a.primaryObjective ?? a.children.map(objective).find((o) => o !== null) ?? null;
}
