import type { Store, Waiting } from "./store";

/** What the server says of a log. */
export interface Kept {
  number: number;
  replaced?: boolean;
  /** It was ended from outside, or its package was taken out of use. */
  over?: "ended" | "withdrawn";
  state: string;
  percent: number;
  units: Record<string, { completion: string; success: string; percent: number }>;
}

/** How an attempt to send ended. What cannot be reached now can be later; it may have
 * been answered by something that stands between. */
export type Sent = { kept: Kept } | { refused: number } | { unreachable: true; by?: number };

/** Most that is sent at once, in signs, and most that goes into a last word. */
const batch = 1 << 20;
const lastWord = 60 * 1024;

export function body(credential: string, entries: Waiting[], end: boolean): string {
  const list = entries.map((e) => `{"number":${e.number},"entry":${e.text}}`).join(",");
  return `{"credential":${JSON.stringify(credential)},"now":${Date.now()},"entries":[${list}]${end ? ',"end":true' : ""}}`;
}

export async function send(to: string, credential: string, entries: Waiting[], end: boolean): Promise<Sent> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  let content: BodyInit = body(credential, entries, end);
  const stop = new AbortController();
  const timer = window.setTimeout(() => stop.abort(), 60_000);
  try {
    if (content.length > 2048 && "CompressionStream" in window) {
      const packed = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
      content = await new Response(packed).blob();
      headers["Content-Encoding"] = "gzip";
    }
    const answer = await fetch(to, { method: "POST", headers, body: content, signal: stop.signal });
    if (await final(answer)) return { refused: answer.status };
    if (!answer.ok) return { unreachable: true, by: answer.status };
    const kept = (await answer.json()) as Kept;
    return typeof kept.number === "number" ? { kept } : { unreachable: true };
  } catch {
    return { unreachable: true };
  } finally {
    window.clearTimeout(timer);
  }
}

/** Whether the server itself says that this is never taken: unknown, too late or not a
 * log. A proxy that answers the same knows nothing of it. */
export async function final(answer: Response): Promise<boolean> {
  if (![401, 410, 422].includes(answer.status)) return false;
  if (!answer.headers.get("Content-Type")?.startsWith("application/problem+json")) return false;
  const problem = (await answer.json()) as { type?: unknown };
  return typeof problem.type === "string" && problem.type.startsWith("urn:cadre:problem:");
}

/** How much goes at once: half as much after each attempt that failed, down to one
 * entry, and twice as much after each that did not. */
export class Portion {
  private most = batch;

  of(entries: Waiting[]): Waiting[] {
    return fitting(entries, this.most);
  }

  /** Returns whether it is worth trying at once: something answers that may mind how
   * much it is. */
  failed(sent: Waiting[], by = 0): boolean {
    if (sent.length === 0) return false;
    this.most = Math.max(1, Math.min(this.most, size(sent)) >> 1);
    return sent.length > 1 && by >= 400 && by < 500 && by !== 408 && by !== 429;
  }

  arrived(sent: Waiting[]): void {
    this.most = Math.min(batch, 2 * Math.max(this.most, size(sent)));
  }
}

function size(entries: Waiting[]): number {
  return entries.reduce((n, e) => n + e.text.length + 40, 0);
}

/** Takes the first entries that fit. */
function fitting(entries: Waiting[], most: number): Waiting[] {
  let size = 0;
  let n = 0;
  while (n < entries.length && n < 400) {
    size += entries[n]!.text.length + 40;
    if (n > 0 && size > most) break;
    n++;
  }
  return entries.slice(0, n);
}

/** An entry, and when it came. */
interface Came extends Waiting {
  at: number;
}

/** The log of one launch: entries come in, are put away on this device, and are
 * sent in order until the server has said that it keeps them. */
export class Log {
  private queue: Came[] = [];
  private written = 0; // the last entry that came
  private begun = false; // the credential is on this device's disk
  private here = 0; // the last that is there with all before it that the server does not keep
  private kept = 0; // the last that the server keeps
  private storing: Promise<void> = Promise.resolve();
  private closed = false;
  private sending?: Promise<void>;
  private timer = 0;
  private pause = 0;
  private refused = 0;
  private readonly portion = new Portion();
  replaced = false;
  over?: Kept["over"];

