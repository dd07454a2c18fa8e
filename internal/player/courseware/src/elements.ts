// The data model's own rules where scorm-again's run time does not hold to them.
import type { Scorm2004API } from "scorm-again/scorm2004/min";
import { refused } from "./pattern";

/** What is no element but holds some. scorm-again would put a value in its place. */
const holding =
  /^(cmi|cmi\.(comments_from_learner|comments_from_lms|interactions|objectives)(\.\d+)?|cmi\.(score|learner_preference)|cmi\.objectives\.\d+\.score|cmi\.interactions\.\d+\.(objectives|correct_responses)(\.\d+)?|adl|adl\.nav|adl\.nav\.request_valid(\.(choice|jump))?|adl\.data(\.\d+)?)$/;

/** What a collection holds. */
const member = /^(cmi|adl)\.\w+\.\d+\./;

const patterns = /^cmi\.interactions\.(\d+)\.correct_responses\.(\d+)\.pattern$/;

/** Asks whether a request would lead to an activity, of whatever id. */
const asks = /^adl\.nav\.request_valid\.(choice|jump)\.\{target=([^{}]+)\}$/;

const stores = /^adl\.data\.(\d+)\.store$/;

/** A span of time (RTE 4.1.1.7). */
const span = /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;

const spans = /^cmi\.(session_time|interactions\.\d+\.latency)$/;

interface Collection {
  childArray: object[];
}

interface Answer {
  pattern: string;
}

interface Interaction {
  id: string;
  type: string;
  correct_responses: { childArray: Answer[] };
}

interface Inside {
  cmi: { content: object; learner_preference: object; interactions: Collection };
  adl: { data: Collection };
  _extractedScoItemIds: string[];
  _sequencing: { overallSequencingProcess: { predictChoiceEnabled(id: string): boolean } };
  lastErrorCode: string;
  isInitialized(): boolean;
  getChildElement(element: string, value: string, deep: boolean): object;
  _checkForDuplicateId(element: string, value: string): boolean;
}

/** The data model of a run time as content speaks to it. */
export class Elements {
  private readonly inside: Inside;
  private readonly answer: () => Answer;

  constructor(private readonly api: Scorm2004API) {
    const inside = (this.inside = api as unknown as Inside);
    // Any text may be empty (RTE 4.1.1.1): no place, and no language of one's own.
    replace(inside.cmi.learner_preference, "language", empty("_language"));
    replace(inside.cmi.content, "location", empty("_location"));
    replace(inside.getChildElement("cmi.comments_from_learner.0.comment", "", false), "location", empty("_location"));
    // What names an interaction may be set again, and name another as well (RTE 4.2.10).
    replace(inside.getChildElement("cmi.interactions.0.id", "", false), "id", (o, v, set) => {
      const was = o._idIsSet;
      o._idIsSet = false;
      try {
        set(v);
      } finally {
        o._idIsSet ||= was;
      }
    });
    // What a right answer may look like is asked before it is kept (see pattern.ts).
    const answer = inside.getChildElement("cmi.interactions.0.correct_responses.0.pattern", "", true);
    replace(answer, "pattern", (o, v) => {
      o._pattern = v;
    });
    this.answer = () => new (answer.constructor as new () => Answer)();
    const twice = inside._checkForDuplicateId.bind(inside);
    inside._checkForDuplicateId = (e, v) => !/^cmi\.interactions\.\d+\.id$/.test(e) && twice(e, v);
  }

  get(name: string): string {
    if (this.inside.isInitialized()) {
      if (holding.test(name)) return this.no("401", "");
      const [, request, id = ""] = asks.exec(name) ?? [];
      if (request === "choice") return this.no("0", String(this.inside._sequencing.overallSequencingProcess.predictChoiceEnabled(id)));
      if (request === "jump") return this.no("0", String(this.inside._extractedScoItemIds.includes(id)));
      this.inside.lastErrorCode = "0"; // not every answer says that it is none (RTE 3.1.7)
    }
    const said = this.api.lmsGetValue(name);
    // What a collection does not hold cannot be got (RTE 3.1.7.6), which is no question of values.
    if (this.inside.lastErrorCode === "403" && this.outside(name)) this.inside.lastErrorCode = "301";
    // A store that holds nothing holds no value (RTE 4.3.1).
    if (said === "" && this.inside.lastErrorCode === "0" && stores.test(name)) return this.no("403", "");
    return said;
  }

