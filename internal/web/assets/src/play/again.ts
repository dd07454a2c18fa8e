// What opens a launch of another program once more, as its page is reloaded. It is kept
// by the tab, for the page's own address, and gone with the tab or once she leaves.

import { forget, recall, remember } from "./tab";

export interface Again {
  pass: string;
  /** The same operation that is sent again opens it once. */
  op: string;
}

const place = (): string => "again-" + location.pathname;

export function keepAgain(again: Again): void {
  remember(place(), JSON.stringify(again));
}

export function keptAgain(): Again | undefined {
  const kept = recall(place());
  return kept ? (JSON.parse(kept) as Again) : undefined;
}

export function forgetAgain(): void {
  forget(place());
}
