// Walks through the units of a tree with the run time of SCORM 2004, as content and
// the player's frame do, and says where it went another way than was asked.
import { Engine12 } from "../src/scorm12";
import { Engine2004 } from "../src/scorm2004";
import type { Stage } from "../src/engine";
import type { Seed, Unit } from "../src/words";

interface Tree {
  id: string;
  children?: Tree[];
  /** What the unit is given. */
  given?: Record<string, string>;
}

interface Step {
  /** The unit that is shown. */
  at: string;
  /** What content gets: the value, or the value and the error's code behind a "!". */
  get?: Record<string, string>;
  /** What content sets: an element, its value, and the error's code if it is refused. */
  set?: [string, string, string?][];
  /** What content gets after it has set. */
  then?: Record<string, string>;
  /** The request that content ends with; empty to end without one. */
  ask?: string;
  /** Where she goes from the unit: "continue", "previous", or what she chooses. */
  go?: string;
  /** What she may and may not choose where she is. */
  may?: string[];
  mayNot?: string[];
  /** The package is closed by her, or by its rules, and opened again. */
  leave?: boolean;
  over?: boolean;
  /** Content ends as its document goes. */
  unload?: boolean;
  /** Whether the unit is told to have ended without a word of its completion. */
  done?: boolean;
  /** How the unit was left, and its completion in the tree. */
  left?: string;
  tree?: string;
}

interface Run {
  GetValue(e: string): string;
  SetValue(e: string, v: string): string;
  Initialize(p: string): string;
  Terminate(p: string): string;
  GetLastError(): string;
}

const patience = 20000;

function copy<T>(v: T): T {
  return JSON.parse(JSON.stringify(v)) as T;
}

async function until(holds: () => boolean): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    if (holds()) return true;
    await new Promise((then) => setTimeout(then, 1));
  }
  return false;
}

/** Walks. In strict mode every unit, and what is between two, is a document of its own,
 * and nothing outlives it but what the run time gives to keep. */
export async function walk(strict: boolean, tree: Tree, steps: Step[], shared = true): Promise<string[]> {
  const wrong: string[] = [];
  const unit = (t: Tree): Unit => (t.children ? { id: t.id, title: t.id, units: t.children.map(unit) } : { id: t.id, title: t.id, href: t.id, given: t.given });
  let seed: Seed = {
    kind: "scorm2004", mode: "normal", learner: { id: "learner", name: "Learner", language: "en" }, units: (tree.children ?? []).map(unit),
    activity: "", data: {}, left: {}, sequencing: { activityTree: tree, objectivesGlobalToSystem: shared },
  };
  let [shown, visits, over, left, run] = ["", 0, false, false, {} as Run];
  let choice: Record<string, boolean> = {};
  let engine: Engine2004;
  let [between, done, parting] = [true, false, false];
  const stage: Stage = {
    expose: (_, api) => (run = api as Run),
    show: (u) => {
      shown = u.id;
      if (!strict) visits++;
      else moved(false, () => visits++);
    },
    clear: (then) => {
      if (parting) run.Terminate("");
      parting = false;
      if (!strict) setTimeout(then, 0);
      else if (between) then();
      else moved(true, () => {});
    },
    say: (what) => {
      const said = what as { kind: string; choice?: Record<string, boolean>; entry?: { done?: boolean } };
      done ||= said.entry?.done === true;
      over ||= said.kind === "over";
      left ||= said.kind === "left";
      choice = said.choice ?? choice;
    },
    keep: () => {},
  };
  const kept = (): Seed => copy((engine as unknown as { seed: Seed }).seed);
  const moved = (empty: boolean, then: () => void): void => {
    setTimeout(() => {
      const [carried, all] = [copy(engine.kept()), kept()];
      between = empty;
      engine = new Engine2004(all, stage, 0);
      engine.takeUp(carried);
      then();
    }, 0);
  };
  const open = (): void => {
    [over, left, between] = [false, false, true];
    engine = new Engine2004(copy(seed), stage, 0);
    engine.begin();
  };
  const got = (where: string, want: Record<string, string> = {}): void => {
    for (const e in want) {
      const value = run.GetValue(e);
      const code = run.GetLastError();
      if ((code === "0" ? value : value + "!" + code) !== want[e]) wrong.push(`${where}: ${e} is ${value}!${code}, not ${want[e]}`);
    }
  };
  let before = 0;
  open();
  for (const [i, s] of steps.entries()) {
    const where = `${i + 1}, ${s.at}`;
    if (!(await until(() => visits > before)) || shown !== s.at) return [...wrong, `${where}: ${visits > before ? shown : "nothing"} is shown`];
    before = visits;
    run.Initialize("");
    for (const id of s.may ?? []) if (!choice[id]) wrong.push(`${where}: ${id} cannot be chosen`);
    for (const id of s.mayNot ?? []) if (choice[id]) wrong.push(`${where}: ${id} can be chosen`);
    got(where, s.get);
    for (const [e, v, code] of s.set ?? []) {
      const said = run.SetValue(e, v) + run.GetLastError();
      if (said !== (code ? "false" + code : "true0")) wrong.push(`${where}: ${e} set to ${v} says ${said}`);
    }
    got(where, s.then);
    if (s.ask) run.SetValue("adl.nav.request", s.ask);
    if (s.ask !== undefined) run.Terminate("");
    if (s.go === "continue" || s.go === "previous") engine!.go(s.go, "");
    else if (s.go) engine!.go("choice", s.go);
    if (s.over && !(await until(() => over))) wrong.push(`${where}: it is not over`);
    if (s.over) {
      await new Promise((then) => setTimeout(then, 20)); // a document of strict mode would be there
      if (visits > before) wrong.push(`${where}: ${shown} is shown after the end`);
    }
    parting = s.unload === true;
    if (s.leave) {
      engine!.leave();
      if (!(await until(() => left))) wrong.push(`${where}: it is not left`);
    }
    if (s.done !== undefined && s.done !== done) wrong.push(`${where}: ${done ? "it is" : "it is not"} told that it ended without a word`);
    done = false;
    const { left: how, state } = kept();
    if (s.left !== undefined && s.left !== how[s.at]) wrong.push(`${where}: it was left with ${how[s.at]}, not ${s.left}`);
    const judged = (JSON.parse(state ?? "{}") as { sequencing?: { activityStates?: Record<string, { completionStatus: string }> } }).sequencing?.activityStates?.[s.at]?.completionStatus;
    if (s.tree !== undefined && s.tree !== judged) wrong.push(`${where}: it is ${judged} in the tree, not ${s.tree}`);
    if ((s.leave || s.over) && i + 1 < steps.length) {
      seed = kept();
      open();
    }
  }
  return wrong;
}

/** Opens units of SCORM 1.2, and returns the one that is shown, its run time, and what
 * has to be known to open it again. */
export function talk(units: Unit[], more: Partial<Seed> = {}): { shown: string; api: unknown; seed: Seed } {
  const out = {
    shown: "", api: undefined as unknown,
    seed: copy({ kind: "scorm12", mode: "normal", learner: { id: "learner", name: "Learner", language: "en" }, units, activity: "", data: {}, left: {}, ...more }) as Seed,
  };
  const engine = new Engine12(out.seed, {
    expose: (_, api) => (out.api = api), show: (u) => (out.shown = u.id), clear: (then) => then(), say: () => {}, keep: () => {},
  }, 0);
  engine.begin();
  return out;
}
