// Sends a large file in parts, each of which the server keeps, so that a lost
// line, a closed tab or a restarted server costs one part and no more. Without
// this script the form sends the file as a whole.

interface Progress {
  address: string;
  size: number;
  received: number;
  most: number;
  smaller: boolean;
  worked?: number; // per cent, while it is being brought in
  last: { start: number; size: number; digest: string };
}

/** The server will not take it, however often it is sent. */
class Refused extends Error {
  constructor(readonly status: number) {
    super(String(status));
  }
}

/** The file cannot be read: it was moved or changed since it was chosen. */
class Unreadable extends Error {}

const box = document.getElementById("upload") as HTMLElement;
const says = document.getElementById("upload-says") as HTMLElement;
const figure = document.getElementById("upload-figure") as HTMLElement;
const bar = document.getElementById("upload-bar") as HTMLProgressElement;
const finish = document.getElementById("upload-finish") as HTMLFormElement;
const form = box.closest("form") as HTMLFormElement;
const input = form.querySelector("input[type=file]") as HTMLInputElement;
const smaller = form.querySelector("input[name=smaller]") as HTMLInputElement;

const smallest = 64 * 1024;
const patience = 120_000; // how long one part may take, in milliseconds
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 0 });

function say(word: string): void {
  const text = box.dataset[word] ?? "";
  if (says.textContent !== text) says.textContent = text;
}

function show(p: Progress): void {
  const whole = Math.floor((100 * p.received) / p.size);
  bar.value = whole;
  figure.textContent = percent.format(whole / 100);
}

async function ask(address: string, fields?: Record<string, string | Blob>): Promise<Progress> {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), patience);
  try {
    const init: RequestInit = { signal: control.signal };
    if (fields) {
      const body = new FormData();
      body.set("token", (form.elements.namedItem("token") as HTMLInputElement).value);
      for (const name of Object.keys(fields)) body.set(name, fields[name]!);
      init.method = "POST";
      init.body = body;
    }
    const answer = await fetch(address, init);
    if (answer.redirected) throw new Refused(401); // to the page on which people sign in
    // A conflict is a place that the server is past already: it is asked where it is.
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 409) throw new Refused(answer.status);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as Progress;
  } finally {
    clearTimeout(timer);
  }
}

async function digest(part: Blob): Promise<{ digest: string; blob: Blob }> {
  let bytes: ArrayBuffer;
  try {
    bytes = await new Response(part).arrayBuffer();
  } catch {
    throw new Unreadable();
  }
  const blob = new Blob([bytes]);
  if (!crypto.subtle) return { digest: "", blob }; // a page without TLS
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { digest: Array.from(sum, (x) => x.toString(16).padStart(2, "0")).join(""), blob };
}

/** Waits until the line is back or the time is over. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
    window.addEventListener("online", done);
  });
}

/** Does something until it succeeds or is refused, with longer and longer waits. */
async function persist<T>(act: () => Promise<T>): Promise<T> {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      return await act();
    } catch (e) {
      if (e instanceof Refused || e instanceof Unreadable) throw e;
      say("waiting");
      await pause(wait);
    }
  }
}

/** What a field of the form says: of several choices, the one taken. */
function value(name: string): string {
  const all = form.querySelectorAll<HTMLInputElement>(`input[name=${name}]`);
  return Array.from(all).find((x) => x.type !== "radio" || x.checked)?.value ?? "";
}

/** Begins, or finds what came of this very file before. */
async function begin(file: File): Promise<Progress> {
  const about: Record<string, string> = {
    name: file.name,
    size: String(file.size),
    modified: String(file.lastModified),
    replaces: value("replaces"),
    as: value("as"),
    language: value("language"),
  };
  // What she has not touched says nothing: what she chose for this file before stands.
  if (smaller.checked !== smaller.defaultChecked) about.smaller = smaller.checked ? "yes" : "no";
  const p = await persist(() => ask(box.dataset.begin ?? "", about));
  if (!p.last.digest) return p;
  const same = await digest(file.slice(p.last.start, p.last.start + p.last.size));
  if (!same.digest || same.digest === p.last.digest) return p;
  // Another file of the same name, size and date: what came is of no use.
  await persist(async () => {
    const answer = await fetch(p.address + "/drop", {
      method: "POST",
      body: new URLSearchParams({ token: (form.elements.namedItem("token") as HTMLInputElement).value }),
      redirect: "manual",
    });
    if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status));
  });
  return persist(() => ask(box.dataset.begin ?? "", about));
}

/** Shows how far the package is while the answer to the form is waited for. */
async function watch(address: string): Promise<void> {
  for (;;) {
    await pause(1000);
    try {
      const p = await ask(address);
      if (p.worked === undefined) continue; // not yet, no longer, or somewhere else
      if (smaller.checked) say("shrinking");
      bar.value = p.worked;
      figure.textContent = percent.format(p.worked / 100);
    } catch (e) {
      if (e instanceof Refused) return; // the answer to the form says what to do
    }
  }
}

async function send(file: File): Promise<void> {
  say("sending");
  let p = await begin(file);
  smaller.checked = p.smaller;
  show(p);
  let length = 4 * smallest;
  let failed = 0; // how often in a row nothing more has come
  while (p.received < p.size) {
    const before = p.received;
    const started = performance.now();
    const part = await digest(file.slice(p.received, p.received + Math.min(length, p.most)));
    try {
      p = await ask(p.address + "/parts", { start: String(p.received), digest: part.digest, part: part.blob });
      const took = performance.now() - started;
      if (took < 4_000) length = Math.min(2 * length, p.most);
      if (took > 20_000) length = Math.max(length / 2, smallest);
    } catch (e) {
      if (e instanceof Refused) throw e;
      length = Math.max(length / 2, smallest);
      if (failed) {
        say("waiting");
        await pause(Math.min(1000 * 2 ** failed, 30_000));
      }
      p = await persist(() => ask(p.address)); // where it is now
    }
    failed = p.received > before ? 0 : failed + 1;
    say("sending");
    show(p);
  }
  say("checking");
  finish.method = "post";
  finish.action = p.address + "/finish";
  finish.submit();
  void watch(p.address);
}

form.addEventListener("submit", (event) => {
  const file = input.files?.[0];
  if (!file || file.size === 0) return; // the page says what is missing
  event.preventDefault();
  if (!box.hidden && !box.dataset.stopped) return; // it is under way
  delete box.dataset.stopped;
  box.hidden = false;
  input.disabled = smaller.disabled = true; // both are of what is being sent
  send(file).catch((e: unknown) => {
    box.dataset.stopped = "yes";
    delete form.dataset.sent;
    input.disabled = smaller.disabled = false;
    if (e instanceof Unreadable) say("unreadable");
    else if (e instanceof Refused && e.status === 429) say("many");
    else say("refused");
  });
});
