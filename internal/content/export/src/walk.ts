// Where a learner is in a module, by the rules of package player: pages are read
// in their order, a question is answered once, what stands on a page with a
// content warning counts only where it was answered, and a further try keeps what
// was right.
import { mark, type Response } from "./mark";
import type { Item, Module, Page } from "./words";

export interface Given {
  right: boolean;
  response: Response;
}

export interface Outcome {
  points: number;
  max: number;
  open: number;
  /** Of the module's time, 0 to 1. */
  progress: number;
  pagesDone: boolean;
  passed: boolean;
}

type Done = "" | "r" | "s"; // not yet, read, skipped

export class Walk {
  lang = "";
  seed = "";
  at = 0;
  over: "" | "passed" | "not-yet" = "";
  /** What was said to a record store, which is said once. */
  said = "";
  private done: Done[];
  private readonly given = new Map<string, Given>();
  private readonly items: Item[];

  constructor(
    readonly module: Module,
    private readonly digest: string,
    /** The share of the points to pass, 0 to 1. */
    public passAt: number,
  ) {
    this.done = module.pages.map((): Done => "");
    this.items = module.pages.flatMap((p) => p.items ?? []);
  }

  get begun(): boolean {
    return this.lang !== "";
  }

  page(at: number): Page {
    return this.module.pages[at]!;
  }

  doneAs(at: number): Done {
    return this.done[at]!;
  }

  answer(key: string): Given | undefined {
    return this.given.get(key);
  }

  /** Counts the answers on a page, and those of them that are right. */
  answered(at: number): { asked: number; answered: number; right: number } {
    const items = this.page(at).items ?? [];
    const given = items.map((it) => this.given.get(it.key)).filter((g) => g) as Given[];
    return { asked: items.length, answered: given.length, right: given.filter((g) => g.right).length };
  }

  /** Reports whether the page's content warning stands before it. */
  warned(at: number): boolean {
    return !!this.page(at).warning && this.done[at] !== "r" && this.answered(at).answered === 0;
  }

  /** Reports whether the page asked something of her. */
  asks(at: number): boolean {
    const n = this.answered(at);
    return n.asked > 0 && (!this.page(at).warning || n.answered > 0);
  }

  /** Reports whether the page is worth another look. */
  revisit(at: number): boolean {
    const n = this.answered(at);
    return this.page(at).warning ? n.right < n.answered : n.right < n.asked;
  }

  outcome(): Outcome {
    const o: Outcome = { points: 0, max: 0, open: 0, progress: 0, pagesDone: true, passed: false };
    let all = 0;
    this.module.pages.forEach((p, i) => {
      all += p.seconds;
      if (this.done[i]) o.progress += p.seconds;
      else o.pagesDone = false;
      for (const it of p.items ?? []) {
        const g = this.given.get(it.key);
        if (!g && p.warning) continue;
        o.max += it.points;
        if (g?.right) o.points += it.points;
        if (!g) o.open++;
      }
    });
    o.progress = all ? o.progress / all : o.pagesDone ? 1 : 0;
    o.passed = o.max === 0 || o.points / o.max >= this.passAt;
    return o;
  }

  respond(it: Item, response: Response): Given {
    const given = { right: mark(it, response), response };
    this.given.set(it.key, given);
    return given;
  }

  /** Leaves a page. It returns where to go, or -1 where no page is left. */
  turn(at: number, skip: boolean): number {
    if (skip) this.done[at] = this.done[at] || "s";
    else this.done[at] = "r";
    const n = this.module.pages.length;
    for (let i = 1; i < n; i++) {
      const next = (at + i) % n;
      if (!this.done[next]) return (this.at = next);
    }
    this.at = at;
    return -1;
  }

  end(): Outcome {
    const o = this.outcome();
    this.over = o.passed ? "passed" : "not-yet";
    return o;
  }

  /** Begins a further try: what was right stays, the rest is asked again. */
  again(): void {
    this.over = "";
    this.module.pages.forEach((p, i) => {
      let again = false;
      for (const it of p.items ?? []) {
        const g = this.given.get(it.key);
        if (g && !g.right) this.given.delete(it.key);
        if (g ? !g.right : !p.warning) again = true;
      }
      if (again) this.done[i] = "";
    });
    const first = this.done.indexOf("");
    this.at = first < 0 ? 0 : first;
  }

  /** The state as a text of at most limit signs: what was written is cut short
   * first, since its mark stands beside it. */
  keep(limit: number): string {
    for (let written = 200; ; written = written >> 1) {
      const given = this.items.map((it) => {
        const g = this.given.get(it.key);
        return g ? (g.right ? "1" : "0") + code(it, g.response, written) : "";
      });
      const text = JSON.stringify([2, this.digest, this.lang, this.seed, this.at, this.done.map((d) => d || ".").join(""), this.over, this.said, given]);
      if (text.length <= limit || written === 0) return text;
    }
  }

  /** Takes up what was kept. What was kept of another version is left aside. */
  takeUp(kept: string): void {
    let k: unknown;
    try {
      k = JSON.parse(kept);
    } catch {
      return; // nothing, or another tool's
    }
    if (!Array.isArray(k) || k[0] !== 2 || k[1] !== this.digest || !this.module.languages.includes(k[2])) return;
    const given = k[8] as string[];
    this.lang = k[2];
    this.seed = String(k[3]);
    this.at = this.module.pages[k[4]] ? k[4] : 0;
    this.done = this.done.map((_, i) => (/[rs]/.test(k[5][i]) ? k[5][i] : ""));
    this.over = k[6];
    this.said = k[7];
    this.items.forEach((it, i) => {
      const g = given[i];
      if (g) this.given.set(it.key, { right: g[0] === "1", response: decode(it, g.slice(1)) });
    });
  }
}

function code(it: Item, r: Response, written: number): string {
  switch (it.kind) {
    case "order":
      return (r.order ?? []).join(",");
    case "match":
      return (r.match ?? []).join(",");
    case "number":
    case "short":
      return [...(r.written ?? "")].slice(0, written).join("");
    default:
      return (r.chosen ?? []).join(",");
  }
}

function decode(it: Item, s: string): Response {
  const numbers = s ? s.split(",").map(Number) : [];
  switch (it.kind) {
    case "order":
      return { order: numbers };
    case "match":
      return { match: numbers };
    case "number":
    case "short":
      return { written: s };
    default:
      return { chosen: numbers };
  }
}

/** Orders 0…n-1 by chance that the seed decides: the same page can be left and
 * taken up again. It is never the right order if it can be another. */
export function shuffled(seed: string, key: string, n: number): number[] {
  const by = (i: number) => {
    let h = 0x811c9dc5;
    for (const c of seed + "\0" + key + "\0" + i) h = Math.imul(h ^ c.codePointAt(0)!, 0x01000193);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    return (h ^ (h >>> 13)) >>> 0;
  };
  const out = [...Array(n).keys()].sort((a, b) => by(a) - by(b) || a - b);
  if (n > 1 && out.every((x, i) => x === i)) [out[0], out[n - 1]] = [out[n - 1]!, out[0]!];
  return out;
}
