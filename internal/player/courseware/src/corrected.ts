// Where scorm-again departs from SCORM 2004 in what its settings do not reach. It is
// pinned: a newer one is tried against the tests of these before it is taken.
import type { Scorm2004API } from "scorm-again/scorm2004/min";
import { rollUp } from "./rollup";
import { attempts } from "./attempt";
import { forbidden, holds, up, type Node, type Store, type View } from "./choice";
import { flows, type Way } from "./flow";

/** The name that an objective without one has in the tree that content/scorm makes. */
const unnamed = "_primary";

interface Objective {
  id: string;
  isPrimary: boolean;
  progressMeasure: number;
  progressMeasureStatus: boolean;
  _completionStatus: string;
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
  sequencingControls: { tracked: boolean };
  getAvailableChildren(): Activity[];
}

interface Request {
  deliveryRequest: "deliver" | "doNotDeliver";
  targetActivity: Node | null;
  exception: string | null;
  endSequencingSession: boolean;
}

interface Traversal extends Way {
  getActivityForEvaluation: View;
}

interface Ends {
  endAttempt(a: Node): void;
}

interface Inside {
  getSeedableObjectiveId(o: Objective): string | null;
  _sequencingService?: {
    activityDeliveryService: { currentDeliveredAttemptCount: number | null; deliverActivity(a: Node): void };
  };
  _sequencing: {
    overallSequencingProcess: {
      /** Says whether it is within its limits. */
      deliveryValidator: { checkLimitConditions(a: Activity): boolean; checkActivity(a: Activity): boolean };
      /** Says whether it is beyond them. */
      sequencingProcess: {
        ruleEngine: { checkLimitConditions(a: Activity): boolean; canDeliverActivity(a: Activity): { canDeliver: boolean; wasSkipped: boolean } };
        flowHandler: { checkForwardOnlyViolation(a: Node): string | null };
        choiceHandler: { handleChoice(target: string, current: Node | null): Request };
        traversalService: Traversal;
      };
      terminationHandler: Ends;
      navigationValidityService: {
        validateRequest(request: string, target: string | null): { valid: boolean; terminationRequest: string | null };
        validateChoicePath(current: Node | null, target: Node): { valid: boolean; exception: string | null };
        validateForwardOnlyConstraints(current: Node): { valid: boolean; exception: string | null };
      };
    };
  };
}

/** A tree as the manifest has it. */
export interface Tree {
  id: string;
  title?: string;
  children?: Tree[];
  sequencingControls?: { flow?: boolean };
  sharedDataMaps?: Store[];
}

/** Holds a run time to the standard. shared is whether global objectives are kept for
 * the learner, and not for an attempt alone. */
export function correct(api: Scorm2004API, tree: Tree | undefined, shared: boolean): void {
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
      if (!a.sequencingControls.tracked) return; // nothing is known of it (SN 3.13.1)
      if (this.isPrimary && a.completedByMeasure) {
        // What is read is not written on by whoever reads it.
        this._completionStatus = !this.progressMeasureStatus ? "unknown" : this.progressMeasure >= a.minProgressMeasure ? "completed" : "incomplete";
      }
      apply.call(this, a);
    };
  }

  rollUp(api);
  attempts(api, shared);
  // A unit that chooses itself is shown again, in the same attempt as well (SN OP.1).
  const { activityDeliveryService: delivery } = inside._sequencingService ?? {};
  if (delivery) {
    const deliver = delivery.deliverActivity.bind(delivery);
    delivery.deliverActivity = (a) => {
      delivery.currentDeliveredAttemptCount = null;
      deliver(a);
    };
  }
  const process = inside._sequencing.overallSequencingProcess;

  // A limit of attempts stands before an attempt, and not in its way (SN UP.1): the
  // second unit of a group that may be attempted once belongs to that attempt.
  const within = process.deliveryValidator.checkLimitConditions.bind(process.deliveryValidator);
  process.deliveryValidator.checkLimitConditions = (a) => a.isActive || within(a);
  const engine = process.sequencingProcess.ruleEngine;
  const beyond = engine.checkLimitConditions.bind(engine);
  engine.checkLimitConditions = (a) => !a.isActive && beyond(a);

  // What disables an activity does so wherever among its rules it stands (SN UP.5), and
  // a rule that it be passed over is asked in flow alone (SN SB.2.2).
  engine.canDeliverActivity = (a) => {
    const node = a as unknown as Node;
    return { canDeliver: !engine.checkLimitConditions(a) && !holds(node, "disabled"), wasSkipped: holds(node, "skip") };
  };
  // What is disabled is not delivered, nor what stands in it (SN DB.1.1, UP.5).
  const open = process.deliveryValidator.checkActivity.bind(process.deliveryValidator);
  process.deliveryValidator.checkActivity = (a) => open(a) && !holds(a as unknown as Node, "disabled");

  chosen(api, process);
  if (tree) stated(api.getSequencingState().rootActivity as Node | null, tree);
}

