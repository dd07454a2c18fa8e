// The player's frame: the application's page around a package. It alone keeps
// the log; the package is heard and never believed.

import { forgetAgain, keepAgain } from "./play/again";
import { id, patience, post } from "./play/ask";
import { far } from "./play/far";
import { larger } from "./play/larger";
import { sendLeft, type Sent } from "./play/left";
import { Log, type Kept } from "./play/log";
import type { Opened } from "./play/opened";
import { met } from "./play/prerequisites";
import { watch } from "./play/spoken";
import { Store } from "./play/store";
import { recall, remember } from "./play/tab";
import { leaves, node, seen, seenLeaves, type Unit } from "./play/units";

const root = document.getElementById("play") as HTMLElement;
const bar = document.getElementById("play-status") as HTMLElement;
const notice = document.getElementById("play-notice") as HTMLElement;
const told = document.getElementById("play-far") as HTMLElement;
const stage = document.getElementById("play-stage") as HTMLElement;
const tree = document.getElementById("play-tree") as HTMLElement;
const exit = document.getElementById("play-exit") as HTMLAnchorElement;
const next = document.getElementById("play-next") as HTMLButtonElement;
const previous = document.getElementById("play-previous") as HTMLButtonElement;
const full = document.getElementById("play-full") as HTMLButtonElement;
const units = document.getElementById("play-units") as HTMLButtonElement;
const smaller = larger(document.getElementById("play-larger") as HTMLButtonElement);
const say = (name: string): string => root.dataset[name] ?? "";
const attempt = say("attempt");
/** Another program opened it, once: she may have no session here, and nothing that asks
 * for one works. */
const byTicket = say("opened") !== "";
const borrowed = say("borrowed") !== "";
/** How long the page beside the package is waited for. */
const pagePatience = 30_000;

let opened: Opened | undefined;
let frame: HTMLIFrameElement | undefined;
let log: Log | undefined;
let store: Store | undefined;
let state: Record<string, { completion: string; success: string; percent: number }> = JSON.parse(say("units") || "{}");
let shown = "";
let valid: { next: boolean; previous: boolean; choice: Record<string, boolean>; hidden: string[]; unseen?: string[] } | undefined;
let gone: (() => void) | undefined;
let unwatch: (() => void) | undefined;
let leaving = false;
/** Something that an earlier visit left on this device has yet to be sent. */
let behind = false;

/** Sends one of the page's hidden forms and returns what came; as of another attempt
 * where one is named. */
async function ask(form: string, fields: Record<string, string>, of = attempt): Promise<Response> {
  const f = document.getElementById(form) as HTMLFormElement;
  const data = new URLSearchParams(new FormData(f) as unknown as Record<string, string>);
  for (const name in fields) data.set(name, fields[name]!);
  return post(f.action.replace(attempt, of), data);
}

// --- what is saved -------------------------------------------------------------

function refresh(k?: Kept): void {
  if (k) {
    state = k.units;
    drawTree();
  }
  if (!log || opened?.seed.mode !== "normal") return;
  if (log.over === "withdrawn") over("withdrawn", [say("toModule"), () => void leave()]);
  else if (k?.replaced && k.state === "not-yet") notOpen(); // it is over, and she goes on elsewhere
  else if (log.over) over("ended", [say("goOnHere"), () => takeOver(way())]);
  else if (log.replaced && !leaving && frame) replacedByAnother();
  if (k && log.unsent === 0) void sendBehind();
  let text = say("saved");
  if (log.state === "here") text = store?.lasting ? say("here") : say("hereForNow");
  if (log.state === "not-yet") text = say("notYet");
  if (log.state === "refused") text = say("refused");
  if (log.state !== "saved" && !navigator.onLine) text += " " + say("offline");
  if (bar.textContent !== text) bar.textContent = text;
  bar.dataset.state = log.state;
  bar.dataset.unsent = String(log.unsent);
  bar.dataset.entries = String(log.entries);
}

/** Shows what the record store has of a unit that speaks to it by itself. */
function accepted(word: "" | "saved" | "refused" | "noLineNow", units?: typeof state): void {
  if (units) {
    state = units;
    drawTree();
  }
  const text = word && say(word);
  if (bar.textContent !== text) bar.textContent = text;
  bar.dataset.state = word;
}

