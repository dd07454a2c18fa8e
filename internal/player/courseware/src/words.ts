// What the run time and the player's frame say to each other. The frame is the
// application's; the run time stands beside the package, and whatever it says
// may be the package speaking.

/** A node of the activity tree; only those with an address can be launched. */
export interface Unit {
  id: string;
  title: string;
  href?: string;
  asset?: boolean;
  hidden?: boolean;
  prerequisites?: string;
  given?: Record<string, string>;
  units?: Unit[];
}

/** Everything that a launch begins with. */
export interface Seed {
  kind: "scorm12" | "scorm2004" | "h5p";
  mode: "normal" | "browse" | "review";
  learner: { id: string; name: string; language: string };
  units: Unit[];
  /** The unit asked for; empty to go on where she was, or to begin. */
  activity: string;
  /** What each unit has remembered, by dotted names. */
  data: Record<string, Record<string, string>>;
  /** How each unit was left: "" never opened, "open" without an end, else its exit. */
  left: Record<string, string>;
  /** The sequencing of SCORM 2004, as its run time takes it, and its state as it
   * was last kept. */
  sequencing?: object;
  state?: string;
  /** Objectives that she brings from other packages. */
  objectives?: Record<string, unknown>;
}

/** One entry of the log. */
export interface Entry {
  activity: string;
  at: number;
  set: Record<string, string>;
  gone?: string[];
  /** The unit begins anew: what it remembered before is over. */
  fresh?: boolean;
  /** The unit has ended the conversation. */
  end?: boolean;
  /** The unit has ended and said nothing of its completion, which its manifest leaves to
   * the run time: it is completed (SCORM 2004 SN UP.4). */
  done?: boolean;
  state?: string;
}

/** From the run time to the frame. */
export type Said =
  | { cadre: 1; kind: "ready" }
  | { cadre: 1; kind: "entry"; number: number; entry: Entry }
  | { cadre: 1; kind: "shown"; activity: string }
  | { cadre: 1; kind: "valid"; next: boolean; previous: boolean; choice: Record<string, boolean>; hidden: string[]; unseen: string[] }
  | { cadre: 1; kind: "asked"; request: string }
  | { cadre: 1; kind: "over"; reason: string }
  | { cadre: 1; kind: "trouble" }
  | { cadre: 1; kind: "left" };

/** From the frame to the run time. */
export type Told =
  | { cadre: 1; kind: "seed"; seed: Seed }
  | { cadre: 1; kind: "go"; request: Request; target?: string }
  | { cadre: 1; kind: "leave" }
  | { cadre: 1; kind: "stop" };

export type Request = "continue" | "previous" | "choice";

/** The units that can be launched, in order. */
export function leaves(units: Unit[]): Unit[] {
  return units.flatMap((u) => (u.href ? [u] : []).concat(leaves(u.units ?? [])));
}
