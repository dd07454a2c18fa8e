import { Scorm2004API } from "scorm-again/scorm2004/min";
import { correct, type Tree } from "./corrected";
import { Elements } from "./elements";
import { Engine, commits, type Stage } from "./engine";
import { Log } from "./log";
import { end, offered, tried } from "./offer";
import { leaves, type Said, type Seed, type Unit } from "./words";

/** What the player sets, and no unit changes. */
const given =
  /^cmi\.(learner_id|learner_name|credit|entry|mode|launch_data|max_time_allowed|time_limit_action|completion_threshold|scaled_passing_score|comments_from_lms)|^adl\.|_children$|_count$/;

/** The ends of a unit that end the whole. */
const ends = /^(logout|time-out)$/;

/** The requests that end no attempt. */
const stays = /^(suspendAll|abandon|abandonAll)$/;

/** What is kept of every conversation, whatever the unit says. */
const every = /^cmi\.(session_time|total_time|exit)$/;

/** What rules look at. */
const tracked = /(completion_status|success_status|score\.scaled|progress_measure)$/;

interface Activity {
  id: string;
  isActive: boolean;
  wasAutoCompleted: boolean;
}

interface Service {
  _sequencing: {
    activityTree: { suspendedActivity: unknown; setCurrentActivityWithoutActivation(a: null): void };
    getCurrentActivity(): unknown;
  };
  _sequencingService: { processNavigationRequest(request: string, target?: string, exit?: string): boolean };
}

/** SCORM 2004: one run time leads through the whole tree by its sequencing. */
export class Engine2004 extends Engine {
  private readonly api: Scorm2004API;
  private readonly elements: Elements;
  private log?: Log;
  private delivered = "";
  private leaving = false;
  private inside = false;
  private hidden: string[] = [];
  private told = "";
  private shared = "";
  /** How the open unit has ended, while it is judged no further than where she goes. */
  private waiting?: string;

  constructor(seed: Seed, stage: Stage, from: number) {
    super(seed, stage, from);
    this.api = new Scorm2004API({
      httpService: commits(() => this.stopped, (end) => this.log?.flush(end)),
      lmsCommitUrl: "log:", dataCommitFormat: "flattened", alwaysSendTotalTime: true, logLevel: 5,
      sequencing: {
        ...(seed.sequencing as object),
        logLevel: "error",
        eventListeners: {
          onActivityDelivery: (a: Activity) => this.deliver(a.id),
          onSequencingSessionEnd: (d: { reason: string }) => this.ended(d.reason),
          onNavigationValidityUpdate: (v) => {
            this.hidden = v.hideLmsUi;
          },
        },
      },
    });
    const sequencing = seed.sequencing as { activityTree?: Tree; objectivesGlobalToSystem?: boolean } | undefined;
    correct(this.api, sequencing?.activityTree, sequencing?.objectivesGlobalToSystem !== false);
    this.elements = new Elements(this.api);
    if (seed.state) this.api.deserializeSequencingState(seed.state);
    if (seed.objectives && Object.keys(seed.objectives).length) this.api.restoreGlobalObjectiveSnapshot(seed.objectives as never);
  }

  begin(): void {
    const current = this.api.getSequencingState().currentActivity as Activity | null;
    const wish = this.seed.activity;
    if (wish && !(current?.isActive && current.id === wish) && this.ask("choice", wish)) return;
    if (current && this.unit(current.id)) {
      if (current.isActive) return this.deliver(current.id);
      if (this.ask("continue") || this.ask("choice", current.id)) return;
    }
    if (this.seed.state && this.ask("resumeAll")) return;
    if (this.ask("start")) return;
    for (const u of leaves(this.seed.units)) if (this.ask("choice", u.id)) return;
  }

  protected again(unit: Unit, begun: boolean): void {
    this.prepare(unit);
    if (!begun) return;
    this.api.lmsInitialize("");
    this.begun = true;
    this.log?.resume();
  }

  private ask(request: string, target = ""): boolean {
    this.delivered = "";
    this.inside = true;
    const service = (this.api as unknown as Service)._sequencingService;
    service.processNavigationRequest(request, target || undefined, this.waiting);
    this.inside = false;
    const to = this.delivered;
    if (!to) return false;
    this.deliver(to);
    return true;
  }

  /** The sequencing has chosen a unit. Inside a call of the unit before it, that
   * call ends first. */
  private deliver(id: string): void {
    this.delivered = id;
    if (this.inside) return;
    const unit = this.unit(id);
    if (!unit) return;
    this.api.reset(undefined, { preserveListeners: true, resetTotalTime: true });
    forget(this.api);
    if (unit.asset) {
      this.activity = unit.id;
      this.write({ activity: id, at: Date.now(), set: { "cmi.completion_status": "completed" }, end: true });
    } else {
      this.prepare(unit);
    }
    this.keepState();
    this.stage.say({ cadre: 1, kind: "shown", activity: id });
    this.offer();
    this.stage.keep();
    this.stage.show(unit);
  }

