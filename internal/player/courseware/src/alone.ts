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
  seed: Seed;
}

/** Takes the frame's part: returns what the run time is to speak to. */
export function alone(own: Own, tell: (told: Told) => void): (said: Said) => void {
  const log = new Log(own.log, own.launch, own.credential, undefined, () => {});
  const normal = own.seed.mode === "normal";

  async function end(): Promise<void> {
    if (normal) await log.flush(own.back !== undefined);
    if (own.back && (!normal || log.unsent === 0)) location.assign(own.back);
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
      case "asked": // it was launched alone: whatever it asks for, it is done
      case "over":
      case "left":
        window.setTimeout(() => void end(), 0); // its last entries come first
        break;
    }
  };
}
