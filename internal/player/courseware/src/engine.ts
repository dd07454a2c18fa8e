import type { Entry, Request, Seed, Unit } from "./words";
import { leaves } from "./words";

/** Where units are shown and find their run time. */
export interface Stage {
  /** Puts the run time where the unit will look for it. */
  expose(name: string, api: object): void;
  /** Shows a unit. What was shown before has ended. */
  show(unit: Unit): void;
  /** Takes away what is shown, so that it ends, then goes on. */
  clear(then: () => void): void;
  say(what: object): void;
  /** Keeps the engine's state with the stage, where the engine does not outlive a unit. */
  keep(): void;
}

/** What has to be known to take up a conversation in another document. */
export interface Kept {
  activity: string;
  begun: boolean;
  pending: string;
}

/** A run time: it leads through the units and hands every change to the log. */
export abstract class Engine {
  protected activity = "";
  protected begun = false;
  private entries = 0;

  constructor(
    protected readonly seed: Seed,
    protected readonly stage: Stage,
    from: number,
  ) {
    this.entries = from;
  }

  /** Shows the unit to begin with. */
  abstract begin(): void;
  /** Readies the run time for the document that a unit goes on in. */
  protected abstract again(unit: Unit, begun: boolean): void;
  /** Does what was waiting for the unit before to be gone. */
  protected abstract follow(request: string, target: string): void;
  /** Puts what has changed into the log. */
  abstract flush(): void;
  /** Tells a unit that is still there where its end is to lead. */
  protected abstract announce(request: string, target: string): void;

  /** What is to be done once the unit is gone, as "request\ntarget". */
  protected pending = "";

  go(r: Request | "leave", target: string): void {
    this.flush();
    this.announce(r, target);
    this.pending = r + "\n" + target;
    this.stage.keep();
    this.stage.clear(() => this.goOn());
  }

  leave(): void {
    this.go("leave", "");
  }

  /** Takes up in another document what began in one before. */
  takeUp(k: Kept): void {
    this.activity = k.activity;
    if (k.pending) {
      this.pending = k.pending;
      this.goOn();
      return;
    }
    const unit = this.unit(k.activity);
    if (unit) this.again(unit, k.begun);
    else this.begin();
  }

  protected goOn(): void {
    const [request, target] = this.pending.split("\n");
    this.pending = "";
    if (request) this.follow(request, target ?? "");
  }

  /** Ends all writing: another device has taken over. */
  stop(): void {
    this.stopped = true;
  }
  protected stopped = false;

  get count(): number {
    return this.entries;
  }

  kept(): Kept {
    return { activity: this.activity, begun: this.begun, pending: this.pending };
  }

  protected unit(id: string): Unit | undefined {
    return leaves(this.seed.units).find((u) => u.id === id);
  }

  /** Numbers an entry and hands it to the player's frame. */
  protected write(entry: Entry): void {
    if (this.stopped) return;
    const data = (this.seed.data[entry.activity] ??= {});
    if (entry.fresh) this.seed.data[entry.activity] = { ...entry.set };
    else Object.assign(data, entry.set);
    for (const name of entry.gone ?? []) delete this.seed.data[entry.activity]![name];
    if (entry.state !== undefined) this.seed.state = entry.state;
    // What is read again is remembered while it is open and no longer. So is what is
    // looked at; the frame hears of it for the units that ask for others first.
    if (this.seed.mode !== "review") this.stage.say({ cadre: 1, kind: "entry", number: ++this.entries, entry });
    this.stage.keep();
  }

  protected learnerElements(names: { id: string; name: string }): Record<string, string> {
    return { [names.id]: this.seed.learner.id, [names.name]: this.seed.learner.name };
  }
}

/** An HTTP service of scorm-again that sends nothing: a commit is an entry of the
 * log, numbered and handed over before it returns. */
export function commits(stopped: () => boolean, flush: (end: boolean) => void) {
  return {
    processHttpRequest(_url: string, _params: unknown, _now: boolean, _log: unknown, _listeners: unknown, meta?: { isTerminateCommit: boolean }) {
      if (stopped()) return { result: "false", errorCode: 391 };
      flush(meta?.isTerminateCommit === true);
      return { result: "true", errorCode: 0 };
    },
    updateSettings(): void {},
  };
}