/** Unlocks what waits on this device of an attempt; returns the status of the answer. */
async function unlock(store: Store, of = attempt): Promise<number> {
  const answer = await ask("play-unlock", { op: id() }, of);
  if (answer.ok) await store.unlock(((await answer.json()) as { key: string }).key);
  return answer.status;
}

/** Sends what earlier visits left before anything is opened, which waits for it. */
async function sendFirst(store: Store): Promise<Sent> {
  const said = bar.textContent;
  bar.textContent = say("sendingLeft");
  try {
    return await sendLeft(say("log"), store);
  } finally {
    bar.textContent = said;
  }
}

let tried = -patience;

/** Sends what she went on without, now that there is a line. */
async function sendBehind(): Promise<void> {
  if (!behind || !store || !log || performance.now() - tried < patience) return;
  tried = performance.now();
  const sent = await sendLeft(say("log"), store, log.launch).catch(() => undefined);
  behind = !sent?.all;
  if (sent?.refused) leftRefused();
}

/** Sends what waits on this device of attempts that she does not come back to: staff
 * may have had her begin another since. What is open in another tab sends its own.
 * Returns whether any of it is never taken. */
async function sendOthers(store: Store): Promise<boolean> {
  let refused = false;
  if (!navigator.locks) return refused; // nothing says what is open in another tab
  for (const of of await store.others()) {
    await navigator.locks.request("cadre-attempt-" + of, { ifAvailable: true }, async (lock) => {
      const other = store.of(of);
      // What is another person's she sends herself, when she is here.
      if (lock && (await unlock(other, of)) === 200) refused = (await sendLeft(say("log"), other)).refused || refused;
    });
  }
  return refused;
}

// --- opening -------------------------------------------------------------------

let takenHere = false;
let holding = false;

/** Holds the attempt in this browser, so that a second tab is noticed at once. */
async function hold(steal: boolean): Promise<boolean> {
  if (!navigator.locks || holding) return true;
  return new Promise((resolve) => {
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request("cadre-attempt-" + attempt, options, (lock) => {
        holding = lock !== null;
        resolve(holding);
        return lock ? new Promise<void>(() => {}) : undefined;
      })
      .catch(() => {
        if (!holding) return resolve(true); // no lock is to be had here: the server says what is open elsewhere
        holding = false;
        if (!leaving) replacedByAnother(); // another tab has taken it
      });
  });
}

/** How she wants it opened. The same operation that is sent again opens it once. */
interface Way {
  unit: string;
  op: string;
  takeOver?: boolean;
  /** Without what an earlier visit left on this device. */
  without?: boolean;
  /** Some of that is never taken. */
  refused?: boolean;
}

const way = (unit = say("unit")): Way => ({ unit, op: id() });

let opening = false;

/** Opens, and says so where there is no line for it. */
async function start(w: Way): Promise<void> {
  if (opening) return;
  opening = true;
  notice.hidden = true;
  try {
    await (byTicket ? begin(w) : open(w));
  } catch {
    noLine(() => void start(w));
  } finally {
    opening = false;
  }
}

async function open(w: Way): Promise<void> {
  if (!(await hold(w.takeOver ?? false))) return question(w);
  let before = recall("launch-" + attempt) ?? "";
  if (store) {
    const last = await store.last();
    if (last > before) remember("launch-" + attempt, (before = last)); // ids begin with their time
    if (!w.without && (await store.any())) {
      const status = await unlock(store);
      if (status === 401) return trouble(status, w);
      const sent = status === 200 ? await sendFirst(store) : undefined;
      w.refused ||= sent?.refused ?? false;
      if (!sent?.all) return leftBehind(w);
    }
    sendOthers(store).then((refused) => {
      w.refused ||= refused;
      if (refused && frame) leftRefused(); // else it is said once that is open
    }, () => {}); // it stays here, and is sent another time
  }
  behind = w.without ?? false;
  const answer = await ask("play-open", { op: w.op, unit: w.unit, before, take_over: w.takeOver || takenHere ? "yes" : "" });
  if (answer.status === 409) return question(w);
  if (answer.status === 410) return notOpen();
  if (!answer.ok) return trouble(answer.status, w);
  const now = (await answer.json()) as Opened;
  unwatch?.(); // until now it spoke of the unit that is there
  opened = now;
  await play();
  if (w.refused) leftRefused();
}

