// What the tab keeps for this visit. Some browsers refuse it, for a page in private or
// where site data is blocked: then nothing is kept, and everything else works.

export function recall(name: string): string | undefined {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // it does without
  }
}

export function forget(name: string): void {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // nothing was kept
  }
}