  set(name: string, value: unknown): string {
    const v = String(value);
    if (this.inside.isInitialized()) {
      if (holding.test(name)) return this.no("401"); // it is no element (RTE 3.1.7.6)
      if (name.endsWith(".id") && /^urn:/i.test(v) && !/^urn:[a-z0-9][a-z0-9-]{0,31}:\S+$/i.test(v)) return this.no("406");
      if (spans.test(name) && !span.test(v)) return this.no("406");
      const [, at] = /^cmi\.interactions\.(\d+)\.(?!id$)/.exec(name) ?? [];
      if (at) {
        // An interaction is named before anything is said of it (RTE 4.2.10).
        if (Number(at) > this.inside.cmi.interactions.childArray.length) return this.no("351");
        if (!this.asked(Number(at))?.id) return this.no("408");
      }
      const [, of, which] = patterns.exec(name) ?? [];
      const asked = of ? this.asked(Number(of)) : undefined;
      if (asked?.type && which) return this.right(asked, Number(which), v);
      const [, store] = stores.exec(name) ?? [];
      if (store && Number(store) >= this.inside.adl.data.childArray.length) return this.no("351");
    }
    const counts = this.collections(name).map((c) => [c, c.childArray.length] as const);
    const said = this.api.lmsSetValue(name, value);
    // What was refused has not begun anything.
    if (said !== "true") for (const [c, was] of counts) c.childArray.length = Math.min(c.childArray.length, was);
    return said;
  }

  private asked(at: number): Interaction | undefined {
    return this.inside.cmi.interactions.childArray[at] as Interaction | undefined;
  }

  /** Keeps a right answer of an interaction. */
  private right(of: Interaction, at: number, v: string): string {
    const all = of.correct_responses.childArray;
    if (at > all.length) return this.no("351");
    const code = refused(of.type, v, at, all.filter((_, i) => i !== at).map((o) => o.pattern));
    if (code !== "0") return this.no(code);
    all[at] ??= this.answer();
    all[at]!.pattern = v;
    return this.no("0", "true");
  }

  private no(code: string, said = "false"): string {
    this.inside.lastErrorCode = code;
    return said;
  }

  /** The collections on the way to an element that there are. */
  private collections(name: string): Collection[] {
    const out: Collection[] = [];
    let at: unknown = this.inside;
    for (const part of name.split(".").slice(0, -1)) {
      at = (at as Record<string, unknown> | undefined)?.[part] ?? (at as Collection | undefined)?.childArray?.[Number(part)];
      if (typeof at !== "object" || at === null) break;
      if (Array.isArray((at as Collection).childArray)) out.push(at as Collection);
    }
    return out;
  }

  private outside(name: string): boolean {
    if (!member.test(name)) return false;
    const parts = name.split(".");
    return this.collections(name).some((c, i) => Number(parts[i === 0 ? 2 : 4]) >= c.childArray.length);
  }
}

type Kept = Record<string, unknown>;

/** Replaces how objects of one's kind take a value. */
function replace(one: object, name: string, take: (o: Kept, v: string, set: (v: string) => void) => void): void {
  const kind = Object.getPrototypeOf(one) as object;
  const was = Object.getOwnPropertyDescriptor(kind, name);
  const set = was?.set;
  if (!set) throw new Error("scorm-again keeps " + name + " elsewhere");
  Object.defineProperty(kind, name, {
    ...was,
    set(this: Kept, v: string) {
      take(this, v, (x) => set.call(this, x));
    },
  });
}

function empty(field: string): (o: Kept, v: string, set: (v: string) => void) => void {
  return (o, v, set) => {
    if (v === "" && o[field] !== undefined) o[field] = "";
    else set(v);
  };
}