/** Begins what another program opened: the key of what waits on this device came with
 * it, and each launch that is left has a credential of its own. */
async function begin(w: Way): Promise<void> {
  opened ??= JSON.parse(say("opened")) as Opened;
  if (opened.again) keepAgain({ pass: opened.again, op: id() });
  const looks = !opened.speaks && opened.seed.mode !== "normal"; // it puts nobody out of what she does
  if (attempt && !looks) await hold(true);
  if (!opened.begin) return play();
  if (store && !w.without && !looks) {
    await store.unlock(opened.key);
    const sent = await sendFirst(store);
    w.refused ||= sent.refused;
    if (!sent.all) return leftBehind(w);
  }
  behind = w.without ?? false;
  const answer = await post(opened.begin, JSON.stringify({ credential: opened.credential }));
  if (answer.status === 410) return replacedByAnother();
  if (!answer.ok) return trouble(answer.status, w);
  opened.seed = (await answer.json()) as Opened["seed"];
  await play();
  if (w.refused) leftRefused();
}

async function play(): Promise<void> {
  if (!opened) return;
  if (attempt) remember("launch-" + attempt, opened.launch);
  if (opened.speaks) {
    if (opened.own) {
      leaving = true;
      location.assign(opened.page);
      return;
    }
    shown = opened.seed.activity ?? "";
    state = opened.units ?? state;
    drawTree();
    show();
    if (opened.seed.mode === "normal") unwatch = watch(say("asks"), opened.credential, accepted);
    else if (unwatch) accepted(""); // of the unit before nothing is said here
    return;
  }
  if (!attempt) { // a preview: nothing is kept
    drawTree();
    show();
    return;
  }
  await store?.unlock(opened.key);
  log = new Log(say("log"), opened.launch, opened.credential, store, refresh);
  if (opened.seed.mode === "normal") await log.begin();
  refresh();
  drawTree();
  show();
}

function show(): void {
  if (!opened) return;
  frame = document.createElement("iframe");
  frame.title = say("title");
  frame.setAttribute("sandbox", opened.sandbox);
  frame.setAttribute("allow", opened.allow);
  frame.allowFullscreen = true;
  frame.src = opened.page;
  heard = undefined;
  if (!opened.speaks) expect(frame);
  stage.replaceChildren(frame);
}

/** Whether the page beside the package has spoken; else what was told of that. */
let heard: true | HTMLElement | undefined;

/** Says so where the page beside the package does not come. It may come still. */
function expect(page: HTMLIFrameElement): void {
  const late = (): void => {
    if (frame !== page || heard || leaving) return;
    if (notice.hidden) heard = noLine(show);
    else window.setTimeout(late, pagePatience / 10);
  };
  window.setTimeout(late, pagePatience);
  page.addEventListener("load", () => window.setTimeout(late, pagePatience / 10), { once: true }); // it speaks before
}

/** Tells her something, also if the package fills the screen or the window. */
function tell(text: string, buttons: [string, () => void][]): HTMLElement {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
  smaller();
  const p = document.createElement("p");
  p.textContent = text;
  const row = document.createElement("p");
  row.className = "buttons";
  for (const [label, act] of buttons) {
    const b = document.createElement("button");
    b.type = "button";
    b.className = row.childElementCount ? "button button-secondary" : "button button-primary";
    b.textContent = label;
    b.addEventListener("click", act);
    row.append(b);
  }
  notice.replaceChildren(p, ...(buttons.length ? [row] : []));
  notice.hidden = false;
  notice.focus();
  return p;
}

/** Says that it cannot be opened for want of a line, and offers to try the same again. */
function noLine(again: () => void): HTMLElement {
  return tell(say("noLine"), [[say("tryAgain"), () => {
    notice.hidden = true;
    again();
  }]]);
}