  /** Says where she may go from here, if it has changed. */
  private offer(): void {
    const exit = this.waiting ?? this.api.cmi.getExitValueInternal();
    const valid: Said = { cadre: 1, kind: "valid", hidden: this.hidden, ...offered(this.api, exit) };
    const told = JSON.stringify(valid);
    if (told === this.told) return;
    this.told = told;
    this.stage.say(valid);
  }

  private prepare(unit: Unit): void {
    const api = this.api;
    delete this.waiting;
    const left = this.seed.left[unit.id] ?? "";
    const resumed = left === "suspend" || left === "open";
    const before = resumed ? (this.seed.data[unit.id] ?? {}) : {};
    api.loadFromFlattenedJSON({
      ...withoutSession(before), ...(unit.given ?? {}),
      ...this.learnerElements({ id: "cmi.learner_id", name: "cmi.learner_name" }),
      ...(this.seed.learner.language ? { "cmi.learner_preference.language": this.seed.learner.language } : {}),
      "cmi.mode": this.seed.mode,
      "cmi.credit": this.seed.mode === "normal" ? "credit" : "no-credit",
      "cmi.entry": resumed ? "resume" : "ab-initio", // another attempt begins at its beginning (RTE 4.2.7)
    });
    this.activity = unit.id;
    this.begun = false;
    this.log = new Log(unit.id, () => api.renderCommitCMI(false, true) as unknown as Record<string, unknown>, (name) => !given.test(name), (e) => {
      const shared = JSON.stringify(api.captureSharedDataSnapshot());
      if (shared !== this.shared) {
        this.shared = shared;
        e.state = api.serializeSequencingState();
      }
      this.write(e);
      if (Object.keys(e.set).some((name) => tracked.test(name))) this.offer();
    });
    const log = this.log;
    const live = () => this.log === log; // a unit that is gone no longer speaks
    this.shared = JSON.stringify(api.captureSharedDataSnapshot());
    this.stage.expose("API_1484_11", {
      version: "1.0",
      Initialize: (p: string) => {
        if (!live()) return "false";
        const said = api.lmsInitialize(p);
        if (said === "true") {
          this.begun = true;
          this.seed.left[unit.id] = "open";
          log.begin(!resumed && left !== "", before);
        }
        return said;
      },
      Terminate: (p: string) => {
        if (!live()) return "false";
        this.delivered = "";
        this.inside = true;
        // A unit that has only begun ends as she leaves the whole. One that has kept anything is
        // suspended with it.
        let done = this.pending.startsWith("leave") && !this.spoke() && this.done();
        // Where she has asked to go stands above what the unit asks for as it goes.
        const [request, target] = this.pending.split("\n");
        if (request && request !== "deliver") this.announce(request, target ?? "");
        if (ends.test(api.cmi.getExitValueInternal())) {
          // What ends the whole does so instead of whatever the unit asks for (RTE 4.2.8).
          if (request !== "leave" && stays.test(api.adl.nav.request)) api.adl.nav.request = "exitAll";
        } else if (api.adl.nav.request === "suspendAll") {
          api.cmi.exit = "suspend"; // to suspend the whole suspends the unit, whatever it has said of its own end (RTE 4.2.8)
        }
        // What is suspended or abandoned has not ended its attempt (SN TB.2.3).
        if (!stays.test(api.adl.nav.request) || ends.test(api.cmi.getExitValueInternal())) done ||= this.done();
        const exit = api.cmi.getExitValueInternal();
        const waits = api.adl.nav.request === "_none_" && !ends.test(exit);
        const said = waits ? this.terminate(p) : api.lmsFinish(p);
        this.inside = false;
        if (said !== "true") return said;
        this.begun = false;
        this.seed.left[unit.id] = exit || "normal";
        if (waits) this.wait(exit, done);
        else this.keepState(done);
        if (this.delivered) this.later(this.delivered);
        else if (this.pending.startsWith("leave")) this.pending = "leave";
        else if (!this.underWay()) {
          this.pending = "";
          this.ended("exit"); // the rules have ended the whole
        } else {
          // Its end has been judged, and leads nowhere: she stays with the tree.
          this.pending = "";
          this.stage.say({ cadre: 1, kind: "asked", request: "finish" });
        }
        this.stage.keep();
        if (!this.delivered) this.offer();
        return said;
      },
      GetValue: (e: string) => this.elements.get(e),
      SetValue: (e: string, v: unknown) => {
        if (!live()) return "false";
        const said = this.elements.set(e, v);
        if (said === "true") log.touch(e);
        return said;
      },
      Commit: (p: string) => (live() ? api.lmsCommit(p) : "false"),
      GetLastError: () => api.lmsGetLastError(),
      GetErrorString: (c: string) => api.lmsGetErrorString(c),
      GetDiagnostic: (c: string) => api.lmsGetDiagnostic(c),
    });
  }

