import { Scorm12API } from "scorm-again/scorm12/min";
import { met } from "../../../web/assets/src/play/prerequisites";
import { Engine, commits } from "./engine";
import { Log } from "./log";
import { leaves, type Unit } from "./words";

/** What the player sets, and no unit changes. */
const given = /^cmi\.(core\.(student_id|student_name|credit|entry|lesson_mode)|launch_data|comments_from_lms|student_data\.)|_children$|_count$/;

/** SCORM 1.2: one conversation per unit. Which unit may follow which is for the
 * player's frame to say; what it begins with, it says itself. */
export class Engine12 extends Engine {
  private api?: Scorm12API;
  private log?: Log;
  begin(): void {
    const all = leaves(this.seed.units);
    const wish = this.unit(this.seed.activity) ?? all[0];
    const first = wish && this.may(wish) ? wish : (all.find((u) => this.may(u)) ?? wish);
    if (first) this.open(first);
  }

  /** Whether she may begin with a unit: what it asks for is done, she is in the middle of
   * it, or she only looks. */
  private may(unit: Unit): boolean {
    const left = this.seed.left[unit.id];
    if (this.seed.mode !== "normal" || left === "suspend" || left === "open") return true;
    return met(unit.prerequisites ?? "", (id) => this.standing(id));
  }

  /** How far a unit has come by its own word, or a chapter by what is in it. */
  private standing(id: string): string {
    const said = this.seed.data[id]?.["cmi.core.lesson_status"];
    if (said) return said;
    const within = leaves(chapter(this.seed.units, id)).map((u) => this.standing(u.id));
    if (within.every((s) => s === "not attempted")) return "not attempted";
    return within.every((s) => s === "passed" || s === "completed") ? "completed" : "incomplete";
  }

  protected again(unit: Unit, begun: boolean): void {
    this.prepare(unit);
    if (!begun || !this.api || !this.log) return;
    this.api.lmsInitialize("");
    this.begun = true;
    this.log.resume();
  }

  private open(unit: Unit): void {
    if (unit.asset) {
      this.activity = unit.id;
      this.write({ activity: unit.id, at: Date.now(), set: { "cmi.core.lesson_status": "completed" }, end: true });
    } else {
      this.prepare(unit);
    }
    this.stage.say({ cadre: 1, kind: "shown", activity: unit.id });
    this.stage.keep();
    this.stage.show(unit);
  }

  private prepare(unit: Unit): void {
    const g = unit.given ?? {};
    const api = new Scorm12API({
      httpService: commits(() => this.stopped, (end) => this.log?.flush(end)),
      lmsCommitUrl: "log:", dataCommitFormat: "flattened", alwaysSendTotalTime: true, logLevel: 5,
      mastery_override: "cmi.student_data.mastery_score" in g && this.seed.mode === "normal",
    });
    blank(api);
    const left = this.seed.left[unit.id] ?? "";
    const before = this.seed.data[unit.id] ?? {};
    api.loadFromFlattenedJSON({
      ...withoutSession(before), ...g,
      ...this.learnerElements({ id: "cmi.core.student_id", name: "cmi.core.student_name" }),
      "cmi.core.lesson_mode": this.seed.mode,
      "cmi.core.credit": this.seed.mode === "normal" ? "credit" : "no-credit",
      "cmi.core.entry": left === "" ? "ab-initio" : left === "suspend" || left === "open" ? "resume" : "",
    });
    this.api = api;
    this.activity = unit.id;
    this.begun = false;
    this.log = new Log(unit.id, () => api.renderCommitCMI(false, true) as unknown as Record<string, unknown>, (name) => !given.test(name), (e) => this.write(e));
    const log = this.log;
    let exit = "";
    const live = () => this.log === log; // a unit that is gone no longer speaks
    // What has ended is no more initialized than what has not begun, and nothing is taken
    // from it (RTE 3.2); the library takes it, and keeps nothing.
    const over = (): boolean => {
      if (!api.isTerminated()) return false;
      api.lastErrorCode = "301";
      return true;
    };
    this.stage.expose("API", {
      LMSInitialize: (p: string) => {
        if (!live()) return "false";
        const said = api.lmsInitialize(p);
        if (said === "true") {
          this.begun = true;
          this.seed.left[unit.id] = "open";
          log.begin(false, before);
        }
        return said;
      },
      LMSFinish: (p: string) => {
        if (!live() || over()) return "false";
        const asked = api.nav.event || "finish";
        // Whatever says nothing of how far it is, is completed as it ends (RTE 3.4.4).
        if (this.begun && api.cmi.core.lesson_status === "not attempted") api.cmi.core.lesson_status = "completed";
        const said = api.lmsFinish(p);
        if (said === "true") {
          this.begun = false;
          this.seed.left[unit.id] = exit || "normal";
          this.stage.keep();
          if (!this.pending) this.stage.say({ cadre: 1, kind: "asked", request: asked });
        }
        return said;
      },
      LMSGetValue: (e: string) => (over() ? "" : api.lmsGetValue(e)),
      LMSSetValue: (e: string, v: unknown) => {
        if (!live() || over()) return "false";
        const said = api.lmsSetValue(e, v);
        if (said === "true") {
          if (e === "cmi.core.exit") exit = String(v); // it can be set and not read
          log.touch(e);
        }
        return said;
      },
      LMSCommit: (p: string) => (live() && !over() ? api.lmsCommit(p) : "false"),
      LMSGetLastError: () => api.lmsGetLastError(),
      LMSGetErrorString: (c: string) => api.lmsGetErrorString(c),
      LMSGetDiagnostic: (c: string) => api.lmsGetDiagnostic(c),
    });
  }

  flush(): void {
    this.log?.flush(false);
  }

  protected announce(): void {}

  protected follow(request: string, target: string): void {
    this.flush();
    if (request === "leave") {
      this.stage.say({ cadre: 1, kind: "left" });
      return;
    }
    const all = leaves(this.seed.units);
    const at = all.findIndex((u) => u.id === this.activity);
    const to = request === "choice" ? this.unit(target) : all[at + (request === "continue" ? 1 : -1)];
    if (to ?? all[at]) this.open((to ?? all[at])!);
  }
}

/** What belonged to the last session alone is not restored. */
function withoutSession(data: Record<string, string>): Record<string, string> {
  const { "cmi.core.session_time": _time, "cmi.core.exit": _exit, ...rest } = data;
  return rest;
}

/** What stands in a chapter. */
function chapter(of: Unit[], id: string): Unit[] {
  for (const u of of) {
    const found = u.id === id ? (u.units ?? []) : chapter(u.units ?? [], id);
    if (found.length) return found;
  }
  return [];
}

interface Score {
  _max: string;
}

interface Inside {
  cmi: { core: { _total_time: string; score: Score } };
  getChildElement(element: string, value: unknown, deep: boolean): { score?: Score } | null;
}

/** What nobody has set is blank, and she has spent no time yet (RTE 3.4.4): the library
 * takes a score's highest for a hundred, and gives no total at all. */
function blank(api: Scorm12API): void {
  const inside = api as unknown as Inside;
  inside.cmi.core._total_time = "0000:00:00.00";
  inside.cmi.core.score._max = "";
  const child = inside.getChildElement.bind(inside);
  inside.getChildElement = (element, value, deep) => {
    const made = child(element, value, deep);
    if (made?.score) made.score._max = "";
    return made;
  };
}
