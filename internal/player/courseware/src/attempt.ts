// How attempts begin and end in SCORM 2004 (SN UP.4 and TM.1, 4th edition): scorm-again
// completes by itself what content has left open on purpose, judges no group as it ends,
// reads what an activity that is not tracked would have to know, and keeps the objectives
// of one attempt at the whole for the next.
import type { Scorm2004API } from "scorm-again/scorm2004/min";

interface Said {
  progress_measure?: string;
  completion_status?: string;
  completion_status_was_set?: boolean;
  objectives?: { id: string; completion_status_was_set?: boolean }[];
}

interface Objective {
  id: string;
  isPrimary: boolean;
  progressStatus: boolean;
  satisfiedStatus: boolean;
  completionStatus: string;
  progressMeasure: number;
  progressMeasureStatus: boolean;
  mapInfo: { targetObjectiveID?: string }[];
  _completionStatusDirty: boolean;
  resetState(): void;
  applyToActivity(a: Activity): void;
}

interface Condition {
  condition: string;
  evaluate(a: Activity): boolean | "unknown";
}

interface Rule {
  conditions: Condition[];
}

export interface Activity {
  children: Activity[];
  parent: Activity | null;
  isActive: boolean;
  isSuspended: boolean;
  activityAttemptActive: boolean;
  attemptProgressStatus: boolean;
  attemptCompletionAmount: number;
  attemptCompletionAmountStatus: boolean;
  progressMeasure: number;
  progressMeasureStatus: boolean;
  completedByMeasure: boolean;
  minProgressMeasure: number;
  completionStatus: string;
  successStatus: string;
  objectiveSatisfiedStatus: boolean;
  objectiveSatisfiedStatusKnown: boolean;
  wasAutoCompleted: boolean;
  wasAutoSatisfied: boolean;
  primaryObjective: Objective | null;
  sequencingControls: { tracked: boolean; completionSetByContent: boolean; objectiveSetByContent: boolean };
  sequencingRules: { preConditionRules: Rule[]; exitConditionRules: Rule[]; postConditionRules: Rule[] };
  getAllObjectives(): Objective[];
}

interface Rollup {
  measureProcessor: { measureRollupProcess(a: Activity): void; completionMeasureRollupProcess(a: Activity): void };
  objectiveProcessor: { objectiveRollupProcess(a: Activity): void };
  progressProcessor: { activityProgressRollupProcess(a: Activity): void };
  globalObjectiveSynchronizer: { syncGlobalObjectivesReadPhase(a: Activity, all: Globals): void };
  syncTerminatedActivityObjectives(a: Activity, all: Globals): object;
  syncFreshlyWrittenObjectivesToActiveAncestor(a: Activity, all: Globals, written: object): boolean;
  processGlobalObjectiveMapping(root: Activity, all: Globals): void;
  overallRollupProcess(a: Activity, all: Globals): void;
}

type Globals = Map<string, object>;

interface Inside {
  /** What content has set in this conversation. */
  _runtimeSetCMIElements: Set<string>;
  /** The objectives that were read from what was kept, and are kept again. */
  readonly _globalObjectives: object[];
  _sequencing: {
    activityTree: { root: Activity | null; currentActivity: Activity | null };
    overallSequencingProcess: {
      rollupProcess: Rollup;
      getGlobalObjectiveMap(): Globals;
      navigationLookAhead: { invalidateCache(): void };
      sequencingProcess: { sequencingRequestProcess(request: string, target: string | null): { deliveryRequest: string } };
      terminationHandler: {
        endAttempt(a: Activity): void;
        processTerminationRequest(request: string, leads: boolean, exit: string): object;
        getCMIData?: () => Said | null;
        contentCommunicatedObjectiveStatus(a: Activity): boolean;
        _rteDataTransferService: { transferRteData(a: Activity): void };
      };
    };
  };
}

/** What can be known of an activity that is not tracked. */
const untracked = ["always", "never", "timeLimitExceeded", "outsideAvailableTimeRange"];

/** What begins another attempt at the whole where none is under way. */
const beginnings = ["start", "retry", "retryAll", "choice", "jump"];

