import type { Entry } from "./words";

/** How long a changed value may wait before it is in the log. */
const wait = 100;

/** The log of one conversation between a unit and its run time: what has changed
 * since the last entry, told in numbered entries. */
export class Log {
  private known: Record<string, string> = {};
  private timer = 0;
  /** What the run time says by itself, and nobody has set yet. */
  private supposed = new Set<string>();
  private fresh = false;
  /** Nothing is written before the unit has begun to speak, nor after its end. */
  private open = false;

  constructor(
    private readonly activity: string,
    private readonly now: () => Record<string, unknown>,
    private readonly ours: (element: string) => boolean,
    private readonly send: (e: Entry) => void,
  ) {}

  /** What the unit begins with is known already, unless it begins anew. What is not among
   * what it remembers is only supposed. */
  begin(fresh: boolean, remembered: Record<string, string>): void {
    this.known = this.values();
    this.supposed = new Set(Object.keys(this.known).filter((name) => !(name in remembered)));
    this.fresh = fresh;
    this.open = true;
    this.write({}, false);
  }

  /** What the conversation has told so far is known: it goes on in another document. */
  resume(): void {
    this.known = this.values();
    this.open = true;
  }

  private values(): Record<string, string> {
    const out: Record<string, string> = {};
    const all = this.now();
    for (const name in all) {
      const v = all[name];
      if (!this.ours(name) || v === null || v === undefined || typeof v === "object") continue;
      out[name] = String(v);
    }
    return out;
  }

  /** A value was set: it will be in the log within the tenth of a second, whether
   * or not others follow, even if it says what was supposed. */
  touch(name = ""): void {
    if (this.supposed.delete(name)) delete this.known[name];
    if (this.timer || !this.open) return;
    this.timer = window.setTimeout(() => this.flush(false), wait);
  }

  flush(end: boolean): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    if (!this.open) return;
    const after = this.values();
    const set: Record<string, string> = {};
    for (const name in after) {
      if (this.known[name] !== after[name]) set[name] = after[name]!;
    }
    const gone = Object.keys(this.known).filter((name) => !(name in after));
    this.known = after;
    if (end || gone.length || Object.keys(set).length) this.write(set, end, gone);
    if (end) this.open = false;
  }

  private write(set: Record<string, string>, end: boolean, gone: string[] = []): void {
    const e: Entry = { activity: this.activity, at: Date.now(), set };
    if (gone.length) e.gone = gone;
    if (this.fresh) e.fresh = true;
    if (end) e.end = true;
    this.fresh = false;
    this.send(e);
  }
}