  /** Ends the conversation without a request: where nobody asks to go anywhere, nothing
   * is judged before she does (SN OP.1), and scorm-again would exit at once. */
  private terminate(p: string): string {
    const sequencing = (this.api as unknown as Service)._sequencing;
    const current = sequencing.getCurrentActivity;
    sequencing.getCurrentActivity = () => null;
    try {
      return this.api.lmsFinish(p);
    } finally {
      sequencing.getCurrentActivity = current;
    }
  }

  /** Waits for where she goes. What is kept is judged already: she may never go anywhere. */
  private wait(exit: string, done: boolean): void {
    const state = tried(this.api, () => {
      end(this.api, exit);
      return this.state();
    });
    this.waiting = exit;
    this.keep(state, done);
  }

  /** Shows a unit once the call that led to it has ended. */
  private later(id: string): void {
    this.pending = "deliver\n" + id;
    window.setTimeout(() => {
      if (this.pending === "deliver\n" + id) this.goOn();
    }, 0);
  }

  /** Whether the open unit has said anything that it could go on from. */
  private spoke(): boolean {
    this.flush();
    return Object.keys(this.seed.data[this.activity] ?? {}).some((name) => !every.test(name));
  }

  /** Whether the open unit, where it ends now, is completed without a word of its own. */
  private done(): boolean {
    const exit = this.api.cmi.getExitValueInternal();
    const unit = this.api.getSequencingState().currentActivity as Activity | null;
    if (exit === "suspend" || !unit) return false;
    return tried(this.api, () => {
      end(this.api, exit);
      return unit.wasAutoCompleted;
    });
  }

  private keepState(done = false): void {
    this.keep(this.state(), done);
  }

  private keep(state: string, done: boolean): void {
    this.write({ activity: this.activity, at: Date.now(), set: {}, state, ...(done ? { done } : {}) });
  }

  /** What is kept of the sequencing. Where the whole has ended, nothing is current: the
   * unit that was would be active again once this is restored. */
  private state(): string {
    const tree = (this.api as unknown as Service)._sequencing.activityTree;
    if (!this.underWay() && !tree.suspendedActivity) tree.setCurrentActivityWithoutActivation(null);
    return this.api.serializeSequencingState();
  }

  private ended(reason: string): void {
    if (!this.leaving) this.stage.say({ cadre: 1, kind: "over", reason });
  }

  protected announce(request: string, target: string): void {
    this.leaving = request === "leave";
    if (this.begun) this.api.adl.nav.request = request === "leave" ? "suspendAll" : request === "choice" ? `{target=${target}}choice` : request;
  }

  flush(): void {
    this.log?.flush(false);
  }

  /** The unit is gone, with or without a word: what it had set counts. */
  protected follow(request: string, target: string): void {
    this.flush();
    this.begun = false;
    if (request === "deliver") return this.deliver(target);
    if (request === "leave") return this.suspend();
    if (this.ask(request, target)) return;
    if (this.underWay()) {
      const unit = this.unit(this.activity);
      if (unit) this.deliver(unit.id); // where it does not lead on, she stays
      return;
    }
    // The whole has ended. To show its last unit again would begin that anew, and what
    // it remembers would be gone.
    delete this.waiting;
    this.keepState();
    this.offer();
  }

  private underWay(): boolean {
    return (this.api.getSequencingState().rootActivity as Activity | null)?.isActive === true;
  }

  private suspend(): void {
    this.leaving = true;
    const current = this.api.getSequencingState().currentActivity as Activity | null;
    if (this.waiting !== undefined) {
      end(this.api, this.waiting);
      this.keepState();
    } else if (current?.isActive) {
      this.inside = true;
      this.api.processNavigationRequest("suspendAll");
      this.inside = false;
      this.keepState();
    }
    this.stage.say({ cadre: 1, kind: "left" });
  }
}

/** What is given to one unit, or preferred in it, is not another's: a reset of the run
 * time leaves it. */
function forget(api: Scorm2004API): void {
  api.cmi.scaled_passing_score = "";
  api.cmi.completion_threshold = "";
  api.cmi.max_time_allowed = "";
  api.cmi.time_limit_action = "continue,no message";
  const preferred = api.cmi.learner_preference;
  preferred.audio_level = "1";
  preferred.delivery_speed = "1";
  preferred.audio_captioning = "0";
  preferred.language = "";
}

/** What belonged to the last session alone is not restored. */
function withoutSession(data: Record<string, string>): Record<string, string> {
  const { "cmi.session_time": _time, "cmi.exit": _exit, ...rest } = data;
  return rest;
}