/** Asks before she goes on without what waits on this device. */
function leftBehind(w: Way): void {
  tell(say("leftBehind"), [
    [say("tryAgain"), () => void start(w)],
    [say("goOnWithout"), () => void start({ ...w, without: true })],
  ]);
}

/** Says that something of an earlier visit can be taken no more. */
function leftRefused(): void {
  tell(say("leftRefused"), [[say("goOn"), () => (notice.hidden = true)]]);
}

/** Asks before another tab or device is left behind. */
function question(w: Way): void {
  tell(say("elsewhere"), [
    [say("goOnHere"), () => takeOver(w)],
    [say("leaveIt"), away],
  ]);
}

function takeOver(w: Way): void {
  takenHere = true;
  void start({ ...w, op: id(), takeOver: true });
}

function stop(): void {
  if (!frame) return;
  toPackage({ kind: "stop" });
  frame.remove();
  frame = undefined;
}

/** Takes the package's frame away. What the package says as its page goes is heard
 * first: of a frame that is removed at once nobody could tell whose words they are. */
async function empty(): Promise<void> {
  const going = frame;
  if (!going) return;
  await new Promise<void>((resolve) => {
    going.addEventListener("load", () => resolve(), { once: true });
    window.setTimeout(resolve, 2000);
    going.src = "about:blank";
  });
  await new Promise((resolve) => window.setTimeout(resolve, 0)); // its last words have come
  going.remove();
  if (frame === going) frame = undefined;
}

/** Leads on from an attempt that nothing more is done in. */
function notOpen(): void {
  if (leaving) return;
  stop();
  tell(say("left"), [byTicket ? leaveByExit : [say("toModule"), () => void leave()]]);
}

/** All that is offered where it cannot be opened from here again. */
const leaveByExit: [string, () => void] = [say("exit"), () => exit.click()];

function replacedByAnother(): void {
  stop();
  tell(say("replaced"), [byTicket ? leaveByExit : [say("goOnHere"), () => takeOver(way())]]);
}

/** Says that it was ended from outside, once, and how she may go on. */
function over(how: "ended" | "withdrawn", on: [string, () => void]): void {
  if (leaving || !frame) return;
  stop();
  tell(say(how), [byTicket ? leaveByExit : on]);
}

function trouble(status: number, w?: Way): void {
  // What was refused may be of this very page, which is too old then.
  const again: [string, () => void] = [say("tryAgain"), () => (w && status >= 500 ? void start(w) : location.reload())];
  if (byTicket) tell(say("trouble"), [status >= 500 ? again : leaveByExit]);
  else if (status === 401) location.reload(); // leads to signing in, and back
  else tell(say("trouble"), [again]);
}

// --- talking with the package ----------------------------------------------------

function toPackage(what: object): void {
  const strict = !opened!.sandbox.includes("allow-same-origin");
  frame?.contentWindow?.postMessage({ cadre: 1, ...what }, strict ? "*" : opened!.origin);
}

window.addEventListener("message", (event) => {
  if (!opened || !frame || event.source !== frame.contentWindow) return;
  if (event.origin !== opened.origin && event.origin !== "null") return;
  const said = event.data as { cadre?: number; kind?: string } & Record<string, unknown>;
  if (said?.cadre !== 1) return;
  switch (said.kind) {
    case "ready":
      if (heard instanceof HTMLElement && notice.contains(heard)) notice.hidden = true;
      heard = true;
      toPackage({ kind: "seed", seed: opened.seed });
      break;
    case "entry":
      if (opened.seed.mode === "review" || typeof said.entry !== "object") break;
      note(said.entry as { activity: string; set: Record<string, string> });
      if (opened.seed.mode === "normal") log!.add(said.entry);
      break;
    case "shown":
      shown = String(said.activity);
      drawTree();
      break;
    case "valid":
      valid = said as unknown as typeof valid;
      drawTree();
      break;
    case "asked":
      if (said.request === "continue" || said.request === "previous") go(said.request);
      else drawTree();
      break;
    case "over":
      tell(say("over"), [[say("exit"), () => exit.click()], [say("stay"), () => (notice.hidden = true)]]);
      break;
    case "trouble":
      trouble(0);
      break;
    case "left":
      gone?.();
      if (opened.speaks && !leaving) away();
      break;
  }
});

