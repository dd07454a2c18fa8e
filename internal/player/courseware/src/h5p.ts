import type { Content, Heard } from "./h5pplayer";
import { Engine, type Stage } from "./engine";
import { Log } from "./log";
import { leaves, type Seed, type Unit } from "./words";

/** What H5P saves of a content stands below this name, by the part of the content
 * (0 for the whole) and by what it is: "user_data.0.state". */
const saved = "user_data.";

/** The largest saved state that is kept, in bytes as it is written: an entry of the
 * log has to hold it, and others beside it. */
const most = 1 << 19;

/** H5P: one content, which H5P's own player shows. What it says of itself by xAPI is
 * written in the words of SCORM 2004, so that one rule set reads both; what it
 * saves is kept beside it. */
export class EngineH5P extends Engine {
  private log?: Log;
  private content?: Content;
  private values: Record<string, string> = {};
  /** What she came with: all else is new, also what was said before the log began. */
  private known: Record<string, string> = {};
  private since = 0;
  private seconds = 0;

  constructor(
    seed: Seed,
    stage: Stage,
    from: number,
    private readonly perform: (unit: Unit, seed: Seed, engine: EngineH5P) => void,
  ) {
    super(seed, stage, from);
  }

  begin(): void {
    const unit = leaves(this.seed.units)[0];
    if (!unit) return;
    this.activity = unit.id;
    const { "cmi.exit": _exit, ...before } = this.seed.data[unit.id] ?? {};
    this.known = before;
    this.values = { "cmi.completion_status": "incomplete", ...before };
    this.seconds = Number(/^PT(\d+)S$/.exec(before["cmi.total_time"] ?? "")?.[1] ?? 0);
    this.log = new Log(unit.id, () => this.now(), () => true, (e) => this.write(e));
    this.stage.say({ cadre: 1, kind: "shown", activity: unit.id });
    this.perform(unit, this.seed, this);
  }

  /** What was saved before, as H5P's player takes it. */
  get before(): Record<string, Record<string, string>> {
    const out: Record<string, Record<string, string>> = {};
    for (const name in this.values) {
      if (!name.startsWith(saved)) continue;
      const at = name.lastIndexOf(".");
      (out[name.slice(saved.length, at)] ??= {})[name.slice(at + 1)] = this.values[name]!;
    }
    return out;
  }

  /** The content is there. What gives no points is completed by being opened, like
   * a unit of SCORM without a run time: nothing says when it is read. */
  shown(content: Content): void {
    this.content = content;
    document.addEventListener("visibilitychange", () => this.tick());
    this.tick();
    const now = this.values;
    this.values = this.known;
    this.log?.begin(false, this.known);
    this.values = now;
    this.set(content.points === 0 ? { "cmi.completion_status": "completed" } : {});
  }

  /** Counts the time in which the content could be seen. */
  private tick(): void {
    const now = performance.now();
    if (this.since) this.seconds += (now - this.since) / 1000;
    this.since = document.visibilityState === "visible" ? now : 0;
  }

  private now(): Record<string, string> {
    this.tick();
    return { ...this.values, "cmi.total_time": `PT${Math.floor(this.seconds)}S` };
  }

  private set(values: Record<string, string>): void {
    Object.assign(this.values, values);
    this.log?.touch();
  }

  /** Keeps what H5P saves; undefined takes it away. */
  keep(part: string, what: string, value: string | undefined): void {
    const name = `${saved}${part}.${what}`;
    if (value === undefined) delete this.values[name];
    else if (bytes(name) <= 400 && bytes(JSON.stringify(value)) <= most) this.values[name] = value;
    else return console.warn("Cadre: a saved state is too large to be kept", name);
    this.log?.touch();
  }

  /** Takes what the content says. As in H5P itself, what has a parent is a part,
   * and the whole is over when it says "completed" or "answered". */
  hear(said: Heard): void {
    const verb = said.verb?.id?.split("/").pop();
    const result = said.result ?? {};
    const of = said.context?.contextActivities?.parent;
    const whole = !of || (Array.isArray(of) && of.length === 0);
    if (verb === "answered") this.answer(said);
    if (!whole) return;
    const values: Record<string, string> = {};
    const progress = result.extensions?.["https://w3id.org/xapi/cmi5/result/extensions/progress"];
    if (typeof progress === "number" && progress >= 0 && progress <= 100) values["cmi.progress_measure"] = String(progress / 100);
    if (verb === "completed" || verb === "answered" || verb === "passed" || verb === "failed" || verb === "mastered") {
      if (result.completion !== false) values["cmi.completion_status"] = "completed";
      if (verb === "passed" || verb === "mastered" || result.success === true) values["cmi.success_status"] = "passed";
      else if (verb === "failed" || result.success === false) values["cmi.success_status"] = "failed";
      const { raw, min, max, scaled } = result.score ?? {};
      if (number(raw) && number(max) && max > 0) {
        values["cmi.score.min"] = String(number(min) ? min : 0);
        values["cmi.score.max"] = String(max);
        values["cmi.score.raw"] = String(raw);
      } else if (number(scaled)) {
        values["cmi.score.scaled"] = String(scaled);
      }
    }
    this.set(values);
    this.content?.save();
  }

  /** Keeps the last answer to a question, as SCORM keeps interactions. */
  private answer(said: Heard): void {
    const definition = said.object?.definition ?? {};
    const id = String(definition.extensions?.["http://h5p.org/x-api/h5p-subContentId"] ?? "content");
    let n = 0;
    while (`cmi.interactions.${n}.id` in this.values && this.values[`cmi.interactions.${n}.id`] !== id) n++;
    const at = `cmi.interactions.${n}.`;
    const values: Record<string, string> = { [at + "id"]: id };
    if (typeof definition.interactionType === "string") values[at + "type"] = definition.interactionType;
    if (typeof said.result?.response === "string" && bytes(said.result.response) <= most / 8) values[at + "learner_response"] = said.result.response;
    if (typeof said.result?.success === "boolean") values[at + "result"] = said.result.success ? "correct" : "incorrect";
    this.set(values);
  }

  flush(): void {
    this.content?.save();
    this.log?.flush(false);
  }

  protected again(): void {}

  protected announce(): void {}

  protected follow(request: string): void {
    if (request !== "leave") return;
    this.content?.save();
    this.values["cmi.exit"] = this.values["cmi.completion_status"] === "completed" ? "normal" : "suspend";
    this.log?.flush(true);
    this.stage.say({ cadre: 1, kind: "left" });
  }
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function number(v: unknown): v is number {
  return typeof v === "number" && Number.isFinite(v);
}
