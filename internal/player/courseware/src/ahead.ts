// Fetches a package before it is opened, so that the browser has it when it is. It
// stands in a frame of the application's page, on the packages' origin: browsers keep
// a file for whoever asks from the same place, and for nobody else. What is kept
// already comes from there and costs nothing. It ends as its frame is taken away.

interface File {
  address: string;
  bytes: number;
  page?: boolean;
}

/** It will not come, however often it is asked for. */
class Missing extends Error {}

const own = document.currentScript as HTMLScriptElement;
const app = own.dataset.app ?? "";
const files = own.dataset.files ?? "";
const run: string[] = JSON.parse(own.dataset.run ?? "[]");
const silence = 30_000; // how long nothing may come of a file, in milliseconds
const slow = 2; // bytes of a page in a millisecond, on a bad line that others share
const often = 2_000; // how often is looked whether more of a page has come
const waits = [1_000, 5_000, 15_000]; // before a file is tried again

let done = 0; // files
let whole = 0; // bytes of files that are here
const part = new Map<File, number>(); // bytes of files that are on their way

function tell(kind: string, more: object = {}): void {
  window.parent.postMessage({ cadre: 1, kind, ...more }, app);
}

function progress(): void {
  let bytes = whole;
  part.forEach((n) => (bytes += n));
  tell("progress", { files: done, bytes });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, milliseconds));
}

/** Waits until there is a line. */
async function line(): Promise<void> {
  while (!navigator.onLine) {
    tell("waiting");
    await pause(1_000);
  }
}

/** Asks for a file and hears all of it: only then is it kept. */
async function ask(address: string, heard: (bytes: number) => void): Promise<void> {
  const control = new AbortController();
  let timer = window.setTimeout(() => control.abort(), silence);
  try {
    const answer = await fetch(address, { signal: control.signal });
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) throw new Missing();
    if (!answer.ok || !answer.body) throw new Error(String(answer.status));
    const plain = !answer.headers.get("Content-Encoding"); // else what comes is more than what was sent
    const reader = answer.body.getReader();
    for (;;) {
      const { done: end, value } = await reader.read();
      if (end) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => control.abort(), silence);
      if (plain) heard(value!.byteLength);
    }
  } finally {
    window.clearTimeout(timer);
  }
}

/** Counts what has come of a page: its parts, what it loads, and what it frames. */
function come(page: Window): number {
  let n = 0;
  try {
    n = page.document.getElementsByTagName("*").length + page.performance.getEntriesByType("resource").length;
  } catch {
    // it is of another place, which no page beside the package looks into
  }
  for (let i = 0; i < page.length; i++) n += come(page[i]!);
  return n;
}

/** Opens a page in a frame, which is where browsers keep pages for, without its
 * scripts. It is given up once nothing has come of it for as long as all of it takes on
 * a bad line: no script hears how many bytes have. */
async function open(address: string, bytes: number): Promise<void> {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.src = address;
  const most = Math.max(2 * silence, bytes / slow);
  let timer = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      let last = 0;
      let since = performance.now(); // a page that nobody looks at is woken rarely
      const look = (): void => {
        const now = come(frame.contentWindow!);
        if (now !== last) since = performance.now();
        last = now;
        if (performance.now() - since >= most) reject(new Error("silent"));
        else timer = window.setTimeout(look, often);
      };
      frame.addEventListener("load", () => resolve());
      document.body.append(frame);
      timer = window.setTimeout(look, often);
    });
    const kind = frame.contentDocument?.contentType; // a browser's own page for what went wrong cannot be looked into
    if (kind === "text/plain") throw new Missing();
    if (!kind?.includes("html")) throw new Error(kind);
  } finally {
    window.clearTimeout(timer);
    frame.remove();
  }
}

/** Gets a file, and reports whether it came. */
async function get(f: File): Promise<boolean> {
  for (const wait of [...waits, 0]) {
    await line();
    try {
      if (f.page) await open(files + f.address, f.bytes);
      else
        await ask(files + f.address, (n) => {
          part.set(f, Math.min(f.bytes, (part.get(f) ?? 0) + n));
          progress();
        });
      done++;
      whole += f.bytes;
      return true;
    } catch (e) {
      if (e instanceof Missing) return false;
      if (wait) await pause(wait);
    } finally {
      part.delete(f);
      progress();
    }
  }
  return false;
}

async function all(list: File[]): Promise<void> {
  for (const address of run) await ask(address, () => {}).catch(() => {}); // it comes when the package is opened
  const missing: string[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    for (let f = list[next++]; f; f = list[next++]) if (!(await get(f))) missing.push(f.address);
  }
  await Promise.all([worker(), worker(), worker()]);
  tell("done", { missing });
}

window.addEventListener("message", (event) => {
  const told = event.data as { cadre?: number; kind?: string; files?: File[] };
  if (event.source === window.parent && event.origin === app && told?.cadre === 1 && told.kind === "fetch") void all(told.files ?? []);
});
tell("ready");
