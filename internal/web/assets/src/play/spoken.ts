// What is saved of a unit that speaks to the record store itself: nobody but the store
// knows, so the frame asks it, and says no more than it answers.

import { final } from "./log";

interface Saved {
  /** When the store last took something of the launch. */
  at?: string;
  ended?: boolean;
  refused?: boolean;
  units?: Record<string, { completion: string; success: string; percent: number }>;
}

/** What is known: nothing yet, that it has what was sent, that it takes no more, that it
 * is not to be reached. */
type Word = "" | "saved" | "refused" | "noLineNow";

/** How often is asked, and how long an answer is waited for, in milliseconds. */
const every = 12_000;
const patience = 20_000;

/** Tells what the store has, until it is stopped by what it returns. A page that nobody
 * looks at does not ask. */
export function watch(path: string, credential: string, tell: (word: Word, units?: Saved["units"]) => void): () => void {
  const stop = new AbortController();
  const stopped = (): boolean => stop.signal.aborted;
  let timer = 0;
  let asking = false;
  let at = ""; // when something was taken last
  let lost = ""; // the same, as the line was lost: what was sent since may not have come

  const cut = (): void => {
    lost = at;
    tell("noLineNow");
  };

  const ask = async (): Promise<void> => {
    const late = new AbortController();
    const waited = window.setTimeout(() => late.abort(), patience);
    let s: Saved | undefined;
    try {
      const answer = await fetch(path, { headers: { Authorization: "Bearer " + credential }, signal: late.signal });
      if (answer.ok) s = (await answer.json()) as Saved;
      else if (await final(answer)) s = { refused: true }; // it is erased, or long ago
    } catch {
      // there is no line, or no answer of ours
    }
    window.clearTimeout(waited);
    if (stopped()) return;
    if (!s) return cut();
    at = s.at ?? "";
    tell(s.refused ? "refused" : at !== lost ? "saved" : "", s.units);
    if (s.ended || s.refused) stop.abort();
  };

  const turn = async (): Promise<void> => {
    if (asking || stopped()) return;
    window.clearTimeout(timer);
    asking = true;
    if (!document.hidden) await ask();
    asking = false;
    if (!stopped()) timer = window.setTimeout(turn, every);
  };

  const options = { signal: stop.signal };
  window.addEventListener("online", () => void turn(), options);
  window.addEventListener("offline", cut, options);
  document.addEventListener("visibilitychange", () => void turn(), options);
  tell("");
  timer = window.setTimeout(turn, every);
  return () => {
    stop.abort();
    window.clearTimeout(timer);
  };
}
