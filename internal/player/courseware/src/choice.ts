// The choice sequencing request of SCORM 2004 (SN SB.2.9, 4th edition), step by step:
// scorm-again asks other questions, and answers them before all of these are asked.

interface Rule {
  action: string;
  evaluate(a: Node): boolean;
}

/** A store that an activity shares with others. */
export interface Store {
  targetID: string;
  readSharedData?: boolean;
  writeSharedData?: boolean;
}

/** An activity, in the words of scorm-again. */
export interface Node {
  id: string;
  children: Node[];
  parent: Node | null;
  isActive: boolean;
  isAvailable: boolean;
  sequencingControls: {
    choice: boolean; choiceExit: boolean; flow: boolean; forwardOnly: boolean; constrainChoice: boolean; preventActivation: boolean;
    stopForwardTraversal: boolean;
  };
  sequencingRules: { preConditionRules: Rule[] };
  sharedDataMaps: Store[];
  getAvailableChildren(): Node[];
}

/** Gives an activity with the objectives that its rules are to be judged by. */
export type View = (a: Node, target: Node) => Node;

/** Returns whether a rule of a kind holds for an activity: each kind is asked by
 * itself, whichever rules stand before it (SN UP.2). */
export function holds(a: Node, action: string, seen: Node = a): boolean {
  return a.sequencingRules.preConditionRules.some((r) => r.action === action && r.evaluate(seen));
}

/** The activities from an activity up to the root. */
export function up(a: Node | null): Node[] {
  return a ? [a, ...up(a.parent)] : [];
}

/** Returns whether an activity comes after another in the tree. */
function later(a: Node, b: Node): boolean {
  const [to, from] = [up(a).reverse(), up(b).reverse()];
  let at = 0;
  while (to[at] && to[at] === from[at]) at++;
  if (!to[at] || !from[at]) return to.length > from.length;
  const all = to[at]!.parent?.getAvailableChildren() ?? [];
  return all.indexOf(to[at]!) > all.indexOf(from[at]!);
}

function within(a: Node, group: Node): boolean {
  return up(a).includes(group);
}

/** Returns which of the activities beside one, or beside the groups that it stands at
 * the edge of, is next in a direction (SB.2.9.2). */
function beside(a: Node, forward: boolean): Node | null {
  if (!a.parent) return null;
  const all = a.parent.getAvailableChildren();
  const at = all.indexOf(a) + (forward ? 1 : -1);
  return all[at] ?? beside(a.parent, forward);
}

/** Names the rule that forbids to choose an activity from the current one, or returns
 * null where none does. What the activity itself may do is not asked. */
export function forbidden(root: Node, current: Node | null, target: Node, view: View): string | null {
  const path = up(target).reverse();
  for (const a of path) {
    if (a.parent && !a.parent.getAvailableChildren().includes(a)) return "SB.2.9-2";
    if (holds(a, "hiddenFromChoice", view(a, target))) return "SB.2.9-3";
  }
  if (target.parent && !target.parent.sequencingControls.choice) return "SB.2.9-4";
  if (current === target) return null;
  const above = up(current);
  const common = path.filter((a) => above.includes(a)).pop() ?? root;
  const reached = (a: Node, forward: boolean): string | null => {
    if (forward) return holds(a, "stopForwardTraversal", view(a, target)) ? "SB.2.4-1" : null;
    if (!a.parent) return "SB.2.4-3";
    return a.parent.sequencingControls.forwardOnly ? "SB.2.4-2" : null;
  };
  const down = path.slice(path.indexOf(common), -1);
  const entered = (forward: boolean): string | null => {
    for (const a of down) {
      const no = forward ? reached(a, true) : null;
      if (no) return no;
      if (!a.isActive && a !== common && a.sequencingControls.preventActivation) return "SB.2.9-6";
    }
    return null;
  };
  if (current && target.parent && current.parent === target.parent) {
    const all = target.parent.getAvailableChildren();
    const [from, to] = [all.indexOf(current), all.indexOf(target)];
    const between = from <= to ? all.slice(from, to) : all.slice(to + 1, from + 1);
    return between.map((a) => reached(a, from <= to)).find((no) => no !== null) ?? null;
  }
  if (!current || current === common) return entered(true);
  if (target === common) {
    return above.slice(0, above.indexOf(common)).some((a) => !a.sequencingControls.choiceExit) ? "SB.2.9-7" : null;
  }
  let constrained: Node | undefined;
  for (const a of above.slice(0, above.indexOf(common))) {
    if (!a.sequencingControls.choiceExit) return "SB.2.9-7";
    // What constrains the choice is a group (SN 3.3.1).
    if (!constrained && a.children.length > 0 && a.sequencingControls.constrainChoice) constrained = a;
  }
  if (constrained) {
    const near = beside(constrained, later(target, constrained)) ?? constrained;
    if (!within(target, near) && target !== constrained) return "SB.2.9-8";
  }
  return entered(later(target, current));
}