/** Takes from an entry what prerequisites need, before the server has answered, or
 * where it hears nothing. */
function note(e: { activity: string; set: Record<string, string> }): void {
  const s = e.set?.["cmi.core.lesson_status"];
  if (s !== undefined) {
    status12[e.activity] = s;
    drawTree();
  }
}
const status12: Record<string, string> = {};

function statusOf(unit: string): string {
  const reported = status12[unit];
  if (reported) return reported;
  const u = state[unit];
  if (u?.success) return u.success;
  if (u?.completion) return u.completion;
  // A chapter is as far as what is in it.
  const within = leaves(node(opened?.seed.units ?? [], unit)?.units ?? []).map((l) => statusOf(l.id));
  if (within.every((s) => s === "not attempted")) return "not attempted";
  return within.every((s) => s === "passed" || s === "completed") ? "completed" : "incomplete";
}

// --- the tree --------------------------------------------------------------------

function may(u: Unit): boolean {
  if (opened!.seed.kind === "scorm2004") return valid?.choice[u.id] ?? false;
  return met(u.prerequisites ?? "", statusOf);
}

function neighbour(step: number): Unit | undefined {
  const all = leaves(opened!.seed.units);
  const at = all.findIndex((u) => u.id === shown);
  for (let i = at + step; i >= 0 && i < all.length; i += step) if (may(all[i]!)) return all[i];
  return undefined;
}

function drawTree(): void {
  if (!opened) return;
  const many = leaves(opened.seed.units).length > 1;
  units.hidden = !many;
  if (many) drawList(list(whole()));
  drawFar();
  const two = opened.seed.kind === "scorm2004";
  const hides = (token: string) => valid?.hidden?.includes(token) ?? false;
  next.hidden = !many || hides("continue");
  previous.hidden = !many || hides("previous");
  next.disabled = two ? !valid?.next : !neighbour(1);
  previous.disabled = two ? !valid?.previous : !neighbour(-1);
}

/** Says how far she is over all units that she sees; not where nothing is kept. It is no
 * status that is read out whenever it changes. */
function drawFar(): void {
  const all = seenLeaves(opened!.seed.units, valid?.unseen);
  const keeps = attempt !== "" && opened!.seed.mode !== "browse";
  const words = { units: say("unitsDone"), percent: say("percentDone"), digits: say("digits") };
  const text = keeps ? far(all.length, all.filter(ended).length, state[all[0]?.id ?? ""]?.percent ?? 0, words) : "";
  if (told.textContent !== text) told.textContent = text;
  told.hidden = text === "";
}

function ended(u: Unit): boolean {
  const s = state[u.id];
  return s?.completion === "completed" || s?.success === "passed" || ["completed", "passed"].includes(status12[u.id] ?? "");
}

/** Draws the units if anything has changed, so that no press of a button falls
 * between two drawings, and the focus stays where it was. */
