import type { Unit } from "./units";

/** What the frame is told of a launch. */
export interface Opened {
  launch: string;
  credential: string;
  key: string;
  page: string;
  origin: string;
  sandbox: string;
  allow: string;
  /** It speaks to the record store itself: there is no log here. */
  speaks?: boolean;
  /** It wants a window of its own. */
  own?: boolean;
  /** Where a launch that its ticket has opened begins. */
  begin?: string;
  /** The pass that opens it once more as its page is reloaded. */
  again?: string;
  units?: Record<string, { completion: string; success: string; percent: number }>;
  seed: { kind: string; mode: string; units: Unit[]; activity?: string; sequencing?: { activityTree?: { id: string; title?: string } } };
}
