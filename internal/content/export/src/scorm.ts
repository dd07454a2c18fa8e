// SCORM: the run time is an object of a window above, or of the one that opened
// this one.
import { joined, type Interaction } from "./interaction";
import { duration, nobody, type Keeper, type Place, type Result } from "./keeper";

type Api = Record<string, (...args: string[]) => unknown>;

/** Finds the run time as ADL has it: upwards, then from the window that opened. */
function find(name: string): Api | undefined {
  const above = (from: Window): Api | undefined => {
    let w = from;
    for (let i = 0; i < 20; i++) {
      try {
        const api = (w as unknown as Record<string, Api>)[name];
        if (api) return api;
      } catch {
        // A window of another origin holds no run time for this one.
      }
      if (!w.parent || w.parent === w) return undefined;
      w = w.parent;
    }
    return undefined;
  };
  try {
    return above(window) ?? (window.top?.opener ? above(window.top.opener as Window) : undefined) ?? (window.opener ? above(window.opener as Window) : undefined);
  } catch {
    return undefined; // the opener is another origin's
  }
}

abstract class Scorm implements Keeper {
  kept = "";
  language = "";
  passAt = -1;
  looking = false;
  trouble = "";
  readonly leads = false;
  protected readonly from = Date.now();
  private over = false;
  private tell: (sentence: string) => void = () => {};

  constructor(
    protected readonly api: Api,
    private readonly prefix: string,
  ) {}

  protected call(name: string, ...args: string[]): string {
    return String(this.api[this.prefix + name]!(...args) ?? "");
  }
  protected get(name: string): string {
    return this.call("GetValue", name);
  }
  protected set(name: string, value: string): boolean {
    return this.call("SetValue", name, value) !== "false";
  }
  protected commit(): void {
    // Some run times answer nothing; only a clear no is one.
    this.tell(this.call("Commit", "") === "false" ? "unsaved" : "");
  }

  /** Begins the conversation; false where the run time refuses. */
  begin(): boolean {
    if (this.call("Initialize", "") === "false") return false;
    this.read();
    addEventListener("pagehide", () => this.terminate());
    // A page that comes back from the browser's cache has ended its conversation.
    addEventListener("pageshow", (e) => {
      if (e.persisted) location.reload();
    });
    return true;
  }

  private terminate(): void {
    if (this.over) return;
    this.over = true;
    this.time();
    this.call(this.prefix ? "Finish" : "Terminate", "");
  }

  leave(): Promise<void> {
    this.terminate();
    return Promise.resolve();
  }
  onTrouble(tell: (sentence: string) => void): void {
    this.tell = tell;
  }

  place(p: Place): void {
    if (this.looking || this.over) return;
    this.write(p);
    this.time();
    this.commit();
  }
  answered(i: Interaction): void {
    if (!this.looking && !this.over) this.interaction(i);
  }
  ended(r: Result): void {
    if (this.looking || this.over) return;
    this.judge(r);
    this.time();
    this.commit();
  }

  protected abstract read(): void;
  protected abstract time(): void;
  protected abstract write(p: Place): void;
  protected abstract judge(r: Result): void;
  protected abstract interaction(i: Interaction): void;
}

class Scorm12 extends Scorm {
  private status = "";

  protected read(): void {
    this.kept = this.get("cmi.suspend_data");
    this.language = this.get("cmi.student_preference.language");
    this.status = this.get("cmi.core.lesson_status");
    this.looking = ["browse", "review"].includes(this.get("cmi.core.lesson_mode"));
    const mastery = this.get("cmi.student_data.mastery_score");
    if (mastery !== "" && Number.isFinite(Number(mastery))) this.passAt = Number(mastery) / 100;
    if (this.looking) return;
    if (!["passed", "completed", "failed", "incomplete"].includes(this.status)) this.set("cmi.core.lesson_status", "incomplete");
    this.set("cmi.core.exit", "suspend");
    this.commit();
  }

  protected time(): void {
    const s = (Date.now() - this.from) / 1000;
    const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
    this.set("cmi.core.session_time", [two(s / 3600), two((s / 60) % 60), two(s % 60)].join(":"));
  }

  protected write(p: Place): void {
    this.set("cmi.suspend_data", p.state(4096));
    this.set("cmi.core.lesson_location", p.page);
  }

