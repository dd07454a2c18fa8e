// What waits on this device to be sent: entries of logs, sealed with a key that
// the server keeps and hands to the same person alone.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface Waiting {
  number: number;
  text: string;
}

/** A launch with work that was never sent; its credential is empty where that is not
 * here. */
export interface Left {
  launch: string;
  credential: string;
  entries: Waiting[];
}

interface Row {
  attempt: string;
  launch: string;
  number: number;
  iv: Uint8Array;
  data: ArrayBuffer;
}

function done<T>(r: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error);
  });
}

function committed(t: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    t.oncomplete = () => resolve();
    t.onerror = t.onabort = () => reject(t.error);
  });
}

export class Store {
  private key?: CryptoKey;
  private promised = false;

  private constructor(
    private readonly db: IDBDatabase,
    private readonly attempt: string,
  ) {}

  /** Whether the browser has promised not to clear it by itself. */
  get lasting(): boolean {
    return this.promised;
  }

  /** Opens the store; undefined where the browser has none. promised is called once
   * the browser has promised not to clear it. */
  static async open(attempt: string, promised: () => void): Promise<Store | undefined> {
    try {
      const request = indexedDB.open("cadre-work", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("entries", { keyPath: ["attempt", "launch", "number"] });
      };
      const db = await done(request);
      const store = new Store(db, attempt);
      void store.ask().then((yes) => {
        store.promised = yes;
        if (yes) promised();
      });
      return store;
    } catch {
      return undefined;
    }
  }

  /** Asks the browser to keep what is here. Firefox asks the person, and says
   * nothing before she has answered: nothing may wait for this. */
  private async ask(): Promise<boolean> {
    try {
      return (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false;
    } catch {
      return false;
    }
  }

  async unlock(key: string): Promise<void> {
    const raw = Uint8Array.from(atob(key), (c) => c.charCodeAt(0));
    this.key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  /** The part of another attempt, for what was done in it to be sent. */
  of(attempt: string): Store {
    return new Store(this.db, attempt);
  }

  /** The other attempts of which anything waits here, whoever's they are. */
  async others(): Promise<string[]> {
    const keys = (await done(this.db.transaction("entries").objectStore("entries").getAllKeys())) as [string, string, number][];
    return [...new Set(keys.map(([attempt]) => attempt))].filter((a) => a !== this.attempt);
  }

  private range(launch?: string): IDBKeyRange {
    return launch === undefined
      ? IDBKeyRange.bound([this.attempt], [this.attempt, []])
      : IDBKeyRange.bound([this.attempt, launch], [this.attempt, launch, []]);
  }

  /** Whether anything of this attempt waits here. */
  async any(): Promise<boolean> {
    return (await done(this.db.transaction("entries").objectStore("entries").count(this.range()))) > 0;
  }

  /** The launch that this device opened last; empty if none is remembered. */
  async last(): Promise<string> {
    const rows = (await done(this.db.transaction("entries").objectStore("entries").getAll(this.range()))) as Row[];
    let last = "";
    for (const r of rows) if (r.launch > last) last = r.launch; // ids begin with their time
    return last;
  }

  /** Puts entries away; number 0 is the launch's credential. It is on the disk
   * when this returns. */
  async put(launch: string, entries: Waiting[]): Promise<void> {
    const rows: Row[] = [];
    for (const e of entries) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const about = encoder.encode(`${this.attempt} ${launch} ${e.number}`);
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: about }, this.key!, encoder.encode(e.text));
      rows.push({ attempt: this.attempt, launch, number: e.number, iv, data });
    }
    const t = this.db.transaction("entries", "readwrite", { durability: "strict" } as IDBTransactionOptions);
    for (const r of rows) t.objectStore("entries").put(r);
    await committed(t);
  }

  /** What was never sent, by launch, the earliest first. What cannot be read any
   * more, because it was another key's, is dropped. */
  async left(): Promise<Left[]> {
    const rows = (await done(this.db.transaction("entries").objectStore("entries").getAll(this.range()))) as Row[];
    const out = new Map<string, Left>();
    for (const r of rows) {
      let text: string;
      try {
        const about = encoder.encode(`${r.attempt} ${r.launch} ${r.number}`);
        text = decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: r.iv as BufferSource, additionalData: about }, this.key!, r.data));
      } catch {
        continue;
      }
      const l = out.get(r.launch) ?? { launch: r.launch, credential: "", entries: [] };
      if (r.number === 0) l.credential = text;
      else l.entries.push({ number: r.number, text });
      out.set(r.launch, l);
    }
    return [...out.values()];
  }

  /** Forgets what the server keeps. */
  async sent(launch: string, number: number): Promise<void> {
    const t = this.db.transaction("entries", "readwrite");
    t.objectStore("entries").delete(IDBKeyRange.bound([this.attempt, launch, 1], [this.attempt, launch, number]));
    await committed(t);
  }

  /** Forgets a launch, or everything of the attempt. */
  async forget(launch?: string): Promise<void> {
    const t = this.db.transaction("entries", "readwrite");
    t.objectStore("entries").delete(this.range(launch));
    await committed(t);
  }
}