export function attempts(api: Scorm2004API, shared: boolean): void {
  const inside = api as unknown as Inside;
  const { activityTree: tree, overallSequencingProcess: process } = inside._sequencing;
  const set = inside._runtimeSetCMIElements;
  const { rollupProcess: rollup, terminationHandler: end } = process;
  const globals = process.getGlobalObjectiveMap();
  const root = tree.root;
  if (!root) return;
  const every: Activity[] = [];
  (function add(a: Activity): void {
    every.push(a);
    a.children.forEach(add);
  })(root);

  // What content says of its completion is what it says of the unit: the unit's own word
  // stands above its primary objective's, and a measure above both (RTE 4.2.4).
  const service = end._rteDataTransferService;
  const transfer = service.transferRteData.bind(service);
  service.transferRteData = (a) => {
    transfer(a);
    const said = end.getCMIData?.();
    if (!said) return;
    const measure = Number(said.progress_measure || NaN);
    if (!isNaN(measure) && set.has("cmi.progress_measure")) measured(a, measure);
    if (a.completedByMeasure) {
      const known = a.attemptCompletionAmountStatus;
      complete(a, !known ? "unknown" : a.attemptCompletionAmount >= a.minProgressMeasure ? "completed" : "incomplete");
    } else if (said.completion_status_was_set) {
      complete(a, said.completion_status === "not attempted" ? "incomplete" : (said.completion_status ?? "unknown"));
    }
  };

  // A unit that suspends itself is suspended, and its groups with it, whatever ends the
  // whole (RTE 4.2.8): what follows belongs to the same attempt.
  const ask = end.processTerminationRequest.bind(end);
  end.processTerminationRequest = (request, leads, exit) => {
    const current = tree.currentActivity;
    if (request === "exitAll" && exit === "suspend" && current?.isActive) current.isSuspended = true;
    return ask(request, leads, exit);
  };

  // UP.4
  end.endAttempt = (a) => {
    if (!a.isActive) return;
    const leaf = a.children.length === 0;
    const judged = leaf && end.contentCommunicatedObjectiveStatus(a);
    const completed = leaf && spoke(a, end.getCMIData?.() ?? null);
    if (leaf) service.transferRteData(a);
    a.isActive = false;
    a.activityAttemptActive = false;
    if (!leaf) {
      a.isSuspended = a.children.some((c) => c.isSuspended);
      rollUp(a);
    } else if (a.sequencingControls.tracked && !a.isSuspended) {
      const controls = a.sequencingControls;
      if (!controls.completionSetByContent && !a.attemptProgressStatus && !completed) {
        a.attemptProgressStatus = true;
        a.completionStatus = "completed";
        a.wasAutoCompleted = true;
      }
      const by = a.primaryObjective;
      if (!controls.objectiveSetByContent && !judged && !(by ? by.progressStatus : a.objectiveSatisfiedStatusKnown)) {
        if (by) {
          by.progressStatus = true;
          by.satisfiedStatus = true;
        }
        a.objectiveSatisfiedStatus = true;
        a.successStatus = "passed";
        a.wasAutoSatisfied = true;
      }
    }
    if (a.successStatus === "unknown" && a.objectiveSatisfiedStatus) a.successStatus = "passed";
    const written = rollup.syncTerminatedActivityObjectives(a, globals);
    const above = (then: (g: Activity) => void): void => {
      for (let g = a.parent; g; g = g.parent) if (g.isActive) then(g);
    };
    above((g) => rollup.syncFreshlyWrittenObjectivesToActiveAncestor(g, globals, written));
    rollup.processGlobalObjectiveMapping(root, globals);
    rollup.overallRollupProcess(a, globals);
    above((g) => {
      if (rollup.syncFreshlyWrittenObjectivesToActiveAncestor(g, globals, written)) rollup.overallRollupProcess(g, globals);
    });
    process.navigationLookAhead.invalidateCache();
  };

  /** A group is judged as it ends as well: that it is open may have stood in the way. */
  function rollUp(a: Activity): void {
    rollup.measureProcessor.measureRollupProcess(a);
    rollup.measureProcessor.completionMeasureRollupProcess(a);
    rollup.objectiveProcessor.objectiveRollupProcess(a);
    rollup.progressProcessor.activityProgressRollupProcess(a);
    a.isActive = true; // what it writes itself is not read over it
    rollup.globalObjectiveSynchronizer.syncGlobalObjectivesReadPhase(a, globals);
    a.isActive = false;
  }

  // Nothing is known of what is not tracked, and unknown stays so when it is turned round
  // (SN 3.13.1, UP.2.1).
  const one = every.flatMap((a) => [...a.sequencingRules.preConditionRules, ...a.sequencingRules.exitConditionRules, ...a.sequencingRules.postConditionRules])
    .flatMap((r) => r.conditions)[0];
  if (one) {
    const kind = Object.getPrototypeOf(one) as Condition; // copies of the tree are judged by it too
    const evaluate = kind.evaluate;
    kind.evaluate = function (this: Condition, a) {
      return a.sequencingControls.tracked || untracked.includes(this.condition) ? evaluate.call(this, a) : "unknown";
    };
  }

  // Objectives that are not kept for the learner belong to an attempt at the whole: the
  // next knows nothing of them (SN 3.10.2).
  if (shared) return;
  const sequence = process.sequencingProcess.sequencingRequestProcess.bind(process.sequencingProcess);
  process.sequencingProcess.sequencingRequestProcess = (request, target) => {
    if (beginnings.includes(request) && !root.isActive && !root.isSuspended && globals.size > 0) forget();
    return sequence(request, target);
  };

  function forget(): void {
    for (const a of every) {
      for (const o of a.getAllObjectives()) {
        if (!o.mapInfo.some((m) => globals.has(m.targetObjectiveID || o.id))) continue;
        o.resetState();
        o.applyToActivity(a);
      }
    }
    globals.clear();
    inside._globalObjectives.length = 0;
  }
}

/** Whether content has said anything of its completion. */
function spoke(a: Activity, said: Said | null): boolean {
  if (!said) return false;
  const id = a.primaryObjective?.id;
  return said.completion_status_was_set === true || (said.objectives ?? []).some((o) => o.id === id && o.completion_status_was_set === true);
}

function measured(a: Activity, measure: number): void {
  for (const x of [a, a.primaryObjective]) {
    if (!x) continue;
    x.progressMeasure = measure;
    x.progressMeasureStatus = true;
  }
  a.attemptCompletionAmount = measure;
  a.attemptCompletionAmountStatus = true;
}

function complete(a: Activity, status: string): void {
  a.attemptProgressStatus = status !== "unknown";
  a.completionStatus = status;
  if (!a.primaryObjective) return;
  a.primaryObjective.completionStatus = status;
  a.primaryObjective._completionStatusDirty = true; // it is written, whatever it was
}
