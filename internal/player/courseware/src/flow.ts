// Flow of SCORM 2004 (SN SB.2.1 to SB.2.3, 4th edition), step by step: scorm-again
// does not turn round at the end of a group that it had entered from behind, and holds
// what it looks for inside the group that it began in.
import type { Node } from "./choice";

/** What a traversal has come to: the activity that it stands at, and whether that is
 * to be delivered. */
export interface Found {
  identifiedActivity: Node;
  deliverable: boolean;
  exception: string | null;
  endSequencingSession: boolean;
}

/** What scorm-again asks of an activity on the way. */
export interface Way {
  flowSubprocess(from: Node, direction: string): Found;
  findFirstDeliverableActivityResult(a: Node): Found;
  checkSkippedRuleSet(a: Node): boolean;
  checkActivityProcess(a: Node): boolean;
  ensureSelectionAndRandomization(a: Node): void;
}

interface Step {
  to: Node | null;
  forward: boolean;
  exception: string | null;
  end: boolean;
}

/** Goes by the standard's flow. over is called where she goes on past the end of the
 * whole: every attempt in it ends. */
export function flows(way: Way, over: () => void): void {
  const none = (exception: string | null, end = false): Step => ({ to: null, forward: true, exception, end });
  const stop = (a: Node, exception: string | null, end = false): Found => ({
    identifiedActivity: a, deliverable: false, exception, endSequencingSession: end,
  });

  /** SB.2.1; back is whether the way led back before it was turned round. */
  function step(a: Node, forward: boolean, back: boolean, children: boolean): Step {
    const to = (next: Node, ahead = forward): Step => ({ to: next, forward: ahead, exception: null, end: false });
    let all = a.parent?.getAvailableChildren() ?? [];
    const turned = back && all.length > 0 && all[all.length - 1] === a;
    if (turned) {
      forward = false;
      a = all[0]!;
    }
    const enter = children && a.children.length > 0;
    if (forward) {
      if (!enter) {
        const next = all[all.indexOf(a) + 1];
        return next ? to(next) : a.parent ? step(a.parent, true, false, false) : none(null, true);
      }
      way.ensureSelectionAndRandomization(a);
      all = a.getAvailableChildren();
      return all[0] ? to(all[0]) : none("SB.2.1-2");
    }
    if (!a.parent) return none("SB.2.1-3");
    if (!enter) {
      if (!turned && a.parent.sequencingControls.forwardOnly) return none("SB.2.1-4");
      const before = all[all.indexOf(a) - 1];
      return before ? to(before) : step(a.parent, false, false, false);
    }
    way.ensureSelectionAndRandomization(a);
    all = a.getAvailableChildren();
    if (!all[0]) return none("SB.2.1-2");
    return a.sequencingControls.forwardOnly ? to(all[0], true) : to(all[all.length - 1]!);
  }

  /** SB.2.2 */
  function visit(a: Node, forward: boolean, back: boolean): Found {
    if (a.parent && !a.parent.sequencingControls.flow) return stop(a, "SB.2.2-1");
    if (way.checkSkippedRuleSet(a)) {
      const past = step(a, forward, back, false);
      if (!past.to) return stop(a, past.exception, past.end);
      return back && !past.forward ? visit(past.to, false, false) : visit(past.to, forward, back);
    }
    if (forward && a.sequencingControls.stopForwardTraversal) return stop(a, "SB.2.2-2");
    if (!way.checkActivityProcess(a)) return stop(a, "SB.2.2-2");
    if (a.children.length === 0) return { identifiedActivity: a, deliverable: true, exception: null, endSequencingSession: false };
    const inside = step(a, forward, false, true);
    if (!inside.to) return stop(a, inside.exception, inside.end);
    return visit(inside.to, inside.forward, !forward && inside.forward);
  }

  /** SB.2.3 */
  function flow(from: Node, forward: boolean, children: boolean): Found {
    const first = step(from, forward, false, children);
    return first.to ? visit(first.to, forward, false) : stop(from, first.exception, first.end);
  }

  way.flowSubprocess = (from, direction) => {
    const found = flow(from, direction === "forward", false);
    if (found.endSequencingSession) over();
    return found;
  };
  way.findFirstDeliverableActivityResult = (a) => {
    if (a.children.length > 0) return flow(a, true, true);
    const deliverable = way.checkActivityProcess(a);
    return { identifiedActivity: a, deliverable, exception: deliverable ? null : "SB.2.2-2", endSequencingSession: false };
  };
}
