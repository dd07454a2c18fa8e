// What SCORM 2004's sequencing would answer, tried without being done.
import type { Scorm2004API } from "scorm-again/scorm2004/min";
import { holds, type Node } from "./choice";

/** What she may do from where she is. */
export interface Offer {
  next: boolean;
  previous: boolean;
  choice: Record<string, boolean>;
  /** What a rule hides from those who choose, with all that stands in it. */
  unseen: string[];
}

interface Prepared {
  navResult: { valid: boolean; sequencingRequest: string | null; targetActivityId: string | null };
  deliveryRequest: object | null;
  sessionEndReason: string | null;
}

interface Inside {
  readonly _globalObjectives: object[];
  _sequencing: {
    activityTree: { root: Node | null; currentActivity: Node | null };
    overallSequencingProcess: {
      prepareNavigationRequest(request: string, target: string | null, exit: string): Prepared;
      getGlobalObjectiveMap(): Map<string, object>;
      sequencingProcess: {
        sequencingRequestProcess(request: string, target: string | null): {
          deliveryRequest: string; targetActivity: Node | null; endSequencingSession: boolean;
        };
      };
      deliveryHandler: { processDeliveryRequest(a: Node): { valid: boolean } };
      navigationValidityService: { validateRequest(request: string, target: string | null): { valid: boolean } };
    };
  };
}

/** Remembers all that can be reached from some objects, and returns how to undo what
 * is done to it since. */
function remember(...from: object[]): () => void {
  const seen = new Set<object>();
  const undo: (() => void)[] = [];
  const todo = [...from];
  for (let o = todo.pop(); o; o = todo.pop()) {
    if (seen.has(o)) continue;
    seen.add(o);
    const one = o;
    if (one instanceof Map) {
      const was = [...one.entries()] as [unknown, unknown][];
      undo.push(() => {
        one.clear();
        for (const [k, v] of was) one.set(k, v);
      });
      for (const [, v] of was) if (v && typeof v === "object") todo.push(v);
      continue;
    }
    const fields = one as Record<string, unknown>;
    const was = Object.keys(fields).map((k) => [k, fields[k]] as const);
    const list = Array.isArray(one) ? one.length : undefined;
    undo.push(() => {
      if (list !== undefined) (one as unknown[]).length = list;
      else if (Object.keys(fields).length !== was.length) {
        for (const k of Object.keys(fields)) if (!was.some(([name]) => name === k)) delete fields[k];
      }
      for (const [k, v] of was) if (fields[k] !== v) fields[k] = v;
    });
    for (const [, v] of was) if (v && typeof v === "object") todo.push(v);
  }
  return () => {
    for (const u of undo) u();
  };
}

/** Does something and undoes it in the sequencing's state, all but what it returns. */
export function tried<T>(api: Scorm2004API, act: () => T): T {
  const { _globalObjectives: objectives, _sequencing: { activityTree, overallSequencingProcess: process } } = api as unknown as Inside;
  const undo = remember(activityTree, process.getGlobalObjectiveMap(), objectives);
  try {
    return act();
  } finally {
    undo();
  }
}

/** Ends the open unit without leading anywhere: its exit is judged and rolled up. */
export function end(api: Scorm2004API, exit: string): Prepared {
  return (api as unknown as Inside)._sequencing.overallSequencingProcess.prepareNavigationRequest("exit", null, exit);
}

/** Returns what leads somewhere once the open unit has ended as it is now. */
export function offered(api: Scorm2004API, exit: string): Offer {
  const { activityTree, overallSequencingProcess: process } = (api as unknown as Inside)._sequencing;
  const leads = (request: string, target: string | null): boolean => {
    const to = process.sequencingProcess.sequencingRequestProcess(request, target);
    if (to.endSequencingSession) return true;
    return to.deliveryRequest === "deliver" && to.targetActivity !== null && process.deliveryHandler.processDeliveryRequest(to.targetActivity).valid;
  };
  const way = (request: string): boolean =>
    tried(api, () => {
      const p = process.prepareNavigationRequest(request, null, exit);
      if (p.deliveryRequest) return false;
      return p.sessionEndReason !== null || !p.navResult.sequencingRequest || leads(p.navResult.sequencingRequest, p.navResult.targetActivityId);
    });
  const all: Node[] = [];
  (function add(a: Node | null): void {
    if (!a) return;
    all.push(a);
    a.children.forEach(add);
  })(activityTree.root);
  const may = all.filter((a) => process.navigationValidityService.validateRequest("choice", a.id).valid);
  const choice = Object.fromEntries(all.map((a) => [a.id, false]));
  tried(api, () => {
    const p = activityTree.currentActivity?.isActive ? end(api, exit) : undefined;
    // Where the rules of the unit that ends lead, they lead whatever she has chosen.
    const led = p !== undefined && (p.sessionEndReason !== null || p.navResult.sequencingRequest !== null);
    for (const a of may) choice[a.id] = led || leads("choice", a.id);
  });
  return {
    // Whether there is more ahead may depend on what the unit is still to say.
    next: process.navigationValidityService.validateRequest("continue", null).valid,
    previous: way("previous"), choice, unseen: all.filter((a) => holds(a, "hiddenFromChoice")).map((a) => a.id),
  };
}