/** What the manifest leaves open is as the standard has it: a group leads through its
 * units only where it says so (SN 3.2.2), and who maps a shared store may write to it
 * unless it says not (CAM 3.4.1). */
function stated(a: Node | null, tree: Tree): void {
  if (!a) return;
  a.sequencingControls.flow = tree.sequencingControls?.flow ?? false;
  a.sharedDataMaps = (tree.sharedDataMaps ?? []).map((m) => ({
    targetID: m.targetID, readSharedData: m.readSharedData ?? true, writeSharedData: m.writeSharedData ?? true,
  }));
  for (const one of tree.children ?? []) stated(a.children.find((c) => c.id === one.id) ?? null, one);
}

/** Chooses by SN SB.2.9 as it stands. */
function chosen(api: Scorm2004API, process: Inside["_sequencing"]["overallSequencingProcess"]): void {
  const root = api.getSequencingState().rootActivity as Node | null;
  if (!root) return;
  const of = new Map<string, Node>();
  (function add(a: Node): void {
    of.set(a.id, a);
    a.children.forEach(add);
  })(root);
  const way = process.sequencingProcess.traversalService;
  flows(way, () => over(process.terminationHandler, root, api.getSequencingState().currentActivity as Node | null));
  const view: View = (a, target) => way.getActivityForEvaluation(a, target);
  process.sequencingProcess.choiceHandler.handleChoice = (id, current) => {
    const no = (exception: string): Request => ({ deliveryRequest: "doNotDeliver", targetActivity: null, exception, endSequencingSession: false });
    const target = of.get(id);
    if (!target) return no("SB.2.9-1");
    const why = forbidden(root, current, target, view);
    if (why) return no(why);
    const found = target.children.length ? way.findFirstDeliverableActivityResult(target) : { deliverable: true, identifiedActivity: target };
    if (!found.deliverable) return no("SB.2.9-9");
    return { deliveryRequest: "deliver", targetActivity: found.identifiedActivity, exception: null, endSequencingSession: false };
  };
  // Before the open unit has ended, only what she would leave may hold her (SN NB.2.1).
  process.navigationValidityService.validateChoicePath = (current, target) => {
    const no = { valid: false, exception: "NB.2.1-8" };
    if (target.parent && !target.parent.sequencingControls.choice) return { valid: false, exception: "NB.2.1-10" };
    const to = up(target);
    const left = up(current).filter((a) => a === current || !to.includes(a));
    return left.some((a) => a.isActive && !a.sequencingControls.choiceExit) ? no : { valid: true, exception: null };
  };
  // A jump ends the open unit like every way on (SN NB.2.1): it may lead back to it.
  const navigation = process.navigationValidityService;
  const asked = navigation.validateRequest.bind(navigation);
  navigation.validateRequest = (request, id) => {
    const said = asked(request, id);
    const open = (api.getSequencingState().currentActivity as Node | null)?.isActive;
    if (request === "jump" && said.valid && open) said.terminationRequest = "exit";
    return said;
  };
  // SN SB.2.8 leaves it to the way back (SB.2.1) which groups may be gone back in.
  process.sequencingProcess.flowHandler.checkForwardOnlyViolation = () => null;
  // What forbids to go back is the group that she is in, and none above it (SN NB.2.1).
  process.navigationValidityService.validateForwardOnlyConstraints = (current) =>
    current.parent?.sequencingControls.forwardOnly ? { valid: false, exception: "NB.2.1-8" } : { valid: true, exception: null };
}

/** The way has led past the end: what is open above the last unit ends, and the whole. */
function over(ends: Ends, root: Node, current: Node | null): void {
  for (const a of up(current)) ends.endAttempt(a);
  (function close(a: Node): void {
    a.isActive = false;
    a.children.forEach(close);
  })(root);
}

function objective(a: Activity | null): Objective | null {
  if (!a) return null;
  return a.primaryObjective ?? a.children.map(objective).find((o) => o !== null) ?? null;
}
