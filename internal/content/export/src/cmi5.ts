// cmi5 (quartz), as the specification has it for an assignable unit. Sections are
// named where a rule is not plain.
import { joined, type Interaction } from "./interaction";
import { duration, nobody, type Keeper, type Place, type Result } from "./keeper";

const verb = (name: string) => ({ id: "http://adlnet.gov/expapi/verbs/" + name, display: { en: name } });
const category = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
const moveOn = "https://w3id.org/xapi/cmi5/context/categories/moveon";
const mastery = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
const progressOf = "https://w3id.org/xapi/cmi5/result/extensions/progress";
const stateId = "cadre.place";

interface Activity {
  id: string;
}
interface Context {
  registration?: string;
  contextActivities?: Record<string, Activity[]>;
  extensions?: Record<string, unknown>;
}
interface LaunchData {
  contextTemplate?: Context;
  launchMode?: string;
  masteryScore?: number;
  returnURL?: string;
}
type Statement = Record<string, unknown>;

function uuid(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6]! & 15) | 64;
  b[8] = (b[8]! & 63) | 128;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

interface Launched {
  endpoint: string;
  auth: string;
  actor: unknown;
  registration: string;
  activity: string;
  data: LaunchData;
}

/** Waits longer from time to time, at most half a minute. */
const pause = (n: number) => new Promise((then) => setTimeout(then, Math.min(30000, 500 * 2 ** n)));

class Cmi5 implements Keeper {
  kept = "";
  language = "";
  trouble = "";
  private readonly from = Date.now();
  private readonly lines: { statement?: Statement; state?: string }[] = [];
  private busy: Promise<void> = Promise.resolve();
  private sending = false;
  private leaving = false; // the end is said
  private over = false; // nothing more is sent
  private failed?: Result;
  private said = "";
  private last = 0;
  private tell: (sentence: string) => void = () => {};

  constructor(private readonly l: Launched) {}

  get passAt(): number {
    return this.l.data.masteryScore ?? -1;
  }
  get looking(): boolean {
    return (this.l.data.launchMode ?? "Normal") !== "Normal";
  }
  get leads(): boolean {
    return !!this.l.data.returnURL;
  }
  onTrouble(tell: (sentence: string) => void): void {
    this.tell = tell;
  }

  async begin(): Promise<void> {
    const preferences = await this.read("agents/profile", { profileId: "cmi5LearnerPreferences", agent: JSON.stringify(this.l.actor) }).catch(() => undefined);
    this.language = String((preferences as { languagePreference?: string } | undefined)?.languagePreference ?? "").split(",")[0]!;
    const state = (await this.read("activities/state", this.stateAt(stateId))) as { said?: string; place?: string } | undefined;
    this.kept = state?.place ?? "";
    this.said = state?.said ?? "";
    this.queue({ statement: this.statement("initialized", true) });
    addEventListener("pagehide", () => this.gone());
    addEventListener("pageshow", (e) => {
      if (e.persisted) location.reload();
    });
  }

