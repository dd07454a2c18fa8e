// What keeps the learner's place and results: the system that launched the module.
import type { Interaction } from "./interaction";

/** What is to be kept after each act. */
export interface Place {
  state: (limit: number) => string;
  page: string;
  progress: number;
}

export interface Result {
  passed: boolean;
  /** Whether the module asks anything. */
  asked: boolean;
  points: number;
  max: number;
  /** 0 to 1; 1 where everything asked was left out after its warning. */
  scaled: number;
}

export interface Keeper {
  /** What was kept before; empty for nothing. */
  readonly kept: string;
  /** What the system says of her language; empty for nothing. */
  readonly language: string;
  /** The share of the points to pass, where the system says another than the
   * module; negative where it says none. */
  readonly passAt: number;
  /** She only looks: nothing is recorded. */
  readonly looking: boolean;
  /** What is wrong, as the name of a sentence; empty for nothing. */
  readonly trouble: string;
  /** Whether leave leads somewhere. */
  readonly leads: boolean;
  place(p: Place): void;
  answered(i: Interaction): void;
  ended(r: Result): void;
  /** Leaves for where she came from, once everything is kept. */
  leave(): Promise<void>;
  /** Says "unsaved" while something is not kept yet, "" once it is. */
  onTrouble(tell: (sentence: string) => void): void;
}

/** Nobody keeps anything: the files were opened by hand. */
export const nobody: Keeper = {
  kept: "", language: "", passAt: -1, looking: false, trouble: "not-recorded", leads: false,
  place() {}, answered() {}, ended() {}, onTrouble() {},
  leave: () => Promise.resolve(),
};

/** An ISO 8601 duration. */
export function duration(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  const rest = Math.floor((s % 60) * 100) / 100;
  return "PT" + (h ? h + "H" : "") + (m ? m + "M" : "") + rest + "S";
}
