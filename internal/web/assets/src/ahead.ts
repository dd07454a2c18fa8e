// Fetches the whole of a package before it is opened, while the line is good. A page
// beside the package does it, in a frame; this one says how far it is.

interface Told {
  cadre?: number;
  kind?: string;
  files?: number;
  bytes?: number;
  missing?: string[];
}

interface List {
  page: string;
  origin: string;
  bytes: number;
  files: { address: string; bytes: number }[];
}

const box = document.getElementById("ahead") as HTMLElement;
const form = document.getElementById("ahead-form") as HTMLFormElement;
const start = document.getElementById("start") as HTMLFormElement;
const go = document.getElementById("ahead-go") as HTMLButtonElement;
const halt = document.getElementById("ahead-stop") as HTMLButtonElement;
const says = document.getElementById("ahead-says") as HTMLElement;
const way = document.getElementById("ahead-way") as HTMLElement;
const bar = document.getElementById("ahead-bar") as HTMLProgressElement;
const missing = document.getElementById("ahead-missing") as HTMLElement;

const digits = [...(box.dataset.digits ?? "0123456789")];
const named = 10; // of what could not be fetched
const patience = 30_000; // for the page beside the package to come
const often = 5_000; // how often what is said may change, for whoever has it read to her

let frame: HTMLIFrameElement | undefined;
let timer = 0;
let spoken = 0;
let heard: (told: Told) => void = () => {};

/** Writes a number as the server does: in her numerals, with one decimal or none. */
function figure(n: number): string {
  const sign = (of: string): string => [...(box.dataset[of] ?? "")].filter((c) => !digits.includes(c)).join("");
  const [whole, part] = String(Math.round(n * 10) / 10).split(".");
  const grouped = whole!.length > 4 ? whole!.replace(/\B(?=(\d{3})+$)/g, sign("grouped")) : whole!;
  return (grouped + (part ? sign("fraction") + part : "")).replace(/\d/g, (d) => digits[Number(d)] ?? d);
}

function fill(word: string, values: Record<string, string | number> = {}): string {
  return (box.dataset[word] ?? "").replace(/\{(\w+)\}/g, (all, name: string) => {
    const v = values[name];
    return v === undefined ? all : typeof v === "number" ? figure(v) : v;
  });
}

function say(text: string): void {
  spoken = Date.now();
  if (says.textContent !== text) says.textContent = text;
}

function size(bytes: number): string {
  if (bytes < 1e6) return fill("kilobytes", { value: Math.round(bytes / 1e3) });
  return fill("megabytes", { value: bytes / 1e6 });
}

function language(): string {
  const chosen = start.querySelector<HTMLInputElement>("input[name=language]:checked, input[type=hidden][name=language]");
  return chosen?.value ?? "";
}

/** Says on the button what it costs in the language that is chosen. */
function price(): void {
  const costs = JSON.parse(box.dataset.costs ?? "{}") as Record<string, string>;
  go.textContent = costs[language()] ?? go.textContent;
}

/** Ends what is under way and says so. */
function end(text: string): void {
  const last = document.activeElement === halt;
  window.clearTimeout(timer);
  frame?.remove();
  frame = undefined;
  halt.hidden = true;
  go.hidden = false;
  if (last) go.focus();
  say(text);
}

async function fetchAll(): Promise<void> {
  go.hidden = true;
  halt.hidden = way.hidden = false;
  halt.focus();
  missing.hidden = true;
  bar.value = 0;
  say(fill("beginning"));
  const mine = (frame = document.createElement("iframe"));
  let list: List;
  try {
    const data = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    data.set("language", language());
    const answer = await fetch(form.action, { method: "POST", body: data });
    if (answer.status === 401) return location.reload(); // leads to signing in, and back
    if (!answer.ok) throw new Error(String(answer.status));
    list = (await answer.json()) as List;
  } catch {
    if (frame === mine) end(fill("trouble"));
    return;
  }
  if (frame !== mine) return; // stopped meanwhile
  heard = (told) => {
    switch (told.kind) {
      case "ready":
        window.clearTimeout(timer);
        spoken = 0;
        mine.contentWindow!.postMessage({ cadre: 1, kind: "fetch", files: list.files }, list.origin);
        break;
      case "progress":
        bar.value = list.bytes ? (100 * told.bytes!) / list.bytes : 100;
        if (Date.now() - spoken > often)
          say(fill("figure", { done: told.files!, files: list.files.length, bytes: size(told.bytes!), size: size(list.bytes) }));
        break;
      case "waiting":
        say(fill("waiting"));
        break;
      case "done":
        finish(list, told.missing ?? []);
        break;
    }
  };
  timer = window.setTimeout(() => end(fill("trouble")), patience);
  mine.hidden = true;
  mine.setAttribute("sandbox", "allow-scripts allow-same-origin");
  mine.src = list.page;
  box.append(mine);
}

function finish(list: List, left: string[]): void {
  if (!left.length) return end(fill("all", { size: size(list.bytes), files: list.files.length }));
  end(fill("some", { n: left.length, files: list.files.length }));
  missing.replaceChildren(
    ...left.slice(0, named).map((address) => {
      const li = document.createElement("li");
      const code = document.createElement("code");
      code.dir = "ltr";
      code.textContent = address;
      li.append(code);
      return li;
    }),
  );
  if (left.length > named) {
    const li = document.createElement("li");
    li.textContent = fill("more", { n: left.length - named });
    missing.append(li);
  }
  missing.hidden = false;
}

window.addEventListener("message", (event) => {
  const told = event.data as Told;
  if (frame && event.source === frame.contentWindow && told?.cadre === 1) heard(told);
});

go.addEventListener("click", () => void fetchAll());
halt.addEventListener("click", () => end(fill("stopped")));
start.addEventListener("change", price);
price();
box.hidden = false;