  private stateAt(id: string): Record<string, string> {
    return { stateId: id, activityId: this.l.activity, agent: JSON.stringify(this.l.actor), registration: this.l.registration };
  }
  private address(resource: string, query: Record<string, string>): string {
    const q = new URLSearchParams(query).toString();
    return this.l.endpoint.replace(/\/?$/, "/") + resource + (q ? "?" + q : "");
  }
  private call(method: string, address: string, body?: string): Promise<Response> {
    const headers: Record<string, string> = { Authorization: this.l.auth, "X-Experience-API-Version": "1.0.3" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    // What is under way when the page is left still arrives; browsers allow it so much.
    return fetch(address, { method, headers, body, keepalive: (body ?? "").length < 15000 });
  }
  /** Reads a document; undefined if there is none. It fails where that cannot be
   * told: what is not known to be empty is not written over. */
  private async read(resource: string, query: Record<string, string>): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      const r = await this.call("GET", this.address(resource, query)).catch(() => undefined);
      if (r?.status === 404 || r?.status === 204) return undefined;
      if (r?.ok) return r.json();
      const passing = !r || r.status === 429 || r.status >= 500;
      if (!passing || tries === 4) throw new Error(resource);
      await pause(tries);
    }
  }

  private statement(name: string, defined: boolean, more: { result?: Record<string, unknown>; object?: object; parent?: boolean; mastery?: boolean } = {}): Statement {
    const context = JSON.parse(JSON.stringify(this.l.data.contextTemplate ?? {})) as Context;
    const activities = (context.contextActivities ??= {});
    context.registration = this.l.registration;
    if (defined) {
      const judged = more.result && ("success" in more.result || "completion" in more.result);
      activities.category = [...(activities.category ?? []), { id: category }, ...(judged ? [{ id: moveOn }] : [])];
    }
    if (more.parent) activities.parent = [...(activities.parent ?? []), { id: this.l.activity }];
    if (more.mastery) context.extensions = { ...context.extensions, [mastery]: this.l.data.masteryScore };
    // No two statements of a session have one time: their order can be told by it.
    this.last = Math.max(Date.now(), this.last + 1);
    return {
      id: uuid(), actor: this.l.actor, verb: verb(name), object: more.object ?? { objectType: "Activity", id: this.l.activity },
      ...(more.result ? { result: more.result } : {}), context, timestamp: new Date(this.last).toISOString(),
    };
  }

  private spent(): string {
    return duration(Date.now() - this.from);
  }

  private queue(line: { statement?: Statement; state?: string }): void {
    // Of two places that wait, the later is enough.
    const end = this.lines[this.lines.length - 1];
    if (line.state !== undefined && end?.state !== undefined && !(this.sending && this.lines.length === 1)) this.lines.pop();
    this.lines.push(line);
    this.busy = this.busy.then(() => this.drain());
  }

  /** Sends what waits, in its order, until nothing does. */
  private async drain(): Promise<void> {
    for (let tries = 0; this.lines.length; ) {
      const line = this.lines[0]!;
      this.sending = true;
      let status = 0;
      try {
        status = (await this.send(line)).status;
      } catch {
        status = 0; // the line is bad
      }
      this.sending = false;
      if (this.over && !this.lines.includes(line)) return;
      if (status === 0 || status === 429 || status >= 500) {
        this.tell("unsaved");
        await pause(tries++);
        continue;
      }
      // Whatever else is refused would be refused again.
      this.lines.shift();
      tries = 0;
      this.tell(status < 400 || status === 409 ? "" : "unsaved");
    }
  }
  private send(line: { statement?: Statement; state?: string }): Promise<Response> {
    if (line.statement) return this.call("POST", this.address("statements", {}), JSON.stringify([line.statement]));
    return this.call("POST", this.address("activities/state", this.stateAt(stateId)), line.state);
  }

  place(p: Place): void {
    if (this.looking || this.leaving || this.over) return;
    this.kept = p.state(50000);
    this.queue({ state: JSON.stringify({ place: this.kept, said: this.said }) });
  }

  answered(i: Interaction): void {
    if (this.looking || this.leaving || this.over) return;
    const patterns = i.correct.map((c) => joined(i.type, c, true));
    const list = (xs: { id: string; text: string }[]) => xs.map((x) => ({ id: x.id, description: { [i.lang]: x.text } }));
    const definition: Record<string, unknown> = {
      type: "http://adlnet.gov/expapi/activities/cmi.interaction", name: { [i.lang]: i.text }, interactionType: i.type, correctResponsesPattern: patterns,
    };
    if (i.type === "choice" || i.type === "sequencing") definition.choices = list(i.choices);
    if (i.type === "matching") Object.assign(definition, { source: list(i.choices), target: list(i.targets) });
    const result: Record<string, unknown> = { success: i.right };
    if (i.response) result.response = joined(i.type, i.response, false);
    // Allowed, not defined (9.3): it lacks the category, and its object is not the unit.
    this.queue({ statement: this.statement("answered", false, {
      result, parent: true, object: { objectType: "Activity", id: this.l.activity.replace(/\/$/, "") + "/questions/" + i.key, definition },
    }) });
  }

  ended(r: Result): void {
    if (this.looking || this.leaving || this.over) return;
    this.once("completed", { completion: true, duration: this.spent(), extensions: { [progressOf]: 100 } });
    if (!r.asked) return;
    // A session says passed or failed once (9.3), and a further try may still pass:
    // failed waits for the end of the session.
    this.failed = r.passed ? undefined : r;
    if (r.passed) this.judge("passed", r);
  }

  private judge(name: "passed" | "failed", r: Result): void {
    const score = { scaled: r.scaled, ...(r.max ? { raw: r.points, min: 0, max: r.max } : {}) };
    this.once(name, { success: name === "passed", score, duration: this.spent() }, this.l.data.masteryScore !== undefined);
  }

  /** Says what is said once in a registration; failed, once in a session and not after passed. */
  private once(name: string, result: Record<string, unknown>, withMastery = false): void {
    const before = this.said.split(" ");
    if (before.includes(name) && name !== "failed") return;
    if (name === "failed" && before.includes("passed")) return;
    const statement = this.statement(name, true, { result, mastery: withMastery });
    if (name !== "failed") this.said = [...before.filter((v) => v), name].join(" ");
    this.queue({ statement });
    this.queue({ state: JSON.stringify({ place: this.kept, said: this.said }) });
  }

  private finish(): void {
    if (this.failed) this.judge("failed", this.failed);
    this.failed = undefined;
    this.lines.push({ statement: this.statement("terminated", true, { result: { duration: this.spent() } }) });
  }

  async leave(): Promise<void> {
    if (!this.leaving) {
      this.leaving = true;
      this.finish();
      this.busy = this.busy.then(() => this.drain());
    }
    await this.busy;
    this.over = true;
    if (this.l.data.returnURL) location.href = this.l.data.returnURL;
  }

  /** The page goes: what waits goes along in one request, which outlives it. */
  private gone(): void {
    if (this.over) return;
    this.over = true;
    const under = this.sending ? this.lines.shift() : undefined;
    if (!this.leaving) this.finish();
    const waiting = this.lines.splice(0).filter((l) => l !== under);
    const statements = waiting.flatMap((l) => (l.statement ? [l.statement] : []));
    const state = waiting.map((l) => l.state).filter((s) => s !== undefined).pop();
    if (state !== undefined) void this.call("POST", this.address("activities/state", this.stateAt(stateId)), state).catch(() => undefined);
    if (statements.length) void this.call("POST", this.address("statements", {}), JSON.stringify(statements)).catch(() => undefined);
  }
}