function drawList(drawn: HTMLElement): void {
  if (tree.firstElementChild?.isEqualNode(drawn)) return;
  const focused = [...tree.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
  tree.replaceChildren(drawn);
  if (focused >= 0) tree.querySelectorAll("button")[focused]?.focus();
}

/** The units, below the whole where its rules let her choose that. */
function whole(): Unit[] {
  const { units: of, sequencing } = opened!.seed;
  const top = sequencing?.activityTree;
  if (!top?.title || !valid?.choice[top.id]) return of;
  return [{ id: top.id, title: top.title, units: of }];
}

function list(of: Unit[]): HTMLElement {
  const ul = document.createElement("ul");
  for (const u of seen(of, valid?.unseen)) {
    const li = document.createElement("li");
    const s = state[u.id];
    const done = ended(u);
    const words = done ? say("done") : s?.completion || status12[u.id] ? say("underWay") : "";
    const label = document.createElement("bdi");
    label.textContent = u.title;
    if (u.href || (u.units?.length && opened!.seed.kind === "scorm2004" && may(u))) {
      const b = document.createElement("button");
      b.type = "button";
      b.disabled = !may(u) && (u.id !== shown || opened!.seed.kind === "scorm2004");
      if (u.id === shown) b.setAttribute("aria-current", "true");
      b.append(label);
      b.addEventListener("click", () => {
        if (u.id !== shown) go("choice", u.id);
      });
      li.append(b);
    } else {
      li.append(label);
    }
    if (words) {
      const w = document.createElement("span");
      w.className = "play-word";
      w.dataset.done = String(done);
      w.textContent = words;
      li.append(w);
    }
    if (u.units?.length) li.append(list(u.units));
    ul.append(li);
  }
  return ul;
}

function go(request: string, target = ""): void {
  if (opened!.speaks) {
    const to = request === "choice" ? target : neighbour(request === "continue" ? 1 : -1)?.id;
    if (to && attempt) void start({ ...way(to), takeOver: true });
    else if (to) location.assign("?" + new URLSearchParams({ unit: to }));
    return;
  }
  if (opened!.seed.kind !== "scorm2004" && request !== "choice") {
    const to = neighbour(request === "continue" ? 1 : -1);
    if (!to) return;
    toPackage({ kind: "go", request: "choice", target: to.id });
    return;
  }
  toPackage({ kind: "go", request, target });
}

// --- leaving -----------------------------------------------------------------------

/** Goes, for good: whoever comes to this device next does not open it again. */
function away(): void {
  forgetAgain();
  location.assign(exit.href);
}

/** Lets the package end, sends what there is, and leaves, or says what would be
 * lost or stay behind. */
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  exit.setAttribute("aria-busy", "true");
  if (opened?.speaks) {
    away();
    return;
  }
  if (frame) {
    await new Promise<void>((resolve) => {
      gone = resolve;
      toPackage({ kind: "leave" });
      window.setTimeout(resolve, 4000);
    });
    await empty();
  }
  if (log && opened?.seed.mode === "normal") await log.flush(true);
  tried = -patience;
  if (!log?.unsent) await sendBehind();
  exit.removeAttribute("aria-busy");
  if (!(log ? log.unsent > 0 || behind : await waits())) {
    if (log) await store?.forget(log.launch).catch(() => {});
    away();
    return;
  }
  leaving = false;
  const again: [string, () => void] = [say("tryAgain"), () => void (log ? leave() : sendUnopened())];
  if (borrowed || !store) {
    tell(say("leaveBorrowed"), [again, [say("leaveAndClear"), () => {
      leaving = true;
      void clear().finally(away);
    }]]);
  } else {
    tell(say("leaveOwn"), [again, [say("leaveNow"), () => {
      leaving = true;
      away();
    }]]);
  }
}

/** Whether anything waits on this device, where nothing was opened. What is open in
 * another tab is for that to send, and to clear. */
async function waits(): Promise<boolean> {
  if (!store || (navigator.locks && !holding)) return false;
  return store.any().catch(() => false);
}

/** Sends what waits where nothing was opened, and leaves. */
async function sendUnopened(): Promise<void> {
  notice.hidden = true;
  try {
    if (store && (byTicket || (await unlock(store)) === 200) && (await sendFirst(store)).refused) return leftRefused();
  } catch {
    // there is no line, and it is asked again
  }
  return leave();
}

/** Clears what is on this device of the attempt. */
async function clear(): Promise<void> {
  await log?.close();
  await store?.forget();
}

exit.addEventListener("click", (event) => {
  event.preventDefault();
  void leave();
});
next.addEventListener("click", () => go("continue"));
previous.addEventListener("click", () => go("previous"));
units.addEventListener("click", () => {
  tree.hidden = !tree.hidden;
  units.setAttribute("aria-expanded", String(!tree.hidden));
});
full.addEventListener("click", () => {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void stage.requestFullscreen?.();
});
full.hidden = !document.fullscreenEnabled;
window.addEventListener("online", () => {
  log?.again();
  refresh();
  void sendBehind();
});
window.addEventListener("offline", () => refresh());
window.addEventListener("pagehide", () => log?.lastWord());
window.addEventListener("beforeunload", (event) => {
  if (!leaving && log?.state === "not-yet" && log.unsent > 0) event.preventDefault();
});

void (async () => {
  if (attempt) store = await Store.open(attempt, () => refresh());
  await start(way());
})();