  protected judge(r: Result): void {
    if (this.status === "passed" && !r.passed) return;
    this.status = r.asked ? (r.passed ? "passed" : "failed") : "completed";
    if (r.asked) {
      this.set("cmi.core.score.min", "0");
      this.set("cmi.core.score.max", "100");
      this.set("cmi.core.score.raw", String(r.max ? Math.floor((r.points * 10000) / r.max) / 100 : 100));
    }
    this.set("cmi.core.lesson_status", this.status);
  }

  protected interaction(i: Interaction): void {
    const at = `cmi.interactions.${Number(this.get("cmi.interactions._count")) || 0}.`;
    const flat = (parts: (string | [string, string])[]) => parts.map((p) => (typeof p === "string" ? p : p.join("."))).join(",").slice(0, 255);
    this.set(at + "id", i.key);
    this.set(at + "type", i.type);
    this.set(at + "time", new Date().toTimeString().slice(0, 8));
    this.set(at + "weighting", String(i.weight));
    // A range has no form here: the pattern is left out rather than made up.
    const right = i.correct[0];
    if (right && (i.type !== "numeric" || right[0] === right[1])) this.set(at + "correct_responses.0.pattern", flat(i.type === "numeric" ? right.slice(0, 1) : right));
    if (i.response) this.set(at + "student_response", flat(i.response));
    this.set(at + "result", i.right ? "correct" : "wrong");
  }
}

class Scorm2004 extends Scorm {
  private success = "";
  private asked = Date.now();

  protected read(): void {
    this.kept = this.get("cmi.suspend_data");
    this.language = this.get("cmi.learner_preference.language");
    this.success = this.get("cmi.success_status");
    this.looking = ["browse", "review"].includes(this.get("cmi.mode"));
    const mark = this.get("cmi.scaled_passing_score");
    if (mark !== "" && Number.isFinite(Number(mark))) this.passAt = Number(mark);
    if (this.looking) return;
    if (!["completed", "incomplete"].includes(this.get("cmi.completion_status"))) this.set("cmi.completion_status", "incomplete");
    // Also where she has passed: any other end empties what she finds when she comes
    // back to look something up (4.2.8).
    this.set("cmi.exit", "suspend");
    this.commit();
  }

  protected time(): void {
    this.set("cmi.session_time", duration(Date.now() - this.from));
  }

  protected write(p: Place): void {
    this.set("cmi.suspend_data", p.state(64000));
    this.set("cmi.location", p.page);
    this.set("cmi.progress_measure", real(p.progress));
  }

  protected judge(r: Result): void {
    if (this.success === "passed" && !r.passed) return;
    this.success = r.passed ? "passed" : "failed";
    if (r.asked) {
      this.set("cmi.score.scaled", real(r.scaled));
      if (r.max) {
        this.set("cmi.score.min", "0");
        this.set("cmi.score.max", String(r.max));
        this.set("cmi.score.raw", String(r.points));
      }
    }
    this.set("cmi.progress_measure", "1");
    this.set("cmi.completion_status", "completed");
    this.set("cmi.success_status", this.success);
  }

  protected interaction(i: Interaction): void {
    const at = `cmi.interactions.${Number(this.get("cmi.interactions._count")) || 0}.`;
    const spoken = (s: string) => `{lang=${i.lang}}${s}`;
    const now = Date.now();
    this.set(at + "id", i.key);
    this.set(at + "type", i.type);
    // A zone has its place behind a part of a second.
    this.set(at + "timestamp", new Date(now).toISOString().slice(0, 21) + "Z");
    this.set(at + "weighting", String(i.weight));
    i.correct.slice(0, 5).forEach((c, n) => {
      const pattern = joined(i.type, c, true);
      this.set(`${at}correct_responses.${n}.pattern`, i.type === "fill-in" ? pattern.slice(0, 250) : pattern);
    });
    if (i.response) this.set(at + "learner_response", i.type === "fill-in" ? spoken(String(i.response[0]).slice(0, 240)) : joined(i.type, i.response, false));
    this.set(at + "result", i.right ? "correct" : "incorrect");
    this.set(at + "latency", duration(now - this.asked));
    this.set(at + "description", spoken([...i.text].slice(0, 200).join("")));
    this.asked = now;
  }
}

/** A number of at most seven places, as SCORM 2004 takes them. */
function real(x: number): string {
  return String(Math.round(x * 1e7) / 1e7);
}

export function scorm(as: "scorm12" | "scorm2004"): Keeper {
  const api = find(as === "scorm12" ? "API" : "API_1484_11");
  const k = api && (as === "scorm12" ? new Scorm12(api, "LMS") : new Scorm2004(api, ""));
  return k?.begin() ? k : nobody;
}