export async function cmi5(): Promise<Keeper> {
  const q = new URLSearchParams(location.search);
  const [endpoint, fetchURL, actor, registration, activity] = ["endpoint", "fetch", "actor", "registration", "activityId"].map((name) => q.get(name) ?? "");
  if (!endpoint || !fetchURL) return nobody;
  try {
    const answer = (await (await fetch(fetchURL, { method: "POST" })).json()) as { "auth-token"?: string };
    if (!answer["auth-token"]) return { ...nobody, trouble: "reopen" };
    const launched: Launched = { endpoint, auth: "Basic " + answer["auth-token"], actor: JSON.parse(actor!) as unknown, registration: registration!, activity: activity!, data: {} };
    const stateAt = new URLSearchParams({ stateId: "LMS.LaunchData", activityId: activity!, agent: actor!, registration: registration! });
    const data = await fetch(endpoint.replace(/\/?$/, "/") + "activities/state?" + stateAt.toString(), { headers: { Authorization: launched.auth, "X-Experience-API-Version": "1.0.3" } });
    if (!data.ok) return { ...nobody, trouble: "reopen" };
    launched.data = (await data.json()) as LaunchData;
    const k = new Cmi5(launched);
    await k.begin();
    return k;
  } catch {
    return { ...nobody, trouble: "unreached" };
  }
}
