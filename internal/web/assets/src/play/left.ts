// What earlier visits left on this device goes by the credentials of their own launches.

import { Portion, send } from "./log";
import type { Store } from "./store";

/** Whether all is sent, and whether any of it is never taken. */
export interface Sent {
  all: boolean;
  refused: boolean;
}

const portion = new Portion();

/** Sends what earlier visits left on this device of an attempt, but for the launch that
 * is open now. */
export async function sendLeft(to: string, store: Store, but = ""): Promise<Sent> {
  let all = true;
  let refused = false;
  for (const l of await store.left()) {
    if (l.launch === but) continue;
    let entries = l.entries;
    if (entries.length > 0 && !l.credential) {
      refused = true; // nothing says whose it is
      entries = [];
    }
    while (entries.length > 0) {
      const part = portion.of(entries);
      const sent = await send(to, l.credential, part, false);
      if ("refused" in sent) {
        refused = true; // too late, or not known any more
        entries = [];
      } else if ("unreachable" in sent) {
        if (portion.failed(part, sent.by)) continue;
        all = false;
        if (!sent.by) return { all, refused }; // there is no line
        break;
      } else {
        portion.arrived(part);
        entries = entries.filter((e) => e.number > sent.kept.number);
        if (sent.kept.number < part[0]!.number) {
          // What comes before is nowhere. Another tab may be writing there still, but it
          // puts away nothing that follows a gap, and takes nothing away before it is kept.
          refused = true;
          entries = [];
        }
      }
    }
    if (entries.length === 0) await store.forget(l.launch);
  }
  return { all, refused };
}