  constructor(
    private readonly to: string,
    readonly launch: string,
    private readonly credential: string,
    private readonly store: Store | undefined,
    private readonly changed: (k?: Kept) => void,
  ) {}

  /** Remembers the launch on this device before anything happens in it. */
  begin(): Promise<void> {
    return this.putAway();
  }

  add(entry: unknown): void {
    this.queue.push({ number: ++this.written, text: JSON.stringify(entry), at: performance.now() });
    void this.putAway();
    this.changed();
    this.soon(0);
  }

  /** Puts away what is not on this device yet, with what could not be before: what
   * follows a gap could never be sent from here. */
  private putAway(): Promise<void> {
    return (this.storing = this.storing.then(async () => {
      const left = this.queue.filter((e) => e.number > this.here);
      if (!this.store || this.closed || (this.begun && left.length === 0)) return;
      try {
        await this.store.put(this.launch, this.begun ? left : [{ number: 0, text: this.credential }, ...left]);
      } catch {
        return; // the disk is full, or storage was taken away: what counts is the server
      }
      this.begun = true;
      for (const e of left) {
        this.here = Math.max(this.here, e.number);
        performance.measure("saved-here", { start: e.at, end: performance.now() });
      }
      if (left.length > 0) this.changed();
    }));
  }

  /** Puts nothing more on this device; resolves once nothing is on its way there. */
  close(): Promise<void> {
    this.closed = true;
    return this.storing;
  }

  get entries(): number {
    return this.written;
  }

  get unsent(): number {
    return this.written - this.kept;
  }

  get state(): "saved" | "here" | "not-yet" | "refused" {
    if (this.refused) return "refused";
    if (this.unsent === 0) return "saved";
    return this.begun && this.here >= this.written ? "here" : "not-yet";
  }

  /** Sends soon, unless it is sending. */
  soon(after: number): void {
    window.clearTimeout(this.timer);
    if (this.refused) return;
    this.timer = window.setTimeout(() => void this.flush(), after);
  }

  /** The line is back. */
  again(): void {
    this.pause = 0;
    this.soon(0);
  }

  /** Sends what there is; resolves once it is sent or cannot be now. */
  flush(end = false): Promise<void> {
    if (this.sending) return end ? this.sending.then(() => this.flush(true)) : this.sending;
    this.sending = this.sendAll(end).finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async sendAll(end: boolean): Promise<void> {
    while ((this.queue.length > 0 || end) && !this.refused) {
      const part = this.portion.of(this.queue);
      const last = end && part.length === this.queue.length;
      const sent = await send(this.to, this.credential, part, last);
      if ("unreachable" in sent) {
        if (this.portion.failed(part, sent.by)) continue;
        this.pause = Math.min(60_000, this.pause ? this.pause * 2 : 1000);
        void this.putAway(); // there may be room again
        this.changed();
        if (!end) this.soon(this.pause * (0.5 + Math.random() / 2));
        return;
      }
      if ("refused" in sent) {
        this.refused = sent.refused;
        this.changed();
        return;
      }
      if (part.length > 0 && sent.kept.number < part[0]!.number) {
        this.refused = 409; // the server knows less than it once said: nothing here can mend that
        this.changed();
        return;
      }
      this.pause = 0;
      this.portion.arrived(part);
      this.kept = Math.max(this.kept, sent.kept.number);
      this.queue = this.queue.filter((e) => e.number > this.kept);
      this.replaced = this.replaced || sent.kept.replaced === true;
      this.over = sent.kept.over ?? this.over;
      await this.storing.then(() => this.store?.sent(this.launch, this.kept)).catch(() => {});
      this.changed(sent.kept);
      if (last) return;
    }
  }

  /** What can still be said while the page goes away. What does not fit is on
   * this device already. */
  lastWord(): void {
    const part = fitting(this.queue, lastWord);
    const text = body(this.credential, part, part.length === this.queue.length);
    // As plain text: a page without an origin is not asked first whether it may.
    if (new Blob([text]).size <= lastWord) navigator.sendBeacon(this.to, new Blob([text], { type: "text/plain" }));
  }
}
