// The seam to H5P's own player, which is served as it came, beside this bundle.

/** The members of a statement of H5P that are read. */
export interface Heard {
  verb?: { id?: string };
  object?: { definition?: { interactionType?: unknown; extensions?: Record<string, unknown> } };
  result?: {
    completion?: unknown;
    success?: unknown;
    response?: unknown;
    score?: { raw?: unknown; min?: unknown; max?: unknown; scaled?: unknown };
    extensions?: Record<string, unknown>;
  };
  context?: { contextActivities?: { parent?: unknown } };
}

/** A content that is shown. */
export interface Content {
  /** What it gives at most; 0 if it gives none. */
  points: number;
  /** Has it hand over its state, where it has one. */
  save(): void;
}

export interface Ears {
  /** What was saved before, by part and by what it is. */
  before: Record<string, Record<string, string>>;
  keep(part: string, what: string, value: string | undefined): void;
  hear(said: Heard): void;
}

interface Instance {
  getMaxScore?: unknown;
  getCurrentState?: unknown;
}

interface Settings {
  url: string;
  data?: string;
}

interface Core {
  init(target: HTMLElement): void;
  instances: Instance[];
  externalDispatcher: { on(type: "xAPI", then: (event: { data: { statement: Heard } }) => void): void };
  trigger(instance: Instance, type: string): void;
  setUserData(content: string, what: string, value: unknown, extras: object): void;
  jQuery: {
    ajaxTransport(
      types: string,
      make: (settings: Settings) => { send(headers: object, complete: (status: number, text: string, answer: object) => void): void; abort(): void } | undefined,
    ): void;
  };
}

declare const H5PStandalone: { H5P: new (element: HTMLElement, options: object) => Promise<string> };

/** The content's number: there is one. */
const content = "1";

/** Where H5P's player sends what is to be saved: an address that nothing fetches. */
const saving = "cadre-saved:";

/** Shows the content below files in stage, with H5P's player below core. */
export async function perform(
  stage: HTMLElement, files: string, core: string, learner: { id: string; name: string; language: string }, ears: Ears,
): Promise<Content> {
  // Some browsers have no storage for a document without an origin, and throw;
  // H5P's player expects one.
  for (const name of ["localStorage", "sessionStorage"] as const) {
    try {
      void window[name];
    } catch {
      Object.defineProperty(window, name, { value: storage(), configurable: true });
    }
  }
  // Its default is a frame of its own, which a document without an origin cannot fill.
  await new H5PStandalone.H5P(stage, {
    id: content, embedType: "div", h5pJsonPath: files.replace(/\/$/, ""), frameJs: core + "frame.bundle.js", frameCss: core + "styles/h5p.css",
    user: { name: learner.name, mail: learner.id + "@learner.invalid" },
    contentUserData: ears.before, saveFreq: 10, ajax: { contentUserDataUrl: saving + ":subContentId/:dataType" },
    xAPIObjectIRI: "urn:cadre:h5p:content",
    preventH5PInit: false, // it would begin before anybody listens; it begins below
  });
  const h5p = (window as unknown as { H5P: Core }).H5P;
  h5p.jQuery.ajaxTransport("+*", (settings) => {
    if (!settings.url.startsWith(saving)) return undefined;
    return {
      send(_headers, complete) {
        const [part, what] = settings.url.slice(saving.length).split("/").map(decodeURIComponent);
        const form = new URLSearchParams(settings.data ?? "");
        const value = form.get("data");
        if (part && what && value !== null) ears.keep(part, what, value === "0" && form.get("preload") === "0" ? undefined : value);
        complete(200, "OK", { text: '{"success":true}' });
      },
      abort() {},
    };
  });
  h5p.externalDispatcher.on("xAPI", (event) => ears.hear(event.data.statement));
  h5p.init(stage);
  const instance = h5p.instances[0];
  if (!instance) throw new Error("H5P shows nothing");
  window.addEventListener("resize", () => h5p.trigger(instance, "resize"));
  const ask = (what: unknown): unknown => (typeof what === "function" ? (what as () => unknown).call(instance) : undefined);
  const points = Number(ask(instance.getMaxScore));
  const save = (): void => {
    const state = ask(instance.getCurrentState);
    if (state !== undefined) h5p.setUserData(content, "state", state, { deleteOnChange: true });
  };
  // What she does, and what the content says of it, may change what is to be saved: it is
  // looked at once it is done, and for a while on, as content often moves first.
  let [looking, rest] = [0, 0];
  const look = (): void => {
    save();
    looking = Date.now() < rest ? window.setTimeout(look, 1000) : 0;
  };
  const later = (): void => {
    rest = Date.now() + 5000;
    looking ||= window.setTimeout(look, 200);
  };
  h5p.externalDispatcher.on("xAPI", later);
  for (const type of ["click", "pointerup", "keyup", "input", "change", "pause", "ended"]) stage.ownerDocument.addEventListener(type, later, true);
  return { points: points > 0 ? points : 0, save };
}

/** A storage that lasts as long as the document. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (n) => [...kept.keys()][n] ?? null,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, String(value)),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
  };
}
