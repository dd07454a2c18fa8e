// Asking the server for something that is done once.

/** How long an answer is waited for. */
export const patience = 60_000;

/** A new id of an operation: the same that is sent again is done once. */
export function id(): string {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const h = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** Sends something whose answer is waited for, but not for ever. */
export async function post(to: string, body: BodyInit): Promise<Response> {
  const stop = new AbortController();
  window.setTimeout(() => stop.abort(), patience);
  return fetch(to, { method: "POST", body, signal: stop.signal });
}
