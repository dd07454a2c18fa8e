// A launch in a window of its own: what the player's frame does otherwise. The log
// is sent from here, and nothing is put away on the device, where the package
// could reach it.

import { Log } from "../../../web/assets/src/play/log";
import type { Said, Seed, Told } from "./words";

export interface Own {
  launch: string;
  credential: string;
  log: string;
  page: string;
  sandbox: string;
  allow: string;
  back?: string;
  /** What is said when another device has taken over, when it was ended from outside or
   * its package was withdrawn, and when nothing is taken. */
  replaced: string;
  ended: string;
  withdrawn: string;
  refused: string;
  /** What is said when it does not open, while its last words are on their way, and
   * once they are kept where nothing leads back. */
  trouble: string;
  waiting: string;
  over: string;
  /** The word on the button that ends it, where the package has no end of its own. */
  exit?: string;
  seed: Seed;
}

/** Takes the frame's part: returns what the run time is to speak to. cleared takes
 * away what is shown, once it has ended by her button. */
export function alone(own: Own, tell: (told: Told) => void, cleared = (): void => {}): (said: Said) => void {
  const log = new Log(own.log, own.launch, own.credential, undefined, changed);
  const normal = own.seed.mode === "normal";
  let told = false;
  let box: HTMLElement | undefined;

  function notify(text: string): void {
    if (!box) {
      box = document.createElement("p");
      box.className = "alone-notice";
      box.setAttribute("role", "alert");
      document.body.prepend(box);
    }
    box.textContent = text;
  }

  /** Says it once when she cannot go on here: another device has taken over, it was
   * ended, or nothing is kept any more. */
  function changed(): void {
    if (told || !(log.over || log.replaced || log.state === "refused")) return;
    told = true;
    tell({ cadre: 1, kind: "stop" });
    notify(log.over ? own[log.over] : log.replaced ? own.replaced : own.refused);
  }

  /** Sends the end, as often as it takes, and leads back where she came from. */
  async function end(): Promise<void> {
    for (let wait = 1000; normal; wait = Math.min(30_000, wait * 2)) {
      await log.flush(own.back !== undefined);
      if (log.state === "refused") return;
      if (log.unsent === 0) break;
      if (!told) notify(own.waiting);
      await new Promise((then) => window.setTimeout(then, wait));
    }
    if (own.back) location.assign(own.back);
    else if (!told) notify(own.over);
  }

  window.addEventListener("online", () => log.again());
  window.addEventListener("pagehide", () => {
    if (normal) log.lastWord();
  });
  window.addEventListener("beforeunload", (event) => {
    if (normal && log.unsent > 0) event.preventDefault();
  });
  return (said) => {
    switch (said.kind) {
      case "ready":
        tell({ cadre: 1, kind: "seed", seed: own.seed });
        break;
      case "entry":
        if (normal) log.add(said.entry);
        break;
      case "trouble":
        notify(own.trouble);
        break;
      case "asked": // it was launched alone: whatever it asks for, it is done
      case "over":
      case "left":
        window.setTimeout(() => {
          if (said.kind === "left") cleared();
          void end();
        }, 0); // its last entries come first
        break;
    }
  };
}
